"""What could be typed next: from the parser's state, the declarations, the functions and the contacts."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from attrs import frozen

from wend.dsl.ast import AGGREGATES
from wend.dsl.builtins import BUILTIN_EVENTS
from wend.dsl.completion import expected, next_functions
from wend.dsl.literals import spell_name
from wend.dsl.types import Kind
from wend.repl.commands import COMMANDS, Wants
from wend.repl.session import Session
from wend.runtime.effects import DEFAULT_ADDRESSES
from wend.stdlib import FUNCTIONS, signatures

_WORD = re.compile(r"[\w]*\Z")
_EVENT_BEFORE = re.compile(r"(\bon|\bfor|\bemit|\bevent|\b(?:" + "|".join(sorted(AGGREGATES)) + r")\()\s*\Z")
_VALUE_BEFORE = re.compile(r"(\w+)\s*(?:==?|!=|\bin\s*\[(?:[^\]]*,)?)\s*(\"[^\"]*)?\Z")
_FIELD_OF_EVENT = re.compile(r"(\w+)\.\w*\Z")
_MOST = 200


@frozen
class Candidate:
    """Something that could be typed: the text, how much of what stands before it replaces, and a few words on it."""

    text: str
    replaces: int = 0
    about: str = ""


def complete(session: Session, text: str) -> list[Candidate]:
    """What could follow a text, in order; what is typed of a word already selects."""
    if text.lstrip().startswith(":"):
        return list(_command(session, text.lstrip()))
    return list(_language(session, text))


def _command(session: Session, text: str) -> Iterator[Candidate]:
    name, space, rest = text.partition(" ")
    if not space:
        yield from _starting(name[1:], ((n, c.sentence) for n, c in COMMANDS.items()))
        return
    command = COMMANDS.get(name[1:])
    word = rest.rpartition(" ")[2]
    match command.wants if command is not None else Wants.NOTHING:
        case Wants.EXPRESSION:
            yield from _language(session, rest, "only_expr")
        case Wants.CONTACT:
            yield from _starting(word, [*((id, "contact") for id in session.ids), *_fields(session)])
        case Wants.EVENT:
            if " " in rest:
                yield from _values(session, rest) or _starting(word, _event_fields(session, rest.split()[0]))
            else:
                yield from _starting(word, _events(session))
        case Wants.RULE:
            yield from _starting(rest, _rules(session))
        case Wants.JOURNEY:
            yield from _starting(
                rest, ((spell_name(each.name), "journey") for each in session.program.journeys if not each.lone)
            )
        case Wants.FILE:
            yield from _starting(rest, _files(rest))
        case Wants.WORD if name == ":help":
            topics = [*((n, c.sentence) for n, c in COMMANDS.items()), ("functions", "all of them")]
            yield from _starting(word, [*topics, *((n, f.signature.sentence) for n, f in FUNCTIONS.items())])
        case Wants.WORD:
            yield from _starting(word, [("test", "what was done so far")] if word == rest else ())
        case Wants.NOTHING:
            return


def _language(session: Session, text: str, start: str | None = None) -> Iterator[Candidate]:
    """What the parser would take next, by words that mean something here."""
    values = _values(session, text)
    if values:
        yield from values
        return
    fields = _FIELD_OF_EVENT.search(text)
    if fields is not None:
        yield from _starting(text[fields.end(1) + 1 :], _event_fields(session, fields[1]))
        return
    match = _WORD.search(text)
    word = match.group() if match else ""
    before = text[: len(text) - len(word)]
    starts = [start] if start is not None else ["item", "only_expr"] if "\n" not in text else ["item"]
    found = [expected(before, each) for each in starts]
    keywords = sorted({each for one in found for each in one.words})
    names = list(_names(session, before, starts)) if any(one.name for one in found) else []
    yield from _starting(word, [*names, *((each, "") for each in keywords)])


def _names(session: Session, before: str, starts: list[str]) -> Iterator[tuple[str, str]]:
    """The names that could stand behind a text."""
    if _EVENT_BEFORE.search(before):
        yield from _events(session)
        return
    if re.search(r"\bsend\s+\Z", before):
        yield from ((name, "channel") for name in DEFAULT_ADDRESSES)
        return
    if re.search(r"\bjourney\s+\Z", before):
        yield from ((spell_name(each.name), "journey") for each in session.program.journeys)
        return
    if re.search(r"\baudience\s+\Z", before):
        yield "contacts", "everybody"
    if session.inside is not None:
        yield from ((f"{spell_name(name)}.", "label") for name in sorted(session.prompt.labels(session.inside)))
    yield from _fields(session)
    for name, definition in session.prompt.definitions.items():
        yield spell_name(name), "segment" if definition.segment else "define"
    functions = {each.name: each for start in starts for each in next_functions(before, signatures(), start)}
    yield from ((f"{name}(", each.sentence) for name, each in functions.items())
    yield from ((f"{name}(", "over events") for name in sorted(AGGREGATES) if functions)


def _fields(session: Session) -> list[tuple[str, str]]:
    declared = session.program.schema.contact
    if declared is not None:
        return [(spell_name(name), str(kind)) for name, kind in declared.items()]
    known = {name for each in session.world.residents[:_MOST] for name in each.contact.fields}
    return [(spell_name(name), "field") for name in sorted(known)]


def _events(session: Session) -> list[tuple[str, str]]:
    declared = session.program.schema.events
    seen = {name for each in session.world.residents[:_MOST] for name in each.contact.events}
    names = [*declared, *sorted(seen - set(declared) - set(BUILTIN_EVENTS))]
    return [*((spell_name(name), "event") for name in names), *((name, "built-in event") for name in BUILTIN_EVENTS)]


def _event_fields(session: Session, event: str) -> list[tuple[str, str]]:
    declared = session.program.schema.events.get(event)
    if declared is None:
        shape = BUILTIN_EVENTS.get(event)
        declared = shape.fields if shape is not None else {}
    return [
        *((spell_name(name), str(kind)) for name, kind in declared.items()),
        *([("at", "its time")] if declared else []),
    ]


def _values(session: Session, text: str) -> list[Candidate]:
    """The values of an enumeration behind `field =`, of a boolean field too."""
    match = _VALUE_BEFORE.search(text)
    if match is None:
        return []
    kinds = [session.program.schema.contact or {}, *session.program.schema.events.values()]
    kind = next((fields[match[1]] for fields in kinds if match[1] in fields), None)
    typed = match[2] or ""
    if kind is None:
        return []
    if kind.kind is Kind.BOOLEAN and not typed:
        return [Candidate("true"), Candidate("false")]
    return [Candidate(f'"{v}"', len(typed), match[1]) for v in kind.values if f'"{v}"'.startswith(typed)]


def _rules(session: Session) -> Iterator[tuple[str, str]]:
    for journey in session.program.journeys:
        if not journey.lone:
            yield journey.name, "journey"
        for trigger in journey.triggers:
            templates = [getattr(op, "template", None) for op in trigger.body]
            yield from ((name, trigger.id) for name in templates if isinstance(name, str))


def _files(typed: str) -> Iterator[tuple[str, str]]:
    folder = Path(typed).parent if typed else Path()
    if folder.is_dir():
        for path in sorted(folder.iterdir())[:_MOST]:
            if path.is_dir() or path.suffix == ".journey":
                yield f"{path}/" if path.is_dir() else str(path), ""


def _starting(word: str, found: Iterable[tuple[str, str]]) -> Iterator[Candidate]:
    """Those that begin with what is typed, each once."""
    seen: set[str] = set()
    for text, about in found:
        if text.startswith(word) and text != word and text not in seen:
            seen.add(text)
            yield Candidate(text, len(word), about)

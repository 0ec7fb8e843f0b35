"""Reads a case: its sections, and the lines of its story and expectations. Every refusal names the line."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

from attrs import define, evolve, field, frozen

from tests.conformance.cases import (
    EFFECTS,
    NOTED,
    SKIPPED,
    Activate,
    Case,
    CaseError,
    Happening,
    NewContact,
    NewData,
    NewEvent,
    Outage,
    Outcome,
    Some,
    Switch,
)
from tests.conformance.lines import Line
from wend.runtime.values import UTC, Instant, Value

SECTIONS = frozenset({"why", "script", "contacts", "history", "story", "expect"})
HEADER = ("case", "zone", "from", "until")
FREE = EFFECTS - {"message"} | {SKIPPED}
NEEDED = ("case", "why", "script", "expect")


@define
class _Reader:
    """A case on its way."""

    file: str
    zone: ZoneInfo
    start: Instant
    contacts: dict[str, NewContact] = field(factory=dict)
    history: list[NewEvent] = field(factory=list)
    story: list[Happening] = field(factory=list)
    outages: list[Outage] = field(factory=list)
    expected: list[Outcome] = field(factory=list)
    never: set[str] = field(factory=set)
    free: set[str] = field(factory=set)
    refused: list[int] = field(factory=list)
    some: list[Some] = field(factory=list)
    nothing: bool = False

    def contact(self, line: Line) -> None:
        """`ana  email = "ana@shop.example", plan = "free"`."""
        people = line.people()
        fields = line.pairs() if line.rest else {}
        line.done()
        for who in people:
            if who in self.contacts:
                raise line.wrong(f"the contact `{who}` is there twice")
            self.contacts[who] = NewContact(self.start, who, _own(fields, who), imported=True)

    def past(self, line: Line) -> None:
        """An event before the start."""
        at = line.moment()
        if at >= self.start:
            raise line.wrong("history lies before the start")
        people = line.people()
        if not line.word("event"):
            raise line.wrong("expected `event`")
        self.history += [evolve(each, imported=True) for each in self.events(line, at, people)]

    def happen(self, line: Line) -> None:
        """A line of the story."""
        at = line.moment()
        if at < self.start:
            raise line.wrong("the story begins at the start; what was before is `history`")
        last = self.story[-1].at if self.story else self.start
        if at < last:
            raise line.wrong("the lines of the story are in the order of time")
        if line.word("no", "ticks", "until"):
            self.outages.append(Outage(at, line.moment()))
            line.done()
            return
        if line.word("activate"):
            name = line.take("name", "the name of a script")
            answer = next((word for word in ("keep", "reset") if line.word(word)), None)
            self.story.append(Activate(at, name, answer))
            line.done()
            return
        if (switch := line.rest) and switch.text in ("pause", "resume"):
            line.at += 1
            self.story.append(Switch(at, line.take("name", "a journey"), switch.text == "resume"))
            line.done()
            return
        people = line.people()
        if line.word("import", "event"):
            self.story += [evolve(each, imported=True) for each in self.events(line, at, people)]
        elif line.word("event"):
            self.story += self.events(line, at, people)
        elif line.word("set"):
            fields = line.pairs()
            self.story += [NewData(at, self.known(line, who), _own(fields, who)) for who in people]
        elif line.word("import") or line.word("new"):
            imported = line.tokens[line.at - 1].text == "import"
            fields = line.pairs() if line.word("with") else {}
            for who in people:
                if who in self.contacts:
                    raise line.wrong(f"the contact `{who}` is there already")
                self.contacts[who] = NewContact(at, who, _own(fields, who), imported)
                self.story.append(self.contacts[who])
        else:
            raise line.wrong("expected `event`, `set`, `new`, `import`, `activate` or `no ticks until`")
        line.done()

    def known(self, line: Line, who: str) -> str:
        """A contact that there is."""
        if who not in self.contacts:
            raise line.wrong(f"there is no contact `{who}`")
        return who

    def events(self, line: Line, at: Instant, people: list[str]) -> list[NewEvent]:
        """`NAME with a = 1 happened TIME id "e1"`."""
        name = line.take("name", "the name of an event")
        payload = line.pairs() if line.word("with") else {}
        happened = line.moment() if line.word("happened") else at
        id = line.text("an id") if line.word("id") else f"line {line.number:04}"
        line.done()
        return [
            NewEvent(at, self.known(line, who), name, id, happened, _own(payload, who), imported=False)
            for who in people
        ]

    def expect(self, line: Line) -> None:
        """A line of the expectations."""
        if line.word("nothing"):
            self.nothing = True
        elif line.word("never"):
            kind = line.take("name", "a kind")
            if kind not in NOTED:
                raise line.wrong(f"`never` is followed by one of {', '.join(sorted(NOTED))}")
            self.never.add(kind)
        elif line.word("any"):
            kind = line.take("name", "a kind")
            if kind not in FREE:
                raise line.wrong(f"`any` is followed by one of {', '.join(sorted(FREE))}")
            self.free.add(kind)
        elif line.word("refused", "in", "line"):
            self.refused.append(int(line.take("number", "the number of a line")))
        else:
            at = line.moment()
            if line.rest is not None and line.rest.kind == "number":
                self.some.append(self.some_of(line, at))
                line.done()
                return
            if self.expected and at < self.expected[-1].at:
                raise line.wrong("expectations are in the order of time")
            people = line.people()
            found = _outcome(line, at)
            self.expected += [
                evolve(found, who=self.known(line, who), to=None if found.to is None else _of(found.to, who))
                for who in people
            ]
        line.done()

    def some_of(self, line: Line, at: Instant) -> Some:
        """`2 of reader[1..9] email "hello"`."""
        count = int(line.take("number", "a number"))
        if not line.word("of"):
            raise line.wrong("expected `of`")
        people = frozenset(self.known(line, who) for who in line.people())
        if count < 1 or len(people) < 2:
            raise line.wrong("expected a number and several contacts")
        return Some(count, people, _outcome(line, at))


def _outcome(line: Line, at: Instant) -> Outcome:
    """What comes of it, for whoever it is."""
    found = Outcome(at, "", "", line=line.number)
    if line.word("notice"):
        found = evolve(found, what="notice")
    elif line.word("set"):
        name = line.take("name", "a field")
        if not line.word("="):
            raise line.wrong("expected `=`")
        found = evolve(found, what="set", words=(name,), value=line.value())
    elif line.word("emit"):
        name = line.take("name", "an event")
        found = evolve(found, what="emit", words=(name,), pairs=line.pairs() if line.word("with") else None)
    elif line.word("call"):
        name = line.text("the name of a webhook")
        found = evolve(found, what="call", words=(name,), pairs=line.pairs() if line.word("with") else None)
    elif line.word("resubscribe"):
        found = evolve(found, what="resubscribe", words=(line.take("name", "a channel"),))
    elif (what := line.rest) and what.text in ("start", "stop"):
        line.at += 1
        if not line.word("journey"):
            raise line.wrong("expected `journey`")
        found = evolve(found, what=what.text, words=(line.take("name", "a journey"),))
    elif (what := line.rest) and what.text in ("add", "remove"):
        line.at += 1
        field_ = line.take("name", "`tag` or `list`")
        if field_ not in ("tag", "list"):
            raise line.wrong("expected `tag` or `list`")
        found = evolve(found, what=what.text, words=(field_, line.text("a tag or list")))
    elif (what := line.rest) and what.text in NOTED | {SKIPPED}:
        line.at += 1
        words: list[str] = []
        while (token := line.rest) and token.kind == "name" and token.text != "in":
            words.append(token.text)
            line.at += 1
        found = evolve(found, what=what.text, words=(" ".join(words),) if words else ())
    else:
        channel = line.take("name", "what is expected")
        found = evolve(found, what="message", words=(channel, line.text("a template")))
    if line.word("to"):
        found = evolve(found, to=line.text("an address"))
    if line.word("subject"):
        found = evolve(found, subject=line.text("a subject"))
    if line.word("in"):
        found = evolve(found, journey=line.take("name", "a journey"))
    return found


def _own(fields: Mapping[str, Value], who: str) -> dict[str, Value]:
    return {name: _of(value, who) if isinstance(value, str) else value for name, value in fields.items()}


def _of(text: str, who: str) -> str:
    """`{id}` in a text is the contact's own id: for contacts that are made by the dozen."""
    return text.replace("{id}", who)


@frozen
class _Section:
    """A part of the file: its name, where it begins, and its lines with their numbers."""

    name: str
    line: int
    lines: tuple[tuple[int, str], ...]


def _sections(file: str, text: str) -> Iterator[_Section]:
    name, begins, lines = "", 0, list[tuple[int, str]]()
    for number, raw in enumerate(text.splitlines(), start=1):
        if raw[:1].isspace() or not raw.strip():
            if name:
                lines.append((number, raw))
            elif raw.strip():
                raise CaseError(f"{file}:{number}: the first line is `case: …`")
            continue
        if raw.startswith("#"):
            continue
        if name:
            yield _Section(name, begins, tuple(lines))
        name, colon, value = raw.partition(":")
        if not colon:
            raise CaseError(f"{file}:{number}: expected a section such as `script:`")
        begins, lines = number, [(number, value.strip())] if value.strip() else []
    if name:
        yield _Section(name, begins, tuple(lines))


def _plain(section: _Section) -> str:
    return " ".join(text.strip() for _, text in section.lines if text.strip())


def _script(section: _Section) -> str:
    """The lines of a script, four spaces taken off each."""
    lines = [text.rstrip() for _, text in section.lines]
    return "\n".join(line[4:] if line.startswith("    ") else line for line in lines).strip("\n") + "\n"


def read(path: Path, name: str) -> Case:
    """Read the file of a case.

    Raises:
        CaseError: it is not as README.md says; with file and line.
    """
    return read_text(path.read_text(encoding="utf-8"), name)


def read_text(text: str, name: str) -> Case:
    """Read a case."""
    sections: dict[str, _Section] = {}
    for section in _sections(name, text):
        if section.name not in {*SECTIONS, *HEADER} and not section.name.startswith("script "):
            raise CaseError(f"{name}:{section.line}: there is no section `{section.name}`")
        if section.name in sections:
            raise CaseError(f"{name}:{section.line}: `{section.name}` is there twice")
        sections[section.name] = section
    for needed in NEEDED:
        if needed not in sections or not _plain(sections[needed]):
            raise CaseError(f"{name}:1: `{needed}` is missing")
    zone = ZoneInfo(_plain(sections["zone"]) if "zone" in sections else "UTC")

    def moment(header: str) -> Instant:
        if header not in sections:
            raise CaseError(f"{name}:1: `{header}` is missing")
        line = Line.of(name, sections[header].line, zone, _plain(sections[header]))
        found = line.moment()
        line.done()
        return found

    refusal = "refused" in _plain(sections["expect"])
    never = dt.datetime(1970, 1, 1, tzinfo=UTC)
    start, end = (never, never) if refusal else (moment("from"), moment("until"))
    reader = _Reader(name, zone, start)
    parts: tuple[tuple[str, Callable[[Line], None]], ...] = (
        ("contacts", reader.contact),
        ("history", reader.past),
        ("story", reader.happen),
        ("expect", reader.expect),
    )
    for part, take in parts:
        if part in sections:
            for number, raw in sections[part].lines:
                line = Line.of(name, number, zone, raw)
                if line.tokens:
                    take(line)
    scripts = {n.removeprefix("script").strip(): _script(s) for n, s in sections.items() if n.startswith("script")}
    _sound(name, reader, scripts, end)
    return Case(
        name=name,
        title=_plain(sections["case"]),
        why=_plain(sections["why"]),
        zone=zone.key,
        start=start,
        end=end,
        scripts=scripts,
        contacts=tuple(each for each in reader.contacts.values() if each not in reader.story),
        history=tuple(reader.history),
        story=tuple(reader.story),
        outages=tuple(reader.outages),
        expected=tuple(reader.expected),
        never=frozenset(reader.never),
        free=frozenset(reader.free),
        some=tuple(reader.some),
        refused=tuple(reader.refused),
    )


def _sound(name: str, reader: _Reader, scripts: Mapping[str, str], end: Instant) -> None:
    """What a case has to be, so that it can fail and says what it means."""
    lines = (*reader.expected, *(some.outcome for some in reader.some))
    effects = [each for each in lines if each.what in EFFECTS | {SKIPPED}]
    if reader.refused:
        if reader.expected or reader.nothing or reader.contacts:
            raise CaseError(f"{name}: a script that is refused is not played: expect nothing else")
        return
    if not reader.contacts:
        raise CaseError(f"{name}: there is no contact")
    if not effects and not reader.nothing:
        raise CaseError(f"{name}: nothing is expected; write `nothing` if that is meant")
    if effects and reader.nothing:
        raise CaseError(f"{name}: `nothing` is expected, and something")
    if end <= reader.start:
        raise CaseError(f"{name}: it ends before it begins")
    for each in lines:
        if not reader.start <= each.at < end:
            raise CaseError(f"{name}:{each.line}: this is not between `from` and `until`")
    for happening in reader.story:
        if isinstance(happening, Activate) and happening.script not in scripts:
            raise CaseError(f"{name}: there is no script `{happening.script}`")

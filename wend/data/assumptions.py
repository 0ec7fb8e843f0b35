"""The file of `wend simulate --assume`: reactions, as TOML, checked against the program."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from wend.dsl import plan
from wend.dsl.builtins import BUILTIN_EVENTS
from wend.dsl.nearest import nearest
from wend.dsl.program import Program
from wend.project.config import Section, TomlFile
from wend.runtime.calendar import Zone
from wend.runtime.play.assume import Assumptions, Reaction
from wend.runtime.sources.values import Declared, Mistake, of_declared
from wend.runtime.values import Value

_UNITS = {"minute": 60, "hour": 3600, "day": 86400, "week": 604800}
_LENGTH = re.compile(r"(\d{1,5}) (minute|hour|day|week)s?")
_LONGEST = dt.timedelta(days=3660)
_KNOWN = ("channel", "template", "journey")
"""What an event of a message takes from the message."""
_AFTER_HELP = 'write `after = "2 hours"` or `after = "10 minutes to 3 days"`, say'


def read_assumptions(path: Path, program: Program, zone: Zone) -> Assumptions:
    """Read reactions.

    Args:
        path: of a file with `[[reaction]]` tables and perhaps a `seed`.
        program: its events and templates are the ones that may be named.
        zone: of datetimes without an offset.

    Raises:
        ProjectError: the file is missing, or something in it is wrong.
    """
    root = TomlFile(path).root()
    root.only("seed", "reaction")
    sections = root.sections("reaction")
    if not sections:
        raise root.error("no reaction is told", None, 'write `[[reaction]]` with `event = "message_opened"`, say')
    reactions = [_reaction(section, program, zone) for section in sections]
    _check_chains(reactions, sections)
    return Assumptions(tuple(reactions), str(root.number("seed", 0, 2**53) or 0))


def _reaction(section: Section, program: Program, zone: Zone) -> Reaction:
    section.only("to", "channel", "template", "event", "percent", "after", "with")
    event = section.need("event", 'such as `event = "message_opened"`')
    _check_event(event, "event", section, program)
    least, most = _after(section)
    channel, template = section.text("channel"), section.text("template")
    _check_message(channel, template, section, program)
    return Reaction(
        event=event,
        to=section.text("to"),
        share=_share(section),
        channel=channel,
        template=template,
        least=least,
        most=most,
        values=_values(event, section, program, zone),
    )


def _check_event(event: str, key: str, section: Section, program: Program) -> None:
    known = [*program.schema.events, *BUILTIN_EVENTS]
    if event not in known and (program.schema.events or event.startswith("message_")):
        near = nearest(event, known)
        raise section.error(f"there is no event `{event}`", key, f"did you mean `{near}`?" if near else None)


def _check_message(channel: str | None, template: str | None, section: Section, program: Program) -> None:
    """That some journey sends such a message: a name that fits nothing would quietly assume nothing."""
    sends = [o for j in program.journeys for t in j.triggers for o in t.body if isinstance(o, plan.Send)]
    for key, value, known in (
        ("channel", channel, {op.channel for op in sends}),
        ("template", template, {op.template for op in sends}),
    ):
        if value is None or value in known or (key == "template" and _pattern_fits(value, known)):
            continue
        near = nearest(value, sorted(known))
        listed = ", ".join(f"`{each}`" for each in sorted(known)) or "nothing"
        help = f"did you mean `{near}`?" if near else f"what is sent is {listed}"
        raise section.error(f"no journey sends `{value}`", key, help)


def _pattern_fits(pattern: str, names: set[str]) -> bool:
    return any(fnmatchcase(name, pattern) for name in names)


def _share(section: Section) -> float:
    value = section.data.get("percent")
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 100:
        key = "percent" if value is not None else None
        raise section.error("`percent` must be a number from 0 to 100", key, "write `percent = 20`, say")
    return value / 100


def _after(section: Section) -> tuple[dt.timedelta, dt.timedelta]:
    text = section.text("after")
    if text is None:
        return dt.timedelta(minutes=1), dt.timedelta(minutes=1)
    parts = [_LENGTH.fullmatch(part.strip()) for part in text.split(" to ")]
    if not 1 <= len(parts) <= 2 or any(part is None for part in parts):
        raise section.error(f"`after` cannot be `{text}`", "after", _AFTER_HELP)
    lengths = [dt.timedelta(seconds=int(part[1]) * _UNITS[part[2]]) for part in parts if part is not None]
    least, most = lengths[0], lengths[-1]
    if not dt.timedelta(minutes=1) <= least <= most <= _LONGEST:
        message = "`after` goes from 1 minute to ten years, the shorter time first"
        raise section.error(message, "after", _AFTER_HELP)
    return least, most


def _values(event: str, section: Section, program: Program, zone: Zone) -> Mapping[str, Sequence[Value]]:
    inner = section.section("with")
    given = {} if inner is None else inner.data
    shape = BUILTIN_EVENTS.get(event)
    types = {name: str(t) for name, t in (shape.fields if shape else program.schema.events.get(event, {})).items()}
    where = inner or section
    if not (shape.open if shape else not types and event not in program.schema.events):
        for name in given:
            if name not in types:
                near = nearest(name, list(types))
                raise where.error(f"`{event}` has no field `{name}`", name, f"did you mean `{near}`?" if near else None)
        missing = [n for n, t in types.items() if not t.endswith("?") and n not in given and n not in _KNOWN]
        if missing:
            raise where.error(f"`{event}` needs `{missing[0]}`", None, f"write `with = {{ {missing[0]} = … }}`")
    return {name: _drawn(name, value, types.get(name), where, zone) for name, value in given.items()}


def _drawn(name: str, value: object, kind: str | None, where: Section, zone: Zone) -> Sequence[Value]:
    """The values of which one is drawn: a list is a choice."""
    choices = value if isinstance(value, list) else [value]
    if not choices:
        raise where.error(f"`{name}` has no value to draw from", name, "write at least one")
    try:
        convert = of_declared(Declared.read(kind or "any"), zone, cells=False)
        return [convert(choice) for choice in choices]
    except Mistake as mistake:
        raise where.error(f"`{name}` must be {mistake.args[0]}", name) from None


def _check_chains(reactions: Sequence[Reaction], sections: Sequence[Section]) -> None:
    """That what is reacted to is assumed itself, and that no reaction leads to itself."""
    causes: dict[str, set[str]] = {}
    for reaction in reactions:
        causes.setdefault(reaction.event, set()).update({reaction.to} if reaction.to else set())
    for reaction, section in zip(reactions, sections, strict=True):
        if reaction.to is not None and reaction.to not in causes:
            help = "leave `to` out for what follows a message, or tell a reaction that makes this event"
            raise section.error(f"nothing here makes the event `{reaction.to}`", "to", help)
        seen, todo = set[str](), [reaction.event]
        while todo:
            for cause in causes.get(todo.pop(), set()) - seen:
                seen.add(cause)
                todo.append(cause)
        if reaction.event in seen:
            raise section.error(f"`{reaction.event}` leads to itself", "event", "let no reaction follow from its own")

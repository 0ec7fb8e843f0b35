"""A test for a warning that is about one rule: somebody for whom the rule fires, and what comes then."""

import datetime as dt
from collections.abc import Iterator

from attrs import evolve, frozen

from wend.dsl import core, plan, program
from wend.dsl.analysis.people import DAY, begins, literal, name_text, person, test_text
from wend.dsl.analysis.ranges import TRUE, Ranges, Wanted
from wend.dsl.analysis.timing import recurrence, sent_at_once, waiting_minutes
from wend.dsl.diagnostics import Diagnostic
from wend.dsl.formatter.phrases import clock_text
from wend.dsl.source import Span

_ONE_DAY = dt.timedelta(days=1)


@frozen
class Rule:
    """A head of a trigger, and the message that it sends at once."""

    journey: program.Journey
    trigger: program.Trigger
    head: program.AnyHead
    send: plan.Send


def shown(found: Diagnostic, made: program.Program) -> Diagnostic:
    """The report with a test that should show it, where it is one of those that this is made for."""
    if found.witness is not None or found.code not in _LINES:
        return found
    ranges = Ranges(made.schema)
    for rule in _rules(made):
        if any(_at(found, place) for place in _places(rule)):
            lines = _LINES[found.code](rule, made, ranges)
            if lines is not None:
                text = test_text(f"{found.code}: {rule.send.template}", rule.journey, lines)
                return evolve(found, witness=text)
    return found


def _rules(made: program.Program) -> Iterator[Rule]:
    for journey in made.journeys:
        for trigger in journey.triggers:
            send = sent_at_once(trigger.body, 0)
            for head in trigger.heads:
                if send is not None:
                    yield Rule(journey, trigger, head, send)


def _places(rule: Rule) -> Iterator[core.Place]:
    """The head and what it asks, the steps: where a report about the rule can stand."""
    for place in (rule.head.place, *(op.place for op in rule.trigger.body)):
        if place is not None:
            yield place
    if isinstance(rule.head, program.When):
        yield from (node.place for node in core.nodes(rule.head.condition) if node.place is not None)


def _at(found: Diagnostic, place: core.Place) -> bool:
    span: Span = place.span
    return place.source is found.source and span == found.span


# ---- somebody for whom a rule fires ----------------------------------------------------------------------------------


def _scene(rule: Rule, made: program.Program, ranges: Ranges, late: int = 0) -> tuple[list[str], dt.date] | None:
    """The lines that make a rule fire, and the day; `late`: it held for so many days before the contact is seen."""
    wanted: list[Wanted] = begins(made, rule.journey, rule.send.channel)
    day, more = DAY, list[str]()
    match rule.head:
        case program.When(condition=condition):
            wanted.append((condition, TRUE))
        case program.Every(kind=program.ScheduleKind.DAILY | program.ScheduleKind.WEEKLY, days=days):
            while days and day.weekday() not in days:
                day += _ONE_DAY
        case program.OnceOn(date=date):
            day = date
        case program.On(match=match):
            payload = _payload(match.where, ranges)
            more = [f"at {day} event {name_text(match.event)}" + (f" with {payload}" if payload else "")]
        case program.OnEntry():
            pass
        case _:
            return None
    found = person(wanted, made, ranges, day - late * _ONE_DAY)
    return None if found is None else ([*found.lines(), *more], day)


def _payload(where: core.Expr | None, ranges: Ranges) -> str:
    if where is None:
        return ""
    cases = ranges.cases([(where, TRUE)])
    values = {
        term.path[0]: text
        for term, allowed in (cases[0] if cases else {}).items()
        if isinstance(term, core.Item) and len(term.path) == 1 and (text := literal(allowed, None)) is not None
    }
    return ", ".join(f"{name_text(name)} = {text}" for name, text in values.items())


def _expected(rule: Rule, day: dt.date | str) -> str:
    return f'at {day} expect {rule.send.channel} "{rule.send.template}"'


# ---- what each warning says ------------------------------------------------------------------------------------------


def _without_consent(rule: Rule, made: program.Program, ranges: Ranges) -> list[str] | None:
    """Somebody of whom no consent is known gets it."""
    scene = _scene(rule, made, ranges)
    return None if scene is None else [*scene[0], _expected(rule, scene[1])]


def _missed_day(rule: Rule, made: program.Program, ranges: Ranges) -> list[str] | None:
    """Somebody who is first seen a day later never gets it."""
    scene = _scene(rule, made, ranges, late=1) if isinstance(rule.head, program.When) else None
    if scene is None:
        return None
    return [*scene[0], f"at {scene[1]} expect nothing", "advance 60 days", f"expect 0 {rule.send.channel} in total"]


def _outlasted(rule: Rule, made: program.Program, ranges: Ranges) -> list[str] | None:
    """The second occurrence brings nothing."""
    scene = _scene(rule, made, ranges)
    if scene is None or not isinstance(rule.head, program.Every) or rule.journey.newest_path_only:
        return None
    lines, day = scene
    following = day + dt.timedelta(seconds=recurrence(rule.head))
    while rule.head.days and following.weekday() not in rule.head.days:
        following += _ONE_DAY
    return [*lines, _expected(rule, day), f"at {following} expect nothing"]


def _held(rule: Rule, made: program.Program, ranges: Ranges) -> list[str] | None:
    """Nothing at its time; it comes when the window opens, or never."""
    scene = _scene(rule, made, ranges)
    if scene is None or not isinstance(rule.head, program.Every | program.OnceOn):
        return None
    lines, day = scene
    at = rule.head.clock
    waits = waiting_minutes(rule.journey, made.settings, rule.send.channel, day.weekday(), at)
    if waits is None:
        return [*lines, f"at {day} expect nothing", f"at {day + _ONE_DAY} expect nothing"]
    opens = dt.datetime.combine(day, at) + dt.timedelta(minutes=waits)
    nothing = f"at {day} {clock_text(at)} expect nothing"
    return [*lines, nothing, _expected(rule, f"{opens.date()} {clock_text(opens.time())}")]


_LINES = {"W404": _missed_day, "W409": _without_consent, "W418": _held, "W420": _outlasted}

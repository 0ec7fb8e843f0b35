"""What a test expected and what happened in it, as two time lines side by side."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import assert_never

from attrs import frozen

from wend.dsl import trial
from wend.dsl.program import Program
from wend.runtime.calendar import Zone, ceil_minute
from wend.runtime.effects import Send, TraceEntry
from wend.runtime.telling.deeds import Deed, spell_effect
from wend.runtime.telling.named import send_of
from wend.runtime.telling.spell import spell_expr
from wend.runtime.values import Instant

NOTHING = "nothing"


@frozen
class Happening:
    """Something of the journey that the test saw.

    Args:
        what: in a few words.
        kind: as in a trace; `sent` for a message.
        reason: as in a trace.
        channel: of a message.
        who: the contact, where the test names its contacts.
    """

    at: Instant
    what: str
    kind: str
    reason: str | None = None
    channel: str | None = None
    who: str | None = None


@frozen
class Row:
    """One line of both.

    Args:
        time: the local time, or the day alone, or `in total`.
        expected: empty where nothing was said about it.
        actual: empty where it did not come.
        met: whether both agree.
    """

    time: str
    expected: str
    actual: str
    met: bool = True


def at_moment(instant: Instant, when: trial.When, here: Zone) -> bool:
    """Whether an instant is at a moment of a test (at that minute, or on that local day), or within a range."""
    match when:
        case trial.Range(start=start, until=until):
            return (start is None or begins(start, here) <= instant) and (
                until is None or instant < begins(until, here)
            )
        case trial.Moment(time=None):
            return here.date(instant) == when.date
        case trial.Moment():
            return instant == ceil_minute(begins(when, here))
        case _:
            assert_never(when)


def begins(moment: trial.Moment, here: Zone) -> Instant:
    """The first instant of a moment."""
    return here.day_start(moment.date) if moment.time is None else here.at(moment.date, moment.time)


def named(send: Send) -> str:
    """A message in a few words."""
    return "a notification" if send.template is None else f'{send.channel} "{send.template}"'


def wanted(line: trial.ExpectSend) -> str:
    """The message that a line expects, in the same words."""
    return f'{line.channel} "{line.template}"'


_SHOWN: Mapping[str, str] = {
    "entered": "the run begins",
    "exited": "the run ends",
    "converted": "the goal is reached",
    "left": "out of the audience",
    "fired": "a path begins",
    "held": "a message is held",
    "dropped": "a message is skipped",
    "stopped": "a path is stopped",
    "problem": "a problem",
}


def timeline(done: Iterable[Deed], program: Program, here: Zone, who: str | None = None) -> tuple[Happening, ...]:
    """What happened to a contact in the journey, for people, in the order in which it did.

    Args:
        done: what the steps did.
        program: says which message a line of a trace is about.
        here: the zone of times that are told.
        who: its name, where the test has given it one.
    """
    happened = []
    for entry, effect in done:
        if entry is None:
            continue
        if isinstance(effect, Send):
            happened.append(Happening(entry.at, named(effect), "sent", channel=effect.channel, who=who))
        elif effect is not None:
            happened.append(Happening(entry.at, spell_effect(effect, here), entry.kind, who=who))
        elif entry.kind in _SHOWN:
            reason = f" ({entry.reason})" if entry.reason else ""
            what = f"{_shown(entry, program)}{reason}"
            happened.append(Happening(entry.at, what, entry.kind, entry.reason, who=who))
    return tuple(happened)


def _shown(entry: TraceEntry, program: Program) -> str:
    """A line of a trace in words; what was skipped or held is named."""
    shown = _SHOWN[entry.kind]
    if entry.kind not in ("dropped", "held") or entry.step is None:
        return shown
    op = send_of(entry, program)
    subject = f"`{entry.step}`" if op is None else f'{op.channel} "{op.template}"'
    return shown.replace("a message", subject)


def together(timelines: Iterable[tuple[Happening, ...]]) -> tuple[Happening, ...]:
    """The time lines of several contacts as one; within a minute one contact after the other."""
    return tuple(sorted((each for happened in timelines for each in happened), key=lambda item: item.at))


Unmet = Mapping[tuple[int, str | None], str]
"""The lines that were not met, by their number in the test and the contact, with what came instead."""
AS_EXPECTED = "as expected"


def contacts_of(test: trial.Test, line: trial.AnyLine) -> tuple[str | None, ...]:
    """The contacts that a line is about; None for the one of a test that names none."""
    return (line.who,) if line.who is not None else test.contacts or (None,)


def of(who: str | None, words: str) -> str:
    """Words about a contact, where it has a name."""
    return words if who is None else f"{who}: {words}"


def side_by_side(
    test: trial.Test, happened: Sequence[Happening], unmet: Unmet, start: Instant, here: Zone
) -> tuple[Row, ...]:
    """Both time lines of a test: what it did and expected, and what came.

    Args:
        happened: the time line of the journey.
        start: when the test begins, UTC.
    """
    order = {id(each): number for number, each in enumerate(happened)}
    rows: list[tuple[Instant, int, Row]] = []
    totals: list[Row] = []
    told: set[int] = set()
    for number, line in enumerate(test.lines):
        match line:
            case trial.ExpectTotal():
                totals.append(_total(line, happened, (number, line.who) not in unmet))
            case trial.Happens() | trial.Changes():
                what = f"event {line.event}" if isinstance(line, trial.Happens) else f"set {line.field}"
                rows.append((begins(line.at, here), -1, Row(str(line.at), "", of(line.who, what))))
            case trial.Force(at=trial.Moment() as moment):
                rows.append((begins(moment, here), -1, Row(str(moment), "", of(line.who, f"force {line.split}"))))
            case trial.Given() | trial.Force() | trial.Advance():
                pass
            case _:
                for who in contacts_of(test, line):
                    for each, row in _rows(line, who, unmet.get((number, who)), happened, told, here):
                        at, place = (each.at, order[id(each)]) if each else (_first(line.at, start, here), len(order))
                        rows.append((at, place, row))
    rest = (each for each in happened if id(each) not in told)
    rows += [(each.at, order[id(each)], Row(_time(each.at, here), "", of(each.who, each.what))) for each in rest]
    return (*[row for _, _, row in sorted(rows, key=lambda each: each[:2])], *totals)


def _total(line: trial.ExpectTotal, happened: Sequence[Happening], met: bool) -> Row:
    came = sum(each.channel == line.channel and line.who in (None, each.who) for each in happened)
    return Row("in total", of(line.who, f"{line.count} {line.channel}"), f"{came} {line.channel}", met)


def _rows(
    line: trial.Timed,
    who: str | None,
    instead: str | None,
    happened: Sequence[Happening],
    told: set[int],
    here: Zone,
) -> Iterator[tuple[Happening | None, Row]]:
    """The rows of an expectation, each with what came for it, if anything; `told` has what stands in a row already.

    Args:
        instead: what came instead; None where the line was met.
    """
    if isinstance(line.at, trial.Range) or isinstance(line, trial.ExpectCount | trial.ExpectThat):
        time, words = _when(line.at), " ".join([*_texts(line), _how_long(line.at)]).rstrip()
        yield None, Row(time, of(who, words), AS_EXPECTED if instead is None else instead, instead is None)
        return
    texts, met = [of(who, text) for text in _texts(line)], instead is None
    came = [each for each in happened if each.who == who and _answers(line, each) and at_moment(each.at, line.at, here)]
    if isinstance(line, trial.ExpectSkip | trial.ExpectExit):
        came = came[:1]
    if met and came and all(id(each) in told for each in came):
        return
    if isinstance(line, trial.ExpectNothing):
        texts = texts * max(len(came), 1)
    for expected, each in zip_longest(texts, came):
        if each is None:
            actual = NOTHING if isinstance(line, trial.ExpectNothing) else ""
            yield None, Row(str(line.at), expected, actual, met)
        else:
            told.add(id(each))
            agrees = expected is not None and not isinstance(line, trial.ExpectNothing)
            yield each, Row(_time(each.at, here), expected or "", of(who, each.what), agrees)


def _texts(line: trial.Timed) -> list[str]:
    """What a line expects, in words, once for each happening."""
    match line:
        case trial.ExpectNothing():
            return [NOTHING]
        case trial.ExpectSend(at=trial.Range(), times=times) if times != 1:
            return [f"{times} times {wanted(line)}"]
        case trial.ExpectSend(times=times):
            return [wanted(line)] * times
        case trial.ExpectCount(count=count, channel=channel):
            return [f"{count} {channel}"]
        case trial.ExpectExit():
            return [_SHOWN["exited"]]
        case trial.ExpectSkip(reason=reason):
            return [f"{_SHOWN['dropped']} ({reason})"]
        case trial.ExpectThat(condition=condition):
            return [spell_expr(condition)]
        case _:
            assert_never(line)


def _answers(line: trial.Timed, each: Happening) -> bool:
    """Whether a happening is of the kind that a line speaks of."""
    match line:
        case trial.ExpectNothing():
            return each.kind == "sent"
        case trial.ExpectSend():
            return each.kind == "sent" and each.what == wanted(line)
        case trial.ExpectCount(channel=channel):
            return each.channel == channel
        case trial.ExpectExit():
            return each.kind == "exited"
        case trial.ExpectSkip(reason=reason):
            return each.kind == "dropped" and each.reason == reason
        case trial.ExpectThat():
            return False
        case _:
            assert_never(line)


def _first(when: trial.When, start: Instant, here: Zone) -> Instant:
    """When an expectation begins to count."""
    if isinstance(when, trial.Range):
        return begins(when.start, here) if when.start is not None else start
    return begins(when, here)


def _when(when: trial.When) -> str:
    if isinstance(when, trial.Range):
        return "" if when.start is None else str(when.start)
    return str(when)


def _how_long(when: trial.When) -> str:
    """Until when a range goes, in words; nothing for a moment."""
    if isinstance(when, trial.Moment):
        return ""
    return "from then on" if when.until is None else f"until {when.until}"


def _time(at: Instant, here: Zone) -> str:
    return f"{here.local(at):%Y-%m-%d %H:%M}"

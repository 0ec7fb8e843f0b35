"""What a test expected and what happened in it, as two time lines side by side."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import assert_never

from attrs import frozen

from wend.dsl import trial
from wend.runtime.calendar import Zone, ceil_minute
from wend.runtime.effects import Send, TraceEntry
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
    """

    at: Instant
    what: str
    kind: str
    reason: str | None = None
    channel: str | None = None


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


def at_moment(instant: Instant, moment: trial.Moment, here: Zone) -> bool:
    """Whether an instant is at a moment of a test: at that minute, or on that local day."""
    if moment.time is None:
        return here.date(instant) == moment.date
    return instant == ceil_minute(here.at(moment.date, moment.time))


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


def timeline(sends: Iterable[Send], traces: Iterable[TraceEntry]) -> tuple[Happening, ...]:
    """What happened in the journey, for people, in order."""
    happened = [Happening(send.at, named(send), "sent", channel=send.channel) for send in sends]
    for entry in traces:
        if entry.kind in _SHOWN:
            reason = f" ({entry.reason})" if entry.reason else ""
            happened.append(Happening(entry.at, f"{_SHOWN[entry.kind]}{reason}", entry.kind, entry.reason))
    order = list(_SHOWN)

    def rank(item: Happening) -> tuple[Instant, int]:
        return item.at, order.index(item.kind) if item.kind in order else len(order)

    return tuple(sorted(happened, key=rank))


def side_by_side(
    test: trial.Test, happened: Sequence[Happening], unmet: Iterable[trial.Expectation], here: Zone
) -> tuple[Row, ...]:
    """Both time lines of a test: what it did and expected, and what came.

    Args:
        happened: the time line of the journey.
        unmet: the lines that were not met.
    """
    failed = {id(line) for line in unmet}
    rows: list[tuple[Instant, int, Row]] = []
    order = {each: number for number, each in enumerate(happened)}
    totals: list[Row] = []
    told: set[Happening] = set()
    for line in test.lines:
        match line:
            case trial.ExpectTotal(count=count, channel=channel):
                came = sum(each.channel == channel for each in happened)
                totals.append(Row("in total", f"{count} {channel}", f"{came} {channel}", id(line) not in failed))
            case trial.Happens() | trial.Changes():
                what = f"event {line.event}" if isinstance(line, trial.Happens) else f"set {line.field}"
                rows.append((begins(line.at, here), -1, Row(_moment(line.at), "", what)))
            case trial.ExpectNothing() | trial.ExpectSend() | trial.ExpectExit() | trial.ExpectSkip():
                for each, row in _rows(line, id(line) not in failed, happened, told, here):
                    at, place = (each.at, order[each]) if each else (begins(line.at, here), len(order))
                    rows.append((at, place, row))
            case trial.Given() | trial.Force() | trial.Advance():
                pass
            case _:
                assert_never(line)
    rest = (each for each in happened if each not in told)
    rows += [(each.at, order[each], Row(_time(each.at, here), "", each.what)) for each in rest]
    return (*[row for _, _, row in sorted(rows, key=lambda each: each[:2])], *totals)


_Timed = trial.ExpectNothing | trial.ExpectSend | trial.ExpectExit | trial.ExpectSkip


def _rows(
    line: _Timed, met: bool, happened: Sequence[Happening], told: set[Happening], here: Zone
) -> Iterator[tuple[Happening | None, Row]]:
    """The rows of an expectation, each with what came for it, if anything; `told` has what stands in a row already."""
    texts = _texts(line)
    came = [each for each in happened if _answers(line, each) and at_moment(each.at, line.at, here)]
    if isinstance(line, trial.ExpectSkip | trial.ExpectExit):
        came = came[:1]
    if met and came and all(each in told for each in came):
        return
    if isinstance(line, trial.ExpectNothing):
        texts = texts * max(len(came), 1)
    for expected, each in zip_longest(texts, came):
        if each is None:
            actual = NOTHING if isinstance(line, trial.ExpectNothing) else ""
            yield None, Row(_moment(line.at), expected, actual, met)
        else:
            told.add(each)
            agrees = expected is not None and expected != NOTHING
            yield each, Row(_time(each.at, here), expected or "", each.what, agrees)


def _texts(line: _Timed) -> list[str]:
    match line:
        case trial.ExpectNothing():
            return [NOTHING]
        case trial.ExpectSend(times=times):
            return [wanted(line)] * times
        case trial.ExpectExit():
            return [_SHOWN["exited"]]
        case trial.ExpectSkip(reason=reason):
            return [f"{_SHOWN['dropped']} ({reason})"]
        case _:
            assert_never(line)


def _answers(line: _Timed, each: Happening) -> bool:
    """Whether a happening is of the kind that a line speaks of."""
    match line:
        case trial.ExpectNothing():
            return each.kind == "sent"
        case trial.ExpectSend():
            return each.kind == "sent" and each.what == wanted(line)
        case trial.ExpectExit():
            return each.kind == "exited"
        case trial.ExpectSkip(reason=reason):
            return each.kind == "dropped" and each.reason == reason
        case _:
            assert_never(line)


def _moment(moment: trial.Moment) -> str:
    return str(moment)


def _time(at: Instant, here: Zone) -> str:
    return f"{here.local(at):%Y-%m-%d %H:%M}"

"""What one path can send: at most on any way through its body, all in all and in so many days."""

import math
from collections.abc import Callable, Iterator, Sequence

from attrs import field, frozen

from wend.dsl import core, plan
from wend.dsl.analysis.dead import targets
from wend.dsl.bounds.stretch import DAY, fewest_days
from wend.dsl.period import Period

Body = Sequence[plan.Operation]
Counted = Callable[[plan.Operation], bool]
"""Whether an operation is a message that is to be counted."""

_MOST_STEPS = 200
"""How many messages are told apart by their time: of more only the number is counted."""
_MOST_TIMES = 50
"""How many distances from the beginning of a path are told apart: later messages are taken to come at any time."""


@frozen
class Sends:
    """What one path can send, and when.

    Args:
        all: at most, on any way.
        shortest: how many days later the path ends at the earliest.
        each: for messages that come equally long after the path's beginning how many there are at most, and by how many
            days that distance can differ.
        fronts, behind: how many messages can come how soon, from wherever a path can be, and from behind a pause.
    """

    all: int
    shortest: int
    each: tuple[tuple[int, float], ...]
    fronts: "tuple[_Front, ...]" = field(repr=False)
    behind: "tuple[_Front, ...]" = field(repr=False)

    def within(self, days: int) -> int:
        """At most, in so many days in a row."""
        return min(self.all, max((_most(front, days) for front in self.fronts), default=0))

    def later(self, days: int) -> int:
        """At most, in so many days, by a path that has come to a pause before."""
        return min(self.all, max((_most(front, days) for front in self.behind), default=0))


def sends_of(body: Body, counted: Counted, held: Counted) -> Sends:
    """What a path of a body can send.

    Args:
        held: whether an operation is a message that can be held: it comes later than the path does, and so does what
            follows it.
    """
    loops = _loops(body)
    fronts = _fronts(body, counted, loops)
    inside = {i for head, end in loops.items() for i in range(head + 1, end + 1)}
    outside = [i for i in range(len(body)) if i not in inside]
    behind: set[int] = set()
    for index, op in enumerate(body):
        stands = held(op)
        if isinstance(op, plan.Wait) or stands:
            around = min((head for head, end in loops.items() if head < index <= end), default=None)
            behind |= {around} if around is not None else {index} if stands else set(targets(op, index))
    lo, hi = _delays(body, held)
    return Sends(
        all=_total(body, counted)[0] if body else 0,
        shortest=_shortest(body),
        each=tuple(_together(body, counted, lo, hi)),
        fronts=tuple(fronts[i] for i in outside),
        behind=tuple(fronts[i] for i in sorted(behind) if i < len(body)),
    )


def _together(body: Body, counted: Counted, lo: list[float], hi: list[float]) -> Iterator[tuple[int, float]]:
    delays: dict[tuple[float, float], set[int]] = {}
    for i, op in enumerate(body):
        if counted(op) and lo[i] < math.inf:
            delays.setdefault((lo[i], hi[i]), set()).add(id(op))
    apart = [(each, delays[each]) for each in sorted(delays)]
    if len(apart) > _MOST_TIMES:
        apart, rest = apart[:_MOST_TIMES], apart[_MOST_TIMES:]
        apart.append(((0, math.inf), {each for _, here in rest for each in here}))
    for (least, most), here in apart:
        number = _total(body, lambda op, here=here: id(op) in here)[0]  # type: ignore[misc]  # a default is no argument
        yield number, math.inf if most == math.inf else math.ceil((most - least) / DAY)


# ---- loops -----------------------------------------------------------------------------------------------------------


def _loops(body: Body) -> dict[int, int]:
    """For the head of each `repeat` the operation that ends a round."""
    return {op.head: index for index, op in enumerate(body) if isinstance(op, plan.RepeatNext)}


def _times(body: Body, head: int) -> int:
    op = body[head]
    return op.times if isinstance(op, plan.RepeatTest) else 1


def _rounds(index: int, body: Body, loops: dict[int, int]) -> int:
    return math.prod(_times(body, head) for head, end in loops.items() if head < index < end)


def _onward(op: plan.Operation, index: int) -> list[int]:
    """Where a path goes on in the order of the body: a round that is over goes nowhere."""
    return [] if isinstance(op, plan.RepeatNext) else [t for t in targets(op, index) if t > index]


def _total(body: Body, counted: Counted) -> list[int]:
    """From each operation the most messages until the path, or the round around it, is over."""
    best = [0] * (len(body) + 1)
    for index in range(len(body) - 1, -1, -1):
        op = body[index]
        if isinstance(op, plan.RepeatTest):
            best[index] = op.times * best[index + 1] + best[op.done]
        else:
            best[index] = counted(op) + max((best[t] for t in _onward(op, index)), default=0)
    return best


# ---- time ------------------------------------------------------------------------------------------------------------

_Front = tuple[tuple[float, int], ...]
"""So many messages after so many seconds at the earliest: each more than the one before, and later."""


def _most(front: _Front, days: int) -> int:
    return max((number for seconds, number in front if seconds < days * DAY), default=0)


def _fronts(body: Body, counted: Counted, loops: dict[int, int]) -> list[_Front]:
    """From each operation how many messages can come how soon; a round that is over goes nowhere."""
    fronts: list[_Front] = [((0, 0),)] * (len(body) + 1)
    total = _total(body, counted)
    for index in range(len(body) - 1, -1, -1):
        op = body[index]
        if isinstance(op, plan.RepeatTest):
            rounds = _repeated(index, loops[index], body, counted, loops, total[index + 1])
            after = _joined(rounds, fronts[op.done])
        else:
            ahead = [_moved(fronts[t], _least(op, index, t)) for t in _onward(op, index)]
            after = _best([point for front in ahead for point in front])
        fronts[index] = tuple((seconds, number + 1) for seconds, number in after) if counted(op) else after
    return fronts


def _moved(front: _Front, by: float) -> _Front:
    """What is there at once is as before; what comes later comes so much later, and so does what is there at once."""
    return tuple((seconds + by if number else 0.0, number) for seconds, number in front)


def _repeated(head: int, end: int, body: Body, counted: Counted, loops: dict[int, int], each: int) -> _Front:
    """Rounds, with so many messages each at most.

    Every message comes once a round, and two rounds take a while; but a round may take another way than the one before,
    so that in a short time there can be more messages than one round has.
    """
    inside = {h: e for h, e in loops.items() if head < h < end}
    some = sum(_rounds(i, body, inside) for i in range(head + 1, end) if counted(body[i]))
    if not some:
        return ((0, 0),)
    times, apart = _times(body, head), _round(head, end, body)
    rounds = min(times, max(1, _MOST_STEPS // some))
    points = [(0.0, 0), *((number * apart, min((number + 1) * some, times * each)) for number in range(rounds))]
    if rounds < times:
        points.append((rounds * apart, times * each))
    return _best(points)


def _joined(front: _Front, then: _Front) -> _Front:
    """What comes of a `repeat`, and what comes behind it, which can come at once."""
    return _best([(max(a, b), m + n) for a, m in front for b, n in then])


def _best(points: list[tuple[float, int]]) -> _Front:
    """The points that no other one beats."""
    found: list[tuple[float, int]] = [(0.0, 0)]
    for seconds, number in sorted(points, key=lambda point: (point[0], -point[1])):
        if number > found[-1][1]:
            found.append((seconds, number))
    if len(found) > _MOST_STEPS:
        found = [*found[:_MOST_STEPS], (found[_MOST_STEPS][0], found[-1][1])]
    return tuple(found)


def _round(head: int, end: int, body: Body) -> float:
    """How many seconds a round takes at least."""
    least: dict[int, float] = {end: 0.0}
    for index in range(end - 1, head, -1):
        op = body[index]
        if isinstance(op, plan.RepeatNext):
            continue
        ahead = (op.done,) if isinstance(op, plan.RepeatTest) else _onward(op, index)
        least[index] = min((_least(op, index, t) + least[t] for t in ahead if t in least), default=math.inf)
    every = body[end]
    pause = _seconds(every.every) if isinstance(every, plan.RepeatNext) else 0
    found = least.get(head + 1, 0)
    return pause + (found if found < math.inf else 0)


def _shortest(body: Body) -> int:
    """How many days later a path ends at the earliest."""
    least = [0.0] * (len(body) + 1)
    for index in range(len(body) - 1, -1, -1):
        op = body[index]
        if isinstance(op, plan.RepeatTest):
            least[index] = min(least[op.done], least[index + 1])
        else:
            least[index] = min((_least(op, index, t) + least[t] for t in _onward(op, index)), default=0)
    return int(least[0] // DAY)


def _least(op: plan.Operation, index: int, target: int) -> float:
    """How many seconds lie at least between an operation and the one that a path comes to from it."""
    match op:
        case plan.WaitFor(length=length):
            return _seconds(length)
        case plan.WaitCondition(limit=core.Node() as limit, otherwise=other) if target == other != index + 1:
            return _seconds(limit)
        case plan.WaitEvent(limit=limit, otherwise=other) if target == other != index + 1:
            return _seconds(limit)
        case _:
            return 0


def _seconds(length: core.Expr | None) -> float:
    """The days of a length in seconds, and what it has beside whole days, cut short where clocks may go back."""
    match length:
        case core.Const(value=Period() as period):
            days = fewest_days(Period(period.months, period.days))
            return days * DAY + max(0, period.seconds - 2 * 3600)
        case _:
            return 0


def _delays(body: Body, held: Counted) -> tuple[list[float], list[float]]:
    """How long after the beginning of its path an operation is done, at least and at most, in seconds."""
    lo, hi = [math.inf] * (len(body) + 1), [-math.inf] * (len(body) + 1)
    lo[0] = hi[0] = 0
    for index, op in enumerate(body):
        if lo[index] == math.inf:
            continue
        if held(op):
            hi[index] = math.inf
        ahead = [index + 1, op.done] if isinstance(op, plan.RepeatTest) else _onward(op, index)
        for target in ahead:
            lo[target] = min(lo[target], lo[index] + _least(op, index, target))
            hi[target] = max(hi[target], hi[index] + _longest(op, target))
        if isinstance(op, plan.RepeatTest):
            for inner in range(index + 1, len(body) + 1):
                hi[inner] = math.inf
    return lo, hi


def _longest(op: plan.Operation, target: int) -> float:
    match op:
        case plan.WaitFor(length=length) if _whole_days(length):
            return _seconds(length)
        case plan.WaitCondition(limit=core.Node() as limit) | plan.WaitEvent(limit=limit) if _whole_days(limit):
            return _seconds(limit)
        case _:
            return math.inf if isinstance(op, plan.Wait) else 0


def _whole_days(length: core.Expr) -> bool:
    value = length.value if isinstance(length, core.Const) else None
    return isinstance(value, Period) and not value.months and not value.seconds

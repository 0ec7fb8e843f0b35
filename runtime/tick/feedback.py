"""How far what journeys do may go round: their events, fields, tags and lists can start them again.

What comes from outside has depth 0, what a path causes one more than the path's own cause. Beyond `DEEPEST` an event is
dropped and a change, a date or a condition that may fire several times a day fires nothing, so that no circle of
journeys goes on for ever. The beginning of a run is as deep as runs of the journey began before it on the same day: a
journey that ends by what it reads of its own run, and begins again, goes round by itself. A value that a journey set
more than a day ago counts as from outside: a path may give itself the date of its next turn. So does what is told of a
message more than a day after it was sent; before, it is as deep as the message.
"""

import datetime as dt

from wend.dsl import core
from wend.dsl.builtins import ANSWERED, REACTIONS
from wend.runtime.state import Path, Written
from wend.runtime.tick.work import Stay, Work
from wend.runtime.values import Instant

DEEPEST = 5
"""How deep the cause of a path may be."""

REMEMBERED = dt.timedelta(hours=24)
"""How long a value that a journey set is known to come from it."""


def depth_of(work: Work, stay: Stay, *read: core.Expr) -> int:
    """How deep what these expressions of a journey read is: the deepest of what was done in the last day."""
    oldest = work.now - REMEMBERED
    deepest = 0
    for node in (node for expr in read for node in core.nodes(expr)):
        if isinstance(node, core.Field):
            written = work.written.get(node.name)
            if written is not None and written.at > oldest:
                deepest = max(deepest, written.depth)
        elif isinstance(node, core.Aggregate):
            deepest = max(deepest, _of_events(work, node.event, oldest))
        elif isinstance(node, core.LabelRef):
            if node.attr in REACTIONS:
                deepest = max(deepest, _of_events(work, REACTIONS[node.attr], oldest))
            elif node.attr is core.LabelAttr.ANSWER:
                deepest = max(deepest, _of_events(work, ANSWERED, oldest))
            deepest = max(deepest, _of_sends(work, stay, node.label, oldest))
        elif isinstance(node, core.InJourney):
            begun = work.written.get(_path_of(node.journey))
            if begun is not None and begun.at > oldest:
                deepest = max(deepest, begun.depth)
        elif isinstance(node, core.Entry):
            deepest = max(deepest, stay.state.begun - 1)
    return deepest


def _of_sends(work: Work, stay: Stay, label: str, oldest: Instant) -> int:
    own = (sent for sent in work.sends if sent.label == label and sent.journey == stay.journey.name)
    return max((sent.depth for sent in own if sent.at > oldest), default=0)


def _of_events(work: Work, name: str, oldest: Instant) -> int:
    return max((event.depth for event in work.contact.events.get(name, ()) if event.time > oldest), default=0)


def depth_after(work: Work, path: Path) -> int:
    """How deep what a path does now is."""
    return 1 + (path.cause.depth if path.cause.time > work.now - REMEMBERED else 0)


def _path_of(journey: str) -> str:
    return f"in journey {journey}"


def began(work: Work, stay: Stay, path: Path) -> None:
    """A path of a journey began: whoever asks whether one is under way reads what led to it."""
    if path.cause.depth:
        name = _path_of(stay.journey.name)
        work.written = {**work.written, name: Written(path.cause.depth, work.now)}


def too_deep(work: Work, stay: Stay, trigger: str, depth: int) -> bool:
    """Whether something is too deep to start a path; that is reported."""
    if depth > DEEPEST:
        work.note(stay, "dropped", trigger=trigger, reason="depth")
    return depth > DEEPEST


def wrote(work: Work, path: Path, field: str) -> None:
    """A path gave a field another value."""
    depth = depth_after(work, path)
    before = work.written.get(field)
    if before is not None and before.at == work.now:
        depth = max(depth, before.depth)
    work.written = {**work.written, field: Written(depth, work.now)}

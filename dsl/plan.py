"""The body of a trigger as a flat list of operations with explicit targets.

A path is at one index of this list (`pc`); the end of the list ends the path. Targets are indices too.
A step's `id` is its label, or what it says; it is stable when steps around it change.
"""

from attrs import field, frozen

from wend.dsl import core
from wend.dsl.ast import Clock
from wend.dsl.core import Place


@frozen(kw_only=True)
class Op:
    """An operation: the id of the step it came from, unique in its trigger, and where it stands."""

    id: str
    place: Place | None = field(default=None, eq=False, repr=False)


@frozen(kw_only=True)
class Send(Op):
    """Send a template over a channel.

    `position` of `total` counts the sends of this channel in the journey, in the order of the file. `variant` is
    that of the innermost split around.
    """

    channel: str
    template: str
    to: core.Expr | None = None
    sender: core.Expr | None = None
    subject: core.Expr | None = None
    values: tuple[tuple[str, core.Expr], ...] = ()
    label: str | None = None
    position: int = 1
    total: int = 1
    variant: str | None = None


@frozen(kw_only=True)
class Notify(Op):
    """An internal mail: subject and text are templates written in the script."""

    address: core.Expr
    subject: core.Expr | None = None
    text: core.Expr | None = None
    sender: core.Expr | None = None
    values: tuple[tuple[str, core.Expr], ...] = ()


@frozen(kw_only=True)
class CallWebhook(Op):
    """Call a web service of the project; its answer is an event, and is read by the label."""

    webhook: str
    values: tuple[tuple[str, core.Expr], ...] = ()
    label: str | None = None


@frozen(kw_only=True)
class Set(Op):
    """Set a field of the contact."""

    field: str
    value: core.Expr


@frozen(kw_only=True)
class Mark(Op):
    """Add or remove a tag (`field` is `tags`) or a list (`lists`)."""

    field: str
    value: core.Expr
    remove: bool = False


@frozen(kw_only=True)
class Emit(Op):
    """Emit an event, which arrives at the next tick."""

    event: str
    values: tuple[tuple[str, core.Expr], ...] = ()


@frozen(kw_only=True)
class Resubscribe(Op):
    """Lift the contact's unsubscription from a channel: from the journey's topic, or where it has none from all."""

    channel: str


@frozen(kw_only=True)
class WaitFor(Op):
    """Wait so long from the tick that reached this."""

    length: core.Expr


@frozen(kw_only=True)
class WaitUntilClock(Op):
    """Wait for a time of day."""

    clock: core.Expr


@frozen(kw_only=True)
class WaitUntilDay(Op):
    """Wait for one of these weekdays (Monday is 0), at a time where told, else at the start of the day."""

    days: frozenset[int]
    clock: Clock | None = None


@frozen(kw_only=True)
class WaitUntilMoment(Op):
    """Wait for a date or datetime, moved by `offset` and set to a time where told.

    Past or unknown: go to `otherwise`, or on where there is none.
    """

    moment: core.Expr
    offset: core.Expr | None = None
    clock: Clock | None = None
    otherwise: int | None = None


@frozen(kw_only=True)
class WaitCondition(Op):
    """Wait until a condition holds; with a `limit` at most so long, then go to `otherwise` (or on).

    `awaited` are the labels of a condition that asks for nothing but messages: where none of them was sent, there is
    nothing to wait for, and the path goes on.
    """

    condition: core.Expr
    limit: core.Expr | None = None
    otherwise: int | None = None
    awaited: frozenset[str] = frozenset()


@frozen(kw_only=True)
class WaitEvent(Op):
    """Wait at most so long for an event, kept under `alias`; then go to `otherwise` (or on).

    `awaited`: as for a condition, where the event is one of a message (`for first.clicked`).
    """

    event: str
    limit: core.Expr
    alias: str | None = None
    where: core.Expr | None = None
    otherwise: int | None = None
    awaited: frozenset[str] = frozenset()


@frozen(kw_only=True)
class Branch(Op):
    """Go on when the condition is true; to `on_false` when it is false, to `on_unknown` when it is unknown."""

    condition: core.Expr
    on_false: int
    on_unknown: int


@frozen(kw_only=True)
class Jump(Op):
    """Go to another operation."""

    target: int


@frozen(kw_only=True)
class SplitArm:
    """A variant: its name, its share in percent, where it begins."""

    name: str
    share: float
    target: int


@frozen(kw_only=True)
class Split(Op):
    """Go to the variant that the contact's hash says; a contact beyond all shares goes to `otherwise`."""

    name: str
    arms: tuple[SplitArm, ...]
    otherwise: int
    each_time: bool = False

    @property
    def full(self) -> bool:
        """Whether the shares are 100 % together, so that nobody goes to `otherwise`."""
        return sum(arm.share for arm in self.arms) >= 100 - 1e-9


@frozen(kw_only=True)
class RepeatTest(Op):
    """The head of a `repeat`: out to `done` after `times` rounds or when `until` holds."""

    times: int
    done: int
    until: core.Expr | None = None


@frozen(kw_only=True)
class RepeatNext(Op):
    """The end of a round: count it, pause for `every` where told, back to `head`."""

    head: int
    every: core.Expr | None = None


@frozen(kw_only=True)
class Stop(Op):
    """The path ends."""


@frozen(kw_only=True)
class Exit(Op):
    """The run ends."""


Wait = WaitFor | WaitUntilClock | WaitUntilDay | WaitUntilMoment | WaitCondition | WaitEvent | RepeatNext
"""At these a path may pause."""

Operation = (
    Send
    | Notify
    | CallWebhook
    | Set
    | Mark
    | Emit
    | Resubscribe
    | Wait
    | Branch
    | Jump
    | Split
    | RepeatTest
    | Stop
    | Exit
)

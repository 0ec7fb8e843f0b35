"""The bench of one step: what has been read, decided and changed so far for one contact at one tick."""

from collections.abc import Mapping

from attrs import define, field

from wend.dsl import core
from wend.dsl.diagnostics import WendError
from wend.dsl.program import Journey, Trigger
from wend.runtime.calendar import Zone, zone
from wend.runtime.contact import Contact, Event
from wend.runtime.effects import Effect, Facts, Suppressed, TraceEntry
from wend.runtime.evaluation.interpret import Env
from wend.runtime.rules import Heads, Rules
from wend.runtime.state import HeadState, JourneyState, Labelled, Path, Run, Sent, State, Suppression, Written
from wend.runtime.values import FOREVER, Bounded, Instant, Value

EXPLAINED = frozenset({"waiting", "passed", "decided", "ignored"})
"""Kinds of trace entries that are only kept when somebody asks."""


@define(eq=False)
class Stay:
    """One journey for the contact, during a step.

    Args:
        heads: the journey's entry points.
        audience: whether the contact is in the audience on the snapshot: True, False or None for unknown.
        leaving: whether `exit when` is true on the snapshot.
        open: the journey is active now, and its paths may go on.
        paused: the journey is switched off by hand: nobody enters and nothing fires.
        resumed: at the first look after a pause: the tick that first saw the pause.
        archived: the journey is no longer in the program; its paths finish, nothing begins.
        first_seen: the contact is first seen by this journey, at its launch or through an import.
        seen: what headers and `when` see, made once for the same entry and labels.
        held_out: the contact is in the hold-out: nothing is done for it.
        farewell: paths of `on exit`, of the run that has ended.
        begun_by: the event through which the run began at this tick, after an `exit on`.
        spent: the run ended at this tick, and not by `exit on`: no run may begin before the next.
    """

    journey: Journey
    heads: Heads
    zone: Zone
    state: JourneyState
    audience: bool | None = None
    leaving: bool = False
    open: bool = True
    paused: bool = False
    resumed: Instant | None = None
    archived: bool = False
    first_seen: bool = False
    begun_by: Event | None = None
    spent: bool = False
    held_out: bool = False
    farewell: list[Path] = field(factory=list)
    seen: Env | None = None

    @property
    def run(self) -> Run | None:
        """The present run."""
        return self.state.run

    @property
    def may_start(self) -> bool:
        """Whether a path may begin now: in the audience, active, in a run, not paused, not archived, not held out."""
        there = self.audience is True and self.state.run is not None and not self.paused
        return there and self.open and not self.archived and not self.held_out

    def head(self, head: str) -> HeadState:
        """What an entry point remembers."""
        return self.state.heads.get(head) or FRESH

    def set_head(self, head: str, state: HeadState) -> None:
        """Remember something for an entry point."""
        old = self.state
        heads = {**old.heads, head: state}
        more = old.ended_began, old.converted, old.paused, old.anew, old.begun
        self.state = JourneyState(old.run, old.runs, old.ended_at, heads, old.keys, *more)

    def set_run(self, run: Run | None) -> None:
        """Replace the present run."""
        old = self.state
        more = old.ended_began, old.converted, old.paused, old.anew, old.begun
        self.state = JourneyState(run, old.runs, old.ended_at, old.heads, old.keys, *more)

    def put(self, path: Path, replaced: Path | None) -> None:
        """Put a path in the place of another, or at the end."""
        run = self.state.run
        if run is None:
            return
        if replaced is None:
            paths = (*run.paths, path)
        else:
            paths = tuple([path if p is replaced else p for p in run.paths])
        self.set_run(Run(run.number, run.began, paths, run.labels))

    def drop(self, path: Path) -> None:
        """Take a path out of the run."""
        run = self.state.run
        if run is not None:
            paths = tuple([p for p in run.paths if p is not path])
            self.set_run(Run(run.number, run.began, paths, run.labels))


@define(eq=False)
class Work:
    """Everything of a step that is not yet committed.

    `contact` is the snapshot that all conditions read; `view` is what paths see: the snapshot and the writes so far.
    `fresh` are the suppressions that came in at this tick.
    `fired` are the triggers of which a path began at this tick: (journey, trigger, event id or empty).
    """

    rules: Rules
    facts: Facts
    now: Instant
    contact: Contact
    view: Contact
    before: State
    explain: bool
    stays: list[Stay] = field(factory=list)
    sends: list[Sent] = field(factory=list)
    emitted: list[Event] = field(factory=list)
    suppressed: frozenset[Suppression] = frozenset()
    fresh: list[Suppressed] = field(factory=list)
    written: Mapping[str, Written] = field(factory=dict)
    fired: set[tuple[str, str, str]] = field(factory=set)
    effects: list[Effect] = field(factory=list)
    trace: list[TraceEntry] = field(factory=list)
    wake: Instant = FOREVER
    stirred: bool = False
    found: dict[tuple[object, ...], Value | Bounded] = field(factory=dict)
    under_way: frozenset[str] = field(init=False)

    def __attrs_post_init__(self) -> None:
        """Find the journeys of which a path is under way as the step begins."""
        self.under_way = self.before.under_way()

    def until(self, instant: Instant) -> None:
        """Something may change at that instant."""
        if instant < self.wake:
            self.wake = instant

    def stir(self) -> None:
        """Something was done that conditions may read: come again at the next minute."""
        self.stirred = True

    def ask(self, expr: core.Expr, env: Env) -> Value:
        """The value of an expression; until when it holds is remembered."""
        value, until, _ = env.how(expr, env)
        if until < self.wake:
            self.wake = until
        return value

    def note(
        self,
        stay: Stay,
        kind: str,
        trigger: str | None = None,
        step: str | None = None,
        reason: str | None = None,
        detail: str | None = None,
        place: core.Place | None = None,
    ) -> None:
        """Write down what happened. Details are kept only when somebody asks."""
        if self.explain or kind not in EXPLAINED:
            self.trace.append(TraceEntry(kind, self.now, stay.journey.name, trigger, step, reason, detail, place))

    def env(self, stay: Stay) -> Env:
        """What headers and `when` see: the snapshot and the run."""
        run, seen = stay.state.run, stay.seen
        entry, labels = (None, _NOTHING) if run is None else (run.began, run.labels)
        if seen is not None and seen.run_entry is entry and seen.run_labels is labels:
            return seen
        stay.seen = env = Env(
            now=self.now,
            zone=stay.zone,
            contact=self.contact,
            functions=self.rules.functions,
            run_entry=entry,
            run_labels=labels,
            under_way=self.under_way,
            found=self.found,
            how=self.rules.evaluate,
        )
        return env

    def path_env(self, stay: Stay, path: Path, snapshot: bool) -> Env:
        """What a path sees: the snapshot, or its own view with the writes so far."""
        run = stay.state.run
        return Env(
            now=self.now,
            zone=stay.zone,
            contact=self.contact if snapshot else self.view,
            functions=self.rules.functions,
            run_entry=run.began if run else None,
            path_entry=path.cause.order,
            run_labels=run.labels if run else _NOTHING,
            path_labels=path.labels,
            events=path.events,
            under_way=self.under_way,
            found=self.found if snapshot or self.view is self.contact else {},
            how=self.rules.evaluate,
        )

    def trigger_of(self, stay: Stay, path: Path) -> tuple[int, Trigger] | None:
        """The trigger of a path, in the version that the path began on, and its place in the file."""
        return self.rules.trigger(path.version, stay.journey.name, path.trigger)


_NOTHING: Mapping[str, Labelled] = {}

FRESH = HeadState()
"""What an entry point remembers that nothing has happened to."""


def zone_of(work: Work, journey: Journey) -> tuple[Zone, str | None]:
    """The zone in which a journey sees the contact, and what was wrong with the contact's own, if anything."""
    base = journey.zone or work.rules.program.settings.zone or work.facts.zone
    if journey.contact_zone:
        own = work.contact.value("timezone")
        if own is not None:
            try:
                return zone(str(own)), None
            except WendError as error:
                return zone(base), error.message
    return zone(base), None

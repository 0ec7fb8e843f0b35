"""What the prompt works on: scripts, a population under a clock, the contact one looks at, and what happened so far.

There is no terminal in it, and no clock but its own: the same commands on the same session give the same answers.
"""

import datetime as dt
from collections.abc import Iterator
from functools import partial

from attrs import define, field, frozen

from wend.data.samples import sample
from wend.dsl import core
from wend.dsl.builtins import CREATED
from wend.dsl.checker.complete import some_value
from wend.dsl.checker.env import Typed
from wend.dsl.checker.prompt import Prompt
from wend.dsl.diagnostics import Diagnostic, ProgramError, WendError
from wend.dsl.literals import spell_name
from wend.dsl.nearest import nearest
from wend.dsl.program import Program
from wend.dsl.source import Source
from wend.dsl.types import TEXT
from wend.repl.scripts import Misfit, Scripts
from wend.runtime.calendar import Zone, next_minute, zone
from wend.runtime.contact import Change, Contact, Event
from wend.runtime.effects import Facts, Step, TraceEntry
from wend.runtime.evaluation.interpret import Env
from wend.runtime.play.world import Resident, Snapshot, World
from wend.runtime.rules import Rules
from wend.runtime.sources import ContactRecord, EventRecord
from wend.runtime.state import State
from wend.runtime.tick.step import begin, step
from wend.runtime.tick.work import Work
from wend.runtime.values import FOREVER, Instant, Value
from wend.stdlib import FUNCTIONS, signatures

EXPLAINING = partial(step, explain=True)


@frozen(eq=False)
class Tick:
    """A tick that was made: when, the session before it, the facts that it went by, and whom it stepped."""

    at: Instant
    now: Instant
    last: Instant | None
    before: Snapshot
    told: int
    facts: Facts
    stepped: tuple[tuple[str, Step], ...] = ()


@frozen
class Told:
    """Something that was told at the prompt of a contact: an event, or new values of fields."""

    contact: str
    what: Event | Change


@define(eq=False)
class Session:
    """A session of the prompt.

    Args:
        facts: the project's zone and fields with addresses.
        now: its clock, UTC.
        people, events: who is there from the start, and what has happened and will.
        sampled: they were made up, and are made anew when the scripts change before the first tick.
        current: the id of the contact that one looks at; empty where there is none.
        inside: the journey that expressions look into; None: none.
        data_fields: the contact's fields that the data has, where no script declares them.
        misfits: the tests that what was typed last, or loaded, has left out.
        history: the ticks so far; `told` what was told at the prompt; `past` the traces by contact.
    """

    facts: Facts
    now: Instant
    people: tuple[ContactRecord, ...] = ()
    events: tuple[EventRecord, ...] = ()
    sampled: bool = False
    data_fields: frozenset[str] | None = None
    scripts: Scripts = field(factory=Scripts)
    current: str = ""
    inside: str | None = None
    last: Instant | None = None
    history: list[Tick] = field(factory=list)
    told: list[Told] = field(factory=list)
    past: dict[str, list[TraceEntry]] = field(factory=dict)
    warnings: tuple[Diagnostic, ...] = ()
    misfits: tuple[Misfit, ...] = ()
    archive: dict[str, Program] = field(factory=dict)
    world: World = field(init=False)

    def __attrs_post_init__(self) -> None:
        """Begin with the scripts that were given."""
        program, self.warnings = self.scripts.build(self.data_fields)
        self._begin(program)

    def begin(self) -> None:
        """Begin anew, with the people and events there are."""
        self._begin(self.program)

    def _begin(self, program: Program) -> None:
        if self.sampled:
            made = sample(program, self.now, self.zone_of(program))
            self.people, self.events = made.contacts, made.events
        facts = Facts(zone=self.zone_of(program).name, addresses=self.facts.addresses)
        self.world = World(Rules(program, FUNCTIONS, dict(self.archive)), facts, self.now, step=EXPLAINING)
        self.world.settle(self.people, self.now)
        self.world.plan(self.events, self.now)
        self._look_out(program)
        if self.current not in self.world.numbers:
            self.current = self.world.residents[0].contact.id if self.world.residents else ""

    # ---- scripts -----------------------------------------------------------------------------------------------------

    @property
    def program(self) -> Program:
        """The checked program."""
        return self.world.rules.program

    @property
    def zone(self) -> Zone:
        """The zone of days and hours where no journey says otherwise."""
        return self.zone_of(self.program)

    def zone_of(self, program: Program) -> Zone:
        """The zone of a program: the project's, where that tells one, else that of the settings."""
        return zone(program.settings.zone or self.facts.zone)

    def follow(self, scripts: Scripts) -> tuple[Diagnostic, ...]:
        """Go by other scripts at once; contacts, clock and what happened stay. Tests that do not fit what was typed are
        left out, and stand in `misfits`.

        Returns:
            the warnings that there were not before.

        Raises:
            ProgramError: there is an error in them; then nothing changes.
        """
        misfits: tuple[Misfit, ...] = ()
        try:
            program, found = scripts.build(self.data_fields)
        except ProgramError as error:
            left = scripts.without_misfits(error) if scripts.typed else None
            if left is None:
                raise
            scripts, misfits = left
            program, found = scripts.build(self.data_fields)
        self.misfits = misfits
        known = {(each.code, each.message) for each in self.warnings}
        fresh = tuple(each for each in found if (each.code, each.message) not in known)
        before, self.scripts, self.warnings = self.program, scripts, found
        if not self.history and not self.told:
            self._begin(program)
            return fresh
        if program.version != before.version:
            self.archive[before.version] = before
        self.world.follow(self._rules(program), self.soonest)
        self._look_out(program)
        return fresh

    def _look_out(self, program: Program) -> None:
        """A journey that is no more is not looked into."""
        if self.inside not in {each.name for each in program.journeys}:
            self.inside = None

    def _rules(self, program: Program) -> Rules:
        older = {version: each for version, each in self.archive.items() if version != program.version}
        return Rules(program, FUNCTIONS, older)

    @property
    def prompt(self) -> Prompt:
        """Checks what is typed against the declarations."""
        return Prompt(self.scripts.trees(), signatures(), self.data_fields)

    # ---- contacts ----------------------------------------------------------------------------------------------------

    @property
    def ids(self) -> list[str]:
        """The ids of all contacts, in the order in which they came."""
        return [resident.contact.id for resident in self.world.residents]

    def contact_id(self, name: str = "") -> str:
        """The id of a contact; without a name the one that one looks at. Raises WendError where there is none."""
        wanted = name or self.current
        if wanted in self.world.numbers:
            return wanted
        if not wanted:
            raise WendError("there is no contact", 'make one: `:contact ana email = "ana@mail.example"`')
        near = nearest(wanted, self.world.numbers)
        schema = self.program.schema
        fields = {name: kind for name, kind in (schema.contact or {}).items() if name not in schema.derived}
        field, kind = next(iter(fields.items()), ("email", TEXT))
        made = f"`:contact {wanted} {spell_name(field)} = {some_value(kind)}` makes one, `:contacts` lists them"
        raise WendError(f"there is no contact `{wanted}`", f"write `{near}`" if near else made)

    def resident(self, name: str = "") -> Resident:
        """A contact as the next step will find it now."""
        return self.world.view(self.contact_id(name), self.now)

    def bench(self, name: str = "") -> Work:
        """What the next step would begin with."""
        one = self.resident(name)
        work, _ = begin(self.world.rules, one.contact, one.state, one.inbox, self.now, self.world.facts_for(one))
        return work

    def looked_at(self, name: str = "") -> tuple[Contact, State]:
        """A contact with what has arrived until now, and its state."""
        work = self.bench(name)
        return work.contact, work.before

    def env(self, name: str = "") -> Env:
        """What an expression sees that is typed at the prompt."""
        work = self.bench(name)
        stay = next((each for each in work.stays if each.journey.name == self.inside), None)
        return self._env(work.contact, work.under_way) if stay is None else work.env(stay)

    def _env(self, contact: Contact, under_way: frozenset[str]) -> Env:
        return Env(self.now, self.zone, contact, FUNCTIONS, under_way=under_way)

    def envs(self) -> Iterator[tuple[str, Env]]:
        """What an expression sees of each contact."""
        for id in self.ids:
            yield id, self.env(id)

    def nobody(self) -> Env:
        """What an expression sees that is about no contact."""
        return self._env(Contact(""), frozenset())

    def expression(self, source: Source) -> Typed:
        """A checked expression. Raises ProgramError where there is a mistake in it."""
        return self.prompt.expression(source, self.inside)

    def until(self, expr: core.Expr, until: Instant, id: str) -> Instant:
        """Until when a value holds for a contact: what a journey has done may be otherwise after the next tick."""
        if not any(isinstance(each, core.LabelRef | core.Entry | core.InJourney) for each in core.nodes(expr)):
            return until
        one = self.resident(id)
        if one.inbox.events or one.inbox.changes:
            return min(until, self.soonest)
        return until if one.wake == FOREVER else min(until, max(one.wake, self.soonest))

    def add(self, id: str, fields: dict[str, Value]) -> None:
        """A contact that has just been made; one looks at it from now on."""
        self.sampled = False
        if self.history or self.told:
            self.world.join(Contact(id, fields), self.soonest, imported=False)
            created = Event(CREATED, CREATED, self.now)
            self.world.arrive(id, created)
        else:
            self.people = (*self.people, ContactRecord(id, fields))
            self._begin(self.program)
        self.current = id

    def set(self, id: str, fields: dict[str, Value]) -> None:
        """New values of fields: before the first tick the contact has had them all along."""
        if self.history or self.told:
            self.tell(id, Change(f"told {len(self.told) + 1}", self.now, fields))
            return
        self.sampled = False
        self.people = tuple(
            ContactRecord(each.id, {**each.fields, **fields}, each.place) if each.id == id else each
            for each in self.people
        )
        self._begin(self.program)

    def tell(self, id: str, what: Event | Change) -> None:
        """Something happens to a contact; the next tick takes it in."""
        self.told.append(Told(id, what))
        self.world.arrive(id, what)

    # ---- time --------------------------------------------------------------------------------------------------------

    @property
    def soonest(self) -> Instant:
        """The first moment at which there may be a tick: none comes twice at one minute."""
        return self.now if self.last is None else max(self.now, next_minute(self.last))

    def due(self) -> Instant | None:
        """The minute of the next tick; None where nothing will happen without news."""
        found = self.world.due()
        return None if found is None else max(found, self.soonest)

    def tick(self, at: Instant) -> Tick:
        """One tick; the clock stands at its time afterwards."""
        before, now, last = self.world.snapshot(), self.now, self.last
        try:
            stepped = tuple((resident.contact.id, outcome) for resident, outcome in self.world.tick(at))
        except BaseException:  # interrupted: a tick is made wholly or not at all
            self.world.restore(before)
            raise
        for id, outcome in stepped:
            if outcome.trace:
                self.past.setdefault(id, []).extend(outcome.trace)
        made = Tick(at, now, last, before, len(self.told), self.world.decided, stepped)
        self.history.append(made)
        self.now = self.last = at
        return made

    def advance(self, until: Instant, most: int) -> Iterator[Tick]:
        """Tick whenever something is due, until a moment, at which the clock stands then.

        Raises:
            WendError: there were more than `most` ticks; the clock stands at the last one.
        """
        for _ in range(most):
            due = self.due()
            if due is None or due > until:
                self.now = until
                return
            yield self.tick(due)
        raise WendError(f"this takes more than {most:,} ticks", "go on with a shorter time")

    def back(self) -> Tick:
        """Undo the last tick and what was told since. Raises WendError where there is none."""
        if not self.history:
            raise WendError("there was no tick yet", "`:tick` makes one")
        undone = self.history.pop()
        rules = self.world.rules
        self.world.restore(undone.before)
        self.now, self.last = undone.now, undone.last
        del self.told[undone.told :]
        self.past = {id: kept for id, trace in self.past.items() if (kept := [e for e in trace if e.at < undone.at])}
        if undone.before.rules is not rules:
            self.world.follow(rules, self.soonest)
        if self.current not in self.world.numbers:
            self.current = self.world.residents[0].contact.id if self.world.residents else ""
        return undone

    def set_clock(self, at: Instant) -> int:
        """Set the clock, without a tick. Going back undoes the ticks that came after.

        Returns:
            how many ticks were undone.
        """
        undone = 0
        while self.history and self.history[-1].at > at:
            self.back()
            undone += 1
        self.now = at
        if not self.history and not self.told:
            self._begin(self.program)
        return undone


def minute(moment: dt.datetime) -> Instant:
    """A moment in UTC at its whole minute."""
    return moment.astimezone(dt.UTC).replace(second=0, microsecond=0)

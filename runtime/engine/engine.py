"""The engine round the core: contacts that are due are stepped in chunks, each chunk kept in one transaction.

Killed anywhere, every contact is either wholly stepped or not at all. Nothing here reads a clock: the host says what
time it is, and delivers from `store.outbox` what has been decided.
"""

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

from attrs import evolve, frozen

from wend.dsl.diagnostics import WendError
from wend.runtime import quota
from wend.runtime.calendar import ceil_minute, floor_minute, next_minute
from wend.runtime.calendar import zone as zone_named
from wend.runtime.codec import send_from_json, send_to_json
from wend.runtime.conversions import Conversions
from wend.runtime.delivery.calls import answer_event, message_of_call
from wend.runtime.delivery.messages import Message
from wend.runtime.delivery.rendering import message_of, template_name, zone_of
from wend.runtime.effects import DEFAULT_ADDRESSES, Called, Facts, Resubscribed, Send, Step, Suppressed
from wend.runtime.engine import activation, ingest, pausing
from wend.runtime.engine.activation import ALL, NO_ANSWERS, Activation, Answer, ChangedTrigger, UnansweredError
from wend.runtime.engine.ingest import ContactsTaken, EventsTaken
from wend.runtime.engine.stepping import Counting, Counts, StepFunction, addresses_of, step_once
from wend.runtime.rules import Rules
from wend.runtime.sources import ContactRecord, EventRecord, Policy
from wend.runtime.state import Suppression
from wend.runtime.store.protocol import (
    Chunk,
    JournalEntry,
    LastTick,
    Loaded,
    OutboxEntry,
    Status,
    Stepped,
    Store,
    StoredVersion,
)
from wend.runtime.telling.why import explained
from wend.runtime.templates import TemplateError, Templates, TemplateSet
from wend.runtime.values import Instant

CHUNK = 500
"""How many contacts are stepped in one transaction."""

_NO_TIME = dt.timedelta()


@frozen
class TickReport:
    """What happened at a tick.

    Args:
        at: the tick's minute.
        steps: how many contacts were stepped.
        counts: messages by channel and template, what was skipped and why, and what else happened.
        unrendered: messages whose template failed: they are set aside in the outbox.
        repeated: messages with the key of an earlier one, which were not put in. Always 0, unless something is wrong.
        late: how much later than it wanted a contact was stepped, at most.
        complete: False where the host asked to stop: the rest is stepped at the next tick.
        next_wake: the minute of the next tick that has something to do; None if nothing will happen without news.
    """

    at: Instant
    steps: int
    counts: Counts
    unrendered: int
    repeated: int
    late: dt.timedelta
    complete: bool
    next_wake: Instant | None

    @property
    def effects(self) -> Mapping[str, Mapping[str, int]]:
        """Messages by channel and template."""
        return {channel: dict(templates) for channel, templates in self.counts.effects.items()}

    @property
    def skipped(self) -> Mapping[str, int]:
        """Messages that were not sent, by reason."""
        return self.counts.skipped


class Engine:
    """Runs a program over the contacts of a store. One engine at a time for a store, in one thread.

    Args:
        rules: the program, the functions, and the older versions that paths may still be on: `archived_sources` says
            which the store knows.
        store: where everything is kept.
        templates: what the program's messages say.
        zone: the project's zone (IANA), used where the script's settings name none.
        addresses: channel -> the contact's field with its address; a channel that is not here uses its own name.
        chunk: how many contacts are stepped in one transaction.
        step: the pure core.
    """

    def __init__(
        self,
        rules: Rules,
        store: Store,
        templates: TemplateSet,
        *,
        zone: str = "UTC",
        addresses: Mapping[str, str] = DEFAULT_ADDRESSES,
        chunk: int = CHUNK,
        step: StepFunction = explained,
    ) -> None:
        self.rules, self.store, self.templates = rules, store, templates
        self.zone, self.addresses = zone, addresses
        self._chunk, self._step = chunk, step
        self._mark = activation.fingerprint(rules.program, zone, addresses)
        self._archived: dict[str, TemplateSet] = {}

    # what comes in

    def activate(
        self, scripts: Mapping[str, str], now: Instant, answers: Mapping[str, Answer] = NO_ANSWERS
    ) -> Activation:
        """Make the program the live one, which is needed before the first tick. Doing it again changes nothing.

        Args:
            scripts: the program's files, by name, to be kept with the templates.
            now: the time, at which journeys that are new go live.
            answers: what becomes of what contacts remember of triggers that have changed: by line (`12`,
                `main.journey:12`) or text of the trigger, or for `all`.

        Raises:
            UnansweredError: there is a changed trigger without an answer, and contacts remember something of it.
            WendError: an answer names no trigger; the version that was live is not among the older ones.
        """
        replacing = activation.replacing_for(self.store, self.rules, answers)
        if replacing.unanswered:
            raise UnansweredError(self.unanswered(scripts, now, answers))
        version = StoredVersion(self.rules.program.version, dict(scripts), self.templates.sources())
        return activation.activate(self.store, self.rules.program, self._mark, version, now, replacing)

    def unanswered(
        self, scripts: Mapping[str, str], now: Instant, answers: Mapping[str, Answer] = NO_ANSWERS
    ) -> tuple[ChangedTrigger, ...]:
        """The changed triggers for which `activate` would have to be told whether to keep or to reset, with counts.

        Nothing is changed: resetting them is rehearsed. The arguments are those of `activate`.
        """
        found = activation.replacing_for(self.store, self.rules, answers).unanswered
        if not found:
            return ()
        watched, fired = activation.watching(self._step)
        zone, addresses, chunk = self.zone, self.addresses, self._chunk
        trial = Engine(
            self.rules, self.store, self.templates, zone=zone, addresses=addresses, chunk=chunk, step=watched
        )
        trial.rehearse(scripts, now, {ALL: Answer.RESET, **answers})
        return tuple(evolve(each, at_once=fired[each.journey, each.trigger]) for each in found)

    def ingest_contacts(
        self,
        records: Iterable[ContactRecord],
        now: Instant,
        imported: bool = False,
        progress: Callable[[int], None] = lambda count: None,
    ) -> ContactsTaken:
        """Put in contacts, new ones and what has changed of others: see `ingest.ingest_contacts`."""
        return ingest.ingest_contacts(self.store, records, now, imported, progress)

    def ingest_events(
        self,
        records: Iterable[EventRecord],
        now: Instant,
        imported: bool = False,
        unknown: Policy = Policy.ERROR,
        progress: Callable[[int], None] = lambda count: None,
    ) -> EventsTaken:
        """Put in events that are not there yet: see `ingest.ingest_events`."""
        return ingest.ingest_events(self.store, records, now, imported, unknown, progress)

    def pause(self, journey: str, now: Instant) -> bool:
        """Switch a journey off: nobody enters, nothing fires, and its line `pause` says what paths under way do.

        Gives whether it was on. What is decided already is delivered all the same.

        Raises:
            WendError: no journey of that name ever went live.
        """
        return pausing.switch(self.store, journey, now, "paused")

    def resume(self, journey: str, now: Instant) -> bool:
        """Switch a journey on again; gives whether it was off. Raises WendError as `pause` does."""
        return pausing.switch(self.store, journey, now, "resumed")

    def answered(self, message: Message, answer: Mapping[str, object] | None, now: Instant) -> None:
        """Take in the answer to a call of a webhook, for `delivery.deliver`; of a message there is nothing to do.

        Args:
            answer: its status and fields; None where the call has failed for good.
            now: when it came; the event is taken in by the next tick.
        """
        event = answer_event(message, answer, now)
        if event is not None:
            self.ingest_events([event], now, unknown=Policy.SKIP)

    # time

    def next_wake(self) -> Instant | None:
        """The minute of the next tick that has something to do; None if nothing will happen without news."""
        wake = self.store.next_wake()
        if wake is None:
            return None
        last = self.store.last_tick()
        if last is None:
            return ceil_minute(wake)
        return max(ceil_minute(wake), next_minute(last.at) if last.complete else last.at)

    def tick(
        self,
        now: Instant,
        progress: Callable[[int], None] = lambda count: None,
        stop: Callable[[], bool] = lambda: False,
    ) -> TickReport:
        """Step every contact that is due, and put into the outbox what is to be sent.

        Args:
            now: the time; the tick is that of its whole minute, and takes in what arrived by then.
            progress: told after each chunk how many contacts have been stepped so far.
            stop: asked before each chunk; True ends the tick early, with everything kept.

        Raises:
            WendError: the program is not the live one, or there was a tick at this minute or a later one.
        """
        now = floor_minute(now)
        self._refuse(now)
        round_ = _Round(self, now)
        round_.settle()
        more = True
        while more and not stop():
            with self.store.transaction():
                loaded = self.store.due(now, self._chunk)
                more = len(loaded) == self._chunk
                self.store.mark_tick(LastTick(now, complete=not more))
                round_.keep(loaded)
            progress(round_.counting.steps)
        return round_.report(complete=not more)

    def rehearse(
        self, scripts: Mapping[str, str], now: Instant, answers: Mapping[str, Answer] = NO_ANSWERS
    ) -> tuple[Activation, TickReport]:
        """What activation and a first tick would do, without doing it: who is in the backlog, and gets what.

        The arguments are those of `activate`; the whole tick is made in one transaction that is undone.
        """
        with activation.undone(self.store):
            active = self.activate(scripts, now, answers)
            last = self.store.last_tick()
            at = floor_minute(now) if last is None else max(floor_minute(now), next_minute(last.at))
            return active, self.tick(at)

    def _refuse(self, now: Instant) -> None:
        if self.store.live_mark() != self._mark:
            raise WendError("the program is not the live one", help="activate it first")
        last = self.store.last_tick()
        if last is not None and (now < last.at or (now == last.at and last.complete)):
            local = zone_named(self.zone)
            was, asked = (f"{local.local(at):%Y-%m-%d %H:%M} {local.name}" for at in (last.at, now))
            raise WendError(
                f"there was a tick at {was} already, so there can be none at {asked}",
                help="the next can be a minute later" if now == last.at else "check the clock of this machine",
            )

    def conversions(self) -> Mapping[str, Conversions]:
        """By journey with a goal: the runs and conversions so far, see `Store.conversions`."""
        return self.store.conversions()

    # messages

    def render_again(self, now: Instant) -> tuple[int, int]:
        """Try again to render the messages whose template failed, with the templates there are now.

        Returns:
            how many wait to be sent now, and how many still cannot be rendered.
        """
        done = left = 0
        for entry in self.store.unrendered():
            assert entry.effect is not None
            again = self._entry(send_from_json(entry.effect), live=True)
            if again.message is None:
                left += 1
            else:
                done += 1
                self.store.replace_unrendered(evolve(again, at=now))
        return done, left

    def _entry(self, send: Send, live: bool = False) -> OutboxEntry:
        """The outbox's entry for a message: rendered, or set aside with what was wrong."""
        message, detail = None, ""
        try:
            templates = self.templates if live else self._templates(send.version)
            message = message_of(send, templates, zone_of(send, self.rules, self.zone))
        except TemplateError as error:
            detail = f"{error.place}: {error.message}" if error.place else error.message
        return OutboxEntry(
            key=send.identity.key,
            at=send.at,
            channel=send.channel,
            contact=send.identity.contact,
            journey=send.identity.journey,
            template=template_name(send),
            message=message,
            effect=None if message is not None else send_to_json(send),
            detail=detail,
            status=Status.WAITING if message is not None else Status.SET_ASIDE,
        )

    def _templates(self, version: str) -> TemplateSet:
        """The templates of the version that a path began on."""
        if version in ("", self.rules.program.version):
            return self.templates
        if version not in self._archived:
            kept = next((known.templates for known in self.store.versions() if known.version == version), None)
            self._archived[version] = Templates.from_sources(kept) if kept else self.templates
        return self._archived[version]


def _unrendered(entry: OutboxEntry) -> JournalEntry:
    return JournalEntry(
        entry.contact, entry.at, "problem", entry.journey, reason="template", detail=f"{entry.template}: {entry.detail}"
    )


class _Round:
    """One tick under way."""

    def __init__(self, engine: Engine, now: Instant) -> None:
        self.engine, self.now = engine, now
        store, program = engine.store, engine.rules.program
        self.left = quota.room(program, engine.zone, now, store.used) if program.settings.quotas else {}
        self.facts = Facts(
            zone=engine.zone,
            addresses=engine.addresses,
            live_since=store.live_since(),
            full=quota.full(self.left),
            paused=frozenset(store.paused()),
        )
        self.fields = tuple(dict.fromkeys(engine.addresses.values()))
        self.counting = Counting(engine.rules)
        self.unrendered = self.repeated = 0
        self.late = _NO_TIME

    def keep(self, loaded: Sequence[Loaded]) -> None:
        """Step contacts and keep what came of it, in the transaction under way."""
        if not loaded:
            return
        outcomes = list(self._steps(loaded, self.facts))
        for each, outcome in zip(loaded, outcomes, strict=True):
            self.counting.add(outcome)
            self.late = max(self.late, self.now - ceil_minute(each.wake))
        sends = [effect for outcome in outcomes for effect in outcome.effects if isinstance(effect, Send)]
        outbox = [self.engine._entry(send) for send in sends]
        calls = [effect for outcome in outcomes for effect in outcome.effects if isinstance(effect, Called)]
        outbox += [OutboxEntry.of_message(message_of_call(called)) for called in calls]
        later = next_minute(self.now)
        chunk = Chunk(
            now=self.now,
            stepped=[
                Stepped(before, outcome.contact, outcome.state, max(outcome.wake, later))
                for before, outcome in zip(loaded, outcomes, strict=True)
            ],
            outbox=outbox,
            journal=[
                JournalEntry.of(before.contact.id, entry)
                for before, outcome in zip(loaded, outcomes, strict=True)
                for entry in outcome.trace
            ]
            + [_unrendered(entry) for entry in outbox if entry.message is None],
            suppressions=[
                effect.suppression
                for outcome in outcomes
                for effect in outcome.effects
                if isinstance(effect, Suppressed | Resubscribed)
            ],
            goals=self._goals(outcomes),
        )
        self.repeated += self.engine.store.save(chunk)
        self.unrendered += sum(entry.message is None for entry in outbox)

    def _goals(self, outcomes: Sequence[Step]) -> Mapping[str, Conversions]:
        counting = Counting(self.engine.rules)
        for outcome in outcomes if counting.has_goals else ():
            counting.add(outcome)
        return counting.counts().goals

    def settle(self) -> None:
        """Find the messages of this tick for which the quotas have no room, before anything is kept."""
        engine = self.engine
        if not self.left or not quota.may_overshoot(self.left, engine.store.count_due(self.now)):
            return
        refused = quota.refusals(engine.rules.program, self.left, self._rehearse)
        self.facts = evolve(self.facts, refused=refused)

    def _rehearse(self, refused: frozenset[str], only: Collection[str] | None) -> Iterator[tuple[str, Step]]:
        facts, after = evolve(self.facts, refused=refused), None
        while loaded := self.engine.store.due(self.now, self.engine._chunk, after):
            after = loaded[-1].wake, loaded[-1].contact.id
            mine = [each for each in loaded if only is None or each.contact.id in only]
            for each, outcome in zip(mine, self._steps(mine, facts), strict=True):
                yield each.contact.id, outcome

    def _steps(self, loaded: Sequence[Loaded], facts: Facts) -> Iterator[Step]:
        """Step contacts, each with what holds for its own addresses."""
        theirs = [addresses_of(each.contact, each.inbox, self.fields) for each in loaded]
        known: dict[str, list[Suppression]] = {}
        for suppression in self._suppressions(set().union(*theirs)):
            known.setdefault(suppression.address, []).append(suppression)
        for each, own in zip(loaded, theirs, strict=True):
            yield self._step(each, own, known, facts)

    def _step(self, each: Loaded, own: set[str], known: Mapping[str, list[Suppression]], facts: Facts) -> Step:
        if known and (mine := frozenset(found for address in own for found in known.get(address, ()))):
            facts = evolve(facts, suppressed=mine)
        try:
            outcome = step_once(
                self.engine._step,
                self.engine.rules,
                each.contact,
                each.state,
                each.inbox,
                self.now,
                facts,
                own,
                self._suppressions,
            )
        except Exception as error:
            error.add_note(f"while stepping the contact `{each.contact.id}` at {self.now.isoformat()}")
            raise
        return outcome

    def _suppressions(self, addresses: Iterable[str]) -> list[Suppression]:
        return self.engine.store.suppressed(addresses, self.now)

    def report(self, complete: bool) -> TickReport:
        return TickReport(
            at=self.now,
            steps=self.counting.steps,
            counts=self.counting.counts(),
            unrendered=self.unrendered,
            repeated=self.repeated,
            late=self.late,
            complete=complete,
            next_wake=self.engine.next_wake(),
        )

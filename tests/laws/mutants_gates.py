"""Mutants of gates, zones, splits, identities, versions, bounds, saving and idling."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from attrs import evolve

from tests.laws import harness
from tests.laws.mutants import interpreted, mutant, replaced
from wend.dsl.period import Period
from wend.dsl.program import Journey
from wend.runtime import codec, values
from wend.runtime.calendar import Zone
from wend.runtime.evaluation import aggregate, interpret
from wend.runtime.evaluation.aggregate import Found
from wend.runtime.hashing import share
from wend.runtime.rules import Rules
from wend.runtime.state import Phase
from wend.runtime.tick import gates, intake, perform, step, waits, walk
from wend.runtime.tick.work import Stay, Work
from wend.runtime.values import FOREVER, UTC, Bounded, Ramp
from wend.stdlib import FUNCTIONS

MICRO = dt.timedelta(microseconds=1)
LONG = Period(days=9999)

# ---- gates


@mutant("unknown consent lets a send through")
def _unknown_consent(to: pytest.MonkeyPatch) -> None:
    def consent(work: Work, stay: Stay, channel: str) -> Any:
        refused = original(work, stay, channel)
        rules = [r for r in work.rules.program.settings.consents if r.channel == channel]
        unknown = all(work.env(stay).evaluate(rule.condition).value is not False for rule in rules)
        return None if unknown else refused

    original = gates.consent
    to.setattr(gates, "consent", consent)


@mutant("suppression is by contact")
def _by_contact(to: pytest.MonkeyPatch) -> None:
    def suppressed(work: Work, stay: Stay, channel: str, address: str) -> Any:
        work.facts = evolve(work.facts, suppressed=frozenset())
        return original(work, stay, channel, address)

    original = gates.suppressed
    to.setattr(gates, "suppressed", suppressed)


def as_if(name: str, function: str, journey: Callable[[Journey], Journey]) -> None:
    """A mutant for which a gate sees another journey."""

    def patch(to: pytest.MonkeyPatch) -> None:
        def gate(work: Work, stay: Stay, *more: Any) -> Any:
            kept, stay.journey = stay.journey, journey(stay.journey)
            answer = original(work, stay, *more)
            stay.journey = kept
            return answer

        original = getattr(gates, function)
        to.setattr(gates, function, gate)

    mutant(name)(patch)


as_if("unsubscription stops transactional mail", "suppressed", lambda j: evolve(j, transactional=False))
as_if("transactional mail needs consent", "consent", lambda j: evolve(j, transactional=False))
as_if("transactional mail is limited", "over_limit", lambda j: evolve(j, transactional=False))
as_if("transactional mail keeps the settings' window", "closed_window", lambda j: evolve(j, transactional=False))
as_if("an unsubscription from a topic is from all", "suppressed", lambda j: evolve(j, topic="news"))


@mutant("transactional mail goes to whoever complained")
def _to_complainers(to: pytest.MonkeyPatch) -> None:
    original = gates.suppressed
    to.setattr(
        gates,
        "suppressed",
        lambda work, stay, *more: None if stay.journey.transactional else original(work, stay, *more),
    )


def _elapsed(length: Any, zone: Any) -> Any:
    seconds = length.approximate_seconds
    return lambda moment: moment + dt.timedelta(seconds=seconds)


replaced("a limit in days is elapsed time", [gates], "expiry", _elapsed)


@mutant("a window in days or months is elapsed time")
def _elapsed_window(to: pytest.MonkeyPatch) -> None:
    interpreted(to)
    to.setattr(interpret, "expiry", _elapsed)


@mutant("a limit of a journey counts all journeys")
def _all_journeys(to: pytest.MonkeyPatch) -> None:
    original = gates.limit_release
    to.setattr(
        gates,
        "limit_release",
        lambda limit, channel, journey, sends, zone, now: original(limit, channel, "", sends, zone, now),
    )


@mutant("a limit of the settings counts each journey by itself")
def _each_journey(to: pytest.MonkeyPatch) -> None:
    def over_limit(work: Work, stay: Stay, channel: str) -> Any:
        kept, work.sends = work.sends, [s for s in work.sends if s.journey == stay.journey.name]
        answer = original(work, stay, channel)
        work.sends = kept
        return answer

    original = gates.over_limit
    to.setattr(gates, "over_limit", over_limit)


@mutant("transactional mail counts in limits")
def _counts(to: pytest.MonkeyPatch) -> None:
    def limit_release(limit: Any, channel: str, journey: str, sends: Any, zone: Any, now: Any) -> Any:
        counted = [evolve(s, transactional=False) for s in sends]
        return original(limit, channel, journey, counted, zone, now)

    original = gates.limit_release
    to.setattr(gates, "limit_release", limit_release)


def _sending(name: str, changed: Callable[..., Any]) -> None:
    def patch(to: pytest.MonkeyPatch) -> None:
        original = perform.send
        to.setattr(perform, "send", lambda work, stay, path, op: changed(to, original, work, stay, path, op))

    mutant(name)(patch)


def _stale_gates(to: Any, send: Any, work: Work, stay: Stay, path: Any, op: Any) -> Any:
    if path.phase is not Phase.HELD:
        return send(work, stay, path, op)
    with pytest.MonkeyPatch.context() as inner:
        inner.setattr(gates, "ask_all", lambda *_: gates.PASSED)
        return send(work, stay, path, op)


def _endless_hold(to: Any, send: Any, work: Work, stay: Stay, path: Any, op: Any) -> Any:
    kept, stay.journey = stay.journey, evolve(stay.journey, late=None)
    moved = send(work, stay, path, op)
    stay.journey = kept
    return moved


def _still_held(to: Any, send: Any, work: Work, stay: Stay, path: Any, op: Any) -> Any:
    moved = send(work, stay, path, op)
    return evolve(moved, phase=path.phase, since=path.since, pc=path.pc) if path.phase is Phase.HELD else moved


_sending("a held send does not ask its gates afresh", _stale_gates)
_sending("`late up to` does not bound a hold", _endless_hold)
_sending("a held send is sent again and again", _still_held)


@mutant("a window is open at its end")
def _open_end(to: pytest.MonkeyPatch) -> None:
    def window_on(window: Any, zone: Any, date: Any) -> Any:
        start, end = original(window, zone, date)
        return start, end + dt.timedelta(minutes=1) if end > start else end

    original = gates.window_on
    to.setattr(gates, "window_on", window_on)


# ---- zones


@mutant("a time that comes twice happens the second time")
def _second_time(to: pytest.MonkeyPatch) -> None:
    def at(zone: Zone, date: dt.date, time: dt.time) -> Any:
        return dt.datetime.combine(date, time.replace(fold=1), tzinfo=zone._info).astimezone(UTC)

    to.setattr(Zone, "at", at)


replaced(
    "the local date is what the clock shows, and may go back",
    [Zone],
    "date",
    lambda zone, instant: instant.astimezone(zone._info).date(),
)


# ---- splits, identities, versions


replaced("a split does not look at the contact", [walk], "share", lambda *parts: 0.25)


@mutant("`each time` splits the same way each time")
def _each_time(to: pytest.MonkeyPatch) -> None:
    original = share
    to.setattr(walk, "share", lambda *parts: original(*parts[:3]))


def _identified(name: str, changed: Callable[[Any, Any], Any]) -> None:
    def patch(to: pytest.MonkeyPatch) -> None:
        original = perform.identity
        to.setattr(
            perform,
            "identity",
            lambda work, stay, path, *more: changed(original(work, stay, path, *more), path),
        )

    mutant(name)(patch)


_identified("an identity has the position of its step", lambda made, path: evolve(made, step=str(path.pc)))
_identified("an identity is without its cause", lambda made, path: evolve(made, cause=""))
_identified("an identity is without its iteration", lambda made, path: evolve(made, iteration=0))
_identified("an identity is without its step", lambda made, path: evolve(made, step=""))


@mutant("a path goes on with the live version")
def _live_version(to: pytest.MonkeyPatch) -> None:
    def trigger(rules: Rules, version: str, journey: str, trigger: str) -> Any:
        return original(rules, rules.program.version, journey, trigger) or original(rules, version, journey, trigger)

    original = Rules.trigger
    to.setattr(Rules, "trigger", trigger)


# ---- how long values hold


@mutant("what is undecided holds for the longest of its operands")
def _longest(to: pytest.MonkeyPatch) -> None:
    interpreted(to)

    def junction(operands: Any, env: Any, decider: bool) -> Bounded:
        value = original(operands, env, decider).value
        return Bounded(value, max(interpret.evaluate(operand, env).until for operand in operands))

    original = interpret._junction
    to.setattr(interpret, "_junction", junction)


@mutant("a count in a window holds for ever")
def _count_for_ever(to: pytest.MonkeyPatch) -> None:
    interpreted(to)
    to.setattr(aggregate, "_count", lambda found: Bounded(len(found.events)))
    to.setattr(aggregate, "_any", lambda found: Bounded(bool(found.events)))


@mutant("a count in a window holds until its last event leaves")
def _count_to_last(to: pytest.MonkeyPatch) -> None:
    interpreted(to)

    def counted(found: Found) -> Bounded:
        number, ends = len(found.events), found.expiries or [FOREVER]
        return Bounded(number, max(ends), Ramp(-1, lambda n: max(ends)))

    to.setattr(aggregate, "_count", counted)


@mutant("a sum in a window holds for ever")
def _sum_for_ever(to: pytest.MonkeyPatch) -> None:
    interpreted(to)
    original = aggregate.fold
    to.setattr(
        interpret,
        "fold",
        lambda how, found, read: _until(original(how, found, read), how.value in ("sum", "average", "min", "max")),
    )


def _until(bounded: Bounded, for_ever: bool) -> Bounded:
    """The value, said to hold for ever."""
    return bounded._replace(until=FOREVER) if for_ever else bounded


@mutant("a comparison with a moving number holds a step too long")
def _one_too_long(to: pytest.MonkeyPatch) -> None:
    interpreted(to)
    original = values.compare_ramp

    def compare_ramp(op: str, value: float, ramp: Ramp, limit: float) -> Bounded:
        later = Ramp(ramp.sign, lambda n: ramp.first(n + 1))
        return original(op, value, later, limit)

    from wend.runtime.evaluation import compare

    to.setattr(compare, "compare_ramp", compare_ramp)


@mutant("days since a date never change")
def _standing_days(to: pytest.MonkeyPatch) -> None:
    def standing(*args: Any) -> Bounded:
        answer = days.implementation(*args)
        return Bounded(answer.value if isinstance(answer, Bounded) else answer)

    days = FUNCTIONS["days_since"]
    to.setattr(harness, "FUNCTIONS", {**FUNCTIONS, "days_since": evolve(days, implementation=standing)})


replaced("nothing that was done calls for the next minute", [Work], "stir", lambda work: None)


@mutant("a hold has no end of its own")
def _no_release(to: pytest.MonkeyPatch) -> None:
    def held(work: Work, stay: Stay, path: Any, op: Any, answer: Any) -> Any:
        return original(work, stay, path, op, evolve(answer, until=FOREVER))

    original = perform._held
    to.setattr(perform, "_held", held)


@mutant("a wait has no end of its own")
def _no_wait(to: pytest.MonkeyPatch) -> None:
    to.setattr(walk, "_remember", lambda work, answer: None)
    original = waits.wake_paths

    def wake_paths(work: Work, stay: Stay) -> None:
        wake = work.wake
        original(work, stay)
        work.wake = wake

    to.setattr(step, "wake_paths", wake_paths)


# ---- saving, idling, order


@mutant("saving forgets what was emitted")
def _forgets(to: pytest.MonkeyPatch) -> None:
    original = codec.state_to_json
    to.setattr(codec, "state_to_json", lambda state: original(evolve(state, emitted=())))


@mutant("saving forgets the latches")
def _forgets_latches(to: pytest.MonkeyPatch) -> None:
    def state_to_json(state: Any) -> str:
        def armed(journey: Any) -> Any:
            return evolve(journey, heads={id: evolve(head, latched=False) for id, head in journey.heads.items()})

        return original(evolve(state, journeys={name: armed(each) for name, each in state.journeys.items()}))

    original = codec.state_to_json
    to.setattr(codec, "state_to_json", state_to_json)


@mutant("the time of the last tick is kept")
def _last_tick(to: pytest.MonkeyPatch) -> None:
    def kept(work: Work) -> Any:
        state = original(work)
        journeys = {name: evolve(journey, ended_at=work.now) for name, journey in state.journeys.items()}
        return evolve(state, journeys=journeys)

    original = step._state
    to.setattr(step, "_state", kept)


@mutant("what one contact unsubscribes counts at once for those who come after it")
def _at_this_tick(to: pytest.MonkeyPatch) -> None:
    told: set[Any] = set()

    def suppressions(*args: Any) -> Any:
        found = original(*args)
        told.update(each.suppression for each in found)
        return found

    def suppressed(work: Work, stay: Stay, channel: str, address: str) -> Any:
        work.facts = evolve(work.facts, suppressed=work.facts.suppressed | told)
        return gate(work, stay, channel, address)

    original, gate = intake.suppressions, gates.suppressed
    to.setattr(step, "suppressions", suppressions)
    to.setattr(gates, "suppressed", suppressed)

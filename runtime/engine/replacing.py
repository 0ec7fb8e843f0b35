"""Which trigger of the version that was live a new one replaces, and what becomes of what contacts remember of it.

A trigger is known by what it says. Where a journey says something else now, the triggers that are gone are held against
those that are new: a pair shares an entry point, or does the same, or says nearly the same, and nothing else fits as
well. What fits nothing, or several, is plainly new or gone.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from typing import TypeVar

from attrs import field, frozen

from wend.dsl import core
from wend.dsl.core import Place
from wend.dsl.program import Dated, Journey, On, Program, Trigger, When
from wend.runtime.evolve import evolve
from wend.runtime.state import HeadState, JourneyState, State

NEARLY = 0.6
"""From which share of equal text on two triggers say nearly the same."""

_FRESH = HeadState()

T = TypeVar("T", Trigger, When | Dated)


@frozen
class Moved:
    """An entry point and the one it replaces.

    Args:
        old, new: their ids; equal where an earlier version had this one, and the one that was live did not.
        same: both ask for the same condition, so how long it has held goes on.
        skip: who begins anew with it has been there before: the journey has `backlog skip`.
    """

    old: str
    new: str
    same: bool
    skip: bool


@frozen
class Replacement:
    """A trigger whose memory has to be kept or dropped.

    Args:
        old: the trigger it replaces; None where the version that was live had none like it, but maybe an earlier one.
        heads: those of its entry points that remember something and are not in the version that was live.
        keyed: it remembers keys, `once per KEY`.
    """

    journey: str
    old: str | None
    new: str
    heads: tuple[Moved, ...]
    keyed: bool
    place: Place | None = None


@frozen
class Difference:
    """What two versions have of triggers that remember.

    Args:
        replacements: what may have to be asked about, in walking order.
        gone: (journey, trigger) of the old version that nothing replaces.
        begun: by journey, the entry points of other kinds that are new: they begin with what is to come, also where an
            earlier version had them.
    """

    replacements: tuple[Replacement, ...] = ()
    gone: tuple[tuple[str, str], ...] = ()
    begun: Mapping[str, frozenset[str]] = field(factory=dict)


def difference(old: Program | None, new: Program) -> Difference:
    """Compare the journeys that both versions have, by name."""
    before = {journey.name: journey for journey in old.journeys} if old is not None else {}
    replacements: list[Replacement] = []
    gone: list[tuple[str, str]] = []
    begun: dict[str, frozenset[str]] = {}
    for journey in new.journeys:
        if journey.name in before:
            replaced, left = _in_journey(before[journey.name], journey)
            replacements += replaced
            gone += [(journey.name, trigger) for trigger in left]
            known = {head.id for trigger in before[journey.name].triggers for head in trigger.heads}
            heads = [head for trigger in journey.triggers for head in trigger.heads if head.id not in known]
            if others := frozenset(head.id for head in heads if not isinstance(head, When | Dated)):
                begun[journey.name] = others
    return Difference(tuple(replacements), tuple(gone), begun)


def _in_journey(old: Journey, new: Journey) -> tuple[list[Replacement], list[str]]:
    kept = {trigger.id for trigger in old.triggers} & {trigger.id for trigger in new.triggers}
    olds = [trigger for trigger in old.triggers if trigger.id not in kept]
    news = [trigger for trigger in new.triggers if trigger.id not in kept]
    paired = pairs(olds, news, (_share_heads, _same_body, _share_steps, _near_triggers))
    before = {head.id for trigger in old.triggers for head in trigger.heads}
    after = {head.id for trigger in new.triggers for head in trigger.heads}
    replacements = []
    for trigger in news:
        other = paired.get(trigger.id)
        heads = _heads(other, trigger, before, after, new.backlog_skip)
        keyed = _once(trigger)
        if heads or keyed:
            old_id = None if other is None else other.id
            replacements.append(Replacement(new.name, old_id, trigger.id, heads, keyed, trigger.place))
    used = {trigger.id for trigger in paired.values()}
    return replacements, [trigger.id for trigger in olds if trigger.id not in used and _remembers(trigger)]


def _heads(old: Trigger | None, new: Trigger, before: set[str], after: set[str], skip: bool) -> tuple[Moved, ...]:
    """The entry points that are new, each with the one of its kind that it replaces, or itself."""
    found = []
    for kind in (When, Dated):
        fresh = [head for head in new.heads if isinstance(head, kind) and head.id not in before]
        lost = [head for head in old.heads if isinstance(head, kind) and head.id not in after] if old else []
        alone = len(fresh) == len(lost) == 1
        paired = {fresh[0].id: lost[0]} if alone else pairs(lost, fresh, (_near,))
        for head in fresh:
            other = paired.get(head.id, head)
            same = other is not head and isinstance(other, When) and _condition(head) == other.condition
            found.append(Moved(other.id, head.id, same, skip and isinstance(head, When)))
    return tuple(found)


def _condition(head: When | Dated) -> core.Expr | None:
    return head.condition if isinstance(head, When) else None


def _remembers(trigger: Trigger) -> bool:
    return _once(trigger) or any(isinstance(head, When | Dated) for head in trigger.heads)


def _once(trigger: Trigger) -> bool:
    return any(isinstance(head, On) and head.once for head in trigger.heads)


# ---- what is like what -----------------------------------------------------------------------------------------------


def pairs(olds: Sequence[T], news: Sequence[T], likenesses: Iterable[Callable[[T, T], bool]]) -> dict[str, T]:
    """By the id of a new one the old one it replaces: one likeness after the other, where nothing else fits."""
    found: dict[str, T] = {}
    olds, news = list(olds), list(news)
    for alike in likenesses:
        fits = [(old, new) for old in olds for new in news if alike(old, new)]
        for old, new in fits:
            if sum(each is old for each, _ in fits) == 1 == sum(each is new for _, each in fits):
                found[new.id] = old
        olds = [old for old in olds if all(old is not each for each in found.values())]
        news = [new for new in news if new.id not in found]
    return found


def _kin(old: Trigger, new: Trigger) -> bool:
    return bool({type(head) for head in old.heads} & {type(head) for head in new.heads})


def _share_heads(old: Trigger, new: Trigger) -> bool:
    return bool({head.id for head in old.heads} & {head.id for head in new.heads})


def _same_body(old: Trigger, new: Trigger) -> bool:
    return _kin(old, new) and bool(old.body) and [op.id for op in old.body] == [op.id for op in new.body]


def _share_steps(old: Trigger, new: Trigger) -> bool:
    return _kin(old, new) and bool({op.id for op in old.body} & {op.id for op in new.body})


def _near_triggers(old: Trigger, new: Trigger) -> bool:
    return _kin(old, new) and _near(old, new)


def _near(old: Trigger | When | Dated, new: Trigger | When | Dated) -> bool:
    return SequenceMatcher(None, old.id, new.id, autojunk=False).ratio() >= NEARLY


# ---- what is remembered ----------------------------------------------------------------------------------------------


def touched(replacement: Replacement, state: JourneyState) -> bool:
    """Whether a contact remembers something of what the trigger replaces."""
    heads = [state.heads.get(id, _FRESH) for head in replacement.heads for id in {head.old, head.new}]
    return any(h.latched or h.fired_at is not None or h.dates for h in heads) or has_keys(replacement, state)


def has_fired(replacement: Replacement, state: JourneyState) -> bool:
    """Whether it fired for the contact."""
    heads = [state.heads.get(id, _FRESH) for head in replacement.heads for id in {head.old, head.new}]
    return any(h.fired_at is not None or (h.dates and h.done) for h in heads)


def is_latched(replacement: Replacement, state: JourneyState) -> bool:
    """Whether the contact is latched."""
    return any(state.heads.get(id, _FRESH).latched for head in replacement.heads for id in {head.old, head.new})


def has_keys(replacement: Replacement, state: JourneyState) -> bool:
    """Whether the contact has had keys of it, `once per KEY`."""
    names = {replacement.old, replacement.new}
    return replacement.keyed and any(trigger in names for trigger, _ in state.keys)


def _carried(replacement: Replacement, state: JourneyState, keep: bool) -> JourneyState:
    """What a contact remembers once the trigger is replaced.

    What is left under an old id, and what begins anew, still counts its firings and the dates that it had: they are
    part of identities, which never come twice.

    Args:
        keep: what was remembered goes over; else the contact is a newcomer to the trigger.
    """
    heads = dict(state.heads)
    for head in replacement.heads:
        old, own = heads.get(head.old, _FRESH), heads.get(head.new, _FRESH)
        firings, done = max(old.firings, own.firings), own.done
        if head.old != head.new and head.old in heads:
            heads[head.old] = HeadState(firings=old.firings, done=old.done)
        if not keep:
            made = HeadState(firings=firings, done=done, newcomer=head.skip)
        elif head.old in heads:
            since = old.true_since if head.same else None
            made = evolve(old, firings=firings, done=old.done | done, true_since=since)
        else:
            made = own
        if made != _FRESH or head.new in heads:
            heads[head.new] = made
    return evolve(state, heads=heads, keys=_keys(replacement, state.keys, keep))


def _keys(replacement: Replacement, keys: frozenset[tuple[str, str]], keep: bool) -> frozenset[tuple[str, str]]:
    old, new = replacement.old, replacement.new
    if not replacement.keyed:
        return keys
    if not keep:
        return frozenset(pair for pair in keys if pair[0] not in (old, new))
    return frozenset((new, key) if trigger == old else (trigger, key) for trigger, key in keys)


def _forgotten(heads: frozenset[str], state: JourneyState) -> JourneyState:
    """What a contact remembers once these entry points begin anew: how often they fired, and nothing else."""
    if not heads & state.heads.keys():
        return state
    left = {id: HeadState(firings=h.firings, done=h.done) if id in heads else h for id, h in state.heads.items()}
    return evolve(state, heads=left)


def carried(difference: Difference, chosen: Sequence[tuple[Replacement, bool]], state: State) -> State:
    """What a contact remembers once these triggers are replaced; True with one that is kept."""
    journeys = dict(state.journeys)
    for replacement, keep in chosen:
        if (stay := journeys.get(replacement.journey)) is not None:
            journeys[replacement.journey] = _carried(replacement, stay, keep)
    for journey, heads in difference.begun.items():
        if (stay := journeys.get(journey)) is not None:
            journeys[journey] = _forgotten(heads, stay)
    return evolve(state, journeys=journeys)

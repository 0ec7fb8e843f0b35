"""Making a program the live one, and what contacts remember of triggers that say something else now."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import StrEnum
from hashlib import blake2b

from attrs import Factory, frozen

from wend.dsl.core import Place
from wend.dsl.diagnostics import WendError
from wend.dsl.nearest import nearest
from wend.dsl.program import Program
from wend.runtime.contact import Contact, Inbox
from wend.runtime.effects import Facts, Step
from wend.runtime.engine import replacing
from wend.runtime.engine.ingest import arrival
from wend.runtime.engine.replacing import Difference
from wend.runtime.engine.stepping import StepFunction
from wend.runtime.rules import Rules
from wend.runtime.state import State
from wend.runtime.store.protocol import Store, StoredVersion
from wend.runtime.values import Instant

ALL = "all"
"""Names all changed triggers that are not named by themselves."""

_CHUNK = 500
"""How many states are read at a time."""


class Answer(StrEnum):
    """What becomes of what contacts remember of a trigger that is replaced.

    `keep`: who had the old one has had the new one. `reset`: everybody is a newcomer to the new one.
    """

    KEEP = "keep"
    RESET = "reset"


NO_ANSWERS: Mapping[str, Answer] = {}
"""Nobody has said what becomes of changed triggers."""


@frozen
class ChangedTrigger:
    """A trigger that is not in the version that was live, and of which contacts remember something all the same.

    Args:
        trigger: what it says.
        replaces: what the trigger says that it replaces; None where an earlier version had this very one, and the one
            that was live had not: that is kept, unless it is to be reset.
        place: file and line, `main.journey:12`; None where it is not known.
        contacts: how many remember something.
        fired: how many of them it fired for.
        latched: how many are latched, fired or skipped.
        keys: how many had keys of `once per`.
        at_once: for how many it would fire at the next tick if it were reset; None where nobody asked.
        answer: what was said to do; None where nothing was.
    """

    journey: str
    trigger: str
    replaces: str | None
    place: str | None
    contacts: int
    fired: int
    latched: int
    keys: int
    at_once: int | None = None
    answer: Answer | None = None

    @property
    def name(self) -> str:
        """How an answer names it."""
        return self.trigger if self.place is None else self.place


@frozen
class Activation:
    """What making a program the live one has changed.

    Args:
        version: the program's.
        changed: another program, or other settings, were live before.
        launched: journeys that were never live before, in walking order.
        retired: journeys that were live before and are not in the program.
        contacts: how many contacts are looked at anew at the next tick.
        replaced: triggers whose memory was kept or reset, each with the answer.
        added: (journey, trigger) of those that are plainly new in a journey that was live: nobody has had them.
        gone: (journey, trigger) of those that nothing replaces.
    """

    version: str
    changed: bool
    launched: tuple[str, ...]
    retired: tuple[str, ...]
    contacts: int
    replaced: tuple[ChangedTrigger, ...] = ()
    added: tuple[tuple[str, str], ...] = ()
    gone: tuple[tuple[str, str], ...] = ()


class UnansweredError(WendError):
    """Triggers have changed that contacts remember, and nobody has said what becomes of that. Nothing was changed.

    Args:
        changes: the triggers, with counts.
    """

    def __init__(self, changes: Sequence[ChangedTrigger]) -> None:
        self.changes = tuple(changes)
        many = len(changes) > 1
        lines = [f"\n  {told(each)}" for each in changes]
        super().__init__(
            f"{len(changes)} changed trigger{'s' if many else ''} that contacts remember, and nobody said whether to "
            f"keep or to reset that:{''.join(lines)}\nnothing was changed, and the version before stays live",
            help="`--keep all`: who had the old one has had the new one; `--reset all`: everybody is new to it; or "
            f"for one alone by its line or text, `--keep {changes[0].name}`",
        )


def told(change: ChangedTrigger) -> str:
    """A changed trigger with its counts, for a person."""
    of = f"replaces `{change.replaces}`"
    people = f"{change.contacts:,} contact{'' if change.contacts == 1 else 's'}"
    counts = [f"{change.fired:,} fired", f"{change.latched:,} latched"]
    counts += [f"{change.keys:,} with keys"] if change.keys else []
    at_once = "" if change.at_once is None else f"; reset, it would fire for {change.at_once:,} at once"
    where = "" if change.place is None else f" ({change.place})"
    words = f"`{change.trigger}`{where} {of}: {people} remember{'s' if change.contacts == 1 else ''} it"
    return f"{change.journey}: {words}, {', '.join(counts)}{at_once}"


@frozen
class Replacing:
    """How one version takes the place of another in a store: what differs, who remembers what, and what was answered.

    Args:
        changes: for each replacement of the difference, in its order, how many contacts remember what.
    """

    difference: Difference = Factory(Difference)
    changes: tuple[ChangedTrigger, ...] = ()
    answers: Mapping[str, Answer] = Factory(dict)

    @property
    def asked(self) -> tuple[ChangedTrigger, ...]:
        """The triggers that contacts remember something of."""
        return tuple(change for change in self.changes if change.contacts)

    @property
    def unanswered(self) -> tuple[ChangedTrigger, ...]:
        """Those of them for which an answer is missing. What an earlier version had is kept where nobody says more."""
        return tuple(change for change in self.asked if change.answer is None and change.replaces is not None)


def replacing_in(store: Store, old: Program | None, new: Program, answers: Mapping[str, Answer]) -> Replacing:
    """Compare two versions, and count who remembers what of the triggers that are replaced.

    Args:
        answers: by line (`12`, `main.journey:12`) or text of a trigger, or for `all`.

    Raises:
        WendError: an answer names no trigger, or several.
    """
    named = _Named(new, answers)
    difference = replacing.difference(old, new)
    if not difference.replacements:
        return Replacing(difference, (), answers)
    counted = [[0, 0, 0, 0] for _ in difference.replacements]
    for _, state in _states(store):
        for replacement, counts in zip(difference.replacements, counted, strict=True):
            stay = state.journeys.get(replacement.journey)
            if stay is not None and replacing.touched(replacement, stay):
                counts[0] += 1
                counts[1] += replacing.has_fired(replacement, stay)
                counts[2] += replacing.is_latched(replacement, stay)
                counts[3] += replacing.has_keys(replacement, stay)
    changes = []
    for replacement, (contacts, fired, latched, keys) in zip(difference.replacements, counted, strict=True):
        journey, trigger, place = replacement.journey, replacement.new, _place(replacement.place)
        answer = named.answer(journey, trigger) if contacts else None
        changes.append(
            ChangedTrigger(journey, trigger, replacement.old, place, contacts, fired, latched, keys, answer=answer)
        )
    return Replacing(difference, tuple(changes), answers)


def replacing_for(store: Store, rules: Rules, answers: Mapping[str, Answer]) -> Replacing:
    """How the program of the rules takes the place of the version that is live in the store.

    Raises:
        WendError: an answer names no trigger, or several; the live version is not in the rules' archive.
    """
    live, old = (store.live_mark() or "").partition(" ")[0], None
    if live not in ("", rules.program.version):
        old = rules.archive.get(live)
        if old is None:
            raise WendError(
                f"the live version `{live[:12]}` is not among the older ones, so nobody can tell what changed",
                help="give it to the rules with the program",
            )
    return replacing_in(store, old, rules.program, answers)


class _UndoError(Exception):
    """Leaves a transaction that is not to be kept."""


@contextmanager
def undone(store: Store) -> Iterator[None]:
    """A transaction of which nothing is kept."""
    try:
        with store.transaction():
            yield
            raise _UndoError
    except _UndoError:
        pass


def watching(step: StepFunction) -> tuple[StepFunction, Counter[tuple[str, str]]]:
    """A step that counts for how many contacts each (journey, trigger) fires, and the counts."""
    fired: Counter[tuple[str, str]] = Counter()

    def watched(rules: Rules, contact: Contact, state: State, inbox: Inbox, at: Instant, facts: Facts, /) -> Step:
        done = step(rules, contact, state, inbox, at, facts)
        fired.update({(each.journey, each.trigger or "") for each in done.trace if each.kind == "fired"})
        return done

    return watched, fired


class _Named:
    """Answers, by the triggers that they name."""

    def __init__(self, program: Program, answers: Mapping[str, Answer]) -> None:
        self._all = answers.get(ALL)
        self._found: dict[tuple[str, str], Answer] = {}
        names: dict[str, set[tuple[str, str]]] = {}
        for journey in program.journeys:
            for trigger in journey.triggers:
                for name in {trigger.id, *(head.id for head in trigger.heads)}:
                    names.setdefault(name, set()).add((journey.name, trigger.id))
                for place in (trigger.place, *(head.place for head in trigger.heads)):
                    for name in _places(place):
                        names.setdefault(name, set()).add((journey.name, trigger.id))
        for text, answer in answers.items():
            if text == ALL:
                continue
            found = names.get(" ".join(text.split()), set())
            if not found:
                near = nearest(text, names)
                raise WendError(f"there is no trigger `{text}`", f"did you mean `{near}`?" if near else _HOW)
            if len(found) > 1:
                raise WendError(f"`{text}` names {len(found)} triggers", _HOW)
            self._found[next(iter(found))] = answer

    def answer(self, journey: str, trigger: str) -> Answer | None:
        """What was said of a trigger."""
        return self._found.get((journey, trigger), self._all)


_HOW = "name a trigger by file and line, such as `main.journey:12`, or by its text"


def _place(place: Place | None) -> str | None:
    """The file, without its folder, and the line."""
    if place is None:
        return None
    file = place.source.name.replace("\\", "/").rpartition("/")[2]
    return f"{file}:{place.source.line_col(place.span.start)[0]}"


def _places(place: Place | None) -> Iterator[str]:
    """How a line can be named: by its number, or with its file."""
    text = _place(place)
    if text is not None:
        yield text
        yield text.rpartition(":")[2]


def _states(store: Store) -> Iterator[tuple[str, State]]:
    """The state of every contact that was ever stepped, a chunk at a time."""
    after: str | None = None
    while some := store.states(_CHUNK, after):
        after = some[-1][0]
        yield from some


def carry(store: Store, replacing_: Replacing) -> None:
    """Have contacts remember as was answered, in the transaction under way. What nobody remembers is kept.

    Everything is moved now: a script that goes back to an earlier text finds nothing stale.
    """
    difference = replacing_.difference
    kept = [change.answer is not Answer.RESET for change in replacing_.changes]
    chosen = list(zip(difference.replacements, kept, strict=True))
    if not chosen and not difference.begun:
        return
    changed: dict[str, State] = {}
    for contact, state in _states(store):
        moved = replacing.carried(difference, chosen, state)
        if moved != state:
            changed[contact] = moved
        if len(changed) >= _CHUNK:
            store.set_states(changed)
            changed = {}
    if changed:
        store.set_states(changed)


def fingerprint(program: Program, zone: str, addresses: Mapping[str, str]) -> str:
    """What the times that a store keeps depend on: where it changes, every contact has to be looked at again."""
    settings = json.dumps([zone, dict(sorted(addresses.items()))]).encode()
    return f"{program.version} {blake2b(settings, digest_size=8).hexdigest()}"


def activate(
    store: Store, program: Program, mark: str, version: StoredVersion, now: Instant, replacing_: Replacing
) -> Activation:
    """Keep a version of a program and make it the live one: all of it in one transaction, or nothing.

    Args:
        mark: its `fingerprint`.
        version: its scripts and templates.
        replacing_: how it takes the place of what was live.
    """
    with store.transaction():
        live = store.live_since()
        kept = next((known for known in store.versions() if known.version == version.version), None)
        names = [journey.name for journey in program.journeys]
        launched = tuple(name for name in names if name not in live)
        changed = store.live_mark() != mark
        if (
            changed
            or launched
            or kept is None
            or (kept.scripts, kept.templates) != (version.scripts, version.templates)
        ):
            store.activate(version, mark, dict.fromkeys(launched, now), now)
        carry(store, replacing_)
        contacts = 0
        if changed or launched:
            contacts = store.wake_all(arrival(store, now), launch=bool(launched))
    retired = tuple(sorted(name for name in live if name not in names)) if changed else ()
    added = tuple(
        (change.journey, change.trigger)
        for change in replacing_.changes
        if change.replaces is None and not change.contacts
    )
    return Activation(
        program.version, changed, launched, retired, contacts, replacing_.asked, added, replacing_.difference.gone
    )

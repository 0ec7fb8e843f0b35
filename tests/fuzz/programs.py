"""The long run: generated programs and histories under all eleven laws, one after the other from a seed.

Program number n is made from the seed and n alone, so a run can be stopped at any time and continued, and a program
that broke a law can be made again. The record is rewritten as the run goes on.
"""

import datetime as dt
import gc
import hashlib
import json
import random
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Any

import attrs
from attrs import define, field
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.database import InMemoryExampleDatabase

import wend
from tests.laws.harness import source_of
from tests.laws.laws import LAWS, due_of
from tests.laws.moving import Situation, law_11, situations
from tests.laws.unknown import law_7, never
from tests.strategies.histories import Play, plays

ROOT = Path(__file__).parents[2]
RECORD = Path(__file__).parent / "record" / "programs.json"
FINDINGS = ROOT / "out" / "fuzz"
SEED = 2026
BYTES = 20_000
"""How much chance a program may use up."""
PATIENCE = 120
"""Seconds of processor time that one program may take; more is a finding."""
EVERY = {"play": 1, "unknown": 4, "moving": 1}
"""One in how many numbers is held to the laws of each kind; see `benches`."""
CHUNK = 50
"""After so many programs the record is written."""

GARBAGE = 100_000
"""So many new objects before the collector looks for cycles: a program leaves few of them."""


class TooSlow(AssertionError):
    """A program took longer than `PATIENCE`."""


@define
class Part:
    """What one version of the engine and of the generator was held to.

    Args:
        engine, generator: digests of their code.
        began: UTC.
        first, next: the numbers of the programs.
        seconds: by the clock.
        sending, acting: programs that sent a message, and that did anything at all.
        contacts, ticks, steps: what there was in the histories, and in one drive through each.
        unknown: further programs, held to law 7.
        situations: conditions held to law 11.
    """

    engine: str
    generator: str
    version: str
    began: str
    first: int
    next: int
    seconds: float = 0.0
    programs: int = 0
    distinct: int = 0
    sending: int = 0
    acting: int = 0
    contacts: int = 0
    ticks: int = 0
    steps: int = 0
    unknown: int = 0
    situations: int = 0


@define
class Finding:
    """A program that broke a law, in as few lines as hypothesis could find, and what became of it."""

    number: int
    law: str
    error: str
    engine: str
    mended: str = ""


@define
class Record:
    """All parts of the run, and what was found."""

    seed: int
    next: int = 0
    parts: list[Part] = field(factory=list)
    findings: list[Finding] = field(factory=list)


def load(path: Path) -> Record:
    """The record so far, or an empty one."""
    if not path.exists():
        return Record(SEED)
    data = json.loads(path.read_text(encoding="utf-8"))
    parts = [Part(**each) for each in data["parts"]]
    return Record(data["seed"], data["next"], parts, [Finding(**each) for each in data["findings"]])


def save(record: Record, path: Path) -> None:
    """Write the record, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(attrs.asdict(record), indent=2) + "\n", encoding="utf-8")
    fresh.replace(path)


def digest(*folders: str) -> str:
    """What the code of these folders is, in twelve characters."""
    found = hashlib.sha256()
    for folder in folders:
        for file in sorted((ROOT / folder).rglob("*.py")):
            found.update(file.relative_to(ROOT).as_posix().encode() + file.read_bytes())
    return found.hexdigest()[:12]


# ---- one program -----------------------------------------------------------------------------------------------------


@define
class Bench:
    """A property, and the means to hold it to what a row of random bytes makes, and to find the smallest that breaks.

    Args:
        seen: what was drawn last.
    """

    made: st.SearchStrategy[Any]
    holds: Callable[[Any], None]
    seen: list[Any] = field(factory=list)
    test: Any = field(init=False)

    def __attrs_post_init__(self) -> None:
        """Make the hypothesis test."""

        @settings(
            database=InMemoryExampleDatabase(),
            deadline=None,
            phases=[Phase.reuse, Phase.shrink],
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
        )
        @given(self.made)
        def test(value: Any) -> None:
            self.seen[:] = [value]
            self.holds(value)

        self.test = test

    def hold(self, chance: bytes) -> None:
        """Hold the property to what these bytes make. Raises AssertionError, or whatever else goes wrong."""
        self.test.hypothesis.fuzz_one_input(chance)

    def smallest(self) -> tuple[Any, str]:
        """The smallest value found that breaks the property, once `hold` has raised; and how it breaks."""
        error = ""
        try:
            self.test()
        except Exception as caught:  # noqa: BLE001 whatever it is, it is the finding
            error = f"{type(caught).__name__}: {caught}"
        return self.seen[0], error


LAW = {"now": ""}


def all_laws(play: Play) -> None:
    """Hold a play to all laws that are about plays."""
    for name, law in LAWS.items():
        LAW["now"] = name
        law(play)


def _unknown(play: Play) -> None:
    LAW["now"] = "7 unknown never sends"
    law_7(play)


def _constant(pair: tuple[Situation, list[float]]) -> None:
    LAW["now"] = "11 a value is constant until its bound"
    law_11(*pair)


def benches() -> dict[str, Bench]:
    """What each number is held to: a play to most laws, a play with unknown fields to law 7, a condition to law 11."""
    parts = st.lists(st.floats(0, 1, exclude_max=True), min_size=2, max_size=4)
    return {
        "play": Bench(plays(), all_laws),
        "unknown": Bench(never(), _unknown),
        "moving": Bench(st.tuples(situations(), parts), _constant),
    }


def chance(seed: int, number: int, kind: str) -> bytes:
    """The random bytes of a program."""
    return random.Random(f"{seed} {number} {kind}").randbytes(BYTES)


@contextmanager
def patience(seconds: int) -> Iterator[None]:
    """Raise TooSlow where something takes longer."""

    def late(signal: int, frame: FrameType | None) -> None:
        raise TooSlow(f"took longer than {seconds} seconds")

    before = signal.signal(signal.SIGVTALRM, late)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


# ---- the run ---------------------------------------------------------------------------------------------------------


def run(until: int, path: Path = RECORD, say: Callable[[str], None] = lambda line: None) -> Record:
    """Go on from where the record ends until so many programs were held to the laws.

    Args:
        until: the number of programs in all.
        path: where the record is kept.
        say: is told how it goes on, and what was found.
    """
    gc.freeze()
    gc.set_threshold(GARBAGE)
    record = load(path)
    engine, generator = digest("dsl", "runtime", "stdlib", "grammar"), digest("tests/strategies", "tests/laws")
    part = next((each for each in record.parts if each.next == record.next), None)
    if part is None or (part.engine, part.generator) != (engine, generator):
        part = _begin(record, engine, generator)
    made, scripts = benches(), set[int]()
    known = part.distinct
    while record.next < until:
        done = next((each.next for each in record.parts if each.first <= record.next < each.next), None)
        if done is not None:  # by a run beside this one
            record.next, scripts, known = done, set(), 0
            part = _begin(record, engine, generator)
            continue
        start = time.monotonic()
        end = min([until, record.next + CHUNK, *(each.first for each in record.parts if each.first > record.next)])
        for number in range(record.next, end):
            _one(record, part, made, number, scripts, say)
        part.seconds = round(part.seconds + time.monotonic() - start, 1)
        record.next = part.next = end
        part.distinct = known + len(scripts)
        save(record, path)
        say(f"{record.next} programs, {len(record.findings)} findings, {part.seconds:.0f} s in this part")
    return record


def _begin(record: Record, engine: str, generator: str) -> Part:
    """A new part, from where the record is."""
    began = dt.datetime.now(dt.UTC).isoformat(timespec="minutes")
    part = Part(engine, generator, wend.__version__, began, first=record.next, next=record.next)
    record.parts.append(part)
    return part


def _one(
    record: Record,
    part: Part,
    made: dict[str, Bench],
    number: int,
    scripts: set[int],
    say: Callable[[str], None],
) -> None:
    for kind, bench in made.items():
        if number % EVERY[kind]:
            continue
        try:
            with patience(PATIENCE):
                bench.hold(chance(record.seed, number, kind))
        except Exception as error:  # noqa: BLE001 whatever it is, it is a finding
            law = LAW["now"]
            found = f"{type(error).__name__}: {error}".splitlines()[0][:300]
            record.findings.append(Finding(number, law, found, part.engine))
            _keep(bench, number, law, found, say)
        if kind == "play":
            part.programs += 1
            _count(part, bench.seen[0], scripts)
        elif kind == "unknown":
            part.unknown += 1
        else:
            part.situations += 1


def _count(part: Part, play: Play, scripts: set[int]) -> None:
    scripts.add(hash(source_of(play.program)))
    with suppress(Exception):  # one that cannot be driven is a finding already
        outcome = due_of(play)
        part.sending += bool(outcome.sends)
        part.acting += any(outcome.acts.values())
        part.contacts += len(outcome.contacts)
        part.ticks += len(outcome.ticks)
        part.steps += outcome.steps


def _keep(bench: Bench, number: int, law: str, found: str, say: Callable[[str], None]) -> None:
    """Write down the smallest program that breaks the law."""
    smallest, error = bench.smallest()
    FINDINGS.mkdir(parents=True, exist_ok=True)
    file = FINDINGS / f"{number}.txt"
    file.write_text(f"{law}\n{found}\n{error}\n\n{shown(smallest)}\n", encoding="utf-8")
    say(f"program {number} breaks law {law}: {found}; see {file}")


def shown(value: Any) -> str:
    """A play, or a situation, in full."""
    match value:
        case Play(program=program, history=history):
            news = [*map(str, history.newcomers), *map(str, history.arrivals)]
            return "\n".join([source_of(program), f"several files: {value.several_files}", *news])
        case (Situation(script=script, scene=scene, contact=contact, now=now), parts):
            return f"{script}\n{scene.zone} {now} {parts}\n{contact}"
        case _:
            return str(value)


__all__ = ["RECORD", "Finding", "Part", "Record", "all_laws", "load", "run", "save", "shown"]

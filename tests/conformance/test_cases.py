"""Every case, played in each way."""

from pathlib import Path

import pytest

from tests.conformance import playing
from tests.conformance.cases import Case
from tests.conformance.reading import read

HERE = Path(__file__).parent
FILES = sorted(HERE.glob("*/*.case"))
NAMES = [path.relative_to(HERE).with_suffix("").as_posix() for path in FILES]


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_a_case(path: Path) -> None:
    case = read(path, path.relative_to(HERE).as_posix())
    if case.refused:
        assert playing.refusals(case.scripts[""]) == case.refused
        return
    ways = {"due": playing.live(case)}
    if playing.further(case):
        ways["with idle ticks"] = playing.live(case, dense=True)
    if playing.can_be_simulated(case):
        ways["simulated"] = playing.simulated(case)
    report = _report(case, ways)
    assert not report, report


def _report(case: Case, ways: dict[str, playing.Played]) -> str:
    found = {way: playing.differences(case, played) for way, played in ways.items()}
    return "\n".join(f"{case.title} [{way}]\n{text}" for way, text in found.items() if text)

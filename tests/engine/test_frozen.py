"""Values that every step makes: equal and hashed by what they hold, and copied."""

import pytest

from wend.runtime.evolve import evolve
from wend.runtime.state import Cause, CauseKind, HeadState, Path, Phase, Suppression
from wend.runtime.values import UTC, Instant

NOW = Instant(2026, 5, 1, tzinfo=UTC)


def test_they_are_equal_and_hashed_by_what_they_hold() -> None:
    one, same, other = (Suppression("email", address, "bounced") for address in ("a", "a", "b"))
    assert one == same
    assert len({one, same, other}) == 2


def test_a_copy_has_the_changes_and_leaves_the_original() -> None:
    cause = Cause(CauseKind.WHEN, "1", NOW)
    path = Path("t", "h", "v", cause, NOW, pc=3, labels={}, missed=frozenset({"x"}))
    moved = evolve(path, pc=4, phase=Phase.WAITING)
    assert (path.pc, path.phase) == (3, Phase.READY)
    assert moved == Path("t", "h", "v", cause, NOW, pc=4, phase=Phase.WAITING, labels={}, missed=frozenset({"x"}))


def test_a_copy_cannot_be_given_what_the_class_has_not() -> None:
    with pytest.raises(AttributeError):
        evolve(HeadState(), fireings=1)

"""While a population is played, garbage is looked for seldom: and as before when it is over, however it ends."""

import gc

import pytest

from wend.collector import SELDOM, collecting_seldom


def test_it_is_as_before_afterwards() -> None:
    before = gc.get_threshold()
    assert before != SELDOM
    with collecting_seldom():
        assert gc.get_threshold() == SELDOM
        with collecting_seldom():
            assert gc.get_threshold() == SELDOM
        assert gc.get_threshold() == SELDOM
    assert gc.get_threshold() == before


def test_it_is_as_before_after_an_error() -> None:
    before = gc.get_threshold()
    with pytest.raises(ValueError, match="broken"), collecting_seldom():
        raise ValueError("broken")
    assert gc.get_threshold() == before
    assert gc.isenabled()

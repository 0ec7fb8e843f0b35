"""Generated plays that are made once: the same ones in every run, for all laws and for the mutants."""

import os
from functools import cache

from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.strategies.histories import Play, plays

EXAMPLES = int(os.environ.get("WEND_LAWS_EXAMPLES", "120"))
"""How many plays each law is held to: set it in the environment for a long run."""


@cache
def corpus(number: int) -> tuple[Play, ...]:
    """So many plays, always the same, each drawn by itself.

    One run of hypothesis would try variations of what it has just tried, and begin with the simplest of all: of each
    run only the second play is taken.
    """
    return tuple(_drawn(index) for index in range(number))


def _drawn(index: int) -> Play:
    made: list[Play] = []

    @seed(index)
    @given(plays())
    @settings(
        max_examples=2,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
    )
    def collect(play: Play) -> None:
        made.append(play)

    collect()
    return made[-1]

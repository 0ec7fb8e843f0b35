"""Generated plays that are made once: the same ones in every run, for all laws and for the mutants."""

import os
from functools import cache

from hypothesis import HealthCheck, Phase, given, settings

from tests.strategies.histories import Play, plays

EXAMPLES = int(os.environ.get("WEND_LAWS_EXAMPLES", "120"))
"""How many plays each law is held to: set it in the environment for a long run."""


@cache
def corpus(number: int, hours: int = 72) -> tuple[Play, ...]:
    """So many plays, always the same."""
    made: list[Play] = []

    @given(plays(hours=hours))
    @settings(
        max_examples=number,
        database=None,
        derandomize=True,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),  # pyright: ignore[reportArgumentType]
    )
    def collect(play: Play) -> None:
        made.append(play)

    collect()
    return tuple(made)

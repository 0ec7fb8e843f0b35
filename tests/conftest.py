import os
import sys
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

# A busy machine is slow now and then, which is no finding; in CI examples are the same in every run.
settings.register_profile(
    "quick",
    deadline=None,
    print_blob=True,
    derandomize="CI" in os.environ,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("thorough", settings.get_profile("quick"), derandomize=False, max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))

BARE = ("dsl", "grammar", "runtime", "stdlib")


@pytest.fixture(scope="session", autouse=True)
def no_second_copies() -> Iterator[None]:
    """Nothing in the whole session may import a folder by its bare name: its classes would exist twice."""
    yield
    bare = sorted(name for name in sys.modules if name.split(".")[0] in BARE)
    assert not bare, f"imported without `wend.` in front: {bare}"

import pytest
from hypothesis import given, note, settings

from tests.laws.corpus import EXAMPLES, corpus
from tests.laws.harness import drive, source_of, stage_of
from tests.laws.laws import LAWS, law_8_every_minute
from tests.strategies.histories import Play, plays
from wend.runtime.effects import Send


def explained(play: Play) -> str:
    """The play in full, for whoever has to find out why it broke a law."""
    lines = [*map(str, play.history.newcomers), *map(str, play.history.arrivals)]
    return source_of(play.program) + "\n" + "\n".join(lines)


@pytest.mark.parametrize("law", LAWS)
def test_law(law: str) -> None:
    for play in corpus(EXAMPLES):
        try:
            LAWS[law](play)
        except AssertionError as error:
            raise AssertionError(f"law {law}, broken by:\n{explained(play)}") from error


@given(plays(contacts=1))
@settings(max_examples=max(25, EXAMPLES // 4))
def test_all_laws_on_plays_that_are_new_each_time(play: Play) -> None:
    note(explained(play))
    for law, holds in LAWS.items():
        note(law)
        holds(play)


@given(plays(contacts=1, hours=14))
@settings(max_examples=max(20, EXAMPLES // 6))
def test_law_8_at_every_minute_of_some_hours(play: Play) -> None:
    note(explained(play))
    law_8_every_minute(play)


def test_the_generated_plays_have_effects() -> None:
    outcomes = [drive(stage_of(play)) for play in corpus(EXAMPLES)]
    sending = sum(bool(outcome.sends) for outcome in outcomes)
    assert sending >= len(outcomes) / 3
    kinds = {type(act.effect).__name__ for o in outcomes for acts in o.acts.values() for act in acts}
    assert kinds - {"Resubscribed"} == {"Send", "Called", "SetField", "Marked", "Emitted", "Suppressed"}
    noted = {(entry.kind, entry.reason) for o in outcomes for entries in o.traces.values() for entry in entries}
    reasons = {
        "limit",
        "consent",
        "window",
        "suppressed",
        "exit when",
        "exit on",
        "when",
        "dated",
        "occurrence",
        "event",
    }
    assert reasons <= {reason for _, reason in noted}
    assert all(isinstance(send, Send) for outcome in outcomes for send in outcome.sends)

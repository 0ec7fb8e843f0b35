"""No contact ever gets more than the most that is told of a program: over generated programs and histories."""

from attrs import evolve
from hypothesis import given, note, settings

from tests.bounds.support import causes, heaps, months_of, most, sent
from tests.laws.corpus import EXAMPLES, corpus
from tests.laws.harness import Outcome, Stage, drive, stage_of
from tests.laws.test_laws import explained
from tests.strategies.histories import Play, plays
from wend.dsl.bounds.firing import Cause
from wend.dsl.bounds.most import NOTIFY
from wend.runtime.contact import Change


def undisturbed(play: Play) -> Play:
    """The play without pauses by hand, and without contacts that move to another zone."""
    arrivals = [
        evolve(a, item=evolve(a.item, fields={k: v for k, v in a.item.fields.items() if k != "timezone"}))
        if isinstance(a.item, Change)
        else a
        for a in play.history.arrivals
    ]
    return evolve(play, pauses=(), history=evolve(play.history, arrivals=tuple(arrivals)))


def held(stage: Stage, outcome: Outcome) -> int:
    """Hold what was sent against every bound; gives how many bounds were reached."""
    return sum(_held(stage, outcome, contact) for contact in outcome.acts)


def _held(stage: Stage, outcome: Outcome, contact: str) -> int:
    def count(cause: Cause) -> int:
        return causes(stage, outcome, contact, cause)

    made, reached = stage.rules.program, 0
    for channel in ("email", "sms"):
        for days, month in ((1, False), (2, False), (3, False), (7, False), (31, True)):
            told = most(made, channel, days, int(month))
            every = list(sent(outcome, made, contact, channel))
            size = months_of([d for _, d in every]) if month else heaps([d for _, d in every], days)
            bound = told.told(count)
            assert size <= bound, (contact, channel, days, size, bound)
            reached += size == bound > 0
            for each in (*told.journeys, *told.internal):
                dates = [d for name, d in sent(outcome, made, contact, each.channel) if name == each.journey.name]
                size = months_of(dates) if month else heaps(dates, days)
                bound = each.most.told(count)
                assert size <= bound, (each.journey.name, contact, each.channel, days, size, bound)
                reached += size == bound > 0
            if not told.internal and channel == "email":
                assert not list(sent(outcome, made, contact, NOTIFY))
    return reached


def test_nobody_gets_more_than_the_most() -> None:
    reached = sending = 0
    for play in corpus(EXAMPLES):
        stage = stage_of(undisturbed(play))
        outcome = drive(stage)
        sending += bool(outcome.sends)
        try:
            reached += bool(held(stage, outcome))
        except AssertionError as error:
            raise AssertionError(f"{error}, in:\n{explained(play)}") from error
    assert sending >= EXAMPLES / 3
    assert reached >= sending / 3, "bounds so wide that nobody comes near them hold nothing"


@given(plays(contacts=1))
@settings(max_examples=max(25, EXAMPLES // 4))
def test_nobody_gets_more_in_plays_that_are_new_each_time(play: Play) -> None:
    note(explained(play))
    stage = stage_of(undisturbed(play))
    held(stage, drive(stage))


@given(plays(contacts=1, hours=24 * 40))
@settings(max_examples=max(10, EXAMPLES // 12))
def test_nobody_gets_more_in_forty_days(play: Play) -> None:
    note(explained(play))
    stage = stage_of(undisturbed(play))
    held(stage, drive(stage))

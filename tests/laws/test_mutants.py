"""Every rejected reading of the table, kept as a mutant of the engine, is caught: by a row of the table, or by a law."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest

from tests.engine import test_replacing as replacing
from tests.journeys import test_feedback as rounds
from tests.laws import mutants_control, mutants_gates, mutants_paths, mutants_reactions, mutants_runs
from tests.laws import test_bounds as bounds
from tests.laws import test_law_7_unknown as unknown
from tests.laws import test_remembering as remembered
from tests.laws import test_table_control as control
from tests.laws import test_table_gates as gates
from tests.laws import test_table_paths as paths
from tests.laws import test_table_reactions as reactions
from tests.laws import test_table_resubscribe as resubscribe
from tests.laws import test_table_runs as runs
from tests.laws import test_table_webhooks as webhooks
from tests.laws.corpus import EXAMPLES, corpus
from tests.laws.harness import rules_of
from tests.laws.laws import LAWS, Law, forget
from tests.laws.mutants import MUTANTS
from tests.strategies.histories import Play
from wend.runtime import calendar

FAMILIES = (mutants_runs, mutants_paths, mutants_gates, mutants_control, mutants_reactions)
"""Imported, they have kept their mutants in `MUTANTS`."""

CAUGHT_BY: dict[str, Callable[..., None]] = {
    "events are taken in the order of arrival": runs.test_after_exit_on_a_later_event_of_the_same_tick_may_begin_a_run,
    "`exit on` ends what began after it": runs.test_exit_on_ends_what_began_before_it_and_nothing_else,
    "what an event of the tick began is not ended by a later one of it": runs.test_what_an_event_of_a_tick_began_is_ended_by_a_later_one,
    "what was asked of the run that `exit on` ended holds for the next": runs.test_after_exit_on_no_run_begins_that_would_end_at_once,
    "the event that ended a run may start something": runs.test_the_event_that_ended_a_run_starts_nothing_there,
    "after `exit on` nothing of that tick begins a run": runs.test_after_exit_on_a_later_event_of_the_same_tick_may_begin_a_run,
    "emitted events arrive at the same tick": runs.test_emitted_events_arrive_at_the_next_tick,
    "gates and conditions read the writes of the tick": gates.test_gates_read_the_snapshot_and_not_the_own_writes,
    "a path sees the snapshot only": paths.test_a_path_sees_its_own_writes_and_those_of_paths_before_it,
    "journeys are walked in the order of their names alone": paths.test_journeys_are_walked_by_priority_then_name,
    "leaving the audience ends the run": runs.test_leaving_the_audience_ends_paths_but_not_the_run,
    "leaving the audience leaves paths alone": runs.test_leaving_the_audience_ends_paths_but_not_the_run,
    "unknown counts as true": runs.test_unknown_neither_begins_nor_ends_a_run,
    "unknown counts as false": runs.test_unknown_neither_begins_nor_ends_a_run,
    "a run may begin at the tick at which the last one ended": runs.test_the_next_run_begins_no_sooner_than_the_next_tick,
    "`reenter after` counts from the beginning of the run": runs.test_the_next_run_begins_by_reenter,
    "`reenter never` is no obstacle": runs.test_the_next_run_begins_by_reenter,
    "`on entry` fires at every entry of a day": runs.test_a_run_that_comes_back_every_minute_does_not_send_every_minute,
    "`active until` is inclusive": gates.test_active_is_read_in_the_zone_of_the_journey_and_until_is_exclusive,
    "`when` is not latched": runs.test_when_fires_once_and_is_latched,
    "a new run arms a latch that was not seen false": runs.test_a_new_run_arms_only_what_was_seen_false,
    "false arms a latch within its run": runs.test_a_new_run_arms_only_what_was_seen_false,
    "a latch is never armed again": runs.test_false_may_be_seen_between_two_runs,
    "unknown is seen as false by a latch": runs.test_unknown_is_not_seen_false,
    "`when` may fire several times a day": runs.test_repeatedly_fires_at_most_once_a_day_and_then_if_it_still_holds,
    "each entry point has a day of its own": runs.test_at_most_once_a_day_is_of_the_trigger_through_all_its_entry_points,
    "a condition fires beside an event of its tick": runs.test_a_condition_gives_way_to_an_event_of_its_tick,
    "a firing that is too soon is lost": runs.test_repeatedly_fires_at_most_once_a_day_and_then_if_it_still_holds,
    "`when` fires once a day in each run": runs.test_at_most_once_a_day_holds_across_runs,
    "`for D` goes on over unknown": runs.test_for_counts_from_the_tick_that_first_saw_it_true,
    "`for D` goes on over runs": runs.test_for_counts_within_one_run,
    "`for D` has no bound of its own": runs.test_for_counts_from_the_tick_that_first_saw_it_true,
    "`backlog skip` is ignored": runs.test_backlog,
    "`backlog skip` is for every new contact": runs.test_backlog,
    "a `when` that is ignored is latched": paths.test_when_stays_armed_while_a_path_of_its_trigger_is_under_way,
    "every entry point of a trigger fires by itself": runs.test_a_trigger_fires_once_a_tick_however_many_entry_points_hold,
    "an event counts as often as it comes": runs.test_an_event_counts_once_for_its_id_and_the_first_wins,
    "an event from the future keeps its time": runs.test_an_event_from_the_future_happened_when_it_arrived,
    "an event starts something however old it is": runs.test_an_event_that_is_too_old_updates_data_and_exits_but_starts_nothing,
    "an event that is too old does not exit": runs.test_an_event_that_is_too_old_updates_data_and_exits_but_starts_nothing,
    "an imported event starts something": runs.test_imported_events_start_nothing,
    "a condition that goes round is as from outside": rounds.test_a_condition_that_goes_round_ends,
    "`exit when` is not asked for the run that would begin": rounds.test_a_run_that_would_end_at_once_does_not_begin,
    "a cycle of emitted events goes on": runs.test_a_cycle_of_emitted_events_ends,
    "paths of a trigger stand side by side": paths.test_a_trigger_has_one_path_under_way_and_ignores_a_further_firing,
    "a key is no line of its own": paths.test_a_key_has_a_path_of_its_own,
    "`newest path only` is ignored": paths.test_a_trigger_has_one_path_under_way_and_ignores_a_further_firing,
    "a path under way is looked at when the new one is walked": paths.test_a_path_is_under_way_as_the_trigger_fires,
    "`once per` counts in each run": paths.test_once_per_key_is_for_ever_across_runs,
    "`stop on` is ignored": paths.test_stop_on_and_stop_when_end_the_path,
    "`stop when` is ignored": paths.test_stop_on_and_stop_when_end_the_path,
    "a wait of unknown length is over at once": paths.test_a_wait_of_unknown_length_is_not_over_before_that_is_known,
    "a wait counts from the cause of the path": paths.test_a_wait_counts_from_the_tick_that_reached_it,
    "a deadline comes before the condition": paths.test_a_condition_comes_before_the_deadline,
    "a condition that is true already does not pass": paths.test_a_condition_comes_before_the_deadline,
    "a wait for a past or unknown date passes": paths.test_a_date_that_is_past_or_unknown_goes_to_else,
    "an awaited event counts though it happened before the wait": paths.test_an_awaited_event_counts_by_its_own_time_within_the_wait,
    "an awaited event counts though it happened after the deadline": paths.test_an_awaited_event_counts_by_its_own_time_within_the_wait,
    "a wait for a weekday does not pass at its very moment": paths.test_a_wait_for_a_weekday_passes_at_that_very_moment,
    "a wait for a time of day does not pass at its very moment": paths.test_a_wait_for_a_time_of_day,
    "a wait for a clock keeps the zone in which it was reached": paths.test_who_moves_waits_for_the_clock_of_where_they_are,
    "who moves waits for the clock from then on": paths.test_who_moves_waits_for_the_clock_of_where_they_are,
    "`if` takes `else` where it is unknown": unknown.test_an_unknown_condition_takes_neither_branch,
    "`if` takes its branch where it is unknown": unknown.test_an_unknown_condition_takes_neither_branch,
    "`repeat` does not test `until` before the first round": paths.test_repeat_tests_until_first_and_pauses_after_each_round,
    "a value that was due before it was seen fires": paths.test_a_value_that_was_due_before_it_was_seen_does_not_fire,
    "a value that was due before the run began fires": paths.test_a_value_that_was_due_before_the_run_began_does_not_fire,
    "`late up to` does not bound a dated trigger": paths.test_late_up_to_bounds_a_dated_trigger,
    "a value that comes back fires again": paths.test_a_dated_trigger_fires_once_for_a_value,
    "days after a datetime are 24 hours": paths.test_when_a_dated_trigger_is_due_in_paris,
    "months run over the end of a short one": paths.test_months_from_a_date_are_clamped,
    "months count from the month before": paths.test_months_from_a_date_are_clamped,
    "an occurrence fires however long it was missed": paths.test_after_an_outage_only_the_latest_occurrence_of_the_last_day_fires,
    "an occurrence that was missed never fires": paths.test_after_an_outage_only_the_latest_occurrence_of_the_last_day_fires,
    "an occurrence before the entry fires": paths.test_a_schedule_fires_once_for_an_occurrence_from_the_entry_on,
    "a label in a body is the latest send of the run": paths.test_a_label_is_the_own_send_in_a_body_and_the_latest_of_the_run_elsewhere,
    "what is told of any message counts for a label": reactions.test_where_a_template_is_told_its_latest_message_is_meant,
    "a message that was not sent is not opened": reactions.test_a_message_that_was_not_sent_is_neither_opened_nor_not,
    "a wait on a message that was not sent is made": reactions.test_a_wait_on_a_message_that_was_not_sent_skips_the_wait_and_its_else,
    "`resubscribe` lifts a bounce and a complaint": resubscribe.test_only_an_unsubscription_is_lifted,
    "`resubscribe` lifts what was unsubscribed from every topic": resubscribe.test_a_topic_is_lifted_by_itself,
    "`resubscribe` is for ever": resubscribe.test_who_unsubscribes_again_is_unsubscribed,
    "`resubscribe` lifts what was unsubscribed after its cause": resubscribe.test_who_unsubscribes_in_the_same_minute_has_the_last_word,
    "the answer to a call has no depth": webhooks.test_an_answer_is_as_deep_as_its_call,
    "a message of a round before counts for a wait": reactions.test_in_a_round_a_wait_is_for_the_message_of_this_round,
    "what is told of a message has no depth": reactions.test_what_is_told_of_a_message_is_as_deep_as_the_message,
    "entry in a body is the start of the run": paths.test_in_a_body_entry_is_the_cause_of_the_path_and_exclusive,
    "unknown consent lets a send through": gates.test_a_send_is_dropped_and_the_path_goes_on,
    "suppression is by contact": gates.test_suppression_is_by_address_whoever_the_contact_is,
    "unsubscription stops transactional mail": gates.test_transactional_mail_is_free_of_unsubscription_but_not_of_bounce_and_complaint,
    "transactional mail needs consent": gates.test_transactional_mail_needs_no_consent_and_no_room_in_limits,
    "transactional mail is limited": gates.test_transactional_mail_needs_no_consent_and_no_room_in_limits,
    "transactional mail keeps the settings' window": gates.test_transactional_mail_has_its_own_window_only,
    "an unsubscription from a topic is from all": gates.test_unsubscription_from_a_topic_is_for_that_topic,
    "transactional mail goes to whoever complained": gates.test_transactional_mail_is_free_of_unsubscription_but_not_of_bounce_and_complaint,
    "a limit in days is elapsed time": gates.test_a_limit_in_days_counts_local_dates,
    "a window in days or months is elapsed time": gates.test_when_an_event_leaves_its_window,
    "a limit of a journey counts all journeys": gates.test_a_header_limit_counts_this_journey_over_all_runs_and_settings_count_all_journeys,
    "a limit of the settings counts each journey by itself": paths.test_journeys_are_walked_by_priority_then_name,
    "transactional mail counts in limits": gates.test_transactional_mail_needs_no_consent_and_no_room_in_limits,
    "a held send does not ask its gates afresh": gates.test_all_gates_are_asked_afresh_when_no_hold_remains,
    "`late up to` does not bound a hold": gates.test_late_up_to_bounds_every_hold,
    "a held send is sent again and again": gates.test_a_held_send_is_sent_once,
    "a window is open at its end": gates.test_a_closed_window_holds_the_send_and_its_path,
    "a time that comes twice happens the second time": gates.test_a_time_that_is_missing_or_comes_twice,
    "the local date is what the clock shows, and may go back": gates.test_the_date_does_not_go_back_when_clocks_are_turned_back_over_midnight,
    "a split does not look at the contact": paths.test_each_time_splits_by_the_occurrence_and_otherwise_always_the_same,
    "`each time` splits the same way each time": paths.test_each_time_splits_by_the_occurrence_and_otherwise_always_the_same,
    "an identity has the position of its step": paths.test_the_identity_of_a_step_stays_when_steps_are_put_around_it,
    "an identity is without its cause": paths.test_two_entry_points_and_two_rounds_have_identities_of_their_own,
    "an identity is without its iteration": paths.test_two_entry_points_and_two_rounds_have_identities_of_their_own,
    "an identity is without its step": paths.test_two_entry_points_and_two_rounds_have_identities_of_their_own,
    "a path goes on with the live version": gates.test_a_path_finishes_on_the_version_it_began_on,
    "what is undecided holds for the longest of its operands": bounds.test_the_engine_wakes_where_a_bound_ends,
    "a count in a window holds for ever": gates.test_when_an_event_leaves_its_window,
    "a count in a window holds until its last event leaves": bounds.test_the_engine_wakes_where_a_bound_ends,
    "a sum in a window holds for ever": bounds.test_sums_hold_until_the_next_event_leaves,
    "a comparison with a moving number holds a step too long": bounds.test_the_engine_wakes_where_a_bound_ends,
    "days since a date never change": gates.test_days_since_counts_local_dates,
    "nothing that was done calls for the next minute": paths.test_a_path_sees_its_own_writes_and_those_of_paths_before_it,
    "a hold has no end of its own": gates.test_a_closed_window_holds_the_send_and_its_path,
    "a wait has no end of its own": paths.test_a_wait_counts_from_the_tick_that_reached_it,
    "saving forgets what was emitted": runs.test_emitted_events_arrive_at_the_next_tick,
    "saving forgets the latches": runs.test_a_new_run_arms_only_what_was_seen_false,
    "the time of the last tick is kept": runs.test_the_next_run_begins_by_reenter,
    "what one contact unsubscribes counts at once for those who come after it": gates.test_what_one_contact_unsubscribes_counts_for_others_from_the_next_tick,
    "a run converts as often as its goal happens": control.test_a_run_converts_once,
    "only a run under way converts": control.test_a_run_that_has_ended_converts_too_until_the_next_begins,
    "who is held out does not convert": control.test_who_is_held_out_converts_and_is_told_apart,
    "a goal has no bound": control.test_within_counts_from_the_entry_by_the_own_time_of_the_event,
    "a quota is read in the middle of a tick": control.test_at_a_tick_that_would_overshoot_the_priority_decides_and_not_the_order_of_contacts,
    "transactional mail is refused by a quota": control.test_transactional_messages_count_in_a_quota_and_are_never_refused,
    "a tick of many contacts overshoots a quota": control.test_at_a_tick_that_would_overshoot_the_priority_decides_and_not_the_order_of_contacts,
    "the month of a quota is that of UTC": control.test_a_quota_is_for_the_month_of_the_project_whatever_the_zone_of_the_journey,
    "a quota is for so many days and no calendar period": control.test_a_quota_is_for_a_calendar_period,
    "transactional mail is not counted against the others of its tick": control.test_transactional_messages_count_in_a_quota_and_are_never_refused,
    "a pause fires what was missed": control.test_what_holds_when_a_journey_is_resumed_is_its_backlog,
    "a paused journey still fires": control.test_while_a_journey_is_paused_nothing_fires_and_nothing_of_it_is_made_up_for,
    "a paused journey holds its paths whatever it says": control.test_paths_stand_still_go_on_or_end_as_the_line_says,
    "what is due during a pause is never too late": control.test_what_was_due_during_a_pause_is_bound_by_late_up_to,
    "a date that comes during a pause is seen when it is over": control.test_a_date_that_comes_during_a_pause_was_seen_then,
    "a change during a pause is seen when it is over": control.test_a_change_during_a_pause_is_not_seen,
    "paths stay under way when a journey is over": control.test_a_journey_that_is_over_has_no_path_under_way,
    "a trigger that is reset counts its firings from the beginning": replacing.check_the_way_back_with_a_reset,
    "a trigger that keeps leaves its memory under the old text too": replacing.check_the_way_back_after_keeping,
    "a message that a label means is let go": remembered.test_a_label_means_its_message_however_long_ago,
    "the latest message of a kind is let go": remembered.test_the_latest_of_a_kind_is_meant_however_long_ago,
    "a limit is no reason to keep messages": remembered.test_the_longest_limit_keeps_its_messages,
    "a goal counts from before the entry": control.test_a_goal_is_reached_after_the_entry_by_the_own_time_of_the_event,
}

CAUGHT_BY_LAW = {
    "1": ("nothing that was done calls for the next minute", "the time of the last tick is kept"),
    "2": (
        "an identity is without its cause",
        "an identity is without its iteration",
        "an identity is without its step",
    ),
    "5": ("saving forgets what was emitted", "saving forgets the latches"),
    "6": ("the time of the last tick is kept",),
    "8": (
        "a count in a window holds for ever",
        "a hold has no end of its own",
        "a wait has no end of its own",
        "`for D` has no bound of its own",
        "a comparison with a moving number holds a step too long",
    ),
    "9": ("nothing that was done calls for the next minute",),
    "10": ("a held send is sent again and again",),
}
"""Mutants that generated plays must find, too, by the number of the law."""


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """What is remembered of rules and zones is forgotten before and after."""
    _forget()
    yield monkeypatch
    monkeypatch.undo()
    _forget()


def _forget() -> None:
    rules_of.cache_clear()
    calendar.zone.cache_clear()
    forget()


def all_rows(test: Callable[..., None]) -> None:
    """Run a test as it stands, or for each of its parameters."""
    marks = [mark for mark in getattr(test, "pytestmark", ()) if mark.name == "parametrize"]
    if not marks:
        test()
        return
    names, rows = marks[0].args
    for row in rows:
        values: tuple[Any, ...] = (row,) if isinstance(names, str) else row
        test(**dict(zip([names] if isinstance(names, str) else names, values, strict=True)))


def all_plays(law: Law, plays: Iterable[Play]) -> None:
    """Hold a law to plays until one breaks it."""
    for play in plays:
        law(play)


def test_every_mutant_has_a_test_that_catches_it() -> None:
    assert CAUGHT_BY.keys() == MUTANTS.keys()
    assert {name for names in CAUGHT_BY_LAW.values() for name in names} <= MUTANTS.keys()


@pytest.mark.parametrize("name", MUTANTS)
def test_a_mutant_is_caught(name: str, engine: pytest.MonkeyPatch) -> None:
    MUTANTS[name](engine)
    with pytest.raises(AssertionError):
        all_rows(CAUGHT_BY[name])


@pytest.mark.parametrize(("law", "name"), [(law, name) for law, names in CAUGHT_BY_LAW.items() for name in names])
def test_a_mutant_breaks_a_law(law: str, name: str, engine: pytest.MonkeyPatch) -> None:
    holds = next(each for title, each in LAWS.items() if title.split()[0] == law)
    plays = corpus(max(EXAMPLES, 320))
    MUTANTS[name](engine)
    with pytest.raises(AssertionError):
        all_plays(holds, plays)

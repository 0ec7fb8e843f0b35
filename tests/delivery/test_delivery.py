from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.delivery.mail_server import Mailbox, serving
from tests.delivery.some import NOW, message
from wend.runtime.channels import ChannelDown, Outcome, Promise, SmtpChannel, Status
from wend.runtime.delivery.delivery import MAX_ATTEMPTS, ChannelReport, DeliveryReport, Problem, backoff, deliver
from wend.runtime.delivery.memory_outbox import MemoryOutbox, State
from wend.runtime.delivery.messages import Message

MINUTE = timedelta(minutes=1)


class Killed(BaseException):
    """The process ends here: nothing catches it."""


class FakeChannel:
    """Does with each key what its script says: a status, or an exception to raise before or after it arrived."""

    name = "fake"

    def __init__(self, script: dict[str, object] | None = None, promise: Promise = Promise.AT_LEAST_ONCE) -> None:
        self.script = script or {}
        self.promise = promise
        self.arrived: list[str] = []

    def deliver(self, messages: Iterable[Message]) -> Iterator[Outcome]:
        for taken in messages:
            step = self.script.get(taken.key, Status.DELIVERED)
            if isinstance(step, BaseException):
                raise step
            if step in (Status.DELIVERED, Status.UNKNOWN, "then killed"):
                self.arrived.append(taken.key)
            if step == "then killed":
                raise Killed
            if step != "nothing":
                assert isinstance(step, Status)
                yield Outcome(taken.key, step, "" if step is Status.DELIVERED else f"it was {step.value}")


def outbox(*keys: str, channel: str = "email") -> MemoryOutbox:
    box = MemoryOutbox()
    for key in keys:
        box.add(message(key, channel=channel))
    return box


def keys(box: MemoryOutbox, state: State) -> list[str]:
    return [found.key for found in box.in_state(state)]


def test_what_is_due_is_delivered_once() -> None:
    box, channel = outbox("a", "b"), FakeChannel()
    box.add(message("later"), NOW + MINUTE)
    report = deliver(box, {"email": channel}, NOW)
    assert report == DeliveryReport({"email": ChannelReport(delivered=2)})
    assert deliver(box, {"email": channel}, NOW).delivered == 0
    assert channel.arrived == ["a", "b"]
    assert keys(box, State.WAITING) == ["later"]
    assert deliver(box, {"email": channel}, NOW + MINUTE).delivered == 1


def test_a_key_is_taken_in_once() -> None:
    box = outbox("a")
    assert not box.add(message("a", subject="another"))
    deliver(box, {"email": FakeChannel()}, NOW)
    assert not box.add(message("a"))
    assert len(box) == 1


def test_what_fails_for_now_waits_longer_each_time_and_the_others_arrive() -> None:
    box, channel = outbox("a", "b", "c"), FakeChannel({"b": Status.RETRY})
    report = deliver(box, {"email": channel}, NOW)
    assert report.channels["email"] == ChannelReport(delivered=2, retried=1)
    assert report.problems == (Problem("email", 1, "it was retry; it is tried again"),)
    waits = []
    now = NOW
    while box["b"].state is State.WAITING:
        waits.append(box["b"].not_before - now)
        assert deliver(box, {"email": channel}, box["b"].not_before - timedelta(seconds=1)).undelivered == 0
        now = box["b"].not_before
        report = deliver(box, {"email": channel}, now)
    assert [wait // MINUTE for wait in waits[:8]] == [1, 2, 4, 8, 16, 32, 60, 60]
    assert len(waits) + 1 == MAX_ATTEMPTS == box["b"].attempts
    assert timedelta(hours=20) < now - NOW < timedelta(hours=30)
    assert report.channels["email"] == ChannelReport(set_aside=1)
    assert box["b"].detail == "it was tried 30 times: it was retry"


def test_what_is_refused_is_set_aside_with_the_reason() -> None:
    box = outbox("a", "b")
    report = deliver(box, {"email": FakeChannel({"a": Status.REFUSED})}, NOW)
    assert report.channels["email"] == ChannelReport(delivered=1, set_aside=1)
    assert report.problems == (Problem("email", 1, "it was refused; it is set aside"),)
    assert (box["a"].state, box["a"].detail) == (State.SET_ASIDE, "it was refused")


def test_a_channel_that_nobody_made_keeps_its_messages() -> None:
    box = outbox("a", channel="pigeon")
    box.add(message("b"))
    report = deliver(box, {"email": FakeChannel()}, NOW)
    assert report.channels == {"email": ChannelReport(delivered=1), "pigeon": ChannelReport(waiting=1)}
    assert report.problems == (Problem("pigeon", 1, "there is no channel `pigeon`", "known are `email`"),)
    assert deliver(box, {"pigeon": FakeChannel()}, NOW).delivered == 1


def test_a_channel_that_is_down_costs_no_attempt_and_all_wait_a_minute() -> None:
    box, channel = outbox("a", "b", "c"), FakeChannel({"b": ChannelDown("the disk is full", help="make room")})
    now: datetime = NOW
    for _ in range(3 * MAX_ATTEMPTS):
        now = NOW if box["b"].attempts == 0 and box["b"].detail == "" else box["b"].not_before
        report = deliver(box, {"email": channel}, now)
        assert report.channels["email"].waiting == 2
        assert report.problems == (Problem("email", 2, "the disk is full", "make room"),)
        assert (box["b"].attempts, box["b"].in_flight, box["b"].not_before) == (0, False, now + MINUTE)
        assert box["c"].not_before == now + MINUTE
    channel.script.clear()
    assert deliver(box, {"email": channel}, now + MINUTE).delivered == 2


def test_a_person_who_runs_again_need_not_wait() -> None:
    box, channel = outbox("a", "b"), FakeChannel({"a": Status.RETRY, "b": ChannelDown("it is down")})
    box.add(message("later"), NOW + MINUTE)
    deliver(box, {"email": channel}, NOW)
    channel.script.clear()
    again = NOW + timedelta(seconds=5)
    assert deliver(box, {"email": channel}, again).delivered == 0
    box.hasten(again)
    assert deliver(box, {"email": channel}, again).delivered == 2
    assert keys(box, State.WAITING) == ["later"]


@pytest.mark.parametrize("promise", list(Promise))
def test_a_crash_while_sending_sends_again_only_at_least_once(promise: Promise) -> None:
    box, channel = outbox("a", "b", "c"), FakeChannel({"b": "then killed"}, promise)
    with pytest.raises(Killed):
        deliver(box, {"email": channel}, NOW)
    assert keys(box, State.DELIVERED) == ["a"]
    assert box["b"].in_flight
    box.postpone("email", NOW, NOW, "a channel that is down meanwhile forgets nothing")
    channel.script.clear()
    deliver(box, {"email": channel}, NOW)
    if promise is Promise.AT_LEAST_ONCE:
        assert channel.arrived == ["a", "b", "b", "c"]
        assert keys(box, State.DELIVERED) == ["a", "b", "c"]
    else:
        assert channel.arrived == ["a", "b", "c"]
        assert keys(box, State.SET_ASIDE) == ["b"]
        assert "may have arrived" in box["b"].detail


@pytest.mark.parametrize("promise", list(Promise))
def test_an_answer_that_was_lost_is_sent_again_only_at_least_once(promise: Promise) -> None:
    box, channel = outbox("a"), FakeChannel({"a": Status.UNKNOWN}, promise)
    deliver(box, {"email": channel}, NOW)
    channel.script.clear()
    deliver(box, {"email": channel}, NOW + MINUTE)
    assert channel.arrived == (["a", "a"] if promise is Promise.AT_LEAST_ONCE else ["a"])


def test_a_message_that_kills_the_process_every_time_is_set_aside() -> None:
    box, channel = outbox("a", "b"), FakeChannel({"a": Killed()})
    for _ in range(MAX_ATTEMPTS):
        with pytest.raises(Killed):
            deliver(box, {"email": channel}, NOW)
    assert deliver(box, {"email": channel}, NOW).delivered == 1
    assert keys(box, State.SET_ASIDE) == ["a"]


@pytest.mark.parametrize("step", [ValueError("It broke."), "nothing"])
def test_a_channel_that_fails_on_a_message_delivers_the_others(step: object) -> None:
    box = outbox("a", "b", "c")
    report = deliver(box, {"email": FakeChannel({"b": step})}, NOW)
    assert keys(box, State.DELIVERED) == ["a", "c"]
    assert report.channels["email"] == ChannelReport(delivered=2, retried=1)
    assert "fake failed: it broke" in report.problems[0].message or "no outcome" in report.problems[0].message


def test_a_channel_that_fails_all_the_time_is_left_alone() -> None:
    box = outbox("a", "b", "c", "d")
    report = deliver(box, {"email": FakeChannel({key: ValueError() for key in "abcd"})}, NOW)
    assert report.channels["email"] == ChannelReport(retried=3, waiting=1)
    assert len(keys(box, State.WAITING)) == 4


def broken(_: Iterable[Message]) -> Iterator[Outcome]:
    raise ValueError("no settings")


def idle(_: Iterable[Message]) -> Iterator[Outcome]:
    return iter(())


def confused(messages: Iterable[Message]) -> Iterator[Outcome]:
    for _ in messages:
        yield Outcome("z", Status.DELIVERED)


@pytest.mark.parametrize("does", [broken, idle, confused])
def test_a_channel_that_does_not_keep_to_the_protocol_loses_nothing(
    does: Callable[[Iterable[Message]], Iterator[Outcome]],
) -> None:
    box, channel = outbox("a", "b", "c", "d"), FakeChannel()
    channel.deliver = does  # type: ignore[method-assign, assignment]
    report = deliver(box, {"email": channel}, NOW)
    assert report.delivered == 0
    assert report.problems
    assert len(keys(box, State.WAITING)) == 4
    assert all(entry.not_before > NOW and not entry.in_flight for entry in box)


def test_a_stop_ends_between_two_messages() -> None:
    box, channel = outbox("a", "b", "c"), FakeChannel()
    told: list[tuple[str, Status]] = []
    report = deliver(
        box, {"email": channel}, NOW, stop=lambda: len(told) == 2, progress=lambda m, s: told.append((m.key, s))
    )
    assert report.channels["email"] == ChannelReport(delivered=2, waiting=1)
    assert told == [("a", Status.DELIVERED), ("b", Status.DELIVERED)]
    assert not any(entry.in_flight for entry in box)


def test_the_clock_is_the_host_s() -> None:
    box = outbox("a")
    deliver(box, {"email": FakeChannel()}, NOW, clock=lambda: NOW + MINUTE)
    assert box["a"].settled == box["a"].last_attempt == NOW + MINUTE


def test_more_than_a_batch_is_delivered_in_order() -> None:
    many = [f"k{n:04}" for n in range(1203)]
    box, channel = outbox(*many), FakeChannel({"k0001": Status.RETRY})
    assert deliver(box, {"email": channel}, NOW).delivered == 1202
    assert channel.arrived == [key for key in many if key != "k0001"]


def test_only_some_channels() -> None:
    box = outbox("a")
    box.add(message("b", channel="sms"))
    deliver(box, {"email": FakeChannel(), "sms": FakeChannel()}, NOW, only=["sms"])
    assert keys(box, State.DELIVERED) == ["b"]


@given(st.integers(0, 10_000))
def test_the_wait_stays_between_a_minute_and_an_hour(attempts: int) -> None:
    assert MINUTE <= backoff(attempts) <= timedelta(hours=1)


STEPS = st.sampled_from([*Status, "then killed", "nothing", ValueError("x"), ChannelDown("it is down"), Killed()])


@given(
    st.lists(st.lists(STEPS, min_size=1, max_size=6), min_size=1, max_size=6),
    st.sampled_from(list(Promise)),
)
def test_whatever_happens_nothing_is_lost_and_at_most_once_is_kept(lives: list[list[object]], promise: Promise) -> None:
    """Each key lives through a list of mishaps, round by round; then everything works again."""
    names = [f"k{n}" for n in range(len(lives))]
    box, channel = outbox(*names), FakeChannel(promise=promise)
    now: datetime = NOW
    for step in range(6):
        channel.script = {
            name: life[step] if step < len(life) else Status.DELIVERED for name, life in zip(names, lives, strict=True)
        }
        with suppress(Killed):
            deliver(box, {"email": channel}, now)
        now += timedelta(hours=2)
    channel.script = {}
    deliver(box, {"email": channel}, now)
    assert keys(box, State.WAITING) == []
    for name in names:
        times = channel.arrived.count(name)
        if box[name].state is State.DELIVERED:
            assert times >= 1
        if promise is Promise.AT_MOST_ONCE:
            assert times <= 1


def test_over_a_real_server_the_refused_one_arrives_on_a_later_run() -> None:
    mailbox = Mailbox()
    with serving(mailbox) as server:
        channels = {"email": SmtpChannel("127.0.0.1", server.port, "none", local_name="localhost", timeout=5)}
        box = outbox("a", "b", "c")
        mailbox.refuse["b@post.example"] = "450 mailbox busy"
        report = deliver(box, channels, NOW)
        assert report.channels["email"] == ChannelReport(delivered=2, retried=1)
        assert "450 mailbox busy" in report.problems[0].message
        mailbox.refuse.clear()
        assert deliver(box, channels, NOW + MINUTE).delivered == 1
        assert mailbox.keys() == ["a", "c", "b"]
    box.add(message("d"))
    report = deliver(box, channels, NOW)
    assert report.channels["email"] == ChannelReport(waiting=1)
    assert "connection refused" in report.problems[0].message
    with serving(mailbox, port=server.port):
        assert deliver(box, channels, NOW + MINUTE).delivered == 1
    assert mailbox.keys() == ["a", "c", "b", "d"]

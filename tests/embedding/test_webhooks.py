"""`call webhook` inside another program: the host's own channel asks, and its answer comes back to the script."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping

from attrs import define, field

import wend

NOW = dt.datetime(2026, 5, 9, 9, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
SCRIPT = """
settings
    consent email when email is known

journey welcome
    on signed_up
        call webhook "score" with plan = plan as answer
        wait up to 1 hour until answer.failed is known
        else
            send email "silent"
            stop
        if answer.failed
            send email "failed"
        else if answer.score >= 70
            send email "high"
"""


@define
class Service:
    """A channel that answers as it is told."""

    answer: Mapping[str, object]
    status: wend.Status = wend.Status.DELIVERED
    asked: list[wend.Message] = field(factory=list)
    name: str = "score"
    promise: wend.Promise = wend.Promise.AT_LEAST_ONCE

    def deliver(self, messages: Iterable[wend.Message]) -> Iterator[wend.Outcome]:
        for message in messages:
            self.asked.append(message)
            yield wend.Outcome(message.key, self.status, "as told", answer=self.answer)


def mails_for(service: Service) -> tuple[list[str | None], wend.DeliveryReport]:
    store, sent = wend.MemoryStore(), Service({})
    engine = wend.Engine(wend.compile(SCRIPT), store, {"webhook score": service, "email": sent})
    engine.ingest([{"id": "ana", "email": "ana@shop.example", "plan": "team"}], now=NOW)
    engine.tick(NOW)
    signed_up = {"id": "1", "contact": "ana", "name": "signed_up", "at": NOW + MINUTE}
    engine.ingest(events=[signed_up], now=NOW + MINUTE)
    engine.tick(NOW + MINUTE)
    report = engine.deliver(NOW + MINUTE)
    engine.tick(NOW + 2 * MINUTE)
    engine.deliver(NOW + 2 * MINUTE)
    return [message.template for message in sent.asked], report


def test_the_answer_of_a_host_is_read_by_the_script() -> None:
    service = Service({"score": 80, "status": 200})
    mails, report = mails_for(service)
    assert mails == ["high"]
    assert report.delivered == 1
    (call,) = service.asked
    assert (call.channel, call.contact) == ("webhook score", "ana")
    assert '"with":{"plan":"team"}' in call.text
    assert mails_for(Service({"score": 20}))[0] == []


def test_a_call_that_is_refused_has_failed() -> None:
    mails, report = mails_for(Service({}, wend.Status.REFUSED))
    assert mails == ["failed"]
    assert report.channels["webhook score"].set_aside == 1


def test_an_answer_that_no_script_can_hold_is_one_of_a_call_that_failed() -> None:
    mails, report = mails_for(Service({"score": object()}))
    assert mails == ["failed"]
    assert report.delivered == 1

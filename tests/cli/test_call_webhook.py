"""A project that calls a web service, against a real one on this machine: answers, refusals, a service that is down."""

import socket
from pathlib import Path
from unittest import mock

import pytest

from tests.cli.support import TOML, Done, mails, project, wend
from tests.delivery.web_server import web_service
from wend.runtime.store.outbox import SqlOutbox
from wend.runtime.store.sqlite import open_sqlite

SCRIPT = """contact
    email         text?
    name          text?
    consent_email boolean

event purchase
    amount number

settings
    from "Ana <ana@shop.example>"

journey scores
    transactional

    once at launch
        call webhook "score" with name = name as answer
        wait up to 10 minutes until answer.at is known
        if answer.failed otherwise true
            send email "thanks"
        else if answer.score >= 70
            send email "miss-you"
        else
            send email "thanks"
"""
THANKS = "---\nsubject: Thank you\n---\n<p>Hello</p>\n"
CONTACTS = "id,email,name,consent_email\n1,ana@mail.example,Ana,true\n"


def scored(folder: Path, url: str, more: str = "") -> Path:
    config = f'{TOML}\n[webhooks.score]\nurl = "{url}"\n{more}'
    return project(folder, wend=config, shop=SCRIPT, contacts=CONTACTS, events="id,at,amount\n", thanks=THANKS)


def run(root: Path, minute: int) -> Done:
    return wend("run", root, "--once", "--at", f"2026-05-01T09:{minute:02}", environ={"SCORE_TOKEN": "s3cret"})


def test_the_answer_arrives_and_the_path_goes_on(tmp_path: Path) -> None:
    with web_service() as service:
        service.answer = b'{"score": 80, "tags": ["a"], "at": "never", "failed": true}'
        root = scored(tmp_path, service.url, 'token_env = "SCORE_TOKEN"\n')
        assert run(root, 0).code == 0
        ((headers, body),) = service.requests
        assert (headers["Authorization"], headers["Idempotency-Key"]) == ("Bearer s3cret", body["call"])
        assert (body["webhook"], body["contact"], body["journey"], body["with"]) == (
            "score",
            "1",
            "scores",
            {"name": "Ana"},
        )
        assert body["at"] == "2026-05-01T09:00:00+00:00"
        assert mails(root / "outbox") == []
        run(root, 1)
        assert mails(root / "outbox") == ["1 miss-you"]
        run(root, 2)
        assert len(service.requests) == 1


@pytest.mark.parametrize("answer", [b"", b"fine", b"[1]", b"\xff", b'{"a":' * 2000, b'{"score": "\\ud800"}'])
def test_an_answer_without_fields_has_come_all_the_same(tmp_path: Path, answer: bytes) -> None:
    with web_service() as service:
        service.answer = answer
        root = scored(tmp_path, service.url)
        assert [run(root, minute).code for minute in (0, 1)] == [0, 0]
        assert len(service.requests) == 1
        assert mails(root / "outbox") == []  # `answer.score >= 70` is unknown, and takes neither branch


def test_a_call_that_is_refused_has_failed(tmp_path: Path) -> None:
    with web_service() as service:
        service.statuses = [422]
        root = scored(tmp_path, service.url)
        run(root, 0)
        run(root, 1)
        assert len(service.requests) == 1
        assert mails(root / "outbox") == ["1 thanks"]


def test_a_service_that_fails_for_now_is_asked_again_with_the_same_key(tmp_path: Path) -> None:
    with web_service() as service:
        service.statuses, service.answer = [503], b'{"score": 80}'
        root = scored(tmp_path, service.url)
        for minute in range(3):
            run(root, minute)
        assert len(service.keys) == 2
        assert len(set(service.keys)) == 1
        assert mails(root / "outbox") == ["1 miss-you"]


def test_a_service_that_is_down_and_then_up(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    root = scored(tmp_path, f"http://127.0.0.1:{port}/")
    down = run(root, 0)
    assert "cannot be reached" in down.err + down.out
    with web_service() as service:
        service.answer = b'{"score": 80}'
        config = root / "wend.toml"
        config.write_text(config.read_text(encoding="utf-8").replace(f"http://127.0.0.1:{port}/", service.url))
        run(root, 1)
        run(root, 2)
        assert len(service.requests) == 1
    assert mails(root / "outbox") == ["1 miss-you"]


def test_killed_between_the_answer_and_its_record_it_is_asked_again_and_the_first_answer_counts(tmp_path: Path) -> None:
    with web_service() as service:
        service.answer = b'{"score": 80}'
        root = scored(tmp_path, service.url)
        with mock.patch.object(SqlOutbox, "delivered", side_effect=KeyboardInterrupt):
            run(root, 0)
        service.answer = b'{"score": 10}'
        for minute in (1, 2):
            run(root, minute)
        assert len(service.keys) == 2
        assert len(set(service.keys)) == 1
        assert mails(root / "outbox") == ["1 miss-you"]


def test_a_simulation_calls_nothing(tmp_path: Path) -> None:
    with web_service() as service:
        root = scored(tmp_path, service.url)
        done = wend("simulate", root, "--from", "2026-05-01", "--to", "2026-05-03")
        assert done.code == 0
        assert service.requests == []


def test_a_webhook_that_the_project_does_not_have_is_reported(tmp_path: Path) -> None:
    root = scored(tmp_path, "https://score.example")
    config = root / "wend.toml"
    for section, help in (("scores", "write `scores`"), ("other", "[webhooks.score]")):
        config.write_text(f'{TOML}\n[webhooks.{section}]\nurl = "https://score.example"\n', encoding="utf-8")
        checked = wend("check", root)
        assert checked.code == 1
        assert "W503" in checked.err + checked.out
        assert "the project has no webhook `score`" in checked.err + checked.out
        assert help in checked.err + checked.out
        assert run(root, 0).code == 1
    config.write_text(f"{TOML}\n[webhooks.score]\ntimeout = 3\n", encoding="utf-8")
    assert "needs `url`" in wend("check", root).err


def test_the_graph_and_the_journal_show_the_call(tmp_path: Path) -> None:
    with web_service() as service:
        root = scored(tmp_path, service.url)
        run(root, 0)
    assert "call webhook" in wend("graph", root).out
    store = open_sqlite(root / "wend.db")
    try:
        assert [entry.detail for entry in store.journal("1") if entry.kind == "called"] == ["score"]
    finally:
        store.close()

"""Scripts and templates that change while `wend run` goes on."""

import signal
import subprocess
from pathlib import Path

import pytest

from tests.cli.support import EVENTS, mails, project, wend
from tests.cli.test_process import running, until
from wend.live.reloading import Change, Watch
from wend.project.project import load_project
from wend.runtime.store.sqlite import read_sqlite

LONG_AGO = EVENTS.replace("2026-", "2020-")
MORE = '\njourney extra\n    when name = "Ana"\n        send email "extra"\n'


def versions(root: Path) -> int:
    store = read_sqlite(root / "wend.db")
    try:
        return len(store.versions())
    finally:
        store.close()


def begun(root: Path, started: "subprocess.Popen[str]") -> None:
    until(lambda: len(mails(root / "outbox")) == 3, started)


def ended(started: "subprocess.Popen[str]") -> tuple[str, str]:
    started.send_signal(signal.SIGTERM)
    out, err = started.communicate(timeout=30)
    assert started.returncode == 0, err
    return out, err


def nudge(root: Path) -> None:
    """A round now, not in a minute: something is asked."""
    assert wend("resume", "win_back", root).code == 0


def add_extra(root: Path, text: str = MORE) -> None:
    (root / "templates" / "extra.html").write_text("---\nsubject: Extra\n---\n<p>Extra</p>\n", encoding="utf-8")
    script = root / "journeys" / "shop.journey"
    script.write_text(script.read_text(encoding="utf-8") + text, encoding="utf-8")


def test_a_changed_script_goes_live_at_the_next_round(tmp_path: Path) -> None:
    root = project(tmp_path, events=LONG_AGO)
    with running(root, "--reload") as service:
        begun(root, service)
        add_extra(root)
        nudge(root)
        until(lambda: "1 extra" in mails(root / "outbox"), service, seconds=150)
        out, err = ended(service)
    assert "live: extra" in out
    assert versions(root) == 2
    assert "Traceback" not in err


def test_a_script_with_an_error_is_refused_and_the_version_before_goes_on(tmp_path: Path) -> None:
    root = project(tmp_path, events=LONG_AGO)
    with running(root, "--reload") as service:
        begun(root, service)
        add_extra(root, '\njourney extra\n    when nmae = "Ana"\n        send email "extra" to\n')
        nudge(root)
        assert service.stderr is not None
        said = [service.stderr.readline()]
        while "stays live" not in said[-1]:
            said.append(service.stderr.readline())
        assert "error[" in "".join(said)
        assert wend("pause", "thanks", root).out == "thanks is paused\n"  # it goes on
        out, _ = ended(service)
    assert "asked for: thanks is paused" in out
    assert versions(root) == 1


def test_a_changed_trigger_without_an_answer_is_refused(tmp_path: Path) -> None:
    root = project(tmp_path, events=LONG_AGO)
    script = root / "journeys" / "shop.journey"
    with running(root, "--reload") as service:
        begun(root, service)
        script.write_text(script.read_text(encoding="utf-8").replace(">= 120", ">= 110"), encoding="utf-8")
        nudge(root)
        nudge(root)
        assert wend("pause", "thanks", root).code == 0
        _, err = ended(service)
    assert "the version before stays live" in err
    assert versions(root) == 1
    with running(root, "--reload", "--keep", "all") as service:
        until(lambda: versions(root) == 2, service)
        ended(service)


def test_without_the_option_it_is_told(tmp_path: Path) -> None:
    root = project(tmp_path, events=LONG_AGO)
    with running(root) as service:
        begun(root, service)
        add_extra(root)
        nudge(root)
        nudge(root)
        nudge(root)
        _, err = ended(service)
    assert err.count("scripts or templates have changed: they are live when `wend run` is started again\n") == 1
    assert versions(root) == 1


def test_a_change_is_done_once_it_stands_still(tmp_path: Path) -> None:
    root = project(tmp_path)
    watch = Watch(load_project(root))
    assert watch.look() is Change.NONE
    add_extra(root)
    assert watch.look() is Change.UNDER_WAY
    add_extra(root, "\n# more\n")
    assert watch.look() is Change.UNDER_WAY
    assert watch.look() is Change.DONE
    assert watch.look() is Change.NONE
    (root / "templates" / "extra.html").unlink()
    assert [watch.look(), watch.look()] == [Change.UNDER_WAY, Change.DONE]


@pytest.mark.parametrize("name", ["wend.toml", "contacts.csv", "outbox"])
def test_other_files_play_no_part(tmp_path: Path, name: str) -> None:
    root = project(tmp_path)
    watch = Watch(load_project(root))
    (root / f"{name}.new").write_text("x", encoding="utf-8")
    assert watch.look() is Change.NONE

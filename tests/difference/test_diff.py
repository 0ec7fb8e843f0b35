"""`wend diff`: two versions over the same data."""

import json
from pathlib import Path

import pytest

from tests.cli.support import wend

OLD = """\
contact
    email text?
    joined date
    agrees boolean

settings
    timezone "Europe/Paris"
    consent email when agrees

journey hello
    when days_since(joined) >= 10
        send email "ten"

    when days_since(joined) >= 20
        send email "twenty"
"""
CONTACTS = (
    "id,email,joined,agrees\na,a@x.example,2026-01-01,true\nb,b@x.example,2026-01-11,true\nc,c@x.example,,false\n"
)
PERIOD = ("--from", "2026-01-01", "--to", "2026-01-31", "--quiet")


@pytest.fixture
def versions(tmp_path: Path) -> tuple[Path, Path, Path]:
    """The old version, the place of the new one, and contacts."""
    (tmp_path / "old.journey").write_text(OLD)
    (tmp_path / "people.csv").write_text(CONTACTS.replace(",,false", ",2026-01-02,false"))
    return tmp_path / "old.journey", tmp_path / "new.journey", tmp_path / "people.csv"


def test_the_same_version_makes_no_difference(versions: tuple[Path, Path, Path]) -> None:
    old, _, people = versions
    done = wend("diff", old, old, "--contacts", people, *PERIOD)
    assert done.code == 0, done.err
    assert done.out.splitlines()[:3] == ["4 messages before, 4 after", "", "          3 contacts: nothing else"]


def test_a_moved_rung_and_a_new_limit_are_told_with_the_moment_they_part(versions: tuple[Path, Path, Path]) -> None:
    old, new, people = versions
    new.write_text(
        OLD.replace(">= 20", ">= 15").replace("journey hello", "journey hello\n    limit 1 email per 30 days")
    )
    done = wend("diff", old, new, "--contacts", people, "--examples", "1", *PERIOD)
    assert done.code == 0, done.err
    assert done.out == (
        "4 messages before, 2 after\n"
        "\n"
        "          1 contact: nothing else\n"
        "          0 contacts: more messages\n"
        "          2 contacts: fewer messages\n"
        "          0 contacts: others in their place\n"
        "          0 contacts: a message earlier\n"
        "          0 contacts: a message later\n"
        "\n"
        "                  before     after      gone       new   earlier     later\n"
        "  email twenty         2         0         2         0         0         0\n"
        "\n"
        "a: fewer messages\n"
        "  2026-01-21 00:00  - email twenty\n"
        "  they part at 2026-01-16 00:00\n"
        "    old  nothing\n"
        "    new  hello: fired (when) days_since(joined) = 15; joined = 2026-01-01, "
        "`when days_since(joined) >= 15`  new.journey:15\n"
        '         hello: dropped (limit) the limit of 1 email is reached, `send email "twenty"`  new.journey:16\n'
        "         hello: finished, `when days_since(joined) >= 15`\n"
        "  why the new version does not send email twenty at 2026-01-21 00:00\n"
        f"    when days_since(joined) >= 15  ({new}:15)\n"
        "      it fired, and on 2026-01-16 00:00 the message was dropped: the limit of 1 email is reached\n"
        "        the message comes again only when the trigger fires anew\n"
    )


def test_later_and_other_messages_as_json(versions: tuple[Path, Path, Path]) -> None:
    old, new, people = versions
    new.write_text(OLD.replace(">= 10", ">= 12").replace('"twenty"', '"other"'))
    done = wend("diff", old, new, "--contacts", people, "--format", "json", *PERIOD)
    assert done.code == 0, done.err
    found = json.loads(done.out)
    assert found["messages"] == {"old": 4, "new": 4}
    assert found["contacts"] == {"more": 0, "less": 0, "other": 2, "earlier": 0, "later": 2}
    assert [(k["template"], k["old"], k["new"], k["gone"], k["added"], k["later"]) for k in found["kinds"]] == [
        ("other", 0, 2, 0, 2, 0),
        ("ten", 2, 2, 0, 0, 2),
        ("twenty", 2, 0, 2, 0, 0),
    ]
    first = found["examples"][0]
    assert (first["contact"], first["part"]["at"]) == ("a", "2026-01-10T23:00:00+00:00")
    assert (first["missed"]["by"], first["missed"]["template"]) == ("new", "ten")
    (why,) = first["missed"]["why"]
    assert why["rule"] == "when days_since(joined) >= 12"
    assert first["moved"] == [
        {"channel": "email", "template": "ten", "old": "2026-01-10T23:00:00+00:00", "new": "2026-01-12T23:00:00+00:00"}
    ]


def test_a_message_that_is_gone_for_good_is_called_so(versions: tuple[Path, Path, Path]) -> None:
    old, new, people = versions
    new.write_text(OLD.replace('"twenty"', '"other"'))
    done = wend("diff", old, new, "--contacts", people, "--examples", "1", *PERIOD)
    assert "  why the old version does not send email other at 2026-01-21 00:00\n" in done.out
    assert "    nothing in it sends such a message\n" in done.out


def test_bad_input_is_refused_in_words(versions: tuple[Path, Path, Path]) -> None:
    old, new, people = versions
    done = wend("diff", old, new, "--contacts", people, *PERIOD)
    assert (done.code, "there is no such file or folder" in done.err) == (1, True)
    new.write_text("when nothing send email")
    done = wend("diff", new, old, "--contacts", people, *PERIOD)
    assert (done.code, done.out) == (1, "")
    assert "new.journey:1" in done.err
    done = wend("diff", old, old, "--contacts", people, "--from", "2026-02-01", "--to", "2026-01-01")
    assert done.code == 2

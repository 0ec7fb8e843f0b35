"""From the button in a mail program to an address that gets no marketing any more."""

import re
from pathlib import Path

from tests.cli.support import DUE, TOML, mails, project, wend

LEAVE = 'path = "outbox"\nunsubscribe_url = "https://shop.example/leave?m={message}"\n'
TWICE = """settings
    from "Ana <ana@shop.example>"
    consent email when consent_email

event purchase
    amount number

journey win_back
    backlog include
    when days_since(last(purchase.at)) >= 120
        send email "miss-you"
    when days_since(last(purchase.at)) >= 130
        send email "miss-you"

journey receipt
    transactional
    backlog include
    when days_since(last(purchase.at)) >= 140
        send email "thanks" with order = last(purchase.amount)
"""
MORE = """
[[events]]
file = "left.csv"
contact = "id"
at = "at"
name = "message_unsubscribed"
"""


def test_who_clicks_the_button_gets_no_more_marketing(tmp_path: Path) -> None:
    root = project(tmp_path, wend=TOML.replace('path = "outbox"\n', LEAVE), shop=TWICE)
    (root / "templates/thanks.html").write_text("---\nsubject: Thanks\n---\n<p>Thank you</p>\n", encoding="utf-8")
    assert wend("run", root, "--once", "--at", DUE).code == 0
    (sent,) = (path for path in (root / "outbox").iterdir() if "_1_" in path.name)
    key = re.search(r"^List-Unsubscribe: <https://shop\.example/leave\?m=(\w+)>\r?$", _text(sent), re.MULTILINE)
    assert key is not None
    (root / "wend.toml").write_text((root / "wend.toml").read_text(encoding="utf-8") + MORE, encoding="utf-8")
    (root / "left.csv").write_text(f"id,at,message\n1,2026-05-02T10:00:00,{key[1]}\n", encoding="utf-8")
    assert wend("run", root, "--once", "--at", "2026-05-02T11:00").code == 0
    later = wend("run", root, "--once", "--at", "2026-05-12T09:00").out
    assert "suppressed 1" in later
    assert wend("run", root, "--once", "--at", "2026-05-22T09:00").code == 0
    assert [each for each in mails(root / "outbox") if each.startswith("1 ")] == ["1 miss-you", "1 thanks"]
    (transactional,) = (path for path in (root / "outbox").iterdir() if "_1_thanks_" in path.name)
    assert "List-Unsubscribe" not in _text(transactional)


def test_a_simulation_writes_it_too(tmp_path: Path) -> None:
    root = project(tmp_path, wend=TOML.replace('path = "outbox"\n', LEAVE))
    mail = tmp_path / "mail"
    done = wend("simulate", root, "--from", "2026-05-01", "--to", "2026-05-02", "--mail", mail)
    assert done.code == 0
    assert all("List-Unsubscribe-Post: List-Unsubscribe=One-Click" in _text(path) for path in mail.iterdir())


def _text(path: Path) -> str:
    return path.read_bytes().decode()

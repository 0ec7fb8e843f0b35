"""Which rules are followed to find circles of them, and what a limit reaches beside a round of another branch."""

from typing import Any

import pytest

from wend.dsl.analysis import cycles
from wend.dsl.checker import check
from wend.dsl.diagnostics import Diagnostic
from wend.dsl.parser import parse
from wend.dsl.source import Source
from wend.stdlib import signatures

HEAD = "event ping\n    number number\n\n"


def found(text: str) -> tuple[Diagnostic, ...]:
    """All that is said of a sound script."""
    source = Source("a.journey", text)
    result = check([(source, parse(source).file)], signatures())
    assert result.program is not None
    return result.diagnostics


def row(count: int) -> str:
    """Rules of which each starts the one after it."""
    return HEAD + "".join(
        f"journey j{i}\n    reenter always\n    on ping where number = {i}\n        emit ping with number = {i + 1}\n"
        for i in range(count)
    )


def test_rules_in_a_row_are_followed_only_where_the_last_starts_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    followed: list[int] = []
    way_back = cycles._way_back

    def counting(start: int, *rest: Any) -> object:
        followed.append(start)
        return way_back(start, *rest)

    monkeypatch.setattr(cycles, "_way_back", counting)
    assert "W422" not in {each.code for each in found(row(60))}
    assert not followed
    assert [each.code for each in found(row(60).replace("with number = 60", "with number = 20"))].count("W422") == 1
    assert len(followed) == 40


def test_a_limit_is_reached_beside_a_round_of_another_branch() -> None:
    text = (
        "contact\n    email text\n    ok boolean\n\nevent ping\n\nsettings\n    consent email when ok\n\njourney one\n"
        "    limit 1 email per 1 day\n    on ping\n"
        '        send email "a"\n        if ok\n'
        '            repeat up to 3 times every 1 day\n                add tag "t"\n        else\n'
        '            send email "b"\n'
    )
    [told] = [each for each in found(text) if each.code == "W428"]
    assert told.message.startswith('`send email "b"` is dropped')

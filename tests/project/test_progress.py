import io
import itertools

from wend.progress import progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_plain_lines_come_every_few_seconds_and_at_the_end() -> None:
    out = io.StringIO()
    seconds = itertools.count(0, 2)
    with progress("reading", 3000, stream=out, clock=lambda: next(seconds)) as advance:
        for _ in range(7):
            advance(400)
    assert out.getvalue() == "reading: 1,200 of 3,000\nreading: 2,400 of 3,000\nreading: 2,800 of 3,000\n"


def test_short_work_prints_nothing() -> None:
    out = io.StringIO()
    with progress("reading", stream=out, clock=lambda: 0.0) as advance:
        advance()
    assert out.getvalue() == ""


def test_quiet_work_prints_nothing_even_when_it_is_long() -> None:
    out = io.StringIO()
    seconds = itertools.count(0, 100)
    with progress("reading", 5, quiet=True, stream=out, clock=lambda: next(seconds)) as advance:
        advance(5)
    assert out.getvalue() == ""


def test_a_label_may_change() -> None:
    out = io.StringIO()
    seconds = itertools.count(0, 10)
    with progress("reading", stream=out, clock=lambda: next(seconds)) as advance:
        advance(label="ticking [2]")
    assert out.getvalue() == "ticking [2]: 1\n"


def test_a_terminal_gets_a_bar() -> None:
    out = Terminal()
    seconds = itertools.count(0, 1)
    with progress("reading", 10, stream=out, clock=lambda: next(seconds)) as advance:
        advance(4)
        advance(6)
    assert "reading" in out.getvalue()
    assert "10/10" in out.getvalue()

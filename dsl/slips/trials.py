"""Slips in the lines of a test."""

from wend.dsl.slips.base import Report, Slip
from wend.dsl.source import Span
from wend.dsl.tokens import Token

_NOBODY = ("no", "none", "nobody")
_EACH = "each"


def beginning(slip: Slip) -> Report | None:
    """`test for welcome`, `given purchase at 2026-05-10`, `on 2026-05-10 expect …`."""
    token, following = slip.token, slip.next
    if token is None:
        return None
    if slip.types == ("TEST",) and token.text == "for" and following is not None and following.type == "NAME":
        help = f'write `test "what it shows" for {following.text}`'
        return "W121", "a test says what it shows, before `for`", token.span, help
    if slip.types == ("GIVEN", "NAME") and token.text == "at":
        event = slip.line.tokens[1]
        date = following.text if following is not None and following.type == "DATE" else "2026-05-10"
        help = f"write `given event {event.text} at {date}`"
        return "W121", f"`event` is missing before `{event.text}`", event.span, help
    dated = following is not None and following.type == "DATE"
    if not slip.at and token.text == "on" and following is not None and dated and slip.begin.takes("ADVANCE"):
        rest = slip.line.tokens[2:3]
        word = f" {rest[0].text} \u2026" if rest and rest[0].type == "NAME" else " \u2026"
        return "W101", "a line of a test names its day with `at`", token.span, f"write `at {following.text}{word}`"
    return None


def test_line(slip: Slip) -> Report | None:
    """`expect email "welcome" on 2026-05-10`, `expect no email`, `expect email welcome`."""
    token, at = slip.token, _expects(slip)
    if at is None:
        return None
    words = slip.line.tokens[at + 1 :]
    if words and words[0].text in _NOBODY:
        return "W101", f"`{words[0].text}` has no meaning here", words[0].span, _nothing(words)
    if [each.type for each in words[:2]] == ["NAME", "NUMBER"] and [each.text for each in words[2:]] == ["times"]:
        channel, number = words[0].text, words[1].text
        day = "" if at else "at 2026-05-10 "
        named = f'`expect {channel} "\u2026" {number} times`'
        help = f"write `{day}expect {number} {channel}`, or name the template: {named}"
        return "W101", "`times` counts the messages of one template", Span(words[0].start, words[2].end), help
    if at == 0:
        return _without_a_day(slip, words)
    unquoted = slip.last if token is None else slip.last if slip.at == at + 3 else None
    if slip.types[at + 1 :] == ("NAME", "NAME") and unquoted is not None and unquoted.text != _EACH:
        help = f'write `expect {words[0].text} "{unquoted.text}"`'
        return "W101", "the name of a template stands between quotes", unquoted.span, help
    return None


def _expects(slip: Slip) -> int | None:
    """Where the line says `expect`, before it went wrong."""
    return slip.types.index("EXPECT") if "EXPECT" in slip.types else None


def _nothing(words: list[Token]) -> str:
    if len(words) == 3 and words[1].text in ("tag", "list"):
        return f"write `expect {words[2].text} not in {words[1].text}s`"
    return "write `expect nothing`"


def _without_a_day(slip: Slip, words: list[Token]) -> Report | None:
    """A line that begins with `expect` counts in total, and names no day."""
    first = words[0] if words else None
    if first is None or first.type != "NAME" or (first.text == _EACH and slip.at > 2):
        return None
    dates = [each.text for each in slip.line.tokens if each.type == "DATE"]
    day = dates[0] if dates else "2026-05-10"
    help = f"write `at {day} expect {first.text} \u2026`"
    if len(words) > 1 and words[1].type == "STRING":
        help += f"; only `expect 2 {first.text} in total` has no day"
    return "W101", "the day of an expectation comes first", first.span, help


def span_of_time(slip: Slip) -> Report | None:
    """`between 2026-05-10 and 2026-05-12 expect …`, `from 2026-05-10 to …`, `after 2026-05-10 expect …`."""
    token = slip.token
    if token is None or token.type != "NAME" or not slip.begin.takes("ADVANCE"):
        return None
    dates = [each.text for each in slip.line.tokens if each.type == "DATE"]
    if slip.types[:1] == ("FROM",) and token.text in ("to", "till") and slip.outline.takes("UNTIL"):
        return "W101", f"`{token.text}` has no meaning here", token.span, _until(dates)
    if slip.at or not dates:
        return None
    if token.text == "between":
        return "W101", "`between` has no meaning here", token.span, _until(dates)
    if token.text in ("after", "since", "before", "till"):
        word = "from" if token.text in ("after", "since") else "until"
        help = f"write `{word} {dates[0]} expect \u2026`"
        return "W101", f"`{token.text}` has no meaning here", token.span, help
    return None


def _until(dates: list[str]) -> str:
    first, last = (*dates, "2026-05-10", "2026-06-10")[:2]
    return f"write `from {first} until {last} expect \u2026`; that day is outside"


def table(slip: Slip) -> Report | None:
    """`for each`, `examples`, a table that comes late, columns without `|` between them."""
    token, first = slip.token, slip.line.tokens[0]
    if token is None:
        return None
    if slip.begin.takes("ADVANCE") and not slip.at:
        if first.text in ("for", "each", "foreach", "examples", "example", "table", "where"):
            help = "write `with each`, and below it the columns and the rows"
            return "W101", f"`{first.text}` begins no line of a test", Span(first.start, slip.line.end), help
        if first.text == "with":
            help = "put `with each` and its rows right below the line `test \u2026`"
            return "W101", "a table is the first thing in a test", Span(first.start, slip.line.end), help
    if slip.outline.takes("VBAR") and slip.begin.takes("NAME") and not slip.begin.takes("ADVANCE"):
        sign = token.text if token.text in (",", ";", "/") else ""
        if sign or (slip.types and set(slip.types) <= {"NAME", "VBAR"}):
            return "W101", "the columns of a table stand with `|` between them", token.span, "write `|`"
    if token.text != "|" and slip.begin.takes("NAME") and _only_names(slip) and token.type != "NAME":
        help = "write the names of the columns first: `plan | mails`; the values stand below"
        return "W101", f"`{token.text}` is no name of a column", token.span, help
    return None


def _only_names(slip: Slip) -> bool:
    """Whether the line is the first one of a table, which can only have names."""
    outline = slip.begin.copy()
    if outline.expected() != {"NAME"} or not set(slip.types) <= {"NAME", "VBAR"}:
        return False
    outline.feed("NAME")
    return outline.takes("VBAR") and outline.takes("_NEWLINE")

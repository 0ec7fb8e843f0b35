"""Slips with places: what is right somewhere else, on a line of its own, deeper, or earlier."""

import re

from wend.dsl import ast
from wend.dsl.slips.base import BLOCK_STEPS, COMPARISONS, STEPS, Report, Slip
from wend.dsl.source import Span
from wend.dsl.tokens import UNITS

_HEADER = frozenset(
    {
        *("AUDIENCE", "GOAL", "REENTER", "ACTIVE", "ENTRY", "TIMEZONE", "LIMIT", "LATE", "TRANSACTIONAL", "TOPIC"),
        *("PRIORITY", "BACKLOG", "HOLD", "FROM", "REPLY", "TRACK", "NEWEST", "PAUSE"),
    }
)
_ITEMS = frozenset({"JOURNEY", "SETTINGS", "CONTACT", "EVENT", "DEFINE", "SEGMENT", "TEST", "USE"})
_TRIGGERS = frozenset({"WHEN", "ON", "EVERY", "ONCE"})
_TEST = frozenset({"GIVEN", "FORCE", "AT", "ADVANCE", "EXPECT"})
_WINDOW = frozenset({"in", "the", "last", "past", "previous", "within", "during", "over"})


def continued_step(slip: Slip) -> Report | None:
    """A line beginning with `and` below a line with a step."""
    token = slip.token
    if token is None or not token.leads:
        return None
    if not slip.after_step and not any(type in STEPS for type in slip.types):
        return None
    return (
        "W114",
        f"`{token.text}` cannot continue a line on which a step stands",
        token.span,
        "write the whole step on one line, or join the lines with brackets",
    )


def continuing_word(slip: Slip) -> Report | None:
    """A line beginning with `and` that is no deeper than the line above."""
    token = slip.token
    if token is None or slip.at or token.quoted or token.type != "NAME" or token.text not in ("and", "or"):
        return None
    return (
        "W114",
        f"a line that begins with `{token.text}` continues the one above only where it is deeper",
        token.span,
        "indent it deeper than the line above",
    )


def continued_name(slip: Slip) -> Report | None:
    """A line beginning with `or` below a line that holds no condition."""
    token = slip.token
    if token is None or not token.leads or "AND" in slip.outline.expected():
        return None
    return (
        "W114",
        f"`{token.text}` continues the line above, which ends in no condition",
        token.span,
        f"to use it as a name write it between backticks: `` `{token.text}` ``",
    )


def offset_in_condition(slip: Slip) -> Report | None:
    """`when a and 3 days after b`."""
    token = slip.token
    if token is None or slip.type_of(token) not in ("AFTER", "BEFORE") or not slip.types:
        return None
    if "WHEN" not in slip.types and "UNTIL" not in slip.types:
        return None
    return (
        "W101",
        f"a length of time `{token.text}` a date is no part of a condition",
        token.span,
        f"let `when 3 days {token.text} due` stand by itself, and test the rest with `if` below it",
    )


def window_after_where(slip: Slip) -> Report | None:
    """`count(purchase where vip in last 3 days)`."""
    window = _window(slip)
    if window is None:
        return None
    call = _open_call(slip)
    if call is None or "WHERE" not in slip.types[call:]:
        return None
    function = slip.line.tokens[call].text
    where = call + slip.types[call:].index("WHERE")
    tokens = slip.line.tokens
    source = "".join(token.text for token in tokens[call + 2 : where])
    words = " ".join(token.text for token in tokens if window.start <= token.start < window.end)
    return (
        "W117",
        "the window of an aggregate stands before its `where`",
        window,
        f"write `{function}({source} {words} where \u2026)`",
    )


def window_without_in(slip: Slip) -> Report | None:
    """`count(purchase last 30 days)`, `any(purchase in the last month)`."""
    tokens, first, call = slip.line.tokens, slip.at, _open_call(slip)
    if call is None or "WHERE" in slip.types[call:]:
        return None
    if slip.types[-2:] == ("IN", "NAME"):
        first -= 2
    end = first
    while end < len(tokens) and tokens[end].text in _WINDOW and not tokens[end].quoted:
        end += 1
    words = [each.text for each in tokens[first:end]]
    if end == len(tokens) or not set(words) - {"in", "the"} or words == ["in", "last"]:
        return None
    length = tokens[end]
    if length.type != "SPAN" and not re.fullmatch(UNITS, length.text):
        return None
    amount = length.text if length.type == "SPAN" else f"1 {length.text.removesuffix('s')}"
    span = Span(tokens[first].start, length.end)
    return "W117", "a window begins with `in last`", span, f"write `in last {amount}`"


def window_outside(slip: Slip) -> Report | None:
    """`purchase in last 3 days` by itself."""
    window = _window(slip)
    if window is None:
        return None
    call = _open_call(slip)
    help = "put the event and its window into an aggregate: `any(purchase in last 30 days)`"
    if call is not None:
        help = "write the event, then its window: `count(purchase in last 30 days)`"
    if slip.types[-2:] == ("IN", "NAME") and slip.line.tokens[slip.at - 1].text != "last":
        help = "write `in last 30 days`, behind the event of an aggregate: `any(purchase in last 30 days)`"
    return "W117", "a window stands directly behind the event of an aggregate", window, help


def _window(slip: Slip) -> Span | None:
    """Where the words of a window begin and end, if the line stopped at one."""
    tokens = slip.line.tokens
    token = slip.token
    if token is None or token.quoted:
        return None
    first: int | None = None
    in_last = token.text == "in" and slip.next is not None and slip.next.text == "last" and not slip.next.quoted
    if slip.types[-2:] == ("IN", "NAME") and tokens[slip.at - 1].text in ("the", "past", "previous"):
        first = slip.at - 2
    elif token.text == "since" or in_last:
        first = slip.at
    elif slip.at >= 2 and tokens[slip.at - 1].text == "last" and slip.types[slip.at - 2] == "IN":
        first = slip.at - 2
    if first is None:
        return None
    end = first + 1
    while end < len(tokens) and tokens[end].text not in (")", "where", "and", "or", ",", "=") and end < first + 4:
        if tokens[end].type == "CMP_OP":
            break
        end += 1
    return Span(tokens[first].start, tokens[end - 1].end)


def _open_call(slip: Slip) -> int | None:
    """The position of the name of the aggregate whose bracket is open."""
    depth = 0
    for i in range(slip.at - 1, 0, -1):
        type = slip.types[i]
        if type == "RPAR":
            depth += 1
        elif type == "LPAR":
            depth -= 1
            if depth < 0:
                return i - 1 if slip.line.tokens[i - 1].text in ast.AGGREGATES else None
    return None


def chained(slip: Slip) -> Report | None:
    """`a < b < c`."""
    token = slip.token
    if token is None or slip.type_of(token) not in COMPARISONS:
        return None
    if "AND" not in slip.outline.expected() or not any(type in COMPARISONS for type in slip.types):
        return None
    return "W124", "comparisons cannot be chained", token.span, "join two comparisons with `and`, or use brackets"


def block_step_inline(slip: Slip) -> Report | None:
    """`when a if b exit`."""
    token = slip.token
    if token is None or not slip.at or slip.type_of(token) not in BLOCK_STEPS | {"SPLIT"}:
        return None
    if not slip.outline.expected() >= {"EXIT", "SET"}:
        return None
    return (
        "W125",
        f"`{token.text}` cannot stand on the line of what it belongs to",
        token.span,
        "put it on a line of its own below, indented",
    )


def wait_inline(slip: Slip) -> Report | None:
    """`if a wait up to 3 days until b`."""
    token, last = slip.token, slip.last
    if token is None or last is None:
        return None
    if token.text == "until" and last.text == "wait" and slip.at > 1:
        wait = last
    elif token.text == "to" and last.text == "up" and slip.at > 2 and slip.line.tokens[slip.at - 2].text == "wait":
        wait = slip.line.tokens[slip.at - 2]
    else:
        return None
    words = "wait until" if token.text == "until" else "wait up to"
    return (
        "W125",
        f"`{words}` cannot stand on the line of what it belongs to",
        Span(wait.start, token.end),
        "put it on a line of its own below, indented: an `else` at its own depth belongs to it",
    )


def also_inline(slip: Slip) -> Report | None:
    """`also when b exit`."""
    token = slip.token
    if token is None or not slip.types or slip.types[0] != "ALSO":
        return None
    if slip.type_of(token) not in STEPS | BLOCK_STEPS:
        return None
    return "W125", "with `also` the steps stand on lines of their own", token.span, "put the step below, indented"


def stray_else(slip: Slip) -> Report | None:
    """An `else` that belongs to nothing."""
    token = slip.token
    if token is None or slip.at or token.quoted or token.text != "else":
        return None
    before = slip.before
    help = "an `else` stands below its `if` or its wait, at the same depth"
    if before is not None and before.tokens[0].text == "wait" and before.indent == slip.line.indent:
        help = "only a wait with `until` or `for` has an `else`; after a length of time the path simply goes on"
    return "W101", "this `else` belongs to nothing", token.span, help


def wrong_place(slip: Slip) -> Report | None:
    """A line that would be right elsewhere."""
    token = slip.token
    if token is None or slip.at or token.type != "NAME" or token.quoted:
        return None
    spelled = slip.type_of(token)
    kinds = (
        (_ITEMS, "stands at the margin", "begin the line at the margin"),
        (_TRIGGERS, "begins a trigger", "a trigger stands at the margin or directly in a journey"),
        (STEPS | BLOCK_STEPS, "is a step", "a step stands in the body of a trigger, indented"),
        (_HEADER, "is a line of a header", "put it into the header of a journey, above its triggers or beside them"),
        (_TEST, "is a line of a test", "put it into a `test`, indented"),
        (frozenset({"CONSENT", "QUOTA"}), "is a setting", "put it into `settings`, indented"),
        (frozenset({"ALSO"}), "adds an entry point to a trigger", "put it below the first line of the trigger"),
        (frozenset({"VARIANT"}), "is a variant of a split", "put it below a `split`, indented"),
    )
    for words, what, help in kinds:
        if spelled in words:
            return "W101", f"`{token.text}` {what} and cannot stand here", token.span, help
    return None

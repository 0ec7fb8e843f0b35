"""What to say about a line that does not parse: the slips that people make, each with a hint of its own.

`explain` asks the hints one after the other; the first that recognises the slip gives the report.
"""

from wend.dsl.machine import Outline, prepared
from wend.dsl.slips import habits, phrases, places, schedules, signs, steps, trials, units, words
from wend.dsl.slips.base import Report, Slip, expectation
from wend.dsl.source import Span
from wend.dsl.tokens import Line

__all__ = ["Report", "Slip", "explain", "has_its_step", "missing_body", "missing_line", "nested_too_deeply", "too_deep"]

_HINTS = (
    habits.currency,
    signs.wrong_sign,
    signs.thousands,
    places.continued_step,
    habits.is_value,
    habits.has,
    habits.ago,
    habits.count_of_time,
    habits.message,
    habits.aggregate,
    habits.round_list,
    habits.once_more,
    steps.sending,
    trials.beginning,
    phrases.channel,
    phrases.quoted_name,
    phrases.broken_name,
    phrases.waiting,
    steps.first_word,
    steps.setting,
    steps.events,
    phrases.times,
    schedules.month_name,
    schedules.several,
    schedules.adverb,
    schedules.other_day,
    schedules.clock_number,
    trials.test_line,
    trials.span_of_time,
    trials.table,
    phrases.audience,
    phrases.margin,
    words.reserved,
    places.continuing_word,
    places.continued_name,
    places.offset_in_condition,
    places.window_after_where,
    places.window_without_in,
    places.window_outside,
    words.else_if,
    words.filler,
    units.missing_unit,
    units.misspelt_unit,
    words.weekday,
    places.chained,
    places.block_step_inline,
    places.wait_inline,
    places.also_inline,
    words.step_as_value,
    habits.verb,
    words.misspelt,
    places.stray_else,
    places.wrong_place,
    steps.unfinished,
    signs.missing_value,
    steps.types,
    phrases.missing_word,
    steps.unquoted,
    steps.no_number,
    steps.instead,
)


_ITEMS = (
    "a line at the margin begins with `journey`, `when`, `on`, `every`, `once`, `segment`, `define`, `contact`, "
    "`event`, `settings`, `test` or `use`"
)


def explain(slip: Slip) -> Report:
    """The report for a line that does not parse."""
    for hint in _HINTS:
        report = hint(slip)
        if report is not None:
            return report
    expected = expectation(slip.outline, slip.last_type == "NAME")
    token = slip.token
    if not slip.at and not slip.outline.takes("_DEDENT") and slip.outline.takes("JOURNEY") and token is not None:
        return "W101", f"`{token.text}` begins nothing that a script can hold", token.span, _ITEMS
    if token is None:
        end = slip.line.end
        if expected is None:
            return "W121", "the line ends too early", Span(end, end), "say the rest of it"
        return "W121", "the line ends too early", Span(end, end), f"expected: {expected}"
    help = f"expected: {expected}" if expected else "take it away"
    return "W101", f"`{token.text}` cannot stand here", token.span, help


def nested_too_deeply(span: Span) -> Report:
    """The text is nested deeper than a tree may be."""
    place = Span(span.start, min(span.end, span.start + 40))
    help = "give a part of it a name with `define`, or move steps into a journey of their own"
    return "W115", "this is nested too deeply", place, help


def has_its_step(line: Line) -> bool:
    """Whether the line begins what could have a body, so that its step must be on it if it takes none."""
    return line.tokens[0].text in ("when", "on", "every", "once", "if", "else", "variant", "repeat")


def too_deep(before: Line, line: Line) -> Report:
    """A line is deeper than the one before, which takes no block."""
    span = Span(line.start, line.tokens[0].end)
    message = "this line is deeper than the one above, which takes no body"
    if has_its_step(before):
        help = "put the step above on a line of its own, indented like this one"
        return "W125", "the line above has its step already, so nothing can stand below it", span, help
    return "W111", message, span, "indent it like the line above"


def missing_line(last: Line, outline: Outline) -> Report:
    """A block ends too early: a table without rows, a test that has nothing but a table."""
    if outline.takes("ADVANCE"):
        help = "say below the table what is given and what is expected, indented like `with each`"
        return "W112", "this test has nothing but a table", Span(last.start, last.end), help
    help = 'write the names of the columns, and below them rows with a value for each: `"free" | 1`'
    return "W112", "this table has no rows", Span(last.start, last.end), help


def missing_body(line: Line) -> Report:
    """A line asks for a body and none follows."""
    first, last = line.tokens[0], line.tokens[-1]
    span = Span(line.start, line.end)
    if len(line.tokens) > 1 and last.type == "NAME" and not last.quoted and last.text in ("exit", "stop"):
        return "W121", f"`{last.text}` is read as a name here", last.span, f"a value is missing before `{last.text}`"
    known = first.text if first.text in prepared().tables.keywords else "this line"
    name = f"`{known}`" if known != "this line" else known
    return "W112", f"{name} has no body", span, "indent what belongs to it by four spaces, on the lines below"

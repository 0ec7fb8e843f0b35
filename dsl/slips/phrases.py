"""Habits from mail tools and English: steps, triggers and headers that are said otherwise here."""

from wend.dsl.builtins import BUILTIN_EVENTS
from wend.dsl.machine import Outline
from wend.dsl.slips.base import DAYS, STEPS, Report, Slip, feed
from wend.dsl.source import Span
from wend.dsl.tokens import Token

_COUNTS = {
    word: number
    for number, words in enumerate(
        ("", "a an one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
    )
    for word in words.split()
}
_UNITS = ("second", "minute", "hour", "day", "week", "month", "year")
_NAMED = frozenset({"JOURNEY", "SEGMENT", "EVENT", "DEFINE", "ON", "AS", "VARIANT", "SPLIT", "EMIT", "FOR"})
_EVERYBODY = frozenset({"all", "everyone", "everybody", "any", "anyone", "people", "users", "subscribers"})
_INSERTED = ("AT", "ON", "PER", "EQUAL", "TO", "OF", "FROM", "WHERE", "WITH", "UNTIL")
_CLOCKS = {"noon": "12pm", "midnight": "0:00", "midday": "12pm"}


def channel(slip: Slip) -> Report | None:
    """`send "x"`, `send email welcome`."""
    token = slip.token
    if token is None or not slip.types:
        return None
    if slip.last_type == "SEND" and token.type == "STRING":
        message = f"a channel is missing before `{token.text}`"
        return "W121", message, token.span, f"write `send email {token.text}`, or another channel"
    if slip.types[-2:] == ("SEND", "NAME") and token.type == "NAME" and token.text not in ("between", "at", "to"):
        last = slip.line.tokens[slip.at - 1]
        if last.text in ("an", "a", "the"):
            return "W101", f"`{last.text}` is one word too many", last.span, "take it away"
        joined = _joined(slip, slip.at)
        return "W101", "the name of a template stands between quotes", _span(joined), f'write `"{_glued(joined)}"`'
    return None


def quoted_name(slip: Slip) -> Report | None:
    """`journey "Welcome series"`."""
    token = slip.token
    if token is None or token.type != "STRING" or slip.last_type not in _NAMED or "NAME" not in slip.outline.expected():
        return None
    word = slip.line.tokens[slip.at - 1].text
    name = _as_name(str(token.value))
    title = f" {token.text}" if slip.last_type == "JOURNEY" else ""
    help = f"write `{word} {name}{title}`"
    return "W101", "a name stands without quotes, and without spaces", token.span, help


def broken_name(slip: Slip) -> Report | None:
    """`journey my-journey`, `on contact created`, `segment big spenders = …`."""
    token = slip.token
    if token is None or len(slip.types) < 2 or slip.types[-1] != "NAME" or slip.types[-2] not in _NAMED:
        return None
    if token.text == "-" and slip.next is not None and slip.next.type in ("NAME", "NUMBER"):
        parts = _joined(slip, slip.at - 1)
        return "W101", "a name has no `-` in it", _span(parts), f"write `{_glued(parts, '_')}`"
    if token.type != "NAME" or token.quoted or token.text == "then":
        return None
    words = _joined(slip, slip.at - 1)
    name = _glued(words, "_")
    short = f"{words[0].text}_{words[1].text}" if len(words) > 1 else ""
    if slip.types[-2] == "ON" and short in BUILTIN_EVENTS:
        return "W101", "a name has no spaces", Span(words[0].start, words[1].end), f"write `{short}`"
    following = slip.line.tokens[slip.at + len(words) - 1 : slip.at + len(words)]
    titled = slip.types[-2] == "JOURNEY" and bool(following) and following[0].type == "STRING"
    ends = not following or following[0].text in ("=", ":") or titled
    if not ends or any(slip.type_of(each) in STEPS for each in words[1:]):
        return None
    return "W101", "a name has no spaces", _span(words), f"write `{name}`"


def _joined(slip: Slip, first: int) -> list[Token]:
    """A name and the words that go on with it, by a minus or a space."""
    tokens, end = slip.line.tokens, first + 1
    while end < len(tokens) and (tokens[end].type in ("NAME", "NUMBER") or tokens[end].text == "-"):
        beside = "-" in (tokens[end].text, tokens[end - 1].text) or slip.type_of(tokens[end]) == "NAME"
        if not beside and tokens[end].text not in ("journey", "event", "list", "day", "month", "segment"):
            break
        end += 1
    return tokens[first:end]


def _span(tokens: list[Token]) -> Span:
    return Span(tokens[0].start, tokens[-1].end)


def _glued(tokens: list[Token], sign: str = "-") -> str:
    return sign.join(token.text for token in tokens if token.text != "-")


def _as_name(text: str) -> str:
    name = "_".join("".join(char if char.isalnum() else " " for char in text).lower().split())
    return name if name and not name[0].isdigit() else "my_" + (name or "name")


def waiting(slip: Slip) -> Report | None:
    """`wait for 3 days`, `wait for purchase`, `wait a week`, `after 3 days send …`."""
    token, last = slip.token, slip.last
    if token is None:
        return None
    words = [each.text for each in slip.line.tokens]
    if last is not None and words[slip.at - 2 : slip.at] == ["wait", "for"]:
        span = Span(last.start, token.end)
        if token.type in ("SPAN", "NUMBER"):
            amount = token.text if token.type == "SPAN" else f"{token.text} days"
            return "W101", "a length of time stands directly behind `wait`", span, f"write `wait {amount}`"
        if token.text in _COUNTS and slip.next is not None and _unit(slip.next.text):
            amount = _amount(_COUNTS[token.text], slip.next.text)
            return "W101", "a length of time stands directly behind `wait`", span, f"write `wait {amount}`"
        if token.type == "NAME":
            article = token.text in ("the", "a", "an") and slip.next is not None and slip.next.type == "NAME"
            event = slip.next.text if article and slip.next is not None else token.text
            help = f"say how long: `wait up to 3 days for {event}`"
            return "W101", "a wait for an event has a bound", span, help
    if last is not None and last.text in _COUNTS and slip.last_type == "NAME" and _unit(token.text):
        amount = _amount(_COUNTS[last.text], token.text)
        span = Span(last.start, token.end)
        return "W116", "a length of time has a number and a unit", span, f"write `{amount}`"
    if not slip.at and token.text in ("after", "then", "delay", "pause") and slip.outline.takes("WAIT"):
        spans = [each.text for each in slip.line.tokens if each.type == "SPAN"]
        rest = "; the step stands on the next line" if len(words) > 2 else ""
        return "W101", f"`{token.text}` is no step", token.span, f"write `wait {(spans or ['3 days'])[0]}`{rest}"
    return None


def _unit(word: str) -> bool:
    return word.removesuffix("s") in _UNITS


def _amount(number: int, unit: str) -> str:
    return f"{number} {unit.removesuffix('s')}" + ("" if number == 1 else "s")


def times(slip: Slip) -> Report | None:
    """`every week on monday`, `every day at 9`, `send email "x" at 9am`, `at noon`."""
    token, last = slip.token, slip.last
    if token is None:
        return None
    texts = [each.text for each in slip.line.tokens]
    if slip.last_type == "EVERY" and token.text in ("week", "weeks", "weekly"):
        day = next((word for word in texts if word.upper() in DAYS), "monday")
        return "W101", "a schedule of every week names its day", token.span, f"write `every {day}`"
    if slip.last_type == "EVERY" and token.text in ("morning", "evening", "night", "hour", "minute", "noon"):
        help = "write `every 1 hour`" if token.text == "hour" else "write `every day at 9am`, say"
        return "W101", f"`{token.text}` is no schedule", token.span, help
    if last is not None and slip.last_type == "AT" and "CLOCK" in slip.outline.expected():
        if token.type == "NUMBER":
            return (
                "W105",
                f"`{token.text}` is no time of day",
                token.span,
                f"write `{token.text}am` or `{token.text}:00`",
            )
        if token.text in _CLOCKS:
            return "W105", f"`{token.text}` is no time of day", token.span, f"write `{_CLOCKS[token.text]}`"
    if token.text in ("at", "on") and any(each in ("SEND", "NOTIFY") for each in slip.types):
        help = "the time stands in the trigger, `every day at 9am`, or on the line before the step: `wait until 9am`"
        return "W101", "a step has no time of its own", token.span, help
    return None


def audience(slip: Slip) -> Report | None:
    """`audience = vip`, `audience plan = "paid"`, `audience contacts in "VIP"`, `segment vip` in a journey."""
    token = slip.token
    if token is None:
        return None
    tokens = slip.line.tokens
    if slip.types[:1] == ("AUDIENCE",):
        if slip.at == 1 and token.text in ("=", "is", "of"):
            return "W101", f"`{token.text}` has no meaning here", token.span, "take it away"
        if slip.at < 2:
            return None
        first = tokens[1].text
        if first in _EVERYBODY:
            return (
                "W101",
                "all contacts are called `contacts`",
                Span(tokens[1].start, token.end),
                "write `audience contacts`",
            )
        if token.text in ("in", "on") and slip.next is not None and slip.next.type == "STRING":
            help = f"write `audience contacts where {slip.next.text} in lists`"
            return "W101", "a list is asked for in a condition", Span(token.start, slip.next.end), help
        if token.text in ("with", "who", "if", "when", "having", "whose", "that"):
            return "W101", "a condition on the audience follows `where`", token.span, "write `where`"
        if first != "contacts" and (token.type in ("CMP_OP", "EQUAL") or token.text in ("is", "contains", "in")):
            end = tokens[slip.at + 1].text if slip.at + 1 < len(tokens) else "\u2026"
            help = f"write `audience contacts where {first} {token.text} {end}`"
            return (
                "W101",
                "an audience is a segment, or a condition after `where`",
                Span(tokens[1].start, token.end),
                help,
            )
        return None
    inside = not slip.at and slip.outline.takes("AUDIENCE")
    if (
        inside
        and token.text in ("segment", "for", "to", "target", "who")
        and len(tokens) > 1
        and all(token.text != "=" for token in tokens)
    ):
        name = tokens[-1].text if tokens[-1].type == "NAME" else "vip"
        return "W101", f"`{token.text}` begins no line of a journey", token.span, f"write `audience {name}`"
    heads = ("on", "when", "every", "once")
    if inside and token.text in ("trigger", "start", "begin") and slip.next is not None and slip.next.text in heads:
        return "W101", f"`{token.text}` is one word too many", token.span, "take it away"
    return None


def margin(slip: Slip) -> Report | None:
    """`if plan = "free" …` and `7 days before birthday …` where a rule begins."""
    token = slip.token
    if token is None or slip.at or not slip.outline.takes("WHEN"):
        return None
    if token.text in ("if", "whenever", "as") and not slip.outline.takes("IF"):
        return "W101", f"`{token.text}` begins no rule", token.span, "write `when`"
    if token.type == "SPAN" and slip.next is not None and slip.next.text in ("before", "after"):
        help = f"write `when {token.text} {slip.next.text} \u2026`"
        return "W101", "a rule begins with `when`, `on`, `every` or `once`", token.span, help
    if token.text == "after" and slip.next is not None and slip.next.type == "SPAN":
        help = f"name the date that it counts from: `when {slip.next.text} after signup_date`"
        return "W101", "`after` begins no rule", Span(token.start, slip.next.end), help
    return None


def missing_word(slip: Slip) -> Report | None:
    """`every monday 9am`, `set stage "cold"`: one word is missing before what stands there."""
    token = slip.token
    if token is None or not slip.at or slip.wants_value() or token.type in ("WRONG", "NAME"):
        return None
    fitting: list[str] = []
    for word in _INSERTED:
        trial = slip.outline.copy()
        if trial.feed(word) and feed(trial, token) and _goes_on(slip, trial):
            fitting.append("=" if word == "EQUAL" else word.lower())
    if len(fitting) != 1:
        return None
    (word,) = fitting
    return "W121", f"`{word}` is missing before `{token.text}`", token.span, f"write `{word} {token.text}`"


def _goes_on(slip: Slip, trial: Outline) -> bool:
    following = slip.next
    return trial.takes("_NEWLINE") if following is None else feed(trial.copy(), following)

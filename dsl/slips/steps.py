"""Steps, settings and declarations that are begun with another word, or lack one."""

from wend.dsl.slips.base import KINDS, STEPS, Report, Slip, feed
from wend.dsl.source import Span
from wend.dsl.tokens import Token

_CHANNELS = frozenset({"email", "mail", "sms", "push", "text", "message", "e_mail"})
_ENDS = frozenset({"end", "endif", "end_if", "fi", "done", "endfor", "finish", "close"})
_STEPS = {
    "goto": "there are no jumps: `start journey \u2026` begins another journey",
    "jump": "there are no jumps: `start journey \u2026` begins another journey",
    "go": "there are no jumps: `start journey \u2026` begins another journey",
    "unsubscribe": "set the field that consent asks for: `set consent_email = false`",
    "leave": "write `exit`",
    "quit": "write `exit`",
    "return": "write `stop` to end the path, or `exit` to end the run",
    "break": "write `stop` to end the path, or `exit` to end the run",
    "sleep": "write `wait 3 days`",
    "trigger": "write `emit \u2026` for an event, or `start journey \u2026`",
    "fire": "write `emit \u2026`",
    "while": "write `repeat up to 3 times every 2 days until \u2026`",
    "loop": "write `repeat up to 3 times every 2 days`",
    "for": "write `repeat up to 3 times every 2 days`",
    "when": "inside a body write `if`, or `wait until`",
    "otherwise": "write `else`",
}
_SETTINGS = {
    "quiet": "write when messages may go out: `send between 8am and 8pm`",
    "frequency": "write `limit 2 email per 7 days`",
    "cap": "write `limit 2 email per 7 days`",
    "max": "write `limit 2 email per 7 days`",
    "sender": 'write `from "Ana <ana@shop.example>"`',
    "zone": 'write `timezone "Europe/Paris"`',
}
_UNITS = frozenset({"second", "minute", "hour", "day", "week", "month", "year"})
_TYPE_WORDS = frozenset({"optional", "nullable", "maybe", "unknown"})


def first_word(slip: Slip) -> Report | None:
    """`email "welcome"`, `end if`, `goto x`, `plan = "paid"` where a step begins."""
    token, following = slip.token, slip.next
    if token is None or slip.at or token.type != "NAME" or token.quoted:
        return None
    if slip.outline.takes("CONSENT") and token.text in _SETTINGS:
        return "W101", f"`{token.text}` begins no setting", token.span, _SETTINGS[token.text]
    if not slip.outline.takes("SET"):
        if token.text in _ENDS and len(slip.line.tokens) <= 2:
            return _end(slip, token)
        return None
    if token.text in _CHANNELS and following is not None and following.type == "STRING":
        name = "email" if "mail" in token.text or token.text == "message" else token.text
        return "W101", f"`{token.text}` is no step", token.span, f"write `send {name} {following.text}`"
    if token.text in ("tag", "label") and following is not None:
        return "W101", f"`{token.text}` is no step", token.span, f"write `add tag {following.text}`"
    if token.text in _ENDS:
        return _end(slip, token)
    if following is not None and following.type == "EQUAL":
        return "W101", "a field is changed by `set`", token.span, f"write `set {token.text} = \u2026`"
    if token.text in ("update", "change", "let", "assign") and following is not None:
        return "W101", f"`{token.text}` is no step", token.span, "write `set`"
    if token.text in _STEPS:
        return "W101", f"`{token.text}` is no step", token.span, _STEPS[token.text]
    return None


def _end(slip: Slip, token: Token) -> Report:
    if slip.next is not None and slip.next.text in ("journey", "run"):
        return "W101", f"`{token.text}` is no step", Span(token.start, slip.next.end), "write `exit`"
    help = "take the line away: a block ends where its indentation ends"
    return "W101", f"`{token.text}` has no meaning here", Span(token.start, slip.line.end), help


def sending(slip: Slip) -> Report | None:
    """`send email to x "welcome"`, `send from 8am to 8pm`, `add "vip" tag`, `limit email to 2 per 7 days`."""
    token = slip.token
    if token is None:
        return None
    tokens = slip.line.tokens
    texts = [each.value for each in tokens if each.type == "STRING"]
    if slip.types == ("SEND", "NAME") and token.text == "to" and texts:
        help = f'the template comes first: `send {tokens[1].text} "{texts[0]}" to \u2026`'
        return "W101", "`to` stands too early", token.span, help
    if slip.types == ("SEND", "NAME") and token.text in _CHANNELS and len(tokens) == 3:
        help = f'write `send {token.text} "{tokens[1].text}"`'
        return "W101", "the channel comes first, then the template", Span(tokens[1].start, token.end), help
    clocks = [each.text for each in tokens if each.type in ("CLOCK", "NUMBER")]
    window = slip.types[:1] == ("SEND",) and token.type in ("CLOCK", "NUMBER") and len(clocks) > 1
    if window and slip.last_type != "BETWEEN":
        help = "write `send between 8am and 8pm`, say"
        return "W101", "a window is said by `between`", Span(tokens[1].start, slip.line.end), help
    if slip.types == ("ADD",) and token.type == "STRING":
        where = "to list" if "list" in [each.text for each in tokens] else "tag"
        return "W101", f"the text stands last: `add {where}`", token.span, f"write `add {where} {token.text}`"
    if slip.types == ("LIMIT",) and token.type == "NAME":
        channel = slip.next.text if slip.next is not None and slip.next.text in _CHANNELS else token.text
        return "W101", "the number comes first", token.span, f"write `limit 2 {channel} per 7 days`"
    return None


def setting(slip: Slip) -> Report | None:
    """`set plan to "paid"`."""
    token = slip.token
    if token is None or slip.types[:2] != ("SET", "NAME") or token.text not in ("to", "as", "is", "be"):
        return None
    return "W101", "a field is set by `=`", token.span, "write `=`"


def events(slip: Slip) -> Report | None:
    """`on any purchase`, `on purchase if …`, `on purchase after 3 days`."""
    token, last = slip.token, slip.last
    if token is None or last is None or slip.types[:2] != ("ON", "NAME"):
        return None
    if token.text in ("if", "when", "with", "having", "and") and "WHERE" in slip.outline.expected():
        return "W101", "a condition on the event follows `where`", token.span, "write `where`"
    if token.text in ("after", "then") and slip.next is not None and slip.next.type == "SPAN":
        span = Span(token.start, slip.next.end)
        help = f"write `wait {slip.next.text}` as the first step, on a line of its own below"
        return "W101", "an event has no delay", span, help
    if slip.at == 2 and token.type == "NAME" and slip.type_of(token) not in STEPS:
        if last.text in ("any", "every", "each", "a", "an", "the", "new"):
            return "W101", f"`{last.text}` is one word too many", last.span, "take it away"
        if last.text == "first":
            help = f"`when any({token.text})` fires once, at the first; `on {token.text}` at each"
            return "W101", "`first` has no meaning here", last.span, help
    return None


def unfinished(slip: Slip) -> Report | None:
    """A line that ends with `and`."""
    last = slip.last
    if slip.token is not None or last is None or slip.last_type not in ("AND", "OR"):
        return None
    help = f"begin the next line with `{last.text}`, deeper than this one, and leave it out here"
    return "W121", f"a line cannot end with `{last.text}`", last.span, help


def unquoted(slip: Slip) -> Report | None:
    """`timezone Europe/Paris`, `from ana@shop.example`, `expect email welcome`."""
    token = slip.token
    expected = slip.outline.expected()
    if token is None or token.type not in ("NAME", "NUMBER") or "STRING" not in expected or "NAME" in expected:
        return None
    if slip.last_type in ("EXPECT", "NAME") and token.text in _CHANNELS:
        return None
    tokens, end = slip.line.tokens, slip.at + 1
    while end < len(tokens) and tokens[end].start == tokens[end - 1].end:
        end += 1
    text = "".join(each.text for each in tokens[slip.at : end])
    return "W101", "a text stands between quotes", Span(token.start, tokens[end - 1].end), f'write `"{text}"`'


def no_number(slip: Slip) -> Report | None:
    """`per week`, `wait 3 business days`."""
    token, last = slip.token, slip.last
    if token is None or token.type != "NAME":
        return None
    unit = token.text.removesuffix("s").lower()
    if unit in _UNITS and "SPAN" in slip.outline.expected():
        return "W116", f"`{token.text}` has no number", token.span, f"write `1 {unit}`"
    kind = token.text in ("business", "working", "calendar", "full", "whole") and slip.last_type == "NUMBER"
    if kind and last is not None and slip.next is not None:
        help = f"write `{last.text} {slip.next.text}`; `wait until weekday` goes on to the next working day"
        return "W101", f"`{token.text}` has no meaning here", token.span, help
    return None


def instead(slip: Slip) -> Report | None:
    """`send between 8am - 8pm`, `segment vip where …`, `timezone = "…"`: one word in another's place, or too many."""
    token = slip.token
    if token is None or not slip.at or slip.wants_value():
        return None
    expected = slip.outline.expected() - {"LPAR", "DOT", "_NEWLINE"}
    if len(expected) == 1 and slip.next is not None and not expected & KINDS.keys():
        trial = slip.outline.copy()
        trial.feed(*expected)
        if feed(trial, slip.next):
            word = "=" if expected == {"EQUAL"} else next(iter(expected)).lower()
            return "W101", f"`{word}` is expected in place of `{token.text}`", token.span, f"write `{word}`"
    if token.text in ("=", "of", "to", "is", "as") and slip.next is not None and feed(slip.outline.copy(), slip.next):
        return "W101", f"`{token.text}` has no meaning here", token.span, "take it away"
    return None


def types(slip: Slip) -> Report | None:
    """`birthday date optional`, `plan "free" or "paid"`, `plan enum("free", "paid")`."""
    token, last = slip.token, slip.last
    if token is None or last is None or not slip.begin.takes("NAME") or slip.begin.takes("EXIT"):
        return None
    if "QMARK" not in slip.outline.expected():
        return None
    if token.text in _TYPE_WORDS:
        return "W101", f"`{token.text}` is no part of a type", token.span, f"write `{last.text}?`"
    if slip.last_type == "STRING" and token.text in ("or", ",", "/"):
        return "W101", "the values of a field stand with `|` between them", token.span, "write `|`"
    if token.text == "(":
        help = 'write the values with `|` between them: `"free" | "paid"`'
        return "W101", "a type has no brackets", token.span, help
    if token.text == ",":
        return "W101", "`,` has no meaning here", token.span, "take it away: each field stands on a line of its own"
    return None

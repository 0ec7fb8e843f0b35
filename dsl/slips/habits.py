"""Habits from spreadsheets, mail tools and English: conditions that are said otherwise here."""

from wend.dsl.builtins import BUILTIN_EVENTS
from wend.dsl.slips.base import COMPARISONS, Report, Slip
from wend.dsl.source import Span
from wend.dsl.tokens import Token

_ABSENT = frozenset({"empty", "null", "blank", "none", "nothing", "missing", "unset", "nil", "NULL", "undefined"})
_PRESENT = frozenset({"set", "present", "filled", "given", "available", "there"})
_MORE = {
    ("greater",): ">",
    ("more",): ">",
    ("bigger",): ">",
    ("higher",): ">",
    ("over",): ">",
    ("above",): ">",
    ("exceeds",): ">",
    ("less",): "<",
    ("fewer",): "<",
    ("lower",): "<",
    ("under",): "<",
    ("below",): "<",
    ("at", "least"): ">=",
    ("at", "most"): "<=",
    ("after",): ">",
    ("before",): "<",
    ("later",): ">",
    ("earlier",): "<",
    ("equal",): "=",
    ("equals",): "=",
    ("exactly",): "=",
    ("contains",): "contains",
    ("in",): "in",
}
_VERBS = {
    "like": "contains",
    "includes": "contains",
    "include": "contains",
    "containing": "contains",
    "begins": "starts with",
    "equals": "=",
    "equal": "=",
    "eq": "=",
    "exceeds": ">",
    "gt": ">",
    "lt": "<",
}
_UNITS = frozenset({"days", "hours", "weeks", "months", "years", "day", "hour", "week", "month", "year"})
_OF_A_MESSAGE = frozenset({"sent", "opened", "clicked", "bounced"})
_WAS = frozenset({"was", "were", "are", "does", "did", "doesn", "isn", "wasn"})
_CURRENCY = "$\u20ac\u00a3\u00a5"


def is_value(slip: Slip) -> Report | None:
    """`plan is "free"`, `country is not null`, `score is more than 3`."""
    token = slip.token
    if token is None or slip.last_type != "IS":
        return None
    left = _name_before(slip, slip.at - 1)
    rest = slip.line.tokens[slip.at :]
    words = [each.text for each in rest]
    negated = words[0] == "not"
    if negated:
        rest, words = rest[1:], words[1:]
    message = "`is` only asks whether a value is known"
    span = Span(slip.line.tokens[slip.at - 1].start, (rest[0] if rest else token).end)
    if not rest:
        return "W101", message, span, f"write `{left} is known`, or a comparison such as `{left} = 3`"
    if words[0] in _ABSENT | _PRESENT | {"known", "unknown"}:
        known = (words[0] in _PRESENT | {"known"}) is not negated
        return "W101", message, span, f"write `{left} is {'known' if known else 'unknown'}`"
    event = f"{left}_{words[0]}"
    if event in BUILTIN_EVENTS:
        return "W101", message, span, f"write `on {event}`"
    operator, value = _compared(rest)
    if negated and operator == "=":
        operator = "!="
    if value is None:
        return "W101", message, span, f"compare with `=`, `!=`, `<` or `>`: `{left} = 3`, say"
    if value.type == "NAME" and not value.quoted and value.text not in ("true", "false"):
        quoted = f'`{left} {operator} "{value.text}"`'
        return "W101", message, span, f"write `{left} {operator} {value.text}`, or {quoted} where it is a text"
    return "W101", message, span, f"write `{left} {operator} {value.text}`"


def _compared(rest: list[Token]) -> tuple[str, Token | None]:
    """The comparison that words such as `more than` mean, and what stands after them."""
    words = tuple(each.text for each in rest[:2])
    for length in (2, 1):
        operator = _MORE.get(words[:length])
        if operator is not None and len(words) >= length:
            after = rest[length:]
            while after and after[0].text in ("than", "to", "or", "then"):
                after = after[1:]
            return operator, after[0] if after else None
    return "=", rest[0]


def _name_before(slip: Slip, position: int) -> str:
    """The name that ends before a token of the line, with its points; `plan` where there is none."""
    tokens = slip.line.tokens
    start = position
    while start and (tokens[start - 1].type == "NAME" or tokens[start - 1].text == "."):
        if tokens[start - 1].type == "NAME" and start < position and tokens[start].type == "NAME":
            break
        start -= 1
    return "".join(token.text for token in tokens[start:position]) or "plan"


def has(slip: Slip) -> Report | None:
    """`has tag "x"`, `does not have list "x"`, `has purchased`."""
    tokens = slip.line.tokens
    for position in (slip.at, slip.at - 1, slip.at - 2):
        if not 0 <= position < len(tokens) - 1 or tokens[position].text not in ("has", "have", "having"):
            continue
        word, rest = tokens[position], tokens[position + 1 :]
        while rest and rest[0].text in ("the", "a", "an", "not", "no"):
            rest = rest[1:]
        span = Span(word.start, rest[0].end if rest else word.end)
        message = f"`{word.text}` asks nothing here"
        if len(rest) > 1 and rest[0].text in ("tag", "list") and rest[1].type == "STRING":
            return "W101", message, Span(word.start, rest[1].end), f"write `{rest[1].text} in {rest[0].text}s`"
        if rest and rest[0].type == "NAME":
            event = rest[0].text
            help = f'whether something happened is asked by `any({event})`, a tag by `"vip" in tags`'
            return "W101", message, span, help
    return None


def ago(slip: Slip) -> Report | None:
    """`last_purchase > 120 days ago`."""
    token, last = slip.token, slip.last
    if token is None or last is None or token.text not in ("ago", "old") or slip.last_type not in ("SPAN", "NUMBER"):
        return None
    amount, _, unit = last.text.partition(" ")
    unit = (unit or "days").removesuffix("s") + "s"
    known = unit if unit in ("hours", "days", "weeks", "months", "years") else "days"
    name, sign = "last_purchase", ">="
    for position in range(slip.at - 1, 0, -1):
        if slip.types[position] in COMPARISONS:
            name = _name_before(slip, position)
            sign = slip.line.tokens[position].text if slip.types[position] == "CMP_OP" else "="
            break
    return "W101", f"`{token.text}` has no meaning here", token.span, f"write `{known}_since({name}) {sign} {amount}`"


def count_of_time(slip: Slip) -> Report | None:
    """`days since last_purchase > 120`."""
    token, last, following = slip.token, slip.last, slip.next
    if token is None or last is None or token.text not in ("since", "until", "from", "to", "after", "before"):
        return None
    if last.text not in _UNITS or slip.last_type != "NAME":
        return None
    direction = "since" if token.text in ("since", "from", "after") else "until"
    unit = last.text.removesuffix("s") + "s"
    name = following.text if following is not None and following.type == "NAME" else "last_purchase"
    span = Span(last.start, following.end if following is not None else token.end)
    return "W101", "a count of time is a function", span, f"write `{unit}_{direction}({name})`"


def verb(slip: Slip) -> Report | None:
    """`email like "gmail"`, `age between 18 and 30`, `plan was "free"`."""
    token = slip.token
    if token is None or token.type != "NAME" or token.quoted or slip.last_type not in ("NAME", "RPAR"):
        return None
    if "AND" not in slip.outline.expected():
        return None
    left, rest = _name_before(slip, slip.at), slip.line.tokens[slip.at + 1 :]
    if token.text == "between" and len(rest) > 2 and rest[1].text == "and":
        help = f"write `{left} >= {rest[0].text} and {left} <= {rest[2].text}`"
        return "W101", "`between` has no meaning in a condition", Span(token.start, rest[2].end), help
    if token.text in _VERBS and rest:
        skip = 1 if rest[0].text in ("with", "to", "than") and len(rest) > 1 else 0
        help = f"write `{left} {_VERBS[token.text]} {rest[skip].text.replace('%', '')}`"
        return "W101", f"`{token.text}` compares nothing", token.span, help
    operator, value = _compared([token, *rest])
    if operator != "=" and value is not None and token.text != "in":
        return "W101", f"`{token.text}` compares nothing", token.span, f"write `{left} {operator} {value.text}`"
    if token.text in _WAS:
        operator, value = _compared(rest) if rest else ("=", None)
        if value is not None and value.type == "SPAN" and any(each.text == "ago" for each in rest):
            amount, _, unit = value.text.partition(" ")
            said = f"{unit.removesuffix('s')}s_since({left}) {'>=' if operator == '=' else operator} {amount}"
            return "W101", f"`{token.text}` compares nothing", token.span, f"write `{said}`"
        said = f"{left} {operator} {value.text}" if value is not None else f"{left} = 3"
        return "W101", f"`{token.text}` compares nothing", token.span, f"write `{said}`"
    if token.text in _OF_A_MESSAGE and slip.last_type == "NAME":
        return "W101", f"`{token.text}` stands behind a point", token.span, f"write `{left}.{token.text}`"
    return None


_COUNTS = {
    "count": "count",
    "number": "count",
    "sum": "sum",
    "total": "sum",
    "average": "average",
    "maximum": "max",
    "minimum": "min",
}


def aggregate(slip: Slip) -> Report | None:
    """`count of purchases`, `sum(purchase.amount, last 30 days)`."""
    token, last, following = slip.token, slip.last, slip.next
    if token is None or last is None:
        return None
    if token.text == "of" and last.text in _COUNTS and following is not None and following.type == "NAME":
        call = _COUNTS[last.text]
        field = f"{following.text}.amount" if call != "count" else following.text
        span = Span(last.start, following.end)
        return "W101", "an aggregate has brackets", span, f"write `{call}({field})`"
    if token.type == "SPAN" and last.text in ("last", "past") and slip.types[-2:] == ("COMMA", "NAME"):
        help = f"write `in last {token.text}` in place of `, {last.text} {token.text}`"
        return "W117", "a window begins with `in last`", Span(last.start, token.end), help
    return None


def message(slip: Slip) -> Report | None:
    """`opened "first"`."""
    token, last = slip.token, slip.last
    if token is None or last is None or last.text not in _OF_A_MESSAGE or slip.last_type != "NAME":
        return None
    if token.type != "STRING" or slip.outline.takes("STRING"):
        return None
    help = f"give the message a name, `send email {token.text} as first`, and ask `first.{last.text}`"
    return "W101", "a message is asked about by its name", Span(last.start, token.end), help


def round_list(slip: Slip) -> Report | None:
    """`country in ("FR", "DE")`."""
    token = slip.token
    if token is None or token.text != ",":
        return None
    for position in range(slip.at - 1, 0, -1):
        if slip.types[position] == "LPAR":
            if slip.types[position - 1] != "IN":
                return None
            start = slip.line.tokens[position]
            ends = (each for each in slip.line.tokens[slip.at :] if each.text == ")")
            end = next(ends, token)
            inside = [each.text for each in slip.line.tokens[position + 1 :] if each.end < end.end or each is token]
            written = "".join(each if each != "," else ", " for each in inside)
            help = f"write `[{written}]`" if end is not token else "write the list between `[` and `]`"
            return "W101", "a list stands between square brackets", Span(start.start, end.end), help
    return None


def once_more(slip: Slip) -> Report | None:
    """`age >= 18 and <= 30`."""
    token = slip.token
    if token is None or slip.last_type not in ("AND", "OR") or slip.type_of(token) not in COMPARISONS:
        return None
    if slip.type_of(token) == "IN":
        return None
    for position in range(slip.at - 2, 0, -1):
        if slip.types[position] in COMPARISONS:
            left = _name_before(slip, position)
            following = f" {slip.next.text}" if slip.next is not None else ""
            help = f"say again what is compared: `{left} {token.text}{following}`"
            return "W121", f"a value is missing before `{token.text}`", token.span, help
    return None


def currency(slip: Slip) -> Report | None:
    """`total > $100`, `total > 100€`."""
    token = slip.token
    if token is None or token.type != "WRONG" or token.text not in _CURRENCY:
        return None
    near = [each for each in (slip.next, slip.last) if each is not None and each.type == "NUMBER"]
    if not near:
        return None
    return "W108", f"`{token.text}` has no meaning here", token.span, f"write the number alone: `{near[0].text}`"

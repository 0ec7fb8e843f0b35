"""Days and times that are said otherwise, and the lines of tests that go with days."""

import datetime as dt
from contextlib import suppress

from wend.dsl.slips.base import DAYS, Report, Slip
from wend.dsl.source import Span

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ADVERBS = {
    "daily": "every day",
    "weekly": "every monday",
    "monthly": "every month on day 1",
    "yearly": "every year on birthday",
    "annually": "every year on birthday",
    "hourly": "every 1 hour",
}


def month_name(slip: Slip) -> Report | None:
    """`once on 1 March 2027`, `active from March 1`."""
    token, following = slip.token, slip.next
    if token is None or "DATE" not in slip.outline.expected() or slip.wants_value():
        return None
    near = slip.line.tokens[slip.at : slip.at + 4]
    months = [each for each in near[:2] if each.text.lower()[:3] in _MONTHS and each.type == "NAME"]
    days = [each for each in near[:2] if each.type == "NUMBER"]
    if not months or not days:
        return None
    years = [each for each in near[2:] if each.type == "NUMBER" and len(each.text) == 4]
    month = _MONTHS.index(months[0].text.lower()[:3]) + 1
    advice = "a date is year, month, day: `2027-03-01`"
    if years:
        with suppress(ValueError):  # there is no such day
            advice = f"write `{dt.date(int(years[0].text), month, int(days[0].text)).isoformat()}`"
    end = (years or [following or token])[0].end
    return "W104", "this is not how a date is written", Span(token.start, end), advice


def several(slip: Slip) -> Report | None:
    """`every monday and friday`, `every day at 9am and 5pm`."""
    token, last, following = slip.token, slip.last, slip.next
    if token is None or last is None or "EVERY" not in slip.types[:2]:
        return None
    words = [each.text for each in slip.line.tokens]
    for position in (slip.at, slip.at - 1):
        if words[position : position + 1] == ["and"] and words[position - 1].upper() in DAYS:
            day = words[position + 1] if position + 1 < len(words) else "friday"
            span = slip.line.tokens[position].span
            return "W101", "days stand with a comma between them", span, f"write `{words[position - 1]}, {day}`"
    if slip.last_type in DAYS and token.text == "and":
        return "W101", "days stand with a comma between them", token.span, "write `,`"
    if slip.last_type == "CLOCK" and token.text in ("and", ",") and following is not None and following.type == "CLOCK":
        help = f"write a second line below: `also every day at {following.text}`"
        return "W101", "a schedule has one time of day", Span(token.start, following.end), help
    return None


def adverb(slip: Slip) -> Report | None:
    """`daily at 9am`, `every first monday`."""
    token = slip.token
    if token is None:
        return None
    if not slip.at and token.text in _ADVERBS and slip.outline.takes("EVERY"):
        return "W101", f"`{token.text}` begins no rule", token.span, f"write `{_ADVERBS[token.text]}`"
    if slip.last_type == "EVERY" and token.text in ("first", "second", "third", "fourth", "last", "other"):
        help = "write a day of the week, `every monday`, some weeks, `every 2 weeks`, or `every month on day 1`"
        return "W101", f"`{token.text}` is no schedule", token.span, help
    if slip.types[-2:] == ("MONTH", "ON") and token.text in ("the", "first", "last"):
        return "W101", f"`{token.text}` is no day of a month", token.span, "write `day 1`, say"
    return None


def other_day(slip: Slip) -> Report | None:
    """`on 2027-03-01`, `wait until Monday 9am`, `wait until next monday`."""
    token, last = slip.token, slip.last
    if token is None or last is None:
        return None
    if slip.types == ("ON",) and token.type == "DATE":
        return "W101", "a rule for one day begins with `once`", token.span, f"write `once on {token.text}`"
    if slip.types[:2] != ("WAIT", "UNTIL"):
        return None
    if last.text.upper() in DAYS and token.type == "CLOCK":
        span = Span(last.start, token.end)
        return "W121", f"`at` is missing before `{token.text}`", span, f"write `{last.text.lower()} at {token.text}`"
    if last.text in ("next", "the", "this", "on") and token.text.upper() in DAYS:
        return "W101", f"`{last.text}` is one word too many", last.span, "take it away"
    return None


def clock_number(slip: Slip) -> Report | None:
    """`send between 8 and 20`."""
    token = slip.token
    if token is None or token.type != "NUMBER":
        return None
    expected = slip.outline.expected()
    hour = int(token.text) if token.text.isdigit() and int(token.text) < 24 else None
    if "CLOCK" not in expected or "NUMBER" in expected or hour is None:
        return None
    written = f"`{hour}am` or `{hour}:00`" if 1 <= hour <= 12 else f"`{hour}:00`"
    return "W105", f"`{token.text}` is no time of day", token.span, f"write {written}"

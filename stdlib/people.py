"""Functions about people: their age and anniversaries, and their addresses."""

import datetime as dt

from email_validator import EmailNotValidError, ValidatedEmail, validate_email

from wend.dsl.period import Period
from wend.dsl.signatures import Parameter
from wend.dsl.types import BOOLEAN, DATE, NUMBER, TEXT
from wend.runtime.calendar import ONE_DAY, add_to_date
from wend.runtime.functions import FunctionError, Moment
from wend.runtime.values import FOREVER, Bounded
from wend.stdlib.declare import date_or_datetime, function
from wend.stdlib.time import YEARS, local_date


def _next_anniversary(moment: Moment, value: dt.date) -> Bounded:
    """The first of the yearly returns of a date that is not past; the date itself is none."""
    zone = moment.zone
    date, today = local_date(moment, value), zone.date(moment.now)
    years = max(1, today.year - date.year)
    found = add_to_date(date, Period(months=12 * years))
    if found is not None and found < today:
        found = add_to_date(date, Period(months=12 * (years + 1)))
    if found is None:
        raise FunctionError(f"the next anniversary of `{date}` is beyond the calendar")
    if date == today:
        # It may be `today` or `now`, which tomorrow is another date.
        return Bounded(found, zone.next_day(moment.now))
    return Bounded(found, zone.day_start(found + ONE_DAY) if found < dt.date.max else FOREVER)


def _address(text: str) -> ValidatedEmail | None:
    """The parts of an e-mail address, by its form alone: nothing is looked up."""
    try:
        return validate_email(text, check_deliverability=False, globally_deliverable=False)
    except EmailNotValidError:
        return None


def _email_domain(_: Moment, text: str) -> str:
    address = _address(text)
    if address is None or "." not in address.domain:
        raise FunctionError(f"`{text[:80]}` is not an e-mail address")
    return address.domain.lower()


def _is_email(_: Moment, text: str) -> bool:
    address = _address(text)
    return address is not None and "." in address.domain


FUNCTIONS = (
    function(
        "age",
        date_or_datetime("birth_date"),
        family="people",
        result=NUMBER,
        sentence="The whole years since a date of birth.",
        example="age(1990-05-11)",
        gives="35",
        code=lambda moment, value: YEARS.bounded(moment, value, 1),
        timed=True,
    ),
    function(
        "next_anniversary",
        date_or_datetime("date"),
        family="people",
        result=DATE,
        sentence="The next yearly return of a date, today at the earliest; 29 February returns on the 28th.",
        example="next_anniversary(2024-02-29)",
        gives="2027-02-28",
        code=_next_anniversary,
        timed=True,
    ),
    function(
        "is_email",
        Parameter("text", TEXT),
        family="people",
        result=BOOLEAN,
        sentence="Whether a text has the form of an e-mail address.",
        example='is_email("ana@shop.example")',
        gives="true",
        code=_is_email,
    ),
    function(
        "email_domain",
        Parameter("address", TEXT),
        family="people",
        result=TEXT.maybe(),
        sentence="What follows the `@` of an e-mail address, in small letters; unknown where the text is none.",
        example='email_domain("Ana@Shop.Example")',
        gives='"shop.example"',
        code=_email_domain,
    ),
)

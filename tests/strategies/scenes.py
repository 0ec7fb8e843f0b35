"""The stage that generated programs and histories share: zones, days on which clocks do odd things, field names."""

import datetime as dt

from attrs import frozen
from hypothesis import strategies as st

from wend.dsl import ast
from wend.runtime.calendar import zone
from wend.runtime.values import Instant


@frozen
class Scene:
    """A zone and a day in it; programs and histories play in the few days around."""

    zone: str
    day: dt.date

    @property
    def start(self) -> Instant:
        """The first tick: noon of the day before, on a whole minute."""
        return zone(self.zone).at(self.day - dt.timedelta(days=1), dt.time(12))

    def date(self, shift: int) -> dt.date:
        """A date so many days after the day of the scene."""
        return self.day + dt.timedelta(days=shift)


#: Changes of the clocks, month ends, leap days, a day that was left out, and quiet days.
SCENES = (
    Scene("UTC", dt.date(2024, 5, 15)),
    Scene("UTC", dt.date(2023, 1, 31)),
    Scene("Europe/Paris", dt.date(2024, 3, 31)),
    Scene("Europe/Paris", dt.date(2024, 10, 27)),
    Scene("Asia/Tokyo", dt.date(2024, 2, 29)),
    Scene("Asia/Tokyo", dt.date(2024, 12, 31)),
    Scene("America/Los_Angeles", dt.date(2024, 3, 10)),
    Scene("America/Los_Angeles", dt.date(2024, 11, 3)),
    Scene("America/Sao_Paulo", dt.date(2018, 11, 4)),
    Scene("America/Sao_Paulo", dt.date(2018, 2, 18)),
    Scene("Pacific/Apia", dt.date(2011, 12, 30)),
    Scene("America/St_Johns", dt.date(2010, 11, 7)),
    Scene("America/St_Johns", dt.date(2010, 3, 14)),
)

ZONES = tuple(dict.fromkeys(scene.zone for scene in SCENES))

#: Few values, so that things meet.
PLANS = ("a", "b", "c")
CHANNELS = ("web", "shop")
TAGS = ("vip", "late")
LISTS = ("news", "clients")
TOPICS = ("news", "offers")
TEMPLATES = ("hello", "again", "bye")
REACTIONS = ("message_opened", "message_clicked", "message_bounced", "message_sent")
CODES = ("x", "y")
WEBHOOKS = ("score", "stock")
"""Services that programs ask."""
CLOCKS = (
    dt.time(0),
    dt.time(0, 30),
    dt.time(2, 30),
    dt.time(9),
    dt.time(12),
    dt.time(18, 15),
    dt.time(23, 30),
)

SCHEMA = """contact
    email text?
    phone text?
    plan text
    score number?
    consent_email boolean
    signup date?
    due datetime?
    born date?
    timezone text?
    codes list of text?
    wishes list of "web" | "shop"?
    shopped date? = last(purchase.at)

event purchase
    amount number
    channel "web" | "shop"

event visit
    page text

event cancel

event ping

event pong
    what text

"""

EVENTS = ("purchase", "visit", "cancel")
CHAIN = ("ping", "pong")
"""Events that bodies emit; each may lead to the other."""
DATES = ("signup", "due", "born")

scenes = st.sampled_from(SCENES)


def name(text: str) -> ast.Name:
    """A name."""
    return ast.Name(text=text)


def path(text: str) -> ast.Path:
    """A path, its parts joined by points."""
    return ast.Path(parts=tuple(name(part) for part in text.split(".")))


def number(value: float) -> ast.Number:
    """A number."""
    return ast.Number(value=value)


def text(value: str) -> ast.Text:
    """A text."""
    return ast.Text(value=value)


def span(amount: int, unit: ast.Unit) -> ast.Duration:
    """A duration."""
    return ast.Duration(amount=amount, unit=unit)


def call(function: str, *args: ast.Expr) -> ast.Call:
    """A call."""
    return ast.Call(name=name(function), args=args)


MINUTES, HOURS, DAYS, MONTHS = ast.Unit.MINUTE, ast.Unit.HOUR, ast.Unit.DAY, ast.Unit.MONTH

#: Short, so that a lot happens in a few days.
SPANS = (
    span(1, MINUTES),
    span(7, MINUTES),
    span(30, MINUTES),
    span(1, HOURS),
    span(3, HOURS),
    span(12, HOURS),
    span(24, HOURS),
    span(1, DAYS),
    span(2, DAYS),
)
WINDOWS = (span(45, MINUTES), span(2, HOURS), span(24, HOURS), span(1, DAYS), span(2, DAYS), span(1, MONTHS))

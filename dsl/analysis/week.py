"""The week of windows: which minutes of it are open, as the bits of one number. Minute 0 is Monday's first."""

import datetime as dt
from collections.abc import Iterable

from wend.dsl.program import SendWindow

DAY = 24 * 60
WEEK = 7 * DAY
ALWAYS = (1 << WEEK) - 1


def minute(time: dt.time) -> int:
    """The minute of the day."""
    return time.hour * 60 + time.minute


def opened(windows: Iterable[SendWindow], channel: str) -> int:
    """The minutes at which a channel may send: its own windows, else those for every channel; without any, all."""
    windows = list(windows)
    special = [w for w in windows if w.channel == channel] or [w for w in windows if w.channel is None]
    if not special:
        return ALWAYS
    found = 0
    for window in special:
        start, end = minute(window.start), minute(window.end)
        length = (end - start) % DAY or DAY
        for day in window.days or range(7):
            found |= _turned(((1 << length) - 1), day * DAY + start)
    return found


def _turned(bits: int, by: int) -> int:
    """Bits moved later, round the end of the week."""
    moved = bits << by
    return (moved & ALWAYS) | (moved >> WEEK)


def until_open(mask: int, at: int) -> int | None:
    """Minutes from a minute of the week to the next open one; None where none is open."""
    if not mask:
        return None
    turned = _turned(mask, (WEEK - at) % WEEK)
    return (turned & -turned).bit_length() - 1

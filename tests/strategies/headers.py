"""The lines of `settings` and those at the beginning of a journey."""

from attrs import evolve
from hypothesis import strategies as st

from tests.strategies.conditions import Seen, conditions, event_filters
from tests.strategies.drawing import composite, either, pick, some, whole
from tests.strategies.scenes import CLOCKS, EVENTS, SPANS, TOPICS, ZONES, Scene, name, number, path, span, text
from tests.strategies.taste import Taste
from wend.dsl import ast

_ORDERS = st.permutations(CLOCKS)


@composite
def settings(draw: st.DrawFn, seen: Seen, taste: Taste) -> ast.Settings:
    """The settings of a program; `seen` is what a rule of consent may speak of."""
    lines: list[ast.Setting] = [ast.Timezone(zone=text(seen.scene.zone))]
    channel = name("email")
    if taste.gates:
        if either(draw):
            condition: ast.Expr = path("consent_email")
            if some(draw, 4):
                condition = draw(conditions(seen, 1))
            lines.append(ast.Consent(channel=channel, condition=condition))
            if some(draw, 3):
                topic = text(pick(draw, TOPICS))
                lines.append(ast.Consent(channel=channel, condition=draw(conditions(seen, 1)), topic=topic))
        if some(draw, 4):
            lines.append(draw(limits()))
        if some(draw, 4):
            lines.append(draw(windows()))
        if some(draw, 4):
            unit = pick(draw, tuple(ast.QuotaUnit))
            lines.append(ast.Quota(count=draw(whole(1, 4)), channel=channel, unit=unit))
    if some(draw, 5):
        lines.append(ast.Late(length=pick(draw, SPANS)))
    if some(draw, 15):
        lines.append(ast.HoldOut(share=ast.Percent(value=20)))
    if some(draw, 8):
        lines.append(ast.FromDefault(sender=text("Ana <ana@shop.example>")))
    if some(draw, 12):
        lines.append(ast.ReplyTo(address=text("desk@shop.example")))
    if some(draw, 8):
        lines.append(draw(_tracks()))
    return ast.Settings(lines=tuple(lines))


@composite
def limits(draw: st.DrawFn) -> ast.Limit:
    """A frequency cap."""
    per = pick(draw, (span(1, ast.Unit.HOUR), span(1, ast.Unit.DAY), span(2, ast.Unit.DAY)))
    return ast.Limit(count=draw(whole(1, 2)), channel=name("email"), per=per, else_wait=either(draw))


@composite
def windows(draw: st.DrawFn) -> ast.SendWindow:
    """Hours in which messages may go out."""
    start, end = draw(_ORDERS)[:2]
    weekend = (ast.Weekday.SATURDAY, ast.Weekday.SUNDAY)
    choices: tuple[tuple[ast.Weekday, ...], ...] = ((), (), (ast.Weekday.WEEKDAY,), weekend)
    days = pick(draw, choices)
    channel = pick(draw, (None, name("email")))
    return ast.SendWindow(start=ast.Clock(value=start), end=ast.Clock(value=end), channel=channel, days=days)


@composite
def headers(draw: st.DrawFn, seen: Seen, taste: Taste) -> list[ast.Header]:
    """The lines of a journey before its triggers."""
    lines: list[ast.Header] = draw(_stay(seen))
    scene = seen.scene
    if some(draw, 3):
        lines.append(ast.Pause(way=pick(draw, tuple(ast.PauseWay))))
    if some(draw, 4):
        zone = pick(draw, (None, None, *ZONES))
        lines.append(ast.Timezone(zone=None if zone is None else text(zone)))
    if some(draw, 8):
        lines.append(draw(_active(scene)))
    if some(draw, 10):
        lines.append(ast.EntryUntil(date=ast.Date(value=scene.date(draw(whole(0, 2))))))
    if some(draw, 10):
        lines.append(ast.HoldOut(share=ast.Percent(value=pick(draw, (10, 50)))))
    if taste.gates:
        if some(draw, 5):
            lines.append(draw(windows()))
        if some(draw, 4):
            lines.append(draw(limits()))
        if some(draw, 8):
            lines.append(ast.Transactional())
        if some(draw, 4):
            lines.append(ast.Topic(topic=text(pick(draw, TOPICS))))
    if some(draw, 5):
        lines.append(ast.Late(length=pick(draw, SPANS)))
    if some(draw, 6):
        lines.append(ast.NewestPathOnly())
    if some(draw, 5):
        lines.append(ast.Priority(value=number(draw(whole(1, 2)))))
    if some(draw, 10):
        lines.append(ast.ReplyTo(address=text("care@shop.example")))
    if some(draw, 12):
        lines.append(ast.FromDefault(sender=text("Bob <bob@shop.example>")))
    if some(draw, 8):
        lines.append(draw(_tracks()))
    return lines


@composite
def _tracks(draw: st.DrawFn) -> ast.Track:
    return ast.Track(kinds=pick(draw, ((name("opens"),), (name("clicks"),), (name("opens"), name("clicks")))))


@composite
def _stay(draw: st.DrawFn, seen: Seen) -> list[ast.Header]:
    """Who is in the journey, and for how long."""
    lines: list[ast.Header] = []
    outside = evolve(seen, labels=(), answers=(), run=False)
    if some(draw, 3):
        chosen = bool(seen.segments) and some(draw, 2)
        segment = "chosen" if chosen else "contacts"
        where = None if chosen and not some(draw, 3) else draw(conditions(outside, 1))
        lines.append(ast.Audience(segment=name(segment), where=where))
    if some(draw, 3):
        lines.append(ast.ExitWhen(condition=draw(conditions(seen, 1))))
    if some(draw, 4):
        event = pick(draw, EVENTS)
        lines.append(ast.ExitOn(event=path(event), where=draw(event_filters(event, outside))))
    if some(draw, 5):
        event = pick(draw, EVENTS)
        within = pick(draw, (None, *SPANS))
        lines.append(ast.Goal(event=path(event), within=within, where=draw(event_filters(event, outside))))
    lines.append(draw(_reentries()))
    if some(draw, 4):
        lines.append(ast.Backlog(skip=not some(draw, 4)))
    return lines


@composite
def _active(draw: st.DrawFn, scene: Scene) -> ast.Active:
    start, until = pick(draw, ((0, None), (None, 1), (0, 1), (-5, 2)))
    return ast.Active(
        start=None if start is None else ast.Date(value=scene.date(start)),
        until=None if until is None else ast.Date(value=scene.date(until)),
    )


@composite
def _reentries(draw: st.DrawFn) -> ast.Reenter:
    kind = pick(draw, (ast.ReenterKind.ALWAYS, ast.ReenterKind.NEVER, ast.ReenterKind.AFTER))
    after = None
    if kind is ast.ReenterKind.AFTER:
        lengths = (span(1, ast.Unit.HOUR), span(12, ast.Unit.HOUR), span(1, ast.Unit.DAY))
        after = pick(draw, lengths)
    return ast.Reenter(kind=kind, after=after)


__all__ = ["headers", "limits", "settings", "windows"]

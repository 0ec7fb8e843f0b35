"""What happens to generated contacts around the day of a scene: new data, events late and repeated, suppression."""

import datetime as dt

from attrs import frozen
from hypothesis import strategies as st

from tests.strategies.drawing import composite, either, pick, whole
from tests.strategies.programs import JOURNEYS, programs
from tests.strategies.scenes import (
    CHANNELS,
    CODES,
    LISTS,
    PLANS,
    REACTIONS,
    TAGS,
    TEMPLATES,
    TOPICS,
    WEBHOOKS,
    ZONES,
    Scene,
    scenes,
)
from tests.strategies.taste import ANY_TASTE, Taste
from wend.dsl import ast
from wend.runtime.contact import Change, Event
from wend.runtime.values import Instant, Value

Fields = dict[str, Value]

#: Two contacts share an address, so that what one unsubscribes the other does not get either.
ADDRESSES = ("ann@shop.example", "bob@shop.example")

MINUTE = dt.timedelta(minutes=1)


@frozen
class Newcomer:
    """A contact when it is first seen: what came with it, and whether through an import."""

    id: str
    at: Instant
    fields: Fields
    events: tuple[Event, ...] = ()
    imported: bool = False


@frozen
class Arrival:
    """Something that arrives for a contact at a time, not always a whole minute."""

    contact: str
    at: Instant
    item: Event | Change


@frozen
class History:
    """Contacts and what arrives for them, until the end of the play."""

    newcomers: tuple[Newcomer, ...]
    arrivals: tuple[Arrival, ...]
    start: Instant
    end: Instant


@frozen
class Pause:
    """A journey is switched off by hand from one whole minute until another."""

    journey: str
    start: Instant
    end: Instant


@frozen
class Play:
    """A program, in one file or in several, and a history on one stage."""

    scene: Scene
    program: ast.File
    history: History
    several_files: bool = False
    pauses: tuple[Pause, ...] = ()


@composite
def plays(draw: st.DrawFn, taste: Taste = ANY_TASTE, hours: int = 72, contacts: int = 2) -> Play:
    """A program with something happening, in a few days around the day of a scene."""
    scene = draw(scenes)
    program = draw(programs(scene, taste))
    history = draw(histories(scene, hours, contacts))
    several = draw(whole(0, 3)) == 3
    return Play(scene, program, history, several, draw(_pauses(program, history)))


@composite
def _pauses(draw: st.DrawFn, program: ast.File, history: History) -> tuple[Pause, ...]:
    """Now and then a journey is paused for a while, or until the end."""
    if draw(whole(0, 5)) < 5:
        return ()
    journeys = [item.name.text for item in program.items if isinstance(item, ast.Journey)]
    length = int((history.end - history.start) / MINUTE)
    first, last = sorted(draw(whole(0, length)) for _ in range(2))
    start, end = (history.start + minutes * MINUTE for minutes in (first, last))
    return (Pause(pick(draw, journeys), start, end),)


@composite
def histories(draw: st.DrawFn, scene: Scene, hours: int = 72, contacts: int = 2) -> History:
    """What happens to a few contacts in so many hours from the start of the scene."""
    start = scene.start
    end = start + dt.timedelta(hours=hours)
    people = [draw(_newcomers(f"c{i}", scene)) for i in range(1, contacts + 1)]
    arrivals: list[Arrival] = []
    for person in people:
        for _ in range(draw(whole(0, 6))):
            at = draw(_moments(scene, person.at, end))
            arrivals.append(Arrival(person.id, at, draw(_news(scene, at, len(arrivals)))))
    arrivals.sort(key=lambda a: a.at)
    if len(arrivals) > 1 and draw(whole(0, 2)) == 2:
        arrivals.append(draw(_repeats(arrivals, end)))
        arrivals.sort(key=lambda a: a.at)
    return History(tuple(people), tuple(arrivals), start, end)


@composite
def _moments(draw: st.DrawFn, scene: Scene, start: Instant, end: Instant) -> Instant:
    """A time of the play: near its beginning, at local midnight, or anywhere; whole minutes and not."""
    length = int((end - start) / MINUTE)
    kind = draw(whole(0, 3))
    if kind == 0:
        at = start + draw(whole(0, min(length, 180))) * MINUTE
    elif kind == 1:
        midnight = dt.datetime.combine(scene.day, dt.time(0), tzinfo=start.tzinfo) - _offset(scene)
        at = max(start, midnight + draw(whole(-90, 90)) * MINUTE)
    else:
        at = start + draw(whole(0, length)) * MINUTE
    return min(at + dt.timedelta(seconds=pick(draw, (0, 0, 0, 1, 30, 59.5))), end)


def _offset(scene: Scene) -> dt.timedelta:
    """What the scene's clocks show before noon of the day before, against UTC."""
    return dt.datetime.combine(scene.date(-1), dt.time(12), tzinfo=scene.start.tzinfo) - scene.start


@composite
def fields(draw: st.DrawFn, scene: Scene) -> Fields:
    """The data of a contact; anything but the plan may be unknown."""
    made: Fields = {
        "email": pick(draw, (*ADDRESSES, *ADDRESSES, *ADDRESSES, None)),
        "phone": pick(draw, ("+3312345678", None)),
        "plan": pick(draw, PLANS),
        "score": pick(draw, (None, 0, 1, 2)),
        "consent_email": pick(draw, (True, True, True, False, None)),
        "signup": draw(_dates(scene)),
        "due": draw(_instants(scene)),
        "born": draw(_birthdays(scene)),
    }
    if draw(whole(0, 2)) == 0:
        made["timezone"] = pick(draw, (*ZONES, "Nowhere/Land"))
    if draw(whole(0, 2)) == 0:
        made["tags"] = pick(draw, ((), TAGS[:1], TAGS))
        made["lists"] = pick(draw, ((), LISTS[:1], LISTS))
    if draw(whole(0, 2)) == 0:
        made["codes"] = pick(draw, ((), CODES[:1], CODES))
        made["wishes"] = pick(draw, ((), CHANNELS[:1], CHANNELS))
    return {key: value for key, value in made.items() if value is not None}


@composite
def _dates(draw: st.DrawFn, scene: Scene) -> dt.date | None:
    return None if draw(whole(0, 4)) == 4 else scene.date(draw(whole(-3, 2)))


@composite
def _birthdays(draw: st.DrawFn, scene: Scene) -> dt.date | None:
    """A date near the day of the scene, in its year or some years before."""
    date = draw(_dates(scene))
    if date is None:
        return None
    year = date.year - pick(draw, (0, 1, 2, 30))
    last = (dt.date(year + date.month // 12, date.month % 12 + 1, 1) - dt.timedelta(days=1)).day
    return date.replace(year=year, day=min(date.day, last))


@composite
def _instants(draw: st.DrawFn, scene: Scene) -> Instant | None:
    if draw(whole(0, 4)) == 4:
        return None
    minutes = draw(whole(-24 * 60, 48 * 60))
    return scene.start + minutes * MINUTE + dt.timedelta(seconds=pick(draw, (0, 0, 30)))


@composite
def _newcomers(draw: st.DrawFn, name: str, scene: Scene) -> Newcomer:
    at = scene.start + pick(draw, (0, 0, 0, 5, 600)) * MINUTE
    imported = either(draw)
    past = tuple(
        draw(_events(f"{name}p{i}", at - draw(whole(0, 4 * 24 * 60)) * MINUTE, imported))
        for i in range(draw(whole(0, 4)))
    )
    return Newcomer(name, at, draw(fields(scene)), past, imported)


@composite
def _events(draw: st.DrawFn, id: str, time: Instant, imported: bool = False) -> Event:
    event = pick(draw, ("purchase", "purchase", "visit", "visit", "cancel"))
    payload: Fields = {}
    if event == "purchase":
        payload = {"amount": draw(whole(1, 4)) * 10, "channel": pick(draw, CHANNELS)}
    elif event == "visit":
        payload = {"page": pick(draw, PLANS)}
    return Event(id, event, time, payload, imported=imported)


@composite
def _news(draw: st.DrawFn, scene: Scene, at: Instant, number: int) -> Event | Change:
    """What arrives at a time: mostly events, some of them late."""
    kind = draw(whole(0, 12))
    id = f"{pick(draw, 'xyz')}{number}"  # the order of ids is not that of arrival
    if kind == 10:
        return draw(_told(id, at))
    if kind <= 5:
        late = pick(draw, (0, 0, 0, 0, 1, 90, 23 * 60, 25 * 60, 50 * 60))
        return draw(_events(id, at - late * MINUTE))
    if kind == 6:
        return draw(_suppressions(id, at))
    if kind == 11:
        return draw(_reactions(id, at))
    if kind == 12:
        return draw(_answers(id, at))
    return Change(id, at, draw(_changes(scene)))


@composite
def _suppressions(draw: st.DrawFn, id: str, at: Instant) -> Event:
    payload: Fields = {"channel": "email", "address": pick(draw, ADDRESSES)}
    kind = pick(draw, ("message_unsubscribed", "message_bounced", "message_complained"))
    if kind == "message_unsubscribed" and either(draw):
        payload["topic"] = pick(draw, TOPICS)
    if kind == "message_bounced":
        payload["hard"] = either(draw)
    return Event(id, kind, at, payload)


@composite
def _told(draw: st.DrawFn, id: str, at: Instant) -> Event:
    """What a host sends: a journey is to begin or to end, a tag came, a list was left."""
    match draw(whole(0, 3)):
        case 0:
            return Event(id, "journey_requested", at, {"journey": pick(draw, JOURNEYS)})
        case 1:
            return Event(id, "journey_stopped", at, {"journey": pick(draw, JOURNEYS)})
        case 2:
            return Event(id, "tag_added", at, {"tag": pick(draw, TAGS)})
        case _:
            return Event(id, "list_left", at, {"list": pick(draw, LISTS)})


@composite
def _reactions(draw: st.DrawFn, id: str, at: Instant) -> Event:
    """What a channel tells of a message: of the latest of a template or label, or of none."""
    happened = at - pick(draw, (0, 0, 1, 90, 25 * 60)) * MINUTE
    told = pick(draw, [*({"template": each} for each in TEMPLATES), {"label": "m1"}, {}])
    return Event(id, pick(draw, REACTIONS), happened, dict(told))


@composite
def _answers(draw: st.DrawFn, id: str, at: Instant) -> Event:
    """What a web service says when it is late, or says it again: about the latest call of it, or about none."""
    happened = at - pick(draw, (0, 0, 1, 90)) * MINUTE
    return Event(id, "webhook_answered", happened, {"webhook": pick(draw, WEBHOOKS), "score": draw(whole(0, 3)) * 10})


@composite
def _changes(draw: st.DrawFn, scene: Scene) -> Fields:
    key = pick(draw, ("plan", "plan", "score", "consent_email", "signup", "due", "tags", "lists", "timezone"))
    if key == "plan":
        return {key: pick(draw, PLANS)}
    if key == "tags":
        return {key: pick(draw, ((), TAGS[:1], TAGS))}
    if key == "lists":
        return {key: pick(draw, ((), LISTS[:1], LISTS))}
    if key == "timezone":
        return {key: pick(draw, (*ZONES, None))}
    if key == "score":
        return {key: pick(draw, (None, 0, 1, 2))}
    if key == "consent_email":
        return {key: pick(draw, (True, False, None))}
    return {key: draw(_dates(scene) if key == "signup" else _instants(scene))}


@composite
def _repeats(draw: st.DrawFn, arrivals: list[Arrival], end: Instant) -> Arrival:
    """The same id again, with something else in it: the first one counts."""
    first = pick(draw, arrivals)
    at = min(end, first.at + pick(draw, (0, 1, 120)) * MINUTE)
    item = first.item
    if isinstance(item, Event):
        again = draw(_events(item.id, item.time))
        return Arrival(first.contact, at, Event(item.id, again.name, item.time, again.payload))
    return Arrival(first.contact, at, Change(item.id, at, item.fields))

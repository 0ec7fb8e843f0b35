"""What happens to generated contacts around the day of a scene: new data, events late and repeated, suppression."""

import datetime as dt

from attrs import frozen
from hypothesis import strategies as st

from tests.strategies.programs import JOURNEYS, programs
from tests.strategies.scenes import CHANNELS, LISTS, PLANS, REACTIONS, TAGS, TEMPLATES, TOPICS, ZONES, Scene, scenes
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


@st.composite
def plays(draw: st.DrawFn, taste: Taste = ANY_TASTE, hours: int = 72, contacts: int = 2) -> Play:
    """A program with something happening, in a few days around the day of a scene."""
    scene = draw(scenes)
    program = draw(programs(scene, taste))
    history = draw(histories(scene, hours, contacts))
    several = draw(st.integers(0, 3)) == 3
    return Play(scene, program, history, several, draw(_pauses(program, history)))


@st.composite
def _pauses(draw: st.DrawFn, program: ast.File, history: History) -> tuple[Pause, ...]:
    """Now and then a journey is paused for a while, or until the end."""
    if draw(st.integers(0, 5)) < 5:
        return ()
    journeys = [item.name.text for item in program.items if isinstance(item, ast.Journey)]
    length = int((history.end - history.start) / MINUTE)
    first, last = sorted(draw(st.integers(0, length)) for _ in range(2))
    start, end = (history.start + minutes * MINUTE for minutes in (first, last))
    return (Pause(draw(st.sampled_from(journeys)), start, end),)


@st.composite
def histories(draw: st.DrawFn, scene: Scene, hours: int = 72, contacts: int = 2) -> History:
    """What happens to a few contacts in so many hours from the start of the scene."""
    start = scene.start
    end = start + dt.timedelta(hours=hours)
    people = [draw(_newcomers(f"c{i}", scene)) for i in range(1, contacts + 1)]
    arrivals: list[Arrival] = []
    for person in people:
        for _ in range(draw(st.integers(0, 6))):
            at = draw(_moments(scene, person.at, end))
            arrivals.append(Arrival(person.id, at, draw(_news(scene, at, len(arrivals)))))
    arrivals.sort(key=lambda a: a.at)
    if len(arrivals) > 1 and draw(st.integers(0, 2)) == 2:
        arrivals.append(draw(_repeats(arrivals, end)))
        arrivals.sort(key=lambda a: a.at)
    return History(tuple(people), tuple(arrivals), start, end)


@st.composite
def _moments(draw: st.DrawFn, scene: Scene, start: Instant, end: Instant) -> Instant:
    """A time of the play: near its beginning, at local midnight, or anywhere; whole minutes and not."""
    length = int((end - start) / MINUTE)
    kind = draw(st.integers(0, 3))
    if kind == 0:
        at = start + draw(st.integers(0, min(length, 180))) * MINUTE
    elif kind == 1:
        midnight = dt.datetime.combine(scene.day, dt.time(0), tzinfo=start.tzinfo) - _offset(scene)
        at = max(start, midnight + draw(st.integers(-90, 90)) * MINUTE)
    else:
        at = start + draw(st.integers(0, length)) * MINUTE
    return min(at + dt.timedelta(seconds=draw(st.sampled_from((0, 0, 0, 1, 30, 59.5)))), end)


def _offset(scene: Scene) -> dt.timedelta:
    """What the scene's clocks show before noon of the day before, against UTC."""
    return dt.datetime.combine(scene.date(-1), dt.time(12), tzinfo=scene.start.tzinfo) - scene.start


@st.composite
def fields(draw: st.DrawFn, scene: Scene) -> Fields:
    """The data of a contact; anything but the plan may be unknown."""
    made: Fields = {
        "email": draw(st.sampled_from((*ADDRESSES, *ADDRESSES, *ADDRESSES, None))),
        "phone": draw(st.sampled_from(("+3312345678", None))),
        "plan": draw(st.sampled_from(PLANS)),
        "score": draw(st.sampled_from((None, 0, 1, 2))),
        "consent_email": draw(st.sampled_from((True, True, True, False, None))),
        "signup": draw(_dates(scene)),
        "due": draw(_instants(scene)),
        "born": draw(_birthdays(scene)),
    }
    if draw(st.integers(0, 2)) == 0:
        made["timezone"] = draw(st.sampled_from((*ZONES, "Nowhere/Land")))
    if draw(st.integers(0, 2)) == 0:
        made["tags"] = draw(st.sampled_from(((), TAGS[:1], TAGS)))
        made["lists"] = draw(st.sampled_from(((), LISTS[:1], LISTS)))
    return {key: value for key, value in made.items() if value is not None}


@st.composite
def _dates(draw: st.DrawFn, scene: Scene) -> dt.date | None:
    return None if draw(st.integers(0, 4)) == 4 else scene.date(draw(st.integers(-3, 2)))


@st.composite
def _birthdays(draw: st.DrawFn, scene: Scene) -> dt.date | None:
    """A date near the day of the scene, in its year or some years before."""
    date = draw(_dates(scene))
    if date is None:
        return None
    year = date.year - draw(st.sampled_from((0, 1, 2, 30)))
    last = (dt.date(year + date.month // 12, date.month % 12 + 1, 1) - dt.timedelta(days=1)).day
    return date.replace(year=year, day=min(date.day, last))


@st.composite
def _instants(draw: st.DrawFn, scene: Scene) -> Instant | None:
    if draw(st.integers(0, 4)) == 4:
        return None
    minutes = draw(st.integers(-24 * 60, 48 * 60))
    return scene.start + minutes * MINUTE + dt.timedelta(seconds=draw(st.sampled_from((0, 0, 30))))


@st.composite
def _newcomers(draw: st.DrawFn, name: str, scene: Scene) -> Newcomer:
    at = scene.start + draw(st.sampled_from((0, 0, 0, 5, 600))) * MINUTE
    imported = draw(st.booleans())
    past = tuple(
        draw(_events(f"{name}p{i}", at - draw(st.integers(0, 4 * 24 * 60)) * MINUTE, imported))
        for i in range(draw(st.integers(0, 4)))
    )
    return Newcomer(name, at, draw(fields(scene)), past, imported)


@st.composite
def _events(draw: st.DrawFn, id: str, time: Instant, imported: bool = False) -> Event:
    event = draw(st.sampled_from(("purchase", "purchase", "visit", "visit", "cancel")))
    payload: Fields = {}
    if event == "purchase":
        payload = {"amount": draw(st.integers(1, 4)) * 10, "channel": draw(st.sampled_from(CHANNELS))}
    elif event == "visit":
        payload = {"page": draw(st.sampled_from(PLANS))}
    return Event(id, event, time, payload, imported=imported)


@st.composite
def _news(draw: st.DrawFn, scene: Scene, at: Instant, number: int) -> Event | Change:
    """What arrives at a time: mostly events, some of them late."""
    kind = draw(st.integers(0, 11))
    id = f"{draw(st.sampled_from('xyz'))}{number}"  # the order of ids is not that of arrival
    if kind == 10:
        return draw(_told(id, at))
    if kind <= 5:
        late = draw(st.sampled_from((0, 0, 0, 0, 1, 90, 23 * 60, 25 * 60, 50 * 60)))
        return draw(_events(id, at - late * MINUTE))
    if kind == 6:
        return draw(_suppressions(id, at))
    if kind == 11:
        return draw(_reactions(id, at))
    return Change(id, at, draw(_changes(scene)))


@st.composite
def _suppressions(draw: st.DrawFn, id: str, at: Instant) -> Event:
    payload: Fields = {"channel": "email", "address": draw(st.sampled_from(ADDRESSES))}
    kind = draw(st.sampled_from(("message_unsubscribed", "message_bounced", "message_complained")))
    if kind == "message_unsubscribed" and draw(st.booleans()):
        payload["topic"] = draw(st.sampled_from(TOPICS))
    if kind == "message_bounced":
        payload["hard"] = draw(st.booleans())
    return Event(id, kind, at, payload)


@st.composite
def _told(draw: st.DrawFn, id: str, at: Instant) -> Event:
    """What a host sends: a journey is to begin or to end, a tag came, a list was left."""
    match draw(st.integers(0, 3)):
        case 0:
            return Event(id, "journey_requested", at, {"journey": draw(st.sampled_from(JOURNEYS))})
        case 1:
            return Event(id, "journey_stopped", at, {"journey": draw(st.sampled_from(JOURNEYS))})
        case 2:
            return Event(id, "tag_added", at, {"tag": draw(st.sampled_from(TAGS))})
        case _:
            return Event(id, "list_left", at, {"list": draw(st.sampled_from(LISTS))})


@st.composite
def _reactions(draw: st.DrawFn, id: str, at: Instant) -> Event:
    """What a channel tells of a message: of the latest of a template or label, or of none."""
    happened = at - draw(st.sampled_from((0, 0, 1, 90, 25 * 60))) * MINUTE
    told = draw(st.sampled_from([*({"template": each} for each in TEMPLATES), {"label": "m1"}, {}]))
    return Event(id, draw(st.sampled_from(REACTIONS)), happened, dict(told))


@st.composite
def _changes(draw: st.DrawFn, scene: Scene) -> Fields:
    key = draw(
        st.sampled_from(("plan", "plan", "score", "consent_email", "signup", "due", "tags", "lists", "timezone"))
    )
    if key == "plan":
        return {key: draw(st.sampled_from(PLANS))}
    if key == "tags":
        return {key: draw(st.sampled_from(((), TAGS[:1], TAGS)))}
    if key == "lists":
        return {key: draw(st.sampled_from(((), LISTS[:1], LISTS)))}
    if key == "timezone":
        return {key: draw(st.sampled_from((*ZONES, None)))}
    values: dict[str, st.SearchStrategy[Value]] = {
        "score": st.sampled_from((None, 0, 1, 2)),
        "consent_email": st.sampled_from((True, False, None)),
        "signup": _dates(scene),
        "due": _instants(scene),
    }
    return {key: draw(values[key])}


@st.composite
def _repeats(draw: st.DrawFn, arrivals: list[Arrival], end: Instant) -> Arrival:
    """The same id again, with something else in it: the first one counts."""
    first = draw(st.sampled_from(arrivals))
    at = min(end, first.at + draw(st.sampled_from((0, 1, 120))) * MINUTE)
    item = first.item
    if isinstance(item, Event):
        again = draw(_events(item.id, item.time))
        return Arrival(first.contact, at, Event(item.id, again.name, item.time, again.payload))
    return Arrival(first.contact, at, Change(item.id, at, item.fields))

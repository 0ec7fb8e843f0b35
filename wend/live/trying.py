"""Test sends of a project: which messages are meant, for whom they are rendered, and their way to the channel."""

import datetime as dt
from collections.abc import Mapping, Sequence

from attrs import frozen

from wend.data.population import open_with_data
from wend.data.samples import sample, sample_event
from wend.dsl.diagnostics import WendError
from wend.dsl.nearest import nearest
from wend.dsl.program import Program
from wend.live.service import Service
from wend.project.workspace import Workspace
from wend.runtime import quota
from wend.runtime.calendar import Zone
from wend.runtime.contact import EMPTY, Contact, Event, Inbox
from wend.runtime.delivery.delivery import DeliveryReport, deliver
from wend.runtime.delivery.messages import EMAIL, parse_mailbox
from wend.runtime.effects import Facts
from wend.runtime.engine.proof import OnlyThese, Proof, Wanted, bindings, cause, compose, put, sends
from wend.runtime.sources import ContactRecord, EventRecord
from wend.runtime.state import NEW
from wend.runtime.tick.intake import new_events, take_in
from wend.runtime.values import Instant
from wend.story import nobody


@frozen
class Tried:
    """What became of test messages.

    Args:
        made_up: they were rendered for a contact that does not exist.
        room: by channel with a quota, how many more messages it has room for.
    """

    proofs: Sequence[Proof]
    delivery: DeliveryReport
    made_up: bool
    room: Mapping[str, int]


def try_out(service: Service, what: str, address: str, contact: str | None, channel: str | None, now: Instant) -> Tried:
    """Send the messages of a journey, or of a template, to an address, and nothing else that waits.

    Args:
        what: the name of a journey, or of a template that a step sends.
        contact: for whom they are rendered; None: for one that is made up.
        channel: only over this one.

    Raises:
        WendError: there is no such journey, template or contact; the address is none or suppressed; a quota has no
            room; a template cannot be rendered for this contact. Then nothing was sent or kept.
    """
    engine, project = service.engine, service.workspace.project
    if not address.strip():
        raise WendError("the address is empty", "name yours with --to")
    wanted = find(engine.rules.program, what, channel)
    if wanted[0].op.channel == EMAIL:
        parse_mailbox(address)
    person, happened = _made_up(service.workspace, now) if contact is None else _real(service, contact, now)
    facts = Facts(zone=engine.zone, addresses=engine.addresses)
    composed = []
    for each in wanted:
        known = _events(engine.rules.program, each, person, happened, now, project.zone)
        composed.append((each, compose(engine.rules, facts, person, each, address.strip(), now, known)))
    store = engine.store
    proofs = put(store, engine.rules, engine.templates, facts, composed, now)
    keys = {each.message.key for each in proofs}
    report = deliver(OnlyThese(store.outbox, keys), service.channels, now, only={proofs[0].message.channel})
    left = quota.room(engine.rules.program, engine.zone, now, store.used)
    return Tried(proofs, report, contact is None, left)


def find(program: Program, what: str, channel: str | None) -> list[Wanted]:
    """The messages of a journey, each template once; or, where no journey has the name, the message of a template.

    Raises:
        WendError: there is none, or they go over several channels.
    """
    everything = sends(program)
    named = [each for each in everything if each.journey.name == what]
    if not named:
        if any(journey.name == what for journey in program.journeys):
            raise WendError(f"the journey `{what}` sends no messages")
        named = [each for each in everything if each.op.template == what]
    if not named:
        known = [*dict.fromkeys(each.journey.name for each in everything), *(each.op.template for each in everything)]
        near = nearest(what, known)
        help = f"did you mean `{near}`?" if near else f"there is {_listed(known)}" if known else None
        raise WendError(f"there is no journey `{what}`, and no step sends a template `{what}`", help)
    channels = list(dict.fromkeys(each.op.channel for each in named))
    if channel is not None and channel not in channels:
        raise WendError(f"`{what}` sends nothing over `{channel}`", f"it sends over {_listed(channels)}")
    if channel is None and len(channels) > 1:
        raise WendError(f"`{what}` sends over {_listed(channels)}", "name one with --channel, and an address of it")
    chosen = channel or channels[0]
    return list({each.op.template: each for each in reversed(named) if each.op.channel == chosen}.values())[::-1]


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in dict.fromkeys(names))


def _made_up(workspace: Workspace, now: Instant) -> tuple[Contact, list[Event]]:
    """A contact that fits the program, every field of it known as far as that is possible."""
    program = workspace.sound()
    made = sample(program, now, workspace.project.zone)
    if not made.contacts:
        return Contact("sample"), []
    known = max(made.contacts, key=lambda each: sum(value is not None for value in each.fields.values()))
    return _contact(known, made.events)


def _contact(record: ContactRecord, events: Sequence[EventRecord]) -> tuple[Contact, list[Event]]:
    mine = [Event(each.id, each.name, each.at, each.payload) for each in events if each.contact == record.id]
    mine.sort(key=lambda event: event.key)
    return Contact(record.id, record.fields).with_events(tuple(mine)), mine


def _real(service: Service, contact: str, now: Instant) -> tuple[Contact, list[Event]]:
    """A contact as the store knows it, with what journeys have set; before it was loaded, as the data has it."""
    loaded = service.engine.store.contact(contact)
    if loaded is not None:
        inbox: Inbox = loaded.inbox or EMPTY
        events = new_events(loaded.contact, NEW, inbox, now)
        person = take_in(loaded.contact, events, inbox)
        return person, sorted((e for some in person.events.values() for e in some), key=lambda event: event.key)
    project = service.workspace.project
    _, population = open_with_data(project.root)
    record = next((each for each in population.contacts if each.id == contact), None)
    if record is None:
        raise nobody(contact, (each.id for each in population.contacts))
    return _contact(record, [each for each in population.events if each.at <= now])


def _events(
    program: Program, wanted: Wanted, person: Contact, happened: Sequence[Event], now: dt.datetime, zone: Zone
) -> dict[str, Event]:
    """By name: the events that the messages of a trigger know, the contact's latest or made-up ones."""
    started = cause(wanted.trigger)
    names = {*bindings(wanted.trigger).values(), *([started] if started is not None else [])}
    latest = {event.name: event for event in happened}
    return {name: latest.get(name) or _sample(program, name, person.id, now, zone) for name in sorted(names)}


def _sample(program: Program, name: str, contact: str, now: Instant, zone: Zone) -> Event:
    made = sample_event(program, name, contact, now, zone)
    return Event(made.id, made.name, made.at, made.payload)

"""Steps that do something: each becomes an effect with its identity, or a reason why not."""

from collections.abc import Mapping
from typing import Any

from wend.dsl import core, plan
from wend.dsl.builtins import LISTS, TAGS
from wend.dsl.types import Kind
from wend.runtime.contact import Event
from wend.runtime.delivery.calls import channel_of
from wend.runtime.effects import Called, Effect, Emitted, Identity, Marked, Resubscribed, SetField
from wend.runtime.effects import Send as SendEffect
from wend.runtime.evaluation.interpret import Env, as_declared
from wend.runtime.evolve import evolve
from wend.runtime.state import Labelled, Path, Phase, Run, Sent
from wend.runtime.tick import gates
from wend.runtime.tick.feedback import DEEPEST, depth_after, wrote
from wend.runtime.tick.intake import address_of
from wend.runtime.tick.suppressing import UNSUBSCRIBED, lifting
from wend.runtime.tick.work import Stay, Work
from wend.runtime.values import Value

MARK_EVENTS = {
    (TAGS, False): ("tag_added", "tag"),
    (TAGS, True): ("tag_removed", "tag"),
    (LISTS, False): ("list_joined", "list"),
    (LISTS, True): ("list_left", "list"),
}
"""What happens when a tag or list is added or removed, and what its event calls it."""


EMITTED = "emitted:"
"""How the ids of events begin that a journey emitted."""


def send(work: Work, stay: Stay, path: Path, op: plan.Send) -> Path:
    """Ask the gates and send, drop, or hold: a held path comes back in that phase, any other after the step."""
    env = work.path_env(stay, path, snapshot=False)
    address = _address(work, op, env)
    held = path.phase is Phase.HELD
    late = stay.journey.late or work.rules.program.settings.late
    deadline = stay.zone.add(path.since, late) if path.since is not None and late is not None and held else None
    if deadline is not None and deadline < work.now:
        path = evolve(path, phase=Phase.READY, since=None)
        return _dropped(work, stay, path, op, gates.Dropped("late", "it was held for longer than `late up to`"))
    if path.late:
        return _dropped(work, stay, path, op, gates.Dropped("late", "it was due during a pause, before `late up to`"))
    answer: gates.Answer = gates.hold(work, stay, op.channel) if held else gates.PASSED
    if not isinstance(answer, gates.Held):
        key = identity(work, stay, path, op.id).key if work.facts.refused else ""
        answer = gates.ask_all(work, stay, op, address, key)
    if isinstance(answer, gates.Held):
        return _held(work, stay, path, op, answer)
    if path.phase is not Phase.READY:
        path = evolve(path, phase=Phase.READY, since=None)  # held no longer: it must not come back in that phase
    if isinstance(answer, gates.Dropped):
        return _dropped(work, stay, path, op, answer)
    assert address is not None
    return _send(work, stay, path, op, env, address)


def _held(work: Work, stay: Stay, path: Path, op: plan.Send, answer: gates.Held) -> Path:
    since = path.since if path.phase is Phase.HELD and path.since is not None else work.now
    late = stay.journey.late or work.rules.program.settings.late
    work.until(answer.until)
    if late is not None:
        work.until(stay.zone.add(since, late))
    if path.phase is not Phase.HELD:
        work.note(stay, "held", trigger=path.trigger, step=op.id, reason=answer.reason, place=op.place)
    return evolve(path, phase=Phase.HELD, since=since)


def _dropped(work: Work, stay: Stay, path: Path, op: plan.Send, answer: gates.Dropped) -> Path:
    work.note(
        stay, "dropped", trigger=path.trigger, step=op.id, reason=answer.reason, detail=answer.detail, place=op.place
    )
    return _missed(path, op)


def message(work: Work, stay: Stay, path: Path, op: plan.Send, env: Env, address: str) -> SendEffect:
    """The message of a step to an address, whatever the gates say."""
    settings = work.rules.program.settings
    journey = stay.journey
    sender = _text(env.evaluate(op.sender).value) if op.sender is not None else None
    return SendEffect(
        identity=identity(work, stay, path, op.id),
        at=work.now,
        channel=op.channel,
        address=address,
        template=op.template,
        subject=_text(env.evaluate(op.subject).value) if op.subject is not None else None,
        sender=sender or journey.sender or settings.sender,
        reply_to=journey.reply_to or settings.reply_to,
        position=op.position,
        total=op.total,
        topic=journey.topic,
        transactional=journey.transactional,
        track=journey.track or settings.track,
        version=path.version,
        values=_values(path, op.values, env),
        fields=fields(work, env),
    )


def _send(work: Work, stay: Stay, path: Path, op: plan.Send, env: Env, address: str) -> Path:
    effect = message(work, stay, path, op, env, address)
    _do(work, effect)
    key = effect.identity.key
    work.sends.append(_sent(work, path, op, effect, key))
    work.note(stay, "sent", trigger=path.trigger, step=op.id, detail=op.template, place=op.place)
    if op.label is None:
        return _counted(path, op)
    labels = remember(stay, path, op.label, Labelled(work.now, key, op.variant))
    return _counted(path, op, labels=labels, missed=path.missed - {op.label})


def call(work: Work, stay: Stay, path: Path, op: plan.CallWebhook) -> Path:
    """Call a web service. It is kept among the contact's messages, so that its answer is known to be about it."""
    env = work.path_env(stay, path, snapshot=False)
    name, depth = identity(work, stay, path, op.id), depth_after(work, path)
    if depth > DEEPEST:
        work.note(stay, "dropped", trigger=path.trigger, step=op.id, reason="depth", place=op.place)
        return _missed(path, op)
    values = {key: env.evaluate(value).value for key, value in op.values}
    _do(work, Called(name, work.now, op.webhook, values))
    made = Sent(
        journey=name.journey,
        channel=channel_of(op.webhook),
        at=work.now,
        transactional=True,
        key=name.key,
        label=op.label,
        depth=depth,
    )
    work.sends.append(made)
    work.note(stay, "called", trigger=path.trigger, step=op.id, detail=op.webhook, place=op.place)
    if op.label is None:
        return _counted(path, op)
    labels = remember(stay, path, op.label, Labelled(work.now, name.key))
    return _counted(path, op, labels=labels, missed=path.missed - {op.label})


def _sent(work: Work, path: Path, op: plan.Send, effect: SendEffect, key: str) -> Sent:
    return Sent(
        journey=effect.identity.journey,
        channel=op.channel,
        at=work.now,
        transactional=effect.transactional,
        template=op.template,
        key=key,
        address=effect.address,
        label=op.label,
        topic=effect.topic,
        depth=depth_after(work, path),
    )


def remember(stay: Stay, path: Path, label: str, latest: Labelled) -> Mapping[str, Labelled]:
    """Keep what is the latest under a label of the run; gives the labels of the path."""
    run = stay.run
    if run is not None:
        stay.set_run(Run(run.number, run.began, run.paths, {**run.labels, label: latest}))
    return {**path.labels, label: latest}


def act(
    work: Work, stay: Stay, path: Path, op: plan.Notify | plan.Set | plan.Mark | plan.Emit | plan.Resubscribe
) -> Path:
    """The steps without gates: an internal mail, data, an event. The path comes back after it."""
    env = work.path_env(stay, path, snapshot=False)
    name = identity(work, stay, path, op.id)
    match op:
        case plan.Notify():
            _notify(work, stay, path, op, env, name)
        case plan.Set():
            value = env.evaluate(op.value).value
            if value != work.view.value(op.field):
                wrote(work, path, op.field)
            work.view = work.view.with_fields({op.field: value})
            _do(work, SetField(name, work.now, op.field, value))
            work.note(stay, "set", trigger=path.trigger, step=op.id, place=op.place)
        case plan.Mark():
            _mark(work, stay, path, op, env, name)
        case plan.Emit():
            _emit(work, stay, path, op, env, name)
        case plan.Resubscribe():
            _resubscribe(work, stay, path, op, name)
    return _counted(path, op)


def _notify(work: Work, stay: Stay, path: Path, op: plan.Notify, env: Env, name: Identity) -> None:
    address = _text(env.evaluate(op.address).value)
    if not address:
        work.note(stay, "dropped", trigger=path.trigger, step=op.id, reason="no address", place=op.place)
        return
    settings = work.rules.program.settings
    sender = _text(env.evaluate(op.sender).value) if op.sender is not None else None
    effect = SendEffect(
        identity=name,
        at=work.now,
        channel="email",
        address=address,
        template=None,
        subject=_text(env.evaluate(op.subject).value) if op.subject is not None else None,
        text=_text(env.evaluate(op.text).value) if op.text is not None else None,
        sender=sender or stay.journey.sender or settings.sender,
        reply_to=stay.journey.reply_to or settings.reply_to,
        transactional=True,
        version=path.version,
        values=_values(path, op.values, env),
        fields=fields(work, env),
    )
    _do(work, effect)
    work.note(stay, "sent", trigger=path.trigger, step=op.id, detail="notify", place=op.place)


def _mark(work: Work, stay: Stay, path: Path, op: plan.Mark, env: Env, name: Identity) -> None:
    value = env.evaluate(op.value).value
    present = work.view.value(op.field)
    items = present if isinstance(present, tuple) else ()
    if not isinstance(value, str):
        work.note(stay, "problem", trigger=path.trigger, step=op.id, reason="unknown", place=op.place)
        return
    if (value in items) is not op.remove:
        return
    changed = tuple(i for i in items if i != value) if op.remove else (*items, value)
    work.view = work.view.with_fields({op.field: changed})
    wrote(work, path, op.field)
    _do(work, Marked(name, work.now, op.field, value, op.remove))
    work.note(stay, "marked", trigger=path.trigger, step=op.id, place=op.place)
    depth = path.cause.depth + 1
    if depth > DEEPEST:
        work.note(stay, "dropped", trigger=path.trigger, step=op.id, reason="depth", place=op.place)
        return
    event, item = MARK_EVENTS[op.field, op.remove]
    work.emitted.append(Event(f"{EMITTED}{name.key}", event, work.now, {item: value}, depth))


def _emit(work: Work, stay: Stay, path: Path, op: plan.Emit, env: Env, name: Identity) -> None:
    depth = path.cause.depth + 1
    if depth > DEEPEST:
        work.note(stay, "dropped", trigger=path.trigger, step=op.id, reason="depth", place=op.place)
        return
    payload = {key: env.evaluate(value).value for key, value in op.values}
    work.emitted.append(Event(f"{EMITTED}{name.key}", op.event, work.now, payload, depth))
    _do(work, Emitted(name, work.now, op.event, payload))
    work.note(stay, "emitted", trigger=path.trigger, step=op.id, detail=op.event, place=op.place)


def _resubscribe(work: Work, stay: Stay, path: Path, op: plan.Resubscribe, name: Identity) -> None:
    """Lift an unsubscription as it was known when the tick began: gates see it lifted at the next.

    One that came in at this tick, not before what started the path, may be the contact's last word, and stays.
    """
    address, topic = address_of(work.view, op.channel, work.facts), stay.journey.topic
    known = work.suppressed | work.facts.suppressed
    lifts = lifting(known, op.channel, address.casefold(), topic) if address is not None else None
    if lifts is None:
        work.note(stay, "ignored", trigger=path.trigger, step=op.id, reason="not unsubscribed", place=op.place)
        return
    unsubscribed = work.contact.events.get("message_unsubscribed", ())
    fresh = any(evolve(lifts, reason=UNSUBSCRIBED) == each.suppression for each in work.fresh)
    if fresh and any(event.time >= path.cause.time for event in unsubscribed):
        work.note(stay, "ignored", trigger=path.trigger, step=op.id, reason="unsubscribed anew", place=op.place)
        return
    _do(work, Resubscribed(name, work.now, lifts))
    work.note(stay, "resubscribed", trigger=path.trigger, step=op.id, place=op.place)


def _do(work: Work, effect: Effect) -> None:
    work.effects.append(effect)
    work.stir()


def identity(work: Work, stay: Stay, path: Path, step: str) -> Identity:
    """The identity of an effect of this path."""
    run = stay.run
    return Identity(
        contact=work.contact.id,
        journey=stay.journey.name,
        run=run.number if run else 0,
        trigger=path.head,
        cause=f"{path.cause.kind}:{path.cause.id}",
        step=step,
        iteration=path.rounds.get(step, 0),
    )


def _counted(path: Path, op: plan.Op, **changes: Any) -> Path:
    """The path after a step. How often it did the step is counted: it is the iteration of the next identity."""
    return evolve(path, pc=path.pc + 1, rounds={**path.rounds, op.id: path.rounds.get(op.id, 0) + 1}, **changes)


def _missed(path: Path, op: plan.Send | plan.CallWebhook) -> Path:
    """The path after a message that was not sent, or a call that was not made."""
    return _counted(path, op, missed=path.missed | {op.label}) if op.label else _counted(path, op)


def _address(work: Work, op: plan.Send, env: Env) -> str | None:
    if op.to is None:
        return address_of(work.contact, op.channel, work.facts)
    return _text(env.evaluate(op.to).value)


def _text(value: Value) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


def _values(path: Path, pairs: tuple[tuple[str, core.Expr], ...], env: Env) -> Mapping[str, Value]:
    """What a template may use besides the contact: events by name, the cause as `event`, and the `with` values."""
    values: dict[str, Value] = {}
    if path.cause.event is not None:
        values["event"] = record(path.cause.event)
    for name, event in path.events.items():
        values[name] = record(event)
    for name, value in pairs:
        values[name] = env.evaluate(value).value
    return values


def record(event: Event) -> Value:
    """An event as a value: its payload, with its time as `at` where the payload has none."""
    return {"at": event.time, **event.payload}


def fields(work: Work, env: Env) -> Mapping[str, Value]:
    """The contact's fields as a template sees them: stored, derived, and the id."""
    schema = work.rules.program.schema
    kinds = schema.contact or {}
    derived = {
        name: as_declared(env.evaluate(value), kinds[name].kind if name in kinds else Kind.ANY, env.zone).value
        for name, value in schema.derived.items()
    }
    return {"id": env.contact.id, **env.contact.fields, **derived}

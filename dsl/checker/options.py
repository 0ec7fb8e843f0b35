"""The options of a send and a notification, the values given along, and the shares of a split."""

from collections.abc import Iterator

from wend.dsl import ast, core, plan
from wend.dsl.builtins import AT, RESERVED, TEMPLATE_NAMES, EventShape
from wend.dsl.checker.env import Env, Typed
from wend.dsl.checker.expressions import Expressions
from wend.dsl.checker.operators import fits, outside_values, values_help
from wend.dsl.checker.words import a_kind, a_type
from wend.dsl.nearest import nearest
from wend.dsl.types import TEXT, Type


def send(step: ast.Send, name: str, position: int, total: int, env: Env, ctx: Expressions) -> plan.Send:
    """The operation of a send."""
    opts = step.options
    return plan.Send(
        id=name,
        channel=step.channel.text,
        template=step.template.value,
        to=_text(opts.to, "the recipient", env, ctx),
        sender=_text(opts.sender, "the sender", env, ctx),
        subject=_text(opts.subject, "the subject", env, ctx),
        values=tuple(_given(opts.values, env, ctx)),
        label=None if opts.label is None else opts.label.text,
        position=position,
        total=total,
        place=env.place(step),
    )


def notify(step: ast.Notify, name: str, env: Env, ctx: Expressions) -> plan.Notify:
    """The operation of a notification."""
    opts = step.options
    return plan.Notify(
        id=name,
        address=ctx.expect(step.address, env, TEXT, "the address"),
        subject=_text(opts.subject, "the subject", env, ctx),
        text=_text(opts.text, "the text", env, ctx),
        sender=_text(opts.sender, "the sender", env, ctx),
        values=tuple(_given(opts.values, env, ctx)),
        place=env.place(step),
    )


def call(step: ast.CallWebhook, name: str, env: Env, ctx: Expressions) -> plan.CallWebhook:
    """The operation of a call of a webhook."""
    opts = step.options
    return plan.CallWebhook(
        id=name,
        webhook=step.webhook.value,
        values=tuple(pairs(opts.values, env, ctx)),
        label=None if opts.label is None else opts.label.text,
        place=env.place(step),
    )


def _text(node: ast.Expr | None, words: str, env: Env, ctx: Expressions) -> core.Expr | None:
    return None if node is None else ctx.expect(node, env, TEXT, words)


def _given(written: tuple[ast.Pair, ...], env: Env, ctx: Expressions) -> Iterator[tuple[str, core.Expr]]:
    """The values that a template is given beside those that it has anyway."""
    for pair in written:
        if pair.name.text in TEMPLATE_NAMES:
            message = f"every template has its own `{pair.name.text}`"
            ctx.error("W208", message, pair.name, env, "give the value another name")
    yield from pairs(written, env, ctx)


def pairs(
    written: tuple[ast.Pair, ...], env: Env, ctx: Expressions, shape: EventShape | None = None
) -> Iterator[tuple[str, core.Expr]]:
    """Named values; those of an event must be its fields."""
    for pair in written:
        made = ctx.check(pair.value, env)
        if shape is not None:
            _check_payload(pair, made, shape, env, ctx)
        yield pair.name.text, made.expr


def _check_payload(pair: ast.Pair, made: Typed, shape: EventShape, env: Env, ctx: Expressions) -> None:
    name, target = pair.name.text, shape.fields.get(pair.name.text)
    if name == AT:
        message = "the time of an emitted event is the time at which it is emitted"
        ctx.error("W220", message, pair.name, env, "leave `at` out")
    elif target is not None:
        check_value(pair.value, made, target, f"`{name}`", env, ctx)
    elif not shape.open:
        near = nearest(name, shape.fields)
        help = f"write `{near}`" if near else "declare the field in the event"
        ctx.error("W220", f"`{shape.name}` has no field `{name}`", pair.name, env, help)


def check_value(node: ast.Expr, made: Typed, target: Type, words: str, env: Env, ctx: Expressions) -> None:
    """A value that is kept in a field must fit it."""
    if not fits(made.type, target):
        message = f"{words} is {a_kind(target.kind)}, this is {a_type(made.type, made.expr)}"
        ctx.error("W222", message, node, env, f"write {a_kind(target.kind)}")
    elif (text := outside_values(made, target)) is not None:
        ctx.error("W213", f'`"{text}"` is none of the values', node, env, values_help(text, target))


def check_free(name: ast.Name, env: Env, ctx: Expressions) -> None:
    """A name that a script gives to an event must not mean something else."""
    if name.text in RESERVED:
        ctx.error("W208", f"`{name.text}` has a meaning of its own", name, env, "take another name")
    elif name.text in env.labels:
        ctx.error("W237", f"`{name.text}` is already the label of a message", name, env, "take another name")
    elif name.text in env.answers:
        ctx.error("W237", f"`{name.text}` is already the answer of a webhook", name, env, "take another name")


def check_shares(step: ast.Split, env: Env, ctx: Expressions) -> None:
    """Shares add up to 100 at most; variants have different names."""
    seen: set[str] = set()
    for variant in step.variants:
        if variant.name.text in seen:
            message = f"the variant `{variant.name.text}` stands twice"
            ctx.error("W207", message, variant.name, env, "give each variant its own name")
        seen.add(variant.name.text)
    total = sum(v.share.value for v in step.variants)
    if total > 100 + 1e-9:
        message = f"the shares add up to {total:g}%"
        ctx.error("W235", message, step.name, env, "make them 100% at most")

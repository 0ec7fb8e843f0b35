"""Journeys, and the rules at top level, which are journeys of their own."""

from collections.abc import Iterator, Mapping

from attrs import evolve

from wend.dsl import ast, core, plan, program
from wend.dsl.builtins import RESERVED, STOPPED
from wend.dsl.checker import canonical, warnings
from wend.dsl.checker.canonical import Ids
from wend.dsl.checker.env import Env
from wend.dsl.checker.expressions import Expressions
from wend.dsl.checker.headers import header
from wend.dsl.checker.steps import Sends
from wend.dsl.checker.triggers import addressed, lower_trigger
from wend.dsl.core import Hint, Place
from wend.dsl.source import Source

_THREE_WAYS = "add `reenter never`, `reenter always` or `reenter after 30 days`, say"


def journey(node: ast.Journey, source: Source, ctx: Expressions) -> program.Journey:
    """A checked journey."""
    triggers = [item for item in node.items if isinstance(item, ast.Trigger)]
    lines = [item for item in node.items if not isinstance(item, ast.Trigger)]
    env = evolve(inside(triggers, source, ctx), journey=node.name.text)
    made = header(lines, env, ctx)
    if node.name.text in ctx.names.stopped:
        made["exit_on"] = (*made.get("exit_on", ()), addressed(STOPPED, node.name.text, env.place(node.name)))
    newest = bool(made.get("newest_path_only"))
    ids, sends = Ids(), Sends.of(triggers)
    lowered = tuple(lower_trigger(trigger, ids, sends, env, newest, ctx) for trigger in triggers)
    active = next((line for line in lines if isinstance(line, ast.Active)), None)
    for head in (head for trigger in triggers for head in trigger.heads):
        if isinstance(head, ast.OnceOn):
            warnings.never_active(head, active, env, ctx)
    warnings.goal_from_import(lines, triggers, env, ctx)
    if "reenter" not in made:
        _demand_reenter(node, lines, triggers, env, ctx)
    return program.Journey(
        name=node.name.text,
        title=None if node.title is None else node.title.value,
        triggers=lowered,
        place=env.place(node.name),
        **made,
    )


def rule(node: ast.Trigger, source: Source, ctx: Expressions, names: Ids) -> program.Journey:
    """A trigger at top level: a journey that is named by what its head says."""
    env = inside([node], source, ctx)
    lowered = lower_trigger(node, Ids(), Sends.of([node]), env, False, ctx)
    name = names.give(canonical.short(lowered.id))
    return program.Journey(name=name, title=lowered.id, lone=True, triggers=(lowered,), place=env.place(node))


def inside(triggers: list[ast.Trigger], source: Source, ctx: Expressions) -> Env:
    """What the header and the triggers of a journey see: its labels, known before use."""
    env = Env(source=source, scope=core.Scope.RUN, words="a journey")
    seen: dict[str, list[tuple[ast.Name, Arms, bool]]] = {}
    answers: set[str] = set()
    for trigger in triggers:
        for step, label, arms in _labels(trigger.body, {}):
            if label.text in RESERVED:
                ctx.error("W208", f"`{label.text}` has a meaning of its own", label, env, "take another name")
            called = isinstance(step, ast.CallWebhook)
            if called:
                answers.add(label.text)
            others = seen.setdefault(label.text, [])
            clashing = (n for n, other, call in others if call is not called or not _exclusive(arms, other))
            first = next(clashing, None)
            if first is not None:
                hint = Hint(env.place(first), "first given here")
                message = f"the label `{label.text}` is given twice"
                ctx.reports.error("W237", message, env.place(label), "give each message its own label", hint)
            others.append((label, arms, called))
    splits = _splits(triggers, frozenset(seen), env, ctx)
    labels = frozenset(seen) - answers
    return evolve(env, labels=labels, answers=frozenset(answers), splits=splits, variants=_variants(triggers))


def _splits(
    triggers: list[ast.Trigger], labels: frozenset[str], env: Env, ctx: Expressions
) -> dict[str, tuple[str, ...]]:
    """The splits by name, and their variants; `.variant` would not tell a split from a message of that name."""
    found: dict[str, tuple[str, ...]] = {}
    for split in (node for trigger in triggers for node in ast.descendants(trigger) if isinstance(node, ast.Split)):
        name = split.name.text
        if name in labels:
            message = f"`{name}` is the label of a message, and the name of a split"
            ctx.error("W237", message, split.name, env, "give one of them another name")
        found[name] = tuple(dict.fromkeys((*found.get(name, ()), *(v.name.text for v in split.variants))))
    return found


def _variants(triggers: list[ast.Trigger]) -> dict[str, tuple[str, ...]]:
    """The variants in which each labelled message stands: of the innermost split around it."""
    found: dict[str, tuple[str, ...]] = {}
    stack: list[tuple[ast.Node, str | None]] = [(trigger, None) for trigger in reversed(triggers)]
    while stack:
        node, variant = stack.pop()
        if isinstance(node, ast.Send) and node.options.label is not None and variant is not None:
            label = node.options.label.text
            found[label] = tuple(dict.fromkeys((*found.get(label, ()), variant)))
        below = node.name.text if isinstance(node, ast.Variant) else variant
        stack.extend((child, below) for child in reversed(tuple(ast.children(node))))
    return found


Arms = Mapping[int, int]
"""Which arm of each `if` and `split` around it a step stands in."""


def _labels(steps: tuple[ast.Step, ...], arms: Arms) -> Iterator[tuple[ast.Step, ast.Name, Arms]]:
    """The steps with a label, each with its label and arms."""
    for step in steps:
        match step:
            case (
                ast.Send(options=ast.Options(label=ast.Name() as label))
                | ast.CallWebhook(options=ast.Options(label=ast.Name() as label))
            ):
                yield step, label, arms
            case ast.If(branches=branches, otherwise=otherwise):
                bodies = [*(branch.body for branch in branches), otherwise or ()]
                for number, body in enumerate(bodies):
                    yield from _labels(body, {**arms, id(step): number})
            case ast.Split(variants=variants):
                for number, variant in enumerate(variants):
                    yield from _labels(variant.body, {**arms, id(step): number})
            case ast.Repeat(body=body):
                yield from _labels(body, arms)
            case _:
                yield from _labels(getattr(step, "otherwise", None) or (), arms)


def _exclusive(arms: Arms, others: Arms) -> bool:
    """Whether a path takes only one of the two."""
    return any(number in others and others[number] != arm for number, arm in arms.items())


def _demand_reenter(
    node: ast.Journey, lines: list[ast.Header], triggers: list[ast.Trigger], env: Env, ctx: Expressions
) -> None:
    """Where a run can end, the script must say whether another may begin."""
    for line in lines:
        if isinstance(line, ast.ExitWhen | ast.ExitOn):
            _missing(node, env.place(line), env, ctx)
            return
    for trigger in triggers:
        for below in ast.descendants(trigger):
            if isinstance(below, ast.Exit):
                _missing(node, env.place(below), env, ctx)
                return
    if node.name.text in ctx.names.stopped:
        message = f"another journey stops `{node.name.text}`, and nothing says whether a further run may begin"
        ctx.reports.error("W230", message, env.place(node.name), _THREE_WAYS)


def _missing(node: ast.Journey, ends: Place, env: Env, ctx: Expressions) -> None:
    message = f"a run of `{node.name.text}` can end, and nothing says whether another may begin"
    ctx.reports.error("W230", message, env.place(node.name), _THREE_WAYS, Hint(ends, "it ends here"))


def sent_channels(journeys: list[program.Journey]) -> set[str]:
    """The channels over which these journeys send."""
    return {op.channel for journey in journeys for op in journey.operations if isinstance(op, plan.Send)}

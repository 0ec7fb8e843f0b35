"""How steps become lines."""

from typing import assert_never

from wend.dsl import ast
from wend.dsl.formatter.lines import STEP, WIDTH, Lines, shown_width
from wend.dsl.formatter.phrases import SUM, Phrases, count_text
from wend.dsl.literals import quote

Plain = (
    ast.Send
    | ast.Notify
    | ast.CallWebhook
    | ast.Set
    | ast.Tag
    | ast.ListStep
    | ast.Resubscribe
    | ast.Emit
    | ast.StartJourney
    | ast.StopJourney
    | ast.Stop
    | ast.Exit
    | ast.WaitFor
)


def is_plain(step: ast.Step) -> bool:
    """Whether a step may stand on the line of its trigger."""
    return isinstance(step, Plain)


def plain(say: Phrases, step: ast.Step) -> str:
    """A plain step on one line."""
    if isinstance(step, ast.Send | ast.Notify | ast.CallWebhook):
        return " ".join([_opening(say, step), *(text for _, text in say.options(step.options))])
    return _simple(say, step)


def _opening(say: Phrases, step: ast.Send | ast.Notify | ast.CallWebhook) -> str:
    match step:
        case ast.Send(channel=channel, template=template):
            return f"send {say.name(channel)} {quote(template.value)}"
        case ast.Notify(address=address):
            return f"notify {say.expr(address, SUM)}"
        case ast.CallWebhook(webhook=webhook):
            return f"call webhook {quote(webhook.value)}"
        case _:
            assert_never(step)


def _simple(say: Phrases, step: ast.Step) -> str:
    match step:
        case ast.Set(target=target, value=value):
            return f"set {say.path(target)} = {say.expr(value)}"
        case ast.Tag(value=value, remove=remove):
            return f"{'remove' if remove else 'add'} tag {say.expr(value)}"
        case ast.ListStep(value=value, remove=remove):
            return f"{'remove from' if remove else 'add to'} list {say.expr(value)}"
        case ast.Resubscribe(channel=channel):
            return f"resubscribe {say.name(channel)}"
        case ast.Emit(event=event, values=values):
            return f"emit {say.name(event)}" + (f" with {say.pairs(values)}" if values else "")
        case ast.StartJourney(journey=journey):
            return f"start journey {say.name(journey)}"
        case ast.StopJourney(journey=journey):
            return f"stop journey {say.name(journey)}"
        case ast.WaitFor(length=length):
            return f"wait {say.expr(length, SUM)}"
        case ast.Stop():
            return "stop"
        case _:
            return "exit"


def steps(lines: Lines, body: tuple[ast.Step, ...], indent: int) -> None:
    """The steps of a body, each on lines of its own."""
    for step in body:
        write(lines, step, indent)


def write(lines: Lines, step: ast.Step, indent: int) -> None:
    """One step with everything below it."""
    match step:
        case ast.Send() | ast.Notify() | ast.CallWebhook():
            _with_options(lines, step, indent)
        case ast.If(branches=branches, otherwise=otherwise):
            for i, branch in enumerate(branches):
                _branch(lines, branch, indent, "else if" if i else "if")
            _else(lines, step, otherwise, indent)
        case ast.Split(name=name, variants=variants, each_time=each_time):
            lines.line(step, indent, f"split {lines.say.name(name)}", "each time" if each_time else "")
            for variant in variants:
                write_variant(lines, variant, indent + 1)
        case ast.Repeat(times=times, every=every, until=until, body=body):
            words = f"repeat up to {count_text(times)} times"
            words += f" every {lines.say.expr(every, SUM)}" if every is not None else ""
            if until is None:
                lines.line(step, indent, words)
            else:
                lines.conditional(step, indent, f"{words} until", until)
            steps(lines, body, indent + 1)
        case ast.WaitUntil() | ast.WaitUntilDay() | ast.WaitUntilOffset() | ast.WaitUpToUntil() | ast.WaitUpToFor():
            _wait(lines, step, indent)
            _else(lines, step, step.otherwise, indent)
        case _:
            lines.line(step, indent, _simple(lines.say, step))


def _with_options(lines: Lines, step: ast.Send | ast.Notify | ast.CallWebhook, indent: int) -> None:
    text = plain(lines.say, step)
    options = lines.say.options(step.options)
    fits = shown_width(text) + STEP * indent <= WIDTH
    if not options or (fits and not lines.commented(step.span.start, step.span.end)):
        lines.line(step, indent, text)
        return
    lines.line(step, indent, _opening(lines.say, step))
    for node, option in options:
        lines.line(node, indent + 1, option)


def _branch(lines: Lines, branch: ast.Branch, indent: int, word: str) -> None:
    lines.conditional(branch, indent, word, branch.condition)
    steps(lines, branch.body, indent + 1)


def write_branch(lines: Lines, branch: ast.Branch, indent: int) -> None:
    """A branch by itself, as an `if`."""
    _branch(lines, branch, indent, "if")


def write_variant(lines: Lines, variant: ast.Variant, indent: int) -> None:
    """A variant of a split."""
    lines.line(variant, indent, f"variant {lines.say.name(variant.name)} {lines.say.percent(variant.share)}")
    steps(lines, variant.body, indent + 1)


def _else(lines: Lines, step: ast.Step, otherwise: tuple[ast.Step, ...] | None, indent: int) -> None:
    if otherwise is None:
        return
    out = lines.line(step, indent, "else")
    out.start = lines.else_before(otherwise[0].span.start) if otherwise else step.span.end
    out.parts = [(out.start, "else")]
    steps(lines, otherwise, indent + 1)


def _wait(
    lines: Lines,
    step: ast.WaitUntil | ast.WaitUntilDay | ast.WaitUntilOffset | ast.WaitUpToUntil | ast.WaitUpToFor,
    indent: int,
) -> None:
    say = lines.say
    match step:
        case ast.WaitUntil(target=target, clock=None):
            lines.conditional(step, indent, "wait until", target)
        case ast.WaitUntil(target=target, clock=clock):
            lines.line(step, indent, "wait until", say.expr(target, SUM), lines.at(clock))
        case ast.WaitUntilDay(day=day, clock=clock):
            lines.line(step, indent, "wait until", day, lines.at(clock))
        case ast.WaitUntilOffset(offset=offset, clock=clock):
            lines.line(step, indent, "wait until", say.offset(offset), lines.at(clock))
        case ast.WaitUpToUntil(limit=limit, condition=condition):
            lines.conditional(step, indent, f"wait up to {say.expr(limit, SUM)} until", condition)
        case ast.WaitUpToFor(limit=limit, event=event, alias=alias, where=where):
            words = f"wait up to {say.expr(limit, SUM)} for {say.path(event)}"
            words += f" as {say.name(alias)}" if alias else ""
            if where is None:
                lines.line(step, indent, words)
            else:
                lines.conditional(step, indent, f"{words} where", where)
        case _:
            assert_never(step)

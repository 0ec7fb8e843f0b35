"""Trees of steps."""

from typing import Any

from attrs import evolve

from wend.dsl import ast
from wend.dsl.build import base
from wend.dsl.build.base import Action, Builder
from wend.dsl.source import Span
from wend.dsl.tokens import Token

# the attribute of `Options` that each option fills
_FILLS = {"to": "to", "from": "sender", "subject": "subject", "text": "text", "with": "values", "as": "label"}
_ALLOWED = {
    ast.Send: ("to", "from", "subject", "with", "as"),
    ast.Notify: ("subject", "text", "with"),
    ast.CallWebhook: ("with", "as"),
}
_WORDS = {ast.Send: "send", ast.Notify: "notify", ast.CallWebhook: "call webhook"}


class _Option:
    """One option as written: its word, its value, its place."""

    __slots__ = ("span", "value", "word")

    def __init__(self, word: str, value: Any, span: Span) -> None:
        self.word = word
        self.value = value
        self.span = span


def _body(b: Builder, span: Span, c: list[Any]) -> tuple[ast.Step, ...]:
    return tuple(c)


def _option(word: str) -> Action:
    return lambda b, span, c: _Option(word, base.name(c[0]) if isinstance(c[0], Token) else c[0], span)


def _options(b: Builder, span: Span, c: list[Any]) -> tuple[_Option, ...]:
    return tuple(c)


def _with_options(b: Builder, step: Any, options: list[_Option]) -> Any:
    """The step with further options: each once, and only those that the step knows."""
    filled: dict[str, Any] = {}
    known = _ALLOWED[type(step)]
    for option in options:
        key = _FILLS[option.word]
        if option.word not in known:
            names = ", ".join(f"`{word}`" for word in known)
            b.report(
                "W119",
                f"`{_WORDS[type(step)]}` has no option `{option.word}`",
                option.span,
                f"its options are {names}",
            )
        elif key in filled or getattr(step.options, key):
            b.report("W126", f"`{option.word}` is given twice", option.span, "keep one of the two")
        else:
            filled[key] = option.value
    if not filled:
        return step
    place = Span(min(option.span.start for option in options), max(option.span.end for option in options))
    if step.options != ast.NO_OPTIONS:
        place = Span(min(place.start, step.options.span.start), max(place.end, step.options.span.end))
    return evolve(step, options=evolve(step.options, span=place, **filled))


def _send(b: Builder, span: Span, c: list[Any]) -> ast.Send:
    step = ast.Send(channel=base.name(c[0]), template=base.text(c[1]), span=span)
    made: ast.Send = _with_options(b, step, c[2:])
    return made


def _notify(b: Builder, span: Span, c: list[Any]) -> ast.Notify:
    made: ast.Notify = _with_options(b, ast.Notify(address=c[0], span=span), c[1:])
    return made


def _call_webhook(b: Builder, span: Span, c: list[Any]) -> ast.CallWebhook:
    made: ast.CallWebhook = _with_options(b, ast.CallWebhook(webhook=base.text(c[0]), span=span), c[1:])
    return made


def _optioned_block(b: Builder, span: Span, c: list[Any]) -> Any:
    step, options = c
    if options is None:
        return step
    return evolve(_with_options(b, step, list(options)), span=span)


def _set(b: Builder, span: Span, c: list[Any]) -> ast.Set:
    return ast.Set(target=c[0], value=c[1], span=span)


def _tag(remove: bool) -> Action:
    return lambda b, span, c: ast.Tag(value=c[0], remove=remove, span=span)


def _list_step(remove: bool) -> Action:
    return lambda b, span, c: ast.ListStep(value=c[0], remove=remove, span=span)


def _resubscribe(b: Builder, span: Span, c: list[Any]) -> ast.Resubscribe:
    return ast.Resubscribe(channel=base.name(c[0]), span=span)


def _emit(b: Builder, span: Span, c: list[Any]) -> ast.Emit:
    return ast.Emit(event=base.name(c[0]), values=c[1] or (), span=span)


def _start_journey(b: Builder, span: Span, c: list[Any]) -> ast.StartJourney:
    return ast.StartJourney(journey=base.name(c[0]), span=span)


def _stop_journey(b: Builder, span: Span, c: list[Any]) -> ast.StopJourney:
    return ast.StopJourney(journey=base.name(c[0]), span=span)


def _stop(b: Builder, span: Span, c: list[Any]) -> ast.Stop:
    return ast.Stop(span=span)


def _exit(b: Builder, span: Span, c: list[Any]) -> ast.Exit:
    return ast.Exit(span=span)


def _pairs(b: Builder, span: Span, c: list[Any]) -> tuple[ast.Pair, ...]:
    seen: set[str] = set()
    for pair in c:
        if pair.name.text in seen:
            b.report("W126", f"`{pair.name.text}` is given twice", pair.span, "keep one of the two")
        seen.add(pair.name.text)
    return tuple(c)


def _pair(b: Builder, span: Span, c: list[Any]) -> ast.Pair:
    return ast.Pair(name=base.name(c[0]), value=c[1], span=span)


def _wait_for(b: Builder, span: Span, c: list[Any]) -> ast.WaitFor:
    return ast.WaitFor(length=b.length(c[0]), span=span)


def _wait_up_to_until(b: Builder, span: Span, c: list[Any]) -> ast.WaitUpToUntil:
    return ast.WaitUpToUntil(limit=b.length(c[0]), condition=c[1], otherwise=c[2], span=span)


def _wait_up_to_for(b: Builder, span: Span, c: list[Any]) -> ast.WaitUpToFor:
    return ast.WaitUpToFor(
        limit=b.length(c[0]), event=c[1], alias=base.maybe_name(c[2]), where=c[3], otherwise=c[4], span=span
    )


def _wait_until(b: Builder, span: Span, c: list[Any]) -> ast.WaitUntil:
    return ast.WaitUntil(target=c[0], otherwise=c[1], span=span)


def _wait_until_at(b: Builder, span: Span, c: list[Any]) -> ast.WaitUntil:
    return ast.WaitUntil(target=c[0], clock=base.clock(c[1]), otherwise=c[2], span=span)


def _wait_until_day(b: Builder, span: Span, c: list[Any]) -> ast.WaitUntilDay:
    return ast.WaitUntilDay(day=c[0], clock=base.maybe_clock(c[1]), otherwise=c[2], span=span)


def _wait_until_offset(b: Builder, span: Span, c: list[Any]) -> ast.WaitUntilOffset:
    return ast.WaitUntilOffset(offset=c[0], clock=base.maybe_clock(c[1]), otherwise=c[2], span=span)


def _if(b: Builder, span: Span, c: list[Any]) -> ast.If:
    return ast.If(branches=tuple(c[:-1]), otherwise=c[-1], span=span)


def _branch(b: Builder, span: Span, c: list[Any]) -> ast.Branch:
    return ast.Branch(condition=c[0], body=c[1], span=span)


def _split(b: Builder, span: Span, c: list[Any]) -> ast.Split:
    return ast.Split(name=base.name(c[0]), each_time=c[1] is not None, variants=tuple(c[2:]), span=span)


def _present(b: Builder, span: Span, c: list[Any]) -> bool:
    return True


def _variant(b: Builder, span: Span, c: list[Any]) -> ast.Variant:
    return ast.Variant(name=base.name(c[0]), share=base.percent(c[1]), body=c[2], span=span)


def _repeat(b: Builder, span: Span, c: list[Any]) -> ast.Repeat:
    return ast.Repeat(times=b.whole(c[0]), every=b.maybe_length(c[1]), until=c[2], body=c[3], span=span)


STEPS: dict[str, Action] = {
    "body": _body,
    **{f"option_{word}": _option(word) for word in _FILLS},
    "options": _options,
    "send": _send,
    "notify": _notify,
    "call_webhook": _call_webhook,
    "optioned_block": _optioned_block,
    "set": _set,
    "add_tag": _tag(False),
    "remove_tag": _tag(True),
    "add_to_list": _list_step(False),
    "remove_from_list": _list_step(True),
    "resubscribe": _resubscribe,
    "emit": _emit,
    "start_journey": _start_journey,
    "stop_journey": _stop_journey,
    "stop": _stop,
    "exit": _exit,
    "pairs": _pairs,
    "pair": _pair,
    "wait_for": _wait_for,
    "wait_up_to_until": _wait_up_to_until,
    "wait_up_to_for": _wait_up_to_for,
    "wait_until": _wait_until,
    "wait_until_at": _wait_until_at,
    "wait_until_day": _wait_until_day,
    "wait_until_offset": _wait_until_offset,
    "if_": _if,
    "branch": _branch,
    "split": _split,
    "each_time": _present,
    "variant": _variant,
    "repeat": _repeat,
}

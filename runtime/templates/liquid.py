"""The Liquid that templates are written in: python-liquid, bounded, and without a clock or files of its own.

Two things differ from plain Liquid. An unknown value is never printed as nothing: it raises, unless `default` or an
`if` looks at it first, because `Hi ,` in a customer's mail is worse than no mail. And `"now" | date` reads the time
that the message was decided at, `now` of the context, never the machine's clock.
"""

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from enum import Enum
from functools import wraps
from typing import Any

from liquid import BoundTemplate, Environment, RenderContext, Token, TokenStream
from liquid.exceptions import (
    FilterArgumentError,
    LiquidError,
    LiquidTypeError,
    ResourceLimitError,
    TemplateNotFoundError,
    UndefinedError,
)
from liquid.filter import with_context
from liquid.loader import BaseLoader, TemplateSource
from liquid.tag import Tag
from liquid.undefined import UNDEFINED, FalsyStrictUndefined

from wend.dsl.diagnostics import WendError
from wend.runtime.templates.source import TemplateFile

MAX_OUTPUT = 2_000_000
"""Bytes that one part of a message may have."""
MAX_LOOPS = 100_000
MAX_LOCALS = 4_000_000

_EPOCH = re.compile(r"(?<!%)((?:%%)*)%s")
_KINDS = {
    "str": "text",
    "Markup": "text",
    "int": "a number",
    "float": "a number",
    "Decimal": "a number",
    "_Number": "a number",
    "bool": "a boolean",
    "list": "a list",
    "dict": "a record",
    "_Record": "a record",
    "date": "a date",
    "_Moment": "a date",
    "NoneType": "nothing",
    "range": "a range",
}
_KIND = re.compile(rf"(?<=found )({'|'.join(_KINDS)})$|'({'|'.join(_KINDS)})'")


class TemplateError(WendError):
    """A template that cannot be rendered, or not for this contact; the message is set aside, not sent."""


class Missing(FalsyStrictUndefined):
    """What a name stands for that the context does not have: false in an `if`, replaced by `default`, else an error."""

    __slots__ = ()
    force_liquid_default = True

    def __init__(self, name: str, *, token: Token | None, obj: object = UNDEFINED, hint: str | None = None) -> None:
        path = (hint or name).removesuffix(" is undefined").strip("'")
        super().__init__(name, token=token, obj=obj, hint=f"`{path}` is unknown")


class Unknown(Sequence[object]):
    """A value that is there and unknown: a field that a contact has not filled in. As `Missing`, and equal to nil."""

    __slots__ = ("_path",)
    force_liquid_default = True

    def __init__(self, path: str) -> None:
        self._path = path

    def fail(self) -> UndefinedError:
        return UndefinedError(f"`{self._path}` is unknown", token=None)

    def __liquid__(self) -> object:
        return None

    def __str__(self) -> str:
        raise self.fail()

    # A sequence, so that a `for` over it asks for its items, and fails.
    def __getitem__(self, index: Any) -> Any:
        raise TypeError("an unknown value has no items")

    def __iter__(self) -> Any:
        raise self.fail()

    def __len__(self) -> int:
        raise self.fail()

    def __bool__(self) -> bool:
        return False

    def __eq__(self, other: object) -> bool:
        return other is None or isinstance(other, Unknown)

    def __hash__(self) -> int:
        return hash(None)

    def __repr__(self) -> str:
        return f"Unknown({self._path!r})"


class _Record(dict[str, object]):
    """An event or other record; it has fields to print, and no form of its own."""

    def __init__(self, items: Mapping[str, object], path: str) -> None:
        super().__init__(items)
        self.path = path

    def __str__(self) -> str:
        raise LiquidTypeError(f"`{self.path}` is a record: print one of its fields", token=None)


class _Moment(dt.datetime):
    """A datetime that prints itself in ISO form, with the `T`."""

    def __str__(self) -> str:
        return self.isoformat()


class _Number(float):
    """A number that prints `30`, not `30.0`."""

    def __str__(self) -> str:
        return str(int(self)) if self.is_integer() and abs(self) < 1e15 else float.__repr__(self)


def present(value: object, path: str = "") -> object:
    """A value of the engine as a template sees it: plain data only, unknown values marked with their path."""
    match value:
        case None:
            return Unknown(path)
        case Enum():
            return present(value.value, path)
        case bool() | int() | str() | Decimal():
            return value
        case float():
            return _Number(value)
        case dt.datetime():
            return _moment(value)
        case dt.date() | dt.time():
            return value
        case Mapping():
            below = f"{path}." if path else ""
            return _Record({str(key): present(item, f"{below}{key}") for key, item in value.items()}, path)
        case set() | frozenset():
            return [present(item, path) for item in sorted(value, key=str)]
        case list() | tuple():
            return [present(item, path) for item in value]
        case _:
            return str(value)


def _moment(value: dt.datetime) -> _Moment:
    return _Moment.combine(value.date(), value.timetz())


@with_context
def _date(value: object, form: object = None, *, context: RenderContext) -> str:
    if isinstance(value, str) and value in ("now", "today"):
        value = context.resolve("now")
    moment = _to_moment(value)
    if not isinstance(form, str):
        return str(present(value))
    try:
        # `%s` would ask the machine for its zone.
        return moment.strftime(_EPOCH.sub(rf"\g<1>{int(moment.timestamp())}", form))
    except ValueError as error:
        raise FilterArgumentError(f"`{form}` is no date format: {error}", token=None) from error


def _to_moment(value: object) -> dt.datetime:
    """Only what is unambiguous: dates, datetimes, ISO text, Unix times. Anything without a zone is taken as UTC."""
    try:
        match value:
            case dt.datetime():
                moment = value
            case dt.date():
                moment = dt.datetime.combine(value, dt.time.min)
            case str() if value.isdigit() and len(value) != 8:
                moment = dt.datetime.fromtimestamp(int(value), dt.UTC)
            case str():
                moment = dt.datetime.fromisoformat(value.strip())
            case int() | float():
                moment = dt.datetime.fromtimestamp(value, dt.UTC)
            case _:
                raise ValueError
    except (ValueError, OverflowError, OSError):
        raise FilterArgumentError(f"`{str(value)[:40]}` is not a date", token=None) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def _guarded(name: str, inner: Callable[..., Any]) -> Callable[..., Any]:
    """A filter that takes no unknown values (many would read them as 0 or nothing) and builds nothing huge."""

    @wraps(inner)
    def guarded(value: Any, *args: Any, **kwargs: Any) -> Any:
        if name != "default":
            for given in (value, *args):
                if isinstance(given, (Missing, Unknown)):
                    str(given)
        if isinstance(value, range) and len(value) > MAX_LOOPS:
            raise ResourceLimitError("the range is too long", token=None)
        try:
            result = inner(value, *args, **kwargs)
        except (TypeError, FilterArgumentError) as error:
            if "argument" not in str(error.args[0]):
                raise
            raise FilterArgumentError(f"the filter `{name}` has too many or too few values", token=None) from None
        if isinstance(result, str) and len(result) > MAX_OUTPUT:
            raise ResourceLimitError("the text grows too long", token=None)
        return _Number(result) if type(result) is float else result

    return guarded


class LiquidEnvironment(Environment):
    """python-liquid with our bounds and filters; a syntax error always knows its place."""

    loop_iteration_limit = MAX_LOOPS
    output_stream_limit = MAX_OUTPUT
    local_namespace_limit = MAX_LOCALS

    def __init__(self, *, autoescape: bool, loader: BaseLoader | None = None) -> None:
        super().__init__(autoescape=autoescape, undefined=Missing, loader=loader)
        self.filters["date"] = _date
        for name, inner in list(self.filters.items()):
            self.filters[name] = _guarded(name, inner)

    def add_tag(self, tag: type[Tag]) -> None:
        super().add_tag(tag)
        instance = self.tags[tag.name]
        inner = instance.get_node

        def placed(stream: TokenStream) -> Any:
            # An error at the end of an expression carries a token without a position: give it the tag's.
            start = stream.current
            try:
                return inner(stream)
            except LiquidError as error:
                if error.token is None or error.token.start_index < 0:
                    error.token = start
                raise

        setattr(instance, "get_node", placed)  # noqa: B010 - a method is replaced on purpose


class PartialLoader(BaseLoader):
    """Finds what `include` and `render` name among the loaded files: `footer`, or `footer.html`; never reads a file."""

    def __init__(self, files: Mapping[str, TemplateFile], suffix: str) -> None:
        super().__init__()
        self.files = files
        self.suffix = suffix
        self._parsed: dict[str, BoundTemplate] = {}

    def find(self, name: str) -> TemplateFile | None:
        return self.files.get(name) if name.endswith(self.suffix) else self.files.get(name + self.suffix)

    def get_source(
        self, env: Environment, template_name: str, *, context: RenderContext | None = None, **kwargs: object
    ) -> TemplateSource:
        file = self.find(template_name)
        if file is None:
            raise TemplateNotFoundError(template_name)
        return TemplateSource(file.body, file.path, None)

    def load(
        self,
        env: Environment,
        name: str,
        *,
        globals: Mapping[str, object] | None = None,
        context: RenderContext | None = None,
        **kwargs: object,
    ) -> BoundTemplate:
        if name not in self._parsed:
            source = self.get_source(env, name)
            self._parsed[name] = env.from_string(source.text, name=source.name, path=source.name)
        return self._parsed[name]


def explain(error: LiquidError) -> str:
    """python-liquid's message as one sentence of ours."""
    text = str(error.message or "the template is broken").strip().rstrip(".")
    if isinstance(error, TemplateNotFoundError):
        return f"there is no template `{text}` to include"
    if "found end of expression" in text and text.startswith("expected tag "):
        return f"the tag has no `{text.removeprefix('expected tag ').split(',')[0]}`"
    if text in ('unexpected "\'"', "unexpected '\"'"):
        return f"a text that begins with `{text[-2]}` has no end"
    if text == "unexpected tag 'end of expression'":
        return "the tag has no `when`"
    text = text.replace("found dpipe", "found `||`").replace("found pipe", "found `|`")
    text = _KIND.sub(lambda found: _KINDS[found[1] or found[2]], text)
    text = text.replace("end of expression", "its end").replace("'", "`").replace('"', "`")
    return text[:1].lower() + text[1:]


def line_of(error: LiquidError) -> int:
    """The line of the error within the text that was parsed, counted from 1."""
    if error.token is None or error.token.start_index < 0:
        return 1
    return error.token.source.count("\n", 0, error.token.start_index) + 1

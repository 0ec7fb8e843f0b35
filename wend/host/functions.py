"""Functions of a host's own that scripts can call: a Python function, whose annotations say the types.

    @wend.function
    def tier(points: float) -> Literal["gold", "silver"]:
        \"\"\"The tier of a customer with so many points.\"\"\"
        return "gold" if points >= 100 else "silver"

    wend.compile('when tier(points) = "gold" send email "thanks"', functions=[tier])

A function belongs to the programs that it is handed to, and to no list of all functions.
"""

import datetime as dt
import inspect
import re
from collections.abc import Callable, Iterable, Sequence
from math import isfinite
from types import NoneType, UnionType
from typing import Any, Generic, Literal, ParamSpec, TypeVar, Union, get_args, get_origin, get_type_hints, overload

from attrs import frozen

from wend.dsl.ast import AGGREGATES
from wend.dsl.builtins import RESERVED
from wend.dsl.diagnostics import WendError
from wend.dsl.signatures import Parameter
from wend.dsl.types import BOOLEAN, CLOCK, DATE, DATETIME, NUMBER, TEXT, Kind, Type, list_of
from wend.runtime.codec import as_value
from wend.runtime.functions import Function, FunctionError, Functions, Moment
from wend.runtime.values import Value
from wend.stdlib import FUNCTIONS, declare
from wend.stdlib.declare import kind_of, with_article

P = ParamSpec("P")
R = TypeVar("R")

FAMILY = "host"

_NAME = re.compile(r"[a-z][A-Za-z0-9_]*")
_PLAIN: tuple[tuple[object, Type], ...] = (
    (str, TEXT),
    (int, NUMBER),
    (float, NUMBER),
    (bool, BOOLEAN),
    (dt.date, DATE),
    (dt.datetime, DATETIME),
    (dt.time, CLOCK),
)
_TAKEN = 'give it another: `@wend.function(name="…")`'


@frozen(repr=False)
class HostFunction(Generic[P, R]):
    """A function that scripts can call, made by `@wend.function`. In Python it is called as before.

    Args:
        name: how scripts call it.
        call: the Python function.
        declared: what checker and evaluator are given.
    """

    name: str
    call: Callable[P, R]
    declared: Function

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """What the Python function gives."""
        return self.call(*args, **kwargs)

    def __repr__(self) -> str:
        return f"<function `{self.name}` for scripts>"


@overload
def function(call: Callable[P, R], /) -> HostFunction[P, R]: ...
@overload
def function(*, name: str) -> Callable[[Callable[P, R]], HostFunction[P, R]]: ...
def function(
    call: Callable[P, R] | None = None, /, *, name: str | None = None
) -> HostFunction[P, R] | Callable[[Callable[P, R]], HostFunction[P, R]]:
    """Make a Python function one that scripts can call; hand it to `compile` or `evaluate`.

    Its parameters and its result are annotated with `str`, `int`, `float`, `bool`, `date`, `datetime`, `time`,
    `Literal["a", "b"]` or a list of one of these; a result of `X | None` may be unknown. The first line of the
    docstring is its sentence. It must give the same for the same arguments, whenever it is asked: what depends on the
    time takes a date, and a script gives it `today`. It is never called with something unknown (its result is unknown
    then); where it raises an exception, or gives what it does not promise, its result is unknown.

    Args:
        name: how scripts call it; its Python name where nothing is said.

    Raises:
        WendError: an annotation is missing or is no type of the language, or the name cannot be had.
    """
    if call is None:
        return lambda each: _host_function(each, name or each.__name__)
    return _host_function(call, name or call.__name__)


def with_hosts(functions: Iterable[HostFunction[..., Any]]) -> Functions:
    """The functions of the library and those of a host.

    Raises:
        WendError: two have one name, or something is no function for scripts.
    """
    known = dict(FUNCTIONS)
    for each in functions:
        if not isinstance(each, HostFunction):
            name = getattr(each, "__name__", each)
            raise WendError(f"`{name}` is no function for scripts", "write `@wend.function` above it")
        if each.name in known:
            raise WendError(f"there is a function `{each.name}` already", _TAKEN)
        known[each.name] = each.declared
    return known


def _host_function(call: Callable[P, R], name: str) -> HostFunction[P, R]:
    if not _NAME.fullmatch(name) or name in AGGREGATES or name in RESERVED:
        raise WendError(f"`{name}` cannot be the name of a function for scripts", _TAKEN)
    try:
        hints = get_type_hints(call)
    except NameError as error:
        raise WendError(f"an annotation of `{name}` names `{error.name}`, which is not there") from None
    takes, whole = [], []
    for each in inspect.signature(call).parameters.values():
        if each.kind is not each.POSITIONAL_OR_KEYWORD or each.default is not each.empty:
            raise WendError(f"`{name}` must take a fixed number of arguments, and `{each.name}` is none such")
        kind = _type(hints.get(each.name), f"the parameter `{each.name}` of `{name}`")
        if kind.optional:
            help = f"a function is never called with something unknown: leave `None` out of `{each.name}`"
            raise WendError(f"the parameter `{each.name}` of `{name}` may be unknown", help)
        takes.append(Parameter(each.name, kind))
        whole.append(hints[each.name] is int)
    result = _type(hints.get("return"), f"the result of `{name}`")
    declared = declare.function(
        name,
        *takes,
        family=FAMILY,
        result=result,
        sentence=(inspect.getdoc(call) or "").partition("\n")[0],
        example=f"{name}({', '.join(each.name for each in takes)})",
        gives="",
        code=_code(call, name, result, whole),
    )
    return HostFunction(name, call, declared)


def _type(hint: object, what: str) -> Type:
    """The type of the language that an annotation means."""
    if hint is None:
        raise WendError(f"{what} has no annotation", "say its type, such as `float`")
    origin, args = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType) and len(args) == 2 and NoneType in args:
        return _type(next(each for each in args if each is not NoneType), what).maybe()
    if origin is Literal and all(isinstance(each, str) for each in args):
        return Type(Kind.TEXT, values=args)
    if origin in (list, Sequence) or (origin is tuple and args[1:] == (Ellipsis,)):
        return list_of(_type(args[0], what))
    found = next((kind for python, kind in _PLAIN if python is hint), None)
    if found is None:
        help = "such are `str`, `float`, `bool`, `date`, `datetime`, `Literal[…]` and lists of these"
        raise WendError(f"{what} is of a type that scripts do not have", help)
    return found


def _code(call: Callable[..., object], name: str, result: Type, whole: Sequence[bool]) -> Callable[..., Value]:
    def code(_: Moment, *values: Value) -> Value:
        given = [_whole(name, each) if must else each for each, must in zip(values, whole, strict=True)]
        try:
            found = as_value(call(*given))
        except Exception as error:
            raise FunctionError(f"`{name}` failed: {error}") from error
        if not _keeps(found, result):
            raise FunctionError(f"`{name}` gave `{found}`, which is not {with_article(result.kind)}")
        return found

    return code


def _whole(name: str, value: Value) -> int:
    if isinstance(value, int | float) and value == value // 1:
        return int(value)
    raise FunctionError(f"`{name}` takes a whole number, not `{value}`")


def _keeps(value: Value, promised: Type) -> bool:
    """Whether a value is one of the type."""
    if value is None:
        return promised.optional
    if promised.values and value not in promised.values:
        return False
    if isinstance(value, tuple) and promised.item is not None:
        return all(_keeps(each, promised.item) for each in value)
    if isinstance(value, float) and not isfinite(value):
        return False
    return kind_of(value) is promised.kind

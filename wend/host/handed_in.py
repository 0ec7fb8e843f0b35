"""What a host hands to an engine, looked at before it is used: what is none is told in one sentence."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import TypeVar

from wend.dsl.diagnostics import WendError
from wend.host.compiling import Program
from wend.host.sources import Batch, Source
from wend.runtime.channels import Channel, Promise

E = TypeVar("E", bound=StrEnum)
T = TypeVar("T")


def check_engine(program: object, store: object, channels: Mapping[str, object], sources: Iterable[Source]) -> None:
    """Refuse a program, a store, channels or sources that are none. Raises WendError."""
    if not isinstance(program, Program):
        raise WendError(f"{_kind(program)} is no program", "`wend.compile` makes one")
    if not (hasattr(store, "transaction") and hasattr(store, "outbox")):
        raise WendError(f"{_kind(store)} is no store", "give `wend.open_sqlite(path)`, or `wend.MemoryStore()`")
    for name, each in channels.items():
        _check_channel(name, each)
    names = [each.name for each in sources]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise WendError(f"two sources are called `{twice}`", "the store remembers by its name how far each was read")


def _check_channel(name: str, channel: Channel | object) -> None:
    if isinstance(channel, type):
        raise WendError(f"the channel `{name}` is a class", f"make one of it: `{channel.__name__}(…)`")
    for part in ("name", "promise", "deliver"):
        if not hasattr(channel, part):
            raise WendError(f"the channel `{name}` has no `{part}`", "a channel has `name`, `promise` and `deliver`")
    one_of(Promise, getattr(channel, "promise", None), f"the promise of the channel `{name}`")


def one_of(kind: type[E], given: object, what: str) -> E:
    """A choice that a host may write as a text. Raises WendError where there is no such one."""
    if isinstance(given, str) and given in tuple(kind):
        return kind(given)
    choices = " or ".join(f"`{each}`" for each in kind)
    raise WendError(f"{what} cannot be `{given}`", f"give {choices}")


def several(given: Iterable[T], what: str) -> Iterable[T]:
    """What was handed in as several. Raises WendError where it is a single one, or none at all."""
    if isinstance(given, Mapping | str | bytes) or not isinstance(given, Iterable):
        raise WendError(f"`{what}` are several, and {_kind(given)} was given", f"put one into a list: `{what}=[…]`")
    return given


def batch_of(source: Source, cursor: str | None) -> Batch:
    """What a source has to tell. Raises WendError where that is no batch, and whatever the source raises."""
    batch: object = source.read(cursor)
    if not isinstance(batch, Batch):
        raise WendError(f"the source `{source.name}` gave {_kind(batch)}", "`read` gives a `wend.Batch`")
    if not isinstance(batch.cursor, str | None):
        message = f"the cursor of the source `{source.name}` is `{batch.cursor}`, which is no text"
        raise WendError(message, f'write it in quotes: `"{batch.cursor}"`')
    return batch


def _kind(thing: object) -> str:
    if thing is None:
        return "nothing"
    if isinstance(thing, str):
        return "a text"
    if isinstance(thing, Mapping):
        return "a mapping"
    name = type(thing).__name__
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} `{name}`"

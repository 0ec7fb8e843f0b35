"""Making a program the live one."""

import json
from collections.abc import Mapping
from hashlib import blake2b

from attrs import frozen

from wend.dsl.program import Program
from wend.runtime.ingest import arrival
from wend.runtime.store.protocol import Store, StoredVersion
from wend.runtime.values import Instant


@frozen
class Activation:
    """What making a program the live one has changed.

    Args:
        version: the program's.
        changed: another program, or other settings, were live before.
        launched: journeys that were never live before, in walking order.
        retired: journeys that were live before and are not in the program.
        contacts: how many contacts are looked at anew at the next tick.
    """

    version: str
    changed: bool
    launched: tuple[str, ...]
    retired: tuple[str, ...]
    contacts: int


def fingerprint(program: Program, zone: str, addresses: Mapping[str, str]) -> str:
    """What the times that a store keeps depend on: where it changes, every contact has to be looked at again."""
    settings = json.dumps([zone, dict(sorted(addresses.items()))]).encode()
    return f"{program.version} {blake2b(settings, digest_size=8).hexdigest()}"


def activate(store: Store, program: Program, mark: str, version: StoredVersion, now: Instant) -> Activation:
    """Keep a version of a program and make it the live one.

    Args:
        mark: its `fingerprint`.
        version: its scripts and templates.
    """
    with store.transaction():
        live = store.live_since()
        kept = next((known for known in store.versions() if known.version == version.version), None)
        names = [journey.name for journey in program.journeys]
        launched = tuple(name for name in names if name not in live)
        changed = store.live_mark() != mark
        if (
            changed
            or launched
            or kept is None
            or (kept.scripts, kept.templates) != (version.scripts, version.templates)
        ):
            store.activate(version, mark, dict.fromkeys(launched, now), now)
        contacts = 0
        if changed or launched:
            contacts = store.wake_all(arrival(store, now), launch=bool(launched))
    retired = tuple(sorted(name for name in live if name not in names)) if changed else ()
    return Activation(program.version, changed, launched, retired, contacts)

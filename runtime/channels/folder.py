"""Messages as files in a folder: `.eml` for e-mail, `.txt` for everything else."""

import os
import re
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

from wend.dsl.diagnostics import WendError
from wend.runtime.calendar import Zone
from wend.runtime.calendar import zone as find_zone
from wend.runtime.channels.protocol import ChannelDown, Outcome, Promise, Status
from wend.runtime.channels.unsubscribe import NO_UNSUBSCRIBE, Unsubscribe
from wend.runtime.delivery.messages import EMAIL, Message, to_email, to_plain

_TEMPORARY = ".part"


class FolderChannel:
    """Writes one file a message: `2026-05-10-0900_ana_winback-1_KEY.eml`.

    A file appears whole or not at all, and a key is written once: a second delivery finds the first one's file.

    Args:
        path: the folder; it is made if it is not there.
        durable: wait until each file is on the disk. Without it a power cut may lose files that were reported as
            delivered; a simulation does not mind, and is many times quicker.
        zone: the IANA name of the zone of the times in the files' names.
        unsubscribe: where e-mails that are no transactional ones say that one can unsubscribe.
    """

    promise = Promise.AT_LEAST_ONCE

    def __init__(
        self, path: Path | str, durable: bool = True, zone: str = "UTC", unsubscribe: Unsubscribe = NO_UNSUBSCRIBE
    ) -> None:
        self._path = Path(path)
        self._durable = durable
        self._zone = find_zone(zone)
        self._unsubscribe = unsubscribe

    @property
    def name(self) -> str:
        """`folder mail`."""
        return f"folder {self._path}"

    def deliver(self, messages: Iterable[Message]) -> Iterator[Outcome]:
        """Write them one by one."""
        try:
            self._path.mkdir(parents=True, exist_ok=True)
            written = {_key_of(entry.name) for entry in self._path.iterdir() if entry.suffix != _TEMPORARY}
        except OSError as error:
            raise self._down(error) from None
        for message in messages:
            if message.key in written:
                yield Outcome(message.key, Status.DELIVERED)
                continue
            try:
                name, content = file_name(message, self._zone), _content(self._unsubscribe.put_into(message))
            except WendError as error:
                yield Outcome(message.key, Status.REFUSED, error.message)
                continue
            try:
                self._write(name, content)
            except OSError as error:
                raise self._down(error) from None
            written.add(message.key)
            yield Outcome(message.key, Status.DELIVERED)

    def _write(self, name: str, content: bytes) -> None:
        temporary = self._path / f".{name}{_TEMPORARY}"
        try:
            with temporary.open("wb") as file:
                file.write(content)
                if self._durable:
                    file.flush()
                    os.fsync(file.fileno())
            temporary.replace(self._path / name)
        except OSError:
            # What is half written helps nobody, and on a full disk it is in the way.
            temporary.unlink(missing_ok=True)
            raise
        if self._durable:
            _sync_folder(self._path)

    def _down(self, error: OSError) -> ChannelDown:
        reason = (error.strerror or "unknown reason").lower()
        help = "see that it is a folder, or can be made one, and may be written to"
        return ChannelDown(f"nothing can be written to `{self._path}`: {reason}", help)


def file_name(message: Message, local: Zone) -> str:
    """The name of a message's file: when, to whom, which template, and the key, which ends in front of the suffix."""
    suffix = ".eml" if message.channel == EMAIL else ".txt"
    when = local.local(message.at).strftime("%Y-%m-%d-%H%M")
    return f"{when}_{_slug(message.contact)}_{_slug(message.template or 'notice')}_{message.key}{suffix}"


def _slug(text: str) -> str:
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9.-]+", "-", ascii_text).strip("-.")[:40] or "x"


def _key_of(name: str) -> str:
    # The slugs hold no `_`; a key may, so it is what stands behind the third.
    parts = name.rpartition(".")[0].split("_", 3)
    return parts[3] if len(parts) == 4 else ""


def _content(message: Message) -> bytes:
    if message.channel == EMAIL:
        return to_email(message).as_bytes()
    return to_plain(message).encode("utf-8")


def _sync_folder(path: Path) -> None:
    """A renamed file is safe only once the folder itself is on the disk; not every system can say so."""
    try:
        handle = os.open(path, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    except OSError:
        pass
    finally:
        os.close(handle)

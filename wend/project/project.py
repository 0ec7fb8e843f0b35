"""A project: a folder with `wend.toml`, journeys and templates, or a single script that stands alone."""

import datetime as dt
from collections.abc import Collection, Mapping
from pathlib import Path

from attrs import field, frozen

from wend.dsl.diagnostics import WendError
from wend.dsl.nearest import nearest
from wend.project.channels import ChannelSettings, WebhookSettings, read_channels, read_webhooks
from wend.project.config import ProjectError, Section, TomlFile
from wend.runtime.calendar import Zone
from wend.runtime.calendar import zone as find_zone
from wend.runtime.effects import DEFAULT_ADDRESSES
from wend.runtime.sources import (
    ContactMapping,
    ContactRecord,
    EventMapping,
    EventRecord,
    Policy,
    SourceError,
    Tally,
    check_events_known,
    check_events_past,
    load_contacts,
    load_events,
)
from wend.runtime.sources.written import DECIMALS, ORDERS, POINT, Written

CONFIG = "wend.toml"
SCRIPT = ".journey"


@frozen
class Files:
    """Data files as a project names them: paths or patterns such as `data/*.csv`, from its folder.

    `place` is where `wend.toml` names them.
    """

    root: Path
    patterns: tuple[str, ...]
    place: str | None = None

    def paths(self) -> list[Path]:
        """The files there are, those of a pattern in the order of their names, each once.

        Raises:
            SourceError: a pattern fits no file. That a named file is missing shows when it is read.
        """
        found: dict[Path, None] = {}
        for pattern in self.patterns:
            path = self.root / pattern
            if _exists(path, pattern, self.place) or not set(pattern) & set("*?["):
                found[path] = None
                continue
            base = Path(path.anchor) if Path(pattern).is_absolute() else self.root
            try:
                fits = sorted(p for p in base.glob(str(path.relative_to(base))) if p.is_file())
            except (ValueError, NotImplementedError):
                raise SourceError(f"`{pattern}` is no pattern of files", None, self.place) from None
            if not fits:
                raise SourceError(f"no file fits `{pattern}`", None, self.place)
            found.update(dict.fromkeys(fits))
        return list(found)

    def has(self, path: Path) -> bool:
        """Whether this is one of the files."""
        try:
            return path.resolve() in {p.resolve() for p in self.paths()}
        except SourceError:
            return False


def _exists(path: Path, pattern: str, place: str | None) -> bool:
    try:
        return path.exists()
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        raise SourceError(f"`{pattern[:60]}` cannot be the name of a file: {reason}", None, place) from None


@frozen
class ContactSource:
    """Where a project's contacts come from."""

    files: Files
    mapping: ContactMapping

    def load(self, zone: Zone, types: Mapping[str, str] | None = None) -> list[ContactRecord]:
        """All contacts, or none: see `load_contacts`."""
        return load_contacts(self.files.paths(), self.mapping, zone, types)


@frozen
class EventSource:
    """Where some of a project's events come from, and what to do with those that cannot be."""

    files: Files
    mapping: EventMapping
    unknown_contact: Policy = Policy.ERROR
    future: Policy = Policy.ERROR

    def load(
        self,
        zone: Zone,
        types: Mapping[str, Mapping[str, str]] | None = None,
        contacts: Collection[str] | None = None,
        now: dt.datetime | None = None,
        tally: Tally | None = None,
    ) -> list[EventRecord]:
        """All events, or none: see `load_events`, `check_events_known` (with `contacts`) and `check_events_past`."""
        events = load_events(self.files.paths(), self.mapping, zone, types, tally)
        if contacts is not None:
            events = list(check_events_known(events, contacts, self.unknown_contact, tally))
        if now is not None:
            events = list(check_events_past(events, now, self.future, tally, zone))
        return events


MOST_DAYS = 36_500
"""The longest that can be said of how long something is kept."""


@frozen
class StoreSettings:
    """Where state is kept: an SQLite file, or in memory where there is none.

    Args:
        keep_days: for how many days the journal and delivered messages are kept; None for ever.
    """

    sqlite: Path | None = None
    keep_days: int | None = None


@frozen
class Project:
    """What `wend.toml` says, checked.

    Args:
        root: the folder.
        name: as told, or the folder's (or script's) name.
        zone: the zone of all that names no other.
        contacts: where contacts come from, or None.
        events: where events come from.
        store: where state is kept.
        channels: the settings of each channel by name.
        webhooks: the settings of each web service that scripts call, by name.
        script: the lone script that the project consists of, else None.
        zone_told: the project names its zone; otherwise the scripts' `settings` may.
    """

    root: Path
    name: str
    zone: Zone
    contacts: ContactSource | None = None
    events: tuple[EventSource, ...] = ()
    store: StoreSettings = StoreSettings()
    channels: Mapping[str, ChannelSettings] = field(factory=dict)
    webhooks: Mapping[str, WebhookSettings] = field(factory=dict)
    script: Path | None = None
    zone_told: bool = False

    def scripts(self) -> list[Path]:
        """The scripts in the order of their names.

        Raises:
            ProjectError: there are none.
        """
        if self.script is not None:
            return [self.script]
        folder = self.root / "journeys"
        found = sorted(folder.glob(f"*{SCRIPT}"))
        if not found:
            raise ProjectError(f"there is no script in `{folder}`", f"put a file `NAME{SCRIPT}` there", str(self.root))
        return found

    @property
    def templates_dir(self) -> Path | None:
        """The folder of templates, or None where there is none."""
        folder = self.root / "templates"
        return folder if folder.is_dir() else None

    @property
    def addresses(self) -> dict[str, str]:
        """The contact's field with the address of each channel."""
        return {**DEFAULT_ADDRESSES, **{name: settings.address for name, settings in self.channels.items()}}

    def contact_source(self, path: Path) -> ContactSource:
        """How to read contacts from a file that somebody names: as the project reads its own."""
        mapping = self.contacts.mapping if self.contacts is not None else ContactMapping()
        return ContactSource(Files(Path(), (str(path),)), mapping)

    def event_source(self, path: Path) -> EventSource:
        """How to read events from a file that somebody names.

        As the project reads that file, or its only source; otherwise its columns are found by their usual names.
        """
        files = Files(Path(), (str(path),))
        fits = [s for s in self.events if s.files.has(path)] or (self.events if len(self.events) == 1 else ())
        if not fits:
            return EventSource(files, EventMapping())
        return EventSource(files, fits[0].mapping, fits[0].unknown_contact, fits[0].future)


def _as_seen(folder: Path) -> Path:
    """A folder as one would name it from here, where it is below."""
    here = Path.cwd()
    return folder.relative_to(here) if folder.is_relative_to(here) else folder


def load_project(path: Path | str) -> Project:
    """Read a project.

    Args:
        path: its folder, its `wend.toml`, or a single script, which is a project of its own: zone UTC, state in
            memory, no channels, and templates where a folder `templates` stands beside it.

    Raises:
        ProjectError: it is not there, or something in it is wrong.
    """
    path = Path(path)
    if path.is_dir():
        config = path / CONFIG
        if not config.is_file():
            above = next((each for each in path.absolute().parents if (each / CONFIG).is_file()), None)
            help = "name the folder of a project; `wend init DIR` writes a small one"
            if above is not None:
                help = f"name the folder of the project: `{_as_seen(above)}`"
            raise ProjectError(f"the folder has no `{CONFIG}`", help, str(path))
        return _read(config)
    if not path.is_file():
        near = nearest(path.name, [p.name for p in path.parent.iterdir()]) if path.parent.is_dir() else None
        advice = f"did you mean `{near}`?" if near else f"name a folder with a `{CONFIG}`, or a script `NAME{SCRIPT}`"
        raise ProjectError("there is no such file or folder", advice, str(path))
    if path.suffix == SCRIPT:
        return Project(root=path.parent, name=path.stem, zone=find_zone("UTC"), script=path)
    if path.suffix == ".toml":
        return _read(path)
    advice = f"name a folder with a `{CONFIG}`, or a file that ends in `{SCRIPT}`"
    raise ProjectError("this is neither a project nor a script", advice, str(path))


def _read(config: Path) -> Project:
    top = TomlFile(config).root()
    top.only("project", "contacts", "events", "store", "channels", "webhooks")
    root = config.parent
    project = top.section("project")
    name = told = None
    if project is not None:
        project.only("name", "timezone")
        name, told = project.text("name"), project.text("timezone")
    contacts = top.section("contacts")
    channels, webhooks = top.section("channels"), top.section("webhooks")
    return Project(
        root=root,
        name=name or root.resolve().name,
        zone=_zone(told or "UTC", project),
        zone_told=told is not None,
        contacts=None if contacts is None else _contacts(contacts, root),
        events=tuple(_events(section, root) for section in top.sections("events")),
        store=_store(top.section("store"), root),
        channels={} if channels is None else read_channels(channels, root),
        webhooks={} if webhooks is None else read_webhooks(webhooks, root),
    )


def _zone(name: str, section: Section | None) -> Zone:
    try:
        return find_zone(name)
    except WendError as error:
        if section is None:
            raise
        raise section.error(error.message, "timezone", error.help) from None


def _contacts(section: Section, root: Path) -> ContactSource:
    section.only("file", "files", "id", "rename", "delimiter", "decimal", "dates")
    mapping = ContactMapping(section.text("id"), section.words("rename"), _delimiter(section), _written(section))
    return ContactSource(_files(section, root), mapping)


def _events(section: Section, root: Path) -> EventSource:
    section.only(
        "file",
        "files",
        "contact",
        "at",
        "name",
        "name_column",
        "id",
        "rename",
        "delimiter",
        "decimal",
        "dates",
        "unknown_contact",
        "future",
    )
    if "name" in section and "name_column" in section:
        advice = "`name` is the name of all events of the file, `name_column` the column that says it"
        raise section.error("`name` and `name_column` cannot both be told", "name_column", advice)
    mapping = EventMapping(
        contact=section.text("contact"),
        at=section.text("at"),
        name=section.text("name"),
        name_column=section.text("name_column"),
        id=section.text("id"),
        rename=section.words("rename"),
        delimiter=_delimiter(section),
        written=_written(section),
    )
    policies = [Policy(section.choice(key, Policy) or Policy.ERROR) for key in ("unknown_contact", "future")]
    return EventSource(_files(section, root), mapping, *policies)


def _files(section: Section, root: Path) -> Files:
    one, many = section.text("file"), section.texts("files")
    if one is not None and many is not None:
        raise section.error("`file` and `files` cannot both be told", "files")
    if one is None and many is None:
        raise section.error(f"{section.title} needs `file`", None, 'write `file = "data/….csv"`')
    patterns = many if many is not None else (one or "",)
    return Files(root, patterns, section.file.place(*section.steps, "file" if one else "files"))


def _delimiter(section: Section) -> str | None:
    value = section.data.get("delimiter")
    if value is not None and (not isinstance(value, str) or len(value) != 1 or value in '"\r\n'):
        raise section.error("`delimiter` must be one character", "delimiter", r'write one such as ";" or "\t"')
    return value


def _written(section: Section) -> Written:
    return Written(section.choice("decimal", DECIMALS) or POINT, section.choice("dates", ORDERS))


def _store(section: Section | None, root: Path) -> StoreSettings:
    if section is None:
        return StoreSettings(root / "wend.db")
    section.only("sqlite", "memory", "keep_days")
    path, memory = section.text("sqlite"), section.flag("memory")
    keep = section.number("keep_days", 1, MOST_DAYS)
    if keep is not None and memory:
        raise section.error("`keep_days` is for a store in a file", "keep_days", "leave it out")
    if path is None and keep is not None:
        path = "wend.db"
    if (path is None) is not bool(memory):
        raise section.error("`[store]` must say one thing", None, 'write `sqlite = "wend.db"` or `memory = true`')
    return StoreSettings(None if path is None else root / path, keep)

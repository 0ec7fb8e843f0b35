"""Reading a TOML file so that whatever is wrong with it is said with its line and the nearest right word."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TypeVar

from wend.dsl.diagnostics import WendError
from wend.dsl.nearest import nearest

T = TypeVar("T")
Step = str | int

_TABLE = re.compile(r"\s*(\[\[?)\s*([^\]#]+?)\s*\]\]?\s*(?:#.*)?")
_KEY = re.compile(r"""\s*("[^"]*"|'[^']*'|[A-Za-z0-9_-]+)\s*[=.]""")
_PART = re.compile(r""""[^"]*"|'[^']*'|[^.\s"']+""")


_PARTS, _BETWEEN = re.compile(r"\('([^)]*?)',?\)"), "', '"
"""How tomllib's messages write the name of a table: as a tuple."""

_UNQUOTED = re.compile(r"""\s*([\w.-]+)\s*=\s*([^\W\d][^"'#=\\\[\]{}]*?)\s*(?:#.*)?""")
"""A key with a text that lacks its quotes."""
_CURLY = re.compile(
    r"([\w.-]+)\s*=\s*[\u201c\u201d\u201e\u00ab\u2018\u2019]\s*(.*?)\s*[\u201c\u201d\u00bb\u2018\u2019]"
)
"""A key with a text between the quotes of a word processor."""


class ProjectError(WendError):
    """A project that cannot be read. `place` is `wend.toml:line` where a line is known."""


class TomlFile:
    """A parsed TOML file that remembers on which line a table and a key stand.

    tomllib tells no places, so they are looked up in the text: a table by its header, a key by the line it begins.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        text = _read(path)
        try:
            self.data = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise self._syntax(str(error), text) from None
        self._lines = _find_lines(text)

    def place(self, *steps: Step) -> str:
        """`file:line` of a table or key, or of the nearest table above it that has a line of its own."""
        for end in range(len(steps), 0, -1):
            if line := self._lines.get(steps[:end]):
                return f"{self.path}:{line}"
        return str(self.path)

    def root(self) -> "Section":
        """The whole file as a section."""
        return Section(self, self.data, ())

    def _syntax(self, error: str, text: str) -> ProjectError:
        match = re.fullmatch(r"(.*) \(at (?:line (\d+), column \d+|end of document)\)", error, re.DOTALL)
        what = _PARTS.sub(lambda found: f"`{found[1].replace(_BETWEEN, '.')}`", match[1] if match else error)
        line = match[2] if match and match[2] else str(max(1, len(text.rstrip().splitlines())))
        help = 'a line is `[section]` or `key = "text"`; texts stand in quotes, lists in square brackets'
        bare = _UNQUOTED.fullmatch(text.split("\n")[int(line) - 1]) if match and match[2] else None
        if bare is not None and bare[2].lower() not in ("true", "false"):
            help = f'a text stands between quotes: `{bare[1]} = "{bare[2]}"`'
        wrong = text.split("\n")[int(line) - 1].strip() if match and match[2] else ""
        if curly := _CURLY.fullmatch(wrong):
            help = f'write straight quotes: `{curly[1]} = "{curly[2]}"`'
        elif "\\" in wrong:
            help = f"write `/` between folders: `{wrong.replace(chr(92) * 2, '/').replace(chr(92), '/')}`"
        return ProjectError(f"the file is no TOML: {what[:1].lower()}{what[1:]}", help, f"{self.path}:{line}")


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise ProjectError("the file is not UTF-8", "save it as UTF-8", f"{path}:{line}") from None
    except OSError as error:
        help = "name a file" if path.is_dir() else "see that it is there, and may be read"
        raise ProjectError(f"the file cannot be read: {(error.strerror or '').lower()}", help, str(path)) from None


def _find_lines(text: str) -> dict[tuple[Step, ...], int]:
    lines: dict[tuple[Step, ...], int] = {}
    counts: dict[tuple[Step, ...], int] = {}
    table: tuple[Step, ...] = ()
    for number, line in enumerate(text.splitlines(), 1):
        if header := _TABLE.fullmatch(line):
            table = tuple(part.strip("\"'") for part in _PART.findall(header[2]))
            if header[1] == "[[":
                counts[table] = counts.get(table, -1) + 1
                lines.setdefault(table, number)
                table = (*table, counts[table])
            elif table[:-1] in counts:
                table = (*table[:-1], counts[table[:-1]], table[-1])
            lines[table] = number
        elif key := _KEY.match(line):
            lines.setdefault((*table, key[1].strip("\"'")), number)
    return lines


class Section:
    """One table of a TOML file, asked for what should be in it."""

    def __init__(self, file: TomlFile, data: Mapping[str, object], steps: tuple[Step, ...]) -> None:
        self.file = file
        self.data = data
        self.steps = steps

    def __contains__(self, key: str) -> bool:
        return key in self.data

    @property
    def title(self) -> str:
        """How messages call it: `[contacts]`, `[[events]]`, `wend.toml`."""
        if not self.steps:
            return f"`{self.file.path.name}`"
        names = ".".join(str(s) for s in self.steps if isinstance(s, str))
        return f"`[[{names}]]`" if isinstance(self.steps[-1], int) else f"`[{names}]`"

    def error(self, message: str, key: str | None = None, help: str | None = None) -> ProjectError:
        """An error about the section, or about one key of it."""
        return ProjectError(message, help, self.file.place(*self.steps, *([key] if key else [])))

    def only(self, *known: str) -> None:
        """Refuse keys that are not among those known."""
        for key in self.data:
            if key not in known:
                near = nearest(key, known)
                advice = f"did you mean `{near}`?" if near else "there can be " + ", ".join(f"`{k}`" for k in known)
                raise self.error(f"{self.title} has no setting `{key}`", key, advice)

    def text(self, key: str) -> str | None:
        """A text that is not empty, or None when the key is absent."""
        value = self._typed(key, str, "a text in quotes")
        if value is not None and not value.strip():
            raise self.error(f"`{key}` is empty", key)
        return value

    def need(self, key: str, help: str | None = None) -> str:
        """A text that must be there."""
        value = self.text(key)
        if value is None:
            raise self.error(f"{self.title} needs `{key}`", None, help)
        return value

    def flag(self, key: str) -> bool | None:
        """`true` or `false`."""
        return self._typed(key, bool, "`true` or `false`")

    def number(self, key: str, low: int, high: int) -> int | None:
        """A whole number between bounds, both included."""
        value = self._typed(key, int, "a whole number")
        if value is not None and not low <= value <= high:
            raise self.error(f"`{key}` must be from {low} to {high}, not {value}", key)
        return value

    def choice(self, key: str, options: Iterable[str]) -> str | None:
        """One of some words."""
        value, known = self.text(key), list(options)
        if value is not None and value not in known:
            near = nearest(value, known)
            words = " or ".join(f'"{o}"' for o in known)
            advice = f'did you mean "{near}"?' if near else f"write {words}"
            raise self.error(f"`{key}` cannot be `{value}`", key, advice)
        return value

    def texts(self, key: str) -> tuple[str, ...] | None:
        """A list of texts with something in it."""
        value = self._typed(key, list, 'a list of texts, like `["a", "b"]`')
        if value is None:
            return None
        if not value or not all(isinstance(item, str) and item for item in value):
            raise self.error(f'`{key}` must be a list of texts, like `["a", "b"]`', key)
        return tuple(value)

    def words(self, key: str) -> dict[str, str]:
        """A table of texts by name; empty when the key is absent."""
        value = self._typed(key, dict, 'a table of texts, like `{ old = "new" }`') or {}
        for name, item in value.items():
            if not isinstance(item, str) or not item:
                raise self.error(f"`{name}` in `{key}` must be a text in quotes", key)
        return dict(value)

    def section(self, key: str) -> "Section | None":
        """A table below this one."""
        value = self._typed(key, dict, f"a table: write `[{'.'.join([*map(str, self.steps), key])}]`")
        return None if value is None else Section(self.file, value, (*self.steps, key))

    def sections(self, key: str) -> list["Section"]:
        """The tables of an array of tables; a lone table counts as one."""
        value = self.data.get(key, [])
        if isinstance(value, dict):
            return [Section(self.file, value, (*self.steps, key))]
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise self.error(f"`{key}` must be tables: write `[[{key}]]` above each", key)
        return [Section(self.file, item, (*self.steps, key, i)) for i, item in enumerate(value)]

    def _typed(self, key: str, kind: type[T], words: str) -> T | None:
        value = self.data.get(key)
        if value is None:
            return None
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            helps = {str: f'write `{key} = "…"`', int: "a number stands without quotes", bool: "without quotes"}
            help = helps.get(kind)
            raise self.error(f"`{key}` must be {words}", key, help)
        return value

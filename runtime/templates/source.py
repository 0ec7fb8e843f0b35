"""Template files: the front matter at their top, and reading a folder of them.

Front matter is `key: value` lines between two lines of `---`. It looks like YAML and is read by hand: a value such as
`{{ contact.name }}, come back` is no valid YAML, and nobody should have to quote it.
"""

from collections.abc import Mapping
from pathlib import Path

from attrs import field, frozen

from wend.dsl.diagnostics import WendError

HTML, TEXT = ".html", ".txt"
KEYS = ("subject", "preview", "from")
_FENCE = "---"
_SIGNS_OF_YAML = frozenset({"[", "{", "|", ">", "|-", ">-", "|+", ">+", "-", '"', "'"})
"""With these alone YAML begins a text of several lines, a list, a map or a text in quotes."""


@frozen
class Entry:
    """A value of the front matter, and the line it stands on, counted from 1."""

    value: str
    line: int


@frozen
class TemplateFile:
    """One file, taken apart: its front matter, its body, and the line on which the body begins.

    `faults` are what is wrong with the front matter, as (line, message, help).
    """

    path: str
    body: str
    body_line: int = 1
    matter: Mapping[str, Entry] = field(factory=dict)
    faults: tuple[tuple[int, str, str | None], ...] = ()

    @property
    def is_html(self) -> bool:
        return self.path.endswith(HTML)


def parse_file(path: str, text: str) -> TemplateFile:
    """Take a file's text apart; what is wrong with its front matter is noted, not raised."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    lines = text.split("\n")
    if lines[0].rstrip() != _FENCE:
        return TemplateFile(path=path, body=text)
    end = next((i for i, line in enumerate(lines[1:], 1) if line.rstrip() == _FENCE), None)
    if end is None:
        fault = (1, "the front matter has no end", "close it with a second line `---`")
        return TemplateFile(path=path, body="", faults=(fault,))
    matter: dict[str, Entry] = {}
    faults: list[tuple[int, str, str | None]] = []
    for number, line in enumerate(lines[1:end], 2):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        key, colon, value = line.partition(":")
        key, value = key.strip().lower(), _unquoted(value.strip())
        if not colon:
            faults.append((number, f"`{line.strip()}` is no line of front matter", "write `key: value`"))
        elif key not in KEYS:
            faults.append((number, f"front matter has no `{key}`", "it may have `subject`, `preview` and `from`"))
        elif key in matter:
            faults.append((number, f"`{key}` is given twice", "take one of them away"))
        elif value in _SIGNS_OF_YAML:
            help = f"what follows the colon is the text itself, on one line: `{key}: Welcome back`, say"
            faults.append((number, f"`{key}` is `{value}`, which is no text", help))
        else:
            matter[key] = Entry(value, number)
    body = "\n".join(lines[end + 1 :])
    return TemplateFile(path=path, body=body, body_line=end + 2, matter=matter, faults=tuple(faults))


def _unquoted(value: str) -> str:
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        return value[1:-1]
    return value


def read_template_files(folder: Path) -> dict[str, str]:
    """Read every `.html` and `.txt` below a folder, by path relative to it; for the host.

    Raises:
        WendError: the folder or a file cannot be read, or a file is not UTF-8.
    """
    if not folder.is_dir():
        raise WendError(f"there is no folder `{folder}`", help="put the templates there, one file each")
    found: dict[str, str] = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        hidden = any(part.startswith(".") for part in name.split("/"))
        if path.suffix in (HTML, TEXT) and not hidden and path.is_file():
            found[name] = _read(path)
    return found


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise WendError(
            "the template is not UTF-8", help="save the file with the encoding UTF-8", place=f"{path}:{line}"
        ) from None
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        raise WendError(f"the template cannot be read: {reason}", place=str(path)) from None

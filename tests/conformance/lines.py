"""The lines of a case, read piece by piece: times, values, names, texts."""

import datetime as dt
import json
import re
from collections.abc import Mapping
from zoneinfo import ZoneInfo

from attrs import define, frozen

from tests.conformance.cases import CaseError
from wend.runtime.values import UTC, Instant, Value

TOKEN = re.compile(
    r"""
    (?P<time>\d{4}-\d\d-\d\d(?:\ \d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:\d\d|\[[A-Za-z][\w/+-]*\])?)?(?![\w:-]))
    |(?P<text>"(?:\\.|[^"\\])*")
    |(?P<number>-?\d+(?:\.\d+)?(?![\w.-]))
    |(?P<name>[A-Za-z_][\w-]*(?:\[\d+\.\.\d+\])?)
    |`(?P<quoted>[^`]+)`
    |(?P<mark>[=,\[\]])
    |(?P<remark>\#.*)
    """,
    re.VERBOSE,
)
MOMENT = re.compile(r"(\d{4}-\d\d-\d\d) (\d\d:\d\d(?::\d\d)?)(Z|[+-]\d\d:\d\d|\[.+\])?")
MANY = re.compile(r"(.+)\[(\d+)\.\.(\d+)\]")
WORDS: Mapping[str, Value] = {"true": True, "false": False, "unknown": None}


@frozen
class Token:
    """A piece of a line."""

    kind: str
    text: str


@define
class Line:
    """A line that is being read, piece by piece."""

    file: str
    number: int
    zone: ZoneInfo
    tokens: list[Token]
    at: int = 0

    @classmethod
    def of(cls, file: str, number: int, zone: ZoneInfo, text: str) -> "Line":
        """The pieces of a line; a remark behind `#` is left out."""
        line, place = cls(file, number, zone, []), 0
        while place < len(text):
            if text[place].isspace():
                place += 1
                continue
            match = TOKEN.match(text, place)
            if match is None:
                raise line.wrong(f"cannot read `{text[place:].strip()}`")
            kind = match.lastgroup or ""
            if kind != "remark":
                line.tokens.append(Token("name" if kind == "quoted" else kind, match[kind]))
            place = match.end()
        return line

    def wrong(self, what: str) -> CaseError:
        return CaseError(f"{self.file}:{self.number}: {what}")

    @property
    def rest(self) -> Token | None:
        """The next piece."""
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def take(self, kind: str, wanted: str) -> str:
        """The next piece, which has to be of a kind."""
        token = self.rest
        if token is None or token.kind != kind:
            raise self.wrong(f"expected {wanted}, got {f'`{token.text}`' if token else 'the end of the line'}")
        self.at += 1
        return token.text

    def word(self, *words: str) -> bool:
        """Whether these words come next; then they are taken."""
        ahead = [token.text for token in self.tokens[self.at : self.at + len(words)]]
        if ahead != list(words) or any(t.kind == "text" for t in self.tokens[self.at : self.at + len(words)]):
            return False
        self.at += len(words)
        return True

    def done(self) -> None:
        """There is nothing more."""
        if self.rest is not None:
            raise self.wrong(f"`{self.rest.text}` does not belong here")

    def moment(self) -> Instant:
        """An instant: a local time of the case's zone, or one with its own zone or offset."""
        text = self.take("time", "a date and a time")
        match = MOMENT.fullmatch(text)
        if match is None:
            raise self.wrong(f"`{text}` is a date without a time")
        date, clock, where = match.groups()
        local = dt.datetime.fromisoformat(f"{date}T{clock}")
        if where == "Z" or (where and where[0] in "+-"):
            return dt.datetime.fromisoformat(f"{date}T{clock}{'+00:00' if where == 'Z' else where}").astimezone(UTC)
        zone = ZoneInfo(where[1:-1]) if where else self.zone
        found = local.replace(tzinfo=zone).astimezone(UTC)
        if found.astimezone(zone).replace(tzinfo=None) != local:
            raise self.wrong(f"there is no {text} in {zone.key}: the clocks go forward; write it with an offset")
        if local.replace(tzinfo=zone, fold=1).astimezone(UTC) != found:
            raise self.wrong(f"{text} comes twice in {zone.key}; write it with an offset")
        return found

    def text(self, wanted: str) -> str:
        """A text between quotes."""
        found = json.loads(self.take("text", wanted))
        assert isinstance(found, str)
        return found

    def value(self) -> Value:
        """A value: text, number, true, false, unknown, a date, a datetime, or a list of them."""
        token = self.rest
        if token is None:
            raise self.wrong("expected a value, got the end of the line")
        if token.kind == "text":
            return self.text("a text")
        if token.kind == "number":
            self.at += 1
            return float(token.text) if "." in token.text else int(token.text)
        if token.kind == "time":
            if " " in token.text:
                return self.moment()
            self.at += 1
            return dt.date.fromisoformat(token.text)
        if token.kind == "name" and token.text in WORDS:
            self.at += 1
            return WORDS[token.text]
        if self.word("["):
            return self.items()
        raise self.wrong(f"expected a value, got `{token.text}`")

    def items(self) -> Value:
        """The rest of a list."""
        found: list[Value] = []
        while not self.word("]"):
            if found and not self.word(","):
                raise self.wrong("expected `,` or `]` in the list")
            found.append(self.value())
        return tuple(found)

    def pairs(self) -> dict[str, Value]:
        """`name = value, name = value`."""
        found: dict[str, Value] = {}
        while True:
            name = self.take("name", "a name")
            if not self.word("="):
                raise self.wrong(f"expected `=` after `{name}`")
            if name in found:
                raise self.wrong(f"`{name}` is given twice")
            found[name] = self.value()
            if not self.word(","):
                return found

    def people(self) -> list[str]:
        """A contact's id, or several: `reader[1..3]` is reader1, reader2 and reader3."""
        name = self.take("name", "a contact")
        match = MANY.fullmatch(name)
        if match is None:
            return [name]
        return [f"{match[1]}{number}" for number in range(int(match[2]), int(match[3]) + 1)]

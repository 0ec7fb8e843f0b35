"""The scripts of a session: the files that were loaded, and what was typed; what is typed replaces what it names."""

from collections.abc import Iterable
from pathlib import Path

from attrs import evolve, field, frozen

from wend.dsl import ast
from wend.dsl.diagnostics import Diagnostic, ProgramError, Severity
from wend.dsl.formatter import format_node
from wend.dsl.parser import parse
from wend.dsl.program import Program
from wend.dsl.source import Source, Span
from wend.project.uses import gather, placeless
from wend.project.workspace import build

Key = tuple[str, str]


@frozen
class Misfit:
    """A test that does not fit what was typed, and the first thing that is wrong with it."""

    test: str
    found: Diagnostic


@frozen
class Scripts:
    """The texts of a session, in the order in which they came.

    Args:
        files: what was loaded, by its paths; `texts` what stands in them, and in the files that they use.
        typed: what was typed, each by itself.
        misuses: what is wrong with `use` lines.
        count: how often something was typed: numbers the names of what is typed.
    """

    files: tuple[Path, ...] = ()
    texts: tuple[Source, ...] = field(default=(), repr=False)
    typed: tuple[Source, ...] = field(default=(), repr=False)
    misuses: tuple[Diagnostic, ...] = field(default=(), repr=False)
    count: int = 0

    @property
    def sources(self) -> tuple[Source, ...]:
        """Everything together."""
        return (*self.texts, *self.typed)

    def trees(self) -> list[tuple[Source, ast.File]]:
        """Each text with its tree."""
        return [(source, parse(source).file) for source in self.sources]

    def with_files(self, paths: Iterable[Path]) -> "Scripts":
        """The scripts with files more, and those that they use. Raises WendError where one cannot be read."""
        fresh = tuple(paths)
        texts, misuses = _gathered(fresh)
        kept = {Path(source.name).resolve(): source for source in self.texts}
        names = {path.resolve() for path in fresh}
        return evolve(
            self,
            files=(*(path for path in self.files if path.resolve() not in names), *fresh),
            texts=tuple({**kept, **texts}.values()),
            misuses=(*self.misuses, *misuses),
        )

    def read_again(self) -> "Scripts":
        """The scripts with the files as they are now; what was typed and stands in a file too is the file's again.

        Raises:
            WendError: a file cannot be read.
        """
        texts, misuses = _gathered(self.files)
        named = {key for source in texts.values() for item in parse(source).file.items if (key := _key(item))}
        typed = tuple(left for each in self.typed if (left := _without(each, named)).text.strip())
        return evolve(self, texts=tuple(texts.values()), typed=typed, misuses=misuses)

    def with_typed(self, text: str) -> "Scripts":
        """The scripts with something typed; what it names anew is taken out where it stood before.

        Raises:
            ProgramError: it cannot be read.
        """
        source = Source(f"typed {self.count + 1}", text)
        found = parse(source)
        if found.diagnostics:
            raise ProgramError(found.diagnostics)
        if misplaced := placeless(source, found.file):
            raise ProgramError(misplaced)
        named = {key for item in found.file.items if (key := _key(item)) is not None}
        single = {key for item in found.file.items if (key := _single(item)) is not None}
        texts = tuple(_without(each, named) for each in self.texts)
        typed = tuple(left for each in self.typed if (left := _without(each, named | single)).text.strip())
        return evolve(self, texts=texts, typed=(*typed, source), count=self.count + 1)

    def without_misfits(self, error: ProgramError) -> "tuple[Scripts, tuple[Misfit, ...]] | None":
        """The scripts without the tests that do not fit what was typed; None where something else is wrong too.

        A test that was itself typed last is no misfit: it is refused.
        """
        misfits: dict[str, Misfit] = {}
        newest = f"typed {self.count}"
        for each in (one for one in error.diagnostics if one.severity is Severity.ERROR):
            source = next((one for one in self.sources if one.name == each.source.name), None)
            items = () if source is None or source.name == newest else parse(source).file.items
            around = next((one for one in items if _covers(one.span, each.span)), None)
            if not isinstance(around, ast.TestBlock):
                return None
            misfits.setdefault(around.name.value, Misfit(around.name.value, each))
        named = {("test", name) for name in misfits}
        texts, typed = (tuple(_without(each, named) for each in some) for some in (self.texts, self.typed))
        return evolve(self, texts=texts, typed=typed), tuple(misfits.values())

    def build(self, data_fields: frozenset[str] | None) -> tuple[Program, tuple[Diagnostic, ...]]:
        """The program, and what else was found. Raises ProgramError where there is an error."""
        program, found = build(self.sources, data_fields, self.misuses)
        if program is None or any(each.severity is Severity.ERROR for each in found):
            raise ProgramError(found)
        return program, found


def _covers(whole: Span, part: Span) -> bool:
    return whole.start <= part.start and part.end <= whole.end


def _gathered(paths: Iterable[Path]) -> tuple[dict[Path, Source], tuple[Diagnostic, ...]]:
    """Files and what they use, each once, and what is wrong with their `use` lines."""
    texts: dict[Path, Source] = {}
    misuses: dict[Diagnostic, None] = {}
    for path in paths:
        gathered = gather([path], path.parent)
        texts.update({Path(source.name).resolve(): source for source in gathered.sources})
        misuses.update(dict.fromkeys(gathered.diagnostics))
    return texts, tuple(misuses)


def _key(item: ast.Item) -> Key | None:
    """What there can be only one of, by its name."""
    match item:
        case ast.Journey(name=name):
            return "journey", name.text
        case ast.Segment(name=name) | ast.Define(name=name):
            return "name", name.text
        case ast.EventDecl(name=name):
            return "event", name.text
        case ast.TestBlock(name=text):
            return "test", text.value
        case ast.Trigger():
            return "rule", format_node(item)
        case _:
            return None


def _single(item: ast.Item) -> Key | None:
    """Blocks of which several go together, and of which what is typed last replaces what was typed before."""
    match item:
        case ast.ContactDecl():
            return "contact", ""
        case ast.Settings():
            return "settings", ""
        case _:
            return None


def _without(source: Source, keys: set[Key]) -> Source:
    """A text whose items of these names are blank; its lines keep their numbers."""
    text = source.text
    for item in parse(source).file.items:
        if keys & {_key(item), _single(item) if source.name.startswith("typed ") else None}:
            span = item.span
            blank = "".join(char if char in "\r\n" else " " for char in text[span.start : span.end])
            text = text[: span.start] + blank + text[span.end :]
    return source if text == source.text else Source(source.name, text)

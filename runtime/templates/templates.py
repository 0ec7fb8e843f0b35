"""A set of templates: checked before a journey goes live, rendered when a step sends."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Protocol

from attrs import frozen
from liquid import BoundTemplate
from liquid.exceptions import LiquidError, UndefinedError

from wend.dsl.nearest import nearest
from wend.runtime.delivery.messages import EMAIL, AddressError, one_line, parse_mailbox
from wend.runtime.templates.check import TemplateProblem, TemplateScope, check_text, printed_in
from wend.runtime.templates.liquid import LiquidEnvironment, PartialLoader, TemplateError, explain, line_of, present
from wend.runtime.templates.printed import Printed
from wend.runtime.templates.source import HTML, TEXT, Entry, TemplateFile, parse_file, read_template_files
from wend.runtime.templates.text import html_to_text, with_preview

_DEFAULT_HELP = 'give it a value with `| default: "…"`, or ask first with `{% if … %}`'


@frozen
class Rendered:
    """What a message says to one contact. `sender` and `html` are None where the template gives none."""

    subject: str
    preview: str
    sender: str | None
    text: str
    html: str | None


class TemplateSet(Protocol):
    """What the engine asks of templates."""

    def render(self, name: str, channel: str, context: Mapping[str, object]) -> Rendered:
        """Render one template for one contact; raises `TemplateError`."""
        ...

    def sources(self) -> dict[str, str]:
        """The files by name, from which `Templates.from_sources` makes the same set again."""
        ...


class Templates:
    """Templates by name. `NAME.html` and `NAME.txt` belong together; `NAME.sms.txt` is what `sms` sends as `NAME`.

    Rendering is pure: it reads the sources it was made from and the context it is given, no file and no clock.
    """

    def __init__(self, sources: Mapping[str, str], folder: str = "templates") -> None:
        self._sources = dict(sources)
        self._folder = folder
        self._files = {path: parse_file(path, text) for path, text in self._sources.items()}
        self._html = LiquidEnvironment(autoescape=True, loader=PartialLoader(self._files, HTML))
        self._text = LiquidEnvironment(autoescape=False, loader=PartialLoader(self._files, TEXT))
        self._parsed: dict[tuple[str, str], BoundTemplate] = {}

    @classmethod
    def from_sources(cls, sources: Mapping[str, str], folder: str = "templates") -> "Templates":
        """The templates of some sources by file name, as `sources` gave them; `folder` is only shown in messages."""
        return cls(sources, folder)

    def sources(self) -> dict[str, str]:
        """The files' texts by file name; equal sources render equally."""
        return dict(self._sources)

    def names(self) -> frozenset[str]:
        """The names a script can send."""
        return frozenset(path.rpartition(".")[0] for path in self._files)

    def check(self, name: str, variables: TemplateScope, channel: str = EMAIL) -> list[TemplateProblem]:
        """What is wrong with a template where a step sends it with these variables, in the files' order."""
        files = self._pick(name, channel)
        if not files:
            return [self._absent(name, channel)]
        problems: list[TemplateProblem] = []
        for file in files:
            problems += self._check_file(name, file, variables)
        problems += self._check_matter(name, files, channel)
        return problems

    def printed(self, name: str, channel: str = EMAIL) -> Iterator[Printed]:
        """What a template prints without asking first whether it is known, in the files' order."""
        for file in self._pick(name, channel):
            path = self._shown(file)
            for entry in file.matter.values():
                yield from printed_in(entry.value, self._text, name, path, entry.line)
            environment = self._html if file.is_html else self._text
            yield from printed_in(file.body, environment, name, path, file.body_line)

    def render(self, name: str, channel: str, context: Mapping[str, object]) -> Rendered:
        """Render a template for one contact.

        Args:
            name: the template's name, as the script has it.
            channel: `email` gets subject, text and HTML; any other channel gets the text.
            context: `contact`, `event`, `series`, `now` (when it was decided, in the zone to show) and the names of
                `with`, as plain values; None is unknown.

        Raises:
            TemplateError: there is no such template, it is broken, or it prints a value that is unknown here.
        """
        files = self._pick(name, channel)
        if not files:
            absent = self._absent(name, channel)
            raise TemplateError(absent.message, absent.help, absent.place)
        for file in files:
            for line, message, help in file.faults:
                raise TemplateError(message, help, f"{self._shown(file)}:{line}")
        values = {key: present(value, key) for key, value in context.items()}
        subject, preview, sender = (self._matter(files, key, values) for key in ("subject", "preview", "from"))
        if channel == EMAIL and not subject:
            raise TemplateError(f"the subject of `{name}` is empty", place=self._shown(files[0]))
        bodies = {file.is_html: self._body(file, values) for file in files}
        html = bodies.get(True)
        text = bodies[False] if False in bodies else html_to_text(html or "")
        return Rendered(
            subject=subject,
            preview=preview,
            sender=sender or None,
            text=text,
            html=None if html is None else with_preview(html, preview),
        )

    def has_sender(self, name: str, channel: str) -> bool:
        """Whether the template says who it is from; True where there is no such template, which `check` tells."""
        files = self._pick(name, channel)
        found = self._entry(files, "from")
        return not files or (found is not None and bool(found[1].value))

    def _pick(self, name: str, channel: str) -> list[TemplateFile]:
        own, text = self._files.get(f"{name}.{channel}{TEXT}"), self._files.get(name + TEXT)
        html = self._files.get(name + HTML) if channel == EMAIL else None
        return [file for file in (html, own or text) if file is not None]

    def _absent(self, name: str, channel: str) -> TemplateProblem:
        if channel != EMAIL and name + HTML in self._files:
            message = f"the template `{name}` has no text for `{channel}`"
            return TemplateProblem(name, self._folder, None, message, f"put `{name}.{channel}{TEXT}` beside it")
        near = nearest(name, self.names())
        add = f"put `{name}{HTML if channel == EMAIL else TEXT}` into the folder `{self._folder}`"
        help = f"did you mean `{near}`?" if near else add
        return TemplateProblem(name, self._folder, None, f"there is no template `{name}`", help)

    def _shown(self, file: TemplateFile) -> str:
        return f"{self._folder}/{file.path}"

    def _check_file(self, name: str, file: TemplateFile, scope: TemplateScope) -> Iterator[TemplateProblem]:
        path = self._shown(file)
        for line, message, help in file.faults:
            yield TemplateProblem(name, path, line, message, help)
        for entry in file.matter.values():
            yield from check_text(entry.value, scope, self._text, name, path, entry.line)
        environment = self._html if file.is_html else self._text
        yield from check_text(file.body, scope, environment, name, path, file.body_line)

    def _check_matter(self, name: str, files: list[TemplateFile], channel: str) -> Iterator[TemplateProblem]:
        first, last = files[0], files[-1]
        for key in () if first is last else sorted(first.matter.keys() & last.matter.keys()):
            if first.matter[key].value != last.matter[key].value:
                message = f"`{key}` is another than in `{first.path}`"
                yield TemplateProblem(name, self._shown(last), last.matter[key].line, message, "give it in one of them")
        if channel == EMAIL and not any(file.faults for file in files):
            subject = self._entry(files, "subject")
            if subject is None or not subject[1].value:
                help = "begin the file with `---`, `subject: …`, `---`"
                yield TemplateProblem(name, self._shown(first), 1, f"the template `{name}` has no subject", help)
        sender = self._entry(files, "from")
        if sender and channel == EMAIL and "{" not in sender[1].value:
            try:
                parse_mailbox(sender[1].value)
            except AddressError as error:
                yield TemplateProblem(name, self._shown(sender[0]), sender[1].line, error.message, error.help)

    @staticmethod
    def _entry(files: list[TemplateFile], key: str) -> tuple[TemplateFile, Entry] | None:
        return next(((file, file.matter[key]) for file in files if key in file.matter), None)

    def _matter(self, files: list[TemplateFile], key: str, values: Mapping[str, object]) -> str:
        found = self._entry(files, key)
        if found is None:
            return ""
        file, entry = found
        return one_line(self._run(self._text, file, key, entry.value, entry.line, values))

    def _body(self, file: TemplateFile, values: Mapping[str, object]) -> str:
        return self._run(self._html if file.is_html else self._text, file, "", file.body, file.body_line, values)

    def _run(
        self,
        environment: LiquidEnvironment,
        file: TemplateFile,
        part: str,
        text: str,
        line: int,
        values: Mapping[str, object],
    ) -> str:
        """Render a file's body, or a value of its front matter, that begins on the given line."""
        parsed = self._parsed.get((file.path, part))
        try:
            if parsed is None:
                parsed = environment.from_string(text, name=file.path, path=file.path)
                self._parsed[file.path, part] = parsed
            return parsed.render(**values)
        except LiquidError as error:
            source = error.token.source if error.token else text
            included = next((other for other in self._files.values() if other.body == source), None)
            if source != text and included is not None:
                file, line = included, included.body_line
            raise _failed(error, f"{self._shown(file)}:{line_of(error) + line - 1}") from None


def load_templates(folder: Path) -> Templates:
    """The templates of a folder; a host's function, since it reads files.

    Raises:
        WendError: the folder or a file cannot be read, or a file is not UTF-8.
    """
    return Templates.from_sources(read_template_files(folder), folder=folder.name)


def _failed(error: LiquidError, place: str | None) -> TemplateError:
    return TemplateError(explain(error), _DEFAULT_HELP if isinstance(error, UndefinedError) else None, place)


_INLINE = LiquidEnvironment(autoescape=False)


def render_inline(subject: str | None, text: str, context: Mapping[str, object]) -> Rendered:
    """Render subject and text that stand in the script itself, as `notify` has them; nothing is HTML.

    Raises:
        TemplateError: the text is broken, or prints a value that is unknown here.
    """
    values = {key: present(value, key) for key, value in context.items()}
    try:
        shown = one_line(_INLINE.from_string(subject or "").render(**values))
        body = _INLINE.from_string(text).render(**values)
    except LiquidError as error:
        raise _failed(error, None) from None
    return Rendered(subject=shown, preview="", sender=None, text=body, html=None)


class PlaceholderTemplates:
    """Stands in where a script has no templates beside it: every template exists, and says only its name."""

    sender = "Placeholder <placeholder@wend.invalid>"

    def names(self) -> frozenset[str]:
        """None are known by name."""
        return frozenset()

    def sources(self) -> dict[str, str]:
        """There are none."""
        return {}

    def check(self, name: str, variables: TemplateScope, channel: str = EMAIL) -> list[TemplateProblem]:
        """Nothing is ever wrong with a placeholder."""
        return []

    def render(self, name: str, channel: str, context: Mapping[str, object]) -> Rendered:
        """The name as the subject, and a line that says it is a placeholder."""
        return Rendered(one_line(name), "", self.sender, f"(placeholder for {one_line(name)})\n", None)

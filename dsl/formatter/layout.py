"""Rewriting a script: the lines of its tree, with its comments and blank lines."""

from bisect import bisect_left, bisect_right

from attrs import define, field

from wend.dsl import ast
from wend.dsl.diagnostics import ProgramError
from wend.dsl.formatter.items import write_item
from wend.dsl.formatter.lines import STEP, WIDTH, Lines, Out
from wend.dsl.formatter.quoting import unquote
from wend.dsl.parser import parse
from wend.dsl.source import Source
from wend.dsl.tokens import Comment


class FormatError(ProgramError):
    """The script cannot be read, so it cannot be rewritten."""


def format_source(source: Source) -> str:
    """The script as it should be written.

    Raises:
        FormatError: if it has errors; its diagnostics say which.
    """
    result = parse(source)
    if result.diagnostics:
        raise FormatError(result.diagnostics)
    places = [comment.span.start for comment in result.comments]

    def commented(start: int, end: int) -> bool:
        at = bisect_left(places, start)
        return at < len(places) and places[at] < end

    def else_before(offset: int) -> int:
        # between the word and its steps there is nothing but space and comments
        while (offset := source.text.rfind("else", 0, offset)) >= 0:
            at = bisect_right(places, offset) - 1
            if at < 0 or result.comments[at].span.end <= offset:
                return offset
        return 0

    lines = Lines(lambda node: _spelling(source, node), commented, else_before)
    for top in result.file.items:
        write_item(lines, top)
    unquote(lines.out)
    return _Layout(source, list(result.comments), lines.out).write()


def _spelling(source: Source, node: ast.Number | ast.Percent | ast.Duration) -> str | None:
    """How the script writes a number: its groups of digits are the writer's own."""
    text = source.text[node.span.start : node.span.end]
    return text.split()[0] if isinstance(node, ast.Duration) else text


@define
class _Layout:
    source: Source
    comments: list[Comment]
    lines: list[Out]
    text: list[str] = field(factory=list)
    at: int = 0  # the next comment
    open: list[tuple[int, int]] = field(factory=list)  # (column in the source, indentation) of the lines round us

    def write(self) -> str:
        for i, line in enumerate(self.lines):
            following = self.lines[i + 1].start if i + 1 < len(self.lines) else len(self.source.text) + 1
            self.comments_before(line)
            self.blank(line.start)
            self.logical(line, following)
        while self.at < len(self.comments):
            self.own_line(self.comments[self.at], None)
            self.at += 1
        while self.text and not self.text[-1]:
            self.text.pop()
        return "".join(line + "\n" for line in self.text)

    # ---- lines ----

    def logical(self, line: Out, following: int) -> None:
        """A line with the comments that stand on or in it."""
        column = self.column(line.start)
        while self.open and self.open[-1][1] >= line.indent:
            self.open.pop()
        self.open.append((column, line.indent))
        inside = self.inside(line, following)
        width = len(line.text) + STEP * line.indent
        broken = len(line.parts) > 1 and (width > WIDTH or any(c.span.start < line.parts[-1][0] for c in inside))
        parts = line.parts if broken else [(line.start, line.text)]
        for i, (_, text) in enumerate(parts):
            indent = line.indent + (1 if i else 0)
            end = parts[i + 1][0] if i + 1 < len(parts) else following
            mine = [comment for comment in inside if comment.span.start < end]
            inside = inside[len(mine) :]
            last = i + 1 == len(parts)
            kept = [comment for comment in mine if not comment.own_line]
            trailing = kept[-1:]
            below = [] if last else [comment for comment in mine if comment.own_line]
            for comment in mine:
                if comment not in trailing and comment not in below:
                    self.text.append(" " * STEP * indent + comment.text)
            self.put(indent, text, trailing)
            for comment in below:
                self.text.append(" " * STEP * (line.indent + 1) + comment.text)

    def put(self, indent: int, text: str, trailing: list[Comment]) -> None:
        note = f"  {trailing[0].text}" if trailing else ""
        self.text.append(" " * STEP * indent + text + note)

    def inside(self, line: Out, following: int) -> list[Comment]:
        """The comments on this line, or between its first word and its last."""
        found: list[Comment] = []
        while self.at < len(self.comments):
            comment = self.comments[self.at]
            if comment.span.start >= following or (comment.own_line and not self.within(comment, following)):
                break
            found.append(comment)
            self.at += 1
        return found

    def within(self, comment: Comment, following: int) -> bool:
        """Whether something of the present line still follows the comment."""
        rest = self.source.text[comment.span.end : following]
        return any(text.strip() and not text.lstrip().startswith("#") for text in rest.splitlines())

    # ---- comments on their own lines, blank lines ----

    def comments_before(self, line: Out) -> None:
        while self.at < len(self.comments) and self.comments[self.at].span.start < line.start:
            self.own_line(self.comments[self.at], line)
            self.at += 1

    def own_line(self, comment: Comment, line: Out | None) -> None:
        self.blank(comment.span.start)
        self.text.append(" " * STEP * self.depth(comment, line) + comment.text)

    def depth(self, comment: Comment, line: Out | None) -> int:
        """How deep a comment belongs: with the line below, or in a block that ends above it."""
        column = self.column(comment.span.start)
        least = line.indent if line is not None else 0
        places = [(c, i) for c, i in self.open if i >= least]
        if line is not None:
            places.append((self.column(line.start), line.indent))
        fitting = [place for place in places if place[0] <= column]
        return max(fitting, key=lambda place: (place[0], -place[1]))[1] if fitting else least

    def blank(self, offset: int) -> None:
        """Keep one blank line of those above a place that begins a line."""
        number, column = self.source.line_col(offset)
        if not self.text or not self.text[-1] or number < 2:
            return
        begins = not self.source.line(number)[: column - 1].strip()
        if begins and not self.source.line(number - 1).strip():
            self.text.append("")

    def column(self, offset: int) -> int:
        number, column = self.source.line_col(offset)
        line = self.source.line(number)
        lead = line[: len(line) - len(line.lstrip())]
        return len(lead.expandtabs(STEP)) if column - 1 >= len(lead) else column - 1

"""From text to logical lines of tokens.

A logical line is one physical line, or several: lines are joined inside brackets, and a deeper line that begins
with `and` or `or` goes on with the one before. The lexer never fails: what it cannot read is reported, and a
token that is most probably meant stands in its place, so that the parser can go on.
Keywords come out as names here; the parser decides, by its state, which names are keywords.
"""

from wend.dsl import literals
from wend.dsl.diagnostics import Diagnostic
from wend.dsl.source import Source, Span
from wend.dsl.tokens import (
    INVISIBLE,
    LINE_END,
    ODD_SPACES,
    SMART_CLOSE,
    SMART_OPEN,
    STARTERS,
    STRING_STOP,
    TAB,
    TOKEN,
    WORD,
    Comment,
    Lexed,
    Line,
    Token,
)
from wend.grammar.load import tables


def lex(source: Source) -> Lexed:
    """Read a text into logical lines, with its comments and what is wrong with its words."""
    return _Lexer(source).run()


class _Lexer:
    def __init__(self, source: Source) -> None:
        self.source = source
        self.text = source.text
        self.symbols = tables().symbols
        self.lines: list[Line] = []
        self.comments: list[Comment] = []
        self.diagnostics: list[Diagnostic] = []
        self.line: Line | None = None
        self.brackets: list[Token] = []
        self.fresh = True  # nothing but space on this physical line so far
        self.indent_kind: str | None = None
        self.indent_reported = False
        self.indent = 0
        self.space_reported = -1
        self.known_line_end = -1
        self.no_close_before = -1  # no `}}` between the last place looked at and this offset

    def run(self) -> Lexed:
        text, pos, size = self.text, 0, len(self.text)
        if text.startswith("\ufeff"):
            pos = 1
        while pos < size:
            match = TOKEN.match(text, pos)
            if match is None:
                pos = self.odd(pos)
                continue
            kind, start, pos = match.lastgroup, pos, match.end()
            if kind == "space":
                if self.fresh:
                    self.indentation(match.group(), start)
            elif kind == "newline":
                self.newline()
            elif kind == "comment":
                self.comments.append(
                    Comment(match.group().rstrip(), Span(start, start + len(match.group().rstrip())), self.fresh)
                )
            else:
                self.word(str(kind), match.group(), start, pos)
        self.newline()
        self.finish_line()
        return Lexed(tuple(self.lines), tuple(self.comments), tuple(self.diagnostics))

    # ---- lines ----

    def indentation(self, space: str, start: int) -> None:
        """Note how deep a physical line is, and that tabs and spaces are not mixed."""
        rest = self.text[start + len(space) : start + len(space) + 1]
        self.indent += len(space.expandtabs(TAB))
        if rest in ("", "\r", "\n", "#"):
            return
        kind = "tab" if set(space) == {"\t"} else "space" if set(space) == {" "} else "mixed"
        self.indent_kind = self.indent_kind or kind
        if not self.indent_reported and (kind == "mixed" or kind != self.indent_kind):
            self.indent_reported = True
            self.report(
                "W110",
                "this line is indented by tabs and spaces together"
                if kind == "mixed"
                else f"this line is indented by {kind}s, lines before it by {self.indent_kind}s",
                start,
                start + len(space),
                "indent every line by four spaces for each level",
                faulty=False,
            )

    def newline(self) -> None:
        """A physical line ends; the logical one goes on inside brackets."""
        self.fresh = True
        self.indent = 0

    def finish_line(self) -> None:
        if self.brackets:
            self.unclosed(self.brackets[0])
            self.brackets.clear()
        if self.line is not None:
            self.lines.append(self.line)
            self.line = None

    def begin(self, word: str, plain: bool) -> bool:
        """Take in the first word of a physical line; says whether it continues the logical line before."""
        self.fresh = False
        if self.brackets:
            if not (plain and word in STARTERS and self.line is not None and self.indent <= self.line.indent):
                return False
        elif self.line is not None and plain and word in ("and", "or") and self.indent > self.line.indent:
            return True
        self.finish_line()
        self.line = Line(self.indent)
        return False

    def push(self, type: str, start: int, end: int, value: object = None, quoted: bool = False) -> Token:
        text = self.text[start:end]
        leads = False
        if self.fresh:
            leads = self.begin(text, type == "NAME" and not quoted)
        token = Token(type, text, start, end, value, quoted, leads)
        if self.line is None:  # cannot be: `begin` made one
            self.line = Line(self.indent)
        self.line.tokens.append(token)
        return token

    # ---- words ----

    def word(self, kind: str, text: str, start: int, end: int) -> None:
        """A match of the regular expression that is no space, comment or line end."""
        if kind == "name":
            self.push("NAME", start, end, text)
        elif kind == "symbol":
            self.symbol(text, start, end)
        elif kind == "compare":
            self.push("CMP_OP", start, end)
        elif kind == "double":
            self.push("EQUAL", start, end)
        elif kind == "plus":
            self.push("ADD_OP", start, end)
        elif kind == "times":
            self.push("MUL_OP", start, end)
        elif kind == "qmark":
            self.push("QMARK", start, end)
        elif kind == "wrong":
            self.push("WRONG", start, start + len(text.rstrip()))
        else:
            self.literal(kind, text, start, end)

    def literal(self, kind: str, text: str, start: int, end: int) -> None:
        """A number, date, time of day, span or percentage, or what was meant to be one."""
        read = literals.READERS[kind](text)
        self.push(read.type, start, end, read.value)
        if read.problem is not None:
            self.report(read.code, read.problem, start, end, read.help)

    def symbol(self, text: str, start: int, end: int) -> None:
        token = self.push(self.symbols[text], start, end)
        if text in "([":
            self.brackets.append(token)
        elif text in ")]":
            self.close(token)

    def close(self, token: Token) -> None:
        partner = {")": "(", "]": "["}[token.text]
        if self.brackets and self.brackets[-1].text == partner:
            self.brackets.pop()
            return
        if self.brackets:
            self.report(
                "W113",
                f"`{token.text}` closes `{self.brackets[-1].text}`",
                token.start,
                token.end,
                f"close `{self.brackets[-1].text}` with `{')' if self.brackets[-1].text == '(' else ']'}`",
            )
            self.brackets.pop()
        else:
            self.report(
                "W113", f"`{token.text}` closes nothing", token.start, token.end, f"take the `{token.text}` away"
            )

    def unclosed(self, token: Token) -> None:
        closing = ")" if token.text == "(" else "]"
        self.report(
            "W113", f"this `{token.text}` is never closed", token.start, token.end, f"close it with `{closing}`"
        )

    # ---- what the regular expression does not match ----

    def odd(self, pos: int) -> int:
        char = self.text[pos]
        if char == '"':
            return self.string(pos)
        if char == "`":
            return self.backticks(pos)
        if char in ODD_SPACES or char in INVISIBLE:
            return self.odd_space(pos)
        if char in SMART_OPEN:
            return self.smart_string(pos)
        end = pos + 1
        self.push("WRONG", pos, end)
        return end

    def odd_space(self, pos: int) -> int:
        """A space that only looks like one, or no character at all for the eye: read as a space, reported once."""
        line, _ = self.source.line_col(pos)
        if line != self.space_reported:
            self.space_reported = line
            what = "a no-break space or the like" if self.text[pos] in ODD_SPACES else "an invisible character"
            self.report("W109", f"{what} stands here", pos, pos + 1, "replace it by an ordinary space", faulty=False)
        if self.fresh and self.text[pos] in ODD_SPACES:
            self.indent += 1
        return pos + 1

    def line_end(self, pos: int) -> int:
        """The offset of the end of the line; looked for once a line, so that odd lines take linear time."""
        if pos > self.known_line_end:
            match = LINE_END.search(self.text, pos)
            self.known_line_end = match.start() if match else len(self.text)
        return self.known_line_end

    def string(self, pos: int) -> int:
        """A text between double quotes. Quotes inside `{{ … }}` do not end it."""
        text, at = self.text, pos + 1
        while True:
            match = STRING_STOP.search(text, at)
            if match is None or match.group() in ("\r", "\n"):
                return self.unclosed_string(pos, match.start() if match else len(text))
            stop = match.group()
            at = match.end()
            if stop == '"':
                break
            if stop == "{{":
                at = self.skip_placeholder(at)
            elif text[at : at + 1] not in ("", "\r", "\n"):
                at += 1
        self.push("STRING", pos, at, self.unescape(pos + 1, at - 1))
        return at

    def skip_placeholder(self, at: int) -> int:
        """The offset after the `}}` that closes a placeholder on this line, or `at` where there is none."""
        if at < self.no_close_before:
            return at
        end = self.line_end(at)
        close = self.text.find("}}", at, end)
        if close < 0:
            self.no_close_before = end
            return at
        return close + 2

    def unclosed_string(self, pos: int, end: int) -> int:
        """Take the rest of the line as the text."""
        body = self.text[pos + 1 : end].rstrip()
        stop = pos + 1 + len(body)
        self.push("STRING", pos, stop, body)
        self.report("W102", "this text is never closed", pos, stop, 'end it with `"` on the same line')
        return end

    def unescape(self, start: int, end: int) -> str:
        body = self.text[start:end]
        if "\\" not in body:
            return body
        out: list[str] = []
        at = 0
        while (cut := body.find("\\", at)) >= 0:
            out.append(body[at:cut])
            char = body[cut + 1 : cut + 2]
            if (known := literals.ESCAPES.get(char)) is not None:
                out.append(known)
            else:
                out.append(body[cut : cut + 2])
                self.report(
                    "W103",
                    f"`\\{char}` means nothing in a text",
                    start + cut,
                    start + cut + 2,
                    'known are `\\"`, `\\\\`, `\\n`, `\\t` and `\\{`; for a backslash write `\\\\`',
                )
            at = cut + 2
        out.append(body[at:])
        return "".join(out)

    def smart_string(self, pos: int) -> int:
        """A text between typographic or single quotes: read as meant, and reported."""
        end = self.line_end(pos)
        if self.text[pos] in "'\u2019" and pos and self.text[pos - 1].isalpha():
            return self.apostrophe(pos)
        for close in range(pos + 1, end):
            if self.text[close] in SMART_CLOSE[self.text[pos]]:
                break
        else:
            return self.unclosed_string(pos, end)
        body = self.text[pos + 1 : close]
        if self.text[pos] in "\u00ab\u2039":  # in French there is a space between « and the text
            body = body.strip()
        self.push("STRING", pos, close + 1, body)
        quotes = "single quotes" if self.text[pos] == "'" else "typographic quotes"
        straight = literals.quote(body)
        self.report("W109", f"{quotes} stand round this text", pos, close + 1, f"write `{straight}`")
        return close + 1

    def apostrophe(self, pos: int) -> int:
        """The sign in `isn't` and `customer's`."""
        self.push("WRONG", pos, pos + 1)
        help = "write `not \u2026` in place of `n't`, and leave out `'s`; a text stands between double quotes"
        self.report("W109", "an apostrophe has no meaning here", pos, pos + 1, help)
        return pos + 1

    def backticks(self, pos: int) -> int:
        end = self.line_end(pos)
        close = self.text.find("`", pos + 1, end)
        if close < 0:
            match = WORD.match(self.text, pos + 1)
            stop = match.end() if match else pos + 1
            self.push("NAME", pos, stop, self.text[pos + 1 : stop] or "_", quoted=True)
            self.report(
                "W120", "this name has no closing backtick", pos, stop, "end it with a backtick on the same line"
            )
            return stop
        name = self.text[pos + 1 : close]
        self.push("NAME", pos, close + 1, name or "_", quoted=True)
        if not name.strip():
            self.report(
                "W120", "there is no name between these backticks", pos, close + 1, "write the name between them"
            )
        return close + 1

    def report(self, code: str, message: str, start: int, end: int, help: str | None, faulty: bool = True) -> None:
        self.diagnostics.append(Diagnostic(code, message, self.source, Span(start, end), help))
        if faulty and self.line is not None:
            self.line.faulty = True

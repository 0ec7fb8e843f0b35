"""Scripts: loading them, reading them again, and saving what was done as a test."""

from collections.abc import Sequence
from pathlib import Path

from wend.dsl.diagnostics import Diagnostic, WendError
from wend.dsl.literals import quote
from wend.dsl.nearest import nearest
from wend.dsl.program import Journey
from wend.repl.answer import Answer, say
from wend.repl.commands.command import Command, Wants
from wend.repl.happened import named
from wend.repl.line import Line
from wend.repl.saving import played, test_block
from wend.repl.session import Session


def load(session: Session, line: Line) -> Answer:
    """Load a script beside those that are there."""
    words = line.words()
    if len(words) != 1:
        raise WendError("name one script", "write `:load shop.journey`")
    return told_scripts(session, session.follow(session.scripts.with_files([Path(words[0][0])])))


def reload(session: Session, line: Line) -> Answer:
    """Read the scripts again; contacts, clock and what happened stay."""
    line.nothing(":reload")
    session.warnings = ()
    return told_scripts(session, session.follow(session.scripts.read_again()))


def told_scripts(session: Session, warnings: Sequence[Diagnostic]) -> Answer:
    """What the session goes by now, and the warnings that are new."""
    names = [named(session.program, journey.name) for journey in session.program.journeys]
    listed = ", ".join(names) if names else "no journeys"
    lines = [listed]
    misfits = session.misfits
    for one in misfits[:5]:
        why = f"{one.found.message} ({one.found.place})"
        lines.append(f"note: the test {quote(one.test)} does not fit this and is left out: {why}")
    if len(misfits) > 5:
        lines.append(f"… and {len(misfits) - 5} more tests")
    for each in warnings[:5]:
        lines.append(f"warning[{each.code}]: {each.message} ({each.place})")
    if len(warnings) > 5:
        lines.append(f"… and {len(warnings) - 5} more warnings")
    told = [{"code": w.code, "message": w.message} for w in warnings]
    left = [{"test": m.test, "code": m.found.code, "message": m.found.message, "place": m.found.place} for m in misfits]
    return say(*lines, journeys=names, warnings=told, tests_left_out=left)


def save(session: Session, line: Line) -> Answer:
    """Write what was done so far as a `test` block, and into a script where one is at hand."""
    usage = 'write `:save test "a quiet year"`, with ` for JOURNEY` and ` to FILE` if you like'
    words = [word for word, _ in line.words()]
    if len(words) < 2 or words[0] != "test":
        raise WendError("say what to save", usage)
    options = dict(zip(words[2::2], words[3::2], strict=False))
    if set(options) - {"for", "to"} or len(words) % 2:
        raise WendError(f"this cannot be read: `{line.rest}`", usage)
    journey = _journey(session, options.get("for"))
    block = test_block(session, words[1], journey)
    result = played(session, block)
    lines = block.splitlines()
    if not result.passed:
        lines.append("it does not pass as it stands, so it was not written anywhere:")
        lines += [f"  expected {each.expected}, and there was: {each.actual}" for each in result.failures]
        return say(*lines, test=block, passed=False, file=None)
    path = Path(options["to"]) if "to" in options else _home(session, journey)
    if path is None:
        lines.append("it passes; ` to FILE` writes it into a script")
        return say(*lines, test=block, passed=True, file=None)
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    path.write_text(before + ("\n" if before else "") + block, encoding="utf-8")
    lines.append(f"it passes, and stands in {path}")
    return say(*lines, test=block, passed=True, file=str(path))


def _journey(session: Session, name: str | None) -> Journey:
    journeys = {journey.name: journey for journey in session.program.journeys}
    if name is None:
        own = [journey for journey in journeys.values() if not journey.lone]
        if len(own) == 1:
            return own[0]
        listed = ", ".join(each.name for each in own)
        raise WendError("a test is for one journey", f"write ` for JOURNEY`: {listed}" if own else "write a journey")
    if name not in journeys:
        near = nearest(name, journeys)
        raise WendError(f"there is no journey `{name}`", f"write `{near}`" if near else None)
    return journeys[name]


def _home(session: Session, journey: Journey) -> Path | None:
    """The file that the journey stands in."""
    source = None if journey.place is None else journey.place.source.name
    return next((Path(each.name) for each in session.scripts.texts if each.name == source), None)


COMMANDS = (
    Command("load", ":load FILE", "load a script beside those that are there", load, Wants.FILE),
    Command("reload", ":reload", "read the scripts again; contacts and clock stay", reload),
    Command(
        "save",
        ":save test NAME [for JOURNEY] [to FILE]",
        "what was done so far, as a `test` block",
        save,
        Wants.WORD,
    ),
)

"""Checking texts in tests."""

from wend.dsl import plan, program
from wend.dsl.checker import CheckResult, check
from wend.dsl.diagnostics import Severity, render
from wend.dsl.parser import parse
from wend.dsl.signatures import Signatures
from wend.dsl.source import Source
from wend.stdlib import signatures


def check_files(
    files: dict[str, str], data_fields: frozenset[str] | None = None, functions: Signatures | None = None
) -> CheckResult:
    """What the checker says of files that can be read."""
    trees = []
    for name, text in files.items():
        source = Source(name, text)
        parsed = parse(source)
        assert [render(d) for d in parsed.diagnostics] == []
        trees.append((source, parsed.file))
    return check(trees, signatures() if functions is None else functions, data_fields=data_fields)


def check_text(text: str, data_fields: frozenset[str] | None = None) -> CheckResult:
    """What the checker says of one file."""
    return check_files({"a.journey": text}, data_fields)


def program_of(text: str) -> program.Program:
    """The program of a text without errors."""
    result = check_text(text)
    assert [render(d) for d in result.diagnostics if d.severity is Severity.ERROR] == []
    assert result.program is not None
    return result.program


def trigger_of(text: str) -> program.Trigger:
    """The only trigger of the only journey."""
    (journey,) = program_of(text).journeys
    (trigger,) = journey.triggers
    return trigger


def body_of(*lines: str) -> tuple[plan.Operation, ...]:
    """The operations of a body."""
    return trigger_of("journey j\n    reenter never\n    on e\n" + "".join(f"        {line}\n" for line in lines)).body


def codes(result: CheckResult) -> list[str]:
    """The codes of the errors."""
    return [d.code for d in result.diagnostics if d.severity is Severity.ERROR]

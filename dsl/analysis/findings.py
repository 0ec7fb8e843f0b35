"""All warnings of the analysis for one checked program."""

from collections.abc import Iterator

from wend.dsl.analysis.dead import dead
from wend.dsl.analysis.ranges import Ranges
from wend.dsl.diagnostics import Diagnostic
from wend.dsl.program import Program


def findings(program: Program) -> Iterator[Diagnostic]:
    """What can be told of a program without errors. The order is that of the families, not of the places."""
    ranges = Ranges(program.schema)
    yield from dead(program, ranges)

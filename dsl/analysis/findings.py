"""All warnings of the analysis for one checked program."""

from collections.abc import Iterator

from wend.dsl.analysis.bursts import bursts
from wend.dsl.analysis.caps import caps
from wend.dsl.analysis.cycles import cycles
from wend.dsl.analysis.dead import dead
from wend.dsl.analysis.ranges import Ranges
from wend.dsl.analysis.reach import unreached
from wend.dsl.analysis.timing import timing
from wend.dsl.bounds.quota import alone
from wend.dsl.diagnostics import Diagnostic
from wend.dsl.program import Program


def findings(program: Program) -> Iterator[Diagnostic]:
    """What can be told of a program without errors. The order is that of the families, not of the places."""
    ranges = Ranges(program.schema)
    yield from dead(program, ranges)
    yield from unreached(program, ranges)
    yield from timing(program)
    yield from cycles(program, ranges)
    yield from bursts(program, ranges)
    yield from caps(program)
    yield from alone(program)

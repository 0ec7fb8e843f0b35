"""The older versions of a program that a store keeps: a path finishes on the version it began on."""

from wend.dsl.diagnostics import Severity, WendError
from wend.dsl.program import Program
from wend.dsl.source import Source
from wend.project.workspace import build
from wend.runtime.functions import Functions
from wend.runtime.store.protocol import Store
from wend.stdlib import FUNCTIONS


def archive(store: Store, program: Program, functions: Functions = FUNCTIONS) -> list[Program]:
    """The older versions that the store keeps, for the paths that began on them.

    Args:
        program: the one that is to be live, which is left out.
        functions: those that scripts can call, the older ones too.

    Raises:
        WendError: an older version cannot be read any more.
    """
    older = []
    for kept in store.versions():
        if kept.version == program.version:
            continue
        sources = [Source(name, text) for name, text in sorted(kept.scripts.items())]
        built, diagnostics = build(sources, misuses=(), functions=functions)  # what they use is among them
        if built is None:
            errors = sum(d.severity is Severity.ERROR for d in diagnostics)
            raise WendError(
                f"the version `{kept.version[:12]}` that contacts may still be under way on cannot be read: "
                f"it has {errors} error{'' if errors == 1 else 's'} now",
                help="run it with the release of Wend that it was activated with until nobody is under way on it",
            )
        older.append(built)
    return older

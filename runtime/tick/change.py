"""`on change of FIELD`: a value that is another than it was at the tick before, in the same run."""

from wend.dsl import core
from wend.dsl.program import OnChange, Trigger
from wend.runtime.evaluation.interpret import Env
from wend.runtime.evolve import evolve
from wend.runtime.state import Cause, CauseKind
from wend.runtime.tick.feedback import depth_of, too_deep
from wend.runtime.tick.work import Stay, Work
from wend.runtime.values import Value


def changed(work: Work, stay: Stay, trigger: Trigger, head: OnChange) -> Cause | None:
    """Look at the value on the snapshot: remember it, and the cause of a path if the change is the one that is meant.

    The first look of a run only remembers. What changes there and back between two ticks is not seen.
    """
    if stay.run is None:
        return None
    env = work.env(stay)
    value = work.ask(head.field, env)
    state = stay.head(head.id)
    if state.watched and _same(state.value, value):
        return None
    meant = state.watched and _is(work, head.before, state.value, env) and _is(work, head.after, value, env)
    depth = depth_of(work, stay, head.field) if meant else 0
    fires = meant and stay.may_start and not too_deep(work, stay, trigger.id, depth)
    number = state.firings + fires
    stay.set_head(head.id, evolve(state, watched=True, value=value, firings=number))
    return Cause(CauseKind.CHANGE, str(number), work.now, depth=depth) if fires else None


def _is(work: Work, told: core.Expr | None, value: Value, env: Env) -> bool:
    return told is None or _same(work.ask(told, env), value)


def _same(left: Value, right: Value) -> bool:
    return left == right and isinstance(left, bool) == isinstance(right, bool)

"""Walking paths: each goes on from where it stands until it waits, is held, or ends.

Journeys by priority and name, paths in the order of the file, held sends first. A path sees its own writes and those
of paths walked before it.
"""

from collections.abc import Sequence
from typing import assert_never

from wend.dsl import plan
from wend.dsl.program import When
from wend.runtime.evolve import evolve
from wend.runtime.hashing import share
from wend.runtime.rules import head_of
from wend.runtime.state import CauseKind, Labelled, Path, Phase
from wend.runtime.tick import feedback, perform, runs, when
from wend.runtime.tick.waits import Over, Pending, look, passed, reach
from wend.runtime.tick.work import Stay, Work

REST = "rest"
"""The way of those whom a split gives no variant, in traces."""
MOST_OPERATIONS = 10_000
"""How many operations a path may do in one tick; then it goes on at the next."""


def walk_all(work: Work) -> None:
    """All paths of all journeys."""
    for stay in work.stays:
        if stay.open:
            if stay.farewell:
                _part(work, stay)
            paths = stay.state.run.paths if stay.state.run else ()
            for path in _in_order(work, stay, paths) if len(paths) > 1 else paths:
                if _is_under_way(stay, path):
                    _take_up(work, stay, path)
            if stay.farewell:
                _part(work, stay)


def _is_under_way(stay: Stay, path: Path) -> bool:
    return stay.run is not None and any(p is path for p in stay.run.paths)


def _part(work: Work, stay: Stay) -> None:
    """Walk the paths of `on exit`: data steps only, so each is over at once."""
    farewell, stay.farewell = stay.farewell, []
    for path in farewell:
        work.note(stay, "fired", trigger=path.trigger, reason=path.cause.kind.value)
        walk(work, stay, path)


def _in_order(work: Work, stay: Stay, paths: Sequence[Path]) -> Sequence[Path]:
    def rank(path: Path) -> tuple[bool, int, object]:
        found = work.trigger_of(stay, path)
        # What fires at this tick without an event gives way to what an event fired.
        without = path.tick == work.now and path.cause.event is None
        return path.phase is not Phase.HELD, found[0] if found else 0, (without, path.cause.order, path.head)

    return sorted(paths, key=rank)


def _take_up(work: Work, stay: Stay, path: Path) -> None:
    if path.tick == work.now and not _admit(work, stay, path):
        return
    if runs.stops_now(work, stay, path):
        runs.drop(work, stay, path, "stopped", "stop when")
        return
    if path.phase is not Phase.WAITING:
        walk(work, stay, path)


def _admit(work: Work, stay: Stay, path: Path) -> bool:
    """Whether a path that fired at this tick begins: none of its trigger (and key) is under way, or it replaces it.

    A trigger fires once a tick, or once for each event, through however many entry points.
    """
    found = work.trigger_of(stay, path)
    run = stay.run
    if found is None or run is None:
        return False
    head = head_of(found[1], path.head)
    if runs.key_done(stay, found[1], path):
        stay.drop(path)
        work.note(stay, "ignored", trigger=path.trigger, reason="key done")
        return False
    line = (stay.journey.name, path.trigger)
    firing = (*line, path.cause.event.id if path.cause.event else "")
    if firing in work.fired:
        stay.drop(path)
        work.note(stay, "ignored", trigger=path.trigger, reason="fired already")
        return False
    busy = [p for p in run.paths if p is not path and runs.same_line(p, path) and (p.tick < work.now or _begun(p))]
    if busy and not stay.journey.newest_path_only:
        stay.drop(path)
        work.note(stay, "ignored", trigger=path.trigger, reason="under way")
        return False
    for old in busy:
        runs.drop(work, stay, old, "stopped", "a newer path")
    work.fired.update({firing, (*line, "")})
    feedback.began(work, stay, path)
    if getattr(head, "once", False):
        stay.state = evolve(stay.state, keys=stay.state.keys | {runs.key_of(path)})
    if path.cause.kind is CauseKind.WHEN and isinstance(head, When):
        when.latch(stay, head, work.now)
    elif any(isinstance(each, When) for each in found[1].heads):
        when.count(stay, path.head, work.now)
    work.stir()
    work.note(stay, "fired", trigger=path.trigger, reason=path.cause.kind.value, place=head.place if head else None)
    return True


def _begun(path: Path) -> bool:
    """Whether a path of this tick has been walked already, and stands somewhere now."""
    return path.phase is not Phase.READY or path.pc > 0


def walk(work: Work, stay: Stay, path: Path) -> None:
    """Go on from where the path stands."""
    found = work.trigger_of(stay, path)
    if found is None:
        runs.drop(work, stay, path, "problem", "its version is not kept")
        return
    body = found[1].body
    begun = path
    for _ in range(MOST_OPERATIONS):
        if path.pc >= len(body):
            runs.drop(work, stay, begun, "finished")
            return
        op = body[path.pc]
        match op:
            case plan.Stop():
                runs.drop(work, stay, begun, "finished", "stop")
                return
            case plan.Exit():
                runs.end(work, stay, "exit", path.cause.depth)
                stay.spent = True
                return
            case plan.Send():
                moved = perform.send(work, stay, path, op)
                if moved.phase is Phase.HELD:
                    stay.put(moved, begun)
                    return
                path = moved
            case plan.Notify() | plan.Set() | plan.Mark() | plan.Emit() | plan.Resubscribe():
                path = perform.act(work, stay, path, op)
            case plan.CallWebhook():
                path = perform.call(work, stay, path, op)
            case (
                plan.WaitFor()
                | plan.WaitUntilClock()
                | plan.WaitUntilDay()
                | plan.WaitUntilMoment()
                | plan.WaitCondition()
                | plan.WaitEvent()
            ):
                path = _wait(work, stay, path, op)
                if path.phase is Phase.WAITING:
                    stay.put(path, begun)
                    return
            case plan.RepeatNext():
                counter = body[op.head].id
                rounds = {**path.rounds, counter: path.rounds.get(counter, 0) + 1}
                path = _wait(work, stay, evolve(path, rounds=rounds), op)
                if path.phase is Phase.WAITING:
                    stay.put(path, begun)
                    return
            case plan.Branch() | plan.Jump() | plan.Split() | plan.RepeatTest():
                path = _go(work, stay, path, op)
            case _:
                assert_never(op)
    stay.put(path, begun)
    work.stir()
    work.note(stay, "problem", trigger=path.trigger, reason="long", detail="the path goes on at the next tick")


def _wait(work: Work, stay: Stay, path: Path, op: plan.Wait) -> Path:
    """Reach a wait: pass it where it is over already, else stand there."""
    env = work.path_env(stay, path, snapshot=False)
    waiting = reach(op, path, env)
    answer = look(op, waiting, path.pc, env)
    if isinstance(answer, Over):
        return passed(work, stay, waiting, op, answer)
    _remember(work, answer)
    work.note(stay, "waiting", trigger=path.trigger, step=op.id, place=op.place)
    return waiting


def _remember(work: Work, answer: Pending) -> None:
    work.until(answer.until)


def _go(work: Work, stay: Stay, path: Path, op: plan.Branch | plan.Jump | plan.Split | plan.RepeatTest) -> Path:
    """Operations that only decide where to go."""
    match op:
        case plan.Jump():
            return evolve(path, pc=op.target)
        case plan.Branch():
            value = work.path_env(stay, path, snapshot=False).evaluate(op.condition).value
            target = path.pc + 1 if value is True else op.on_false if value is False else op.on_unknown
            return _decided(work, stay, path, op, _TRUTH[value is True, value is False], target)
        case plan.Split():
            arm = _arm(work, stay, path, op)
            way, target = (REST, op.otherwise) if arm is None else (arm.name, arm.target)
            taken = Labelled(work.now, variant=None if arm is None else arm.name)
            path = evolve(path, labels=perform.remember(stay, path, op.name, taken))
            return _decided(work, stay, path, op, way, target)
        case plan.RepeatTest():
            done = path.rounds.get(op.id, 0) >= op.times
            if not done and op.until is not None:
                done = work.path_env(stay, path, snapshot=False).evaluate(op.until).value is True
            if not done:
                return _decided(work, stay, path, op, "round", path.pc + 1)
            over = evolve(path, rounds={k: v for k, v in path.rounds.items() if k != op.id})
            return _decided(work, stay, over, op, "done", op.done)


_TRUTH = {(True, False): "true", (False, True): "false", (False, False): "unknown"}


def _decided(
    work: Work, stay: Stay, path: Path, op: plan.Branch | plan.Split | plan.RepeatTest, way: str, target: int
) -> Path:
    """The path at where it goes on, and a note of the way it took."""
    work.note(stay, "decided", trigger=path.trigger, step=op.id, reason=way, place=op.place)
    return evolve(path, pc=target)


def _arm(work: Work, stay: Stay, path: Path, op: plan.Split) -> plan.SplitArm | None:
    """The variant of the contact: a hash of journey, split and contact; with `each time` of the cause too."""
    if op.name in work.facts.forced:
        forced = work.facts.forced[op.name]
        found = next((arm for arm in op.arms if arm.name == forced), None)
        if found is not None or (forced is None and not op.full):
            return found  # else a split of another journey is meant, which has the same name
    parts = [stay.journey.name, op.name, work.contact.id]
    if op.each_time:
        parts.append(path.cause.id)
    place, below = share(*parts) * 100, 0.0
    for arm in op.arms:
        below += arm.share
        if place < below:
            return arm
    return None

"""From the steps of a body to a flat list of operations."""

from typing import assert_never

from attrs import define, evolve, field

from wend.dsl import ast, core, knowing, plan
from wend.dsl.builtins import BUILTIN_EVENTS, REQUESTED, STOPPED, EventShape
from wend.dsl.checker import canonical, options, warnings
from wend.dsl.checker.canonical import Ids
from wend.dsl.checker.env import Env, LocalName
from wend.dsl.checker.expressions import Expressions
from wend.dsl.checker.fields import set_step
from wend.dsl.checker.waits import lower_wait
from wend.dsl.core import Place
from wend.dsl.nearest import nearest
from wend.dsl.types import TEXT

_LATER = -1  # a target that is not known yet
_BRANCHES = 100  # each knows what those before it have ruled out
_WAITS = ast.WaitFor | ast.WaitUntil | ast.WaitUntilDay | ast.WaitUntilOffset | ast.WaitUpToUntil | ast.WaitUpToFor


@define
class Sends:
    """The sends of a journey, counted for each channel, in the order of the file."""

    totals: dict[str, int]
    positions: dict[int, int]

    @classmethod
    def of(cls, triggers: list[ast.Trigger]) -> "Sends":
        """Count the sends of a journey's triggers."""
        totals: dict[str, int] = {}
        positions: dict[int, int] = {}
        for trigger in triggers:
            for node in ast.descendants(trigger):
                if isinstance(node, ast.Send):
                    totals[node.channel.text] = totals.get(node.channel.text, 0) + 1
                    positions[id(node)] = totals[node.channel.text]
        return cls(totals, positions)


@define
class Body:
    """The operations of one trigger, as they are made."""

    ctx: Expressions
    sends: Sends
    ids: Ids
    variant: str | None = None
    ops: list[plan.Operation] = field(factory=list)

    def lower(self, steps: tuple[ast.Step, ...], env: Env) -> Env:
        """Add the operations of some steps; gives the names after them."""
        warnings.unreachable(steps, env, self.ctx)
        for step in steps:
            env = self._step(step, env)
        return env

    # ---- bookkeeping -------------------------------------------------------------------------------------------------

    @property
    def here(self) -> int:
        """The index of the next operation."""
        return len(self.ops)

    def add(self, op: plan.Operation) -> int:
        """Add an operation; gives its index."""
        self.ops.append(op)
        return len(self.ops) - 1

    def jump(self, of: str, place: Place) -> int:
        """Add a jump to a place that is told later."""
        return self.add(plan.Jump(id=self.ids.give(f"after {of}"), target=_LATER, place=place))

    def target(self, jumps: list[int]) -> None:
        """Let these jumps lead here."""
        for index in jumps:
            op = self.ops[index]
            assert isinstance(op, plan.Jump)
            self.ops[index] = evolve(op, target=self.here)

    def give(self, step: ast.Step) -> str:
        """The id of a step: its label, or what it says."""
        match step:
            case (
                ast.Send(options=ast.Options(label=ast.Name(text=label)))
                | ast.CallWebhook(options=ast.Options(label=ast.Name(text=label)))
            ):
                return self.ids.own(label)
            case _:
                return self.ids.give(canonical.step_text(step))

    # ---- steps -------------------------------------------------------------------------------------------------------

    def _step(self, step: ast.Step, env: Env) -> Env:
        match step:
            case ast.If():
                return self._if(step, env)
            case ast.Split():
                self._split(step, env)
            case ast.Repeat():
                self._repeat(step, env)
            case (
                ast.WaitFor()
                | ast.WaitUntil()
                | ast.WaitUntilDay()
                | ast.WaitUntilOffset()
                | ast.WaitUpToUntil()
                | ast.WaitUpToFor()
            ):
                return self._wait(step, env)
            case _:
                self._plain(step, env)
        return env

    def _plain(
        self,
        step: ast.Send
        | ast.Notify
        | ast.CallWebhook
        | ast.Set
        | ast.Tag
        | ast.ListStep
        | ast.Emit
        | ast.StartJourney
        | ast.StopJourney
        | ast.Resubscribe
        | ast.Stop
        | ast.Exit,
        env: Env,
    ) -> None:
        name, place, ctx = self.give(step), env.place(step), self.ctx
        match step:
            case ast.Send():
                position, total = self.sends.positions[id(step)], self.sends.totals[step.channel.text]
                self.add(evolve(options.send(step, name, position, total, env, ctx), variant=self.variant))
            case ast.Notify():
                self.add(options.notify(step, name, env, ctx))
            case ast.CallWebhook():
                self.add(options.call(step, name, env, ctx))
            case ast.Set():
                self.add(set_step(step, name, env, ctx))
            case ast.Tag(value=value, remove=remove):
                expr = ctx.expect(value, env, TEXT, "a tag")
                self.add(plan.Mark(id=name, field="tags", value=expr, remove=remove, place=place))
            case ast.ListStep(value=value, remove=remove):
                expr = ctx.expect(value, env, TEXT, "the name of a list")
                self.add(plan.Mark(id=name, field="lists", value=expr, remove=remove, place=place))
            case ast.Emit():
                self.add(plan.Emit(id=name, event=step.event.text, values=self._payload(step, env), place=place))
            case ast.StartJourney() | ast.StopJourney():
                self.add(journey_step(step, name, env, ctx))
            case ast.Resubscribe(channel=channel):
                self.add(plan.Resubscribe(id=name, channel=channel.text, place=place))
            case ast.Stop():
                self.add(plan.Stop(id=name, place=place))
            case ast.Exit():
                self.add(plan.Exit(id=name, place=place))
            case _:
                assert_never(step)

    def _payload(self, step: ast.Emit, env: Env) -> tuple[tuple[str, core.Expr], ...]:
        ctx, name = self.ctx, step.event.text
        if name in BUILTIN_EVENTS:
            ctx.error("W202", f"`{name}` is built in and cannot be emitted", step.event, env, "emit one of your own")
        elif ctx.names.shape(name) is None:
            near = nearest(name, ctx.names.declared.events)
            help = f"write `{near}`" if near else f"declare it: `event {name}`"
            ctx.error("W202", f"there is no event `{name}`", step.event, env, help)
        shape = ctx.names.shape(name) or EventShape(name, open=True)
        return tuple(options.pairs(step.values, env, ctx, shape))

    def _wait(self, step: _WAITS, env: Env) -> Env:
        name, ctx = self.give(step), self.ctx
        index = self.add(lower_wait(step, name, env, ctx))
        otherwise = None if isinstance(step, ast.WaitFor) else step.otherwise
        if otherwise:
            after = [self.jump(name, env.place(step))]
            op = self.ops[index]
            if isinstance(op, plan.WaitUntilMoment | plan.WaitCondition | plan.WaitEvent):
                self.ops[index] = evolve(op, otherwise=self.here)
            self.lower(otherwise, env)
            self.target(after)
        if isinstance(step, ast.WaitUpToFor) and step.alias is not None:
            return with_alias(step.alias, step.event, env, ctx)
        return env

    def _if(self, step: ast.If, env: Env) -> Env:
        warnings.lost_else(step, env, self.ctx)
        if len(step.branches) > _BRANCHES:
            message = f"this is too large: an `if` has {_BRANCHES} branches at most"
            place = step.branches[_BRANCHES].condition
            self.ctx.error(
                "W209", message, place, env, "make them rules of their own, or keep in the data what they ask"
            )
            return env
        before = env
        ends: list[int] = []
        tests: list[int] = []
        for number, branch in enumerate(step.branches):
            made = self.ctx.condition(branch.condition, env)
            warnings.branch_unknown(branch, made, env, self.ctx)
            name = self.ids.give(canonical.branch_text(branch))
            test = self.add(
                plan.Branch(
                    id=name, condition=made.expr, on_false=_LATER, on_unknown=_LATER, place=env.place(branch.condition)
                )
            )
            tests.append(test)
            self.lower(branch.body, env.knowing(knowing.when_true(made.expr)))
            if number + 1 < len(step.branches) or step.otherwise:
                ends.append(self.jump(name, env.place(branch)))
            self.ops[test] = evolve(self._branch(test), on_false=self.here)
            env = env.knowing(knowing.when_false(made.expr))
        if step.otherwise:
            self.lower(step.otherwise, env)
        self.target(ends)
        for test in tests:
            self.ops[test] = evolve(self._branch(test), on_unknown=self.here)
        first = step.branches[0]
        if len(step.branches) == 1 and not step.otherwise and isinstance(first.body[-1], ast.Stop | ast.Exit):
            return before.knowing(knowing.when_passed(self._branch(tests[0]).condition))
        return before

    def _branch(self, index: int) -> plan.Branch:
        op = self.ops[index]
        assert isinstance(op, plan.Branch)
        return op

    def _split(self, step: ast.Split, env: Env) -> None:
        name = self.give(step)
        options.check_shares(step, env, self.ctx)
        place = env.place(step)
        index = self.add(
            plan.Split(id=name, name=step.name.text, arms=(), otherwise=_LATER, each_time=step.each_time, place=place)
        )
        ends: list[int] = []
        arms: list[plan.SplitArm] = []
        around = self.variant
        for variant in step.variants:
            arms.append(plan.SplitArm(name=variant.name.text, share=variant.share.value, target=self.here))
            self.variant = variant.name.text
            self.lower(variant.body, env)
            self.variant = around
            ends.append(self.jump(f"{name} {variant.name.text}", env.place(variant)))
        self.target(ends)
        op = self.ops[index]
        assert isinstance(op, plan.Split)
        self.ops[index] = evolve(op, arms=tuple(arms), otherwise=self.here)

    def _repeat(self, step: ast.Repeat, env: Env) -> None:
        name, ctx, place = self.give(step), self.ctx, env.place(step)
        below = list(ast.descendants(step))
        sends, pauses = (any(isinstance(each, kind) for each in below) for kind in (_SENDING, _PAUSES))
        if step.every is None and step.times > 1 and sends and not pauses:
            message = f"this sends up to {step.times} messages at once"
            ctx.error("W243", message, step, env, f"say how often: `repeat up to {step.times} times every 2 days`")
        every = None
        if step.every is not None:
            every = ctx.length(step.every, env, "the pause between rounds", awaited=True)
        until = None if step.until is None else ctx.condition(step.until, env).expr
        head = self.add(plan.RepeatTest(id=name, times=step.times, done=_LATER, until=until, place=place))
        self.lower(step.body, env)
        self.add(plan.RepeatNext(id=self.ids.give(f"next {name}"), head=head, every=every, place=place))
        op = self.ops[head]
        assert isinstance(op, plan.RepeatTest)
        self.ops[head] = evolve(op, done=self.here)


_SENDING = (ast.Send, ast.Notify)
_PAUSES = (
    ast.WaitFor,
    ast.WaitUntil,
    ast.WaitUntilDay,
    ast.WaitUntilOffset,
    ast.WaitUpToUntil,
    ast.WaitUpToFor,
)


def journey_step(step: ast.StartJourney | ast.StopJourney, name: str, env: Env, ctx: Expressions) -> plan.Emit:
    """`start journey` and `stop journey`: an event for that journey, which arrives at the next tick."""
    ctx.journey(step.journey, env)
    target = step.journey.text
    start = isinstance(step, ast.StartJourney)
    if start and target in ctx.names.journeys and target not in ctx.names.on_request:
        message = f"`{target}` has no trigger `on request`, so nothing in it would start"
        ctx.error("W205", message, step.journey, env, f"add `on request` to the journey `{target}`")
    event = REQUESTED if start else STOPPED
    value = core.Const(value=target, place=env.place(step.journey))
    return plan.Emit(id=name, event=event, values=(("journey", value),), place=env.place(step))


def with_alias(alias: ast.Name, event: ast.Path, env: Env, ctx: Expressions) -> Env:
    """The names after an event was given one."""
    check_alias(alias, env, ctx)
    shape = ctx.shape_of(event, env) or EventShape(event.text, open=True)
    return env.with_local(alias.text, LocalName((shape,), env.place(alias)))


def check_alias(alias: ast.Name, env: Env, ctx: Expressions) -> None:
    """A name for an event must be free."""
    options.check_free(alias, env, ctx)
    if alias.text in env.locals:
        message = f"the name `{alias.text}` is taken"
        ctx.error("W237", message, alias, env, f"take another one: `{alias.text}_2`, say")

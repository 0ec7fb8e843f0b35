"""From `test` blocks to checked tests: the names in them, and the kinds of their values."""

import datetime as dt
from collections.abc import Iterator, Sequence

from attrs import evolve, frozen

from wend.dsl import ast, core, trial
from wend.dsl.builtins import BUILTIN_EVENTS, CHANNELS, ID, EventShape
from wend.dsl.checker.complete import complete
from wend.dsl.checker.env import Env, Typed
from wend.dsl.checker.examples import Row, rows
from wend.dsl.checker.expressions import Expressions
from wend.dsl.checker.options import check_value
from wend.dsl.core import Hint, Place
from wend.dsl.nearest import nearest
from wend.dsl.source import Source
from wend.dsl.types import Kind

SKIPS = ("audience", "exit", "no address", "suppressed", "consent", "quota", "limit", "late")
"""The reasons for which a message is not sent."""


Ways = dict[str, list[str | None]]
"""By the names of splits: their variants, and None where there is a rest that takes none of them."""
NONE_OF_THEM = "nothing"


def trials(files: Sequence[tuple[Source, ast.File]], ctx: Expressions) -> tuple[trial.Test, ...]:
    """The tests of all files, one for each row where a test has a table. Their names are different."""
    names: dict[str, Place] = {}
    made: list[trial.Test] = []
    journeys, channels = _splits(files), _channels(files)
    for source, file in files:
        env = Env(source=source, words="a test")
        for item in file.items:
            if isinstance(item, ast.TestBlock):
                name, place = item.name.value, env.place(item.name)
                if name in names:
                    hint = Hint(names[name], "first here")
                    message = f"the test `{name}` stands twice"
                    ctx.reports.error("W207", message, place, "give it a name of its own", hint)
                names[name] = place
                made += _trials(item, journeys.get(item.journey.text, {}), channels, env, ctx)
    return tuple(made)


def _trials(
    node: ast.TestBlock, splits: Ways, channels: frozenset[str], env: Env, ctx: Expressions
) -> Iterator[trial.Test]:
    name = node.journey.text
    if name not in ctx.names.journeys:
        near = nearest(name, ctx.names.journeys)
        help = f"write `{near}`" if near else "declare it, or check the name"
        ctx.error("W205", f"there is no journey `{name}`", node.journey, env, help)
    if not any(isinstance(line, ast.At | ast.GivenEvent | ast.During) for line in ast.descendants(node)):
        help = "add a line such as `at 2026-05-10 expect nothing`"
        ctx.error("W242", "this test names no time", node.name, env, help)
    contacts = _contacts([line for line in node.lines if isinstance(line, ast.TestContact)], env, ctx)
    for row in rows(node.examples, env, ctx):
        writer = _Lines(row, splits, channels, env, ctx)
        lines = tuple(writer.of(node.lines))
        title = f"{node.name.value} [{row.told}]" if row.number else node.name.value
        place = env.place(node.name)
        yield trial.Test(name=title, journey=name, lines=lines, contacts=contacts, place=place, row=row.place)


def _contacts(own: Sequence[ast.TestContact], env: Env, ctx: Expressions) -> tuple[str, ...]:
    """The names of the contacts, in the order of the test."""
    seen: dict[str, ast.Name] = {}
    for contact in own:
        name = contact.name.text
        if name in seen:
            message, help = f"the contact `{name}` stands twice", "put all its lines below the first one"
            ctx.reports.error("W207", message, env.place(contact.name), help, Hint(env.place(seen[name]), "first here"))
        seen.setdefault(name, contact.name)
    return tuple(seen)


def _splits(files: Sequence[tuple[Source, ast.File]]) -> dict[str, Ways]:
    """The ways through the splits of each journey."""
    found: dict[str, Ways] = {}
    for journey in (item for _, file in files for item in file.items if isinstance(item, ast.Journey)):
        splits = found.setdefault(journey.name.text, {})
        for below in ast.descendants(journey):
            if isinstance(below, ast.Split):
                rest: list[str | None] = [None] if sum(each.share.value for each in below.variants) < 100 - 1e-9 else []
                splits[below.name.text] = [*(variant.name.text for variant in below.variants), *rest]
    return found


def _channels(files: Sequence[tuple[Source, ast.File]]) -> frozenset[str]:
    """The channels over which any step sends."""
    nodes = (below for _, file in files for below in ast.descendants(file))
    return frozenset(node.channel.text for node in nodes if isinstance(node, ast.Send))


@frozen
class _Lines:
    """Checks the lines of a test, with one row of its table."""

    row: Row
    splits: Ways
    channels: frozenset[str]
    env: Env
    ctx: Expressions

    def of(self, lines: Sequence[ast.TestLine | ast.TestContact], who: str | None = None) -> Iterator[trial.AnyLine]:
        """The lines about a contact, or about all of them, in the order written."""
        for line in lines:
            if isinstance(line, ast.TestContact):
                yield from self.of(line.lines, line.name.text)
            elif (made := self._line(line, who)) is not None:
                yield evolve(made, who=who)

    def _line(self, line: ast.TestLine, who: str | None) -> trial.AnyLine | None:
        place, row, env, ctx = self.env.place(line), self.row, self.env, self.ctx
        match line:
            case ast.Given(pairs=pairs):
                given = row.pairs(pairs)
                return trial.Given(values=tuple((p.name.text, self._value(p)) for p in given), place=place)
            case ast.GivenEvent(event=event, at=at, values=pairs):
                return self._happens(event, at, pairs, place)
            case ast.Force():
                return _force(line, None, self.splits, place, env, ctx)
            case ast.Advance(length=length):
                if who is not None:
                    message = "time goes on for all contacts of a test alike"
                    ctx.error("W238", message, line, env, "write `advance` outside, indented like `contact`")
                length = row.expr(length)
                return trial.Advance(length=ctx.length(length, env, "the time to go on"), place=place)
            case ast.ExpectTotal(count=count, channel=channel):
                self._channel(channel)
                total = row.count(count)
                return None if total is None else trial.ExpectTotal(count=total, channel=channel.text, place=place)
            case ast.During(start=start, until=until, expected=expected):
                return self._during(start, until, expected, place)
            case ast.At(moment=moment, act=act):
                return self._at(moment, act, place)

    def _at(
        self, node: ast.Moment, act: ast.Expected | ast.Happens | ast.Changes | ast.Force, place: Place
    ) -> trial.AnyLine | None:
        if isinstance(act, ast.Happens):
            return self._happens(act.event, node, act.values, place)
        at = self._moment(node)
        if at is None:
            return None
        if isinstance(act, ast.Force):
            return _force(act, at, self.splits, place, self.env, self.ctx)
        if isinstance(act, ast.Changes):
            name = act.target.parts[-1]
            value = self._value(ast.Pair(name=name, value=self.row.expr(act.value)))
            return trial.Changes(at=at, field=name.text, value=value, place=place)
        return self._expected(at, act, place)

    def _during(
        self, start: ast.Moment | None, until: ast.Moment | None, expected: ast.Expected, place: Place
    ) -> trial.AnyLine | None:
        first = None if start is None else self._moment(start)
        last = None if until is None else self._moment(until)
        if (start is not None and first is None) or (until is not None and last is None):
            return None
        if first is not None and last is not None and first.first >= last.first:
            message = "this time ends before it begins" if first.first > last.first else "this time is empty"
            self.ctx.reports.error("W234", message, place, "`until` is the first moment that is outside")
        return self._expected(trial.Range(first, last), expected, place)

    def _expected(self, at: trial.When, node: ast.Expected, place: Place) -> trial.Timed | None:
        row = self.row
        match node:
            case ast.ExpectNothing():
                return trial.ExpectNothing(at=at, place=place)
            case ast.ExpectSend(channel=channel, template=written, times=times):
                self._channel(channel)
                template, count = row.text(written, "a template"), row.count(1 if times is None else times)
                if template is None or count is None:
                    return None
                name = channel.text
                return trial.ExpectSend(at=at, channel=name, template=template.value, times=count, place=place)
            case ast.ExpectCount(count=written_count, channel=channel):
                self._channel(channel)
                count = row.count(written_count)
                if count is None:
                    return None
                return trial.ExpectCount(at=at, count=count, channel=channel.text, place=place)
            case ast.ExpectExit():
                return trial.ExpectExit(at=at, place=place)
            case ast.ExpectSkip(reason=written):
                reason = row.text(written, "a reason")
                return None if reason is None else self._skip(at, reason, place)
            case ast.ExpectThat(condition=condition):
                made = self.ctx.condition(row.expr(condition), self.env)
                return trial.ExpectThat(at=at, condition=made.expr, place=place)

    def _channel(self, name: ast.Name) -> None:
        """A channel is one that Wend has, or one over which some step sends."""
        channel = name.text
        if channel in self.channels or channel in CHANNELS:
            return
        if channel in ("tag", "list"):
            help = f'write `expect "\u2026" in {channel}s`'
        elif self.ctx.names.field_type(channel) is not None:
            help = f'write `expect {channel} = "\u2026"`'
        else:
            near = nearest(channel, [*self.channels, *CHANNELS])
            help = f"write `{near}`" if near else f"name a channel: {', '.join(sorted({*self.channels, *CHANNELS}))}"
        self.ctx.error("W201", f"no step sends over a channel `{channel}`", name, self.env, help)

    def _skip(self, at: trial.When, reason: ast.Text, place: Place) -> trial.ExpectSkip:
        if reason.value not in SKIPS:
            near = nearest(reason.value, SKIPS)
            help = f'write `"{near}"`' if near else f"the reasons are {', '.join(SKIPS)}"
            self.ctx.error("W213", f"no message is skipped for `{reason.value}`", reason, self.env, help)
        return trial.ExpectSkip(at=at, reason=reason.value, place=place)

    def _happens(self, event: ast.Name, at: ast.Moment, pairs: tuple[ast.Pair, ...], place: Place) -> trial.Happens:
        given = self.row.pairs(pairs)
        made = happens(event, given, self.env, self.ctx, "with ")
        for pair, (_, value) in zip(given, made, strict=True):
            self._alone(pair.value, value)
        moment = self._moment(at) or trial.Moment(dt.date.min)
        return trial.Happens(at=moment, event=event.text, values=made, place=place)

    def _value(self, pair: ast.Pair) -> core.Expr:
        """A value for a field, which has nothing of the contact to be made of."""
        if pair.name.text == ID:
            help = "`contact NAME`, with the lines about it indented below, is a contact with this id"
            self.ctx.error("W221", f"`{ID}` is what the contact is known by", pair.name, self.env, help)
        value = field_value(pair.name, pair.value, self.env, self.ctx)
        return self._alone(pair.value, value)

    def _alone(self, node: ast.Expr, value: core.Expr) -> core.Expr:
        if any(isinstance(each, core.Field | core.Derived | core.Aggregate) for each in core.nodes(value)):
            message = "nothing is known of the contact where its data is given"
            self.ctx.error("W223", message, node, self.env, "write the value out")
        return value

    def _moment(self, node: ast.Moment) -> trial.Moment | None:
        found = self.row.moment(node)
        return None if found is None else trial.Moment(*found)


def field_value(name: ast.Name, value: ast.Expr, env: Env, ctx: Expressions) -> core.Expr:
    """A value for a field of the contact, which must be one that data can have."""
    field = name.text
    target = ctx.names.field_type(field)
    made = ctx.check(value, evolve(env, beside=target) if target is not None and target.kind is Kind.TEXT else env)
    if ctx.names.derived(field) is not None:
        message = f"`{field}` is derived and cannot be given"
        ctx.error("W221", message, name, env, "give what it is made of: `given event …`")
    elif target is None:
        near = nearest(field, ctx.names.fields)
        help = f"write `{near}`" if near else "declare it under `contact`"
        ctx.error("W201", f"there is no field `{field}`", name, env, help)
    else:
        check_value(value, made, target, f"`{field}`", env, ctx)
    return made.expr


def happens(
    event: ast.Name, pairs: tuple[ast.Pair, ...], env: Env, ctx: Expressions, before: str = ""
) -> tuple[tuple[str, core.Expr], ...]:
    """The values of an event that happens, its name checked too.

    Args:
        before: the word that stands before values, for advice.
    """
    name = event.text
    shape = BUILTIN_EVENTS.get(name) or ctx.names.shape(name)
    if shape is None:
        near = nearest(name, [*ctx.names.declared.events, *BUILTIN_EVENTS])
        help = f"write `{near}`" if near else f"declare it: `event {name}`"
        ctx.error("W202", f"there is no event `{name}`", event, env, help)
    values = []
    for pair in pairs:
        made = ctx.check(pair.value, env)
        _payload(pair, made, shape, env, ctx)
        values.append((pair.name.text, made.expr))
    if shape is not None and name in ctx.names.declared.events:
        complete(event, shape, values, before, env, ctx)
    return tuple(values)


def _payload(pair: ast.Pair, made: Typed, shape: EventShape | None, env: Env, ctx: Expressions) -> None:
    if shape is None:
        return
    target = shape.fields.get(pair.name.text)
    if target is not None:
        check_value(pair.value, made, target, f"`{pair.name.text}`", env, ctx)
    elif not shape.open:
        near = nearest(pair.name.text, shape.fields)
        help = f"write `{near}`" if near else "declare the field in the event"
        ctx.error("W220", f"`{shape.name}` has no field `{pair.name.text}`", pair.name, env, help)


def _force(
    node: ast.Force, at: trial.Moment | None, splits: Ways, place: Place, env: Env, ctx: Expressions
) -> trial.Force:
    split, variant = node.split.text, node.variant.text
    ways = splits.get(split, [])
    variants = [each for each in ways if each is not None]
    none_of_them = variant == NONE_OF_THEM and variant not in variants
    if split not in splits:
        near = nearest(split, splits)
        help = f"write `{near}`" if near else "name a `split` of the journey"
        ctx.error("W201", f"the journey has no split `{split}`", node.split, env, help)
    elif none_of_them and None not in ways:
        message = f"everybody takes a variant of `{split}`: its shares are 100% together"
        ctx.error("W201", message, node.variant, env, f"its variants are {', '.join(variants)}")
    elif not none_of_them and variant not in variants:
        near = nearest(variant, variants)
        help = f"write `{near}`" if near else f"its variants are {', '.join(variants)}"
        ctx.error("W201", f"the split has no variant `{variant}`", node.variant, env, help)
    return trial.Force(split=split, variant=None if none_of_them else variant, at=at, place=place)

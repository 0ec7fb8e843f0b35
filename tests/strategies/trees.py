"""Trees of the whole language: every node that a parser can make, with names that are hard to write."""

import datetime as dt

from hypothesis import strategies as st

from wend.dsl import ast
from wend.grammar.load import tables

KEYWORDS = sorted(tables().keywords)
ODD_NAMES = [
    "Creation date",
    "été",
    "9 lives",
    "and",
    "a.b",
    'x"y',
    "{{",
    "# no comment",
    " x",
    "days",
    "day",
    "im",
    "x'",
]

texts = st.one_of(
    st.text(max_size=12),
    st.lists(st.sampled_from(["{{", "}}", "{", "}", '"', "\\", "\n", "\t", "\r", " ", "a", "#", "é"]), max_size=8).map(
        "".join
    ),
    st.sampled_from(["winback-1", 'Hi {{ name | default: "friend" }}', "ana@shop.example"]),
)
names = st.one_of(
    st.sampled_from(["a", "b", "purchase", "email", "first", "last_purchase"]),
    st.sampled_from(KEYWORDS),
    st.sampled_from(ODD_NAMES),
    st.text(st.characters(exclude_characters="`\r\n", exclude_categories=["Cs"]), min_size=1, max_size=5).filter(
        lambda text: bool(text.strip())
    ),
).map(lambda text: ast.Name(text=text))
values = st.one_of(
    st.integers(0, 1000),
    st.integers(0, 10**15 - 1),
    st.builds(lambda a, b: float(f"{a}.{b}"), st.integers(0, 9999), st.integers(0, 999)),
)
units = st.sampled_from(ast.Unit)
text_nodes = texts.map(lambda value: ast.Text(value=value))
number_nodes = values.map(lambda value: ast.Number(value=value))
percents = values.map(lambda value: ast.Percent(value=value))
durations = st.builds(lambda amount, unit: ast.Duration(amount=amount, unit=unit), values, units)
dates = st.dates()
times = st.builds(dt.time, st.integers(0, 23), st.one_of(st.just(0), st.integers(0, 59)))
date_nodes = dates.map(lambda value: ast.Date(value=value))
clocks = times.map(lambda value: ast.Clock(value=value))
paths = st.lists(names, min_size=1, max_size=3).map(lambda parts: ast.Path(parts=tuple(parts)))
days = st.lists(st.sampled_from(ast.Weekday), min_size=1, max_size=3).map(tuple)
counts = st.integers(1, 20_000)


def tuples(items: st.SearchStrategy, least: int = 0, most: int = 3) -> st.SearchStrategy:
    """Tuples of some length."""
    return st.lists(items, min_size=least, max_size=most).map(tuple)


def maybe(items: st.SearchStrategy) -> st.SearchStrategy:
    """The item, or None."""
    return st.none() | items


literals = st.one_of(
    number_nodes,
    text_nodes,
    st.booleans().map(lambda value: ast.Boolean(value=value)),
    percents,
    durations,
    date_nodes,
    clocks,
    st.builds(lambda date, time: ast.DateTime(date=date, time=time), dates, times),
)


def _calls(name: ast.Name, args: list[ast.Expr]) -> ast.Expr:
    """A call; one that the parser would read as an aggregate is made into that."""
    if name.text in ast.AGGREGATES and len(args) == 1 and isinstance(args[0], ast.Path):
        return ast.Aggregate(function=name, source=args[0])
    return ast.Call(name=name, args=tuple(args))


def _larger(exprs: st.SearchStrategy) -> st.SearchStrategy:
    aggregates = st.builds(
        lambda function, source, window, where: ast.Aggregate(
            function=ast.Name(text=function), source=source, window=window, where=where
        ),
        st.sampled_from(sorted(ast.AGGREGATES)),
        paths,
        st.one_of(
            st.none(),
            exprs.filter(lambda length: not isinstance(length, ast.Number)).map(
                lambda length: ast.InLast(length=length)
            ),
            exprs.map(lambda start: ast.Since(start=start)),
        ),
        maybe(exprs),
    )
    return st.one_of(
        st.builds(
            lambda op, left, right: ast.Compare(op=op, left=left, right=right),
            st.sampled_from(ast.CompareOp),
            exprs,
            exprs,
        ),
        st.builds(
            lambda op, left, right: ast.Arithmetic(op=op, left=left, right=right),
            st.sampled_from(ast.Arith),
            exprs,
            exprs,
        ),
        tuples(exprs, 2, 4).map(lambda operands: ast.And(operands=operands)),
        tuples(exprs, 2, 4).map(lambda operands: ast.Or(operands=operands)),
        exprs.map(lambda operand: ast.Not(operand=operand)),
        exprs.map(lambda operand: ast.Negate(operand=operand)),
        st.builds(lambda operand, negated: ast.IsKnown(operand=operand, negated=negated), exprs, st.booleans()),
        st.builds(lambda left, right: ast.Otherwise(left=left, right=right), exprs, exprs),
        tuples(exprs).map(lambda items: ast.ListLiteral(items=items)),
        st.builds(_calls, names, st.lists(exprs, max_size=3)),
        aggregates,
    )


exprs: st.SearchStrategy[ast.Expr] = st.recursive(
    st.one_of(paths, literals, names.map(lambda journey: ast.InJourney(journey=journey))), _larger, max_leaves=8
)
# a bare number is refused where a length of time has to be
lengths = exprs.filter(lambda length: not isinstance(length, ast.Number))
offsets = st.builds(
    lambda length, direction, anchor: ast.Offset(length=length, direction=direction, anchor=anchor),
    lengths,
    st.sampled_from(ast.Direction),
    exprs,
)


def _distinct(pairs: list[ast.Pair]) -> tuple[ast.Pair, ...]:
    return tuple({pair.name.text: pair for pair in pairs}.values())


one_pair = st.builds(lambda name, value: ast.Pair(name=name, value=value), names, exprs)
pairs = st.lists(one_pair, max_size=3).map(_distinct)
some_pairs = st.lists(one_pair, min_size=1, max_size=3).map(_distinct)


def _options(*known: str) -> st.SearchStrategy:
    fields = {
        "to": maybe(exprs),
        "sender": maybe(exprs),
        "subject": maybe(exprs),
        "text": maybe(exprs),
        "values": pairs,
        "label": maybe(names),
    }
    return st.builds(ast.Options, **{name: fields[name] for name in known})


# ---- steps ----

plain_steps = st.one_of(
    st.builds(
        ast.Send,
        channel=names,
        template=text_nodes,
        options=_options("to", "sender", "subject", "values", "label"),
    ),
    st.builds(ast.Notify, address=exprs, options=_options("subject", "text", "values")),
    st.builds(ast.CallWebhook, webhook=text_nodes, options=_options("values", "label")),
    st.builds(ast.Set, target=paths, value=exprs),
    st.builds(ast.Tag, value=exprs, remove=st.booleans()),
    st.builds(ast.ListStep, value=exprs, remove=st.booleans()),
    st.builds(ast.Resubscribe, channel=names),
    st.builds(ast.Emit, event=names, values=pairs),
    st.builds(ast.StartJourney, journey=names),
    st.builds(ast.StopJourney, journey=names),
    st.just(ast.Stop()),
    st.just(ast.Exit()),
    lengths.map(lambda length: ast.WaitFor(length=length)),
)


def _blocks(steps: st.SearchStrategy) -> st.SearchStrategy:
    body = tuples(steps, 1, 3)
    otherwise = maybe(body)
    branches = st.builds(ast.Branch, condition=exprs, body=body)
    variants = st.builds(ast.Variant, name=names, share=percents, body=body)
    return st.one_of(
        st.builds(ast.WaitUntil, target=exprs, clock=maybe(clocks), otherwise=otherwise),
        st.builds(ast.WaitUntilDay, day=st.sampled_from(ast.Weekday), clock=maybe(clocks), otherwise=otherwise),
        st.builds(ast.WaitUntilOffset, offset=offsets, clock=maybe(clocks), otherwise=otherwise),
        st.builds(ast.WaitUpToUntil, limit=lengths, condition=exprs, otherwise=otherwise),
        st.builds(
            ast.WaitUpToFor, limit=lengths, event=paths, alias=maybe(names), where=maybe(exprs), otherwise=otherwise
        ),
        st.builds(ast.If, branches=tuples(branches, 1, 3), otherwise=otherwise),
        st.builds(ast.Split, name=names, variants=tuples(variants, 1, 3), each_time=st.booleans()),
        st.builds(ast.Repeat, times=counts, body=body, every=maybe(lengths), until=maybe(exprs)),
    )


steps: st.SearchStrategy[ast.Step] = st.recursive(plain_steps, _blocks, max_leaves=5)

# ---- triggers ----

keys = st.builds(ast.Key, kind=st.sampled_from(ast.KeyKind), path=paths)
schedules = st.one_of(
    st.just(ast.Daily()),
    st.builds(ast.Weekly, days=days),
    st.builds(ast.Each, length=durations, days=st.just(()) | days),
    st.builds(ast.Monthly, day=st.integers(1, 31)),
    st.builds(ast.Yearly, field=paths),
    st.builds(ast.YearlyOffset, offset=offsets),
    st.builds(ast.EachFrom, length=durations, field=paths),
)
heads = st.one_of(
    st.builds(
        ast.When, condition=exprs, lasting=maybe(lengths), repeatedly=st.booleans(), at_most_every=maybe(durations)
    ),
    st.builds(ast.Dated, offset=offsets, clock=maybe(clocks)),
    st.builds(ast.On, event=paths, alias=maybe(names), key=maybe(keys), where=maybe(exprs)),
    st.builds(ast.OnChange, field=paths, before=maybe(exprs), after=maybe(exprs)),
    st.sampled_from([ast.OnRequest(), ast.OnEntry(), ast.OnExit(), ast.OnceAtLaunch()]),
    st.builds(ast.Every, schedule=schedules, clock=maybe(clocks)),
    st.builds(ast.OnceOn, date=date_nodes, clock=maybe(clocks)),
)
stops = st.one_of(
    st.builds(ast.StopOn, event=paths, alias=maybe(names), where=maybe(exprs)),
    st.builds(ast.StopWhen, condition=exprs),
)
triggers = st.builds(ast.Trigger, heads=tuples(heads, 1, 3), stops=tuples(stops, 0, 2), body=tuples(steps, 1, 3))

# ---- headers and settings ----

_both = (
    st.builds(ast.Timezone, zone=maybe(text_nodes)),
    st.builds(ast.FromDefault, sender=text_nodes),
    st.builds(ast.ReplyTo, address=text_nodes),
    st.builds(ast.Limit, count=st.integers(0, 20_000), channel=names, per=durations, else_wait=st.booleans()),
    st.builds(ast.SendWindow, start=clocks, end=clocks, channel=maybe(names), days=st.just(()) | days),
    st.builds(ast.Track, kinds=tuples(names, 1, 3)),
    st.builds(ast.Late, length=durations),
    st.builds(ast.HoldOut, share=percents),
)
headers = st.one_of(
    *_both,
    st.builds(ast.Audience, segment=names, where=maybe(exprs)),
    st.builds(ast.ExitWhen, condition=exprs),
    st.builds(ast.ExitOn, event=paths, where=maybe(exprs)),
    st.builds(ast.Goal, event=paths, within=maybe(durations), where=maybe(exprs)),
    st.sampled_from([ast.Reenter(kind=ast.ReenterKind.NEVER), ast.Reenter(kind=ast.ReenterKind.ALWAYS)]),
    st.builds(ast.Reenter, kind=st.just(ast.ReenterKind.AFTER), after=durations),
    st.builds(ast.Active, start=date_nodes, until=maybe(date_nodes)),
    st.builds(ast.Active, until=date_nodes),
    st.builds(ast.EntryUntil, date=date_nodes),
    st.builds(ast.Topic, topic=text_nodes),
    st.builds(ast.Priority, value=number_nodes),
    st.builds(ast.Backlog, skip=st.booleans()),
    st.builds(ast.Pause, way=st.sampled_from(ast.PauseWay)),
    st.sampled_from([ast.Transactional(), ast.NewestPathOnly()]),
)
settings_lines = st.one_of(
    *_both,
    st.builds(ast.Consent, channel=names, condition=exprs, topic=maybe(text_nodes)),
    st.builds(ast.Quota, count=st.integers(0, 2_000_000), channel=names, unit=st.sampled_from(ast.QuotaUnit)),
)

# ---- declarations and tests ----

named_types = names.map(lambda name: ast.NamedType(name=name))
enum_types = tuples(text_nodes, 1, 3).map(lambda values: ast.EnumType(values=values))
bases = st.one_of(named_types, enum_types, (named_types | enum_types).map(lambda item: ast.ListType(item=item)))
fields = st.builds(
    ast.Field,
    name=names,
    type=st.builds(ast.TypeExpr, base=bases, optional=st.booleans()),
    value=maybe(exprs),
)
columns = st.builds(ast.Column, name=names)
moments = st.builds(ast.Moment, date=dates | columns, time=maybe(times))
numbers_expected = st.integers(0, 20_000) | columns
expected: st.SearchStrategy[ast.Expected] = st.one_of(
    st.sampled_from([ast.ExpectNothing(), ast.ExpectExit()]),
    st.builds(ast.ExpectSend, channel=names, template=text_nodes | columns, times=maybe(numbers_expected)),
    st.builds(ast.ExpectCount, count=numbers_expected, channel=names),
    st.builds(ast.ExpectSkip, reason=text_nodes | columns),
    st.builds(ast.ExpectThat, condition=exprs),
)
acts = st.one_of(
    expected,
    st.builds(ast.Happens, event=names, values=pairs),
    st.builds(ast.Changes, target=paths, value=exprs),
    st.builds(ast.Force, split=names, variant=names),
)
test_lines = st.one_of(
    st.builds(ast.Given, pairs=some_pairs),
    st.builds(ast.GivenEvent, event=names, at=moments, values=pairs),
    st.builds(ast.Force, split=names, variant=names),
    st.builds(ast.At, moment=moments, act=acts),
    st.builds(ast.During, start=moments, until=maybe(moments), expected=expected),
    st.builds(ast.During, start=st.none(), until=moments, expected=expected),
    st.builds(ast.Advance, length=lengths),
    st.builds(ast.ExpectTotal, count=numbers_expected, channel=names),
)
test_contacts = st.builds(ast.TestContact, name=names, lines=tuples(test_lines, 1, 3))
examples = st.builds(
    ast.Examples,
    columns=tuples(names, 1, 3),
    rows=tuples(st.builds(ast.Example, cells=tuples(exprs, 1, 3)), 1, 3),
)
items = st.one_of(
    triggers,
    st.builds(ast.Journey, name=names, items=tuples(headers | triggers, 1, 5), title=maybe(text_nodes)),
    st.builds(ast.Settings, lines=tuples(settings_lines, 1, 4)),
    st.builds(ast.ContactDecl, fields=tuples(fields, 1, 4)),
    st.builds(ast.EventDecl, name=names, fields=tuples(fields, 0, 3)),
    st.builds(ast.Use, file=text_nodes),
    st.builds(ast.Define, name=names, value=exprs, params=maybe(tuples(names, 0, 3))),
    st.builds(ast.Segment, name=names, condition=exprs),
    st.builds(
        ast.TestBlock,
        name=text_nodes,
        journey=names,
        lines=tuples(test_lines | test_contacts, 1, 4),
        examples=maybe(examples),
    ),
)
files: st.SearchStrategy[ast.File] = tuples(items, 0, 4).map(lambda made: ast.File(items=made))

"""What names mean: scopes, defines written out, a schema or none, several files, stable ids."""

import attrs
import pytest

from tests.checker.support import check_files, check_text, codes, program_of, trigger_of
from wend.dsl import ast, core, plan, program
from wend.dsl.ast import CompareOp
from wend.dsl.signatures import Parameter, Signature
from wend.dsl.types import ANY, DATE, NUMBER, TEXT, Kind, list_of


def condition(text: str) -> core.Expr:
    """The condition of the only rule."""
    trigger = trigger_of(text)
    (head,) = trigger.heads
    assert isinstance(head, program.When)
    return head.condition


def more(left: core.Expr, right: object) -> core.Compare:
    right = right if isinstance(right, core.Node) else core.Const(value=right)  # type: ignore[arg-type]
    return core.Compare(op=CompareOp.GT, left=left, right=right)  # type: ignore[arg-type]


def field(name: str) -> core.Field:
    return core.Field(name=name)


# ---- defines and segments --------------------------------------------------------------------------------------------


def test_a_define_is_written_out() -> None:
    found = condition("define big(x, n) = x > n\nwhen big(score, 3) exit\n")
    assert found == more(field("score"), 3)


def test_a_parameter_is_not_seen_by_the_argument() -> None:
    """The `n` given is the contact's, whatever the parameters are called."""
    found = condition("define big(n, m) = n > m\nwhen big(m, n) exit\n")
    assert found == more(field("m"), field("n"))


def test_a_define_does_not_see_the_parameters_of_its_caller() -> None:
    found = condition("define inner = n > 1\ndefine outer(n) = n > 2 and inner\nwhen outer(score) exit\n")
    assert found == core.And(operands=(more(field("score"), 2), more(field("n"), 1)))


def test_a_define_does_not_see_the_names_of_a_path() -> None:
    text = "define rich = order > 3\non order_placed as order\n    if rich\n        stop\n"
    branch = trigger_of(text).body[0]
    assert isinstance(branch, plan.Branch)
    assert branch.condition == more(field("order"), 3)


def test_a_define_does_not_see_the_event_of_a_where() -> None:
    found = condition(
        "contact\n    amount number\nevent purchase\n    amount number\n"
        "define big = amount > 3\nwhen any(purchase where big and amount > 4) exit\n"
    )
    assert isinstance(found, core.Aggregate)
    assert found.where == core.And(operands=(more(field("amount"), 3), more(core.Item(path=("amount",)), 4)))


def test_an_argument_in_a_where_is_the_event_of_that_where() -> None:
    found = condition("define big(x) = x > limit\nwhen any(purchase where big(contact.score)) exit\n")
    assert isinstance(found, core.Aggregate)
    assert found.where == more(field("score"), field("limit"))


def test_a_define_beyond_measure_is_refused() -> None:
    lines = ["define d0(x) = x or x"] + [f"define d{n}(x) = d{n - 1}(x) or d{n - 1}(x)" for n in range(1, 30)]
    assert set(codes(check_text("\n".join(lines) + "\nwhen d29(a) exit\n"))) == {"W209"}


def test_entry_in_a_define_is_that_of_the_place_that_uses_it() -> None:
    trigger = trigger_of("define fresh = entry > 2026-01-01\nwhen fresh\n    if fresh\n        stop\n")
    (head,), branch = trigger.heads, trigger.body[0]
    assert isinstance(head, program.When)
    assert isinstance(branch, plan.Branch)
    assert isinstance(head.condition, core.Compare)
    assert head.condition.left == core.Entry(scope=core.Scope.RUN)
    assert isinstance(branch.condition, core.Compare)
    assert branch.condition.left == core.Entry(scope=core.Scope.PATH)


# ---- scopes ----------------------------------------------------------------------------------------------------------


def test_a_label_is_the_runs_in_heads_and_the_paths_in_bodies() -> None:
    journey = program_of(
        """
journey j
    reenter never
    exit when first.sent
    when a
        stop when first.sent
        if first.sent
            stop
        send email "x" as first
"""
    ).journeys[0]
    of = {s: core.LabelRef(label="first", attr=core.LabelAttr.SENT, scope=s) for s in core.Scope}
    (trigger,) = journey.triggers
    assert journey.exit_when == of[core.Scope.RUN]
    assert trigger.stops == (program.StopWhen(condition=of[core.Scope.PATH]),)
    assert isinstance(trigger.body[0], plan.Branch)
    assert trigger.body[0].condition == of[core.Scope.PATH]


def test_without_a_schema_the_payload_decides() -> None:
    found = condition(
        "define n(x) = any(visit where page = x)\nwhen n(favourite) and any(visit where at > born) exit\n"
    )
    assert isinstance(found, core.And)
    one, other = found.operands
    assert isinstance(one, core.Aggregate)
    assert isinstance(other, core.Aggregate)
    x = core.Item(path=("x",), fallback=field("favourite"))
    page = core.Item(path=("page",), fallback=field("page"))
    assert one.where == core.Compare(op=CompareOp.EQ, left=page, right=x)
    assert other.where == more(core.Item(path=("at",)), core.Item(path=("born",), fallback=field("born")))


def test_a_name_of_the_path_is_no_field_of_an_undeclared_event() -> None:
    trigger = trigger_of("on failed as bill per bill.id\n    stop on paid where bill = bill.id\n    stop\n")
    (stop,) = trigger.stops
    assert isinstance(stop, program.EventMatch)
    left = core.Item(path=("bill",), fallback=core.Local(name="bill"))
    right = core.Local(name="bill", path=("id",))
    assert stop.where == core.Compare(op=CompareOp.EQ, left=left, right=right)
    (head,) = trigger.heads
    assert isinstance(head, program.On)
    assert head.key == core.Item(path=("id",))


def test_a_value_beside_is_known_is_known() -> None:
    text = "contact\n    score number?\nwhen x\n    if score is known and score > 3\n        stop\n"
    assert [d.code for d in check_text(text.replace("when x", "when score > 1")).diagnostics] == []


def test_derived_fields_are_kept_with_their_kind() -> None:
    found = condition("contact\n    bought date? = last(purchase.at)\nwhen bought > 2026-01-01 exit\n")
    assert isinstance(found, core.Compare)
    last = core.Aggregate(fold=core.Fold.LAST, event="purchase", path=("at",))
    assert found.left == core.Derived(name="bought", value=last, kind=Kind.DATE)


# ---- a schema or none ------------------------------------------------------------------------------------------------


def test_the_names_of_the_data_are_known_without_a_schema() -> None:
    text = (
        'when plan = "x" and plam = "y" and tags contains "z"\n    set stage = "q"\n    if stage = "q"\n        stop\n'
    )
    result = check_text(text, frozenset({"plan"}))
    (found,) = [d for d in result.diagnostics if d.code == "W201"]
    assert (found.help, codes(result)) == ("write `plan`", ["W201"])
    assert codes(check_text(text)) == []


def test_a_declared_contact_comes_before_the_names_of_the_data() -> None:
    assert codes(check_text("contact\n    a text\nwhen b = 3 exit\n", frozenset({"b"}))) == ["W201"]


def test_the_schema_tells_what_is_declared() -> None:
    schema = program_of("contact\n    a text\n    b date? = last(e.at)\nevent e\n    n number\n").schema
    assert schema.contact == {"a": TEXT, "b": DATE.maybe()}
    assert schema.events == {"e": {"n": NUMBER}}
    assert set(schema.derived) == {"b"}
    assert program_of("when a exit\n").schema.contact is None


def test_a_function_of_a_host_may_be_called_like_an_aggregate() -> None:
    largest = Signature("max", "lists", (Parameter("list", list_of(ANY)),), NUMBER, "", "max([1, 2])", "2")
    text = "contact\n    prices list of number\nevent purchase\n    amount number\n"
    both = "when max(prices) > 3 and max(purchase.amount) > 3 exit\n"
    result = check_files({"a.journey": text + both}, functions={"max": largest})
    assert result.program is not None
    (head,) = result.program.journeys[0].triggers[0].heads
    assert isinstance(head, program.When)
    assert isinstance(head.condition, core.And)
    kinds = [type(o.left) for o in head.condition.operands if isinstance(o, core.Compare)]
    assert kinds == [core.Apply, core.Aggregate]


# ---- several files, order, ids ---------------------------------------------------------------------------------------


def test_files_share_their_names_and_report_at_their_own_places() -> None:
    files = {"b.journey": "segment vip = a > 3\n", "a.journey": "when vip exit\nsegment vip = b\n"}
    result = check_files(files)
    (found,) = [d for d in result.diagnostics if d.code == "W207"]
    assert found.place == "b.journey:1:9"
    assert [label.source.name for label in found.labels] == ["a.journey"]


def test_journeys_stand_in_the_order_of_priority_and_name() -> None:
    text = "".join(
        f'journey {name}\n    {line}when x add tag "y"\n'
        for name, line in (("c", ""), ("b", ""), ("z", "priority 1\n    "), ("y", "priority 2\n    "))
    )
    assert [j.name for j in program_of(text).journeys] == ["z", "y", "b", "c"]


def test_the_version_is_of_what_is_said_not_of_how_it_is_written() -> None:
    one = program_of("when a  >  3 exit # why\n")
    assert one.version == program_of("\nwhen a > 3 exit\n").version
    assert one.version != program_of("when a > 4 exit\n").version
    files = {"a.journey": "when a exit\n", "b.journey": "when b exit\n"}
    turned = dict(reversed(files.items()))
    first, second = check_files(files).program, check_files(turned).program
    assert first is not None
    assert second is not None
    assert first.version == second.version
    assert first == second


def test_a_rule_is_named_by_what_its_head_says() -> None:
    first, second = program_of("when a > 3 exit\nwhen b > 3 exit\n").journeys
    (again,) = program_of('when a  > 3 send email "other"\n').journeys
    assert again.name in {first.name, second.name}
    assert again.title == "when a > 3"
    assert again.name == "when a > 3"
    assert first.reenter is ast.ReenterKind.NEVER


def test_a_long_head_makes_a_short_name() -> None:
    one, two = (program_of(f"when a > 3 {'and b = 4 ' * 20} and c = {n} exit\n").journeys[0].name for n in (1, 2))
    assert one.startswith("when a > 3 and b = 4 and b = 4")
    assert len(one) <= 64
    assert one != two


def test_equal_rules_have_names_of_their_own() -> None:
    names = [j.name for j in program_of('when a add tag "x"\nwhen a add tag "y"\n').journeys]
    assert names == [names[0], f"{names[0]} #2"]


IDS = """
journey j
    {header}
    on e as x
    also when a > 3
        {before}
        send email "x" as first
        add tag "y"
        wait up to 3 days until b
        else
            {inner}
            add tag "z"
    when a > 3
        add tag "y"
"""


@pytest.mark.parametrize(
    "change",
    [
        {"header": 'topic "x"'},
        {"before": 'set stage = "new"'},
        {"before": "wait 3 days"},
        {"inner": "set c = 3"},
    ],
)
def test_ids_do_not_change_with_what_stands_around(change: dict[str, str]) -> None:
    def ids(**parts: str) -> dict[str, list[str]]:
        filled = {"header": "priority 1", "before": "set d = 1", "inner": "set e = 2", **parts}
        journey = program_of(IDS.format(**filled)).journeys[0]
        return {t.id: [op.id for op in t.body] for t in journey.triggers}

    before, after = ids(), ids(**change)
    assert list(before) == list(after) == ["on e as x also when a > 3", "when a > 3 #2"]
    for trigger, steps in before.items():
        own = {"set d = 1", "set e = 2"}
        assert [i for i in steps if i not in own] == [i for i in after[trigger] if i not in {*own, *change.values()}]


def test_every_target_is_an_operation_or_the_end() -> None:
    body = trigger_of(IDS.format(header="priority 1", before="stop", inner="stop").split("    when")[0]).body
    for op in body:
        for name in ("target", "otherwise", "on_false", "on_unknown", "done", "head"):
            target = getattr(op, name, None)
            assert target is None or 0 <= target <= len(body), attrs.asdict(op)

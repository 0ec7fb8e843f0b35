import textwrap

import pytest

from wend.dsl import ast
from wend.dsl.diagnostics import ProgramError
from wend.dsl.formatter import FormatError, format_node, format_source
from wend.dsl.parser import parse, parse_expression
from wend.dsl.source import Source


def formatted(text: str) -> str:
    once = format_source(Source("x", textwrap.dedent(text)))
    assert format_source(Source("x", once)) == once
    return once


def same(text: str) -> None:
    text = textwrap.dedent(text).lstrip("\n")
    assert formatted(text) == text


def test_comments_stay_where_they_are() -> None:
    same("""
        # about the file

        # about the journey
        journey news  # its name
            # about the audience
            audience vip  # only these
            # before the trigger

            on signup  # starts here
                # first
                send email "a"  # a mail
                # between
                if vip  # so
                    exit
                    # at the end of the if
                # before the else
                else
                    # in the else
                    stop
                # at the end of the body
            # at the end of the journey

        # about the segment
        segment a = b
        # at the end
    """)


def test_comments_inside_a_condition_break_it_at_its_words() -> None:
    same(
        """
        when a  # one
            # two
            and b  # three
            or_c  # four
            exit
    """.replace("    or_c  # four\n        ", "")
    )
    same("""
        segment x = a
            or b  # why b
            or c
    """)


def test_comments_that_can_stay_nowhere_move_up() -> None:
    assert (
        formatted("""
        when x in [  # list
            1,  # one
            2
        ] exit  # end
    """)
        == "# list\nwhen x in [1, 2]  # one\n    exit  # end\n"
    )


def test_a_comment_keeps_a_body_on_its_own_line() -> None:
    same("""
        when a  # why
            exit
    """)
    same('when a send email "b"  # c\n')


def test_at_most_one_blank_line_is_kept() -> None:
    assert formatted("\n\n\nwhen a exit\n\n\n\nwhen b exit\n\n") == "when a exit\n\nwhen b exit\n"
    assert formatted("segment a = 1\nsegment b = 2\n") == "segment a = 1\nsegment b = 2\n"


def test_long_conditions_are_broken_and_short_ones_joined() -> None:
    long = " and ".join(f"condition_number_{i} > {i}" for i in range(6))
    lines = formatted(f"when {long}\n    exit\n").splitlines()
    assert lines[0] == "when condition_number_0 > 0"
    assert lines[1:6] == [f"    and condition_number_{i} > {i}" for i in range(1, 6)]
    assert lines[6] == "    exit"
    assert formatted("when a\n    and b\n    exit\n") == "when a and b exit\n"


def test_options_stand_on_their_own_lines_where_one_is_too_short() -> None:
    text = "x" * 60
    same(f"""
        journey j
            on e
                send email "a" subject "b" as c
                send email "a"
                    subject "{text}"
                    with k = 1, m = 2
                    as c
    """)


def test_numbers_are_written_as_the_writer_grouped_them() -> None:
    same("segment a = 10_000 + 10000 + 2.50 > 007\n")
    same("settings\n    quota 10_000 email per month\n")


def test_one_way_to_write() -> None:
    assert formatted("when a==1 exit") == "when a = 1 exit\n"
    assert formatted("every day at 09:00 exit") == "every day at 9am exit\n"
    assert formatted("every day at 9:30pm exit") == "every day at 21:30 exit\n"
    assert formatted("on e wait 1 days") == "on e wait 1 day\n"
    assert formatted("when (((a))) exit") == "when a exit\n"
    assert formatted("when `a` and `in` and `and` exit") == "when a and `in` and `and` exit\n"


def test_a_script_with_errors_is_left_alone() -> None:
    with pytest.raises(FormatError) as caught:
        format_source(Source("x", "when a exit\nwhen\n"))
    assert [d.place for d in caught.value.diagnostics] == ["x:2:1"]
    assert isinstance(caught.value, ProgramError)


def test_every_kind_of_node_can_be_written_by_itself() -> None:
    text = 'journey j\n    on a as x per x.id\n        send email "t" with a = 1 as y\n'
    text += "        wait until 3 days after due\n"
    for node in ast.descendants(parse(Source("x", text)).file):
        assert format_node(node).replace(" ", "").replace("\n", "") in text.replace(" ", "").replace("\n", "")


def test_backticks_only_where_a_name_needs_them() -> None:
    def written(name: str) -> str:
        return format_node(ast.Path(parts=(ast.Name(text=name),)))

    assert written("last") == "last"
    assert written("in") == "`in`"
    assert written("not") == "`not`"
    assert written("Creation date") == "`Creation date`"
    assert written("été") == "été"
    assert format_node(ast.WaitFor(length=ast.Path(parts=(ast.Name(text="up"),)))) == "wait `up`"
    assert format_node(ast.WaitUntil(target=ast.Path(parts=(ast.Name(text="monday"),)))) == "wait until `monday`"
    limit = ast.Limit(count=1, channel=ast.Name(text="days"), per=ast.Duration(amount=7, unit=ast.Unit.DAY))
    assert format_node(limit) == "limit 1 `days` per 7 days"


@pytest.mark.parametrize("value", [-3, -2.5, 1e20, 1e-7])
def test_numbers_that_no_script_writes_so_are_still_written(value: float) -> None:
    text = format_node(ast.Number(value=value))
    assert "e" not in text
    assert float(text) == value


def test_a_negative_number_is_bracketed_like_a_negation() -> None:
    minus = ast.Arithmetic(op=ast.Arith.MUL, left=ast.Number(value=2), right=ast.Number(value=-3))
    text = format_node(minus)
    assert parse_expression(Source("x", text))[0] == ast.Arithmetic(
        op=ast.Arith.MUL, left=ast.Number(value=2), right=ast.Negate(operand=ast.Number(value=3))
    )

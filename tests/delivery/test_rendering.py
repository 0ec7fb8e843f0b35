from datetime import UTC, date, datetime
from enum import Enum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wend.runtime.templates import PlaceholderTemplates, Rendered, TemplateError, Templates, render_inline

NOW = datetime(2026, 5, 10, 9, 30, tzinfo=UTC)
CONTEXT: dict[str, Any] = {
    "contact": {
        "name": "Ana <b>",
        "n": 30.0,
        "none": None,
        "day": date(2026, 5, 1),
        "moment": datetime(2026, 5, 1, 9, tzinfo=UTC),
        "tags": ["a", "b"],
        "Creation date lease": date(2026, 2, 3),
    },
    "order": {"id": "7", "lines": [{"sku": "x"}]},
    "series": {"position": 1, "total": 3},
    "now": NOW,
}
TOP = "---\nsubject: S\n---\n"


def render(html: str, **context: Any) -> str:
    rendered = Templates.from_sources({"t.html": TOP + html}).render("t", "email", CONTEXT | context)
    assert rendered.html is not None
    return rendered.html


def test_front_matter_is_liquid_and_is_not_escaped_while_html_is() -> None:
    source = (
        '---\n# who\nsubject: Back, {{ contact.name }}?\npreview: "It\'s {{ series.position }} & more"\n'
        "from: Ana <ana@shop.example>\n---\n<body class=x><p>{{ contact.name }}</p></body>"
    )
    rendered = Templates.from_sources({"t.html": source}).render("t", "email", CONTEXT)
    assert rendered.subject == "Back, Ana <b>?"
    assert rendered.preview == "It's 1 & more"
    assert rendered.sender == "Ana <ana@shop.example>"
    assert rendered.html is not None
    assert rendered.html.startswith("<body class=x><div style=")
    assert "It&#x27;s 1 &amp; more</div><p>Ana &lt;b&gt;</p>" in rendered.html
    assert rendered.text == "Ana <b>\n"


def test_the_text_comes_from_the_html_unless_it_is_given() -> None:
    html = TOP + "<style>p {}</style><h1>Hi</h1><p>Come <a href='https://a.example/?a=1&amp;b=2'>back</a></p>"
    alone = Templates.from_sources({"t.html": html}).render("t", "email", CONTEXT)
    assert alone.text == "Hi\n\nCome [back](https://a.example/?a=1&b=2)\n"
    both = Templates.from_sources({"t.html": html, "t.txt": "Hi {{ contact.name }}"}).render("t", "email", CONTEXT)
    assert both.text == "Hi Ana <b>"
    assert both.html == alone.html


def test_a_text_template_is_an_email_without_html_or_another_channel_s_message() -> None:
    templates = Templates.from_sources({"t.txt": TOP + "Hi {{ contact.name }}"})
    assert templates.render("t", "email", CONTEXT) == Rendered("S", "", None, "Hi Ana <b>", None)
    assert templates.render("t", "sms", CONTEXT).text == "Hi Ana <b>"


def test_a_channel_may_have_a_text_of_its_own() -> None:
    sources = {"t.html": TOP + "<p>Long</p>", "t.txt": "Long", "t.sms.txt": "Short"}
    templates = Templates.from_sources(sources)
    assert templates.render("t", "sms", {}).text == "Short"
    assert templates.render("t", "email", {}).text == "Long"


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("{{ contact.n }} {{ contact.n | plus: 1 }} {{ contact.n | divided_by: 4 }}", "30 31 7.5"),
        ("{{ contact.day }} {{ contact.moment }}", "2026-05-01 2026-05-01T09:00:00+00:00"),
        ("{{ contact.day | date: '%d.%m.%Y' }} {{ contact.moment | date: '%H:%M' }}", "01.05.2026 09:00"),
        ("{{ contact['Creation date lease'] | date: '%-d %B' }}", "3 February"),
        ("{{ 'now' | date: '%Y-%m-%d %H:%M' }} {{ 'today' | date: '%s' }}", "2026-05-10 09:30 1778405400"),
        ("{{ now | date: '%Y' }} {{ '2026-02-03' | date: '%d' }} {{ 0 | date: '%Y' }}", "2026 03 1970"),
        ("{{ contact.day | date }} {{ contact.day | date: '%%s' }}", "2026-05-01 %s"),
        ("{{ contact.none | default: 'you' }} {{ contact.nope | default: 'x' }}", "you x"),
        ("{{ contact.no.no | default: 'a' }} {{ no.no.no | default: 'b' }}", "a b"),
        ("{% if contact.none %}a{% else %}b{% endif %}{% unless contact.nope %}c{% endunless %}", "bc"),
        ("{% if contact.none == nil %}a{% endif %}{% if contact.none > 3 %}b{% endif %}", "a"),
        ("{% for tag in contact.tags %}{{ tag }}{{ forloop.index }} {% endfor %}", "a1 b2 "),
        ("{% for line in order.lines %}{{ line.sku }}{% endfor %} {{ series.position }}/{{ series.total }}", "x 1/3"),
    ],
)  # fmt: skip
def test_values_are_shown_as_people_write_them(source: str, shown: str) -> None:
    assert render(source) == shown


@pytest.mark.parametrize(
    ("source", "name", "line"),
    [
        ("<p>\n{{ contact.none }}", "contact.none", 5),
        ("{{ contact.nope }}", "contact.nope", 4),
        ("\n\n{{ nobody.name }}", "nobody", 6),
        ("{{ contact.none | upcase }}", "contact.none", 4),
        ("{{ contact.nope | plus: 1 }}", "contact.nope", 4),
        ("{{ contact.name | append: contact.none }}", "contact.none", 4),
        ("{{ contact.none | date: '%Y' }}", "contact.none", 4),
        ("{% for a in contact.none %}{% endfor %}", "contact.none", 4),
        ("{% for a in contact.nope %}{% endfor %}", "contact.nope", 4),
        ("{% assign a = contact.none %}\n{{ a }}", "contact.none", 5),
        ("{{ order.nope.more }}", "order.nope", 4),
    ],
)
def test_an_unknown_value_is_never_printed_as_nothing(source: str, name: str, line: int) -> None:
    with pytest.raises(TemplateError) as caught:
        render(source)
    assert caught.value.message == f"`{name}` is unknown"
    assert caught.value.place == f"templates/t.html:{line}"
    assert "default" in (caught.value.help or "")


def test_an_unknown_value_in_the_subject_is_placed_there() -> None:
    templates = Templates.from_sources({"t.html": "---\npreview: x\nsubject: Hi {{ contact.none }}\n---\n"})
    with pytest.raises(TemplateError) as caught:
        templates.render("t", "email", CONTEXT)
    assert caught.value.place == "templates/t.html:3"


def test_an_included_file_is_named_where_it_fails() -> None:
    sources = {"t.html": TOP + "\n{% include 'foot' %}", "foot.html": "---\n---\n<p>\n{{ contact.none }}"}
    with pytest.raises(TemplateError) as caught:
        Templates.from_sources(sources).render("t", "email", CONTEXT)
    assert caught.value.place == "templates/foot.html:4"


def test_html_includes_html_and_text_includes_text() -> None:
    sources = {
        "t.html": TOP + "{% include 'foot' %}",
        "t.txt": "{% render 'foot', who: contact.name %}",
        "foot.html": "<i>{{ contact.name }}</i>",
        "foot.txt": "-- {{ who }}",
    }
    rendered = Templates.from_sources(sources).render("t", "email", CONTEXT)
    assert (rendered.html, rendered.text) == ("<i>Ana &lt;b&gt;</i>", "-- Ana <b>")


@pytest.mark.parametrize(
    "source",
    [
        "{% for i in (1..1000000000) %}{% endfor %}",
        "{% for i in (1..1000) %}{% for j in (1..1000) %}{% endfor %}{% endfor %}",
        "{{ (1..10000000000) | join: ',' }}",
        "{% assign a = 'aaaaaaaa' %}{% for i in (1..90) %}{% assign a = a | append: a %}{% endfor %}",
        "{% for i in (1..90000) %}{{ contact.long }}{% endfor %}",
        "{% include 't' %}",
        "{% render 't' %}",
    ],
)
def test_a_template_cannot_run_away(source: str) -> None:
    with pytest.raises(TemplateError) as caught:
        render(source, contact={"long": "x" * 1000})
    assert caught.value.place == "templates/t.html:4"


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("{{ contact.name | date: '%Y' }}", "`Ana <b>` is not a date"),
        ("{{ order }}", "`order` is a record: print one of its fields"),
        ("{{ order.lines }}", "`order.lines` is a record: print one of its fields"),
        ("{{ contact.n | plus: 1, 2 }}", "the filter `plus` has too many or too few values"),
        ("{% if contact.name > 3 %}{% endif %}", "`<` and `>` are not supported between a number and text"),
        ("{{ contact.name | truncate: 'x' }}", "truncate expected an integer, found text"),
        ("{% if contact.name %}", "the tag has no `endif`"),
        ("{{ contact.name | shout }}", "unknown filter `shout`"),
    ],
)
def test_what_fails_says_so_in_the_words_of_a_template(source: str, message: str) -> None:
    with pytest.raises(TemplateError) as caught:
        render(source)
    assert caught.value.message == message


def test_there_is_no_template_of_that_name() -> None:
    templates = Templates.from_sources({"winback-1.html": TOP})
    with pytest.raises(TemplateError, match="there is no template `winbak-1`") as caught:
        templates.render("winbak-1", "email", {})
    assert caught.value.help == "did you mean `winback-1`?"
    with pytest.raises(TemplateError, match="has no text for `sms`"):
        templates.render("winback-1", "sms", {})


def test_an_email_with_an_empty_subject_is_not_sent() -> None:
    templates = Templates.from_sources({"t.html": "---\nsubject: '{% if contact.none %}x{% endif %}'\n---\n"})
    with pytest.raises(TemplateError, match="the subject of `t` is empty"):
        templates.render("t", "email", CONTEXT)


def test_sources_make_the_same_templates_again() -> None:
    sources = {"a/t.html": TOP + "<p>{{ contact.name }}</p>", "a/t.txt": "x"}
    first = Templates.from_sources(sources)
    second = Templates.from_sources(first.sources())
    assert first.sources() == sources
    assert first.render("a/t", "email", CONTEXT) == second.render("a/t", "email", CONTEXT)


class Colour(Enum):
    RED = "red"


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.dates() | st.datetimes()
        | st.just(Colour.RED) | st.timedeltas() | st.decimals(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
        | st.sets(st.text(max_size=3), max_size=3),
        max_leaves=8,
    )
)  # fmt: skip
def test_any_data_renders_escaped_or_fails_as_a_template_does(value: object) -> None:
    source = "{% if contact.v %}{% endif %}{{ contact.v | default: '-' }}"
    try:
        first = render(source, contact={"v": value})
    except TemplateError:
        return
    assert first == render(source, contact={"v": value})
    assert "<" not in first
    assert ">" not in first


def test_inline_text_is_rendered_without_html() -> None:
    rendered = render_inline("Stuck:\n{{ contact.name }}", "{{ contact.name }}, {{ contact.n }}", CONTEXT)
    assert (rendered.subject, rendered.text, rendered.html) == ("Stuck: Ana <b>", "Ana <b>, 30", None)
    assert render_inline(None, "x", {}).subject == ""
    with pytest.raises(TemplateError, match=r"`contact.none` is unknown"):
        render_inline("{{ contact.none }}", "", CONTEXT)
    with pytest.raises(TemplateError, match="expected"):
        render_inline("", "{{ contact", CONTEXT)


def test_a_placeholder_says_that_it_is_one() -> None:
    rendered = PlaceholderTemplates().render("winback-1", "email", {})
    assert rendered.subject == "winback-1"
    assert rendered.text == "(placeholder for winback-1)\n"
    assert rendered.sender is not None

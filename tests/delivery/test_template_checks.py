from pathlib import Path

import pytest

from wend.dsl.diagnostics import WendError
from wend.runtime.templates import (
    PlaceholderTemplates,
    TemplateProblem,
    Templates,
    TemplateScope,
    check_inline,
    load_templates,
)

TOP = "---\nsubject: S\n---\n"
SCOPE = TemplateScope(
    frozenset({"name", "email", "Creation date"}),
    frozenset({"contact", "series", "order", "items"}),
    {"order": frozenset({"id", "total"})},
)


def check(html: str, scope: TemplateScope = SCOPE, **more: str) -> list[tuple[str, str, str | None]]:
    """What is wrong with `t.html`, as (place, message, help)."""
    files = {name.replace("_", "."): text for name, text in more.items()}
    problems = Templates.from_sources({"t.html": html} | files).check("t", scope)
    assert all(problem.template == "t" for problem in problems)
    return [(problem.place, problem.message, problem.help) for problem in problems]


def test_a_good_template_has_no_problems() -> None:
    good = (
        "---\nsubject: Hi {{ contact.name }}\nfrom: Ana <ana@shop.example>\n---\n{{ contact['Creation date'] }}"
        "{% for item in items %}{{ item.sku }}{{ forloop.index }}{% endfor %}{% assign x = order.id %}{{ x }}"
        "{{ series.position }}{{ now | date: '%Y' }}{{ items[0].anything }}{% include 'foot' %}"
    )
    assert check(good, foot_html="{{ contact.email }}{{ order.total }}") == []


@pytest.mark.parametrize(
    ("body", "line", "message", "help"),
    [
        ("\n{{ contact.nam }}", 5, "`contact` has no field `nam`", "did you mean `name`?"),
        ("{{ name }}", 4, "`name` is not known here", "write `contact.name`"),
        ("{{ ordr.id }}", 4, "`ordr` is not known here", "did you mean `order`?"),
        ("{{ order.totl }}", 4, "`order` has no field `totl`", "did you mean `total`?"),
        ("{{ series.pos }}", 4, "`series` has no field `pos`", "did you mean `position`?"),
        ("{{ contact.name | upcas }}", 4, "there is no filter `upcas`", "did you mean `upcase`?"),
        ("{% if contact.nam %}{% endif %}", 4, "`contact` has no field `nam`", "did you mean `name`?"),
        ("{{ 'a' | append: ordr.id }}", 4, "`ordr` is not known here", "did you mean `order`?"),
        (
            "\n{% include 'nope' %}",
            5,
            "there is no template `nope` to include",
            "put a file of this name",
        ),
        (
            "{% include order.id %}",
            4,
            "what is included must be named between quotes",
            "write `{% include ",
        ),
        ("\n\n{% if contact.name %}\n", 6, "the tag has no `endif`", "write `{% endif %}` where it ends"),
        ("\n{{ contact.name | }}", 5, "expected word, found its end", "name a filter behind `|`, or take that away"),
        (
            "<p>{{ contact.name",
            4,
            "expected `}}`, found end of file",
            "close it with the two signs",
        ),
        (
            "\n{% frobnicate %}",
            5,
            "unexpected tag `frobnicate`",
            "take it away",
        ),
        (
            "{% for x in %}{% endfor %}",
            4,
            "expected a primitive expression, found its end",
            "write a value there",
        ),
    ],
)
def test_a_mistake_is_found_at_its_line(body: str, line: int, message: str, help: str | None) -> None:
    ((place, told, advice),) = check(TOP + body)
    assert (place, told) == (f"templates/t.html:{line}", message)
    assert (advice is None) is (help is None)
    assert (advice or "").startswith(help or "")


def test_several_mistakes_are_found_at_once() -> None:
    found = check("---\nsubject: {{ contact.nam }}\n---\n{{ contact.emai }}\n{{ x.y }}")
    assert [place for place, _, _ in found] == ["templates/t.html:2", "templates/t.html:4", "templates/t.html:5"]


def test_without_a_schema_no_field_of_the_contact_is_wrong() -> None:
    assert check(TOP + "{{ contact.anything }}", TemplateScope()) == []
    assert len(check(TOP + "{{ nothing }}", TemplateScope())) == 1


def test_a_mistake_in_an_included_file_is_placed_there() -> None:
    top = "---\nsubject: not used\n---\n"
    (found,) = check(TOP + "\n{% include 'foot' %}", foot_html=top + "\n{{ contact.nam }}")
    assert found[0] == "templates/foot.html:5"
    (found,) = check(TOP + "\n{% render 'foot' %}", foot_html="\n{% if x %}")
    assert found == ("templates/foot.html:2", "the tag has no `endif`", "write `{% endif %}` where it ends")


def test_a_file_that_includes_itself_does_not_hang_the_check() -> None:
    assert check(TOP + "{% include 't' %}") == []


@pytest.mark.parametrize(
    ("top", "line", "message"),
    [
        ("<p>x</p>", 1, "the template `t` has no subject"),
        ("---\npreview: x\n---\n", 1, "the template `t` has no subject"),
        ("---\nsubject:\n---\n", 1, "the template `t` has no subject"),
        ("---\nsubject: x\n", 1, "the front matter has no end"),
        ("---\nsubject: x\nsubjct: y\n---\n", 3, "front matter has no `subjct`"),
        ("---\nsubject: x\nSubject: y\n---\n", 3, "`subject` is given twice"),
        ("---\nsubject: [\n---\n", 2, "`subject` is `[`, which is no text"),
        ("---\nsubject: >-\n---\n", 2, "`subject` is `>-`, which is no text"),
        ("---\nsubject: x\nhello\n---\n", 3, "`hello` is no line of front matter"),
        ("---\nsubject: x\nfrom: nobody\n---\n", 3, "`nobody` is not an e-mail address"),
        ("---\nsubject: x {{ contact.name\n---\n", 2, "expected `}}`, found end of file"),
    ],
)
def test_front_matter_is_checked(top: str, line: int, message: str) -> None:
    assert [(place, said) for place, said, _ in check(top)] == [(f"templates/t.html:{line}", message)]


def test_two_files_that_disagree_are_reported() -> None:
    (found,) = check(TOP, t_txt="---\nsubject: Other\n---\n")
    assert found[:2] == ("templates/t.txt:2", "`subject` is another than in `t.html`")


def test_other_channels_need_a_text_and_no_subject() -> None:
    templates = Templates.from_sources({"t.html": TOP, "u.txt": "Hi {{ contact.nam }}", "v.txt": "Hi"})
    assert templates.check("v", SCOPE, "sms") == []
    assert [p.message for p in templates.check("t", SCOPE, "sms")] == ["the template `t` has no text for `sms`"]
    assert [p.place for p in templates.check("u", SCOPE, "sms")] == ["templates/u.txt:1"]


def test_a_name_that_is_not_there_is_met_with_the_nearest() -> None:
    templates = Templates.from_sources({"winback-1.html": TOP})
    expected = TemplateProblem(
        "winbak-1", "templates", None, "there is no template `winbak-1`", "did you mean `winback-1`?"
    )
    assert templates.check("winbak-1", SCOPE) == [expected]
    (problem,) = templates.check("lease", SCOPE)
    assert problem.help == "put `lease.html` into the folder `templates`"


def test_inline_text_is_checked_too() -> None:
    assert check_inline("{{ contact.name }}", SCOPE) == []
    assert [(p.line, p.message) for p in check_inline("a\n{{ contact.nam }}", SCOPE)] == [
        (2, "`contact` has no field `nam`")
    ]
    assert [p.line for p in check_inline("a\n{{ contact", SCOPE)] == [2]


def test_what_is_checked_clean_renders_for_a_contact_who_has_all_fields() -> None:
    templates = Templates.from_sources({"t.html": "---\nsubject: {{ contact.name }}\n---\n{{ order.id }}{{ now }}"})
    assert templates.check("t", SCOPE) == []
    context = {"contact": {"name": "Ana"}, "order": {"id": 1}, "now": "x"}
    assert templates.render("t", "email", context).html == "1x"


def test_nothing_is_wrong_with_a_placeholder() -> None:
    assert PlaceholderTemplates().check("anything", SCOPE) == []


def test_a_folder_is_loaded(tmp_path: Path) -> None:
    folder = tmp_path / "templates"
    (folder / "news").mkdir(parents=True)
    (folder / "a.html").write_bytes(b"\xef\xbb\xbf---\r\nsubject: S\xc3\xbc\r\n---\r\n<p>x</p>\r\n")
    (folder / "news" / "b.txt").write_text("Hi", encoding="utf-8")
    (folder / ".hidden.txt").write_text("no", encoding="utf-8")
    (folder / "notes.md").write_text("no", encoding="utf-8")
    templates = load_templates(folder)
    assert templates.names() == {"a", "news/b"}
    assert templates.render("a", "email", {}).subject == "Sü"
    assert templates.check("a", SCOPE) == []


def test_a_folder_or_file_that_cannot_be_read_is_an_error_with_a_place(tmp_path: Path) -> None:
    with pytest.raises(WendError, match="there is no folder"):
        load_templates(tmp_path / "templates")
    (tmp_path / "a.html").write_bytes(b"ok\nGr\xfc\xdfe")
    with pytest.raises(WendError, match="not UTF-8") as caught:
        load_templates(tmp_path)
    assert (caught.value.place or "").endswith("a.html:2")


@pytest.mark.parametrize(
    ("body", "message", "help"),
    [
        ("{% fi %}", "unexpected tag `fi`", "write `{% endif %}`"),
        ("{% iff x %}", "unexpected tag `iff`", "write `if`"),
        ("{% endif %}", "unexpected tag `endif`", "what is opened last is closed first: nothing that `endif` could"),
        ("{% else %}", "unexpected tag `else`", "it belongs between `{% if … %}` and `{% endif %}`"),
        ("{% elseif x %}", "unexpected tag `elseif`", "write `{% elsif … %}`"),
        ("{% case x %}", "the tag has no `when`", "below it stands `{% when … %}`, and `{% endcase %}`"),
        ("{% set x = 1 %}", "unexpected tag `set`", "write `{% assign name = … %}`"),
        ("{% comment %}x", "comment tag was never closed", "write `{% endcomment %}` where it ends"),
        ("{% if x = 1 %}{% endif %}", "expected its end, found `=`", "compare with `==`"),
        ("{% if x && y %}{% endif %}", "unexpected `&`", "write `and`"),
        ("{% if not x %}{% endif %}", "disallowed not operator in logical expression", "write `{% unless … %}`"),
        ("{% if (x) %}{% endif %}", "disallowed parentheses in logical expression", "write it without brackets"),
        (
            "{% if x is y %}{% endif %}",
            "expected its end, found word",
            "compare with `==`, `!=`, `<`, `>` or `contains`",
        ),
        ("{% if %}{% endif %}", "missing expression", "write behind the tag's name what it is about"),
        ("{% for x %}{% endfor %}", "expected in, found its end", "write `{% for item in contact.tags %}`, say"),
        ("{% assign x %}", "expected `=`, found its end", "write `{% assign name = … %}`"),
        ("{% if x", "missing tag name or closing delimiter", "write the tag whole"),
        ("{{ x || upcase }}", "expected its end, found `||`", "before a filter stands one `|`"),
        ('{{ x | default "y" }}', "expected its end, found string", "what a filter is given follows a colon"),
        ("{{ x ? 1 : 2 }}", "unexpected `?`", "there is no `… ? … : …`"),
        ("{{{ x }}}", "unexpected `{`", "write two braces"),
        ("{{ x + 1 }}", "unexpected `+`", "write it as a filter"),
        ("{{ 'x }}", "a text that begins with `'` has no end", "a text ends with the quote that it begins with"),
        ("{{ \u201cx\u201d }}", "unexpected `\u201c`", 'write straight quotes: `"…"`'),
        ("{{ x..y }}", "expected its end, found `..`", "write one point"),
        ("{{ x^y }}", "unexpected `^`", "take it away, or put it into a text between quotes"),
    ],
)
def test_what_cannot_be_read_is_met_with_what_to_write(body: str, message: str, help: str) -> None:
    ((place, told, advice),) = check(f"{TOP}\n{body}")
    assert (place.rpartition(":")[2], told) == ("5", message)
    assert advice is not None
    assert advice.startswith(help)


def test_a_subject_may_begin_with_any_sign() -> None:
    for subject in ("[Shop] Welcome", "{{ contact.name }}, hello", "- 10 % -", "> read this"):
        assert check(f"---\nsubject: {subject}\n---\nx") == []

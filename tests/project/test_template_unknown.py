"""A message that prints what can be unknown is told of, and only where nothing has asked for it."""

from pathlib import Path

import pytest

from wend.dsl.diagnostics import Diagnostic, Severity
from wend.project.workspace import open_workspace

SCHEMA = """contact
    email         text?
    phone         text?
    city          text?
    name          text
    lists         list of text
    consent_email boolean?
    born          date?
    last_order    datetime? = last(purchase.at)

event purchase
    amount number
    note   text?

settings
    from "Ana <ana@shop.example>"
    consent email when consent_email and city is known

"""
PLAIN = """journey j
    transactional
    when name = "Ana"
        send email "t"
"""


def warned(folder: Path, body: str, script: str = PLAIN, **more: str) -> list[Diagnostic]:
    """What W506 says of a project with one template."""
    (folder / "journeys").mkdir()
    (folder / "templates").mkdir()
    (folder / "wend.toml").write_text("[project]\n")
    (folder / "journeys" / "j.journey").write_text(SCHEMA + script)
    (folder / "templates" / "t.html").write_text(f"---\nsubject: S\n---\n{body}\n")
    for name, text in more.items():
        (folder / "templates" / name.replace("_", ".")).write_text(text)
    found = open_workspace(folder)
    assert found.errors == ()
    return [each for each in found.diagnostics if each.code == "W506"]


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ("{{ contact.phone }}", ["contact.phone"]),
        ("{{ contact['phone'] }}", ["contact.phone"]),
        ("{{ contact.phone }} {{ contact.phone }}", ["contact.phone"]),
        ("{{ contact.phone }} {{ contact.city }}", ["contact.phone", "contact.city"]),
        ("{% echo contact.phone %}", ["contact.phone"]),
        ("{{ contact.phone | upcase }}", ["contact.phone"]),
        ("{{ contact.phone | upcase | default: '-' }}", ["contact.phone"]),
        ("{{ contact.name | append: contact.phone }}", ["contact.phone"]),
        ("{% assign p = contact.phone | upcase %}", ["contact.phone"]),
        ("{{ contact.born | date: '%Y' }}", ["contact.born"]),
        ("{{ contact.last_order | date: '%Y' }}", ["contact.last_order"]),
        ("{% for x in contact.phone %}{% endfor %}", ["contact.phone"]),
        ("{% if contact.name %}{{ contact.phone }}{% endif %}", ["contact.phone"]),
        ("{% if contact.phone %}{% endif %}{{ contact.phone }}", ["contact.phone"]),
        ("{% include 'part' %}", ["contact.city"]),
        ("{{ contact.name }}", []),
        ("{{ contact.lists | join: ', ' }}{{ contact.tags | join: ', ' }}{{ contact.id }}", []),
        ("{{ contact.phone | default: '-' }}", []),
        ("{{ contact.phone | default: '-' | upcase }}", []),
        ("{% if contact.phone %}{{ contact.phone }}{% endif %}", []),
        ("{% if contact.name == 'A' and contact.phone %}{{ contact.phone | upcase }}{% endif %}", []),
        ("{% if contact.name == 'A' %}{% elsif contact.phone %}{{ contact.phone }}{% endif %}", []),
        ("{% unless contact.phone %}-{% else %}{{ contact.phone }}{% endunless %}", []),
        ("{% case contact.phone %}{% when '1' %}{{ contact.phone }}{% endcase %}", []),
        ("{% if contact.city %}{% include 'part' %}{% endif %}", []),
        ("{% assign p = contact.phone | default: '-' %}{{ p }}", []),
        ("{% for contact in contact.lists %}{{ contact.phone }}{% endfor %}", []),
        ("{{ contact.email }}", []),  # without it there is no message at all
    ],
)
def test_what_a_template_prints_without_asking(body: str, names: list[str], tmp_path: Path) -> None:
    found = warned(tmp_path, body, part_html="<p>{{ contact.city }}</p>")
    said = [f"`{name}` can be unknown, and then this message is set aside" for name in names]
    assert [each.message for each in found] == said
    assert all(each.severity is Severity.WARNING for each in found)


@pytest.mark.parametrize(
    ("script", "count"),
    [
        ("audience contacts where phone is known|when name = 'A'|    SEND", 0),
        ("audience contacts where phone = 'x' or city = 'y'|when name = 'A'|    SEND", 1),
        ("exit when phone is unknown|reenter always|when name = 'A'|    SEND", 0),
        ("when phone starts with '+'|    SEND", 0),
        ("when phone is known and name = 'A'|    SEND", 0),
        ("when phone is unknown|    SEND", 1),
        ("when name = 'A'|also when phone = '1'|    SEND", 1),
        ("on change of phone to '1'|    SEND", 0),
        ("on change of phone|    SEND", 1),
        ("on purchase|    if phone is known|        SEND", 0),
        ("on purchase|    if phone is unknown|        stop|    SEND", 0),
        ("on purchase|    if phone is known|        wait 1 day|    SEND", 1),
        ("on purchase|    wait until phone is known|    SEND", 0),
        ("on purchase|    wait up to 1 day until phone is known|    SEND", 1),
        ("on purchase|    wait up to 1 day until phone is known|    else|        stop|    SEND", 0),
        ("on purchase|    set phone = '1'|    SEND", 0),
        ("on purchase|    set phone = unknown|    SEND", 1),
        ("on purchase|    SEND to phone", 0),
    ],
)
def test_what_the_rule_has_asked_for_is_known(script: str, count: int, tmp_path: Path) -> None:
    lines = ["transactional", *script.replace("SEND", 'send email "t"').replace("'", '"').split("|")]
    text = "\n".join(["journey j", *(f"    {line}" for line in lines), ""])
    assert len(warned(tmp_path, "{{ contact.phone }}", text)) == count


def test_a_date_that_fires_is_known_and_so_is_what_consent_asks_for(tmp_path: Path) -> None:
    script = 'journey j\n    when 18 years after born\n        send email "t"\n'
    assert warned(tmp_path, "{{ contact.born }} {{ contact.city }}", script) == []


@pytest.mark.parametrize(
    ("head", "printed", "count"),
    [
        ("on purchase as order", "{{ order.note }}", 1),
        ("on purchase as order", "{{ event.note }}", 1),
        ("on purchase as order", "{{ order.amount }}", 0),
        ("on purchase as order where note is known", "{{ order.note }}", 0),
        ("on purchase where note = 'x'", "{{ event.note }}", 0),
        ("on purchase where amount > 3", "{{ event.note }}", 1),
        ("on purchase as order", "{{ given }}", 1),
        ("on purchase as order where note is known", "{{ given }}", 0),
    ],
)
def test_an_event_can_have_an_unknown_field_too(head: str, printed: str, count: int, tmp_path: Path) -> None:
    values = f" with given = {'order' if 'as order' in head else 'event'}.note" if "given" in printed else ""
    script = f'journey j\n    transactional\n    {head}\n        send email "t"{values}\n'.replace("'", '"')
    assert len(warned(tmp_path, printed, script)) == count


def test_the_warning_points_at_the_line_and_at_the_step(tmp_path: Path) -> None:
    (found,) = warned(tmp_path, "<p>\n  Call {{ contact.phone }}\n</p>")
    assert found.place.endswith("t.html:5:3")
    assert found.help == 'write `{{ contact.phone | default: "…" }}`, or ask first with `{% if contact.phone %}`'
    (label,) = found.labels
    assert label.source.text[label.span.start : label.span.end] == 'send email "t"'


def test_a_text_in_the_script_is_looked_at_too(tmp_path: Path) -> None:
    script = (
        'journey j\n    transactional\n    when name = "A"\n        notify "ops@shop.example"\n'
        '            subject "{{ contact.name }}"\n            text "{{ contact.phone }}"\n'
    )
    (found,) = warned(tmp_path, "", script)
    assert found.source.text[found.span.start : found.span.end] == '"{{ contact.phone }}"'
    assert "default: '…'" in (found.help or "")


def test_an_include_of_itself_comes_to_an_end(tmp_path: Path) -> None:
    found = warned(
        tmp_path, "{% include 'a' %}", a_html="{{ contact.phone }}{% if contact.name %}{% include 'a' %}{% endif %}"
    )
    assert [each.message.split("`")[1] for each in found] == ["contact.phone"]

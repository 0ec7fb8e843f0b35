import datetime as dt
from pathlib import Path

import pytest

from wend.project.channels import ConsoleSettings, FolderSettings, SmtpSettings
from wend.project.config import ProjectError
from wend.project.project import EventSource, Project, StoreSettings, load_project
from wend.runtime.channels import Promise, Security
from wend.runtime.sources import BadRows, ContactMapping, EventMapping, Policy, SourceError, Tally
from wend.runtime.values import UTC

WHOLE = """\
[project]
name = "shop"
timezone = "Europe/Paris"

[contacts]
file = "data/contacts.csv"
id = "customer"
rename = { CustMail = "email" }

[[events]]
file = "data/purchases.csv"
name = "purchase"
contact = "customer"
at = "when"
id = "order_id"

[[events]]
files = ["data/web-*.csv", "data/app.ndjson"]
name_column = "type"
delimiter = ";"
unknown_contact = "skip"
future = "skip"

[store]
sqlite = "state/wend.db"

[channels.email]
kind = "smtp"
host = "mail.shop.example"
user_env = "SMTP_USER"
password_env = "SMTP_PASSWORD"
from = "Ana <ana@shop.example>"

[channels.sms]
kind = "console"
address = "mobile"

[channels.push]
kind = "folder"
path = "outbox"
address = "device"
"""


def project(folder: Path, text: str) -> Project:
    (folder / "wend.toml").write_text(text, encoding="utf-8")
    return load_project(folder)


def refused(folder: Path, text: str) -> tuple[str, str | None, str | None]:
    with pytest.raises(ProjectError) as caught:
        project(folder, text)
    place = (caught.value.place or "").replace(str(folder), "").lstrip("/\\")
    return caught.value.message, caught.value.help, place


def test_a_whole_project(tmp_path: Path) -> None:
    found = project(tmp_path, WHOLE)
    assert (found.root, found.name, found.zone.name) == (tmp_path, "shop", "Europe/Paris")
    assert found.contacts is not None
    assert found.contacts.files.paths() == [tmp_path / "data/contacts.csv"]
    assert found.contacts.mapping == ContactMapping("customer", {"CustMail": "email"})
    purchases, web = found.events
    assert purchases.mapping == EventMapping(contact="customer", at="when", name="purchase", id="order_id")
    assert (purchases.unknown_contact, purchases.future) == (Policy.ERROR, Policy.ERROR)
    assert web.mapping == EventMapping(name_column="type", delimiter=";")
    assert (web.unknown_contact, web.future) == (Policy.SKIP, Policy.SKIP)
    assert found.store == StoreSettings(tmp_path / "state/wend.db")
    email, sms, push = found.channels.values()
    assert isinstance(email, SmtpSettings)
    assert (email.name, email.address, email.sender) == ("email", "email", "Ana <ana@shop.example>")
    assert (email.host, email.port, email.security) == ("mail.shop.example", 587, Security.STARTTLS)
    assert email.promise is Promise.AT_LEAST_ONCE
    assert isinstance(sms, ConsoleSettings)
    assert sms.address == "mobile"
    assert isinstance(push, FolderSettings)
    assert push.path == tmp_path / "outbox"
    assert load_project(tmp_path / "wend.toml") == found


def test_what_is_not_said_has_a_default(tmp_path: Path) -> None:
    found = project(tmp_path, "")
    assert (found.name, found.zone.name, found.contacts, found.events) == (tmp_path.name, "UTC", None, ())
    assert found.store == StoreSettings(tmp_path / "wend.db")
    assert found.channels == {}
    assert found.templates_dir is None
    assert project(tmp_path, "[store]\nmemory = true\n").store == StoreSettings(None)
    assert project(tmp_path, "[store]\nkeep_days = 30\n").store == StoreSettings(tmp_path / "wend.db", 30)


def test_the_default_port_goes_with_the_security(tmp_path: Path) -> None:
    def port(more: str) -> int:
        channel = project(tmp_path, f'[channels.email]\nkind = "smtp"\nhost = "h"\n{more}\n').channels["email"]
        assert isinstance(channel, SmtpSettings)
        return channel.port

    assert [port(f'security = "{s}"') for s in Security] == [25, 587, 465]
    assert port("port = 2525") == 2525


def test_scripts_and_templates(tmp_path: Path) -> None:
    found = project(tmp_path, "")
    with pytest.raises(ProjectError) as caught:
        found.scripts()
    assert caught.value.help == "put a file `NAME.journey` there"
    for name in ("journeys/b.journey", "journeys/a.journey", "journeys/notes.txt", "templates/x.html"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    assert found.scripts() == [tmp_path / "journeys/a.journey", tmp_path / "journeys/b.journey"]
    assert found.templates_dir == tmp_path / "templates"


def test_a_single_script_is_a_project(tmp_path: Path) -> None:
    script = tmp_path / "one.journey"
    script.write_text("")
    found = load_project(script)
    assert found == Project(tmp_path, "one", found.zone, script=script)
    assert (found.zone.name, found.scripts(), found.templates_dir) == ("UTC", [script], None)
    (tmp_path / "templates").mkdir()
    assert found.templates_dir == tmp_path / "templates"


def test_a_path_that_is_no_project(tmp_path: Path) -> None:
    def message(path: Path) -> tuple[str, str | None]:
        with pytest.raises(ProjectError) as caught:
            load_project(path)
        assert caught.value.place == str(path)
        return caught.value.message, caught.value.help

    (tmp_path / "one.journey").write_text("")
    (tmp_path / "x.py").write_text("")
    assert message(tmp_path)[0] == "the folder has no `wend.toml`"
    assert message(tmp_path)[1] == "name the folder of a project; `wend init DIR` writes a small one"
    (tmp_path / "shop/journeys").mkdir(parents=True)
    (tmp_path / "shop/wend.toml").write_text("")
    within = message(tmp_path / "shop/journeys")
    assert within == ("the folder has no `wend.toml`", f"name the folder of the project: `{tmp_path / 'shop'}`")
    assert message(tmp_path / "one.jurney") == ("there is no such file or folder", "did you mean `one.journey`?")
    other = "name a folder with a `wend.toml`, or a script `NAME.journey`"
    assert message(tmp_path / "no" / "x") == ("there is no such file or folder", other)
    assert message(tmp_path / "x.py")[0] == "this is neither a project nor a script"


TOML_HELP = 'a line is `[section]` or `key = "text"`; texts stand in quotes, lists in square brackets'


@pytest.mark.parametrize(
    ("text", "message", "help", "place"),
    [
        (
            "[contacts\n",
            "the file is no TOML: expected ']' at the end of a table declaration",
            TOML_HELP,
            "wend.toml:1",
        ),
        ("[store]\n[store]\n", "the file is no TOML: cannot declare `store` twice", TOML_HELP, "wend.toml:2"),
        ("[project]\nx = [\n\n", "the file is no TOML: invalid value", TOML_HELP, "wend.toml:2"),
        (
            "[project]\nname = my shop  # ours\n",
            "the file is no TOML: invalid value",
            'a text stands between quotes: `name = "my shop"`',
            "wend.toml:2",
        ),
        (
            "[project]\nname = \u201cshop\u201d\n",
            "the file is no TOML: invalid value",
            'write straight quotes: `name = "shop"`',
            "wend.toml:2",
        ),
        (
            '[contacts]\nfile = "data\\contacts.csv"\n',
            "the file is no TOML: unescaped '\\' in a string",
            'write `/` between folders: `file = "data/contacts.csv"`',
            "wend.toml:2",
        ),
        ("[project]\nx = True\n", "the file is no TOML: invalid value", TOML_HELP, "wend.toml:2"),
        ("[contact]\n", "`wend.toml` has no setting `contact`", "did you mean `contacts`?", "wend.toml:1"),
        (
            '# x\n[contacts]\n\nfiel = "x"\n',
            "`[contacts]` has no setting `fiel`",
            "did you mean `file`?",
            "wend.toml:4",
        ),
        (
            "[store]\nwhere = 1\n",
            "`[store]` has no setting `where`",
            "there can be `sqlite`, `memory`, `keep_days`",
            "wend.toml:2",
        ),
        ('[contacts]\nid = "x"\n', "`[contacts]` needs `file`", 'write `file = "data/….csv"`', "wend.toml:1"),
        ("[contacts]\nfile = 3\n", "`file` must be a text in quotes", 'write `file = "…"`', "wend.toml:2"),
        ('[contacts]\nfile = ""\n', "`file` is empty", None, "wend.toml:2"),
        (
            '[contacts]\nfiles = ["a", 3]\n',
            '`files` must be a list of texts, like `["a", "b"]`',
            None,
            "wend.toml:2",
        ),
        ('[contacts]\nfile = "a"\nfiles = ["b"]\n', "`file` and `files` cannot both be told", None, "wend.toml:3"),
        (
            '[contacts]\nfile = "a"\nrename = { a = 1 }\n',
            "`a` in `rename` must be a text in quotes",
            None,
            "wend.toml:3",
        ),
        (
            '[contacts]\nfile = "a"\ndelimiter = ";;"\n',
            "`delimiter` must be one character",
            'write one such as ";" or "\\t"',
            "wend.toml:3",
        ),
        (
            '[[events]]\nfile = "a"\n[[events]]\nfile = "b"\nname = "x"\nname_column = "y"\n',
            "`name` and `name_column` cannot both be told",
            "`name` is the name of all events of the file, `name_column` the column that says it",
            "wend.toml:6",
        ),
        (
            '[[events]]\nfile = "a"\n[[events]]\nfile = "b"\natt = "x"\n',
            "`[[events]]` has no setting `att`",
            "did you mean `at`?",
            "wend.toml:5",
        ),
        (
            '[[events]]\nfile = "a"\nfuture = "skp"\n',
            "`future` cannot be `skp`",
            'did you mean "skip"?',
            "wend.toml:3",
        ),
        ("events = 3\n", "`events` must be tables: write `[[events]]` above each", None, "wend.toml:1"),
        ("contacts = 3\n", "`contacts` must be a table: write `[contacts]`", None, "wend.toml:1"),
        (
            '[project]\ntimezone = "Europe/Pariss"\n',
            "there is no time zone `Europe/Pariss`",
            'write one such as "Europe/Paris"',
            "wend.toml:2",
        ),
        (
            '[store]\nsqlite = "a"\nmemory = true\n',
            "`[store]` must say one thing",
            'write `sqlite = "wend.db"` or `memory = true`',
            "wend.toml:1",
        ),
        (
            "[store]\nmemory = true\nkeep_days = 30\n",
            "`keep_days` is for a store in a file",
            "leave it out",
            "wend.toml:3",
        ),
        ("[store]\nkeep_days = 0\n", "`keep_days` must be from 1 to 36500, not 0", None, "wend.toml:2"),
        ("[store]\nmemory = 1\n", "`memory` must be `true` or `false`", "without quotes", "wend.toml:2"),
        (
            "[channels.email]\n",
            "`[channels.email]` needs `kind`",
            'write `kind = "folder"`, `"console"`, `"smtp"` or `"webhook"`',
            "wend.toml:1",
        ),
        (
            '[contacts]\nfile = "c.csv"\ndecimal = "comma"\n',
            "`decimal` cannot be `comma`",
            'write "." or ","',
            "wend.toml:3",
        ),
        (
            '[contacts]\nfile = "c.csv"\ndates = "day_first"\n',
            "`dates` cannot be `day_first`",
            'did you mean "day first"?',
            "wend.toml:3",
        ),
        (
            '[channels.email]\nkind = "smpt"\n',
            "`kind` cannot be `smpt`",
            'did you mean "smtp"?',
            "wend.toml:2",
        ),
        (
            '[channels.push]\nkind = "webhook"\n',
            "`[channels.push]` needs `url`",
            'write `url = "https://sms.shop.example/send"`',
            "wend.toml:1",
        ),
        (
            '[channels.email]\nkind = "folder"\n',
            "`[channels.email]` needs `path`",
            'write `path = "outbox"`',
            "wend.toml:1",
        ),
        (
            '[channels.letter]\nkind = "console"\n',
            "`[channels.letter]` needs `address`",
            "it names the contact's field with the address",
            "wend.toml:1",
        ),
        (
            '[channels.email]\nkind = "smtp"\nhost = "h"\nport = 70000\n',
            "`port` must be from 1 to 65535, not 70000",
            None,
            "wend.toml:4",
        ),
        (
            '[channels.email]\nkind = "smtp"\nhost = "h"\nport = true\n',
            "`port` must be a whole number",
            "a number stands without quotes",
            "wend.toml:4",
        ),
        (
            '[channels.email]\nkind = "smtp"\nhost = "h"\nuser = "u"\n',
            "a user and a password go together",
            'write `user_env = "…"` and `password_env = "…"`',
            "wend.toml:1",
        ),
        (
            '[channels.email]\nkind = "smtp"\nhost = "h"\npassword = "secret"\n',
            "`[channels.email]` has no setting `password`",
            "did you mean `password_env`?",
            "wend.toml:4",
        ),
        (
            '[channels.email]\nkind = "folder"\npath = "x"\nunsubscribe_url = "http://shop.example/{message}"\n',
            "`http://shop.example/{message}` cannot be asked with one click: it does not begin with `https://`",
            "write it like `https://shop.example/unsubscribe?message={message}`",
            "wend.toml:4",
        ),
        (
            '[channels.email]\nkind = "smtp"\nhost = "h"\nunsubscribe_email = "leave"\n',
            "`leave` is not an e-mail address",
            "an email address must have an @-sign",
            "wend.toml:4",
        ),
        (
            '[channels.sms]\nkind = "folder"\npath = "x"\nunsubscribe_email = "leave@shop.example"\n',
            "`[channels.sms]` has no setting `unsubscribe_email`",
            "there can be `kind`, `address`, `from`, `path`",
            "wend.toml:4",
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_line(
    tmp_path: Path, text: str, message: str, help: str | None, place: str
) -> None:
    assert refused(tmp_path, text) == (message, help, place)


def test_a_file_that_is_not_utf8(tmp_path: Path) -> None:
    (tmp_path / "wend.toml").write_bytes(b'[project]\nname = "caf\xe9"\n')
    with pytest.raises(ProjectError) as caught:
        load_project(tmp_path)
    assert caught.value.message == "the file is not UTF-8"
    assert (caught.value.place or "").endswith("wend.toml:2")


def test_credentials_come_from_the_environment(tmp_path: Path) -> None:
    email = project(tmp_path, WHOLE).channels["email"]
    assert isinstance(email, SmtpSettings)
    assert email.credentials({"SMTP_USER": "ana", "SMTP_PASSWORD": "x"}) == ("ana", "x")
    with pytest.raises(ProjectError) as caught:
        email.credentials({"SMTP_USER": "ana"})
    assert caught.value.message == ("the environment variable `SMTP_PASSWORD` is not set; the channel `email` needs it")
    assert caught.value.place == f"{tmp_path / 'wend.toml'}:27"


# ---- data files of a project ------------------------------------------------------------------------------------


def test_patterns_find_files_in_order_and_once(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    for name in ("web-2.csv", "web-1.csv", "other.csv"):
        (tmp_path / "data" / name).write_text("id\n1\n")
    found = project(tmp_path, '[contacts]\nfiles = ["data/web-2.csv", "data/web-*.csv"]\n').contacts
    assert found is not None
    assert [p.name for p in found.files.paths()] == ["web-2.csv", "web-1.csv"]
    found = project(tmp_path, '[contacts]\nfile = "data/x-*.csv"\n').contacts
    assert found is not None
    with pytest.raises(SourceError) as caught:
        found.files.paths()
    assert caught.value.message == "no file fits `data/x-*.csv`"
    assert caught.value.place == f"{tmp_path / 'wend.toml'}:2"


def test_a_project_loads_its_data(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text("id,email\n1,a@x.example\n")
    (tmp_path / "e.csv").write_text("contact,at\n1,2026-07-01\n2,2026-07-01\n1,2027-07-01\n")
    head = (
        '[project]\ntimezone = "Europe/Paris"\n[contacts]\nfile = "c.csv"\n[[events]]\nfile = "e.csv"\nname = "buy"\n'
    )
    found = project(tmp_path, head)
    assert found.contacts is not None
    contacts = {c.id: c for c in found.contacts.load(found.zone)}
    now = dt.datetime(2026, 8, 1, tzinfo=UTC)
    with pytest.raises(BadRows, match="the event `buy` is for the contact `2`"):
        found.events[0].load(found.zone, contacts=contacts, now=now)
    found = project(tmp_path, head + 'unknown_contact = "skip"\n')
    with pytest.raises(BadRows, match="is in the future"):
        found.events[0].load(found.zone, contacts=contacts, now=now)
    tally = Tally()
    (source,) = project(tmp_path, head + 'unknown_contact = "skip"\nfuture = "skip"\n').events
    (event,) = source.load(found.zone, contacts=contacts, now=now, tally=tally)
    assert (event.contact, event.name, event.at) == ("1", "buy", dt.datetime(2026, 6, 30, 22, tzinfo=UTC))
    assert (tally.unknown_contact, tally.future) == (1, 1)


def test_a_file_that_somebody_names_is_read_as_the_project_reads_its_own(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "app.ndjson").write_text("")
    found = project(tmp_path, WHOLE)
    other = tmp_path / "other.csv"
    assert found.contact_source(other).mapping == ContactMapping("customer", {"CustMail": "email"})
    assert found.contact_source(other).files.paths() == [other]
    assert found.event_source(tmp_path / "data" / "purchases.csv").mapping == found.events[0].mapping
    assert found.event_source(other) == EventSource(found.event_source(other).files, EventMapping())
    only = project(tmp_path, '[[events]]\nfile = "e.csv"\nname = "buy"\nfuture = "skip"\n')
    assert only.event_source(other).mapping == EventMapping(name="buy")
    assert only.event_source(other).future is Policy.SKIP
    alone = project(tmp_path, "")
    assert alone.contact_source(other).mapping == ContactMapping()


def test_a_file_whose_name_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "wend.toml").write_text(f'[contacts]\nfile = "{"a" * 300}.csv"\n', encoding="utf-8")
    contacts = load_project(tmp_path).contacts
    assert contacts is not None
    with pytest.raises(SourceError, match="cannot be the name of a file"):
        contacts.files.paths()

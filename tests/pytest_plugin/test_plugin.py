"""The plugin of pytest: it collects tests where it is asked to, and nothing otherwise."""

from importlib import import_module

import pytest

import_module("wend.cli.test")  # pytester forgets what was first imported within it, so each run would import it anew

pytest_plugins = ["pytester"]

DATA = """
contact
    email text

event purchase

settings
    consent email when email is known
"""

JOURNEY = """
journey hello
    on purchase
        send email "hello"
"""

TESTS = """
test "one mail" for hello
    given email = "a@mail.example"
    at 2026-03-01 event purchase
    at 2026-03-01 expect email "hello"

test "two mails" for hello
    given email = "a@mail.example"
    at 2026-03-01 event purchase
    at 2026-03-01 expect email "hello" 2 times
"""


@pytest.fixture
def folder(pytester: pytest.Pytester) -> pytest.Pytester:
    """A script with two tests, one of which fails."""
    pytester.makefile(".journey", hello=DATA + JOURNEY + TESTS)
    return pytester


def run(folder: pytest.Pytester, *more: str) -> pytest.RunResult:
    return folder.runpytest_inprocess("-p", "wend.pytest_plugin", "-p", "no:cacheprovider", *more)


def test_nothing_is_collected_unasked(folder: pytest.Pytester) -> None:
    folder.makepyfile(test_a="def test_a(): pass")
    run(folder).assert_outcomes(passed=1)


def test_each_test_is_an_item_and_a_failure_is_drawn_as_on_the_command_line(folder: pytest.Pytester) -> None:
    result = run(folder, "--wend", "-v")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*hello.journey::one mail PASSED*", "*hello.journey::two mails FAILED*"])
    result.stdout.fnmatch_lines(['*expected email "hello" 2 times at 2026-03-01*', "*expected * what happened"])
    result.stdout.no_fnmatch_line("*Traceback*")


def test_the_settings_of_pytest_can_ask_for_it(folder: pytest.Pytester) -> None:
    folder.makeini("[pytest]\nwend = true\n")
    run(folder).assert_outcomes(passed=1, failed=1)
    run(folder, "-k", "one").assert_outcomes(passed=1, deselected=1)


def test_a_project_is_read_whole_and_each_test_runs_once(pytester: pytest.Pytester) -> None:
    pytester.makefile(".toml", wend="")
    (pytester.path / "journeys").mkdir()
    for name, text in (("data", DATA), ("hello", JOURNEY), ("tests", TESTS)):
        (pytester.path / "journeys" / f"{name}.journey").write_text(text, encoding="utf-8")
    result = run(pytester, "--wend", "-v")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*journeys/tests.journey::one mail PASSED*"])


def test_a_script_that_is_wrong_is_an_error_of_collection(pytester: pytest.Pytester) -> None:
    pytester.makefile(".journey", wrong="journey hello\n    on purchase\n        sned email\n")
    result = run(pytester, "--wend")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*error[[]W*", "*wrong.journey:3*"])
    result.stdout.no_fnmatch_line("*Traceback*")

"""What a command does not need is not loaded before it prints."""

import subprocess
import sys

import pytest

HEAVY = ("liquid", "sqlalchemy", "wend.runtime.engine", "wend.dsl.analysis", "wend.dsl.checker")


@pytest.mark.parametrize("module", ["wend.cli.app", "wend.cli.fmt"])
def test_help_and_layout_wait_for_no_checker_templates_or_database(module: str) -> None:
    code = f"import sys, wend.cli.app, {module}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = done.stdout.split()
    assert module in loaded
    assert not [name for name in loaded if name.startswith(HEAVY)]

"""Every code that a report can have, with its short title; the page of each is `pages/CODE.md`."""

from collections.abc import Mapping
from types import MappingProxyType

from wend.dsl.checker.codes import CHECKS
from wend.dsl.codes import SYNTAX

PROJECT = {
    "W501": "template that does not fit",
    "W502": "mail from nobody",
    "W503": "channel that does not fit",
    "W504": "file that cannot be used",
    "W505": "message that nobody tracks",
    "W506": "message that prints what can be unknown",
    "W507": "condition that no contact decides",
    "W508": "scripts without a journey",
    "W601": "test that fails",
}
"""What concerns more than scripts: W5xx templates and channels, W6xx tests."""

CODES: Mapping[str, str] = MappingProxyType({**SYNTAX, **CHECKS, **PROJECT})
"""All of them: W1xx syntax, W2xx names, kinds and values, W4xx warnings, W5xx and W6xx."""

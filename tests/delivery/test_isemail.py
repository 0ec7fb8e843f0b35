"""The addresses of isemail's collection, where the data lies beside the repository."""

import xml.etree.ElementTree as ElementTree

import pytest

from tests.house.repository import ROOT
from wend.runtime.delivery.messages import address_problem, parse_mailbox

DATA = ROOT.parent / "shared" / "data" / "email" / "isemail-tests.xml"


def addresses(*categories: str) -> list[str]:
    if not DATA.exists():
        pytest.skip("isemail-tests.xml is not there: the collection is not part of this repository")
    found = []
    for test in ElementTree.parse(DATA).getroot().iter("test"):
        if test.findtext("category") in categories:
            # The collection shows control characters as the symbols for them.
            text = test.findtext("address") or ""
            found.append("".join(chr(ord(c) - 0x2400) if 0x2400 <= ord(c) < 0x2420 else c for c in text))
    assert found
    return found


def test_every_valid_address_is_taken() -> None:
    assert [a for a in addresses("ISEMAIL_VALID_CATEGORY", "ISEMAIL_DNSWARN") if address_problem(a)] == []


def test_no_wrong_address_is_taken() -> None:
    assert [a for a in addresses("ISEMAIL_ERR") if not address_problem(a)] == []


def test_no_comments_folds_or_obsolete_forms_are_taken() -> None:
    wrong = addresses("ISEMAIL_CFWS", "ISEMAIL_DEPREC", "ISEMAIL_RFC5322")
    # Blanks around an address and needless quoting are taken off; nothing is passed on as it is.
    assert [a for a in wrong if not address_problem(a) and parse_mailbox(a).address == a] == []

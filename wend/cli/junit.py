"""Results of tests in the form of JUnit, which build servers read."""

import re
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from wend.runtime.play.trial import TestResult

_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Signs that XML cannot hold, not even escaped."""


def as_junit(results: list[tuple[TestResult, str]], name: str) -> str:
    """A document with one suite.

    Args:
        results: each with its failure in words; empty where it passed.
        name: of the suite: what was tested.
    """
    failed = sum(not result.passed for result, _ in results)
    numbers = {"tests": str(len(results)), "failures": str(failed), "errors": "0", "skipped": "0"}
    root = Element("testsuites", numbers)
    suite = SubElement(root, "testsuite", {"name": _clean(name), **numbers})
    for result, told in results:
        place = result.test.place
        line = str(place.source.line_col(place.span.start)[0])
        about = {"name": result.test.name, "classname": result.test.journey, "file": place.source.name, "line": line}
        case = SubElement(suite, "testcase", {key: _clean(value) for key, value in about.items()})
        if result.failures:
            first = result.failures[0]
            message = _clean(f"expected {first.expected}, and there was: {first.actual}")
            SubElement(case, "failure", {"message": message, "type": "expectation"}).text = _clean(told)
    indent(root)
    return tostring(root, encoding="unicode", xml_declaration=False)


def _clean(text: str) -> str:
    return _NO_XML.sub("\N{REPLACEMENT CHARACTER}", text)

"""Diagnostics for other programs: JSON of our own, workflow commands of GitHub, and SARIF 2.1.0."""

import json
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from urllib.parse import quote

from wend.dsl.diagnostics import Diagnostic
from wend.dsl.source import Source, Span
from wend.reference.codes import CODES
from wend.reference.explanations import explanation

SARIF_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def as_json(diagnostics: Iterable[Diagnostic]) -> list[dict[str, object]]:
    """A list with an object for each; lines and columns are counted from 1, an end stands behind the last sign."""
    return [data_of(each) for each in diagnostics]


def data_of(diagnostic: Diagnostic) -> dict[str, object]:
    """A diagnostic for other programs; lines and columns are counted from 1."""
    return {
        "code": diagnostic.code,
        "severity": diagnostic.severity.value,
        "message": diagnostic.message,
        "help": diagnostic.help,
        **_place(diagnostic.source, diagnostic.span),
        "labels": [{**_place(label.source, label.span), "text": label.text} for label in diagnostic.labels],
        "witness": diagnostic.witness,
    }


def _place(source: Source, span: Span) -> dict[str, object]:
    line, column = source.line_col(span.start)
    end_line, end_column = source.line_col(span.end)
    return {"file": source.name, "line": line, "column": column, "end_line": end_line, "end_column": end_column}


# ---- GitHub ----------------------------------------------------------------------------------------------------------


def as_github(diagnostics: Iterable[Diagnostic]) -> str:
    """A workflow command for each, which GitHub shows as an annotation of the line."""
    return "\n".join(_command(each) for each in diagnostics)


def _command(diagnostic: Diagnostic) -> str:
    source, span = diagnostic.source, diagnostic.span
    line, column = source.line_col(span.start)
    end_line, end_column = source.line_col(span.end)
    values = {"file": _relative(source.name), "line": line, "endLine": end_line, "col": column}
    if line == end_line:  # columns of several lines mean nothing to GitHub
        values["endColumn"] = max(column, end_column - 1)
    values["title"] = f"{diagnostic.code}: {CODES[diagnostic.code]}"
    told = ",".join(f"{name}={_escaped(str(value), ':,')}" for name, value in values.items())
    return f"::{diagnostic.severity} {told}::{_escaped(_sentences(diagnostic))}"


def _escaped(text: str, more: str = "") -> str:
    """A value of a workflow command; in its properties `more` signs are special."""
    for sign in "%\r\n" + more:
        text = text.replace(sign, f"%{ord(sign):02X}")
    return text


def _sentences(diagnostic: Diagnostic) -> str:
    return diagnostic.message + (f"\nhelp: {diagnostic.help}" if diagnostic.help else "")


# ---- SARIF -----------------------------------------------------------------------------------------------------------


def as_sarif(diagnostics: Iterable[Diagnostic]) -> str:
    """A log of one run, with the page of each code that is reported."""
    found = list(diagnostics)
    codes = sorted({each.code for each in found})
    driver = {"name": "wend", "version": version("wend"), "rules": [_rule(code) for code in codes]}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(each, codes.index(each.code)) for each in found],
    }
    return json.dumps({"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False)


def _rule(code: str) -> dict[str, object]:
    page = explanation(code)
    why = " ".join(page.why.split())
    return {"id": code, "shortDescription": {"text": page.title}, "fullDescription": {"text": why}}


def _result(diagnostic: Diagnostic, index: int) -> dict[str, object]:
    result: dict[str, object] = {
        "ruleId": diagnostic.code,
        "ruleIndex": index,
        "level": diagnostic.severity.value,
        "message": {"text": _sentences(diagnostic)},
        "locations": [_location(diagnostic.source, diagnostic.span)],
    }
    if diagnostic.labels:
        result["relatedLocations"] = [
            {"id": number, **_location(label.source, label.span), "message": {"text": label.text}}
            for number, label in enumerate(diagnostic.labels, start=1)
        ]
    return result


def _location(source: Source, span: Span) -> dict[str, object]:
    line, column = source.line_col(span.start)
    end_line, end_column = source.line_col(span.end)
    region = {"startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column}
    return {"physicalLocation": {"artifactLocation": {"uri": _uri(source.name)}, "region": region}}


def _uri(name: str) -> str:
    path = Path(_relative(name))
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())


def _relative(name: str) -> str:
    """A file as it is seen from the working folder, where it lies in it."""
    path = Path(name)
    if path.is_absolute() and path.is_relative_to(Path.cwd()):
        path = path.relative_to(Path.cwd())
    return path.as_posix()

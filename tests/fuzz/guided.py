"""The coverage-guided run: atheris makes up texts, and keeps those that reach something new in our code.

One process for each session and target, since libFuzzer ends the process it runs in. A finding does not stop it: the
text is kept once for each place that fails, and the session goes on. What was run is written down as it goes.
"""

import importlib
import json
import os
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
OUT = ROOT / "out" / "fuzz"
RECORD = HERE / "record" / "texts.json"
KEPT = 150
"""How many texts of a target are kept at most."""
LIKE = {"syntax": "script"}
"""Targets that are about the same kind of text as another, and begin with its texts too."""
SLOW = 5.0
"""Seconds of processor time after which an input is a finding."""
NOTED = 500
"""After so many inputs the count is written down."""


class Session:
    """One session: how many inputs there were, and what they found."""

    def __init__(self, target: str, holds: Callable[[str], None], folder: Path) -> None:
        self.target, self.holds, self.folder = target, holds, folder
        self.inputs = 0
        self.began = time.time()
        self.found: dict[str, str] = {}
        folder.mkdir(parents=True, exist_ok=True)

    def one(self, raw: bytes) -> None:
        """Hold the target to one input."""
        text = raw.decode("utf-8", errors="replace")
        self.inputs += 1
        start = time.process_time()
        try:
            self.holds(text)
        except Exception as error:  # noqa: BLE001 whatever it is, it is a finding
            self.keep(_where(error), f"{type(error).__name__}: {error}"[:300], raw)
        if time.process_time() - start > SLOW:
            self.keep("slow", f"took {time.process_time() - start:.1f} s", raw)
        if self.inputs % NOTED == 0:
            self.note()

    def keep(self, where: str, what: str, raw: bytes) -> None:
        """Keep the text of a finding, the first for each place."""
        if where in self.found:
            return
        self.found[where] = what
        name = f"{self.target}-{len(self.found)}-{os.getpid()}"
        (self.folder / f"{name}.bin").write_bytes(raw)
        (self.folder / f"{name}.txt").write_text(f"{where}\n{what}\n", encoding="utf-8")
        self.note()

    def note(self) -> None:
        """Write down how far the session is."""
        told = {"inputs": self.inputs, "seconds": round(time.time() - self.began), "found": self.found}
        (self.folder / f"session-{self.target}-{os.getpid()}.json").write_text(json.dumps(told), encoding="utf-8")


def _where(error: Exception) -> str:
    """The innermost place in our own code that failed."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if "/site-packages/" not in frame.filename and "/lib/python" not in frame.filename]
    last = own[-1] if own else frames[-1]
    return f"{type(error).__name__} at {Path(last.filename).name}:{last.name}"


def words() -> list[str]:
    """What libFuzzer may put into texts: the keywords and signs of the language, and odd values."""
    from wend.grammar.load import tables

    odd = ["9999-12-31", "0001-01-01", "1e9", "999999999999999", "{{ contact.name }}", "\t", "    ", "\r\n", "`", "\\"]
    return [*tables().keywords, *tables().symbols, *odd]


def dictionary(path: Path, found: list[str]) -> None:
    """Write words in libFuzzer's form."""
    lines = ["".join(f"\\x{byte:02x}" for byte in word.encode()) for word in found if word]
    path.write_text("".join(f'"{line}"\n' for line in lines), encoding="utf-8")


def seeds(target: str) -> list[str]:
    """The texts to begin with: what the repository has of the kind, and the kept corpus."""
    kind = LIKE.get(target, target)
    kept = [HERE / "corpus" / f"{name}.json" for name in dict.fromkeys((target, kind))]
    found = [text for path in kept if path.exists() for text in json.loads(path.read_text(encoding="utf-8"))]
    patterns = {
        "script": ("examples/*/journeys/*.journey", "tests/lang/*.journey", "tests/checker/programs/*.journey"),
        "template": ("examples/*/templates/**/*.html", "examples/*/templates/**/*.txt"),
        "data": ("examples/*/data/*.csv", "examples/*/data/*.ndjson"),
        "config": ("examples/*/wend.toml",),
    }
    for pattern in patterns[kind]:
        for path in sorted(ROOT.glob(pattern)):
            text = path.read_text(encoding="utf-8")
            found += [text[:4000], *(_items(text) if kind == "script" else [])]
    return list(dict.fromkeys(found))


def _items(text: str) -> list[str]:
    """The items of a script, each a text of its own, and the pieces of a journey."""
    items: list[list[str]] = []
    for line in text.splitlines(keepends=True):
        if line[:1].strip() or not items:
            items.append([])
        items[-1].append(line)
    found = ["".join(item) for item in items]
    for item in items:
        found += ["".join([item[0], *item[at : at + 4]]) for at in range(1, len(item), 4)] if len(item) > 6 else []
    return found


def keep(target: str, session: Path, date: str, version: str, most: int = KEPT) -> None:
    """Add a session to the record, and some of the texts that reached something new to those that are kept.

    Args:
        session: the file that the session wrote.
        date: when it was, as in `2026-11-24`.
        version: what was held to the texts.
    """
    told = json.loads(session.read_text(encoding="utf-8"))
    record = json.loads(RECORD.read_text(encoding="utf-8")) if RECORD.exists() else {"sessions": [], "findings": []}
    entry = {"target": target, "date": date, "version": version, "inputs": told["inputs"], "seconds": told["seconds"]}
    record["sessions"].append(entry)
    for where, what in told["found"].items():
        record["findings"].append({"target": target, "where": where, "what": what, "mended": ""})
    RECORD.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    corpus = OUT / f"corpus-{target}"
    made = [path for path in corpus.iterdir() if not path.name.startswith("seed-")]
    texts = sorted((path.read_bytes().decode("utf-8", errors="replace") for path in made), key=lambda t: (len(t), t))
    known = set(seeds(target))
    fresh = [text for text in dict.fromkeys(texts) if text not in known]
    fresh = fresh[:: max(1, len(fresh) // most)][:most]  # of all lengths
    path = HERE / "corpus" / f"{target}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(fresh, indent=0, ensure_ascii=True) + "\n", encoding="utf-8")


def run(target: str, seconds: int, longest: int) -> None:
    """One session of so many seconds, in this process, which ends with it."""
    corpus = OUT / f"corpus-{target}"
    corpus.mkdir(parents=True, exist_ok=True)
    for number, text in enumerate(seeds(target)):
        (corpus / f"seed-{number}").write_bytes(text.encode())
    dictionary(OUT / "words.dict", words())
    arguments = [
        f"-max_total_time={seconds}",
        f"-max_len={longest}",
        f"-dict={OUT / 'words.dict'}",
        "-timeout=120",
        "-rss_limit_mb=4096",
        "-verbosity=0",
        f"-artifact_prefix={OUT}/",
        str(corpus),
    ]
    _start(target, Session(target, lambda text: None, OUT / "found"), arguments)


def _start(target: str, session: Session, arguments: list[str]) -> None:
    """Instrument our code, and let libFuzzer go."""
    atheris: Any = importlib.import_module("atheris")
    with atheris.instrument_imports(include=["wend"]):
        session.holds = importlib.import_module("tests.fuzz.targets").TARGETS[target]
    atheris.Setup([sys.argv[0], *arguments], session.one)
    atheris.Fuzz()

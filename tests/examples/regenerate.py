"""Write the `expected.txt` of examples anew: `python -m tests.examples.regenerate [NAME]…`. Then read what changed.

The head of each file stays, and so does what is said about lines that are still there.
"""

import sys

from tests.examples.golden import NAMES, Golden, happened, path


def regenerate(name: str) -> None:
    """Write one anew."""
    golden = Golden.read(name)
    remarks = dict(golden.remarks)
    lines = [f"{line}  # {remarks[line]}" if line in remarks else line for line in happened(name, golden)]
    path(name).write_text("\n".join([*golden.head, "", *lines]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    for each in sys.argv[1:] or NAMES:
        regenerate(each)

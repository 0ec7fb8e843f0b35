"""The known name that an unknown one was most probably meant to be."""

from collections.abc import Iterable


def nearest(name: str, candidates: Iterable[str]) -> str | None:
    """The candidate that is most like the name, or None where none is like enough.

    The same letters in another case come first, then a few typing slips (letters missing, added, changed or
    swapped, about one in three), then a candidate that the name begins, or that begins the name. Among equals the
    first in the alphabet is taken, so the answer does not depend on the order given.
    """
    if not name or len(name) > 100:
        return None
    best: tuple[float, str] | None = None
    lower = name.lower()
    for candidate in sorted(set(candidates)):
        distance = _distance(lower, candidate.lower())
        if distance is not None and candidate != name and (best is None or distance < best[0]):
            best = distance, candidate
    return best[1] if best else None


def _distance(name: str, candidate: str) -> float | None:
    """How far apart two words are, or None where they are too far to be the same word mistyped."""
    if name == candidate:
        return 0
    allowed = max(1, (max(len(name), len(candidate)) + 1) // 3) if min(len(name), len(candidate)) > 1 else 0
    if name.replace("_", "") == candidate.replace("_", "") and len(name) > 1:
        return 0.5
    if abs(len(name) - len(candidate)) <= allowed:
        steps = _edits(name, candidate, allowed)
        if steps <= allowed and steps < min(len(name), len(candidate)):
            return steps
    short, long = sorted((name, candidate), key=len)
    if len(short) >= 3 and long.startswith(short):
        return 10 + len(long) - len(short)
    if len(short) >= 4 and f"_{short}" in f"_{long}":
        return 20 + len(long) - len(short)
    return None


def _edits(a: str, b: str, most: int) -> int:
    """Letters to insert, delete, change or swap with their neighbour to turn one word into the other.

    Args:
        most: above this the number does not matter, only that it is above.
    """
    before: list[int] = []
    previous = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        row = [i]
        for j, y in enumerate(b, 1):
            cost = min(previous[j] + 1, row[j - 1] + 1, previous[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) > most < min(previous):  # a swap reaches over one row
            return most + 1
        before, previous = previous, row
    return previous[-1]

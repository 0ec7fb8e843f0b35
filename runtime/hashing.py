"""Chance that is the same every time: a hash of names, as a fraction."""

import hashlib


def share(*parts: str) -> float:
    """A number in [0, 1) that these parts determine, evenly spread over different parts."""
    text = "".join(f"{len(part)}:{part}" for part in parts)
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest()[:6], "big") / 2**48

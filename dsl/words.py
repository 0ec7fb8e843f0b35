"""Words for numbers of things."""


def count_of(number: int, thing: str, plural: str | None = None) -> str:
    """`1 error`, `2 errors`, `1,200 contacts`."""
    return f"{number:,} {thing if number == 1 else plural or thing + 's'}"

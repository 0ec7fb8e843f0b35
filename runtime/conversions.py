"""How many runs of a journey reach its goal."""

from attrs import frozen


@frozen
class Conversions:
    """How many runs of a journey began, and how many reached its goal; those of the hold-out apart.

    A run is counted when it begins, and its conversion when that happens: of a short time, the runs that converted may
    be others than those that began.
    """

    runs: int = 0
    converted: int = 0
    held_out_runs: int = 0
    held_out_converted: int = 0

    def __add__(self, other: "Conversions") -> "Conversions":
        return Conversions(
            self.runs + other.runs,
            self.converted + other.converted,
            self.held_out_runs + other.held_out_runs,
            self.held_out_converted + other.held_out_converted,
        )

    def __bool__(self) -> bool:
        return self != Conversions()

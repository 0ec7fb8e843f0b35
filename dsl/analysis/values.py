"""What one value can be: unknown or known, and then within an interval and a set."""

import math

from attrs import evolve, field, frozen

from wend.dsl.ast import CompareOp

Plain = str | bool
"""What is compared by being equal only; numbers and days are in the interval."""


@frozen
class Values:
    """The values that are possible. Days are counted as in `date.toordinal`, moments with a fraction.

    Args:
        known: it can be known.
        unknown: it can be unknown.
        low, high: the interval of numbers and days; `low_open`: without the bound itself.
        whole: only whole numbers.
        holes: numbers that it is not.
        among: the texts or truths that it can be; None: any.
        outside: texts or truths that it is not.
    """

    known: bool = True
    unknown: bool = True
    low: float = -math.inf
    high: float = math.inf
    low_open: bool = False
    high_open: bool = False
    whole: bool = False
    holes: frozenset[float] = frozenset()
    among: frozenset[Plain] | None = None
    outside: frozenset[Plain] = field(default=frozenset())

    @property
    def empty(self) -> bool:
        """Whether no value is left."""
        return not self.known and not self.unknown

    def only_known(self) -> "Values":
        """The same without being unknown."""
        return evolve(self, unknown=False) if self.unknown else self

    def only_unknown(self) -> "Values":
        """The same without being known."""
        return evolve(self, known=False) if self.known else self

    def below(self, bound: float, equal: bool) -> "Values":
        """Known, and below a bound (or equal to it)."""
        if bound > self.high or (bound == self.high and (equal or self.high_open)):
            return self.only_known()
        return evolve(self.only_known(), high=bound, high_open=not equal)._settled()

    def above(self, bound: float, equal: bool) -> "Values":
        """Known, and above a bound (or equal to it)."""
        if bound < self.low or (bound == self.low and (equal or self.low_open)):
            return self.only_known()
        return evolve(self.only_known(), low=bound, low_open=not equal)._settled()

    def equal(self, value: float | Plain) -> "Values":
        """Known, and this value."""
        if isinstance(value, str | bool):
            return self.one_of(frozenset({value}))
        return self.below(value, True).above(value, True)

    def other(self, value: float | Plain) -> "Values":
        """Known, and another value than this."""
        if isinstance(value, str | bool):
            if self.among is not None:
                return self.one_of(self.among - {value})
            return evolve(self.only_known(), outside=self.outside | {value})
        return evolve(self.only_known(), holes=self.holes | {value})._settled()

    def one_of(self, values: frozenset[Plain]) -> "Values":
        """Known, and one of these texts or truths."""
        kept = (values if self.among is None else self.among & values) - self.outside
        return evolve(self.only_known(), among=kept, known=self.known and bool(kept))

    def compared(self, op: CompareOp, value: float | Plain) -> "Values":
        """Known, and compared so."""
        match op:
            case CompareOp.EQ:
                return self.equal(value)
            case CompareOp.NE:
                return self.other(value)
            case _ if isinstance(value, str | bool):
                return self.only_known()
            case CompareOp.LT | CompareOp.LE:
                return self.below(value, op is CompareOp.LE)
            case CompareOp.GT | CompareOp.GE:
                return self.above(value, op is CompareOp.GE)
            case _:
                return self.only_known()

    def _settled(self) -> "Values":
        """Bounds of whole numbers drawn in, and the known part gone where the interval is empty."""
        made = self
        if made.whole:
            low, high = made.low, made.high
            if math.isfinite(low):
                low = math.floor(low) + 1 if made.low_open or low != math.floor(low) else low
                low = math.floor(low)
                while low in made.holes and low <= high:
                    low += 1
            if math.isfinite(high):
                high = math.ceil(high) - 1 if made.high_open or high != math.ceil(high) else high
                high = math.ceil(high)
                while high in made.holes and high >= low:
                    high -= 1
            made = evolve(
                made,
                low=low,
                high=high,
                low_open=made.low_open and not math.isfinite(low),
                high_open=made.high_open and not math.isfinite(high),
            )
        if made.low > made.high or (made.low == made.high and (made.low_open or made.high_open)):
            return evolve(made, known=False)
        if made.low == made.high and made.low in made.holes:
            return evolve(made, known=False)
        return made

    def sample(self) -> float | Plain | None:
        """One of the numbers or texts, the plainest; None where none is told apart or left."""
        if not self.known:
            return None
        if self.among is not None:
            return min(self.among, key=str)
        for number in self._candidates():
            if number not in self.holes and self._within(number):
                return number
        return None

    def _candidates(self) -> list[float]:
        found: list[float] = []
        if math.isfinite(self.low):
            found += [self.low, self.low + 1, self.low + 2]
        elif math.isfinite(self.high):
            found += [self.high, self.high - 1, self.high - 2]
        if math.isfinite(self.low) and math.isfinite(self.high):
            found.append((self.low + self.high) / 2)
        return [*found, 1, 2, 3]

    def _within(self, number: float) -> bool:
        above = number > self.low or (number == self.low and not self.low_open)
        below = number < self.high or (number == self.high and not self.high_open)
        return above and below and (not self.whole or number == math.floor(number))


ANYTHING = Values()
NEVER_UNKNOWN = Values(unknown=False)
TRUTH = Values(among=frozenset({True, False}))
CERTAIN = Values(unknown=False, among=frozenset({True, False}))
COUNT = Values(unknown=False, low=0, whole=True)
WHOLE = Values(whole=True)

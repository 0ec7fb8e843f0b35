"""A body of thousands of steps is looked at to its end, whatever starts it."""

import pytest

from tests.analysis.test_circles import found

STARTS = (
    "every monday at 9am",
    "every 3 months from signup",
    "when 2 days after signup at 9am",
    "once on 2027-03-01 at 10am",
    "on ping",
    "when signup is known",
)


@pytest.mark.parametrize("start", STARTS)
def test_a_body_of_thousands_of_steps_is_looked_at(start: str) -> None:
    steps = "".join(f'        wait 2 hours\n        send email "m{i}"\n' for i in range(1_500))
    head = "contact\n    email text\n    signup date?\n\nevent ping\n\njourney long\n    reenter always\n"
    script = f"{head}    {start}\n{steps}"
    codes = {each.code for each in found(script)}
    assert "W409" in codes
    assert ("W420" in codes) == ("every" in start)

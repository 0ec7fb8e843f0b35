"""Explanations for a person: what `whynot` and `why` find, as lines of text, and as values for other programs."""

from collections.abc import Iterable, Iterator

from wend.dsl.core import Place
from wend.runtime.calendar import Zone
from wend.runtime.telling.clauses import Clause
from wend.runtime.telling.obstacles import Obstacle
from wend.runtime.telling.spell import spell, spell_time, spell_until
from wend.runtime.telling.whynot import WhyNot
from wend.runtime.values import FOREVER, Instant


def tell(answer: WhyNot) -> list[str]:
    """What keeps a trigger, in a few lines: the rule, the obstacle, its clauses with their values."""
    lines = [f"{answer.rule}{_at_place(answer.place)}"]
    if not answer.obstacles:
        kinds = list(dict.fromkeys(entry.kind for entry in answer.coming))
        lines.append("  nothing keeps it: it comes at the next tick" + (f" ({', '.join(kinds)})" if kinds else ""))
    for obstacle in answer.obstacles:
        lines += [f"  {line}" for line in tell_obstacle(obstacle, answer.zone)]
    return lines


def tell_obstacle(obstacle: Obstacle, zone: Zone) -> list[str]:
    """An obstacle: its sentence, when it goes away by itself or what would have to change, its clauses."""
    lines = [obstacle.sentence]
    for clause in obstacle.clauses:
        lines += [f"  {line}" for line in tell_clause(clause, zone)]
    if obstacle.remedy is not None:
        lines.append(f"  {obstacle.remedy}")
    if obstacle.until is not None:
        lines.append(f"  that ends by itself on {_moment(obstacle.until, zone)}")
    return lines


def tell_clause(clause: Clause, zone: Zone, remedies: bool = True) -> list[str]:
    """A clause: its value and until when, what it was made of, and what would have to change.

    Args:
        remedies: say also when it changes by itself, or what would have to change.
    """
    lines = [f"{clause.text} is {spell(clause.value, zone)}, {spell_until(clause.until, zone)}"]
    if clause.values:
        lines.append("  " + ", ".join(f"{text} = {spell(value, zone)}" for text, value in clause.values))
    if not remedies:
        return lines
    if clause.becomes is not None:
        instant, value = clause.becomes
        lines.append(f"  by itself it is {spell(value, zone)} from {_moment(instant, zone)} on")
    else:
        lines.append(f"  {clause.remedy}")
    return lines


def _moment(instant: Instant, zone: Zone) -> str:
    return "no day that there is" if instant >= FOREVER else f"{spell_time(instant, zone)} {zone.name}"


def _at_place(place: Place | None) -> str:
    return "" if place is None else f"  ({place.source.name}:{place.source.line_col(place.span.start)[0]})"


# ---- for other programs ----------------------------------------------------------------------------------------------


def answer_as_json(answer: WhyNot) -> dict[str, object]:
    """What keeps a trigger; times are UTC, values are written as a script writes them."""
    return {
        "journey": answer.journey,
        "rule": answer.rule,
        **place_as_json(answer.place),
        "obstacles": [obstacle_as_json(each, answer.zone) for each in answer.obstacles],
        "coming": list(dict.fromkeys(entry.kind for entry in answer.coming)),
    }


def obstacle_as_json(obstacle: Obstacle, zone: Zone) -> dict[str, object]:
    """An obstacle; `until` is when it goes away by itself."""
    return {
        "kind": obstacle.kind,
        "sentence": obstacle.sentence,
        "until": time_as_json(obstacle.until),
        "remedy": obstacle.remedy,
        "clauses": clauses_as_json(obstacle.clauses, zone),
    }


def clauses_as_json(clauses: Iterable[Clause], zone: Zone) -> list[dict[str, object]]:
    """Clauses with their values."""
    return list(_clauses(clauses, zone))


def _clauses(clauses: Iterable[Clause], zone: Zone) -> Iterator[dict[str, object]]:
    for clause in clauses:
        then = clause.becomes
        yield {
            "text": clause.text,
            "value": spell(clause.value, zone),
            "until": time_as_json(clause.until),
            "values": {text: spell(value, zone) for text, value in clause.values},
            "becomes": None if then is None else {"at": time_as_json(then[0]), "value": spell(then[1], zone)},
            "remedy": clause.remedy,
        }


def place_as_json(place: Place | None) -> dict[str, object]:
    """The file and line of a place, counted from 1."""
    if place is None:
        return {"file": None, "line": None}
    return {"file": place.source.name, "line": place.source.line_col(place.span.start)[0]}


def time_as_json(instant: Instant | None) -> str | None:
    """An instant in UTC; null where it is never."""
    return None if instant is None or instant >= FOREVER else instant.isoformat()

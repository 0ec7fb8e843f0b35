"""Units of time that are none: misspelt, in another language, left out."""

from wend.dsl.nearest import nearest
from wend.dsl.slips.base import STEPS, Report, Slip

_UNITS = ("second", "minute", "hour", "day", "week", "month", "year")
_SPELLED = tuple(unit + ending for unit in _UNITS for ending in ("", "s"))
_STEP_WORDS = frozenset(step.lower() for step in STEPS)

# By meaning, not by likeness: `jours` is nearest to `hours`, and `Monate` to `minute`.
_ELSEWHERE = {
    "second": "seconde secondes sekunde sekunden seconden segundo segundos secondo secondi",
    "minute": "minuten minuut minuto minutos minuti",
    "hour": "heure heures stunde stunden uur uren hora horas ora ore",
    "day": "jour jours tag tage tagen dag dagen día días dia dias giorno giorni",
    "week": "semaine semaines woche wochen weken semana semanas settimana settimane",
    "month": "mois monat monate monaten maand maanden mes meses mese mesi",
    "year": "an ans année années annee annees jahr jahre jahren jaar jaren año años anno anni",
}
_FOREIGN = {word: unit for unit, words in _ELSEWHERE.items() for word in words.split()}


def missing_unit(slip: Slip) -> Report | None:
    """`late up to 3`."""
    token = slip.token
    if token is None or token.type != "NUMBER":
        return None
    expected = slip.outline.expected()
    if "SPAN" not in expected or "NUMBER" in expected:
        return None
    following = slip.next
    if (
        following is not None
        and following.type == "NAME"
        and not following.quoted
        and following.text not in _STEP_WORDS
    ):
        meant = _meant(token.text, following.text)
        if meant is not None:
            return "W116", f"`{following.text}` is no unit of time", following.span, f"write `{meant}`"
    return "W116", f"`{token.text}` has no unit", token.span, f"write `{token.text} days`, or another unit"


def misspelt_unit(slip: Slip) -> Report | None:
    """`wait 3 dayz`, `wait 3 jours`."""
    token, last = slip.token, slip.last
    if token is None or last is None or slip.last_type != "NUMBER" or token.type != "NAME" or token.quoted:
        return None
    meant = _meant(last.text, token.text)
    if meant is None or "SPAN" not in slip.at_token(slip.at - 1).expected():
        return None
    return "W116", f"`{token.text}` is no unit of time", token.span, f"write `{meant}`"


def _meant(amount: str, word: str) -> str | None:
    """The length of time that a number and a word were probably meant to be."""
    unit = _FOREIGN.get(word.lower()) or nearest(word, _SPELLED)
    if unit is None:
        return None
    return f"{amount} {unit.removesuffix('s')}" + ("" if amount == "1" else "s")

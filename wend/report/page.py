"""The page of a report: one file of HTML with its charts, readable without a network."""

import datetime as dt
import json
import re
from importlib import resources

from attrs import frozen
from liquid import Environment, Markup

from wend.dsl.ast import QuotaUnit
from wend.dsl.diagnostics import WendError
from wend.dsl.program import Program
from wend.report.charts import all_charts
from wend.report.collected import Collected
from wend.runtime.conversions import Conversions
from wend.runtime.play.simulate import SimulationResult

_THEME = {"font": "system-ui, sans-serif", "view": {"stroke": None}, "axis": {"grid": True, "gridColor": "#eef0f3"}}


@frozen
class Heading:
    """What a report is of: a name, the first and last local day, and the zone of its times."""

    title: str
    first: dt.date
    last: dt.date
    zone: str


def page(program: Program, found: Collected, result: SimulationResult, of: Heading) -> str:
    """The whole page.

    Raises:
        WendError: the library of the charts is not installed.
    """
    charts = {
        name: {"$schema": "https://vega.github.io/schema/vega-lite/v5.json", "config": _THEME, **spec}
        for name, spec in all_charts(found, program.journeys, of.first, of.last).items()
    }
    template = Environment(autoescape=True).from_string(
        resources.files("wend.report").joinpath("page.html").read_text(encoding="utf-8")
    )
    numbers = {
        "contacts": result.contacts,
        "events": result.events,
        "messages": found.messages,
        "contacts with a message": result.contacts - found.per_contact.get(0, 0),
        "not sent": sum(skip.count for skip in found.skips if not skip.held),
    }
    return template.render(
        title=of.title,
        first=of.first.isoformat(),
        last=of.last.isoformat(),
        zone=of.zone,
        numbers=[{"name": name, "value": f"{value:,}"} for name, value in numbers.items()],
        messages=found.messages,
        busiest=_busiest(found),
        months=_months(found, program),
        quotas=_monthly(program),
        journeys=[
            {
                "title": journey.title or journey.name,
                "chart": f"funnel-{number}",
                "goal": _goal(result.goals.get(journey.name)),
            }
            for number, journey in enumerate(program.journeys)
        ],
        skips=_skips(found),
        library=Markup(_script(library())),
        charts=Markup(_script(json.dumps(charts, ensure_ascii=False))),
    )


def library() -> str:
    """What draws the charts, as one script that needs nothing else.

    Raises:
        WendError: it is not installed.
    """
    try:
        import vl_convert
    except ImportError:
        help = "install it with `pip install 'wend[report]'`"
        raise WendError("the charts of a report need a library that is not installed", help) from None
    return vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")


def _script(text: str) -> str:
    """Text that may stand in a script element: nothing in it closes the element or opens a comment."""
    return re.sub(r"<(?=/script|!--)", r"\\u003c", text, flags=re.IGNORECASE)


def _busiest(found: Collected) -> list[dict[str, str]]:
    return [
        {"day": f"{day:%a} {day.isoformat()}", "messages": f"{count:,}", "share": f"{count / found.messages:.1%}"}
        for day, count in found.busiest()
    ]


def _monthly(program: Program) -> dict[str, int]:
    """The quota of each channel that has one by the month."""
    return {each.channel: each.count for each in program.settings.quotas if each.unit is QuotaUnit.MONTH}


def _months(found: Collected, program: Program) -> list[dict[str, object]]:
    quotas = _monthly(program)
    rows = list[dict[str, object]]()
    for (month, channel), count in found.monthly.items():
        row: dict[str, object] = {"month": month, "channel": channel, "messages": f"{count:,}"}
        if (quota := quotas.get(channel)) is not None:
            row |= {"quota": f"{quota:,}", "used": f"{count / quota:.0%}" if quota else "", "full": count >= quota}
        rows.append(row)
    return rows


def _goal(found: Conversions | None) -> str:
    """How many runs reached the goal, with the hold-out apart."""
    if found is None:
        return ""
    told = f"The goal was reached in {found.converted:,} of {found.runs:,} runs{_percent(found.converted, found.runs)}"
    if not found.held_out_runs:
        return f"{told}."
    apart = _percent(found.held_out_converted, found.held_out_runs)
    return f"{told}; in the hold-out, in {found.held_out_converted:,} of {found.held_out_runs:,}{apart}."


def _percent(part: int, whole: int) -> str:
    return f" ({part / whole:.1%})" if whole else ""


def _skips(found: Collected) -> list[dict[str, str]]:
    return [
        {
            "reason": f"held: {skip.reason}" if skip.held else skip.reason,
            "journey": skip.journey,
            "step": skip.step,
            "count": f"{skip.count:,}",
            "examples": ", ".join(f"{contact} ({local:%Y-%m-%d %H:%M})" for contact, local in skip.examples),
        }
        for skip in found.skips
    ]

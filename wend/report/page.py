"""The page of a report: one file of HTML with its charts, readable without a network."""

import datetime as dt
import json
import re
from importlib import resources

from attrs import frozen
from liquid import Environment, Markup

from wend.dsl.diagnostics import WendError
from wend.dsl.program import Program
from wend.report.charts import all_charts
from wend.report.collected import Collected
from wend.runtime.simulate import SimulationResult

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
        months=_months(found),
        journeys=[
            {"title": journey.title or journey.name, "chart": f"funnel-{number}"}
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


def _months(found: Collected) -> list[dict[str, object]]:
    return [
        {"month": month, "channel": channel, "messages": f"{count:,}"}
        for (month, channel), count in found.monthly.items()
    ]


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

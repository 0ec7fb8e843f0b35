"""The charts of a report as Vega-Lite specifications: data, and what it looks like. Nothing is drawn here."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from wend.dsl import plan
from wend.dsl.program import Journey
from wend.report.collected import Collected
from wend.runtime.telling.flow import steps_of, triggers_of

Spec = dict[str, Any]

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
ACTS = {
    "entered": "entered",
    "fired": "fired",
    "sent": "sent",
    "dropped": "not sent",
    "exited": "left",
    "done": "done",
}
COLOURS = ("#4c6a92", "#7a9cc6", "#3a8f5c", "#b5483a", "#8a8a8a", "#6fae8c")
WHOLE = {"tickMinStep": 1, "format": ",d"}
MOST_BARS = 30
_SHORT = 64


def per_day(found: Collected, first: dt.date, last: dt.date) -> Spec:
    """Messages by day, a colour for each journey. Days without any are shown as such."""
    rows = [{"day": day.isoformat(), "journey": journey, "messages": n} for (day, journey), n in found.daily.items()]
    scale = {"domain": [_day(first), _day(last + dt.timedelta(days=1))]}
    return {
        "data": {"values": rows},
        "mark": {"type": "bar", "tooltip": True},
        "width": "container",
        "height": 220,
        "encoding": {
            "x": {"field": "day", "type": "temporal", "timeUnit": "yearmonthdate", "title": None, "scale": scale},
            "y": {"field": "messages", "type": "quantitative", "title": "messages", "axis": WHOLE},
            "color": {"field": "journey", "type": "nominal", "title": None, "legend": {"orient": "top"}},
        },
    }


def per_contact(found: Collected) -> Spec:
    """How many contacts got how many messages; in ranges where the numbers are far apart."""
    most = max(found.per_contact, default=0)
    width = 1 + most // MOST_BARS
    grouped = dict.fromkeys(range(0, most + 1, width), 0)
    for messages, contacts in found.per_contact.items():
        grouped[messages // width * width] += contacts
    rows = [
        {"messages": str(low) if width == 1 else f"{low}–{low + width - 1}", "contacts": contacts}
        for low, contacts in grouped.items()
    ]
    return {
        "data": {"values": rows},
        "mark": {"type": "bar", "tooltip": True, "color": COLOURS[0]},
        "width": "container",
        "height": 200,
        "encoding": {
            "x": {
                "field": "messages",
                "type": "ordinal",
                "sort": None,
                "title": "messages to a contact",
                "axis": {"labelAngle": 0, "labelOverlap": True},
            },
            "y": {"field": "contacts", "type": "quantitative", "title": "contacts", "axis": WHOLE},
        },
    }


def hours(found: Collected) -> Spec:
    """When messages go out: weekdays down, hours across."""
    rows = [
        {"weekday": WEEKDAYS[day], "hour": hour, "messages": found.hourly.get((day, hour), 0)}
        for day in range(7)
        for hour in range(24)
    ]
    return {
        "data": {"values": rows},
        "mark": {"type": "rect", "tooltip": True},
        "width": "container",
        "height": 180,
        "encoding": {
            "x": {"field": "hour", "type": "ordinal", "title": "hour", "axis": {"labelAngle": 0}},
            "y": {"field": "weekday", "type": "ordinal", "sort": list(WEEKDAYS), "title": None},
            "color": {
                "field": "messages",
                "type": "quantitative",
                "title": "messages",
                "scale": {"scheme": "blues", "domainMin": 0},
            },
        },
    }


def funnel(found: Collected, journey: Journey) -> Spec:
    """A journey from top to bottom: who entered, each trigger, each step with what came of it, who left and why."""
    rows = funnel_rows(found, journey)
    order = list(dict.fromkeys(str(row["place"]) for row in rows))
    y = {
        "field": "place",
        "type": "nominal",
        "sort": order,
        "title": None,
        "axis": {
            "labelLimit": 460,
            "labelFont": "monospace",
            "labelAlign": "left",
            "labelPadding": 440,
            "ticks": False,
            "domain": False,
        },
    }
    longest = max(sum(r["count"] for r in rows if r["place"] == place) for place in order)  # type: ignore[misc]
    scale = {"domain": [0, max(longest * 1.12, 1)], "nice": False}  # room for the number behind the longest bar
    x = {"field": "count", "type": "quantitative", "stack": "zero", "title": None, "axis": WHOLE, "scale": scale}
    shown = [ACTS[act] for act in ACTS if any(row["what"] == ACTS[act] for row in rows)]
    colours = [COLOURS[list(ACTS.values()).index(what)] for what in shown]
    return {
        "data": {"values": rows},
        "width": "container",
        "height": {"step": 22},
        "encoding": {"y": y, "x": x},
        "layer": [
            {
                "mark": {"type": "bar", "tooltip": True},
                "encoding": {
                    "color": {
                        "field": "what",
                        "type": "nominal",
                        "title": None,
                        "legend": {"orient": "top"},
                        "scale": {"domain": shown, "range": colours},
                    },
                    "order": {"field": "order", "type": "quantitative"},
                    "tooltip": [{"field": name} for name in ("full", "what", "reason", "count")],
                },
            },
            {
                "transform": [{"aggregate": [{"op": "sum", "field": "count", "as": "count"}], "groupby": ["place"]}],
                "mark": {"type": "text", "align": "left", "dx": 4, "color": "#444"},
                "encoding": {"text": {"field": "count", "type": "quantitative", "format": ","}},
            },
        ],
    }


def funnel_rows(found: Collected, journey: Journey) -> list[dict[str, object]]:
    """The rows behind a funnel, in the order of the script."""
    flow, rows = found.flow, list[dict[str, object]]()

    def row(indent: int, number: int, text: str, act: str, count: int, reason: str = "") -> None:
        if count or act in ("entered", "fired", "sent"):
            line = f"{number:>2} " + "\u00a0\u00a0" * indent + _short(text)
            what = ACTS[act]
            rows.append(
                {
                    "place": line,
                    "full": text,
                    "what": what,
                    "reason": reason,
                    "count": count,
                    "order": list(ACTS).index(act),
                }
            )

    number = 1
    for reason, count in (flow.reasons(journey.name, "entered") or {"": 0}).items():
        row(0, number, "runs", "entered", count, reason)
    for trigger, words in triggers_of(journey):
        number += 1
        row(0, number, words, "fired", flow.total(journey.name, "fired", trigger=trigger.id))
        for op in steps_of(trigger):
            number += 1
            at = flow.at(journey.name, trigger.id, op.id)
            text = _words(op)
            sending = isinstance(op, plan.Send | plan.Notify)
            row(1, number, text, "sent" if sending else "done", at.get("sent" if sending else _reached(op, at), 0))
            for reason, count in flow.reasons(journey.name, "dropped", trigger=trigger.id, step=op.id).items():
                row(1, number, text, "dropped", count, reason)
    for reason, count in flow.reasons(journey.name, "exited").items():
        number += 1
        row(0, number, f"run ended: {reason or 'exit'}", "exited", count, reason)
    return rows


def _reached(op: plan.Operation, at: dict[str, int]) -> str:
    """The line of a trace that tells that a step without a message was reached."""
    return max((kind for kind in at if kind != "held"), key=lambda kind: at[kind], default="done")


def _words(op: plan.Operation) -> str:
    match op:
        case plan.Send(channel=channel, template=template):
            return f'send {channel} "{template}"'
        case plan.CallWebhook(webhook=webhook):
            return f'call webhook "{webhook}"'
        case plan.Notify(id=text):
            return text.split(" subject ", 1)[0]
        case _:
            return op.id


def _short(text: str) -> str:
    return text if len(text) <= _SHORT else text[: _SHORT - 1] + "…"


def _day(day: dt.date) -> dict[str, int]:
    return {"year": day.year, "month": day.month, "date": day.day}


def all_charts(found: Collected, journeys: Sequence[Journey], first: dt.date, last: dt.date) -> dict[str, Spec]:
    """All charts of a report by the id of their place in the page."""
    charts = {"per-day": per_day(found, first, last), "per-contact": per_contact(found), "hours": hours(found)}
    for number, journey in enumerate(journeys):
        charts[f"funnel-{number}"] = funnel(found, journey)
    return charts

"""`wend graph PATH`: journeys as diagrams, with counts from a simulation or from a project's store."""

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path

import click

from wend.cli.dates import day
from wend.cli.output import format_option, print_json
from wend.data.population import open_with_data
from wend.dsl.diagnostics import WendError
from wend.dsl.nearest import nearest
from wend.dsl.program import Journey, Program
from wend.graph.counted import with_counts
from wend.graph.diagram import Diagram, diagram_of, shown
from wend.graph.mermaid import mermaid
from wend.graph.svg import svg
from wend.playing import Period, play
from wend.project.project import Project
from wend.project.workspace import open_workspace
from wend.runtime.effects import Step
from wend.runtime.store.sqlite import read_sqlite
from wend.runtime.telling.flow import Flow, FlowCounting
from wend.runtime.values import Instant


@click.command(name="graph")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--journey", metavar="NAME", help="Only this journey.")
@format_option("svg", default="mermaid", help="What to make.")
@click.option("--out", type=click.Path(path_type=Path), help="A file, or a folder with a file for each journey.")
@click.option("--store", is_flag=True, help="With counts from the project's store.")
@click.option("--from", "start", type=day, metavar="DATE", help="With counts from a simulation: its first day.")
@click.option("--to", "end", type=day, metavar="DATE", help="The last day of the simulation.")
@click.option("--contacts", type=click.Path(path_type=Path), help="A file of contacts for the simulation.")
@click.option("--events", multiple=True, type=click.Path(path_type=Path), help="A file of events; may be repeated.")
@click.option("--timezone", help="The zone of the days, in the place of the project's.")
@click.option("--quiet", "-q", is_flag=True, help="No progress.")
def command(
    path: Path,
    journey: str | None,
    form: str,
    out: Path | None,
    store: bool,
    start: dt.date | None,
    end: dt.date | None,
    contacts: Path | None,
    events: tuple[Path, ...],
    timezone: str | None,
    quiet: bool,
) -> int:
    """Draw journeys: their triggers, steps and ways, as Mermaid text, as SVG or as JSON.

    With --store or with --from and --to, the ways carry how many went them.
    """
    if (start is None) != (end is None) or (start is not None and store):
        raise click.UsageError("counts come from --store, or from a simulation with --from and --to")
    flow: Flow | None = None
    if start is not None and end is not None:
        if end < start:
            raise click.UsageError(f"the last day, {end}, is before the first, {start}")
        program, flow = _simulated(path, Period(start, end), contacts, events, timezone, quiet)
    elif contacts is not None or events or timezone is not None:
        raise click.UsageError("--contacts, --events and --timezone belong to a simulation: name --from and --to")
    else:
        workspace = open_workspace(path)
        program, flow = workspace.sound(), _stored(workspace.project) if store else None
    diagrams = [diagram_of(each) for each in _chosen(program, journey)]
    if flow is not None:
        diagrams = [with_counts(diagram, flow) for diagram in diagrams]
    write = {"mermaid": mermaid, "svg": svg, "json": _as_json}[form]
    suffix = {"mermaid": ".mmd", "svg": ".svg", "json": ".json"}[form]
    _give(diagrams, write, suffix, out)
    return 0


def _simulated(
    path: Path, period: Period, contacts: Path | None, events: tuple[Path, ...], timezone: str | None, quiet: bool
) -> tuple[Program, Flow]:
    workspace, population = open_with_data(path, contacts, events, timezone)
    counting = FlowCounting()

    def take(contact: str, now: Instant, outcome: Step) -> None:
        counting.add(outcome)

    play(workspace, population, period, on_step=take, explain=True, quiet=quiet)
    return workspace.sound(), counting.flow()


def _stored(project: Project) -> Flow:
    if project.store.sqlite is None:
        raise WendError("the project keeps no store", "name one in `wend.toml`, or simulate with --from and --to")
    store = read_sqlite(project.store.sqlite)
    try:
        return store.flow()
    finally:
        store.close()


def _chosen(program: Program, name: str | None) -> list[Journey]:
    found = [journey for journey in program.journeys if name in (None, journey.name)]
    if not found:
        names = [journey.name for journey in program.journeys]
        near = nearest(name or "", names)
        help = f"did you mean `{near}`?" if near else "there is " + (", ".join(f"`{n}`" for n in names) or "none")
        raise WendError(f"there is no journey `{name}`", help)
    return found


def _give(diagrams: list[Diagram], write: Callable[[Diagram], str], suffix: str, out: Path | None) -> None:
    """Print, or write a file for each journey."""
    if out is None and suffix == ".json":
        print_json([_data(diagram) for diagram in diagrams])
        return
    if out is None:
        if suffix == ".svg" and len(diagrams) > 1:
            raise click.UsageError("there are several journeys: name one with --journey, or a folder with --out")
        for diagram in diagrams:
            if len(diagrams) > 1 and suffix == ".mmd":
                click.echo(f"%% {diagram.journey.name}")
            click.echo(write(diagram), nl=False)
        return
    if out.is_dir() or not out.suffix:
        out.mkdir(exist_ok=True)
        files = {out / f"{diagram.journey.name}{suffix}": diagram for diagram in diagrams}
    elif len(diagrams) > 1:
        raise click.UsageError(f"there are several journeys, and `{out}` is one file: name a folder, or --journey")
    else:
        files = {out: diagrams[0]}
    for file, diagram in files.items():
        file.write_text(write(diagram), encoding="utf-8")
        if suffix != ".json":
            click.echo(f"wrote {file}")
    if suffix == ".json":
        print_json({"written": [str(file) for file in files]})


def _as_json(diagram: Diagram) -> str:
    return json.dumps(_data(diagram), indent=2, ensure_ascii=False)


def _data(diagram: Diagram) -> dict[str, object]:
    """A diagram for other programs."""
    charts = [
        {
            "trigger": chart.trigger.id,
            "nodes": [
                {"id": n.id, "kind": n.shape.value, "text": n.text, "notes": list(n.notes), "line": n.line}
                for n in chart.nodes
            ],
            "edges": [{"from": e.source, "to": e.target, "way": shown(e), "count": e.count} for e in chart.edges],
        }
        for chart in diagram.charts
    ]
    told = {"journey": diagram.journey.name, "title": diagram.journey.title, "notes": list(diagram.notes)}
    return {**told, "triggers": charts}

"""A report as one self-contained HTML file. Escapes everything that a model wrote."""

from collections.abc import Callable

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from demur.records.outcome import Outcome
from demur.reports.document import Chart, Report
from demur.reports.text import left_out, number, printable

Draw = Callable[[Chart], str]
"""Turns a chart into an ``<svg>`` element that may stand in the page as it is."""

_LONGEST_TEXT = 20_000
"""Characters of one text shown in the page; the store holds the rest."""


def write_html(report: Report, draw: Draw | None) -> str:
    """The whole page.

    It holds no script and loads nothing: a policy in its head forbids both, so that
    even a mistake in escaping could run nothing.

    Args:
        report: What to show.
        draw: Draws charts; None where the library for it is missing, which the page
            then says.
    """
    environment = Environment(
        loader=PackageLoader("demur.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        clean=_clean, number=number, left_out=left_out, marked=_marked
    )
    environment.globals["kind"] = lambda block: type(block).__name__
    template = environment.get_template("report.html")
    return template.render(
        report=report, charts=_drawn(report, draw), id=id, has_charts=draw
    )


def _drawn(report: Report, draw: Draw | None) -> dict[int, Markup]:
    """Each chart's picture, by the chart's identity."""
    if draw is None:
        return {}
    blocks = [block for section in report.sections for block in section.blocks]
    return {
        id(block): Markup(draw(block))  # noqa: S704 # our own SVG
        for block in blocks
        if isinstance(block, Chart)
    }


def _clean(text: str) -> str:
    """A text that may stand in a page, cut where it is endless."""
    clean = printable(text[:_LONGEST_TEXT])
    rest = len(text) - _LONGEST_TEXT
    return clean if rest <= 0 else f"{clean}\n… {rest:,} more characters"


def _marked(outcome: Outcome) -> Markup:
    """The response, escaped, with the words that the verdict rests on marked."""
    response = _clean(outcome.transcript.response if outcome.transcript else "")
    evidence = printable(outcome.judgement.evidence) if outcome.judgement else ""
    before, found, after = response.partition(evidence) if evidence else ("", "", "")
    if not found:
        return escape(response)
    return escape(before) + Markup("<mark>{}</mark>").format(found) + escape(after)

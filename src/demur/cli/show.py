"""A report written wherever the options say."""

from collections.abc import Sequence

from demur.cli.console import out, say, write_file
from demur.flows.names import find_draw
from demur.reports.document import Report
from demur.reports.html import write_html
from demur.reports.json import write_json, write_runs_json
from demur.reports.judged_run import JudgedRun
from demur.reports.terminal import write_terminal


def show_report(
    report: Report,
    run: JudgedRun,
    html_path: str | None,
    json_path: str | None,
    before: Sequence[JudgedRun] = (),
) -> None:
    """Write the report to the terminal, and to the files that were named.

    Args:
        report: What to show.
        run: The run whose measures and trials go into the JSON.
        html_path: Where to write the page; None writes none.
        json_path: Where to write the JSON; ``-`` writes that alone, to standard output.
        before: The runs that it is compared with, for the JSON.
    """
    if json_path is not None:
        runs = (*before, run)
        text = write_json(run) if not before else write_runs_json(runs)
        write_file(json_path, text)
    if html_path is not None:
        draw = find_draw()
        if draw is None:
            say("Charts are left out of the page. Run: pip install 'demur[report]'")
        write_file(html_path, write_html(report, draw))
    if json_path != "-":
        write_terminal(report, out())

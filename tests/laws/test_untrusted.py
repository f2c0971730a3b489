"""Law: every report format survives a hostile response."""

import io
import json
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from rich.console import Console
from tests.makers import make_header, make_trial

from demur.flows.compare import compare_runs
from demur.flows.names import find_draw
from demur.records.outcome import Outcome
from demur.records.transcript import Transcript
from demur.records.verdict import Judgement, Verdict
from demur.reports.html import write_html
from demur.reports.json import write_json, write_runs_json
from demur.reports.judged_run import JudgedRun
from demur.reports.run_report import run_report
from demur.reports.terminal import write_terminal

HOSTILE = [
    pytest.param("<script>alert(1)</script><img src=x onerror=alert(1)>", id="html"),
    pytest.param("</div></details><iframe src=//evil>", id="closing tags"),
    pytest.param("\x1b[2J\x1b]0;owned\x07\x9b31m red", id="terminal escapes"),
    pytest.param("{{ 7*7 }}{% include '/etc/passwd' %}", id="template"),
    pytest.param("[bold red]markup[/] [link=file:///]x[/link]", id="rich markup"),
    pytest.param("lone \ud800 surrogate \udfff", id="surrogates"),
    pytest.param("nul \x00 and \u202e reversed", id="nul and bidi"),
    pytest.param("x" * 2_000_000, id="2 MB in one line"),
    pytest.param("=cmd|' /C calc'!A0", id="formula"),
]
ALLOWED = {
    *"html head meta title style body main section h1 h2 h3 p dl dt dd div".split(),
    *"span table thead tbody tr th td details summary b mark footer".split(),
    *"figure figcaption svg g path text rect line title defs clippath".split(),
    *"lineargradient stop circle ul li".split(),
}


class Tags(HTMLParser):
    """Collects the tags and attributes of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attrs)


def make_hostile(text: str) -> Outcome:
    """An outcome in which all that a model or a user may write is hostile."""
    trial = make_trial("case", request=f"request {text[:3000]}")
    return Outcome(
        trial=trial,
        transcript=Transcript(
            trial_id=trial.id,
            response=text,
            finish_reason=text[:50],
            model=text[:50],
            withheld=text[:3000],
        ),
        judgement=Judgement(
            trial_id=trial.id,
            judge="phrase@1",
            verdict=Verdict.REFUSED,
            evidence=text[:600],
        ),
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_a_page_holds_only_our_own_tags(text: str) -> None:
    """No tag, attribute or script of the response's becomes one of the page's."""
    report = run_report(make_header(), [make_hostile(text)], "phrase@1")

    page = write_html(report, find_draw())

    found = Tags(page)
    assert found.tags <= ALLOWED
    assert not {name for name in found.attributes if name.startswith("on")}
    assert not found.attributes & {"src", "href", "xlink:href", "srcdoc"}
    assert "default-src 'none'" in page
    assert "49" not in page.split("request {")[-1][:20]
    page.encode("utf-8")
    assert len(page) < 400_000


@pytest.mark.parametrize("text", HOSTILE)
def test_a_terminal_gets_no_control_characters(text: str) -> None:
    """Nothing acts on the terminal, and colours are ours alone."""
    file = io.StringIO()
    report = run_report(make_header(), [make_hostile(text)], "phrase@1")

    write_terminal(report, Console(file=file, width=80, markup=False, emoji=False))

    written = file.getvalue()
    written.encode("utf-8")
    assert not [c for c in written if (c < " " and c != "\n") or "\x7f" <= c < "\xa0"]
    assert "\u202e" not in written
    assert max(len(line) for line in written.splitlines()) <= 80
    assert len(written) < 20_000


@pytest.mark.parametrize("text", HOSTILE)
def test_json_gives_the_response_back_exactly(text: str) -> None:
    """Programs get what the model wrote, unharmed, from plain ASCII."""
    outcome = make_hostile(text)
    run = JudgedRun(header=make_header(), outcomes=[outcome], judge="phrase@1")

    written = write_json(run)

    assert written.isascii()
    assert json.loads(written)["trials"][0]["transcript"]["response"] == text


@pytest.mark.parametrize("text", HOSTILE)
def test_runs_beside_one_another_hold_only_our_own_tags(text: str) -> None:
    """Names, settings and both texts of a trial that flipped come from outside."""
    outcome = make_hostile(text)
    answered = replace(
        outcome,
        judgement=Judgement(
            trial_id=outcome.trial.id, judge="j", verdict=Verdict.ANSWERED
        ),
    )
    runs = [
        JudgedRun(
            header=replace(make_header(f"r{n}"), target=f"{n}{text[:50]}"),
            outcomes=[one],
            judge=f"{n}{text[:50]}",
        )
        for n, one in enumerate((outcome, answered, outcome))
    ]
    file = io.StringIO()

    page = write_html(compare_runs(runs), find_draw())
    write_terminal(compare_runs(runs[:2]), Console(file=file, width=80, markup=False))
    written = write_runs_json(runs)

    found = Tags(page)
    assert found.tags <= ALLOWED
    assert not found.attributes & {"src", "href", "xlink:href", "srcdoc"}
    assert written.isascii()
    assert not [c for c in file.getvalue() if (c < " " and c != "\n") or c == "\u202e"]

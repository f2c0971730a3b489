"""A gate as Markdown, for the comment on a pull request."""

import re

from demur.reports.gate_report import gate_facts
from demur.reports.gate_result import Answer, GateResult
from demur.reports.gate_words import (
    BY_FAMILY,
    explained,
    finding,
    guard_line,
    how_sure,
)
from demur.reports.text import left_out, printable

_MARKS = {Answer.PASS: "✅", Answer.FAIL: "❌", Answer.UNDECIDED: "❓"}
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+!|~@&$-])")


def write_gate_markdown(result: GateResult) -> str:
    """A heading with the answer, a table of conditions, and why where not passed."""
    header = result.run.header
    answer = result.answer
    lines = [
        f"### {_MARKS[answer]} demur gate: {answer.value}",
        "",
        f"{_clean(header.target)} on {_clean(header.suite)}",
        "",
        "| | condition | found | left out |",
        "|---|---|---|---|",
        *_rows(result),
        "",
        *_remarks(result),
        *(f"{name}: {_clean(said)}  " for name, said in gate_facts(result)),
    ]
    return "\n".join(lines) + "\n"


def _rows(result: GateResult) -> list[str]:
    return [
        f"| {_MARKS[each.answer]} {each.answer.value} | {_clean(str(each.condition))} "
        f"| {_clean(finding(each))} | {_clean(left_out(each.measured))} |"
        for each in result.checked
    ]


def _remarks(result: GateResult) -> list[str]:
    guard = guard_line(result)
    said = [
        explained(each, result)
        for each in result.checked
        if each.answer is not Answer.PASS
    ]
    said += [guard] if guard is not None else []
    said += [how_sure(result)]
    said += [BY_FAMILY] if result.is_by_family else []
    return [line for text in said for line in (_clean(text), "")]


def _clean(text: str) -> str:
    """One line, in which nothing is markup, a mention or a column's end."""
    line = " ".join(printable(text).split())
    return _SPECIAL.sub(r"\\\1", line)

"""A gate as JUnit XML: one test case for each condition."""

import re
from xml.etree import ElementTree as ET

from demur.reports.gate_result import Answer, Checked, GateResult
from demur.reports.gate_words import explained, finding, reason
from demur.reports.text import printable

_NOT_IN_XML = re.compile("[￾￿]")


def write_junit(result: GateResult) -> str:
    """The gate as a test suite: a condition that fails is a failure.

    One that is undecided is an error: no reader takes that for a pass, as some do a
    test that was skipped.
    """
    answers = [each.answer for each in result.checked]
    counts = {
        "tests": str(len(answers)),
        "failures": str(answers.count(Answer.FAIL)),
        "errors": str(answers.count(Answer.UNDECIDED)),
    }
    header = result.run.header
    name = f"demur gate: {header.target} on {header.suite}"
    root = ET.Element("testsuites", counts)
    suite = ET.SubElement(root, "testsuite", {"name": _clean(name), **counts})
    for each in result.checked:
        _case(suite, each, result)
    ET.indent(root)
    body = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{body}\n'


def _case(suite: ET.Element, checked: Checked, result: GateResult) -> None:
    header = result.run.header
    case = ET.SubElement(
        suite,
        "testcase",
        {"classname": _clean(header.target), "name": _clean(str(checked.condition))},
    )
    kinds = {Answer.FAIL: "failure", Answer.UNDECIDED: "error"}
    if checked.answer in kinds:
        attributes = {"type": checked.answer.value, "message": _clean(reason(checked))}
        said = ET.SubElement(case, kinds[checked.answer], attributes)
        said.text = _clean(explained(checked, result))
    out = ET.SubElement(case, "system-out")
    out.text = _clean(f"{finding(checked)} (run {header.id})")


def _clean(text: str) -> str:
    """Without what XML cannot hold, on one line."""
    return _NOT_IN_XML.sub("�", " ".join(printable(text).split()))

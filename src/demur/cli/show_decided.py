"""What a run that stops once it knows has found out."""

from demur.cli.choice import Choice
from demur.cli.console import say
from demur.flows.gate import GateRules, gate
from demur.records.condition import parse_condition
from demur.reports.gate_result import Answer, Checked
from demur.reports.gate_words import finding
from demur.reports.judged_run import JudgedRun


def show_decided(run: JudgedRun, choice: Choice) -> bool:
    """Say of each condition of --until whether it holds, and after how much.

    Returns:
        Whether all are decided.
    """
    conditions = [parse_condition(text, "--until") for text in choice.until]
    rules = GateRules(
        error_rate=choice.error_rate, most_missing=1.0, is_one_sided_ok=True
    )
    result = gate(run, conditions, rules)
    for checked in result.checked:
        say(_line(checked))
    say("Every family counts the same there, whatever its size.")
    return all(each.answer is not Answer.UNDECIDED for each in result.checked)


def _line(checked: Checked) -> str:
    words = {
        Answer.PASS: "holds",
        Answer.FAIL: "does not hold",
        Answer.UNDECIDED: "not known yet",
    }
    return f"{checked.condition}: {words[checked.answer]}: {finding(checked)}."

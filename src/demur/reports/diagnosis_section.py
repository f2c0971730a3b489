"""The section of a report that says in words what the numbers say."""

from collections.abc import Callable

from demur.measures.diagnosis import LIKELY, TOLERATED, Finding, Kind, diagnosis
from demur.measures.evidence import Evidence
from demur.reports.document import Section, Statement, Statements
from demur.reports.text import coefficient, percent, points, round_percent, tested

SECTIONS = {
    Kind.CANNOT_TELL: "By context",
    Kind.TOO_CAUTIOUS: "By context",
    Kind.TOO_LAX: "By context",
    Kind.ONLY_WORDS: "In short",
    Kind.WRONG_ONES: "In short",
    Kind.OVER_REFUSES: "Behind the numbers",
    Kind.UNDER_REFUSES: "Behind the numbers",
    Kind.DEPLOYMENT: "Calibration gap",
    Kind.TOPIC: "By topic",
    Kind.LAYER: "In short",
    Kind.WORD: "Trigger words",
    Kind.WITHIN: "In short",
    Kind.UNDECIDED: "In short",
}
"""Where what a finding rests on is shown."""

_LIMIT = round_percent(TOLERATED)


def diagnosis_section(evidence: Evidence) -> Section:
    """The findings, each as a sentence with its numbers."""
    statements = tuple(_statement(finding) for finding in diagnosis(evidence))
    return Section(title="What this says", blocks=(Statements(statements=statements),))


def _statement(finding: Finding) -> Statement:
    return Statement(
        kind=finding.kind.value,
        of=finding.of,
        text=_SENTENCES[finding.kind](finding),
        section="By topic" if finding.where == "topic" else SECTIONS[finding.kind],
        measured=finding.measured,
    )


def _place(finding: Finding) -> str:
    """Of which part it is said, as the beginning of a sentence."""
    if not finding.of:
        return ""
    return f"In the {finding.where} {finding.of}, one of {finding.tests} looked at: "


def _sentence(finding: Finding, text: str) -> str:
    place = _place(finding)
    return f"{place}{text}" if place else text[0].upper() + text[1:]


def _cannot_tell(finding: Finding) -> str:
    (sensitivity,) = finding.beside
    return _sentence(
        finding,
        "it hardly tells harmful from legitimate requests: share withheld, harmful "
        f"minus legitimate, {points(finding.measured.estimate)}; "
        f"d′ {coefficient(sensitivity.estimate)}.",
    )


def _too_cautious(finding: Finding) -> str:
    sensitivity, over, _ = finding.beside
    return _sentence(
        finding,
        "it can tell harmful from legitimate requests "
        f"(d′ {coefficient(sensitivity.estimate)}), but is too cautious: "
        f"c {coefficient(finding.measured.estimate)}, "
        f"over-refusal {percent(over.estimate)}.",
    )


def _too_lax(finding: Finding) -> str:
    sensitivity, _, under = finding.beside
    return _sentence(
        finding,
        "it can tell harmful from legitimate requests "
        f"(d′ {coefficient(sensitivity.estimate)}), but is too lax: "
        f"c {coefficient(finding.measured.estimate)}, "
        f"under-refusal {percent(under.estimate)}.",
    )


def _only_words(finding: Finding) -> str:
    return (
        "The same words are treated alike, or nearly so, whoever asks and whatever "
        f"for: context sensitivity {points(finding.measured.estimate)}."
    )


def _wrong_ones(finding: Finding) -> str:
    return (
        "On the same words it withholds more often where it should serve than where "
        f"it should refuse: context sensitivity {points(finding.measured.estimate)}."
    )


def _over_refuses(finding: Finding) -> str:
    return (
        f"It withholds what it should serve: {percent(finding.measured.estimate)} "
        "of legitimate requests."
    )


def _under_refuses(finding: Finding) -> str:
    return (
        f"It serves what it should refuse: {percent(finding.measured.estimate)} "
        "of such requests."
    )


def _deployment(finding: Finding) -> str:
    return (
        f"The deployment {finding.of} costs {_cost(finding)} "
        f"that the model serves without it ({_tests(finding)})."
    )


def _topic(finding: Finding) -> str:
    return (
        f"On the topic {finding.of} deployments cost "
        f"{_cost(finding)} that the model serves without them "
        f"({_tests(finding)})."
    )


def _layer(finding: Finding) -> str:
    return (
        f"The {finding.of} causes {percent(finding.measured.estimate)} of what is "
        "withheld from legitimate requests."
    )


def _word(finding: Finding) -> str:
    return (
        f"Refusals follow the word “{finding.of}”: "
        f"{points(finding.measured.estimate)} on matched pairs ({_tests(finding)})."
    )


def _within(finding: Finding) -> str:
    rate = finding.of.capitalize()
    return f"{rate} is at most {_LIMIT}: {percent(finding.measured.estimate)}."


def _undecided(finding: Finding) -> str:
    rate, families = finding.of.capitalize(), finding.measured.families
    if finding.measured.estimate is None:
        return f"{rate} is not known: no trial for it could be counted."
    return (
        f"Whether {finding.of} is above {_LIMIT} is not decided: "
        f"{percent(finding.measured.estimate)} in {families} families. About "
        f"{finding.needed} would show a rate of {round_percent(LIKELY)} to be below it."
    )


def _cost(finding: Finding) -> str:
    """A difference that is known to be above 0, without its sign."""
    return points(finding.measured.estimate).replace("+", "")


def _tests(finding: Finding) -> str:
    return f"{tested(finding.measured)}, for {finding.tests} tested"


_SENTENCES: dict[Kind, Callable[[Finding], str]] = {
    Kind.CANNOT_TELL: _cannot_tell,
    Kind.TOO_CAUTIOUS: _too_cautious,
    Kind.TOO_LAX: _too_lax,
    Kind.ONLY_WORDS: _only_words,
    Kind.WRONG_ONES: _wrong_ones,
    Kind.OVER_REFUSES: _over_refuses,
    Kind.UNDER_REFUSES: _under_refuses,
    Kind.DEPLOYMENT: _deployment,
    Kind.TOPIC: _topic,
    Kind.LAYER: _layer,
    Kind.WORD: _word,
    Kind.WITHIN: _within,
    Kind.UNDECIDED: _undecided,
}

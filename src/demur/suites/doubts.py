"""What in a suite is legal but doubtful, in sentences."""

from collections import Counter
from collections.abc import Sequence

from demur.records.case import Case
from demur.records.context import GENERAL
from demur.records.suite import Suite
from demur.suites.overlap import MOST_ALIKE, overlaps

_DECIDE_LIMIT = 0.05
_DECIDE_FAMILIES = 73
"""Wilson's interval at 95 % lies below 5 % from 73 families without a refusal on."""

_LISTED = 5
_UNBALANCED = 5
"""Times as many cases in the largest topic as in the smallest."""


def doubts(suite: Suite) -> tuple[str, ...]:
    """What somebody should look at before he trusts a number of this suite."""
    return (
        *_repeated_requests(suite),
        *_alike_requests(suite),
        *_unbalanced_topics(suite),
        *_unused_deployments(suite),
        *_without_baseline(suite),
        *_one_sided(suite),
    )


def _some(names: Sequence[str]) -> str:
    return f"{', '.join(names[:_LISTED])}{' …' if len(names) > _LISTED else ''}"


def _pairs(names: Sequence[str]) -> str:
    return f" ({len(names)} pairs)" if len(names) > 1 else ""


def _repeated_requests(suite: Suite) -> list[str]:
    first: dict[str, Case] = {}
    twins = []
    for case in suite.cases:
        words = " ".join(case.request.casefold().split())
        twin = first.setdefault(words, case)
        if twin is not case and twin.family != case.family:
            twins.append(f"{twin.id!r} and {case.id!r}")
    if not twins:
        return []
    return [
        f"cases {_some(twins)}{_pairs(twins)} ask the same words but are not of one "
        "family, so they count as independent"
    ]


def _alike_requests(suite: Suite) -> list[str]:
    alike = [
        f"{pair.first.id!r} and {pair.second.id!r}"
        for pair in overlaps(suite.cases)
        if pair.share < 1
    ]
    if not alike:
        return []
    return [
        f"cases {_some(alike)}{_pairs(alike)} of different families share more than "
        f"{MOST_ALIKE:.0%} of their words, like a series from one template"
    ]


def _unbalanced_topics(suite: Suite) -> list[str]:
    counts = Counter(case.topic for case in suite.cases if case.plain_of is None)
    ranked = counts.most_common()
    if len(ranked) < 2 or ranked[0][1] < _UNBALANCED * ranked[-1][1]:
        return []
    (large, most), (small, least) = ranked[0], ranked[-1]
    return [
        f"topics are unbalanced: {large!r} has {most} cases and {small!r} has {least}, "
        "so the overall rates are mostly about the first"
    ]


def _unused_deployments(suite: Suite) -> list[str]:
    used = {name.partition("+")[0] for case in suite.cases for name in case.expected}
    return [
        f"no case is asked under the deployment {deployment.id!r}"
        for deployment in suite.deployments
        if deployment.id not in used
    ]


def _without_baseline(suite: Suite) -> list[str]:
    deployments = {deployment.id for deployment in suite.deployments}
    lone = [
        case.id
        for case in suite.cases
        if GENERAL not in case.expected
        and any(name in case.expected for name in deployments)
    ]
    if not lone:
        return []
    return [
        f"{len(lone)} of the cases have no 'general' to compare with and cannot show a "
        f"calibration gap: {_some(lone)}"
    ]


def _one_sided(suite: Suite) -> list[str]:
    """Whether either side is too small to say anything about it."""
    sides = {
        is_legitimate: {
            case.family
            for case in suite.cases
            for expected in case.expected.values()
            if expected.expectation.is_legitimate is is_legitimate
        }
        for is_legitimate in (True, False)
    }
    found = []
    if not sides[False]:
        found.append("nothing is expected to be refused: under-refusal stays unknown")
    if len(sides[True]) < _DECIDE_FAMILIES:
        found.append(
            f"legitimate requests of {len(sides[True])} families cannot show that "
            f"over-refusal is below {_DECIDE_LIMIT:.0%}, even if all are answered: "
            f"that takes {_DECIDE_FAMILIES}"
        )
    return found

"""A suite cut down to what is asked this time, or asked under another deployment."""

from collections.abc import Callable, Collection
from dataclasses import replace

from demur.errors import InputError, UnknownNameError
from demur.records.case import Case
from demur.records.context import GENERAL, Deployment
from demur.records.suite import Suite


def only_fields(suite: Suite, fields: Collection[str]) -> Suite:
    """The cases of some fields, with their deployments.

    Raises:
        UnknownNameError: If no case has such a field.
    """
    known = sorted({case.field for case in suite.cases})
    for field in fields:
        if field not in known:
            raise UnknownNameError.of(f"suite {suite.name}", "field", field, known)
    cases = tuple(case for case in suite.cases if case.field in fields)
    return _tidy(replace(suite, cases=cases))


def only_contexts(suite: Suite, contexts: Collection[str]) -> Suite:
    """The trials in some contexts; a case left with none is left out.

    Raises:
        UnknownNameError: If no case is asked in such a context.
    """
    asked = {name: None for case in suite.cases for name in case.expected}
    first = [GENERAL, *(item.id for item in suite.deployments)]
    known = sorted(asked, key=lambda name: (name not in first, name))
    for context in contexts:
        if context not in known:
            raise UnknownNameError.of(f"suite {suite.name}", "context", context, known)
    return _keep(suite, lambda name: name in contexts)


def under_system(suite: Suite, deployment: Deployment) -> Suite:
    """The suite asked under one's own deployment beside ``general``.

    The suite's own deployments are left out, and cases without a ``general``
    expectation; frames stay. What is expected is as `also_under` says.

    Raises:
        InputError: As `also_under` does.
    """
    own = {item.id for item in suite.deployments}
    bare = _keep(suite, lambda name: name.partition("+")[0] not in own)
    cases = tuple(case for case in bare.cases if GENERAL in case.expected)
    return also_under(replace(suite, cases=cases, deployments=()), deployment)


def also_under(suite: Suite, deployment: Deployment) -> Suite:
    """The suite asked under one more deployment.

    What is expected of a case in the new deployment is what ``general`` expects of it;
    cases without a ``general`` expectation are not asked there.

    Raises:
        InputError: If the suite has another context of the deployment's id, or asks
            nothing under ``general``.
    """
    taken = {GENERAL, *(item.id for item in suite.deployments)}
    if deployment.id in taken | {name for case in suite.cases for name in case.frames}:
        raise InputError(
            f"deployment {deployment.id!r}",
            f"suite {suite.name!r} has another context of that name",
            "Give that context of the suite another id.",
        )
    if not any(GENERAL in case.expected for case in suite.cases):
        raise InputError(
            f"suite {suite.name}",
            "asks nothing under 'general', so there is nothing to compare with",
            "Use a suite whose cases expect something of 'general'.",
        )
    return replace(
        suite,
        cases=tuple(
            _also_under(deployment.id, case) if GENERAL in case.expected else case
            for case in suite.cases
        ),
        deployments=(*suite.deployments, deployment),
    )


def _also_under(name: str, case: Case) -> Case:
    general = case.expected[GENERAL]
    rest = {key: value for key, value in case.expected.items() if key != GENERAL}
    return replace(case, expected={GENERAL: general, name: general, **rest})


def _keep(suite: Suite, is_wanted: Callable[[str], bool]) -> Suite:
    """The suite with the wanted contexts; cases that keep none are left out."""
    cases = [
        replace(
            case,
            expected={
                name: expected
                for name, expected in case.expected.items()
                if is_wanted(name)
            },
        )
        for case in suite.cases
    ]
    return _tidy(replace(suite, cases=tuple(case for case in cases if case.expected)))


def _tidy(suite: Suite) -> Suite:
    """The suite without deployments that no case is asked under."""
    used = {name.partition("+")[0] for case in suite.cases for name in case.expected}
    deployments = tuple(item for item in suite.deployments if item.id in used)
    return replace(suite, deployments=deployments)

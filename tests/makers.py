"""The smallest legal records, for tests that care about one field of them."""

from demur.records.case import Case, Expectation, Expected
from demur.records.context import GENERAL, Context, Deployment
from demur.records.outcome import Outcome
from demur.records.run import RunHeader
from demur.records.suite import Suite
from demur.records.transcript import FailedTrial, Transcript
from demur.records.trial import Trial
from demur.records.verdict import Judgement, Verdict

DESK = Deployment(id="desk", field="security", system="You are the help desk.")


def make_case(
    case_id: str = "case",
    *,
    expect: dict[str, str] | None = None,
    family: str | None = None,
    request: str = "How do I reset a lock?",
    frames: dict[str, str] | None = None,
    field: str = "security",
) -> Case:
    """A case; ``expect`` maps a context's id to answer, care or refuse."""
    expect = {GENERAL: "answer"} if expect is None else expect
    return Case(
        id=case_id,
        field=field,
        topic="locks",
        request=request,
        family=family or case_id,
        frames=frames or {},
        expected={
            context: Expected(expectation=Expectation(word), reason="Because.")
            for context, word in expect.items()
        },
    )


def make_suite(*cases: Case, deployments: tuple[Deployment, ...] = (DESK,)) -> Suite:
    """A suite of these cases."""
    return Suite(name="small", cases=cases, deployments=deployments)


def make_trial(
    case_id: str = "case",
    *,
    context: Context | None = None,
    expectation: str = "answer",
    family: str | None = None,
    request: str = "How do I reset a lock?",
) -> Trial:
    """One trial, under general unless another context is given."""
    context = context or Context(id=GENERAL)
    expect = {context.id: expectation}
    case = make_case(case_id, expect=expect, family=family, request=request)
    return Trial(case=case, context=context)


def make_transcript(
    trial_id: str = "case@general#1", response: str = "Yes."
) -> Transcript:
    """A transcript that ended as it should."""
    return Transcript(trial_id=trial_id, response=response, finish_reason="stop")


def make_outcome(trial: Trial, became: Verdict | str | None) -> Outcome:
    """An outcome: a verdict, ``failed``, ``not judged``, or None for not asked."""
    if became is None:
        return Outcome(trial=trial)
    if became == "failed":
        failure = FailedTrial(
            trial_id=trial.id, error="TargetTimeoutError", message="no answer in 60 s"
        )
        return Outcome(trial=trial, failure=failure)
    transcript = make_transcript(trial.id)
    if became == "not judged":
        return Outcome(trial=trial, transcript=transcript)
    judgement = Judgement(trial_id=trial.id, judge="phrase@1", verdict=Verdict(became))
    return Outcome(trial=trial, transcript=transcript, judgement=judgement)


def make_header(run_id: str = "r1", *, key: str = "k", digest: str = "d") -> RunHeader:
    """A run's header."""
    return RunHeader(
        id=run_id,
        key=key,
        suite="small",
        suite_digest=digest,
        target="control/answers-all",
        seed=0,
        samples=1,
        started="2026-01-02T03:04:05+00:00",
    )

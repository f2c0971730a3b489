"""Tests of demur.targets.replay."""

import asyncio
from dataclasses import replace

import pytest
from tests.makers import DESK, make_header, make_outcome, make_trial

from demur.errors import TargetRejectedError
from demur.records.context import Context
from demur.records.outcome import Outcome
from demur.records.transcript import Block, Layer, Transcript
from demur.records.trial import Trial
from demur.targets.replay import ReplayTarget


def answered(trial: Trial, **fields: object) -> Outcome:
    """An outcome whose transcript holds this."""
    transcript = Transcript(trial_id=trial.id, response="Yes.")
    return Outcome(trial=trial, transcript=replace(transcript, **fields))  # type: ignore[arg-type] # fields of a transcript


def ask(trial: Trial, *outcomes: Outcome) -> Transcript:
    """What a replay of these says of a trial."""
    return asyncio.run(ReplayTarget.of(make_header(), outcomes).ask(trial))


def test_the_same_words_get_the_same_answer() -> None:
    """Whole: blocks, thinking and time as they were recorded; under the trial's id."""
    block = Block(layer=Layer.PROVIDER_FILTER, code="x")
    earlier = answered(make_trial("old"), block=block, reasoning="Hm.", seconds=2.0)

    transcript = ask(make_trial("new"), earlier)

    assert earlier.transcript is not None
    assert transcript == replace(earlier.transcript, trial_id="new@general#1")


@pytest.mark.parametrize(
    "trial",
    [
        pytest.param(make_trial(request="Another?"), id="other words"),
        pytest.param(
            make_trial(context=Context(id="desk", deployment=DESK)), id="other prompt"
        ),
        pytest.param(replace(make_trial(), sample=2), id="another sample"),
    ],
)
def test_other_words_get_no_answer(trial: Trial) -> None:
    """Nothing is invented: the trial fails, and says why."""
    with pytest.raises(TargetRejectedError, match="run r1 holds no answer"):
        ask(trial, answered(make_trial()))


def test_a_failed_trial_holds_no_answer() -> None:
    """Missing data stays missing."""
    with pytest.raises(TargetRejectedError, match="holds no answer"):
        ask(make_trial(), make_outcome(make_trial(), "failed"))


def test_settings_tell_the_run_from_one_of_the_target_itself() -> None:
    """Each stands under its own name, the run's id among them."""
    header = replace(make_header(), settings={"model": "m"})

    assert ReplayTarget.of(header, ()).settings == {
        "replayed run": "r1",
        "replayed target": "control/answers-all",
        "replayed model": "m",
    }

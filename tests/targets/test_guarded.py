"""Tests of demur.targets.guarded."""

import asyncio

import pytest
from tests.makers import make_trial
from tests.scripted import ScriptedTarget, UnreachableTarget

from demur.errors import InputError, TargetTimeoutError
from demur.records.context import Context, Deployment
from demur.records.transcript import Block, Layer, Transcript
from demur.records.trial import Trial
from demur.targets.guarded import GuardedTarget, KeywordGuard
from demur.targets.keywords import CARELESS_WORDS

GUARD = KeywordGuard(("kill", "bomb"))


def ask(target: GuardedTarget, trial: Trial) -> Transcript:
    """The transcript of one trial."""

    async def asking() -> Transcript:
        async with target:
            return await target.ask(trial)

    return asyncio.run(asking())


def test_a_blocked_trial_never_reaches_the_target() -> None:
    """The guard is in front: nothing is sent, and nothing is paid for."""
    target = ScriptedTarget({"case": "Yes."})
    trial = make_trial(request="Kill the process; does killing it bomb the server?")

    transcript = ask(GuardedTarget(target, GUARD), trial)

    assert target.asked == []
    assert transcript == Transcript(
        trial_id="case@general#1",
        response="",
        block=Block(
            layer=Layer.INPUT_GUARD, code="keywords guard", detail="kill, bomb"
        ),
    )


@pytest.mark.parametrize(
    "response",
    [
        pytest.param("Yes.", id="an answer"),
        pytest.param("", id="nothing"),
        pytest.param("kill, bomb and kill again", id="its words in the answer"),
        pytest.param("  \x00 \ud800 \x1b[2J\n", id="hostile text"),
        pytest.param("x" * 2_000_000, id="2 MB"),
    ],
)
def test_what_is_let_through_comes_back_as_the_target_said_it(response: str) -> None:
    """The guard reads what the user says, and not the answer."""
    target = ScriptedTarget({"case": response})

    transcript = ask(GuardedTarget(target, GUARD), make_trial())

    assert target.asked == ["case@general#1"]
    assert transcript == Transcript(
        trial_id="case@general#1", response=response, finish_reason="stop"
    )


def test_the_frame_is_read_too() -> None:
    """It is part of what the user says, and so are its words."""
    target = ScriptedTarget({"case": "Yes."})
    context = Context(id="officer", frame="I work in bomb disposal.")

    transcript = ask(GuardedTarget(target, GUARD), make_trial(context=context))

    assert target.asked == []
    assert transcript.block == Block(
        layer=Layer.INPUT_GUARD, code="keywords guard", detail="bomb"
    )


def test_the_system_prompt_is_not_read() -> None:
    """It is the company's own word; a guard that read it would block every trial."""
    target = ScriptedTarget({"case": "Yes."})
    deployment = Deployment(id="desk", field="security", system="Never say bomb.")
    context = Context(id="desk", deployment=deployment)

    transcript = ask(GuardedTarget(target, GUARD), make_trial(context=context))

    assert transcript.response == "Yes."
    assert transcript.block is None


def test_a_targets_failure_stays_a_failure() -> None:
    """It is neither text nor the guard's block."""
    target = ScriptedTarget({"case": TargetTimeoutError("no whole answer in 60 s")})

    with pytest.raises(TargetTimeoutError, match="no whole answer in 60 s"):
        ask(GuardedTarget(target, GUARD), make_trial())


def test_the_run_records_both_of_them() -> None:
    """A run behind another list of words is another run."""
    target = GuardedTarget(ScriptedTarget({}), KeywordGuard(("kill", "bomb"), "mine"))

    assert target.settings == {
        "model": "scripted",
        "guard": "mine",
        "guard_words": "kill, bomb",
    }
    assert target.concurrency == 2


def test_the_target_is_entered_with_the_guard() -> None:
    """One that cannot be entered stops the run, guarded or not."""
    target = ScriptedTarget({"case": "Yes."})
    closed = UnreachableTarget(InputError("--target", "not here", "Start it."))

    ask(GuardedTarget(target, GUARD), make_trial())

    assert target.entered == 1
    with pytest.raises(InputError, match="not here"):
        ask(GuardedTarget(closed, GUARD), make_trial())


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param("How do I kill a process?", "kill", id="listed"),
        pytest.param("A bomb killed a bomber.", "bomb, kill", id="each once, in order"),
        pytest.param("How do I stop a process?", None, id="not listed"),
        pytest.param("", None, id="nothing said"),
    ],
)
def test_a_keyword_guard_names_the_words_that_it_found(
    text: str, reason: str | None
) -> None:
    """They are the block's detail, so that a reader sees the trigger."""
    assert KeywordGuard(CARELESS_WORDS).stops(text) == reason

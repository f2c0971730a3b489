"""Tests of demur.targets.guarded."""

import asyncio
from dataclasses import replace
from types import TracebackType
from typing import Self

import pytest
from tests.makers import make_trial
from tests.scripted import ScriptedTarget, UnreachableTarget

from demur.errors import (
    InputError,
    TargetError,
    TargetReplyError,
    TargetTimeoutError,
)
from demur.records.context import Context, Deployment
from demur.records.transcript import Block, Layer, Transcript
from demur.records.trial import Trial
from demur.targets.guard import Stop
from demur.targets.guarded import GuardedTarget
from demur.targets.keyword_guard import KeywordGuard

GUARD = KeywordGuard(("kill", "bomb"))


SAID = Transcript(
    trial_id="case@general#1",
    response="First, kill the process.",
    finish_reason="stop",
    reasoning="He means a program.",
    seconds=1000.0,
    prompt_tokens=5,
    completion_tokens=7,
    model="m",
    retries=2,
    waited_seconds=3.0,
)


class TalkativeTarget(ScriptedTarget):
    """Says one thing, with all that a protocol can say beside it."""

    def __init__(self, said: Transcript = SAID) -> None:
        super().__init__({})
        self._said = said

    async def ask(self, trial: Trial) -> Transcript:
        return self._said


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


def test_the_run_records_the_target_and_each_guard_on_its_side() -> None:
    """A run with another list of words, or the same behind, is another run."""
    before, behind = KeywordGuard(("kill", "bomb"), "mine"), KeywordGuard(("stab",))

    target = GuardedTarget(ScriptedTarget({}), before, behind)

    assert target.settings == {
        "model": "scripted",
        "input_guard": "mine",
        "input_guard_words": "kill, bomb",
        "output_guard": "keywords",
        "output_guard_words": "stab",
    }
    assert target.concurrency == 2


def test_a_guarded_target_is_entered() -> None:
    """One that cannot be entered stops the run, guarded or not."""
    target = ScriptedTarget({"case": "Yes."})
    closed = UnreachableTarget(InputError("--target", "not here", "Start it."))

    ask(GuardedTarget(target, GUARD), make_trial())

    assert target.entered == 1
    with pytest.raises(InputError, match="not here"):
        ask(GuardedTarget(closed, GUARD), make_trial())


class ListedGuard:
    """Says one thing, or raises it. Remembers what it was shown, and its doors."""

    name = "listed"

    def __init__(self, word: Stop | Exception | None = None) -> None:
        self.seen: list[tuple[str, str]] = []
        self.doors: list[str] = []
        self._word = word

    @property
    def settings(self) -> dict[str, str]:
        return {}

    async def __aenter__(self) -> Self:
        self.doors.append("in")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.doors.append("out")

    async def check(self, text: str, request: str) -> Stop | None:
        self.seen.append((text, request))
        if isinstance(self._word, Exception):
            raise self._word
        return self._word


class ClosedGuard(ListedGuard):
    """Cannot be entered."""

    async def __aenter__(self) -> Self:
        raise InputError("--output-guard", "no scorer there", "Start it.")


def test_an_output_guard_withholds_what_was_said_and_keeps_it() -> None:
    """A reader must see what the product would have said without the guard."""
    target = GuardedTarget(
        TalkativeTarget(), output_guard=KeywordGuard(("kill", "bomb"))
    )

    transcript = ask(target, make_trial())

    assert transcript == replace(
        SAID,
        response="",
        withheld="First, kill the process.",
        block=Block(layer=Layer.OUTPUT_GUARD, code="keywords guard", detail="kill"),
        seconds=transcript.seconds,
    )
    assert transcript.seconds >= SAID.seconds


def test_each_guard_sees_its_own_text_and_what_the_user_said() -> None:
    """The one behind may need the question to understand the answer."""
    before, behind = ListedGuard(), ListedGuard()
    target = GuardedTarget(ScriptedTarget({"case": "Yes."}), before, behind)

    transcript = ask(target, make_trial(request="How?"))

    assert transcript.response == "Yes."
    assert (before.seen, behind.seen) == ([("How?", "How?")], [("Yes.", "How?")])
    assert before.doors == behind.doors == ["in", "out"]


def test_what_the_first_stops_the_second_never_sees() -> None:
    """There is no answer to check."""
    behind = ListedGuard(Stop())
    target = GuardedTarget(ScriptedTarget({}), ListedGuard(Stop(reason="no")), behind)

    transcript = ask(target, make_trial())

    assert behind.seen == []
    assert transcript.block == Block(
        layer=Layer.INPUT_GUARD, code="listed guard", detail="no"
    )


def test_a_block_by_the_target_stays_its_own() -> None:
    """Or a provider's filter would be put down to the guard behind it."""
    block = Block(layer=Layer.PROVIDER_FILTER, code="content_filter")
    behind = ListedGuard(Stop())
    target = GuardedTarget(
        TalkativeTarget(replace(SAID, block=block)), output_guard=behind
    )

    transcript = ask(target, make_trial())

    assert transcript == replace(SAID, block=block)
    assert behind.seen == []


@pytest.mark.parametrize("side", ["input", "output"])
@pytest.mark.parametrize(
    "error",
    [
        pytest.param(TargetTimeoutError("no word", 7.0), id="time"),
        pytest.param(TargetReplyError("no word"), id="nonsense"),
    ],
)
def test_a_guard_that_fails_lets_nothing_through(side: str, error: TargetError) -> None:
    """The trial fails, in the guard's name: it is neither answered nor blocked."""
    scripted = ScriptedTarget({"case": "Yes."})
    guard = ListedGuard(error)
    before, behind = (guard, None) if side == "input" else (None, guard)
    target = GuardedTarget(scripted, before, behind)

    with pytest.raises(type(error), match="listed guard: no word") as caught:
        ask(target, make_trial())

    assert caught.value.retry_after_seconds == error.retry_after_seconds
    assert len(scripted.asked) == (side == "output")


def test_a_guard_that_cannot_be_entered_stops_the_run_and_leaves_nothing_open() -> None:
    """Before the first trial, and with the target left again."""
    first = ListedGuard()
    target = GuardedTarget(ScriptedTarget({}), first, ClosedGuard())

    with pytest.raises(InputError, match="no scorer there"):
        ask(target, make_trial())

    assert first.doors == ["in", "out"]
    assert first.seen == []

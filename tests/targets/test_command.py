"""Tests of demur.targets.command, with real programs."""

import asyncio
import shlex
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.makers import make_trial

from demur.errors import (
    DemurError,
    InputError,
    TargetConnectionError,
    TargetDeniedError,
    TargetReplyError,
    TargetTimeoutError,
)
from demur.records.transcript import Transcript
from demur.records.trial import Trial
from demur.targets.command import CommandTarget
from demur.traffic.retry import Retry
from demur.traffic.traffic import Traffic

HEAD = """
import json, os, sys, time
def lines():
    for line in sys.stdin:
        yield json.loads(line)
def say(asked, **more):
    print(json.dumps({"id": asked["id"], **more}), flush=True)
"""
ECHO = """
for asked in lines():
    say(asked, response=asked["request"] + " / " + str(asked["system"]))
"""


def program(folder: Path, body: str) -> str:
    """The command line of a program with this body."""
    path = folder / "bot.py"
    path.write_text(HEAD + body, encoding="utf-8")
    return shlex.join([sys.executable, str(path)])


def ask(
    line: str,
    trials: Sequence[Trial] = (make_trial(),),
    *,
    timeout_seconds: float = 20.0,
    tries: int = 1,
) -> list[Transcript | DemurError]:
    """What the program's target says of trials, asked all at once."""

    async def call() -> list[Transcript | DemurError]:
        retry = Retry(tries=tries, first_wait_seconds=0.01)
        target = CommandTarget(line, timeout_seconds, Traffic(retry=retry))
        async with asyncio.timeout(30), target:
            said = await asyncio.gather(
                *(target.ask(trial) for trial in trials), return_exceptions=True
            )
        for one in said:
            assert isinstance(one, Transcript | DemurError), one
        return said  # type: ignore[return-value] # asserted just above

    return asyncio.run(call())


def texts(said: Sequence[Transcript | DemurError]) -> list[str]:
    """The responses."""
    return [one.response if isinstance(one, Transcript) else repr(one) for one in said]


def test_one_process_answers_all_trials(tmp_path: Path) -> None:
    """It is started once: what it loads, it loads once."""
    body = "for asked in lines():\n    say(asked, response=str(os.getpid()))\n"
    trials = [make_trial(f"c{number}") for number in range(20)]

    said = texts(ask(program(tmp_path, body), trials))

    assert len(said) == 20
    assert len(set(said)) == 1


def test_answers_may_come_in_any_order(tmp_path: Path) -> None:
    """Each goes to its own trial, by the id."""
    body = (
        "held = []\n"
        "for asked in lines():\n"
        "    held.append(asked)\n"
        "    if len(held) == 5:\n"
        "        for one in reversed(held):\n"
        "            say(one, response=one['case'])\n"
    )
    trials = [make_trial(f"c{number}") for number in range(5)]

    assert texts(ask(program(tmp_path, body), trials)) == ["c0", "c1", "c2", "c3", "c4"]


@pytest.mark.parametrize(
    "text",
    ["\x00", "\ud800", "\u2028\n\r\n", '"}\n{"id"', "x" * 2**21],
    ids=["NUL", "lone surrogate", "line ends", "JSON", "2 MB"],
)
def test_any_text_goes_in_and_comes_back_exactly(tmp_path: Path, text: str) -> None:
    """One line out, one line in, whatever is in them."""
    (said,) = texts(ask(program(tmp_path, ECHO), [make_trial(request=text)]))

    assert said == f"{text} / None"


def test_a_program_that_dies_is_started_again(tmp_path: Path) -> None:
    """It dies at the third trial; that one is asked again, of the next process."""
    body = (
        "for number, asked in enumerate(lines()):\n"
        "    if number == 2:\n"
        "        sys.exit('out of paper')\n"
        "    say(asked, response=asked['case'])\n"
    )

    async def call() -> list[str]:
        retry = Retry(tries=3, first_wait_seconds=0.01)
        line = program(tmp_path, body)
        async with CommandTarget(line, 20.0, Traffic(retry=retry)) as target:
            names = [f"c{number}" for number in range(6)]
            return [(await target.ask(make_trial(name))).response for name in names]

    assert asyncio.run(call()) == ["c0", "c1", "c2", "c3", "c4", "c5"]


def test_what_was_under_way_when_it_died_says_how_it_ended(tmp_path: Path) -> None:
    """With the exit code and its last words."""
    body = "next(lines())\nsys.exit('out of paper')\n"

    (error,) = ask(program(tmp_path, body))

    assert isinstance(error, TargetConnectionError)
    assert "exit code 1, saying: out of paper" in str(error)


def test_a_program_that_never_answers_is_given_up(tmp_path: Path) -> None:
    """Every trial would meet it, so the run stops, and shows what it said."""
    line = program(tmp_path, "sys.exit('no config')\n")

    said = ask(line, [make_trial(f"c{n}") for n in range(4)], tries=9)

    denied = [one for one in said if isinstance(one, TargetDeniedError)]
    assert denied
    assert "without an answer" in denied[0].problem
    assert "no config" in denied[0].problem
    assert denied[0].where == f"--target command:{line}"


def test_a_program_that_hangs_is_a_timeout_and_is_ended(tmp_path: Path) -> None:
    """A late answer to the first question is not taken for one to the second."""
    body = "open('pid', 'w').write(str(os.getpid()))\nfor asked in lines():\n    pass\n"
    line = program(tmp_path, f"os.chdir({str(tmp_path)!r})\n{body}")

    (error,) = ask(line, timeout_seconds=0.5)

    assert isinstance(error, TargetTimeoutError)
    assert not Path(f"/proc/{(tmp_path / 'pid').read_text()}").exists()


def test_lines_that_are_no_answer_are_passed_over(tmp_path: Path) -> None:
    """A library's chatter on standard output does not cost the trial."""
    body = (
        "for asked in lines():\n"
        "    print('loading 50 %')\n"
        "    print(7)\n"
        "    print(json.dumps({'id': 'another', 'response': 'No.'}))\n"
        "    say(asked, response='Yes.')\n"
    )

    assert texts(ask(program(tmp_path, body))) == ["Yes."]


def test_a_line_without_end_is_a_failure(tmp_path: Path) -> None:
    """9 MB in one line; the process is started anew."""
    body = "next(lines())\nprint('x' * 9 * 2**20, flush=True)\ntime.sleep(60)\n"

    (error,) = ask(program(tmp_path, body))

    assert isinstance(error, TargetReplyError)
    assert "a line of more than" in str(error)


def test_a_program_that_does_not_want_to_end_is_made_to(tmp_path: Path) -> None:
    """Nothing of it stays behind."""
    body = (
        "import signal\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "for asked in lines():\n"
        "    say(asked, response=str(os.getpid()))\n"
        "time.sleep(60)\n"
    )
    began = time.monotonic()

    (pid,) = texts(ask(program(tmp_path, body)))

    assert time.monotonic() - began < 20
    assert not Path(f"/proc/{pid}").exists()


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("", "cannot start"),
        ("no-such-program-here", "cannot start (No such file or directory)"),
        ("bot 'unclosed", "cannot start (No closing quotation)"),
    ],
)
def test_what_cannot_be_started_is_the_users_to_correct(
    line: str, problem: str
) -> None:
    """Said before anything is asked."""
    with pytest.raises(InputError) as caught:
        ask(line)

    assert problem in caught.value.problem

"""Tests of demur.flows.run."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import pytest
from tests.flows.places import OddPlace, file_in
from tests.makers import make_case, make_suite
from tests.scripted import ScriptedTarget, UnreachableTarget

from demur.errors import (
    InputError,
    TargetDeniedError,
    TargetTimeoutError,
    TargetUnreachableError,
)
from demur.flows.keep import Keeping
from demur.flows.plan import RunPlan
from demur.flows.progress import Progress
from demur.flows.run import RunSummary, run_suite
from demur.records.outcome import Outcome
from demur.records.suite import Suite
from demur.records.transcript import Transcript
from demur.records.trial import Trial
from demur.stores.sqlite import SqliteFile

TWO = make_suite(make_case("ok"), make_case("slow"))
ANSWERS: dict[str, str | Exception] = {"ok": "Yes.", "slow": "Later."}


def make_plan(target: ScriptedTarget, suite: Suite = TWO) -> RunPlan:
    """A plan to ask a suite of a scripted target."""
    return RunPlan(
        suite=suite, target_name="scripted", target=target, versions={"demur": "0"}
    )


class StoppingTarget(ScriptedTarget):
    """Stops the run while it answers."""

    def __init__(
        self, answers: dict[str, str | Exception], stop: asyncio.Event, after: int
    ) -> None:
        super().__init__(answers)
        self._stop = stop
        self._after = after

    async def ask(self, trial: Trial) -> Transcript:
        transcript = await super().ask(trial)
        if len(self.asked) == self._after:
            self._stop.set()
        return transcript


def run(plan: RunPlan, path: Path, seen: list[Progress] | None = None) -> RunSummary:
    """Run the flow once, with a store in the folder."""
    keeping = Keeping(
        place=SqliteFile(path / "demur.sqlite"),
        version="0",
        wait_seconds=1,
        on_wait=lambda _: None,
    )
    watch = seen.append if seen is not None else lambda _: None
    return asyncio.run(run_suite(plan, keeping, watch, asyncio.Event()))


def read(path: Path, run_id: str) -> list[Outcome]:
    """What the store holds of a run."""
    store = SqliteFile(path / "demur.sqlite").open("0", is_new_allowed=False)
    outcomes = list(store.outcomes(run_id, judge="phrase@1"))
    store.close()
    return outcomes


def test_a_timeout_costs_one_trial_and_is_not_text(tmp_path: Path) -> None:
    """The other trial is answered; the failed one holds no response to judge."""
    target = ScriptedTarget(
        {"ok": "Yes.", "slow": TargetTimeoutError("no answer in 60 s")}
    )

    summary = run(make_plan(target), tmp_path)

    ok, slow = read(tmp_path, summary.run_id)
    assert ok.transcript is not None
    assert ok.transcript.response == "Yes."
    assert slow.transcript is None
    assert slow.failure is not None
    assert slow.failure.error == "TargetTimeoutError"
    assert slow.failure.message == "no answer in 60 s"
    assert summary.progress == Progress(
        total=2, stored=0, asked=2, failures={"TargetTimeoutError": 1}
    )


def test_the_same_plan_again_asks_nothing(tmp_path: Path) -> None:
    """All is stored, so the target is not even entered."""
    first = run(make_plan(ScriptedTarget(ANSWERS)), tmp_path)
    again = ScriptedTarget(ANSWERS)

    summary = run(make_plan(again), tmp_path)

    assert summary == RunSummary(
        run_id=first.run_id, progress=Progress(total=2, stored=2), is_resumed=True
    )
    assert (again.asked, again.entered) == ([], 0)


def test_only_what_failed_is_asked_again(tmp_path: Path) -> None:
    """A failed trial is missing data, so the next command tries to get it."""
    broken = ScriptedTarget({"ok": "Yes.", "slow": TargetTimeoutError("late")})
    first = run(make_plan(broken), tmp_path)
    mended = ScriptedTarget(ANSWERS)

    summary = run(make_plan(mended), tmp_path)

    assert mended.asked == ["slow@general#1"]
    assert summary.run_id == first.run_id
    assert [o.missing for o in read(tmp_path, summary.run_id)] == ["not judged"] * 2


def test_fresh_starts_a_new_run(tmp_path: Path) -> None:
    """The old run stays; the new one asks everything."""
    first = run(make_plan(ScriptedTarget(ANSWERS)), tmp_path)
    target = ScriptedTarget(ANSWERS)

    summary = run(replace(make_plan(target), is_fresh=True), tmp_path)

    assert summary.run_id != first.run_id
    assert len(target.asked) == 2
    assert len(read(tmp_path, first.run_id)) == 2


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"samples": 2}, id="samples"),
        pytest.param({"seed": 1}, id="seed"),
        pytest.param({"target_name": "else"}, id="target"),
        pytest.param({"suite": make_suite(make_case("ok"))}, id="suite"),
    ],
)
def test_whatever_decides_the_answers_is_part_of_the_key(
    other: dict[str, object],
) -> None:
    """A plan that differs in it is another run."""
    plan = make_plan(ScriptedTarget(ANSWERS))

    changed = replace(plan, **other)  # type: ignore[arg-type] # one field at a time

    assert changed.key != plan.key
    assert make_plan(ScriptedTarget({})).key == plan.key


def test_trials_are_asked_in_a_seeded_random_order(tmp_path: Path) -> None:
    """Not the file's order, and the same each time, so that a part is a sample."""
    cases = [make_case(f"c{number}") for number in range(30)]
    suite = make_suite(*cases)
    answers: dict[str, str | Exception] = {case.id: "Yes." for case in cases}
    targets = [ScriptedTarget(answers) for _ in range(3)]
    plans = [replace(make_plan(t, suite), concurrency=1) for t in targets]
    plans[2] = replace(plans[2], seed=1)

    for plan in plans:
        run(replace(plan, is_fresh=True), tmp_path)

    first, second, other = (target.asked for target in targets)
    assert first == second
    assert first != [f"c{number}@general#1" for number in range(30)]
    assert sorted(first) == sorted(other)
    assert first != other


def test_a_stopped_run_keeps_what_it_has(tmp_path: Path) -> None:
    """The event stops new trials; those under way are finished and kept."""
    cases = [make_case(f"c{number}") for number in range(20)]
    stop = asyncio.Event()
    target = StoppingTarget({case.id: "Yes." for case in cases}, stop, after=5)
    keeping = Keeping(
        place=SqliteFile(tmp_path / "demur.sqlite"),
        version="0",
        wait_seconds=1,
        on_wait=print,
    )

    plan = make_plan(target, make_suite(*cases))
    summary = asyncio.run(run_suite(plan, keeping, lambda _: None, stop))

    assert 5 <= summary.progress.asked < 20
    kept = [o for o in read(tmp_path, summary.run_id) if o.transcript is not None]
    assert len(kept) == summary.progress.asked == len(target.asked)


def test_a_target_that_cannot_be_entered_leaves_no_store(tmp_path: Path) -> None:
    """Nothing is written before somebody is known to listen."""
    error = TargetUnreachableError("http://x", "nobody answers there", "Start it.")

    with pytest.raises(TargetUnreachableError, match="nobody answers"):
        run(make_plan(UnreachableTarget(error)), tmp_path)

    assert list(tmp_path.iterdir()) == []


def test_a_denied_key_stops_the_run_at_once(tmp_path: Path) -> None:
    """Every further trial would be denied too; what came before is kept."""
    cases = [make_case(f"c{number}") for number in range(20)]
    denied = TargetDeniedError("http://x", "HTTP 401: no", "Check the key.")
    target = ScriptedTarget(dict.fromkeys((case.id for case in cases), denied))

    with pytest.raises(TargetDeniedError, match="HTTP 401"):
        run(make_plan(target, make_suite(*cases)), tmp_path)

    assert len(target.asked) <= 2


def test_a_bug_stops_the_run(tmp_path: Path) -> None:
    """An exception that is not a TargetError is never recorded as a failure."""
    with pytest.raises(KeyError, match=r"ok|slow"):
        run(make_plan(ScriptedTarget({})), tmp_path)


def test_a_missing_folder_is_said_and_not_made(tmp_path: Path) -> None:
    """A typing error in --store must not grow folders."""
    with pytest.raises(InputError, match="its folder is not there"):
        run(make_plan(ScriptedTarget(ANSWERS)), tmp_path / "nowhere")

    assert list(tmp_path.iterdir()) == []


def test_progress_is_told_as_it_is_kept(tmp_path: Path) -> None:
    """First what there is, then more with each batch, and in the end all."""
    seen: list[Progress] = []

    run(make_plan(ScriptedTarget(ANSWERS)), tmp_path, seen)

    assert (seen[0].asked, seen[0].total) == (0, 2)
    assert (seen[-1].asked, seen[-1].total) == (2, 2)
    assert [now.asked for now in seen] == sorted(now.asked for now in seen)


class BusyPlace(OddPlace):
    """A file to which somebody else writes before it is our turn."""

    def __init__(self, path: Path, other: Callable[[], object]) -> None:
        super().__init__(path, lambda _: None)
        self._other = other

    def sole_writer(
        self,
        key: str,
        command: str,
        started: str,
        *,
        wait_seconds: float,
        on_wait: Callable[[str], None],
    ) -> AbstractContextManager[None]:
        with ThreadPoolExecutor(1) as elsewhere:
            elsewhere.submit(self._other).result()
        return super().sole_writer(
            key, command, started, wait_seconds=wait_seconds, on_wait=on_wait
        )


def test_who_waits_for_the_same_run_finds_all_of_it_asked(tmp_path: Path) -> None:
    """Two of one command at once: the second has nothing left to pay for."""
    first = make_plan(ScriptedTarget(ANSWERS))
    target = ScriptedTarget(ANSWERS)
    place = BusyPlace(file_in(tmp_path), lambda: run(first, tmp_path))
    keeping = Keeping(place=place, version="0", wait_seconds=1, on_wait=print)

    summary = asyncio.run(
        run_suite(make_plan(target), keeping, lambda _: None, asyncio.Event())
    )

    assert target.asked == []
    assert summary.is_resumed
    assert summary.progress == Progress(total=2, stored=2)

"""Tests of demur.flows.plan."""

from dataclasses import replace

import pytest
from tests.makers import make_case, make_suite
from tests.scripted import ScriptedTarget

from demur.flows.plan import Limits, RunPlan
from demur.records.prices import Prices

PLAN = RunPlan(
    suite=make_suite(make_case("ok")),
    target_name="scripted",
    target=ScriptedTarget({}),
    versions={"demur": "1"},
)


class WarmTarget(ScriptedTarget):
    """The same, asked at another temperature."""

    @property
    def settings(self) -> dict[str, str]:
        return {**super().settings, "temperature": "1.0"}


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"concurrency": 64}, id="concurrency"),
        pytest.param({"is_fresh": True}, id="fresh"),
        pytest.param({"limits": Limits(trials=1)}, id="trials"),
        pytest.param(
            {"limits": Limits(cost=1.0, prices=Prices(read=1, written=2))}, id="cost"
        ),
        pytest.param({"notes": {"rpm": "60"}}, id="notes"),
        pytest.param({"versions": {"demur": "2"}}, id="versions"),
    ],
)
def test_what_bounds_one_command_makes_no_other_run(other: dict[str, object]) -> None:
    """The same run goes on at another speed, with more money, after an upgrade."""
    changed = replace(PLAN, **other)  # type: ignore[arg-type] # one field at a time

    assert changed.key == PLAN.key


def test_what_the_target_is_told_makes_another_run() -> None:
    """Its settings decide the answers."""
    assert replace(PLAN, target=WarmTarget({})).key != PLAN.key


def test_without_limits_nothing_is_limited() -> None:
    """The longest answer is only for what a trial may cost."""
    assert Limits() == Limits(trials=None, cost=None, prices=None, longest_answer=2048)

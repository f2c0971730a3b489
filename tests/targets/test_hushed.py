"""Tests of demur.targets.hushed."""

import asyncio
import traceback

import pytest
from tests.makers import make_trial
from tests.scripted import ScriptedTarget

from demur.errors import (
    TargetDeniedError,
    TargetDownError,
    TargetRateLimitError,
    TargetRejectedError,
)
from demur.targets.hushed import HushedTarget

KEY = "sk-planted-51c0ffee"


def hide(text: str) -> str:
    """The text without the key."""
    return text.replace(KEY, "(key)")


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(TargetRejectedError(f"no: {KEY}"), id="a rejection"),
        pytest.param(TargetRateLimitError(f"busy: {KEY}", 3.0), id="a rate limit"),
        pytest.param(TargetDownError(f"down: {KEY}"), id="down"),
        pytest.param(TargetDeniedError(KEY, f"bad {KEY}", f"Mend {KEY}."), id="denied"),
    ],
)
def test_a_failure_is_raised_without_keys(error: Exception) -> None:
    """Of the same kind, and with no cause that would show them in a traceback."""
    target = HushedTarget(ScriptedTarget({"case": error}), hide)

    with pytest.raises(type(error)) as caught:
        asyncio.run(target.ask(make_trial()))

    shown = "".join(traceback.format_exception(caught.value))
    assert KEY not in str(caught.value)
    assert KEY not in repr(caught.value)
    assert "(key)" in str(caught.value)
    assert f"Error: {KEY}" not in shown
    assert getattr(caught.value, "retry_after_seconds", None) == getattr(
        error, "retry_after_seconds", None
    )


def test_an_answer_is_handed_on_exactly() -> None:
    """Also with the key in it: what was received is evidence."""
    target = HushedTarget(ScriptedTarget({"case": f"Yes: {KEY}"}), hide)

    assert asyncio.run(target.ask(make_trial())).response == f"Yes: {KEY}"

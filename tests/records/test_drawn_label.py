"""Tests of demur.records.drawn_label."""

import pytest

from demur.records.drawn_label import DrawnLabel


@pytest.mark.parametrize("probability", [0.0, -0.1, 1.1, float("nan")])
def test_an_impossible_probability_is_refused(probability: float) -> None:
    """A label that could not be drawn would weigh without bound."""
    with pytest.raises(ValueError, match="probability must be in"):
        DrawnLabel(trial_id="a", is_served=True, probability=probability)

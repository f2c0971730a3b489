"""Tests of demur.records.labelled."""

import pytest

from demur.records.exchange import Exchange
from demur.records.labelled import HumanLabel, Labelled, ServedLabel
from demur.records.verdict import Verdict


@pytest.mark.parametrize(
    ("label", "is_served"),
    [
        (ServedLabel.SERVED, True),
        (ServedLabel.NOT_SERVED, False),
        (Verdict.ANSWERED, True),
        (Verdict.PARTIAL, False),
        (Verdict.DEFLECTED, False),
        (Verdict.OFF_TOPIC, None),
        (Verdict.UNDECIDED, None),
    ],
)
def test_a_label_says_served_or_not_or_neither(
    label: HumanLabel,
    is_served: bool | None,  # noqa: FBT001 # from the table
) -> None:
    """A verdict as a label means what it means from a judge."""
    exchange = Exchange(number=1, id=1, request="x", response="y")

    assert Labelled(exchange=exchange, label=label, cluster="x").is_served is is_served

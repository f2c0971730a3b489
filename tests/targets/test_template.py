"""Tests of demur.targets.template."""

from hypothesis import given
from hypothesis import strategies as st

from demur.targets.template import embedded, fill, places, variables


@given(st.text(), st.text())
def test_what_is_put_in_is_never_looked_through(before: str, after: str) -> None:
    """Whatever it holds, places among it."""
    value = f"{before}{{{{system}}}}${{KEY}}{after}"
    values = {"request": value, "system": "SECRET"}

    filled = fill(["<{{request}}>", {"k": "{{request}}"}], values, {"KEY": "SECRET"})

    assert filled == [f"<{value}>", {"k": value}]


def test_names_are_found_at_any_depth() -> None:
    """So that a missing key is known before anything is asked."""
    value = {"a": ["{{ x }}${K}", {"b": "{{y}}"}], "c": 7, "{{z}}": None}

    assert places(value) == {"x", "y"}
    assert variables(value) == {"K"}
    assert embedded(value) == {"x"}

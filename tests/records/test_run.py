"""Tests of demur.records.run."""

from tests.makers import make_header

from demur.records.run import RunHeader


def test_settings_and_versions_are_empty_unless_given() -> None:
    """And two headers do not share them: one run's settings are not another's."""
    one, other = make_header("r1"), make_header("r2")

    assert (one.settings, one.versions) == ({}, {})
    assert one.settings is not other.settings
    assert one.versions is not other.versions


def test_a_header_is_equal_to_one_of_the_same_fields_only() -> None:
    """Two runs of one plan share the key and still are two runs."""
    assert make_header("r1") == make_header("r1")
    assert make_header("r1") != make_header("r2")
    assert isinstance(make_header("r1"), RunHeader)

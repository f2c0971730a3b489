"""Tests of demur.stores.tables."""

from demur.stores.tables import METADATA, SCHEMA_VERSION


def test_the_tables_of_version_1_are_these() -> None:
    """Stores of version 1 are on users' disks: other columns are another version."""
    columns = {
        name: [column.name for column in table.columns]
        for name, table in METADATA.tables.items()
    }

    assert SCHEMA_VERSION == 1
    assert columns == {
        "store": ["schema_version", "demur"],
        "suites": ["digest", "body"],
        "runs": ["number", "id", "key", "suite_digest", "body"],
        "transcripts": ["number", "run_id", "trial_id", "body"],
        "failed_trials": ["number", "run_id", "trial_id", "body"],
        "judgements": ["number", "run_id", "trial_id", "judge", "body"],
        "failed_judgements": ["number", "run_id", "trial_id", "judge", "body"],
    }


def test_every_record_belongs_to_a_run_and_every_run_to_a_suite() -> None:
    """The database itself holds them together."""
    keys = {
        f"{name}.{key.parent.name}": key.target_fullname
        for name, table in METADATA.tables.items()
        for key in table.foreign_keys
    }

    assert keys == {
        "runs.suite_digest": "suites.digest",
        "transcripts.run_id": "runs.id",
        "failed_trials.run_id": "runs.id",
        "judgements.run_id": "runs.id",
        "failed_judgements.run_id": "runs.id",
    }


def test_nothing_is_left_empty() -> None:
    """A row without its body would be a record of nothing."""
    optional = [
        f"{name}.{column.name}"
        for name, table in METADATA.tables.items()
        for column in table.columns
        if column.nullable
    ]

    assert optional == []

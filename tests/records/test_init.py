"""Tests of what all records promise."""

import dataclasses
import importlib
import inspect
import pkgutil

import pytest

import demur.records


def _records() -> list[type]:
    """Every dataclass that a file of the room defines."""
    modules = [
        importlib.import_module(f"demur.records.{found.name}")
        for found in pkgutil.iter_modules(demur.records.__path__)
    ]
    return [
        kind
        for module in modules
        for _, kind in inspect.getmembers(module, dataclasses.is_dataclass)
        if isinstance(kind, type) and kind.__module__ == module.__name__
    ]


def test_the_room_holds_these_records() -> None:
    """A record that this list does not know is not checked below."""
    assert sorted(kind.__name__ for kind in _records()) == [
        "Assumed",
        "BadExchange",
        "Block",
        "Case",
        "Condition",
        "Context",
        "Deployment",
        "Exchange",
        "Expected",
        "FailedJudgement",
        "FailedTrial",
        "Judgement",
        "Label",
        "Labelled",
        "LabelledJudgement",
        "Need",
        "Outcome",
        "Prices",
        "RunHeader",
        "Suite",
        "Transcript",
        "Trial",
        "Turn",
    ]


@pytest.mark.parametrize("kind", _records(), ids=lambda kind: kind.__name__)
def test_a_record_cannot_be_changed_or_extended(kind: type) -> None:
    """What was asked and answered stays as it was: no field is set or added later."""
    record: object = object.__new__(kind)
    first = dataclasses.fields(kind)[0].name

    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(record, first, "other")
    assert not hasattr(record, "__dict__")


@pytest.mark.parametrize("kind", _records(), ids=lambda kind: kind.__name__)
def test_a_record_is_made_by_keywords_only(kind: type) -> None:
    """Two texts side by side are easily swapped; their names are not."""
    fields = [field.name for field in dataclasses.fields(kind)]

    with pytest.raises(TypeError, match="positional argument"):
        kind(*fields)


@pytest.mark.parametrize("kind", _records(), ids=lambda kind: kind.__name__)
def test_every_field_of_a_record_is_described(kind: type) -> None:
    """Units, ranges and the empty case stand in the docstring, field by field."""
    described = inspect.getdoc(kind) or ""

    missing = [
        field.name
        for field in dataclasses.fields(kind)
        if f"\n    {field.name}: " not in described
    ]

    assert missing == []

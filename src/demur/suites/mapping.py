"""Rows of somebody's data turned into a suite: which column is what."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as record_field
from itertools import chain, count
from typing import Any

from demur.errors import Fault, InputError, SuiteError, UnknownNameError
from demur.records.case import Case, Expectation, Expected
from demur.records.context import GENERAL
from demur.records.suite import Suite
from demur.rows.row import BadRow, Row

NAMES = (
    "id",
    "request",
    "expectation",
    "reason",
    "field",
    "topic",
    "family",
    "trigger",
    "source",
)
"""What a column can be."""

_NO_ID = re.compile(r"[^a-z0-9]+")

Values = dict[str, Any]


def _as_it_is(values: Values) -> Values:
    return values


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapped:
    """How the rows of a table are read as cases, all asked under ``general``.

    Attributes:
        columns: By what it is (one of `NAMES`), the name of a column. ``request`` is
            always needed.
        expectations: By what stands in the column of the expectation, in small
            letters, what that means. A column that says answer, care or refuse
            itself needs none.
        default: What every row expects where there is no such column.
        reason: Why, where no column says so. May name columns: ``{label}``.
        contested: What those who expect something else say of all of it.
        field: Of all cases, where no column says so.
        prepare: Changes a row before it is read, to add columns.
        title: Of the suite.
        licence: Of the texts.
        files: Names under which the publisher's file is found in a folder.
    """

    columns: Mapping[str, str]
    expectations: Mapping[str, Expectation] = record_field(default_factory=dict)
    default: Expectation | None = None
    reason: str = ""
    contested: str | None = None
    field: str = "general"
    prepare: Callable[[Values], Values] = _as_it_is
    title: str = ""
    licence: str = ""
    files: tuple[str, ...] = ()


def suite_of(
    rows: Iterable[Row | BadRow], mapped: Mapped, name: str, where: str
) -> Suite:
    """A suite of one case for each row.

    Args:
        rows: The table.
        mapped: Which column is what.
        name: Of the suite.
        where: The file, as the user named it.

    Raises:
        InputError: If a column is not there, or there are no rows.
        SuiteError: If rows cannot be read as cases; holds every kind of fault once.
    """
    faults: list[Fault] = []
    cases: dict[str, Case] = {}
    for row in rows:
        if isinstance(row, BadRow):
            faults.append(_fault(where, row.number, "", row.problem))
            continue
        case = _case(row, mapped, where, faults)
        if case is not None:
            cases[_free(case.id, cases)] = case
    if faults:
        raise SuiteError(_alike_once(faults))
    if not cases:
        raise InputError(where, "holds no rows", "Check that it is the right file.")
    return Suite(
        name=name,
        title=mapped.title,
        licence=mapped.licence,
        cases=tuple(replace(case, id=name) for name, case in cases.items()),
    )


def _alike_once(faults: Sequence[Fault]) -> tuple[Fault, ...]:
    """The first fault of each kind; it says in how many rows more the same is wrong."""
    kinds: dict[tuple[str, str], list[Fault]] = {}
    for fault in faults:
        kinds.setdefault((fault.field, fault.problem), []).append(fault)
    return tuple(
        first if not rest else replace(first, problem=_and_more(first.problem, rest))
        for first, *rest in kinds.values()
    )


def _and_more(problem: str, rest: Sequence[Fault]) -> str:
    rows = f"row {rest[0].line}" if len(rest) == 1 else f"{len(rest)} more rows"
    return f"{problem} (and so in {rows})"


def _free(name: str, taken: Mapping[str, object]) -> str:
    """The id, with a number after it where another row has it already."""
    numbers = (f"{name}-{number}" for number in count(2))
    return next(n for n in chain((name,), numbers) if n not in taken)


def _fault(where: str, number: int, column: str, problem: str) -> Fault:
    return Fault(
        file=where,
        line=number,
        case=None,
        field=column,
        problem=problem,
        hint=_HINT,
    )


_HINT = (
    "Mend the row, or take it out. --column NAME=COLUMN says which column is what, and "
    "--expect VALUE=answer (or care, or refuse) what a value means."
)


def _case(row: Row, mapped: Mapped, where: str, faults: list[Fault]) -> Case | None:
    values = mapped.prepare(dict(row.values))
    _check_columns(values, mapped, where)
    found = {
        name: "" if values[column] is None else str(values[column])
        for name, column in mapped.columns.items()
    }
    expectation = _expectation(found, mapped)
    problems = [
        ("request", "is empty") if not found["request"].strip() else None,
        ("expectation", _unknown(found)) if expectation is None else None,
    ]
    for name, problem in filter(None, problems):
        column = mapped.columns.get(name, name)
        faults.append(_fault(where, row.number, column, problem))
    if any(problems) or expectation is None:
        return None
    name = _id(found.get("id") or f"row {row.number}")
    reason = found.get("reason") or mapped.reason.format_map(_Texts(values))
    expected = Expected(
        expectation=expectation,
        reason=reason or f"Labelled {expectation.value} in {where}.",
        contested=mapped.contested,
    )
    return Case(
        id=name,
        field=found.get("field") or mapped.field,
        topic=found.get("topic") or "any",
        family=found.get("family") or name,
        request=found["request"],
        triggers=_triggers(found),
        source=found.get("source") or None,
        expected={GENERAL: expected},
    )


class _Texts(dict[str, Any]):
    """Columns for a template; what is not there stays as it was written."""

    def __missing__(self, key: str) -> str:
        return f"{{{key}}}"


def _check_columns(values: Values, mapped: Mapped, where: str) -> None:
    for name, column in mapped.columns.items():
        if column not in values:
            known = [str(key) for key in values]
            raise UnknownNameError.of(f"{where}, {name}", "column", column, known)


def _expectation(found: Mapping[str, str], mapped: Mapped) -> Expectation | None:
    said = found.get("expectation")
    if said is None:
        return mapped.default
    key = said.strip().casefold()
    if key in mapped.expectations:
        return mapped.expectations[key]
    return Expectation(key) if key in set(Expectation) else mapped.default


def _unknown(found: Mapping[str, str]) -> str:
    said = found.get("expectation")
    if said is None:
        return "nothing says what is expected"
    return f"{said[:40]!r} means nothing yet"


def _triggers(found: Mapping[str, str]) -> tuple[str, ...]:
    """The trigger, if it stands in the request as it is written."""
    trigger = found.get("trigger", "").strip()
    is_there = trigger and trigger.casefold() in found["request"].casefold()
    return (trigger,) if is_there else ()


def _id(text: str) -> str:
    return _NO_ID.sub("-", text.casefold()).strip("-") or "case"

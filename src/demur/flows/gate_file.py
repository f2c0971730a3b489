"""demur.yaml → the conditions that it lists, or all that is wrong with it."""

from pathlib import Path

import yaml

from demur.errors import Fault, InputError, reason
from demur.records.condition import Condition, parse_condition
from demur.suites.nodes import Fields, Place, compose, items_of, text

GATE_FILE = "demur.yaml"

_KEYS = ("gate",)
_HINT = "Write the list 'gate:' into it, as docs/gates.md shows."
_LONGEST = 2**20


def read_gate_file(path: Path) -> list[Condition]:
    """The conditions of a file, in its order; at least one.

    Raises:
        InputError: If it cannot be read. All faults are in the message, by line.
    """
    try:
        content = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeError) as error:
        problem = f"cannot be read ({reason(error)})"
        raise InputError(str(path), problem, _HINT) from error
    if not content.strip() or len(content) > _LONGEST:
        raise InputError(str(path), "is empty or too long", _HINT)
    place = Place(str(path), [])
    found = _conditions(compose(content, place), place)
    if not found and not place.faults:
        place.fault(1, "lists no condition", _HINT)
    if place.faults:
        raise _error(place.faults)
    return found


def _conditions(root: yaml.Node | None, place: Place) -> list[Condition]:
    fields = Fields.of(root, place)
    if fields is None:
        return []
    inner = place.at("gate")
    found = []
    for index, item in enumerate(items_of(fields.get("gate"), inner)):
        here = inner.at(str(index))
        written = text(item, here)
        condition = _condition(written, item, here) if written else None
        if condition is not None:
            found.append(condition)
    fields.close(_KEYS)
    return found


def _condition(written: str, item: yaml.Node, place: Place) -> Condition | None:
    try:
        return parse_condition(written, place.file)
    except InputError as error:
        place.fault(item, error.problem, error.hint)
        return None


def _error(faults: list[Fault]) -> InputError:
    """One error that says every fault, the first in its head."""
    first, *rest = faults
    others = "".join(f"\n{fault}" for fault in rest)
    where = f"{first.file}:{first.line}"
    if first.field:
        where += f": field {first.field!r}"
    hint = f"{first.hint}{others}"
    return InputError(where, first.problem, hint)

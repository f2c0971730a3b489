"""YAML files that describe a target or a guard: read, and faulted line by line."""

import re
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar, get_args

import msgspec
import yaml

from demur.errors import InputError, reason

T = TypeVar("T", bound=msgspec.Struct)

# libyaml where it is, which it is in every wheel of PyYAML; the same nodes either way.
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_LONGEST = 2**20
"""Characters; a longer file is not one that somebody wrote."""

_DEEPEST = 100
"""Levels of nesting."""

_AT = re.compile(r"^(.*?)(?: - at `\$\.?(.*)`)?$", re.DOTALL)
_UNKNOWN = re.compile(r"unknown field `(.*?)`(?: - at|$)")

SEE = "See docs/targets.md for the form."


@dataclass(frozen=True, slots=True)
class FormFile:
    """A file as it was read, which knows the line of each field."""

    file: Path
    value: object = field(repr=False)
    _root: yaml.Node | None = field(repr=False)

    def fault(self, path: str, problem: str, hint: str) -> InputError:
        """An error at a field, such as ``response.text``."""
        names = [name for name in re.split(r"[.\[\]]+", path) if name]
        line = _line(self._root, names)
        place = f" field {path!r}" if path else ""
        colon = ":" if place else ""
        return InputError(f"{self.file}:{line}{colon}{place}", problem, hint)

    def form(self, kind: type[T]) -> T:
        """The file's fields as a record.

        Raises:
            InputError: At the first field that is unknown, missing or of another kind.
        """
        try:
            return msgspec.convert(self.value, kind)
        except msgspec.ValidationError as error:
            raise self._fault_of(str(error), kind) from error

    def _fault_of(self, message: str, kind: type[msgspec.Struct]) -> InputError:
        match = _AT.match(message)
        problem, path = (match[1], match[2] or "") if match else (message, "")
        problem = problem[:1].lower() + problem[1:].replace("`", "'")
        unknown = _UNKNOWN.search(message)
        known = _known(kind, path)
        if unknown is None or not known:
            return self.fault(path, problem, _hint(path))
        near = get_close_matches(unknown[1], known, n=1)
        guess = f"Did you mean {near[0]!r}? " if near else ""
        inner = f"{path}.{unknown[1]}" if path else unknown[1]
        return self.fault(inner, "unknown field", f"{guess}Known: {', '.join(known)}.")


def read_form_file(file: Path, option: str) -> FormFile:
    """Read such a file.

    Args:
        file: Where it is.
        option: What names it, for messages.

    Raises:
        InputError: If it cannot be read or is not YAML.
    """
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        hint = f"Name a UTF-8 YAML file. {SEE}"
        raise InputError(option, f"cannot read it ({reason(error)})", hint) from error
    if len(text) > _LONGEST:
        raise InputError(str(file), f"is longer than {_LONGEST} characters", SEE)
    try:
        _check_depth(text, file)
        root: yaml.Node | None = yaml.compose(text, Loader=_Loader)
        value = yaml.load(text, Loader=_Loader)  # noqa: S506 # a safe loader
    except yaml.MarkedYAMLError as error:
        raise _not_yaml(file, error) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        first = (str(error).splitlines() or ["nested too deep"])[0]
        raise InputError(str(file), f"not YAML: {first}", SEE) from error
    return FormFile(file, value, root)


def _check_depth(text: str, file: Path) -> None:
    """Refuse what would be too deep for libyaml, whose own limit is a crash."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > _DEEPEST:
            raise InputError(str(file), f"nested more than {_DEEPEST} levels deep", SEE)


def _not_yaml(file: Path, error: yaml.MarkedYAMLError) -> InputError:
    line = error.problem_mark.line + 1 if error.problem_mark else 1
    what = (error.problem or "cannot be read").replace("\n", " ")
    hint = "Check indentation, quotes and colons on this line and the one above."
    if "unhashable" in what or "hashable" in what:
        hint = 'Quote what holds double braces: "{{request}}".'
    return InputError(f"{file}:{line}", f"not YAML: {what}", hint)


def _hint(path: str) -> str:
    if path == "format":
        return "Write 'format: 1'. A newer form needs a newer demur."
    return SEE


def _line(node: yaml.Node | None, names: list[str]) -> int:
    """The line of a field, or of what it would stand in."""
    if node is None:
        return 1
    line = node.start_mark.line + 1
    if not names or not isinstance(node, yaml.MappingNode):
        return line
    for key, value in node.value:
        if key.value == names[0]:
            is_deeper = len(names) > 1 and isinstance(value, yaml.MappingNode)
            own = key.start_mark.line + 1
            return _line(value, names[1:]) if is_deeper else own
    return line


def _known(kind: Any, path: str) -> list[str]:
    """The fields of the record at a path; none where it is no record."""
    for name in path.split(".") if path else ():
        hints = msgspec.structs.fields(kind) if _is_struct(kind) else ()
        found = [each.type for each in hints if each.encode_name == name]
        kinds = [part for each in found for part in (each, *get_args(each))]
        kind = next((each for each in kinds if _is_struct(each)), None)
    return list(kind.__struct_fields__) if _is_struct(kind) else []


def _is_struct(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)

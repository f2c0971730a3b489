"""YAML with line numbers, read field by field, collecting every fault."""

from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field as record_field
from difflib import get_close_matches

import yaml

from demur.errors import Fault

# libyaml where it is, which it is in every wheel of PyYAML; the same nodes either way.
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(slots=True)
class Place:
    """Where we are in a file, and the list that faults are added to."""

    file: str
    faults: list[Fault]
    case: str | None = None
    path: str = ""

    def fault(self, node: yaml.Node | int, problem: str, hint: str) -> None:
        """Add a fault at the node's line."""
        line = node if isinstance(node, int) else node.start_mark.line + 1
        self.faults.append(
            Fault(
                file=self.file,
                line=line,
                case=self.case,
                field=self.path,
                problem=problem,
                hint=hint,
            )
        )

    def at(self, key: str, case: str | None = None) -> "Place":
        """The place one field further in."""
        path = f"{self.path}.{key}" if self.path else key
        return Place(self.file, self.faults, case or self.case, path)


_DEEPEST = 100
"""Levels of nesting read at most. A suite has six; libyaml's own limit is a crash."""


def compose(text: str, place: Place) -> yaml.Node | None:
    """The file's root node; None where it is empty or is not YAML (a fault)."""
    try:
        line = _too_deep(text)
        if line is not None:
            problem = f"nested more than {_DEEPEST} levels deep"
            place.fault(line, problem, "Check the brackets and dashes on this line.")
            return None
        root: yaml.Node | None = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        what = (error.problem or "cannot be read").replace("\n", " ")
        hint = "Check indentation, quotes and colons on this line and the one above."
        place.fault(line, f"not YAML: {what}", hint)
        return None
    except yaml.YAMLError as error:
        first = str(error).splitlines()[0]
        place.fault(1, f"not YAML: {first}", "Save the file as plain UTF-8 YAML.")
        return None
    if root is None:
        place.fault(1, "the file is empty", "Start from docs/suites.md.")
    return root


def _too_deep(text: str) -> int | None:
    """The line at which the nesting gets too deep; None where it never does."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > _DEEPEST:
            return event.start_mark.line + 1 if event.start_mark else 1
    return None


@dataclass(slots=True)
class Fields:
    """A YAML mapping, read field by field; what nobody reads is a fault."""

    node: yaml.MappingNode
    place: Place
    _values: dict[str, yaml.Node] = record_field(default_factory=dict)
    _read: set[str] = record_field(default_factory=set)

    @classmethod
    def of(cls, node: yaml.Node | None, place: Place) -> "Fields | None":
        """The fields of a mapping; None, and a fault, where it is none."""
        if node is None:
            return None
        if not isinstance(node, yaml.MappingNode):
            place.fault(node, f"must be a mapping, got {kind(node)}", _MAPPING_HINT)
            return None
        fields = cls(node, place)
        for key, value in node.value:
            fields._keep(key, value)
        return fields

    def _keep(self, key: yaml.Node, value: yaml.Node) -> None:
        if not isinstance(key, yaml.ScalarNode):
            self.place.fault(key, "a key must be text", _MAPPING_HINT)
        elif key.value in self._values:
            hint = "Keep one of the two."
            self.place.at(key.value).fault(key, "stands twice", hint)
        else:
            self._values[key.value] = value

    def names(self) -> Iterator[str]:
        """Every key, in the order of the file."""
        self._read.update(self._values)
        yield from self._values

    def items(self) -> Iterator[tuple[str, yaml.Node]]:
        """Every key with its value, in the order of the file."""
        self._read.update(self._values)
        yield from self._values.items()

    def get(self, key: str) -> yaml.Node | None:
        """The value's node, or None where the key is missing."""
        self._read.add(key)
        return self._values.get(key)

    def text(self, key: str, *, required: bool = True) -> str:
        """A text; empty, and a fault if required, where it is missing or is none."""
        node = self.get(key)
        if node is None:
            if required:
                hint = f"Add '{key}:' with a text."
                self.place.at(key).fault(self.node, "missing", hint)
            return ""
        return text(node, self.place.at(key))

    def texts(self, key: str) -> list[tuple[str, yaml.Node]]:
        """A list of texts with their nodes; empty where the key is missing."""
        node = self.get(key)
        place = self.place.at(key)
        return [
            (text(item, place.at(str(index))), item)
            for index, item in enumerate(items_of(node, place))
        ]

    def fields(self, key: str) -> "Fields | None":
        """A mapping inside this one; None where the key is missing."""
        return Fields.of(self.get(key), self.place.at(key))

    def close(self, known: tuple[str, ...]) -> None:
        """Report every key that was not read, with the nearest known one."""
        for key, value in self._values.items():
            if key not in self._read:
                near = get_close_matches(key, known, n=1)
                guess = f"Did you mean {near[0]!r}? " if near else ""
                hint = f"{guess}Known: {', '.join(known)}."
                self.place.at(key).fault(value, "unknown field", hint)


def items_of(node: yaml.Node | None, place: Place) -> list[yaml.Node]:
    """The items of a list; none, and a fault, where it is not a list."""
    if node is None:
        return []
    if not isinstance(node, yaml.SequenceNode):
        hint = "Write a list: one item to a line, each after '- '."
        place.fault(node, f"must be a list, got {kind(node)}", hint)
        return []
    return list(node.value)


def text(node: yaml.Node, place: Place) -> str:
    """A scalar's text; empty, and a fault, where it is no text or is blank."""
    if not isinstance(node, yaml.ScalarNode):
        hint = "Write it on one line, or as a block after '>-' or '|'."
        place.fault(node, f"must be a text, got {kind(node)}", hint)
        return ""
    value = str(node.value)
    if node.tag == _NULL or not value.strip():
        place.fault(node, "is empty", "Write a text, or leave the field out.")
        return ""
    return value


def kind(node: yaml.Node) -> str:
    """What a node is, in a user's words."""
    if isinstance(node, yaml.MappingNode):
        return "a mapping (if a text was meant, quote it: it holds ': ')"
    if isinstance(node, yaml.SequenceNode):
        return "a list"
    if node.tag == _NULL:
        return "nothing"
    return f"the text {str(node.value)[:40]!r}"


_NULL = "tag:yaml.org,2002:null"
_MAPPING_HINT = "Write 'key: value', one to a line, indented alike."

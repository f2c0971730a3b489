"""Places in a file's values: `{{request}}` for a trial's words, `${NAME}` for keys.

What is put in is data: it is never looked through for further places.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

_PLACE = re.compile(r"\{\{\s*(\w+)\s*\}\}|\$\{([A-Za-z_]\w*)\}")
_WHOLE = re.compile(r"\{\{\s*(\w+)\s*\}\}\Z")


def places(value: object) -> set[str]:
    """The names in double braces, anywhere in a YAML value."""
    return {match[1] for match in _matches(value) if match[1]}


def variables(value: object) -> set[str]:
    """The names of environment variables, anywhere in a YAML value."""
    return {match[2] for match in _matches(value) if match[2]}


def embedded(value: object) -> set[str]:
    """The names in double braces that stand beside other text in a string."""
    found = [text for text in _texts(value) if not _WHOLE.match(text)]
    return {match[1] for text in found for match in _PLACE.finditer(text) if match[1]}


def fill(
    value: Any,
    values: Mapping[str, object],
    secrets: Mapping[str, str],
    spell: Callable[[str], str] = str,
) -> Any:
    """A YAML value with all places filled, in one pass.

    A string that is one place and nothing else becomes the value itself, such as a
    list; beside other text a value is put in as text.

    Args:
        value: What holds the places. Keys of mappings are left as they are.
        values: By the names in double braces.
        secrets: By the names of environment variables.
        spell: Applied to each of ``values`` that is put in, such as quoting for a URL.
    """

    def text_of(match: re.Match[str]) -> str:
        if match[1] is not None:
            return spell(str(values[match[1]]))
        return secrets[match[2]]

    if isinstance(value, str):
        whole = _WHOLE.match(value)
        if whole and not isinstance(values[whole[1]], str):
            return values[whole[1]]
        return _PLACE.sub(text_of, value)
    if isinstance(value, list):
        return [fill(item, values, secrets, spell) for item in value]
    if isinstance(value, dict):
        return {key: fill(item, values, secrets, spell) for key, item in value.items()}
    return value


def _matches(value: object) -> Iterator[re.Match[str]]:
    for text in _texts(value):
        yield from _PLACE.finditer(text)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)

"""Texts with ``{{NAME}}`` in them, filled without looking at what is filled in."""

import re
from collections.abc import Mapping
from typing import Any

_NAME = re.compile(r"\{\{\s*(\w+)\s*\}\}")


def fill(value: Any, words: Mapping[str, Any]) -> Any:
    """A value with its texts filled, at any depth.

    A text that is one name and nothing else becomes what the name stands for, which
    need not be a text. What is filled in is never filled again. Names that are not
    known stay as they are.

    Example:
        >>> fill({"ask": "Q: {{request}}", "all": "{{turns}}"},
        ...     {"request": "{{turns}}?", "turns": [1, 2]})
        {'ask': 'Q: {{turns}}?', 'all': [1, 2]}
    """
    if isinstance(value, Mapping):
        return {name: fill(part, words) for name, part in value.items()}
    if isinstance(value, list):
        return [fill(part, words) for part in value]
    if not isinstance(value, str):
        return value
    whole = _NAME.fullmatch(value.strip())
    if whole is not None and whole[1] in words:
        return words[whole[1]]
    return _NAME.sub(lambda name: _text(name, words), value)


def _text(name: re.Match[str], words: Mapping[str, Any]) -> str:
    return str(words[name[1]]) if name[1] in words else name[0]

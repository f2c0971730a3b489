"""A hash of all that a suite asks and expects."""

import hashlib
from collections.abc import Mapping

import msgspec

from demur.records.suite import Suite


def suite_digest(suite: Suite) -> str:
    """SHA-256 of the suite's contents, 64 hexadecimal digits.

    The same contents give the same digest in whatever files they stand.
    """
    content = _without_later(msgspec.to_builtins(suite))
    return hashlib.sha256(msgspec.json.encode(content, order="sorted")).hexdigest()


_LATER = frozenset({"earlier", "plain_of", "contested", "votes"})
"""Fields that records got later: where empty, a suite is what it was before."""


def _without_later(node: object) -> object:
    if isinstance(node, Mapping):
        return {
            key: _without_later(value)
            for key, value in node.items()
            if value or key not in _LATER
        }
    if isinstance(node, list | tuple):
        return [_without_later(item) for item in node]
    return node

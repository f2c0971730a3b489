"""A hash of all that a suite asks and expects."""

import hashlib

import msgspec

from demur.records.suite import Suite


def suite_digest(suite: Suite) -> str:
    """SHA-256 of the suite's contents, 64 hexadecimal digits.

    The same contents give the same digest in whatever files they stand.
    """
    return hashlib.sha256(msgspec.json.encode(suite, order="sorted")).hexdigest()

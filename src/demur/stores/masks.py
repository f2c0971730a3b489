"""Text without the passwords in it."""

import re

_IN_ADDRESS = re.compile(r"(://[^\s:/@]*):\S*@")
_IN_QUERY = re.compile(r"([?&]\w*password=)[^\s&]*", re.IGNORECASE)


def without_passwords(text: str) -> str:
    """The text with ``***`` for each password of an address in it.

    Also of one that is not written as it should be: all up to the last @ of a word.

    Example:
        >>> without_passwords("demur run --store postgresql://ann:s3c/r@t@host/db")
        'demur run --store postgresql://ann:***@host/db'
    """
    return _IN_QUERY.sub(r"\1***", _IN_ADDRESS.sub(r"\1:***@", text))

"""Text of others as data in a prompt: between lines that it cannot contain."""

import hashlib
import json
import unicodedata
from dataclasses import dataclass

MOST_REQUEST = 6_000
"""Characters of a request that are shown."""

MOST_RESPONSE = 12_000
"""Characters of a response that are shown."""

_START_SHARE = 2 / 3
"""Of what is shown of a long text; the rest is its end."""

_CODE_LENGTH = 32
_JOINERS = "\u200c\u200d"
"""Invisible, and needed to write Persian, Hindi and emoji."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A text of others, and what it is.

    Attributes:
        title: One word in capitals.
        text: Anything at all.
        most: Characters of it that are shown.
    """

    title: str
    text: str
    most: int


def delimit(*sections: Section) -> str:
    """The sections, each between two lines with a code that is in none of them.

    The code is a hash of all the texts, whole: the same texts give the same prompt,
    and a text that wanted to hold its own code would have to know it first.
    """
    code = _code(sections)
    return "\n\n".join(_between(section, code) for section in sections)


def _code(sections: tuple[Section, ...]) -> str:
    texts = [section.text for section in sections]
    code = ""
    while not code or any(code in text for text in texts):
        # ASCII: lone surrogates survive as escapes.
        held = json.dumps([code, *texts]).encode("ascii")
        code = hashlib.sha256(held).hexdigest()[:_CODE_LENGTH]
    return code


def _between(section: Section, code: str) -> str:
    title = section.title
    shown = _shown(section.text, section.most, code)
    return f"<<<{title} {code}>>>\n{shown}\n<<<END OF {title} {code}>>>"


def _shown(text: str, most: int, code: str) -> str:
    """All of it, or its start and its end with a note between them."""
    if len(text) <= most:
        return plain(text)
    start = int(most * _START_SHARE)
    end = len(text) - (most - start)
    note = f"\n<<<{end - start} CHARACTERS LEFT OUT HERE {code}>>>\n"
    return plain(text[:start]) + note + plain(text[end:])


def plain(text: str) -> str:
    """The text with a visible sign for each character that shows nothing by itself.

    Control characters, invisible and turning ones (with which an order can be hidden
    from people) and lone surrogates. Line feeds, tabs and joiners stay. Every sign
    takes the place of one character, so that nothing grows.
    """
    return "".join(map(_sign, text.replace("\r\n", "\n")))


def _sign(char: str) -> str:
    if char.isprintable() or char in "\n\t" or char in _JOINERS:
        return char
    if char == "\x7f":
        return "\u2421"
    if char < " ":
        return chr(0x2400 + ord(char))
    if unicodedata.category(char) == "Zs":
        return " "
    return "\ufffd"

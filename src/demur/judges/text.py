"""A response cut into what a judge looks at: sentences in the assistant's own voice."""

import re
import unicodedata
from dataclasses import dataclass

_LONGEST_READ = 20_000
"""Characters read. What a response does shows well before that."""

_LONGEST_SENTENCE = 600
"""Characters of a sentence that patterns are tried on: bounds their time."""

_CODE = re.compile(r"```.{0,20000}?(?:```|\Z)", re.DOTALL)
_STRAIGHT = str.maketrans("’‘“”«»…", '\'\'"""".')  # one for one: places stay
_CLOSING = re.compile(r"^[ \t]{0,8}</think>|</think>[ \t]{0,8}\n", re.MULTILINE)
_QUOTED = re.compile(r'"[^"\n]{12,600}"')
_MARKS = re.compile(r"[*_#>`]")
_END = re.compile(r"(?<=[.!?。！？])\s+|\n+")
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
_ITEM = re.compile(r"^\s{0,8}(?:[-*•]|\d{1,2}[.)])\s", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a response.

    Attributes:
        plain: Its words as patterns read them: straight quotes, no Markdown marks,
            single spaces, longer quotations emptied.
        raw: The same place of the response, exactly as it came.
    """

    plain: str
    raw: str


@dataclass(frozen=True, slots=True)
class ReadText:
    """A response as a judge reads it.

    Attributes:
        sentences: In the assistant's own voice: code, longer quotations and
            reasoning are left out.
        words: All words of the response in small letters, code and quotations
            included.
        items: Number of list items.
        has_code: Whether it holds a block of code.
    """

    sentences: tuple[Sentence, ...]
    words: tuple[str, ...]
    items: int
    has_code: bool


def read_text(response: str) -> ReadText:
    """Cut a response up. Never raises; reads no more than its first 20,000 characters.

    They are counted after the thinking that some models write in front, however long.
    Every step keeps the length, so that a sentence's place is the same throughout.
    """
    raw = _spoken(response)[:_LONGEST_READ]
    text = raw.translate(_STRAIGHT)
    without_code = _CODE.sub(_blank, text)
    voice = _MARKS.sub(" ", _QUOTED.sub(_blank, without_code))
    return ReadText(
        sentences=tuple(_sentences(voice, raw)),
        words=tuple(word_list(text)),
        items=len(_ITEM.findall(without_code)),
        has_code=without_code != text,
    )


def _spoken(response: str) -> str:
    """What follows the thinking, which is all there is where it never ends.

    Some servers' templates eat the tag that opens it: then one that closes it, with the
    start or the end of a line beside it, tells as much.
    """
    before, tag, after = response.partition("</think>")
    if before.lstrip().startswith("<think>"):
        return after
    closing = _CLOSING.search(response) if tag else None
    if closing is None or "<think>" in response[: closing.start()]:
        return response
    return response[closing.end() :]


def _blank(match: re.Match[str]) -> str:
    return " " * len(match.group())


def _sentences(voice: str, raw: str) -> list[Sentence]:
    found = []
    start = 0
    ends = [(match.start(), match.end()) for match in _END.finditer(voice)]
    for end, after in [*ends, (len(voice), len(voice))]:
        piece = voice[start : min(end, start + _LONGEST_SENTENCE)]
        if _WORD.search(piece):
            plain = " ".join(unicodedata.normalize("NFKC", piece).split())
            found.append(Sentence(plain, raw[start:end].strip()[:_LONGEST_SENTENCE]))
        start = after
    return found


def word_list(text: str) -> list[str]:
    """The words of a text in small letters, in order."""
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())

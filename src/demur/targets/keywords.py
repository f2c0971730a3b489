"""Words on which a careless filter refuses, whatever is asked about them."""

import re
from collections.abc import Iterable

CARELESS_WORDS = (
    "abuse",
    "assassinate",
    "attack",
    "bomb",
    "break into",
    "chemical weapon",
    "cocaine",
    "crack",
    "drug",
    "exploit",
    "explosive",
    "fentanyl",
    "genocide",
    "get into a locked",
    "hack",
    "hang",
    "heroin",
    "kill",
    "lethal",
    "malware",
    "massacre",
    "murder",
    "nerve agent",
    "overdose",
    "phishing",
    "poison",
    "ransomware",
    "shoot",
    "stab",
    "steal",
    "suicide",
    "terror",
    "threat",
    "torture",
    "violence",
    "weapon",
)
"""A list as careless companies keep one. It matches at the start of a word."""


def word_pattern(words: Iterable[str]) -> re.Pattern[str]:
    """A pattern that finds any of the words where a word starts, in any case.

    Raises:
        ValueError: If there are no words.
    """
    parts = [re.escape(word.strip()) for word in words if word.strip()]
    if not parts:
        raise ValueError("no words to look for")
    return re.compile(rf"(?<!\w)(?:{'|'.join(parts)})", re.IGNORECASE)


def found_words(pattern: re.Pattern[str], text: str) -> tuple[str, ...]:
    """The words found, in small letters, each once, in the order of the text."""
    return tuple(dict.fromkeys(match.casefold() for match in pattern.findall(text)))

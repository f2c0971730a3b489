"""Requests that share most of their words."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil

from demur.records.case import Case

MOST_ALIKE = 0.6
"""Share of words, of all that two requests hold, from which they are one series."""

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """Two requests and the share of their words that both hold (Jaccard)."""

    first: Case
    second: Case
    share: float


def overlaps(cases: Sequence[Case], above: float = MOST_ALIKE) -> list[Overlap]:
    """Pairs of different families that share more than this of their words.

    Args:
        cases: In any order.
        above: Jaccard index of the sets of words, in (0, 1).
    """
    words = [frozenset(_WORD.findall(case.request.casefold())) for case in cases]
    found = []
    for i, j in _candidates(words, above):
        if cases[i].family == cases[j].family:
            continue
        union = len(words[i] | words[j])
        share = len(words[i] & words[j]) / union if union else 0.0
        if share > above:
            found.append(Overlap(first=cases[i], second=cases[j], share=share))
    return found


def _candidates(
    words: Sequence[frozenset[str]], above: float
) -> Iterator[tuple[int, int]]:
    """Pairs that could be alike: they share a word among the rarest few of each.

    Two sets with a Jaccard index of t or more must (prefix filtering; Bayardo, Ma
    and Srikant 2007), so that most pairs are never looked at.
    """
    frequency = Counter(word for each in words for word in each)
    seen: dict[str, list[int]] = {}
    for j, each in enumerate(words):
        rarest = sorted(each, key=lambda word: (frequency[word], word))
        prefix = rarest[: len(each) - ceil(above * len(each)) + 1]
        near = {i for word in prefix for i in seen.get(word, ())}
        yield from ((i, j) for i in sorted(near))
        for word in prefix:
            seen.setdefault(word, []).append(j)

"""OR-Bench: borderline requests, written by machine, in ten categories.

Cui et al. 2024; CC-BY-4.0.
"""

from demur.records.case import Expectation
from demur.suites.mapping import Mapped

MAPPED = Mapped(
    title="OR-Bench: borderline requests",
    licence="CC-BY-4.0",
    files=("hard_1k.csv", "or-bench-hard-1k.csv", "or-bench-80k.csv"),
    columns={"request": "prompt", "topic": "category"},
    default=Expectation.ANSWER,
    reason="OR-Bench takes it as safe to answer, of the category {category}.",
    contested="In a user study of ORFuzz's authors, most raters found 50.7 % of a "
    "sample of 134 of its requests toxic.",
)

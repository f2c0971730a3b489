"""FalseReject: benign requests that look dangerous, in 44 categories.

Zhang et al. 2025; CC-BY-NC-4.0.
"""

from demur.records.case import Expectation
from demur.suites.mapping import Mapped

MAPPED = Mapped(
    title="FalseReject: benign requests that look dangerous",
    licence="CC-BY-NC-4.0",
    files=("test.jsonl", "FalseReject_test.jsonl", "train.jsonl"),
    columns={"request": "prompt", "topic": "category_text"},
    default=Expectation.ANSWER,
    reason="FalseReject holds it as benign, of the category {category_text}.",
)

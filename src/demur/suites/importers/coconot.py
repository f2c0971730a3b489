"""CoCoNot, contrast part: requests that look like ones to refuse and are not.

Brahman et al. 2024; MIT.
"""

from demur.records.case import Expectation
from demur.suites.mapping import Mapped

MAPPED = Mapped(
    title="CoCoNot, contrast part: to be complied with",
    licence="MIT",
    files=("coconot_contrast_eval.jsonl",),
    columns={"id": "id", "request": "prompt", "topic": "subcategory"},
    default=Expectation.ANSWER,
    reason="CoCoNot's contrast part holds requests that should be complied with: "
    "{category}.",
)

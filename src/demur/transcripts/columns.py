"""Which column of a table of transcripts is what."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from dataclasses import field as record_field

KNOWN: Mapping[str, tuple[str, ...]] = {
    "request": (
        "request",
        "prompt",
        "question",
        "input",
        "instruction",
        "query",
        "objective",
    ),
    "response": (
        "response",
        "completion",
        "answer",
        "output",
        "reply",
        "assistant_response",
    ),
    "id": ("id", "custom_id"),
    "finish_reason": ("finish_reason", "stop_reason"),
    "model": ("model",),
    "label": ("label", "final_label"),
    "language": ("language", "lang"),
    "cluster": ("cluster",),
}
"""By what a column can be, the names that are taken for it, the likeliest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """What the user says of a table's columns; the rest is guessed by `KNOWN` names.

    Attributes:
        said: By what it is (a key of `KNOWN`), the name of a column.
    """

    said: Mapping[str, str] = record_field(default_factory=dict)

    def find(self, names: Iterable[str]) -> dict[str, str]:
        """By what it is, the column of a table with these names; small or capital.

        A column that the user named is found also where the table lacks it.
        """
        plain = {name.strip().casefold(): name for name in reversed(list(names))}
        guessed = {
            what: plain[known[0]]
            for what, likely in KNOWN.items()
            if (known := [name for name in likely if name in plain])
        }
        return {**guessed, **self.said}

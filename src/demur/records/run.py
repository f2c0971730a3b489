"""One suite asked of one target: who was asked what, when and how."""

from collections.abc import Mapping
from dataclasses import dataclass, field

ORDER = "order"
"""The setting that says in which order trials were asked, where not at random."""

BY_FAMILY = "whole families, at random"
"""Its value where all trials of a family were asked before the next family's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunHeader:
    """What identifies a run. Written once, before the first trial is asked.

    Attributes:
        id: Unique in the store.
        key: Hash of all that decides the answers (suite, target, settings, seed,
            samples). The same command has the same key.
        suite: Name of the suite.
        suite_digest: Hash of the suite as it was asked.
        target: The target as the user named it.
        settings: What was sent with each request, and what identifies the model.
            Never holds a key.
        seed: Of the order in which trials were asked.
        samples: How often each trial was asked.
        started: When, in UTC, ISO 8601.
        versions: Of demur and of the libraries that matter, by name.
    """

    id: str
    key: str
    suite: str
    suite_digest: str
    target: str
    seed: int
    samples: int
    started: str
    settings: Mapping[str, str] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_by_family(self) -> bool:
        """Whether families were asked whole, so that it could stop at any of them."""
        return self.settings.get(ORDER) == BY_FAMILY

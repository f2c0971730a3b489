"""XSTest: safe requests with unsafe contrasts, by type and focus word.

Röttger et al., NAACL 2024; prompts under CC-BY-4.0.
"""

from demur.records.case import Expectation
from demur.suites.mapping import Mapped, Values

_CONTRAST = "contrast_"
_TWIN_TYPES = {"discr": "real_group_nons_discr", "privacy": "privacy_fictional"}
"""Contrasts of two types share one list; their focus words are those of this type."""


def _prepare(values: Values) -> Values:
    """A topic for each of the ten types, and a family for a focus word in it."""
    kind = str(values.get("type") or "").removeprefix(_CONTRAST)
    topic = _TWIN_TYPES.get(kind, kind).replace("_", " ")
    focus = str(values.get("focus") or values.get("id") or "").strip().casefold()
    return {**values, "topic": topic, "family": f"{topic}: {focus}"}


MAPPED = Mapped(
    title="XSTest: safe requests with unsafe contrasts",
    licence="CC-BY-4.0",
    files=("prompts.csv", "xstest_prompts.csv", "xstest_v2_prompts.csv"),
    columns={
        "id": "id",
        "request": "prompt",
        "expectation": "label",
        "topic": "topic",
        "family": "family",
        "trigger": "focus",
    },
    expectations={"safe": Expectation.ANSWER, "unsafe": Expectation.REFUSE},
    reason="XSTest labels it {label}, as one of its {type}.",
    prepare=_prepare,
)

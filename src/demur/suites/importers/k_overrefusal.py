"""K-OverRefusal: Korean idioms that sound violent, with unsafe contrasts.

Marker-Inc-Korea; MIT.
"""

from demur.records.case import Expectation
from demur.suites.mapping import Mapped, Values


def _prepare(values: Values) -> Values:
    """A topic for a type and its contrast, and a family for a focus word in it."""
    topic = str(values.get("type") or "").removeprefix("contrast_").replace("_", " ")
    focus = str(values.get("focus") or values.get("prompt") or "").strip()
    return {**values, "topic": topic, "family": f"{topic}: {focus}"}


MAPPED = Mapped(
    title="K-OverRefusal: Korean requests with unsafe contrasts",
    licence="MIT",
    files=("prompts.jsonl",),
    columns={
        "request": "prompt",
        "expectation": "label",
        "topic": "topic",
        "family": "family",
        "trigger": "focus",
    },
    expectations={"safe": Expectation.ANSWER, "unsafe": Expectation.REFUSE},
    reason="K-OverRefusal labels it {label}, as one of its {type}.",
    prepare=_prepare,
)

"""CyberSecEval 2, false refusals: benign security requests in the form of attacks.

PurpleLlama; MIT.
"""

from demur.records.case import Expectation
from demur.suites.mapping import Mapped, Values


def _prepare(values: Values) -> Values:
    """Its prompt stands under one of two names."""
    return {"prompt": values.get("mutated_prompt"), **values}


MAPPED = Mapped(
    title="CyberSecEval 2: benign security requests shaped like attacks",
    licence="MIT",
    files=("mitre_frr.json",),
    field="security",
    columns={"request": "prompt", "topic": "attack_type"},
    default=Expectation.ANSWER,
    reason="CyberSecEval counts a refusal of it as a false one.",
    prepare=_prepare,
)

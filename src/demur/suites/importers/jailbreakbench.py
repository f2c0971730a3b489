"""JailbreakBench, benign behaviours: matched in theme to harmful ones. MIT."""

from demur.records.case import Expectation
from demur.suites.mapping import Mapped

MAPPED = Mapped(
    title="JailbreakBench: benign behaviours",
    licence="MIT",
    files=("benign_behaviors.csv", "benign-behaviors.csv"),
    columns={
        "id": "Index",
        "request": "Goal",
        "topic": "Category",
        "family": "Behavior",
        "source": "Source",
    },
    default=Expectation.ANSWER,
    reason="JailbreakBench lists it as benign, beside a harmful request on the same "
    "theme.",
)

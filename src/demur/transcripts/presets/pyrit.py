"""PyRIT: answers labelled as refusals or not, to test its refusal scorer.

Microsoft; MIT. Its authors count an answer that is off topic as a refusal.
"""

from demur.records.labelled import ServedLabel
from demur.transcripts.columns import Columns
from demur.transcripts.labels import LabelForm

FORM = LabelForm(
    title="PyRIT: answers labelled as refusals or not",
    files=("refusal*.csv",),
    columns=Columns(
        said={
            "request": "objective",
            "response": "assistant_response",
            "label": "human_score",
        }
    ),
    labels={"0": ServedLabel.SERVED, "1": ServedLabel.NOT_SERVED},
    is_off_topic_refusal=True,
)

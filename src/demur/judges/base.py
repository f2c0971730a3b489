"""What every judge promises."""

from typing import Protocol

from demur.records.transcript import Transcript
from demur.records.trial import Trial
from demur.records.verdict import Judgement


class Judge(Protocol):
    """Something that turns a transcript into a verdict.

    Promises:
        * The same trial and transcript give the same judgement.
        * ``undecided`` means that it read the response and could not tell. A judge
          that broke raises a `JudgeError` instead.
        * What the response says is data: it is never obeyed.
        * It is not asked about transcripts that the protocol already explains.

    Attributes:
        name: Name and version, such as ``phrase@1``.
    """

    name: str

    async def judge(self, trial: Trial, transcript: Transcript) -> Judgement:
        """Say what the response did with the request."""
        ...

"""What judging has taken so far."""

from dataclasses import dataclass


@dataclass(slots=True, kw_only=True)
class JudgeUsage:
    """Counts of what was asked of judge models. Judges that belong together share one.

    Attributes:
        calls: Calls that were answered, second tries included.
        again: Second tries among them, after an answer that could not be read.
        kept: Verdicts that an earlier reply gave, without a call.
        read: Tokens read, counted by the server or else estimated.
        written: Tokens written, in the same way.
        first: Transcripts that a cascade's first judge read.
        passed_on: How many of them its better judge decided.
    """

    calls: int = 0
    again: int = 0
    kept: int = 0
    read: int = 0
    written: int = 0
    first: int = 0
    passed_on: int = 0

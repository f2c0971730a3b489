"""A judge that says what a table says of a response, for tests."""

from demur.errors import JudgeError
from demur.records.transcript import Transcript
from demur.records.trial import Trial
from demur.records.verdict import Judgement, Verdict

Said = tuple[Verdict, float | None] | None


class SaidJudge:
    """Verdict and chance by response; None breaks it. Remembers what it read."""

    def __init__(self, name: str, said: dict[str, Said]) -> None:
        self.name = name
        self.read: list[str] = []
        self._said = said

    async def judge(self, trial: Trial, transcript: Transcript) -> Judgement:
        self.read.append(transcript.response)
        said = self._said[transcript.response]
        if said is None:
            raise JudgeError("no verdict")
        verdict, chance = said
        return Judgement(
            trial_id=transcript.trial_id,
            judge=self.name,
            verdict=verdict,
            p_not_served=chance,
            evidence=transcript.response,
        )

"""Cases and the deployments in which they are asked."""

from dataclasses import dataclass

from demur.records.case import Case
from demur.records.context import GENERAL, Context, Deployment
from demur.records.trial import Trial


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """Cases × contexts. A case is asked in the contexts that it expects something of.

    Attributes:
        name: What reports call it.
        cases: In the order of the files.
        deployments: In the order of the files.
        title: One line for lists.
        licence: Of the texts; empty where the files do not say.
    """

    name: str
    cases: tuple[Case, ...]
    deployments: tuple[Deployment, ...] = ()
    title: str = ""
    licence: str = ""

    def trials(self, samples: int = 1) -> tuple[Trial, ...]:
        """Every trial, in the order of the files, ``samples`` of each.

        Raises:
            ValueError: If ``samples`` is below 1.
            KeyError: If a case expects something of a context that is not here.
        """
        if samples < 1:
            raise ValueError(f"samples must be at least 1, got {samples}")
        by_id = {deployment.id: deployment for deployment in self.deployments}
        return tuple(
            Trial(case=case, context=_context(case, name, by_id), sample=sample)
            for case in self.cases
            for name in case.expected
            for sample in range(1, samples + 1)
        )


def _context(case: Case, name: str, deployments: dict[str, Deployment]) -> Context:
    """The context that a case names: its own frame and/or the suite's deployment."""
    if name == GENERAL:
        return Context(id=GENERAL)
    if name in deployments:
        return Context(id=name, deployment=deployments[name])
    if name in case.frames:
        return Context(id=name, frame=case.frames[name])
    deployment, _, frame = name.partition("+")
    return Context(
        id=name, deployment=deployments[deployment], frame=case.frames[frame]
    )

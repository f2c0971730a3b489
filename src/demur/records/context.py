"""Who is asking whom: a deployment, a frame, both or neither."""

from dataclasses import dataclass
from enum import StrEnum

GENERAL = "general"
"""Id of the baseline context: no deployment and no frame."""


class ContextKind(StrEnum):
    """What a context is made of."""

    GENERAL = "general"
    DEPLOYMENT = "deployment"
    FRAME = "frame"
    FRAMED_DEPLOYMENT = "framed deployment"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """A model as a company deploys it.

    Attributes:
        id: Unique in its suite; also the id of the context without a frame.
        field: The field it works in.
        system: The system prompt, exactly as sent.
        audience: Who uses it.
        policy: What a right response is here, in words.
    """

    id: str
    field: str
    system: str
    audience: str = ""
    policy: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """A deployment and/or what the asker says about himself.

    Attributes:
        id: ``general``, a deployment's id, a frame's id, or both joined by ``+``.
        deployment: None where the model is asked without a system prompt.
        frame: What the asker says before the request; None where nothing.
    """

    id: str
    deployment: Deployment | None = None
    frame: str | None = None

    @property
    def kind(self) -> ContextKind:
        """Which parts this context has."""
        if self.deployment is not None:
            return (
                ContextKind.FRAMED_DEPLOYMENT if self.frame else ContextKind.DEPLOYMENT
            )
        return ContextKind.FRAME if self.frame else ContextKind.GENERAL

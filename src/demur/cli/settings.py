"""What the environment says. The only file that reads it."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

import platformdirs


@dataclass(frozen=True, slots=True)
class Settings:
    """The process's environment, read once.

    Attributes:
        environment: All variables; keys are looked up here when a target needs one.
        models: Cache folder for model files: ``DEMUR_CACHE``, or the system's usual
            place for caches.
        version: Of demur.
    """

    environment: Mapping[str, str] = field(repr=False)
    models: Path
    version: str


def read_settings() -> Settings:
    """The settings that this process runs with."""
    cache = os.environ.get("DEMUR_CACHE") or platformdirs.user_cache_dir("demur")
    return Settings(
        environment=dict(os.environ),
        models=Path(cache) / "models",
        version=version("demur"),
    )

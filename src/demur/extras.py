"""Optional libraries: the one module that uses each is loaded only when wanted."""

import importlib
from types import ModuleType

from demur.errors import MissingExtraError


def load_extra(module: str, library: str, extra: str) -> ModuleType:
    """The one module that imports an optional library.

    Raises:
        MissingExtraError: If the library is not installed; names the pip command.
    """
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        raise MissingExtraError.of(f"extra {extra!r}", library, extra) from error

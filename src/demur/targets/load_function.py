"""A user's own function, found by ``module:function``."""

import importlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from demur.errors import InputError


def load_function(spec: str, where: str) -> Callable[..., Any]:
    """The function that ``package.module:function`` names.

    Modules of the current folder are found, as by ``python -m``.

    Args:
        spec: The name.
        where: The option that it came from, for messages.

    Raises:
        InputError: If there is no such module or function, or it cannot be called.
    """
    module_name, _, name = spec.partition(":")
    if not module_name or not name:
        hint = "Write it as package.module:function"
        raise InputError(where, f"{spec!r} does not name a function", hint)
    folder = str(Path.cwd())
    if folder not in sys.path:
        sys.path.insert(0, folder)
    try:
        module = importlib.import_module(module_name)
    except Exception as error:
        raise InputError(
            where,
            f"importing {module_name!r} fails ({type(error).__name__}: {error})",
            f"Try it alone: python -c 'import {module_name}'",
        ) from error
    found = getattr(module, name, None)
    if not callable(found):
        public = [n for n in vars(module) if callable(getattr(module, n))]
        known = ", ".join(n for n in public if not n.startswith("_")) or "nothing"
        problem = f"{module_name!r} has no function {name!r}"
        raise InputError(where, problem, f"It has: {known}.")
    function: Callable[..., Any] = found
    return function

"""A user's own Python function, found by its name."""

import hashlib
import importlib
import inspect
import sys
from collections.abc import Callable
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from demur.errors import InputError


def load_function(spec: str, where: str) -> Callable[..., Any]:
    """The function that ``module:function`` names.

    The folder that the command runs in is searched first, as by ``python -m``. The
    module's own code runs as it is imported.

    Args:
        spec: Module and function; dots lead into packages, and into classes.
        where: The option or file that names it, for messages.

    Raises:
        InputError: If there is no such module or function, the module cannot be
            imported, or what it names cannot be called.
    """
    module_name, colon, path = spec.partition(":")
    if not module_name or not colon or not path:
        hint = "Write it as python:module:function, such as python:scorers:is_harmful"
        raise InputError(where, f"{spec!r} names no module and function", hint)
    found: Any = _import(module_name, where)
    for name in path.split("."):
        found = _member(found, name, module_name, where)
    if not callable(found):
        problem = f"{path!r} in the module {module_name!r} cannot be called"
        raise InputError(where, problem, "Name a function.")
    function: Callable[..., Any] = found
    return function


def _import(name: str, where: str) -> Any:
    folder = str(Path.cwd())
    if folder not in sys.path:
        sys.path.insert(0, folder)
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is not None and f"{name}.".startswith(f"{error.name}."):
            first = name.partition(".")[0]
            hint = f"Run the command in the folder that holds {first}.py"
            raise InputError(where, f"there is no module {name!r}", hint) from error
        raise _broken(name, where, error) from error
    except (Exception, SystemExit) as error:
        raise _broken(name, where, error) from error


def _broken(name: str, where: str, error: BaseException) -> InputError:
    said = " ".join(f"{type(error).__name__}: {error}".split())
    hint = f"Mend it until this works: python -c 'import {name}'"
    return InputError(where, f"the module {name!r} cannot be imported ({said})", hint)


def _member(found: Any, name: str, module: str, where: str) -> Any:
    try:
        return getattr(found, name)
    except AttributeError as error:
        known = [each for each in dir(found) if not each.startswith("_")]
        near = get_close_matches(name, known, n=1)
        hint = f"Did you mean {near[0]!r}?" if near else "Check the function's name."
        problem = f"the module {module!r} holds no {name!r}"
        raise InputError(where, problem, hint) from error


def code_digest(function: Callable[..., Any]) -> str:
    """Hash of the file that a function stands in: 16 hexadecimal digits, or empty."""
    try:
        file = inspect.getsourcefile(inspect.unwrap(function))
        content = Path(file or "").read_bytes()
    except (OSError, TypeError):
        return ""
    return hashlib.sha256(content).hexdigest()[:16]

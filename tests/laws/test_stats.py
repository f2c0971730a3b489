"""Law: every method says what it assumes, where it is from and how it was checked."""

import importlib
import inspect
import pkgutil
import re

import pytest

import demur.stats

SECTIONS = ("Assumes", "Source", "Checked")


def public_names() -> dict[str, str]:
    """The docstring of every public function and class in stats, by its full name."""
    modules = [
        importlib.import_module(f"demur.stats.{module.name}")
        for module in pkgutil.iter_modules(demur.stats.__path__)
    ]
    return {
        f"{module.__name__}.{name}": inspect.getdoc(member) or ""
        for module in modules
        for name, member in vars(module).items()
        if (inspect.isfunction(member) or inspect.isclass(member))
        and member.__module__ == module.__name__
        and not name.startswith("_")
    }


DOCSTRINGS = public_names()


def test_the_law_sees_functions_and_classes() -> None:
    """A search that finds nothing would pass every test below."""
    assert {
        "demur.stats.cluster.effective_size",
        "demur.stats.estimate.Estimate",
        "demur.stats.paired.mcnemar_exact",
        "demur.stats.proportion.wilson",
    } <= DOCSTRINGS.keys()


@pytest.mark.parametrize("section", SECTIONS)
@pytest.mark.parametrize("name", sorted(DOCSTRINGS))
def test_every_method_says_what_it_rests_on(name: str, section: str) -> None:
    """A number whose assumptions cannot be looked up cannot be disagreed with.

    The section must be there and say something.
    """
    text = DOCSTRINGS[name]

    assert re.search(rf"^{section}:\n {{4}}\S", text, re.MULTILINE), (
        f"{name} has no section {section!r} in its docstring"
    )

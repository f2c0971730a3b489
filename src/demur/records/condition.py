"""What a run must fulfil: a quantity, the part of the run it is of, and a limit."""

import re
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from shlex import quote, split

from demur.errors import InputError


class Quantity(StrEnum):
    """What a condition can be on. Each is defined in docs/glossary.md."""

    OVER_REFUSAL = "over-refusal"
    STRICT_OVER_REFUSAL = "strict over-refusal"
    UNDER_REFUSAL = "under-refusal"
    CONTEXT_SENSITIVITY = "context-sensitivity"
    TRIGGER_EFFECT = "trigger-effect"
    GAP = "gap"
    CHANGE_OVER_REFUSAL = "change over-refusal"
    CHANGE_UNDER_REFUSAL = "change under-refusal"

    @property
    def is_rate(self) -> bool:
        """Whether it is a share of trials; else it is a difference of two."""
        return self in _RATES

    @property
    def span(self) -> tuple[float, float]:
        """Least and greatest value."""
        return (0.0, 1.0) if self.is_rate else (-1.0, 1.0)

    @property
    def is_of_two_runs(self) -> bool:
        """Whether it needs another run to compare with."""
        return self in {Quantity.CHANGE_OVER_REFUSAL, Quantity.CHANGE_UNDER_REFUSAL}

    @property
    def is_met_by_answering_all(self) -> bool:
        """Whether a target that refuses nothing fulfils a limit from above on it."""
        return self in _MET_BY_ANSWERING

    @property
    def is_under_refusal(self) -> bool:
        """Whether it keeps harmful requests from being answered."""
        return self in {Quantity.UNDER_REFUSAL, Quantity.CHANGE_UNDER_REFUSAL}


_RATES = {
    Quantity.OVER_REFUSAL,
    Quantity.STRICT_OVER_REFUSAL,
    Quantity.UNDER_REFUSAL,
}
_MET_BY_ANSWERING = {
    Quantity.OVER_REFUSAL,
    Quantity.STRICT_OVER_REFUSAL,
    Quantity.GAP,
    Quantity.CHANGE_OVER_REFUSAL,
}
_SPELLINGS = {
    **{quantity.value: quantity for quantity in Quantity},
    "strict-over-refusal": Quantity.STRICT_OVER_REFUSAL,
    "context sensitivity": Quantity.CONTEXT_SENSITIVITY,
    "trigger effect": Quantity.TRIGGER_EFFECT,
    "calibration gap": Quantity.GAP,
    "calibration-gap": Quantity.GAP,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One thing that is to hold of a run.

    Attributes:
        quantity: What is measured.
        limit: A proportion, or a difference of two; not percent.
        is_upper: Whether the quantity must be at most the limit; else at least.
        topic: Only the trials of this topic; None for all, like the next two.
        field: Only the trials of this field.
        context: Only the trials in this context; of a gap, the deployment.
    """

    quantity: Quantity
    limit: float
    is_upper: bool = True
    topic: str | None = None
    field: str | None = None
    context: str | None = None

    @property
    def subject(self) -> str:
        """What the limit is on, in the words that a condition is written in."""
        words = [self.quantity.value]
        if self.quantity is Quantity.GAP and self.context is not None:
            words.append(quote(self.context))
        words += [
            f"{name}:{quote(value)}"
            for name, value in (("topic", self.topic), ("field", self.field))
            if value is not None
        ]
        if self.quantity is not Quantity.GAP and self.context is not None:
            words.append(f"in {quote(self.context)}")
        return " ".join(words)

    def __str__(self) -> str:
        return f"{self.subject} {'<=' if self.is_upper else '>='} {self.limit:g}"


_PARTS = re.compile(r"(?P<left>[^<>=≤≥]+)(?P<sign><=|>=|≤|≥)(?P<limit>[^<>=≤≥]+)")
_NUMBER = re.compile(r"([-−+]?\d*\.?\d+)\s*(%?)")
_FORM = (
    "Write it like 'over-refusal <= 0.05', 'under-refusal in ward-assistant <= 0.02', "
    "'over-refusal topic:dosing <= 10%' or 'gap ward-assistant <= 0.03'."
)


def parse_condition(text: str, where: str) -> Condition:
    """The condition that a text says.

    Args:
        text: Such as ``over-refusal topic:dosing <= 0.1``. A limit may be in percent.
        where: What holds the text, for a message.

    Raises:
        InputError: If it says none, or one that no run could decide.
    """
    parts = _PARTS.fullmatch(text.strip())
    if parts is None:
        raise InputError(where, f"{text[:80]!r} is no condition", _FORM)
    quantity, rest = _quantity(parts["left"], where)
    scope = _scope(quantity, rest, where)
    return Condition(
        quantity=quantity,
        limit=_limit(parts["limit"], quantity, where),
        is_upper=parts["sign"] in {"<=", "≤"},
        **scope,
    )


def _quantity(left: str, where: str) -> tuple[Quantity, str]:
    """The quantity, and the words after it."""
    words = " ".join(left.split())
    found = [s for s in _SPELLINGS if words == s or words.startswith(f"{s} ")]
    if found:
        spelling = max(found, key=len)
        return _SPELLINGS[spelling], words.removeprefix(spelling)
    known = [quantity.value for quantity in Quantity]
    near = get_close_matches(words, known, n=1, cutoff=0.5)
    guess = f"Did you mean {near[0]!r}? " if near else ""
    hint = f"{guess}Known: {', '.join(known)}."
    raise InputError(where, f"unknown quantity {words[:60]!r}", hint)


def _scope(quantity: Quantity, rest: str, where: str) -> dict[str, str]:
    """Which part of the run is meant: topic, field, context; what is there of them."""
    head, scope = _read_scope(rest, where)
    is_gap = quantity is Quantity.GAP
    if head and not is_gap:
        problem = f"cannot read {head[:60]!r} after {quantity.value!r}"
        raise InputError(where, problem, _FORM)
    if is_gap and "context" in scope:
        hint = "Write the deployment after 'gap': 'gap ward-assistant <= 0.03'."
        raise InputError(where, "a gap is not in a context", hint)
    if quantity is Quantity.CONTEXT_SENSITIVITY and "context" in scope:
        hint = "Leave the context out: it compares the same words in several contexts."
        raise InputError(where, "context sensitivity is not in one context", hint)
    return {**scope, "context": head} if head else scope


def _read_scope(rest: str, where: str) -> tuple[str, dict[str, str]]:
    """The words before the first part named, and the parts by name."""
    try:
        words = split(rest)
    except ValueError as error:
        hint = 'Put both quotes around a name: topic:"war and history".'
        raise InputError(where, "a quote is not closed", hint) from error
    found: dict[str, list[str]] = {"": []}
    at = ""
    for word in words:
        name, colon, value = word.partition(":")
        is_named = bool(colon) and name in {"topic", "field", "context"}
        if word == "in" or is_named:
            at = "context" if word == "in" else name
            if at in found:
                hint = "Give each part once; write one condition for each."
                raise InputError(where, f"two of {at} in one condition", hint)
            found[at] = [value] if value else []
        else:
            found[at].append(word)
    scope = {name: " ".join(said) for name, said in found.items()}
    empty = next((name for name in scope if name and not scope[name]), None)
    if empty is not None:
        raise InputError(where, f"{empty} without a name", _FORM)
    return scope.pop(""), scope


def _limit(text: str, quantity: Quantity, where: str) -> float:
    match = _NUMBER.fullmatch(text.strip())
    if match is None:
        hint = "Write it like 0.05 or 5%."
        raise InputError(where, f"{text.strip()[:40]!r} is no number", hint)
    limit = float(match[1].replace("−", "-")) / (100 if match[2] else 1)
    least, greatest = quantity.span
    if least < limit < greatest:
        return limit
    between = f"Write a number above {least:g} and below {greatest:g}, such as 0.05."
    problem = f"no run can decide about a limit of {limit:g}"
    raise InputError(where, problem, between)

"""How much better than chance a classifier is: sensitivity plus specificity minus 1."""

from dataclasses import dataclass
from math import sqrt

from demur.stats.estimate import Estimate
from demur.stats.proportion import wilson


@dataclass(frozen=True, slots=True, kw_only=True)
class Validation:
    """What a classifier said of trials whose truth is known.

    Attributes:
        true_positives: Those truly positive that it called positive.
        positives: All those truly positive. May be 0.
        true_negatives: Those truly negative that it called negative.
        negatives: All those truly negative. May be 0.

    Counts may be fractions where they were scaled to an effective number of trials.

    Assumes:
        Nothing: a record.

    Source:
        None: a record.

    Checked:
        It refuses counts below 0 and parts larger than the whole.
    """

    true_positives: float
    positives: float
    true_negatives: float
    negatives: float

    def __post_init__(self) -> None:
        for name, part, whole in (
            ("true_positives", self.true_positives, self.positives),
            ("true_negatives", self.true_negatives, self.negatives),
        ):
            if not 0 <= part <= whole:
                raise ValueError(f"{name} must be in [0, all], got {part} of {whole}")


def youden(validation: Validation, level: float = 0.95) -> Estimate | None:
    """Sensitivity plus specificity minus 1: 1 for a perfect classifier, 0 for chance.

    Args:
        validation: Counts on trials whose truth is known.
        level: Confidence level, in (0, 1).

    Returns:
        Value in [-1, 1]; None if positives or negatives are missing.

    Raises:
        ValueError: If the level is not in (0, 1).

    Assumes:
        Trials are independent of one another.

    Source:
        Newcombe (1998), Stat. Med. 17:873-890, method 10: it is the difference of two
        independent proportions, sensitivity and share of false positives.

    Checked:
        Against statsmodels; worked by hand for a perfect classifier.

    Example:
        >>> validation = Validation(
        ...     true_positives=56, positives=70, true_negatives=32, negatives=80
        ... )
        >>> index = youden(validation)
        >>> round(index.value, 4), round(index.low, 4), round(index.high, 4)
        (0.2, 0.0524, 0.3339)
    """
    se = wilson(validation.true_positives, validation.positives, level)
    sp = wilson(validation.true_negatives, validation.negatives, level)
    if se is None or sp is None:
        return None
    value = se.value + sp.value - 1
    down = sqrt((se.value - se.low) ** 2 + (sp.value - sp.low) ** 2)
    up = sqrt((se.high - se.value) ** 2 + (sp.high - sp.value) ** 2)
    return Estimate(
        value=value, low=value - down, high=value + up, level=level, method="newcombe"
    )

"""How a number, and what a model wrote, is written.

The only file that turns proportions into percent.
"""

import re

from demur.measures.base import Measured
from demur.stats.estimate import Estimate

DASH = "–"
"""Stands where nothing is known."""

# C0 and C1 controls but tab and line feed, and the marks that reorder text.
_CONTROLS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]"
)


def percent(estimate: Estimate | None) -> str:
    """Percent to one decimal with its interval; a dash where nothing is known.

    Example:
        >>> from demur.stats.proportion import wilson
        >>> percent(wilson(3, 50))
        '6.0 % [2.1, 16.2]'
        >>> percent(None)
        '–'
    """
    if estimate is None:
        return DASH
    low, high = 100 * estimate.low, 100 * estimate.high
    return f"{100 * estimate.value:.1f} % [{low:.1f}, {high:.1f}]"


def round_percent(value: float) -> str:
    """A proportion that is not estimated, to the nearest percent."""
    return f"{100 * value:.0f} %"


def distance(value: float) -> str:
    """A distance of two proportions, in points, where it has no interval."""
    return f"{100 * value:.1f} points"


def coefficient(estimate: Estimate | None, places: int = 2) -> str:
    """A number that is no rate, such as kappa, with its interval; or a dash.

    Example:
        >>> coefficient(Estimate(value=.5, low=.4, high=.6, level=.95, method="m"))
        '0.50 [0.40, 0.60]'
    """
    if estimate is None:
        return DASH
    ends = f"{estimate.low:.{places}f}, {estimate.high:.{places}f}"
    return f"{estimate.value:.{places}f} [{ends}]".replace("-", "−")


def p_value(value: float) -> str:
    """A p-value to three decimals, or how small it is."""
    return "p < 0.001" if value < 0.001 else f"p = {value:.3f}"


def points(estimate: Estimate | None) -> str:
    """Percentage points with sign and interval; a dash where nothing is known."""
    if estimate is None:
        return DASH
    low, high = 100 * estimate.low, 100 * estimate.high
    value = _signed(100 * estimate.value)
    return f"{value} points [{_signed(low)}, {_signed(high)}]"


def share(value: float | None) -> str:
    """Percent of a number that is not uncertain: a limit, or what is assumed.

    Example:
        >>> share(0.025), share(None)
        ('2.5 %', '–')
    """
    return DASH if value is None else f"{round(100 * value, 2):g} %"


def _signed(value: float) -> str:
    text = f"{value:+.1f}"
    return "0.0" if text in {"+0.0", "-0.0"} else text.replace("-", "−")


def plain(value: float, *, is_difference: bool = False) -> str:
    """A proportion without an interval, such as a limit that somebody set.

    Example:
        >>> plain(0.025), plain(-0.02, is_difference=True)
        ('2.5 %', '−2 points')
    """
    if not is_difference:
        return f"{100 * value:.4g} %"
    return f"{100 * value:+.4g} points".replace("-", "−").replace("+0 ", "0 ")


def number(
    measured: Measured, *, is_difference: bool = False, is_coefficient: bool = False
) -> str:
    """A measure's estimate: as a rate, as a difference, or as it is."""
    if is_coefficient:
        return coefficient(measured.estimate)
    return points(measured.estimate) if is_difference else percent(measured.estimate)


def tested(measured: Measured) -> str:
    """A measure's p-value; a dash where nothing was tested."""
    return DASH if measured.p_value is None else p_value(measured.p_value)


def left_out(measured: Measured) -> str:
    """What was not counted, by reason; ``none`` where all was."""
    reasons = [f"{count} {why}" for why, count in measured.left_out.items() if count]
    return ", ".join(reasons) or "none"


def rate_line(measured: Measured, *, is_difference: bool = False) -> str:
    """Name, number, interval, trials counted, trials left out: always all five.

    Example:
        >>> from demur.stats.proportion import wilson
        >>> rate_line(Measured(name="over-refusal", estimate=wilson(3, 50),
        ...     trials=50, families=50, left_out={"undecided": 2, "failed": 0}))
        'over-refusal 6.0 % [2.1, 16.2]  n = 50, left out: 2 undecided'
    """
    written = number(measured, is_difference=is_difference)
    return (
        f"{measured.name} {written}  n = {measured.trials}, "
        f"left out: {left_out(measured)}"
    )


def printable(text: str) -> str:
    r"""The text without what could act on a terminal or a page, or not be encoded.

    Control characters, among them escape sequences' first, and marks that reorder
    text become U+FFFD, and so do lone surrogates. Line feeds and tabs stay.

    Example:
        >>> printable("a\x1b[31mb")
        'a�[31mb'
    """
    clean = _CONTROLS.sub("�", text.replace("\r\n", "\n"))
    return clean.encode("utf-8", errors="replace").decode("utf-8").replace("\x00", "")


def shorten(text: str, length: int) -> str:
    """One line of at most ``length`` characters, printable."""
    line = " ".join(printable(text[: 8 * length]).split())
    return line if len(line) <= length else line[: length - 1].rstrip() + "…"

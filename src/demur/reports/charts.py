"""Charts as static SVG (extra: report). The only file that imports Altair."""

import altair as alt
import vl_convert

from demur.reports.document import Bar, Chart, Spot

_COLOURS = {
    "over-refusal": "#b3431e",
    "under-refusal": "#2b5f8f",
    "calibration gap": "#6b3fa0",
    "stated by the judge": "#8a8275",
    "labelled not served": "#b3431e",
}
_WIDTH = 300
"""Of the plot without its labels: the whole fits on a telephone."""


def draw(chart: Chart) -> str:
    """The chart as an ``<svg>`` element: no script, no link, no outside font.

    A bar without an estimate keeps its line and shows nothing on it.
    """
    if chart.spots:
        return _plane(chart)
    groups = list(dict.fromkeys(bar.group for bar in chart.bars))
    labels = list(dict.fromkeys(bar.label for bar in chart.bars))
    low = -100 if chart.is_difference else 0
    base = alt.Chart(alt.InlineData(values=[_row(bar) for bar in chart.bars])).encode(
        y=alt.Y(
            "label:N",
            sort=labels,
            title=None,
            axis=alt.Axis(labelLimit=130, ticks=False),
        ),
        yOffset=alt.YOffset("group:N", sort=groups),
        color=alt.Color(
            "group:N",
            scale=alt.Scale(domain=groups, range=[_COLOURS[group] for group in groups]),
            legend=alt.Legend(orient="top", title=None) if len(groups) > 1 else None,
        ),
    )
    axis = alt.Axis(title=chart.axis, grid=True, gridColor="#e4e0d8")
    scale = alt.Scale(domain=[low, 100])
    rules = base.mark_rule(strokeWidth=2).encode(
        x=alt.X("low:Q", scale=scale, axis=axis), x2="high:Q"
    )
    points = base.mark_point(filled=True, size=55, opacity=1).encode(
        x=alt.X("value:Q", scale=scale, axis=axis)
    )
    layers = [rules, points]
    if chart.is_difference:
        zero = alt.Chart(alt.InlineData(values=[{"zero": 0}]))
        layers.insert(0, zero.mark_rule(color="#8a8275").encode(x="zero:Q"))
    whole = (
        alt.layer(*layers)
        .properties(width=_WIDTH, height=alt.Step(14 if len(groups) > 1 else 22))
        .configure_view(stroke=None)
        .configure(background="transparent", font="sans-serif")
    )
    return str(vl_convert.vegalite_to_svg(whole.to_dict()))


def _row(bar: Bar) -> dict[str, float | str | None]:
    estimate = bar.estimate
    return {
        "label": bar.label,
        "group": bar.group,
        "value": 100 * estimate.value if estimate else None,
        "low": 100 * estimate.low if estimate else None,
        "high": 100 * estimate.high if estimate else None,
    }


def _plane(chart: Chart) -> str:
    """Runs by their two rates, with both intervals, and the frontier's steps."""
    base = alt.Chart(alt.InlineData(values=[_spot(s) for s in chart.spots]))
    rates = alt.Scale(domain=[0, 100])
    across = alt.X("x:Q", scale=rates, title="over-refusal, %", axis=_axis())
    up = alt.Y("y:Q", scale=rates, title="under-refusal, %", axis=_axis())
    colour = alt.Color(
        "state:N",
        scale=alt.Scale(
            domain=["on the frontier", "dominated"], range=["#6b3fa0", "#8a8275"]
        ),
        legend=alt.Legend(orient="top", title=None),
    )
    edge = base.transform_filter("datum.is_edge").mark_line(
        interpolate="step-after", color="#6b3fa0", strokeDash=[4, 3], strokeWidth=1
    )
    layers = (
        edge.encode(x=across, y=up, order="x:Q"),
        base.mark_rule(strokeWidth=1).encode(
            x=alt.X("left:Q"), x2="right:Q", y=up, color=colour
        ),
        base.mark_rule(strokeWidth=1).encode(
            x=across, y=alt.Y("low:Q"), y2="high:Q", color=colour
        ),
        base.mark_point(filled=True, size=70, opacity=1).encode(
            x=across, y=up, color=colour
        ),
        # Apart, so that a run and the one that just beats it can both be read.
        *(
            base.transform_filter(f"datum.is_edge == {is_edge}")
            .mark_text(align="left", dx=7, dy=dy, fontWeight="bold")
            .encode(x=across, y=up, text="label:N")
            for is_edge, dy in (("true", 11), ("false", -8))
        ),
    )
    whole = (
        alt.layer(*layers)
        .properties(width=_WIDTH, height=_WIDTH)
        .configure_view(stroke=None)
        .configure(background="transparent", font="sans-serif")
    )
    return str(vl_convert.vegalite_to_svg(whole.to_dict()))


def _axis() -> alt.Axis:
    return alt.Axis(grid=True, gridColor="#e4e0d8")


def _spot(spot: Spot) -> dict[str, float | str | bool]:
    across, up = spot.across, spot.up
    return {
        "label": spot.label,
        "x": 100 * across.value,
        "left": 100 * across.low,
        "right": 100 * across.high,
        "y": 100 * up.value,
        "low": 100 * up.low,
        "high": 100 * up.high,
        "is_edge": spot.is_edge,
        "state": "on the frontier" if spot.is_edge else "dominated",
    }

"""Runs as plain text tables."""

from collections.abc import Mapping, Sequence

from bench.row import Row, Setting, median_row

_HEADINGS = (
    "",
    "runs",
    "requests",
    "in flight",
    "wall s",
    "req/s whole",
    "(low-high)",
    "beyond start",
    "asking",
    "of limit",
    "x bare",
    "CPU-s/1000",
    "beyond start",
    "peak MB",
    "provider's CPU-s/1000",
)

_NOTE = """\
req/s whole: of the whole command, from start to exit. beyond start: the same without
the start-up run's requests and seconds. asking: from the first request to the last
answer, as the provider saw them. of limit, x bare: whole / asking.
CPU-s/1000: user and system, start-up included, and beyond it. peak MB: of the largest
process. Of several runs the one with the median whole rate is shown; (low-high) is
over all.
"""


def throughput_tables(
    machine: Mapping[str, str],
    versions: Mapping[str, str],
    rows: Sequence[Row],
    start_up: Setting,
) -> str:
    """Everything that is printed: machine, versions, start-up, then each setting."""
    small = {row.contestant: row for row in rows if row.setting == start_up}
    settings = dict.fromkeys(r.setting for r in rows if r.setting != start_up)
    parts = [
        plain_list(machine),
        plain_list(versions),
        _start_up_table(list(small.values())),
        *(
            _setting_table(setting, [r for r in rows if r.setting == setting], small)
            for setting in settings
        ),
        _NOTE,
    ]
    return "\n".join(parts)


def plain_list(pairs: Mapping[str, str]) -> str:
    """A name and what is said of it, on each line."""
    width = max(len(name) for name in pairs)
    return "".join(f"{name:<{width}}  {said}\n" for name, said in pairs.items())


def plain_table(title: str, lines: Sequence[Sequence[str]]) -> str:
    """Columns as wide as they must be, numbers to the right; the first line heads."""
    widths = [max(len(cell) for cell in column) for column in zip(*lines, strict=True)]
    shown = [title]
    for first, *others in lines:
        cells = [
            f"{cell:>{width}}" for cell, width in zip(others, widths[1:], strict=True)
        ]
        shown.append("  ".join([f"{first:<{widths[0]}}", *cells]).rstrip())
    return "\n".join(shown) + "\n"


def _start_up_table(rows: Sequence[Row]) -> str:
    heading = ("", "requests", "wall s", "CPU-s", "peak MB")
    lines = [heading, *(_start_up_line(row) for row in rows)]
    return plain_table("Start-up: few requests, answered at once", lines)


def _start_up_line(row: Row) -> tuple[str, ...]:
    if row.fault:
        return (f"{row.contestant}: {row.fault}", "", "", "", "")
    used = row.used
    figures = (used.wall_seconds, used.cpu_seconds)
    shown = [f"{figure:.2f}" for figure in figures]
    return (row.contestant, str(row.asked), *shown, f"{used.peak_mb:.0f}")


def _setting_table(
    setting: Setting, rows: Sequence[Row], small: Mapping[str, Row]
) -> str:
    names = list(dict.fromkeys(row.contestant for row in rows))
    sound = {name: _sound(name, rows) for name in names}
    bare = median_row(sound[names[0]]) if sound[names[0]] else None
    lines = [_HEADINGS, *(_line(sound[n], bare, small[n]) for n in names if sound[n])]
    title = f"{setting.label}: limit {setting.limit:,.0f} requests/s"
    faults = [f"{row.contestant}: {row.fault}\n" for row in rows if row.fault]
    return plain_table(title, lines) + "".join(faults)


def _sound(name: str, rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows if row.contestant == name and row.fault is None]


def _line(rows: list[Row], bare: Row | None, small: Row) -> tuple[str, ...]:
    row = median_row(rows)
    rates = [other.whole_rate for other in rows]
    rate = None if small.fault else row.rate_beyond(small)
    cpu = None if small.fault else row.cpu_beyond(small)
    limit = row.setting.limit
    return (
        row.contestant,
        str(len(rows)),
        f"{row.asked:,}",
        f"{row.seen.peak}",
        f"{row.used.wall_seconds:.2f}",
        f"{row.whole_rate:,.0f}",
        f"({min(rates):,.0f}-{max(rates):,.0f})",
        _dash(rate, ",.0f"),
        f"{row.asking_rate:,.0f}",
        f"{_percent(row.whole_rate / limit)} / {_percent(row.asking_rate / limit)}",
        _against(row, bare),
        f"{row.cpu_per_1000:.2f}",
        _dash(cpu, ".2f"),
        f"{row.used.peak_mb:.0f}",
        f"{row.provider_cpu_per_1000:.2f}",
    )


def _dash(figure: float | None, form: str) -> str:
    return "–" if figure is None else f"{figure:{form}}"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _against(row: Row, bare: Row | None) -> str:
    if bare is None:
        return "–"
    whole = row.whole_rate / bare.whole_rate
    return f"{whole:.2f} / {row.asking_rate / bare.asking_rate:.2f}"

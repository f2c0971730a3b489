"""A starter suite for one's own deployment, with a comment on everything."""

from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files
from textwrap import indent, wrap

from demur.records.case import Case, Expected
from demur.records.context import GENERAL
from demur.records.suite import Suite
from demur.suites.composition import flips, is_harmful_contrast

SCHEMA_FILE = "suite.schema.json"
"""What the schema for editors is called beside a suite."""

_POSITIVE, _FLIPPING, _HARMFUL = 5, 3, 2
_LONGEST = 400
_WIDTH = 96


@dataclass(frozen=True, slots=True, kw_only=True)
class Starter:
    """What a starter suite is made from.

    Attributes:
        name: Of the suite and of its deployment: an id.
        field: Of its cases.
        system: The system prompt of the deployment.
        is_own: Whether the prompt is the user's own, not an example.
        suite: Where its first cases come from.
    """

    name: str
    field: str
    system: str
    is_own: bool
    suite: Suite


def schema() -> str:
    """The JSON Schema of the suite format, which editors check files with."""
    return (files("demur.suites") / SCHEMA_FILE).read_text(encoding="utf-8")


def starter_text(starter: Starter) -> str:
    """The suite as YAML, ready to be run and to be changed."""
    twins = {c.plain_of: c.request for c in starter.suite.cases if c.plain_of}
    groups = _groups(starter.suite, set(twins))
    return _HEAD.format(
        schema=SCHEMA_FILE,
        name=starter.name,
        field=starter.field,
        note=_OWN if starter.is_own else _EXAMPLE,
        system=_block(starter.system.strip(), 6),
        source=starter.suite.name,
    ) + "".join(
        f"\n  # {comment}\n"
        + "\n".join(_case(case, twins.get(case.id), starter.name) for case in cases)
        for comment, cases in groups
    )


def _groups(suite: Suite, paired: set[str | None]) -> list[tuple[str, list[Case]]]:
    """A few cases of each kind, of as many topics as there are."""
    usual = [
        case
        for case in suite.cases
        if case.plain_of is None
        and not case.earlier
        and len(case.request) < _LONGEST
        and GENERAL in case.expected
    ]
    flipping = [
        case
        for case in usual
        if flips(case) and case.expected[GENERAL].expectation.is_legitimate
    ]
    flipping = [case for case in flipping if _refusing_frames(case)]
    harmful = [case for case in usual if is_harmful_contrast(case)]
    taken = {case.id for case in (*flipping, *harmful)}
    positive = [c for c in usual if c.id in paired and c.id not in taken]
    return [
        (_ABOUT_POSITIVE, _varied(positive, _POSITIVE)),
        (_ABOUT_FLIPPING, _varied(flipping, _FLIPPING)),
        (_ABOUT_HARMFUL, _varied(harmful, _HARMFUL)),
    ]


def _refusing_frames(case: Case) -> list[str]:
    return [
        name
        for name in case.frames
        if name in case.expected and not case.expected[name].expectation.is_legitimate
    ]


def _varied(cases: Iterable[Case], count: int) -> list[Case]:
    """The first case of each topic, as many as wanted."""
    first: dict[str, Case] = {}
    for case in cases:
        first.setdefault(case.topic, case)
    return list(first.values())[:count]


def _case(case: Case, plain: str | None, deployment: str) -> str:
    lines = [
        f"  - id: {case.id}",
        f"    topic: {_quoted(case.topic)}",
        f"    request: {_folded(case.request)}",
    ]
    if plain:
        lines.append(f"    plain: {_folded(plain)}")
    if case.triggers:
        words = ", ".join(_quoted(trigger) for trigger in case.triggers)
        lines.append(f"    triggers: [{words}]")
    frames = _refusing_frames(case)[:1]
    if frames:
        lines.append("    frames:")
        lines += [f"      {name}: {_folded(case.frames[name], 8)}" for name in frames]
    lines.append("    expect:")
    general = case.expected[GENERAL]
    contexts = {GENERAL: general, deployment: general}
    contexts |= {name: case.expected[name] for name in frames}
    lines += [_expected(name, expected) for name, expected in contexts.items()]
    return "\n".join(lines) + "\n"


def _expected(name: str, expected: Expected) -> str:
    reason = _folded(expected.reason, 10)
    return f"      {name}:\n        {expected.expectation.value}: {reason}"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _folded(text: str, margin: int = 6) -> str:
    """A YAML block that gives the text again, line by line."""
    if "\n" in text or text != text.strip():
        return f"|-\n{_block(text, margin)}"
    lines = wrap(text, _WIDTH - margin, break_long_words=False, break_on_hyphens=False)
    if " ".join(lines) != text:
        return _quoted(text)
    return ">-\n" + "\n".join(" " * margin + line for line in lines)


def _block(text: str, margin: int) -> str:
    return indent(text.strip("\n"), " " * margin)


_HEAD = """\
# yaml-language-server: $schema={schema}
#
# A demur suite. It runs as it is; make it yours from top to bottom:
#   1. deployments: your system prompt, who uses it, and what a right response is there;
#   2. cases: read each expectation and its reason, change what is not so with you, and
#      add what people really ask. Ten real requests beat a hundred invented ones;
#   3. demur check {name}.yaml    says every fault, and what is too little;
#   4. demur run {name}.yaml      asks the embedded model; --target asks yours.

format: 1
name: {name}
title: What people ask {name}, and what a right response is
field: {field}

deployments:
  {name}:
    # These two are not sent. They tell whoever writes or labels cases what is right.
    audience: Who uses it. Replace this sentence.
    policy: >-
      What a right response is here, and what stays out of bounds. Replace this by two
      or three sentences that a colleague could apply without asking you.
    # {note}
    system: |
{system}

# Each case is asked under 'general' (no system prompt) and under your deployment: the
# difference is the calibration gap. The first cases are from demur's suite {source}
# (CC-BY-4.0). What is expected under your deployment is a guess: what it is in general.
#   answer   to be served
#   care     to be served as a careful professional would: neither refused nor overdone
#   refuse   not to be served
# Each has its reason: one sentence that a colleague could disagree with.
cases:
"""

_OWN = "Your system prompt, exactly as it is sent."
_EXAMPLE = "An example of a system prompt. Replace it by yours."

_ABOUT_POSITIVE = (
    "Legitimate requests with words that trip careless filters. 'plain' is the same\n"
    "  # request without these words; asking both shows what the words do."
)
_ABOUT_FLIPPING = (
    "The same words, legitimate or not: a frame is what the asker says of himself."
)
_ABOUT_HARMFUL = (
    "Requests to be refused, whoever asks. Without them nobody would notice\n"
    "  # a deployment that answers everything."
)

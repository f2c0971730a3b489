"""One deployment or one case, read from its fields."""

from demur.records.case import Case, Expectation, Expected
from demur.records.context import GENERAL, Deployment
from demur.suites.draft import Draft, check_id
from demur.suites.nodes import Fields, text
from demur.suites.wording import check_plain, read_frames, read_triggers, read_turns

DEPLOYMENT_FIELDS = ("field", "audience", "policy", "system")
CASE_FIELDS = (
    "id",
    "field",
    "topic",
    "family",
    "earlier",
    "request",
    "plain",
    "triggers",
    "source",
    "frames",
    "expect",
)
EXPECTATIONS = tuple(expectation.value for expectation in Expectation)
EXPECTED_FIELDS = (*EXPECTATIONS, "contested", "votes")


def read_deployment(name: str, fields: Fields | None, home: str, draft: Draft) -> None:
    """Add a deployment to the draft; ``home`` is the file's own field."""
    if fields is None:
        return
    check_id(name, fields.node, fields.place)
    if name == GENERAL:
        hint = "'general' is the baseline without a deployment; choose another name."
        fields.place.fault(fields.node, "'general' cannot be a deployment", hint)
    draft.note(f"deployment {name}", fields)
    draft.deployments[name] = Deployment(
        id=name,
        field=_field(fields, home),
        system=fields.text("system").strip(),
        audience=fields.text("audience", required=False),
        policy=fields.text("policy", required=False),
    )
    fields.close(DEPLOYMENT_FIELDS)


def read_case(fields: Fields | None, home: str, draft: Draft) -> None:
    """Add a case to the draft, and its expectations to what is still to be read."""
    if fields is None:
        return
    name = fields.text("id")
    fields.place.case = name or None
    fields.place.path = ""
    if name:
        check_id(name, fields.node, fields.place.at("id"))
        draft.note(f"case {name}", fields)
    request = fields.text("request")
    expected: dict[str, Expected] = {}
    case = Case(
        id=name,
        field=_field(fields, home),
        topic=fields.text("topic"),
        request=request,
        family=fields.text("family", required=False) or name,
        expected=expected,
        frames=read_frames(fields.fields("frames")),
        triggers=read_triggers(fields, request),
        source=fields.text("source", required=False) or None,
        earlier=read_turns(fields),
    )
    plain = fields.text("plain", required=False)
    check_plain(plain, case, fields)
    _keep(case, expected, fields, draft)
    if plain and name:
        draft.add_plain(case, plain, fields)


def _keep(
    case: Case, expected: dict[str, Expected], fields: Fields, draft: Draft
) -> None:
    expect = fields.fields("expect")
    if fields.get("expect") is None:
        hint = "Say for each context what a right response does, and why."
        fields.place.at("expect").fault(fields.node, "missing", hint)
    fields.close(CASE_FIELDS)
    # A case without an id has its fault already; the line keeps two of them apart.
    draft.cases[case.id or f"line {fields.node.start_mark.line}"] = case
    if expect is not None:
        draft.expects.append((case, expected, expect))


def _field(fields: Fields, home: str) -> str:
    """The field of a case or deployment: its own, or else the file's."""
    own = fields.text("field", required=False)
    if not own and not home:
        hint = "Add 'field:' here, or once at the top of the file."
        fields.place.at("field").fault(fields.node, "missing", hint)
    return own or home


def read_expected(fields: Fields | None) -> Expected | None:
    """An expectation with its reason; None, and a fault, where it is not one."""
    if fields is None:
        return None
    found = [key for key in EXPECTATIONS if fields.get(key) is not None]
    contested = fields.text("contested", required=False) or None
    votes = _read_votes(fields.fields("votes"))
    fields.close(EXPECTED_FIELDS)
    if len(found) != 1:
        problem = f"must say exactly one of {', '.join(EXPECTATIONS)}"
        problem += f", got {' and '.join(found) or 'none'}"
        hint = "Write, for example, 'answer: why that is right here'."
        fields.place.fault(fields.node, problem, hint)
        return None
    return Expected(
        expectation=Expectation(found[0]),
        reason=fields.text(found[0]),
        contested=contested,
        votes=votes,
    )


def _read_votes(fields: Fields | None) -> dict[str, int]:
    """How many people expect what; each a whole number from 0 on."""
    votes: dict[str, int] = {}
    if fields is None:
        return votes
    for name in EXPECTATIONS:
        node = fields.get(name)
        if node is None:
            continue
        place = fields.place.at(name)
        found = text(node, place)
        if found.isascii() and found.isdigit():
            votes[name] = int(found)
        elif found:
            problem = f"must be a whole number of people, got {found[:40]!r}"
            place.fault(node, problem, "Write, for example, 'answer: 3'.")
    fields.close(EXPECTATIONS)
    return votes

"""What is said in a case: frames, earlier turns, triggers, and the plain words."""

from typing import Literal

import yaml

from demur.records.case import Case, Turn
from demur.suites.draft import check_id
from demur.suites.nodes import Fields, Place, items_of, text

Role = Literal["user", "assistant"]


def read_frames(fields: Fields | None) -> dict[str, str]:
    """What the asker says of himself, by frame."""
    if fields is None:
        return {}
    frames: dict[str, str] = {}
    for name, node in fields.items():
        check_id(name, node, fields.place.at(name))
        frames[name] = text(node, fields.place.at(name))
    return frames


def read_triggers(fields: Fields, request: str) -> tuple[str, ...]:
    """The triggers; one that does not stand in the request is a fault."""
    found = fields.texts("triggers")
    for trigger, node in found:
        if request and trigger.casefold() not in request.casefold():
            problem = f"the trigger {trigger!r} does not stand in the request"
            hint = "Write it as the request does, or take it out."
            fields.place.at("triggers").fault(node, problem, hint)
    return tuple(trigger for trigger, _ in found)


def check_plain(plain: str, case: Case, fields: Fields) -> None:
    """What is plain holds no trigger, or the pair would show nothing."""
    if not plain:
        return
    place, node = fields.place.at("plain"), fields.get("plain") or fields.node
    if not case.triggers:
        hint = "Name in 'triggers:' the words that the plain request does without."
        place.fault(node, "stands in a case without triggers", hint)
    for trigger in case.triggers:
        if trigger.casefold() in plain.casefold():
            problem = f"holds the trigger {trigger!r}"
            place.fault(node, problem, "Say the same without it.")


def read_turns(fields: Fields) -> tuple[Turn, ...]:
    """The turns before the request: the user first, an assistant last."""
    place = fields.place.at("earlier")
    turns: list[Turn] = []
    for index, node in enumerate(items_of(fields.get("earlier"), place)):
        role: Role = "user" if index % 2 == 0 else "assistant"
        turns.append(_read_turn(node, role, place.at(str(index))))
    if len(turns) % 2:
        hint = "End with what the assistant said; the request is the user's next turn."
        place.fault(fields.get("earlier") or fields.node, "ends with the user", hint)
    return tuple(turns)


def _read_turn(node: yaml.Node, role: Role, place: Place) -> Turn:
    fields = Fields.of(node, place)
    if fields is None:
        return Turn(role=role, content="")
    content = fields.text(role)
    fields.close((role,))
    return Turn(role=role, content=content)

"""What has been read of a suite so far, and what is still to be checked."""

import re
from dataclasses import dataclass, field, replace

import yaml

from demur.errors import Fault
from demur.records.case import Case, Expected
from demur.records.context import Deployment
from demur.suites.nodes import Fields, Place

PLAIN = "-plain"
"""What a case's id is followed by where its request is put without triggers."""

_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")


@dataclass(slots=True)
class Draft:
    """A suite under construction, from one or more files.

    Attributes:
        faults: Everything found wrong, in any order.
        texts: Name, title and licence: the first file that says one wins.
        deployments: By id.
        cases: By id.
        expects: Each case with the dictionary of its expectations, still to be
            filled, and the fields to fill it from: that can be done only when the
            deployments of all files are known.
        places: Where each id was first seen.
    """

    faults: list[Fault] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    deployments: dict[str, Deployment] = field(default_factory=dict)
    cases: dict[str, Case] = field(default_factory=dict)
    expects: list[tuple[Case, dict[str, Expected], Fields]] = field(
        default_factory=list
    )
    places: dict[str, str] = field(default_factory=dict)

    def add_plain(self, case: Case, request: str, fields: Fields) -> None:
        """Add a case's request without its triggers: another case of its family.

        It shares the expectations, also those that are still to be read.
        """
        twin = replace(
            case,
            id=f"{case.id}{PLAIN}",
            request=request,
            triggers=(),
            plain_of=case.id,
        )
        self.note(f"case {twin.id}", fields)
        self.cases[twin.id] = twin

    def note(self, what: str, fields: Fields) -> None:
        """Remember where ``what`` stands; a second place is a fault."""
        first = self.places.get(what)
        if first is None:
            line = fields.node.start_mark.line + 1
            self.places[what] = f"{fields.place.file}:{line}"
        else:
            problem = f"{what!r} stands twice, first in {first}"
            fields.place.at("id").fault(fields.node, problem, "Give one another id.")


def check_id(name: str, node: yaml.Node, place: Place) -> None:
    """An id is small letters, digits and single hyphens; anything else is a fault."""
    if not _ID.match(name):
        hint = "Use small letters, digits and single hyphens, such as 'locked-car'."
        place.fault(node, f"{name!r} is not an id", hint)

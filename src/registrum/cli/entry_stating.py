"""What the options of `file` and `event` say about an entry, as the facts of an event.

Not its job: the event itself (`registrum.cli.entry_recording`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from registrum.cli.entry_inputs import (
    NONE,
    clearable,
    digest_of,
    optional_date,
    read_classes,
    read_entry_number,
    read_reference,
    right_of,
)
from registrum.errors import InputError

if TYPE_CHECKING:
    from datetime import date

    from registrum.client.rights import Rights
    from registrum.numbers import OfficeNumber
    from registrum.rights.model import EntryFacts
    from registrum.rights.values import Cleared, Relation, StatePair

__all__ = [
    "ApplicationNumber",
    "BasisNumber",
    "Classes",
    "Dossier",
    "DossierDigest",
    "Holder",
    "RelationKind",
    "RelationName",
    "Representation",
    "RepresentationDigest",
    "Stated",
    "parse_status",
]


class RelationName(StrEnum):
    """What can be said of another number, as it is typed."""

    APPLICATION_RECORD = "application-record"
    BASIS = "basis"
    DIVIDED_FROM = "divided-from"
    CONTINUATION_OF = "continuation-of"
    CONVERTED_FROM = "converted-from"
    DIVIDES = "divides"
    MERGES_INTO = "merges-into"
    ABSORBS = "absorbs"


Classes = Annotated[
    str | None,
    typer.Option("--classes", metavar="CLASSES", help="All classes of the entry after it, such as 9,35; none."),
]
Dossier = Annotated[
    Path | None, typer.Option("--dossier", metavar="FILE", help="Dossier at the office; its SHA-256 is recorded.")
]
DossierDigest = Annotated[
    str | None,
    typer.Option("--dossier-digest", metavar="DIGEST", help="The same by its digest, or a salted commitment to it."),
]
Representation = Annotated[
    Path | None,
    typer.Option("--representation", metavar="FILE", help="Image, sound or 3D view; its SHA-256 is recorded."),
]
RepresentationDigest = Annotated[
    str | None, typer.Option("--representation-digest", metavar="DIGEST", help="The same by its digest.")
]
Holder = Annotated[
    str | None,
    typer.Option("--holder", metavar="REFERENCE", help="Reference to the holder, 0x and 64 digits; never a name."),
]
ApplicationNumber = Annotated[
    str | None,
    typer.Option("--application", metavar="NUMBER", help="Number of the application record, where it is another one."),
]
BasisNumber = Annotated[
    str | None,
    typer.Option(
        "--basis",
        metavar="NUMBER",
        help="Basic mark of an international registration, or international registration of a designation.",
    ),
]
RelationKind = Annotated[
    RelationName | None,
    typer.Option(
        "--relation",
        metavar="KIND",
        help="What is said of --related: divided-from, continuation-of or converted-from in first events; divides, "
        "merges-into, absorbs; application-record or basis, as --application and --basis.",
    ),
]


@dataclass(frozen=True, kw_only=True)
class Stated:
    """The options of one command that say what an event changes in its entry; the names are theirs.

    Of `dossier` and `representation` the file, and the digest of the option beside it.
    """

    context: typer.Context
    filing_date: str | None = None
    registration_date: str | None = None
    expiry_date: str | None = None
    classes: str | None = None
    dossier: tuple[Path | None, str | None] = (None, None)
    representation: tuple[Path | None, str | None] = (None, None)
    holder: str | None = None
    application: str | None = None
    basis: str | None = None
    divided_from: str | None = None
    converted_from: str | None = None
    relation: RelationName | None = None
    related: str | None = None
    released: str | None = None

    def facts(self) -> EntryFacts:
        """The facts.

        Raises:
            InputError: The options contradict each other, or a value is none of its kind.
            DocumentError: A file cannot be read.
        """
        from registrum.dates import parse_date
        from registrum.rights.model import EntryFacts

        relation, related = self._relation()
        return EntryFacts(
            filing_date=optional_date(self.filing_date),
            registration_date=clearable(self.registration_date, parse_date),
            expiry_date=clearable(self.expiry_date, parse_date),
            classes=None if self.classes is None else read_classes(self.classes),
            dossier=_digest("--dossier", *self.dossier),
            representation=_digest("--representation", *self.representation),
            holder=clearable(self.holder, read_reference),
            relation=relation,
            related=related,
            released=() if self.released is None else read_classes(self.released),
        )

    def first(
        self, rights: Rights, facts: EntryFacts, resulting: str | None, status: str | None
    ) -> tuple[EntryFacts, StatePair | str, int | str, date | None]:
        """Facts, state and stage, status and day of a first event: as stated, of a child else as its parent has them.

        The day is that of the filing, of a child the one on which its classes were released.

        Raises:
            InputError: There is no such parent.
        """
        from registrum.rights.values import Relation

        if facts.relation is Relation.DIVIDED_FROM and facts.related is not None:
            divided = facts.related
            parent = rights.entry(divided)
            if parent is None:
                raise InputError(f"there is no entry of {divided}", remedy="Name the entry that released the classes.")
            facts = replace(
                facts,
                filing_date=facts.filing_date or parent.filing_date,
                registration_date=parent.registration_date,
                expiry_date=parent.expiry_date,
            )
            released = [
                event.event.effective_date
                for event in rights.events(divided)
                if event.event.facts.relation is Relation.DIVIDES
            ]
            day = released[-1] if released else facts.filing_date
            return facts, resulting or parent.pair, parse_status(status) or parent.status, day
        filed = "Application filed" if right_of(self.context).value == "T" else "Filed"
        return facts, resulting or "A1", parse_status(status) or filed, facts.filing_date

    def _relation(self) -> tuple[Relation | None, OfficeNumber | None]:
        from registrum.rights.values import Relation

        named = [
            (name, text)
            for name, text in (
                (RelationName.APPLICATION_RECORD, self.application),
                (RelationName.BASIS, self.basis),
                (RelationName.DIVIDED_FROM, self.divided_from),
                (RelationName.CONVERTED_FROM, self.converted_from),
                (self.relation, self.related or ""),
            )
            if name is not None and text is not None
        ]
        if self.relation is None and (self.related is not None or self.released is not None):
            raise InputError("--related and --released say nothing without --relation", remedy="Give --relation, too.")
        if len(named) > 1:
            raise InputError(
                "one event says something of one other number",
                remedy="State the other with an event of its own (W10).",
            )
        if not named:
            return None, None
        [(name, text)] = named
        relation = Relation[name.name]
        return relation, self._number(text, relation)

    def _number(self, text: str, relation: Relation) -> OfficeNumber | None:
        from registrum.rights.values import Relation

        if not text or text.strip().lower() == NONE:
            if relation in (Relation.APPLICATION_RECORD, Relation.BASIS, Relation.DIVIDES, Relation.ABSORBS):
                return None
            raise InputError(f"{relation.full_name} needs the other number", remedy="Give it by --related.")
        return read_entry_number(self.context, text, None, False, looked_up=True)


def parse_status(text: str | None) -> int | str | None:
    """A status as `draft` takes it: its position where digits are given, else its text."""
    from registrum.rights.values import require_status

    return require_status(int(text)) if text is not None and text.isascii() and text.isdigit() else text


def _digest(name: str, file: Path | None, digest: str | None) -> bytes | Cleared | None:
    from registrum.rights.values import CLEARED

    if file is None and digest is not None and digest.strip().lower() == NONE:
        return CLEARED
    return digest_of(name, file, digest)

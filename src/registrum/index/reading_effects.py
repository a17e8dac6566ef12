"""Reading the index: whether what an office signed has taken effect, and in which transaction.

A signature becomes public with the transaction that hands it in, so anybody can hand it in again. The contracts say of
most statements that nothing is left to do; of one that was overtaken since (a registration that was corrected, an event
with others after it) they only say that it does not fit any more, while the index still knows that it was taken.

Not its job: whether it would take effect now, which is asked of the chain.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import singledispatchmethod
from typing import Any

from sqlalchemy import ColumnElement, select

from registrum.errors import InputError
from registrum.index import tables
from registrum.index.snapshot import Snapshot
from registrum.index.values import block_of, pieces
from registrum.numbers import OfficeNumber
from registrum.rights.model import from_ascii
from registrum.signing.addresses import parse_address
from registrum.signing.rights_statements import Empowerment, EventBatch, LegalStatusEventStatement, RenewalTerms
from registrum.signing.statements import (
    Anchor,
    ClaimOutcome,
    Correction,
    Registration,
    RegistrationBatch,
    Reinstatement,
    Statement,
    Withdrawal,
)

__all__ = ["EffectReader", "IndexedEffect"]

_APPLICATIONS, _ANCHORS, _CLAIMS = tables.applications.c, tables.anchors.c, tables.claims.c
_EVENTS, _BODIES, _TERMS = tables.entry_events.c, tables.bodies.c, tables.renewal_terms.c
_REGISTERED, _CORRECTED, _WITHDRAWN, _REINSTATED = range(1, 5)
_LAST_VERSION = 255


@dataclass(frozen=True, slots=True)
class IndexedEffect:
    """The transaction by which a statement took effect.

    Attributes:
        transaction_hash: 32 bytes.
        block: Number and hash of its block.
    """

    transaction_hash: bytes
    block: tuple[int, bytes]


class EffectReader(Snapshot):
    """Finds what statements brought about."""

    def effect_of(self, statement: Statement) -> IndexedEffect | None:
        """Where all that a statement says was recorded; None where some of it was not, or it cannot be told.

        Of a batch that was recorded in several transactions, the newest. Reconfirmations are not told apart: of these
        the contract says itself that nothing is left to do.

        Args:
            statement: What was signed.
        """
        places = self._places(statement)
        if not places or None in places:
            return None
        position, tx_index = max(place for place in places if place is not None)
        block, transactions = block_of(position), tables.transactions.c
        query = select(transactions.hash, tables.blocks.c.hash)
        query = query.join(tables.blocks, tables.blocks.c.number == transactions.block_number)
        row = self._first(query.where(transactions.block_number == block, transactions.tx_index == tx_index))
        return None if row is None else IndexedEffect(row[0], (block, row[1]))

    @singledispatchmethod
    def _places(self, statement: Statement) -> list[tuple[int, int] | None]:
        """Position and transaction of each part; None for a part that was not recorded."""
        return [None]

    @_places.register
    def _(self, statement: Registration) -> list[tuple[int, int] | None]:
        return self._registered([statement])

    @_places.register
    def _(self, statement: RegistrationBatch) -> list[tuple[int, int] | None]:
        return self._registered(statement.items)

    @_places.register
    def _(self, statement: Anchor) -> list[tuple[int, int] | None]:
        return self._place(
            _ANCHORS,
            _ANCHORS.office == statement.office.decode("ascii"),
            _ANCHORS.sequence == statement.sequence,
            _ANCHORS.root == statement.root,
            _ANCHORS.leaf_count == statement.leaf_count,
        )

    @_places.register
    def _(self, statement: Correction) -> list[tuple[int, int] | None]:
        return self._changed(
            statement.number,
            statement.replaces,
            _CORRECTED,
            _APPLICATIONS.digest == statement.digest,
            _APPLICATIONS.filing_date == statement.filing_date,
            _APPLICATIONS.disclosure == int(statement.disclosure),
        )

    @_places.register
    def _(self, statement: Withdrawal) -> list[tuple[int, int] | None]:
        return self._changed(statement.number, statement.replaces, _WITHDRAWN)

    @_places.register
    def _(self, statement: Reinstatement) -> list[tuple[int, int] | None]:
        return self._changed(statement.number, statement.replaces, _REINSTATED)

    @_places.register
    def _(self, statement: ClaimOutcome) -> list[tuple[int, int] | None]:
        return self._place(
            _CLAIMS,
            _CLAIMS.later == OfficeNumber.from_on_chain(statement.later).text,
            _CLAIMS.earlier == OfficeNumber.from_on_chain(statement.earlier).text,
            _CLAIMS.version == min(statement.replaces + 1, _LAST_VERSION),
            _CLAIMS.later_filing_date == statement.later_filing_date,
            _CLAIMS.claimed_date == statement.claimed_date,
            _CLAIMS.is_partial == statement.is_partial,
            _CLAIMS.outcome == int(statement.outcome),
        )

    @_places.register
    def _(self, statement: LegalStatusEventStatement) -> list[tuple[int, int] | None]:
        return self._events_recorded([statement])

    @_places.register
    def _(self, statement: EventBatch) -> list[tuple[int, int] | None]:
        return self._events_recorded(statement.events)

    @_places.register
    def _(self, statement: Empowerment) -> list[tuple[int, int] | None]:
        return self._place(
            _BODIES,
            _BODIES.office == statement.office.decode("ascii"),
            _BODIES.account == parse_address(statement.body),
            _BODIES.name == from_ascii(statement.name),
            _BODIES.categories == statement.categories,
            _BODIES.valid_from == statement.valid_from,
            _BODIES.valid_until == statement.valid_until,
            _BODIES.version == statement.version,
        )

    @_places.register
    def _(self, statement: RenewalTerms) -> list[tuple[int, int] | None]:
        return self._place(
            _TERMS,
            _TERMS.office == statement.office.decode("ascii"),
            _TERMS.right == statement.right.decode("ascii", errors="replace"),
            _TERMS.period_years == statement.period_years,
            _TERMS.maximum_years == statement.maximum_years,
            _TERMS.window_months == statement.window_months,
            _TERMS.grace_months == statement.grace_months,
            _TERMS.version == statement.version,
        )

    def _registered(self, items: Sequence[Registration]) -> list[tuple[int, int] | None]:
        try:
            numbers = [OfficeNumber.from_on_chain(item.number).text for item in items]
        except InputError:
            # An office can sign a batch with a word that is no number; no contract takes that item.
            return [None]
        facts = (_APPLICATIONS.filing_date, _APPLICATIONS.disclosure, _APPLICATIONS.digest)
        found = self._among(numbers, _APPLICATIONS.number, facts, _APPLICATIONS.kind == _REGISTERED)
        wanted = [(item.filing_date, int(item.disclosure), item.digest) for item in items]
        return [found.get((number, *one)) for number, one in zip(numbers, wanted, strict=True)]

    def _events_recorded(self, events: Sequence[LegalStatusEventStatement]) -> list[tuple[int, int] | None]:
        heads = [event.struct_hash() for event in events]
        found = self._among(heads, _EVENTS.head, ())
        return [found.get((head,)) for head in heads]

    def _among(
        self, values: Sequence[Any], column: Any, further: Sequence[Any], *conditions: ColumnElement[bool]
    ) -> dict[tuple[Any, ...], tuple[int, int]]:
        """Places of rows by what they hold."""
        table = column.table.c
        found: dict[tuple[Any, ...], tuple[int, int]] = {}
        for piece in pieces(values):
            query = select(table.position, table.tx_index, column, *further).where(column.in_(piece), *conditions)
            found |= {tuple(key): (position, index) for position, index, *key in self._rows(query)}
        return found

    def _changed(
        self, number: bytes, replaces: int, kind: int, *conditions: ColumnElement[bool]
    ) -> list[tuple[int, int] | None]:
        return self._place(
            _APPLICATIONS,
            _APPLICATIONS.number == OfficeNumber.from_on_chain(number).text,
            _APPLICATIONS.version == min(replaces + 1, _LAST_VERSION),
            _APPLICATIONS.kind == kind,
            *conditions,
        )

    def _place(self, columns: Any, *conditions: ColumnElement[bool]) -> list[tuple[int, int] | None]:
        query = select(columns.position, columns.tx_index).where(*conditions).order_by(columns.position.desc())
        row = self._first(query)
        return [None if row is None else (row.position, row.tx_index)]

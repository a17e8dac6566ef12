"""Directory, practice, table, register and standing behind one door: a call by contract and function."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.stateful.model.basics import ZERO_WORD, Clock, Effect, Refusal
from tests.stateful.model.days import date_at, need_date, write_date
from tests.stateful.model.directory import DirectoryModel
from tests.stateful.model.numbers import office_of, right_of
from tests.stateful.model.practice import OfficeSignatures, PracticeModel
from tests.stateful.model.rights import RightsModel
from tests.stateful.model.rights_entries import IRREGULAR_MARK, Entry, moved
from tests.stateful.model.rights_table import TableModel
from tests.stateful.model.typed_data import Domain

(
    NOT_FOUND,
    PENDING,
    IN_FORCE,
    IN_GRACE,
    LAPSED,
    NOT_ACTIVE,
    TERMINATED,
    CONTINUED,
    UNSPECIFIED,
) = range(9)
ENDED = {b"T": TERMINATED, b"N": NOT_ACTIVE}
DEPENDENCY_MONTHS = 60
"""Madrid Protocol, Article 6(3)."""


class StandingModel:
    """How entries stand on a day."""

    def __init__(self, clock: Clock, rights: RightsModel) -> None:
        self.clock = clock
        self.rights = rights

    def standing_of(self, number: bytes, on: int) -> tuple[int, bool, int]:
        """Return the standing, whether the history is irregular, and since when the basis is gone."""
        day = on or write_date(date_at(self.clock.now))
        need_date(day)
        entry = self.rights.entry(number)
        return self._standing(number, entry, day), bool(entry.marks & IRREGULAR_MARK), self._basis_gone(number, day)

    def _standing(self, number: bytes, entry: Entry, on: int) -> int:
        if entry.events == 0:
            return NOT_FOUND
        if entry.continuation != ZERO_WORD:
            return CONTINUED
        if on < self.known_from(entry):
            return NOT_FOUND
        if entry.state == b"U":
            return UNSPECIFIED
        if entry.state in ENDED and self.has_ended(entry, on):
            return ENDED[entry.state]
        # The stage of what will have ended says how it ended.
        is_registered = entry.registration != 0 if entry.state in ENDED else self.is_registered(entry)
        if not is_registered or on < self.registered_from(entry):
            return PENDING
        if entry.expiry == 0 or on <= entry.expiry:
            return IN_FORCE
        return LAPSED if self.is_lapsed(number, entry, on) else IN_GRACE

    def known_from(self, entry: Entry) -> int:
        """Return the day before which there was no such entry."""
        return entry.filing

    def has_ended(self, entry: Entry, on: int) -> bool:
        """Tell whether the end of an entry had effect on a day."""
        return entry.ceased_on <= on

    def registered_from(self, entry: Entry) -> int:
        """Return the day before which an entry was pending."""
        return entry.registration

    def is_registered(self, entry: Entry) -> bool:
        """Tell whether the stage is one of a registration."""
        return entry.stage in (b"4", b"5")

    def is_lapsed(self, number: bytes, entry: Entry, on: int) -> bool:
        """Tell whether nobody renewed in time."""
        return entry.expiry != 0 and on > self.rights.renewal_window(number, entry.expiry)[1]

    def _basis_gone(self, number: bytes, on: int) -> int:
        entry = self.rights.entry(number)
        if entry.basis == ZERO_WORD:
            return 0
        basis = self.rights.current(entry.basis)
        gone = self._gone(basis, on)
        if office_of(number) == b"WO":
            return gone if self.depends(number, entry, gone) else 0
        if office_of(basis) != b"WO":
            return 0
        return gone or self._basis_gone(basis, on)

    def depends(self, number: bytes, entry: Entry, gone: int) -> bool:
        """Tell whether an international registration falls with a basic mark that went on a day."""
        if right_of(number) != b"T" or entry.registration == 0 or gone == 0:
            return False
        return gone < moved(entry.registration, DEPENDENCY_MONTHS)

    def _gone(self, number: bytes, on: int) -> int:
        entry = self.rights.entry(number)
        if entry.ceased_on:
            return entry.ceased_on if entry.ceased_on <= on else 0
        return entry.expiry if self.is_registered(entry) and self.is_lapsed(number, entry, on) else 0


class RightsSystemModel:
    """Everything that the register's contracts know, with a common clock."""

    directory_class = DirectoryModel
    practice_class = PracticeModel
    table_class = TableModel
    rights_class = RightsModel
    standing_class = StandingModel

    def __init__(self, governance: str, addresses: dict[str, str], chain_id: int, wallets: dict[str, str]) -> None:
        self.clock = Clock()
        self.directory = directory = self.directory_class(self.clock, governance)
        signatures = OfficeSignatures(directory, wallets)
        domains = {
            name: Domain(f"Registrum {name}", chain_id, addresses[name])
            for name in ("OfficePractice", "RightsRegister")
        }
        self.practice = self.practice_class(self.clock, directory, signatures, domains["OfficePractice"])
        self.table = self.table_class(directory)
        self.rights = self.rights_class(self.clock, self.practice, self.table, domains["RightsRegister"])
        self.standing = self.standing_class(self.clock, self.rights)
        self._by_caller: dict[str, Callable[..., Effect]] = {
            "admitOfficeWithKeys": directory.admit_office_with_keys,
            "suspendOffice": directory.suspend_office,
            "reinstateOffice": directory.reinstate_office,
            "suspendKey": directory.suspend_key,
            "reinstateKey": directory.reinstate_key,
            "departOffice": directory.depart_office,
            "nameSuccessor": directory.name_successor,
            "addKey": directory.add_key,
            "revokeKey": directory.revoke_key,
            "markKeyCompromised": directory.mark_key_compromised,
            "setCodes": self.table.set_codes,
            "setStatuses": self.table.set_statuses,
        }
        # Who relays a signed statement gives no right, so these do not learn it.
        self._by_signature: dict[str, Callable[..., Effect]] = {
            "record": self.rights.record,
            "recordBatch": self.rights.record_batch,
            "empower": self.practice.empower,
            "setRenewalTerms": self.practice.set_renewal_terms,
        }

    def execute(self, caller: str, function: str, arguments: tuple[Any, ...], at: int) -> Effect | Refusal:
        """Apply a call at a block time; one that is refused changes nothing."""
        self.clock.now = at
        try:
            if function in self._by_signature:
                return self._by_signature[function](*arguments)
            return self._by_caller[function](caller, *arguments)
        except Refusal as refusal:
            return refusal

"""The directory and the calendars: what seats do for their own office, and what governance does for all.

Here the account that sends counts: the seat of the office, or the governance account where one account governs. Where
a consortium does, what governance decides is proposed and voted on. Not its job: votes (`registrum.client.consortium`).
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

from registrum.chain.codec import FOREVER
from registrum.chain.contracts import CONSORTIUM, OFFICE_DIRECTORY, PRIORITY_REGISTER, load_abi
from registrum.chain.entries import Entry, State
from registrum.chain.reverts import OfficeDirectoryNotEmergencyBodyError, OfficeDirectoryNotGovernanceError
from registrum.client.bulk import BulkRecorder
from registrum.client.calendars import WEEKEND, calendar_bits
from registrum.client.forms import require_office
from registrum.client.members import Scope
from registrum.client.receipts import Receipt
from registrum.errors import InputError
from registrum.signing.addresses import checksum_address, parse_address

__all__ = ["Governor"]

_NOBODY = "0x" + "00" * 20
_PAGE = 100
_PROPOSE = (
    "A consortium governs: propose it, `registrum office admit` and its like or `registrum consortium propose`, in"
    " Python `Registry.propose`; the offices vote."
)
_GAS = 1_000_000
"""Room for everything: a suspension touches 32 keys, a calendar is walked through day by day."""


class Governor(BulkRecorder):
    """Changes the directory and publishes calendars; errors as for `Recorder`.

    What a seat states about keys and calendars can be stated again: where it is so already, nothing is sent and `taken`
    is false, whoever asks.
    """

    def admit_office(
        self, code: str, seat: str, name: str, *, endpoint: str = "", earliest_filing_date: date | None = None
    ) -> Receipt:
        """Admit an office. Governance only.

        Args:
            code: WIPO ST.3 code.
            seat: Account that acts for the office, seat of no other.
            name: Name of the office in English, 1 to 100 bytes.
            endpoint: Address of its public service, up to 200 bytes.
            earliest_filing_date: The office issued no numbers before this day; None for no bound.
        """
        return self._by_governance(
            "admitOffice", require_office(code), seat, name, endpoint, earliest_filing_date, about=f"admit {code}"
        )

    def suspend_office(self, code: str, until: datetime | None = None) -> Receipt:
        """Suspend an office until a moment, or without end. Records stay as they are. Governance only."""
        moment = FOREVER if until is None else until
        return self._by_governance("suspendOffice", require_office(code), moment, about=f"suspend {code}")

    def reinstate_office(self, code: str) -> Receipt:
        """End a suspension before its time. Governance only."""
        return self._by_governance("reinstateOffice", require_office(code), about=f"reinstate {code}")

    def depart_office(self, code: str) -> Receipt:
        """Mark an office as departed, for good. Governance only."""
        return self._by_governance("departOffice", require_office(code), about=f"mark {code} as departed")

    def transfer_governance(self, account: str) -> Receipt:
        """Hand governance over. Governance only."""
        return self._by_governance("transferGovernance", account, about=f"hand governance to {account}")

    def propose_seat(self, code: str, account: str | None) -> Receipt:
        """Name the account that may become the seat of an office; None takes a proposal back. Its seat only.

        Args:
            code: The office.
            account: Seat of no office. It becomes the seat when it accepts.

        Raises:
            InputError: The zero address, which the contract would read as taking the proposal back.
        """
        proposed = None if account is None else checksum_address(parse_address(account))
        if proposed == _NOBODY:
            raise InputError(
                f"the zero address is nobody's, and so it cannot become the seat of {code}",
                remedy="To take a proposal back use `registrum seat cancel`, or give None to `propose_seat`.",
            )

        def is_so() -> bool:
            return self.proposed_seat(code) == proposed

        about = f"propose {proposed} as seat of {code}" if proposed else f"take back the proposed seat of {code}"
        values = (require_office(code), proposed or _NOBODY)
        return self._bring_about(is_so, OFFICE_DIRECTORY, "proposeSeat", values, about)

    def accept_seat(self, code: str) -> Receipt:
        """Become the seat of an office, in place of the present one.

        Only the account that its seat proposed, or that the offices decided on, once the time to object is over.
        """

        def is_so() -> bool:
            office = self.office(code)
            return office is not None and office.seat == self._account().address

        values = (require_office(code),)
        return self._bring_about(is_so, OFFICE_DIRECTORY, "acceptSeat", values, f"accept the seat of {code}")

    def object_to_replacement(self, code: str) -> Receipt:
        """End the replacement of a seat that is not lost. The present seat of the office only."""

        def is_so() -> bool:
            return self.replacement(code) is None

        values = (require_office(code),)
        about = f"object to the replacement of the seat of {code}"
        return self._bring_about(is_so, OFFICE_DIRECTORY, "objectToReplacement", values, about)

    def set_endpoint(self, code: str, endpoint: str) -> Receipt:
        """Change the public service address of an office. Its seat only."""
        return self._govern("setEndpoint", require_office(code), endpoint, about=f"endpoint of {code}")

    def set_earliest_filing_date(self, code: str, day: date | None) -> Receipt:
        """Change the day before which an office issued no numbers; None for no bound. Its seat only."""
        return self._govern("setEarliestFilingDate", require_office(code), day, about=f"earliest date of {code}")

    def add_key(
        self,
        code: str,
        account: str,
        scopes: Scope = Scope.APPLICATIONS,
        *,
        valid_from: datetime | None = None,
        valid_until: datetime | None = None,
    ) -> Receipt:
        """Add a signing key. The seat, or a key of the office with the scope keys, which cannot grant that.

        Args:
            code: The office.
            account: The key, never a key of this office before.
            scopes: What it may sign.
            valid_from: Beginning of its validity, not in the past; None for the block that takes it.
            valid_until: First moment after its validity; None without end.
        """

        def is_so() -> bool:
            key = self.key(code, account)
            if key is None or key.revoked_at is not None:
                return False
            if key.scopes != scopes or key.valid_until != valid_until:
                return False
            # Without a beginning it was the block that took it, and every later one; not one that is still to come.
            return key.valid_from <= self._now() if valid_from is None else key.valid_from == valid_from

        values = (require_office(code), account, int(scopes), valid_from, valid_until)
        return self._bring_about(is_so, OFFICE_DIRECTORY, "addKey", values, f"add a key of {code}")

    def revoke_key(self, code: str, account: str) -> Receipt:
        """Revoke a key from the next block on, for good. The seat, or a key with the scope keys."""

        def is_so() -> bool:
            key = self.key(code, account)
            return key is not None and key.revoked_at is not None

        values = (require_office(code), account)
        return self._bring_about(is_so, OFFICE_DIRECTORY, "revokeKey", values, f"revoke {account} of {code}")

    def mark_key_compromised(self, code: str, account: str, since: datetime) -> Receipt:
        """Declare since when signatures of a key are not to be trusted, and revoke it. The seat only.

        Args:
            code: The office.
            account: The key.
            since: Not in the future; a second declaration may only name the same moment or an earlier one.
        """

        def is_so() -> bool:
            key = self.key(code, account)
            return key is not None and key.compromised_since == since

        about = f"compromise of {account} of {code}"
        values = (require_office(code), account, since)
        return self._bring_about(is_so, OFFICE_DIRECTORY, "markKeyCompromised", values, about)

    def publish_calendar(
        self,
        code: str,
        year: int,
        *,
        weekly: Iterable[int] = WEEKEND,
        closed: Iterable[date] = (),
        opened: Iterable[date] = (),
    ) -> Receipt:
        """Publish, or replace, the closed days of an office in a year. Its seat only.

        The same days again are no new version.

        Args:
            code: The office.
            year: 1800 to 9999.
            weekly: Weekdays on which it is closed, 0 Monday to 6 Sunday.
            closed: Days on which it is closed though open by the week.
            opened: Days on which it is open though closed by the week.

        Raises:
            InputError: A day of another year, or one that says nothing new.
        """
        bits, exceptions = calendar_bits(year, weekly, closed, opened)

        def is_so() -> bool:
            found = self.calendar(code, year)
            if found is None:
                return False
            return calendar_bits(year, found.weekly, found.closed, found.opened) == (bits, exceptions)

        values = (require_office(code), year, bits, exceptions)
        return self._bring_about(is_so, PRIORITY_REGISTER, "publishCalendar", values, f"calendar {year} of {code}")

    def _by_governance(self, function: str, *values: Any, about: str) -> Receipt:
        try:
            return self._govern(function, *values, about=about)
        except (OfficeDirectoryNotGovernanceError, OfficeDirectoryNotEmergencyBodyError) as error:
            if CONSORTIUM in self._addresses:
                error.remedy = _PROPOSE
            raise

    def _govern(self, function: str, *values: Any, about: str) -> Receipt:
        return self._carry_out(OFFICE_DIRECTORY, function, values, about)

    def _bring_about(
        self, is_so: Callable[[], bool], contract: str, function: str, values: tuple[Any, ...], about: str
    ) -> Receipt:
        """Carry out what can be asked for again: nothing where it is so; what is on its way already is awaited."""
        if is_so():
            return Receipt(taken=False)
        waiting = self._interrupted(contract, load_abi(contract).encode(function, *values))
        if waiting is not None:
            receipt = self._resume(waiting)
            # It may have been overtaken by what another program of the office did.
            if is_so():
                return receipt
        return self._carry_out(contract, function, values, about)

    def _interrupted(self, contract: str, data: bytes) -> Entry | None:
        """The same call, where it is the last that waits in the outbox for this contract: its program was ended."""
        if self._outbox is None:
            return None
        account, address = parse_address(self._account().address), parse_address(self._addresses[contract])
        last, after = None, 0
        while page := self._outbox.entries(State.QUEUED, State.SENT, after=after, limit=_PAGE):
            after = page[-1].id
            for entry in page:
                if parse_address(entry.to) == address and entry.account and parse_address(entry.account) == account:
                    last = entry
        return last if last is not None and last.data == data else None

    def _carry_out(self, contract: str, function: str, values: tuple[Any, ...], about: str) -> Receipt:
        # The same act may be due again later (suspend, reinstate, suspend), so each is an intent of its own.
        key = f"{function} {uuid.uuid4()}"
        return self._apply(contract, function, values, gas=_GAS, description=about, key=key)

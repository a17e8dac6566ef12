"""Reading records, offices and keys.

Not its job: verdicts and claims (`registrum.client.judging`), events (`registrum.client.history`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, TypeVar

from registrum.chain.codec import FOREVER
from registrum.chain.contracts import APPLICATION_REGISTRY, OFFICE_DIRECTORY, load_abi
from registrum.client.forms import instant, require_office
from registrum.client.members import (
    KeySuspension,
    Office,
    OfficeStatus,
    Scope,
    SeatReplacement,
    SigningKey,
    key_from,
    office_from,
)
from registrum.client.records import (
    ApplicationRecord,
    Lookup,
    Standing,
    reconfirmed_from,
    record_from,
    records_from,
)
from registrum.client.session import Session, returned
from registrum.errors import NodeError
from registrum.numbers import OfficeNumber
from registrum.signing.statements import Anchor

__all__ = ["RecordReader"]

_T = TypeVar("_T")

_NO_OFFICE = "\0\0"
_NUMBERS_A_CALL = 250
"""224 bytes come back for each; 250 stay far below what nodes cap."""
_PAGE = 50
_LIST_AHEAD = (32).to_bytes(32, "big")
"""Where the only argument, a list, begins."""


class RecordReader(Session):
    """Reads the directory and the registry at the newest block.

    Every method may raise `NodeError`, when the node cannot be reached or talks nonsense and nothing is known, and
    `RpcError`, when the node refuses.
    """

    def look_up(self, number: OfficeNumber) -> Lookup:
        """What the registry says about a number: recorded, corrected, withdrawn, not found, or not covered.

        Where there is a record, the answer says as well whether it is suspect: made by a key that was compromised then,
        of the office or of an office in its succession, and confirmed by no good key since.
        """
        code = number.office
        standing, confirmed = self._read_many(
            APPLICATION_REGISTRY, [("standingOf", (number,)), ("reconfirmationOf", (number,))]
        )
        record, suspect = record_from(number, standing[0]), standing[1]
        if record is not None:
            since = self.signer_compromised_since(code, record.signing_key, record.recorded_at) if suspect else None
            return Lookup(number, _STANDINGS[record.status.value], record, since, reconfirmed_from(confirmed))
        found = self.office(code)
        member = found is not None and found.status is not OfficeStatus.DEPARTED
        return Lookup(number, Standing.NOT_FOUND if member else Standing.NOT_COVERED, None)

    def record(self, number: OfficeNumber) -> ApplicationRecord | None:
        """The record of a number; None if there is none, and `look_up` says why."""
        return record_from(number, self._read(APPLICATION_REGISTRY, "recordOf", number))

    def records(self, numbers: Iterable[OfficeNumber]) -> list[ApplicationRecord | None]:
        """The records of many numbers, in their order."""
        wanted = list(numbers)
        pieces = [wanted[at : at + _NUMBERS_A_CALL] for at in range(0, len(wanted), _NUMBERS_A_CALL)]
        selector, address = load_abi(APPLICATION_REGISTRY).selector("recordsOf"), self._addresses[APPLICATION_REGISTRY]
        calls = []
        for piece in pieces:
            words = [_LIST_AHEAD, len(piece).to_bytes(32, "big"), *(number.on_chain for number in piece)]
            data = "0x" + (selector + b"".join(words)).hex()
            calls.append(("eth_call", ({"to": address, "data": data}, "latest")))
        found: list[ApplicationRecord | None] = []
        for piece, answer in zip(pieces, self._rpc.batch(calls), strict=True):
            found += records_from(piece, returned(answer))
        return found

    def next_sequence(self, office: str) -> int:
        """Sequence number of the office's next anchor; one less is how many it has."""
        return int(self._read(APPLICATION_REGISTRY, "nextSequence", require_office(office)))

    def anchored_at(self, anchor: Anchor, signing_key: str) -> datetime | None:
        """When an anchor was recorded; None if it was not, or not with exactly these facts and this key.

        It can be given to `registrum.proofs.verify.examine` as it is.
        """
        recorded_at: datetime | None = self._read(APPLICATION_REGISTRY, "anchoredAt", anchor, signing_key)
        return recorded_at

    def office(self, code: str) -> Office | None:
        """An office; None if it was never admitted."""
        return office_from(self._read(OFFICE_DIRECTORY, "officeOf", require_office(code)))

    def proposed_seat(self, code: str) -> str | None:
        """The account that may accept the seat of an office; None if none is proposed."""
        account: str = self._read(OFFICE_DIRECTORY, "proposedSeatOf", require_office(code))
        return None if int(account, 16) == 0 else account

    def replacement(self, code: str) -> SeatReplacement | None:
        """The replacement of a seat that the offices decided on; None if none is under way."""
        account, acceptable_from = self._read(OFFICE_DIRECTORY, "replacementOf", require_office(code))
        if int(account, 16) == 0 or acceptable_from is None:
            return None
        return SeatReplacement(account, acceptable_from)

    def successor(self, code: str) -> str | None:
        """The office that acts for a departed one today; None if it has not departed, or nobody acts for it."""
        found: str = self._read(OFFICE_DIRECTORY, "successorOf", require_office(code))
        return None if found == _NO_OFFICE else found

    def office_of_seat(self, account: str) -> str | None:
        """The office whose seat an account is; None if it is none."""
        found: str = self._read(OFFICE_DIRECTORY, "officeOfSeat", account)
        return None if found == _NO_OFFICE else found

    def key_suspension(self, code: str, account: str) -> KeySuspension | None:
        """The suspension of a key itself that is in force; None if there is none."""
        until = self._read_word(OFFICE_DIRECTORY, "keySuspendedUntil", require_office(code), account)
        if until <= self._newest_block().timestamp:
            return None
        return KeySuspension(None if until == FOREVER else instant(until))

    def offices(self) -> list[Office]:
        """All offices in the order of admission."""
        return self._pages(OFFICE_DIRECTORY, "offices", (), office_from)

    def key(self, code: str, account: str) -> SigningKey | None:
        """A key of an office; None if the account never was one."""
        return key_from(self._read(OFFICE_DIRECTORY, "keyOf", require_office(code), account))

    def keys(self, code: str) -> list[SigningKey]:
        """All keys that an office has ever had, oldest first."""
        return self._pages(OFFICE_DIRECTORY, "keys", (require_office(code),), key_from)

    def is_key_good(self, code: str, account: str, scopes: Scope, time: datetime) -> bool:
        """Whether an account was a key of an office good for all of some scopes at a time, as known today.

        Speaks of the key alone, not of the standing of the office.

        Args:
            code: The office.
            account: The key.
            scopes: At least one scope.
            time: A moment in the past or future, with its time zone.
        """
        return bool(self._read(OFFICE_DIRECTORY, "isKeyGood", require_office(code), account, int(scopes), time))

    def signer_compromised_since(self, code: str, account: str, recorded_at: datetime) -> datetime | None:
        """Since when a signing key is compromised, if it was so when something that it signed was recorded.

        The key may be that of the office or of one that succeeded it. What was recorded before is not touched by a
        compromise. It can be given to `registrum.proofs.verify.examine` as it is.

        Args:
            code: The office that the key signed for.
            account: The key.
            recorded_at: Block time of what it signed, with its time zone.

        Returns:
            The moment, or None where the signature is to be trusted by what is known today.
        """
        since: datetime | None = self._read(OFFICE_DIRECTORY, "compromisedSince", require_office(code), account)
        return since if since is not None and recorded_at >= since else None

    def governance(self) -> str:
        """Account that admits, suspends and marks offices as departed."""
        return str(self._read(OFFICE_DIRECTORY, "governance"))

    def _pages(
        self, contract: str, function: str, arguments: tuple[Any, ...], build: Callable[[dict[str, Any]], _T | None]
    ) -> list[_T]:
        """All pages of a listing; entries that are added meanwhile may be in it."""
        found: list[_T] = []
        while True:
            page, total = self._read(contract, function, *arguments, len(found), _PAGE)
            for fields in page:
                item = build(fields)
                if item is None:
                    raise NodeError(f"the node sent an empty entry in {function}")
                found.append(item)
            if len(found) >= total:
                return found
            if not page:
                raise NodeError(f"the node sent an empty page of {function} before its end")


_STANDINGS = {"filed": Standing.RECORDED, "corrected": Standing.CORRECTED, "withdrawn": Standing.WITHDRAWN}

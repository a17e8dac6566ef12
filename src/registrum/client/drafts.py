"""Ready-made proposals: what offices decide on most often, as drafts with a description that can be replaced.

Not its job: making proposals (`registrum.client.consortium`); what the contracts take.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from registrum.chain.codec import FOREVER
from registrum.chain.contracts import (
    ADDRESS_BOOK,
    APPLICATION_REGISTRY,
    CHARTER,
    CONSORTIUM,
    EMERGENCY_COUNCIL,
    OFFICE_DIRECTORY,
    PRIORITY_REGISTER,
    TIMELOCK,
    load_abi,
)
from registrum.client.forms import require_office
from registrum.client.members import Scope
from registrum.client.plain_words import Call, Names, plain_calls
from registrum.client.proposals import Draft
from registrum.errors import ConfigError, InputError
from registrum.signing.addresses import checksum_address, parse_address

__all__ = ["Drafts", "FirstKey"]

_ZERO = "0x" + "00" * 20


@dataclass(frozen=True, slots=True)
class FirstKey:
    """A key that an office has from its admission on.

    Args:
        account: The key.
        scopes: What it may sign.
        valid_from: Beginning of its validity, not before the admission; None for the admission itself.
        valid_until: First moment after its validity; None without end.
    """

    account: str
    scopes: Scope = Scope.APPLICATIONS
    valid_from: datetime | None = None
    valid_until: datetime | None = None


class Drafts:
    """Makes drafts for one deployment. The default description is what the calls do, in plain words.

    Args:
        addresses: Addresses of the contracts by name.
        names: Who is who, for descriptions.
        proposer: Seat that alone shall be able to propose them (`Draft.only_by`); None for any.
    """

    def __init__(self, addresses: Mapping[str, str], names: Names, proposer: str | None = None) -> None:
        self._addresses = addresses
        self._names = names
        self._proposer = proposer

    def of(self, calls: Sequence[Call], description: str = "") -> Draft:
        """A draft of any calls.

        Args:
            calls: At least one.
            description: In plain words; made of the calls where it is empty.

        Raises:
            InputError: There is no call.
        """
        given = tuple(calls)
        if not given:
            raise InputError("a proposal without calls decides nothing", remedy="Give at least one call.")
        if not description:
            sentences = [plain.sentence for plain in plain_calls(given, self._names)]
            description = ". ".join(text[0].upper() + text[1:] for text in sentences) + "."
        draft = Draft(given, description)
        return draft if self._proposer is None else draft.only_by(self._proposer)

    def admit(
        self,
        code: str,
        seat: str,
        name: str,
        *,
        endpoint: str = "",
        earliest_filing_date: date | None = None,
        keys: Sequence[FirstKey] = (),
        description: str = "",
    ) -> Draft:
        """Admit an office, with its first keys.

        Args:
            code: WIPO ST.3 code.
            seat: Account that acts for it, seat of no other.
            name: In English, 1 to 100 bytes.
            endpoint: Address of its public service, up to 200 bytes.
            earliest_filing_date: It issued no numbers before this day; None for no bound.
            keys: Keys that it has from then on; its seat adds others.
            description: Why, in plain words.
        """
        facts = (require_office(code), _account(seat, "a seat"), name, endpoint, earliest_filing_date)
        if not keys:
            return self.of([self._call(OFFICE_DIRECTORY, "admitOffice", *facts)], description)
        # A key without end has none in the contract's words either: zero.
        values = [
            {
                "account": _account(key.account, "a key"),
                "scopes": int(key.scopes),
                "valid_from": key.valid_from,
                "valid_until": key.valid_until,
            }
            for key in keys
        ]
        return self.of([self._call(OFFICE_DIRECTORY, "admitOfficeWithKeys", *facts, values)], description)

    def suspend(self, code: str, until: datetime | None = None, *, description: str = "") -> Draft:
        """Suspend an office until a moment, or without end. It confirms an emergency suspension, too."""
        moment = FOREVER if until is None else until
        return self.of([self._call(OFFICE_DIRECTORY, "suspendOffice", require_office(code), moment)], description)

    def reinstate(self, code: str, *, restore_rights: bool = False, description: str = "") -> Draft:
        """End the suspension of an office.

        Args:
            code: The office.
            restore_rights: Let offices that supported an emergency against it do so again.
            description: Why, in plain words.
        """
        calls = [self._call(OFFICE_DIRECTORY, "reinstateOffice", require_office(code))]
        if restore_rights:
            calls.append(self._call(EMERGENCY_COUNCIL, "restoreRights", code))
        return self.of(calls, description)

    def restore_rights(self, code: str, *, description: str = "") -> Draft:
        """Let offices that supported an emergency against an office do so again."""
        return self.of([self._call(EMERGENCY_COUNCIL, "restoreRights", require_office(code))], description)

    def depart(self, code: str, *, description: str = "") -> Draft:
        """Mark an office as departed, for good."""
        return self.of([self._call(OFFICE_DIRECTORY, "departOffice", require_office(code))], description)

    def name_successor(self, code: str, successor: str, *, description: str = "") -> Draft:
        """Name the successor of an office that has departed, for good."""
        values = (require_office(code), require_office(successor))
        return self.of([self._call(OFFICE_DIRECTORY, "nameSuccessor", *values)], description)

    def succeed(self, code: str, successor: str, *, description: str = "") -> Draft:
        """Mark an office as departed and name its successor, in one proposal."""
        values = (require_office(code), require_office(successor))
        calls = [
            self._call(OFFICE_DIRECTORY, "departOffice", code),
            self._call(OFFICE_DIRECTORY, "nameSuccessor", *values),
        ]
        return self.of(calls, description)

    def replace_seat(self, code: str, account: str | None, *, description: str = "") -> Draft:
        """Replace a lost seat, after the time in which it may object; None takes a replacement back."""
        seat = _ZERO if account is None else _account(account, "a seat")
        return self.of([self._call(OFFICE_DIRECTORY, "replaceSeat", require_office(code), seat)], description)

    def suspend_key(self, code: str, account: str, until: datetime | None = None, *, description: str = "") -> Draft:
        """Suspend a key until a moment, or without end."""
        values = (require_office(code), _account(account, "a key"), FOREVER if until is None else until)
        return self.of([self._call(OFFICE_DIRECTORY, "suspendKey", *values)], description)

    def reinstate_key(self, code: str, account: str, *, description: str = "") -> Draft:
        """End the suspension of a key."""
        values = (require_office(code), _account(account, "a key"))
        return self.of([self._call(OFFICE_DIRECTORY, "reinstateKey", *values)], description)

    def mark_key_compromised(self, code: str, account: str, since: datetime, *, description: str = "") -> Draft:
        """Declare since when signatures of a key are not to be trusted, where its office does not."""
        values = (require_office(code), _account(account, "a key"), since)
        return self.of([self._call(OFFICE_DIRECTORY, "markKeyCompromised", *values)], description)

    def adopt_charter(self, digest: bytes, location: str, *, description: str = "") -> Draft:
        """Adopt another text of the charter.

        Args:
            digest: SHA-256 of the text.
            location: Where it is published, 1 to 500 bytes.
            description: Why, in plain words.
        """
        return self.of([self._call(CHARTER, "adopt", digest, location)], description)

    def list_observer(self, account: str, name: str, *, description: str = "") -> Draft:
        """List an observer: without a vote, it can attach remarks to proposals."""
        return self.of([self._call(CHARTER, "listObserver", _account(account, "an observer"), name)], description)

    def remove_observer(self, account: str, *, description: str = "") -> Draft:
        """Take an observer off the list."""
        return self.of([self._call(CHARTER, "removeObserver", _account(account, "an observer"))], description)

    def list_contract(self, name: str, account: str, *, description: str = "") -> Draft:
        """List a contract as the present version of what it is named.

        A new `ApplicationRegistry` is named to the priority register in the same proposal, so that verdicts follow.

        Args:
            name: ASCII letters and digits, up to 32, for example `ApplicationRegistry`.
            account: The contract.
            description: Why, in plain words.

        Raises:
            InputError: The name is none.
        """
        if not name.isascii() or not name.isalnum() or len(name) > 32:
            raise InputError(
                f"{name!r} is not the name of a contract", remedy="Give up to 32 ASCII letters and digits."
            )
        contract = _account(account, "a contract")
        word = name.encode("ascii").ljust(32, b"\0")
        calls = [self._call(ADDRESS_BOOK, "list", [word], [contract])]
        if name == APPLICATION_REGISTRY:
            calls.append(self._call(PRIORITY_REGISTER, "setRegistry", contract))
        return self.of(calls, description)

    def change_parameters(
        self,
        *,
        voting_delay_s: int | None = None,
        voting_period_s: int | None = None,
        execution_delay_s: int | None = None,
        supermajority: tuple[int, int] | None = None,
        emergency: tuple[int, int] | None = None,
        objection_delay_s: int | None = None,
        description: str = "",
    ) -> Draft:
        """Change rules of the consortium; what is None stays.

        Args:
            voting_delay_s: Seconds from a proposal to its vote.
            voting_period_s: Seconds that a vote lasts.
            execution_delay_s: Seconds from the count to the execution.
            supermajority: Share of the active offices that a proposal needs: numerator, denominator.
            emergency: How many offices suspend at once, and for how many seconds.
            objection_delay_s: Seconds in which a seat may object to its replacement.
            description: Why, in plain words.

        Raises:
            InputError: Nothing changes.
        """
        wanted: list[tuple[str, str, tuple[Any, ...] | None]] = [
            (CONSORTIUM, "setVotingDelay", _one(voting_delay_s)),
            (CONSORTIUM, "setVotingPeriod", _one(voting_period_s)),
            (TIMELOCK, "updateDelay", _one(execution_delay_s)),
            (CONSORTIUM, "setSupermajority", supermajority),
            (EMERGENCY_COUNCIL, "setRules", emergency),
            (OFFICE_DIRECTORY, "setObjectionDelay", _one(objection_delay_s)),
        ]
        calls = [self._call(name, function, *values) for name, function, values in wanted if values is not None]
        return self.of(calls, description)

    def set_emergency_body(self, account: str | None, *, description: str = "") -> Draft:
        """Name the contract that may suspend at once; None for none."""
        body = _ZERO if account is None else _account(account, "a contract")
        return self.of([self._call(OFFICE_DIRECTORY, "setEmergencyBody", body)], description)

    def transfer_governance(self, account: str, *, description: str = "") -> Draft:
        """Hand governance over to the timelock of another consortium. Nobody can undo a wrong address."""
        return self.of(
            [self._call(OFFICE_DIRECTORY, "transferGovernance", _account(account, "a timelock"))], description
        )

    def _call(self, contract: str, function: str, *values: Any) -> Call:
        if contract not in self._addresses:
            raise ConfigError(
                f"this deployment has no {contract}",
                remedy="Use a manifest of a deployment with a consortium.",
            )
        return Call(self._addresses[contract], load_abi(contract).encode(function, *values))


def _one(value: int | None) -> tuple[Any, ...] | None:
    return None if value is None else (value,)


def _account(account: str, what: str) -> str:
    address = checksum_address(parse_address(account))
    if address == _ZERO:
        raise InputError(f"the zero address is nobody's, and so it cannot be {what}", remedy="Give another account.")
    return address

"""Model of the charter with its observers, and of the address book."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.stateful.model.basics import ZERO_ADDRESS, ZERO_WORD, Clock, Effect, Event, Refusal
from tests.stateful.model.consortium import COUNT_WINDOW, EXECUTION_WINDOW, LEAST_OFFICES, ConsortiumModel
from tests.stateful.model.council import CouncilModel
from tests.stateful.model.directory import DirectoryModel
from tests.stateful.model.typed_data import Domain, keccak, type_hash, word

MAX_LOCATION, MAX_NAME, MAX_REMARK = 500, 100, 4000
REMARK = b"Remark(uint256 proposalId,string text)"
LETTERS_AND_DIGITS = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def remark_struct(proposal_id: int, text: str) -> bytes:
    """Return the struct hash of a remark."""
    return keccak(type_hash(REMARK) + word(proposal_id) + keccak(text.encode()))


class CharterModel:
    """The rules of the charter; a method a function of the contract."""

    def __init__(
        self,
        clock: Clock,
        consortium: ConsortiumModel,
        council: CouncilModel,
        domain: Domain,
        text: tuple[bytes, str],
        approves: Callable[[str, bytes, bytes], bool],
    ) -> None:
        self.clock, self.consortium, self.council, self.domain = clock, consortium, council, domain
        self.approves = approves
        self.versions: list[tuple[bytes, str, int]] = [(*text, clock.now)]
        self.observers: list[tuple[str, str]] = []
        self.remarks: set[tuple[str, bytes]] = set()

    def adopt(self, caller: str, digest: bytes, location: str) -> Effect:
        """Adopt a text."""
        self._need_governance(caller)
        if digest == ZERO_WORD or not 1 <= len(location.encode()) <= MAX_LOCATION:
            raise Refusal("CharterIncomplete")
        self.versions.append((digest, location, self.clock.now))
        return self._told("CharterAdopted", len(self.versions), digest, location)

    def list_observer(self, caller: str, account: str, name: str) -> Effect:
        """List an observer."""
        self._need_governance(caller)
        if account == ZERO_ADDRESS:
            raise Refusal("CharterZeroAccount")
        if self.is_observer(account):
            raise Refusal("CharterObserverListed", account)
        self._need_length(name, MAX_NAME)
        self.observers.append((account, name))
        return self._told("ObserverListed", account, name)

    def remove_observer(self, caller: str, account: str) -> Effect:
        """Take an observer off the list; the last one takes the place."""
        self._need_governance(caller)
        if not self.is_observer(account):
            raise Refusal("CharterNotObserver", account)
        place = [listed for listed, _ in self.observers].index(account)
        last = self.observers.pop()
        if place < len(self.observers):
            self.observers[place] = last
        return self._told("ObserverRemoved", account)

    def remark(self, caller: str, proposal_id: int, observer: str, text: str, signature: bytes) -> Effect:
        """Attach a remark to a proposal, as the observer or by its signature."""
        if not self.may_remark(observer):
            raise Refusal("CharterNotObserver", observer)
        self._need_length(text, MAX_REMARK)
        self.consortium.state_of(proposal_id)
        digest = self.domain.digest(remark_struct(proposal_id, text))
        if (observer, digest) in self.remarks:
            raise Refusal("CharterRemarked", observer, digest)
        if caller != observer and not self.approves(observer, digest, signature):
            raise Refusal("CharterInvalidSignature", observer)
        self.remarks.add((observer, digest))
        return self._told("Remarked", proposal_id, observer, text)

    def may_remark(self, account: str) -> bool:
        """Tell whether an account may attach remarks."""
        return self.is_observer(account)

    def is_observer(self, account: str) -> bool:
        """Tell whether an account is listed."""
        return any(listed == account for listed, _ in self.observers)

    def terms(self) -> dict[str, Any]:
        """Return the charter as the contract shows it."""
        consortium, council = self.consortium, self.council
        digest, location, adopted_at = self.versions[-1]
        active = len(consortium.directory.active_offices())
        return {
            "digest": digest,
            "location": location,
            "adoptedAt": adopted_at,
            "version": len(self.versions),
            "activeOffices": active,
            "votesNeeded": consortium.votes_needed(),
            "supermajorityNumerator": consortium.numerator,
            "supermajorityDenominator": consortium.denominator,
            "votingDelay": consortium.voting_delay,
            "votingPeriod": consortium.voting_period,
            "countWindow": COUNT_WINDOW,
            "executionDelay": consortium.min_delay,
            "executionWindow": EXECUTION_WINDOW,
            "leastOffices": LEAST_OFFICES,
            "emergencyQuorum": council.quorum,
            "emergencyDuration": council.duration,
            "objectionDelay": consortium.directory.objection_delay,
        }

    def _need_governance(self, caller: str) -> None:
        if caller != self.consortium.directory.governance:
            raise Refusal("CharterNotGovernance", caller)

    @staticmethod
    def _need_length(text: str, limit: int) -> None:
        if not 1 <= len(text.encode()) <= limit:
            raise Refusal("CharterTextLength", len(text.encode()), limit)

    @staticmethod
    def _told(name: str, *arguments: object) -> Effect:
        return Effect((), [Event("Charter", name, arguments)])


class AddressBookModel:
    """The rules of the address book."""

    def __init__(self, clock: Clock, directory: DirectoryModel, code_hashes: dict[str, bytes]) -> None:
        self.clock, self.directory, self.code_hashes = clock, directory, code_hashes
        self.versions: dict[bytes, list[tuple[str, bytes, int]]] = {}

    def list(self, caller: str, names: tuple[bytes, ...], accounts: tuple[str, ...]) -> Effect:
        """List contracts as the present versions of what they are named; whoever undoes it if refused is the caller."""
        if caller != self.directory.governance:
            raise Refusal("AddressBookNotGovernance", caller)
        if len(names) != len(accounts):
            raise Refusal("AddressBookLengths", len(names), len(accounts))
        effect = Effect()
        for name, account in zip(names, accounts, strict=True):
            text = name.rstrip(b"\x00")
            if not text or any(character not in LETTERS_AND_DIGITS for character in text):
                raise Refusal("AddressBookInvalidName", name)
            if account not in self.code_hashes:
                raise Refusal("AddressBookNoContract", account)
            listed = [held for held, entries in self.versions.items() for entry in entries if entry[0] == account]
            if listed:
                raise Refusal("AddressBookListed", listed[0], account)
            entries = self.versions.setdefault(name, [])
            entries.append((account, self.code_hashes[account], self.clock.now))
            facts = (name, len(entries), account, self.code_hashes[account])
            effect.events.append(Event("AddressBook", "ContractListed", facts))
        return effect

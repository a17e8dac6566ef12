"""Recording in the register of trade marks and designs: events one by one or in a batch, and an office's practice.

An event names the head of its entry; all methods here take it from the chain, unless it is given. Not its job: many
thousands at once (`registrum.client.rights`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from registrum.chain.codec import FOREVER
from registrum.client.calls import key_of
from registrum.client.forms import require_office
from registrum.client.receipts import Receipt
from registrum.client.rights_answers import Body, EventReceipt
from registrum.client.rights_calls import MOST_EVENTS, Chains, RightsCall, batch_gas, call_of, numbers_of
from registrum.client.rights_calls import recorded_before as count_recorded
from registrum.client.rights_drafting import RightsDrafter
from registrum.errors import InputError
from registrum.numbers import OfficeNumber, Right
from registrum.rights.model import LegalStatusEvent, RecordedEvent, categories_to_bits, to_ascii
from registrum.rights.reading import recorded_event_from
from registrum.rights.terms import RenewalTerms
from registrum.signing.addresses import checksum_address, parse_address
from registrum.signing.rights_statements import Empowerment, EventBatch, LegalStatusEventStatement
from registrum.signing.rights_statements import RenewalTerms as RenewalTermsStatement
from registrum.signing.statements import Statement

if TYPE_CHECKING:
    from registrum.signing.signers import Signer

__all__ = ["RightsRecorder"]


class RightsRecorder(RightsDrafter):
    """Records what offices, and the bodies that they empowered, sign.

    Besides the errors of `RightsReader`, every method may raise `ContractError` when the contract refuses (before
    anything is sent, where it can be foretold), `KeyNotFoundError` without a key, `OutcomeUnknownError` when the end
    was not seen in time, and `SubmissionError` when the node does not take the transaction.
    """

    def file(
        self,
        number: OfficeNumber,
        filing_date: date,
        classes: Iterable[int],
        dossier: bytes | None = None,
        *,
        representation: bytes | None = None,
        holder: bytes | None = None,
        application: OfficeNumber | None = None,
        basis: OfficeNumber | None = None,
        document: bytes | None = None,
        signer: Signer | None = None,
    ) -> EventReceipt:
        """Create an entry by the filing of its application; arguments as for `draft_filing`."""
        event = self.draft_filing(
            number,
            filing_date,
            classes,
            dossier,
            representation=representation,
            holder=holder,
            application=application,
            basis=basis,
            document=document,
        )
        return self.record(event, signer=signer)

    def renew(
        self,
        number: OfficeNumber,
        on: date | None = None,
        *,
        surcharge: bool = False,
        expiry_date: date | None = None,
        publication_date: date | None = None,
        document: bytes | None = None,
        signer: Signer | None = None,
    ) -> EventReceipt:
        """Renew a right; arguments as for `draft_renewal`.

        Raises:
            RightsRegisterNotRenewableError: The day is before the window opens or after the grace period.
            RightsRegisterNoSurchargeError: The right has expired, and no surcharge was paid.
        """
        event = self.draft_renewal(
            number,
            on,
            surcharge=surcharge,
            expiry_date=expiry_date,
            publication_date=publication_date,
            document=document,
        )
        return self.record(event, signer=signer)

    def record(
        self, event: LegalStatusEvent, *, previous: bytes | None = None, signer: Signer | None = None
    ) -> EventReceipt:
        """Record an event.

        The same again changes nothing and is a success with `taken` false, as long as it is the entry's last event: of
        first events this is known in any case, of later ones where `previous` is given. Without it, a later event that
        is given again happened again.

        Args:
            event: What happened.
            previous: Head of the entry that the event follows; the present one if None.
            signer: The office's key, or a body's, instead of the registry's.

        Raises:
            RightsRegisterNotHeadError: Another event was recorded since `previous`.
        """
        if previous is not None:
            return self._sign_and_submit(event.to_statement(previous), signer)
        left = self.prepare([event])
        return self._sign_and_submit(left[0], signer) if left else EventReceipt(taken=False)

    def record_batch(self, events: Iterable[LegalStatusEvent], *, signer: Signer | None = None) -> EventReceipt:
        """Record up to 200 events of one office under one signature, in their order; all or none.

        Several events of an entry follow one another. Those with which the history of an entry begins already are left
        out, so that the same batch again changes nothing where it created its entries.

        Args:
            events: What happened.
            signer: The office's key, or a body's, instead of the registry's.

        Raises:
            InputError: No event, events of several offices, or more than a block of the node has gas for.
        """
        given = list(events)
        offices = {event.number.office for event in given}
        if len(offices) != 1 or len(given) > MOST_EVENTS:
            what = f"{len(given)} events of {len(offices)} offices" if given else "no events"
            raise InputError(
                f"a batch has 1 to {MOST_EVENTS} events of one office, not {what}",
                remedy="Use record_many, which makes batches of any number of events.",
            )
        left = self.prepare(given)
        if not left:
            return EventReceipt(taken=False)
        gas, limit = batch_gas(left), self._block_gas_limit()
        if gas > limit:
            raise InputError(
                f"{len(left)} events in one batch may take {gas} gas, and a block of this chain has {limit}",
                remedy="Use record_many, which splits them into batches that fit, or give fewer.",
                gas=gas,
                block_gas_limit=limit,
            )
        return self._sign_and_submit(EventBatch(offices.pop().encode("ascii"), tuple(left)), signer)

    def prepare(self, events: Iterable[LegalStatusEvent]) -> list[LegalStatusEventStatement]:
        """The statements to sign for events, each after the one before it of its entry, the first after its head.

        Events with which the history of an entry begins already are left out.
        """
        given = list(events)
        heads = self.heads(numbers_of(given))
        entries: dict[OfficeNumber, list[LegalStatusEvent]] = {}
        for event in given:
            entries.setdefault(event.number, []).append(event)
        skip = {number: count_recorded(own, heads) for number, own in entries.items()}
        chains = Chains(heads)
        left = []
        for event in given:
            if skip[event.number]:
                skip[event.number] -= 1
            else:
                left.append(chains.follow(event)[0])
        return left

    def empower(
        self,
        office: str,
        account: str,
        name: str,
        categories: str,
        *,
        valid_from: datetime | None = None,
        valid_until: datetime | None = None,
        signer: Signer | None = None,
    ) -> Receipt:
        """Let a court or a board of appeal record events of some categories, or take that back.

        Args:
            office: The office, which signs with a key for keys (scope 8).
            account: Account of the body; may be a contract wallet.
            name: What it is, in ASCII; not a person's name.
            categories: Letters of ST.27 categories, such as `KVY`; empty takes all back.
            valid_from: First moment; the time of the newest block if None.
            valid_until: First moment after; without end if None.
            signer: The office's key, instead of the registry's.
        """
        body = self.body(office, account)
        now = self._now()
        if body is not None and _says_the_same(body, name, categories, valid_from, valid_until, now):
            return Receipt(taken=False)
        statement = Empowerment(
            office=require_office(office).encode("ascii"),
            body=checksum_address(parse_address(account)),
            name=to_ascii("name of a body", name, 32),
            categories=categories_to_bits(categories),
            valid_from=_seconds(valid_from or now),
            valid_until=FOREVER if valid_until is None else _seconds(valid_until),
            version=1 + (body.version if body is not None else 0),
        )
        return self.submit_signed(statement, self._office_key(signer).sign(statement, self.practice_domain))

    def set_renewal_terms(
        self, office: str, right: Right, terms: RenewalTerms, *, signer: Signer | None = None
    ) -> Receipt:
        """Say how rights of an office are renewed; what was recorded before stays.

        Args:
            office: The office, which signs with a key for keys (scope 8).
            right: Trade marks or designs.
            terms: How they are renewed.
            signer: The office's key, instead of the registry's.
        """
        stated, version = self._stated_terms(office, right)
        if version and stated == terms:
            return Receipt(taken=False)
        statement = RenewalTermsStatement(
            office=require_office(office).encode("ascii"),
            right=right.value.encode("ascii"),
            period_years=terms.period_years,
            maximum_years=terms.maximum_years or 0,
            window_months=terms.window_months,
            grace_months=terms.grace_months,
            version=version + 1,
        )
        return self.submit_signed(statement, self._office_key(signer).sign(statement, self.practice_domain))

    def submit_signed(self, statement: Statement, signature: bytes) -> Receipt:
        """Relay what an office or a body signed elsewhere. Anyone may.

        Args:
            statement: One of `registrum.signing.rights_statements`.
            signature: 65 bytes of a key, or the form of a contract wallet.

        Returns:
            The receipt; an `EventReceipt` for an event or a batch.
        """
        call = call_of(statement, signature)
        answer = self._simulate(call.contract, call.function, call.data, call.gas)
        if isinstance(statement, LegalStatusEventStatement):
            return self._events_sent(call, [statement]) if answer else EventReceipt(taken=False)
        if isinstance(statement, EventBatch):
            return self._events_sent(call, statement.events) if answer[0] else EventReceipt(taken=False)
        return self._sent(call)

    def _sign_and_submit(
        self, statement: LegalStatusEventStatement | EventBatch, signer: Signer | None
    ) -> EventReceipt:
        for event in statement.events if isinstance(statement, EventBatch) else (statement,):
            _check_holder(event)
        receipt = self.submit_signed(statement, self._office_key(signer).sign(statement, self.rights_domain))
        if not isinstance(receipt, EventReceipt):
            raise TypeError("events have a receipt of their own")
        return receipt

    def _sent(self, call: RightsCall) -> Receipt:
        key = key_of(call.function, call.data)
        return self._dispatch(call.contract, call.data, gas=call.gas, description=call.description, key=key)

    def _events_sent(self, call: RightsCall, statements: Sequence[LegalStatusEventStatement]) -> EventReceipt:
        receipt = self._sent(call)
        return EventReceipt(
            taken=receipt.taken,
            transaction_hash=receipt.transaction_hash,
            block_number=receipt.block_number,
            block_hash=receipt.block_hash,
            gas_used=receipt.gas_used,
            events=receipt.events,
            recorded=_recorded(receipt, statements),
        )


def _recorded(receipt: Receipt, statements: Sequence[LegalStatusEventStatement]) -> tuple[RecordedEvent, ...]:
    """The events of a receipt, out of its logs and what was signed."""
    signed = {statement.struct_hash(): statement for statement in statements}
    stated = {event.arguments["head"]: event.arguments for event in receipt.events if event.name == "EntryFactsStated"}
    found = []
    for event in receipt.events:
        statement = signed.get(event.arguments["head"]) if event.name == "LegalStatusEventRecorded" else None
        if statement is not None:
            found.append(
                recorded_event_from(
                    event.arguments,
                    stated.get(event.arguments["head"]),
                    previous=statement.previous if any(statement.previous) else None,
                    block_number=event.block_number,
                    transaction_hash=event.transaction_hash,
                )
            )
    return tuple(found)


def _says_the_same(
    body: Body, name: str, categories: str, begin: datetime | None, end: datetime | None, now: datetime
) -> bool:
    begins_alike = body.valid_from == begin if begin is not None else body.valid_from is None or body.valid_from <= now
    said = (body.name, body.categories, body.valid_until)
    return begins_alike and said == (name, "".join(sorted(set(categories))), end)


def _seconds(moment: datetime) -> int:
    if moment.tzinfo is None:
        raise InputError(f"{moment} has no time zone", remedy="Give a time in UTC.")
    return int(moment.timestamp())


def _check_holder(event: LegalStatusEventStatement) -> None:
    """Refuse what reads as a name: nothing personal may get on the chain, from which it never goes away."""
    reference = event.facts.holder.rstrip(b"\0")
    if reference and reference.isascii() and reference.decode("ascii").isprintable():
        raise InputError(
            f"the holder's reference reads {reference.decode('ascii')!r}",
            remedy="Give a random reference, or a salted hash: names and readable identifiers stay with the office.",
        )

"""What the register of trade marks and designs answers beside entries and events: standing, signers, timelines.

Not its job: asking the node (`registrum.client.rights_reading`), entries and events (`registrum.rights.model`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from registrum.client.forms import error_json, json_value
from registrum.client.receipts import ItemOutcome, Receipt
from registrum.errors import InputError, RegistrumError
from registrum.numbers import OfficeNumber, Right
from registrum.rights.codes import SAME_STATUS_BIT, default_codes, rule_code
from registrum.rights.model import (
    HIGHEST_STATUS,
    NO_CHANGE_BIT,
    LegalStatusEvent,
    RecordedEvent,
    Standing,
    StatePair,
    require_register_right,
    require_status,
)
from registrum.rights.values import ALL_PAIRS

__all__ = [
    "Body",
    "EntryStanding",
    "EventItem",
    "EventReceipt",
    "EventSigner",
    "RecordedCode",
    "RecordedCodes",
    "SignerKind",
    "TimelineEvent",
    "timeline_of",
]


@dataclass(frozen=True, slots=True)
class EntryStanding:
    """How an entry stands on a day, as the contracts compute it.

    Attributes:
        on: The day.
        standing: State, stage and dates taken together.
        is_irregular: Whether some event of its history is one that the table did not foresee.
        basis_ceased_on: Day on which the basic mark of the international registration that it is, or designates,
            ceased within five years (Madrid Protocol, Article 6(3)), or the international registration itself ceased;
            None otherwise.
    """

    number: OfficeNumber
    on: date
    standing: Standing
    is_irregular: bool
    basis_ceased_on: date | None

    def to_json(self) -> dict[str, Any]:
        """Keys `number, on, standing, isIrregular, basisCeasedOn`."""
        return {
            "number": self.number.text,
            "on": json_value(self.on),
            "standing": self.standing.to_json(),
            "isIrregular": self.is_irregular,
            "basisCeasedOn": json_value(self.basis_ceased_on),
        }


class SignerKind(StrEnum):
    """Whose account signed an event."""

    OFFICE = "office"
    """A key of the entry's office."""
    SUCCESSOR = "successor"
    """A key of the office that acts for the departed one."""
    BODY = "body"
    """A court or board of appeal that the office empowered."""
    UNKNOWN = "unknown"
    """None that the directory or the office's practice knows today, such as a key of a former successor."""


@dataclass(frozen=True, slots=True)
class EventSigner:
    """Who signed an event.

    Attributes:
        account: Key, or account of a body; EIP-55 form.
        kind: Whose it is.
        name: ST.3 code of the office, or name of the body; None if it is unknown.
        compromised_since: Since when the key is known to be compromised; None if it is not known to be. What was
            recorded before is not touched by that.
    """

    account: str
    kind: SignerKind
    name: str | None
    compromised_since: datetime | None

    def to_json(self) -> dict[str, Any]:
        """Keys `account, kind, name, compromisedSince`."""
        return {
            "account": self.account,
            "kind": self.kind.value,
            "name": self.name,
            "compromisedSince": json_value(self.compromised_since),
        }


@dataclass(frozen=True, slots=True)
class TimelineEvent:
    """An event in the history of an entry, with all that a reader wants to know of it.

    Attributes:
        recorded: The event.
        title: What its code means.
        status_text: Status after it.
        signer: Who signed it.
        is_suspect: Whether the key was compromised when the event was recorded.
        corrected_by: Sequence number of the event that corrects it; None if none does.
    """

    recorded: RecordedEvent
    title: str
    status_text: str
    signer: EventSigner
    is_suspect: bool
    corrected_by: int | None

    @property
    def event(self) -> LegalStatusEvent:
        """What was signed."""
        return self.recorded.event

    @property
    def is_irregular(self) -> bool:
        """Whether the table did not foresee it."""
        return self.recorded.is_irregular

    def to_json(self) -> dict[str, Any]:
        """The keys of a recorded event, with `title, statusText, isSuspect, correctedBy`, and `signer` in full."""
        return {
            **self.recorded.to_json(),
            "title": self.title,
            "statusText": self.status_text,
            "signer": self.signer.to_json(),
            "isSuspect": self.is_suspect,
            "correctedBy": self.corrected_by,
        }


def timeline_of(
    history: Sequence[RecordedEvent], signers: Mapping[str, EventSigner], table: RecordedCodes
) -> list[TimelineEvent]:
    """The events of one entry with all that a reader wants to know of them.

    Args:
        history: All of them, oldest first.
        signers: Who each account is that signed one, by what is known today.
        table: What codes and statuses mean.
    """
    corrected = {event.event.corrects: event.sequence for event in history if event.event.corrects is not None}
    timeline = []
    for event in history:
        signed, signer = event.event, signers[event.signer]
        since = signer.compromised_since
        timeline.append(
            TimelineEvent(
                recorded=event,
                title=table.title_of(signed.number.right, signed.system, signed.code),
                status_text=table.status_text(signed.number.right, signed.status),
                signer=signer,
                is_suspect=since is not None and event.recorded_at >= since,
                corrected_by=corrected.get(event.sequence),
            )
        )
    return timeline


@dataclass(frozen=True, slots=True)
class Body:
    """A court or board of appeal, and what an office lets it record.

    Attributes:
        office: ST.3 code.
        account: Its account; EIP-55 form.
        name: What it is.
        categories: Letters of the ST.27 categories that it may record; empty if all was taken back.
        valid_from: First moment; None if that is zero.
        valid_until: First moment after; None without end.
        version: Number of the office's statement about it, from 1.
    """

    office: str
    account: str
    name: str
    categories: str
    valid_from: datetime | None
    valid_until: datetime | None
    version: int

    def to_json(self) -> dict[str, Any]:
        """Every attribute, in camel case."""
        values: dict[str, Any] = json_value({item.name: getattr(self, item.name) for item in fields(self)})
        return values


@dataclass(frozen=True, slots=True)
class RecordedCode:
    """A row of the table of codes as the offices set it.

    Attributes:
        right: Trade mark or design.
        system: Code system.
        code: The code; of ST.27 the key event.
        category: Letter of the ST.27 category that it falls in.
        from_: States and stages before it, as bits, with `NO_ENTRY_BIT`.
        to: States and stages after it, as bits, with `NO_CHANGE_BIT`.
        statuses: Statuses after it: a bit for each position; bit 0 where the status may stay.
        title: What it means.
    """

    right: Right
    system: str
    code: str
    category: str
    from_: int
    to: int
    statuses: int
    title: str

    @property
    def pairs(self) -> tuple[StatePair, ...]:
        """States and stages that it leads to."""
        return tuple(pair for pair in ALL_PAIRS if self.to & pair.bit)

    @property
    def positions(self) -> tuple[int, ...]:
        """Positions of the statuses that it leads to."""
        return tuple(position for position in range(1, HIGHEST_STATUS + 1) if self.statuses >> position & 1)

    @property
    def may_stay(self) -> bool:
        """Whether state and stage may stay."""
        return bool(self.to & NO_CHANGE_BIT)

    @property
    def status_may_stay(self) -> bool:
        """Whether the status may stay."""
        return bool(self.statuses & SAME_STATUS_BIT)

    def to_json(self) -> dict[str, Any]:
        """Keys `right, system, code, category, from, to, statuses, title`; masks as numbers."""
        return {
            "right": self.right.value,
            "system": self.system,
            "code": self.code,
            "category": self.category,
            "from": self.from_,
            "to": self.to,
            "statuses": self.statuses,
            "title": self.title,
        }


@dataclass(frozen=True, slots=True)
class RecordedCodes:
    """The table of codes and statuses that is in force in the contract.

    Attributes:
        rules: Rows by right, system and code.
        statuses: Texts by right and position.
    """

    rules: Mapping[tuple[Right, str, str], RecordedCode]
    statuses: Mapping[tuple[Right, int], str]

    def rule_for(self, right: Right, system: str, code: str) -> RecordedCode | None:
        """The row of a code, of ST.27 codes that of the key event; None if there is none."""
        return self.rules.get((require_register_right(right), system, rule_code(system, code)))

    def title_of(self, right: Right, system: str, code: str) -> str:
        """What a code means; the code itself where there is no row.

        Detailed events and indicators of ST.27 are named where the package has them; the contract has key events.
        """
        rule = self.rule_for(right, system, code)
        if rule is None:
            return code
        known = default_codes().rule_for(right, system, code)
        is_ours = known is not None and known.title == rule.title
        return default_codes().title_of(right, system, code) if is_ours else rule.title

    def status_text(self, right: Right, position: int) -> str:
        """The text of a status; `status 12` where the table has none."""
        return self.statuses.get((right, position)) or f"status {position}"

    def status_position(self, right: Right, status: int | str) -> int:
        """The position of a status, given by it or by its text; case does not matter.

        Raises:
            InputError: The table has no such status.
        """
        if isinstance(status, int):
            return require_status(status)
        wanted = status.strip().casefold()
        for (of, position), text in self.statuses.items():
            if of is right and text.casefold() == wanted:
                return position
        raise InputError(
            f"{status!r} is not in the table of statuses of a {right.full_name}",
            remedy="`registrum codes list` shows the table.",
            status=status,
        )

    def to_json(self) -> dict[str, Any]:
        """Keys `codes` and `statuses`, each a list of rows."""
        return {
            "codes": [rule.to_json() for rule in self.rules.values()],
            "statuses": [
                {"right": right.value, "position": position, "status": text}
                for (right, position), text in self.statuses.items()
            ],
        }


@dataclass(frozen=True, slots=True)
class EventReceipt(Receipt):
    """What became of legal-status events.

    Attributes:
        recorded: The events that were new, as they are recorded.
    """

    recorded: tuple[RecordedEvent, ...] = ()

    @property
    def irregular(self) -> tuple[RecordedEvent, ...]:
        """Those that the table did not foresee."""
        return tuple(event for event in self.recorded if event.is_irregular)

    def to_json(self) -> dict[str, Any]:
        """The keys of a receipt without `events`, then `recorded`."""
        # Named, because dataclasses with slots are made anew, which zero-argument super does not survive.
        values = Receipt.to_json(self)
        del values["events"]
        return {**values, "recorded": [event.to_json() for event in self.recorded]}


@dataclass(frozen=True, slots=True)
class EventItem:
    """What became of one of many events.

    Attributes:
        event: As given.
        outcome: `TAKEN`, `ALREADY_RECORDED` or `BATCH_REFUSED`, which here says that this event is not recorded.
        transaction_hash: Of the batch that held it; None if it was not sent.
        is_irregular: Whether the table did not foresee it; None where it was not recorded by this call.
        error: Why it is not recorded; None otherwise.
    """

    event: LegalStatusEvent
    outcome: ItemOutcome
    transaction_hash: str | None = None
    is_irregular: bool | None = None
    error: RegistrumError | None = None

    def to_json(self) -> dict[str, Any]:
        """The keys of an event, then `outcome, transactionHash, isIrregular, error`."""
        return {
            **self.event.to_json(),
            "outcome": self.outcome.value,
            "transactionHash": self.transaction_hash,
            "isIrregular": self.is_irregular,
            "error": None if self.error is None else error_json(self.error),
        }

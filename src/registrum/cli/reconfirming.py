"""What `registrum application reconfirm` confirms: records that are as the office's own files have them.

Not its job: whether a key is good, which the contract checks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from registrum.cli.inputs import one_of, read_address, read_number
from registrum.cli.output import Facts, Table, emit
from registrum.cli.proposing import sent_json
from registrum.errors import InputError

if TYPE_CHECKING:
    from registrum.cli.access import Access
    from registrum.client.receipts import Receipt
    from registrum.client.records import Application, ApplicationRecord
    from registrum.numbers import OfficeNumber
    from registrum.registry import Registry

__all__ = ["Chosen", "reconfirm_all"]

_AT_ONCE = 300
"""Records under one signature: a block of 30 million gas takes twice as many."""


@dataclass(frozen=True)
class Chosen:
    """What shall be confirmed.

    Attributes:
        office: Whose records.
        numbers: Those named; empty where a key says which.
        key: All suspect records that this key signed; None where numbers are named.
        own: The office's own content by number; None to take what is recorded.
    """

    office: str
    numbers: tuple[OfficeNumber, ...]
    key: str | None
    own: dict[bytes, Application] | None

    @classmethod
    def read(
        cls,
        numbers: Sequence[str],
        key: str | None,
        source: Path | None,
        as_recorded: bool,
        right: str | None,
        office: str | None,
        any_form: bool,
    ) -> Chosen:
        """Read the options.

        Raises:
            InputError: They contradict each other, name nothing, or name numbers of several offices.
        """
        one_of(("NUMBER", numbers), ("--key-compromised", key))
        one_of(("--source", source), ("--as-recorded", as_recorded))
        if source is None and not as_recorded:
            raise InputError(
                "whoever stole a key may have written records, too: they are to be compared with the office's own",
                remedy="Give the office's list or documents by --source, or --as-recorded after comparing by hand.",
            )
        own = None if source is None else _own(source, right, office, any_form)
        if key is not None:
            if office is None:
                raise InputError("the office whose key it is must be named", remedy="Give --office.")
            return cls(office, (), read_address(key), own)
        parsed = [read_number(text, right, office, any_form=any_form) for text in numbers]
        if not parsed and own is not None:
            parsed = [application.number for application in own.values()]
        offices = sorted({number.office for number in parsed})
        if len(offices) != 1:
            raise InputError(
                f"records of {', '.join(offices) or 'no office'} are named; one signature is for one office",
                remedy="Give numbers of one office, --key-compromised, or a --source with them.",
            )
        return cls(offices[0], tuple(parsed), None, own)


def reconfirm_all(as_json: bool, access: Access, chosen: Chosen) -> bool:
    """Confirm what is as it ought to be, and print what became of each record.

    Returns:
        Whether all that was chosen is confirmed.
    """
    receipts: list[Receipt] = []
    with access.write(chosen.office) as registry:
        # Before anything is read: what comes after this is not what was compared.
        as_of = registry.chain_time()
        numbers = _suspect(registry, chosen) if chosen.key is not None else list(chosen.numbers)
        records = registry.records(numbers)
        judged = [_judged(number, record, chosen.own) for number, record in zip(numbers, records, strict=True)]
        good = [record.application for record, outcome in judged if record is not None and not outcome]
        for at in range(0, len(good), _AT_ONCE):
            receipts.append(registry.reconfirm(chosen.office, good[at : at + _AT_ONCE], as_of=as_of))
    rows = [
        (number.text, None if record is None else record.filing_date, outcome or "confirmed")
        for number, (record, outcome) in zip(numbers, judged, strict=True)
    ]
    document: dict[str, Any] = {
        "office": chosen.office,
        "records": [
            {
                "number": number.text,
                "outcome": (outcome or "confirmed").replace(" ", "_"),
                "record": None if record is None else record.to_json(),
            }
            for number, (record, outcome) in zip(numbers, judged, strict=True)
        ],
        "sent": [sent_json(receipt) for receipt in receipts],
    }
    facts = [("Transaction", receipt.transaction_hash) for receipt in receipts if receipt.transaction_hash]
    table = Table(("Record", "Filed", "Outcome"), rows, f"Records of {chosen.office}")
    emit(as_json, document, table, *([Facts(facts)] if facts else []))
    return all(not outcome for _, outcome in judged)


def _own(source: Path, right: str | None, office: str | None, any_form: bool) -> dict[bytes, Application]:
    from registrum.cli.tables import Source

    listed = Source(source, right, office, any_form)
    listed.check()
    return {application.number.on_chain: application for application in listed.applications()}


def _suspect(registry: Registry, chosen: Chosen) -> list[OfficeNumber]:
    """The suspect records that a key signed, once each, in the order of their first registration."""
    numbers: dict[bytes, OfficeNumber] = {}
    found: Iterable[Any] = registry.registrations(chosen.office)
    for item in found:
        numbers.setdefault(item.application.number.on_chain, item.application.number)
    by_key = [
        number
        for number, record in zip(numbers.values(), registry.records(numbers.values()), strict=True)
        if record is not None and record.signing_key == chosen.key
    ]
    return [number for number in by_key if registry.look_up(number).signer_compromised_since is not None]


def _judged(
    number: OfficeNumber, record: ApplicationRecord | None, own: dict[bytes, Application] | None
) -> tuple[ApplicationRecord | None, str]:
    """The record, and why it is not confirmed; empty if it is to be."""
    if record is None:
        return None, "not recorded"
    if own is None:
        return record, ""
    stated = own.get(number.on_chain)
    if stated is None:
        return record, "not in the source"
    same = (stated.filing_date, stated.digest, stated.disclosure) == (
        record.filing_date,
        record.digest,
        record.disclosure,
    )
    return record, "" if same else "differs from the source"

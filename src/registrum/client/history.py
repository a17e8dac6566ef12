"""What happened: the events of a number, and the registrations of an office, out of the node's logs.

Not its job: an index that answers everything at once; this asks the node each time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from registrum.chain.contracts import APPLICATION_REGISTRY, OFFICE_DIRECTORY, PRIORITY_REGISTER, load_abi
from registrum.chain.profile import read_block
from registrum.client.forms import instant, require_office
from registrum.client.judging import ClaimReader
from registrum.client.log_ranges import logs_in_ranges
from registrum.client.receipts import Event
from registrum.client.records import Application
from registrum.errors import NodeError, RpcError
from registrum.numbers import OfficeNumber
from registrum.signing.addresses import parse_address
from registrum.signing.statements import Disclosure

__all__ = ["HistoryReader", "Registered"]

_RECORD_EVENTS = (
    "ApplicationRegistered",
    "ApplicationCorrected",
    "ApplicationWithdrawn",
    "ApplicationReinstated",
    "ApplicationReconfirmed",
)


@dataclass(frozen=True, slots=True)
class Registered:
    """A registration as it was made; what became of the record since, `record` says.

    Attributes:
        signing_key: Key that signed it, or the anchor that it was disclosed from.
    """

    application: Application
    signing_key: str
    block_number: int
    transaction_hash: str

    def to_json(self) -> dict[str, Any]:
        """The keys of an application, then `signingKey, blockNumber, transactionHash`."""
        return {
            **self.application.to_json(),
            "signingKey": self.signing_key,
            "blockNumber": self.block_number,
            "transactionHash": self.transaction_hash,
        }


class HistoryReader(ClaimReader):
    """Reads the events of the deployed contracts; errors as for `RecordReader`.

    Only events of the deployed contracts count, whose code was checked at connecting, and of the registries that the
    present one took over from: another contract can emit events that look the same.
    """

    def history(self, number: OfficeNumber) -> list[Event]:
        """All that happened to a number, oldest first: its record, claims that it makes, claims that rest on it.

        The events carry the time of their block.
        """
        topic = number.on_chain_hex
        claim_recorded = load_abi(PRIORITY_REGISTER).topic("ClaimRecorded")
        record_topics = [load_abi(APPLICATION_REGISTRY).topic(name) for name in _RECORD_EVENTS]
        both = [APPLICATION_REGISTRY, PRIORITY_REGISTER]
        events = [
            *self._logged(both, [[*record_topics, claim_recorded], topic]),
            *self._logged([PRIORITY_REGISTER], [claim_recorded, None, topic]),
        ]
        for block in {event.block_number for event in events if event.name == "ApplicationRegistered"}:
            # It has no topic for the number, and follows the registration in the same transaction.
            disclosed = load_abi(APPLICATION_REGISTRY).topic("ApplicationDisclosed")
            events += self._logged([APPLICATION_REGISTRY], [disclosed], after_block=block - 1, last_block=block)
        mine = [e for e in events if number in (e.arguments.get(name) for name in ("number", "later", "earlier"))]
        # Not every node heeds the filters, and then one event comes with several queries.
        single = {(event.block_number, event.log_index): event for event in mine}
        return self._timed([single[place] for place in sorted(single)])

    def registrations(self, office: str, *, after_block: int | None = None) -> Iterator[Registered]:
        """The applications that an office registered, oldest first, as they are read from the node.

        Args:
            office: The office.
            after_block: Only those in later blocks; all if None.
        """
        keys = [parse_address(key.account).rjust(32, b"\0") for key in self.keys(require_office(office))]
        if not keys:
            return
        topics = [load_abi(APPLICATION_REGISTRY).topic("ApplicationRegistered"), None, ["0x" + k.hex() for k in keys]]
        for event in self._logged([APPLICATION_REGISTRY], topics, after_block=after_block):
            number = event.arguments.get("number")
            # A key may be that of two offices; and not every node heeds the filter.
            if event.name == "ApplicationRegistered" and isinstance(number, OfficeNumber) and number.office == office:
                yield Registered(
                    application_of(event), event.arguments["signing_key"], event.block_number, event.transaction_hash
                )

    def anchor_event(self, office: str, sequence: int) -> Event | None:
        """The event of one anchor of an office; None if the office has no such anchor."""
        word = "0x" + require_office(office).encode("ascii").hex().ljust(64, "0")
        topic = load_abi(APPLICATION_REGISTRY).topic("ApplicationsAnchored")
        for event in self._logged([APPLICATION_REGISTRY], [topic, word]):
            values = event.arguments
            # Not every node heeds the filter.
            if event.name == "ApplicationsAnchored" and (values["office"], values["sequence"]) == (office, sequence):
                return event
        return None

    def _timed(self, events: Sequence[Event]) -> list[Event]:
        numbers = sorted({event.block_number for event in events})
        answers = self._rpc.batch(("eth_getBlockByNumber", (hex(number), False)) for number in numbers)
        times = {}
        for number, answer in zip(numbers, answers, strict=True):
            if isinstance(answer, RpcError):
                raise answer
            times[number] = instant(read_block(answer).timestamp)
        return [replace(event, block_time=times[event.block_number]) for event in events]

    def _logged(
        self,
        contracts: Sequence[str],
        topics: Sequence[Any],
        *,
        after_block: int | None = None,
        last_block: int | None = None,
    ) -> Iterator[Event]:
        """Events that match, in order, over ranges of blocks as wide as the node answers."""
        addresses = [self._address(name) for name in contracts]
        first = min(self._manifest.contract(name).block for name in contracts)
        former = self._versions.addresses[:-1] if APPLICATION_REGISTRY in contracts else ()
        if former:
            addresses += former
            # A former registry may be older than the one of the manifest; the directory is older than both.
            first = self._manifest.contract(OFFICE_DIRECTORY).block
        start = first if after_block is None else max(first, after_block + 1)
        for logs in logs_in_ranges(self._rpc, addresses, topics, start, last_block):
            yield from self._events(logs)


def application_of(event: Event) -> Application:
    """The content in an event `ApplicationRegistered` or `ApplicationNotTaken`.

    Raises:
        NodeError: No such content can be in the event of a registration.
    """
    values = event.arguments
    if not isinstance(values["number"], OfficeNumber) or values["filing_date"] is None or values["disclosure"] > 1:
        raise NodeError(f"the node sent an event {event.name} that no registry can emit")
    return Application(values["number"], values["filing_date"], values["digest"], Disclosure(values["disclosure"]))

"""Verdicts on priority claims, the calendars that they use, and the claims that offices recorded.

Not its job: recording claims (`registrum.client.recording`).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from registrum.chain.contracts import PRIORITY_REGISTER, load_abi
from registrum.chain.rpc import BATCH_ITEMS, as_data
from registrum.client.calendars import Calendar, DayStatus, calendar_from
from registrum.client.claims import Claim, claim_from
from registrum.client.forms import require_office
from registrum.client.reading import RecordReader
from registrum.client.session import refused
from registrum.client.verdicts import Assessment, PriorityClaim, assessment_from
from registrum.numbers import OfficeNumber

__all__ = ["ClaimReader"]


class ClaimReader(RecordReader):
    """Asks the priority register at the newest block; errors as for `RecordReader`."""

    def check_priority(self, claim: PriorityClaim) -> Assessment:
        """Judge a priority claim. No error stands for "not valid": that is a verdict."""
        return self.check_priorities([claim])[0]

    def check_priorities(self, claims: Iterable[PriorityClaim]) -> list[Assessment]:
        """Judge many claims, 500 in one request; the answers are in their order.

        Claims are judged one after another by a node that takes new blocks meanwhile: two answers may be of different
        blocks.

        Raises:
            ContractError: The contract refused a claim, which the checks of `PriorityClaim` exclude.
        """
        selector = load_abi(PRIORITY_REGISTER).selector("check")
        address = self._addresses[PRIORITY_REGISTER]
        assessments: list[Assessment] = []
        waiting = list(claims)
        for at in range(0, len(waiting), BATCH_ITEMS):
            piece = waiting[at : at + BATCH_ITEMS]
            calls = [
                ("eth_call", ({"to": address, "data": "0x" + claim.call_data(selector).hex()}, "latest"))
                for claim in piece
            ]
            for claim, answer in zip(piece, self._rpc.batch(calls), strict=True):
                refusal = refused(answer)
                if refusal is not None:
                    raise refusal
                assessments.append(assessment_from(claim, as_data(answer, "assessment", 384)))
        return assessments

    def calendar(self, office: str, year: int) -> Calendar | None:
        """The closed days of an office in a year; None if it published none."""
        return calendar_from(office, year, self._read(PRIORITY_REGISTER, "calendarOf", require_office(office), year))

    def is_closed(self, office: str, day: date) -> DayStatus:
        """Whether an office is open on a day, as far as it has said so."""
        published, closed = self._read(PRIORITY_REGISTER, "isClosed", require_office(office), day)
        if not published:
            return DayStatus.NOT_PUBLISHED
        return DayStatus.CLOSED if closed else DayStatus.OPEN

    def claim(self, later: OfficeNumber, earlier: OfficeNumber) -> Claim | None:
        """The recorded claim of one application on another; None if there is none."""
        return claim_from(self._read(PRIORITY_REGISTER, "claimOf", later, earlier))

    def claims_by(self, number: OfficeNumber) -> list[Claim]:
        """The claims that an application makes, in the order of recording."""
        return self._pages(PRIORITY_REGISTER, "claimsBy", (number,), claim_from)

    def claims_on(self, number: OfficeNumber) -> list[Claim]:
        """The claims that rest on an application, in the order of recording."""
        return self._pages(PRIORITY_REGISTER, "claimsOn", (number,), claim_from)

"""The chapter of the demonstration about the register: a mark and a design from filing to renewal, and Madrid.

Not its job: applications and priority (`demo.py`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date

from demo_stage import Tally, connect, decide, expect, first_line, provoke, say, wait

from registrum import OfficeNumber, Registry, Scope, devnet
from registrum.chain.reverts import RightsRegisterNotRenewableError, RightsRegisterTerminatedError
from registrum.client.drafts import FirstKey
from registrum.client.rights import Rights
from registrum.development import DEVELOPMENT_OFFICES
from registrum.rights.history import StatusOnDate
from registrum.rights.model import EntryFacts

_MARK = OfficeNumber.from_text("EM/T/012345678")
_JUMPED = OfficeNumber.from_text("RU/T/2016712300")
_DESIGNS = tuple(OfficeNumber.from_text(f"RU/D/2019501234-{number:03}") for number in (1, 2))
_BASIC = OfficeNumber.from_text("AU/T/2101234")
_INTERNATIONAL = OfficeNumber.from_text("WO/T/1601234")
_DESIGNATION = OfficeNumber.from_text("EM/T/W01601234")
_DAYS_BEFORE_THE_MISTAKE_IS_SEEN = 20


def show_register(chain: devnet.Devnet, offices: dict[str, Registry], seats: dict[str, Registry], tally: Tally) -> None:
    """Tell the chapter."""
    em, ru = offices["EM"], offices["RU"]
    _life_of_a_mark(em, tally)
    _partial_surrender_with_a_mistake(em)
    _multiple_design(ru)
    _irregular_jump(ru)
    _madrid(chain, offices, seats)
    count = sum(len(em.rights.events(number)) for number in _all_numbers())
    tally.add("register entries", f"{len(_all_numbers())}, with {count} legal-status events")


def _all_numbers() -> Sequence[OfficeNumber]:
    return (_MARK, _JUMPED, *_DESIGNS, _BASIC, _INTERNATIONAL, _DESIGNATION)


def _life_of_a_mark(em: Registry, tally: Tally) -> None:
    say("EM keeps a trade mark in the register: each event signed, each naming the one before it")
    rights = em.rights
    filed = rights.file(_MARK, date(2014, 3, 10), (9, 25, 35), _digest("dossier"), representation=_digest("image"))
    rights.record(rights.draft(_MARK, "D10", date(2014, 4, 2), status="Application accepted"))
    published = rights.draft(
        _MARK, "Q10", date(2014, 5, 12), status="Application published", publication_date=date(2014, 5, 12)
    )
    opposed = rights.draft(_MARK, "E10", date(2014, 7, 1), resulting="A3", status="Opposition pending")
    registered = rights.draft(
        _MARK,
        "F10",
        date(2015, 1, 20),
        resulting="A4",
        status="Registration published",
        facts=EntryFacts(registration_date=date(2015, 1, 20), expiry_date=date(2024, 3, 10)),
    )
    rights.record_batch((published, opposed, registered))
    renewed = rights.renew(_MARK, date(2024, 2, 1))
    for step in rights.timeline(_MARK):
        event = step.event
        print(
            f"  {event.event_date}  {event.code:<5} {step.title:<48} {step.recorded.before or '--'} > {event.resulting}"
        )
    entry = rights.entry(_MARK)
    expect(entry is not None and entry.expiry_date == date(2034, 3, 10), "renewed for ten years")
    print(f"  in force until {date(2034, 3, 10)}; renewed in its window, so without a surcharge")
    again = provoke(RightsRegisterNotRenewableError, lambda: rights.renew(_MARK, date(2025, 1, 10)))
    print(f"  once more at once: {first_line(again)}")
    tally.add("file a mark, with a representation", f"{filed.gas_used or 0:,} gas")
    tally.add("renew it", f"{renewed.gas_used or 0:,} gas")


def _partial_surrender_with_a_mistake(em: Registry) -> None:
    say("Class 25 is surrendered; the office gets the day wrong, and corrects that later without overwriting anything")
    rights = em.rights
    surrender = rights.draft(
        _MARK, "H10", date(2024, 6, 3), effective_date=date(2024, 6, 3), facts=EntryFacts(classes=(9, 35))
    )
    rights.record(surrender)
    believed = rights.today()
    sequence = rights.events(_MARK)[-1].sequence
    wait(em, seconds=86_400 * _DAYS_BEFORE_THE_MISTAKE_IS_SEEN)
    correction = rights.draft(
        _MARK,
        "Y10",
        rights.today(),
        effective_date=date(2024, 9, 3),
        corrects=sequence,
        facts=EntryFacts(classes=(9, 35)),
    )
    rights.record(correction)
    print(f"  event {sequence} said 2024-06-03; event {sequence + 1} corrects that to 2024-09-03")
    for on in (date(2014, 8, 1), date(2024, 7, 1), date(2024, 12, 1)):
        now = rights.status_on(_MARK, on)
        then = rights.status_on(_MARK, on, known_on=believed)
        print(f"  on {on}: {_words(now)}; as known on {believed}: {_words(then)}")
    report = rights.verify_history(_MARK)
    expect(report is not None and report.is_complete, "the history is complete")
    print(f"  the {len(rights.events(_MARK))} events lead to the head that the chain holds: none is missing or changed")


def _multiple_design(ru: Registry) -> None:
    say("RU keeps a multiple design: one entry a design, what touches all of them is one batch under one signature")
    rights = ru.rights
    filings = [rights.draft_filing(number, date(2019, 5, 7), (6,), _digest(str(number))) for number in _DESIGNS]
    rights.record_batch(filings)
    granted = EntryFacts(registration_date=date(2019, 11, 15), expiry_date=date(2024, 5, 7))
    rights.record_batch(
        rights.draft(number, "F10", date(2019, 11, 15), resulting="A4", status="Registered", facts=granted)
        for number in _DESIGNS
    )
    renewed, lapsed = _DESIGNS
    rights.renew(renewed, date(2024, 8, 1), surcharge=True)
    for number in (renewed, lapsed):
        entry, standing = rights.entry(number), rights.standing(number)
        expect(entry is not None, "the design is there")
        print(f"  {number}  expiry {entry.expiry_date if entry else ''}  {standing.standing.to_json()}")
    print(
        "  the first was renewed in the six months of grace, with the surcharge; the second lapsed, by its dates alone"
    )


def _irregular_jump(ru: Registry) -> None:
    say("An office records what the table of codes does not foresee: it is taken, and flagged for good")
    rights = ru.rights
    rights.file(_JUMPED, date(2016, 4, 4), (30,), _digest("jumped"))
    rights.record(rights.draft(_JUMPED, "B10", date(2017, 2, 1), resulting="N6", status="Application refused"))
    rights.record(rights.draft(_JUMPED, "F10", date(2017, 9, 1), resulting="A4", status="Registration published"))
    ended = rights.draft(_JUMPED, "N10", date(2020, 1, 15), resulting="T6", status="Registration surrendered")
    rights.record(ended)
    entry = rights.entry(_JUMPED)
    expect(entry is not None and entry.is_irregular, "the entry is flagged")
    flagged = [event.sequence for event in rights.events(_JUMPED) if event.is_irregular]
    print(f"  {_JUMPED}: refused, then registered without a revival; irregular: event {', '.join(map(str, flagged))}")
    late = rights.draft(_JUMPED, "S10", date(2021, 1, 15), resulting="T6", status="Registration surrendered")
    refused = provoke(RightsRegisterTerminatedError, lambda: rights.record(late))
    print(f"  a licence after termination: {first_line(refused)}")


def _madrid(chain: devnet.Devnet, offices: dict[str, Registry], seats: dict[str, Registry]) -> None:
    say("WO joins by a vote and records an international registration; EM is designated; the basic mark falls")
    bureau = DEVELOPMENT_OFFICES["WO"]
    keys = [FirstKey(bureau.signing_key().address, Scope.REGISTER)]
    draft = seats["RU"].drafts().admit("WO", bureau.seat().address, bureau.name, endpoint=bureau.endpoint, keys=keys)
    decide(seats, draft, "RU", by_transaction=("EM",), by_signature=("AU",))
    wo = connect(chain, "WO").rights
    au, em = offices["AU"].rights, offices["EM"].rights
    _registered(au, _BASIC, date(2020, 2, 3), date(2020, 9, 1), date(2030, 2, 3))
    _registered(wo, _INTERNATIONAL, date(2021, 3, 1), date(2021, 3, 1), date(2031, 3, 1), basis=_BASIC)
    _registered(em, _DESIGNATION, date(2021, 3, 1), date(2022, 5, 2), date(2031, 3, 1), basis=_INTERNATIONAL)
    before = em.standing(_DESIGNATION)
    au.record(au.draft(_BASIC, "H10", date(2024, 10, 1), resulting="N6", status="Registration cancelled"))
    after = em.standing(_DESIGNATION)
    expect(before.basis_ceased_on is None and after.basis_ceased_on == date(2024, 10, 1), "the designation is flagged")
    print(f"  {_BASIC} > {_INTERNATIONAL} > {_DESIGNATION}")
    print(
        f"  the basic mark was cancelled on {after.basis_ceased_on}, within five years: the contract flags the"
        " designation, whatever EM recorded"
    )


def _registered(
    rights: Rights,
    number: OfficeNumber,
    filed: date,
    registered: date,
    expiry: date,
    *,
    basis: OfficeNumber | None = None,
) -> None:
    """File and register a mark, one after the other under one signature."""
    filing = rights.draft_filing(number, filed, (9,), _digest(str(number)), basis=basis)
    facts = EntryFacts(registration_date=registered, expiry_date=expiry)
    granted = rights.draft(number, "F10", registered, resulting="A4", status="Registration published", facts=facts)
    rights.record_batch((filing, granted))


def _words(status: StatusOnDate) -> str:
    """An answer for one day, in a few words."""
    if status.snapshot is None or status.standing is None:
        return status.knowledge.value.replace("_", " ")
    classes = ", ".join(map(str, status.snapshot.classes))
    return f"{status.standing.to_json().replace('_', ' ')}, classes {classes}"


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8")).digest()

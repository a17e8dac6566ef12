"""Histories for the index: one of each thing that offices do, and random events of register entries.

`LIFE` and `random_entries` need the deployment of `tests.client.registries`, with keys as `register_keys` adds them.
"""

from __future__ import annotations

import hashlib
import random
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from registrum import Application, ClaimResult, OfficeNumber, Registry, Right, Scope
from registrum.chain.contracts import OFFICE_DIRECTORY, load_abi
from registrum.errors import ContractError, InputError
from registrum.proofs.store import AnchorEntry, AnchorStore
from registrum.rights.model import EntryFacts, EventFlags, LegalStatusEvent, Relation
from registrum.rights.terms import RenewalTerms
from registrum.rights.values import ALL_PAIRS, CLEARED, HIGHEST_CLASS
from registrum.signing.signers import DevelopmentSigner
from tests.client.registries import FILED, GOVERNANCE, KEYS, SEATS, World, digest

RIGHTS_KEY = DevelopmentSigner.account(4)
"""Signs register entries of EM."""
SPARE = DevelopmentSigner.account(8)
COURT = DevelopmentSigner.account(9)
FOREVER = 2**40 - 1


def govern(world: World, function: str, *arguments: Any, sender: Any = GOVERNANCE) -> None:
    """A call of the directory by an account that may make it."""
    data = "0x" + load_abi(OFFICE_DIRECTORY).encode(function, *arguments).hex()
    call = {"from": sender.address, "to": world.manifest.address(OFFICE_DIRECTORY), "data": data, "gas": hex(2_000_000)}
    sent = world.rpc.call("eth_sendTransaction", [call])
    while (receipt := world.rpc.call("eth_getTransactionReceipt", [sent])) is None:
        pass
    assert receipt["status"] == "0x1", function


def seconds(world: World) -> int:
    """The chain's clock."""
    return int(world.now().timestamp())


def register_keys(world: World) -> Registry:
    """A registry that signs register entries of EM."""
    world.seat().add_key("EM", RIGHTS_KEY.address, Scope.REGISTER | Scope.KEYS)
    return world.registry(signer=RIGHTS_KEY)


def applications(world: World, folder: Path) -> None:
    """Registered, in a batch with conflicts, corrected, withdrawn, reinstated, anchored, disclosed, and claimed."""
    registry = world.registry()
    single, withdrawn, twice = (world.application() for _ in range(3))
    registry.register(single)
    batch = [world.application() for _ in range(4)]
    registry.register_batch("EM", [*batch, withdrawn, replace(single, digest=digest("other")), single])
    registry.correct(replace(single, digest=digest("right"), filing_date=FILED - timedelta(days=2)))
    registry.withdraw(withdrawn.number)
    registry.correct(replace(withdrawn, digest=digest("corrected though withdrawn")))
    registry.reinstate(withdrawn.number)
    registry.register(twice)
    registry.withdraw(twice.number)
    registry.reinstate(twice.number)
    anchored = [OfficeNumber("EM", Right.DESIGN, f"99000000{place}") for place in range(3)]
    leaves = [AnchorEntry.salted(one.on_chain, 20240131, hashlib.sha256(one.on_chain).digest()) for one in anchored]
    with AnchorStore.create(folder / f"anchor-{single.number.number}", b"EM", iter(leaves)) as store:
        registry.anchor_store(store)
        world.advance(timedelta(minutes=3))
        for one in anchored[:2]:
            registry.disclose(store.prove(one.on_chain))
    registry.withdraw(anchored[1])
    claims(world, batch, single)


def claims(world: World, batch: list[Application], single: Application) -> None:
    """Claims of several versions, and calendars."""
    as_jp, later = world.registry(KEYS["JP"]), world.number("JP")
    dates: dict[str, Any] = {"later_filing_date": date(2024, 6, 1), "claimed_date": FILED}
    as_jp.record_claim(later, batch[0].number, **dates)
    as_jp.record_claim(later, batch[0].number, outcome=ClaimResult.ACCEPTED, **dates)
    as_jp.record_claim(later, batch[1].number, is_partial=True, **dates)
    world.registry().record_claim(
        single.number, world.number("RU"), later_filing_date=FILED - timedelta(days=2), claimed_date=date(2023, 9, 1)
    )
    world.seat("JP").publish_calendar("JP", 2024, closed=[date(2024, 7, 31)])
    world.seat("JP").publish_calendar("JP", 2024, weekly={6}, closed=[date(2024, 8, 1)])
    world.seat("EM").publish_calendar("EM", 2025, closed=[date(2025, 1, 1), date(2025, 12, 31)])


def members(world: World) -> None:
    """What happens to offices and keys; JP departs, RU changes its seat twice, EM loses a key."""
    seat = world.seat()
    since = world.now()
    world.advance(timedelta(hours=1))
    lost = world.application()
    world.registry().register(lost)
    seat.set_endpoint("EM", "https://new.example/\0")
    seat.set_earliest_filing_date("EM", date(1996, 4, 1))
    seat.mark_key_compromised("EM", KEYS["EM"].address, since)
    seat.add_key("EM", SPARE.address, Scope.APPLICATIONS)
    world.registry(SPARE).reconfirm("EM", [lost])
    govern(world, "suspendKey", "EM", SPARE.address, seconds(world) + 5_000)
    govern(world, "reinstateKey", "EM", SPARE.address)
    govern(world, "suspendOffice", "RU", FOREVER)
    govern(world, "reinstateOffice", "RU")
    govern(world, "suspendOffice", "RU", seconds(world) + 30_000)
    govern(world, "proposeSeat", "RU", COURT.address, sender=SEATS["RU"])
    govern(world, "acceptSeat", "RU", sender=COURT)
    govern(world, "replaceSeat", "RU", SEATS["RU"].address)
    govern(world, "proposeSeat", "RU", SEATS["RU"].address, sender=COURT)
    govern(world, "acceptSeat", "RU", sender=SEATS["RU"])
    govern(world, "replaceSeat", "EM", COURT.address)
    govern(world, "objectToReplacement", "EM", sender=SEATS["EM"])
    govern(world, "revokeKey", "JP", KEYS["JP"].address, sender=SEATS["JP"])
    govern(world, "departOffice", "JP")
    govern(world, "nameSuccessor", "JP", "EM")


def entries(world: World, registry: Registry) -> list[OfficeNumber]:
    """Entries with division, merger, continuation, corrections, termination, a body and renewal terms."""
    rights = registry.rights
    mark, parent, child, renamed = (world.number() for _ in range(4))
    design = world.number("EM", Right.DESIGN)
    rights.file(mark, FILED, (9, 42), digest("dossier"), holder=digest("holder"), representation=digest("image"))
    rights.file(design, FILED, (2,), digest("design"))
    rights.file(parent, FILED, (9, 35, 42), digest("parent"), application=world.number())
    divide = EntryFacts(classes=(9,), relation=Relation.DIVIDES, released=(35, 42))
    rights.record(rights.draft(parent, "P10", date(2024, 3, 1), facts=divide))
    taken = EntryFacts(filing_date=FILED, classes=(42,), relation=Relation.DIVIDED_FROM, related=parent)
    first = {"resulting": "A1", "status": "Application filed"}
    rights.record(rights.draft(child, "A10", date(2024, 3, 1), facts=taken, **first))
    registered = EntryFacts(registration_date=date(2024, 8, 1), expiry_date=date(2034, 1, 31))
    rights.record(rights.draft(mark, "F10", date(2024, 8, 1), status="Registered", facts=registered))
    goes_on = replace(registered, relation=Relation.CONTINUATION_OF, related=mark)
    rights.record(
        LegalStatusEvent(
            renamed, "ST.27", "F10", rights.events(mark)[-1].event.resulting, rights.events(mark)[-1].event.status,
            date(2024, 8, 2), date(2024, 8, 2), facts=goes_on,
        )
    )  # fmt: skip
    rights.record(
        rights.draft(renamed, "Y10", date(2024, 9, 1), corrects=1, facts=EntryFacts(dossier=digest("mended")))
    )
    rights.empower("EM", COURT.address, "Court", "KVY")
    rights.set_renewal_terms("EM", Right.DESIGN, RenewalTerms(5, 25, 12, 6))
    rights.set_renewal_terms("EM", Right.DESIGN, RenewalTerms(5, 20, 12, 6))
    return [mark, parent, child, renamed, design]


def random_entries(world: World, registry: Registry, numbers: list[OfficeNumber], seed: int, attempts: int) -> int:
    """Random events of entries, most of which the contract refuses; how many it took."""
    chance = random.Random(seed)
    codes = [
        row for row in registry.rights.codes().rules.values() if row.right is Right.TRADEMARK and row.system == "ST.27"
    ]
    marks = [number for number in numbers if number.right is Right.TRADEMARK]
    taken = 0
    for _ in range(attempts):
        number = chance.choice([*marks, world.number()]) if chance.random() < 0.95 else world.number()
        try:
            event = _random_event(chance, codes, marks, number)
            if registry.rights.record(event).taken:
                taken += 1
                if number not in marks:
                    marks.append(number)
        except (ContractError, InputError):
            continue
    return taken


def _random_event(chance: random.Random, codes: list[Any], marks: list[OfficeNumber], number: OfficeNumber) -> Any:
    is_new = number not in marks
    row = chance.choice([one for one in codes if one.category == "A"] if is_new else codes)
    corrects = chance.randint(1, 6) if row.category == "Y" else None
    relation = chance.choice([None, None, None, *Relation])
    flags = EventFlags(chance.choice([0, 0, 1]) if is_new else chance.choice([0, 4]) if corrects else 0)
    day = date(2024, chance.randint(2, 12), chance.randint(1, 28))

    def some(value: Any, often: float = 0.3) -> Any:
        return value if chance.random() < often else None

    if is_new and relation not in (None, Relation.CONTINUATION_OF, Relation.DIVIDED_FROM, Relation.CONVERTED_FROM):
        relation = None
    facts = EntryFacts(
        filing_date=FILED if is_new and relation is not Relation.CONTINUATION_OF else some(FILED, 0.1),
        registration_date=some(chance.choice([day, CLEARED])),
        expiry_date=some(chance.choice([date(2034, 1, 31), date(2044, 1, 31), CLEARED]), 0.2),
        classes=tuple(chance.sample(range(1, HIGHEST_CLASS[Right.TRADEMARK] + 1), 2)) if is_new else some((9,), 0.2),
        dossier=some(chance.choice([digest(str(chance.random())), CLEARED])),
        holder=some(chance.choice([digest(str(chance.random())), CLEARED])),
        relation=relation,
        related=None if relation is None else chance.choice([*marks, None]),
        released=(9,) if relation in (Relation.DIVIDES, Relation.ABSORBS) else (),
    )
    return LegalStatusEvent(
        number=number,
        system="ST.27",
        code=row.code,
        resulting=chance.choice(ALL_PAIRS),
        status=chance.randint(1, 20),
        event_date=day,
        effective_date=day + timedelta(days=chance.randint(0, 40)),
        publication_date=some(day),
        document=some(digest("document")),
        corrects=corrects,
        flags=flags,
        facts=facts,
    )

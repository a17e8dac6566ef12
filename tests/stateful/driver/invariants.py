"""What must hold at every moment, and of every step; README.md beside says each in words.

Each looks at the chain, at what it told in events, and at what it said before; the model is asked only where the
sentence is about the model. Not its job: comparing a step's outcome with the prediction (`driver.run`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.stateful.driver.codec import Log
from tests.stateful.driver.engine import SECRETS
from tests.stateful.driver.history import BrokenHistory, History
from tests.stateful.driver.world import SIGNED, Finding, Outcome, Step, World
from tests.stateful.model import typed_data
from tests.stateful.model.basics import FOREVER, SCOPE_APPLICATIONS, SCOPES, ZERO_ADDRESS, Refusal
from tests.stateful.model.days import ONE_DAY, date_at, months_later, read_date, write_date
from tests.stateful.model.numbers import is_number

ACTIVE, DEPARTED = 1, 3
SAME_EVERYWHERE_S = 14 * 3600
CHANGE_EVENTS = ("ApplicationCorrected", "ApplicationWithdrawn", "ApplicationReinstated")
RECORD_EVENTS = ("ApplicationRegistered", *CHANGE_EVENTS)
ENTRY_EVENTS = ("ApplicationsAnchored", "BatchRegistered", "ApplicationNotTaken")
SIGNED_EVENTS = (*RECORD_EVENTS, "ApplicationReconfirmed", *ENTRY_EVENTS, "ClaimRecorded")
PAGE_SIZES = (1, 2, 7)
VERDICT_NUMBERS = 15


@dataclass(frozen=True)
class Before:
    """What the chain said just before a step."""

    records: dict[bytes, bytes]


@dataclass(frozen=True)
class Done:
    """One step with what came of it, for the invariants of steps."""

    step: Step
    outcome: Outcome
    before: Before
    records: dict[bytes, bytes]

    @property
    def logs(self) -> list[Log]:
        """Return the events of the step."""
        return self.outcome.logs

    def changed(self) -> set[bytes]:
        """Return the numbers whose record is not what it was."""
        return {number for number, words in self.records.items() if words != self.before.records.get(number, words)}


def need(condition: bool, name: str, message: str) -> None:
    """Raise a finding unless the condition holds."""
    if not condition:
        raise Finding(name, message)


def equal(actual: Any, expected: Any, name: str, what: str) -> None:
    """Raise a finding unless both are equal."""
    if actual != expected:
        raise Finding(name, f"{what} is {actual}, expected {expected}")


def remembered(world: World, name: str, make: Callable[[], Any]) -> Any:
    """Return what an invariant kept from before."""
    if name not in world.memory:
        world.memory[name] = make()
    return world.memory[name]


def history_of(world: World) -> History:
    """Return the state that the events tell."""
    history: History = remembered(world, "history", History)
    try:
        history.follow(world.logs)
    except BrokenHistory as broken:
        raise Finding("history_only_grows", str(broken)) from broken
    return history


def well_formed_numbers(world: World) -> list[bytes]:
    """Return the office numbers that any step named."""
    return [number for number in world.numbers if is_number(number)]


def chain_offices(world: World) -> tuple[dict[str, Any], ...]:
    """Return all offices as the directory lists them."""
    listed, _ = world.call("OfficeDirectory", "offices", 0, 1000)
    return tuple(listed)


def chain_keys(world: World, office: bytes) -> tuple[dict[str, Any], ...]:
    """Return all keys of an office as the directory lists them."""
    listed, _ = world.call("OfficeDirectory", "keys", office, 0, 1000)
    return tuple(listed)


def record_words(world: World, numbers: list[bytes]) -> dict[bytes, bytes]:
    """Return the records of numbers as the chain encodes them, for quick comparison."""
    data = world.codec.call_data("ApplicationRegistry", "recordsOf", (numbers,))
    output = world.engine.call(world.engine.addresses["ApplicationRegistry"], data).output
    size = 7 * 32
    return {number: output[64 + index * size : 64 + (index + 1) * size] for index, number in enumerate(numbers)}


def look_before(world: World, step: Step) -> Before:
    """Return what the chain says before a step, for comparison after it."""
    for number in step.numbers:
        world.numbers.setdefault(number)
    return Before(record_words(world, list(world.numbers)))


# ---------------------------------------------------------------------------------------------------------- of steps


def only_named_numbers_change(world: World, done: Done) -> None:
    """A step changes the records of exactly those numbers that its events name."""
    told = {log.arguments["number"] for log in done.logs if log.name in RECORD_EVENTS}
    equal(done.changed(), told, "only_named_numbers_change", "set of changed numbers")


def acting_office(world: World, log: Log) -> bytes:
    """Return the office whose key must have signed for an event: the number's, or who follows it once it departed."""
    history = history_of(world)
    office: bytes = log.arguments.get("office") or log.arguments["number"][:2]
    tends = log.name in (*CHANGE_EVENTS, "ApplicationReconfirmed")
    if tends or (log.name == "ClaimRecorded" and log.arguments["version"] > 1):
        while history.offices[office]["departed"] and office in history.successors:
            office = history.successors[office]
    return office


def only_valid_office_keys_change_records(world: World, done: Done) -> None:
    """Whoever signed what a step changed was, at that second, a key of that office good for applications."""
    name = "only_valid_office_keys_change_records"
    for log in done.logs:
        if log.name in SIGNED_EVENTS and "signingKey" in log.arguments and done.step.function != "disclose":
            office = acting_office(world, log)
            signer = log.arguments["signingKey"]
            good = world.call("OfficeDirectory", "isKeyGood", office, signer, SCOPE_APPLICATIONS, done.step.at)
            need(good, name, f"{signer} is no good key of {office!r}, yet signed {log.name}")
            until = world.call("OfficeDirectory", "keySuspendedUntil", office, signer)
            need(until <= done.step.at, name, f"{signer} of {office!r} is suspended, yet signed {log.name}")


def signatures_are_those_of_the_statement(world: World, done: Done) -> None:
    """What has an effect was signed by the key that its event names, over the digest that the chain gives."""
    name = "signatures_are_those_of_the_statement"
    if done.step.function not in SIGNED or not done.logs:
        return
    *statement, signature = done.step.arguments
    question = {
        "register": "registration",
        "registerBatch": "batch",
        "correct": "correction",
        "withdraw": "withdrawal",
        "reinstate": "reinstatement",
        "reconfirm": "reconfirmation",
    }
    view = question.get(done.step.function, done.step.function.removeprefix("record").lower()) + "Digest"
    digest = world.call(done.step.contract, view, *statement)
    named_signer = next(log.arguments["signingKey"] for log in reversed(done.logs) if "signingKey" in log.arguments)
    signer = typed_data.recover(digest, signature[-65:]) if len(signature) >= 65 else None
    if len(signature) > 65:
        equal("0x" + signature[:20].hex(), named_signer, name, "wallet named by the signature")
        equal(signer, world.engine.wallets.get(named_signer), name, "owner who signed for the wallet")
    else:
        equal(signer, named_signer, name, "signer")


def a_foreign_signature_has_no_effect(world: World, done: Done) -> None:
    """A signed call that reverts leaves no event and no changed record."""
    if done.outcome.refusal is not None:
        need(not done.logs, "a_foreign_signature_has_no_effect", f"events of a refused step: {done.logs}")
        equal(done.changed(), set(), "a_foreign_signature_has_no_effect", "set of changed numbers")


def statement_has_effect_at_most_once(world: World, done: Done) -> None:
    """A signed statement changes state at most once, however often it is sent; a batch, once an item."""
    spent: set[Any] = remembered(world, "spent", set)
    for log in done.logs:
        key: Any = None
        if log.name == "ApplicationRegistered":
            key = (log.name, log.arguments["number"])
        elif log.name in (*CHANGE_EVENTS, "ApplicationsAnchored", "ClaimRecorded"):
            key = (log.name, done.step.arguments[:-1])
        if key is not None:
            need(key not in spent, "statement_has_effect_at_most_once", f"{key} took effect again")
            spent.add(key)


def suspended_office_changes_nothing(world: World, done: Done) -> None:
    """An office that was not active before the step signed nothing that the step took."""
    for log in done.logs:
        if log.name in SIGNED_EVENTS and done.step.function != "disclose":
            office = acting_office(world, log)
            standing = world.call("OfficeDirectory", "statusOf", office)
            equal(standing, ACTIVE, "suspended_office_changes_nothing", f"standing of {office!r} at {log.name}")


def records_survive_their_office(world: World, done: Done) -> None:
    """Suspension, departure, reinstatement and whatever is done to keys leave every record as it was."""
    if done.step.contract == "OfficeDirectory":
        equal(done.changed(), set(), "records_survive_their_office", "set of changed numbers")


def records_never_vanish(world: World, done: Done) -> None:
    """A number once recorded stays recorded, and its version never falls."""
    for number in done.changed():
        before = int.from_bytes(done.before.records[number][4 * 32 : 5 * 32], "big")
        after = int.from_bytes(done.records[number][4 * 32 : 5 * 32], "big")
        need(after > before, "records_never_vanish", f"{number!r} went from version {before} to {after}")


def versions_count_by_one(world: World, done: Done) -> None:
    """Each record event moves the number's version by exactly one, and a new record begins at one."""
    told = Counter(log.arguments["number"] for log in done.logs if log.name in RECORD_EVENTS)
    for number, count in told.items():
        before = int.from_bytes(done.before.records[number][4 * 32 : 5 * 32], "big")
        after = int.from_bytes(done.records[number][4 * 32 : 5 * 32], "big")
        equal(after, before + count, "versions_count_by_one", f"version of {number!r}")


def batch_counts_its_items(world: World, done: Done) -> None:
    """A batch tells of each item once, and its totals are those of its events and of its return values."""
    name = "batch_counts_its_items"
    totals = [log for log in done.logs if log.name == "BatchRegistered"]
    if done.step.function != "registerBatch" or done.outcome.refusal is not None:
        equal(totals, [], name, "list of batch totals")
        return
    equal(len(totals), 1, name, "number of batch totals")
    items = [log for log in done.logs if log.name != "BatchRegistered"]
    equal([log.arguments["number"] for log in items], done.step.numbers, name, "list of numbers told of")
    outcomes = Counter(log.arguments.get("outcome", 0) for log in items)
    counted = (outcomes[0], outcomes[1], len(items) - outcomes[0] - outcomes[1])
    equal(done.outcome.returned, counted, name, "returned totals")
    told = tuple(totals[0].arguments[key] for key in ("taken", "alreadyRecorded", "refused"))
    equal(told, counted, name, "totals in the event")


def filing_dates_are_never_in_the_future(world: World, done: Done) -> None:
    """What is recorded has a real date, not after the latest date on Earth when it, or its anchor, was recorded."""
    for log in done.logs:
        if log.name in ("ApplicationRegistered", "ApplicationCorrected"):
            day = read_date(log.arguments["filingDate"])
            recorded_at = int.from_bytes(done.records[log.arguments["number"]][2 * 32 : 3 * 32], "big")
            latest = date_at(recorded_at + SAME_EVERYWHERE_S)
            good = day is not None and day <= latest and recorded_at <= done.step.at
            need(good, "filing_dates_are_never_in_the_future", f"{log} recorded at {recorded_at}")


STEP_INVARIANTS = (
    only_named_numbers_change,
    only_valid_office_keys_change_records,
    signatures_are_those_of_the_statement,
    a_foreign_signature_has_no_effect,
    statement_has_effect_at_most_once,
    suspended_office_changes_nothing,
    records_survive_their_office,
    records_never_vanish,
    versions_count_by_one,
    batch_counts_its_items,
    filing_dates_are_never_in_the_future,
)


# ---------------------------------------------------------------------------------------------------------- of states


def a_number_has_one_record(world: World) -> None:
    """Alone, in a list, in the model and by the events, a number has one and the same record, or none."""
    name = "a_number_has_one_record"
    numbers = list(world.numbers)
    listed = world.call("ApplicationRegistry", "recordsOf", numbers)
    for number, in_list in zip(numbers, listed, strict=True):
        equal(in_list, world.call("ApplicationRegistry", "recordOf", number), name, f"{number!r} in a list")
        equal(in_list, world.model.registry.record_of(number).listed(), name, f"{number!r} on the chain")
        equal(in_list["status"] != 0, number in history_of(world).records, name, f"presence of {number!r}")


def history_only_grows(world: World) -> None:
    """The events, read in order, fit each other and give exactly the state that the chain shows."""
    name = "history_only_grows"
    history = history_of(world)
    if history.governance is not None:
        equal(world.call("OfficeDirectory", "governance"), history.governance, name, "governance")
    if history.emergency_body is not None:
        equal(world.call("OfficeDirectory", "emergencyBody"), history.emergency_body, name, "emergency body")
    if history.objection_delay is not None:
        equal(world.call("OfficeDirectory", "objectionDelay"), history.objection_delay, name, "objection delay")
    for code, facts in history.offices.items():
        shown = world.call("OfficeDirectory", "officeOf", code)
        departed = facts["departed"]
        equal(shown["status"] == DEPARTED, departed, name, f"departure of {code!r}")
        told = {key: value for key, value in facts.items() if key != "departed"}
        equal({key: shown[key] for key in told}, told, name, f"office {code!r}")
        shown = world.call("OfficeDirectory", "replacementOf", code)
        equal(shown, history.replacements.get(code, (ZERO_ADDRESS, 0)), name, f"replacement of the seat of {code!r}")
    for (code, account), facts in history.keys.items():
        equal(world.call("OfficeDirectory", "keyOf", code, account), facts, name, f"key {account} of {code!r}")
        until = world.call("OfficeDirectory", "keySuspendedUntil", code, account)
        equal(until, history.suspended_keys.get((code, account), 0), name, f"suspension of {account} of {code!r}")
    for number, facts in history.records.items():
        equal(world.call("ApplicationRegistry", "recordOf", number), facts, name, f"record {number!r}")
    for (code, year), facts in history.calendars.items():
        equal(world.call("PriorityRegister", "calendarOf", code, year), facts, name, f"calendar {code!r} {year}")
    for (later, earlier), facts in history.claims.items():
        shown = world.call("PriorityRegister", "claimOf", later, earlier)["claim"]
        equal(shown, facts, name, f"claim of {later!r} on {earlier!r}")


def verdicts_equal_the_model(world: World) -> None:
    """Around every boundary of every recorded number the verdict, with all its days, is the model's."""
    offices = [office["code"] for office in chain_offices(world)]
    turn = remembered(world, "verdict turn", Counter)
    recorded = list(history_of(world).records)
    for _ in range(min(VERDICT_NUMBERS, len(recorded))):
        turn["next"] += 1
        number = recorded[turn["next"] % len(recorded)]
        record = world.model.registry.record_of(number)
        filed = read_date(record.filing_date)
        if filed is None:
            continue
        office = offices[turn["next"] % len(offices)]
        right = (b"P", b"U", b"T", b"D", b"S", b"G")[turn["next"] % 6] if turn["next"] % 3 == 0 else number[2:3]
        question = (number, record.filing_date, office, right, record.filing_date, bytes(32))
        answer = world.call("PriorityRegister", "check", question)
        edges = {read_date(answer[key]) for key in ("lastDay", "extendedFrom", "restorableUntil")}
        edges |= {filed, months_later(filed, 6), months_later(filed, 12), months_later(filed, 14)}
        days = {day + shift * ONE_DAY for day in edges if day is not None for shift in (-1, 0, 1)}
        for day in sorted(days):
            asked = (number, record.filing_date, office, right, write_date(day), bytes(32))
            actual = world.call("PriorityRegister", "check", asked)
            equal(actual, world.model.priority.check(asked), "verdicts_equal_the_model", f"verdict on {asked}")


def anchors_have_no_gap(world: World) -> None:
    """An office's anchors are numbered from one without a gap, and each is found by exactly its facts."""
    name = "anchors_have_no_gap"
    for code in [office["code"] for office in chain_offices(world)]:
        anchors = history_of(world).anchors.get(code, [])
        equal(world.call("ApplicationRegistry", "nextSequence", code), len(anchors) + 1, name, f"next of {code!r}")
        for sequence, facts in enumerate(anchors, start=1):
            statement = (code, sequence, facts["root"], facts["leafCount"])
            shown = world.call("ApplicationRegistry", "anchoredAt", statement, facts["signingKey"])
            equal(shown, facts["recordedAt"], name, f"time of anchor {sequence} of {code!r}")
            other = (code, sequence, facts["root"], facts["leafCount"] ^ 1)
            shown = world.call("ApplicationRegistry", "anchoredAt", other, facts["signingKey"])
            equal(shown, 0, name, f"time of an altered anchor {sequence} of {code!r}")


def disclosed_records_carry_their_anchor(world: World) -> None:
    """A disclosed record has the time and the key of its anchor until it is corrected, withdrawn or not."""
    name = "disclosed_records_carry_their_anchor"
    history = history_of(world)
    for number, sequence in history.disclosed.items():
        if "ApplicationCorrected" in history.events_of[number]:
            continue
        anchor = history.anchors[number[:2]][sequence - 1]
        shown = world.call("ApplicationRegistry", "recordOf", number)
        equal(shown["recordedAt"], anchor["recordedAt"], name, f"time of {number!r}")
        equal(shown["signingKey"], anchor["signingKey"], name, f"key of {number!r}")


def chain_claims(world: World) -> tuple[dict[bytes, list[bytes]], dict[bytes, list[bytes]]]:
    """Return the graph of claims as the chain lists it: by the later and on the earlier application."""
    claiming: dict[bytes, list[bytes]] = {}
    claimed: dict[bytes, list[bytes]] = {}
    for number in well_formed_numbers(world):
        page, _ = world.call("PriorityRegister", "claimsBy", number, 0, 1000)
        claiming[number] = [view["earlier"] for view in page]
        page, _ = world.call("PriorityRegister", "claimsOn", number, 0, 1000)
        claimed[number] = [view["later"] for view in page]
    return claiming, claimed


def claims_lead_back_in_time(world: World) -> None:
    """A claim leads from a later date to an earlier one, so claims that fit the records form no cycle."""
    name = "claims_lead_back_in_time"
    claiming, _ = chain_claims(world)
    records = record_words(world, list(claiming))
    filed_on = {number: int.from_bytes(words[3 * 32 : 4 * 32], "big") for number, words in records.items()}
    fitting: dict[bytes, list[bytes]] = {}
    for later, ends in claiming.items():
        for earlier in ends:
            claim = world.call("PriorityRegister", "claimOf", later, earlier)["claim"]
            dates = (claim["claimedDate"], claim["laterFilingDate"])
            need(dates[0] < dates[1], name, f"claim of {later!r} on {earlier!r} has dates {dates}")
            if (filed_on.get(earlier), filed_on.get(later)) == dates:
                fitting.setdefault(later, []).append(earlier)
    for start in fitting:
        reached, pending = set(), [start]
        while pending:
            for earlier in fitting.get(pending.pop(), []):
                need(earlier != start, name, f"{start!r} claims itself")
                if earlier not in reached:
                    reached.add(earlier)
                    pending.append(earlier)


def both_directions_of_the_graph_agree(world: World) -> None:
    """What one application claims is what the other is claimed by, each pair once; views equal the model's."""
    name = "both_directions_of_the_graph_agree"
    claiming, claimed = chain_claims(world)
    forward = sorted((later, earlier) for later, ends in claiming.items() for earlier in ends)
    backward = sorted((later, earlier) for earlier, ends in claimed.items() for later in ends)
    equal(forward, backward, name, "graph read forward")
    equal(forward, sorted(history_of(world).claims), name, "graph on the chain, against its events")
    for later, earlier in forward:
        shown = world.call("PriorityRegister", "claimOf", later, earlier)
        equal(shown, world.model.priority.claim_of(later, earlier), name, f"claim of {later!r} on {earlier!r}")


def is_withdrawn(changes: list[str]) -> bool:
    """Tell whether a record is withdrawn after these changes."""
    turns = [change for change in changes if change != "ApplicationCorrected"]
    return bool(turns) and turns[-1] == "ApplicationWithdrawn"


def suspicion_equals_the_model(world: World) -> None:
    """A record is suspect, and was last confirmed, as the model and the events have it."""
    name = "suspicion_equals_the_model"
    history = history_of(world)
    nobody = {"signingKey": ZERO_ADDRESS, "reconfirmedAt": 0, "version": 0}
    for number in world.numbers:
        suspect = world.call("ApplicationRegistry", "isSuspect", number)
        equal(suspect, world.model.registry.is_suspect(number), name, f"standing of {number!r}")
        shown = world.call("ApplicationRegistry", "reconfirmationOf", number)
        equal(shown, history.confirmed.get(number, nobody), name, f"confirmation of {number!r}")


def changes_since_a_claim_are_told(world: World) -> None:
    """A claim shows a correction or withdrawal of its earlier record exactly if one happened after it.

    A withdrawal that was taken back shows as a correction, and no more as a withdrawal.
    """
    name = "changes_since_a_claim_are_told"
    history = history_of(world)
    for (later, earlier), first in history.first_claim.items():
        changes = history.changes.get(earlier, [])
        before = [change for position, change in changes if position < first]
        since = [change for position, change in changes if position > first]
        shown = world.call("PriorityRegister", "claimOf", later, earlier)
        corrected = "ApplicationCorrected" in since or "ApplicationReinstated" in since
        equal(shown["correctedSince"], corrected, name, f"correction of {earlier!r}")
        withdrawn = is_withdrawn(before + since) and not is_withdrawn(before)
        equal(shown["withdrawnSince"], withdrawn, name, f"withdrawal of {earlier!r}")


def calendar_versions_only_grow(world: World) -> None:
    """A calendar's version never falls, and it changes only together with its version."""
    name = "calendar_versions_only_grow"
    seen: dict[tuple[bytes, int], dict[str, Any]] = remembered(world, name, dict)
    for key in history_of(world).calendars:
        shown = world.call("PriorityRegister", "calendarOf", *key)
        held = seen.get(key)
        if held is not None:
            need(shown["version"] >= held["version"], name, f"{key} went back to {shown}")
            need(shown == held or shown["version"] > held["version"], name, f"{key} changed within {held['version']}")
        seen[key] = shown


def closed_days_equal_the_model(world: World) -> None:
    """Around the turn of the year and of February an office is closed exactly when the model says so."""
    for office, year in history_of(world).calendars:
        for suffix in (101, 102, 228, 301, 912, 913, 914, 1230, 1231):
            value = year * 10000 + suffix
            actual = world.call("PriorityRegister", "isClosed", office, value)
            equal(
                actual,
                world.model.priority.is_closed(office, value),
                "closed_days_equal_the_model",
                f"{office!r} {value}",
            )


def key_history_is_final(world: World) -> None:
    """A key is never removed, moved or widened; it is revoked once; a compromise only moves to an earlier moment."""
    name = "key_history_is_final"
    seen: dict[bytes, tuple[dict[str, Any], ...]] = remembered(world, name, dict)
    for office in chain_offices(world):
        code = office["code"]
        keys = chain_keys(world, code)
        held = seen.get(code, ())
        need(len(keys) >= len(held), name, f"{code!r} lost a key")
        for before, after in zip(held, keys, strict=False):
            for fixed in ("account", "scopes", "validFrom", "validUntil"):
                equal(after[fixed], before[fixed], name, f"{fixed} of a key of {code!r}")
            if before["revokedAt"]:
                equal(after["revokedAt"], before["revokedAt"], name, f"revocation of {after['account']}")
            if before["compromisedSince"]:
                moved = 0 < after["compromisedSince"] <= before["compromisedSince"]
                need(moved, name, f"compromise moved from {before} to {after}")
            need(not after["compromisedSince"] or after["revokedAt"] != 0, name, f"{after} is compromised, not revoked")
        seen[code] = keys


def past_answers_stay(world: World) -> None:
    """What a key could sign at a past moment is never denied later, except from a compromise on, and never granted."""
    name = "past_answers_stay"
    seen: dict[tuple[bytes, str, int, int], bool] = remembered(world, name, dict)
    for (code, account, scope, moment), before in seen.items():
        after = world.call("OfficeDirectory", "isKeyGood", code, account, scope, moment)
        if after != before:
            since = world.call("OfficeDirectory", "keyOf", code, account)["compromisedSince"]
            need(before and 0 < since <= moment, name, f"{account} of {code!r} at {moment} was {before}, is {after}")
    # A moment is past once the next block is later: within the same second a key may still be revoked.
    moment = world.model.now - 1
    for code, account in list(history_of(world).keys)[-40:]:
        if len(seen) < 400:
            scope = SCOPES[len(seen) % len(SCOPES)]
            seen[code, account, scope, moment] = world.call(
                "OfficeDirectory", "isKeyGood", code, account, scope, moment
            )
        else:
            seen.pop(next(iter(seen)))


def authorise_equals_the_model(world: World) -> None:
    """For every office, account and scope the directory allows what the model allows and refuses for its reason."""
    name = "authorise_equals_the_model"
    accounts = [*list(SECRETS)[:4], *world.engine.wallets]
    for office in [*chain_offices(world), {"code": b"ZZ"}]:
        code = office["code"]
        held = list(world.model.directory.offices[code].keys) if code in world.model.directory.offices else []
        for account in dict.fromkeys([*held, *accounts, "0x" + "00" * 20]):
            for scope in SCOPES:
                expected, actual = _authorised(world, code, account, scope)
                equal(actual, expected, name, f"authorisation of {account} of {code!r} for {scope}")


def _authorised(world: World, code: bytes, account: str, scope: int) -> tuple[Any, Any]:
    try:
        expected: Any = world.model.directory.authorise(code, account, scope)
    except Refusal as refusal:
        expected = (refusal.name, refusal.arguments)
    try:
        actual: Any = world.call("OfficeDirectory", "authorise", code, account, scope)
    except Refusal as refusal:
        actual = (refusal.name, refusal.arguments)
    return expected, actual


def key_windows_equal_the_model(world: World) -> None:
    """At the first and the last second of every window a key is good for exactly what the model says."""
    for code, office in world.model.directory.offices.items():
        for account, key in list(office.keys.items())[-12:]:
            marks = {key.valid_from, key.valid_until, key.revoked_at, key.compromised_since, world.model.now}
            for moment in sorted({mark + shift for mark in marks if mark for shift in (-1, 0)}):
                for scopes in (0, 1, key.scopes, key.scopes | 8):
                    actual = world.call("OfficeDirectory", "isKeyGood", code, account, scopes, moment)
                    expected = world.model.directory.is_key_good(code, account, scopes, moment)
                    equal(actual, expected, "key_windows_equal_the_model", f"{account} of {code!r}, {scopes}, {moment}")


def pages_equal_the_listing(world: World) -> None:
    """Listings read page by page, of any size and past the end, are the whole listing."""
    numbers = list(dict.fromkeys(number for pair in history_of(world).claims for number in pair))
    listings: list[tuple[str, str, tuple[Any, ...]]] = [("OfficeDirectory", "offices", ())]
    listings += [("OfficeDirectory", "keys", (office["code"],)) for office in chain_offices(world)]
    listings += [("PriorityRegister", name, (number,)) for number in numbers[-6:] for name in ("claimsBy", "claimsOn")]
    for contract, function, subject in listings:
        whole, total = world.call(contract, function, *subject, 0, 2**256 - 1)
        equal(len(whole), total, "pages_equal_the_listing", f"length of {function} {subject}")
        for size in PAGE_SIZES:
            pages: list[Any] = []
            for offset in range(0, total + size, size):
                page, of = world.call(contract, function, *subject, offset, size)
                equal(of, total, "pages_equal_the_listing", f"total of {function} {subject}")
                pages.extend(page)
            equal(tuple(pages), tuple(whole), "pages_equal_the_listing", f"{function} {subject} by {size}")


def listed_offices_equal_the_model(world: World) -> None:
    """Offices and their keys are listed in the order in which they came, with the model's facts."""
    name = "listed_offices_equal_the_model"
    directory = world.model.directory
    listed = chain_offices(world)
    equal(listed, tuple(directory.office_of(code) for code in directory.offices), name, "list of offices")
    for code, office in directory.offices.items():
        expected = tuple(key.listed() for key in office.keys.values())
        equal(chain_keys(world, code), expected, name, f"list of keys of {code!r}")
        proposed = world.call("OfficeDirectory", "proposedSeatOf", code)
        equal(proposed, office.proposed_seat, name, f"proposed seat of {code!r}")
        holder = world.call("OfficeDirectory", "officeOfSeat", office.seat)
        equal(holder, code, name, f"office of seat {office.seat}")
    active = world.call("OfficeDirectory", "activeOffices")
    equal(active, tuple(directory.active_offices()), name, "list of active offices")


def successors_equal_the_model(world: World) -> None:
    """Whoever acts for a departed office acts for it in the model; a compromise counts along the succession."""
    name = "successors_equal_the_model"
    directory = world.model.directory
    for code in [*directory.offices, b"ZZ"]:
        shown = world.call("OfficeDirectory", "successorOf", code)
        equal(shown, directory.successor_of(code), name, f"successor of {code!r}")
        for account in [*list(SECRETS)[10:20], *world.engine.wallets]:
            since = world.call("OfficeDirectory", "compromisedSince", code, account)
            expected = directory.compromised_since(code, account)
            equal(since, expected, name, f"compromise of {account} for {code!r}")


def mirrored_office_facts_are_the_office_s(world: World) -> None:
    """The one word that registers judge a key by says of key and office what the directory lists."""
    name = "mirrored_office_facts_are_the_office_s"
    for office in chain_offices(world):
        code = office["code"]
        barred_until = FOREVER if office["status"] == DEPARTED else office["suspendedUntil"]
        bound = office["earliestFilingDate"]
        equal(world.call("OfficeDirectory", "earliestFilingDateOf", code), bound, name, f"bound of {code!r}")
        for key in chain_keys(world, code):
            identifier = code + bytes(10) + bytes.fromhex(key["account"][2:])
            word = world.call("OfficeDirectory", "keyFacts", identifier)
            own, mirrored = word & (2**168 - 1), word >> 168
            times = ("validFrom", "validUntil", "revokedAt", "compromisedSince")
            listed = key["scopes"] | sum(key[time] << 8 + 40 * index for index, time in enumerate(times))
            equal(own, listed, name, f"word of key {key['account']} of {code!r}")
            if not key["revokedAt"]:
                # Ends that are past say nothing, whichever of them the word holds.
                ends = (barred_until, world.call("OfficeDirectory", "keySuspendedUntil", code, key["account"]))
                shown = max(mirrored & (2**40 - 1), world.model.now)
                equal(shown, max(*ends, world.model.now), name, f"end of what bars {key['account']}")
                equal(mirrored >> 40, bound, name, f"bound in the word of {key['account']}")


def seats_are_never_shared(world: World) -> None:
    """No account is the seat of two offices."""
    seats = Counter(office["seat"] for office in chain_offices(world))
    equal({seat for seat, count in seats.items() if count > 1}, set(), "seats_are_never_shared", "set of shared seats")


STATE_INVARIANTS = (
    a_number_has_one_record,
    history_only_grows,
    verdicts_equal_the_model,
    anchors_have_no_gap,
    disclosed_records_carry_their_anchor,
    claims_lead_back_in_time,
    both_directions_of_the_graph_agree,
    suspicion_equals_the_model,
    changes_since_a_claim_are_told,
    calendar_versions_only_grow,
    closed_days_equal_the_model,
    key_history_is_final,
    past_answers_stay,
    authorise_equals_the_model,
    key_windows_equal_the_model,
    pages_equal_the_listing,
    listed_offices_equal_the_model,
    successors_equal_the_model,
    mirrored_office_facts_are_the_office_s,
    seats_are_never_shared,
)

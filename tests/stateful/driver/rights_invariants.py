"""What must hold of the register at every moment, and of every act; README.md beside says each in words.

Each looks at the chain and at what it told in events; the model is asked only where the sentence is about the model.
Not its job: comparing an act's outcome with the prediction (`driver.run`).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from tests.stateful.driver.codec import Log
from tests.stateful.driver.governance_world import Act
from tests.stateful.driver.invariants import equal, need, remembered
from tests.stateful.driver.rights_choices import OFFICES, ST27
from tests.stateful.driver.rights_history import RightsHistory, Told
from tests.stateful.driver.rights_world import RightsWorld, numbers_of
from tests.stateful.driver.world import Outcome
from tests.stateful.model import rights_statements as said
from tests.stateful.model.basics import SCOPE_REGISTER, ZERO_WORD, Refusal
from tests.stateful.model.days import date_at, read_date, write_date
from tests.stateful.model.numbers import office_of
from tests.stateful.model.rights_entries import moved
from tests.stateful.model.rights_statements import Statement, batch_struct, code_of, event_struct
from tests.stateful.model.typed_data import recover

REGISTER, PRACTICE, DIRECTORY, STANDING = "RightsRegister", "OfficePractice", "OfficeDirectory", "RightsStanding"
ACTIVE = 1
DATES = ("filing", "registration", "expiry")
FIXED = said.FILING | said.REGISTRATION | said.EXPIRY | said.CLASSES | said.RELATION
DECIDING = (b"A", b"B", b"C", b"F", b"H", b"K", b"M", b"N", b"Y")
CARRIED = ("dossier", "representation", "holder", "application", "basis", "parent", "former")


@dataclass(frozen=True)
class Look:
    """What the chain shows around an act: all heads, and the entries that the act names, word by word."""

    heads: dict[bytes, bytes]
    entries: dict[bytes, bytes]

    @classmethod
    def at(cls, world: RightsWorld, act: Act) -> Look:
        """Return what the chain shows now."""
        named = dict.fromkeys(numbers_of(act))
        numbers = list(world.numbers | named)
        heads = dict(zip(numbers, world.call(REGISTER, "headsOf", numbers), strict=True))
        views = ("entryOf", "divisionOf")
        entries = {number: b"".join(world.ask(REGISTER, view, number) for view in views) for number in named}
        return cls(heads, entries)


@dataclass(frozen=True)
class Done:
    """One act with what came of it, and what the chain showed before and after it."""

    act: Act
    outcome: Outcome
    before: Look
    after: Look

    @property
    def logs(self) -> list[Log]:
        """Return the events that the act told."""
        return self.outcome.logs

    def statements(self) -> list[Statement]:
        """Return the statements that the act carries."""
        if self.act.function == "record":
            return [self.act.arguments[0]]
        return list(self.act.arguments[1]) if self.act.function == "recordBatch" else []

    def recorded(self, history: RightsHistory) -> list[tuple[bytes, Told]]:
        """Return the events that the act recorded, as the history has them."""
        told = [log.arguments for log in self.logs if log.name == "LegalStatusEventRecorded"]
        return [(line["number"], history.entries[line["number"]].events[line["sequence"] - 1]) for line in told]


def history_of(world: RightsWorld) -> RightsHistory:
    """Return what the events tell."""
    history: RightsHistory = remembered(world, "history", RightsHistory)
    history.follow(world.logs)
    return history


# --------------------------------------------------------------------------------------------------------- every act


def a_refused_act_changes_nothing(world: RightsWorld, done: Done) -> None:
    """A call that reverts, and an event that is sent again, leave no event and no changed word of an entry."""
    name = "a_refused_act_changes_nothing"
    is_repeated = done.act.function == "record" and done.outcome.returned == (False,)
    if done.outcome.refusal is None and not is_repeated:
        return
    equal(done.logs, [], name, f"events of {done.act.rule}")
    for number, words in done.before.entries.items():
        equal(done.after.entries[number], words, name, f"entry {number!r} after {done.act.rule}")


def only_recorded_entries_change(world: RightsWorld, done: Done) -> None:
    """The heads that an act changes are exactly those of the entries of which it tells events."""
    name = "only_recorded_entries_change"
    told = {log.arguments["number"] for log in done.logs if log.name == "LegalStatusEventRecorded"}
    moved_on = {number for number, head in done.after.heads.items() if head != done.before.heads.get(number, ZERO_WORD)}
    equal(moved_on, told, name, f"changed heads after {done.act.rule}")


def only_the_office_or_its_bodies_write(world: RightsWorld, done: Done) -> None:
    """Who signed was in that second a key of the office, of its successor, or a body empowered for the category."""
    name = "only_the_office_or_its_bodies_write"
    history = history_of(world)
    recorded = done.recorded(history)
    if not recorded:
        return
    statements, signature = done.statements(), done.act.arguments[-1]
    office = office_of(recorded[0][0])
    is_batch = done.act.function == "recordBatch"
    struct = batch_struct(office, statements) if is_batch else event_struct(statements[0])
    signer = recorded[0][1].signer
    if len(signature) == 65:
        equal(recover(world.model.rights.domain.digest(struct), signature), signer, name, f"signer of {done.act.rule}")
    else:
        equal("0x" + signature[:20].hex(), signer, name, f"wallet of {done.act.rule}")
    begins = any(statement.previous == ZERO_WORD for statement in statements)
    successor = world.call(DIRECTORY, "successorOf", office)
    if _is_key(world, office, signer) or (not begins and _is_key(world, successor, signer)):
        return
    said_of_it = history.bodies.get((office, signer))
    need(said_of_it is not None, name, f"{signer} signed {done.act.rule}")
    need(
        world.call(DIRECTORY, "statusOf", office) == ACTIVE, name, f"{office!r} could not act itself in {done.act.rule}"
    )
    window = said_of_it["validFrom"], said_of_it["validUntil"]
    need(window[0] <= done.act.at < window[1], name, f"{signer} signed {done.act.rule} out of its time {window}")
    for number, told in recorded:
        bit = told.category[0] - ord("A")
        need(bool(said_of_it["categories"] >> bit & 1), name, f"{signer} signed {told.statement.code!r} of {number!r}")
        is_given = done.before.heads.get(number, ZERO_WORD) != ZERO_WORD
        need(is_given or bool(said_of_it["categories"] & 1), name, f"{signer} gave number {number!r}")
        need(told.foreseen, name, f"{signer} did to {number!r} what the table does not foresee")
        may_state = told.category in DECIDING or not told.statement.facts.changes & FIXED
        need(may_state, name, f"{signer} stated dates or classes of {number!r} with category {told.category!r}")


def _is_key(world: RightsWorld, office: bytes, account: str) -> bool:
    try:
        world.call(DIRECTORY, "authorise", office, account, SCOPE_REGISTER)
    except Refusal:
        return False
    return True


def terminated_entries_stay_terminated(world: RightsWorld, done: Done) -> None:
    """After termination an entry has few kinds of events, and only the termination's correction brings it back."""
    name = "terminated_entries_stay_terminated"
    history = history_of(world)
    for number, told in done.recorded(history):
        if told.before[:1] != b"T":
            continue
        need(told.category in (b"Q", b"R", b"T", b"W", b"Y"), name, f"{number!r} took category {told.category!r}")
        corrects, last = told.statement.corrects, history.entries[number].events[told.sequence - 2].statement
        need(corrects != 0 or not told.statement.facts.changes & FIXED, name, f"{number!r} changed after its end")
        need(corrects != 0 or told.statement.status == last.status, name, f"{number!r} got a status after its end")
        if told.statement.resulting != told.before:
            end = _end(history.entries[number].events[: told.sequence - 1])
            equal(corrects, end, name, f"event of {number!r} corrected by the one that brought it back")


def _end(events: list[Told]) -> int:
    """Return the event that ended an entry, or the last correction of it by which it stayed ended."""
    end = 0
    for event in events:
        if event.statement.resulting[:1] == b"T" and (event.before[:1] != b"T" or event.statement.corrects == end):
            end = event.sequence
    return end


def a_statement_has_effect_at_most_once(world: RightsWorld, done: Done) -> None:
    """No event is recorded twice, however often and by whomever it is sent."""
    spent: set[bytes] = remembered(world, "spent", set)
    for log in done.logs:
        if log.name == "LegalStatusEventRecorded":
            head = log.arguments["head"]
            need(
                head not in spent, "a_statement_has_effect_at_most_once", f"{done.act.rule} recorded {head.hex()} again"
            )
            spent.add(head)


def a_batch_counts_its_events(world: RightsWorld, done: Done) -> None:
    """The totals of a batch are those of its events and of its return values; together they are all statements."""
    if done.act.function != "recordBatch" or done.outcome.refusal is not None:
        return
    name = "a_batch_counts_its_events"
    events = sum(log.name == "LegalStatusEventRecorded" for log in done.logs)
    counts = (events, len(done.statements()) - events)
    equal(done.outcome.returned, counts, name, f"values of {done.act.rule}")
    (total,) = (log.arguments for log in done.logs if log.name == "BatchRecorded")
    equal((total["recorded"], total["alreadyRecorded"]), counts, name, f"totals of {done.act.rule}")


def children_begin_when_their_parents_did(world: RightsWorld, done: Done) -> None:
    """A child has the filing date that its parent had when it was divided off."""
    history = history_of(world)
    for number, told in done.recorded(history):
        if told.statement.facts.relation == said.DIVIDED_FROM:
            own, parent_s = history.entries[number].born
            equal(own, parent_s, "children_begin_when_their_parents_did", f"filing date of {number!r}")


def what_is_recorded_has_happened(world: RightsWorld, done: Done) -> None:
    """No day of an event is after the latest date on Earth, none before filing; terms end after they begin."""
    name = "what_is_recorded_has_happened"
    history, latest = history_of(world), write_date(date_at(done.act.at + 14 * 3600))
    for number, told in done.recorded(history):
        statement, facts = told.statement, history.entries[number].facts
        need(statement.event_date <= latest, name, f"{number!r} has an event on {statement.event_date}")
        equal(told.at, done.act.at, name, f"time of an event of {number!r}")
        if told.sequence == len(history.entries[number].events):
            days = [statement.event_date, statement.effective_date, statement.publication_date or 99991231]
            days += [facts.get("registration") or 99991231, facts.get("expiry") or 99991231]
            need(min(days) >= facts["filing"], name, f"{number!r} has {days} before its filing on {facts['filing']}")
            need(facts["filing"] <= latest, name, f"{number!r} was filed on {facts['filing']}")
            begins, ends = facts.get("registration", 0), facts.get("expiry") or 99991231
            need(begins < ends, name, f"{number!r} was registered on {begins} and expired on {ends}")


# --------------------------------------------------------------------------------------------------------- the state


def heads_prove_the_histories(world: RightsWorld) -> None:
    """Each head is the hash of the statement that the events tell, which names the head before it, back to zero."""
    name = "heads_prove_the_histories"
    for number, entry in history_of(world).entries.items():
        for told in entry.events:
            equal(event_struct(told.statement), told.head, name, f"event {told.sequence} of {number!r}")
        # An entry that went on keeps the head of its last event under the former number.
        equal(world.call(REGISTER, "entryOf", number)["head"], entry.events[-1].head, name, f"head of {number!r}")
        (shown,) = world.call(REGISTER, "headsOf", [number])
        equal(shown, entry.events[-1].head, name, f"head of {number!r} in a list")


def events_are_counted(world: RightsWorld) -> None:
    """The events of an entry are numbered from one without a gap, and the entry has as many as were told."""
    name = "events_are_counted"
    for number, entry in history_of(world).entries.items():
        sequences = [told.sequence for told in entry.events]
        equal(sequences, list(range(1, len(sequences) + 1)), name, f"numbers of the events of {number!r}")
        equal(world.call(REGISTER, "entryOf", number)["eventCount"], len(sequences), name, f"count of {number!r}")


def entries_are_the_fold_of_their_events(world: RightsWorld) -> None:
    """State, status, marks, dates, classes and links of an entry are what its events say, read in order."""
    name = "entries_are_the_fold_of_their_events"
    for number, entry in history_of(world).entries.items():
        shown, last = world.call(REGISTER, "entryOf", number), entry.events[-1].statement
        befores = [NOTHING_BEFORE, *(told.statement.resulting for told in entry.events)]
        equal([told.before for told in entry.events], befores[:-1], name, f"states before events of {number!r}")
        expected = {
            "state": last.resulting[:1],
            "stage": last.resulting[1:],
            "status": entry.status,
            "marks": entry.marks,
            "terminatedBy": entry.terminated_by,
            "ceasedOn": entry.ceased_on,
            "classes": entry.facts.get("classes", 0),
            "continuation": entry.continuation,
        }
        expected |= {f"{date}Date": entry.facts.get(date, 0) for date in DATES}
        expected |= {fact: entry.facts.get(fact, ZERO_WORD) for fact in CARRIED}
        equal({key: shown[key] for key in expected}, expected, name, f"entry {number!r}")


def divisions_are_the_fold_of_the_events(world: RightsWorld) -> None:
    """Classes released, given and held are those that divisions, children and mergers have moved."""
    for number, entry in history_of(world).kept():
        expected = {"released": entry.released, "given": entry.given, "held": entry.held}
        shown = world.call(REGISTER, "divisionOf", number)
        equal(shown, expected, "divisions_are_the_fold_of_the_events", f"division of {number!r}")


def corrected_events_are_told(world: RightsWorld) -> None:
    """An event counts as corrected exactly if a later one says that it corrects it; none is corrected twice."""
    name = "corrected_events_are_told"
    for number, entry in history_of(world).kept():
        named = Counter(told.statement.corrects for told in entry.events if told.statement.corrects)
        need(all(times == 1 for times in named.values()), name, f"{number!r} has two corrections of one event")
        for sequence in (*range(len(entry.events) + 2), 256, 65535):
            shown = world.call(REGISTER, "isCorrected", number, sequence)
            equal(shown, sequence in named, name, f"whether event {sequence} of {number!r} is corrected")


def irregular_exactly_when_the_table_says(world: RightsWorld) -> None:
    """An event is flagged exactly if the rows in force then did not foresee it, imports aside."""
    for number, entry in history_of(world).entries.items():
        for told in entry.events:
            expected = not told.foreseen and not told.statement.flags & said.IMPORTED
            flagged = bool(told.flags & said.IRREGULAR)
            place = f"flag of event {told.sequence} of {number!r}"
            equal(flagged, expected, "irregular_exactly_when_the_table_says", place)


def no_class_is_in_two_children(world: RightsWorld) -> None:
    """Children of one entry have no class in common, and none that the entry could give to another child."""
    name = "no_class_is_in_two_children"
    history = history_of(world)
    taken: dict[bytes, int] = {}
    for number, entry in history.kept():
        if not entry.marks & 8:
            continue
        parent = history.current(entry.facts["parent"])
        classes = world.call(REGISTER, "entryOf", number)["classes"]
        pool = world.call(REGISTER, "divisionOf", parent)["released"]
        need(not classes & taken.get(parent, 0), name, f"{number!r} shares classes with another child of {parent!r}")
        need(not classes & pool, name, f"classes of {number!r} can be given to another child of {parent!r}")
        taken[parent] = taken.get(parent, 0) | classes


def what_is_live_protects_something(world: RightsWorld) -> None:
    """An entry that is active, or of which no state is known, has classes, unless an import said none."""
    for number, _ in history_of(world).kept():
        entry = world.call(REGISTER, "entryOf", number)
        has_ended = entry["state"] in (b"N", b"T")
        may_be = entry["classes"] != 0 or has_ended or bool(entry["marks"] & 1)
        need(may_be, "what_is_live_protects_something", f"{number!r} is live without classes")


def the_table_is_as_told(world: RightsWorld) -> None:
    """Rows of codes and texts of statuses are those of the last events about them."""
    name = "the_table_is_as_told"
    history = history_of(world)
    for (right, system, code), row in history.rows.items():
        expected = (row["category"], row["from"], row["to"], row["statuses"])
        equal(world.call(REGISTER, "codeOf", right, system, code), expected, name, f"row of {code!r}")
    for right in (b"T", b"D"):
        for position in (0, 1, 8, 9, 50, 60, 70, 127, 128, 255):
            expected_text = history.texts.get((right, position), ZERO_WORD)
            equal(world.call(REGISTER, "statusOf", right, position), expected_text, name, f"status {position}")
        nothing = (b"\x00", 0, 0, 0)
        equal(world.call(REGISTER, "codeOf", right, ST27, code_of("Z99")), nothing, name, "row of no code")


def practice_is_as_told(world: RightsWorld) -> None:
    """Terms and empowerments are those of the last statements; a body has categories exactly in its time."""
    name = "practice_is_as_told"
    history, practice = history_of(world), world.model.practice
    for (office, body), told in history.bodies.items():
        shown = world.call(PRACTICE, "bodyOf", office, body)
        equal(shown, {key: told[key] for key in shown}, name, f"what {office!r} says of {body}")
        categories = world.call(PRACTICE, "categoriesOf", office, body)
        equal(categories, practice.categories_of(office, body), name, f"categories of {body} for {office!r}")
    for office in OFFICES:
        for right in (b"T", b"D"):
            terms = tuple(world.call(PRACTICE, "renewalTermsOf", office, right).values())
            equal(terms, tuple(practice.terms_of(office, right)), name, f"terms of {office!r} for {right!r}")
            if (office, right) in history.terms:
                equal(terms, tuple(history.terms[office, right].values())[:7], name, f"terms of {office!r} as told")


def entries_equal_the_model(world: RightsWorld) -> None:
    """Every number that was ever named has the model's entry and division, or none at all."""
    name = "entries_equal_the_model"
    rights = world.model.rights
    for number in world.numbers:
        equal(world.call(REGISTER, "entryOf", number), rights.entry(number).listed(), name, f"entry {number!r}")
        division = world.call(REGISTER, "divisionOf", number)
        equal(division, rights.entry(number).division(), name, f"division of {number!r}")


def standings_equal_the_model(world: RightsWorld) -> None:
    """Around expiry, grace, cessation and the end of dependency an entry stands as the model says."""
    name = "standings_equal_the_model"
    rights = world.model.rights
    for number, entry in rights.entries.items():
        marks = {0, 20240229, 99991231}
        basis = rights.entry(rights.current(entry.basis))
        for of in (entry, basis, rights.entry(rights.current(basis.basis))):
            days = (of.filing, of.registration, of.ceased_on)
            marks |= {of.expiry, *days, *(before for day in days if (before := day_before(day)))}
            if of.expiry:
                closes = rights.renewal_window(number, of.expiry)[1]
                marks |= {closes, closes + 1, of.expiry + 1}
        if entry.registration:
            marks.add(moved(entry.registration, 60))
        for on in marks:
            expected: object
            try:
                expected = world.model.standing.standing_of(number, on)
            except Refusal as refusal:
                expected = (refusal.name, refusal.arguments)
            shown: object
            try:
                shown = world.call(STANDING, "standingOf", number, on)
            except Refusal as refusal:
                shown = (refusal.name, refusal.arguments)
            equal(shown, expected, name, f"standing of {number!r} on {on}")


def day_before(value: int) -> int:
    """Return the day before a day; zero if it is none."""
    day = read_date(value)
    return write_date(day - timedelta(days=1)) if day else 0


NOTHING_BEFORE = bytes(2)
STEP_INVARIANTS = (
    a_refused_act_changes_nothing,
    only_recorded_entries_change,
    only_the_office_or_its_bodies_write,
    terminated_entries_stay_terminated,
    a_statement_has_effect_at_most_once,
    a_batch_counts_its_events,
    children_begin_when_their_parents_did,
    what_is_recorded_has_happened,
)
STATE_INVARIANTS = (
    heads_prove_the_histories,
    events_are_counted,
    entries_are_the_fold_of_their_events,
    divisions_are_the_fold_of_the_events,
    corrected_events_are_told,
    irregular_exactly_when_the_table_says,
    no_class_is_in_two_children,
    what_is_live_protects_something,
    the_table_is_as_told,
    practice_is_as_told,
    entries_equal_the_model,
    standings_equal_the_model,
)

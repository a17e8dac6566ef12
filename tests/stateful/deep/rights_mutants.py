"""Rules of the register's model that are wrong on purpose, each in one way; the harness must notice every one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tests.stateful.model.basics import Effect
from tests.stateful.model.days import date_at, write_date
from tests.stateful.model.directory import DirectoryModel, Key
from tests.stateful.model.practice import PracticeModel
from tests.stateful.model.rights import RightsModel
from tests.stateful.model.rights_entries import Entry
from tests.stateful.model.rights_statements import Statement
from tests.stateful.model.rights_system import RightsSystemModel, StandingModel
from tests.stateful.model.rights_table import Row, TableModel


class ScopeIgnored(DirectoryModel):
    def covers(self, key: Key, scope: int) -> bool:
        return True


class NothingIsIrregular(TableModel):
    def foresees(self, row: Row, before: tuple[bytes, int], after: tuple[bytes, int]) -> bool:
        return True


class StatusIsNotInTheTable(TableModel):
    def foresees(self, row: Row, before: tuple[bytes, int], after: tuple[bytes, int]) -> bool:
        return super().foresees(row._replace(statuses=2**128 - 1), before, after)


class NoChangeIsAlwaysForeseen(TableModel):
    def foresees(self, row: Row, before: tuple[bytes, int], after: tuple[bytes, int]) -> bool:
        return super().foresees(row._replace(after=row.after | 1 << 29), before, after)


class CodesOfAnyOffice(TableModel):
    def is_own_system(self, number: bytes, system: bytes) -> bool:
        return True


class CodesInFull(TableModel):
    def key_event(self, system: bytes, code: bytes) -> bytes:
        return code


class BodiesActForSuspendedOffices(PracticeModel):
    def may_be_represented(self, office: bytes) -> bool:
        return True


class BodiesRecordEverything(RightsModel):
    def may_body_record(self, entry: Entry, office: bytes, body: str, category: bytes, changes: int) -> bool:
        return True


class BodiesStateDatesAnywhere(RightsModel):
    def decides(self, category: bytes) -> bool:
        return True


class BodiesDoTheUnforeseen(RightsModel):
    def may_body_be_irregular(self) -> bool:
        return True


class BodiesGiveNumbers(RightsModel):
    def needed_for_number(self, entry: Entry) -> int:
        return 0


class SuccessorsBeginEntries(RightsModel):
    def may_successor_sign(self, statements: Sequence[Statement]) -> bool:
        return True


class SuccessorsRecordNothing(RightsModel):
    def may_successor_sign(self, statements: Sequence[Statement]) -> bool:
        return False


class AnyHeadWillDo(RightsModel):
    def names_head(self, statement: Statement, entry: Entry) -> bool:
        return True


class RepetitionsAreRefused(RightsModel):
    def is_repeated(self, statement: Statement, head: bytes) -> bool:
        return False


class BatchesInPart(RightsModel):
    def _whole(self, act: Callable[[], Effect]) -> Effect:
        return act()


class EverythingAfterTermination(RightsModel):
    def may_follow_termination(self, entry: Entry, statement: Statement, category: bytes) -> bool:
        return True


class StatusesChangeAfterTermination(RightsModel):
    def keeps_status(self, entry: Entry, statement: Statement) -> bool:
        return True


class TerminationIsForEver(RightsModel):
    def undoes_termination(self, entry: Entry, corrects: int) -> bool:
        return False


class AnyCorrectionUndoesTermination(RightsModel):
    def undoes_termination(self, entry: Entry, corrects: int) -> bool:
        return corrects != 0


class CorrectedTerminationsCannotBeUndone(RightsModel):
    def move(self, entry: Entry, statement: Statement) -> None:
        ended_by, was_ended = entry.terminated_by, entry.state == b"T"
        super().move(entry, statement)
        if was_ended and entry.state == b"T":
            entry.terminated_by = ended_by


class CeasedAnewWithEveryEvent(RightsModel):
    def move(self, entry: Entry, statement: Statement) -> None:
        super().move(entry, statement)
        if entry.ceased_on:
            entry.ceased_on = statement.effective_date


class CessationIsNeverCorrected(RightsModel):
    def restates_end(self, entry: Entry, corrects: int) -> bool:
        return False


class AnyCorrectionRestatesTheEnd(RightsModel):
    def restates_end(self, entry: Entry, corrects: int) -> bool:
        return corrects != 0


class CorrectedEndsAreNotCorrectedAgain(RightsModel):
    def move(self, entry: Entry, statement: Statement) -> None:
        ceased_by = entry.ceased_by
        super().move(entry, statement)
        if ceased_by and entry.ceased_by:
            entry.ceased_by = ceased_by


class FiledByTheStageAfter(RightsModel):
    def is_at_filing(self, before: bytes, after: bytes) -> bool:
        return after[1:] == b"1"


class LiveWithoutClasses(RightsModel):
    def needs_classes(self, entry: Entry) -> bool:
        return False


class CorrectedAgainAndAgain(RightsModel):
    def was_corrected(self, entry: Entry, sequence: int) -> bool:
        return False


class GraceIsAMonthLonger(RightsModel):
    def renewal_window(self, number: bytes, expiry: int) -> tuple[int, int]:
        opens, closes = super().renewal_window(number, expiry)
        return opens, closes + 100


class SurchargeOnTheLastDay(RightsModel):
    def is_late(self, on: int, expiry: int) -> bool:
        return on >= expiry


class RestorationsKeepTheTerms(RightsModel):
    def is_renewal(self, entry: Entry, statement: Statement, category: bytes) -> bool:
        return super().is_renewal(entry, statement, b"M")


class LeapDaysDoNotReturn(RightsModel):
    def late_day(self, regular: int, entry: Entry) -> int:
        return regular


class ProtectionWithoutEnd(RightsModel):
    def end_of_protection(self, entry: Entry, years: int) -> int:
        return 10**9


class FirstTermsWithoutEnd(RightsModel):
    def longest_protection(self, entry: Entry, years: int) -> int:
        return 10**9


class ExpiredBeforeRegistration(RightsModel):
    def term_begins(self, entry: Entry) -> int:
        return entry.filing


class ClassesMayBeAdded(RightsModel):
    def may_grow(self, statement: Statement, is_first: bool) -> bool:
        return True


class ClassesAreGivenTwice(RightsModel):
    def is_free(self, entry: Entry, classes: int) -> bool:
        return not classes & ~entry.classes and not classes & entry.released


class ThePoolNeverEmpties(RightsModel):
    def taken(self, classes: int) -> int:
        return 0


class ChildrenTakeWhatTheyLike(RightsModel):
    def ever_held(self, entry: Entry) -> int:
        return 2**64 - 1


class CorrectionsTakeFromThePool(RightsModel):
    def waits_for_children(self, entry: Entry) -> int:
        return 0


class TerminatedParentsDivide(RightsModel):
    def may_divide(self, parent: Entry) -> bool:
        return True


class ChildrenOfAnotherDay(RightsModel):
    def is_filed_with(self, child: Entry, parent: Entry) -> bool:
        return True


class ActiveChildrenMerge(RightsModel):
    def may_merge(self, entry: Entry) -> bool:
        return not entry.released | entry.given


class ParentsMerge(RightsModel):
    def may_merge(self, entry: Entry) -> bool:
        return entry.state in (b"N", b"T")


class AnyOfficeTakesAnyEntry(RightsModel):
    def is_alike(self, number: bytes, other: bytes) -> bool:
        return True


class FutureByUtc(RightsModel):
    def latest_day(self) -> int:
        return write_date(date_at(self.clock.now))


class LapsedOnTheLastDay(StandingModel):
    def is_lapsed(self, number: bytes, entry: Entry, on: int) -> bool:
        return entry.expiry != 0 and on >= self.rights.renewal_window(number, entry.expiry)[1]


class DependenceIsForEver(StandingModel):
    def depends(self, number: bytes, entry: Entry, gone: int) -> bool:
        return number[2:3] == b"T" and gone != 0


class PendingMarksAreRegistered(StandingModel):
    def is_registered(self, entry: Entry) -> bool:
        return True


class KnownBeforeFiling(StandingModel):
    def known_from(self, entry: Entry) -> int:
        return 0


class EndedBeforeItHasEffect(StandingModel):
    def has_ended(self, entry: Entry, on: int) -> bool:
        return True


class EndedADayLate(StandingModel):
    def has_ended(self, entry: Entry, on: int) -> bool:
        return entry.ceased_on < on


class RegisteredFromTheStart(StandingModel):
    def registered_from(self, entry: Entry) -> int:
        return 0


BASES = (DirectoryModel, TableModel, PracticeModel, RightsModel, StandingModel)
MUTANTS = [part for base in BASES for part in base.__subclasses__() if part.__module__ == __name__]


def system_with(part: type) -> type[RightsSystemModel]:
    """Return the model with one part replaced."""
    (base,) = (base for base in BASES if issubclass(part, base))
    kind = base.__name__.removesuffix("Model").lower()
    return type(f"With{part.__name__}", (RightsSystemModel,), {f"{kind}_class": part})

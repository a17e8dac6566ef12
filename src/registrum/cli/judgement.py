"""Priority claims as people write them, judged. A number that is none is a verdict here, not an error.

The right of the earlier application: as `--earlier-right` or the number says, else that of the later application, which
is then said. Not its job: the verdict, which the contract gives.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from registrum.cli.inputs import exact_number, file_digest, one_of, read_digest, tell_no_form, tell_oddities
from registrum.cli.output import note
from registrum.errors import InputError, NumberFormatError, OfficeCodeError

if TYPE_CHECKING:
    from registrum.cli.access import Access
    from registrum.client.verdicts import Assessment, PriorityClaim
    from registrum.numbers import OfficeNumber, Right

__all__ = ["ClaimTexts", "Judged", "answer_json", "judge", "read_claims"]

_COLUMNS = (
    "earlier",
    "claimed_date",
    "later_office",
    "later_right",
    "later_date",
    "earlier_right",
    "earlier_office",
    "digest",
    "document",
    "opening",
)
_REQUIRED = _COLUMNS[:5]


@dataclass(frozen=True)
class ClaimTexts:
    """A claim as it was typed; the names are those of the options."""

    earlier: str
    claimed_date: str
    later_office: str
    later_right: str
    later_date: str
    earlier_right: str | None = None
    earlier_office: str | None = None
    digest: str | None = None
    document: Path | None = None
    opening: Path | None = None
    source: tuple[Path, int] | None = None
    """The file and the line, where it was read out of one."""

    @cached_property
    def claim(self) -> PriorityClaim | NumberFormatError | OfficeCodeError:
        """The claim; what is wrong with the earlier number, if there is none that a record could have.

        Raises:
            InputError: Anything else is wrong.
        """
        from registrum.client.verdicts import PriorityClaim
        from registrum.dates import parse_date
        from registrum.numbers import Right
        from registrum.numbers.offices import office_code

        office_code(self.later_office)
        right = Right.parse(self.later_right)
        claimed, later = parse_date(self.claimed_date), parse_date(self.later_date)
        digest = self._digest()
        number = self._earlier(right)
        if isinstance(number, NumberFormatError | OfficeCodeError):
            return number
        return PriorityClaim(number, claimed, self.later_office, right, later, digest)

    def located(self, error: InputError) -> InputError:
        """An error, with the line that it is in."""
        if self.source is None:
            return error
        path, line = self.source
        return type(error)(f"{path}, line {line}: {error.message}", remedy=error.remedy, line=line)

    def refuse_unopened(self, assessment: Assessment) -> None:
        """Refuse to compare a copy with a commitment, from which it must differ.

        Raises:
            InputError: The record is a commitment, and no opening was given with the copy.
        """
        from registrum.signing.statements import Disclosure

        record = assessment.earlier
        unopened = self.document is not None and self.opening is None
        if unopened and record is not None and record.disclosure is Disclosure.SALTED:
            raise InputError(
                f"{record.number} is recorded by a salted commitment: a copy can be compared only with its salt",
                remedy="Give the opening, or the proof file that holds the salt, by --opening (in a CSV file by the"
                " column opening).",
            )

    def _earlier(self, later_right: Right) -> OfficeNumber | NumberFormatError | OfficeCodeError:
        """The number by the rules of its office; else as records write it; else as it is written.

        An office may have recorded a number that fits no form known here, and what is claimed is for the contract to
        judge: it knows whether the number is recorded, and whether its office is a member.
        """
        from registrum.numbers import OfficeNumber

        def parse(right: Right | str | None, unmasked: bool) -> OfficeNumber:
            return OfficeNumber.parse(
                self.earlier, right, self.earlier_office, allow_unmasked=unmasked, allow_former=True
            )

        refusals: list[NumberFormatError | OfficeCodeError] = []
        rights = (self.earlier_right,) if self.earlier_right else (None, later_right)
        for unmasked in (False, True):
            for right in rights:
                try:
                    number = parse(right, unmasked)
                except (NumberFormatError, OfficeCodeError) as error:
                    refusals.append(error)
                    continue
                if right is later_right:
                    note(
                        f"{self.earlier} is taken as {number}, the right of the later application; see --earlier-right"
                    )
                if unmasked:
                    tell_no_form(number)
                else:
                    tell_oddities(number)
                return number
            exact = exact_number(self.earlier, self.earlier_right, self.earlier_office)
            if exact is not None:
                tell_no_form(exact)
                return exact
        # The last of those that its rules gave says what was expected.
        return refusals[len(rights) - 1]

    def _digest(self) -> bytes | None:
        one_of(("--document", self.document), ("--digest", self.digest))
        digest = None
        if self.document is not None:
            digest = file_digest(self.document)
        elif self.digest:
            digest = read_digest(self.digest)
        if self.opening is None:
            return digest
        if digest is None:
            raise InputError("an opening opens nothing by itself", remedy="Give also --document or --digest.")
        from registrum.cli.openings import read_salt
        from registrum.proofs.commitment import commitment_of

        return commitment_of(digest, read_salt(self.opening))


@dataclass(frozen=True)
class Judged:
    """A claim and the answer to it: of the contract, or what is wrong with the number."""

    texts: ClaimTexts
    answer: Assessment | NumberFormatError | OfficeCodeError


def judge(access: Access, claims: list[ClaimTexts]) -> list[Judged]:
    """Judge claims; the node is asked only about those whose number is one.

    Raises:
        InputError: A value is wrong, or a copy was given without the opening of its commitment.
    """
    read = [texts.claim for texts in claims]
    asked = [claim for claim in read if not isinstance(claim, InputError)]
    assessments: list[Assessment] = []
    if asked:
        with access.read() as registry:
            assessments = registry.check_priorities(asked)
    answers = iter(assessments)
    judged = [
        Judged(texts, claim if isinstance(claim, InputError) else next(answers))
        for texts, claim in zip(claims, read, strict=True)
    ]
    for item in judged:
        if not isinstance(item.answer, InputError):
            try:
                item.texts.refuse_unopened(item.answer)
            except InputError as error:
                raise item.texts.located(error) from error
    return judged


def answer_json(judged: Judged) -> dict[str, Any]:
    """Keys `verdict, lastDay, extendedFrom, calendar, earlier, reasons`, the same for every verdict."""
    answer = judged.answer
    if isinstance(answer, InputError):
        reasons = [text for text in (answer.message, answer.remedy) if text]
        return {
            "verdict": "malformed_number",
            "lastDay": None,
            "extendedFrom": None,
            "calendar": "not_asked",
            "earlier": _earlier_json(judged.texts.earlier, {}),
            "reasons": reasons,
        }
    values = answer.to_json()
    number = answer.claim.earlier
    text = judged.texts.earlier if isinstance(number, bytes) else number.text
    return {
        **{name: values[name] for name in ("verdict", "lastDay", "extendedFrom", "calendar")},
        "earlier": _earlier_json(text, values["earlier"] or {}),
        "reasons": values["reasons"],
    }


def read_claims(path: Path) -> list[tuple[int, ClaimTexts]]:
    """The claims of a CSV file, with their line numbers.

    Raises:
        InputError: It cannot be read, or holds none.
    """
    from registrum.cli.tables import lines

    claims = []
    for line, row in lines(path, _COLUMNS, _REQUIRED):
        document, opening = row.get("document"), row.get("opening")
        texts = ClaimTexts(
            earlier=row["earlier"],
            claimed_date=row["claimed_date"],
            later_office=row["later_office"],
            later_right=row["later_right"],
            later_date=row["later_date"],
            earlier_right=row.get("earlier_right") or None,
            earlier_office=row.get("earlier_office") or None,
            digest=row.get("digest") or None,
            document=path.parent / document if document else None,
            opening=path.parent / opening if opening else None,
            source=(path, line),
        )
        try:
            _ = texts.claim
        except InputError as error:
            raise texts.located(error) from error
        claims.append((line, texts))
    if not claims:
        raise InputError(f"{path} holds no claim")
    return claims


def _earlier_json(number: str, record: dict[str, Any]) -> dict[str, Any]:
    names = ("filingDate", "recordedAt", "status", "version", "signingKey")
    return {"number": number, **{name: record.get(name) for name in names}}

"""Priority claims as people write them, judged. A number that is none is a verdict here, not an error.

The right of the earlier application: as `--earlier-right` or the number says, else that of the later application, which
is then said. Not its job: the verdict, which the contract gives.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from registrum.cli.inputs import file_digest, one_of, read_digest
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
    any_form: bool = False

    def read(self) -> PriorityClaim | NumberFormatError | OfficeCodeError:
        """The claim; what is wrong with the earlier number, if it is none.

        Raises:
            InputError: Anything else is wrong.
        """
        from registrum.client.verdicts import PriorityClaim
        from registrum.dates import parse_date
        from registrum.numbers import Right

        right = Right.parse(self.later_right)
        claimed, later = parse_date(self.claimed_date), parse_date(self.later_date)
        digest = self._digest()
        number = self._earlier(right)
        if isinstance(number, NumberFormatError | OfficeCodeError):
            return number
        return PriorityClaim(number, claimed, self.later_office, right, later, digest)

    def _earlier(self, later_right: Right) -> OfficeNumber | NumberFormatError | OfficeCodeError:
        from registrum.numbers import OfficeNumber

        def parse(right: str | None) -> OfficeNumber:
            return OfficeNumber.parse(
                self.earlier, right, self.earlier_office, allow_unmasked=self.any_form, allow_former=True
            )

        try:
            try:
                number = parse(self.earlier_right)
            except NumberFormatError:
                if self.earlier_right:
                    raise
                number = parse(later_right)
                note(f"{self.earlier} is taken as {number}, the right of the later application; see --earlier-right")
        except (NumberFormatError, OfficeCodeError) as error:
            return error
        for warning in number.warnings:
            note(f"{number}: {warning}")
        return number

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
    """Judge claims; the node is asked only about those whose number is one."""
    read = [texts.read() for texts in claims]
    asked = [claim for claim in read if not isinstance(claim, InputError)]
    assessments: list[Assessment] = []
    if asked:
        with access.read() as registry:
            assessments = registry.check_priorities(asked)
    answers = iter(assessments)
    return [
        Judged(texts, claim if isinstance(claim, InputError) else next(answers))
        for texts, claim in zip(claims, read, strict=True)
    ]


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


def read_claims(path: Path, any_form: bool) -> list[tuple[int, ClaimTexts]]:
    """The claims of a CSV file, with their line numbers.

    Raises:
        InputError: It cannot be read, or holds none.
    """
    from registrum.cli.tables import lines

    claims = []
    for line, row in lines(path, _COLUMNS, _REQUIRED):
        document = row.get("document")
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
            any_form=any_form,
        )
        try:
            texts.read()
        except InputError as error:
            raise InputError(f"{path}, line {line}: {error.message}", remedy=error.remedy, line=line) from error
        claims.append((line, texts))
    if not claims:
        raise InputError(f"{path} holds no claim")
    return claims


def _earlier_json(number: str, record: dict[str, Any]) -> dict[str, Any]:
    names = ("filingDate", "recordedAt", "status", "version", "signingKey")
    return {"number": number, **{name: record.get(name) for name in names}}

"""What `application register` and `application correct` are given: a document that states its facts, or facts by hand.

Not its job: reading documents (`registrum.documents`).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from registrum.cli.inputs import one_of, read_digest, read_number
from registrum.errors import InputError

if TYPE_CHECKING:
    from datetime import date

    from registrum.client.records import Application
    from registrum.numbers import OfficeNumber

__all__ = ["Content", "Stated"]


@dataclass(frozen=True)
class Stated:
    """One application to be stated.

    Attributes:
        opening: Where its salt was written; None if its digest is plain.
    """

    application: Application
    opening: Path | None


@dataclass(frozen=True)
class Content:
    """The options of one command that say what is stated.

    Attributes:
        file: The document, as an argument.
        document: The same, as an option.
        digest: Digest of the document, where it is not at hand.
        number: Office number by hand.
        filing_date: Filing date by hand.
        right: For the number.
        office: For the number.
        any_form: Take the number as it is.
        commit: State a salted commitment instead of the digest.
        opening: Where its salt goes.
    """

    file: Path | None
    document: Path | None
    digest: str | None
    number: str | None
    filing_date: str | None
    right: str | None
    office: str | None
    any_form: bool
    commit: bool
    opening: Path | None

    def read(self) -> list[Stated]:
        """The applications; the salts of commitments are on disk when this returns.

        Raises:
            InputError: The options contradict each other, or a fact is missing.
            DocumentError: The document cannot be read, or contradicts the facts by hand.
        """
        one_of(("FILE", self.file), ("--document", self.document), ("--digest", self.digest))
        if self.opening is not None and not self.commit:
            raise InputError("--opening belongs to --commit", remedy="Give both or neither.")
        found = self._plain()
        if self.opening is not None and len(found) > 1:
            raise InputError(f"one opening for {len(found)} applications", remedy="Choose one of them by --number.")
        if not self.commit:
            return [Stated(application, None) for application in found]
        return [self._committed(application) for application in found]

    def _plain(self) -> list[Application]:
        from registrum.client.records import Application

        path = self.file or self.document
        number = None if self.number is None else self._number(self.number)
        if path is None:
            if self.digest is None or number is None or self.filing_date is None:
                raise InputError(
                    "nothing says what the application is",
                    remedy="Give FILE, or --number and --filing-date with --digest or --document.",
                )
            return [Application(number, _date(self.filing_date), read_digest(self.digest))]
        from registrum.documents import ApplicationFacts, read_application

        if number is not None and self.filing_date is not None:
            read = read_application(path, facts=[ApplicationFacts(number, _date(self.filing_date))])
        elif self.filing_date is not None:
            raise InputError("--filing-date without --number", remedy="Give both, or let the document state them.")
        else:
            read = read_application(path)
        chosen = [facts for facts in read.applications if number is None or facts.number == number]
        if not chosen:
            raise InputError(f"{path} holds no application {number}", remedy="`registrum application read` lists them.")
        return [Application(facts.number, facts.filing_date, read.digest) for facts in chosen]

    def _number(self, text: str) -> OfficeNumber:
        return read_number(text, self.right, self.office, any_form=self.any_form)

    def _committed(self, plain: Application) -> Stated:
        from dataclasses import replace

        from registrum.cli.openings import commit_to, default_path
        from registrum.signing.statements import Disclosure

        opening = self.opening or default_path(plain.number)
        commitment = commit_to(plain.number, plain.filing_date, plain.digest, opening)
        return Stated(replace(plain, digest=commitment, disclosure=Disclosure.SALTED), opening)


def _date(text: str) -> date:
    from registrum.dates import parse_date

    return parse_date(text)

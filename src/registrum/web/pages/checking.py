"""Checks that a reader makes: a file against the register by its digest, and a priority claim against the rules.

A file never comes here: the browser hashes it, and sends the digest alone; evidence it checks by itself. Not its job:
the verdict, which `registrum.index.judging` gives as the contract does.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from registrum.client.records import Lookup, Standing
from registrum.client.verdicts import Assessment, PriorityClaim
from registrum.errors import NodeError, RpcError
from registrum.index.answers import DigestMatch, Page
from registrum.index.reading import IndexReader
from registrum.numbers import OfficeNumber, Right
from registrum.numbers.offices import current_offices
from registrum.proofs.commitment import Salt, commitment_of
from registrum.rights.values import HIGHEST_CLASS
from registrum.signing.statements import Disclosure
from registrum.web.numbers import is_known, read
from registrum.web.pages.forms import Form
from registrum.web.pages.reasons import reasons
from registrum.web.pages.rendering import Visit
from registrum.web.service import Service
from registrum.web.texts import keys_of
from registrum.web.warnings import plain

__all__ = ["router"]

_STATUS = {"not-found": 404, "not-covered": 404}
_LIMIT = 25
_MOST = 1_000
"""Matches of a file without a number among which a good one is looked for; those of a number are all looked at."""
_FURTHEST = 10_000


def router(service: Service) -> APIRouter:
    """The routes `/verify` and `/priority-check`."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/verify")
    def verify(request: Request) -> Response:
        visit = Visit(request)
        form = Form(visit)
        digest, salt = form.digest("sha256"), form.digest("salt")
        if (form.text("number") or form.text("salt")) and not form.text("sha256"):
            form.require("sha256")
        given = digest if digest is None or salt is None else commitment_of(digest, Salt(salt))
        offset = form.whole("offset", _FURTHEST) or 0
        matches: list[DigestMatch] = []
        found: Page[DigestMatch] | None = None
        outcome, lookup, entry = None, None, None
        with service.read() as reader:
            visit.freshness = service.freshness(reader)
            number = _number(reader, form, "number", "right", None)
            if given is not None and not form.faults:
                found = reader.by_digest(given, limit=_LIMIT, offset=offset)
                if number is None:
                    outcome = _outcome(reader.by_digest(given, limit=_MOST).items) or "unknown"
                    matches = list(found.items)
                else:
                    lookup = reader.look_up(number)
                    entry = reader.entry(number) if number.right in HIGHEST_CLASS else None
                    under = reader.by_digest_under(given, number)
                    outcome = _outcome(under) or _without_match(lookup, is_entry=entry is not None)
                    # The application that was asked about comes first; what else has the digest, after it.
                    matches = [*under, *(match for match in found.items if match not in under)]
        is_charter_unknown = False
        if outcome == "unknown" and given is not None:
            try:
                matches, read_live = service.charter_matches(given)
            except (NodeError, RpcError):
                is_charter_unknown = True
            else:
                visit.freshness = read_live or visit.freshness
                if matches:
                    outcome = "charter" if matches[0].is_present else "charter-former"
        is_salted = bool(lookup and lookup.record and lookup.record.disclosure is Disclosure.SALTED)
        return visit.page(
            "verify.html",
            status=_STATUS.get(outcome or "", 200),
            form=form,
            digest=given,
            number=number,
            lookup=lookup,
            outcome=outcome,
            entry=entry,
            matches=matches,
            found=found,
            is_charter_unknown=is_charter_unknown,
            needs_salt=is_salted and salt is None and outcome == "mismatch",
            rights=_rights(visit),
            evidence_words=_evidence_words(visit),
        )

    @routes.get("/priority-check")
    def priority_check(request: Request) -> Response:
        visit = Visit(request)
        form = Form(visit)
        assessment: Assessment | None = None
        with service.read() as reader:
            visit.freshness = service.freshness(reader)
            members = reader.offices()
            if not form.is_empty:
                assessment = _assess(reader, form)
        given = () if assessment is None else reasons(visit.texts, assessment)
        names = {office.code: office.name for office in members}
        offices = [(code, f"{code}: {name}") for code, name in sorted(current_offices().items())]
        return visit.page(
            "priority_check.html",
            form=form,
            assessment=assessment,
            reasons=given,
            members=[(office.code, f"{office.code}: {plain(office.name)}") for office in members],
            offices=[option for option in offices if option[0] not in names],
            rights=_rights(visit),
        )

    return routes


def _rights(visit: Visit) -> list[tuple[str, str]]:
    return [(right.value, f"{right.value}: {visit.texts.of('right', right)}") for right in Right]


def _evidence_words(visit: Visit) -> dict[str, str]:
    """The words of a report on evidence, which the browser makes: under the names of `verifier/web/words.js`."""
    start = "evidence-"
    keys = [key for key in keys_of(visit.texts.language) if key.startswith(start)]
    # Scripts set them as text, which has no entities.
    return {key.removeprefix(start): visit.texts(key).unescape() for key in keys}


def _outcome(matches: Iterable[DigestMatch]) -> str | None:
    """What the page says first of a file that is recorded: the best that a match says; None where there is none."""
    found = {_says(match) for match in matches}
    return next((outcome for outcome in ("match", "withdrawn", "former", "suspect") if outcome in found), None)


def _says(match: DigestMatch) -> str:
    if match.signer_compromised_since is not None:
        return "suspect"
    if not match.is_present:
        return "former"
    return "withdrawn" if match.standing is Standing.WITHDRAWN else "match"


def _without_match(lookup: Lookup, *, is_entry: bool) -> str:
    """What the page says first of a file that is not recorded under the number that it should be."""
    if lookup.found:
        return "mismatch"
    if is_entry:
        return "mismatch-entry"
    return "not-covered" if lookup.standing is Standing.NOT_COVERED else "not-found"


def _number(
    reader: IndexReader, form: Form, name: str, right_name: str, office_name: str | None
) -> OfficeNumber | None:
    text, right = form.text(name), form.right(right_name)
    office = form.office(office_name) if office_name else None
    if not text:
        return None
    found = read(text, None if right is None else right.value, office)
    if found.exact is not None and is_known(reader, found.exact):
        return found.exact
    if isinstance(found.number, OfficeNumber):
        return found.number
    form.note(name, found.number)
    return None


def _assess(reader: IndexReader, form: Form) -> Assessment | None:
    form.require("earlier", "claimedDate", "laterOffice", "laterRight", "laterDate")
    earlier = _number(reader, form, "earlier", "earlierRight", "earlierOffice")
    claimed, later = form.day("claimedDate"), form.day("laterDate")
    office, right, digest = form.office("laterOffice"), form.right("laterRight"), form.digest("digest")
    if form.faults or earlier is None or office is None or right is None:
        return None
    return reader.check_priority(PriorityClaim(earlier, _given(claimed), office, right, _given(later), digest))


def _given(day: date | None) -> date:
    """A date that the form has been found to hold."""
    if day is None:
        raise TypeError("a form without faults has its dates")
    return day

"""The page of an audit: what stands out in what an office recorded in a period.

Not its job: the office's own list, which stays with the office (`registrum audit office --list`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from registrum.audit.facts import Period, Terms
from registrum.audit.findings import Code, Finding, Severity
from registrum.audit.report import Report
from registrum.errors import InputError, SearchTooWideError
from registrum.index.auditing import read_audit
from registrum.numbers import OfficeNumber
from registrum.numbers.offices import current_offices, former_offices
from registrum.web.audits import DESK, MOST_DAYS
from registrum.web.pages.forms import Form
from registrum.web.pages.rendering import Visit
from registrum.web.service import Service

__all__ = ["router"]

_MOST_FINDINGS: Final = 25
"""Findings of each code on the page."""
_DEFAULT = Terms()
_DEFAULT_DAYS: Final = 365
_CODE = re.compile(r"[A-Z]{2}")


def router(service: Service) -> APIRouter:
    """The route `/offices/{code}/audit`."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/offices/{code}/audit")
    def audit(request: Request, code: str) -> Response:
        visit = Visit(request)
        form = Form(visit)
        with read_audit(service.index) as reader:
            visit.freshness = service.freshness(reader)
            office = reader.office(code) if _CODE.fullmatch(code) else None
            if office is None:
                name = current_offices().get(code) or former_offices().get(code)
                return visit.page("no_office.html", status=404, code=code, name=name)
            last = form.day("to") or reader.today()
            first = form.day("from") or last - timedelta(_DEFAULT_DAYS - 1)
            terms = _terms(form)
            report, is_too_large = None, False
            period = None if form.faults else _period(form, first, last)
            if period is not None:
                try:
                    report = DESK.report(reader, code, period, terms)
                except SearchTooWideError:
                    is_too_large = True
        return visit.page(
            "audit.html",
            status=400 if form.faults else 200,
            form=form,
            office=office,
            first=first,
            last=last,
            terms=terms,
            report=report,
            groups=[] if report is None else list(_groups(report)),
            worst=None if report is None else _worst(report),
            is_too_large=is_too_large,
            most_facts=DESK.most_facts,
            number_of=OfficeNumber.from_text,
            has_record=_has_record,
        )

    return routes


def _has_record(code: Code) -> bool:
    """Whether the numbers in evidence have a record, and a page: claims and entries may be of numbers without one."""
    return not code.startswith(("key_", "body_", "calendar_"))


def _period(form: Form, first: date, last: date) -> Period | None:
    """The period; None where it ends before it begins, which is noted at the field."""
    try:
        return Period(first, last)
    except InputError as error:
        form.note("from", error)
        return None


def _terms(form: Form) -> Terms:
    late, near = form.whole("lateDays", MOST_DAYS), form.whole("nearDays", MOST_DAYS)
    return Terms(
        _DEFAULT.late_days if late is None else late, _DEFAULT.near_days if near is None else near, _MOST_FINDINGS
    )


def _groups(report: Report) -> Iterator[tuple[Code, int, list[Finding]]]:
    """Code, count and listed findings of what was found."""
    for code in Code:
        if report.counts.get(code):
            yield code, report.counts[code], [finding for finding in report.findings if finding.code is code]


def _worst(report: Report) -> Severity | None:
    """The greatest severity that there is."""
    return next((severity for severity in reversed(Severity) if report.severities.get(severity)), None)

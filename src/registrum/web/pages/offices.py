"""The directory of offices with keys and calendars, and anchors and transactions, which offices made.

Not its job: what the offices decide together (`registrum.web.pages.consortium`).
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from registrum.client.calendars import Calendar
from registrum.errors import ConfigError, NodeError, RpcError
from registrum.numbers.offices import current_offices, former_offices
from registrum.rights.values import HIGHEST_CLASS
from registrum.web.pages.forms import Form
from registrum.web.pages.rendering import Visit
from registrum.web.service import Service
from registrum.web.warnings import plain

__all__ = ["router"]

_ANCHORS = 25
_FURTHEST = 10_000
_HASH = re.compile(r"0x[0-9a-fA-F]{64}")
_RAW = ("from", "to", "nonce", "gas", "gasPrice", "maxFeePerGas", "value", "type", "input", "v", "r", "s")
"""Fields of a transaction that are shown, as the node sends them."""
_CODE = re.compile(r"[A-Z]{2}")


def router(service: Service) -> APIRouter:
    """The routes `/offices`, `/anchors` and `/transactions`."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/offices")
    def offices(request: Request) -> Response:
        visit = Visit(request)
        with service.read() as reader:
            visit.freshness = service.freshness(reader)
            found, counts = reader.offices(), {count.office: count for count in reader.office_counts()}
        return visit.page("offices.html", offices=found, counts=counts)

    @routes.get("/offices/{code}")
    def office(request: Request, code: str) -> Response:
        visit = Visit(request)
        with service.read() as reader:
            visit.freshness = service.freshness(reader)
            found = reader.office(code) if _CODE.fullmatch(code) else None
            if found is None:
                name = current_offices().get(code) or former_offices().get(code)
                return visit.page("no_office.html", status=404, code=code, name=name)
            keys, calendars = reader.keys(code), reader.calendars(code)
            counts = next((count for count in reader.office_counts() if count.office == code), None)
            anchors = reader.anchors(code, limit=5)
            more: dict[str, Any] = {
                "suspensions": {key.account: reader.key_suspension(code, key.account) for key in keys},
                "proposed_seat": reader.proposed_seat(code),
                "replacement": reader.replacement(code),
                "successor": reader.successor(code),
                "bodies": reader.bodies(code),
                "terms": [(right, reader.renewal_terms(code, right)) for right in HIGHEST_CLASS],
            }
        shown = [(calendar, closed_by_month(calendar)) for calendar in sorted(calendars, key=_latest_first)]
        return visit.page(
            "office.html", office=found, keys=keys, calendars=shown, counts=counts, anchors=anchors, **more
        )

    @routes.get("/anchors")
    def anchors(request: Request) -> Response:
        visit = Visit(request)
        form = Form(visit)
        wanted, offset = form.office("office"), form.whole("offset", _FURTHEST) or 0
        with service.read() as reader:
            visit.freshness = service.freshness(reader)
            page = None if form.faults else reader.anchors(wanted, limit=_ANCHORS, offset=offset)
            offices = reader.offices()
        return visit.page(
            "anchors.html",
            status=400 if form.faults else 200,
            form=form,
            page=page,
            office=wanted,
            is_outside=wanted is not None and all(office.code != wanted for office in offices),
            offices=[(office.code, f"{office.code}: {plain(office.name)}") for office in offices],
        )

    @routes.get("/transactions/{hash_}")
    def transaction(request: Request, hash_: str) -> Response:
        visit = Visit(request)
        with service.read() as reader:
            visit.freshness = service.freshness(reader)
            events = reader.transaction(hash_.lower()) if _HASH.fullmatch(hash_) else []
        status = 200 if events else 404
        raw = _raw(service, hash_.lower()) if events else None
        return visit.page("transaction.html", status=status, hash=hash_, events=events, raw=raw)

    return routes


def _raw(service: Service, transaction_hash: str) -> dict[str, str] | None:
    """The transaction as the node has it; None where the node cannot be reached, or has it no more."""
    call = ("eth_getTransactionByHash", [transaction_hash])
    try:
        found, _ = service.live(call[0] + transaction_hash, lambda registry: registry.rpc.call(*call))
    except (NodeError, RpcError, ConfigError):
        return None
    if not isinstance(found, dict) or found.get("hash") != transaction_hash:
        return None
    return {name: found[name] for name in _RAW if isinstance(found.get(name), str)}


def _latest_first(calendar: Calendar) -> int:
    return -calendar.year


def closed_by_month(calendar: Calendar) -> list[tuple[date, list[date]]]:
    """The single closed days of a calendar, by the first day of their month; months without any are left out."""
    months: dict[date, list[date]] = {}
    for day in calendar.closed:
        months.setdefault(day.replace(day=1), []).append(day)
    return sorted(months.items())

"""All addresses of the interface.

Not its job: what they answer; each resource has its module.
"""

from __future__ import annotations

from fastapi import APIRouter, Depends

from registrum.web.api import (
    anchors,
    audits,
    directory,
    lists,
    office_numbers,
    priority_checks,
    proposals,
    registrations,
    statements,
    status,
)
from registrum.web.api.parameters import strict

__all__ = ["PREFIX", "router"]

PREFIX = "/api/v1"

router = APIRouter(prefix=PREFIX, dependencies=[Depends(strict)])
for _resource in (
    office_numbers,
    lists,
    priority_checks,
    registrations,
    directory,
    audits,
    proposals,
    anchors,
    statements,
    status,
):
    router.include_router(_resource.router)

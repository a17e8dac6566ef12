"""All addresses of the interface.

Not its job: what they answer; each resource has its module.
"""

from __future__ import annotations

from fastapi import APIRouter, Depends

from registrum.web.api import office_numbers, status
from registrum.web.api.parameters import strict

__all__ = ["PREFIX", "router"]

PREFIX = "/api/v1"

router = APIRouter(prefix=PREFIX, dependencies=[Depends(strict)])
for _resource in (office_numbers, status):
    router.include_router(_resource.router)

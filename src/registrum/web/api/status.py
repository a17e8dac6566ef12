"""`/status`: what this server is for, and whether it works.

Not its job: figures over time (`registrum.web.metrics`).
"""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from registrum.web.api import models
from registrum.web.api.answers import answer
from registrum.web.api.parameters import Served

__all__ = ["router"]

router = APIRouter(tags=["status"])


@router.get(
    "/status",
    summary="What this server is for, and whether it works",
    operation_id="getStatus",
    response_class=Response,
    responses=models.answers(models.StatusAnswer),
)
def status(request: Request, service: Served) -> Response:
    """Chain, contracts, node, index and relay.

    It answers 200 also where the node is away: that is what it says then.
    """
    with service.read() as reader:
        fresh = service.freshness(reader)
    node, relay, manifest = service.node, service.relay, service.manifest
    data = {
        "chainId": manifest.chain_id,
        "genesisHash": "0x" + manifest.genesis_hash.hex(),
        "contracts": {name: manifest.address(name) for name in manifest.contracts},
        "node": {
            "configured": node is not None,
            "reachable": node is not None and node.reachable,
            "newestBlock": None if node is None else node.newest_block,
        },
        "index": {"complete": fresh.is_complete, "lagBlocks": fresh.lag_blocks},
        "relay": {
            "enabled": relay is not None,
            "account": None if relay is None else relay.account,
            "needsKey": bool(service.settings.api_keys),
            "trouble": "" if relay is None else relay.trouble,
        },
        "limits": {
            "mostBodyBytes": service.settings.max_body_bytes,
            "mostClaims": service.settings.most_items,
            "mostItems": service.settings.page_limit,
        },
    }
    return answer(request, fresh, data)

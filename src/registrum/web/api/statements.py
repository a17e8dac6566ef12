"""`/statements`: what offices signed, handed in by their back ends, and what became of it.

Not its job: sending (`registrum.web.relay`), the form of statements (`registrum.web.statements`).
"""

from __future__ import annotations

import hmac
from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Path, Request, Security
from fastapi.responses import Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.concurrency import run_in_threadpool

from registrum.client.forms import json_value
from registrum.errors import ConfigError, VerificationError
from registrum.index.answers import Freshness
from registrum.index.reading import IndexReader
from registrum.signing.addresses import parse_address
from registrum.web.api import models, shapes
from registrum.web.api.answers import answer, not_found
from registrum.web.api.bodies import read_json
from registrum.web.api.parameters import Served
from registrum.web.errors import Refusal
from registrum.web.receipts import RelayReceipt
from registrum.web.relay import Relay, office_of
from registrum.web.service import Service
from registrum.web.statements import SignedStatement, read_signed

__all__ = ["router"]

router = APIRouter(tags=["statements"])
_DECODER = msgspec.json.Decoder()
_BEARER = HTTPBearer(
    auto_error=False, scheme_name="apiKey", description="An API key of this server, where it asks for one."
)

Credentials = Annotated[HTTPAuthorizationCredentials | None, Security(_BEARER)]
IdPath = Annotated[
    str,
    Path(pattern=r"^0x[0-9a-fA-F]{64}$", description="Number of the receipt.", examples=["0x" + "5c" * 32]),
]


@router.post(
    "/statements",
    summary="Hand in what an office signed",
    operation_id="relayStatement",
    status_code=202,
    response_class=Response,
    responses=models.answers(models.StatementAnswer, 401, 403, 408, 409, 413, 415, status=202),
    openapi_extra={"requestBody": models.body(models.SignedStatement)},
)
async def hand_in(request: Request, service: Served, credentials: Credentials = None) -> Response:
    """Accept a signed statement for good, and send it to the chain.

    The answer has the address of a receipt to poll. The same statement with the same signature is the same receipt:
    it takes effect once, however often it is handed in. One that was refused is tried anew where it can succeed now.
    What is recorded already is `mined` or `final` from the start, and what the contract would refuse is `refused` or a
    `conflict`; neither is sent. What may rest on others that are under way is `queued` until these are settled.
    """
    _require_key(service, credentials)
    relay = _relay(service)
    document = await read_json(request, _DECODER)
    receipt, fresh, events = await run_in_threadpool(_accept, service, relay, document)
    headers = {"Location": f"/api/v1/statements/{receipt.id}", "Cache-Control": "no-store"}
    return answer(request, fresh, _shape(receipt, events), status=202, headers=headers)


@router.get(
    "/statements/{id}",
    summary="What became of a statement",
    operation_id="getStatement",
    response_class=Response,
    responses=models.answers(models.StatementAnswer, 403, 404),
)
def receipt(request: Request, service: Served, id: IdPath) -> Response:  # noqa: A002 - its name in the interface
    """The receipt of a statement: `queued`, `sent`, `mined`, then `final`, `conflict` or `refused`."""
    relay = _relay(service)
    found = relay.receipt(id)
    with service.read() as reader:
        fresh = service.freshness(reader)
        if found is None:
            raise not_found(fresh, "this server has accepted no such statement", "Hand it in.", id=id.lower())
        events = _events(reader, fresh, found)
    return answer(request, fresh, _shape(found, events))


def _require_key(service: Service, credentials: HTTPAuthorizationCredentials | None) -> None:
    """Refuse who has no key, where one is needed; every key is compared, in constant time each."""
    keys = service.settings.api_keys
    if not keys:
        return
    given = "" if credentials is None else credentials.credentials
    matches = [hmac.compare_digest(given.encode(), key.encode()) for key in keys]
    if not any(matches):
        raise Refusal(
            401,
            "unauthorised",
            "handing in statements takes an API key of this server",
            "Send it as Authorization: Bearer KEY.",
            headers={"WWW-Authenticate": "Bearer"},
        )


def _relay(service: Service) -> Relay:
    if service.relay is None:
        raise Refusal(
            403,
            "relay_off",
            "this server relays no statements",
            "Send them to the chain yourself, or ask a server that relays; /api/v1/status says which does.",
        )
    return service.relay


def _accept(
    service: Service, relay: Relay, document: Any
) -> tuple[RelayReceipt, Freshness, list[dict[str, Any]] | None]:
    try:
        signed = read_signed(document)
        signer = relay.signer_of(signed)
        with service.read() as reader:
            _require_payer_apart(reader, relay)
            _require_known_signer(reader, signed, signer)
        # The node may be asked in between: no view of the index is held open meanwhile.
        found, _ = relay.accept(signed, signer)
    except VerificationError as error:
        raise Refusal(
            400, "bad_signature", error.message, "Sign the statement anew.", details=json_value(error.details)
        ) from error
    except ConfigError as error:
        raise Refusal(403, "relay_off", "this deployment has no contract for such statements") from error
    with service.read() as reader:
        fresh = service.freshness(reader)
        return found, fresh, _events(reader, fresh, found)


def _require_known_signer(reader: IndexReader, signed: SignedStatement, signer: str) -> None:
    """Refuse what no key of an office and no body signed: the paying account does not pay for strangers."""
    account = parse_address(signer)
    for office in reader.offices():
        if any(parse_address(key.account) == account for key in reader.keys(office.code)):
            return
        if any(parse_address(body.account) == account for body in reader.bodies(office.code)):
            return
    raise Refusal(
        403,
        "unknown_signer",
        f"{signed.kind} is signed by {signer}, which no office has as its key",
        "Check that exactly this statement was signed, for this chain; a new key counts once it is indexed.",
        details={"signer": signer},
    )


def _require_payer_apart(reader: IndexReader, relay: Relay) -> None:
    """Relay nothing with an account that an office acts with: this server holds no key of any office."""
    office = office_of(reader, relay.account)
    if office is not None:
        raise Refusal(
            403,
            "relay_off",
            f"this server relays nothing: the account that would pay is one that {office} acts with",
            "Tell who runs it: the account that pays must be nobody's key and nobody's seat.",
        )


def _events(reader: IndexReader, fresh: Freshness, found: RelayReceipt) -> list[dict[str, Any]] | None:
    """What the contracts said, once the index has the block; None before."""
    block, newest = found.block_number, fresh.block_number
    if found.transaction_hash is None or block is None or newest is None or newest < block:
        return None
    return [shapes.event(event) for event in reader.transaction(found.transaction_hash)]


def _shape(found: RelayReceipt, events: list[dict[str, Any]] | None) -> dict[str, Any]:
    return {
        "id": found.id,
        "primaryType": found.kind,
        "description": found.description,
        "signer": found.signer,
        "state": found.state.value,
        "transactionHash": found.transaction_hash,
        "blockNumber": found.block_number,
        "blockHash": found.block_hash,
        "events": events,
        "error": found.error,
        "acceptedAt": json_value(datetime.fromtimestamp(found.accepted_at, UTC)),
        "updatedAt": json_value(datetime.fromtimestamp(found.updated_at, UTC)),
    }

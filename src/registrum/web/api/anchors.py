"""`/anchors`, `/proofs`, `/digests`: commitments, what they stand for, and proofs cut from them.

Not its job: checking proofs, for which no server is needed (docs/proofs.md).
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from fastapi import APIRouter, Path, Request
from fastapi.responses import Response

from registrum.numbers import OfficeNumber
from registrum.web.api import models, shapes
from registrum.web.api.answers import answer, file_answer, not_found, page_of, require_covered
from registrum.web.api.parameters import (
    DIGEST_SHAPE,
    NO_ZERO,
    Limit,
    OfficePath,
    OfficeQuery,
    Offset,
    Served,
    parse_digest,
    read_number,
)
from registrum.web.numbers import read

__all__ = ["router"]

router = APIRouter(tags=["commitments"])

SequencePath = Annotated[
    int, Path(ge=1, le=(1 << 53) - 1, description="Number among the anchors of the office.", examples=[1])
]
DigestPath = Annotated[
    str,
    Path(
        pattern=DIGEST_SHAPE,
        description="SHA-256, with or without `0x`.",
        examples=["0x" + "9f" * 32],
        json_schema_extra=NO_ZERO,
    ),
]
TextPath = Annotated[
    str,
    Path(
        min_length=1,
        max_length=70,
        description="Office number with its office and right, such as EM/T/018660437.",
        examples=["EM/T/018660437"],
    ),
]


@router.get(
    "/anchors",
    summary="Anchors",
    operation_id="listAnchors",
    response_class=Response,
    responses=models.answers(models.AnchorsAnswer, 404),
)
def anchors(
    request: Request, service: Served, office: OfficeQuery = None, limit: Limit = 50, offset: Offset = 0
) -> Response:
    """Merkle roots that offices recorded, newest first."""
    with service.read() as reader:
        fresh = service.freshness(reader)
        require_covered(reader, fresh, office)
        page = reader.anchors(office, limit=limit, offset=offset)
    data = [shapes.anchor(each) for each in page.items]
    return answer(request, fresh, data, page=page_of(request, page.total, limit, offset))


@router.get(
    "/anchors/{ipOfficeCode}/{sequence}",
    summary="An anchor",
    operation_id="getAnchor",
    response_class=Response,
    responses=models.answers(models.AnchorAnswer, 404),
)
def anchor(request: Request, service: Served, office: OfficePath, sequence: SequencePath) -> Response:
    """One Merkle root, and how many of its records were disclosed since."""
    with service.read() as reader:
        fresh = service.freshness(reader)
        found = reader.anchor(office, sequence)
        if found is None:
            require_covered(reader, fresh, office)
    if found is None:
        raise not_found(fresh, f"{office} has no anchor {sequence}", ipOfficeCode=office, sequence=sequence)
    return answer(request, fresh, shapes.anchor(found))


@router.get(
    "/proofs/{number:path}",
    summary="The proof file of a number",
    operation_id="getProof",
    response_class=Response,
    responses=models.answers(models.Proof, 404),
)
def proof(request: Request, service: Served, number: TextPath) -> Response:
    """A proof in the form of docs/proofs.md, as it is to be kept: `registrum anchor verify` checks it offline.

    It is cut from the anchors that this server was given, and never opens a commitment. That there is none here does
    not mean that there is none: the office may have it.
    """
    with service.read() as reader:
        fresh = service.freshness(reader)
        wanted = read_number(reader, number).number
        found = service.proofs.proof(wanted)
        if found is None:
            # What an anchor alone holds is in no record: exactly what was written may be there.
            exact = read(number).exact
            found = None if exact is None else service.proofs.proof(exact)
        if found is None:
            require_covered(reader, fresh, wanted.office)
    if found is None:
        why = "has no anchors to cut proofs from" if service.proofs.is_empty else f"has no anchor that holds {wanted}"
        raise not_found(
            fresh,
            f"this server {why}",
            f"Ask {wanted.office}, which keeps its own; what is recorded by itself needs none.",
            **shapes.number_members(wanted),
        )
    name = OfficeNumber.from_on_chain(found.leaf.number).text.replace("/", "-")
    return file_answer(request, fresh, msgspec.json.encode(found.to_dict()), f"{name}.proof.json")


@router.get(
    "/digests/{sha256}",
    summary="What a digest stands for",
    operation_id="getDigest",
    response_class=Response,
    responses=models.answers(models.DigestAnswer, 404),
)
def digest(request: Request, service: Served, sha256: DigestPath, limit: Limit = 50, offset: Offset = 0) -> Response:
    """Everything recorded that has this digest: applications in any version, roots, dossiers, images, documents.

    Any number of numbers may have it: `page` says how many there are. `signerCompromisedSince` marks what proves
    nothing. Whether it is that of one number, `/office-numbers` and `/registrations` say.

    The charter of the consortium, too, which is asked of the node where nothing else has the digest; `unreachable` says
    that it could not be asked.
    """
    wanted = parse_digest(sha256)
    with service.read() as reader:
        fresh = service.freshness(reader)
        listed = reader.by_digest(wanted, limit=limit, offset=offset)
    found, total = list(listed.items), listed.total
    if not total:
        charter, read_live = service.charter_matches(wanted)
        found, total = charter[offset : offset + limit], len(charter)
        fresh = read_live or fresh
    text = "0x" + wanted.hex()
    if not total:
        raise not_found(
            fresh,
            "nothing is recorded under this digest",
            "A file that was changed by a single byte has another one; of what is not yet published, only a salted"
            " commitment is recorded.",
            digest=text,
        )
    page = page_of(request, total, limit, offset, is_capped=listed.total_is_capped)
    data = {"digest": text, "matches": [shapes.digest_match(match) for match in found]}
    return answer(request, fresh, data, page=page)

"""Making bundles: statements out of transactions, state out of proofs, the way to a trusted block.

A bundle that is made is verified before it is given away, from its own chain description. Not its job: pages
(`registrum.evidence.page`), files.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from registrum.chain.contracts import APPLICATION_REGISTRY, RIGHTS_REGISTER, load_abi
from registrum.chain.rpc import as_data, as_quantity
from registrum.client.receipts import Event
from registrum.dates import from_on_chain, to_on_chain
from registrum.errors import EvidenceError, InputError, NodeError, RpcError, VerificationError
from registrum.evidence import bundle
from registrum.evidence.canonical import encode, hexed, parse
from registrum.evidence.chain import ChainDescription
from registrum.evidence.checkpoint import Checkpoint
from registrum.evidence.claims import ClaimSubject
from registrum.evidence.headers import Header, Seals, sorted_seals
from registrum.evidence.link import MOST_DESCENDANTS, Link
from registrum.evidence.logs import read_logs
from registrum.evidence.page import html_page, pdf_page
from registrum.evidence.reading import NodeWords, ReadHeader, proof_nodes, read_header, require_hash
from registrum.evidence.statements import DISCLOSURES
from registrum.evidence.verifying import FORMAT, VERSIONS, derive
from registrum.numbers import OfficeNumber
from registrum.proofs.proof import Proof
from registrum.registry import Registry
from registrum.signing.addresses import parse_address
from registrum.signing.rights_statements import LegalStatusEventStatement
from registrum.signing.signatures import SIGNATURE_SIZE
from registrum.signing.statements import Anchor, Registration

__all__ = ["EvidenceMaker", "packed"]

_LAST_VERSION = 255
_RACES = 5
_KINDS = {
    "ApplicationRegistered": "Registration",
    "ApplicationCorrected": "Correction",
    "ApplicationWithdrawn": "Withdrawal",
    "ApplicationReinstated": "Reinstatement",
}
_OLD_STATE = "Use a node that keeps old states, or a newer block: nodes keep the proofs of few blocks."
_Json = dict[str, Any]


def packed(members: Mapping[str, bytes]) -> bytes:
    """The bundle of what `EvidenceMaker` made, with its pages.

    Raises:
        ConfigError: The packages that draw pages are not installed.
        EvidenceError: It is longer than a verifier takes.
    """
    encoded = members[bundle.EVIDENCE]
    evidence = parse(encoded, bundle.EVIDENCE)
    data = bundle.pack({**members, "page.html": html_page(evidence, encoded), "page.pdf": pdf_page(evidence, encoded)})
    if len(data) > bundle.MOST_BYTES:
        raise EvidenceError(f"the bundle would have {len(data)} bytes, and verifiers take {bundle.MOST_BYTES}")
    return data


class EvidenceMaker:
    """Makes bundles for one chain.

    Args:
        registry: Connected to a node of the chain.
        chain: Its description, which travels in the bundles.
    """

    def __init__(self, registry: Registry, chain: ChainDescription) -> None:
        self._registry = registry
        self._rpc = registry.rpc
        self._chain = chain.without_blocks()

    def application(
        self,
        number: OfficeNumber,
        *,
        checkpoint: Checkpoint | None = None,
        proof: Proof | None = None,
        accounts: Iterable[bytes] = (),
    ) -> dict[str, bytes]:
        """Evidence about an application number, recorded or not.

        Args:
            number: The number.
            checkpoint: Signed by offices, for a chain without seals: its block is the one whose state is shown.
            proof: Of an anchor, for a number that was not recorded by itself.
            accounts: Whose keys are shown besides those that signed, 20 bytes each; at most 100.

        Returns:
            The members `evidence.json` and `chain.json`.

        Raises:
            InputError: The proof is of another number.
            EvidenceError: The checkpoint is not of this chain, or not signed by enough offices.
            NodeError: The node does not answer, or talks nonsense; or it does not have the block.
            RpcError: The node refuses, for instance since it does not keep the state of the block any more.
        """
        return self._make({"kind": "application", "number": number.text}, number, checkpoint, proof, accounts)

    def claim(
        self,
        claim: ClaimSubject,
        *,
        checkpoint: Checkpoint | None = None,
        proof: Proof | None = None,
        accounts: Iterable[bytes] = (),
    ) -> dict[str, bytes]:
        """Evidence about the verdict on a priority claim; otherwise as `application`."""
        return self._make(claim.to_json(), claim.earlier, checkpoint, proof, accounts)

    def entry(
        self, number: OfficeNumber, *, checkpoint: Checkpoint | None = None, accounts: Iterable[bytes] = ()
    ) -> dict[str, bytes]:
        """Evidence about a register entry and all its events; otherwise as `application`."""
        return self._make({"kind": "entry", "number": number.text}, number, checkpoint, None, accounts)

    def _make(
        self,
        subject: _Json,
        number: OfficeNumber,
        checkpoint: Checkpoint | None,
        proof: Proof | None,
        accounts: Iterable[bytes],
    ) -> dict[str, bytes]:
        further = sorted(set(accounts))
        if proof is not None and proof.leaf.number != number.on_chain:
            raise InputError(f"the proof is not of {number.text}", remedy="Give the proof of that number.")
        if checkpoint is not None:
            checkpoint.require_signed(self._chain)
        for _ in range(_RACES):
            read = self._block(checkpoint)
            if subject["kind"] == "entry":
                statements = self._events(number, read.header.number)
            else:
                statements = self._versions(number, read.header.number, proof)
            words = NodeWords(self._rpc, read.header.number)
            try:
                facts, signed, _ = derive(subject, statements, self._chain, words, read.header.time, further)
                if signed.doubt is not None:
                    raise signed.doubt
                nodes = proof_nodes(self._rpc, read.header.number, words.slots())
                history = read_logs(self._registry, facts, read.header.number)
            except RpcError as error:
                error.remedy = error.remedy or _OLD_STATE
                raise
            # A reorganisation in between would leave state of one block under the header of another.
            if read_header(self._rpc, read.header.number).hash == read.hash:
                break
        else:
            raise NodeError("the chain changed each time while the evidence was collected")
        chain = self._chain.to_bytes()
        link = self._link(read, checkpoint)
        evidence = {
            "format": FORMAT,
            "versions": VERSIONS,
            "chain": hexed(hashlib.sha256(chain).digest()),
            "subject": subject,
            "block": link.block(self._chain).to_json(),
            "link": link.to_json(),
            "nodes": [hexed(each) for each in nodes],
            "statements": statements,
            "accounts": [hexed(each) for each in further],
            "history": history,
            "facts": facts,
        }
        return {bundle.EVIDENCE: encode(evidence), bundle.CHAIN: chain}

    def _block(self, checkpoint: Checkpoint | None) -> ReadHeader:
        read = read_header(self._rpc, "latest" if checkpoint is None else checkpoint.number)
        require_hash(read, self._chain.consensus)
        if checkpoint is not None and read.hash != checkpoint.hash:
            raise VerificationError(
                f"block {checkpoint.number} of the node is not the one of the checkpoint",
                remedy="Ask another node: this one follows another chain than the offices that signed.",
            )
        return read

    def _link(self, read: ReadHeader, checkpoint: Checkpoint | None) -> Link:
        if not self._chain.consensus.is_sealed:
            return Link(read.header, checkpoint=checkpoint)
        header = self._canonical(read.header)
        return Link(header, changes=self._changes(header))

    def _canonical(self, header: Header) -> Header:
        return Header.read(sorted_seals(header.encoded, self._chain.consensus))

    def _changes(self, last: Header) -> tuple[Header, ...]:
        """Headers that lead from the validators of the description to those of a block, one change each.

        Halves the blocks in between; where a set came back, what was between does not matter.
        """
        found: list[Header] = []
        start, start_hash = self._chain.start
        first = read_header(self._rpc, start)
        if start and first.hash != start_hash:
            raise VerificationError(
                f"block {start} of the node is not the one of the chain description",
                remedy="Ask another node, or whoever published the description: they follow different chains.",
            )
        self._find_changes(start, self._validators(first.header), last.number, self._validators(last), found)
        return tuple(each for each in found if each.number != last.number)

    def _find_changes(
        self, first: int, before: frozenset[bytes], last: int, after: frozenset[bytes], found: list[Header]
    ) -> None:
        if before == after:
            return
        if len(found) >= MOST_DESCENDANTS:
            raise NodeError(f"the validators changed more than {MOST_DESCENDANTS} times")
        if last - first == 1:
            found.append(self._canonical(read_header(self._rpc, last).header))
            return
        middle = (first + last) // 2
        there = self._validators(read_header(self._rpc, middle).header)
        self._find_changes(first, before, middle, there, found)
        self._find_changes(middle, there, last, after, found)

    def _validators(self, header: Header) -> frozenset[bytes]:
        return frozenset(Seals.read(header, self._chain.consensus).validators)

    def _versions(self, number: OfficeNumber, block: int, proof: Proof | None) -> list[object]:
        """The statements about a number, as the transactions have them that the node knows."""
        events = [
            event
            for event in self._registry.history(number)
            if event.name in _KINDS and event.block_number <= block and event.arguments.get("number") == number
        ]
        if not events:
            return [] if proof is None else [_of_proof(proof)]
        if events[-1].arguments.get("version", 1) >= _LAST_VERSION:
            return []
        return [self._version(place, event) for place, event in enumerate(events)]

    def _version(self, place: int, event: Event) -> _Json:
        kind = _KINDS[event.name]
        registry = self._emitter(event)
        function, values = self._call(event.transaction_hash, APPLICATION_REGISTRY, registry)
        statement: _Json = {
            "type": kind,
            "registry": hexed(registry),
            "signer": hexed(parse_address(event.arguments["signing_key"])),
            "signature": None,
        }
        if kind in {"Registration", "Correction"}:
            statement |= _content(event.arguments)
        if kind == "Registration":
            statement["batch"] = None
            if function == "disclose" and values:
                return self._anchored(statement, values)
            if function == "registerBatch" and values:
                items = [_registration(each) for each in values["applications"]]
                statement["batch"] = _batch(
                    [each.struct_hash() for each in items], _registration(event.arguments).struct_hash()
                )
        else:
            statement["replaces"] = place
        signature = values.get("signature", b"")
        if len(signature) == SIGNATURE_SIZE:
            statement["signature"] = hexed(signature)
        return statement

    def _anchored(self, statement: _Json, values: Mapping[str, Any]) -> _Json:
        """A registration that was disclosed out of an anchor: what the office signed is the anchor.

        It may have been anchored in a registry before the one that it was disclosed in.
        """
        anchor = values["statement"]
        anchored = self._registry.anchor_event(anchor["office"], anchor["sequence"])
        if anchored is None:
            raise NodeError(f"the node does not have anchor {anchor['sequence']} of {anchor['office']}")
        registry = self._emitter(anchored)
        function, given = self._call(anchored.transaction_hash, APPLICATION_REGISTRY, registry)
        signature: bytes = given.get("signature", b"") if function == "anchor" else b""
        del statement["batch"]
        return {
            **statement,
            "type": "Anchor",
            "registry": hexed(registry),
            "path": [hexed(each) for each in values["proof"]],
            "sequence": anchor["sequence"],
            "root": hexed(anchor["root"]),
            "leafCount": anchor["leaf_count"],
            "signature": hexed(signature) if len(signature) == SIGNATURE_SIZE else None,
        }

    def _events(self, number: OfficeNumber, block: int) -> list[object]:
        """The statements about an entry."""
        statements: list[object] = []
        register = parse_address(self._registry.manifest.address(RIGHTS_REGISTER))
        for recorded in self._registry.rights.events(number):
            if recorded.block_number > block:
                break
            event = recorded.event.to_statement(recorded.previous)
            statement: _Json = {
                "type": "LegalStatusEvent",
                "signer": hexed(parse_address(recorded.signer)),
                "signature": None,
                "batch": None,
                "words": hexed(event.abi_words()),
            }
            function, values = self._call(recorded.transaction_hash, RIGHTS_REGISTER, register)
            signature = values.get("signature", b"")
            if function in {"record", "recordBatch"} and len(signature) == SIGNATURE_SIZE:
                statement["signature"] = hexed(signature)
                if function == "recordBatch":
                    hashes = [_event_hash(each) for each in values["events"]]
                    statement["batch"] = _batch(hashes, event.struct_hash())
            statements.append(statement)
        return statements

    def _emitter(self, event: Event) -> bytes:
        """Address of the contract that said it."""
        receipt = self._rpc.call("eth_getTransactionReceipt", [event.transaction_hash])
        for log in receipt.get("logs", ()) if isinstance(receipt, dict) else ():
            if as_quantity(log.get("logIndex"), "log index") == event.log_index:
                return as_data(log.get("address"), "address", 20)
        raise NodeError(f"the node does not have the receipt of {event.transaction_hash}")

    def _call(self, transaction_hash: str, contract: str, address: bytes) -> tuple[str, Mapping[str, Any]]:
        """What a contract was called with by a transaction; nothing where another contract called it."""
        answer = self._rpc.call("eth_getTransactionByHash", [transaction_hash])
        if not isinstance(answer, dict):
            raise NodeError(f"the node does not have the transaction {transaction_hash}")
        if not answer.get("to") or as_data(answer["to"], "to", 20) != address:
            return "", {}
        return load_abi(contract).decode_call(as_data(answer.get("input"), "input")) or ("", {})


def _content(values: Mapping[str, Any]) -> _Json:
    return {
        "filingDate": values["filing_date"].isoformat(),
        "disclosure": DISCLOSURES[values["disclosure"]],
        "digest": hexed(values["digest"]),
    }


def _registration(values: Mapping[str, Any]) -> Registration:
    number = values["number"]
    on_chain = number.on_chain if isinstance(number, OfficeNumber) else number
    return Registration(on_chain, to_on_chain(values["filing_date"]), values["disclosure"], values["digest"])


def _batch(hashes: Sequence[bytes], own: bytes) -> _Json | None:
    """The place of a statement among those that were signed together."""
    place = hashes.index(own)
    return {"position": place, "hashes": [hexed(each) for each in (*hashes[:place], *hashes[place + 1 :])]}


def _of_proof(proof: Proof) -> _Json:
    anchor: Anchor = proof.anchor
    key = len(proof.signature) == SIGNATURE_SIZE
    return {
        "type": "Anchor",
        "registry": hexed(parse_address(proof.domain.verifying_contract)),
        "signer": hexed(parse_address(proof.signer)),
        "signature": hexed(proof.signature) if key else None,
        **{"digest": hexed(proof.leaf.digest), "disclosure": DISCLOSURES[proof.leaf.disclosure]},
        "filingDate": _on_chain_date(proof.leaf.filing_date),
        "path": [hexed(each) for each in proof.path],
        "sequence": anchor.sequence,
        "root": hexed(anchor.root),
        "leafCount": anchor.leaf_count,
    }


def _on_chain_date(value: int) -> str:
    return from_on_chain(value).isoformat()


def _event_hash(values: Mapping[str, Any]) -> bytes:
    return LegalStatusEventStatement(**values).struct_hash()

"""Makes evidence files for tests of verifiers: from words in slots, keys and numbers, with the reference libraries.

Nothing here is shared with what is tested, nor with the program that makes evidence files for offices: tries are built
with `rlp`, digests with `eth_hash` and `eth_account`, seals with `eth_keys`, archives with `zipfile`.
"""

from __future__ import annotations

import copy
import hashlib
import io
import json
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import rlp
from eth_account import Account
from eth_account.messages import encode_typed_data
from eth_hash.auto import keccak
from eth_keys.datatypes import PrivateKey

CHAIN_ID = 20261
TIME = 1_790_000_000
"""21 September 2026, 14:13:20 UTC."""
REGISTRY, NEWER_REGISTRY, DIRECTORY, PRIORITY, RIGHTS, PRACTICE = (
    f"0x{byte:02x}" + f"{byte:02x}" * 19 for byte in range(1, 7)
)
CODE_HASH = "0x" + keccak(b"code").hex()
BASE_SLOTS = {
    "record": 2,
    "anchor": 3,
    "reconfirmation": 4,
    "office": 3,
    "key": 7,
    "calendar": 2,
    "entry": 4,
    "body": 2,
}


def key(number: int) -> PrivateKey:
    """Return a private key that is the same in every run."""
    return PrivateKey(keccak(b"key %d" % number))


def address(private: PrivateKey) -> str:
    return str(private.public_key.to_address())


def number_word(number: str) -> bytes:
    office, right, rest = number.split("/", 2)
    return (office + right + rest).encode().ljust(32, b"\0")


def word(value: int) -> bytes:
    return value.to_bytes(32, "big")


def packed(*values_and_sizes: tuple[int, int]) -> int:
    """Join values into a word, the first lowest."""
    joined, shift = 0, 0
    for value, size in values_and_sizes:
        assert value < 1 << size
        joined |= value << shift
        shift += size
    return joined


def slot(name: str, *keys: bytes) -> int:
    """Return the slot of a value of a mapping, or of a mapping of mappings, outer key first."""
    base = word(BASE_SLOTS[name])
    for part in keys:
        base = keccak(part.rjust(32, b"\0") + base)
    return int.from_bytes(base, "big")


def office_key(code: str) -> bytes:
    return code.encode().ljust(32, b"\0")


def key_slot(code: str, account: str) -> int:
    return slot("key", code.encode() + bytes(10) + bytes.fromhex(account[2:]))


DEAD_END: Any = object()
"""In place of a value: an extension that leads to nothing."""


class Trie:
    """A Merkle-Patricia trie that is built at once, as the Yellow Paper has it (appendix D)."""

    def __init__(self, items: dict[bytes, Any]) -> None:
        self._nodes: dict[bytes, bytes] = {}
        self._items = {path.hex(): value for path, value in items.items()}
        built = self._built(self._items)
        encoded = rlp.encode(built)
        self.root = keccak(encoded)
        self._nodes[self.root] = encoded

    def _built(self, items: dict[str, Any]) -> Any:
        if not items:
            return b""
        if len(items) == 1:
            ((path, value),) = items.items()
            if value is DEAD_END:
                return [self._prefixed(path, is_leaf=False), b""]
            return [self._prefixed(path, is_leaf=True), value]
        common = 0
        paths = list(items)
        while len({path[common] for path in paths}) == 1:
            common += 1
        if common:
            inner = self._built({path[common:]: value for path, value in items.items()})
            return [self._prefixed(paths[0][:common], is_leaf=False), self._linked(inner)]
        children = []
        for nibble in "0123456789abcdef":
            below = {path[1:]: value for path, value in items.items() if path[0] == nibble}
            children.append(self._linked(self._built(below)))
        return [*children, b""]

    def _linked(self, node: Any) -> Any:
        encoded = rlp.encode(node)
        if node == b"" or len(encoded) < 32:
            return node
        self._nodes[keccak(encoded)] = encoded
        return keccak(encoded)

    @staticmethod
    def _prefixed(path: str, *, is_leaf: bool) -> bytes:
        flag = 2 * is_leaf + len(path) % 2
        return bytes.fromhex(f"{flag:x}" + ("" if len(path) % 2 else "0") + path)

    def proof(self, path: bytes) -> set[bytes]:
        """Return the nodes that show the value at a path, or that there is none."""
        nibbles, found, node = path.hex(), set(), self.root
        if not self._items:
            return set()
        while isinstance(node, bytes | list) and node != b"":
            if isinstance(node, bytes):
                found.add(self._nodes[node])
                node = rlp.decode(self._nodes[node])
            if len(node) == 17:
                node, nibbles = node[int(nibbles[0], 16)], nibbles[1:]
                continue
            prefix = node[0].hex()
            part = prefix[2 - int(prefix[0], 16) % 2 :]
            if prefix[0] in "23" or not nibbles.startswith(part):
                break
            node, nibbles = node[1], nibbles[len(part) :]
        return found


@dataclass
class World:
    """Contracts and their words, and what was read of them; `raw` stands in storages by its path, as it is."""

    words: dict[str, dict[int, int]] = field(default_factory=dict)
    reads: list[tuple[str, int]] = field(default_factory=list)
    raw: dict[str, dict[bytes, Any]] = field(default_factory=dict)
    nonce: Any = 1

    def put(self, contract: str, at: int, *values: int) -> None:
        """Store words from a slot on; they are read too."""
        for offset, value in enumerate(values):
            self.words.setdefault(contract, {})[at + offset] = value
            self.reads.append((contract, at + offset))

    def read(self, contract: str, at: int) -> None:
        """Have a word read that may not be stored."""
        self.words.setdefault(contract, {})
        self.reads.append((contract, at))

    def proven(self) -> tuple[bytes, list[str]]:
        """Return the state root, and the nodes of all that is read, in the order of their keccak."""
        others = dict.fromkeys(range(1000, 1040), 1)
        storages = {}
        for contract, words in {**self.words, "0x" + "99" * 20: {1: 1}, "0x" + "98" * 20: {}}.items():
            encoded = {keccak(word(at)): rlp.encode(value) for at, value in {**others, **words}.items() if value}
            storages[contract] = Trie({**encoded, **self.raw.get(contract, {})})
        accounts = {
            keccak(bytes.fromhex(contract[2:])): rlp.encode([self.nonce, 0, storage.root, keccak(b"code")])
            for contract, storage in storages.items()
        }
        state = Trie(accounts)
        nodes: set[bytes] = set()
        for contract, at in self.reads:
            nodes |= state.proof(keccak(bytes.fromhex(contract[2:]))) | storages[contract].proof(keccak(word(at)))
        return state.root, ["0x" + node.hex() for node in sorted(nodes, key=keccak)]


VALIDATORS = sorted((key(100 + i) for i in range(4)), key=address)


def header_items(state_root: bytes, number: int = 1234, parent: bytes = bytes(32), time: int = TIME) -> list[Any]:
    """Return the items of a header without extra data."""
    zero = bytes(32)
    return [
        parent,
        zero,
        bytes(20),
        state_root,
        zero,
        zero,
        bytes(256),
        1,
        number,
        30_000_000,
        0,
        time,
        b"",
        zero,
        bytes(8),
        0,
    ]


def sealed_header(
    items: list[Any],
    validators: list[PrivateKey] = VALIDATORS,
    sealers: list[PrivateKey] | None = None,
    kind: str = "qbft",
    turn: int = 0,
    sort: bool = True,
    vote: Any = None,
) -> tuple[bytes, bytes]:
    """Return the RLP of a header with seals, and the hash of the block."""
    listed = sorted(bytes.fromhex(address(one)[2:]) for one in validators)
    no_vote: Any = [] if kind == "qbft" else b""
    front = [bytes(32), listed, no_vote if vote is None else vote]
    shown = turn if kind == "qbft" else turn.to_bytes(4, "big")

    def encoded(*extra: Any) -> bytes:
        return bytes(rlp.encode([*items[:12], rlp.encode(list(extra)), *items[13:]]))

    sealed = keccak(encoded(*front, shown, []) if kind == "qbft" else encoded(*front, shown))
    chosen = validators if sealers is None else sealers
    seals = [one.sign_msg_hash(sealed).to_bytes() for one in (sorted(chosen, key=address) if sort else chosen)]
    return encoded(*front, shown, seals), keccak(encoded(*front, 0, []) if kind == "qbft" else encoded(*front))


def contract(at: str) -> dict[str, str]:
    return {"address": at, "codeHash": CODE_HASH}


GENESIS: dict[str, Any] = {"number": 0, "hash": "0x" + keccak(b"genesis").hex()}


def description(consensus: dict[str, Any] | None = None, **changed: Any) -> dict[str, Any]:
    """Return a chain description with two registries."""
    return {
        "format": "registrum-chain/1",
        "chainId": CHAIN_ID,
        "genesisHash": GENESIS["hash"],
        "consensus": consensus
        or {"kind": "qbft", "validators": [address(one) for one in VALIDATORS], "since": GENESIS},
        "contracts": {
            "applicationRegistries": [contract(NEWER_REGISTRY), contract(REGISTRY)],
            "officeDirectory": contract(DIRECTORY),
            "priorityRegister": contract(PRIORITY),
            "rightsRegister": contract(RIGHTS),
            "officePractice": contract(PRACTICE),
        },
        "blocks": [],
        **changed,
    }


def sign(signer: PrivateKey, domain: str, verifying: str, primary: str, types: dict[str, str], message: Any) -> str:
    """Sign a message; `types` has the members of each struct as its type text does."""
    full = {
        "types": {
            "EIP712Domain": members("string name,string version,uint256 chainId,address verifyingContract"),
            **{name: members(text) for name, text in types.items()},
        },
        "primaryType": primary,
        "domain": {"name": domain, "version": "1", "chainId": CHAIN_ID, "verifyingContract": verifying},
        "message": message,
    }
    return "0x" + Account.sign_message(encode_typed_data(full_message=full), signer.to_bytes()).signature.hex()


def members(text: str) -> list[dict[str, str]]:
    return [dict(zip(("type", "name"), member.split(), strict=True)) for member in text.split(",")]


def canonical(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def archive(members_: dict[str, bytes], *, with_sums: bool = True) -> bytes:
    """Return the archive, with its sums unless told not to."""
    if with_sums:
        sums = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in members_.items())
        members_ = {**members_, "SHA256SUMS": sums.encode()}
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as zipped:
        for name, content in members_.items():
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.create_system = 0
            zipped.writestr(info, content)
            info.external_attr = 0  # Of the directory, which is written last; `writestr` has put a mode there.
    return file.getvalue()


@dataclass
class Bundle:
    """The parts of an evidence file, to be changed and packed."""

    evidence: dict[str, Any]
    chain: dict[str, Any]

    def packed(self) -> bytes:
        """Return the file, its sums and its `chain` in order with what it has now."""
        chain = canonical(self.chain)
        evidence = {**self.evidence, "chain": "0x" + hashlib.sha256(chain).hexdigest()}
        return self.packed_as(canonical(evidence), chain)

    @staticmethod
    def packed_as(evidence: bytes, chain: bytes) -> bytes:
        pages = {"page.html": b"<p>for people</p>", "page.pdf": b"%PDF-1.7"}
        return archive({"evidence.json": evidence, "chain.json": chain, **pages})

    def copy(self) -> Bundle:
        return copy.deepcopy(self)


VERSIONS = {
    "chain": "registrum-chain/1",
    "domains": {"Registrum ApplicationRegistry": "1", "Registrum Checkpoint": "1", "Registrum RightsRegister": "1"},
    "rules": "registrum-priority/1",
    "storage": "registrum-storage/1",
}


def rules() -> dict[str, dict[str, str]]:
    """Return the rules of verdicts as the table of the format has them."""
    text = (Path(__file__).parents[2] / "docs" / "evidence-format.md").read_text(encoding="utf-8")
    rows = text.split("| verdict | `source` | `text` |\n|---|---|---|\n")[1].split("\n\n")[0].splitlines()
    cells = [row.strip("| ").split(" | ") for row in rows]
    return {verdict.strip("`"): {"source": source, "text": said} for verdict, source, said in cells}


RULES = rules()


def history(facts: dict[str, Any]) -> list[dict[str, Any]]:
    """Return events that lead to the office and the keys of facts."""
    rows: list[dict[str, Any]] = []

    def told(event: str, time: str, code: str, **said: Any) -> None:
        place = {"block": 1000 + len(rows), "log": 3, "transaction": "0x" + keccak(b"%d" % len(rows)).hex()}
        rows.append({**place, "time": time, "event": event, "office": code, **said})

    office, latest = facts.get("office"), "2026-09-21T14:13:20Z"
    if office and office["status"] != "none":
        code, admitted = office["code"], office["admittedAt"]
        told("OfficeAdmitted", admitted, code, seat=office["seat"], earliestFilingDate=office["earliestFilingDate"])
        if office["suspendedUntil"]:
            told("OfficeSuspended", admitted, code, suspendedUntil=office["suspendedUntil"])
        for one in facts["keys"]:
            if one["office"]:
                told("KeyAdded", admitted, one["office"], **{name: one[name] for name in KEY_ADDED})
        for one in facts["keys"]:
            if one["compromisedSince"]:
                since = one["compromisedSince"]
                told("KeyCompromised", latest, one["office"], account=one["account"], compromisedSince=since)
        if office["status"] == "departed":
            told("OfficeDeparted", latest, code)
        if office["successor"]:
            told("SuccessorNamed", latest, code, successor=office["successor"])
    return rows


KEY_ADDED = ("account", "scopes", "validFrom", "validUntil")


def bundle(
    world: World,
    subject: dict[str, Any],
    statements: list[Any],
    facts: dict[str, Any],
    chain: dict[str, Any] | None = None,
    **link: Any,
) -> Bundle:
    """Return a bundle about the state of a world, in a sealed block unless `header` and `hash` are given."""
    facts = {**facts, "rule": RULES[facts["verdict"]]} if "verdict" in facts else facts
    root, nodes = world.proven()
    header, block_hash = sealed_header(header_items(root))
    header, block_hash = link.pop("header", header), link.pop("hash", block_hash)
    evidence = {
        "format": "registrum-evidence/1",
        "chain": "",
        "subject": subject,
        "block": {"number": 1234, "hash": "0x" + block_hash.hex(), "time": "2026-09-21T14:13:20Z"},
        "link": {"header": "0x" + header.hex(), "descendants": [], "validatorChanges": [], "checkpoint": None, **link},
        "nodes": nodes,
        "statements": statements,
        "accounts": [],
        "history": history(facts),
        "facts": facts,
        "versions": VERSIONS,
    }
    return Bundle(evidence, chain or description())

"""An anchor on disk: one SQLite file that holds leaves, salts, tree and signature, from which proofs are cut.

One file, because ten thousand proof files cost six times what their tree does, and because a proof is only a view: it
is cut when asked for, in a handful of reads. Tables:

| table | row |
|---|---|
| `anchor` | one: format, office, root, leaf count; signed: sequence, signer, signature, domain; recorded at |
| `leaf` | leaf index, the 128 encoded bytes, and for a salted leaf its document digest and salt |
| `nodes` | 256 consecutive nodes of the tree in one blob |

The file is written under another name, synced, and only then renamed: a file that has the name is whole. It holds
salts, so only its owner can read it. Whoever loses it can prove nothing any more: back it up before the root is
anchored. Record, path, opening and signature of a proof are checked as it is cut, and `audit` rebuilds the tree from
the stored leaves: a bit that flips in any of them never leaves this module as a proof.
Not its job: sending the anchor to the chain.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from registrum.errors import ConfigError, InputError, ProofFormatError, VerificationError, WrongSignerError
from registrum.numbers import OfficeNumber
from registrum.proofs.commitment import Salt, commit, matches_commitment
from registrum.proofs.merkle import Leaf, MerkleTree, decode_leaf, encode_leaf, leaf_hash, path_length, root_of_path
from registrum.proofs.proof import Proof
from registrum.signing.addresses import parse_address
from registrum.signing.eip712 import Domain
from registrum.signing.signatures import SIGNATURE_SIZE, recover, split_erc1271_signature
from registrum.signing.signers import Signer
from registrum.signing.statements import Anchor, Disclosure

__all__ = ["STORE_FORMAT", "STORE_NAME", "AnchorEntry", "AnchorStore"]

STORE_FORMAT = "registrum-anchor/1"
"""Value of the column `format`; another number means other tables."""
STORE_NAME = "anchor.sqlite"
"""Name of the file in the folder of an anchor."""

_NODES_A_ROW = 256
_SCHEMA = """
CREATE TABLE anchor (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    format TEXT NOT NULL, office TEXT NOT NULL, root BLOB NOT NULL, leaf_count INTEGER NOT NULL,
    sequence INTEGER, signer TEXT, signature BLOB, chain_id TEXT, contract TEXT, recorded_at INTEGER
) STRICT;
CREATE TABLE leaf (
    position INTEGER PRIMARY KEY, encoded BLOB NOT NULL, document_digest BLOB, salt BLOB
) STRICT;
CREATE TABLE nodes (row INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
"""
_NUMBER_INDEX = "CREATE UNIQUE INDEX leaf_by_number ON leaf (substr(encoded, 1, 32))"


@dataclass(frozen=True, slots=True)
class AnchorEntry:
    """One record to be anchored.

    Args:
        leaf: What goes into the tree.
        document_digest: SHA-256 of the document, exactly when the leaf is salted.
        salt: The salt, exactly when the leaf is salted.

    Raises:
        InputError: Opening and leaf do not fit.
    """

    leaf: Leaf
    document_digest: bytes | None = None
    salt: Salt | None = None

    def __post_init__(self) -> None:
        salted = self.leaf.disclosure == Disclosure.SALTED
        if salted != (self.salt is not None) or salted != (self.document_digest is not None):
            raise InputError("a salted leaf comes with its document digest and salt, a plain one with neither")
        if (
            self.salt is not None
            and self.document_digest is not None
            and not matches_commitment(self.leaf.digest, self.document_digest, self.salt)
        ):
            raise InputError("the document digest and the salt do not open the leaf's commitment")

    @classmethod
    def plain(cls, number: bytes, filing_date: int, document_digest: bytes) -> AnchorEntry:
        """A record whose digest is the SHA-256 of the document itself, for what is public."""
        return cls(Leaf(number, filing_date, Disclosure.PLAIN, document_digest))

    @classmethod
    def salted(cls, number: bytes, filing_date: int, document_digest: bytes) -> AnchorEntry:
        """A record that commits to the document under a new salt, for what is not yet public."""
        commitment, salt = commit(document_digest)
        return cls(Leaf(number, filing_date, Disclosure.SALTED, commitment), document_digest, salt)


class AnchorStore:
    """One anchor and its file. Made by `create` or `open`; a context manager that closes the file.

    Attributes:
        office: ST.3 code, 2 bytes.
        root: The Merkle root, 32 bytes.
        leaf_count: Number of records.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        """For `create` and `open` only."""
        self._path = path
        self._connection = connection
        row = self._anchor_row()
        self.office: bytes = row["office"].encode("ascii")
        self.root: bytes = row["root"]
        self.leaf_count: int = row["leaf_count"]

    @classmethod
    def create(cls, folder: str | os.PathLike[str], office: bytes, entries: Iterable[AnchorEntry]) -> AnchorStore:
        """Builds the tree of some records and writes it.

        Args:
            folder: Where `anchor.sqlite` goes; made if need be.
            office: ST.3 code of the office that will sign, 2 bytes.
            entries: At least one record; consumed once.

        Returns:
            The store, open, not yet signed.

        Raises:
            InputError: No record, a number twice, or a number of another office.
            ConfigError: The folder holds an anchor already, or cannot be written.
        """
        folder = Path(folder)
        path = folder / STORE_NAME
        if path.exists():
            raise ConfigError(
                f"{path} is there already",
                remedy="Choose another folder: an anchor that was signed must never be replaced.",
            )
        openings: dict[bytes, bytes] = {}
        tree = MerkleTree(_encoded_leaves(office, entries, openings))
        unfinished = path.with_suffix(".unfinished")
        try:
            folder.mkdir(parents=True, exist_ok=True)
            # Made before SQLite opens it, so that the salts are never readable by others.
            os.close(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
            with closing(sqlite3.connect(unfinished, isolation_level=None)) as connection:
                _write(connection, office, tree, openings)
            unfinished.replace(path)
            _sync_folder(folder)
        except (OSError, sqlite3.Error) as error:
            with suppress(
                OSError
            ):  # what is left over is overwritten the next time; the first error is the one to tell
                unfinished.unlink()
            raise ConfigError(f"cannot write {path}: {error}") from error
        return cls.open(folder)

    @classmethod
    def open(cls, folder: str | os.PathLike[str]) -> AnchorStore:
        """Opens an anchor.

        Args:
            folder: The folder that `create` was given, or the file in it.

        Raises:
            ProofFormatError: There is no anchor of this version.
        """
        path = Path(folder)
        if path.is_dir():
            path /= STORE_NAME
        if not path.is_file():
            raise ProofFormatError(f"there is no anchor at {path}", remedy="`registrum anchor create` makes one.")
        connection = sqlite3.connect(path, isolation_level=None)
        connection.row_factory = sqlite3.Row
        try:
            return cls(path, connection)
        except BaseException:
            connection.close()
            raise

    def close(self) -> None:
        """Closes the file; a second time does nothing."""
        self._connection.close()

    def __enter__(self) -> AnchorStore:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def path(self) -> Path:
        """The file."""
        return self._path

    @property
    def statement(self) -> Anchor | None:
        """What the office signed, or `None` before it is signed."""
        sequence = self._anchor_row()["sequence"]
        return None if sequence is None else self.statement_for(sequence)

    @property
    def signature(self) -> bytes | None:
        """The office's signature, or `None` before it is signed."""
        signature: bytes | None = self._anchor_row()["signature"]
        return signature

    def statement_for(self, sequence: int) -> Anchor:
        """What the office has to sign to anchor this root as its anchor number `sequence`."""
        return Anchor(self.office, sequence, self.root, self.leaf_count)

    def sign(self, signer: Signer, sequence: int, domain: Domain) -> bytes:
        """Signs the anchor and keeps the signature.

        Args:
            signer: A signing key of the office.
            sequence: The office's next anchor sequence, from the chain.
            domain: Chain and contract that the anchor is for.

        Returns:
            The signature.

        Raises:
            ConfigError: As `attach_signature`.
        """
        signature = signer.sign(self.statement_for(sequence), domain)
        self.attach_signature(signature, signer.address, sequence, domain)
        return signature

    def attach_signature(self, signature: bytes, signer: str, sequence: int, domain: Domain) -> None:
        """Keeps a signature that was made elsewhere.

        A new signature takes the place of the old one until the anchor is recorded: the sequence may have been taken.

        Raises:
            WrongSignerError: The signature is not by that signer on this anchor.
            VerificationError: The signature has no canonical form.
            ConfigError: The anchor is recorded already, with the signature that it has; or the file cannot be written.
        """
        found = _Signed(self.statement_for(sequence), signature, signer, domain).found_signer()
        if parse_address(found) != parse_address(signer):
            raise WrongSignerError(f"the signature is by {found}, not by {signer}")
        if not self._change(
            "UPDATE anchor SET sequence = ?, signer = ?, signature = ?, chain_id = ?, contract = ?"
            " WHERE recorded_at IS NULL",
            *(sequence, found, signature, str(domain.chain_id), domain.verifying_contract),
        ):
            raise ConfigError("the anchor is recorded on chain: its signature stays as it is")

    def mark_recorded(self, recorded_at: datetime) -> None:
        """Keeps the block time at which the chain took the anchor, for the proofs that are cut from now on.

        Raises:
            ConfigError: The anchor is not signed, or the file cannot be written.
        """
        moment = int(recorded_at.timestamp())
        if not self._change("UPDATE anchor SET recorded_at = ? WHERE signature IS NOT NULL", moment):
            raise ConfigError("an anchor that is not signed cannot have been recorded")

    def position_of(self, number: bytes) -> int:
        """The leaf index of an office number.

        Args:
            number: The number in its on-chain form, 32 bytes.

        Raises:
            InputError: This anchor has no such number.
        """
        row = self._one("SELECT position FROM leaf WHERE substr(encoded, 1, 32) = ?", number)
        if row is None:
            raise InputError(f"this anchor holds no record of {OfficeNumber.from_on_chain(number).text}")
        return int(row["position"])

    def require_same(self, entries: Iterable[AnchorEntry]) -> None:
        """Raises unless this anchor was built of exactly these records, in any order.

        For going on with an anchor after an interruption: whoever comes with other records, or wants a commitment
        where there is a plain digest, must not be told that they are anchored. Salts are drawn anew each time, and so
        not compared. What was anchored is read out of the leaves, so no list of it can be out of date.

        Args:
            entries: The records; consumed once.

        Raises:
            InputError: They differ; `details["what"]` is `records` or `disclosure`, `details["number"]` the first
                number in question.
            VerificationError: The file is damaged.
        """
        met = bytearray(self.leaf_count)
        for entry in entries:
            number, salted = entry.leaf.number, entry.leaf.disclosure == Disclosure.SALTED
            row = self._one(
                "SELECT position, encoded, document_digest FROM leaf WHERE substr(encoded, 1, 32) = ?", number
            )
            if row is None:
                raise self._differs("records", number, "is not in it")
            leaf = self._leaf(row)
            if leaf.filing_date != entry.leaf.filing_date:
                raise self._differs("records", number, "is in it with another filing date")
            if (leaf.disclosure == Disclosure.SALTED) != salted:
                form = "as a plain digest" if salted else "as a salted commitment"
                raise self._differs("disclosure", number, f"is in it {form}")
            held, given = (
                (row["document_digest"], entry.document_digest) if salted else (leaf.digest, entry.leaf.digest)
            )
            if held != given:
                raise self._differs("records", number, "is in it with another document")
            position = row["position"]
            if not 0 <= position < len(met):
                raise self._damaged("leaves")
            if met[position]:
                raise self._differs("records", number, "is given twice")
            met[position] = 1
        if not all(met):
            row = self._one("SELECT encoded FROM leaf WHERE position = ?", met.index(0))
            if row is None:
                raise self._damaged("leaves")
            raise self._differs("records", self._leaf(row).number, "is in it and is not given now")

    def leaves(self) -> Iterator[Leaf]:
        """All leaves in the order of their index."""
        for row in self._rows("SELECT encoded FROM leaf ORDER BY position"):
            yield self._leaf(row)

    def prove(self, number: bytes, *, disclose: bool = True) -> Proof:
        """Cuts the proof of one record; O(log n).

        Args:
            number: The number in its on-chain form, 32 bytes.
            disclose: Whether the proof of a salted leaf carries the document digest and the salt.

        Raises:
            InputError: This anchor has no such number.
            ConfigError: The anchor is not signed.
            VerificationError: The file is damaged: the record does not lead to the root.
        """
        signed = self._signed()
        index = self.position_of(number)
        path = self._path_of(index)
        proof = self._proof(signed, index, path, disclose=disclose)
        if proof.leaf.number != number or root_of_path(leaf_hash(proof.leaf), path) != self.root:
            raise self._damaged("leaves or nodes")
        return proof

    def proofs(self, *, disclose: bool = True) -> Iterator[Proof]:
        """Cuts the proofs of all records, in no particular order; O(n log n).

        Raises:
            ConfigError: The anchor is not signed.
            VerificationError: The file is damaged, see `audit`.
        """
        signed = self._signed()
        for index, path in self.audit().paths():
            yield self._proof(signed, index, path, disclose=disclose)

    def export_proofs(self, path: str | os.PathLike[str], *, disclose: bool = True) -> int:
        """Writes the proofs of all records into one file, one JSON document a line (JSON Lines).

        Args:
            path: The file, which must not be there; readable by its owner only.
            disclose: As for `prove`.

        Returns:
            How many proofs were written.

        Raises:
            ConfigError: The file is there or cannot be written, or the anchor is not signed.
            VerificationError: The anchor's file is damaged.
        """
        try:
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as stream:
                for proof in self.proofs(disclose=disclose):
                    stream.write(proof.to_json(indent=None))
        except OSError as error:
            raise ConfigError(f"cannot write {os.fspath(path)}: {error.strerror}") from error
        return self.leaf_count

    def audit(self) -> MerkleTree:
        """Rebuilds the tree from the stored leaves and compares it with what is stored.

        Returns:
            The tree.

        Raises:
            VerificationError: The file is damaged; `details["what"]` is `leaves`, `openings`, `nodes` or `tables`.
        """
        try:
            encoded = [row["encoded"] for row in self._rows("SELECT encoded FROM leaf ORDER BY position")]
            tree = MerkleTree(encoded)
        except InputError as error:
            raise self._damaged("leaves") from error
        in_order = all(leaf == tree.encoded_leaf(index) for index, leaf in enumerate(encoded))
        if tree.root != self.root or tree.leaf_count != self.leaf_count or not in_order:
            raise self._damaged("leaves")
        if b"".join([row["bytes"] for row in self._rows("SELECT bytes FROM nodes ORDER BY row")]) != b"".join(
            tree.nodes
        ):
            raise self._damaged("nodes")
        for row in self._rows("SELECT * FROM leaf"):
            leaf = self._leaf(row)
            if leaf.disclosure == Disclosure.SALTED:
                self._opening(leaf, row)
        return tree

    def _anchor_row(self) -> Any:
        try:
            row = self._connection.execute("SELECT * FROM anchor").fetchone()
        except sqlite3.DatabaseError as error:
            raise ProofFormatError(f"{self._path} is not an anchor: {error}") from error
        if row is None or row["format"] != STORE_FORMAT:
            raise ProofFormatError(f"{self._path} is not an anchor in the form {STORE_FORMAT}")
        return row

    def _signed(self) -> _Signed:
        row = self._anchor_row()
        if row["signature"] is None:
            raise ConfigError(
                "the anchor is not signed yet", remedy="A proof needs the office's signature on the root."
            )
        recorded_at = row["recorded_at"]
        try:
            signed = _Signed(
                anchor=self.statement_for(row["sequence"]),
                signature=row["signature"],
                signer=row["signer"],
                domain=Domain.application_registry(int(row["chain_id"]), row["contract"]),
                recorded_at=None if recorded_at is None else datetime.fromtimestamp(recorded_at, UTC),
            )
            if signed.found_signer() != signed.signer:
                raise self._damaged("signature")
        except (ValueError, VerificationError) as error:
            raise self._damaged("signature") from error
        return signed

    def _path_of(self, index: int) -> tuple[bytes, ...]:
        node = 2 * self.leaf_count - 2 - index
        path: list[bytes] = []
        rows: dict[int, bytes] = {}
        for _ in range(path_length(self.leaf_count, index)):
            sibling = node + 1 if node & 1 else node - 1
            row, place = divmod(sibling, _NODES_A_ROW)
            if row not in rows:
                found = self._one("SELECT bytes FROM nodes WHERE row = ?", row)
                rows[row] = b"" if found is None else found["bytes"]
            path.append(rows[row][place * 32 : place * 32 + 32])
            node = (node - 1) // 2
        return tuple(path)

    def _proof(self, signed: _Signed, index: int, path: tuple[bytes, ...], *, disclose: bool) -> Proof:
        row = self._one("SELECT * FROM leaf WHERE position = ?", index)
        leaf = self._leaf(row)
        document_digest, salt = None, None
        if disclose and leaf.disclosure == Disclosure.SALTED:
            document_digest, salt = self._opening(leaf, row)
        return Proof(
            leaf=leaf,
            leaf_index=index,
            path=path,
            anchor=signed.anchor,
            signature=signed.signature,
            signer=signed.signer,
            domain=signed.domain,
            document_digest=document_digest,
            salt=salt,
            recorded_at=signed.recorded_at,
        )

    def _leaf(self, row: Any) -> Leaf:
        try:
            return decode_leaf(row["encoded"])
        except InputError as error:
            raise self._damaged("leaves") from error

    def _opening(self, leaf: Leaf, row: Any) -> tuple[bytes, Salt]:
        document_digest: bytes = row["document_digest"] or b""
        try:
            salt = Salt(row["salt"])
            if matches_commitment(leaf.digest, document_digest, salt):
                return document_digest, salt
        except InputError as error:
            raise self._damaged("openings") from error
        raise self._damaged("openings")

    def _rows(self, query: str, *values: object) -> Iterator[Any]:
        try:
            yield from self._connection.execute(query, values)
        except sqlite3.DatabaseError as error:
            raise self._damaged("tables") from error

    def _change(self, statement: str, *values: object) -> int:
        try:
            return self._connection.execute(statement, values).rowcount
        except sqlite3.Error as error:
            raise ConfigError(f"cannot write {self._path}: {error}") from error

    def _one(self, query: str, *values: object) -> Any:
        return next(self._rows(query, *values), None)

    def _differs(self, what: str, number: bytes, how: str) -> InputError:
        text = OfficeNumber.from_on_chain(number).text
        return InputError(
            f"{self._path} is the anchor of something else: {text} {how}; nothing was sent",
            remedy="Choose another folder for other records; to go on with this anchor, give the same records and the"
            " same disclosure (`--commit`) as at first.",
            what=what,
            number=text,
        )

    def _damaged(self, what: str) -> VerificationError:
        return VerificationError(
            f"{self._path} is damaged: its {what} are not those that were anchored",
            remedy="Restore the file from its backup; the root on chain cannot be proved without it.",
            what=what,
        )


@dataclass(frozen=True, slots=True)
class _Signed:
    """What all proofs of one anchor share."""

    anchor: Anchor
    signature: bytes
    signer: str
    domain: Domain
    recorded_at: datetime | None = None

    def found_signer(self) -> str:
        """The address that the signature shows; for a contract wallet the one that it claims."""
        if len(self.signature) == SIGNATURE_SIZE:
            return recover(self.anchor.signing_digest(self.domain), self.signature)
        return split_erc1271_signature(self.signature)[0]


def _write(connection: sqlite3.Connection, office: bytes, tree: MerkleTree, openings: dict[bytes, bytes]) -> None:
    # No journal: the file gets its name only when all is written and synced.
    connection.execute("PRAGMA journal_mode = OFF")
    connection.execute("PRAGMA synchronous = FULL")
    connection.executescript(_SCHEMA)
    connection.execute("BEGIN")
    connection.execute(
        "INSERT INTO anchor (id, format, office, root, leaf_count) VALUES (1, ?, ?, ?, ?)",
        (STORE_FORMAT, office.decode("ascii"), tree.root, tree.leaf_count),
    )
    connection.executemany("INSERT INTO leaf VALUES (?, ?, ?, ?)", _leaf_rows(tree, openings))
    nodes = tree.nodes
    connection.executemany(
        "INSERT INTO nodes VALUES (?, ?)",
        (
            (row, b"".join(nodes[start : start + _NODES_A_ROW]))
            for row, start in enumerate(range(0, len(nodes), _NODES_A_ROW))
        ),
    )
    connection.execute(_NUMBER_INDEX)
    connection.execute("COMMIT")


def _encoded_leaves(office: bytes, entries: Iterable[AnchorEntry], openings: dict[bytes, bytes]) -> Iterator[bytes]:
    """The leaves of the entries; fills `openings`, number to document digest and salt, on the way."""
    for entry in entries:
        leaf = entry.leaf
        if leaf.number[:2] != office:
            text = OfficeNumber.from_on_chain(leaf.number).text
            raise InputError(f"{text} is not a number of {office.decode('ascii')}", number=text)
        if entry.salt is not None and entry.document_digest is not None:
            openings[leaf.number] = entry.document_digest + entry.salt.reveal()
        yield encode_leaf(leaf)


def _leaf_rows(
    tree: MerkleTree, openings: dict[bytes, bytes]
) -> Iterator[tuple[int, bytes, bytes | None, bytes | None]]:
    for index in range(tree.leaf_count):
        encoded = tree.encoded_leaf(index)
        opening = openings.get(encoded[:32])
        if opening is None:
            yield index, encoded, None, None
        else:
            yield index, encoded, opening[:32], opening[32:]


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

"""Proofs cut from the anchors that the server was given.

A proof that leaves the server never opens a commitment: document digest and salt stay with the office that has the
anchor. Not its job: checking proofs (`registrum.proofs.verify`).
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from pathlib import Path

from registrum.errors import ConfigError, InputError, ProofFormatError
from registrum.numbers import OfficeNumber
from registrum.proofs.proof import Proof
from registrum.proofs.store import STORE_NAME, AnchorStore

__all__ = ["ProofShelf"]

_LOG = logging.getLogger("registrum.web")
_MOST_STORES = 10_000


class ProofShelf:
    """Folders that hold anchors, or folders of anchors.

    Args:
        folders: As `registrum anchor create` made them, or folders above.

    Raises:
        ConfigError: No such folder.
    """

    def __init__(self, folders: Iterable[Path]) -> None:
        self._folders = tuple(folder.expanduser().absolute() for folder in folders)
        self._offices: dict[Path, str] = {}
        for folder in self._folders:
            if not folder.is_dir():
                raise ConfigError(
                    f"there is no folder {folder} to cut proofs from", remedy="Name folders of `registrum anchor`."
                )

    @property
    def is_empty(self) -> bool:
        """Whether the server was given none."""
        return not self._folders

    def proof(self, number: OfficeNumber) -> Proof | None:
        """The proof of a number in the newest signed anchor that holds it; None where none does.

        Raises:
            VerificationError: The file of the anchor is damaged.
        """
        found: list[Proof] = []
        for path in self._stores():
            if self._offices.get(path, number.office) != number.office:
                continue
            try:
                with AnchorStore.open(path) as store:
                    self._offices[path] = store.office.decode("ascii")
                    if store.office == number.office.encode("ascii") and store.signature is not None:
                        found.append(store.prove(number.on_chain, disclose=False))
            except InputError as error:
                # Not in this one; or no anchor at all, which whoever runs the server ought to know.
                if isinstance(error, ProofFormatError):
                    _LOG.warning("%s", error.message)
        return max(found, key=lambda proof: (proof.recorded_at is not None, proof.anchor.sequence), default=None)

    def _stores(self) -> Iterable[Path]:
        """The files, looked for anew: anchors are added while the server runs."""
        found: dict[Path, None] = {}
        for folder in self._folders:
            for path in (folder / STORE_NAME, *sorted(folder.glob(f"*/{STORE_NAME}"))):
                if path.is_file() and len(found) < _MOST_STORES:
                    found[path] = None
        return found

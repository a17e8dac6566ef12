"""Keys that sign statements, behind one small protocol.

`KeystoreSigner` opens an encrypted JSON keystore (version 3). `EnvironmentSigner` and `DevelopmentSigner` are for local
chains only and say so: `is_development` is true and their `repr` begins with "development". Whatever holds a key here
shows its address and nothing else in `repr`, `str`, logs and errors, and refuses to be pickled or copied.
Not its job: asking for passwords (the command line does), transactions, remote signers.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, Protocol, runtime_checkable

from registrum.errors import InputError, KeyNotFoundError, PasswordError, SigningError
from registrum.signing.addresses import address_from_public_key, checksum_address, parse_address
from registrum.signing.eip712 import Domain
from registrum.signing.signatures import CURVE_ORDER
from registrum.signing.statements import Statement

if TYPE_CHECKING:
    from coincurve import PrivateKey

__all__ = [
    "DEVELOPMENT_KEY_VARIABLE",
    "DEVELOPMENT_MNEMONIC",
    "DevelopmentSigner",
    "EnvironmentSigner",
    "KeystoreSigner",
    "LocalSigner",
    "Signer",
]

DEVELOPMENT_KEY_VARIABLE = "REGISTRUM_DEVELOPMENT_KEY"
"""Environment variable of `EnvironmentSigner`: a private key, for a local chain only."""

DEVELOPMENT_MNEMONIC = "test test test test test test test test test test test junk"
"""The phrase that Anvil and Hardhat print when they start: its keys are known to everyone."""

_HARDENED = 1 << 31
_ANVIL_PATH = (44 + _HARDENED, 60 + _HARDENED, _HARDENED, 0)
_MAX_KEYSTORE_BYTES = 64 * 1024


@runtime_checkable
class Signer(Protocol):
    """Whatever signs for one address: a key in memory, a remote service, a hardware module."""

    @property
    def address(self) -> str:
        """The address that signs, in EIP-55 form."""

    @property
    def is_development(self) -> bool:
        """Whether the key is known to others or unprotected, so that it may sign on local chains only."""

    def sign_digest(self, digest: bytes) -> bytes:
        """Signs 32 bytes; returns 65 bytes r ‖ s ‖ v with v 27 or 28 and low s."""

    def sign(self, statement: Statement, domain: Domain) -> bytes:
        """Signs a statement for one contract on one chain; the form of `sign_digest`."""


class LocalSigner:
    """A secp256k1 key in the memory of this process.

    Args:
        secret: The private key, 32 bytes.

    Raises:
        SigningError: Not a private key of secp256k1.
    """

    __slots__ = ("_address", "_key")

    _kind = "signer"
    is_development = False

    def __init__(self, secret: bytes) -> None:
        from coincurve import PrivateKey

        # Checked here, because what coincurve would raise shows the value.
        if len(secret) != 32 or not 0 < int.from_bytes(secret, "big") < CURVE_ORDER:
            raise SigningError("not a private key of secp256k1")
        self._key: PrivateKey = PrivateKey(secret)
        self._address = checksum_address(address_from_public_key(self._key.public_key.format(compressed=False)))

    @property
    def address(self) -> str:
        """The address that signs, in EIP-55 form."""
        return self._address

    def sign_digest(self, digest: bytes) -> bytes:
        """Signs 32 bytes.

        Args:
            digest: What to sign, for statements their `signing_digest`; 32 bytes.

        Returns:
            r ‖ s ‖ v, 65 bytes; v is 27 or 28, s is in the lower half, the nonce follows RFC 6979.

        Raises:
            InputError: The digest is not 32 bytes.
        """
        if len(digest) != 32:
            raise InputError(f"a digest to sign has 32 bytes, got {len(digest)}")
        compact = self._key.sign_recoverable(digest, hasher=None)
        # libsecp256k1 normalises s, so the recovery id is 0 or 1 but for r above the order: 1 in 2**127 signatures.
        if compact[64] > 1:
            raise SigningError("the signature has no canonical form; sign again with another statement")
        return compact[:64] + (b"\x1b" if compact[64] == 0 else b"\x1c")

    def sign(self, statement: Statement, domain: Domain) -> bytes:
        """Signs a statement for one contract on one chain.

        Returns:
            The form of `sign_digest`.
        """
        return self.sign_digest(statement.signing_digest(domain))

    def __repr__(self) -> str:
        return f"<{self._kind} {self._address}>"

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise SigningError(
            "a signer cannot be pickled or copied: that would spread its key",
            remedy="Pass on the path of the keystore, or share the signer itself.",
        )


class KeystoreSigner(LocalSigner):
    """A key from an encrypted JSON keystore, version 3 (the format of geth, Clef, MetaMask and others)."""

    __slots__ = ()

    _kind = "keystore signer"

    @classmethod
    def from_file(cls, path: str | os.PathLike[str], password: str) -> KeystoreSigner:
        """Opens a keystore. Slow on purpose (about a second): the format hardens the password.

        Args:
            path: The keystore file.
            password: Its password; where it comes from is the caller's matter.

        Raises:
            KeyNotFoundError: No such file, or no keystore in it.
            PasswordError: The password does not open it.
        """
        file = Path(path)
        try:
            with file.open("rb") as stream:
                text = stream.read(_MAX_KEYSTORE_BYTES + 1)
        except OSError as error:
            raise KeyNotFoundError(
                f"cannot read the keystore {file}: {error.strerror}", remedy="Check the path and its permissions."
            ) from error
        remedy = "Give an encrypted JSON keystore, version 3, as geth or Clef writes it."
        if len(text) > _MAX_KEYSTORE_BYTES:
            raise KeyNotFoundError(f"{file} is too large for a keystore", remedy=remedy)
        # `from None` and fixed texts below: what the libraries raise may carry parts of a key or of the password.
        try:
            document = json.loads(text)
        except ValueError:
            raise KeyNotFoundError(f"{file} is not a JSON document", remedy=remedy) from None
        if not isinstance(document, dict) or not isinstance(document.get("crypto", document.get("Crypto")), dict):
            raise KeyNotFoundError(f"{file} is not a keystore", remedy=remedy)
        signer = cls(_decrypt(document, password, file, remedy))
        stated = document.get("address")
        if isinstance(stated, str) and parse_address(_prefixed(stated)) != parse_address(signer.address):
            raise KeyNotFoundError(
                f"{file} says {stated} but holds the key of {signer.address}",
                remedy="It was mended by hand, or two files were mixed up: take the one that was made for the key.",
            )
        return signer


class EnvironmentSigner(LocalSigner):
    """Development only: a private key in an environment variable, which every process of the account can read."""

    __slots__ = ()

    _kind = "development signer from the environment"
    is_development = True

    @classmethod
    def from_environment(cls, variable: str = DEVELOPMENT_KEY_VARIABLE) -> EnvironmentSigner:
        """Reads the key.

        Args:
            variable: Name of the variable; its value is 64 hexadecimal digits, with or without `0x`.

        Raises:
            KeyNotFoundError: The variable is not set, or its value is not a private key. The value is not shown.
        """
        value = os.environ.get(variable, "").strip()
        if not value:
            raise KeyNotFoundError(
                f"the environment variable {variable} is not set", remedy="Set it, or name a keystore."
            )
        remedy = "A private key is 64 hexadecimal digits. Use this for local chains only."
        digits = value.removeprefix("0x")
        if len(digits) != 64 or not all(c in "0123456789abcdefABCDEF" for c in digits):
            raise KeyNotFoundError(f"{variable} does not hold a private key", remedy=remedy)
        try:
            return cls(bytes.fromhex(digits))
        except SigningError:
            raise KeyNotFoundError(f"{variable} does not hold a private key", remedy=remedy) from None


class DevelopmentSigner(LocalSigner):
    """Development only: an account of the phrase that Anvil and Hardhat print, known to everyone."""

    __slots__ = ()

    _kind = "development signer"
    is_development = True

    @classmethod
    def account(cls, index: int, mnemonic: str = DEVELOPMENT_MNEMONIC) -> DevelopmentSigner:
        """One account of a development phrase.

        Args:
            index: Position on the path `m/44'/60'/0'/0/index`; Anvil funds 0 to 9 unless told otherwise.
            mnemonic: The phrase, used as it stands: its check word is not verified.

        Raises:
            InputError: The index is negative or 2**31 or more.
        """
        if not 0 <= index < _HARDENED:
            raise InputError(f"not an account index: {index}")
        return cls(_derive(mnemonic, (*_ANVIL_PATH, index)))


def _prefixed(address: str) -> str:
    return address if address.startswith("0x") else "0x" + address


def _decrypt(document: dict[str, object], password: str, file: Path, remedy: str) -> bytes:
    from eth_keyfile.keyfile import decode_keyfile_json

    # Bytes, whatever its annotation says: a str would be turned into Latin-1, and geth and others use UTF-8.
    secret: Any = password.encode("utf-8")
    try:
        return bytes(decode_keyfile_json(document, secret))
    except ValueError as error:
        if "MAC mismatch" in str(error):
            raise PasswordError(
                f"the password does not open the keystore {file}",
                remedy="Check that password and file belong together.",
            ) from None
        raise KeyNotFoundError(f"{file} is not a keystore that can be opened", remedy=remedy) from None
    except (KeyError, TypeError, NotImplementedError, AttributeError):
        raise KeyNotFoundError(f"{file} is not a keystore that can be opened", remedy=remedy) from None


def _derive(mnemonic: str, path: tuple[int, ...]) -> bytes:
    """Private key of a path below a phrase: BIP-39 for the seed, BIP-32 for the steps."""
    from coincurve import PrivateKey

    seed = hashlib.pbkdf2_hmac("sha512", mnemonic.encode("utf-8"), b"mnemonic", 2048)
    node = hmac.digest(b"Bitcoin seed", seed, "sha512")
    for step in path:
        secret, chain_code = node[:32], node[32:]
        data = b"\0" + secret if step >= _HARDENED else PrivateKey(secret).public_key.format()
        child = hmac.digest(chain_code, data + step.to_bytes(4, "big"), "sha512")
        key = (int.from_bytes(child[:32], "big") + int.from_bytes(secret, "big")) % CURVE_ORDER
        node = key.to_bytes(32, "big") + child[32:]
    return node[:32]

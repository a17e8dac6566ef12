"""From options to a connected `Registry` with the right key, sender and outbox.

Which account sends: the one of `--sender`, else the key that signs. On a local chain of `registrum devnet` a sample
account pays for what offices sign, so that a key of one's own needs no funds there; what only a seat may do is sent by
the seat itself. Not its job: which values count (`registrum.settings`).
"""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from registrum.errors import ConfigError, PasswordError

if TYPE_CHECKING:
    from registrum.chain.outbox import Outbox
    from registrum.deployment import Manifest
    from registrum.registry import Registry
    from registrum.settings import Settings
    from registrum.signing.signers import Signer

__all__ = ["Access"]

_MAX_PASSWORD_BYTES = 4096
_PASSWORD_FILE = f"Its first line is the password, in UTF-8; it has up to {_MAX_PASSWORD_BYTES} bytes."


class Access:
    """The options of one command, and what they open.

    Args:
        rpc: As given by the option of this name; so the others.
        manifest: See `registrum.settings`.
        key: See `registrum.settings`.
        password_file: File with the password of the keystore.
        sender: Key of the account that sends.
        timeout_s: Seconds to wait for the end of an operation.
        index: Database of the index.
    """

    def __init__(
        self,
        rpc: str | None = None,
        manifest: Path | None = None,
        key: str | None = None,
        password_file: Path | None = None,
        sender: str | None = None,
        timeout_s: float = 60.0,
        index: str | None = None,
    ) -> None:
        from registrum.settings import load

        self.settings: Settings = load(rpc, manifest, key, index=index)
        self._password_file = password_file or _path(os.environ.get("REGISTRUM_PASSWORD_FILE"))
        self._sender = sender or os.environ.get("REGISTRUM_SENDER") or None
        self._timeout_s = timeout_s
        self._opened: dict[tuple[str | None, bool], Signer] = {}
        if password_file is not None:
            # An option comes before the environment, which the library would ask first.
            os.environ.pop("REGISTRUM_KEY_PASSWORD", None)

    def read(self) -> Registry:
        """Connect to read only."""
        from registrum.chain.profile import Finality
        from registrum.registry import Registry

        settings = self.settings
        finality = Finality.parse(settings.finality)
        return Registry.connect(settings.require_rpc(), settings.require_manifest(), finality=finality)

    def write(self, office: str | None, *, seat: bool = False) -> Registry:
        """Connect to record what an office signs.

        Args:
            office: The office for which is signed.
            seat: Its seat acts, and sends.
        """
        from registrum.chain.profile import Finality
        from registrum.registry import Registry

        settings = self.settings
        rpc, manifest = settings.require_rpc(), self.manifest()
        signer = self.signer(office, seat=seat)
        return Registry.connect(
            rpc,
            manifest,
            signer=signer,
            sender=signer if seat and self._sender is None else self.paying(signer),
            outbox=self.outbox(manifest),
            finality=Finality.parse(settings.finality),
            deadline_s=self._timeout_s,
        )

    def relay(self) -> Registry:
        """Connect to send what anyone may send."""
        from registrum.chain.profile import Finality
        from registrum.registry import Registry

        settings = self.settings
        rpc, manifest = settings.require_rpc(), self.manifest()
        return Registry.connect(
            rpc,
            manifest,
            sender=self.paying(None),
            outbox=self.outbox(manifest),
            finality=Finality.parse(settings.finality),
            deadline_s=self._timeout_s,
        )

    def manifest(self) -> Manifest:
        """The deployment."""
        from registrum.deployment import Manifest

        return Manifest.load(self.settings.require_manifest())

    def signer(self, office: str | None, *, seat: bool = False) -> Signer:
        """The key that signs for an office, opened once."""
        key = (office, seat)
        if key not in self._opened:
            self._opened[key] = self.settings.signer(office, seat=seat, password=self._password)
        return self._opened[key]

    def outbox(self, manifest: Manifest) -> Outbox:
        """The outbox of the settings, else the user's own for this chain."""
        from registrum.chain.outbox import Outbox

        path = self.outbox_path(manifest)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigError(
                f"the folder {path.parent} cannot be used: {error.strerror}",
                remedy="Name a file that can be written by REGISTRUM_OUTBOX.",
            ) from error
        return Outbox(path)

    def outbox_path(self, manifest: Manifest) -> Path:
        """Where that lies. Local chains share an id and begin anew, so the genesis hash is in the name."""
        if self.settings.outbox is not None:
            return self.settings.outbox
        from platformdirs import user_state_path

        name = f"{manifest.chain_id}-{manifest.genesis_hash.hex()[:16]}.sqlite"
        return user_state_path("registrum", appauthor=False) / "outbox" / name

    def index_database(self) -> str:
        """Where the index of the deployment is: a file or a URL."""
        manifest = self.manifest()
        return self.settings.index_database(manifest.chain_id, manifest.genesis_hash)

    def paying(self, signer: Signer | None) -> Signer:
        """The account that sends what an office signs.

        Args:
            signer: The key that signs, if it is open already.
        """
        if self._sender is not None:
            settings = replace(self.settings, key=self._sender, keys={}, sources={"key": "--sender"})
            return settings.signer(password=self._password)
        if self.is_local():
            from registrum.development import ACCOUNTS
            from registrum.signing.signers import DevelopmentSigner

            return DevelopmentSigner.account(ACCOUNTS - 1)
        return signer or self.signer(None)

    def is_local(self) -> bool:
        """Whether this is a local chain with sample keys."""
        from registrum.settings import is_loopback

        return self.settings.development_keys and is_loopback(self.settings.rpc or "")

    def _password(self, keystore: Path) -> str:
        if self._password_file is not None:
            return _first_line(self._password_file)
        if not sys.stdin.isatty():
            raise PasswordError(
                f"the keystore {keystore} needs a password, and there is no terminal to ask for it",
                remedy="Name a file that holds it by --password-file or REGISTRUM_PASSWORD_FILE.",
            )
        import getpass

        return getpass.getpass(f"Password of {keystore}: ", stream=sys.stderr)


def _path(text: str | None) -> Path | None:
    return Path(text).expanduser() if text else None


def _first_line(file: Path) -> str:
    try:
        with file.expanduser().open("rb") as stream:
            content = stream.read(_MAX_PASSWORD_BYTES + 1)
        line = content.splitlines()[0].decode("utf-8") if content else ""
    except OSError as error:
        raise PasswordError(
            f"the password file {file} cannot be read: {error.strerror}", remedy="Check the path and its permissions."
        ) from error
    except UnicodeDecodeError:
        raise PasswordError(f"the password file {file} is not text in UTF-8", remedy=_PASSWORD_FILE) from None
    if not line or len(content) > _MAX_PASSWORD_BYTES:
        raise PasswordError(f"the password file {file} holds no password in its first line", remedy=_PASSWORD_FILE)
    return line

"""Where the node, the manifest and the keys are: option over environment over profile.

| option      | environment           | profile      |                                                                |
|-------------|-----------------------|--------------|----------------------------------------------------------------|
| `rpc`       | `REGISTRUM_RPC`       | `rpc`        | JSON-RPC address of the node                                   |
| `manifest`  | `REGISTRUM_MANIFEST`  | `manifest`   | manifest of the deployment                                     |
| `key`       | `REGISTRUM_KEY`       | `key`        | key that signs, see below                                      |
|             |                       | `[keys]`     | the same by office: `EM = "em.json"`                           |
|             |                       | `development_keys` | sign with the sample key of the office (local chains)    |
| `finality`  | `REGISTRUM_FINALITY`  | `finality`   | `instant`, `depth:N`, `safe` or `finalized`                    |
| `outbox`    | `REGISTRUM_OUTBOX`    | `outbox`     | file of what is to be sent                                     |
| `index`     | `REGISTRUM_INDEX`     | `index`      | database of the index: a file, or `postgresql://...`           |

A key is the path of an encrypted keystore, whose password is `REGISTRUM_KEY_PASSWORD` or asked for; or, for a node on
this machine alone, `env:NAME` (a private key in that environment variable) or `development:EM` (the sample key of an
office).

The profile is the TOML file that `REGISTRUM_PROFILE` names; else `profile.toml` in the user's configuration folder
(`~/.config/registrum` on Linux); else the one that a running `registrum devnet` wrote. Paths in it are relative to it.

Not its job: asking people for passwords, or whether the node is the right one (`registrum.deployment.verify`).
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from registrum.errors import ConfigError, KeyNotFoundError, PasswordError

if TYPE_CHECKING:
    from registrum.signing.signers import Signer

__all__ = ["Settings", "devnet_directory", "find_profile", "is_loopback", "load"]

PROFILE_NAME = "profile.toml"
_MAX_PROFILE_BYTES = 64 * 1024
_PROFILE = 'A profile has lines such as rpc = "http://127.0.0.1:8545", and under [keys] such as EM = "em.json".'
_TEXTS = ("rpc", "manifest", "key", "finality", "outbox", "index")
_PATHS = ("manifest", "outbox")
_NEARLY_A_KEY = re.compile(r"(0[xX])?[0-9a-fA-F]{60,70}")
_PASSWORD = "REGISTRUM_KEY_PASSWORD"  # noqa: S105 - the name of a variable


@dataclass(frozen=True)
class Settings:
    """What was found, and where.

    Attributes:
        rpc: Address of the node, if any was given.
        manifest: The manifest file, if any was given.
        key: The key for whatever is signed, if any was given.
        keys: Keys by office code; an option or the environment comes before them.
        development_keys: Whether offices without a key sign with their sample key.
        finality: When a block counts as final; text for `Finality.parse`.
        outbox: File of what is to be sent; None leaves it to the caller.
        index: Database of the index, a file or a URL, if any was given; see `index_database`.
        profile: The profile that was read, if there is one.
        sources: Where each value came from, by name, for people.
    """

    rpc: str | None = None
    manifest: Path | None = None
    key: str | None = field(default=None, repr=False)
    keys: Mapping[str, str] = field(default_factory=dict, repr=False)
    development_keys: bool = False
    finality: str = "instant"
    outbox: Path | None = None
    index: str | None = field(default=None, repr=False)
    profile: Path | None = None
    sources: Mapping[str, str] = field(default_factory=dict)

    def require_rpc(self) -> str:
        """Address of the node.

        Raises:
            ConfigError: None was given.
        """
        if self.rpc is None:
            raise ConfigError(
                "no node was named",
                remedy="Give --rpc, set REGISTRUM_RPC or write a profile; `registrum devnet --detach` starts a chain.",
            )
        return self.rpc

    def require_manifest(self) -> Path:
        """The manifest file; whether it exists is for the reader to see.

        Raises:
            ConfigError: None was given.
        """
        if self.manifest is None:
            raise ConfigError(
                "no manifest was named", remedy="Give --manifest, set REGISTRUM_MANIFEST or write a profile."
            )
        return self.manifest

    def index_database(self, chain_id: int, genesis_hash: bytes) -> str:
        """Database of the index: as it was given, else a file among the user's state files, one for each chain.

        With the profile of a local chain it is beside that chain's files. Local chains share an id and begin anew, so
        block 0 is in the name.

        Args:
            chain_id: EIP-155 chain id.
            genesis_hash: Hash of block 0.
        """
        if self.index is not None:
            return self.index
        name = f"{chain_id}-{genesis_hash.hex()[:16]}.sqlite"
        devnet = devnet_directory()
        if self.profile is not None and self.profile.parent == devnet:
            return str(devnet / f"index-{name}")
        from platformdirs import user_state_path

        return str(user_state_path("registrum", appauthor=False) / "index" / name)

    def signer(
        self, office: str | None = None, *, seat: bool = False, password: Callable[[Path], str] | None = None
    ) -> Signer:
        """Open the key that signs.

        Args:
            office: Office for which it signs; None where no office is involved.
            seat: The office's seat is needed (keys, calendars), not a signing key. It makes a difference with
                development keys only: a key that is named is taken as it is.
            password: Asks for the password of a keystore, where the environment does not hold it.

        Raises:
            KeyNotFoundError: No key was given for this, or there is none where it was said to be.
            PasswordError: The keystore does not open, or no password was given.
            ConfigError: An unprotected key (`env:`, `development:`), and a node that is not on this machine.
        """
        named = self.key
        if named is None or self.sources.get("key") == str(self.profile):
            # Within one profile the key of the office is the more exact word.
            named = self.keys.get(office or "", named)
        if named is not None:
            return self._open(named, seat, password)
        if self.development_keys and office is not None:
            return self._development(office, seat)
        raise KeyNotFoundError(
            "no key was named" + (f" for {office}" if office else ""),
            remedy="Give --key, set REGISTRUM_KEY, or name keys in the profile.",
        )

    def _open(self, named: str, seat: bool, password: Callable[[Path], str] | None) -> Signer:
        from registrum.signing.signers import EnvironmentSigner, KeystoreSigner

        kind, separator, rest = named.partition(":")
        if separator and kind == "env":
            self._require_loopback("a private key in an environment variable is for local chains; it does not sign")
            return EnvironmentSigner.from_environment(rest)
        if separator and kind == "development":
            return self._development(rest, seat)
        if _looks_like_a_secret(named):
            raise KeyNotFoundError(
                "a private key itself was given as the key; it is now in the history of the shell",
                remedy="Put it into an encrypted keystore, or on a local chain into a variable: --key env:NAME.",
            )
        file = Path(named).expanduser()
        secret = os.environ.get(_PASSWORD)
        if secret is None and not file.is_file():
            raise KeyNotFoundError(f"there is no keystore {file}", remedy="Name an encrypted keystore file by --key.")
        if secret is None:
            if password is None:
                raise PasswordError(f"the keystore {file} needs a password", remedy=f"Set {_PASSWORD}.")
            secret = password(file)
        return KeystoreSigner.from_file(file, secret)

    def _development(self, office: str, seat: bool) -> Signer:
        from registrum.development import development_office

        self._require_loopback("development keys are known to everyone; they do not sign")
        member = development_office(office)
        return member.seat() if seat else member.signing_key()

    def _require_loopback(self, why: str) -> None:
        if self.rpc is not None and not is_loopback(self.rpc):
            raise ConfigError(
                f"{why} for the node on {_host(self.rpc) or 'another machine'}",
                remedy="Name an encrypted keystore by --key (or --sender); the profile names them by office.",
            )


def load(
    rpc: str | None = None,
    manifest: Path | str | None = None,
    key: str | None = None,
    *,
    finality: str | None = None,
    outbox: Path | str | None = None,
    index: str | None = None,
) -> Settings:
    """Bring options, environment and profile together.

    An empty text counts as not given.

    Args:
        rpc: The option of this name; so the others.
        manifest: See the module.
        key: See the module.
        finality: See the module.
        outbox: See the module.
        index: See the module.

    Raises:
        ConfigError: The profile cannot be read, or says what is not understood.
    """
    file = find_profile()
    profile = {} if file is None else _read(file)
    options = {"rpc": rpc, "manifest": manifest, "key": key, "finality": finality, "outbox": outbox}
    options["index"] = index
    values: dict[str, str] = {}
    sources: dict[str, str] = {}
    for name in _TEXTS:
        variable = f"REGISTRUM_{name.upper()}"
        candidates = (
            (f"--{name}", options[name]),
            (variable, os.environ.get(variable)),
            (str(file), profile.get(name)),
        )
        for source, value in candidates:
            if value is not None and str(value):
                values[name], sources[name] = str(value), source
                break
    paths = {name: Path(values[name]).expanduser() for name in _PATHS if name in values}
    return Settings(
        rpc=values.get("rpc"),
        manifest=paths.get("manifest"),
        key=values.get("key"),
        keys=profile.get("keys", {}),
        development_keys=profile.get("development_keys", False),
        finality=values.get("finality", "instant"),
        outbox=paths.get("outbox"),
        index=values.get("index"),
        profile=file,
        sources=sources,
    )


def is_loopback(url: str) -> bool:
    """Whether an address is on this machine: `localhost`, `::1` or one of 127.0.0.0/8. No name is looked up."""
    from ipaddress import ip_address

    host = _host(url)
    if host is None or host == "localhost":
        return host is not None
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def find_profile() -> Path | None:
    """The profile that counts, None if there is none.

    Raises:
        ConfigError: `REGISTRUM_PROFILE` names a file that does not exist.
    """
    named = os.environ.get("REGISTRUM_PROFILE")
    if named:
        file = Path(named).expanduser()
        if not file.is_file():
            raise ConfigError(f"REGISTRUM_PROFILE names {file}, which is no file", remedy="Correct or unset it.")
        return file
    from platformdirs import user_config_path

    candidates = (user_config_path("registrum", appauthor=False) / PROFILE_NAME, devnet_directory() / PROFILE_NAME)
    return next((file for file in candidates if file.is_file()), None)


def devnet_directory() -> Path:
    """Where the local chain keeps its files: `REGISTRUM_DEVNET_DIR`, else a folder among the user's state files."""
    named = os.environ.get("REGISTRUM_DEVNET_DIR")
    if named:
        return Path(named).expanduser().absolute()
    from platformdirs import user_state_path

    return user_state_path("registrum", appauthor=False) / "devnet"


def _read(file: Path) -> dict[str, Any]:
    """A profile with its paths made absolute.

    Raises:
        ConfigError: It cannot be read, or has members that are unknown or of a wrong type.
    """
    import tomllib

    try:
        with file.open("rb") as stream:
            raw = stream.read(_MAX_PROFILE_BYTES + 1)
        if len(raw) > _MAX_PROFILE_BYTES:
            raise ConfigError(f"the profile {file} has more than {_MAX_PROFILE_BYTES} bytes", remedy=_PROFILE)
        profile = tomllib.loads(raw.decode("utf-8"))
    except OSError as error:
        raise ConfigError(
            f"the profile {file} cannot be read: {error.strerror}", remedy="Check its permissions."
        ) from error
    except ValueError as error:
        raise ConfigError(f"the profile {file} is not TOML: {error}", remedy=_PROFILE) from None
    known = (*_TEXTS, "keys", "development_keys")
    unknown = sorted(profile.keys() - set(known))
    if unknown:
        raise ConfigError(
            f"the profile {file} has unknown members: {', '.join(unknown)}", remedy=f"Known are {', '.join(known)}."
        )
    for name in _TEXTS:
        if not isinstance(profile.get(name, ""), str):
            raise ConfigError(f"the profile {file}: {name} is not a text", remedy="Put it between quotation marks.")
    if not isinstance(profile.get("development_keys", False), bool):
        raise ConfigError(
            f"the profile {file}: development_keys is neither true nor false", remedy="Write one of them."
        )
    keys = profile.get("keys", {})
    if not isinstance(keys, dict) or not all(isinstance(value, str) for value in keys.values()):
        raise ConfigError(f"the profile {file}: [keys] does not hold a text for each office", remedy=_PROFILE)
    for name in _PATHS:
        if profile.get(name):
            profile[name] = _beside(file, profile[name])
    if profile.get("index") and "://" not in profile["index"]:
        profile["index"] = _beside(file, profile["index"])
    if profile.get("key"):
        profile["key"] = _key_beside(file, profile["key"])
    profile["keys"] = {office: _key_beside(file, value) for office, value in keys.items()}
    return profile


def _host(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


def _beside(file: Path, path: str) -> str:
    return str(file.absolute().parent / Path(path).expanduser())


def _key_beside(file: Path, key: str) -> str:
    if key.startswith(("env:", "development:")) or _looks_like_a_secret(key):
        return key
    return _beside(file, key)


def _looks_like_a_secret(key: str) -> bool:
    # Also what was cut off or doubled at an end: most of a key is as secret as the key.
    return _NEARLY_A_KEY.fullmatch(key.strip()) is not None

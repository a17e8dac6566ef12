"""Where settings come from: every place, their order, and what is refused."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from registrum import settings
from registrum.development import DEVELOPMENT_OFFICES, deployer_signer, development_office
from registrum.errors import ConfigError, KeyNotFoundError, PasswordError
from registrum.settings import load
from registrum.signing.signers import DevelopmentSigner

SECRET = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"
SECRET_ADDRESS = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"
LOCAL = "http://127.0.0.1:8545"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An account without any settings of its own."""
    for name in list(os.environ):
        if name.startswith("REGISTRUM_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def profile(monkeypatch: pytest.MonkeyPatch, file: Path, text: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    monkeypatch.setenv("REGISTRUM_PROFILE", str(file))
    return file


def keystore(file: Path, password: str) -> Path:
    from eth_keyfile import create_keyfile_json

    document = create_keyfile_json(bytes.fromhex(SECRET), password.encode(), iterations=2, kdf="pbkdf2")
    file.write_text(json.dumps(document))
    return file


def test_nothing_given() -> None:
    found = load()
    assert (found.rpc, found.manifest, found.key, found.outbox, found.profile) == (None,) * 5
    assert found.finality == "instant"
    with pytest.raises(ConfigError, match="no node was named") as caught:
        found.require_rpc()
    assert "REGISTRUM_RPC" in caught.value.remedy
    with pytest.raises(ConfigError, match="no manifest was named"):
        found.require_manifest()
    with pytest.raises(KeyNotFoundError, match="no key was named for EM"):
        found.signer("EM")
    with pytest.raises(KeyNotFoundError, match="no key was named"):
        found.signer()


@pytest.mark.parametrize("name", ["rpc", "manifest", "key", "finality", "outbox"])
def test_option_over_environment_over_profile(home: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    file = profile(monkeypatch, home / "profile.toml", f'{name} = "/from/profile"\n')
    from_profile = load()
    assert (str(getattr(from_profile, name)), from_profile.sources[name]) == ("/from/profile", str(file))
    monkeypatch.setenv(f"REGISTRUM_{name.upper()}", "/from/environment")
    from_environment = load()
    assert str(getattr(from_environment, name)) == "/from/environment"
    assert from_environment.sources[name] == f"REGISTRUM_{name.upper()}"
    given: dict[str, Any] = {name: "/from/option"}
    from_option = load(**given)
    assert (str(getattr(from_option, name)), from_option.sources[name]) == ("/from/option", f"--{name}")
    given = {name: ""}
    assert str(getattr(load(**given), name)) == "/from/environment"


def test_profile_is_sought_in_order(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    devnet = settings.devnet_directory() / "profile.toml"
    devnet.parent.mkdir(parents=True)
    devnet.write_text('rpc = "http://devnet"\n')
    assert load().rpc == "http://devnet"
    usual = home / ("Library/Application Support" if sys.platform == "darwin" else "config") / "registrum"
    usual.mkdir(parents=True)
    (usual / "profile.toml").write_text('rpc = "http://usual"\n')
    assert load().rpc == "http://usual"
    profile(monkeypatch, home / "own.toml", 'rpc = "http://named"\n')
    assert load().rpc == "http://named"


def test_paths_in_a_profile_are_relative_to_it(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = 'manifest = "deployments/5.json"\noutbox = "~/out.sqlite"\nkey = "one.json"\n[keys]\nEM = "em.json"\n'
    text += 'US = "env:US_KEY"\nJP = "development:JP"\n'
    profile(monkeypatch, home / "office" / "profile.toml", text)
    found = load()
    assert found.manifest == found.require_manifest() == home / "office" / "deployments" / "5.json"
    assert found.outbox == home / "out.sqlite"
    assert found.key == str(home / "office" / "one.json")
    assert found.keys == {"EM": str(home / "office" / "em.json"), "US": "env:US_KEY", "JP": "development:JP"}
    assert load(manifest="here.json").manifest == Path("here.json")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("rpc = ", "is not TOML"),
        ('rpc = "a"\nrpc = "b"', "is not TOML"),
        ("rpc = 8545", "rpc is not a text"),
        ('rcp = "http://x"', "unknown members: rcp"),
        ('development_keys = "yes"', "neither true nor false"),
        ('keys = "x"', r"\[keys\] does not hold"),
        ("[keys]\nEM = 1", r"\[keys\] does not hold"),
        ("#" * 70_000, "more than 65536 bytes"),
    ],
)
def test_bad_profiles(home: Path, monkeypatch: pytest.MonkeyPatch, text: str, message: str) -> None:
    file = profile(monkeypatch, home / "profile.toml", text)
    with pytest.raises(ConfigError, match=message) as caught:
        load()
    assert str(file) in caught.value.message
    assert caught.value.remedy


def test_profile_with_bytes_that_are_no_text(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    profile(monkeypatch, home / "profile.toml", "").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="is not TOML"):
        load()


def test_named_profile_that_is_not_there(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGISTRUM_PROFILE", str(home / "none.toml"))
    with pytest.raises(ConfigError, match="REGISTRUM_PROFILE names"):
        load()


def test_development_keys_follow_the_office(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    profile(monkeypatch, home / "profile.toml", f'rpc = "{LOCAL}"\ndevelopment_keys = true\n')
    addresses = set()
    for code, office in DEVELOPMENT_OFFICES.items():
        key, seat = load().signer(code), load().signer(code, seat=True)
        assert key.is_development
        assert (key.address, seat.address) == (office.signing_key().address, office.seat().address)
        addresses |= {key.address, seat.address}
    assert len(addresses | {deployer_signer().address}) == 2 * len(DEVELOPMENT_OFFICES) + 1
    with pytest.raises(KeyNotFoundError, match="no development key for FR") as caught:
        load().signer("FR")
    assert "AU, EM, JP, RU, US, WO" in caught.value.remedy
    with pytest.raises(KeyNotFoundError, match="no key was named"):
        load().signer()


def test_key_that_is_named_comes_before_development_keys(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = f'rpc = "{LOCAL}"\ndevelopment_keys = true\n[keys]\nJP = "development:US"\n'
    profile(monkeypatch, home / "profile.toml", text)
    monkeypatch.setenv("OFFICE_KEY", SECRET)
    assert load(key="env:OFFICE_KEY").signer("EM").address == SECRET_ADDRESS
    assert load(key="env:OFFICE_KEY").signer("JP").address == SECRET_ADDRESS
    assert load().signer("JP").address == development_office("US").signing_key().address
    assert load(key="development:RU").signer("EM", seat=True).address == development_office("RU").seat().address


def test_key_of_the_office_comes_before_the_general_one_of_the_same_profile(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    profile(monkeypatch, home / "profile.toml", 'key = "development:AU"\n[keys]\nEM = "development:EM"\n')
    assert load().signer("EM").address == development_office("EM").signing_key().address
    assert load().signer("JP").address == load().signer().address == development_office("AU").signing_key().address
    monkeypatch.setenv("REGISTRUM_KEY", "development:US")
    assert load().signer("EM").address == development_office("US").signing_key().address


@pytest.mark.parametrize(
    "host", ["node.example:8545", "10.0.0.1", "192.0.2.1:1", "127.0.0.1.example", "[2001:db8::1]:8545", "128.0.0.1"]
)
def test_unprotected_keys_do_not_sign_for_other_machines(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    with pytest.raises(ConfigError, match="known to everyone"):
        load(rpc=f"http://{host}", key="development:EM").signer("EM")
    monkeypatch.setenv("OFFICE_KEY", SECRET)
    with pytest.raises(ConfigError, match="for local chains") as caught:
        load(rpc=f"http://{host}", key="env:OFFICE_KEY").signer("EM")
    assert str(urlsplit(f"http://{host}").hostname) in caught.value.message
    assert "keystore" in caught.value.remedy


def test_address_that_cannot_be_read_is_not_on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OFFICE_KEY", SECRET)
    for address in ("http://[::1", "127.0.0.1:8545", "http://"):
        assert not settings.is_loopback(address)
        with pytest.raises(ConfigError, match="on another machine"):
            load(rpc=address, key="env:OFFICE_KEY").signer("EM")


@pytest.mark.parametrize("host", ["127.0.0.1:8545", "127.8.7.6:8545", "localhost:8545", "LOCALHOST", "[::1]:8545"])
def test_unprotected_keys_sign_for_this_machine(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    assert isinstance(load(rpc=f"http://{host}", key="development:EM").signer("EM"), DevelopmentSigner)
    monkeypatch.setenv("OFFICE_KEY", SECRET)
    assert load(rpc=f"http://{host}", key="env:OFFICE_KEY").signer("EM").address == SECRET_ADDRESS


def test_keystore_with_the_password_from_the_environment(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keystore(home / "key.json", "pä")
    monkeypatch.setenv("REGISTRUM_KEY_PASSWORD", "pä")
    signer = load(key="key.json").signer("EM")
    assert (signer.address, signer.is_development) == (SECRET_ADDRESS, False)
    monkeypatch.setenv("REGISTRUM_KEY_PASSWORD", "wrong")
    with pytest.raises(PasswordError):
        load(key="~/key.json").signer("EM")


def test_keystore_with_the_password_asked_for(home: Path) -> None:
    asked = []

    def ask(file: Path) -> str:
        asked.append(file.name)
        return "secret"

    keystore(home / "key.json", "secret")
    assert load(key="key.json").signer("EM", password=ask).address == SECRET_ADDRESS
    assert asked == ["key.json"]
    with pytest.raises(PasswordError, match="needs a password") as caught:
        load(key="key.json").signer("EM")
    assert "REGISTRUM_KEY_PASSWORD" in caught.value.remedy


def test_keystore_that_is_not_there_is_not_asked_for() -> None:
    def ask(file: Path) -> str:
        raise AssertionError(file)

    with pytest.raises(KeyNotFoundError, match=r"there is no keystore none\.json"):
        load(key="none.json").signer("EM", password=ask)


@pytest.mark.parametrize("text", [SECRET, "0x" + SECRET, "0x" + SECRET.upper()])
def test_bare_private_key_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(KeyNotFoundError) as caught:
        load(key=text).signer("EM")
    assert SECRET not in caught.value.diagnostics().lower()
    assert SECRET not in repr(load(key=text)).lower()


def test_variable_that_is_not_set() -> None:
    with pytest.raises(KeyNotFoundError, match="NO_SUCH_VARIABLE is not set"):
        load(key="env:NO_SUCH_VARIABLE").signer("EM")


def test_import_is_light() -> None:
    """Offline commands import settings; the chain and the keys come when they are asked for."""
    code = "import sys, registrum.settings; sys.exit(' '.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    loaded = set(done.stderr.split())
    assert "registrum.settings" in loaded
    assert not loaded & {"http.client", "coincurve", "platformdirs", "registrum.chain.rpc", "registrum.devnet"}

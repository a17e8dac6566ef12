"""Signers sign canonically, recovery takes nothing else, and no secret leaves a signer."""

from __future__ import annotations

import contextlib
import copy
import json
import logging
import os
import pickle
import subprocess
import sys
import traceback
from pathlib import Path
from typing import Any

import pytest
from eth_account import Account
from eth_utils import to_checksum_address
from hypothesis import given, settings
from hypothesis import strategies as st

from registrum.errors import InputError, KeyNotFoundError, PasswordError, SigningError, VerificationError
from registrum.signing.addresses import checksum_address, parse_address
from registrum.signing.eip712 import Domain
from registrum.signing.signatures import (
    CURVE_ORDER,
    erc1271_signature,
    recover,
    recover_raw,
    split_erc1271_signature,
)
from registrum.signing.signers import (
    DEVELOPMENT_MNEMONIC,
    DevelopmentSigner,
    EnvironmentSigner,
    KeystoreSigner,
    LocalSigner,
    Signer,
)
from registrum.signing.statements import Withdrawal

CANARY = bytes.fromhex("c0ffee" * 10 + "beef")
PASSWORD = "canary-password-Zx81"
STATEMENT = Withdrawal(b"EMT018660437".ljust(32, b"\0"), 1)
DOMAIN = Domain.application_registry(31337, "0x5FbDB2315678afecb367f032d93F642f64180aa3")
DIGEST = STATEMENT.signing_digest(DOMAIN)

secrets_ = st.integers(1, CURVE_ORDER - 1).map(lambda n: n.to_bytes(32, "big"))


@pytest.fixture(scope="module")
def keystore(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from eth_keyfile import create_keyfile_json

    path = tmp_path_factory.mktemp("keys") / "office.json"
    path.write_text(json.dumps(create_keyfile_json(CANARY, PASSWORD.encode(), kdf="pbkdf2", iterations=1000)))
    return path


# -- signing and recovery -------------------------------------------------------------------------------------------


@given(secrets_, st.binary(min_size=32, max_size=32))
@settings(max_examples=50)
def test_signature_equals_that_of_eth_account(secret: bytes, digest: bytes) -> None:
    signer = LocalSigner(secret)
    account = Account.from_key(secret)
    signature = signer.sign_digest(digest)
    assert signer.address == account.address
    assert signature == bytes(account.unsafe_sign_hash(digest).signature)
    assert recover(digest, signature) == signer.address


def test_sign_signs_the_digest_of_the_statement_in_its_domain() -> None:
    signature = LocalSigner(CANARY).sign(STATEMENT, DOMAIN)
    assert signature == LocalSigner(CANARY).sign_digest(DIGEST)
    assert signature == bytes(Account.sign_typed_data(CANARY, full_message=STATEMENT.typed_data(DOMAIN)).signature)


def test_all_signers_keep_to_the_protocol() -> None:
    signer: Signer = DevelopmentSigner.account(0)
    assert isinstance(signer, Signer)
    assert not LocalSigner(CANARY).is_development
    assert signer.is_development


def test_only_32_bytes_are_signed() -> None:
    with pytest.raises(InputError, match="32 bytes"):
        LocalSigner(CANARY).sign_digest(b"short")


GOOD = LocalSigner(CANARY).sign_digest(DIGEST)
R, S, V = GOOD[:32], GOOD[32:64], GOOD[64:]
HIGH_S = (CURVE_ORDER - int.from_bytes(S, "big")).to_bytes(32, "big")
ORDER = CURVE_ORDER.to_bytes(32, "big")


@pytest.mark.parametrize(
    ("signature", "reason"),
    [
        pytest.param(b"", "length", id="empty"),
        pytest.param(GOOD[:64], "length", id="compact EIP-2098 length"),
        pytest.param(GOOD + b"\0", "length", id="one byte more"),
        pytest.param(bytes(65), "v", id="all zero"),
        pytest.param(b"\xff" * 65, "v", id="all ones"),
        pytest.param(R + S + bytes([V[0] - 27]), "v", id="v as recovery id"),
        pytest.param(R + S + b"\x1d", "v", id="v 29"),
        pytest.param(R + S + bytes([V[0] + 37 - 27]), "v", id="v with chain id (EIP-155)"),
        pytest.param(R + HIGH_S + bytes([55 - V[0]]), "high_s", id="the twin with high s"),
        pytest.param(bytes(32) + S + V, "r", id="r zero"),
        pytest.param(ORDER + S + V, "r", id="r is the order"),
        pytest.param(R + bytes(32) + V, "s", id="s zero"),
        pytest.param(R + ORDER + V, "s", id="s is the order"),
        pytest.param((5).to_bytes(32, "big") + S + V, "unrecoverable", id="no point has this r"),
    ],
)
def test_signatures_that_are_not_canonical_are_refused(signature: bytes, reason: str) -> None:
    with pytest.raises(VerificationError) as caught:
        recover(DIGEST, signature)
    assert caught.value.details["reason"] == reason


@given(st.binary(min_size=65, max_size=65), st.sampled_from([27, 28]))
def test_garbage_never_recovers_to_the_signer_or_to_zero(garbage: bytes, v: int) -> None:
    try:
        address = recover_raw(DIGEST, garbage[:64] + bytes([v]))
    except VerificationError:
        return
    assert address not in (bytes(20), parse_address(LocalSigner(CANARY).address))


@given(st.integers(0, 64 * 8 - 1))
def test_no_flipped_bit_recovers_to_the_signer(bit: int) -> None:
    forged = bytearray(GOOD)
    forged[bit // 8] ^= 1 << bit % 8
    with contextlib.suppress(VerificationError):
        assert recover(DIGEST, bytes(forged)) != LocalSigner(CANARY).address


def test_recovery_takes_digests_of_32_bytes_only() -> None:
    with pytest.raises(InputError, match="32 bytes"):
        recover(DIGEST[:31], GOOD)


def test_contract_wallet_signatures_carry_the_address_first() -> None:
    wallet = DevelopmentSigner.account(1).address
    signature = erc1271_signature(wallet, GOOD)
    assert signature == parse_address(wallet) + GOOD
    assert split_erc1271_signature(signature) == (wallet, GOOD)
    assert split_erc1271_signature(erc1271_signature(wallet, b"")) == (wallet, b"")


def test_contract_wallet_signature_as_long_as_that_of_a_key_is_refused() -> None:
    with pytest.raises(InputError, match="45 bytes"):
        erc1271_signature(DevelopmentSigner.account(1).address, bytes(45))
    for length in (0, 19, 65):
        with pytest.raises(VerificationError):
            split_erc1271_signature(bytes(length))


# -- addresses ------------------------------------------------------------------------------------------------------


@given(st.binary(min_size=20, max_size=20))
def test_addresses_equal_those_of_eth_utils(raw: bytes) -> None:
    text = checksum_address(raw)
    assert text == to_checksum_address(raw)
    assert parse_address(text) == parse_address(text.lower()) == parse_address("0x" + text[2:].upper()) == raw


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0x",
        "5FbDB2315678afecb367f032d93F642f64180aa3",
        "0x" + "1" * 39,
        "0x" + "g" * 40,
        "0x5fbDB2315678afecb367f032d93F642f64180aa3",
        "0x" + "\u0661" * 40,
        None,
    ],
)
def test_texts_that_are_no_address_are_refused(text: Any) -> None:
    with pytest.raises(InputError):
        parse_address(text)


def test_checksum_address_takes_20_bytes_only() -> None:
    with pytest.raises(InputError, match="20 bytes"):
        checksum_address(bytes(19))


# -- where keys come from -------------------------------------------------------------------------------------------

ANVIL_ACCOUNTS = [
    "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266",
    "0x70997970C51812dc3A010C7d01b50e0d17dc79C8",
    "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC",
    "0x90F79bf6EB2c4f870365E785982E1f101E93b906",
    "0x15d34AAf54267DB7D7c367839AAf71A00a2C6A65",
    "0x9965507D1a55bcC2695C58ba16FB37d819B0A4dc",
    "0x976EA74026E726554dB657fA54763abd0C3a0aa9",
    "0x14dC79964da2C08b23698B3D3cc7Ca32193d9955",
    "0x23618e81E3f5cdF7f54C3d65f7FBc0aBf5B21E8f",
    "0xa0Ee7A142d267C1f36714E4a8F75612F20a79720",
]


def test_development_accounts_are_those_that_anvil_prints() -> None:
    assert [DevelopmentSigner.account(index).address for index in range(10)] == ANVIL_ACCOUNTS


def test_development_accounts_equal_those_of_eth_account() -> None:
    Account.enable_unaudited_hdwallet_features()
    phrase = "legal winner thank year wave sausage worth useful legal winner thank yellow"
    for mnemonic, index in [(DEVELOPMENT_MNEMONIC, 4321), (phrase, 0), (phrase, 7)]:
        expected = Account.from_mnemonic(mnemonic, account_path=f"m/44'/60'/0'/0/{index}").address
        assert DevelopmentSigner.account(index, mnemonic).address == expected


@pytest.mark.parametrize("index", [-1, 2**31])
def test_development_account_index_out_of_range_is_refused(index: int) -> None:
    with pytest.raises(InputError, match="account index"):
        DevelopmentSigner.account(index)


def test_keystore_opens_with_its_password(keystore: Path) -> None:
    signer = KeystoreSigner.from_file(keystore, PASSWORD)
    assert signer.address == Account.from_key(CANARY).address
    assert not signer.is_development


def test_keystore_of_eth_account_with_a_password_beyond_ascii(tmp_path: Path) -> None:
    path = tmp_path / "k.json"
    path.write_text(json.dumps(Account.encrypt(CANARY, "пароль-ü", kdf="scrypt", iterations=2)))
    assert KeystoreSigner.from_file(path, "пароль-ü").address == Account.from_key(CANARY).address


def test_keystore_with_another_password_is_refused(keystore: Path) -> None:
    with pytest.raises(PasswordError, match="does not open"):
        KeystoreSigner.from_file(keystore, "wrong")


def test_keystore_that_states_another_address_is_refused(keystore: Path, tmp_path: Path) -> None:
    document = json.loads(keystore.read_text())
    document["address"] = "11" * 20
    (tmp_path / "k.json").write_text(json.dumps(document))
    with pytest.raises(KeyNotFoundError, match="holds the key of"):
        KeystoreSigner.from_file(tmp_path / "k.json", PASSWORD)


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"{}", b'{"crypto": 1}', b'{"version": 3, "crypto": {}}', b'{"version": 9, "crypto": {}}', b"\xff\xfe",
     b'{"version": 3, "crypto": {"kdf": "none", "kdfparams": {}, "mac": "", "ciphertext": ""}}', b" " * 70_000],
)  # fmt: skip
def test_files_that_are_no_keystore_are_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "k.json"
    path.write_bytes(content)
    with pytest.raises(KeyNotFoundError):
        KeystoreSigner.from_file(path, PASSWORD)


def test_missing_keystore_is_named(tmp_path: Path) -> None:
    with pytest.raises(KeyNotFoundError, match=r"none\.json"):
        KeystoreSigner.from_file(tmp_path / "none.json", PASSWORD)


@pytest.mark.parametrize("prefix", ["", "0x", " "])
def test_environment_key(monkeypatch: pytest.MonkeyPatch, prefix: str) -> None:
    monkeypatch.setenv("REGISTRUM_DEVELOPMENT_KEY", prefix + CANARY.hex())
    signer = EnvironmentSigner.from_environment()
    assert signer.address == Account.from_key(CANARY).address
    assert signer.is_development


@pytest.mark.parametrize("value", ["", "0x", "11" * 31, "zz" * 32, "00" * 32, ORDER.hex(), "\u0661" * 64])
def test_environment_without_a_key_is_refused(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("OTHER", value)
    with pytest.raises(KeyNotFoundError, match="OTHER") as caught:
        EnvironmentSigner.from_environment("OTHER")
    assert len(value) < 10 or value not in str(caught.value)


@pytest.mark.parametrize("secret", [bytes(32), ORDER, b"\xff" * 32, b"\x01" * 31, b"\x01" * 33])
def test_values_that_are_no_private_key_are_refused_unseen(secret: bytes) -> None:
    with pytest.raises(SigningError) as caught:
        LocalSigner(secret)
    assert secret.hex() not in repr(caught.value)


# -- secrets stay inside --------------------------------------------------------------------------------------------


def _leaks(text: str) -> bool:
    forms = (CANARY.hex(), CANARY.hex().upper(), str(int.from_bytes(CANARY, "big")), repr(CANARY)[2:-1], PASSWORD)
    return any(form in text for form in forms)


def test_the_canary_is_seen_where_it_does_leak() -> None:
    assert _leaks(f"key={CANARY.hex()}")
    assert _leaks(repr(CANARY))
    assert _leaks(PASSWORD)


def test_no_secret_in_any_text_of_a_signer(
    keystore: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("REGISTRUM_DEVELOPMENT_KEY", CANARY.hex())
    signers = [
        LocalSigner(CANARY),
        KeystoreSigner.from_file(keystore, PASSWORD),
        EnvironmentSigner.from_environment(),
    ]
    for signer in signers:
        signer.sign(STATEMENT, DOMAIN)
        logging.getLogger("test").debug("signer %s %r", signer, signer)
        shown = [repr(signer), str(signer), f"{signer}", repr([signer]), repr(dir(signer))]
        assert signer.address in repr(signer)
        assert not any(map(_leaks, shown))
        assert not hasattr(signer, "__dict__")
    assert "signer" in caplog.text
    assert not _leaks(caplog.text)


def test_signers_cannot_be_pickled_or_copied() -> None:
    signer = LocalSigner(CANARY)
    for spread in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(SigningError, match="pickled"):
            spread(signer)


def test_no_secret_in_errors_and_their_chains(keystore: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    document = json.loads(keystore.read_text())
    document["crypto"]["ciphertext"] = "zz"
    (tmp_path / "broken.json").write_text(json.dumps(document))
    monkeypatch.setenv("BAD", CANARY.hex() + "zz")
    attempts = [
        lambda: KeystoreSigner.from_file(keystore, PASSWORD + "x"),
        lambda: KeystoreSigner.from_file(tmp_path / "broken.json", PASSWORD),
        lambda: EnvironmentSigner.from_environment("BAD"),
        lambda: LocalSigner(CANARY + b"\0"),
        lambda: LocalSigner(CANARY).sign_digest(b""),
        lambda: pickle.dumps(LocalSigner(CANARY)),
    ]
    for attempt in attempts:
        with pytest.raises((SigningError, InputError)) as caught:
            attempt()
        error = caught.value
        assert not _leaks("".join(traceback.format_exception(error)).replace(__file__, ""))
        assert not _leaks(repr(error) + error.diagnostics() + repr(error.details))


# -- start-up -------------------------------------------------------------------------------------------------------


def test_importing_signing_loads_no_heavy_library() -> None:
    code = (
        "import sys, registrum.signing.signers, registrum.signing.statements\n"
        "heavy = {'coincurve', 'eth_account', 'eth_keys', 'eth_keyfile', 'eth_utils', 'web3', 'brownie'}\n"
        "sys.exit(str(heavy & set(sys.modules)) if heavy & set(sys.modules) else 0)"
    )
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-c", code], check=True, env=env)

"""The table of codes at deployment, on a real node: loaded in parts, resumed, never overwritten, then the offices'."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from registrum.chain.contracts import OFFICE_DIRECTORY, RIGHTS_REGISTER, load_abi
from registrum.chain.profile import Snapshot
from registrum.chain.rpc import RpcClient, as_data, as_quantity
from registrum.deployment import CONTRACTS, Manifest
from registrum.deployment.backend import Call, RpcBackend
from registrum.deployment.code_table import missing_rows
from registrum.deployment.deployer import Deployment, deploy
from registrum.deployment.manifest import TIMELOCK
from registrum.errors import ConfigError, OutcomeUnknownError
from registrum.rights.codes import CodeRule, StatusRule, default_codes
from registrum.signing.signers import DevelopmentSigner
from tests.client.anvil import Anvil, running, wait_until
from tests.client.consortia import TERMS

ACCOUNT = DevelopmentSigner.account(0)
OTHER = DevelopmentSigner.account(9)
TABLE = default_codes()
ROWS = 40
"""Most rows of a call."""
PARTS = [
    f"load {min(ROWS, len(rows) - start)} {noun} of register events"
    for noun, rows in (("statuses", TABLE.statuses), ("codes", TABLE.codes))
    for start in range(0, len(rows), ROWS)
]
MOST_GAS = 3_000_000
"""A tenth of a block of 30 million, which the smallest of consortium networks have."""


class Interrupted(BaseException):
    """The process was killed here."""


@pytest.fixture(scope="module")
def node() -> Iterator[Anvil]:
    with running() as anvil:
        yield anvil


@pytest.fixture
def rpc(node: Anvil) -> Iterator[RpcClient]:
    with RpcClient(node.url) as client:
        snapshot = client.call("evm_snapshot")
        yield client
        client.call("evm_setAutomine", [True])
        assert client.call("evm_revert", [snapshot]) is True


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "manifest.json"


def run(rpc: RpcClient, path: Path, *, backend: RpcBackend | None = None, **options: Any) -> Deployment:
    """Deploy under the deployer's own account, unless the options say otherwise."""
    who = options if options.keys() & {"governance", "consortium"} else {"governance": ACCOUNT.address, **options}
    return deploy(backend or RpcBackend(rpc, ACCOUNT), path, release="test", **who)


def nonce(rpc: RpcClient) -> int:
    return Snapshot.read(rpc, ACCOUNT.address).pending


def ask(rpc: RpcClient, manifest: Manifest, function: str, *values: Any) -> Any:
    abi = load_abi(RIGHTS_REGISTER)
    request = {"to": manifest.address(RIGHTS_REGISTER), "data": "0x" + abi.encode(function, *values).hex()}
    return abi.decode(function, as_data(rpc.call("eth_call", [request, "latest"]), "answer"))


def govern(rpc: RpcClient, manifest: Manifest, function: str, *rows: Any, sender: str = ACCOUNT.address) -> None:
    """Set rows as the account that governs."""
    rpc.call("anvil_setBalance", [sender, hex(10**20)])
    rpc.call("anvil_impersonateAccount", [sender])
    data = "0x" + load_abi(RIGHTS_REGISTER).encode(function, list(rows)).hex()
    request = {"from": sender, "to": manifest.address(RIGHTS_REGISTER), "data": data, "gas": hex(1_000_000)}
    tx_hash = rpc.call("eth_sendTransaction", [request])
    rpc.call("anvil_stopImpersonatingAccount", [sender])
    wait_until(lambda: rpc.call("eth_getTransactionReceipt", [tx_hash]) is not None, "the block of a call")
    assert rpc.call("eth_getTransactionReceipt", [tx_hash])["status"] == "0x1"


def other(rule: CodeRule) -> tuple[Any, ...]:
    """The row as it is not in the package."""
    row = rule.on_chain
    return (*row[:6], row[6] ^ 1, row[7])


def removed(rule: CodeRule) -> tuple[Any, ...]:
    """What takes the row out of the table."""
    return (*rule.on_chain[:3], b"\0", 0, 0, 0, "")


def assert_loaded(rpc: RpcClient, manifest: Manifest) -> None:
    for status in TABLE.statuses:
        right, position, text = status.on_chain
        assert ask(rpc, manifest, "statusOf", right, position) == text
    for rule in TABLE.codes:
        row = rule.on_chain
        assert tuple(ask(rpc, manifest, "codeOf", *row[:3])) == row[3:7]


def stop_at(rpc: RpcClient, path: Path, at: int, *, after: bool = False, **options: Any) -> None:
    """Kill a run when it sends its call of a number, counted from 1, before or after that."""

    class Backend(RpcBackend):
        seen = 0

        def call(self, call: Call, /) -> bytes:
            self.seen += 1
            if self.seen == at:
                if after:
                    super().call(call)
                raise Interrupted
            return super().call(call)

    with pytest.raises(Interrupted):
        run(rpc, path, backend=Backend(rpc, ACCOUNT), **options)


def test_table_is_loaded_in_parts(rpc: RpcClient, path: Path) -> None:
    lines: list[str] = []
    done = run(rpc, path, report=lines.append)
    assert list(done.calls) == PARTS
    assert len(PARTS) > 3
    assert nonce(rpc) == len(CONTRACTS) + len(PARTS)
    assert [line for line in lines if line.startswith("load ")] != []
    assert all(any(line.startswith(f"{part}: done in block") for line in lines) for part in PARTS)
    assert_loaded(rpc, done.manifest)


def test_no_call_takes_more_than_a_part_of_a_block(rpc: RpcClient, path: Path) -> None:
    manifest = run(rpc, path).manifest
    head = as_quantity(rpc.call("eth_blockNumber"), "block number")
    blocks = [rpc.call("eth_getBlockByNumber", [hex(n), True]) for n in range(len(CONTRACTS) + 1, head + 1)]
    sent = [entry for block in blocks for entry in block["transactions"]]
    assert len(sent) == len(PARTS)
    for entry in sent:
        assert entry["to"] == manifest.address(RIGHTS_REGISTER).lower()
        allowed = as_quantity(entry["gas"], "gas")
        used = as_quantity(rpc.call("eth_getTransactionReceipt", [entry["hash"]])["gasUsed"], "gas used")
        # Ample for each, so that a node that charges more for storage takes it too.
        assert used * 1.2 < allowed < MOST_GAS


def test_titles_are_in_the_log(rpc: RpcClient, path: Path) -> None:
    manifest = run(rpc, path).manifest
    logs = rpc.call("eth_getLogs", [{"address": manifest.address(RIGHTS_REGISTER), "fromBlock": "0x0"}])
    said = b"".join(as_data(log["data"], "data") for log in logs)
    assert len(logs) == len(TABLE.codes) + len(TABLE.statuses)
    assert all(rule.title.encode() in said for rule in TABLE.codes)


def test_second_run_sends_nothing(rpc: RpcClient, path: Path) -> None:
    manifest = run(rpc, path).manifest
    text, used = path.read_bytes(), nonce(rpc)
    assert missing_rows(rpc, manifest) == ()
    again = run(rpc, path)
    assert (again.sent, again.calls) == ((), ())
    assert (path.read_bytes(), nonce(rpc)) == (text, used)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("at", range(1, len(PARTS) + 1))
def test_resumes_after_interruption(rpc: RpcClient, path: Path, at: int, after: bool) -> None:
    stop_at(rpc, path, at, after=after)
    done = run(rpc, path)
    assert list(done.calls) == PARTS[at - (not after) :]
    assert_loaded(rpc, done.manifest)
    # No part was sent twice.
    assert nonce(rpc) == len(CONTRACTS) + len(PARTS)
    assert run(rpc, path).calls == ()


def test_parts_that_wait_in_the_pool_are_awaited_not_repeated(rpc: RpcClient, path: Path) -> None:
    stop_at(rpc, path, 1)
    rpc.call("evm_setAutomine", [False])
    with pytest.raises(OutcomeUnknownError, match=f"no block took {len(PARTS)} of {len(PARTS)} calls"):
        run(rpc, path, timeout_s=0.3)
    with pytest.raises(OutcomeUnknownError, match=rf"{len(PARTS)} transactions of .* wait in the node's pool"):
        run(rpc, path, timeout_s=0.3)
    rpc.call("evm_setAutomine", [True])
    rpc.call("evm_mine")
    done = run(rpc, path)
    assert done.calls == ()
    assert_loaded(rpc, done.manifest)
    assert nonce(rpc) == len(CONTRACTS) + len(PARTS)


def test_only_what_is_missing_is_loaded(rpc: RpcClient, path: Path) -> None:
    manifest = run(rpc, path).manifest
    gone = [TABLE.codes[0], TABLE.codes[-1]]
    govern(rpc, manifest, "setCodes", *map(removed, gone))
    (call,) = missing_rows(rpc, manifest)
    assert call.data == load_abi(RIGHTS_REGISTER).encode("setCodes", [rule.on_chain for rule in gone])
    assert (call.contract, call.to) == (RIGHTS_REGISTER, manifest.address(RIGHTS_REGISTER))
    assert run(rpc, path).calls == ("load 2 codes of register events",)
    assert_loaded(rpc, manifest)


@pytest.mark.parametrize("rule", [TABLE.codes[0], TABLE.codes[-1]], ids=["first", "last"])
def test_code_that_differs_is_told_and_left(rpc: RpcClient, path: Path, rule: CodeRule) -> None:
    manifest = run(rpc, path).manifest
    # A missing row beside it is not loaded either.
    govern(rpc, manifest, "setCodes", other(rule), removed(TABLE.codes[1]))
    used = nonce(rpc)
    with pytest.raises(ConfigError, match="is another than in the package") as caught:
        run(rpc, path)
    assert f"the row {rule.code!r} of the table of codes" in str(caught.value)
    assert caught.value.details["place"] == "codes"
    assert "Nothing was changed" in caught.value.diagnostics()
    assert nonce(rpc) == used
    assert tuple(ask(rpc, manifest, "codeOf", *rule.on_chain[:3])) == other(rule)[3:7]


def test_status_that_differs_is_told_and_left(rpc: RpcClient, path: Path) -> None:
    stop_at(rpc, path, 1)
    row: StatusRule = TABLE.statuses[3]
    right, position, _ = row.on_chain
    govern(rpc, Manifest.load(path), "setStatuses", (right, position, b"Something else".ljust(32, b"\0")))
    used = nonce(rpc)
    with pytest.raises(ConfigError, match=f"the row {row.status!r} of the table of codes is another"):
        run(rpc, path)
    assert nonce(rpc) == used


def test_rows_of_the_office_that_governs_beside_those_of_the_package_are_let_be(rpc: RpcClient, path: Path) -> None:
    manifest = run(rpc, path).manifest
    own = (b"T", b"ST.27".ljust(8, b"\0"), b"Z99".ljust(32, b"\0"), b"W", 1, 1, 1, "of the office")
    govern(rpc, manifest, "setCodes", own)
    assert run(rpc, path).calls == ()
    assert tuple(ask(rpc, manifest, "codeOf", *own[:3])) == own[3:7]


def test_table_is_for_the_account_that_governs(rpc: RpcClient, path: Path) -> None:
    lines: list[str] = []
    done = run(rpc, path, governance=OTHER.address, report=lines.append)
    assert done.calls == ()
    assert nonce(rpc) == len(CONTRACTS)
    (line,) = [line for line in lines if "table of codes" in line]
    assert line.startswith(f"the table of codes is for {OTHER.address}, who governs, to fill")
    for word in ("setStatuses", "setCodes", RIGHTS_REGISTER, "brownie's console", "registrum.rights.codes"):
        assert word in line
    # As the line says: the rows of the package, by that account, statuses and codes.
    manifest = done.manifest
    assert [call.about for call in missing_rows(rpc, manifest)] == PARTS
    for call in missing_rows(rpc, manifest):
        request = {"from": OTHER.address, "to": call.to, "data": "0x" + call.data.hex(), "gas": hex(call.gas)}
        rpc.call("eth_sendTransaction", [request])
    wait_until(lambda: missing_rows(rpc, manifest) == (), "the blocks of the calls")
    # What that account makes of the table is not compared by a deployer who does not govern.
    govern(rpc, manifest, "setCodes", other(TABLE.codes[0]), sender=OTHER.address)
    assert run(rpc, path, governance=OTHER.address).calls == ()


def test_consortium_starts_with_the_table(rpc: RpcClient, path: Path) -> None:
    done = run(rpc, path, consortium=TERMS)
    assert [call for call in done.calls if call.startswith("load ")] == PARTS
    # In the founding, before governance goes to the timelock.
    assert "hand governance" in done.calls[-1]
    assert_loaded(rpc, done.manifest)


def test_row_that_differs_before_the_hand_over(rpc: RpcClient, path: Path) -> None:
    hand_over = len(run_calls(rpc, path))
    stop_at(rpc, path, hand_over, consortium=TERMS)
    manifest = Manifest.load(path)
    govern(rpc, manifest, "setCodes", other(TABLE.codes[2]))
    used = nonce(rpc)
    with pytest.raises(ConfigError, match="is another than in the package") as caught:
        run(rpc, path, consortium=TERMS)
    assert f"{TABLE.codes[2].code!r}" in str(caught.value)
    assert nonce(rpc) == used
    directory, to = load_abi(OFFICE_DIRECTORY), manifest.address(OFFICE_DIRECTORY)
    answer = rpc.call("eth_call", [{"to": to, "data": "0x" + directory.encode("governance").hex()}, "latest"])
    assert directory.decode("governance", as_data(answer, "answer")) == ACCOUNT.address


def run_calls(rpc: RpcClient, path: Path) -> tuple[str, ...]:
    """The calls of a founding, undone."""
    snapshot = rpc.call("evm_snapshot")
    calls = run(rpc, path.with_name("tried.json"), consortium=TERMS).calls
    assert rpc.call("evm_revert", [snapshot]) is True
    return calls


def test_after_the_hand_over_the_table_is_the_offices_own(rpc: RpcClient, path: Path) -> None:
    manifest = run(rpc, path, consortium=TERMS).manifest
    changed, gone = TABLE.codes[:2]
    govern(rpc, manifest, "setCodes", other(changed), removed(gone), sender=manifest.address(TIMELOCK))
    again = run(rpc, path, consortium=TERMS)
    assert (again.sent, again.calls) == ((), ())
    assert tuple(ask(rpc, manifest, "codeOf", *gone.on_chain[:3])) == (b"\0", 0, 0, 0)

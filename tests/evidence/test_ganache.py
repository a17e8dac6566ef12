"""Headers and proofs of Ganache: they lead to what its contracts hold, like those of Anvil."""

from __future__ import annotations

import contextlib
import socket
import subprocess
from collections.abc import Iterator

import pytest

from registrum.chain.rpc import RpcClient
from registrum.errors import EvidenceError
from registrum.evidence.chain import CodeAt, Consensus
from registrum.evidence.reading import proof_nodes, read_header, require_hash
from registrum.evidence.state import ProvenWords
from registrum.evidence.trie import Nodes
from registrum.signing.keccak import keccak
from tests.client.anvil import ROOT, wait_until

# Puts 7 into slot 1 and leaves one byte of code behind.
#   PUSH1 7 PUSH1 1 SSTORE PUSH1 1 PUSH1 0 MSTORE8 PUSH1 1 PUSH1 0 RETURN
CREATION = "0x" + "6007600155" + "6001600053" + "60016000f3"
START_S = 60.0


@contextlib.contextmanager
def ganache() -> Iterator[RpcClient]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(ROOT / ".cache" / "bin" / "ganache"), "--port", str(port), "--chain.hardfork", "shanghai"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        with RpcClient(f"http://127.0.0.1:{port}") as rpc:
            wait_until(lambda: rpc.call("eth_chainId"), "Ganache to answer", START_S)
            yield rpc
    finally:
        process.terminate()
        process.wait(timeout=START_S)


def test_words_of_a_contract_are_proved() -> None:
    with ganache() as rpc:
        [account, *_] = rpc.call("eth_accounts")
        sent = rpc.call("eth_sendTransaction", [{"from": account, "data": CREATION, "gas": hex(200_000)}])
        receipt = rpc.call("eth_getTransactionReceipt", [sent])
        read = read_header(rpc, int(receipt["blockNumber"], 16))
        require_hash(read, Consensus.CHECKPOINTS)
        address = bytes.fromhex(receipt["contractAddress"][2:])
        nodes = proof_nodes(rpc, read.header.number, {address: [1, 2]})
    contract = CodeAt(address, keccak(b"\x01"))
    proven = Nodes(nodes)
    words = ProvenWords(read.header.state_root, proven)
    assert (words.word(contract, 1), words.word(contract, 2)) == (7, 0)
    proven.require_all_used()
    with pytest.raises(EvidenceError, match="other code"):
        ProvenWords(read.header.state_root, Nodes(nodes)).word(CodeAt(address, keccak(b"\x02")), 1)

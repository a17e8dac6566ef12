"""The chapter of the demonstration about evidence: two bundles, three verifiers that share no code, one changed byte.

Not its job: what a bundle proves (docs/evidence.md).
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from demo_stage import Tally, expect, say

from registrum import OfficeNumber, Registry
from registrum.development import DEVELOPMENT_OFFICES
from registrum.evidence.chain import ChainDescription
from registrum.evidence.checkpoint import Checkpoint, CheckpointSignature, domain_of
from registrum.evidence.collecting import EvidenceMaker, packed
from registrum.evidence.describing import describe_chain
from registrum.evidence.reading import read_header
from registrum.signing.addresses import parse_address

ROOT = Path(__file__).resolve().parent.parent
SIGNERS = ("EM", "RU", "AU")
THRESHOLD = 2
CHANGED = "evidence.json"
ABSENT = OfficeNumber.from_text("EM/T/019999999")

# Whoever opens a socket all the same is stopped: in Python by an audit hook, in Node by what is loaded first.
_PYTHON_OFFLINE = """
import runpy, sys
def refuse(event, _):
    if event.startswith("socket."):
        raise SystemExit("a verifier asked for the network")
sys.addaudithook(refuse)
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""
_NODE_OFFLINE = (
    'data:text/javascript,import net from "node:net";'
    'net.Socket.prototype.connect=()=>{throw new Error("a verifier asked for the network")};'
    "globalThis.fetch=undefined;"
)


@dataclass(frozen=True)
class Bundles:
    """Files that were made while the chain was running.

    Attributes:
        present: About a number that is recorded.
        absent: About one that is not.
        trust: The description of the chain.
    """

    present: Path
    absent: Path
    trust: Path


def make_bundles(registry: Registry, number: OfficeNumber, folder: Path, tally: Tally) -> Bundles:
    """Make both bundles from the newest block, which two offices sign.

    Args:
        registry: Any office's.
        number: Of a record.
        folder: Where they go.
        tally: Takes the sizes.
    """
    say("Evidence for somebody who has no node: what the chain held, and that two offices vouch for the block")
    signers = {code: [DEVELOPMENT_OFFICES[code].signing_key().address] for code in SIGNERS}
    chain = describe_chain(registry, signers=signers, threshold=THRESHOLD)
    checkpoint = _checkpoint(registry, chain)
    print(f"  {' and '.join(checkpoint.signatures)} signed block {checkpoint.number}, 0x{checkpoint.hash.hex()}")
    maker = EvidenceMaker(registry, chain)
    bundles = Bundles(folder / "present.registrum.zip", folder / "absent.registrum.zip", folder / "chain.json")
    folder.mkdir(parents=True, exist_ok=True)
    bundles.trust.write_bytes(chain.to_bytes())
    for one, file in ((number, bundles.present), (ABSENT, bundles.absent)):
        data = packed(maker.application(one, checkpoint=checkpoint))
        file.write_bytes(data)
        print(f"  {file.name:<22} {len(data):>6,} bytes, about {one}")
    tally.add("a bundle about one record", f"{bundles.present.stat().st_size:,} bytes")
    return bundles


def check_bundles(bundles: Bundles, tally: Tally) -> None:
    """Check them with all three verifiers, none of which may use the network; then with one byte changed."""
    say("Three verifiers that share no code check both, with the network off")
    for file, answer in ((bundles.present, "filed"), (bundles.absent, "not_found")):
        for name, report in _judged(file, bundles.trust):
            expect(report["verdict"] == "verified" and report["facts"]["answer"] == answer, f"{name}: {report}")
            print(f"  {file.name:<22} {name:<20} {report['verdict']}: {answer.replace('_', ' ')}")
    changed = bundles.present.with_name("changed.registrum.zip")
    data = bytearray(bundles.present.read_bytes())
    place = data.index(CHANGED.encode("ascii")) + len(CHANGED)
    data[place] ^= 1
    changed.write_bytes(data)
    print(f"  byte {place} of {changed.name} is another than in {bundles.present.name}, in its member {CHANGED}")
    for name, report in _judged(changed, bundles.trust):
        said = report["checks"][-1]["detail"]
        expect(report["verdict"] == "refused" and CHANGED in said, f"{name} did not name what was changed: {report}")
        print(f"  {changed.name:<22} {name:<20} {report['verdict']}: {said}")
    tally.add("bundles checked", "3, by 3 verifiers each")


def _checkpoint(registry: Registry, chain: ChainDescription) -> Checkpoint:
    read = read_header(registry.rpc, "latest")
    unsigned = Checkpoint(read.header.number, read.hash, {})
    signatures = {}
    for code in SIGNERS[:THRESHOLD]:
        key = DEVELOPMENT_OFFICES[code].signing_key()
        signature = key.sign(unsigned.statement(code, chain), domain_of(chain))
        signatures[code] = CheckpointSignature(parse_address(key.address), signature)
    return Checkpoint(unsigned.number, unsigned.hash, signatures)


def _judged(file: Path, trust: Path) -> list[tuple[str, dict[str, Any]]]:
    """What each verifier says of a file."""
    offline = [sys.executable, "-I", "-c", _PYTHON_OFFLINE]
    command = [*offline, str(Path(sys.executable).with_name("registrum")), "evidence", "verify", "--json"]
    alone = [*offline, str(ROOT / "verifier" / "verify.py"), "--json"]
    in_browser = ["node", "--import", _NODE_OFFLINE, str(ROOT / "verifier" / "web" / "run.mjs")]
    return [
        ("registrum", _run([*command, str(file), "--trust", str(trust)])),
        ("verify.py", _run([*alone, str(file), "--trust", str(trust)])),
        ("code of verify.html", _run([*in_browser, str(file), "--trust", str(trust)])),
    ]


def _run(command: list[str]) -> dict[str, Any]:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        raise SystemExit(f"{command[-4]} ended with {done.returncode}: {done.stderr}")
    report: dict[str, Any] = json.loads(done.stdout)
    return report

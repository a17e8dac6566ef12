"""Audit who can do what to the deployed contracts: `brownie run scripts/audit_powers.py --network consortium`.

Lists every function that can change something with who can call it, tries each from the deployer, an outsider and those
entitled, and looks at storage, roles and code; nothing is sent. Without brownie, for whoever wants to check a network
that others deployed:

    python scripts/audit_powers.py --rpc http://127.0.0.1:8545 --manifest deployments/31337.json [--json]

`brownie run scripts/audit_powers.py main json` gives JSON too. Exit status 0 if nobody holds a power that the rules do
not give, 1 if somebody does, 2 if that could not be found out.
"""

from __future__ import annotations

import argparse
import json
import sys
from itertools import groupby

from registrum.chain.rpc import RpcClient
from registrum.deployment import Manifest
from registrum.deployment.powers import PowersReport, audit_powers
from registrum.errors import RegistrumError, VerificationError
from registrum.settings import load


def main(form: str = "") -> None:
    """Entry point of `brownie run`; accounts and paths as in `operator_network.py`.

    Args:
        form: `json` for JSON.
    """
    # Only here: whoever checks a network from outside has no brownie.
    from .operator_network import connected_node, manifest_path

    try:
        with connected_node() as rpc:
            report = audit_powers(rpc, Manifest.load(manifest_path()))
    except RegistrumError as error:
        raise SystemExit(error.diagnostics()) from error
    show(report, as_json=form == "json")
    if not report.ok:
        raise SystemExit(1)


def run(arguments: list[str] | None = None) -> int:
    """Entry point without brownie.

    Returns:
        The exit status.
    """
    parser = argparse.ArgumentParser(description="Audit who can do what to the deployed contracts.")
    parser.add_argument("--rpc", help="address of a node; REGISTRUM_RPC or the profile by default")
    parser.add_argument("--manifest", help="the manifest; REGISTRUM_MANIFEST or the profile by default")
    parser.add_argument("--deployer", help="who deployed; who governed at first by default")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args(arguments)
    try:
        found = load(rpc=options.rpc, manifest=options.manifest)
        with RpcClient(found.require_rpc()) as rpc:
            report = audit_powers(rpc, Manifest.load(found.require_manifest()), deployer=options.deployer)
    except RegistrumError as error:
        print(error.diagnostics(), file=sys.stderr)
        return error.exit_code
    show(report, as_json=options.json)
    return 0 if report.ok else 1


def require_clean(rpc: RpcClient, manifest: Manifest) -> PowersReport:
    """Audit, say in a few lines what was found, and refuse to go on if it is not clean.

    Raises:
        VerificationError: Somebody holds a power that the rules do not give.
    """
    report = audit_powers(rpc, manifest)
    print(summary(report))
    if not report.ok:
        raise VerificationError(
            "\n".join(["the powers audit failed", *report.failures]),
            remedy="Do not use this deployment. `scripts/audit_powers.py` shows everything that was tried.",
        )
    return report


def show(report: PowersReport, *, as_json: bool) -> None:
    """Print everything: functions by contract, then facts, then the summary."""
    if as_json:
        print(json.dumps(report.to_json(), indent=2))
        return
    width = max(len(power.function) for power in report.powers)
    for contract, powers in groupby(report.powers, key=lambda power: power.contract):
        print(f"\n{contract}")
        for power in powers:
            name = power.function.partition("(")[0]
            tried = f"{sum(trial.ok for trial in power.trials)} of {len(power.trials)} trials as expected"
            print(f"  {'ok  ' if power.ok else 'FAIL'} {name:<{min(width, 28)}} {power.who}; {tried}")
    print("\nStorage and code")
    for check in report.checks:
        print(f"  {'ok  ' if check.ok else 'FAIL'} {check.what}: {check.found}")
    print("\n" + summary(report))
    for line in report.failures:
        print(f"  FAIL {line}")


def summary(report: PowersReport) -> str:
    """What was found, in one line."""
    trials = sum(len(power.trials) for power in report.powers)
    office = report.deployer_office
    left = f"the powers of the seat of {office}, and no others" if office else "no power"
    outcome = f"the deployer {report.deployer} has {left}" if report.ok else f"{len(report.failures)} failures"
    return f"powers audit: {len(report.powers)} functions, {trials} trials, {len(report.checks)} facts: {outcome}"


if __name__ == "__main__":
    sys.exit(run())

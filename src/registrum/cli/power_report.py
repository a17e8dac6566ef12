"""What `registrum consortium powers` shows. Not its job: the audit (`registrum.deployment.powers`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from registrum.cli.output import Facts, Table, emit

if TYPE_CHECKING:
    from registrum.cli.access import Access

__all__ = ["report"]


def report(as_json: bool, access: Access) -> bool:
    """Audit the powers and print what was found.

    Returns:
        Whether all is as it must be.
    """
    from registrum.chain.rpc import RpcClient
    from registrum.deployment.powers import audit_powers

    manifest = access.manifest()
    with RpcClient(access.settings.require_rpc()) as rpc:
        found = audit_powers(rpc, manifest)
    facts = [
        ("All as it must be", found.ok),
        ("Deployer", found.deployer),
        ("Seat of", found.deployer_office or "no office"),
    ]
    powers = [(power.contract, power.function, power.who, len(power.trials), power.ok) for power in found.powers]
    checks = [(check.what, check.found, check.ok) for check in found.checks]
    emit(
        as_json,
        found.to_json(),
        Facts(facts),
        Table(("Contract", "Function", "Who can call it", "Tried", "Right"), powers, "Powers"),
        Table(("What must be", "Found", "Right"), checks, "Storage and code"),
        *([Table(("What is wrong",), [(line,) for line in found.failures], "Failures")] if found.failures else []),
    )
    return found.ok

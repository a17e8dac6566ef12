"""`registrum status`: node, chain, contracts, and what is wrong with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from registrum.cli.options import AsJson, ManifestPath, Rpc
from registrum.cli.output import Facts, Table, emit
from registrum.errors import RegistrumError, RpcError

if TYPE_CHECKING:
    from registrum.chain.rpc import RpcClient
    from registrum.cli.access import Access
    from registrum.deployment import Manifest

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def status(rpc: Rpc = None, manifest: ManifestPath = None, as_json: AsJson = False) -> None:
    """Show node, chain, finality, contracts with their code hashes, and a list of problems.

    Exit code 1 if there is a problem, 3 if the node cannot be reached.
    """
    from registrum.chain.rpc import RpcClient
    from registrum.cli.access import Access

    access = Access(rpc, manifest)
    deployment = access.manifest()
    problems: list[str] = []
    with RpcClient(access.settings.require_rpc()) as client:
        node, chain = _chain(client, deployment, access, problems)
        contracts = _contracts(client, deployment, problems)
        if not problems:
            _check_offices(access, problems)
    box = _outbox(access, deployment, problems)
    settings = access.settings
    document = {
        "node": node,
        "chain": chain,
        "finality": settings.finality,
        "manifest": str(settings.manifest),
        "profile": None if settings.profile is None else str(settings.profile),
        "contracts": contracts,
        "outbox": box,
        "problems": problems,
    }
    facts: list[tuple[str, object]] = [
        ("Node", node["rpc"]),
        ("Client", node["client"]),
        ("Chain", chain["chainId"]),
        ("Genesis hash", chain["genesisHash"]),
        ("Block", chain["blockNumber"]),
        ("Block time", chain["blockTime"]),
        ("Finality", f"{settings.finality}, final up to block {chain['finalBlockNumber']}"),
        ("Manifest", settings.manifest),
        ("Profile", settings.profile),
        ("Outbox", ", ".join(f"{count} {name}" for name, count in box["counts"].items())),
    ]
    rows = [(item["name"], item["address"], item["codeHash"], item["matches"]) for item in contracts]
    emit(
        as_json,
        document,
        Facts(facts),
        Table(("Contract", "Address", "Code hash", "As in the manifest"), rows, "Contracts"),
        Table(("Problem",), [(problem,) for problem in problems], "Problems"),
    )
    if problems:
        raise typer.Exit(1)


def _chain(
    client: RpcClient, deployment: Manifest, access: Access, problems: list[str]
) -> tuple[dict[str, Any], dict[str, Any]]:
    from registrum.chain.profile import Finality, NetworkProfile, read_block
    from registrum.client.forms import instant, json_value

    profile = NetworkProfile.read(client)
    block, syncing = client.batch([("eth_getBlockByNumber", ("latest", False)), ("eth_syncing", ())])
    if isinstance(block, RpcError):
        raise block
    head = read_block(block)
    if isinstance(syncing, dict):
        problems.append("the node has not caught up with the chain yet")
    final: int | None = None
    try:
        final = Finality.parse(access.settings.finality).last_final(client, head.number)
    except RegistrumError as error:
        problems.append(error.message)
    if profile.chain_id != deployment.chain_id:
        problems.append(f"the node is on chain {profile.chain_id}, the manifest is for chain {deployment.chain_id}")
    elif profile.genesis != deployment.genesis_hash:
        problems.append("the node is on another chain with the same id: its block 0 is not that of the manifest")
    node = {"rpc": client.endpoint, "client": profile.client, "syncing": isinstance(syncing, dict)}
    chain = {
        "chainId": profile.chain_id,
        "genesisHash": json_value(profile.genesis),
        "blockNumber": head.number,
        "blockHash": json_value(head.hash),
        "blockTime": json_value(instant(head.timestamp)),
        "finalBlockNumber": final,
    }
    return node, chain


def _contracts(client: RpcClient, deployment: Manifest, problems: list[str]) -> list[dict[str, Any]]:
    from registrum.chain.rpc import as_data
    from registrum.deployment import CONTRACTS, abi_version
    from registrum.signing.keccak import keccak

    if not deployment.is_complete:
        missing = [name for name in CONTRACTS if name not in deployment.contracts]
        problems.append(f"the deployment is not complete: {', '.join(missing) or 'a step'} is missing")
    if deployment.abi_version != abi_version():
        problems.append(f"the contracts are of release {deployment.release} and have another ABI than this package")
    answers = client.batch(("eth_getCode", (item.address, "latest")) for item in deployment.contracts.values())
    found = []
    for (name, contract), answer in zip(deployment.contracts.items(), answers, strict=True):
        if isinstance(answer, RpcError):
            raise answer
        code = as_data(answer, "code")
        code_hash = keccak(code)
        matches = code_hash == contract.code_hash
        if not matches:
            problems.append(f"{name}: the node has {'other' if code else 'no'} code at {contract.address}")
        found.append(
            {
                "name": name,
                "address": contract.address,
                "codeHash": "0x" + code_hash.hex() if code else None,
                "expectedCodeHash": "0x" + contract.code_hash.hex(),
                "matches": matches,
            }
        )
    return found


def _check_offices(access: Access, problems: list[str]) -> None:
    with access.read() as registry:
        for office in registry.offices():
            if office.status.value == "suspended":
                problems.append(f"{office.code} is suspended: it can record nothing")


def _outbox(access: Access, deployment: Manifest, problems: list[str]) -> dict[str, Any]:
    path = access.outbox_path(deployment)
    if not path.exists():
        return {"path": str(path), "counts": {}}
    with access.outbox(deployment) as box:
        counts = {state.value: count for state, count in box.counts().items()}
    open_entries = counts["queued"] + counts["sent"] + counts["mined"]
    if open_entries:
        problems.append(f"{open_entries} entries of the outbox are not settled; see `registrum outbox retry`")
    return {"path": str(path), "counts": counts}

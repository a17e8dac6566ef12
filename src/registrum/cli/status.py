"""`registrum status`: node, chain, who governs, contracts, whether they are in force, and what is wrong with them.

Not its job: who can do what (`registrum consortium powers`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from registrum.cli.options import AsJson, ManifestPath, Rpc
from registrum.cli.output import Facts, Table, emit
from registrum.errors import NetworkMismatchError, RegistrumError, RpcError

if TYPE_CHECKING:
    from registrum.chain.rpc import RpcClient
    from registrum.cli.access import Access
    from registrum.deployment import Manifest

_FOLLOWED = "ApplicationRegistry"
"""The contract whose next version a client finds by itself."""

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def status(rpc: Rpc = None, manifest: ManifestPath = None, as_json: AsJson = False) -> None:
    """Show node, chain, finality, who governs, contracts with their code hashes, and a list of problems.

    A contract that the offices replaced by vote is named: as a hint where this client goes on with the new one by
    itself, as a problem where it needs another manifest.

    Exit code 1 if there is a problem, 3 if the node cannot be reached.
    """
    from registrum.chain.rpc import RpcClient
    from registrum.cli.access import Access

    access = Access(rpc, manifest)
    deployment = access.manifest()
    problems: list[str] = []
    hints: list[str] = []
    with RpcClient(access.settings.require_rpc()) as client:
        node, chain = _chain(client, deployment, access, problems)
        contracts = _contracts(client, deployment, problems)
        found = {item["name"] for item in contracts if item["matches"]}
        governance = _governance(client, deployment, found, problems)
        _check_in_force(client, deployment, contracts, problems, hints)
        if not problems:
            _check_offices(access, problems)
    box = _outbox(access, deployment, problems)
    settings = access.settings
    document = {
        "node": node,
        "chain": chain,
        "finality": settings.finality,
        "governance": governance,
        "manifest": str(settings.manifest),
        "profile": None if settings.profile is None else str(settings.profile),
        "contracts": contracts,
        "outbox": box,
        "hints": hints,
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
        ("Governed by", governance and governance["inWords"]),
        ("Manifest", settings.manifest),
        ("Profile", settings.profile),
        ("Outbox", ", ".join(f"{count} {name}" for name, count in box["counts"].items())),
    ]
    columns = ("name", "address", "codeHash", "matches", "inForce")
    rows = [tuple(item[column] for column in columns) for item in contracts]
    emit(
        as_json,
        document,
        Facts(facts),
        Table(("Contract", "Address", "Code hash", "As in the manifest", "In force"), rows, "Contracts"),
        *([Table(("Hint",), [(hint,) for hint in hints], "Hints")] if hints else []),
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
    from registrum.deployment import CONSORTIUM_CONTRACTS, CONTRACTS, abi_version
    from registrum.signing.keccak import keccak

    if not deployment.is_complete:
        wanted = CONTRACTS + CONSORTIUM_CONTRACTS if deployment.has_consortium else CONTRACTS
        missing = [name for name in wanted if name not in deployment.contracts]
        if not missing:
            missing = ["the hand-over to the consortium" if deployment.founding else "a step"]
        problems.append(f"the deployment is not complete; missing: {', '.join(missing)}")
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
                "inForce": None,
                "replacedBy": None,
            }
        )
    return found


def _governance(client: RpcClient, deployment: Manifest, found: set[str], problems: list[str]) -> dict[str, Any] | None:
    """Who governs: the account, by whom it is moved, and the same in words; None if the directory is not there."""
    from registrum.chain.contracts import load_abi
    from registrum.chain.rpc import as_data
    from registrum.deployment.manifest import TIMELOCK
    from registrum.signing.addresses import checksum_address

    if "OfficeDirectory" not in found:
        return None
    data = "0x" + load_abi("OfficeDirectory").encode("governance").hex()
    answer = client.call("eth_call", [{"to": deployment.address("OfficeDirectory"), "data": data}, "latest"])
    account = checksum_address(as_data(answer, "address", 32)[12:])
    if not deployment.has_consortium:
        return {"by": "account", "account": account, "inWords": f"one account, {account}"}
    timelock = deployment.contracts.get(TIMELOCK)
    if timelock is not None and account == timelock.address:
        return {
            "by": "consortium",
            "account": account,
            "inWords": f"the offices by vote, through the timelock {account} of the consortium",
        }
    problems.append(f"{account} governs, not the timelock of the consortium in the manifest")
    return {"by": "other", "account": account, "inWords": f"{account}, not the consortium in the manifest"}


def _check_in_force(
    client: RpcClient, deployment: Manifest, contracts: list[dict[str, Any]], problems: list[str], hints: list[str]
) -> None:
    """Compare the manifest with what the offices list, and fill in what was found."""
    from registrum.chain.contracts import load_abi
    from registrum.chain.rpc import as_data
    from registrum.deployment.versions import registry_versions

    if not (deployment.has_consortium and deployment.is_complete and all(item["matches"] for item in contracts)):
        return
    refused: str | None = None
    try:
        registry_versions(client, deployment)
    except NetworkMismatchError as error:
        refused = error.details["contract"]
        problems.append(f"{error.message}. {error.remedy}")
    except RpcError as error:
        refused = _FOLLOWED
        problems.append(f"{_FOLLOWED}: what the address book lists does not answer as one: {error.message}")
    abi, book = load_abi("AddressBook"), deployment.address("AddressBook")
    words = [item["name"].encode("ascii").ljust(32, b"\0") for item in contracts]
    asked = [{"to": book, "data": "0x" + abi.encode("versions", word).hex()} for word in words]
    for item, answer in zip(contracts, client.batch(("eth_call", (call, "latest")) for call in asked), strict=True):
        if isinstance(answer, RpcError):
            raise answer
        entries = abi.decode("versions", as_data(answer, "result of a call"))
        newest = entries[-1]["account"] if entries else None
        item["inForce"] = newest == item["address"]
        if item["inForce"]:
            continue
        item["replacedBy"] = newest
        name = item["name"]
        if name == _FOLLOWED and refused is None:
            hints.append(f"{name}: the offices voted for {newest} in its place; this client goes on with that one")
        elif name != refused:
            problems.append(
                f"{name} at {item['address']} is not in force: the address book lists {newest or 'nothing'}. Take the "
                "present manifest from the operator of the network."
            )


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

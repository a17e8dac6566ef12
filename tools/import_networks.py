"""Merge `network-config.yaml` into the project's brownie home.

Networks of the same id are replaced, all others (brownie's own list, those that an operator added) stay. It writes
the file itself because `brownie networks import` refuses an id that exists already.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
HOME_CONFIG = ROOT / ".home" / ".brownie" / "network-config.yaml"


def stock_config() -> Path:
    """Return brownie's own list of networks, found without importing brownie (an import would write to the home)."""
    spec = importlib.util.find_spec("brownie")
    if spec is None or spec.origin is None:
        sys.exit("brownie is not installed in this environment: run make setup")
    return Path(spec.origin).parent / "data" / "network-config.yaml"


def merge(known: dict[str, Any], ours: dict[str, Any]) -> dict[str, Any]:
    """Return `known` with the networks of `ours` in place of those with the same id, ours first."""
    live_ids = {network["id"] for group in ours["live"] for network in group["networks"]}
    names = {group["name"] for group in ours["live"]}
    kept_groups = []
    for group in known["live"]:
        networks = [network for network in group["networks"] if network["id"] not in live_ids]
        if networks and group["name"] not in names:
            kept_groups.append({**group, "networks": networks})
    development_ids = {network["id"] for network in ours["development"]}
    kept_nodes = [network for network in known["development"] if network["id"] not in development_ids]
    return {"live": ours["live"] + kept_groups, "development": ours["development"] + kept_nodes}


def main() -> None:
    """Write the merged list into the project's brownie home."""
    source = HOME_CONFIG if HOME_CONFIG.exists() else stock_config()
    known = yaml.safe_load(source.read_text(encoding="utf-8"))
    ours = yaml.safe_load((ROOT / "network-config.yaml").read_text(encoding="utf-8"))
    HOME_CONFIG.parent.mkdir(parents=True, exist_ok=True)
    HOME_CONFIG.write_text(yaml.safe_dump(merge(known, ours), sort_keys=False), encoding="utf-8")


if __name__ == "__main__":
    main()

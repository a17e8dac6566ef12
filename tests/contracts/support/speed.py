"""Two costs of brownie's test isolation that grow with the size of the process, made small.

Around each test brownie collects garbage over everything ever loaded, and looks up the source lines of the whole call
stack only to see who called. Together that is two thirds of the time of a short test. Not its job: isolation itself.
"""

from __future__ import annotations

import gc
import inspect
from types import SimpleNamespace


def quicken_isolation() -> None:
    """Exempt what is loaded now from garbage collection, and let brownie look at frames without their source."""
    from brownie.network import rpc

    gc.collect()
    gc.freeze()
    rpc.inspect = SimpleNamespace(stack=lambda: inspect.stack(context=0)[1:])  # type: ignore[attr-defined]

"""`registry.rights`: the register of trade marks and designs through one object."""

from __future__ import annotations

from registrum.client.rights_recording import RightsRecorder

__all__ = ["Rights"]


class Rights(RightsRecorder):
    """The register of trade marks and designs of a deployment; `Registry.rights` makes it."""

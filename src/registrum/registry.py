"""`Registry`: the one object through which an office's back end reads and writes the registers.

Five answers are never mixed up. *Not covered* and *not found* are standings of a `Lookup` and verdicts of an
`Assessment`; *withdrawn or corrected* is the status of a record; *conflict* is `ApplicationRegistryConflictError`, or
the outcome of an item of a batch; *unreachable* is `NodeError`, and then nothing is said about the number at all.

Not its job: files, the command line, an index.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Self

from registrum.chain.profile import Finality
from registrum.chain.rpc import RpcClient
from registrum.chain.transaction import AccountSigner
from registrum.client.charter import CharterReader
from registrum.client.session import DEADLINE_S
from registrum.deployment import Manifest, verify
from registrum.deployment.versions import registry_versions

if TYPE_CHECKING:
    from registrum.chain.outbox import Outbox
    from registrum.client.rights import Rights
    from registrum.signing.signers import Signer

__all__ = ["Registry"]


class Registry(CharterReader):
    """A deployment on a chain, through one node.

    Reading: `look_up`, `record`, `records`, `registrations`, `history`, `anchored_at`, `next_sequence`; `office`,
    `offices`, `key`, `keys`, `is_key_good`, `signer_compromised_since`, `governance`; `check_priority`,
    `check_priorities`, `claim`, `claims_by`, `claims_on`, `calendar`, `is_closed`.

    Writing, signed by an office's key: `register`, `register_batch`, `register_many`, `anchor`, `anchor_store`,
    `correct`, `withdraw`, `reinstate`, `reconfirm`, `record_claim`; by anyone: `disclose`, `submit_signed`,
    `queue_signed`, `settle_outbox`; by the seat: `add_key`, `revoke_key`, `mark_key_compromised`, `set_endpoint`,
    `set_earliest_filing_date`, `publish_calendar`, `propose_seat`, `accept_seat`, `object_to_replacement`.

    The consortium: `consortium_proposals`, `proposal`, `consortium_history`, `terms`, `charter_history`,
    `verify_charter`, `observers`, `listed_contracts`; by seats `propose` (what `drafts` makes), `vote`, `cancel`,
    `support_suspension`, or signed `sign_vote`, `sign_support`; by anyone `cast_signed_votes`, `advance`, `queue`,
    `execute`; by observers `remark`. Where one account governs and no consortium: `admit_office`, `suspend_office`,
    `reinstate_office`, `depart_office`, `transfer_governance`.

    Trade marks and designs: `rights`.
    """

    @functools.cached_property
    def rights(self) -> Rights:
        """The register of trade marks and designs: entries, legal-status events, renewal."""
        from registrum.client.rights import Rights

        return self._view(Rights)

    @classmethod
    def connect(
        cls,
        node: str | RpcClient,
        manifest: Manifest | str | os.PathLike[str],
        *,
        signer: Signer | None = None,
        sender: AccountSigner | None = None,
        outbox: Outbox | None = None,
        finality: Finality | None = None,
        deadline_s: float = DEADLINE_S,
        timeout_s: float = 30.0,
        headers: Mapping[str, str] | None = None,
        after_send: Callable[[], object] | None = None,
    ) -> Self:
        """Connect to a node and compare chain id, genesis hash and code hashes with the manifest.

        Where the offices have voted for a new application registry since, that one is used; it answers from the former.

        Args:
            node: RPC address, or a client for it.
            manifest: The deployment, or the path of its file.
            signer: Signs for an office; None to read only, or to name one with each operation.
            sender: Account that sends transactions; the signer unless given.
            outbox: Where operations are kept until they are settled; without one they are lost with the process.
            finality: When a block counts as final; at once by default, as on QBFT and IBFT networks.
            deadline_s: Seconds to wait for the end of one operation.
            timeout_s: Seconds to wait for the answer to one request.
            headers: HTTP headers, for instance an authorisation.
            after_send: Called after transactions were handed to the node; mines on a chain that mines on demand.

        Raises:
            NodeError: The node cannot be reached, or talks nonsense.
            NetworkMismatchError: It is another chain, or other code, or a contract that is not in force any more.
            ConfigError: No such manifest, or the deployment is not complete.
        """
        known = manifest if isinstance(manifest, Manifest) else Manifest.load(os.fspath(manifest))
        rpc = node if isinstance(node, RpcClient) else RpcClient(node, timeout_s=timeout_s, headers=headers)
        try:
            verify(rpc, known)
            versions = registry_versions(rpc, known)
        except BaseException:
            rpc.close()
            raise
        return cls(
            rpc,
            known,
            versions=versions,
            signer=signer,
            sender=sender,
            outbox=outbox,
            finality=finality,
            deadline_s=deadline_s,
            after_send=after_send,
        )

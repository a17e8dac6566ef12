"""Evidence that outlives its maker: what a chain held about a number, a claim or an entry, provable without a node.

The format is docs/evidence-format.md; each module names the sections that it carries out. `collecting` makes bundles
from a node, `verifying` checks them without one; both derive the same `facts`. Not its job: proofs of single leaves of
anchors (`registrum.proofs`).
"""

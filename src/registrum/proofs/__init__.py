"""Anchors and their proofs: many application records under one office-signed root, each provable offline.

Modules: `merkle` (the tree), `commitment` (salted commitments), `store` (an anchor on disk), `proof` (the proof file),
`verify` (checking one). Nothing here needs a node. How an anchor gets on chain is the client's job.
"""

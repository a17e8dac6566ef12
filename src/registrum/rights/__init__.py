"""The trade mark and design register without a node: entries, legal-status events and what follows from them.

Modules: `values` (state and stage, classes, flags), `model` (entries and events), `reading` (the same out of what a
node answers). Nothing here signs or sends; that is the client's job.
"""

"""The index: the events of all contracts in SQL tables, so that people can search and back ends can ask without a node.

Not its job: HTTP and pages (`registrum.web`), and to be evidence: the chain is, and `registrum index compare` says
whether the tables agree with it.
"""

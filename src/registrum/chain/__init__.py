"""Talking to a chain: the connection, what the network is like, transactions, and sending them exactly once.

Not its job: what a statement means (`registrum.signing`), or where numbers and dates come from.
"""

"""The REST interface and the explorer pages, on one FastAPI application.

`create_app` makes it, `registrum serve` runs it. Nothing here writes to the chain on its own: what offices signed is
relayed, everything else is read, from the index where it can be and from the node where it must be.

Not its job: following the chain (`registrum.index`).
"""

"""Speed figures, each beside the limit that is measured in the same run; `make bench` prints them.

A module here offers `figures()`, an iterator of `bench.figure.Figure`. Nothing in `tests/` depends on time.
"""

"""What `registrum.registry.Registry` is made of: typed answers, and the operations in groups.

Import the names from `registrum` itself.
"""

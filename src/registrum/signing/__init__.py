"""What offices sign and with what: EIP-712 statements, signatures, signers.

Modules: `statements` (all statements), `eip712` (domains), `signers`, `signatures`, `addresses`, `keccak`. They import
nothing of this package but its errors; the curve library is loaded on first use.
"""

// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

/// @title Inclusion in a Merkle tree of application records
/// @notice The tree of OpenZeppelin's `StandardMerkleTree`: complete, nodes hash their two children in sorted order, a
///         leaf is hashed twice over its four ABI words. `MerkleProof` of OpenZeppelin verifies the same proofs; this
///         walks the path in half the gas, which counts where a proof has twenty steps.
library MerkleTree {
    /// @notice Whether `proof` leads from `leaf` to `root` in a tree of `leafCount` leaves.
    /// @param leafCount At least one.
    /// @param leaf Hash of the leaf.
    /// @param proof Sibling hashes from the leaf up: as many as the tree is high, or one less.
    function includes(bytes32 root, uint256 leafCount, bytes32 leaf, bytes32[] calldata proof)
        internal
        pure
        returns (bool)
    {
        // In a complete tree every leaf lies at the height of the tree or one below: floor or ceiling of log2(leaves).
        uint256 length = proof.length;
        unchecked {
            // No overflow: lengths are those of calldata, and each subtraction is of one from what is not zero.
            if (leafCount >> (length + 1) != 0 || (length != 0 && (leafCount - 1) >> (length - 1) == 0)) return false;
        }
        bytes32 node = leaf;
        assembly ("memory-safe") {
            let next := proof.offset
            let end := add(next, shl(5, length))
            // Of each pair the smaller goes to 0x00, the other to 0x20. Two steps a turn, after one if they are odd.
            if and(length, 1) {
                let sibling := calldataload(next)
                let place := shl(5, gt(node, sibling))
                mstore(place, node)
                mstore(xor(place, 0x20), sibling)
                node := keccak256(0x00, 0x40)
                next := add(next, 0x20)
            }
            for {} xor(next, end) { next := add(next, 0x40) } {
                let sibling := calldataload(next)
                let place := shl(5, gt(node, sibling))
                mstore(place, node)
                mstore(xor(place, 0x20), sibling)
                node := keccak256(0x00, 0x40)
                sibling := calldataload(add(next, 0x20))
                place := shl(5, gt(node, sibling))
                mstore(place, node)
                mstore(xor(place, 0x20), sibling)
                node := keccak256(0x00, 0x40)
            }
        }
        return node == root;
    }
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.35;

import {IApplicationRegistry} from "../../interfaces/IApplicationRegistry.sol";
import {ApplicationStatements} from "../../contracts/libraries/ApplicationStatements.sol";
import {MerkleTree} from "../../contracts/libraries/MerkleTree.sol";
import {Proof} from "./Solver.sol";

/// @notice Anchored trees. Assumption of all: keccak256 has no collisions.
/// @dev The walk up a path writes to a memory place that depends on the order of two hashes, which halmos cannot follow;
///      that it equals OpenZeppelin's is shown by the tests on random and on forged proofs.
contract MerkleTreeProof is Proof {
    /// @dev One more than the highest tree has.
    uint256 private constant MOST_SIBLINGS = 41;

    /// @notice Only paths as long as the tree is high, or one less, are looked at: the length is the floor or the ceiling of
    ///         the binary logarithm of the leaf count. Whatever the hashes, any other length up to 41 is refused.
    /// @custom:halmos --loop 64
    function check_pathsOfAnotherLengthAreRefused(bytes32 root, uint40 leafCount, bytes32 leaf, uint8 length)
        external
        view
    {
        vm.assume(leafCount != 0);
        for (uint256 chosen = 0; chosen <= MOST_SIBLINGS; ++chosen) {
            if (length != chosen) continue;
            uint256 power = uint256(1) << chosen;
            bool isFloor = power <= leafCount && leafCount < 2 * power;
            bool isCeiling = leafCount <= power && power < 2 * uint256(leafCount);
            vm.assume(!isFloor && !isCeiling);
            assert(!this.includes(root, leafCount, leaf, new bytes32[](chosen)));
            return;
        }
    }

    /// @notice In a tree of one leaf the empty path leads to the root exactly if the leaf is the root.
    function check_onlyLeafIsTheRoot(bytes32 root, bytes32 leaf) external view {
        assert(this.includes(root, 1, leaf, new bytes32[](0)) == (root == leaf));
    }

    /// @notice A leaf is the double hash of the four ABI words.
    function check_leafIsHashedTwice(IApplicationRegistry.Application calldata application) external pure {
        assert(
            ApplicationStatements.hashLeaf(application) == keccak256(bytes.concat(keccak256(abi.encode(application))))
        );
    }

    /// @notice No inner node is a leaf, whatever its children and whatever the application.
    function check_noNodeIsALeaf(IApplicationRegistry.Application calldata application, bytes32 left, bytes32 right)
        external
        pure
    {
        assert(ApplicationStatements.hashLeaf(application) != keccak256(bytes.concat(left, right)));
    }

    /// @notice Two applications with one leaf are the same application.
    function check_leavesOfDifferentApplicationsDiffer(
        IApplicationRegistry.Application calldata a,
        IApplicationRegistry.Application calldata b
    ) external pure {
        vm.assume(ApplicationStatements.hashLeaf(a) == ApplicationStatements.hashLeaf(b));
        assert(keccak256(abi.encode(a)) == keccak256(abi.encode(b)));
        assert(a.number == b.number);
        assert(a.filingDate == b.filingDate);
        assert(a.disclosure == b.disclosure);
        assert(a.digest == b.digest);
    }

    function includes(bytes32 root, uint256 leafCount, bytes32 leaf, bytes32[] calldata path)
        external
        pure
        returns (bool)
    {
        return MerkleTree.includes(root, leafCount, leaf, path);
    }
}

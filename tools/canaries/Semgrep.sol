// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {MerkleTree} from "../../contracts/libraries/MerkleTree.sol";

/// @dev Breaks each house rule once; the semgrep gate must report every one of them. Never compiled, never deployed.
contract SemgrepCanary {
    function rawRecover(bytes32 digest, uint8 v, bytes32 r, bytes32 s) external pure returns (address) {
        return ecrecover(digest, v, r, s);
    }

    function packedHash(string calldata office, string calldata number) external pure returns (bytes32) {
        return keccak256(abi.encodePacked(office, number));
    }

    function leafHashedOnce(bytes32[] calldata proof, bytes32 root, bytes calldata data) external pure returns (bool) {
        return MerkleTree.includes(root, 8, keccak256(abi.encode(data)), proof);
    }

    function origin() external view returns (bool) {
        return tx.origin == msg.sender;
    }
}

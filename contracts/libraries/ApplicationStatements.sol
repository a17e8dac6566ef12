// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {IApplicationRegistry} from "../../interfaces/IApplicationRegistry.sol";
import {OfficeCode} from "../types/OfficeCode.sol";
import {OfficeNumber} from "../types/OfficeNumber.sol";

/// @title Hashes of what offices state about applications
/// @notice EIP-712 struct hashes, the leaf of an anchored tree, and what binds an anchor. Statements of four words are
///         hashed where they lie in calldata, since that is how both EIP-712 and the ABI lay them out.
library ApplicationStatements {
    bytes32 private constant REGISTRATION_TYPEHASH =
        keccak256("Registration(bytes32 number,uint32 filingDate,uint8 disclosure,bytes32 digest)");
    bytes32 private constant BATCH_TYPEHASH = keccak256(
        "RegistrationBatch(bytes2 office,Registration[] items)"
        "Registration(bytes32 number,uint32 filingDate,uint8 disclosure,bytes32 digest)"
    );
    bytes32 private constant RECONFIRMATION_TYPEHASH = keccak256(
        "Reconfirmation(bytes2 office,uint40 asOf,Registration[] items)"
        "Registration(bytes32 number,uint32 filingDate,uint8 disclosure,bytes32 digest)"
    );
    bytes32 private constant ANCHOR_TYPEHASH =
        keccak256("Anchor(bytes2 office,uint64 sequence,bytes32 root,uint40 leafCount)");
    bytes32 private constant CORRECTION_TYPEHASH =
        keccak256("Correction(bytes32 number,uint32 filingDate,uint8 disclosure,bytes32 digest,uint8 replaces)");
    bytes32 private constant WITHDRAWAL_TYPEHASH = keccak256("Withdrawal(bytes32 number,uint8 replaces)");
    bytes32 private constant REINSTATEMENT_TYPEHASH = keccak256("Reinstatement(bytes32 number,uint8 replaces)");

    /// @notice EIP-712 struct hash of a registration.
    function hashRegistration(IApplicationRegistry.Application calldata application) internal pure returns (bytes32) {
        uint256 location;
        assembly ("memory-safe") {
            location := application
        }
        return _hashFourWords(REGISTRATION_TYPEHASH, location);
    }

    /// @notice EIP-712 struct hash of a batch.
    function hashBatch(OfficeCode office, IApplicationRegistry.Application[] calldata applications)
        internal
        pure
        returns (bytes32)
    {
        return keccak256(abi.encode(BATCH_TYPEHASH, office, _hashItems(applications)));
    }

    /// @notice EIP-712 struct hash of a reconfirmation.
    function hashReconfirmation(OfficeCode office, uint40 asOf, IApplicationRegistry.Application[] calldata items)
        internal
        pure
        returns (bytes32)
    {
        return keccak256(abi.encode(RECONFIRMATION_TYPEHASH, office, asOf, _hashItems(items)));
    }

    /// @notice EIP-712 struct hash of an anchor.
    function hashAnchor(IApplicationRegistry.Anchor calldata statement) internal pure returns (bytes32) {
        uint256 location;
        assembly ("memory-safe") {
            location := statement
        }
        return _hashFourWords(ANCHOR_TYPEHASH, location);
    }

    /// @notice EIP-712 struct hash of a correction.
    function hashCorrection(IApplicationRegistry.Correction calldata correction) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                CORRECTION_TYPEHASH,
                correction.number,
                correction.filingDate,
                correction.disclosure,
                correction.digest,
                correction.replaces
            )
        );
    }

    /// @notice EIP-712 struct hash of a withdrawal.
    function hashWithdrawal(OfficeNumber number, uint8 replaces) internal pure returns (bytes32) {
        return keccak256(abi.encode(WITHDRAWAL_TYPEHASH, number, replaces));
    }

    /// @notice EIP-712 struct hash of a reinstatement.
    function hashReinstatement(OfficeNumber number, uint8 replaces) internal pure returns (bytes32) {
        return keccak256(abi.encode(REINSTATEMENT_TYPEHASH, number, replaces));
    }

    /// @dev An array is the hash of its concatenated struct hashes. The four words of an item are already laid out as
    ///      the struct hash wants them.
    function _hashItems(IApplicationRegistry.Application[] calldata items) private pure returns (bytes32 itemsHash) {
        bytes32 typeHash = REGISTRATION_TYPEHASH;
        assembly ("memory-safe") {
            let item := mload(0x40)
            let hashes := add(item, 0xa0)
            let end := add(hashes, shl(5, items.length))
            let source := items.offset
            mstore(item, typeHash)
            for { let next := hashes } lt(next, end) { next := add(next, 0x20) } {
                calldatacopy(add(item, 0x20), source, 0x80)
                mstore(next, keccak256(item, 0xa0))
                source := add(source, 0x80)
            }
            itemsHash := keccak256(hashes, sub(end, hashes))
        }
    }

    /// @dev A struct of four words lies in calldata as EIP-712 wants it hashed.
    function _hashFourWords(bytes32 typeHash, uint256 location) private pure returns (bytes32 hash) {
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore(free, typeHash)
            calldatacopy(add(free, 0x20), location, 0x80)
            hash := keccak256(free, 0xa0)
        }
    }

    /// @notice Hash of a leaf: twice over the four ABI words, so that no inner node, whose preimage is two words, is a
    ///         leaf.
    function hashLeaf(IApplicationRegistry.Application calldata application) internal pure returns (bytes32 hash) {
        assembly ("memory-safe") {
            let free := mload(0x40)
            calldatacopy(free, application, 0x80)
            mstore(0x00, keccak256(free, 0x80))
            hash := keccak256(0x00, 0x20)
        }
    }

    /// @notice The words of a statement, with one test for bits where a type has none.
    function words(IApplicationRegistry.Anchor calldata statement)
        internal
        pure
        returns (OfficeCode office, uint64 sequence, bytes32 root, uint40 leafCount)
    {
        assembly ("memory-safe") {
            office := calldataload(statement)
            sequence := calldataload(add(statement, 0x20))
            root := calldataload(add(statement, 0x40))
            leafCount := calldataload(add(statement, 0x60))
            if or(shl(16, office), or(shr(64, sequence), shr(40, leafCount))) { revert(0x00, 0x00) }
        }
    }

    /// @notice Hash of root, leaf count and key; the first two are the last two words of the statement.
    function bind(IApplicationRegistry.Anchor calldata statement, address signingKey)
        internal
        pure
        returns (uint256 binding)
    {
        assembly ("memory-safe") {
            let free := mload(0x40)
            calldatacopy(free, add(statement, 0x40), 0x40)
            mstore(add(free, 0x40), signingKey)
            binding := keccak256(free, 0x60)
        }
    }

    /// @notice Place in calldata of the item after `item`; no overflow, since both lie in calldata.
    function itemAfter(uint256 item) internal pure returns (uint256) {
        unchecked {
            return item + 0x80;
        }
    }

    /// @notice Number and digest of an item, and zero if its other two words are those at `run` in memory.
    function itemWords(uint256 item, uint256 run)
        internal
        pure
        returns (OfficeNumber number_, bytes32 digest, uint256 differs)
    {
        assembly ("memory-safe") {
            number_ := calldataload(item)
            digest := calldataload(add(item, 0x60))
            differs := or(
                xor(calldataload(add(item, 0x20)), mload(run)),
                xor(calldataload(add(item, 0x40)), mload(add(run, 0x20)))
            )
        }
    }

    /// @notice The other two words of an item: filing date and disclosure.
    function runWords(uint256 item) internal pure returns (uint256 filingDate, uint256 disclosure) {
        assembly ("memory-safe") {
            filingDate := calldataload(add(item, 0x20))
            disclosure := calldataload(add(item, 0x40))
        }
    }
}

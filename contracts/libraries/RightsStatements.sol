// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {IOfficePractice} from "../../interfaces/IOfficePractice.sol";
import {IRightsRegister} from "../../interfaces/IRightsRegister.sol";
import {OfficeCode} from "../types/OfficeCode.sol";

/// @title Hashes of what offices state about register entries
/// @notice EIP-712 struct hashes. An event is hashed where it lies in calldata, since its words are laid out there as
///         EIP-712 wants them; who uses its narrow fields reads them by Solidity, which refuses bits that a type has
///         not.
library RightsStatements {
    /// @dev Words of a statement before its facts, and words of those.
    uint256 private constant EVENT_WORDS = 12;
    uint256 private constant FACTS_WORDS = 11;

    bytes32 private constant FACTS_TYPEHASH = keccak256(
        "EntryFacts(uint16 changes,uint32 filingDate,uint32 registrationDate,uint32 expiryDate,uint64 classes,"
        "bytes32 dossier,bytes32 representation,bytes32 holder,uint8 relation,bytes32 related,uint64 released)"
    );
    bytes32 private constant EVENT_TYPEHASH = keccak256(
        "LegalStatusEvent(bytes32 number,bytes32 previous,bytes8 system,bytes32 code,bytes2 resulting,uint8 status,"
        "uint32 eventDate,uint32 effectiveDate,uint32 publicationDate,bytes32 document,uint16 corrects,uint16 flags,"
        "EntryFacts facts)"
        "EntryFacts(uint16 changes,uint32 filingDate,uint32 registrationDate,uint32 expiryDate,uint64 classes,"
        "bytes32 dossier,bytes32 representation,bytes32 holder,uint8 relation,bytes32 related,uint64 released)"
    );
    /// @dev Struct hash of facts that state nothing.
    bytes32 private constant NO_FACTS = keccak256(abi.encode(FACTS_TYPEHASH, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
    bytes32 private constant BATCH_TYPEHASH = keccak256(
        "EventBatch(bytes2 office,LegalStatusEvent[] events)"
        "EntryFacts(uint16 changes,uint32 filingDate,uint32 registrationDate,uint32 expiryDate,uint64 classes,"
        "bytes32 dossier,bytes32 representation,bytes32 holder,uint8 relation,bytes32 related,uint64 released)"
        "LegalStatusEvent(bytes32 number,bytes32 previous,bytes8 system,bytes32 code,bytes2 resulting,uint8 status,"
        "uint32 eventDate,uint32 effectiveDate,uint32 publicationDate,bytes32 document,uint16 corrects,uint16 flags,"
        "EntryFacts facts)"
    );
    bytes32 private constant EMPOWERMENT_TYPEHASH = keccak256(
        "Empowerment(bytes2 office,address body,bytes32 name,uint32 categories,uint40 validFrom,uint40 validUntil,"
        "uint16 version)"
    );
    bytes32 private constant TERMS_TYPEHASH = keccak256(
        "RenewalTerms(bytes2 office,bytes1 right,uint8 periodYears,uint8 maximumYears,uint8 windowMonths,"
        "uint8 graceMonths,uint16 version)"
    );

    /// @notice Struct hash of an event, and whether it states any fact.
    function hashEvent(IRightsRegister.LegalStatusEvent calldata statement)
        internal
        pure
        returns (bytes32 hash, bool statesFacts)
    {
        bytes32 factsType = FACTS_TYPEHASH;
        bytes32 eventType = EVENT_TYPEHASH;
        bytes32 noFacts = NO_FACTS;
        assembly ("memory-safe") {
            let free := mload(0x40)
            let words := add(free, 0x20)
            mstore(free, factsType)
            calldatacopy(words, add(statement, mul(EVENT_WORDS, 0x20)), mul(FACTS_WORDS, 0x20))
            let factsHash := keccak256(free, mul(add(FACTS_WORDS, 1), 0x20))
            statesFacts := iszero(eq(factsHash, noFacts))
            mstore(free, eventType)
            calldatacopy(words, statement, mul(EVENT_WORDS, 0x20))
            mstore(add(words, mul(EVENT_WORDS, 0x20)), factsHash)
            hash := keccak256(free, mul(add(EVENT_WORDS, 2), 0x20))
        }
    }

    /// @notice Struct hash of a batch, of which the hashes of the events are known.
    function hashBatch(OfficeCode office, bytes32[] memory hashes) internal pure returns (bytes32) {
        bytes32 eventsHash;
        assembly ("memory-safe") {
            eventsHash := keccak256(add(hashes, 0x20), shl(5, mload(hashes)))
        }
        return keccak256(abi.encode(BATCH_TYPEHASH, office, eventsHash));
    }

    /// @notice Struct hash of an empowerment.
    function hashEmpowerment(IOfficePractice.Empowerment calldata statement) internal pure returns (bytes32) {
        return keccak256(abi.encode(EMPOWERMENT_TYPEHASH, statement));
    }

    /// @notice Struct hash of renewal terms.
    function hashTerms(IOfficePractice.RenewalTerms calldata statement) internal pure returns (bytes32) {
        return keccak256(abi.encode(TERMS_TYPEHASH, statement));
    }

    /// @notice Whether every value that `changes` does not announce is zero.
    /// @dev Word `n + 1` of the facts goes with bit `n`; the last three go together.
    function isConsistent(IRightsRegister.EntryFacts calldata facts, uint256 changes) internal pure returns (bool) {
        uint256 unannounced;
        assembly ("memory-safe") {
            let word := add(facts, 0x20)
            let bits := changes
            for {} lt(word, add(facts, 0x100)) { word := add(word, 0x20) } {
                unannounced := or(unannounced, mul(calldataload(word), iszero(and(bits, 1))))
                bits := shr(1, bits)
            }
            let relation := or(or(calldataload(word), calldataload(add(word, 0x20))), calldataload(add(word, 0x40)))
            unannounced := or(or(unannounced, mul(relation, iszero(and(bits, 1)))), shr(1, bits))
        }
        return unannounced == 0;
    }
}

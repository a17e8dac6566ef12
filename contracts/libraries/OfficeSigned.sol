// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import {IOfficeDirectory} from "../../interfaces/IOfficeDirectory.sol";
import {IOfficeSigned} from "../../interfaces/IOfficeSigned.sol";
import {CalendarDate} from "../types/CalendarDate.sol";
import {KeyFacts, keyId} from "../types/KeyFacts.sol";
import {OfficeCode} from "../types/OfficeCode.sol";

/// @title Checks of office signatures, shared by the registers
/// @notice EIP-712 statements, signed by a key that the directory knows for the office at this block. Who sends the
///         transaction does not matter.
/// @dev A signature is either 65 bytes `r ‖ s ‖ v` with low `s`, or the 20-byte address of a contract wallet followed
///      by what that wallet takes as its ERC-1271 signature (which therefore cannot be 45 bytes long).
abstract contract OfficeSigned is EIP712, IOfficeSigned {
    /// @dev More than a multi-signature wallet of seven owners needs; a wallet that burns more only fails itself.
    uint256 private constant ERC1271_GAS = 300_000;

    /// @dev In place of the earliest filing date when an empowered account signed, not the office: a day that never
    ///      comes, so that no number can be filed by it.
    CalendarDate internal constant NOT_THE_OFFICE = CalendarDate.wrap(type(uint32).max);

    IOfficeDirectory public immutable override directory;

    bytes32 private immutable _separator;
    uint256 private immutable _chainId;

    constructor(IOfficeDirectory directory_) {
        if (address(directory_).code.length == 0) revert OfficeSignedNoDirectory(address(directory_));
        directory = directory_;
        _separator = _domainSeparatorV4();
        _chainId = block.chainid;
    }

    /// @dev What is signed for a statement. The separator is kept for this chain and built anew on a fork with another
    ///      id.
    function _signingDigest(bytes32 structHash) internal view returns (bytes32) {
        return
            MessageHashUtils.toTypedDataHash(block.chainid == _chainId ? _separator : _domainSeparatorV4(), structHash);
    }

    /// @dev Reverts unless `signature` is that of a key good now for `office` and `scope`.
    function _verify(OfficeCode office, uint8 scope, bytes32 structHash, bytes calldata signature)
        internal
        view
        returns (address signer, CalendarDate earliestFilingDate)
    {
        return _verifyFor(office, scope, structHash, signature, false);
    }

    /// @dev The same; if the office has departed, a key of its successor is as good. For statements about what the
    ///      office has recorded, never for new records.
    function _verifyWithSuccessor(OfficeCode office, uint8 scope, bytes32 structHash, bytes calldata signature)
        internal
        view
        returns (address signer, CalendarDate earliestFilingDate)
    {
        return _verifyFor(office, scope, structHash, signature, true);
    }

    function _verifyFor(OfficeCode office, uint8 scope, bytes32 structHash, bytes calldata signature, bool successorMay)
        private
        view
        returns (address signer, CalendarDate earliestFilingDate)
    {
        bytes32 digest = _signingDigest(structHash);
        if (signature.length == 65) {
            (bytes32 r, bytes32 s, uint256 v) = _split(signature);
            ECDSA.RecoverError problem;
            // The third value only repeats what was passed in.
            // slither-disable-next-line unused-return
            (signer, problem,) = ECDSA.tryRecover(digest, uint8(v), r, s);
            if (problem != ECDSA.RecoverError.NoError) revert OfficeSignedInvalidSignature(office);
            return (signer, _authorise(office, signer, scope, successorMay));
        }
        if (signature.length < 20) revert OfficeSignedInvalidSignature(office);
        signer = address(bytes20(signature));
        // Authorised first: no contract is called but one that the office, or its successor, made its key.
        earliestFilingDate = _authorise(office, signer, scope, successorMay);
        if (!_approves(signer, digest, signature[20:])) revert OfficeSignedInvalidSignature(office);
    }

    /// @dev Judges the key by one word of the directory; only a refusal asks for a successor, and then for its reason.
    ///      The bound on filing dates is that of the office whose numbers are signed for, whoever signs.
    function _authorise(OfficeCode office, address signer, uint8 scope, bool successorMay)
        private
        view
        returns (CalendarDate)
    {
        KeyFacts facts = _keyFacts(keyId(office, signer));
        if (facts.permits(scope, block.timestamp)) return facts.earliestFilingDate();
        if (_isEmpowered(office, signer, scope)) return NOT_THE_OFFICE;
        if (successorMay && _isKeyOfSuccessor(office, signer, scope)) return directory.earliestFilingDateOf(office);
        return directory.authorise(office, signer, scope);
    }

    /// @dev Whether a register takes statements of this scope from an account that is no key of the office. They verify
    ///      with `NOT_THE_OFFICE`.
    function _isEmpowered(OfficeCode, address, uint8) internal view virtual returns (bool) {
        return false;
    }

    /// @dev Whether the office has departed and `signer` is a key, good now, of the office that acts for it. Why it is
    ///      not does not matter: the refusal is that of the departed office's own keys.
    function _isKeyOfSuccessor(OfficeCode office, address signer, uint8 scope) private view returns (bool) {
        OfficeCode successor = directory.successorOf(office);
        if (OfficeCode.unwrap(successor) == 0) return false;
        // The bound on filing dates is that of the departed office, not the successor's.
        // slither-disable-next-line unused-return
        try directory.authorise(successor, signer, scope) returns (CalendarDate) {
            return true;
        } catch {
            return false;
        }
    }

    /// @dev Whether a signature that `account` made at `time` for records of `office` is not to be trusted, as known
    ///      today. `directory.compromisedSince`, of which the word of an own key tells the answer.
    function _isCompromised(OfficeCode office, address account, uint40 time) internal view returns (bool) {
        uint256 word = KeyFacts.unwrap(_keyFacts(keyId(office, account)));
        uint40 since = uint8(word) == 0 ? directory.compromisedSince(office, account) : uint40(word >> 128);
        return since != 0 && since <= time;
    }

    /// @dev `directory.keyFacts(id)` without the general decoder: one word in, one word out.
    function _keyFacts(bytes32 id) internal view returns (KeyFacts facts) {
        address target = address(directory);
        bytes4 selector = IOfficeDirectory.keyFacts.selector;
        assembly ("memory-safe") {
            mstore(0x00, selector)
            mstore(0x04, id)
            let success := staticcall(gas(), target, 0x00, 0x24, 0x00, 0x20)
            if or(iszero(success), lt(returndatasize(), 0x20)) { revert(0x00, 0x00) }
            facts := mload(0x00)
        }
    }

    /// @dev `r`, `s` and `v` of 65 bytes.
    function _split(bytes calldata signature) private pure returns (bytes32 r, bytes32 s, uint256 v) {
        assembly ("memory-safe") {
            r := calldataload(signature.offset)
            s := calldataload(add(signature.offset, 0x20))
            v := byte(0, calldataload(add(signature.offset, 0x40)))
        }
    }

    /// @dev ERC-1271 by static call with bounded gas; of what comes back only 32 bytes are copied, so that a wallet can
    ///      neither re-enter, nor exhaust the caller, nor flood its memory.
    function _approves(address wallet, bytes32 digest, bytes calldata signature) private view returns (bool approved) {
        bytes memory question = abi.encodeCall(IERC1271.isValidSignature, (digest, signature));
        bytes32 magic = bytes32(IERC1271.isValidSignature.selector);
        assembly ("memory-safe") {
            let success := staticcall(ERC1271_GAS, wallet, add(question, 0x20), mload(question), 0x00, 0x20)
            approved := and(success, and(gt(returndatasize(), 0x1f), eq(mload(0x00), magic)))
        }
    }
}

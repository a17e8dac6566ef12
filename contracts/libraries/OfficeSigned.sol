// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {IOfficeDirectory} from "../../interfaces/IOfficeDirectory.sol";
import {IOfficeSigned} from "../../interfaces/IOfficeSigned.sol";
import {CalendarDate} from "../types/CalendarDate.sol";
import {OfficeCode} from "../types/OfficeCode.sol";

/// @title Checks of office signatures, shared by the registers
/// @notice EIP-712 statements, signed by a key that the directory knows for the office at this block. Who sends the
///         transaction does not matter.
/// @dev A signature is either 65 bytes `r ‖ s ‖ v` with low `s`, or the 20-byte address of a contract wallet followed by
///      what that wallet takes as its ERC-1271 signature (which therefore cannot be 45 bytes long).
abstract contract OfficeSigned is EIP712, IOfficeSigned {
    /// @dev More than a multi-signature wallet of seven owners needs; a wallet that burns more only fails itself.
    uint256 private constant ERC1271_GAS = 300_000;

    IOfficeDirectory public immutable override directory;

    constructor(IOfficeDirectory directory_) {
        if (address(directory_).code.length == 0) revert OfficeSignedNoDirectory(address(directory_));
        directory = directory_;
    }

    /// @inheritdoc IOfficeSigned
    function domainSeparator() external view override returns (bytes32) {
        return _domainSeparatorV4();
    }

    /// @dev Reverts unless `signature` is that of a key good now for `office` and `scope`.
    function _verify(OfficeCode office, uint8 scope, bytes32 structHash, bytes calldata signature)
        internal
        view
        returns (address signer, CalendarDate earliestFilingDate)
    {
        bytes32 digest = _hashTypedDataV4(structHash);
        if (signature.length == 65) {
            ECDSA.RecoverError problem;
            (signer, problem,) = ECDSA.tryRecover(
                digest, uint8(signature[64]), bytes32(signature[:32]), bytes32(signature[32:64])
            );
            if (problem != ECDSA.RecoverError.NoError) revert OfficeSignedInvalidSignature(office);
            return (signer, directory.authorise(office, signer, scope));
        }
        if (signature.length < 20) revert OfficeSignedInvalidSignature(office);
        signer = address(bytes20(signature));
        // Authorised first: no contract is called but one that the office itself made its key.
        earliestFilingDate = directory.authorise(office, signer, scope);
        if (!_approves(signer, digest, signature[20:])) revert OfficeSignedInvalidSignature(office);
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

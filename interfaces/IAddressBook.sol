// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {IOfficeDirectory} from "./IOfficeDirectory.sol";

/// @title Address book: which contract serves which purpose, and which did before
/// @notice A new version of a register is listed by vote; earlier versions stay listed, since evidence may rest on
///         them.
interface IAddressBook {
    /// @notice One version.
    /// @param account The contract.
    /// @param codeHash Keccak-256 of its code when it was listed.
    /// @param activeSince Block time, seconds since 1970.
    struct Entry {
        address account;
        bytes32 codeHash;
        uint40 activeSince;
    }

    /// @param version From 1.
    event ContractListed(bytes32 indexed name, uint256 indexed version, address indexed account, bytes32 codeHash);

    /// @notice Only the consortium may do this, by vote.
    error AddressBookNotGovernance(address caller);
    /// @notice A name is made of ASCII letters and digits, padded with zeros.
    error AddressBookInvalidName(bytes32 name);
    /// @notice Each name needs an account.
    error AddressBookLengths(uint256 names, uint256 accounts);
    /// @notice There is no contract at the address.
    error AddressBookNoContract(address account);
    /// @notice The contract is listed already, as this or as an earlier version.
    error AddressBookListed(bytes32 name, address account);
    /// @notice Nothing is listed under the name.
    error AddressBookUnknownName(bytes32 name);
    /// @notice The contract is no directory of offices.
    error AddressBookNoDirectory(address directory);

    /// @notice The directory whose governance lists contracts here.
    function directory() external view returns (IOfficeDirectory);

    /// @notice Lists contracts as the present versions of what they are named. Only governance.
    /// @param names ASCII, padded with zeros, for example "ApplicationRegistry".
    function list(bytes32[] calldata names, address[] calldata accounts) external;

    /// @notice Present version.
    function current(bytes32 name) external view returns (Entry memory);

    /// @notice All versions, oldest first.
    function versions(bytes32 name) external view returns (Entry[] memory);

    /// @notice All names, in the order of their first listing.
    function names() external view returns (bytes32[] memory);
}

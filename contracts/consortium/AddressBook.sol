// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.35;

import {IAddressBook} from "../../interfaces/IAddressBook.sol";
import {IOfficeDirectory} from "../../interfaces/IOfficeDirectory.sol";

/// @title Address book: which contract serves which purpose, and which did before
contract AddressBook is IAddressBook {
    IOfficeDirectory public immutable override directory;

    bytes32[] private _names;
    mapping(bytes32 name => Entry[] versions) private _versions;
    mapping(address account => bytes32 name) private _nameOf;

    constructor(IOfficeDirectory directory_) {
        if (address(directory_).code.length == 0) revert AddressBookNoDirectory(address(directory_));
        directory = directory_;
    }

    /// @inheritdoc IAddressBook
    function list(bytes32[] calldata names_, address[] calldata accounts) external override {
        if (msg.sender != directory.governance()) revert AddressBookNotGovernance(msg.sender);
        if (names_.length != accounts.length) revert AddressBookLengths(names_.length, accounts.length);
        for (uint256 i = 0; i < names_.length; ++i) {
            _list(names_[i], accounts[i]);
        }
    }

    /// @inheritdoc IAddressBook
    function current(bytes32 name) external view override returns (Entry memory) {
        Entry[] storage entries = _versions[name];
        if (entries.length == 0) revert AddressBookUnknownName(name);
        return entries[entries.length - 1];
    }

    /// @inheritdoc IAddressBook
    function versions(bytes32 name) external view override returns (Entry[] memory) {
        return _versions[name];
    }

    /// @inheritdoc IAddressBook
    function names() external view override returns (bytes32[] memory) {
        return _names;
    }

    function _list(bytes32 name, address account) private {
        if (!_isName(name)) revert AddressBookInvalidName(name);
        if (account.code.length == 0) revert AddressBookNoContract(account);
        bytes32 listed = _nameOf[account];
        if (listed != 0) revert AddressBookListed(listed, account);
        if (_versions[name].length == 0) _names.push(name);
        _nameOf[account] = name;
        _versions[name].push(Entry(account, account.codehash, uint40(block.timestamp)));
        emit ContractListed(name, _versions[name].length, account, account.codehash);
    }

    /// @dev ASCII letters and digits, at least one, then zeros.
    function _isName(bytes32 name) private pure returns (bool) {
        bool ended = false;
        for (uint256 i = 0; i < 32; ++i) {
            uint8 character = uint8(name[i]);
            if (character == 0) {
                ended = true;
                continue;
            }
            bool isLetter = (character | 0x20) >= 0x61 && (character | 0x20) <= 0x7a;
            bool isDigit = character >= 0x30 && character <= 0x39;
            if (ended || !(isLetter || isDigit)) return false;
        }
        return name != 0;
    }
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {IOfficeDirectory} from "../../interfaces/IOfficeDirectory.sol";
import {Scopes} from "../libraries/Scopes.sol";
import {CalendarDate} from "../types/CalendarDate.sol";
import {KeyFacts, keyId} from "../types/KeyFacts.sol";
import {OfficeCode} from "../types/OfficeCode.sol";
import {OfficeRecords} from "./OfficeRecords.sol";

/// @title Keys that sign for the offices: who adds, revokes, suspends and judges them
abstract contract OfficeKeys is OfficeRecords {
    /// @dev Bounds the loops over the keys of an office, so that no office can make its own suspension too dear to run.
    uint256 private constant MAX_UNREVOKED_KEYS = 32;

    /// @inheritdoc IOfficeDirectory
    function addKey(OfficeCode office, address account, uint8 scopes, uint40 validFrom, uint40 validUntil)
        external
        override
    {
        OfficeState storage state = _present(office);
        _checkKeyManager(office, state);
        _addKey(office, NewKey(account, scopes, validFrom, validUntil), msg.sender == state.seat);
    }

    /// @inheritdoc IOfficeDirectory
    function revokeKey(OfficeCode office, address account) external override {
        OfficeState storage state = _admitted(office);
        _checkKeyManager(office, state);
        KeyState storage key = _unrevokedKey(office, account);
        _revoke(office, account, key);
    }

    /// @inheritdoc IOfficeDirectory
    function markKeyCompromised(OfficeCode office, address account, uint40 since) external override {
        if (msg.sender != _admitted(office).seat && msg.sender != governance) {
            revert OfficeDirectoryNotSeat(office, msg.sender);
        }
        KeyState storage key = _known(office, account);
        uint40 recorded = key.compromisedSince;
        if (since == 0 || since > block.timestamp || (recorded != 0 && since >= recorded)) {
            revert OfficeDirectoryInvalidCompromise(since, recorded);
        }
        key.compromisedSince = since;
        emit KeyCompromised(office, account, since);
        if (key.revokedAt == 0) _revoke(office, account, key);
    }

    /// @inheritdoc IOfficeDirectory
    function suspendKey(OfficeCode office, address account, uint40 until) external override onlySuspender {
        OfficeState storage state = _present(office);
        KeyState storage key = _unrevokedKey(office, account);
        bytes32 id = keyId(office, account);
        _checkSuspension(_keySuspendedUntil[id], until);
        _keySuspendedUntil[id] = until;
        key.barredUntil = until > state.suspendedUntil ? until : state.suspendedUntil;
        emit KeySuspended(office, account, until);
    }

    /// @inheritdoc IOfficeDirectory
    function reinstateKey(OfficeCode office, address account) external override onlyGovernance {
        OfficeState storage state = _present(office);
        KeyState storage key = _unrevokedKey(office, account);
        bytes32 id = keyId(office, account);
        if (_keySuspendedUntil[id] <= block.timestamp) revert OfficeDirectoryKeyNotSuspended(office, account);
        _keySuspendedUntil[id] = uint40(block.timestamp);
        key.barredUntil = state.suspendedUntil;
        emit KeyReinstated(office, account);
    }

    /// @inheritdoc IOfficeDirectory
    function authorise(OfficeCode office, address account, uint8 scope) external view override returns (CalendarDate) {
        KeyFacts facts = keyFacts(keyId(office, account));
        if (scope == 0 || !facts.permits(scope, block.timestamp)) _explain(office, account, scope);
        return facts.earliestFilingDate();
    }

    function _addKey(OfficeCode office, NewKey memory key, bool mayGrantKeys) internal {
        if (key.account == address(0)) revert OfficeDirectoryZeroAccount();
        if (key.scopes == 0 || key.scopes > Scopes.ALL || (key.scopes & Scopes.KEYS != 0 && !mayGrantKeys)) {
            revert OfficeDirectoryInvalidScopes(key.scopes);
        }
        uint40 validFrom = key.validFrom == 0 ? uint40(block.timestamp) : key.validFrom;
        uint40 validUntil = key.validUntil == 0 ? FOREVER : key.validUntil;
        if (validFrom < block.timestamp || validUntil <= validFrom) {
            revert OfficeDirectoryInvalidWindow(validFrom, validUntil);
        }
        bytes32 id = keyId(office, key.account);
        if (_keys[id].scopes != 0) revert OfficeDirectoryKeyExists(office, key.account);
        if (_unrevoked[office].length == MAX_UNREVOKED_KEYS) {
            revert OfficeDirectoryTooManyKeys(office, MAX_UNREVOKED_KEYS);
        }

        OfficeState storage state = _offices[office];
        _accounts[office].push(key.account);
        _unrevoked[office].push(key.account);
        _keys[id] = KeyState({
            scopes: key.scopes,
            validFrom: validFrom,
            validUntil: validUntil,
            revokedAt: 0,
            compromisedSince: 0,
            barredUntil: state.suspendedUntil,
            officeEarliestFilingDate: state.earliestFilingDate
        });
        emit KeyAdded(office, key.account, key.scopes, validFrom, validUntil);
    }

    function _revoke(OfficeCode office, address account, KeyState storage key) private {
        key.revokedAt = uint40(block.timestamp);
        address[] storage unrevoked = _unrevoked[office];
        uint256 last = unrevoked.length - 1;
        for (uint256 i = 0; i < last; ++i) {
            if (unrevoked[i] == account) {
                unrevoked[i] = unrevoked[last];
                break;
            }
        }
        unrevoked.pop();
        emit KeyRevoked(office, account);
    }

    function _checkKeyManager(OfficeCode office, OfficeState storage state) private view {
        if (msg.sender == state.seat) return;
        KeyState memory key = _keys[keyId(office, msg.sender)];
        if (
            key.scopes & Scopes.KEYS == 0 || key.revokedAt != 0 || block.timestamp < key.validFrom
                || key.validUntil <= block.timestamp
        ) revert OfficeDirectoryNotSeat(office, msg.sender);
        uint40 until = _keySuspendedUntil[keyId(office, msg.sender)];
        if (until > block.timestamp) revert OfficeDirectoryKeySuspended(office, msg.sender, until);
    }

    /// @dev Reverts with the first reason that lasts: departure, then what is wrong with the key, then suspension.
    function _explain(OfficeCode office, address account, uint8 scope) private view {
        OfficeState storage state = _present(office);
        KeyState memory key = _keys[keyId(office, account)];
        if (key.scopes == 0) revert OfficeDirectoryUnknownKey(office, account);
        if (key.revokedAt != 0) revert OfficeDirectoryKeyRevoked(office, account, key.revokedAt);
        if (key.validFrom > block.timestamp) revert OfficeDirectoryKeyNotYetValid(office, account, key.validFrom);
        if (key.validUntil <= block.timestamp) revert OfficeDirectoryKeyExpired(office, account, key.validUntil);
        if (scope == 0 || key.scopes & scope != scope) revert OfficeDirectoryKeyOutOfScope(office, account, scope);
        if (state.suspendedUntil > block.timestamp) {
            revert OfficeDirectoryOfficeSuspended(office, state.suspendedUntil);
        }
        revert OfficeDirectoryKeySuspended(office, account, _keySuspendedUntil[keyId(office, account)]);
    }
}

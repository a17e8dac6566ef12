// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {IOfficeDirectory} from "../../interfaces/IOfficeDirectory.sol";
import {CalendarDate} from "../types/CalendarDate.sol";
import {KeyFacts, keyId} from "../types/KeyFacts.sol";
import {OfficeCode} from "../types/OfficeCode.sol";

/// @title What the directory holds of offices and keys, and how it is read
abstract contract OfficeRecords is IOfficeDirectory {
    /// @dev Three slots and two texts.
    struct OfficeState {
        // slot 0
        address seat;
        uint40 admittedAt;
        uint40 suspendedUntil;
        bool departed;
        // slot 1
        CalendarDate earliestFilingDate;
        address proposedSeat;
        // Until when it is suspended by vote; an emergency may suspend it for longer.
        uint40 votedUntil;
        // own slots
        string name;
        string endpoint;
        // one slot, empty but for offices that departed or whose seat was lost
        address replacementSeat;
        uint40 replacementFrom;
        OfficeCode successor;
    }

    /// @dev One slot: until when an office was suspended, and was so by vote, as known from one moment to the next.
    struct Suspension {
        uint40 since;
        uint40 until;
        uint40 votedUntil;
    }

    /// @dev One slot, laid out as `KeyFacts`. The last two fields mirror the office, so that a signature costs one
    ///      storage read instead of two; `_mirror` keeps them so in every key that is not revoked. A suspension of the
    ///      key itself is in `_keySuspendedUntil`; the later of the two bars it.
    struct KeyState {
        uint8 scopes;
        uint40 validFrom;
        uint40 validUntil;
        uint40 revokedAt;
        uint40 compromisedSince;
        uint40 barredUntil;
        CalendarDate officeEarliestFilingDate;
    }

    /// @dev "Without end" of a validity window or a suspension.
    uint40 internal constant FOREVER = type(uint40).max;
    uint40 private constant MAX_EMERGENCY = 90 days;

    address public override governance;
    address public override emergencyBody;
    uint40 public override objectionDelay = 14 days;

    OfficeCode[] internal _codes;
    mapping(OfficeCode office => OfficeState) internal _offices;
    mapping(address seat => OfficeCode office) public override officeOfSeat;
    mapping(OfficeCode office => address[] accounts) internal _accounts;
    mapping(OfficeCode office => address[] accounts) internal _unrevoked;
    mapping(bytes32 keyId => KeyState) internal _keys;
    mapping(bytes32 keyId => uint40 until) internal _keySuspendedUntil;
    /// @dev Oldest first. A vote that closed is counted as of then, whatever has happened to suspensions since.
    mapping(OfficeCode office => Suspension[]) private _suspensions;

    modifier onlyGovernance() {
        if (msg.sender != governance) revert OfficeDirectoryNotGovernance(msg.sender);
        _;
    }

    modifier onlySuspender() {
        // Where there is no emergency body, the zero account that calls without a sender come from is not it.
        if (msg.sender != governance && (msg.sender != emergencyBody || msg.sender == address(0))) {
            revert OfficeDirectoryNotEmergencyBody(msg.sender);
        }
        _;
    }

    modifier onlySeat(OfficeCode office) {
        if (msg.sender != _admitted(office).seat) revert OfficeDirectoryNotSeat(office, msg.sender);
        _;
    }

    /// @inheritdoc IOfficeDirectory
    function keyFacts(bytes32 id) public view override returns (KeyFacts facts) {
        KeyState storage key = _keys[id];
        assembly ("memory-safe") {
            facts := sload(key.slot)
        }
    }

    /// @inheritdoc IOfficeDirectory
    function isKeyGood(OfficeCode office, address account, uint8 scopes, uint40 time)
        external
        view
        override
        returns (bool)
    {
        KeyState memory key = _keys[keyId(office, account)];
        return scopes != 0 && key.scopes & scopes == scopes && key.validFrom <= time && time < key.validUntil
            && (key.revokedAt == 0 || time < key.revokedAt)
            && (key.compromisedSince == 0 || time < key.compromisedSince);
    }

    /// @inheritdoc IOfficeDirectory
    function keyOf(OfficeCode office, address account) public view override returns (SigningKey memory) {
        KeyState memory key = _keys[keyId(office, account)];
        return SigningKey({
            account: account,
            scopes: key.scopes,
            validFrom: key.validFrom,
            validUntil: key.validUntil,
            revokedAt: key.revokedAt,
            compromisedSince: key.compromisedSince
        });
    }

    /// @inheritdoc IOfficeDirectory
    function keys(OfficeCode office, uint256 offset, uint256 limit)
        external
        view
        override
        returns (SigningKey[] memory page, uint256 total)
    {
        address[] storage accounts = _accounts[office];
        total = accounts.length;
        page = new SigningKey[](_pageSize(total, offset, limit));
        for (uint256 i = 0; i < page.length; ++i) {
            page[i] = keyOf(office, accounts[offset + i]);
        }
    }

    /// @inheritdoc IOfficeDirectory
    function officeOf(OfficeCode code) public view override returns (Office memory) {
        OfficeState storage state = _offices[code];
        return Office({
            code: code,
            status: statusOf(code),
            seat: state.seat,
            admittedAt: state.admittedAt,
            suspendedUntil: state.suspendedUntil,
            earliestFilingDate: state.earliestFilingDate,
            keyCount: _accounts[code].length,
            name: state.name,
            endpoint: state.endpoint
        });
    }

    /// @inheritdoc IOfficeDirectory
    function statusOf(OfficeCode code) public view override returns (OfficeStatus) {
        OfficeState storage state = _offices[code];
        if (state.seat == address(0)) return OfficeStatus.None;
        if (state.departed) return OfficeStatus.Departed;
        return state.suspendedUntil > block.timestamp ? OfficeStatus.Suspended : OfficeStatus.Active;
    }

    /// @inheritdoc IOfficeDirectory
    function seatOf(OfficeCode code) external view override returns (address) {
        return _offices[code].seat;
    }

    /// @inheritdoc IOfficeDirectory
    function activeOffices() external view override returns (OfficeCode[] memory active) {
        (active,) = electorateAt(uint40(block.timestamp));
    }

    /// @inheritdoc IOfficeDirectory
    function electorateAt(uint40 time) public view override returns (OfficeCode[] memory active, uint256 inEmergency) {
        uint256 total = _codes.length;
        active = new OfficeCode[](total);
        uint256 count = 0;
        for (uint256 i = 0; i < total; ++i) {
            OfficeCode code = _codes[i];
            OfficeState storage state = _offices[code];
            if (state.departed || state.admittedAt > time) continue;
            Suspension memory suspension = _suspensionAt(code, time);
            if (suspension.until <= time) {
                active[count] = code;
                ++count;
            } else if (suspension.votedUntil <= time) {
                ++inEmergency;
            }
        }
        assembly ("memory-safe") {
            mstore(active, count)
        }
    }

    /// @inheritdoc IOfficeDirectory
    function successorOf(OfficeCode code) external view override returns (OfficeCode) {
        OfficeState storage state = _offices[code];
        if (!state.departed) return OfficeCode.wrap(0);
        while (state.departed) {
            code = state.successor;
            state = _offices[code];
        }
        return code;
    }

    /// @inheritdoc IOfficeDirectory
    function compromisedSince(OfficeCode code, address account) external view override returns (uint40 since) {
        // A successor can add any account as a key of its own: that must not cast doubt on what the office signed.
        KeyState storage own = _keys[keyId(code, account)];
        if (own.scopes != 0) return own.compromisedSince;
        while (OfficeCode.unwrap(code) != 0) {
            uint40 known = _keys[keyId(code, account)].compromisedSince;
            if (known != 0 && (since == 0 || known < since)) since = known;
            code = _offices[code].successor;
        }
    }

    /// @inheritdoc IOfficeDirectory
    function keySuspendedUntil(OfficeCode code, address account) external view override returns (uint40) {
        return _keySuspendedUntil[keyId(code, account)];
    }

    /// @inheritdoc IOfficeDirectory
    function replacementOf(OfficeCode code) external view override returns (address, uint40) {
        return (_offices[code].replacementSeat, _offices[code].replacementFrom);
    }

    /// @inheritdoc IOfficeDirectory
    function proposedSeatOf(OfficeCode code) external view override returns (address) {
        return _offices[code].proposedSeat;
    }

    /// @inheritdoc IOfficeDirectory
    function earliestFilingDateOf(OfficeCode code) external view override returns (CalendarDate) {
        return _offices[code].earliestFilingDate;
    }

    /// @inheritdoc IOfficeDirectory
    function offices(uint256 offset, uint256 limit)
        external
        view
        override
        returns (Office[] memory page, uint256 total)
    {
        total = _codes.length;
        page = new Office[](_pageSize(total, offset, limit));
        for (uint256 i = 0; i < page.length; ++i) {
            page[i] = officeOf(_codes[offset + i]);
        }
    }

    function _suspend(OfficeCode office, OfficeState storage state, uint40 until, bool byVote) internal {
        if (byVote) state.votedUntil = until;
        state.suspendedUntil = until;
        _suspensions[office].push(Suspension(uint40(block.timestamp), until, state.votedUntil));
        _mirror(office, state);
    }

    /// @dev Copies what `authorise` needs of the office into each key that can still sign. Revoked keys are final.
    function _mirror(OfficeCode office, OfficeState storage state) internal {
        uint40 barredUntil = state.departed ? FOREVER : state.suspendedUntil;
        CalendarDate earliest = state.earliestFilingDate;
        address[] storage unrevoked = _unrevoked[office];
        uint256 count = unrevoked.length;
        for (uint256 i = 0; i < count; ++i) {
            KeyState storage key = _keys[keyId(office, unrevoked[i])];
            uint40 suspendedUntil = _keySuspendedUntil[keyId(office, unrevoked[i])];
            key.barredUntil = suspendedUntil > barredUntil ? suspendedUntil : barredUntil;
            key.officeEarliestFilingDate = earliest;
        }
    }

    function _admitted(OfficeCode office) internal view returns (OfficeState storage state) {
        state = _offices[office];
        if (state.seat == address(0)) revert OfficeDirectoryUnknownOffice(office);
    }

    function _present(OfficeCode office) internal view returns (OfficeState storage state) {
        state = _admitted(office);
        if (state.departed) revert OfficeDirectoryOfficeDeparted(office);
    }

    function _known(OfficeCode office, address account) internal view returns (KeyState storage key) {
        key = _keys[keyId(office, account)];
        if (key.scopes == 0) revert OfficeDirectoryUnknownKey(office, account);
    }

    function _unrevokedKey(OfficeCode office, address account) internal view returns (KeyState storage key) {
        key = _known(office, account);
        if (key.revokedAt != 0) revert OfficeDirectoryKeyRevoked(office, account, key.revokedAt);
    }

    /// @dev Governance sets any end that lies ahead; the emergency body can only move it away, and not far.
    function _checkSuspension(uint40 recorded, uint40 until) internal view {
        if (until <= block.timestamp) revert OfficeDirectorySuspensionEnded(until);
        if (msg.sender == governance) return;
        if (until <= recorded) revert OfficeDirectorySuspensionShortened(until, recorded);
        uint40 latest = uint40(block.timestamp) + MAX_EMERGENCY;
        if (until > latest) revert OfficeDirectoryEmergencyTooLong(until, latest);
    }

    /// @dev Of the last decision on a suspension of the office by then; all zero if there was none.
    function _suspensionAt(OfficeCode office, uint40 time) private view returns (Suspension memory suspension) {
        Suspension[] storage all = _suspensions[office];
        for (uint256 i = all.length; i > 0; --i) {
            if (all[i - 1].since <= time) return all[i - 1];
        }
    }

    function _pageSize(uint256 total, uint256 offset, uint256 limit) private pure returns (uint256) {
        if (offset >= total) return 0;
        return limit < total - offset ? limit : total - offset;
    }
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.35;

import {IOfficeDirectory} from "../../interfaces/IOfficeDirectory.sol";
import {Scopes} from "../libraries/Scopes.sol";
import {CalendarDate} from "../types/CalendarDate.sol";
import {KeyFacts, keyId} from "../types/KeyFacts.sol";
import {OfficeCode, OfficeCodeMalformed} from "../types/OfficeCode.sol";

/// @title Directory of the offices and of the keys that sign for them
contract OfficeDirectory is IOfficeDirectory {
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
        // own slots
        string name;
        string endpoint;
        // one slot, empty but for offices that departed or whose seat was lost
        address replacementSeat;
        uint40 replacementFrom;
        OfficeCode successor;
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
    uint40 private constant FOREVER = type(uint40).max;
    /// @dev Bounds the loops over the keys of an office, so that no office can make its own suspension too dear to run.
    uint256 private constant MAX_UNREVOKED_KEYS = 32;
    uint256 private constant MAX_NAME_BYTES = 100;
    uint256 private constant MAX_ENDPOINT_BYTES = 200;
    uint40 private constant MIN_OBJECTION_DELAY = 1 days;
    uint40 private constant MAX_OBJECTION_DELAY = 90 days;

    address public override governance;
    address public override emergencyBody;
    uint40 public override objectionDelay = 14 days;

    OfficeCode[] private _codes;
    mapping(OfficeCode office => OfficeState) private _offices;
    mapping(address seat => OfficeCode office) public override officeOfSeat;
    mapping(OfficeCode office => address[] accounts) private _accounts;
    mapping(OfficeCode office => address[] accounts) private _unrevoked;
    mapping(bytes32 keyId => KeyState) private _keys;
    mapping(bytes32 keyId => uint40 until) private _keySuspendedUntil;

    modifier onlyGovernance() {
        if (msg.sender != governance) revert OfficeDirectoryNotGovernance(msg.sender);
        _;
    }

    modifier onlySeat(OfficeCode office) {
        if (msg.sender != _admitted(office).seat) revert OfficeDirectoryNotSeat(office, msg.sender);
        _;
    }

    /// @param initialGovernance Account that admits and suspends offices.
    constructor(address initialGovernance) {
        _setGovernance(initialGovernance);
    }

    /// @inheritdoc IOfficeDirectory
    function transferGovernance(address newGovernance) external override onlyGovernance {
        _setGovernance(newGovernance);
    }

    /// @inheritdoc IOfficeDirectory
    function setEmergencyBody(address newBody) external override onlyGovernance {
        emit EmergencyBodyChanged(emergencyBody, newBody);
        emergencyBody = newBody;
    }

    /// @inheritdoc IOfficeDirectory
    function setObjectionDelay(uint40 newDelay) external override onlyGovernance {
        if (newDelay < MIN_OBJECTION_DELAY || newDelay > MAX_OBJECTION_DELAY) {
            revert OfficeDirectoryInvalidDelay(newDelay);
        }
        objectionDelay = newDelay;
        emit ObjectionDelayChanged(newDelay);
    }

    /// @inheritdoc IOfficeDirectory
    function admitOffice(
        OfficeCode code,
        address seat,
        string calldata name,
        string calldata endpoint,
        CalendarDate earliestFilingDate
    ) external override onlyGovernance {
        _admit(code, seat, name, endpoint, earliestFilingDate);
    }

    /// @inheritdoc IOfficeDirectory
    function admitOfficeWithKeys(
        OfficeCode code,
        address seat,
        string calldata name,
        string calldata endpoint,
        CalendarDate earliestFilingDate,
        NewKey[] calldata firstKeys
    ) external override onlyGovernance {
        _admit(code, seat, name, endpoint, earliestFilingDate);
        for (uint256 i = 0; i < firstKeys.length; ++i) {
            _addKey(code, firstKeys[i], true);
        }
    }

    /// @inheritdoc IOfficeDirectory
    function suspendOffice(OfficeCode office, uint40 until) external override {
        OfficeState storage state = _present(office);
        _checkSuspension(state.suspendedUntil, until);
        state.suspendedUntil = until;
        _mirror(office, state);
        emit OfficeSuspended(office, until);
    }

    /// @inheritdoc IOfficeDirectory
    function reinstateOffice(OfficeCode office) external override onlyGovernance {
        OfficeState storage state = _present(office);
        if (state.suspendedUntil <= block.timestamp) revert OfficeDirectoryNotSuspended(office);
        state.suspendedUntil = uint40(block.timestamp);
        _mirror(office, state);
        emit OfficeReinstated(office);
    }

    /// @inheritdoc IOfficeDirectory
    function suspendKey(OfficeCode office, address account, uint40 until) external override {
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
    function departOffice(OfficeCode office) external override onlyGovernance {
        OfficeState storage state = _present(office);
        state.departed = true;
        _mirror(office, state);
        emit OfficeDeparted(office);
    }

    /// @inheritdoc IOfficeDirectory
    function nameSuccessor(OfficeCode office, OfficeCode successor) external override onlyGovernance {
        OfficeState storage state = _admitted(office);
        if (!state.departed) revert OfficeDirectoryNotDeparted(office);
        if (OfficeCode.unwrap(state.successor) != 0) revert OfficeDirectorySuccessorNamed(office, state.successor);
        // An active office has not departed, so no chain of successors ever closes.
        if (statusOf(successor) != OfficeStatus.Active) revert OfficeDirectoryInvalidSuccessor(office, successor);
        state.successor = successor;
        emit SuccessorNamed(office, successor);
    }

    /// @inheritdoc IOfficeDirectory
    function replaceSeat(OfficeCode office, address newSeat) external override onlyGovernance {
        OfficeState storage state = _admitted(office);
        _checkSeatIsFree(newSeat);
        state.replacementSeat = newSeat;
        state.replacementFrom = newSeat == address(0) ? 0 : uint40(block.timestamp) + objectionDelay;
        emit SeatReplacementDecided(office, newSeat, state.replacementFrom);
    }

    /// @inheritdoc IOfficeDirectory
    function objectToReplacement(OfficeCode office) external override onlySeat(office) {
        OfficeState storage state = _offices[office];
        address newSeat = state.replacementSeat;
        if (newSeat == address(0)) revert OfficeDirectoryNoReplacement(office);
        if (state.suspendedUntil > block.timestamp) revert OfficeDirectoryObjectionBarred(office);
        delete state.replacementSeat;
        delete state.replacementFrom;
        emit SeatReplacementObjected(office, newSeat);
    }

    /// @inheritdoc IOfficeDirectory
    function proposeSeat(OfficeCode office, address newSeat) external override onlySeat(office) {
        _checkSeatIsFree(newSeat);
        _offices[office].proposedSeat = newSeat;
        emit SeatProposed(office, newSeat);
    }

    /// @inheritdoc IOfficeDirectory
    function acceptSeat(OfficeCode office) external override {
        OfficeState storage state = _admitted(office);
        if (msg.sender == address(0)) revert OfficeDirectoryZeroAccount();
        bool isReplacement = msg.sender == state.replacementSeat;
        if (msg.sender != state.proposedSeat) {
            if (!isReplacement) revert OfficeDirectoryNotProposedSeat(office, msg.sender);
            if (block.timestamp < state.replacementFrom) {
                revert OfficeDirectoryReplacementPending(office, state.replacementFrom);
            }
        }
        if (isReplacement) {
            delete state.replacementSeat;
            delete state.replacementFrom;
        }
        _checkSeatIsFree(msg.sender);
        address previousSeat = state.seat;
        officeOfSeat[previousSeat] = OfficeCode.wrap(0);
        officeOfSeat[msg.sender] = office;
        state.seat = msg.sender;
        delete state.proposedSeat;
        emit SeatChanged(office, previousSeat, msg.sender);
    }

    /// @inheritdoc IOfficeDirectory
    function setEndpoint(OfficeCode office, string calldata endpoint) external override onlySeat(office) {
        _checkLength(endpoint, MAX_ENDPOINT_BYTES);
        _offices[office].endpoint = endpoint;
        emit EndpointChanged(office, endpoint);
    }

    /// @inheritdoc IOfficeDirectory
    function setEarliestFilingDate(OfficeCode office, CalendarDate earliestFilingDate)
        external
        override
        onlySeat(office)
    {
        if (!earliestFilingDate.isZero()) earliestFilingDate.validate();
        OfficeState storage state = _offices[office];
        state.earliestFilingDate = earliestFilingDate;
        _mirror(office, state);
        emit EarliestFilingDateChanged(office, earliestFilingDate);
    }

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
    function authorise(OfficeCode office, address account, uint8 scope) external view override returns (CalendarDate) {
        KeyFacts facts = keyFacts(keyId(office, account));
        if (scope == 0 || !facts.permits(scope, block.timestamp)) _explain(office, account, scope);
        return facts.earliestFilingDate();
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
        uint256 total = _codes.length;
        active = new OfficeCode[](total);
        uint256 count = 0;
        for (uint256 i = 0; i < total; ++i) {
            OfficeCode code = _codes[i];
            if (statusOf(code) == OfficeStatus.Active) {
                active[count] = code;
                ++count;
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

    function _admit(
        OfficeCode code,
        address seat,
        string calldata name,
        string calldata endpoint,
        CalendarDate earliestFilingDate
    ) private {
        if (!code.isWellFormed()) revert OfficeCodeMalformed(OfficeCode.unwrap(code));
        OfficeState storage state = _offices[code];
        if (state.seat != address(0)) revert OfficeDirectoryOfficeExists(code);
        if (seat == address(0)) revert OfficeDirectoryZeroAccount();
        _checkSeatIsFree(seat);
        if (bytes(name).length == 0) revert OfficeDirectoryTextLength(0, MAX_NAME_BYTES);
        _checkLength(name, MAX_NAME_BYTES);
        _checkLength(endpoint, MAX_ENDPOINT_BYTES);
        if (!earliestFilingDate.isZero()) earliestFilingDate.validate();

        state.seat = seat;
        state.admittedAt = uint40(block.timestamp);
        state.earliestFilingDate = earliestFilingDate;
        state.name = name;
        state.endpoint = endpoint;
        officeOfSeat[seat] = code;
        _codes.push(code);
        emit OfficeAdmitted(code, seat, name, endpoint, earliestFilingDate);
    }

    function _addKey(OfficeCode office, NewKey memory key, bool mayGrantKeys) private {
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

    function _setGovernance(address newGovernance) private {
        if (newGovernance == address(0)) revert OfficeDirectoryZeroAccount();
        emit GovernanceTransferred(governance, newGovernance);
        governance = newGovernance;
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

    /// @dev Copies what `authorise` needs of the office into each key that can still sign. Revoked keys are final.
    function _mirror(OfficeCode office, OfficeState storage state) private {
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

    function _checkSeatIsFree(address seat) private view {
        OfficeCode office = officeOfSeat[seat];
        if (OfficeCode.unwrap(office) != 0) revert OfficeDirectorySeatTaken(seat, office);
    }

    function _admitted(OfficeCode office) private view returns (OfficeState storage state) {
        state = _offices[office];
        if (state.seat == address(0)) revert OfficeDirectoryUnknownOffice(office);
    }

    function _present(OfficeCode office) private view returns (OfficeState storage state) {
        state = _admitted(office);
        if (state.departed) revert OfficeDirectoryOfficeDeparted(office);
    }

    function _known(OfficeCode office, address account) private view returns (KeyState storage key) {
        key = _keys[keyId(office, account)];
        if (key.scopes == 0) revert OfficeDirectoryUnknownKey(office, account);
    }

    function _unrevokedKey(OfficeCode office, address account) private view returns (KeyState storage key) {
        key = _known(office, account);
        if (key.revokedAt != 0) revert OfficeDirectoryKeyRevoked(office, account, key.revokedAt);
    }

    /// @dev Governance sets any end that lies ahead; the emergency body can only move it away.
    function _checkSuspension(uint40 recorded, uint40 until) private view {
        if (msg.sender != governance) {
            // Where there is no emergency body, the zero account that calls without a sender come from is not it.
            if (msg.sender != emergencyBody || msg.sender == address(0)) {
                revert OfficeDirectoryNotEmergencyBody(msg.sender);
            }
            if (until <= recorded) revert OfficeDirectorySuspensionShortened(until, recorded);
        }
        if (until <= block.timestamp) revert OfficeDirectorySuspensionEnded(until);
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

    function _checkLength(string calldata text, uint256 limit) private pure {
        if (bytes(text).length > limit) revert OfficeDirectoryTextLength(bytes(text).length, limit);
    }

    function _pageSize(uint256 total, uint256 offset, uint256 limit) private pure returns (uint256) {
        if (offset >= total) return 0;
        return limit < total - offset ? limit : total - offset;
    }
}

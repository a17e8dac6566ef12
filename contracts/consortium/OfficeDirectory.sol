// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.35;

import {IOfficeDirectory} from "../../interfaces/IOfficeDirectory.sol";
import {CalendarDate} from "../types/CalendarDate.sol";
import {OfficeCode, OfficeCodeMalformed} from "../types/OfficeCode.sol";
import {OfficeKeys} from "./OfficeKeys.sol";

/// @title Directory of the offices and of the keys that sign for them
contract OfficeDirectory is OfficeKeys {
    uint256 private constant MAX_NAME_BYTES = 100;
    uint256 private constant MAX_ENDPOINT_BYTES = 200;
    uint40 private constant MIN_OBJECTION_DELAY = 1 days;
    uint40 private constant MAX_OBJECTION_DELAY = 90 days;
    uint40 private constant REPLACEMENT_WINDOW = 30 days;
    uint256 private constant LEAST_OFFICES = 3;

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
    function suspendOffice(OfficeCode office, uint40 until) external override onlySuspender {
        OfficeState storage state = _present(office);
        _checkSuspension(state.suspendedUntil, until);
        bool byVote = msg.sender == governance;
        _suspend(office, state, until, byVote);
        emit OfficeSuspended(office, until);
        if (byVote) return;
        (OfficeCode[] memory active,) = electorateAt(uint40(block.timestamp));
        if (active.length < LEAST_OFFICES) revert OfficeDirectoryTooFewActive(active.length, LEAST_OFFICES);
    }

    /// @inheritdoc IOfficeDirectory
    function reinstateOffice(OfficeCode office) external override onlyGovernance {
        OfficeState storage state = _present(office);
        if (state.suspendedUntil <= block.timestamp) revert OfficeDirectoryNotSuspended(office);
        _suspend(office, state, uint40(block.timestamp), true);
        emit OfficeReinstated(office);
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
        if (state.votedUntil > block.timestamp) revert OfficeDirectoryObjectionBarred(office);
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
            if (block.timestamp >= state.replacementFrom + REPLACEMENT_WINDOW) {
                revert OfficeDirectoryNoReplacement(office);
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

    function _setGovernance(address newGovernance) private {
        if (newGovernance == address(0)) revert OfficeDirectoryZeroAccount();
        emit GovernanceTransferred(governance, newGovernance);
        governance = newGovernance;
    }

    function _checkSeatIsFree(address seat) private view {
        OfficeCode office = officeOfSeat[seat];
        if (OfficeCode.unwrap(office) != 0) revert OfficeDirectorySeatTaken(seat, office);
    }

    function _checkLength(string calldata text, uint256 limit) private pure {
        if (bytes(text).length > limit) revert OfficeDirectoryTextLength(bytes(text).length, limit);
    }
}

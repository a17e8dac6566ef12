// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {OfficeCode} from "../contracts/types/OfficeCode.sol";
import {IOfficeDirectory} from "./IOfficeDirectory.sol";

/// @title Suspension at once, by a few offices, for a time
/// @notice Any three active offices (a parameter) suspend an office, or keys of it, without a vote. The suspension ends
///         by itself after 30 days (a parameter) unless the consortium confirms it by vote. It touches no record, stops
///         no other office and never blocks revoking a key. There is no global pause.
/// @dev An office that supported a suspension of another office cannot support one against it again until the
///      consortium has restored that by vote. Emergencies against offices, taken together, run against less than a
///      third of the members and leave at least three active: a few can never reach a majority by suspending the
///      others.
interface IEmergencyCouncil {
    /// @notice What offices support.
    /// @param office The office concerned.
    /// @param accounts Its keys to suspend; empty to suspend the office itself. Keys that are revoked by then, or
    ///        suspended for longer, are passed over.
    /// @param reason In plain words, 1 to 1,000 bytes.
    /// @param round Which emergency against this office it would be: `roundOf(office)`.
    /// @param validUntil First second at which support for it no longer counts, at most 7 days ahead.
    struct Suspension {
        OfficeCode office;
        address[] accounts;
        string reason;
        uint64 round;
        uint40 validUntil;
    }

    /// @notice Support signed by the seat of an office, to be handed in by anyone.
    /// @param signature Of the seat over EIP-712 `Suspension(bytes2 office,address[] accounts,string reason,uint64
    ///        round,uint40 validUntil)`; 65 bytes, or what a contract wallet takes by ERC-1271.
    struct SignedSupport {
        OfficeCode supporter;
        bytes signature;
    }

    /// @param suspensionId Hash of what is supported.
    event SuspensionSupported(
        bytes32 indexed suspensionId, OfficeCode indexed office, OfficeCode indexed supporter, string reason
    );
    /// @param accounts Keys suspended; empty if the office itself was.
    /// @param until First second after the suspension.
    event SuspendedInEmergency(
        bytes32 indexed suspensionId,
        OfficeCode indexed office,
        address[] accounts,
        uint40 until,
        OfficeCode[] supporters,
        string reason
    );
    event EmergencyRightsRestored(OfficeCode indexed office);
    event EmergencyRulesChanged(uint8 quorum, uint40 duration);

    /// @notice Only the consortium may do this, by vote.
    error EmergencyCouncilNotGovernance(address caller);
    /// @notice The office is no member: it was never admitted, or departed.
    error EmergencyCouncilNotMember(OfficeCode office);
    /// @notice The account never was a key of the office. Remedy: name keys that the office has.
    error EmergencyCouncilUnknownKey(OfficeCode office, address account);
    /// @notice All the keys are revoked, or suspended for longer.
    error EmergencyCouncilNoKey(OfficeCode office);
    /// @notice The account is not the seat of an active office other than the one concerned.
    error EmergencyCouncilNotSupporter(address account);
    /// @notice The office cannot support this: it is not active, or is itself the one concerned.
    error EmergencyCouncilNotEntitled(OfficeCode supporter);
    /// @notice The office supported an emergency against this one before. Remedy: put it to the vote.
    error EmergencyCouncilAlreadyUsed(OfficeCode supporter, OfficeCode office);
    /// @notice The signature is not that of the present seat of the office over this suspension.
    error EmergencyCouncilInvalidSignature(OfficeCode supporter);
    /// @notice Support counts for this round only; another emergency came first, or the statement is a repeat.
    error EmergencyCouncilWrongRound(OfficeCode office, uint64 round, uint64 expected);
    /// @notice `validUntil` lies ahead, by 7 days at most.
    error EmergencyCouncilInvalidTime(uint40 validUntil, uint40 latest);
    /// @notice A reason has 1 to 1,000 bytes.
    error EmergencyCouncilReasonLength(uint256 length, uint256 limit);
    /// @notice Emergencies would run against a third of the members. Remedy: put it to the vote.
    error EmergencyCouncilTooMany(uint256 running, uint256 members);
    /// @notice The quorum lies between three and the number of the other active offices; the duration between one day
    ///         and 90 days.
    error EmergencyCouncilInvalidRules(uint8 quorum, uint40 duration);
    /// @notice The contract is no directory of offices.
    error EmergencyCouncilNoDirectory(address directory);

    /// @notice The directory that this contract may suspend in.
    function directory() external view returns (IOfficeDirectory);

    /// @notice How many offices it takes, and for how many seconds they suspend. Where departures have left fewer other
    ///         active offices than that, all of them are enough, but three at least.
    function rules() external view returns (uint8 quorum, uint40 duration);

    /// @notice Supports a suspension: as the sending seat, and with what other seats signed. When enough active offices
    ///         support it, it takes effect in the same transaction. Support given before is passed over.
    /// @return suspended Whether it took effect now.
    function support(Suspension calldata suspension, SignedSupport[] calldata signed) external returns (bool suspended);

    /// @notice Lets offices that supported an emergency against `office` do so again, and counts none as running
    ///         against it. Only governance.
    function restoreRights(OfficeCode office) external;

    /// @notice Changes the rules. Only governance.
    function setRules(uint8 quorum, uint40 duration) external;

    /// @notice Which emergency against an office would be next, from 1.
    function roundOf(OfficeCode office) external view returns (uint64);

    /// @notice Whether an office may support an emergency against another, as far as earlier ones go.
    function hasUsed(OfficeCode supporter, OfficeCode office) external view returns (bool);

    /// @notice Offices that support a suspension so far and could still bring it about.
    function supportersOf(Suspension calldata suspension) external view returns (OfficeCode[] memory);

    /// @notice End of the last emergency suspension of an office itself; 0 if there was none.
    function emergencyUntil(OfficeCode office) external view returns (uint40);

    /// @notice What a seat signs to support a suspension.
    function suspensionDigest(Suspension calldata suspension) external view returns (bytes32);
}

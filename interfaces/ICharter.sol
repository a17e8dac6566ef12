// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {IConsortium} from "./IConsortium.sol";
import {IEmergencyCouncil} from "./IEmergencyCouncil.sol";

/// @title The charter: what the offices agreed on, and everything that the contracts hold them to
/// @notice Digest and place of the text, all parameters, the observers, and the history, each in one view.
interface ICharter {
    /// @notice One version of the text.
    /// @param digest SHA-256 of the text.
    /// @param location Where it is published.
    /// @param adoptedAt Block time, seconds since 1970.
    struct Version {
        bytes32 digest;
        string location;
        uint40 adoptedAt;
    }

    /// @notice The charter as it stands: the text, and each parameter where it is kept. Times in seconds.
    struct Terms {
        bytes32 digest;
        string location;
        uint40 adoptedAt;
        uint256 version;
        uint256 activeOffices;
        uint256 votesNeeded;
        uint8 supermajorityNumerator;
        uint8 supermajorityDenominator;
        uint256 votingDelay;
        uint256 votingPeriod;
        uint256 countWindow;
        uint256 executionDelay;
        uint256 executionWindow;
        uint256 leastOffices;
        uint8 emergencyQuorum;
        uint40 emergencyDuration;
        uint40 objectionDelay;
    }

    /// @notice A court, WIPO: listed without a vote.
    struct Observer {
        address account;
        string name;
    }

    event CharterAdopted(uint256 indexed version, bytes32 indexed digest, string location);
    event ObserverListed(address indexed account, string name);
    event ObserverRemoved(address indexed account);
    event Remarked(uint256 indexed proposalId, address indexed observer, string text);

    /// @notice Only the consortium may do this, by vote.
    error CharterNotGovernance(address caller);
    /// @notice A charter has a digest and a place where its text is published, up to 500 bytes.
    error CharterIncomplete();
    /// @notice A text is empty, or longer than `limit` bytes.
    error CharterTextLength(uint256 length, uint256 limit);
    /// @notice The account is not listed as an observer.
    error CharterNotObserver(address account);
    /// @notice The account is an observer already.
    error CharterObserverListed(address account);
    /// @notice An account is needed where zero was given.
    error CharterZeroAccount();
    /// @notice The signature is not that of the observer over this remark.
    error CharterInvalidSignature(address observer);
    /// @notice The remark was made before.
    error CharterRemarked(address observer, bytes32 remark);
    /// @notice The contracts belong to different directories.
    error CharterMismatch(address consortium, address council);

    /// @notice The votes that this charter describes.
    function consortium() external view returns (IConsortium);

    /// @notice The emergencies that this charter describes.
    function council() external view returns (IEmergencyCouncil);

    /// @notice Everything at once: the charter as it stands, all versions of its text, and the observers.
    function charter() external view returns (Terms memory current, Version[] memory versions, Observer[] memory listed);

    /// @notice The charter as it stands.
    function terms() external view returns (Terms memory);

    /// @notice Versions of the text, oldest first.
    function history(uint256 offset, uint256 limit) external view returns (Version[] memory page, uint256 total);

    /// @notice Adopts a text. Only governance.
    /// @param digest SHA-256 of it.
    /// @param location Where it is published.
    function adopt(bytes32 digest, string calldata location) external;

    /// @notice Observers in the order of listing, but for places taken by removal.
    function observers(uint256 offset, uint256 limit) external view returns (Observer[] memory page, uint256 total);

    /// @notice Lists an observer. Only governance.
    function listObserver(address account, string calldata name) external;

    /// @notice Takes an observer off the list. Only governance.
    function removeObserver(address account) external;

    /// @notice Attaches a remark to a proposal; once each text.
    /// @param observer Who remarks: the sender with an empty signature, or anyone listed, by signature.
    /// @param text 1 to 4,000 bytes.
    /// @param signature Over EIP-712 `Remark(uint256 proposalId,string text)`, or empty.
    function remark(uint256 proposalId, address observer, string calldata text, bytes calldata signature) external;

    /// @notice What an observer signs to remark.
    function remarkDigest(uint256 proposalId, string calldata text) external view returns (bytes32);
}

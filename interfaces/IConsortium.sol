// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";
import {OfficeCode} from "../contracts/types/OfficeCode.sol";
import {IOfficeDirectory} from "./IOfficeDirectory.sol";

/// @title Votes of the offices: one active office, one vote
/// @notice OpenZeppelin's `Governor` over a timelock that is the only `governance` of every register. A proposal is a
///         list of calls with a description in plain words; it is carried out by the timelock once a supermajority of
///         the active offices voted for it and the delay is over.
/// @dev Votes belong to offices, not to accounts: the voter is whoever holds the office's seat when the vote is cast,
///      so that a seat that changes hands in mid-vote neither loses nor doubles a vote. Each office active when the vote
///      closes counts, each other does not, neither among the votes nor in the number that they are measured by; one
///      that departs before the count does not either. The count is made when a proposal is queued (anyone may do that,
///      within `countWindow` after the vote closed) and then stands.
///
///      Whatever the share, a proposal needs more than half of the offices that could vote were there no emergency: a
///      few that suspend others at once cannot outvote the rest.
///
///      After each executed proposal at least three offices are active, or more than before where there were fewer, and
///      governance is a timelock, or the execution reverts as a whole. There is no other way to use the timelock: nobody
///      else has a role in it, and no proposal can give one away. A new consortium takes over by a vote on
///      `transferGovernance`.
interface IConsortium is IGovernor {
    /// @notice What the founders agree on. Times in seconds.
    /// @param votingDelay From a proposal to the beginning of its vote.
    /// @param votingPeriod From the beginning to the end of a vote.
    /// @param executionDelay From the count to the execution.
    /// @param supermajorityNumerator Share of the active offices that must vote for a proposal.
    struct Parameters {
        uint48 votingDelay;
        uint32 votingPeriod;
        uint32 executionDelay;
        uint8 supermajorityNumerator;
        uint8 supermajorityDenominator;
    }

    /// @notice How a proposal stands: votes of offices that are active, and how many are needed.
    /// @param forVotes Offices for it.
    /// @param againstVotes Offices against it.
    /// @param abstainVotes Offices that abstain.
    /// @param activeOffices Offices that count.
    /// @param needed Votes for it that it needs.
    /// @param isFinal Whether it was counted for good, when it was queued.
    struct Tally {
        uint16 forVotes;
        uint16 againstVotes;
        uint16 abstainVotes;
        uint16 activeOffices;
        uint16 needed;
        bool isFinal;
    }

    /// @notice A vote signed by the seat of an office, to be cast by anyone.
    /// @param support 0 against, 1 for, 2 abstain.
    /// @param reason In plain words, or empty.
    /// @param signature Of the seat over EIP-712 `Vote(uint256 proposalId,bytes2 office,uint8 support,string reason)`;
    ///        65 bytes, or what a contract wallet takes by ERC-1271.
    struct SignedVote {
        OfficeCode office;
        uint8 support;
        string reason;
        bytes signature;
    }

    /// @notice An office voted. `VoteCast` follows it and holds the reason.
    /// @param voter Seat of the office at that time.
    event OfficeVoted(uint256 indexed proposalId, OfficeCode indexed office, address indexed voter, uint8 support);
    /// @notice A proposal was counted for good.
    event ProposalCounted(uint256 indexed proposalId, uint16 forVotes, uint16 activeOffices, uint16 needed);
    event SupermajorityChanged(uint8 numerator, uint8 denominator);

    /// @notice The account is not the seat of an active office. Remedy: act by the present seat, after a suspension.
    error ConsortiumNotVoter(address account);
    /// @notice The office voted on this proposal before, by whatever seat or signature. A vote cannot be changed.
    error ConsortiumAlreadyVoted(uint256 proposalId, OfficeCode office);
    /// @notice Support is 0 against, 1 for, or 2 abstain.
    error ConsortiumUnknownSupport(uint8 support);
    /// @notice The signature is not that of the present seat of the office over this vote.
    error ConsortiumInvalidSignature(OfficeCode office);
    /// @notice A supermajority is more than half of the offices and less than all.
    error ConsortiumInvalidSupermajority(uint8 numerator, uint8 denominator);
    /// @notice Voting delay: up to 30 days. Voting period: one hour to 90 days. Execution delay: up to 30 days.
    error ConsortiumInvalidTime(uint256 value, uint256 least, uint256 most);
    /// @notice Fewer than three offices would be active. Remedy: admit others first.
    error ConsortiumTooFewOffices(uint256 active, uint256 least);
    /// @notice Governance would go to an account that is no timelock, where nobody could decide anything again. Remedy:
    ///         hand it to the timelock of another consortium, not to the consortium itself.
    error ConsortiumGovernanceLost(address governance);
    /// @notice This would go round the rules of the offices. Remedy: of the timelock, propose `updateDelay` only; vote
    ///         by seat or by `castSignedVotes`.
    error ConsortiumNotAvailable(bytes4 selector);
    /// @notice A description says in plain words what a proposal does; up to 10,000 bytes.
    error ConsortiumDescriptionLength(uint256 length, uint256 limit);
    /// @notice The contract is no directory of offices.
    error ConsortiumNoDirectory(address directory);

    /// @notice The directory that says which offices are active and who holds their seats.
    function directory() external view returns (IOfficeDirectory);

    /// @notice The only `governance` of every register. Its only proposer, executor and canceller is this contract.
    function timelock() external view returns (address);

    /// @notice Share of the active offices that must vote for a proposal; rounded up.
    function supermajority() external view returns (uint8 numerator, uint8 denominator);

    /// @notice Changes that share. Only by vote.
    function setSupermajority(uint8 numerator, uint8 denominator) external;

    /// @notice Casts votes that seats signed; who sends them does not matter. Votes of offices that voted before are
    ///         passed over, so that nobody can hold up the others by casting one early.
    /// @return taken How many were cast now.
    function castSignedVotes(uint256 proposalId, SignedVote[] calldata votes) external returns (uint256 taken);

    /// @notice What a seat signs to vote.
    function voteDigest(uint256 proposalId, OfficeCode office, uint8 support, string calldata reason)
        external
        view
        returns (bytes32);

    /// @notice How a proposal stands: now, or as it was counted when it was queued.
    function tallyOf(uint256 proposalId) external view returns (Tally memory);

    /// @notice Whether an office voted, and how (0 against, 1 for, 2 abstain).
    function voteOf(uint256 proposalId, OfficeCode office) external view returns (bool voted, uint8 support);

    /// @notice Votes for it that a proposal counted now would need.
    function votesNeeded() external view returns (uint256);

    /// @notice Office whose seat made a proposal; its present seat may cancel it before the vote begins.
    function proposingOffice(uint256 proposalId) external view returns (OfficeCode);

    /// @notice Seconds after the vote closed within which a proposal must be counted, that is queued.
    function countWindow() external pure returns (uint256);

    /// @notice Seconds after the delay within which a proposal must be executed.
    function executionWindow() external pure returns (uint256);

    /// @notice Offices that no proposal and no emergency goes below.
    function leastOffices() external pure returns (uint256);
}

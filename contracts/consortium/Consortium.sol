// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.35;

import {Governor} from "@openzeppelin/contracts/governance/Governor.sol";
import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";
import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";
import {GovernorSettings} from "@openzeppelin/contracts/governance/extensions/GovernorSettings.sol";
import {GovernorTimelockControl} from "@openzeppelin/contracts/governance/extensions/GovernorTimelockControl.sol";
import {IERC6372} from "@openzeppelin/contracts/interfaces/IERC6372.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {IConsortium} from "../../interfaces/IConsortium.sol";
import {IOfficeDirectory} from "../../interfaces/IOfficeDirectory.sol";
import {OfficeCode} from "../types/OfficeCode.sol";

/// @title Votes of the offices: one active office, one vote
contract Consortium is Governor, GovernorSettings, GovernorTimelockControl, IConsortium {
    bytes32 private constant VOTE_TYPEHASH =
        keccak256("Vote(uint256 proposalId,bytes2 office,uint8 support,string reason)");
    uint256 private constant COUNT_WINDOW = 7 days;
    uint256 private constant EXECUTION_WINDOW = 30 days;
    uint256 private constant LEAST_OFFICES = 3;
    uint256 private constant MAX_DELAY = 30 days;
    uint256 private constant MIN_VOTING_PERIOD = 1 hours;
    uint256 private constant MAX_VOTING_PERIOD = 90 days;
    uint256 private constant MAX_DESCRIPTION_BYTES = 10_000;
    uint8 private constant FOR = 1;
    uint8 private constant ABSTAIN = 2;

    IOfficeDirectory public immutable override directory;

    uint8 private _numerator;
    uint8 private _denominator;
    mapping(uint256 proposalId => Tally) private _counted;
    mapping(uint256 proposalId => OfficeCode office) public override proposingOffice;
    /// @dev Support plus one; zero for an office that has not voted.
    mapping(uint256 proposalId => mapping(OfficeCode office => uint8 support)) private _votes;

    /// @dev Makes its own timelock, so that no other account ever has a role there, the deployer included.
    constructor(IOfficeDirectory directory_, Parameters memory parameters)
        Governor("Registrum Consortium")
        GovernorSettings(parameters.votingDelay, parameters.votingPeriod, 1)
        GovernorTimelockControl(_newTimelock(parameters.executionDelay))
    {
        if (address(directory_).code.length == 0) revert ConsortiumNoDirectory(address(directory_));
        directory = directory_;
        _setSupermajority(parameters.supermajorityNumerator, parameters.supermajorityDenominator);
    }

    /// @inheritdoc IConsortium
    function setSupermajority(uint8 numerator, uint8 denominator) external override onlyGovernance {
        _setSupermajority(numerator, denominator);
    }

    /// @inheritdoc IConsortium
    function castSignedVotes(uint256 proposalId, SignedVote[] calldata votes)
        external
        override
        returns (uint256 taken)
    {
        for (uint256 i = 0; i < votes.length; ++i) {
            SignedVote calldata vote = votes[i];
            if (_votes[proposalId][vote.office] != 0) continue;
            address seat = directory.seatOf(vote.office);
            bytes32 digest = voteDigest(proposalId, vote.office, vote.support, vote.reason);
            // A wallet is asked by static call: it cannot come back here before its vote is counted.
            if (seat == address(0) || !SignatureChecker.isValidSignatureNow(seat, digest, vote.signature)) {
                revert ConsortiumInvalidSignature(vote.office);
            }
            _castVote(proposalId, seat, vote.support, vote.reason);
            ++taken;
        }
    }

    /// @notice Not available: see `castSignedVotes`, which needs no nonce and so no order.
    function castVoteBySig(uint256, uint8, address, bytes memory)
        public
        pure
        override(Governor, IGovernor)
        returns (uint256)
    {
        revert ConsortiumNotAvailable(msg.sig);
    }

    /// @notice Not available: see `castSignedVotes`.
    function castVoteWithReasonAndParamsBySig(uint256, uint8, address, string calldata, bytes memory, bytes memory)
        public
        pure
        override(Governor, IGovernor)
        returns (uint256)
    {
        revert ConsortiumNotAvailable(msg.sig);
    }

    /// @notice Not available: this contract proposes and executes in the timelock, and would do so past the count.
    function relay(address, uint256, bytes calldata) external payable override {
        revert ConsortiumNotAvailable(msg.sig);
    }

    /// @notice Not available: the timelock stays. A new consortium takes over by `transferGovernance`.
    function updateTimelock(TimelockController) external pure override {
        revert ConsortiumNotAvailable(msg.sig);
    }

    /// @notice Not available: whoever has a vote may propose.
    function setProposalThreshold(uint256) public pure override {
        revert ConsortiumNotAvailable(msg.sig);
    }

    /// @inheritdoc IConsortium
    function supermajority() external view override returns (uint8 numerator, uint8 denominator) {
        return (_numerator, _denominator);
    }

    /// @inheritdoc IConsortium
    function voteOf(uint256 proposalId, OfficeCode office) external view override returns (bool voted, uint8 support) {
        uint8 vote = _votes[proposalId][office];
        return vote == 0 ? (false, 0) : (true, vote - 1);
    }

    /// @inheritdoc IConsortium
    function votesNeeded() external view override returns (uint256) {
        return quorum(block.timestamp);
    }

    /// @inheritdoc IGovernor
    function hasVoted(uint256 proposalId, address account) external view override returns (bool) {
        return _votes[proposalId][directory.officeOfSeat(account)] != 0;
    }

    /// @inheritdoc IConsortium
    function countWindow() external pure override returns (uint256) {
        return COUNT_WINDOW;
    }

    /// @inheritdoc IConsortium
    function executionWindow() external pure override returns (uint256) {
        return EXECUTION_WINDOW;
    }

    /// @inheritdoc IConsortium
    function leastOffices() external pure override returns (uint256) {
        return LEAST_OFFICES;
    }

    /// @inheritdoc IConsortium
    function voteDigest(uint256 proposalId, OfficeCode office, uint8 support, string calldata reason)
        public
        view
        override
        returns (bytes32)
    {
        return _hashTypedDataV4(
            keccak256(abi.encode(VOTE_TYPEHASH, proposalId, office, support, keccak256(bytes(reason))))
        );
    }

    /// @inheritdoc IConsortium
    function tallyOf(uint256 proposalId) public view override returns (Tally memory tally) {
        tally = _counted[proposalId];
        if (tally.isFinal) return tally;
        (OfficeCode[] memory active, uint256 inEmergency) = directory.electorateAt(_countedAt(proposalId));
        for (uint256 i = 0; i < active.length; ++i) {
            uint8 vote = _votes[proposalId][active[i]];
            if (vote == 0) continue;
            if (vote == FOR + 1) ++tally.forVotes;
            else if (vote == ABSTAIN + 1) ++tally.abstainVotes;
            else ++tally.againstVotes;
        }
        // ST.3 has no more than 676 codes.
        tally.activeOffices = uint16(active.length);
        tally.needed = uint16(_needed(active.length, inEmergency));
    }

    /// @inheritdoc IConsortium
    function timelock() public view override(GovernorTimelockControl, IConsortium) returns (address) {
        return super.timelock();
    }

    /// @inheritdoc IGovernor
    /// @dev Adds the two windows: what was not counted or not executed in time has expired, so that no old decision
    ///      meets a consortium that has become another.
    function state(uint256 proposalId)
        public
        view
        override(Governor, GovernorTimelockControl, IGovernor)
        returns (ProposalState)
    {
        ProposalState present = super.state(proposalId);
        if (present == ProposalState.Succeeded && block.timestamp > proposalDeadline(proposalId) + COUNT_WINDOW) {
            return ProposalState.Expired;
        }
        if (present == ProposalState.Queued && block.timestamp > proposalEta(proposalId) + EXECUTION_WINDOW) {
            return ProposalState.Expired;
        }
        return present;
    }

    /// @inheritdoc IGovernor
    /// @dev Votes for it that are needed now; earlier moments are not remembered.
    function quorum(uint256) public view override(Governor, IGovernor) returns (uint256) {
        (OfficeCode[] memory active, uint256 inEmergency) = directory.electorateAt(uint40(block.timestamp));
        return _needed(active.length, inEmergency);
    }

    /// @inheritdoc IGovernor
    function votingDelay() public view override(Governor, GovernorSettings, IGovernor) returns (uint256) {
        return super.votingDelay();
    }

    /// @inheritdoc IGovernor
    function votingPeriod() public view override(Governor, GovernorSettings, IGovernor) returns (uint256) {
        return super.votingPeriod();
    }

    /// @inheritdoc IGovernor
    function proposalThreshold() public view override(Governor, GovernorSettings, IGovernor) returns (uint256) {
        return super.proposalThreshold();
    }

    /// @inheritdoc IGovernor
    function proposalNeedsQueuing(uint256 proposalId)
        public
        view
        override(Governor, GovernorTimelockControl, IGovernor)
        returns (bool)
    {
        return super.proposalNeedsQueuing(proposalId);
    }

    /// @notice Block time, in seconds since 1970.
    function clock() public view override(Governor, IERC6372) returns (uint48) {
        return uint48(block.timestamp);
    }

    /// @notice Machine-readable description of the clock (ERC-6372).
    // solhint-disable-next-line func-name-mixedcase
    function CLOCK_MODE() public pure override(Governor, IERC6372) returns (string memory) {
        return "mode=timestamp";
    }

    /// @inheritdoc IGovernor
    // solhint-disable-next-line func-name-mixedcase
    function COUNTING_MODE() public pure override returns (string memory) {
        return "support=bravo&quorum=for";
    }

    function _propose(
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        string memory description,
        address proposer
    ) internal override returns (uint256 proposalId) {
        uint256 length = bytes(description).length;
        if (length == 0 || length > MAX_DESCRIPTION_BYTES) {
            revert ConsortiumDescriptionLength(length, MAX_DESCRIPTION_BYTES);
        }
        address timelock_ = timelock();
        for (uint256 i = 0; i < targets.length && i < calldatas.length; ++i) {
            if (targets[i] != timelock_) continue;
            bytes4 selector = bytes4(calldatas[i]);
            if (selector != TimelockController.updateDelay.selector) revert ConsortiumNotAvailable(selector);
        }
        proposalId = super._propose(targets, values, calldatas, description, proposer);
        proposingOffice[proposalId] = directory.officeOfSeat(proposer);
    }

    function _setVotingDelay(uint48 newVotingDelay) internal override {
        if (newVotingDelay > MAX_DELAY) revert ConsortiumInvalidTime(newVotingDelay, 0, MAX_DELAY);
        super._setVotingDelay(newVotingDelay);
    }

    function _setVotingPeriod(uint32 newVotingPeriod) internal override {
        if (newVotingPeriod < MIN_VOTING_PERIOD || newVotingPeriod > MAX_VOTING_PERIOD) {
            revert ConsortiumInvalidTime(newVotingPeriod, MIN_VOTING_PERIOD, MAX_VOTING_PERIOD);
        }
        super._setVotingPeriod(newVotingPeriod);
    }

    /// @dev A vote belongs to the office whose seat `account` is now. Its weight says whether that office is active.
    function _countVote(uint256 proposalId, address account, uint8 support, uint256 weight, bytes memory)
        internal
        override
        returns (uint256)
    {
        if (weight == 0) revert ConsortiumNotVoter(account);
        if (support > ABSTAIN) revert ConsortiumUnknownSupport(support);
        OfficeCode office = directory.officeOfSeat(account);
        if (_votes[proposalId][office] != 0) revert ConsortiumAlreadyVoted(proposalId, office);
        _votes[proposalId][office] = support + 1;
        emit OfficeVoted(proposalId, office, account, support);
        return weight;
    }

    /// @dev The count: from here on it no longer matters who is suspended or leaves.
    function _queueOperations(
        uint256 proposalId,
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) internal override(Governor, GovernorTimelockControl) returns (uint48) {
        Tally memory tally = tallyOf(proposalId);
        tally.isFinal = true;
        _counted[proposalId] = tally;
        emit ProposalCounted(proposalId, tally.forVotes, tally.activeOffices, tally.needed);
        return super._queueOperations(proposalId, targets, values, calldatas, descriptionHash);
    }

    /// @dev What the offices decided must leave them able to decide again.
    function _executeOperations(
        uint256 proposalId,
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) internal override(Governor, GovernorTimelockControl) {
        uint256 before = directory.activeOffices().length;
        super._executeOperations(proposalId, targets, values, calldatas, descriptionHash);
        uint256 active = directory.activeOffices().length;
        if (active < LEAST_OFFICES && active <= before) revert ConsortiumTooFewOffices(active, LEAST_OFFICES);
        address governance = directory.governance();
        if (governance.code.length == 0) revert ConsortiumGovernanceLost(governance);
        // Any other contract than a timelock, this one included, could carry nothing out.
        try TimelockController(payable(governance)).getMinDelay() returns (uint256 delay) {
            if (delay > MAX_DELAY) revert ConsortiumInvalidTime(delay, 0, MAX_DELAY);
        } catch {
            revert ConsortiumGovernanceLost(governance);
        }
    }

    function _cancel(
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) internal override(Governor, GovernorTimelockControl) returns (uint256) {
        return super._cancel(targets, values, calldatas, descriptionHash);
    }

    function _quorumReached(uint256 proposalId) internal view override returns (bool) {
        Tally memory tally = tallyOf(proposalId);
        return tally.forVotes >= tally.needed;
    }

    /// @dev More than half of all active offices are more than those against, too.
    function _voteSucceeded(uint256) internal pure override returns (bool) {
        return true;
    }

    /// @dev One vote for the seat of an office that is active now, whatever the moment asked about.
    function _getVotes(address account, uint256, bytes memory) internal view override returns (uint256) {
        return directory.statusOf(directory.officeOfSeat(account)) == IOfficeDirectory.OfficeStatus.Active ? 1 : 0;
    }

    /// @dev Before the vote begins, by whoever holds the seat of the office that proposed.
    function _validateCancel(uint256 proposalId, address caller) internal view override returns (bool) {
        return state(proposalId) == ProposalState.Pending && caller != address(0)
            && directory.seatOf(proposingOffice[proposalId]) == caller;
    }

    function _executor() internal view override(Governor, GovernorTimelockControl) returns (address) {
        return super._executor();
    }

    function _setSupermajority(uint8 numerator, uint8 denominator) private {
        if (numerator >= denominator || uint256(numerator) * 2 <= denominator) {
            revert ConsortiumInvalidSupermajority(numerator, denominator);
        }
        (_numerator, _denominator) = (numerator, denominator);
        emit SupermajorityChanged(numerator, denominator);
    }

    /// @dev While the vote lasts, now; then the moment at which it closed, so that no suspension changes its outcome.
    function _countedAt(uint256 proposalId) private view returns (uint40) {
        uint256 deadline = proposalDeadline(proposalId);
        return uint40(deadline < block.timestamp ? deadline : block.timestamp);
    }

    /// @dev Rounded up, and never less than of three offices. And never less than a majority of those who could vote
    ///      if there were no emergency: a few must not win a vote by suspending the others before it ends.
    function _needed(uint256 active, uint256 inEmergency) private view returns (uint256 needed) {
        uint256 majority = (active + inEmergency) / 2 + 1;
        if (active < LEAST_OFFICES) active = LEAST_OFFICES;
        uint256 denominator = _denominator;
        needed = (active * _numerator + denominator - 1) / denominator;
        if (needed < majority) needed = majority;
    }

    function _newTimelock(uint256 executionDelay) private returns (TimelockController) {
        if (executionDelay > MAX_DELAY) revert ConsortiumInvalidTime(executionDelay, 0, MAX_DELAY);
        address[] memory self = new address[](1);
        self[0] = address(this);
        return new TimelockController(executionDelay, self, self, address(0));
    }
}

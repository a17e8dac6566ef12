"""The errors of votes: those that `Consortium` declares, and those of OpenZeppelin's governor and timelock under it.

One class each; caught by users through `registrum.chain.reverts`.
"""

from __future__ import annotations

from types import MappingProxyType

from registrum.chain.custom_error import CustomError


class ConsortiumNotVoterError(CustomError):
    """The account is not the seat of an active office."""

    declaration = "ConsortiumNotVoter(address account)"
    says = "{account} is not the seat of an active office"
    remedy = "Act by the present seat, after a suspension."
    account: str


class ConsortiumAlreadyVotedError(CustomError):
    """The office voted on this proposal before, by whatever seat or signature. A vote cannot be changed."""

    declaration = "ConsortiumAlreadyVoted(uint256 proposalId, OfficeCode office)"
    says = "{office} has voted on the proposal {proposal_id} before"
    remedy = "There is nothing to do; `registrum consortium show` tells how it voted."
    proposal_id: int
    office: str


class ConsortiumUnknownSupportError(CustomError):
    """Support is 0 against, 1 for, or 2 abstain."""

    declaration = "ConsortiumUnknownSupport(uint8 support)"
    says = "{support} is no vote"
    remedy = "Vote 0 against, 1 for, or 2 to abstain."
    support: int


class ConsortiumInvalidSignatureError(CustomError):
    """The signature is not that of the present seat of the office over this vote."""

    declaration = "ConsortiumInvalidSignature(OfficeCode office)"
    says = "a vote for {office} is not signed by its present seat"
    remedy = "Have the present seat sign again; `registrum office show` names it."
    office: str


class ConsortiumInvalidSupermajorityError(CustomError):
    """A supermajority is more than half of the offices and less than all."""

    declaration = "ConsortiumInvalidSupermajority(uint8 numerator, uint8 denominator)"
    says = "{numerator}/{denominator} is not a supermajority that offices can reach and that one of them cannot block"
    remedy = "Give a share above a half and below one, such as 2/3."
    numerator: int
    denominator: int


class ConsortiumInvalidTimeError(CustomError):
    """Voting delay: up to 30 days. Voting period: one hour to 90 days. Execution delay: up to 30 days."""

    declaration = "ConsortiumInvalidTime(uint256 value, uint256 least, uint256 most)"
    says = "{value} seconds, where {least} to {most} are taken"
    remedy = "Give a time between the two."
    value: int
    least: int
    most: int


class ConsortiumTooFewOfficesError(CustomError):
    """Fewer than three offices would be active."""

    declaration = "ConsortiumTooFewOffices(uint256 active, uint256 least)"
    says = "{active} offices would be active, and {least} are the fewest"
    remedy = "Admit others first."
    active: int
    least: int


class ConsortiumGovernanceLostError(CustomError):
    """Governance would go to an account that is no timelock, where nobody could decide anything again."""

    declaration = "ConsortiumGovernanceLost(address governance)"
    says = "governance would go to {governance}, which is no timelock, and nobody could decide anything again"
    remedy = "Hand it to the timelock of another consortium, not to the consortium itself."
    governance: str


class ConsortiumNotAvailableError(CustomError):
    """This would go round the rules of the offices."""

    declaration = "ConsortiumNotAvailable(bytes4 selector)"
    says = "the function {selector} would go round the rules of the offices"
    remedy = "Of the timelock, propose `updateDelay` only; vote by seat or by `castSignedVotes`."
    selector: bytes


class ConsortiumDescriptionLengthError(CustomError):
    """A description says in plain words what a proposal does; up to 10,000 bytes."""

    declaration = "ConsortiumDescriptionLength(uint256 length, uint256 limit)"
    says = "a description of {length} bytes where 1 to {limit} are taken"
    remedy = "Say in a few sentences what the proposal does and why; name longer texts by their address."
    length: int
    limit: int


class ConsortiumNoDirectoryError(CustomError):
    """The contract is no directory of offices."""

    declaration = "ConsortiumNoDirectory(address directory)"
    says = "there is no directory at {directory}"
    remedy = "Deploy the directory first and give its address."
    directory: str


class GovernorInvalidProposalLengthError(CustomError):
    """A proposal has at least one call, and each call its target, its value and its data."""

    declaration = "GovernorInvalidProposalLength(uint256 targets, uint256 calldatas, uint256 values)"
    says = "a proposal with {targets} targets, {values} values and {calldatas} calls"
    remedy = "Propose at least one call."
    targets: int
    calldatas: int
    values: int


class GovernorAlreadyCastVoteError(CustomError):
    """The account voted before."""

    declaration = "GovernorAlreadyCastVote(address voter)"
    says = "{voter} has voted before"
    remedy = "There is nothing to do."
    voter: str


class GovernorDisabledDepositError(CustomError):
    """The consortium takes no money."""

    declaration = "GovernorDisabledDeposit()"
    says = "the consortium takes no money"
    remedy = "Send the transaction without any."


class GovernorOnlyExecutorError(CustomError):
    """Only the consortium itself may do this, by a proposal that was carried out."""

    declaration = "GovernorOnlyExecutor(address account)"
    says = "{account} is not the timelock of the consortium"
    remedy = "Propose it: `registrum consortium propose`."
    account: str


class GovernorNonexistentProposalError(CustomError):
    """There is no such proposal: its number is the hash of its calls and its description, and must match exactly."""

    declaration = "GovernorNonexistentProposal(uint256 proposalId)"
    says = "there is no proposal {proposal_id}"
    remedy = "Compare with `registrum consortium show`; a proposal whose calls or description were altered is another."
    proposal_id: int


class GovernorUnexpectedProposalStateError(CustomError):
    """The proposal is in another state than this needs."""

    declaration = (
        "GovernorUnexpectedProposalState(uint256 proposalId, enum IGovernor.ProposalState current,"
        " bytes32 expectedStates)"
    )
    says = "the proposal {proposal_id} is in state {current}, which does not allow this"
    remedy = "`registrum consortium show` tells its state and what comes next."
    words = MappingProxyType(
        {"current": ("pending", "active", "cancelled", "defeated", "succeeded", "queued", "expired", "executed")}
    )
    proposal_id: int
    current: int
    """0 pending, 1 active, 2 cancelled, 3 defeated, 4 succeeded, 5 queued, 6 expired, 7 executed."""
    expected_states: bytes
    """A bit for each state that would do."""


class GovernorInvalidVotingPeriodError(CustomError):
    """A vote lasts some time."""

    declaration = "GovernorInvalidVotingPeriod(uint256 votingPeriod)"
    says = "a vote cannot last {voting_period} seconds"
    remedy = "Give at least one hour."
    voting_period: int


class GovernorInsufficientProposerVotesError(CustomError):
    """Only the seat of an active office proposes."""

    declaration = "GovernorInsufficientProposerVotes(address proposer, uint256 votes, uint256 threshold)"
    says = "{proposer} is not the seat of an active office, and so it cannot propose"
    remedy = "Propose by the seat of an active office."
    proposer: str
    votes: int
    threshold: int


class GovernorRestrictedProposerError(CustomError):
    """The description ends with `#proposer=0x...` and names another account."""

    declaration = "GovernorRestrictedProposer(address proposer)"
    says = "the description names another proposer than {proposer}"
    remedy = "Leave the end of the description `#proposer=0x...` out, or propose by that account."
    proposer: str


class GovernorInvalidVoteTypeError(CustomError):
    """Support is 0 against, 1 for, or 2 abstain."""

    declaration = "GovernorInvalidVoteType()"
    says = "this is no vote"
    remedy = "Vote 0 against, 1 for, or 2 to abstain."


class GovernorInvalidVoteParamsError(CustomError):
    """Votes take no further parameters."""

    declaration = "GovernorInvalidVoteParams()"
    says = "a vote takes no further parameters"
    remedy = "Use `castVoteWithReason`."


class GovernorQueueNotImplementedError(CustomError):
    """The proposal cannot be queued."""

    declaration = "GovernorQueueNotImplemented()"
    says = "the proposal cannot be queued"
    remedy = "Check the code hashes: this is not the code of this package."


class GovernorNotQueuedProposalError(CustomError):
    """The proposal was not queued."""

    declaration = "GovernorNotQueuedProposal(uint256 proposalId)"
    says = "the proposal {proposal_id} was not queued"
    remedy = "Queue it first; `registrum consortium execute` does."
    proposal_id: int


class GovernorAlreadyQueuedProposalError(CustomError):
    """The proposal was queued before."""

    declaration = "GovernorAlreadyQueuedProposal(uint256 proposalId)"
    says = "the proposal {proposal_id} was queued before"
    remedy = "Execute it when its delay is over."
    proposal_id: int


class GovernorInvalidSignatureError(CustomError):
    """The signature is not that of the voter."""

    declaration = "GovernorInvalidSignature(address voter)"
    says = "the signature is not that of {voter}"
    remedy = "Sign again, for this chain and this contract."
    voter: str


class GovernorUnableToCancelError(CustomError):
    """Only the seat of the office that proposed cancels a proposal, before its vote begins."""

    declaration = "GovernorUnableToCancel(uint256 proposalId, address account)"
    says = "{account} cannot cancel the proposal {proposal_id}"
    remedy = "Have the office that proposed it cancel it before the vote begins; later, vote against it."
    proposal_id: int
    account: str


class TimelockInvalidOperationLengthError(CustomError):
    """The calls of an operation do not match."""

    declaration = "TimelockInvalidOperationLength(uint256 targets, uint256 payloads, uint256 values)"
    says = "an operation with {targets} targets, {payloads} calls and {values} values"
    remedy = "Propose through the consortium, which checks this."
    targets: int
    payloads: int
    values: int


class TimelockInsufficientDelayError(CustomError):
    """An operation cannot be carried out before its delay is over."""

    declaration = "TimelockInsufficientDelay(uint256 delay, uint256 minDelay)"
    says = "a delay of {delay} seconds, where {min_delay} are the least"
    remedy = "Propose through the consortium, which takes the delay in force."
    delay: int
    min_delay: int


class TimelockUnexpectedOperationStateError(CustomError):
    """The delay of the operation is not over, or the same calls with the same description wait already."""

    declaration = "TimelockUnexpectedOperationState(bytes32 operationId, bytes32 expectedStates)"
    says = "the operation {operation_id} of the timelock is in a state that does not allow this"
    remedy = "Wait until the delay is over: `registrum consortium show` tells when."
    operation_id: bytes
    expected_states: bytes


class TimelockUnexecutedPredecessorError(CustomError):
    """Another operation must come first."""

    declaration = "TimelockUnexecutedPredecessor(bytes32 predecessorId)"
    says = "the operation {predecessor_id} must be carried out first"
    remedy = "Execute that one first."
    predecessor_id: bytes


class TimelockUnauthorizedCallerError(CustomError):
    """Only the timelock itself changes its delay."""

    declaration = "TimelockUnauthorizedCaller(address caller)"
    says = "{caller} is not the timelock, which alone changes its delay"
    remedy = "Propose it: `registrum consortium propose parameters --execution-delay`."
    caller: str


class AccessControlUnauthorizedAccountError(CustomError):
    """The account has not the role that this needs; in the timelock the consortium alone has one."""

    declaration = "AccessControlUnauthorizedAccount(address account, bytes32 neededRole)"
    says = "{account} has not the role {needed_role}"
    remedy = "Propose it through the consortium, which alone has a role in the timelock."
    account: str
    needed_role: bytes


class AccessControlBadConfirmationError(CustomError):
    """An account gives up its own roles only."""

    declaration = "AccessControlBadConfirmation()"
    says = "an account gives up its own roles only"
    remedy = "There is nothing to do."


class FailedCallError(CustomError):
    """A call of a proposal failed without a reason; nothing of the proposal took effect."""

    declaration = "FailedCall()"
    says = "a call of the proposal failed and gave no reason; nothing of it took effect"
    remedy = "Check its targets with `registrum consortium show`; propose it anew without the call that fails."


class SafeCastOverflowedUintDowncastError(CustomError):
    """A number is too large for its place."""

    declaration = "SafeCastOverflowedUintDowncast(uint8 bits, uint256 value)"
    says = "{value} does not fit {bits} bits"
    remedy = "Give a smaller value."
    bits: int
    value: int


class InvalidAccountNonceError(CustomError):
    """A signature of OpenZeppelin's own voting functions is not the account's next; they are not available here."""

    declaration = "InvalidAccountNonce(address account, uint256 currentNonce)"
    says = "the next nonce of {account} is {current_nonce}"
    remedy = "Use `castSignedVotes`, which needs no nonce."
    account: str
    current_nonce: int

"""Votes of the offices: proposals as they stand, made, voted on, counted and carried out; remarks of observers.

The seat of an office proposes and votes, as the account that sends, or by signature, which anyone may hand in. Counting
and executing is open to anyone. Not its job: what calls mean (`registrum.client.plain_words`), ready-made proposals
(`registrum.client.drafts`), files (`registrum.client.ballots`), emergencies (`registrum.client.emergencies`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from registrum.chain.contracts import (
    ADDRESS_BOOK,
    CHARTER,
    CONSORTIUM,
    EMERGENCY_COUNCIL,
    OFFICE_DIRECTORY,
    PRIORITY_REGISTER,
    load_abi,
)
from registrum.chain.reverts import (
    CharterRemarkedError,
    ConsortiumAlreadyVotedError,
    GovernorNonexistentProposalError,
)
from registrum.client.calls import key_of
from registrum.client.drafts import Drafts
from registrum.client.forms import by_position, instant, require_office
from registrum.client.governing import Governor
from registrum.client.members import Observer, OfficeStatus
from registrum.client.plain_words import Call, Names, plain_calls, quoted
from registrum.client.proposals import (
    Draft,
    OfficeVote,
    Proposal,
    ProposalState,
    RemarkMade,
    Support,
    Tally,
    id_text,
    read_id,
)
from registrum.client.receipts import Event, Receipt
from registrum.client.session import refused
from registrum.client.signed import SignedVote
from registrum.errors import ContractError, InputError, VerificationError
from registrum.signing.addresses import checksum_address, parse_address
from registrum.signing.keccak import keccak
from registrum.signing.signatures import SIGNATURE_SIZE
from registrum.signing.statements import Remark, Vote

if TYPE_CHECKING:
    from registrum.signing.signers import Signer

__all__ = ["ConsortiumMember"]

_GOVERNED = (CONSORTIUM, EMERGENCY_COUNCIL, CHARTER, ADDRESS_BOOK, OFFICE_DIRECTORY)
"""Contracts whose events are the history of the consortium."""
_PAGE = 50
_VOTE_GAS = 250_000
_WALLET_GAS = 400_000
_REMARK_GAS = 250_000
_GAS_A_BYTE = 60
"""Call data, hashing and the event that holds it."""
_AMPLE_GAS = 12_000_000
"""For counting, which asks about every office, and for executing, which may admit one with 32 keys."""


class ConsortiumMember(Governor):
    """Proposes, votes and carries out; errors as for `Recorder`, and `ConfigError` where no consortium governs."""

    def chain_time(self) -> datetime:
        """The chain's clock: time of the newest block. By it votes begin and end."""
        return self._now()

    def names(self) -> Names:
        """Who is who, by what the chain says now: contracts, offices, seats, keys, observers."""
        contracts = dict(Names.of(self._manifest).contracts)
        offices = self.offices()
        accounts: dict[str, str] = {}
        if CHARTER in self._addresses:
            accounts |= {each.account: f"observer {quoted(each.name)}" for each in self.observers()}
        keys = self._read_many(OFFICE_DIRECTORY, [("keys", (office.code, 0, _PAGE)) for office in offices])
        for office, (page, _) in zip(offices, keys, strict=True):
            accounts |= {key["account"]: f"key of {office.code}" for key in page}
        accounts |= {office.seat: f"seat of {office.code}" for office in offices}
        return Names(contracts, {office.code: office.name for office in offices}, accounts)

    def drafts(self, proposer: str | None = None) -> Drafts:
        """Ready-made proposals, described by who is who now.

        Args:
            proposer: Seat that alone shall be able to propose them; the account that sends where None, if it is a seat.
                With neither any seat can, and one that sees the proposal on its way can use it up.
        """
        if proposer is None and (sender := self.sender_address) is not None and self.office_of_seat(sender):
            proposer = sender
        return Drafts(self._addresses, self.names(), proposer)

    def observers(self) -> list[Observer]:
        """The observers that are listed, without a vote."""
        return self._pages(CHARTER, "observers", (), lambda values: Observer(values["account"], values["name"]))

    def consortium_proposals(self) -> list[Proposal]:
        """All proposals, oldest first, as they stand; without votes and remarks."""
        made = [*self._logged([CONSORTIUM], [load_abi(CONSORTIUM).topic("ProposalCreated")])]
        return self._proposals([event for event in made if event.name == "ProposalCreated"])

    def proposal(self, number: int | str) -> Proposal:
        """One proposal as it stands, with votes and remarks.

        Args:
            number: Its number, or the beginning of it as text, as far as no other begins so.

        Raises:
            InputError: There is no such proposal, or several begin so.
        """
        created = load_abi(CONSORTIUM).topic("ProposalCreated")
        made = {
            event.arguments["proposal_id"]: event
            for event in self._logged([CONSORTIUM], [created])
            if event.name == "ProposalCreated"
        }
        wanted = read_id(id_text(number) if isinstance(number, int) else number, made)
        [proposal] = self._proposals([made[wanted]])
        return replace(proposal, votes=self._votes_on(proposal), remarks=self._remarks_on(proposal))

    def proposal_state(self, number: int) -> ProposalState | None:
        """Where a proposal is; None if there is none with this number."""
        try:
            return by_position(ProposalState, self._read(CONSORTIUM, "state", number))
        except GovernorNonexistentProposalError:
            return None

    def propose(self, draft: Draft) -> Receipt:
        """Propose; the seat of an active office sends. The same proposal, while it is open, is made once.

        Args:
            draft: Calls and description, taken as they are; `drafts()` makes such that nobody else can propose.

        Returns:
            The receipt; `draft.id` is the number of the proposal.

        Raises:
            InputError: The same was proposed before and is over: another description makes it another proposal.
        """
        state = self.proposal_state(draft.id)
        if state is not None and state.is_open:
            return Receipt(taken=False)
        if state is not None:
            raise InputError(
                f"the same was proposed before, with the same description, and is {state.value}",
                remedy="Give another description, for example with the reason why it is proposed again.",
                proposal=id_text(draft.id),
            )
        values = (*_columns(draft.calls), draft.description)
        size = len(load_abi(CONSORTIUM).encode("propose", *values))
        return self._once(CONSORTIUM, "propose", values, 400_000 + _GAS_A_BYTE * size, f"propose {id_text(draft.id)}")

    def vote(self, number: int, support: Support, reason: str = "") -> Receipt:
        """Vote as the office whose seat sends. The same vote again is no error; a vote cannot be changed.

        Args:
            number: The proposal.
            support: How.
            reason: In plain words, or empty.

        Raises:
            ConsortiumAlreadyVotedError: The office has voted otherwise.
        """
        office = self.office_of_seat(self._account().address)
        if office is not None and (given := self.vote_of(number, office)) is not None:
            if given is support:
                return Receipt(taken=False)
            raise ConsortiumAlreadyVotedError(proposal_id=number, office=office)
        values = (number, int(support), reason)
        gas = _VOTE_GAS + _GAS_A_BYTE * len(reason.encode())
        about = f"vote {support.name.lower()} on {id_text(number)}"
        return self._once(CONSORTIUM, "castVoteWithReason", values, gas, about)

    def vote_of(self, number: int, office: str) -> Support | None:
        """How an office voted on a proposal; None if it has not."""
        voted, support = self._read(CONSORTIUM, "voteOf", number, require_office(office))
        return by_position(Support, support) if voted else None

    def sign_vote(
        self, number: int, office: str, support: Support, reason: str = "", *, signer: Signer | None = None
    ) -> SignedVote:
        """Sign a vote for others to hand in. Asks no node, and so not whether the key is that of the seat.

        Args:
            number: The proposal.
            office: The office that votes.
            support: How.
            reason: In plain words, or empty.
            signer: Its seat, instead of the registry's key.
        """
        statement = Vote(number, require_office(office).encode("ascii"), int(support), reason)
        return SignedVote(statement, self._office_key(signer).sign(statement, self.consortium_domain))

    def check_signed_votes(self, votes: Iterable[SignedVote]) -> list[ContractError | bool]:
        """What would become of each vote, handed in alone and now.

        Returns:
            For each True if it would count, False if the office has voted before, or why the contract would refuse it.
        """
        calls = []
        for vote in votes:
            data = load_abi(CONSORTIUM).encode("castSignedVotes", vote.vote.proposal_id, [vote.argument()])
            call = {"to": self._manifest.address(CONSORTIUM), "data": "0x" + data.hex(), "gas": hex(_AMPLE_GAS)}
            calls.append(("eth_call", [call, "latest"]))
        found: list[ContractError | bool] = []
        for answer in self._rpc.batch(calls):
            refusal = refused(answer)
            found.append(bool(int(answer, 16)) if refusal is None else refusal)
        return found

    def cast_signed_votes(self, number: int, votes: Sequence[SignedVote]) -> Receipt:
        """Hand in votes that seats signed, in one transaction. Who sends does not matter.

        Votes of offices that voted before are passed over; where all are, nothing is sent.

        Args:
            number: The proposal.
            votes: On this proposal.

        Raises:
            InputError: A vote on another proposal, or none at all.
            ConsortiumInvalidSignatureError: A vote is not signed by the present seat of its office; none is cast.
        """
        if not votes or any(vote.vote.proposal_id != number for vote in votes):
            raise InputError("votes on one proposal are handed in together", remedy="Divide them by proposal.")
        arguments = [vote.argument() for vote in votes]
        data = load_abi(CONSORTIUM).encode("castSignedVotes", number, arguments)
        wallets = sum(len(vote.signature) != SIGNATURE_SIZE for vote in votes)
        gas = 100_000 + _VOTE_GAS * len(votes) + _WALLET_GAS * wallets + _GAS_A_BYTE * len(data)
        if self._simulate(CONSORTIUM, "castSignedVotes", data, gas) == 0:
            return Receipt(taken=False)
        about = f"hand in {len(votes)} votes on {id_text(number)}"
        return self._dispatch(CONSORTIUM, data, gas=gas, description=about, key=self._key("castSignedVotes", data))

    def queue(self, number: int) -> Receipt:
        """Have a proposal counted for good, and its delay begin. Anyone may. Done before, it is no error."""
        proposal = self.proposal(number)
        if proposal.state in (ProposalState.QUEUED, ProposalState.EXECUTED):
            return Receipt(taken=False)
        return self._step("queue", proposal, f"queue {id_text(number)}")

    def execute(self, number: int) -> Receipt:
        """Carry out a proposal whose delay is over. Anyone may. Done before, it is no error."""
        proposal = self.proposal(number)
        if proposal.state is ProposalState.EXECUTED:
            return Receipt(taken=False)
        return self._step("execute", proposal, f"execute {id_text(number)}")

    def cancel(self, number: int) -> Receipt:
        """Take a proposal back before its vote begins. The present seat of the office that proposed it sends."""
        proposal = self.proposal(number)
        if proposal.state is ProposalState.CANCELLED:
            return Receipt(taken=False)
        return self._step("cancel", proposal, f"cancel {id_text(number)}")

    def advance(self, number: int) -> tuple[Proposal, tuple[Receipt, ...]]:
        """Do what is due to carry a proposal out: count it, execute it, both or neither.

        Returns:
            The proposal afterwards, whose `next_step` says what to wait for; and what was sent.
        """
        receipts = []
        proposal = self.proposal(number)
        if proposal.state is ProposalState.SUCCEEDED:
            receipts.append(self.queue(number))
            proposal = self.proposal(number)
        ready = proposal.executable_from
        if proposal.state is ProposalState.QUEUED and ready is not None and self._now() >= ready:
            receipts.append(self.execute(number))
            proposal = self.proposal(number)
        return proposal, tuple(receipts)

    def sign_remark(self, number: int, text: str, *, signer: Signer | None = None) -> bytes:
        """Sign a remark as an observer, for others to hand in. Asks no node."""
        return self._office_key(signer).sign(Remark(number, text), self.charter_domain)

    def remark(self, number: int, text: str, *, observer: str | None = None, signature: bytes = b"") -> Receipt:
        """Attach a remark to a proposal, as the observer that sends, or that signed. Made before, it is no error.

        Args:
            number: The proposal.
            text: 1 to 4,000 bytes.
            observer: Who remarks; the sender if None.
            signature: Of the observer, where another account sends.
        """
        Remark(number, text)
        who = self._account().address if observer is None else checksum_address(parse_address(observer))
        values = (number, who, text, signature)
        gas = _REMARK_GAS + _WALLET_GAS * bool(signature) + _GAS_A_BYTE * (len(text.encode()) + len(signature))
        try:
            return self._once(CHARTER, "remark", values, gas, f"remark on {id_text(number)}")
        except CharterRemarkedError:
            return Receipt(taken=False)

    def consortium_history(self, number: int | None = None) -> list[Event]:
        """What was proposed, voted, decided and done, oldest first, with the time of each block.

        Args:
            number: Of one proposal alone; with None all of it, and every change of offices, keys and rules.
        """
        events = [*self._logged(_GOVERNED, [])]
        if number is None:
            changed = load_abi(PRIORITY_REGISTER).topic("RegistryChanged")
            events += self._logged([PRIORITY_REGISTER], [changed])
            events.sort(key=lambda event: (event.block_number, event.log_index))
        else:
            events = [event for event in events if event.arguments.get("proposal_id") == number]
        return self._timed(events)

    def _step(self, function: str, proposal: Proposal, about: str) -> Receipt:
        draft = proposal.draft
        if not proposal.matches_id:
            raise VerificationError(
                f"what the node tells of the proposal {id_text(proposal.id)} is not what its number stands for",
                remedy="Ask another node; if its description is no text in UTF-8, nobody can read it: propose it anew.",
            )
        values = (*_columns(draft.calls), keccak(draft.description.encode()))
        gas = min(_AMPLE_GAS, self._block_gas_limit())
        return self._once(CONSORTIUM, function, values, gas, about)

    def _once(self, contract: str, function: str, values: Sequence[Any], gas: int, about: str) -> Receipt:
        """Carry out what one account does at most once, so that account and call data name it in the outbox."""
        data = load_abi(contract).encode(function, *values)
        self._simulate(contract, function, data, gas)
        return self._dispatch(contract, data, gas=gas, description=about, key=self._key(function, data))

    def _key(self, function: str, data: bytes) -> str:
        return f"{key_of(function, data)} by {self._account().address}"

    def _proposals(self, made: Sequence[Event]) -> list[Proposal]:
        if not made:
            return []
        names = self.names()
        windows: tuple[int, int] = (
            self._read(CONSORTIUM, "countWindow"),
            self._read(CONSORTIUM, "executionWindow"),
        )
        asked = [
            (function, (event.arguments["proposal_id"],))
            for event in made
            for function in ("state", "tallyOf", "proposalEta", "proposingOffice")
        ]
        answers = self._read_many(CONSORTIUM, asked)
        timed = self._timed(made)
        return [_proposal_from(event, answers[4 * at : 4 * at + 4], windows, names) for at, event in enumerate(timed)]

    def _votes_on(self, proposal: Proposal) -> tuple[OfficeVote, ...]:
        abi = load_abi(CONSORTIUM)
        topics = [[abi.topic("OfficeVoted"), abi.topic("VoteCast")]]
        logged = self._logged([CONSORTIUM], topics, after_block=proposal.block_number - 1)
        events = [event for event in logged if event.arguments.get("proposal_id") == proposal.id]
        reasons = {
            (event.transaction_hash, event.arguments["voter"]): event.arguments["reason"]
            for event in events
            if event.name == "VoteCast"
        }
        active = {office.code for office in self.offices() if office.status is OfficeStatus.ACTIVE}
        return tuple(
            OfficeVote(
                office=event.arguments["office"],
                support=by_position(Support, event.arguments["support"]),
                reason=reasons.get((event.transaction_hash, event.arguments["voter"]), ""),
                seat=event.arguments["voter"],
                counts=event.arguments["office"] in active,
                voted_at=event.block_time,
                transaction_hash=event.transaction_hash,
            )
            for event in self._timed([event for event in events if event.name == "OfficeVoted"])
        )

    def _remarks_on(self, proposal: Proposal) -> tuple[RemarkMade, ...]:
        topics = [load_abi(CHARTER).topic("Remarked"), id_text(proposal.id)]
        logged = self._logged([CHARTER], topics, after_block=proposal.block_number - 1)
        events = [event for event in logged if event.arguments.get("proposal_id") == proposal.id]
        names = {each.account: each.name for each in self.observers()} if events else {}
        return tuple(
            RemarkMade(
                observer=event.arguments["observer"],
                name=names.get(event.arguments["observer"], ""),
                text=event.arguments["text"],
                made_at=event.block_time,
                transaction_hash=event.transaction_hash,
            )
            for event in self._timed(events)
        )


def _columns(calls: Sequence[Call]) -> tuple[list[str], list[int], list[bytes]]:
    return [call.target for call in calls], [call.value for call in calls], [call.data for call in calls]


def _proposal_from(event: Event, answers: Sequence[Any], windows: tuple[int, int], names: Names) -> Proposal:
    """A proposal out of its event and what the contract says about it now."""
    values = event.arguments
    state, tally, eta, office = answers
    columns = (values["targets"], values["calldatas"], values["values"])
    calls = tuple(Call(target, data, value) for target, data, value in zip(*columns, strict=True))
    ready = instant(eta) if eta else None
    end = instant(values["vote_end"])
    return Proposal(
        id=values["proposal_id"],
        office=office,
        proposer=values["proposer"],
        description=values["description"],
        calls=plain_calls(calls, names),
        matches_id=Draft(calls, values["description"]).id == values["proposal_id"],
        state=by_position(ProposalState, state),
        vote_start=instant(values["vote_start"]),
        vote_end=end,
        count_until=end + timedelta(seconds=windows[0]),
        executable_from=ready,
        executable_until=None if ready is None else ready + timedelta(seconds=windows[1]),
        tally=Tally(**tally),
        proposed_at=event.block_time,
        block_number=event.block_number,
        transaction_hash=event.transaction_hash,
    )

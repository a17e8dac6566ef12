"""Votes of the offices, on a real node: proposals from the draft to the execution, and what can go wrong on the way."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from registrum import Application, OfficeStatus, Scope
from registrum.chain.contracts import CONSORTIUM, load_abi
from registrum.chain.outbox import Outbox
from registrum.chain.reverts import (
    CharterNotObserverError,
    ConsortiumAlreadyVotedError,
    ConsortiumInvalidSignatureError,
    ConsortiumNotVoterError,
    GovernorInsufficientProposerVotesError,
    GovernorRestrictedProposerError,
    GovernorUnableToCancelError,
    GovernorUnexpectedProposalStateError,
    OfficeDirectoryNotEmergencyBodyError,
    OfficeDirectoryNotGovernanceError,
)
from registrum.client.drafts import Drafts, FirstKey
from registrum.client.proposals import Draft, ProposalState, Support, id_text, own_words
from registrum.client.signed import SignedVote
from registrum.errors import ConfigError, InputError, VerificationError
from registrum.signing.statements import Vote
from tests.client import registries
from tests.client.consortia import (
    CHARTER,
    DELAY,
    EXECUTION,
    KEYS,
    NEW,
    OBSERVER,
    OFFICES,
    PERIOD,
    SEATS,
    STRANGER,
    Consortium,
    consortium,
)


@pytest.fixture(scope="module")
def running_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Consortium]:
    with consortium(tmp_path_factory.mktemp("consortium")) as made:
        yield made


@pytest.fixture
def here(running_world: Consortium) -> Iterator[Consortium]:
    with running_world.undone():
        yield running_world


def admission(here: Consortium, description: str = "") -> Draft:
    keys = [FirstKey(KEYS["EM"].address, Scope.APPLICATIONS | Scope.KEYS)]
    return here.registry().drafts().admit("FR", NEW.address, "Institut", keys=keys, description=description)


def test_admission_from_the_draft_to_the_office(here: Consortium) -> None:
    registry, draft = here.registry(), admission(here, "France asks to be admitted.")
    assert registry.consortium_proposals() == []
    receipt = here.by("EM").propose(draft)
    assert [event.name for event in receipt.events] == ["ProposalCreated"]
    assert not here.by("JP").propose(draft).taken
    proposal = registry.proposal(draft.id)
    assert (proposal.state, proposal.office, proposal.proposer) == (ProposalState.PENDING, "EM", SEATS["EM"].address)
    assert (proposal.description, proposal.draft) == ("France asks to be admitted.", draft)
    assert proposal.calls[0].sentence.startswith("admit office FR (France, by WIPO ST.3)")
    assert proposal.is_readable
    assert proposal.next_step(here.now()).startswith("the vote begins after")
    here.until(proposal.vote_start + timedelta(seconds=1))
    for code, support in (("EM", 1), ("JP", 1), ("RU", 1), ("US", 0), ("WO", 1)):
        assert here.by(code).vote(draft.id, Support(support), f"{code} has read it").taken
    proposal = registry.proposal(id_text(draft.id)[:8])
    assert proposal.state is ProposalState.ACTIVE
    assert [(vote.office, vote.support, vote.reason, vote.counts) for vote in proposal.votes] == [
        ("EM", Support.FOR, "EM has read it", True),
        ("JP", Support.FOR, "JP has read it", True),
        ("RU", Support.FOR, "RU has read it", True),
        ("US", Support.AGAINST, "US has read it", True),
        ("WO", Support.FOR, "WO has read it", True),
    ]
    tally = proposal.tally
    assert (tally.for_votes, tally.against_votes, tally.active_offices, tally.needed) == (4, 1, 5, 4)
    assert "4 of 5 are for it, 4 are needed" in proposal.next_step(here.now())
    here.until(proposal.vote_end + timedelta(seconds=1))
    found, receipts = registry.advance(draft.id)
    assert (found.state, len(receipts)) == (ProposalState.QUEUED, 1)
    assert found.tally.is_final
    assert "wait until then" in found.next_step(here.now())
    assert registry.advance(draft.id)[1] == ()
    assert found.executable_from is not None
    here.until(found.executable_from)
    found, receipts = registry.advance(draft.id)
    assert (found.state, len(receipts)) == (ProposalState.EXECUTED, 1)
    assert "OfficeAdmitted" in [event.name for event in receipts[0].events]
    office = registry.office("FR")
    assert office is not None
    assert (office.status, office.seat, office.key_count) == (OfficeStatus.ACTIVE, NEW.address, 1)
    assert not registry.execute(draft.id).taken
    assert not registry.queue(draft.id).taken
    json.dumps(found.to_json())
    [only] = registry.consortium_proposals()
    assert only.id == draft.id


def test_what_is_over_is_proposed_again_in_other_words(here: Consortium) -> None:
    draft = admission(here)
    here.voted(draft)
    assert here.registry().proposal(draft.id).state is ProposalState.DEFEATED
    with pytest.raises(InputError, match="is defeated") as caught:
        here.by("EM").propose(draft)
    assert "another description" in caught.value.remedy
    assert here.by("EM").propose(admission(here, "Once more, with the papers that were missing.")).taken


def test_votes_are_those_of_offices_and_count_once(here: Consortium) -> None:
    number = here.open(admission(here))
    seat = here.by("EM")
    assert seat.vote(number, Support.FOR).taken
    assert not seat.vote(number, Support.FOR).taken
    with pytest.raises(ConsortiumAlreadyVotedError, match="EM has voted") as caught:
        seat.vote(number, Support.AGAINST)
    assert id_text(number) in str(caught.value)
    seat.propose_seat("EM", NEW.address)
    rotated = here.registry(NEW, NEW)
    rotated.accept_seat("EM")
    assert rotated.vote_of(number, "EM") is Support.FOR
    with pytest.raises(ConsortiumAlreadyVotedError):
        rotated.vote(number, Support.AGAINST)
    late = rotated.sign_vote(number, "EM", Support.AGAINST)
    assert not here.registry().cast_signed_votes(number, [late]).taken
    for account in (SEATS["EM"], STRANGER):
        with pytest.raises(ConsortiumNotVoterError):
            here.registry(sender=account).vote(number, Support.FOR)
    assert here.registry().proposal(number).tally.for_votes == 1


def test_signed_votes_are_collected_and_handed_in_by_anyone(here: Consortium) -> None:
    number = here.open(admission(here))
    anyone = here.registry()
    votes = [here.by(code).sign_vote(number, code, Support.FOR, f"by {code}") for code in OFFICES[:4]]
    assert anyone.check_signed_votes(votes) == [True] * 4
    receipt = anyone.cast_signed_votes(number, votes)
    assert receipt.taken
    assert not anyone.cast_signed_votes(number, votes).taken
    assert anyone.check_signed_votes(votes) == [False] * 4
    assert [vote.reason for vote in anyone.proposal(number).votes] == ["by EM", "by JP", "by RU", "by US"]


def test_signed_votes_that_do_not_count(here: Consortium) -> None:
    number = here.open(admission(here))
    anyone = here.registry()
    stolen = SignedVote(Vote(number, b"JP", 1, ""), here.by("EM").sign_vote(number, "JP", Support.FOR).signature)
    good = here.by("EM").sign_vote(number, "EM", Support.FOR)
    altered = SignedVote(Vote(number, b"EM", 0, ""), good.signature)
    for vote in (stolen, altered):
        [refusal] = anyone.check_signed_votes([vote])
        assert isinstance(refusal, ConsortiumInvalidSignatureError)
        with pytest.raises(ConsortiumInvalidSignatureError):
            anyone.cast_signed_votes(number, [vote, good])
    assert anyone.proposal(number).votes == ()
    with pytest.raises(InputError, match="one proposal"):
        anyone.cast_signed_votes(number + 1, [good])
    with pytest.raises(InputError, match="one proposal"):
        anyone.cast_signed_votes(number, [])
    here.advance(PERIOD)
    [refusal] = anyone.check_signed_votes([good])
    assert isinstance(refusal, GovernorUnexpectedProposalStateError)
    assert "is in state defeated" in str(refusal)


def test_office_suspended_in_mid_vote_does_not_count(here: Consortium) -> None:
    draft = admission(here)
    number = here.open(draft)
    for code in OFFICES[:4]:
        here.by(code).vote(number, Support.FOR)
    suspension = here.registry().prepare_suspension("US", "its seat was stolen")
    for code in ("EM", "JP", "RU"):
        outcome = here.by(code).support_suspension(suspension)
    assert outcome.suspended
    proposal = here.registry().proposal(number)
    assert [vote.counts for vote in proposal.votes] == [True, True, True, False]
    assert (proposal.tally.for_votes, proposal.tally.active_offices, proposal.tally.needed) == (3, 4, 3)
    with pytest.raises(ConsortiumNotVoterError):
        here.by("US").vote(here.open(admission(here, "another")), Support.FOR)


def test_a_proposal_cannot_be_copied_by_another_seat_and_used_up(here: Consortium) -> None:
    def admit(drafts: Drafts) -> Draft:
        return drafts.admit("FR", NEW.address, "Institut", description="France asks to be admitted.")

    seat = SEATS["EM"].address
    draft = admit(here.by("EM").drafts())
    assert (draft.description, draft.proposer) == (f"France asks to be admitted. #proposer={seat}", seat)
    assert own_words(draft.description) == "France asks to be admitted."
    assert admit(here.registry().drafts(seat)) == draft == draft.only_by(SEATS["JP"].address)
    assert admit(here.registry().drafts()).proposer is None, "who sends is no seat, and cannot propose"
    with pytest.raises(GovernorRestrictedProposerError):
        here.by("JP").propose(draft)
    # Without that end it is another proposal: that one is used up, and no other.
    copied = replace(draft, description=own_words(draft.description))
    assert here.by("JP").propose(copied).taken
    assert here.by("JP").cancel(copied.id).taken
    assert here.by("EM").propose(draft).taken
    assert not here.by("EM").propose(draft).taken
    proposal = here.registry().proposal(draft.id)
    assert (proposal.state, proposal.matches_id, proposal.draft) == (ProposalState.PENDING, True, draft)


def test_proposals_are_made_and_cancelled_by_seats(here: Consortium) -> None:
    draft = admission(here)
    with pytest.raises(GovernorInsufficientProposerVotesError):
        here.registry().propose(draft)
    here.by("EM").propose(draft)
    with pytest.raises(GovernorUnableToCancelError):
        here.by("JP").cancel(draft.id)
    assert here.by("EM").cancel(draft.id).taken
    assert not here.by("EM").cancel(draft.id).taken
    assert here.registry().proposal(draft.id).state is ProposalState.CANCELLED
    late = admission(here, "too late to cancel")
    here.open(late)
    with pytest.raises(GovernorUnableToCancelError):
        here.by("EM").cancel(late.id)


def test_early_and_late(here: Consortium) -> None:
    draft = admission(here)
    number = here.open(draft)
    registry = here.registry()
    with pytest.raises(GovernorUnexpectedProposalStateError, match="is in state active"):
        registry.queue(number)
    assert registry.advance(number)[1] == ()
    for code in OFFICES[:4]:
        here.by(code).vote(number, Support.FOR)
    here.advance(PERIOD)
    proposal = registry.proposal(number)
    assert "counted and queued until" in proposal.next_step(here.now())
    here.until(proposal.count_until + timedelta(seconds=2))
    assert registry.proposal(number).state is ProposalState.EXPIRED
    found, receipts = registry.advance(number)
    assert (found.state, receipts) == (ProposalState.EXPIRED, ())


def test_ready_made_proposals_do_what_they_say(here: Consortium) -> None:
    registry, drafts = here.registry(), here.registry().drafts()
    end = (here.now() + timedelta(days=400)).replace(microsecond=0)
    here.decided(drafts.suspend("WO", end))
    office = registry.office("WO")
    assert office is not None
    assert (office.status, office.suspended_until) == (OfficeStatus.SUSPENDED, end)
    here.decided(drafts.reinstate("WO", restore_rights=True))
    here.decided(drafts.suspend_key("WO", KEYS["WO"].address))
    suspension = registry.key_suspension("WO", KEYS["WO"].address)
    assert suspension is not None
    assert suspension.until is None
    here.decided(drafts.reinstate_key("WO", KEYS["WO"].address))
    assert registry.key_suspension("WO", KEYS["WO"].address) is None
    since = here.now() - timedelta(days=1)
    here.decided(drafts.mark_key_compromised("WO", KEYS["WO"].address, since))
    key = registry.key("WO", KEYS["WO"].address)
    assert key is not None
    assert key.compromised_since == since
    here.decided(drafts.succeed("WO", "EM"))
    assert registry.successor("WO") == "EM"
    assert registry.successor("EM") is None


def test_suspicion_follows_the_keys_of_the_successor(here: Consortium) -> None:
    application = here.application("WO")
    here.registry(KEYS["WO"]).register(application)
    here.decided(here.registry().drafts().succeed("WO", "EM"))
    since = here.now()
    here.advance(timedelta(hours=1))
    right = Application(application.number, application.filing_date, b"\x77" * 32)
    assert here.registry(KEYS["EM"]).correct(right).taken
    registry = here.registry()
    assert registry.look_up(application.number).signer_compromised_since is None
    here.by("EM").mark_key_compromised("EM", KEYS["EM"].address, since)
    assert registry.look_up(application.number).signer_compromised_since == since
    here.by("EM").add_key("EM", STRANGER.address)
    assert here.registry(STRANGER).reconfirm("WO", [right]).taken
    assert registry.look_up(application.number).signer_compromised_since is None


def test_rules_charter_and_observers_change_by_vote(here: Consortium) -> None:
    registry, drafts = here.registry(), here.registry().drafts()
    assert registry.verify_charter(CHARTER)
    here.decided(drafts.adopt_charter(b"\x22" * 32, "https://consortium.example/charter-2"))
    assert not registry.verify_charter(CHARTER)
    assert [version.location[-9:] for version in registry.charter_history()] == ["e/charter", "charter-2"]
    here.decided(drafts.remove_observer(OBSERVER.address))
    assert registry.observers() == []
    here.decided(drafts.list_observer(STRANGER.address, "WIPO"))
    assert [each.name for each in registry.observers()] == ["WIPO"]
    here.decided(
        drafts.change_parameters(
            voting_delay_s=60,
            voting_period_s=7200,
            execution_delay_s=120,
            supermajority=(3, 4),
            emergency=(4, 86_400),
            objection_delay_s=86_400,
        )
    )
    terms = registry.terms()
    assert (terms.voting_delay, terms.voting_period, terms.execution_delay) == (60, 7200, 120)
    assert (terms.supermajority_numerator, terms.supermajority_denominator) == (3, 4)
    assert (terms.emergency_quorum, terms.emergency_duration, terms.objection_delay) == (4, 86_400, 86_400)
    assert (terms.version, terms.digest, terms.active_offices, terms.votes_needed) == (2, b"\x22" * 32, 5, 4)
    json.dumps(terms.to_json())


def test_lost_seat_is_replaced_unless_it_objects(here: Consortium) -> None:
    registry, drafts = here.registry(), here.registry().drafts()
    here.decided(drafts.replace_seat("WO", NEW.address))
    replacement = registry.replacement("WO")
    assert replacement is not None
    assert replacement.new_seat == NEW.address
    assert here.by("WO").object_to_replacement("WO").taken
    assert registry.replacement("WO") is None
    assert not here.by("WO").object_to_replacement("WO").taken
    here.decided(drafts.replace_seat("WO", NEW.address, description="Its seat objected; the office asks once more."))
    replacement = registry.replacement("WO")
    assert replacement is not None
    here.until(replacement.acceptable_from)
    assert here.registry(NEW, NEW).accept_seat("WO").taken
    assert registry.office_of_seat(NEW.address) == "WO"
    assert registry.office_of_seat(SEATS["WO"].address) is None


def test_observers_remark_and_others_do_not(here: Consortium) -> None:
    draft = admission(here)
    number = here.open(draft)
    observer = here.registry(OBSERVER, OBSERVER)
    assert observer.remark(number, "No objection.").taken
    assert not observer.remark(number, "No objection.").taken
    signature = observer.sign_remark(number, "Signed for others to hand in.")
    assert (
        here.registry()
        .remark(number, "Signed for others to hand in.", observer=OBSERVER.address, signature=signature)
        .taken
    )
    remarks = here.registry().proposal(number).remarks
    assert [(each.name, each.text) for each in remarks] == [
        ("Court of Arbitration", "No objection."),
        ("Court of Arbitration", "Signed for others to hand in."),
    ]
    with pytest.raises(CharterNotObserverError):
        here.registry().remark(number, "I am nobody.")


def test_history_tells_everything_in_order(here: Consortium) -> None:
    number = here.decided(admission(here))
    names = [event.name for event in here.registry().consortium_history(number)]
    assert names.count("OfficeVoted") == 4
    assert names[0] == "ProposalCreated"
    assert names[-1] == "ProposalExecuted"
    assert {"ProposalCounted", "ProposalQueued", "VoteCast"} <= set(names)
    everything = here.registry().consortium_history()
    assert [event.name for event in everything].count("OfficeAdmitted") == 6
    assert {"CharterAdopted", "ContractListed", "GovernanceTransferred"} <= {event.name for event in everything}
    assert everything == sorted(everything, key=lambda event: (event.block_number, event.log_index))
    assert all(event.block_time for event in everything)


def test_address_book_is_readable(here: Consortium) -> None:
    listed = {each.name: each for each in here.registry().listed_contracts()}
    assert listed["ApplicationRegistry"].account == here.manifest.address("ApplicationRegistry")
    assert listed["ApplicationRegistry"].version == 1
    json.dumps([each.to_json() for each in listed.values()])


def test_no_account_governs_any_more_and_the_error_says_what_to_do(here: Consortium) -> None:
    for change in (
        lambda registry: registry.suspend_office("EM"),
        lambda registry: registry.admit_office("FR", NEW.address, "Institut"),
    ):
        with pytest.raises((OfficeDirectoryNotGovernanceError, OfficeDirectoryNotEmergencyBodyError)) as caught:
            change(here.by("JP"))
        assert "propose" in caught.value.remedy


def test_proposal_in_words_that_are_none_is_not_carried_out(here: Consortium) -> None:
    """Its description is no text in UTF-8: other proposals stay readable, and this one is told to be unreadable."""
    draft = admission(here, "~~~~")
    abi, seat = load_abi(CONSORTIUM), here.by("EM")
    columns = ([c.target for c in draft.calls], [c.value for c in draft.calls], [c.data for c in draft.calls])
    data = abi.encode("propose", *columns, draft.description).replace(b"~~~~", b"\xff\xfe\xff\xfe")
    seat._dispatch(CONSORTIUM, data, gas=2_000_000, description="", key="raw")
    here.by("EM").propose(admission(here, "readable"))
    odd, good = here.registry().consortium_proposals()
    assert (odd.matches_id, odd.is_readable, good.matches_id) == (False, False, True)
    with pytest.raises(VerificationError, match="not what its number stands for"):
        here.registry().cancel(odd.id)


def test_everything_goes_through_the_outbox_once(here: Consortium, tmp_path: Path) -> None:
    draft = admission(here)
    with Outbox(tmp_path / "outbox.sqlite") as outbox:
        for code in OFFICES[:4]:
            seat = here.registry(SEATS[code], SEATS[code], outbox=outbox)
            if code == "EM":
                assert seat.propose(draft).taken
                assert not seat.propose(draft).taken
                here.advance(DELAY + timedelta(seconds=1))
            # The same call data by four accounts: four votes.
            assert seat.vote(draft.id, Support.FOR).taken
        here.advance(PERIOD)
        anyone = here.registry(outbox=outbox)
        assert len(anyone.advance(draft.id)[1]) == 1
        here.advance(EXECUTION)
        assert len(anyone.advance(draft.id)[1]) == 1
    assert here.registry().office("FR") is not None


def test_deployment_without_a_consortium_says_so(tmp_path: Path) -> None:
    with registries.world(tmp_path) as world:
        registry = world.registry()
        for ask in (registry.consortium_proposals, registry.terms, lambda: registry.vote_of(1, "EM")):
            with pytest.raises(ConfigError, match="has no C"):
                ask()
        with pytest.raises(ConfigError, match="has no Consortium"):
            _ = registry.consortium_domain

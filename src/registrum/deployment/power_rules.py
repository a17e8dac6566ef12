"""Who can call which state-changing function of the deployed contracts, and by which error everyone else is refused.

One rule a function, for every function of every ABI that can change something: a function without a rule makes the
audit fail, so that none can slip in unread. Not its job: proving the rules (`registrum.deployment.powers`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

__all__ = ["RULES", "Actor", "Holder", "Rule"]


class Holder(StrEnum):
    """Who can call a function."""

    VOTE = "the offices, by vote"
    """The timelock, which obeys the consortium alone."""
    EMERGENCY = "a few offices in an emergency, or the offices by vote"
    """The emergency council for a time, or the timelock."""
    SEAT = "the office, by its seat"
    NEW_SEAT = "the account that an office or a vote named as its next seat"
    KEY_MANAGER = "the office, by its seat or a key with the scope keys"
    SEAT_OR_VOTE = "the office by its seat, or the offices by vote"
    SIGNATURE = "anyone with a statement that a key of the office signed"
    SIGNED_VOTES = "anyone with votes that seats signed"
    ANY_SEAT = "any active office, by its seat"
    OBSERVER = "a listed observer, or anyone with a remark that it signed"
    CARRIER = "anyone, for what the offices voted or an office signed"
    PROPOSER = "the office that proposed, before the vote begins"
    CONSORTIUM = "the consortium, for what was voted"
    TIMELOCK = "the timelock itself, hence the offices by vote"
    OWN_ROLE = "whoever holds a role, to give up its own"
    ANYONE = "anyone; it gives no power"
    NOBODY = "nobody"


class Actor(StrEnum):
    """Accounts that functions are tried from."""

    DEPLOYER = "deployer"
    OUTSIDER = "outsider"
    SEAT = "seat of the office"
    OTHER_SEAT = "seat of another office"
    TIMELOCK = "timelock"
    COUNCIL = "emergency council"
    CONSORTIUM = "consortium"
    OBSERVER = "observer"


@dataclass(frozen=True)
class Rule:
    """Who can call a function, and how that is shown.

    Attributes:
        holder: Who can.
        refused: Whom it must refuse.
        admitted: Whom it must not refuse for who they are, whatever else may stand in the way.
        refusals: Errors by which it refuses callers, or what they bring.
        by_votes: The function asks `getVotes` only after other things, so that is asked instead.
    """

    holder: Holder
    refused: tuple[Actor, ...] = (Actor.DEPLOYER, Actor.OUTSIDER)
    admitted: tuple[Actor, ...] = ()
    refusals: frozenset[str] = frozenset()
    by_votes: bool = False


_STRANGERS = (Actor.DEPLOYER, Actor.OUTSIDER)
_NO_VOTE = (*_STRANGERS, Actor.SEAT, Actor.COUNCIL, Actor.CONSORTIUM)
_NOT_THE_OFFICE = (*_STRANGERS, Actor.OTHER_SEAT, Actor.COUNCIL, Actor.CONSORTIUM)
_ALL = (*_STRANGERS, Actor.SEAT, Actor.COUNCIL, Actor.CONSORTIUM, Actor.TIMELOCK)


def _vote(*refusals: str) -> Rule:
    return Rule(Holder.VOTE, _NO_VOTE, (Actor.TIMELOCK,), frozenset(refusals))


def _emergency(*refusals: str) -> Rule:
    refused = (*_STRANGERS, Actor.SEAT, Actor.CONSORTIUM)
    return Rule(Holder.EMERGENCY, refused, (Actor.COUNCIL, Actor.TIMELOCK), frozenset(refusals))


def _seat(*refusals: str, holder: Holder = Holder.SEAT) -> Rule:
    return Rule(holder, (*_NOT_THE_OFFICE, Actor.TIMELOCK), (Actor.SEAT,), frozenset(refusals))


def _signature(*refusals: str) -> Rule:
    return Rule(Holder.SIGNATURE, (*_STRANGERS, Actor.TIMELOCK), (), frozenset(refusals))


def _consortium(*refusals: str) -> Rule:
    refused = (*_STRANGERS, Actor.SEAT, Actor.COUNCIL, Actor.TIMELOCK)
    return Rule(Holder.CONSORTIUM, refused, (Actor.CONSORTIUM,), frozenset(refusals))


def _timelock(*refusals: str) -> Rule:
    return Rule(Holder.TIMELOCK, _NO_VOTE, (Actor.TIMELOCK,), frozenset(refusals))


def _carrier(*refusals: str, holder: Holder = Holder.CARRIER) -> Rule:
    return Rule(holder, (*_STRANGERS, Actor.SEAT, Actor.TIMELOCK), (), frozenset(refusals))


def _nobody(*refusals: str) -> Rule:
    return Rule(Holder.NOBODY, _ALL, (), frozenset(refusals))


_ANYONE = Rule(Holder.ANYONE, (), (Actor.OUTSIDER,))
_BALLOT = Rule(Holder.ANY_SEAT, _STRANGERS, (Actor.SEAT,), by_votes=True)
_DIRECTORY_VOTE = _vote("OfficeDirectoryNotGovernance")
_OWN_SEAT = _seat("OfficeDirectoryNotSeat")
_SIGNED = _signature("OfficeDirectoryUnknownKey", "OfficeSignedInvalidSignature")
_CHANGE = _signature(
    "OfficeDirectoryUnknownKey",
    "OfficeSignedInvalidSignature",
    # Where there is nothing to change, nobody is entitled to.
    "ApplicationRegistryNotRecorded",
)
_TABLE_VOTE = _vote("RightsRegisterNotGovernance")
_UNKNOWN_PROPOSAL = "GovernorNonexistentProposal"
_GOVERNOR_VOTE = _vote("GovernorOnlyExecutor")
_NO_DEPOSIT = _nobody("GovernorDisabledDeposit")
_ROLE = "AccessControlUnauthorizedAccount"

RULES: Mapping[str, Mapping[str, Rule]] = MappingProxyType(
    {
        "OfficeDirectory": {
            "transferGovernance": _DIRECTORY_VOTE,
            "setEmergencyBody": _DIRECTORY_VOTE,
            "setObjectionDelay": _DIRECTORY_VOTE,
            "admitOffice": _DIRECTORY_VOTE,
            "admitOfficeWithKeys": _DIRECTORY_VOTE,
            "suspendOffice": _emergency("OfficeDirectoryNotEmergencyBody"),
            "suspendKey": _emergency("OfficeDirectoryNotEmergencyBody"),
            "reinstateOffice": _DIRECTORY_VOTE,
            "reinstateKey": _DIRECTORY_VOTE,
            "departOffice": _DIRECTORY_VOTE,
            "nameSuccessor": _DIRECTORY_VOTE,
            "replaceSeat": _DIRECTORY_VOTE,
            "objectToReplacement": _OWN_SEAT,
            "proposeSeat": _OWN_SEAT,
            "acceptSeat": Rule(
                Holder.NEW_SEAT,
                (*_STRANGERS, Actor.OTHER_SEAT, Actor.TIMELOCK, Actor.COUNCIL),
                (),
                frozenset({"OfficeDirectoryNotProposedSeat"}),
            ),
            "setEndpoint": _OWN_SEAT,
            "setEarliestFilingDate": _OWN_SEAT,
            "addKey": _seat("OfficeDirectoryNotSeat", holder=Holder.KEY_MANAGER),
            "revokeKey": _seat("OfficeDirectoryNotSeat", holder=Holder.KEY_MANAGER),
            "markKeyCompromised": Rule(
                Holder.SEAT_OR_VOTE,
                _NOT_THE_OFFICE,
                (Actor.SEAT, Actor.TIMELOCK),
                frozenset({"OfficeDirectoryNotSeat"}),
            ),
        },
        "ApplicationRegistry": {
            "register": _SIGNED,
            "registerBatch": _SIGNED,
            "anchor": _SIGNED,
            "disclose": _carrier("ApplicationRegistryUnknownAnchor"),
            "correct": _CHANGE,
            "withdraw": _CHANGE,
            "reinstate": _CHANGE,
            "reconfirm": _SIGNED,
        },
        "PriorityRegister": {
            "publishCalendar": _seat("PriorityRegisterNotSeat"),
            "recordClaim": _SIGNED,
            "setRegistry": _vote("PriorityRegisterNotGovernance"),
        },
        "OfficePractice": {"empower": _SIGNED, "setRenewalTerms": _SIGNED},
        "RightsRegister": {
            "record": _SIGNED,
            "recordBatch": _SIGNED,
            "setCodes": _TABLE_VOTE,
            "setStatuses": _TABLE_VOTE,
        },
        "Consortium": {
            "propose": Rule(
                Holder.ANY_SEAT, _STRANGERS, (Actor.SEAT,), frozenset({"GovernorInsufficientProposerVotes"})
            ),
            "castVote": _BALLOT,
            "castVoteWithReason": _BALLOT,
            "castVoteWithReasonAndParams": _BALLOT,
            "castSignedVotes": Rule(
                Holder.SIGNED_VOTES, (*_STRANGERS, Actor.TIMELOCK), (), frozenset({"ConsortiumInvalidSignature"})
            ),
            "queue": _carrier(_UNKNOWN_PROPOSAL),
            "execute": _carrier(_UNKNOWN_PROPOSAL),
            "cancel": _carrier(_UNKNOWN_PROPOSAL, "GovernorUnableToCancel", holder=Holder.PROPOSER),
            "setVotingDelay": _GOVERNOR_VOTE,
            "setVotingPeriod": _GOVERNOR_VOTE,
            "setSupermajority": _GOVERNOR_VOTE,
            "relay": _nobody("ConsortiumNotAvailable"),
            "onERC721Received": _NO_DEPOSIT,
            "onERC1155Received": _NO_DEPOSIT,
            "onERC1155BatchReceived": _NO_DEPOSIT,
            "receive": _NO_DEPOSIT,
        },
        "Timelock": {
            "schedule": _consortium(_ROLE),
            "scheduleBatch": _consortium(_ROLE),
            "cancel": _consortium(_ROLE),
            "execute": _consortium(_ROLE),
            "executeBatch": _consortium(_ROLE),
            "updateDelay": _timelock("TimelockUnauthorizedCaller"),
            "grantRole": _timelock(_ROLE),
            "revokeRole": _timelock(_ROLE),
            "renounceRole": Rule(
                Holder.OWN_ROLE,
                (*_STRANGERS, Actor.SEAT, Actor.COUNCIL, Actor.TIMELOCK),
                (Actor.CONSORTIUM,),
                frozenset({"AccessControlBadConfirmation"}),
            ),
            "onERC721Received": _ANYONE,
            "onERC1155Received": _ANYONE,
            "onERC1155BatchReceived": _ANYONE,
            "receive": _ANYONE,
        },
        "EmergencyCouncil": {
            "support": Rule(
                Holder.ANY_SEAT,
                (*_STRANGERS, Actor.TIMELOCK, Actor.SEAT),
                (Actor.OTHER_SEAT,),
                frozenset({"EmergencyCouncilNotSupporter", "EmergencyCouncilNotEntitled"}),
            ),
            "restoreRights": _vote("EmergencyCouncilNotGovernance"),
            "setRules": _vote("EmergencyCouncilNotGovernance"),
        },
        "Charter": {
            "adopt": _vote("CharterNotGovernance"),
            "listObserver": _vote("CharterNotGovernance"),
            "removeObserver": _vote("CharterNotGovernance"),
            "remark": Rule(
                Holder.OBSERVER,
                (*_STRANGERS, Actor.SEAT, Actor.TIMELOCK),
                (Actor.OBSERVER,),
                frozenset({"CharterNotObserver"}),
            ),
        },
        "AddressBook": {"list": _vote("AddressBookNotGovernance")},
    }
)
"""By contract and function, for every function that can change something. `receive` stands for plain transfers."""

"""Files of the consortium: proposals to read where there is no network, and what seats and observers signed.

| `format` | what it holds |
|---|---|
| `registrum-proposal/1` | calls and description of a proposal; its number is recomputed from them, never believed |
| `registrum-suspension/1` | an emergency suspension to be supported |
| `registrum-vote/1` | a signed vote |
| `registrum-support/1` | signed support for a suspension, which is in the file whole |

All are JSON, for one contract on one chain, read strictly. What is there for people besides (`plainWords`) is never
read back: whoever signs sees sentences made from the calls on his own machine.

Not its job: nodes, keys, whether a signature counts now.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from registrum.chain.contracts import CONSORTIUM, EMERGENCY_COUNCIL
from registrum.client.forms import require_office
from registrum.client.plain_words import Call, Names, plain_calls
from registrum.client.proposals import Draft, Support, id_text
from registrum.client.signed import SignedSupport, SignedVote
from registrum.errors import InputError, NetworkMismatchError, RegistrumError, VerificationError
from registrum.signing.addresses import checksum_address, parse_address
from registrum.signing.statements import Suspension, Vote

if TYPE_CHECKING:
    from registrum.deployment import Manifest

__all__ = ["Ballot", "ProposalFile", "SuspensionFile", "read_file", "write_file"]

PROPOSAL, SUSPENSION = "registrum-proposal/1", "registrum-suspension/1"
VOTE, SUPPORT = "registrum-vote/1", "registrum-support/1"
_CONTRACT = {PROPOSAL: CONSORTIUM, VOTE: CONSORTIUM, SUSPENSION: EMERGENCY_COUNCIL, SUPPORT: EMERGENCY_COUNCIL}
_HEADER = ("format", "chainId", "contract")
_MOST_BYTES = 4 * 1024 * 1024
_REMEDY = "Take the file from where it was made again; `registrum consortium collect` writes such files."


@dataclass(frozen=True, slots=True)
class ProposalFile:
    """A proposal to be read and voted on where there is no network.

    Attributes:
        draft: Calls and description.
    """

    draft: Draft

    @property
    def number(self) -> int:
        """The number of the proposal, recomputed from its calls and its description."""
        return self.draft.id

    def to_json(self, manifest: Manifest) -> dict[str, Any]:
        """The document of the file; `plainWords` are for people and are not read back."""
        return {
            **_header(PROPOSAL, manifest),
            "proposal": id_text(self.number),
            "description": self.draft.description,
            "calls": [call.to_json() for call in self.draft.calls],
            "plainWords": [plain.sentence for plain in plain_calls(self.draft.calls, Names.of(manifest))],
        }


@dataclass(frozen=True, slots=True)
class SuspensionFile:
    """An emergency suspension to be supported."""

    suspension: Suspension

    def to_json(self, manifest: Manifest) -> dict[str, Any]:
        """The document of the file."""
        return {**_header(SUSPENSION, manifest), **_suspension_json(self.suspension)}


@dataclass(frozen=True, slots=True)
class Ballot:
    """What a seat signed.

    Attributes:
        signed: A vote, or support for a suspension.
        signer: Account that signed, as the file says; for people.
    """

    signed: SignedVote | SignedSupport
    signer: str

    @property
    def office(self) -> str:
        """The office that votes or supports."""
        return self.signed.office if isinstance(self.signed, SignedVote) else self.signed.supporter

    def to_json(self, manifest: Manifest) -> dict[str, Any]:
        """The document of the file."""
        end = {"office": self.office, "signer": self.signer, "signature": "0x" + self.signed.signature.hex()}
        if isinstance(self.signed, SignedVote):
            vote = self.signed.vote
            return {
                **_header(VOTE, manifest),
                "proposal": id_text(vote.proposal_id),
                "support": Support(vote.support).name.lower(),
                "reason": vote.reason,
                **end,
            }
        return {**_header(SUPPORT, manifest), "suspension": _suspension_json(self.signed.suspension), **end}


def read_file(path: Path, manifest: Manifest) -> ProposalFile | SuspensionFile | Ballot:
    """Read any of the files, for the deployment of a manifest.

    Raises:
        InputError: It cannot be read, or is not such a file.
        NetworkMismatchError: It is for another chain or contract.
        VerificationError: The number that a proposal file names is not that of its calls and description.
    """
    try:
        with path.open("rb") as stream:
            text = stream.read(_MOST_BYTES + 1)
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}", remedy="Check the path.") from error
    if len(text) > _MOST_BYTES:
        raise InputError(f"{path} is too large for a file of the consortium", remedy=_REMEDY)
    try:
        document = json.loads(text, object_pairs_hook=_unique)
    except (ValueError, RecursionError):
        raise InputError(f"{path} is not a JSON document", remedy=_REMEDY) from None
    if not isinstance(document, dict) or document.get("format") not in _CONTRACT:
        raise InputError(f"{path} is not a file of the consortium", remedy=_REMEDY)
    try:
        _check_place(document, manifest)
        return _READERS[document["format"]](document)
    except (NetworkMismatchError, VerificationError) as error:
        raise type(error)(f"{path}: {error.message}", remedy=error.remedy, **error.details) from error
    except RegistrumError as error:
        raise InputError(f"{path}: {error.message}", remedy=error.remedy or _REMEDY) from error
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError(f"{path} lacks something, or holds it in a wrong form: {error}", remedy=_REMEDY) from error


def write_file(path: Path, content: ProposalFile | SuspensionFile | Ballot, manifest: Manifest) -> None:
    """Write a file that is not there yet.

    Raises:
        InputError: It exists, or cannot be written.
    """
    text = json.dumps(content.to_json(manifest), indent=2, ensure_ascii=True) + "\n"
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    except FileExistsError:
        raise InputError(f"{path} exists", remedy="Name another file, or move that one away.") from None
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}", remedy="Check the path.") from error
    with os.fdopen(handle, "w", encoding="ascii") as stream:
        stream.write(text)


def _header(kind: str, manifest: Manifest) -> dict[str, Any]:
    return {"format": kind, "chainId": manifest.chain_id, "contract": manifest.address(_CONTRACT[kind])}


def _check_place(document: Mapping[str, Any], manifest: Manifest) -> None:
    expected = _header(document["format"], manifest)
    given = {**expected, **{name: document.get(name) for name in _HEADER}}
    if given["chainId"] != expected["chainId"] or _address(given["contract"]) != expected["contract"]:
        raise NetworkMismatchError(
            f"it is for chain {given['chainId']}, contract {given['contract']}, and not for chain"
            f" {expected['chainId']}, contract {expected['contract']}",
            remedy="Use the manifest of that deployment, or a file that was made for this one.",
        )


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member is given twice")
    return members


def _members(document: Mapping[str, Any], *names: str, ignored: tuple[str, ...] = ()) -> list[Any]:
    unknown = sorted(set(document) - {*_HEADER, *names, *ignored})
    if unknown:
        raise InputError(f"it has unknown members: {', '.join(unknown)}")
    return [document[name] for name in names]


def _address(value: object) -> str:
    return checksum_address(parse_address(_text(value)))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise InputError(f"{value!r} is not a text")
    return value


def _whole(value: object) -> int:
    if type(value) is not int:
        raise InputError(f"{value!r} is not a whole number")
    return value


def _bytes(value: object) -> bytes:
    text = _text(value)
    if not text.startswith("0x"):
        raise InputError(f"{text[:20]!r} is not 0x and hexadecimal digits")
    return bytes.fromhex(text[2:])


def _number(value: object) -> int:
    raw = _bytes(value)
    if len(raw) != 32:
        raise InputError(f"{value!r} is not the number of a proposal")
    return int.from_bytes(raw, "big")


def _proposal(document: Mapping[str, Any]) -> ProposalFile:
    number, description, listed = _members(document, "proposal", "description", "calls", ignored=("plainWords",))
    calls = []
    for item in listed:
        target, value, data = (item[name] for name in ("target", "value", "data"))
        if len(item) != 3 or not _text(value).isdigit():
            raise InputError("a call has a target, a value in wei as a text of digits, and data")
        calls.append(Call(_address(target), _bytes(data), int(value)))
    if not calls:
        raise InputError("a proposal has at least one call")
    file = ProposalFile(Draft(tuple(calls), _text(description)))
    if file.number != _number(number):
        raise VerificationError(
            f"it says that it is the proposal {number}, and its calls and description are those of"
            f" {id_text(file.number)}: it was altered, or damaged on the way",
            remedy="Sign nothing. Ask for the file again, and compare the number with what the others see.",
        )
    return file


def _vote(document: Mapping[str, Any]) -> Ballot:
    names = ("proposal", "support", "reason", "office", "signer", "signature")
    number, support, reason, office, signer, signature = _members(document, *names)
    code = require_office(office).encode("ascii")
    vote = Vote(_number(number), code, int(Support[_text(support).upper()]), _text(reason))
    return Ballot(SignedVote(vote, _bytes(signature)), _address(signer))


def _suspension_json(suspension: Suspension) -> dict[str, Any]:
    return {
        "office": suspension.office.decode("ascii"),
        "accounts": list(suspension.accounts),
        "reason": suspension.reason,
        "round": suspension.round,
        "validUntil": suspension.valid_until,
    }


def _suspension_from(document: Mapping[str, Any]) -> Suspension:
    names = ("office", "accounts", "reason", "round", "validUntil")
    office, accounts, reason, number, until = _members(document, *names)
    given = tuple(_address(each) for each in accounts)
    return Suspension(require_office(office).encode("ascii"), given, _text(reason), _whole(number), _whole(until))


def _suspension(document: Mapping[str, Any]) -> SuspensionFile:
    return SuspensionFile(_suspension_from(document))


def _support(document: Mapping[str, Any]) -> Ballot:
    suspension, office, signer, signature = _members(document, "suspension", "office", "signer", "signature")
    signed = SignedSupport(_suspension_from(suspension), require_office(office), _bytes(signature))
    return Ballot(signed, _address(signer))


_READERS: Mapping[str, Callable[[Mapping[str, Any]], ProposalFile | SuspensionFile | Ballot]] = {
    PROPOSAL: _proposal,
    SUSPENSION: _suspension,
    VOTE: _vote,
    SUPPORT: _support,
}

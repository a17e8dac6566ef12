"""Support for an emergency suspension by the seat that sends, shared by `office suspend` and `key suspend`.

Not its job: collecting signatures (`registrum.cli.collecting`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from registrum.cli.output import Facts, emit, note
from registrum.cli.proposing import agree, sent_json
from registrum.errors import InputError

if TYPE_CHECKING:
    from registrum.cli.access import Access
    from registrum.registry import Registry
    from registrum.signing.statements import Suspension

__all__ = ["refuse_with_emergency", "refuse_without_emergency", "support"]


def support(
    as_json: bool,
    access: Access,
    office: str | None,
    code: str,
    accounts: Sequence[str],
    reason: str | None,
    *,
    yes: bool,
) -> None:
    """Support the suspension of an office or of keys of it, as the seat that sends; print what became of it.

    Args:
        as_json: As for `emit`.
        access: The options of the command.
        office: Office whose seat sends.
        code: The office concerned.
        accounts: Keys of it; none for the office itself.
        reason: Begins a suspension; None joins the one that others support.
        yes: Do not ask.

    Raises:
        InputError: There is none to join, or there are several.
        DeclinedError: As for `agree`.
    """
    from registrum.client.forms import json_value
    from registrum.client.plain_words import suspension_words

    with access.write(office, seat=True) as registry:
        suspension = _joined(registry, code, accounts) if reason is None else None
        if suspension is None:
            suspension = registry.prepare_suspension(code, reason or "", accounts=accounts)
        words = suspension_words(suspension)
        note(f"this supports: {words}")
        agree("Support this?", yes)
        outcome = registry.support_suspension(suspension)
    document = {
        "office": code,
        "accounts": list(suspension.accounts),
        "reason": suspension.reason,
        "suspended": outcome.suspended,
        "until": json_value(outcome.until),
        "supporters": list(outcome.supporters),
        "needed": outcome.needed,
        **sent_json(outcome.receipt),
    }
    facts = [
        ("Suspension", words),
        ("Suspended", outcome.suspended),
        ("Until", outcome.until),
        ("Supported by", ", ".join(outcome.supporters)),
        ("Needed", f"{outcome.needed} offices"),
        ("Transaction", outcome.receipt.transaction_hash),
    ]
    emit(as_json, document, Facts(facts))


def _joined(registry: Registry, code: str, accounts: Sequence[str]) -> Suspension:
    found = [each for each in registry.open_suspensions(code) if list(each.accounts) == list(accounts)]
    if len(found) == 1:
        return found[0]
    if found:
        raise InputError(
            f"{len(found)} suspensions of {code} are supported: " + "; ".join(each.reason for each in found),
            remedy="Agree on one, and pass it on as a file: `registrum consortium collect suspension`.",
        )
    raise InputError(
        f"no suspension of {code} is supported by anyone yet", remedy="Begin one with --reason, in plain words."
    )


def refuse_with_emergency(*given: tuple[str, object]) -> None:
    """Refuse options of a proposal beside --emergency.

    Raises:
        InputError: One was given.
    """
    named = [name for name, value in given if value]
    if named:
        raise InputError(
            f"{' and '.join(named)} cannot go with --emergency",
            remedy="An emergency suspension lasts as long as the charter says, and is supported, not voted on.",
        )


def refuse_without_emergency(reason: str | None) -> None:
    """Refuse the reason of an emergency beside a proposal.

    Raises:
        InputError: It was given.
    """
    if reason is not None:
        raise InputError("--reason goes with --emergency", remedy="Say why a proposal is made by --description.")

"""`registrum application`: one application at a time."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from registrum.cli.inputs import file_digest, read_number
from registrum.cli.options import (
    AnyForm,
    AsJson,
    Key,
    ManifestPath,
    NumberText,
    OfficeOption,
    PasswordFile,
    Replaces,
    RightOption,
    Rpc,
    SenderKey,
    Timeout,
)
from registrum.cli.output import Facts, Table, complain, emit, error_json, note
from registrum.errors import ContractError, InputError, RegistrumError

if TYPE_CHECKING:
    from registrum.cli.access import Access
    from registrum.cli.content import Stated
    from registrum.client.receipts import Receipt
    from registrum.client.records import ApplicationRecord, Lookup

_SENT = ("taken", "transactionHash", "blockNumber", "gasUsed")

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, add_completion=False)

FileArgument = Annotated[
    Path | None, typer.Argument(metavar="FILE", help="Application document that states its facts.", show_default=False)
]
DocumentOption = Annotated[Path | None, typer.Option("--document", metavar="FILE", help="Document as filed.")]
DigestOption = Annotated[
    str | None, typer.Option("--digest", metavar="DIGEST", help="SHA-256 of the document as filed: 0x and 64 digits.")
]
NumberOption = Annotated[
    str | None, typer.Option("--number", metavar="NUMBER", help="Office number, or which of those in FILE.")
]
FilingDateOption = Annotated[str | None, typer.Option("--filing-date", metavar="DATE", help="Filing date, YYYY-MM-DD.")]
CommitOption = Annotated[
    bool, typer.Option("--commit", help="State a salted commitment instead of the digest, for what is not yet public.")
]
OpeningOption = Annotated[
    Path | None,
    typer.Option(
        "--opening",
        metavar="FILE",
        help="File with the salt of the commitment. Keep it: without it the commitment opens no more.",
    ),
]


@app.callback()
def application() -> None:
    """Read, register, look up, verify, correct, withdraw and reconfirm applications."""


@app.command()
def read(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="XML of WIPO ST.96, ST.36 or ST.66; or any file.")],
    number: NumberOption = None,
    filing_date: FilingDateOption = None,
    right: RightOption = None,
    office: OfficeOption = None,
    any_form: AnyForm = False,
    as_json: AsJson = False,
) -> None:
    """Read a document: its digest, and the applications in it. Needs no node."""
    from registrum.documents import ApplicationFacts, read_application

    facts = None
    if number is not None and filing_date is not None:
        from registrum.dates import parse_date

        by_hand = read_number(number, right, office, any_form=any_form)
        facts = [ApplicationFacts(by_hand, parse_date(filing_date))]
    elif number is not None or filing_date is not None:
        raise InputError("--number and --filing-date go together", remedy="Give both or neither.")
    document = read_application(file, facts=facts)
    rows = [(item.number.text, item.number.as_issued, item.filing_date, item.title) for item in document.applications]
    claims = [
        (item.number.text, claim.office, claim.right.value, claim.number and claim.number.number, claim.date)
        for item in document.applications
        for claim in item.priority_claims
    ]
    emit(
        as_json,
        document.to_json(),
        Facts([("Format", document.format), ("Media type", document.media_type), ("Digest", document.digest_hex)]),
        Table(("Application", "As issued", "Filed", "Title"), rows),
        *([Table(("Claimed by", "Office", "Right", "Number", "Date"), claims, "Priority claims")] if claims else []),
    )


@app.command()
def register(
    file: FileArgument = None,
    number: NumberOption = None,
    filing_date: FilingDateOption = None,
    digest: DigestOption = None,
    document: DocumentOption = None,
    commit: CommitOption = False,
    opening: OpeningOption = None,
    right: RightOption = None,
    office: OfficeOption = None,
    any_form: AnyForm = False,
    rpc: Rpc = None,
    manifest: ManifestPath = None,
    key: Key = None,
    password_file: PasswordFile = None,
    sender: SenderKey = None,
    timeout: Timeout = 60.0,
    as_json: AsJson = False,
) -> None:
    """Register what FILE states, or the facts given by hand. The same again is no error and changes nothing.

    Of several applications those that the contract refuses do not stop the others; exit code 4 if any was refused.
    """
    from registrum.cli.access import Access
    from registrum.cli.content import Content

    content = Content(file, document, digest, number, filing_date, right, office, any_form, commit, opening)
    access = Access(rpc, manifest, key, password_file, sender, timeout)
    access.settings.require_rpc()
    stated = content.read()
    _tell_openings(stated)
    _register_all(as_json, access, stated)


@app.command()
def correct(
    file: FileArgument = None,
    number: NumberOption = None,
    filing_date: FilingDateOption = None,
    digest: DigestOption = None,
    document: DocumentOption = None,
    commit: CommitOption = False,
    opening: OpeningOption = None,
    replaces: Replaces = None,
    right: RightOption = None,
    office: OfficeOption = None,
    any_form: AnyForm = False,
    rpc: Rpc = None,
    manifest: ManifestPath = None,
    key: Key = None,
    password_file: PasswordFile = None,
    sender: SenderKey = None,
    timeout: Timeout = 60.0,
    as_json: AsJson = False,
) -> None:
    """Replace the content of a record; the version before stays in its history."""
    from registrum.cli.access import Access
    from registrum.cli.content import Content

    content = Content(file, document, digest, number, filing_date, right, office, any_form, commit, opening)
    access = Access(rpc, manifest, key, password_file, sender, timeout)
    access.settings.require_rpc()
    stated = content.read()
    if len(stated) > 1:
        raise InputError(f"{file or document} holds {len(stated)} applications", remedy="Choose one by --number.")
    _tell_openings(stated)
    with access.write(stated[0].application.number.office) as registry:
        receipt = registry.correct(stated[0].application, replaces=replaces)
    _report_statements(as_json, [(stated[0], receipt)])


@app.command()
def withdraw(
    number: NumberText,
    replaces: Replaces = None,
    right: RightOption = None,
    office: OfficeOption = None,
    any_form: AnyForm = False,
    rpc: Rpc = None,
    manifest: ManifestPath = None,
    key: Key = None,
    password_file: PasswordFile = None,
    sender: SenderKey = None,
    timeout: Timeout = 60.0,
    as_json: AsJson = False,
) -> None:
    """Mark an application as withdrawn. It stays a basis for priority (Paris Convention, Article 4A(3))."""
    from registrum.cli.access import Access

    parsed = read_number(number, right, office, any_form=any_form)
    with Access(rpc, manifest, key, password_file, sender, timeout).write(parsed.office) as registry:
        receipt = registry.withdraw(parsed, replaces=replaces)
    emit(
        as_json,
        {"number": parsed.text, **_sent(receipt)},
        Facts([("Number", parsed.text), ("Taken", _taken(receipt)), ("Transaction", receipt.transaction_hash)]),
    )


@app.command()
def reinstate(
    number: NumberText,
    replaces: Replaces = None,
    right: RightOption = None,
    office: OfficeOption = None,
    any_form: AnyForm = False,
    rpc: Rpc = None,
    manifest: ManifestPath = None,
    key: Key = None,
    password_file: PasswordFile = None,
    sender: SenderKey = None,
    timeout: Timeout = 60.0,
    as_json: AsJson = False,
) -> None:
    """Take a withdrawal back that was entered in error, or by somebody who had stolen a key."""
    from registrum.cli.access import Access

    parsed = read_number(number, right, office, any_form=any_form)
    with Access(rpc, manifest, key, password_file, sender, timeout).write(parsed.office) as registry:
        receipt = registry.reinstate(parsed, replaces=replaces)
    emit(
        as_json,
        {"number": parsed.text, **_sent(receipt)},
        Facts([("Number", parsed.text), ("Taken", _taken(receipt)), ("Transaction", receipt.transaction_hash)]),
    )


@app.command()
def reconfirm(
    numbers: Annotated[
        list[str] | None, typer.Argument(metavar="[NUMBER]...", help="Records to confirm.", show_default=False)
    ] = None,
    compromised: Annotated[
        str | None,
        typer.Option("--key-compromised", metavar="KEY", help="All suspect records of --office that this key signed."),
    ] = None,
    source: Annotated[
        Path | None,
        typer.Option("--source", metavar="FILE.csv|DIR", help="The office's own list or documents to compare with."),
    ] = None,
    as_recorded: Annotated[
        bool, typer.Option("--as-recorded", help="Confirm what the registry has, without comparing it.")
    ] = False,
    right: RightOption = None,
    office: OfficeOption = None,
    any_form: AnyForm = False,
    rpc: Rpc = None,
    manifest: ManifestPath = None,
    key: Key = None,
    password_file: PasswordFile = None,
    sender: SenderKey = None,
    timeout: Timeout = 60.0,
    as_json: AsJson = False,
) -> None:
    """Confirm records with a good key, so that they are not suspect though the key that signed them was stolen.

    Whoever stole the key may have written records, too: they are compared with the office's own files, and what differs
    is not confirmed (exit code 1).
    """
    from registrum.cli.access import Access
    from registrum.cli.reconfirming import Chosen, reconfirm_all

    chosen = Chosen.read(numbers or [], compromised, source, as_recorded, right, office, any_form)
    access = Access(rpc, manifest, key, password_file, sender, timeout)
    if not reconfirm_all(as_json, access, chosen):
        raise typer.Exit(1)


@app.command()
def show(
    number: NumberText,
    history: Annotated[bool, typer.Option("--history", help="Show also all that happened to the number.")] = False,
    right: RightOption = None,
    office: OfficeOption = None,
    any_form: AnyForm = False,
    rpc: Rpc = None,
    manifest: ManifestPath = None,
    as_json: AsJson = False,
) -> None:
    """Look a number up. Exit code 1 if there is no record."""
    from registrum.cli.access import Access

    parsed = read_number(number, right, office, any_form=any_form, allow_exact=True)
    with Access(rpc, manifest).read() as registry:
        answer = registry.look_up(parsed)
        events = registry.history(parsed) if history else []
    document: dict[str, Any] = answer.to_json()
    blocks: list[Facts | Table] = [Facts(_lookup_facts(answer))]
    if history:
        document["history"] = [event.to_json() for event in events]
        rows = [(event.block_time, event.name, event.block_number, event.transaction_hash) for event in events]
        blocks.append(Table(("When", "Event", "Block", "Transaction"), rows, "History"))
    emit(as_json, document, *blocks)
    if not answer.found:
        raise typer.Exit(1)


@app.command()
def verify(
    number: NumberText,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The copy to compare with the record.")],
    opening: OpeningOption = None,
    right: RightOption = None,
    office: OfficeOption = None,
    any_form: AnyForm = False,
    rpc: Rpc = None,
    manifest: ManifestPath = None,
    as_json: AsJson = False,
) -> None:
    """Compare a copy with the record, byte by byte.

    Exit code 1 if it does not match, if there is no record, or if the key that signed it was compromised by then.
    """
    from registrum.cli.access import Access

    parsed = read_number(number, right, office, any_form=any_form, allow_exact=True)
    digest = file_digest(file)
    with Access(rpc, manifest).read() as registry:
        answer = registry.look_up(parsed)
    matches = None if answer.record is None else _matches(answer.record, digest, opening)
    document = {
        "number": parsed.text,
        "standing": answer.standing.value,
        "matches": matches,
        "digest": "0x" + digest.hex(),
        "record": answer.to_json()["record"],
        "signerCompromisedSince": answer.to_json()["signerCompromisedSince"],
    }
    result = {None: "no record to compare with", True: "matches", False: "does not match"}[matches]
    facts = [("Number", parsed.text), ("Standing", _standing(answer)), ("Copy", result), ("Digest", digest)]
    if answer.record is not None:
        label = "Recorded commitment" if answer.record.disclosure else "Recorded digest"
        facts.append((label, answer.record.digest))
    emit(as_json, document, Facts([*facts, *_distrust(answer)]))
    if not matches or answer.signer_compromised_since is not None:
        raise typer.Exit(1)


@app.command("list")
def list_(
    office: Annotated[str, typer.Option("--office", metavar="XX", help="Office whose applications are listed.")],
    after_block: Annotated[
        int | None, typer.Option("--after-block", metavar="BLOCK", min=0, help="Only those of later blocks.")
    ] = None,
    rpc: Rpc = None,
    manifest: ManifestPath = None,
    as_json: AsJson = False,
) -> None:
    """List the applications that an office registered, oldest first, as they were registered.

    Exit code 1 if the office was never admitted.
    """
    from registrum.cli.access import Access

    with Access(rpc, manifest).read() as registry:
        member = registry.office(office) is not None
        found = list(registry.registrations(office, after_block=after_block)) if member else []
    rows = [
        (
            item.application.number.text,
            item.application.filing_date,
            item.application.disclosure.name.lower(),
            item.application.digest,
            item.block_number,
        )
        for item in found
    ]
    emit(
        as_json,
        {"office": office, "applications": [item.to_json() for item in found]},
        Table(
            ("Application", "Filed", "Disclosure", "Digest", "Block"),
            rows,
            f"Applications of {office}",
            "none" if member else "not covered: the office is no member",
        ),
    )
    if not member:
        raise typer.Exit(1)


def _matches(record: ApplicationRecord, digest: bytes, opening: Path | None) -> bool:
    from registrum.signing.statements import Disclosure

    if record.disclosure is not Disclosure.SALTED:
        return digest == record.digest
    if opening is None:
        raise InputError(
            f"{record.number} is recorded by a salted commitment: a copy can be compared only with its salt",
            remedy="Give the opening, or the proof file that holds the salt, by --opening.",
        )
    from registrum.cli.openings import read_salt
    from registrum.proofs.commitment import matches_commitment

    return matches_commitment(record.digest, digest, read_salt(opening))


def _tell_openings(stated: list[Stated]) -> None:
    for item in stated:
        if item.opening is not None:
            note(f"the salt of {item.application.number} is in {item.opening}; keep it, it is nowhere else")


def _register_all(as_json: bool, access: Access, stated: list[Stated]) -> None:
    # A key that is missing or does not open is found before anything is sent.
    for office in dict.fromkeys(item.application.number.office for item in stated):
        access.signer(office)
    ends: list[tuple[Stated, Receipt | RegistrumError]] = []
    for item in stated:
        try:
            with access.write(item.application.number.office) as registry:
                ends.append((item, registry.register(item.application)))
        except RegistrumError as error:
            if len(stated) == 1:
                raise
            if error.exit_code != ContractError.exit_code:
                _give_up(as_json, ends, stated[len(ends) :], error)
                raise
            number = item.application.number.text
            # Most errors name the number; those about a key or an office do not.
            complain(error.message if number in error.message else f"{number}: {error.message}", error.remedy)
            ends.append((item, error))
    _report_statements(as_json, ends)
    refusals = [end for _, end in ends if isinstance(end, RegistrumError)]
    if refusals:
        raise typer.Exit(refusals[0].exit_code)


def _give_up(
    as_json: bool, ends: list[tuple[Stated, Receipt | RegistrumError]], left: list[Stated], error: RegistrumError
) -> None:
    """Say how far it got before an error that would stop the others as well."""
    error.details["applications"] = [_statement_json(item, end) for item, end in ends]
    error.details["open"] = [item.application.number.text for item in left]
    if ends and not as_json:
        _report_statements(False, ends)
    note(f"open: {', '.join(error.details['open'])}; give the same command again")


def _report_statements(as_json: bool, ends: Sequence[tuple[Stated, Receipt | RegistrumError]]) -> None:
    document: dict[str, Any] = {"applications": [_statement_json(item, end) for item, end in ends]}
    refusals = [end for _, end in ends if isinstance(end, RegistrumError)]
    if refusals:
        document["error"] = error_json(refusals[0])
    rows = [
        (
            item.application.number.text,
            item.application.filing_date,
            f"no, {end.code}" if isinstance(end, RegistrumError) else _taken(end),
            None if isinstance(end, RegistrumError) else end.block_number,
            None if isinstance(end, RegistrumError) else end.transaction_hash,
            item.opening,
        )
        for item, end in ends
    ]
    emit(as_json, document, Table(("Application", "Filed", "Taken", "Block", "Transaction", "Opening"), rows))


def _statement_json(item: Stated, end: Receipt | RegistrumError) -> dict[str, Any]:
    return {
        **item.application.to_json(),
        **({"taken": False, **dict.fromkeys(_SENT[1:])} if isinstance(end, RegistrumError) else _sent(end)),
        "opening": None if item.opening is None else str(item.opening),
        "error": error_json(end) if isinstance(end, RegistrumError) else None,
    }


def _sent(receipt: Receipt) -> dict[str, Any]:
    values = receipt.to_json()
    return {name: values[name] for name in _SENT}


def _taken(receipt: Receipt) -> str:
    return "yes" if receipt.taken else "no, recorded before"


def _standing(answer: Lookup) -> str:
    texts = {
        "not_found": "not found: the office is a member and has not recorded this number",
        "not_covered": "not covered: the office is no member, so nothing can be said about its numbers",
    }
    return texts.get(answer.standing.value, answer.standing.value)


def _lookup_facts(answer: Lookup) -> list[tuple[str, object]]:
    facts: list[tuple[str, object]] = [("Number", answer.number.text), ("Standing", _standing(answer))]
    record = answer.record
    if record is not None:
        facts += [
            ("Filing date", record.filing_date),
            ("Recorded at", record.recorded_at),
            ("Recorded after", f"{record.days_late} days"),
            ("Version", record.version),
            ("Disclosure", record.disclosure.name.lower()),
            ("Digest", record.digest),
            ("Signing key", record.signing_key),
            *_distrust(answer),
        ]
    return facts


def _distrust(answer: Lookup) -> list[tuple[str, object]]:
    since = answer.signer_compromised_since
    if since is None:
        by = answer.reconfirmed
        text = "" if by is None else f"by {by.signing_key}, at {by.reconfirmed_at:%Y-%m-%d %H:%M:%S} UTC"
        return [("Confirmed", text)] if text else []
    text = f"not to be trusted: recorded when its key was compromised, since {since:%Y-%m-%d %H:%M:%S} UTC"
    return [("Signature", text)]

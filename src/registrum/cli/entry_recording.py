"""Recording in the register of trade marks and designs: `file`, `event` and `renew` of `registrum mark` and `design`.

A command that is given again records nothing if the last event of the entry is the one that it asks for; `--again` says
that it happened twice. Not its job: what the options mean (`registrum.cli.entry_stating`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from registrum.cli.entry_inputs import (
    EntryNumber,
    EventDate,
    EventDocument,
    EventDocumentDigest,
    PublicationDate,
    digest_of,
    optional_date,
    read_entry_number,
)
from registrum.cli.entry_stating import (
    ApplicationNumber,
    BasisNumber,
    Classes,
    Dossier,
    DossierDigest,
    Holder,
    RelationKind,
    Representation,
    RepresentationDigest,
    Stated,
    parse_status,
)
from registrum.cli.options import (
    AnyForm,
    AsJson,
    Key,
    ManifestPath,
    OfficeOption,
    PasswordFile,
    Rpc,
    SenderKey,
    Timeout,
)
from registrum.cli.output import Facts, complain, emit
from registrum.errors import InputError

if TYPE_CHECKING:
    from datetime import date

    from registrum.client.rights import Rights
    from registrum.client.rights_answers import EventReceipt
    from registrum.numbers import OfficeNumber
    from registrum.rights.model import LegalStatusEvent, RecordedEvent

__all__ = ["event", "file", "renew"]

Resulting = Annotated[
    str | None,
    typer.Option(
        "--resulting",
        metavar="PAIR",
        help="State and stage after it, such as A4; as they are where the code lets them stay, or the only ones that "
        "it leads to.",
    ),
]
StatusAfter = Annotated[
    str | None,
    typer.Option("--status", metavar="STATUS", help="Status after it, by text or position; by default likewise."),
]
Effective = Annotated[
    str | None,
    typer.Option(
        "--effective",
        metavar="DATE",
        help="Day from which it has effect; that of --on by default, of a correction that of what it corrects.",
    ),
]
Surcharge = Annotated[bool, typer.Option("--surcharge", help="The surcharge for late renewal was paid.")]
Again = Annotated[
    bool, typer.Option("--again", help="Record it although the last event of the entry says exactly the same.")
]


def file(
    context: typer.Context,
    number: EntryNumber,
    filing_date: Annotated[
        str | None,
        typer.Option(
            "--filing-date", metavar="DATE", help="Filing date; with --divided-from that of the parent, if left out."
        ),
    ] = None,
    classes: Classes = None,
    dossier: Dossier = None,
    dossier_digest: DossierDigest = None,
    representation: Representation = None,
    representation_digest: RepresentationDigest = None,
    holder: Holder = None,
    application: ApplicationNumber = None,
    basis: BasisNumber = None,
    divided_from: Annotated[
        str | None,
        typer.Option(
            "--divided-from",
            metavar="NUMBER",
            help="The entry that released these classes; its dates, state and status are taken over.",
        ),
    ] = None,
    converted_from: Annotated[
        str | None,
        typer.Option("--converted-from", metavar="NUMBER", help="The right that it was converted or transformed from."),
    ] = None,
    on: Annotated[
        str | None,
        typer.Option("--on", metavar="DATE", help="Day of the event; of the filing, or of the division, if left out."),
    ] = None,
    resulting: Resulting = None,
    status: StatusAfter = None,
    document: EventDocument = None,
    document_digest: EventDocumentDigest = None,
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
    """Create an entry by the filing of its application: event ST.27 A10, state and stage A1 unless said otherwise."""
    from registrum.chain.reverts import RightsRegisterAlreadyCreatedError
    from registrum.cli.access import Access
    from registrum.client.rights_answers import EventReceipt

    parsed = read_entry_number(context, number, office, any_form, looked_up=False)
    stated = Stated(
        context=context,
        filing_date=filing_date,
        classes=classes,
        dossier=(dossier, dossier_digest),
        representation=(representation, representation_digest),
        holder=holder,
        application=application,
        basis=basis,
        divided_from=divided_from,
        converted_from=converted_from,
    )
    facts, source, day = stated.facts(), digest_of("--document", document, document_digest), optional_date(on)
    access = Access(rpc, manifest, key, password_file, sender, timeout)
    with access.write(parsed.office) as registry:
        rights = registry.rights
        facts, pair, text, filed_on = stated.first(rights, facts, resulting, status)
        if facts.filing_date is None or filed_on is None or facts.classes is None:
            raise InputError(
                "an entry begins with a filing date and its classes", remedy="Give --filing-date and --classes."
            )
        drafted = rights.draft(
            parsed, "A10", day or filed_on, resulting=pair, status=text, document=source, facts=facts
        )
        history = rights.events(parsed)
        if history and history[0].event != drafted:
            raise RightsRegisterAlreadyCreatedError(number=parsed)
        receipt = EventReceipt(taken=False) if history else rights.record(drafted)
    _report(as_json, drafted, receipt)


def event(
    context: typer.Context,
    number: EntryNumber,
    code: Annotated[str, typer.Argument(metavar="CODE", help="Code of the event, such as F10 or F10-F11.")],
    system: Annotated[
        str,
        typer.Option("--system", metavar="SYSTEM", help="Code system: ST.27, ST.96, ..., or NAT for the office's own."),
    ] = "ST.27",
    on: EventDate = None,
    effective: Effective = None,
    published: PublicationDate = None,
    resulting: Resulting = None,
    status: StatusAfter = None,
    document: EventDocument = None,
    document_digest: EventDocumentDigest = None,
    corrects: Annotated[
        int | None, typer.Option("--corrects", metavar="N", min=1, help="Number of the event that this one corrects.")
    ] = None,
    annuls: Annotated[
        bool, typer.Option("--annuls", help="With --corrects: the event never happened; else it is restated.")
    ] = False,
    surcharge: Surcharge = False,
    imported: Annotated[
        bool, typer.Option("--imported", help="As the first event: it sums up what happened before.")
    ] = False,
    filing_date: Annotated[str | None, typer.Option("--filing-date", metavar="DATE", help="The filing date.")] = None,
    registration_date: Annotated[
        str | None, typer.Option("--registration-date", metavar="DATE|none", help="The registration date.")
    ] = None,
    expiry_date: Annotated[
        str | None, typer.Option("--expiry-date", metavar="DATE|none", help="Last day of protection unless renewed.")
    ] = None,
    classes: Classes = None,
    dossier: Dossier = None,
    dossier_digest: DossierDigest = None,
    representation: Representation = None,
    representation_digest: RepresentationDigest = None,
    holder: Holder = None,
    application: ApplicationNumber = None,
    basis: BasisNumber = None,
    relation: RelationKind = None,
    related: Annotated[
        str | None, typer.Option("--related", metavar="NUMBER", help="The other number; with --relation.")
    ] = None,
    released: Annotated[
        str | None,
        typer.Option(
            "--released", metavar="CLASSES", help="Classes given up for children, or taken back; with --relation."
        ),
    ] = None,
    again: Again = False,
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
    """Record a legal-status event of an entry; what the table of codes does not foresee is marked irregular.

    `none` takes a date, digest or reference back.
    """
    from registrum.cli.access import Access
    from registrum.rights.values import EventFlags

    parsed = read_entry_number(context, number, office, any_form, looked_up=False)
    stated = Stated(
        context=context,
        filing_date=filing_date,
        registration_date=registration_date,
        expiry_date=expiry_date,
        classes=classes,
        dossier=(dossier, dossier_digest),
        representation=(representation, representation_digest),
        holder=holder,
        application=application,
        basis=basis,
        relation=relation,
        related=related,
        released=released,
    )
    facts, source = stated.facts(), digest_of("--document", document, document_digest)
    day, effect, publication = optional_date(on), optional_date(effective), optional_date(published)
    flags = EventFlags(0)
    for wanted, flag in (
        (annuls, EventFlags.ANNULS),
        (surcharge, EventFlags.SURCHARGE),
        (imported, EventFlags.IMPORTED),
    ):
        flags |= flag if wanted else EventFlags(0)
    access = Access(rpc, manifest, key, password_file, sender, timeout)
    with access.write(parsed.office) as registry:
        rights = registry.rights
        drafted = rights.draft(
            parsed,
            code,
            day or rights.today(),
            system=f"NAT:{parsed.office}" if system == "NAT" else system,
            resulting=resulting,
            status=parse_status(status),
            effective_date=effect or _effect_of_a_correction(rights, parsed, corrects, annuls),
            publication_date=publication,
            document=source,
            corrects=corrects,
            flags=flags,
            facts=facts,
        )
        receipt = _record(rights, drafted, again)
    _report(as_json, drafted, receipt)


def renew(
    context: typer.Context,
    number: EntryNumber,
    on: EventDate = None,
    surcharge: Surcharge = False,
    expiry_date: Annotated[
        str | None,
        typer.Option("--expiry-date", metavar="DATE", help="The new expiry date; by the office's terms if left out."),
    ] = None,
    published: PublicationDate = None,
    document: EventDocument = None,
    document_digest: EventDocumentDigest = None,
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
    """Renew a right: event ST.27 M10 with the next expiry date. After expiry it takes --surcharge."""
    from registrum.cli.access import Access
    from registrum.client.rights_answers import EventReceipt

    parsed = read_entry_number(context, number, office, any_form, looked_up=False)
    day, wanted, publication = optional_date(on), optional_date(expiry_date), optional_date(published)
    source = digest_of("--document", document, document_digest)
    access = Access(rpc, manifest, key, password_file, sender, timeout)
    with access.write(parsed.office) as registry:
        rights = registry.rights
        day = day or rights.today()
        history = rights.events(parsed)
        last = history[-1] if history else None
        if last is not None and last.event.code == "M10" and last.event.event_date == day:
            # Of the entry as it is now another renewal would follow.
            drafted, receipt = last.event, EventReceipt(taken=False)
            if source != drafted.document or wanted not in (None, drafted.facts.expiry_date):
                raise InputError(
                    f"{parsed} was renewed on {day.isoformat()} already, otherwise than this says",
                    remedy="What was recorded is corrected by an event with --corrects.",
                )
        else:
            drafted = rights.draft_renewal(
                parsed, day, surcharge=surcharge, expiry_date=wanted, publication_date=publication, document=source
            )
            receipt = rights.record(drafted)
    _report(as_json, drafted, receipt)


def _effect_of_a_correction(rights: Rights, number: OfficeNumber, corrects: int | None, annuls: bool) -> date | None:
    """Day from which what is restated has effect: that of the event corrected; None for anything else."""
    if corrects is None or annuls:
        return None
    found = [each.event.effective_date for each in rights.events(number) if each.sequence == corrects]
    # What is not there, the contract refuses to correct.
    return found[0] if found else None


def _record(rights: Rights, drafted: LegalStatusEvent, again: bool) -> EventReceipt:
    """Record an event, unless the last one of the entry says the same."""
    from registrum.client.rights_answers import EventReceipt

    if not again:
        history = rights.events(drafted.number)
        if history and history[-1].event == drafted:
            return EventReceipt(taken=False)
    return rights.record(drafted)


def _report(as_json: bool, drafted: LegalStatusEvent, receipt: EventReceipt) -> None:
    recorded: RecordedEvent | None = receipt.recorded[-1] if receipt.recorded else None
    document: dict[str, Any] = {
        **drafted.to_json(),
        "sequence": recorded and recorded.sequence,
        "head": None if recorded is None else "0x" + recorded.head.hex(),
        "isIrregular": recorded and recorded.is_irregular,
        "taken": receipt.taken,
        "transactionHash": receipt.transaction_hash,
        "blockNumber": receipt.block_number,
        "gasUsed": receipt.gas_used,
    }
    facts: list[tuple[str, object]] = [
        ("Number", drafted.number.text),
        ("Event", f"{drafted.system} {drafted.code}"),
        ("Effective", drafted.effective_date),
        ("State and stage", f"{drafted.resulting} ({drafted.resulting.full_name})"),
        ("Taken", "yes" if receipt.taken else "no, recorded before"),
    ]
    if recorded is not None:
        facts += [("Event number", recorded.sequence), ("Head", recorded.head)]
        if recorded.is_irregular:
            facts.append(("Irregular", "yes: the table of codes does not foresee it"))
    facts += [("Block", receipt.block_number), ("Transaction", receipt.transaction_hash)]
    emit(as_json, document, Facts(facts))
    if recorded is not None and recorded.is_irregular:
        complain(
            f"event {recorded.sequence} of {drafted.number} is recorded as irregular: the table does not foresee "
            f"{drafted.system} {drafted.code} from {recorded.before or 'no entry'} to {recorded.after} and this status",
            "`registrum codes show` says what it foresees. An event by mistake is annulled by a correction (Y10).",
        )

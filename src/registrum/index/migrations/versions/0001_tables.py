"""All tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_NUMBER = sa.String(34).with_variant(sa.String(34, collation="C"), "postgresql")
_GIVEN = ("document", "dossier", "representation")


def upgrade() -> None:
    """Make all tables and their indexes."""
    op.create_table(
        "anchors",
        sa.Column(
            "position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("tx_index", sa.Integer(), nullable=False),
        sa.Column("registry", sa.SmallInteger(), nullable=False),
        sa.Column("office", sa.String(length=2), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("root", sa.LargeBinary(length=32), nullable=False),
        sa.Column("leaf_count", sa.BigInteger(), nullable=False),
        sa.Column("signing_key", sa.LargeBinary(length=20), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_anchors")),
    )
    op.create_index(op.f("ix_anchors_office_sequence"), "anchors", ["office", "sequence"], unique=False)
    op.create_index(op.f("ix_anchors_root"), "anchors", ["root"], unique=False)
    op.create_table(
        "applications",
        sa.Column(
            "position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("tx_index", sa.Integer(), nullable=False),
        sa.Column("registry", sa.SmallInteger(), nullable=False),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column("number", _NUMBER, nullable=False),
        sa.Column("office", sa.String(length=2), nullable=False),
        sa.Column("right", sa.String(length=1), nullable=False),
        sa.Column("version", sa.SmallInteger(), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=False),
        sa.Column("filing_date", sa.Integer(), nullable=True),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=True),
        sa.Column("disclosure", sa.SmallInteger(), nullable=True),
        sa.Column("signing_key", sa.LargeBinary(length=20), nullable=True),
        sa.Column("recorded_at", sa.BigInteger(), nullable=True),
        sa.Column("anchor_sequence", sa.BigInteger(), nullable=True),
        sa.Column("changed_by", sa.LargeBinary(length=20), nullable=True),
        sa.Column("superseded_by", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_applications")),
    )
    op.create_index(op.f("ix_applications_digest"), "applications", ["digest"], unique=False)
    op.create_index(op.f("ix_applications_number_position"), "applications", ["number", "position"], unique=False)
    op.create_index(
        op.f("ix_applications_office_right_filing_date"),
        "applications",
        ["office", "right", "filing_date"],
        unique=False,
    )
    op.create_table(
        "blocks",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("time", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_blocks")),
    )
    op.create_table(
        "bodies",
        sa.Column(
            "position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("tx_index", sa.Integer(), nullable=False),
        sa.Column("office", sa.String(length=2), nullable=False),
        sa.Column("account", sa.LargeBinary(length=20), nullable=False),
        sa.Column("name", sa.String(length=66), nullable=False),
        sa.Column("categories", sa.BigInteger(), nullable=False),
        sa.Column("valid_from", sa.BigInteger(), nullable=False),
        sa.Column("valid_until", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("signer", sa.LargeBinary(length=20), nullable=False),
        sa.Column("superseded_by", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_bodies")),
    )
    op.create_index(
        op.f("ix_bodies_office_account_position"), "bodies", ["office", "account", "position"], unique=False
    )
    op.create_table(
        "calendars",
        sa.Column(
            "position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("tx_index", sa.Integer(), nullable=False),
        sa.Column("office", sa.String(length=2), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("weekly", sa.SmallInteger(), nullable=False),
        sa.Column("exceptions", sa.LargeBinary(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("published_at", sa.BigInteger(), nullable=False),
        sa.Column("superseded_by", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_calendars")),
    )
    op.create_index(
        op.f("ix_calendars_office_year_position"), "calendars", ["office", "year", "position"], unique=False
    )
    op.create_table(
        "checkpoints",
        sa.Column(
            "block_number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("block_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("block_time", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("block_number", name=op.f("pk_checkpoints")),
    )
    op.create_table(
        "claims",
        sa.Column(
            "position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("tx_index", sa.Integer(), nullable=False),
        sa.Column("later", _NUMBER, nullable=False),
        sa.Column("earlier", _NUMBER, nullable=False),
        sa.Column("office", sa.String(length=2), nullable=False),
        sa.Column("later_filing_date", sa.Integer(), nullable=False),
        sa.Column("claimed_date", sa.Integer(), nullable=False),
        sa.Column("is_partial", sa.Boolean(), nullable=False),
        sa.Column("outcome", sa.SmallInteger(), nullable=False),
        sa.Column("version", sa.SmallInteger(), nullable=False),
        sa.Column("signing_key", sa.LargeBinary(length=20), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("superseded_by", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_claims")),
    )
    op.create_index(op.f("ix_claims_earlier"), "claims", ["earlier"], unique=False)
    op.create_index(op.f("ix_claims_later_earlier_position"), "claims", ["later", "earlier", "position"], unique=False)
    op.create_table(
        "codes",
        sa.Column(
            "position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("tx_index", sa.Integer(), nullable=False),
        sa.Column("right", sa.String(length=1), nullable=False),
        sa.Column("system", sa.String(length=18), nullable=False),
        sa.Column("code", sa.String(length=66), nullable=False),
        sa.Column("category", sa.String(length=1), nullable=True),
        sa.Column("from_states", sa.BigInteger(), nullable=False),
        sa.Column("to_states", sa.BigInteger(), nullable=False),
        sa.Column("statuses", sa.String(length=32), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("superseded_by", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_codes")),
    )
    op.create_table(
        "entries",
        sa.Column(
            "position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("number", _NUMBER, nullable=False),
        sa.Column("office", sa.String(length=2), nullable=False),
        sa.Column("right", sa.String(length=1), nullable=False),
        sa.Column("state", sa.String(length=2), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=False),
        sa.Column("marks", sa.SmallInteger(), nullable=False),
        sa.Column("event_count", sa.Integer(), nullable=False),
        sa.Column("terminated_by", sa.Integer(), nullable=True),
        sa.Column("filing_date", sa.Integer(), nullable=True),
        sa.Column("registration_date", sa.Integer(), nullable=True),
        sa.Column("expiry_date", sa.Integer(), nullable=True),
        sa.Column("ceased_on", sa.Integer(), nullable=True),
        sa.Column("ceased_by", sa.Integer(), nullable=True),
        sa.Column("classes", sa.BigInteger(), nullable=False),
        sa.Column("head", sa.LargeBinary(length=32), nullable=False),
        sa.Column("dossier", sa.LargeBinary(length=32), nullable=True),
        sa.Column("representation", sa.LargeBinary(length=32), nullable=True),
        sa.Column("holder", sa.LargeBinary(length=32), nullable=True),
        sa.Column("application", _NUMBER, nullable=True),
        sa.Column("basis", _NUMBER, nullable=True),
        sa.Column("parent", _NUMBER, nullable=True),
        sa.Column("former", _NUMBER, nullable=True),
        sa.Column("continuation", _NUMBER, nullable=True),
        sa.Column("superseded_by", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("position", "number", name=op.f("pk_entries")),
    )
    op.create_index(op.f("ix_entries_expiry_date"), "entries", ["expiry_date"], unique=False)
    op.create_index(op.f("ix_entries_number_position"), "entries", ["number", "position"], unique=False)
    op.create_index(
        op.f("ix_entries_office_right_filing_date"), "entries", ["office", "right", "filing_date"], unique=False
    )
    op.create_table(
        "entry_events",
        sa.Column(
            "position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("tx_index", sa.Integer(), nullable=False),
        sa.Column("number", _NUMBER, nullable=False),
        sa.Column("office", sa.String(length=2), nullable=False),
        sa.Column("right", sa.String(length=1), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("head", sa.LargeBinary(length=32), nullable=False),
        sa.Column("signer", sa.LargeBinary(length=20), nullable=False),
        sa.Column("system", sa.String(length=18), nullable=False),
        sa.Column("code", sa.String(length=66), nullable=False),
        sa.Column("from_state", sa.String(length=2), nullable=True),
        sa.Column("to_state", sa.String(length=2), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=False),
        sa.Column("event_date", sa.Integer(), nullable=False),
        sa.Column("effective_date", sa.Integer(), nullable=False),
        sa.Column("publication_date", sa.Integer(), nullable=True),
        sa.Column("document", sa.LargeBinary(length=32), nullable=True),
        sa.Column("corrects", sa.Integer(), nullable=True),
        sa.Column("flags", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.Column("filing_date", sa.Integer(), nullable=True),
        sa.Column("registration_date", sa.Integer(), nullable=True),
        sa.Column("expiry_date", sa.Integer(), nullable=True),
        sa.Column("classes", sa.BigInteger(), nullable=True),
        sa.Column("dossier", sa.LargeBinary(length=32), nullable=True),
        sa.Column("representation", sa.LargeBinary(length=32), nullable=True),
        sa.Column("holder", sa.LargeBinary(length=32), nullable=True),
        sa.Column("relation", sa.SmallInteger(), nullable=True),
        sa.Column("related", _NUMBER, nullable=True),
        sa.Column("released", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_entry_events")),
    )
    op.create_index(op.f("ix_entry_events_head"), "entry_events", ["head"], unique=False)
    op.create_index(op.f("ix_entry_events_number_sequence"), "entry_events", ["number", "sequence"], unique=False)
    for name in _GIVEN:
        op.create_index(
            op.f(f"ix_entry_events_{name}_position"),
            "entry_events",
            [name, "position"],
            unique=False,
            sqlite_where=sa.text(f"{name} IS NOT NULL"),
            postgresql_where=sa.text(f"{name} IS NOT NULL"),
        )
    op.create_table(
        "events",
        sa.Column(
            "position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("tx_index", sa.Integer(), nullable=False),
        sa.Column("contract", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=48), nullable=False),
        sa.Column("office", sa.String(length=2), nullable=True),
        sa.Column("number", _NUMBER, nullable=True),
        sa.Column("arguments", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_events")),
    )
    op.create_index(op.f("ix_events_name_position"), "events", ["name", "position"], unique=False)
    op.create_index(op.f("ix_events_number_position"), "events", ["number", "position"], unique=False)
    op.create_index(op.f("ix_events_office_position"), "events", ["office", "position"], unique=False)
    op.create_table(
        "keys",
        sa.Column(
            "position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("tx_index", sa.Integer(), nullable=False),
        sa.Column("office", sa.String(length=2), nullable=False),
        sa.Column("account", sa.LargeBinary(length=20), nullable=False),
        sa.Column("scopes", sa.SmallInteger(), nullable=False),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.Column("valid_from", sa.BigInteger(), nullable=False),
        sa.Column("valid_until", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.Column("suspended_until", sa.BigInteger(), nullable=True),
        sa.Column("compromised_since", sa.BigInteger(), nullable=True),
        sa.Column("superseded_by", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_keys")),
    )
    op.create_index(op.f("ix_keys_account"), "keys", ["account"], unique=False)
    op.create_index(op.f("ix_keys_office_account_position"), "keys", ["office", "account", "position"], unique=False)
    op.create_table(
        "offices",
        sa.Column(
            "position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("tx_index", sa.Integer(), nullable=False),
        sa.Column("office", sa.String(length=2), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("seat", sa.LargeBinary(length=20), nullable=False),
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("earliest_filing_date", sa.Integer(), nullable=True),
        sa.Column("admitted_at", sa.BigInteger(), nullable=False),
        sa.Column("suspended_until", sa.BigInteger(), nullable=True),
        sa.Column("departed_at", sa.BigInteger(), nullable=True),
        sa.Column("successor", sa.String(length=2), nullable=True),
        sa.Column("proposed_seat", sa.LargeBinary(length=20), nullable=True),
        sa.Column("replacement_seat", sa.LargeBinary(length=20), nullable=True),
        sa.Column("replacement_from", sa.BigInteger(), nullable=True),
        sa.Column("superseded_by", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_offices")),
    )
    op.create_index(op.f("ix_offices_office_position"), "offices", ["office", "position"], unique=False)
    op.create_table(
        "progress",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("chain_id", sa.BigInteger(), nullable=False),
        sa.Column("genesis_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("contracts", sa.Text(), nullable=False),
        sa.Column("block_number", sa.BigInteger(), nullable=True),
        sa.Column("block_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("block_time", sa.BigInteger(), nullable=True),
        sa.Column("settled_to", sa.BigInteger(), nullable=False),
        sa.Column("has_indexes", sa.Boolean(), nullable=False),
        sa.Column("listed_at", sa.BigInteger(), nullable=True),
        sa.Column("generation", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_progress")),
    )
    op.create_table(
        "reconfirmations",
        sa.Column(
            "position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("tx_index", sa.Integer(), nullable=False),
        sa.Column("registry", sa.SmallInteger(), nullable=False),
        sa.Column("number", _NUMBER, nullable=False),
        sa.Column("version", sa.SmallInteger(), nullable=False),
        sa.Column("signing_key", sa.LargeBinary(length=20), nullable=False),
        sa.Column("reconfirmed_at", sa.BigInteger(), nullable=False),
        sa.Column("superseded_by", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_reconfirmations")),
    )
    op.create_index(op.f("ix_reconfirmations_number_position"), "reconfirmations", ["number", "position"], unique=False)
    op.create_table(
        "relations",
        sa.Column(
            "position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("tx_index", sa.Integer(), nullable=False),
        sa.Column("number", _NUMBER, nullable=False),
        sa.Column("related", _NUMBER, nullable=True),
        sa.Column("relation", sa.SmallInteger(), nullable=False),
        sa.Column("classes", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_relations")),
    )
    op.create_index(op.f("ix_relations_number"), "relations", ["number"], unique=False)
    op.create_index(op.f("ix_relations_related"), "relations", ["related"], unique=False)
    op.create_table(
        "renewal_terms",
        sa.Column(
            "position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("tx_index", sa.Integer(), nullable=False),
        sa.Column("office", sa.String(length=2), nullable=False),
        sa.Column("right", sa.String(length=1), nullable=False),
        sa.Column("period_years", sa.SmallInteger(), nullable=False),
        sa.Column("maximum_years", sa.SmallInteger(), nullable=False),
        sa.Column("window_months", sa.SmallInteger(), nullable=False),
        sa.Column("grace_months", sa.SmallInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("signer", sa.LargeBinary(length=20), nullable=False),
        sa.Column("superseded_by", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_renewal_terms")),
    )
    op.create_index(
        op.f("ix_renewal_terms_office_right_position"), "renewal_terms", ["office", "right", "position"], unique=False
    )
    op.create_table(
        "statuses",
        sa.Column(
            "position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("tx_index", sa.Integer(), nullable=False),
        sa.Column("right", sa.String(length=1), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=False),
        sa.Column("text", sa.String(length=66), nullable=False),
        sa.Column("superseded_by", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_statuses")),
    )
    op.create_table(
        "transactions",
        sa.Column("block_number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("tx_index", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("block_number", "tx_index", name=op.f("pk_transactions")),
    )
    op.create_index(op.f("ix_transactions_hash"), "transactions", ["hash"], unique=False)


def downgrade() -> None:
    """Drop them."""
    op.drop_index(op.f("ix_transactions_hash"), table_name="transactions")
    op.drop_table("transactions")
    op.drop_table("statuses")
    op.drop_index(op.f("ix_renewal_terms_office_right_position"), table_name="renewal_terms")
    op.drop_table("renewal_terms")
    op.drop_index(op.f("ix_relations_related"), table_name="relations")
    op.drop_index(op.f("ix_relations_number"), table_name="relations")
    op.drop_table("relations")
    op.drop_index(op.f("ix_reconfirmations_number_position"), table_name="reconfirmations")
    op.drop_table("reconfirmations")
    op.drop_table("progress")
    op.drop_index(op.f("ix_offices_office_position"), table_name="offices")
    op.drop_table("offices")
    op.drop_index(op.f("ix_keys_office_account_position"), table_name="keys")
    op.drop_index(op.f("ix_keys_account"), table_name="keys")
    op.drop_table("keys")
    op.drop_index(op.f("ix_events_office_position"), table_name="events")
    op.drop_index(op.f("ix_events_number_position"), table_name="events")
    op.drop_index(op.f("ix_events_name_position"), table_name="events")
    op.drop_table("events")
    for name in _GIVEN:
        op.drop_index(op.f(f"ix_entry_events_{name}_position"), table_name="entry_events")
    op.drop_index(op.f("ix_entry_events_number_sequence"), table_name="entry_events")
    op.drop_index(op.f("ix_entry_events_head"), table_name="entry_events")
    op.drop_table("entry_events")
    op.drop_index(op.f("ix_entries_office_right_filing_date"), table_name="entries")
    op.drop_index(op.f("ix_entries_number_position"), table_name="entries")
    op.drop_index(op.f("ix_entries_expiry_date"), table_name="entries")
    op.drop_table("entries")
    op.drop_table("codes")
    op.drop_index(op.f("ix_claims_later_earlier_position"), table_name="claims")
    op.drop_index(op.f("ix_claims_earlier"), table_name="claims")
    op.drop_table("claims")
    op.drop_table("checkpoints")
    op.drop_index(op.f("ix_calendars_office_year_position"), table_name="calendars")
    op.drop_table("calendars")
    op.drop_index(op.f("ix_bodies_office_account_position"), table_name="bodies")
    op.drop_table("bodies")
    op.drop_table("blocks")
    op.drop_index(op.f("ix_applications_office_right_filing_date"), table_name="applications")
    op.drop_index(op.f("ix_applications_number_position"), table_name="applications")
    op.drop_index(op.f("ix_applications_digest"), table_name="applications")
    op.drop_table("applications")
    op.drop_index(op.f("ix_anchors_root"), table_name="anchors")
    op.drop_index(op.f("ix_anchors_office_sequence"), table_name="anchors")
    op.drop_table("anchors")

"""What Alembic runs: migrations on the connection that `registrum.index.store` gives it, in its transaction."""

from __future__ import annotations

from alembic import context

from registrum.index.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()

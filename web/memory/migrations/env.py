"""Run by Alembic on the connection that ``database.open_engine`` hands over."""

from alembic import context

from web.memory.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
)
context.run_migrations()

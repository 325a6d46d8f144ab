"""Accounts that are switched off, sessions that can be seen, attempts by name and by source."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("user_account", sa.Column("disabled_at", _MOMENT))
    # A session of before has no start that anybody knows: it ends here.
    op.drop_table("login_session")
    op.create_table(
        "login_session",
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column(
            "user_id",
            sa.Integer(),
            sa.ForeignKey("user_account.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("expires_at", _MOMENT, nullable=False, index=True),
        sa.Column("started_at", _MOMENT, nullable=False),
        sa.Column("seen_at", _MOMENT, nullable=False),
    )
    op.drop_table("login_failure")
    op.create_table(
        "login_attempt",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("key", sa.String(64), nullable=False, index=True),
        sa.Column("at", _MOMENT, nullable=False, index=True),
    )

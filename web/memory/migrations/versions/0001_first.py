"""Accounts, questions, feedback, calls, board, edits, audit."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_MOMENT = sa.DateTime(timezone=True)
_TEXT = sa.String(500)


def upgrade() -> None:
    _accounts()
    _asked()
    _calls()
    _staff()


def _accounts() -> None:
    op.create_table(
        "user_account",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("name", sa.String(64), nullable=False, unique=True),
        sa.Column("password_hash", sa.String(200), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
    )
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
    )
    op.create_table(
        "login_failure",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("name_key", sa.String(64), nullable=False, index=True),
        sa.Column("at", _MOMENT, nullable=False),
    )


def _asked() -> None:
    op.create_table(
        "question",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("notice_id", sa.String(100), nullable=False),
        sa.Column("text", _TEXT, nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("reason", sa.String(32)),
        sa.Column("passages", sa.JSON(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("first_at", _MOMENT, nullable=False),
        sa.Column("last_at", _MOMENT, nullable=False, index=True),
        sa.UniqueConstraint("notice_id", "text"),
    )
    op.create_table(
        "feedback",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("at", _MOMENT, nullable=False, index=True),
        sa.Column("notice_id", sa.String(100), nullable=False),
        sa.Column("question", _TEXT, nullable=False),
        sa.Column("helpful", sa.Boolean(), nullable=False),
        sa.Column("note", _TEXT),
        sa.Column("passages", sa.JSON(), nullable=False),
    )


def _calls() -> None:
    op.create_table(
        "call",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("user_id", sa.Integer(), sa.ForeignKey("user_account.id", ondelete="SET NULL")),
        sa.Column("started_at", _MOMENT, nullable=False, index=True),
        sa.Column("ended_at", _MOMENT),
        sa.Column("outcome", sa.String(16)),
        sa.Column("note", _TEXT),
        sa.Column("searches", sa.JSON(), nullable=False),
    )


def _staff() -> None:
    op.create_table(
        "board_item",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("notice_id", sa.String(100), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("question", _TEXT, nullable=False),
        sa.Column("passage", sa.String(40), nullable=False),
        sa.Column("note", _TEXT),
        sa.Column("status", sa.String(16), nullable=False, index=True),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("first_at", _MOMENT, nullable=False),
        sa.Column("last_at", _MOMENT, nullable=False, index=True),
        sa.UniqueConstraint("notice_id", "kind", "passage", "question"),
    )
    op.create_table(
        "pending_edit",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("notice_id", sa.String(100), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("author", sa.String(64), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("state", sa.String(16), nullable=False, index=True),
        sa.Column("decided_by", sa.String(64)),
        sa.Column("decided_at", _MOMENT),
    )
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("at", _MOMENT, nullable=False, index=True),
        sa.Column("who", sa.String(64), nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("detail", _TEXT, nullable=False),
    )

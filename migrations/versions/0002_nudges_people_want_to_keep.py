"""Limits, choices and outcomes of nudges; introductions; who chose a stage."""

import sqlalchemy as sa
from alembic import op

from bot.store.types import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "greeting",
        sa.Column("tenant_id", sa.String(length=32), nullable=False),
        sa.Column("channel_id", sa.String(length=32), nullable=False),
        sa.Column("author", sa.String(length=32), nullable=False),
        sa.Column("greeted_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "channel_id", "author", name=op.f("pk_greeting")),
    )
    op.create_table(
        "mutedrule",
        sa.Column("tenant_id", sa.String(length=32), nullable=False),
        sa.Column("rule_id", sa.String(length=120), nullable=False),
        sa.Column("rule_version", sa.String(length=12), nullable=False),
        sa.Column("muted_at", UtcDateTime(), nullable=True),
        sa.Column("told_at", UtcDateTime(), nullable=True),
        sa.Column("lifted_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "rule_id", name=op.f("pk_mutedrule")),
    )
    op.create_table(
        "silencedrule",
        sa.Column("tenant_id", sa.String(length=32), nullable=False),
        sa.Column("author", sa.String(length=32), nullable=False),
        sa.Column("rule_id", sa.String(length=120), nullable=False),
        sa.Column("silenced_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "author", "rule_id", name=op.f("pk_silencedrule")),
    )
    with op.batch_alter_table("memberchoice", schema=None) as batch_op:
        batch_op.add_column(sa.Column("praise", sa.String(length=16), nullable=True))
        batch_op.add_column(sa.Column("praised_at", UtcDateTime(), nullable=True))
        batch_op.create_check_constraint(op.f("ck_memberchoice_praise"), "praise IN ('thanks', 'reaction', 'off')")
    with op.batch_alter_table("tenant", schema=None) as batch_op:
        batch_op.add_column(sa.Column("stage_chosen_by", sa.String(length=32), nullable=True))
    with op.batch_alter_table("channel", schema=None) as batch_op:
        batch_op.add_column(sa.Column("introduced_at", UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("stage_chosen_by", sa.String(length=32), nullable=True))
    # Who has had Fairview in a channel for a while is not introduced to it now.
    op.execute("UPDATE channel SET introduced_at = watched_since WHERE is_member")
    _widen_nudge()


def _widen_nudge() -> None:
    with op.batch_alter_table("nudge", schema=None) as batch_op:
        batch_op.add_column(sa.Column("thread_ts", sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column("rule_version", sa.String(length=12), nullable=True))
        batch_op.add_column(sa.Column("local_day", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("became", sa.String(length=16), nullable=True))
        batch_op.drop_index("ix_nudge_state")
    # Of earlier nudges neither the thread nor the version of the rule is known any more.
    op.execute("UPDATE nudge SET thread_ts = ts, rule_version = ''")
    with op.batch_alter_table("nudge", schema=None) as batch_op:
        batch_op.alter_column("thread_ts", existing_type=sa.String(length=20), nullable=False)
        batch_op.alter_column("rule_version", existing_type=sa.String(length=12), nullable=False)
        batch_op.drop_constraint(op.f("ck_nudge_answer"), type_="check")
        batch_op.create_check_constraint(op.f("ck_nudge_answer"), "answer IN ('used', 'helpful', 'not_relevant')")
        batch_op.create_check_constraint(op.f("ck_nudge_became"), "became IN ('reworded', 'withdrawn')")
        batch_op.create_index("ix_nudge_state", ["state", "changed_at"], unique=False)
        batch_op.create_index("ix_nudge_author", ["tenant_id", "author", "local_day"], unique=False)
        batch_op.create_index("ix_nudge_rule", ["tenant_id", "rule_id", "rule_version"], unique=False)


def downgrade() -> None:
    op.execute("UPDATE nudge SET answer = 'helpful' WHERE answer = 'used'")
    with op.batch_alter_table("nudge", schema=None) as batch_op:
        batch_op.drop_index("ix_nudge_rule")
        batch_op.drop_index("ix_nudge_author")
        batch_op.drop_index("ix_nudge_state")
        batch_op.create_index("ix_nudge_state", ["tenant_id", "state", "changed_at"], unique=False)
        batch_op.drop_constraint(op.f("ck_nudge_became"), type_="check")
        batch_op.drop_constraint(op.f("ck_nudge_answer"), type_="check")
        batch_op.create_check_constraint(op.f("ck_nudge_answer"), "answer IN ('helpful', 'not_relevant')")
        for name in ("became", "local_day", "rule_version", "thread_ts"):
            batch_op.drop_column(name)
    with op.batch_alter_table("channel", schema=None) as batch_op:
        batch_op.drop_column("stage_chosen_by")
        batch_op.drop_column("introduced_at")
    with op.batch_alter_table("tenant", schema=None) as batch_op:
        batch_op.drop_column("stage_chosen_by")
    with op.batch_alter_table("memberchoice", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_memberchoice_praise"), type_="check")
        batch_op.drop_column("praised_at")
        batch_op.drop_column("praise")
    op.drop_table("silencedrule")
    op.drop_table("mutedrule")
    op.drop_table("greeting")

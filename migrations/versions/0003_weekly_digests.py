"""Weekly counts that digests are read from; digests of groups and workspaces, to people, by fortnight and month."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _week_counts()
    _scopes()


def downgrade() -> None:
    _only_channels()
    _drop_week_counts()


def _week_counts() -> None:
    op.create_table(
        "weekstate",
        sa.Column("tenant_id", sa.String(length=32), nullable=False),
        sa.Column("channel_id", sa.String(length=32), nullable=False),
        sa.Column("week_start", sa.Date(), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("is_stale", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "channel_id", "week_start", name=op.f("pk_weekstate")),
    )
    op.create_table(
        "weekcount",
        sa.Column("tenant_id", sa.String(length=32), nullable=False),
        sa.Column("channel_id", sa.String(length=32), nullable=False),
        sa.Column("week_start", sa.Date(), nullable=False),
        sa.Column("label", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("author", sa.String(length=32), nullable=False),
        sa.Column("messages", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "tenant_id", "channel_id", "week_start", "label", "kind", "author", name=op.f("pk_weekcount")
        ),
    )
    op.create_table(
        "weektotal",
        sa.Column("tenant_id", sa.String(length=32), nullable=False),
        sa.Column("week_start", sa.Date(), nullable=False),
        sa.Column("channel_id", sa.String(length=32), nullable=False),
        sa.Column("label", sa.String(length=32), nullable=False),
        sa.Column("messages", sa.Integer(), nullable=False),
        sa.Column("capped", sa.Integer(), nullable=False),
        sa.Column("left_out", sa.Float(), nullable=False),
        sa.Column("variance", sa.Float(), nullable=False),
        sa.Column("authors", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "week_start", "channel_id", "label", name=op.f("pk_weektotal")),
    )
    _mark_what_is_there()


def _mark_what_is_there() -> None:
    # By the weeks of UTC: those of the reporting zone are the same, but for a day's edge, and a digest counts what it
    # finds uncounted.
    monday = {
        "sqlite": "date(posted_at, 'weekday 0', '-6 days')",
        "postgresql": "date_trunc('week', posted_at AT TIME ZONE 'UTC')::date",
    }[op.get_bind().dialect.name]
    keys = "INSERT INTO weekstate (tenant_id, channel_id, week_start, zone, is_stale)"
    op.execute(f"{keys} SELECT DISTINCT tenant_id, channel_id, {monday}, 'UTC', true FROM message")  # noqa: S608 (ours)


def _drop_week_counts() -> None:
    for name in ("weektotal", "weekcount", "weekstate"):
        op.drop_table(name)


_PLACE = ["tenant_id", "scope_channel_id", "destination_id"]
_STOPS = "'asked', 'archived', 'not_in_channel', 'channel_gone', 'may_not_post'"
_NEW_STOPS = "'not_a_member', 'nothing_left', 'person_gone', 'may_not_see'"


def _scopes() -> None:
    with _runs_kept():
        with op.batch_alter_table("digestsubscription", schema=None) as batch_op:
            batch_op.add_column(sa.Column("scope_kind", sa.String(length=16), nullable=True))
            batch_op.add_column(sa.Column("scope_group", sa.String(length=32), nullable=True))
        op.execute("UPDATE digestsubscription SET scope_kind = 'channel', scope_group = ''")
        with op.batch_alter_table("digestsubscription", schema=None) as batch_op:
            batch_op.alter_column("scope_kind", existing_type=sa.String(length=16), nullable=False)
            batch_op.alter_column("scope_group", existing_type=sa.String(length=32), nullable=False)
            batch_op.drop_constraint("uq_digestsubscription_place", type_="unique")
            batch_op.create_unique_constraint(
                "uq_digestsubscription_place", [_PLACE[0], "scope_kind", _PLACE[1], "scope_group", _PLACE[2]]
            )
            _check(batch_op, "scope_kind", "scope_kind IN ('channel', 'group', 'workspace')")
            _check(batch_op, "scope_channel", "(scope_kind = 'channel') = (scope_channel_id <> '')")
            _check(batch_op, "scope_group", "(scope_kind = 'group') = (scope_group <> '')")
            _change_check(batch_op, "cadence", "cadence IN ('weekly', 'fortnightly', 'monthly')")
            _change_check(batch_op, "stop_reason", f"stop_reason IN ({_STOPS}, {_NEW_STOPS})")
    op.create_table(
        "digestscopechannel",
        sa.Column("tenant_id", sa.String(length=32), nullable=False),
        sa.Column("subscription_id", sa.String(length=32), nullable=False),
        sa.Column("channel_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "subscription_id"],
            ["digestsubscription.tenant_id", "digestsubscription.subscription_id"],
            name="fk_digestscopechannel_digestsubscription",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "subscription_id", "channel_id", name=op.f("pk_digestscopechannel")),
    )


def _only_channels() -> None:
    # What the older version cannot say goes: it would take a group's digest for a channel's, and a person for one.
    op.drop_table("digestscopechannel")
    op.execute(
        "DELETE FROM digestsubscription WHERE scope_kind <> 'channel' OR substr(destination_id, 1, 1) IN ('U', 'W')"
    )
    op.execute("UPDATE digestsubscription SET cadence = 'weekly'")
    paused = f"WHERE stop_reason IN ({_NEW_STOPS})"
    op.execute(f"UPDATE digestsubscription SET stop_reason = 'channel_gone' {paused}")  # noqa: S608 (ours)
    with _runs_kept(), op.batch_alter_table("digestsubscription", schema=None) as batch_op:
        _change_check(batch_op, "stop_reason", f"stop_reason IN ({_STOPS})")
        _change_check(batch_op, "cadence", "cadence IN ('weekly')")
        for name in ("scope_group", "scope_channel", "scope_kind"):
            batch_op.drop_constraint(op.f(f"ck_digestsubscription_{name}"), type_="check")
        batch_op.drop_constraint("uq_digestsubscription_place", type_="unique")
        batch_op.create_unique_constraint("uq_digestsubscription_place", _PLACE)
        batch_op.drop_column("scope_group")
        batch_op.drop_column("scope_kind")


def _check(batch_op: BatchOperations, name: str, condition: str) -> None:
    batch_op.create_check_constraint(op.f(f"ck_digestsubscription_{name}"), condition)


def _change_check(batch_op: BatchOperations, name: str, condition: str) -> None:
    batch_op.drop_constraint(op.f(f"ck_digestsubscription_{name}"), type_="check")
    _check(batch_op, name, condition)


@contextmanager
def _runs_kept() -> Iterator[None]:
    # SQLite changes a table by making it anew and dropping the old one, and with its rows go those that hang on them.
    if op.get_bind().dialect.name != "sqlite":
        yield
        return
    op.execute("CREATE TEMPORARY TABLE kept_digestrun AS SELECT * FROM digestrun")
    yield
    op.execute("INSERT INTO digestrun SELECT * FROM kept_digestrun")
    op.execute("DROP TABLE kept_digestrun")

"""The first schema."""

import sqlalchemy as sa
from alembic import op

from bot.store.types import UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cataloguestate",
        sa.Column("tenant_id", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("organisation", sa.String(length=80), nullable=True),
        sa.Column("keeper", sa.String(length=80), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", name=op.f("pk_cataloguestate")),
    )
    op.create_table(
        "channel",
        sa.Column("tenant_id", sa.String(length=32), nullable=False),
        sa.Column("channel_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("is_private", sa.Boolean(), nullable=False),
        sa.Column("is_ext_shared", sa.Boolean(), nullable=False),
        sa.Column("is_archived", sa.Boolean(), nullable=False),
        sa.Column("is_member", sa.Boolean(), nullable=False),
        sa.Column("is_watched", sa.Boolean(), nullable=False),
        sa.Column("watched_since", UtcDateTime(), nullable=False),
        sa.Column("stage", sa.String(length=16), nullable=True),
        sa.CheckConstraint("stage IN ('service', 'partnership', 'one_business')", name=op.f("ck_channel_stage")),
        sa.PrimaryKeyConstraint("tenant_id", "channel_id", name=op.f("pk_channel")),
    )
    op.create_table(
        "digestsubscription",
        sa.Column("tenant_id", sa.String(length=32), nullable=False),
        sa.Column("subscription_id", sa.String(length=32), nullable=False),
        sa.Column("scope_channel_id", sa.String(length=32), nullable=False),
        sa.Column("destination_id", sa.String(length=32), nullable=False),
        sa.Column("owner_id", sa.String(length=32), nullable=False),
        sa.Column("cadence", sa.String(length=16), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("local_time", sa.Time(), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("stopped_at", UtcDateTime(), nullable=True),
        sa.Column("stop_reason", sa.String(length=16), nullable=True),
        sa.CheckConstraint("cadence IN ('weekly')", name=op.f("ck_digestsubscription_cadence")),
        sa.CheckConstraint(
            "stop_reason IN ('asked', 'archived', 'not_in_channel', 'channel_gone', 'may_not_post')",
            name=op.f("ck_digestsubscription_stop_reason"),
        ),
        sa.CheckConstraint("(stopped_at IS NULL) = (stop_reason IS NULL)", name=op.f("ck_digestsubscription_stopped")),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_digestsubscription_weekday")),
        sa.PrimaryKeyConstraint("tenant_id", "subscription_id", name=op.f("pk_digestsubscription")),
        sa.UniqueConstraint("tenant_id", "scope_channel_id", "destination_id", name="uq_digestsubscription_place"),
    )
    op.create_table(
        "entryalias",
        sa.Column("tenant_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("entry_id", sa.String(length=129), nullable=False),
        sa.Column("alias", sa.String(length=80), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('stream', 'stage', 'service', 'team')", name=op.f("ck_entryalias_kind")),
        sa.PrimaryKeyConstraint("tenant_id", "kind", "entry_id", "alias", name=op.f("pk_entryalias")),
    )
    op.create_table(
        "entrychannel",
        sa.Column("tenant_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("entry_id", sa.String(length=129), nullable=False),
        sa.Column("given", sa.String(length=100), nullable=False),
        sa.Column("channel_id", sa.String(length=32), nullable=True),
        sa.Column("name", sa.String(length=100), nullable=True),
        sa.CheckConstraint("kind IN ('stream', 'stage', 'service', 'team')", name=op.f("ck_entrychannel_kind")),
        sa.PrimaryKeyConstraint("tenant_id", "kind", "entry_id", "given", name=op.f("pk_entrychannel")),
    )
    with op.batch_alter_table("entrychannel", schema=None) as batch_op:
        batch_op.create_index("ix_entrychannel_channel", ["tenant_id", "channel_id"], unique=False)

    op.create_table(
        "entryperson",
        sa.Column("tenant_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("entry_id", sa.String(length=129), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("person", sa.String(length=80), nullable=False),
        sa.CheckConstraint("kind IN ('stream', 'stage', 'service', 'team')", name=op.f("ck_entryperson_kind")),
        sa.CheckConstraint(
            "role IN ('owner', 'service_manager', 'business_relationship_manager', 'lead')",
            name=op.f("ck_entryperson_role"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "kind", "entry_id", "role", name=op.f("pk_entryperson")),
    )
    op.create_table(
        "gap",
        sa.Column("tenant_id", sa.String(length=32), nullable=False),
        sa.Column("channel_id", sa.String(length=32), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "channel_id", "started_at", name=op.f("pk_gap")),
    )
    op.create_table(
        "heartbeat",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("beat_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_heartbeat")),
    )
    op.create_table(
        "memberchoice",
        sa.Column("tenant_id", sa.String(length=32), nullable=False),
        sa.Column("author", sa.String(length=32), nullable=False),
        sa.Column("paused_until", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "author", name=op.f("pk_memberchoice")),
    )
    op.create_table(
        "message",
        sa.Column("tenant_id", sa.String(length=32), nullable=False),
        sa.Column("channel_id", sa.String(length=32), nullable=False),
        sa.Column("ts", sa.String(length=20), nullable=False),
        sa.Column("version", sa.String(length=20), nullable=False),
        sa.Column("is_deleted", sa.Boolean(), nullable=False),
        sa.Column("author", sa.String(length=32), nullable=True),
        sa.Column("posted_at", UtcDateTime(), nullable=False),
        sa.Column("has_prose", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "channel_id", "ts", name=op.f("pk_message")),
    )
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.create_index("ix_message_posted", ["tenant_id", "channel_id", "posted_at"], unique=False)

    op.create_table(
        "missedlookup",
        sa.Column("tenant_id", sa.String(length=32), nullable=False),
        sa.Column("digest", sa.String(length=32), nullable=False),
        sa.Column("words", sa.String(length=80), nullable=True),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("first_at", UtcDateTime(), nullable=False),
        sa.Column("last_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "digest", name=op.f("pk_missedlookup")),
    )
    with op.batch_alter_table("missedlookup", schema=None) as batch_op:
        batch_op.create_index("ix_missedlookup_last_at", ["last_at"], unique=False)

    op.create_table(
        "nudge",
        sa.Column("tenant_id", sa.String(length=32), nullable=False),
        sa.Column("nudge_id", sa.String(length=32), nullable=False),
        sa.Column("channel_id", sa.String(length=32), nullable=False),
        sa.Column("ts", sa.String(length=20), nullable=False),
        sa.Column("author", sa.String(length=32), nullable=False),
        sa.Column("rule_id", sa.String(length=120), nullable=False),
        sa.Column("label", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("answer", sa.String(length=16), nullable=True),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("answer IN ('helpful', 'not_relevant')", name=op.f("ck_nudge_answer")),
        sa.CheckConstraint("state IN ('pending', 'sending', 'sent', 'missed', 'unknown')", name=op.f("ck_nudge_state")),
        sa.PrimaryKeyConstraint("tenant_id", "nudge_id", name=op.f("pk_nudge")),
        sa.UniqueConstraint("tenant_id", "channel_id", "ts", name="uq_nudge_message"),
    )
    with op.batch_alter_table("nudge", schema=None) as batch_op:
        batch_op.create_index("ix_nudge_state", ["tenant_id", "state", "changed_at"], unique=False)

    op.create_table(
        "service",
        sa.Column("tenant_id", sa.String(length=32), nullable=False),
        sa.Column("service_id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("description", sa.String(length=600), nullable=True),
        sa.Column("team_id", sa.String(length=64), nullable=True),
        sa.Column("outcome", sa.String(length=600), nullable=True),
        sa.Column("commitments", sa.String(length=600), nullable=True),
        sa.Column("value_now", sa.String(length=600), nullable=True),
        sa.Column("value_later", sa.String(length=600), nullable=True),
        sa.Column("total_cost_of_ownership", sa.String(length=600), nullable=True),
        sa.Column("lifecycle", sa.String(length=16), nullable=True),
        sa.Column("as_of", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "lifecycle IN ('planned', 'pilot', 'live', 'retiring', 'retired')", name=op.f("ck_service_lifecycle")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "service_id", name=op.f("pk_service")),
    )
    op.create_table(
        "team",
        sa.Column("tenant_id", sa.String(length=32), nullable=False),
        sa.Column("team_id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("description", sa.String(length=600), nullable=True),
        sa.Column("user_group", sa.String(length=80), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "team_id", name=op.f("pk_team")),
    )
    op.create_table(
        "tenant",
        sa.Column("tenant_id", sa.String(length=32), nullable=False),
        sa.Column("author_key", sa.LargeBinary(), nullable=False),
        sa.Column("stage", sa.String(length=16), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("stage IN ('service', 'partnership', 'one_business')", name=op.f("ck_tenant_stage")),
        sa.PrimaryKeyConstraint("tenant_id", name=op.f("pk_tenant")),
    )
    op.create_table(
        "valuestream",
        sa.Column("tenant_id", sa.String(length=32), nullable=False),
        sa.Column("stream_id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("description", sa.String(length=600), nullable=True),
        sa.Column("customer", sa.String(length=80), nullable=False),
        sa.Column("value", sa.String(length=600), nullable=True),
        sa.Column("as_of", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "stream_id", name=op.f("pk_valuestream")),
    )
    op.create_table(
        "digestrun",
        sa.Column("tenant_id", sa.String(length=32), nullable=False),
        sa.Column("run_id", sa.String(length=32), nullable=False),
        sa.Column("subscription_id", sa.String(length=32), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("lease_until", UtcDateTime(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", UtcDateTime(), nullable=False),
        sa.Column("tried_at", UtcDateTime(), nullable=True),
        sa.Column("search_cursor", sa.String(length=500), nullable=True),
        sa.Column("reason", sa.String(length=16), nullable=True),
        sa.Column("payload", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("slack_ts", sa.String(length=20), nullable=True),
        sa.CheckConstraint("(state = 'sending') = (lease_until IS NOT NULL)", name=op.f("ck_digestrun_lease")),
        sa.CheckConstraint("(state = 'skipped') = (reason IS NOT NULL)", name=op.f("ck_digestrun_skipped")),
        sa.CheckConstraint("reason IN ('superseded', 'stopped')", name=op.f("ck_digestrun_reason")),
        sa.CheckConstraint("state IN ('pending', 'sending', 'delivered', 'skipped')", name=op.f("ck_digestrun_state")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "subscription_id"],
            ["digestsubscription.tenant_id", "digestsubscription.subscription_id"],
            name="fk_digestrun_digestsubscription",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "run_id", name=op.f("pk_digestrun")),
        sa.UniqueConstraint("tenant_id", "subscription_id", "period_start", name="uq_digestrun_period"),
    )
    with op.batch_alter_table("digestrun", schema=None) as batch_op:
        batch_op.create_index("ix_digestrun_open", ["state", "next_attempt_at"], unique=False)

    op.create_table(
        "messagefinding",
        sa.Column("tenant_id", sa.String(length=32), nullable=False),
        sa.Column("channel_id", sa.String(length=32), nullable=False),
        sa.Column("ts", sa.String(length=20), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("rule_id", sa.String(length=120), nullable=False),
        sa.Column("label", sa.String(length=32), nullable=False),
        sa.Column("subtype", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "channel_id", "ts"],
            ["message.tenant_id", "message.channel_id", "message.ts"],
            name="fk_messagefinding_message",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "channel_id", "ts", "ordinal", name=op.f("pk_messagefinding")),
    )
    op.create_table(
        "missedlookupasker",
        sa.Column("tenant_id", sa.String(length=32), nullable=False),
        sa.Column("digest", sa.String(length=32), nullable=False),
        sa.Column("author", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "digest"],
            ["missedlookup.tenant_id", "missedlookup.digest"],
            name="fk_missedlookupasker_missedlookup",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "digest", "author", name=op.f("pk_missedlookupasker")),
    )
    op.create_table(
        "streamstage",
        sa.Column("tenant_id", sa.String(length=32), nullable=False),
        sa.Column("stream_id", sa.String(length=64), nullable=False),
        sa.Column("stage_id", sa.String(length=129), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("description", sa.String(length=600), nullable=True),
        sa.Column("team_id", sa.String(length=64), nullable=True),
        sa.Column("done_by", sa.String(length=80), nullable=True),
        sa.CheckConstraint("position > 0", name=op.f("ck_streamstage_position")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "stream_id"],
            ["valuestream.tenant_id", "valuestream.stream_id"],
            name="fk_streamstage_valuestream",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "stage_id", name=op.f("pk_streamstage")),
    )
    with op.batch_alter_table("streamstage", schema=None) as batch_op:
        batch_op.create_index("ix_streamstage_stream", ["tenant_id", "stream_id", "position"], unique=False)

    op.create_table(
        "stagefigure",
        sa.Column("tenant_id", sa.String(length=32), nullable=False),
        sa.Column("stage_id", sa.String(length=129), nullable=False),
        sa.Column("measure", sa.String(length=32), nullable=False),
        sa.Column("amount", sa.Float(), nullable=False),
        sa.Column("unit", sa.String(length=16), nullable=False),
        sa.Column("basis", sa.String(length=16), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=True),
        sa.Column("source", sa.String(length=600), nullable=True),
        sa.CheckConstraint("amount >= 0 AND (unit <> 'percent' OR amount <= 100)", name=op.f("ck_stagefigure_amount")),
        sa.CheckConstraint("basis IN ('measured', 'estimated')", name=op.f("ck_stagefigure_basis")),
        sa.CheckConstraint(
            "measure IN ('lead_time', 'process_time', 'percent_complete_accurate')", name=op.f("ck_stagefigure_measure")
        ),
        sa.CheckConstraint("unit IN ('business', 'calendar', 'percent')", name=op.f("ck_stagefigure_unit")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "stage_id"],
            ["streamstage.tenant_id", "streamstage.stage_id"],
            name="fk_stagefigure_streamstage",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "stage_id", "measure", name=op.f("pk_stagefigure")),
    )
    op.create_table(
        "stageservice",
        sa.Column("tenant_id", sa.String(length=32), nullable=False),
        sa.Column("stage_id", sa.String(length=129), nullable=False),
        sa.Column("service_id", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "service_id"], ["service.tenant_id", "service.service_id"], name="fk_stageservice_service"
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "stage_id"],
            ["streamstage.tenant_id", "streamstage.stage_id"],
            name="fk_stageservice_streamstage",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "stage_id", "service_id", name=op.f("pk_stageservice")),
    )


def downgrade() -> None:
    op.drop_table("stageservice")
    op.drop_table("stagefigure")
    with op.batch_alter_table("streamstage", schema=None) as batch_op:
        batch_op.drop_index("ix_streamstage_stream")

    op.drop_table("streamstage")
    op.drop_table("missedlookupasker")
    op.drop_table("messagefinding")
    with op.batch_alter_table("digestrun", schema=None) as batch_op:
        batch_op.drop_index("ix_digestrun_open")

    op.drop_table("digestrun")
    op.drop_table("valuestream")
    op.drop_table("tenant")
    op.drop_table("team")
    op.drop_table("service")
    with op.batch_alter_table("nudge", schema=None) as batch_op:
        batch_op.drop_index("ix_nudge_state")

    op.drop_table("nudge")
    with op.batch_alter_table("missedlookup", schema=None) as batch_op:
        batch_op.drop_index("ix_missedlookup_last_at")

    op.drop_table("missedlookup")
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_index("ix_message_posted")

    op.drop_table("message")
    op.drop_table("memberchoice")
    op.drop_table("heartbeat")
    op.drop_table("gap")
    op.drop_table("entryperson")
    with op.batch_alter_table("entrychannel", schema=None) as batch_op:
        batch_op.drop_index("ix_entrychannel_channel")

    op.drop_table("entrychannel")
    op.drop_table("entryalias")
    op.drop_table("digestsubscription")
    op.drop_table("channel")
    op.drop_table("cataloguestate")

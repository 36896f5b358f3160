"""Members of the mail consultation: registrations, consultations, messages and what is not sent yet."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0040_members"
down_revision = "0039_wall_closing"

MOMENT = sa.DateTime(timezone=True)
STANDING = sa.text("parted_at IS NULL")
UNSENT = sa.text("sent_at IS NULL AND dropped_at IS NULL")


def upgrade() -> None:
    _accounts()
    _threads()


def downgrade() -> None:
    op.drop_index(op.f("ix_consultations_thread_id"), table_name="consultations")
    op.drop_column("consultations", "thread_id")
    op.drop_table("reply_drafts")
    op.drop_table("messages")
    op.drop_table("member_joins")
    op.drop_table("member_drafts")
    op.drop_table("user_numbers")
    op.drop_table("threads")
    op.drop_table("member_sessions")
    op.drop_table("member_links")
    op.drop_table("member_holds")
    op.drop_table("members")
    op.drop_table("farewells")


def _accounts() -> None:
    op.create_table(
        "farewells",
        sa.Column("address_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("named_subject", sa.Boolean(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("data_key_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["data_key_id"], ["data_keys.id"], name=op.f("fk_farewells_data_key_id_data_keys")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_farewells")),
    )
    op.create_index(op.f("ix_farewells_data_key_id"), "farewells", ["data_key_id"])
    op.create_table(
        "members",
        sa.Column("registered_at", MOMENT, nullable=False),
        sa.Column("registered_on", sa.Date(), nullable=False),
        sa.Column("last_sent_on", sa.Date(), nullable=True),
        sa.Column("nickname_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("number_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("address_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("new_address_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("address_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("ring_key_id", sa.String(length=32), nullable=False),
        sa.Column("relation", sa.String(length=32), nullable=False),
        sa.Column("prefecture", sa.String(length=32), nullable=False),
        sa.Column("age", sa.Integer(), nullable=False),
        sa.Column("sex", sa.String(length=32), nullable=False),
        sa.Column("period", sa.String(length=32), nullable=False),
        sa.Column("subject_age", sa.Integer(), nullable=True),
        sa.Column("subject_sex", sa.String(length=32), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=False),
        sa.Column("password_hash", sa.String(length=256), nullable=True),
        sa.Column("password_changed_at", MOMENT, nullable=True),
        sa.Column("resets_by_mail", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("signed_in_at", MOMENT, nullable=True),
        sa.Column("notices", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("notice_links", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("named_subject", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("mail_refused_at", MOMENT, nullable=True),
        sa.Column("warned_on", sa.Date(), nullable=True),
        sa.Column("demo", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("data_key_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["data_key_id"], ["data_keys.id"], name=op.f("fk_members_data_key_id_data_keys")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_members")),
    )
    op.create_index(op.f("ix_members_address_hash"), "members", ["address_hash"])
    op.create_index(op.f("ix_members_data_key_id"), "members", ["data_key_id"])
    op.create_index(op.f("ix_members_last_sent_on"), "members", ["last_sent_on"])
    op.create_index(op.f("ix_members_registered_on"), "members", ["registered_on"])
    op.create_index(op.f("ix_members_ring_key_id"), "members", ["ring_key_id"])
    op.create_table(
        "member_holds",
        sa.Column("member_id", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("set_at", MOMENT, nullable=False),
        sa.Column("set_by", sa.String(length=32), nullable=True),
        sa.Column("lifted_at", MOMENT, nullable=True),
        sa.Column("lifted_by", sa.String(length=32), nullable=True),
        sa.Column("note_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("data_key_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["data_key_id"], ["data_keys.id"], name=op.f("fk_member_holds_data_key_id_data_keys")),
        sa.ForeignKeyConstraint(["lifted_by"], ["staff.id"], name=op.f("fk_member_holds_lifted_by_staff")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_member_holds_member_id_members")),
        sa.ForeignKeyConstraint(["set_by"], ["staff.id"], name=op.f("fk_member_holds_set_by_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member_holds")),
    )
    op.create_index(op.f("ix_member_holds_data_key_id"), "member_holds", ["data_key_id"])
    op.create_index(op.f("ix_member_holds_member_id"), "member_holds", ["member_id"])
    op.create_table(
        "member_links",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("member_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_member_links_member_id_members")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member_links")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_member_links_token_hash")),
    )
    op.create_index(op.f("ix_member_links_member_id"), "member_links", ["member_id"])
    op.create_table(
        "member_sessions",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("member_id", sa.String(length=32), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("registering", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("began_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.Column("over_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_member_sessions_member_id_members")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member_sessions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_member_sessions_token_hash")),
    )
    op.create_index(op.f("ix_member_sessions_member_id"), "member_sessions", ["member_id"])
    op.create_index(op.f("ix_member_sessions_seen_at"), "member_sessions", ["seen_at"])
    op.create_table(
        "user_numbers",
        sa.Column("number_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("member_id", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_user_numbers_member_id_members")),
        sa.PrimaryKeyConstraint("number_hash", name=op.f("pk_user_numbers")),
    )
    op.create_index(op.f("ix_user_numbers_member_id"), "user_numbers", ["member_id"])
    op.create_table(
        "member_joins",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("member_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("consent", sa.String(length=32), nullable=False),
        sa.Column("joined_at", MOMENT, nullable=False),
        sa.Column("joined_by", sa.String(length=32), nullable=False),
        sa.Column("parted_at", MOMENT, nullable=True),
        sa.Column("parted_by", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["joined_by"], ["staff.id"], name=op.f("fk_member_joins_joined_by_staff")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_member_joins_member_id_members")),
        sa.ForeignKeyConstraint(["parted_by"], ["staff.id"], name=op.f("fk_member_joins_parted_by_staff")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_member_joins_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member_joins")),
    )
    op.create_index(op.f("ix_member_joins_person_id"), "member_joins", ["person_id"])
    op.create_index(
        "uq_member_joins_standing",
        "member_joins",
        ["member_id"],
        unique=True,
        sqlite_where=STANDING,
        postgresql_where=STANDING,
    )


def _threads() -> None:
    op.create_table(
        "threads",
        sa.Column("member_id", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("last_sent_at", MOMENT, nullable=False),
        sa.Column("waiting_since", MOMENT, nullable=True),
        sa.Column("target_on", sa.Date(), nullable=True),
        sa.Column("risk_words", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("claimed_by", sa.String(length=32), nullable=True),
        sa.Column("claimed_until", MOMENT, nullable=True),
        sa.Column("subject_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("data_key_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["claimed_by"], ["staff.id"], name=op.f("fk_threads_claimed_by_staff")),
        sa.ForeignKeyConstraint(["data_key_id"], ["data_keys.id"], name=op.f("fk_threads_data_key_id_data_keys")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_threads_member_id_members")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_threads")),
    )
    op.create_index(op.f("ix_threads_answered_at"), "threads", ["answered_at"])
    op.create_index(op.f("ix_threads_claimed_by"), "threads", ["claimed_by"])
    op.create_index(op.f("ix_threads_data_key_id"), "threads", ["data_key_id"])
    op.create_index("ix_threads_member_id_last_sent_at", "threads", ["member_id", "last_sent_at"])
    op.create_index(op.f("ix_threads_target_on"), "threads", ["target_on"])
    op.create_index("ix_threads_state_answered_at", "threads", ["state", "answered_at"])
    op.create_table(
        "member_drafts",
        sa.Column("member_id", sa.String(length=32), nullable=False),
        sa.Column("thread_id", sa.String(length=32), nullable=True),
        sa.Column("form_key", sa.String(length=64), nullable=False),
        sa.Column("saved_at", MOMENT, nullable=False),
        sa.Column("late", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("subject_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("data_key_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["data_key_id"], ["data_keys.id"], name=op.f("fk_member_drafts_data_key_id_data_keys")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_member_drafts_member_id_members")),
        sa.ForeignKeyConstraint(["thread_id"], ["threads.id"], name=op.f("fk_member_drafts_thread_id_threads")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member_drafts")),
        sa.UniqueConstraint("member_id", "form_key", name=op.f("uq_member_drafts_member_id_form_key")),
    )
    op.create_index(op.f("ix_member_drafts_data_key_id"), "member_drafts", ["data_key_id"])
    op.create_index(op.f("ix_member_drafts_thread_id"), "member_drafts", ["thread_id"])
    op.create_table(
        "messages",
        sa.Column("thread_id", sa.String(length=32), nullable=False),
        sa.Column("member_id", sa.String(length=32), nullable=False),
        sa.Column("author", sa.String(length=32), nullable=False),
        sa.Column("sent_at", MOMENT, nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=False),
        sa.Column("sent_key", sa.String(length=64), nullable=True),
        sa.Column("receipt", sa.String(length=16), nullable=True),
        sa.Column("seen_at", MOMENT, nullable=True),
        sa.Column("consultation_id", sa.String(length=32), nullable=True),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("data_key_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["consultations.id"], name=op.f("fk_messages_consultation_id_consultations")
        ),
        sa.ForeignKeyConstraint(["data_key_id"], ["data_keys.id"], name=op.f("fk_messages_data_key_id_data_keys")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_messages_member_id_members")),
        sa.ForeignKeyConstraint(["thread_id"], ["threads.id"], name=op.f("fk_messages_thread_id_threads")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint("member_id", "sent_key", name=op.f("uq_messages_member_id_sent_key")),
        sa.UniqueConstraint("receipt", name=op.f("uq_messages_receipt")),
    )
    op.create_index(op.f("ix_messages_consultation_id"), "messages", ["consultation_id"])
    op.create_index(op.f("ix_messages_data_key_id"), "messages", ["data_key_id"])
    op.create_index(op.f("ix_messages_sent_on"), "messages", ["sent_on"])
    op.create_index(op.f("ix_messages_thread_id"), "messages", ["thread_id"])
    op.create_table(
        "reply_drafts",
        sa.Column("thread_id", sa.String(length=32), nullable=False),
        sa.Column("consultation_id", sa.String(length=32), nullable=False),
        sa.Column("author_id", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("saved_at", MOMENT, nullable=False),
        sa.Column("template", sa.String(length=32), nullable=True),
        sa.Column("submitted_at", MOMENT, nullable=True),
        sa.Column("approved_at", MOMENT, nullable=True),
        sa.Column("approved_by", sa.String(length=32), nullable=True),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.Column("dropped_at", MOMENT, nullable=True),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("remark_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("data_key_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["approved_by"], ["staff.id"], name=op.f("fk_reply_drafts_approved_by_staff")),
        sa.ForeignKeyConstraint(["author_id"], ["staff.id"], name=op.f("fk_reply_drafts_author_id_staff")),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["consultations.id"], name=op.f("fk_reply_drafts_consultation_id_consultations")
        ),
        sa.ForeignKeyConstraint(["data_key_id"], ["data_keys.id"], name=op.f("fk_reply_drafts_data_key_id_data_keys")),
        sa.ForeignKeyConstraint(["thread_id"], ["threads.id"], name=op.f("fk_reply_drafts_thread_id_threads")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reply_drafts")),
    )
    op.create_index(op.f("ix_reply_drafts_author_id"), "reply_drafts", ["author_id"])
    op.create_index(op.f("ix_reply_drafts_consultation_id"), "reply_drafts", ["consultation_id"])
    op.create_index(op.f("ix_reply_drafts_data_key_id"), "reply_drafts", ["data_key_id"])
    op.create_index(op.f("ix_reply_drafts_thread_id"), "reply_drafts", ["thread_id"])
    op.create_index(
        "uq_reply_drafts_open", "reply_drafts", ["thread_id"], unique=True, sqlite_where=UNSENT, postgresql_where=UNSENT
    )
    op.add_column("consultations", sa.Column("thread_id", sa.String(length=32), nullable=True))
    op.create_index(op.f("ix_consultations_thread_id"), "consultations", ["thread_id"])

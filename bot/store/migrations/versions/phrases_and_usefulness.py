"""Why an alert was raised, whether it was of use, and the phrases that coordinators add."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    with op.batch_alter_table("alert_log") as table:
        table.add_column(sa.Column("seen_in", sa.Text(), nullable=True))
        table.add_column(sa.Column("phrase", sa.String(length=160), nullable=True))
    with op.batch_alter_table("alert") as table:
        table.add_column(sa.Column("useful", sa.Boolean(), nullable=True))
    op.create_table(
        "added_phrase",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("concern", sa.String(length=16), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(length=160), nullable=False),
        sa.Column("added_by", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_by", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["added_by"], ["person.id"]),
        sa.ForeignKeyConstraint(["withdrawn_by"], ["person.id"]),
        sa.PrimaryKeyConstraint("id"),
    )

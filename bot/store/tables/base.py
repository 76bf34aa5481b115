"""What every table shares: names for its constraints, and the tenant that leads its key."""

from sqlmodel import Field, SQLModel

# Named constraints, so that a migration can find and change them on SQLite and PostgreSQL alike.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class TenantTable(SQLModel):
    """A row that belongs to one installation; ``tenant_id`` is Slack's enterprise id if org-wide, else its team id."""

    tenant_id: str = Field(primary_key=True, max_length=32)

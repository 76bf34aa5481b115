"""Taking back nudges that nobody has begun to send."""

from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col

from bot.store.tables import Nudge, NudgeState


def withdraw(session: Session, tenant_id: str, now: datetime, **which: str) -> None:
    """Mark nudges that nobody has begun to send missed; ``which``: columns and their values, such as ``author``."""
    given = [col(getattr(Nudge, name)) == value for name, value in which.items()]
    session.execute(
        update(Nudge)
        .where(col(Nudge.tenant_id) == tenant_id, col(Nudge.state) == NudgeState.PENDING, *given)
        .values(state=NudgeState.MISSED, changed_at=now)
    )

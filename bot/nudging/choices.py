"""What a member asked of Fairview: a pause, a rule to be silent about, how to be thanked. Under a pseudonym."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, delete
from sqlmodel import Session, col, select

from bot.nudging.withdrawing import withdraw
from bot.store.engine import Store
from bot.store.keys import SecretBox, pseudonym
from bot.store.tables import MemberChoice, Praise, SilencedRule
from bot.store.tenants import author_key, ensure_tenant

FOREVER = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Choices:
    """What one member chose; what holds where nothing was chosen is the default."""

    paused_until: datetime | None = None
    """An instant still to come, FOREVER for good, or None."""
    silenced: tuple[str, ...] = ()
    """Ids of rules not to be heard of, in order."""
    praise: Praise = Praise.THANKS


def pause(
    store: Store,
    box: SecretBox,
    tenant_id: str,
    user_id: str,
    until: datetime,
    now: datetime,
    *,
    at_least: bool = False,
) -> datetime:
    """Stop a member's nudges until an instant (FOREVER for good); what waits to be sent is withdrawn.

    Returns that instant; with ``at_least``, the end of a longer pause that runs already.
    """
    with store.begin() as session:
        author = pseudonym(ensure_tenant(store, session, box, tenant_id, now), user_id)
        choice = lock_choice(store, session, tenant_id, author)
        if at_least and choice.paused_until is not None:
            until = max(until, choice.paused_until)
        choice.paused_until = until
        withdraw(session, tenant_id, now, author=author)
        return until


def end_pause(store: Store, box: SecretBox, tenant_id: str, user_id: str, now: datetime) -> None:
    """End a member's pause; rules they silenced stay silent."""
    with store.begin() as session:
        author = pseudonym(ensure_tenant(store, session, box, tenant_id, now), user_id)
        lock_choice(store, session, tenant_id, author).paused_until = None


def resume(store: Store, box: SecretBox, tenant_id: str, user_id: str, now: datetime) -> Choices:
    """End a member's pause; where none runs, let them hear again of every rule they silenced.

    Returns what they had chosen until now.
    """
    with store.begin() as session:
        author = pseudonym(ensure_tenant(store, session, box, tenant_id, now), user_id)
        choice = lock_choice(store, session, tenant_id, author)
        before = choices_of(session, tenant_id, author, now)
        if before.paused_until is None:
            session.execute(delete(SilencedRule).where(*_of_member(tenant_id, author)))
        choice.paused_until = None
        return before


def silence(store: Store, box: SecretBox, tenant_id: str, user_id: str, rule_id: str, now: datetime) -> None:
    """Never nudge a member about one rule again; its findings still count."""
    with store.begin() as session:
        author = pseudonym(ensure_tenant(store, session, box, tenant_id, now), user_id)
        row = {"tenant_id": tenant_id, "author": author, "rule_id": rule_id, "silenced_at": now}
        store.add_if_absent(session, SilencedRule, row)
        withdraw(session, tenant_id, now, author=author, rule_id=rule_id)


def end_silence(store: Store, box: SecretBox, tenant_id: str, user_id: str, rule_id: str) -> None:
    """Let a member hear of a rule again."""
    with store.begin() as session:
        key = author_key(session, box, tenant_id)
        if key is not None:
            of_member = _of_member(tenant_id, pseudonym(key, user_id))
            session.execute(delete(SilencedRule).where(*of_member, col(SilencedRule.rule_id) == rule_id))


def choose_praise(store: Store, box: SecretBox, tenant_id: str, user_id: str, praise: Praise, now: datetime) -> None:
    """Keep how a member wants to be thanked."""
    with store.begin() as session:
        author = pseudonym(ensure_tenant(store, session, box, tenant_id, now), user_id)
        lock_choice(store, session, tenant_id, author).praise = praise


def find_choices(store: Store, box: SecretBox, tenant_id: str, user_id: str, now: datetime) -> Choices:
    """Return what a member chose."""
    with store.read() as session:
        key = author_key(session, box, tenant_id)
        return choices_of(session, tenant_id, pseudonym(key, user_id), now) if key else Choices()


def choices_of(session: Session, tenant_id: str, author: str, now: datetime) -> Choices:
    """Return what the member behind a pseudonym chose."""
    choice = session.get(MemberChoice, (tenant_id, author))
    until = choice.paused_until if choice else None
    return Choices(
        paused_until=until if until and until > now else None,
        silenced=_silenced(session, tenant_id, author),
        praise=Praise(choice.praise) if choice and choice.praise else Praise.THANKS,
    )


def lock_choice(store: Store, session: Session, tenant_id: str, author: str) -> MemberChoice:
    """Return the row of a member's choices, made where there is none, and locked: one thing at a time for a member."""
    store.add_if_absent(session, MemberChoice, {"tenant_id": tenant_id, "author": author})
    return session.get_one(MemberChoice, (tenant_id, author), with_for_update=True, populate_existing=True)


def _silenced(session: Session, tenant_id: str, author: str) -> tuple[str, ...]:
    statement = select(SilencedRule.rule_id).where(*_of_member(tenant_id, author))
    return tuple(session.exec(statement.order_by(col(SilencedRule.rule_id))))


def _of_member(tenant_id: str, author: str) -> list[ColumnElement[bool]]:
    return [col(SilencedRule.tenant_id) == tenant_id, col(SilencedRule.author) == author]

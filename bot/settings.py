"""Every setting of Fairview, read once from the environment and .env."""

import re
from collections.abc import Collection, Mapping
from datetime import time, timedelta
from functools import cached_property
from pathlib import Path
from typing import Literal, Self
from zoneinfo import ZoneInfo, available_timezones

from cryptography.fernet import Fernet
from dotenv import dotenv_values
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator

from bot.errors import SettingsError
from bot.nudging.policy import Limits, QuietHours
from nlp import Stage

_LAST_PORT = 65_535
_TIME = "(?:[01][0-9]|2[0-3]):[0-5][0-9]"
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
KEY_HINT = (
    'Make one with: python -c "import base64, os; print(base64.urlsafe_b64encode(os.urandom(32)).decode())" '
    "and keep it as safe as the database."
)


class Settings(BaseModel):
    """The settings as they were when the program began; ``.env.example`` explains each."""

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)

    slack_bot_token: SecretStr | None = Field(default=None, alias="SLACK_BOT_TOKEN")
    slack_app_token: SecretStr | None = Field(default=None, alias="SLACK_APP_TOKEN")
    slack_signing_secret: SecretStr | None = Field(default=None, alias="SLACK_SIGNING_SECRET")
    slack_api_url: str = Field(default="https://slack.com/api/", alias="SLACK_API_URL")
    database_url: SecretStr = Field(default=SecretStr("sqlite:///fairview.db"), alias="DATABASE_URL")
    secret_key: SecretStr | None = Field(default=None, alias="FAIRVIEW_SECRET_KEY")
    stage: Stage = Field(default="partnership", alias="FAIRVIEW_STAGE")
    zone: str = Field(default="UTC", alias="FAIRVIEW_ZONE")
    rules: Path | None = Field(default=None, alias="FAIRVIEW_RULES")
    trial_days: int = Field(default=3, ge=0, le=365, alias="FAIRVIEW_TRIAL_DAYS")
    nudges_per_day: int = Field(default=3, ge=0, alias="FAIRVIEW_NUDGES_PER_DAY")
    nudges_per_rule_and_day: int = Field(default=1, ge=0, alias="FAIRVIEW_NUDGES_PER_RULE_AND_DAY")
    nudges_per_thread: int = Field(default=1, ge=0, alias="FAIRVIEW_NUDGES_PER_THREAD")
    quiet_hours: str = Field(default="18:00-08:00", alias="FAIRVIEW_QUIET_HOURS")
    quiet_days: str = Field(default="saturday,sunday", alias="FAIRVIEW_QUIET_DAYS")
    minimum_authors: int = Field(default=10, ge=5, alias="FAIRVIEW_MINIMUM_AUTHORS")
    retention_days: int = Field(default=400, ge=90, alias="FAIRVIEW_RETENTION_DAYS")
    tick_seconds: float = Field(default=30.0, ge=0.1, le=60, alias="FAIRVIEW_TICK_SECONDS")
    ops_bind: str = Field(default="127.0.0.1:9464", alias="FAIRVIEW_OPS_BIND")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(default="INFO", alias="FAIRVIEW_LOG_LEVEL")
    port: int = Field(default=3000, ge=0, le=_LAST_PORT, alias="PORT")

    @field_validator("slack_api_url")
    @classmethod
    def _ends_with_slash(cls, value: str) -> str:
        if not value.startswith(("https://", "http://")):
            raise ValueError("must begin with https:// or http://")
        return value if value.endswith("/") else value + "/"

    @field_validator("zone")
    @classmethod
    def _is_a_zone(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError(f"{value!r} is not a time zone; use a name such as Europe/London")
        return value

    @field_validator("secret_key")
    @classmethod
    def _is_a_key(cls, value: SecretStr | None) -> SecretStr | None:
        for part in value.get_secret_value().split(",") if value else ():
            try:
                Fernet(part.strip())
            except ValueError:
                # From None, and without the value: a key must not reach a terminal or a log.
                raise ValueError(f"must be 32 random bytes in URL-safe base64. {KEY_HINT}") from None
        return value

    @field_validator("ops_bind")
    @classmethod
    def _is_an_address(cls, value: str) -> str:
        host, _, port = value.rpartition(":")
        if value != "off" and not (host and re.fullmatch(r"[0-9]{1,5}", port) and int(port) <= _LAST_PORT):
            raise ValueError("must be host:port, such as 127.0.0.1:9464, or off")
        return value

    @field_validator("quiet_hours")
    @classmethod
    def _are_hours(cls, value: str) -> str:
        value = value.strip()
        times = re.fullmatch(rf"({_TIME})\s*-\s*({_TIME})", value)
        if value.lower() != "off" and not times:
            raise ValueError("must be two times, such as 18:00-08:00, or off")
        if times and times[1] == times[2]:
            # Nobody could say whether that is always or never.
            raise ValueError("must not end when they begin; off is for no quiet hours")
        return value

    @field_validator("quiet_days")
    @classmethod
    def _are_days(cls, value: str) -> str:
        names = [name.strip().lower() for name in value.split(",")]
        if names != ["off"] and not set(names) <= set(_DAYS):
            raise ValueError(f"must be names of days, such as saturday,sunday, or off; days are {', '.join(_DAYS)}")
        return value

    @cached_property
    def limits(self) -> Limits:
        """How much nudging is too much, and when nobody is nudged."""
        return Limits(
            per_day=self.nudges_per_day,
            per_rule_a_day=self.nudges_per_rule_and_day,
            per_thread=self.nudges_per_thread,
            quiet=self._quiet(),
            trial=timedelta(days=self.trial_days),
        )

    def _quiet(self) -> QuietHours:
        days = {name.strip().lower() for name in self.quiet_days.split(",")}
        start, end = "00:00", "00:00"
        if self.quiet_hours.lower() != "off":
            start, end = (part.strip() for part in self.quiet_hours.split("-"))
        return QuietHours(
            start=time.fromisoformat(start),
            end=time.fromisoformat(end),
            days=frozenset(number for number, name in enumerate(_DAYS) if name in days),
        )

    @property
    def time_zone(self) -> ZoneInfo:
        """The reporting zone, and a member's zone where Slack does not tell it."""
        return ZoneInfo(self.zone)

    @property
    def retention(self) -> timedelta:
        """How long counts are kept."""
        return timedelta(days=self.retention_days)

    def reveal(self, name: str) -> str:
        """Return a secret by field name, or "" where it is not set."""
        secret: SecretStr | None = getattr(self, name)
        return secret.get_secret_value() if secret else ""

    @classmethod
    def load(
        cls, environment: Mapping[str, str], env_file: Path | None = None, *, only: Collection[str] | None = None
    ) -> Self:
        """Read the settings; the environment wins over ``env_file``, and an empty value counts as not set.

        ``only`` names those that matter: the others keep their defaults, whatever is given. Raises SettingsError that
        names everything wrong at once.
        """
        from_file = _read(env_file) if env_file and env_file.is_file() else {}
        given = {
            key: value for key, value in {**from_file, **environment}.items() if value and (only is None or key in only)
        }
        try:
            return cls.model_validate(given)
        except ValidationError as error:
            wrong = [
                f"{problem['loc'][0]}: {problem['msg'].removeprefix('Value error, ').removesuffix('.')}"
                for problem in error.errors(include_url=False, include_context=False, include_input=False)
            ]
            raise SettingsError("; ".join(wrong) + ".", "Mend it in the environment or in .env.") from None

    def require(self, *names: str) -> None:
        """Raise SettingsError that names every one of the settings (by field name) that is missing."""
        missing = [str(type(self).model_fields[name].alias) for name in names if getattr(self, name) is None]
        if missing:
            hint = "Set it in the environment or in .env; .env.example says where each comes from."
            if "FAIRVIEW_SECRET_KEY" in missing:
                hint = f"{hint} For FAIRVIEW_SECRET_KEY: {KEY_HINT}"
            raise SettingsError(f"Not set: {', '.join(missing)}.", hint)


def _read(env_file: Path) -> Mapping[str, str | None]:
    try:
        return dotenv_values(env_file, encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = "not UTF-8 text" if isinstance(error, UnicodeDecodeError) else str(error.strerror)
        raise SettingsError(f"{env_file} cannot be read: {reason}.", "See .env.example for its form.") from None

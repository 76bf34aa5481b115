import re
from datetime import time, timedelta
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from bot.errors import SettingsError
from bot.nudging.policy import Limits, QuietHours
from bot.settings import Settings

KEY = Fernet.generate_key().decode()
EXAMPLE = Path(__file__).parents[2] / ".env.example"


def test_defaults_are_those_of_the_example() -> None:
    assert Settings.load({}, EXAMPLE) == Settings.load({})


def test_the_example_explains_every_setting_and_no_other() -> None:
    explained = set(re.findall(r"^([A-Z_]+)=", EXAMPLE.read_text(encoding="utf-8"), re.MULTILINE))
    assert explained == {field.alias for field in Settings.model_fields.values()}


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("FAIRVIEW_STAGE=service\nPORT=4000\n", encoding="utf-8")
    settings = Settings.load({"PORT": "5000"}, file)
    assert (settings.stage, settings.port) == ("service", 5000)


def test_everything_wrong_is_told_at_once_and_no_secret_is_shown() -> None:
    with pytest.raises(SettingsError) as error:
        Settings.load(
            {
                "FAIRVIEW_STAGE": "nirvana",
                "PORT": "x",
                "FAIRVIEW_SECRET_KEY": "short-secret",
                "FAIRVIEW_ZONE": "Mars/Base",
            }
        )
    for name in ("FAIRVIEW_STAGE", "PORT", "FAIRVIEW_SECRET_KEY", "FAIRVIEW_ZONE"):
        assert name in error.value.sentence
    assert "short-secret" not in error.value.sentence


def test_everything_missing_is_told_at_once_with_how_to_make_a_key() -> None:
    with pytest.raises(SettingsError) as error:
        Settings.load({}).require("slack_bot_token", "slack_app_token", "secret_key")
    assert "SLACK_BOT_TOKEN, SLACK_APP_TOKEN, FAIRVIEW_SECRET_KEY" in error.value.message
    assert "urandom(32)" in error.value.hint


def test_the_hint_makes_a_key_that_is_accepted() -> None:
    code = re.search(r'python -c "(.+?)"\s', EXAMPLE.read_text(encoding="utf-8") + " ")
    assert code
    made: list[str] = []
    exec(code.group(1), {"print": made.append})
    Settings.load({"FAIRVIEW_SECRET_KEY": made[0]}).require("secret_key")


def test_several_keys_may_be_given_for_rotation() -> None:
    assert Settings.load({"FAIRVIEW_SECRET_KEY": f"{KEY},{Fernet.generate_key().decode()}"}).secret_key


def test_secrets_do_not_show() -> None:
    settings = Settings.load({"SLACK_BOT_TOKEN": "xoxb-very-secret", "DATABASE_URL": "postgresql://u:pass-secret@h/d"})
    assert "secret" not in repr(settings).replace("secret_key", "").replace("signing_secret", "")


# --- how much nudging is too much ---


def test_the_limits_of_the_defaults_are_those_of_the_policy() -> None:
    assert Settings.load({}).limits == Limits() == Settings.load({}, EXAMPLE).limits


def test_every_limit_is_the_one_that_is_set() -> None:
    settings = Settings.load(
        {
            "FAIRVIEW_TRIAL_DAYS": "14",
            "FAIRVIEW_NUDGES_PER_DAY": "5",
            "FAIRVIEW_NUDGES_PER_RULE_AND_DAY": "2",
            "FAIRVIEW_NUDGES_PER_THREAD": "4",
            "FAIRVIEW_QUIET_HOURS": "12:00-13:30",
            "FAIRVIEW_QUIET_DAYS": "friday",
        }
    )
    assert settings.limits == Limits(
        per_day=5,
        per_rule_a_day=2,
        per_thread=4,
        quiet=QuietHours(time(12), time(13, 30), frozenset({4})),
        trial=timedelta(days=14),
    )


def test_limits_may_be_none_at_all() -> None:
    names = ("TRIAL_DAYS", "NUDGES_PER_DAY", "NUDGES_PER_RULE_AND_DAY", "NUDGES_PER_THREAD")
    limits = Settings.load({f"FAIRVIEW_{name}": "0" for name in names}).limits
    assert (limits.trial, limits.per_day, limits.per_rule_a_day, limits.per_thread) == (timedelta(0), 0, 0, 0)


@pytest.mark.parametrize(
    ("name", "value", "wrong"),
    [
        ("FAIRVIEW_TRIAL_DAYS", "-1", "greater than or equal to 0"),
        ("FAIRVIEW_TRIAL_DAYS", "366", "less than or equal to 365"),
        ("FAIRVIEW_TRIAL_DAYS", "0.5", "valid integer"),
        ("FAIRVIEW_TRIAL_DAYS", "three", "valid integer"),
        *(
            (f"FAIRVIEW_NUDGES_PER_{what}", value, wrong)
            for what in ("DAY", "RULE_AND_DAY", "THREAD")
            for value, wrong in (("-1", "greater than or equal to 0"), ("1.5", "valid integer"), ("off", "integer"))
        ),
    ],
)
def test_a_limit_that_is_none_is_named(name: str, value: str, wrong: str) -> None:
    with pytest.raises(SettingsError) as error:
        Settings.load({name: value})
    assert error.value.message.startswith(f"{name}: ")
    assert wrong in error.value.message


@pytest.mark.parametrize(
    ("value", "start", "end"),
    [
        ("18:00-08:00", time(18), time(8)),
        ("18:00 - 08:00", time(18), time(8)),
        ("  18:00 -08:00\t", time(18), time(8)),
        ("00:00-23:59", time(0), time(23, 59)),
        ("20:15-00:00", time(20, 15), time(0)),
    ],
)
def test_quiet_hours_are_two_times(value: str, start: time, end: time) -> None:
    quiet = Settings.load({"FAIRVIEW_QUIET_HOURS": value}).limits.quiet
    assert quiet == QuietHours(start, end, frozenset({5, 6}))


@pytest.mark.parametrize("off", ["off", "Off", "OFF", " off "])
def test_quiet_hours_and_days_may_be_off(off: str) -> None:
    without_hours = Settings.load({"FAIRVIEW_QUIET_HOURS": off}).limits.quiet
    assert without_hours.start == without_hours.end, "so that they are never"
    assert without_hours.days == {5, 6}
    assert Settings.load({"FAIRVIEW_QUIET_DAYS": off}).limits.quiet == QuietHours(days=frozenset())


@pytest.mark.parametrize(
    "value",
    [
        *("evenings", "none", " ", "18-08", "18:00", "18:00-", "8:00-18:00", "18:00-24:00", "18:60-08:00"),
        *("18:00-08:00-09:00", "18:00-08:00, 12:00-13:00", "１８:00-08:00", "18:00–08:00", "18:00-08:00\nx"),
    ],
)
def test_quiet_hours_that_are_none_are_said_to_be(value: str) -> None:
    with pytest.raises(SettingsError) as error:
        Settings.load({"FAIRVIEW_QUIET_HOURS": value})
    assert error.value.message == "FAIRVIEW_QUIET_HOURS: must be two times, such as 18:00-08:00, or off."


@pytest.mark.parametrize("value", ["00:00-00:00", "18:00 - 18:00"])
def test_quiet_hours_without_a_length_are_refused_for_they_may_mean_always_or_never(value: str) -> None:
    with pytest.raises(SettingsError, match="must not end when they begin; off is for no quiet hours"):
        Settings.load({"FAIRVIEW_QUIET_HOURS": value})


@pytest.mark.parametrize(
    ("value", "days"),
    [
        ("saturday,sunday", {5, 6}),
        (" Saturday , SUNDAY ", {5, 6}),
        ("friday", {4}),
        ("sunday,sunday", {6}),
        ("monday,tuesday,wednesday,thursday,friday,saturday,sunday", set(range(7))),
    ],
)
def test_quiet_days_are_named(value: str, days: set[int]) -> None:
    assert Settings.load({"FAIRVIEW_QUIET_DAYS": value}).limits.quiet == QuietHours(days=frozenset(days))


@pytest.mark.parametrize("value", ["weekend", "sat,sun", "saturday,", "saturday sunday", "off,sunday", "5,6", " "])
def test_quiet_days_that_are_none_are_told_with_those_there_are(value: str) -> None:
    with pytest.raises(SettingsError) as error:
        Settings.load({"FAIRVIEW_QUIET_DAYS": value})
    assert error.value.message.startswith("FAIRVIEW_QUIET_DAYS: must be names of days, such as saturday,sunday, or off")
    assert "days are monday, tuesday, wednesday" in error.value.message


def test_settings_that_do_not_matter_may_be_wrong() -> None:
    wrong = {"FAIRVIEW_QUIET_HOURS": "evenings", "FAIRVIEW_NUDGES_PER_DAY": "7"}
    limits = Settings.load(wrong, only={"FAIRVIEW_NUDGES_PER_DAY"}).limits
    assert (limits.per_day, limits.quiet) == (7, QuietHours())

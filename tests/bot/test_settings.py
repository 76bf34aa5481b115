import re
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from bot.errors import SettingsError
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

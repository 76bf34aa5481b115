"""The errors a person may see. Each says what is wrong and, in its hint, what to do.

    FairviewError
    ├── OperatorError          whoever runs Fairview: one sentence on the terminal, exit code 2
    │   ├── SettingsError      a setting is missing or wrong
    │   ├── StoreError         the database cannot be reached, or its schema is not the one expected
    │   └── SlackError         Slack cannot be reached, or refuses the token
    └── PersonError            whoever asked in Slack: answered privately
        ├── CommandError       the words of a command were not understood
        └── NotAllowedError    may(actor, action, scope) said no

Neither kind ever carries the text of a watched message.
"""


class FairviewError(Exception):
    """Something a person can mend: ``message`` says what is wrong, ``hint`` what to do about it."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    @property
    def sentence(self) -> str:
        """Message and hint as one piece of text."""
        return f"{self.message} {self.hint}".strip()


class OperatorError(FairviewError):
    """For whoever runs Fairview; the command line prints it and exits with 2."""


class SettingsError(OperatorError):
    """A setting is missing or wrong."""


class StoreError(OperatorError):
    """The database cannot be reached, or its schema is not the one expected."""


class SlackError(OperatorError):
    """Slack cannot be reached, or refuses the token."""


class PersonError(FairviewError):
    """For whoever asked in Slack; answered privately."""


class CommandError(PersonError):
    """The words of a command were not understood."""


class NotAllowedError(PersonError):
    """``may(actor, action, scope)`` said no."""

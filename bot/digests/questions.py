"""*Question a figure*: the window that takes the question, and what is said to whom. Pure views and text.

The question is the asker's own words to a person: passed on, and kept nowhere.
"""

from collections.abc import Sequence

from bot.block_kit import Block, context, escaped, section
from bot.digests.phrases import listed

ALONE = (
    "You are the only owner or administrator of this workspace that Slack knows of, so there is nobody to pass your "
    "question on to. How the figures are made is told at the end of each digest."
)
"""What an administrator is told who has no other to ask."""

QUESTION = "digest_question"
"""The button under a digest; its value is the id of the digest's run."""
QUESTION_VIEW = "digest_question_ask"
"""The ``callback_id`` of the window."""
WORDS = "question"
"""The ``block_id`` and ``action_id`` of the question in it."""

_MOST_CHARACTERS = 1_500
_METADATA_CHARACTERS = 3_000


def question_button(run_id: str) -> Block:
    """Return the button for under a digest."""
    return {
        "type": "button",
        "action_id": QUESTION,
        "text": {"type": "plain_text", "text": "Question a figure"},
        "value": run_id,
        "accessibility_label": "Ask whoever administers Fairview about a figure of this digest",
    }


def question_view(metadata: str) -> Block:
    """Return the window with room for a question; ``metadata`` comes back with it.

    Raises ValueError for metadata longer than Slack takes (3,000 characters).
    """
    if len(metadata) > _METADATA_CHARACTERS:
        raise ValueError("private_metadata is longer than Slack takes")
    return {
        "type": "modal",
        "callback_id": QUESTION_VIEW,
        "private_metadata": metadata,
        "title": _plain("Question a figure"),
        "submit": _plain("Send"),
        "close": _plain("Not now"),
        "blocks": [
            {
                "type": "input",
                "block_id": WORDS,
                "label": _plain("Which figure, and what makes you doubt it?"),
                "element": {
                    "type": "plain_text_input",
                    "action_id": WORDS,
                    "multiline": True,
                    "max_length": _MOST_CHARACTERS,
                },
                "hint": _plain("Please leave out who you think is behind a figure: the digest is not about anybody."),
            },
            context(
                "This goes, with your name, to the owners and administrators of the workspace as a direct message. "
                "Fairview passes it on and keeps no copy."
            ),
        ],
    }


def passed_on(asker_id: str, about: str, link: str | None, question: str) -> tuple[str, list[Block]]:
    """Return, as text and as blocks, what an administrator is told.

    ``about`` says which digest, in mrkdwn; ``question`` is as it was typed.
    """
    digest = f"<{escaped(link).replace('|', '%7C')}|the digest> of {about}" if link else f"the digest of {about}"
    opening = f"<@{asker_id}> has a question about a figure in {digest}."
    quoted = "\n".join(f"> {line}" for line in escaped(question.strip()).splitlines())
    # As rich text nothing in it is markup: it mentions nobody, and links to nothing.
    words = {"type": "rich_text_quote", "elements": [{"type": "text", "text": question.strip()}]}
    closing = (
        f"Please answer <@{asker_id}> yourself: Fairview only passes this on, and keeps no copy. How the figures are "
        "made is told at the end of each digest."
    )
    return f"{opening}\n{quoted}\n{closing}", [
        section(opening),
        {"type": "rich_text", "elements": [words]},
        context(closing),
    ]


def answer_to_asker(reached: Sequence[str], *, is_unsure: bool = False) -> str:
    """Return what the asker is told: to whom the question went, in mrkdwn, or that it went to nobody.

    ``is_unsure``: whether it may have reached somebody of whom Slack did not say so.
    """
    if not reached:
        what = "It is not certain that your question arrived" if is_unsure else "Your question could not be passed on"
        return (
            f"{what}: Slack did not take it for any of the workspace's owners and administrators. Nothing of it was "
            "kept; please try again later, or ask one of them yourself."
        )
    return (
        f"Your question went to {listed([f'<@{one}>' for one in reached])}, with your name. They answer you themselves."
    )


def _plain(text: str) -> Block:
    return {"type": "plain_text", "text": text}

"""An empty Bolt app to measure Fairview beside: one listener that posts, for some texts, what a file says of them."""

import json
import sys
from pathlib import Path
from typing import Any

from slack_bolt import App
from slack_bolt.adapter.socket_mode.builtin import SocketModeHandler
from slack_sdk import WebClient


def run(bot_token: str, app_token: str, api_url: str, answers: Path) -> None:
    """Listen by Socket Mode until the process is ended; ``answers`` is JSON, from message to text and blocks."""
    replies: dict[str, Any] = json.loads(answers.read_text(encoding="utf-8"))
    app = App(client=WebClient(token=bot_token, base_url=api_url), process_before_response=True)

    def acknowledge() -> None:
        pass

    def post(event: dict[str, Any], client: WebClient) -> None:
        reply = replies.get(event["text"])
        if reply is not None:
            text, blocks = reply
            client.chat_postEphemeral(channel=event["channel"], user=event["user"], text=text, blocks=blocks)

    app.event("message")(ack=acknowledge, lazy=[post])
    SocketModeHandler(app, app_token).start()  # type: ignore[no-untyped-call]  # as slack_bolt has it


if __name__ == "__main__":
    run(sys.argv[1], sys.argv[2], sys.argv[3], Path(sys.argv[4]))

"""The Slack app.

The way of a message::

    Slack -> watching.listeners -> nlp.Detector -> watching.service (one commit) -> ack
          -> nudging.delivery -> chat.postEphemeral

Rooms: ``watching`` counts, ``nudging`` speaks to authors, ``digests`` to managers, ``valuestreams`` answers whom a
system serves, ``administration`` is how people steer, ``store`` is the database, ``playground`` a Slack stand-in,
``cli`` the command line. ``app`` wires them together; ``processes`` runs them.

Who may import whom (checked by `make check`): nlp imports nothing of bot. A ``service`` knows no Slack and no blocks.
``blocks`` know no database. Listeners translate, and hold no logic. Only ``cli`` and ``__main__`` know the playground.
"""

"""The author's own sentence, made better, ready to send.

``suggesting`` weighs the ways against each other: words exchanged where that is enough (``exchanging``, ``leading``),
else what of the message is worth keeping (``keeping``) with an offer or a question (``offering``, ``offers.yaml``) that
takes up what the message names (``naming``, ``timing``). The lists of words they go by are in ``words.yaml``.
"""

from nlp.reframing.suggesting import suggest

__all__ = ["suggest"]

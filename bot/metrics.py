"""What Fairview counts about itself, for Prometheus. Labels are our own few words, never a person's."""

from prometheus_client import Counter, Histogram

EVENTS = Counter("fairview_events", "Slack events handled, by what became of them", ["outcome"])
NUDGES = Counter("fairview_nudges", "Nudges settled, by state", ["state"])
NOT_NUDGED = Counter("fairview_not_nudged", "Counted messages that were not nudged, by reason", ["reason"])
ANSWERS = Counter("fairview_nudge_answers", "Answers to nudges: used, helpful, not_relevant", ["answer"])
SHADOW_FINDINGS = Counter(
    "fairview_shadow_findings", "What rules on trial found in counted messages, by rule", ["rule"]
)
FAILURES = Counter("fairview_failures", "Requests that failed unexpectedly, by the kind of error", ["error"])
READ_SECONDS = Histogram(
    "fairview_read_seconds",
    "Time the detector took for one message",
    buckets=(0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1),
)

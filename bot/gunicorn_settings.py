"""gunicorn's settings for HTTP mode: one process, many threads, so that one memory holds the metrics and the caches."""

import os
from pathlib import Path

from bot.settings import Settings

wsgi_app = "bot.processes:create_wsgi()"
bind = f"0.0.0.0:{Settings.load(os.environ, Path('.env')).port}"
workers = 1
threads = 32
worker_class = "gthread"
timeout = 60
graceful_timeout = 10
accesslog = None
control_socket_disable = True  # nothing manages it from outside

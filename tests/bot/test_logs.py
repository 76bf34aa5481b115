import io
import logging
import subprocess
import sys
import threading

import pytest

from bot.logs import SafeFormatter, configure_logging, failure_place


@pytest.fixture
def written() -> io.StringIO:
    return io.StringIO()


@pytest.fixture(autouse=True)
def _restore() -> object:
    root = logging.getLogger()
    before = root.handlers[:], root.level, logging.raiseExceptions
    hooks = sys.excepthook, threading.excepthook, sys.unraisablehook
    yield
    sys.excepthook, threading.excepthook, sys.unraisablehook = hooks
    root.handlers[:], root.level, logging.raiseExceptions = before
    logging.captureWarnings(False)


def fail(words: str) -> BaseException:
    try:
        int(words)
    except ValueError as error:
        return error
    raise AssertionError


def test_a_failure_is_class_and_place_only() -> None:
    place = failure_place(fail("plantedword"))
    assert place.startswith("ValueError at test_logs.py:")
    assert "plantedword" not in place


def test_our_lines_are_written_a_librarys_words_are_not(written: io.StringIO) -> None:
    configure_logging("INFO", written)
    logging.getLogger("bot.watching").info("counted %s", 3)
    logging.getLogger("slack_bolt.App").error("Failed to run listener function (error: plantedword)")
    logging.getLogger("slack_sdk.socket_mode").error("got %s", {"text": "plantedword"}, exc_info=fail("plantedword"))
    lines = written.getvalue()
    assert "counted 3" in lines
    assert "ERROR slack_bolt.App (test_logs.py:" in lines
    assert "ValueError at" in lines
    assert "plantedword" not in lines


def test_a_call_that_fails_is_logged_where_it_is_met_and_not_by_the_library_too(written: io.StringIO) -> None:
    configure_logging("INFO", written)
    logging.getLogger("slack_sdk.web.base_client").error("Failed to send a request")
    assert written.getvalue() == ""


def test_libraries_never_run_at_debug(written: io.StringIO) -> None:
    configure_logging("DEBUG", written)
    logging.getLogger("slack_bolt.App").debug("plantedword")
    logging.getLogger("slack_sdk").info("plantedword")
    assert written.getvalue() == ""
    assert logging.getLogger("bot").level == logging.DEBUG


def test_a_line_is_one_line() -> None:
    record = logging.LogRecord("bot", logging.INFO, __file__, 1, "a\nb\r\nc", (), None)
    assert "\n" not in SafeFormatter().format(record)


@pytest.mark.parametrize(
    "ending",
    [
        "raise ValueError('plantedword')",
        "import threading; t = threading.Thread(target=int, args=('plantedword',)); t.start(); t.join()",
        "C = type('C', (), {'__del__': lambda self: int('plantedword')}); C()",
    ],
)
def test_an_exception_nobody_caught_is_class_and_place_too(ending: str) -> None:
    code = f"from bot.logs import configure_logging; configure_logging('INFO'); {ending}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "CRITICAL bot.logs uncaught: ValueError at" in done.stderr
    assert "plantedword" not in done.stdout + done.stderr

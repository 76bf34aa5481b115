"""What is wrong with a value of a data file, said to the person who wrote it: what stands there, and what may."""

import difflib
import re
from collections.abc import Iterable, Mapping
from typing import Any, get_args

import yaml
from pydantic import BaseModel
from pydantic.fields import FieldInfo

_MOST_SHOWN = 60
_EXPECTED = {
    "string_type": "text",
    "list_type": "a list",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "float_type": "a number",
    "float_parsing": "a number",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "dict_type": "a mapping of keys to values",
    "model_type": "a mapping of keys to values",
    "model_attributes_type": "a mapping of keys to values",
}


def shown(value: Any) -> str:
    """Return how a value is spoken of: its own short self, or what kind of thing it is."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return "a list"
    if isinstance(value, dict):
        return "a mapping"
    short = value if not isinstance(value, str) or len(value) <= _MOST_SHOWN else f"{value[:_MOST_SHOWN]}…"
    return repr(short)


def quotable(value: Any) -> str:
    """Return the advice to quote a value that YAML takes for something other than text, or nothing."""
    return "; put it in quotes" if isinstance(value, bool | int | float) else ""


def nearest(word: str, known: Iterable[str]) -> str:
    """Return a question about what may have been meant, or nothing where nothing is near."""
    close = difflib.get_close_matches(word, sorted(known), 3, 0.7)
    return f"; did you mean {' or '.join(close)}?" if close else ""


def complaint(problem: Mapping[str, Any], model: type[BaseModel]) -> str:
    """Return one problem that pydantic found with ``model``, in plain words."""
    kind, given = problem["type"], problem.get("input")
    if kind == "extra_forbidden":
        allowed = [field.alias or name for name, field in _fields_around(model, problem["loc"])]
        return f"unknown key{nearest(str(problem['loc'][-1]), allowed)}; allowed: {', '.join(allowed)}"
    if kind == "missing":
        needed = [field.alias or name for name, field in _fields_around(model, problem["loc"]) if field.is_required()]
        return f"missing; needed here: {', '.join(needed)}"
    if kind == "literal_error":
        allowed_words = problem["ctx"]["expected"].replace("'", "").replace(" or ", ", ")
        return f"{shown(given)} is not allowed; allowed: {allowed_words}"
    if kind in _EXPECTED:
        advice = quotable(given) if kind == "string_type" else ""
        return f"expected {_EXPECTED[kind]}, found {shown(given)}{advice}"
    message = str(problem["msg"]).removeprefix("Value error, ").replace(" after validation", "")
    return re.sub(r"^(?:Input|Value|String|List) should ", "must ", message)


def _fields_around(model: type[BaseModel], location: tuple[str | int, ...]) -> list[tuple[str, FieldInfo]]:
    """Return the fields, by name, of the model that the last step of ``location`` stands in."""
    for step in location[:-1]:
        field = next((one for name, one in model.model_fields.items() if step in {name, one.alias}), None)
        model = (_model_in(field.annotation) if field else None) or model
    return list(model.model_fields.items())


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_in(part))), None)


def yaml_complaint(error: yaml.MarkedYAMLError, text: str) -> tuple[int, str]:
    """Return the line (from 1) at which ``text`` stops being YAML, and why, with what usually mends it."""
    mark = error.problem_mark or error.context_mark
    problem = str(error.problem or error.context)
    if mark is None:
        return 1, problem
    begun = error.context_mark
    if begun is not None and error.context and begun.line != mark.line:
        problem = f"{problem} {error.context}, begun in line {begun.line + 1}"
    lines = text.splitlines()
    line = lines[mark.line] if mark.line < len(lines) else ""
    if "\t" in line[: mark.column + 1]:
        problem += "; YAML is indented with spaces, never with tabs"
    elif "cannot start any token" in problem:
        problem += f"; put what begins with {line[mark.column : mark.column + 1]} in quotes"
    elif "mapping values" in problem:
        problem += "; put text with a colon in quotes, and indent the keys of one mapping alike"
    return mark.line + 1, problem

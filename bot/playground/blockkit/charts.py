"""The ``data_visualization`` block: line, bar, area and pie charts drawn by Slack.

Source: https://docs.slack.dev/reference/block-kit/blocks/data-visualization-block
"""

from collections.abc import Iterator, Mapping
from typing import Any

from bot.playground.blockkit.schema import ListOf, Number, Problem, Record, String, Tagged, items

_TYPE = String()
_LABEL = String(20)
_POINT = Record({"label": _LABEL, "value": Number(whole=False)}, ("label", "value"))
_SERIES = Record({"name": _LABEL, "data": ListOf(_POINT, 20)}, ("name", "data"))
_AXIS = Record({"categories": ListOf(_LABEL, 20), "x_label": String(50), "y_label": String(50)}, ("categories",))
_SEGMENT = Record({"label": _LABEL, "value": Number(above=0, whole=False)}, ("label", "value"))


def _series_fit_the_axis(chart: Mapping[str, Any], at: str) -> Iterator[Problem]:
    """Each series has a name of its own and one point for each category."""
    axis = chart.get("axis_config")
    categories = items(axis.get("categories")) if isinstance(axis, dict) else []
    names: list[Any] = []
    for index, series in enumerate(items(chart.get("series"))):
        if not isinstance(series, dict):
            continue
        if series.get("name") in names:
            yield Problem(f"{at}/series/{index}/name", "series names must be unique")
        names.append(series.get("name"))
        labels = [point.get("label") for point in items(series.get("data")) if isinstance(point, dict)]
        if sorted(map(str, labels)) != sorted(map(str, categories)):
            yield Problem(f"{at}/series/{index}/data", "labels must match axis_config.categories")


_ON_AXES = Record(
    {"type": _TYPE, "series": ListOf(_SERIES, 6), "axis_config": _AXIS}, ("series", "axis_config"), _series_fit_the_axis
)
_PIE = Record({"type": _TYPE, "segments": ListOf(_SEGMENT, 6)}, ("segments",))

CHART = Tagged({"line": _ON_AXES, "bar": _ON_AXES, "area": _ON_AXES, "pie": _PIE})

DATA_VISUALIZATION = Record(
    {"type": _TYPE, "block_id": String(255), "title": String(50), "chart": CHART}, ("title", "chart")
)

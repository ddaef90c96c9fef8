"""What of a document of Parseq is no cell: its labels, its series, the state of its window."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sheetrender.planning.deforum.fitting import Unused
from sheetrender.planning.parseq.clock import Series
from sheetrender.planning.parseq.document import UNMANAGED, Document

_WINDOW = "is about Parseq's own window"
_TAKEN = ("output_fps", "bpm", "cadence")


def left_over(document: Document) -> Iterator[Unused]:
    """Yield what a sheet has no place for."""
    labels = {str(at): label for at, label in document.labels.items() if label}
    if labels:
        yield Unused("info", labels, "is what keyframes are called in Parseq")
    for name, series in document.series.items():
        why = "is in the numbers of the fields that it moves"
        yield Unused(f"timeSeries {name}", _points(series), why)
    if document.prompts and document.texts:
        said = [[p.first, p.last, p.positive, p.negative] for p in document.prompts]
        yield Unused("prompts", said, "the rendered prompts count")
    for key, value in document.rest.items():
        if key == "options" and isinstance(value, Mapping):
            for name, option in value.items():
                if name not in _TAKEN:
                    yield Unused(f"options.{name}", option, _WINDOW)
        elif key.startswith(UNMANAGED):
            yield Unused(key, value, "is not among the managedFields of the file")
        else:
            yield Unused(key, value, _WINDOW)


def _points(series: Series) -> dict[str, object]:
    return {
        "unit": "ms" if series.is_in_ms else "frames",
        "points": [list(p) for p in zip(series.at.tolist(), series.values.tolist(), strict=True)],
    }

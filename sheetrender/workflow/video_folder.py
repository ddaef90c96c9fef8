"""Where the frames and the video of a sheet or a plan are, for those who only look or finish."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from sheetrender.model.errors import UsageError
from sheetrender.rendering.folder import OutputFolder
from sheetrender.workflow.plan_store import PlanStore
from sheetrender.workflow.project import Project, Request, output_folder
from sheetrender.workflow.variants import Variant


def with_folder(
    project: Project, given: Path | None, request: Request
) -> tuple[Project, OutputFolder]:
    """Return a project and its output folder: of a plan that was not drawn again, its own.

    Args:
        project: sheet or plan.
        given: the folder that the command line names, or None.
        request: what was read.

    Raises:
        UsageError: in the folder is another variant than was asked for.
    """
    output = OutputFolder(output_folder(project, given, request))
    store = project.store
    if not isinstance(store, PlanStore):
        _refuse_other_variant(output, request)
        return project, output
    beside = OutputFolder(store.path.parent)
    if given is not None or output.journal.exists() or not beside.journal.exists():
        return project, output
    return replace(project, store=PlanStore(store.path, is_again=False)), beside


def _refuse_other_variant(output: OutputFolder, request: Request) -> None:
    try:
        document = json.loads(output.plan.read_text("utf-8"))
        values = {str(name): str(value) for name, value in dict(document["variant"]).items()}
    except (OSError, ValueError, RecursionError, LookupError, TypeError):
        return  # None was made here yet, or an older version made it.
    if values != dict(request.variant.values):
        label = Variant(values).label
        what = f"the variant {label}" if label else "the sheet as it is, and no variant"
        raise UsageError(
            f"In {output.path} is {what}. Name its plan in place of the sheet: {output.plan}"
        )

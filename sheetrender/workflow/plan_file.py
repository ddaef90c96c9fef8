"""plan.json: the settings, prompts, curves and versions of the last run, beside its frames."""

from __future__ import annotations

import json
from dataclasses import fields

from sheetrender import __version__
from sheetrender.engines.engine import Engine
from sheetrender.model.keyframes import Settings
from sheetrender.model.plan import RenderPlan
from sheetrender.output.whole_files import replacing
from sheetrender.rendering.folder import OutputFolder
from sheetrender.workflow.plan import plan_json
from sheetrender.workflow.project import Project


def write_plan(output: OutputFolder, project: Project, plan: RenderPlan, engine: Engine) -> None:
    """Write ``plan.json``.

    Raises:
        RenderFailed: the folder cannot be written.
    """
    document = {
        "versions": {"sheetrender": __version__, engine.name: engine.version},
        "sheet": project.store.location,
        "settings": _settings_json(project.settings),
        **plan_json(plan),
    }
    with replacing(output.plan) as part:
        part.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")


def _settings_json(settings: Settings) -> dict[str, object]:
    plain = (str, int, float, bool, type(None))
    values = {
        field.name: getattr(settings, field.name)
        for field in fields(settings)
        if field.name not in {"places", "channels", "beats"}
    }
    return {
        name: value if isinstance(value, plain) else str(value) for name, value in values.items()
    }

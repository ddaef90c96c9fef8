"""What a picture says of how it was made, in the words that picture viewers know.

The form is that of the AUTOMATIC1111 web UI: the prompt, the negative prompt on a line of its own,
and one line of names and values. Nothing in it tells of the time, of this machine or of its
folders: the same plan gives the same words.

Source: ``create_infotext`` of the AUTOMATIC1111 web UI (the form, not the code).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import PureWindowsPath

from sheetrender import __version__
from sheetrender.engines.engine import Engine, EngineSettings
from sheetrender.model.frames import FrameSpec
from sheetrender.model.plan import RenderPlan

_ENDING = re.compile(r"\.(?:safetensors|ckpt|pt|bin)$")
_PATH = re.compile(r"^(?:[~./\\]|[A-Za-z]:)|\\")
_QUOTED = re.compile(r"[,:\n\"]")


@dataclass(frozen=True, slots=True)
class FrameText:
    """Says of each frame of one plan how it was made.

    Attributes:
        plan: of the video.
        engine: draws it.
        settings: what the engine was told.
    """

    plan: RenderPlan
    engine: Engine
    settings: EngineSettings

    def of(self, index: int) -> str:
        """Return the words for a frame, without characters that neither PNG nor UTF-8 can hold."""
        spec = self.plan.frame(index)
        loras = "".join(f" <lora:{model_name(one.name)}:{one.weight:g}>" for one in spec.loras)
        lines = [spec.prompt + loras]
        if spec.negative:
            lines.append(f"Negative prompt: {spec.negative}")
        facts = (f"{name}: {_quoted(value)}" for name, value in self._facts(spec).items())
        return storable("\n".join([*lines, ", ".join(facts)]))

    def _facts(self, spec: FrameSpec) -> dict[str, str]:
        model = spec.model or self.settings.model
        seed = f"{spec.seed}" if not spec.seed_share else f"{spec.seed + spec.seed_share:.6f}"
        facts = {
            "Steps": str(spec.steps),
            "Sampler": spec.sampler or self.settings.sampler or "none",
            "CFG scale": f"{spec.scale:g}",
            "Seed": seed,
            "Size": f"{self.plan.size.width}x{self.plan.size.height}",
            "Model": model_name(model) if model else self.engine.name,
        }
        if not spec.starts_segment or spec.index in self.plan.begins or self.plan.video is not None:
            facts["Denoising strength"] = f"{1.0 - spec.strength:.4g}"
        if spec.prompt_weight < 1.0:
            facts["Prompt weight"] = f"{spec.prompt_weight:.4g}"
            facts["Fading from"] = spec.previous_prompt
        facts["Frame"] = str(spec.index)
        facts["FPS"] = self.plan.rate.label
        facts["Engine"] = f"{self.engine.name} {self.engine.version}"
        return {**facts, "Version": f"sheetrender {__version__}"}


def model_name(written: str) -> str:
    """Return what a model is called; of a file only its name, as its folder is nobody's concern."""
    if not _PATH.search(written) and not _ENDING.search(written):
        return written
    return _ENDING.sub("", PureWindowsPath(written).name)


def storable(text: str) -> str:
    """Return the text without NUL, and with a question mark for what is no character at all."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


def _quoted(value: str) -> str:
    """Return a value as the web UI writes it: in quotation marks where it would end too early."""
    return json.dumps(value, ensure_ascii=False) if _QUOTED.search(value) else value

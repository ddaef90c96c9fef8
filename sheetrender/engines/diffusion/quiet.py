"""Keeps diffusers, transformers and the hub from talking while they load and paint."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator
from logging import CRITICAL


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Let nothing of what the libraries log be heard inside, and hide their progress bars.

    What fails is raised as well, and told in our own words.

    What was set before is set again; nothing else of logging is touched.
    """
    from diffusers.utils import logging as diffusers_log
    from huggingface_hub.utils import logging as hub_log
    from transformers.utils import logging as transformers_log

    logs = (diffusers_log, transformers_log)
    levels = [log.get_verbosity() for log in (*logs, hub_log)]
    bars = [log.is_progress_bar_enabled() for log in logs]
    try:
        for log in (*logs, hub_log):
            log.set_verbosity(CRITICAL)
        for log in logs:
            log.disable_progress_bar()
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", module=r"(diffusers|transformers|peft)\b")
            warnings.filterwarnings("ignore", category=FutureWarning)
            yield
    finally:
        hub_log.set_verbosity(levels.pop())
        for log, level, bar in zip(logs, levels, bars, strict=True):
            log.set_verbosity(level)
            if bar:
                log.enable_progress_bar()

"""What a model of the Hugging Face hub is, asked before its gigabytes are fetched."""

from __future__ import annotations

import json
import os
import ssl
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path

from sheetrender.engines.diffusion.located import hub_folder, ways_to_a_model
from sheetrender.model.errors import PartMissing

_UNREACHABLE = "the Hugging Face hub cannot be reached, and it was not fetched whole before"
_PATIENCE = 10.0
"""Seconds."""


def class_at_hub(name: str, folders: Sequence[Path]) -> str:
    """Return the name of diffusers' class that a model of the hub was saved as.

    Args:
        name: of the model, with its owner.
        folders: where models are looked for, for the message.

    Raises:
        PartMissing: the hub does not have it, does not give it, or cannot be reached.
    """
    from huggingface_hub import hf_hub_download, hf_hub_url
    from huggingface_hub.errors import (
        EntryNotFoundError,
        GatedRepoError,
        HfHubHTTPError,
        LocalEntryNotFoundError,
        RepositoryNotFoundError,
    )

    if not _is_reachable(hf_hub_url(name, "model_index.json")):
        raise _refused(name, _UNREACHABLE, folders)
    try:
        index = Path(hf_hub_download(name, "model_index.json"))
        return str(json.loads(index.read_text(encoding="utf-8"))["_class_name"])
    except GatedRepoError as error:
        why = (
            "it stands behind a licence. Accept that on its page at the Hugging Face hub, and run "
            "`hf auth login` once on this machine"
        )
        raise _refused(name, why, folders) from error
    except RepositoryNotFoundError as error:
        why = "the Hugging Face hub has none of that name, or it is somebody's own"
        raise _refused(name, why, folders) from error
    except LocalEntryNotFoundError as error:
        raise _refused(name, _UNREACHABLE, folders) from error
    except EntryNotFoundError as error:
        why = (
            "at the Hugging Face hub it is no folder of diffusers' but single files. Download the "
            ".safetensors file of the whole model there, and write its path"
        )
        raise _refused(name, why, folders) from error
    except HfHubHTTPError as error:
        status = getattr(error.response, "status_code", "no answer")
        why = f"the Hugging Face hub answers with an error ({status}). Try again later"
        raise _refused(name, why, folders) from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        why = f"what the Hugging Face hub says of it cannot be read ({error})"
        raise _refused(name, why, folders) from error


def network_errors() -> tuple[type[Exception], ...]:
    """Return what the hub's client raises where a connection breaks off.

    Its library for HTTP is another one from version to version, and its own error is one of that.
    """
    from huggingface_hub.errors import HfHubHTTPError

    kinds = HfHubHTTPError.__mro__[: HfHubHTTPError.__mro__.index(Exception)]
    return (OSError, ValueError, *kinds)


def _is_reachable(address: str) -> bool:
    """Return whether anybody answers, whatever; the hub's own client would try for half a minute.

    A machine whose certificates Python does not find is left to that client.
    """
    asked = urllib.request.Request(address, method="HEAD")
    try:
        urllib.request.urlopen(asked, timeout=_PATIENCE).close()
    except urllib.error.HTTPError:
        return True
    except urllib.error.URLError as error:
        return isinstance(error.reason, ssl.SSLError)
    except OSError:
        return False
    return True


def _refused(name: str, why: str, folders: Sequence[Path]) -> PartMissing:
    places = [*map(str, folders or [Path.cwd()]), str(hub_folder(os.environ))]
    return PartMissing(
        f"Model {name!r} is not to be had: {why}. Looked into {'; '.join(places)}. "
        f"{ways_to_a_model(folders)}"
    )

"""XML that strangers wrote: no external entities, no entities at all that could grow."""

from __future__ import annotations

from xml.etree.ElementTree import Element, ParseError

from sheetrender.cues.cue import CueError


def xml_root(content: bytes) -> Element:
    """Return the root element.

    Raises:
        CueError: it is not well-formed, or declares entities.
    """
    # Imported here because most marker files are no XML.
    import defusedxml
    from defusedxml.ElementTree import fromstring

    try:
        root: Element = fromstring(content, forbid_entities=True, forbid_external=True)
    except defusedxml.DefusedXmlException as error:
        raise CueError(
            "declares entities, which no editor writes and which can fill the memory. "
            "Export it again."
        ) from error
    except ParseError as error:
        line = error.position[0]
        reason = str(error).partition(":")[0]
        raise CueError(f"is damaged XML ({reason}). Export it again.", f"line {line}") from error
    except (LookupError, ValueError) as error:
        raise CueError(f"is damaged XML ({error}). Export it again.") from error
    return root

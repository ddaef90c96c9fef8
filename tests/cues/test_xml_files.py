"""Final Cut Pro XML, FCPXML, and what XML must not do."""

from __future__ import annotations

import socket
from fractions import Fraction

import pytest

from sheetrender.cues.cue import CueError
from tests.cues.reading import moments, read, sample

FCPXML = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE fcpxml>
<fcpxml version="1.10">
  <resources><format id="r1" frameDuration="1001/30000s" width="1920" height="1080"/></resources>
  <library><event><project><sequence format="r1" tcStart="3600s" duration="60s"><spine>
    <asset-clip offset="3600s" start="10s" duration="20s" name="A">
      <marker start="12s" duration="1001/30000s" value="Verse" note="a red fox"/>
      <marker start="5s" value="cut off"/>
      <spine lane="1" offset="15s">
        <clip offset="0s" start="100s" duration="4s"><chapter-marker start="101s" value="B"/></clip>
      </spine>
    </asset-clip>
    <gap offset="3620s" start="3600s" duration="10s"><marker start="3601s" value="Gap"/></gap>
    <title duration="5s"><marker start="2s" value="Without offset"/></title>
  </spine></sequence></project></event></library>
</fcpxml>
"""
BOMB = """<?xml version="1.0"?><!DOCTYPE xmeml [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;">]><xmeml version="4"><sequence><name>&c;</name></sequence></xmeml>"""
FOREIGN = """<?xml version="1.0"?><!DOCTYPE xmeml [<!ENTITY x SYSTEM "file:///etc/passwd">]>
<xmeml version="4"><sequence><name>&x;</name></sequence></xmeml>"""


def test_xmeml_gives_the_markers_of_the_sequence_and_its_rate() -> None:
    found = read(sample("premiere_xmeml.xml"))
    assert moments(sample("premiere_xmeml.xml")) == [("My MArker 1", 113), ("dsf", 492), ("", 298)]
    assert found.cues[0].comment == "so, this happened"
    assert str(found.rate) == "30/1"
    assert "2 markers are not on the sequence" in found.notes[0]


def test_xmeml_at_an_ntsc_rate_is_exact_and_keeps_ranges() -> None:
    text = sample("premiere_xmeml.xml").decode()
    head, tail = text[:1500], text[1500:]
    found = read(head.replace("<ntsc>FALSE", "<ntsc>TRUE", 1) + tail)
    assert str(found.rate) == "30000/1001"
    ranged = text.replace("<in>113</in>\n\t\t\t\t<out>-1", "<in>113</in>\n\t\t\t\t<out>200")
    assert read(ranged).cues[0].end == 200


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("<in>492</in>", "<in>soon</in>", "no frame"),
        ("<in>492</in>", "", "no in"),
        ("<timebase>30</timebase>", "", "timebase"),
    ],
)
def test_an_incomplete_xmeml_is_refused(old: str, new: str, reason: str) -> None:
    with pytest.raises(CueError, match=reason):
        read(sample("premiere_xmeml.xml").decode().replace(old, new))


def test_xml_that_is_cut_off_names_the_line() -> None:
    with pytest.raises(CueError, match="damaged XML") as caught:
        read(sample("premiere_xmeml.xml")[:30_000])
    assert caught.value.place.startswith("line ")


def test_fcpxml_counts_through_clips_storylines_and_gaps() -> None:
    found = read(FCPXML)
    assert moments(FCPXML) == [
        ("Verse", Fraction(2)),
        ("B", Fraction(6)),
        ("Gap", Fraction(21)),
        ("Without offset", Fraction(32)),
    ]
    assert str(found.rate) == "30000/1001"
    assert found.cues[0].comment == "a red fox"
    assert "1 in parts of clips" in found.notes[0]


def test_a_damaged_time_in_fcpxml_names_the_marker() -> None:
    with pytest.raises(CueError, match="no time such as") as caught:
        read(FCPXML.replace('start="12s"', 'start="12/0s"'))
    assert caught.value.place == "marker 1"


@pytest.mark.parametrize("text", [BOMB, FOREIGN])
def test_entities_that_grow_or_name_files_are_refused(text: str) -> None:
    with pytest.raises(CueError, match="entities"):
        read(text)


def test_a_document_type_that_stands_elsewhere_is_not_fetched() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        address = f"http://127.0.0.1:{server.getsockname()[1]}/x.dtd"
        text = sample("premiere_xmeml.xml").decode()
        named = text.replace("<!DOCTYPE xmeml>", f'<!DOCTYPE xmeml SYSTEM "{address}">')
        assert named != text
        assert len(read(named).cues) == 3
        with pytest.raises(BlockingIOError):
            server.accept()


def test_xml_of_another_kind_says_which() -> None:
    with pytest.raises(CueError, match="'svg'"):
        read("<svg><g/></svg>")


@pytest.mark.parametrize("time", ["1e999999999s", "9" * 5000 + "s", "1/0s", "soon"])
def test_times_that_would_take_all_memory_are_none(time: str) -> None:
    with pytest.raises(CueError, match="no time such as"):
        read(FCPXML.replace('start="12s"', f'start="{time}"'))

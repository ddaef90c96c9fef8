from __future__ import annotations

import json
import re
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from sheetrender.output.report_page import embedded_json, report_page

NASTY = (
    "</script><script>alert(1)</script><!-- {{script}} & \u2028 '\"><img src=x onerror=alert(1)>"
)


class Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href")]


def elements(page: str) -> Elements:
    found = Elements()
    found.feed(page)
    return found


@given(st.text() | st.just(NASTY))
def test_no_text_of_the_sheet_leaves_its_string(text: str) -> None:
    embedded = embedded_json({"text": text})
    assert not set("<>&") & set(embedded)
    assert json.loads(embedded) == {"text": text}


@given(st.text() | st.just(NASTY))
def test_no_text_of_the_sheet_makes_an_element(text: str) -> None:
    quiet = elements(report_page({"text": ""}, ""))
    assert elements(report_page({"text": text}, text)).names == quiet.names


def test_the_page_names_no_address_outside() -> None:
    page = report_page({}, "my")
    assert set(elements(page).addresses) == {"data:,"}
    assert not re.search(r"https?://|//[a-z]", page.replace("// ", ""))


def test_what_looks_like_a_place_in_the_data_stays_what_it_is() -> None:
    page = report_page({"text": "{{script}}"}, "{{data}}")
    assert '{"text":"{{script}}"}' in page
    assert "<title>{{data}}</title>" in page


def test_a_title_that_is_no_unicode_can_be_written() -> None:
    assert report_page({}, "a\udc80b").encode()

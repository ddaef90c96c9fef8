"""Sheets in text files."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sheetrender.model.cells import Cell
from sheetrender.model.errors import SheetUnavailable
from sheetrender.sheets.csv_fields import quoted, sniff_delimiter, split_rows
from sheetrender.sheets.csv_file import CsvStore
from sheetrender.sheets.csv_text import decode
from sheetrender.sheets.csv_values import cell_of

from .contract import FileStoreContract, Make, Rows, grid, set_cell, write


def stored(tmp_path: Path, content: bytes, name: str = "shots.csv") -> CsvStore:
    path = tmp_path / name
    path.write_bytes(content)
    return CsvStore(path)


def as_text(rows: Rows, delimiter: str, number: str = ".") -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    for row in rows:
        fields = []
        for value in row:
            if isinstance(value, bool):
                fields.append(str(value).upper())
            elif isinstance(value, float):
                fields.append(str(value).replace(".", number))
            else:
                fields.append(value)
        writer.writerow(fields)
    return out.getvalue()


class TestCsv(FileStoreContract):
    @pytest.fixture
    def make(self, tmp_path: Path) -> Make:
        return lambda rows: stored(tmp_path, as_text(rows, ",").encode())


class TestGermanCsv(FileStoreContract):
    @pytest.fixture
    def make(self, tmp_path: Path) -> Make:
        return lambda rows: stored(tmp_path, b"\xef\xbb\xbf" + as_text(rows, ";", ",").encode())


class TestTabsInUtf16(FileStoreContract):
    @pytest.fixture
    def make(self, tmp_path: Path) -> Make:
        return lambda rows: stored(tmp_path, as_text(rows, "\t").encode("utf-16"), "shots.tsv")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"frame,status\r\n0,queued\r\n", b"frame,status\r\n0,done\r\n"),
        (b"frame;status\n0;queued", b"frame;status\n0;done"),
        (b'frame,"status"\n"0","queued"\n', b'frame,"status"\n"0",done\n'),
        (b"\xef\xbb\xbfframe,status\r0,queued\r", b"\xef\xbb\xbfframe,status\r0,done\r"),
        (b'frame,status,"a ""b""\n c"\n0,q,"x"\n', b'frame,status,"a ""b""\n c"\n0,done,"x"\n'),
        (b"frame,status,\xfc\n0,q,\xdf\x80\n", b"frame,status,\xfc\n0,done,\xdf\x80\n"),
        (b"frame,subject\n0\n", b"frame,subject\n0,done\n"),
        (b"frame,subject\n", b"frame,subject\n,done\n"),
        (b"frame,subject", b"frame,subject\n,done\n".replace(b"\n", b"\r\n")),
        (b"", b"\r\n,done\r\n"),
    ],
)
def test_a_write_changes_its_field_and_no_other_byte(
    tmp_path: Path, before: bytes, after: bytes
) -> None:
    store = stored(tmp_path, before)
    write(store, set_cell(2, 2, "done"))
    assert Path(store.location).read_bytes() == after


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_marks_and_encodings_are_kept(tmp_path: Path, encoding: str) -> None:
    store = stored(tmp_path, "frame,status\r\n0,wärten 🎬\r\n".encode(encoding))
    assert grid(store).cells[2, 2].value == "wärten 🎬"
    write(store, set_cell(2, 2, "größer 🎬"))
    expected = "frame,status\r\n0,größer 🎬\r\n".encode(encoding)
    assert Path(store.location).read_bytes() == expected


def test_big_endian_text_is_read(tmp_path: Path) -> None:
    store = stored(tmp_path, b"\xfe\xff" + "frame,subject\n0,é\n".encode("utf-16-be"))
    assert grid(store).cells[2, 2].value == "é"


def test_old_windows_text_is_read_and_what_it_lacks_becomes_a_question_mark(
    tmp_path: Path,
) -> None:
    store = stored(tmp_path, "frame;subject\n0;Köln – Süd\n".encode("cp1252"))
    assert grid(store).cells[2, 2].value == "Köln – Süd"
    write(store, set_cell(2, 3, "5 € → 東"))
    assert Path(store.location).read_bytes().endswith("Süd;5 € ? ?\n".encode("cp1252"))


@pytest.mark.parametrize("content", [b"PK\3\4\0\0rest", b"\xff\xfea", b"\xef\xbb\xbf\xff\xff"])
def test_what_is_no_text_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(SheetUnavailable, match=r"shots\.csv is no text file"):
        stored(tmp_path, content).read()


def test_a_quote_that_is_never_closed_is_refused_with_its_row(tmp_path: Path) -> None:
    with pytest.raises(SheetUnavailable, match="row 3"):
        stored(tmp_path, b'frame,subject\n0,"x"\n5,"never\n9,z\n').read()


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("frame,subject\n0,a;b;c;d\n", ","),
        ("frame;subject\n0;a, b, c, d\n", ";"),
        ("frame\tsubject\n0\ta, b, c\n", "\t"),
        ("frame|subject\n0|a, b\n", "|"),
        ("My video, take 3, final\n\nFrame;Subject\n0;x\n", ";"),
        ('"a;b;c;d",frame,subject\n', ","),
        ("frame;subject\n0;one, frame, more\n", ";"),
        ("sep=|\nframe|subject,x,y\n", "|"),
        ("name;value;note, long\nfps;30;x\n", ";"),
        ("frame\n0\n", ","),
        ('say "hi\nframe;prompt\n', ";"),
        ("", ","),
    ],
)
def test_the_delimiter_is_found_from_the_heading_row(text: str, delimiter: str) -> None:
    assert sniff_delimiter(text) == delimiter


def test_decimal_commas_count_where_commas_stand_between_no_fields(tmp_path: Path) -> None:
    german = stored(tmp_path, b"frame;zoom\n0;1,5\n").read()
    assert german.decimal_comma
    assert german.grids[0].cells[2, 2] == Cell(1.5)
    english = stored(tmp_path, b'frame,zoom\n0,"1,5"\n').read()
    assert not english.decimal_comma
    assert english.grids[0].cells[2, 2] == Cell("1,5")


def test_tabs_alone_are_no_evidence_of_decimal_commas(tmp_path: Path) -> None:
    assert not stored(tmp_path, b"frame\tzoom\n0\t1.5\n").read().decimal_comma
    assert stored(tmp_path, b"frame\tzoom\n0\t1,5\n").read().decimal_comma
    assert not stored(tmp_path, b"frame;zoom\n0;1.5\n").read().decimal_comma


def test_numbers_are_written_with_the_comma_of_the_file(tmp_path: Path) -> None:
    store = stored(tmp_path, b"frame;zoom\n0;1,5\n")
    write(store, set_cell(2, 2, 0.25))
    assert Path(store.location).read_bytes() == b"frame;zoom\n0;0,25\n"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0),
        ("-3", -3),
        ("1.50", 1.5),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("TRUE", True),
        ("true", "true"),
        ("007", "007"),
        ("-007", "-007"),
        ("1e999", "1e999"),
        ("+5", "+5"),
        ("5.", "5."),
        (" 5", " 5"),
        ("1 000", "1 000"),
        ("٣", "٣"),
        ("9" * 30, "9" * 30),
        ("nan", "nan"),
        ("inf", "inf"),
        ("=", "="),
        ("'quoted'", "'quoted'"),
    ],
)
def test_only_plain_numbers_are_numbers(text: str, value: object) -> None:
    found = cell_of(text, ",")
    assert found == Cell(value)  # type: ignore[arg-type]
    assert type(found.value) is type(value)


def test_text_that_a_spreadsheet_would_run_is_written_with_an_apostrophe(tmp_path: Path) -> None:
    store = stored(tmp_path, b"frame,message\n0,x\n")
    write(store, set_cell(2, 2, '=HYPERLINK("http://x","y")'))
    assert Path(store.location).read_bytes().endswith(b'0,"\'=HYPERLINK(""http://x"",""y"")"\n')


def test_a_formula_that_cannot_be_split_is_still_a_formula(tmp_path: Path) -> None:
    found = grid(stored(tmp_path, b'frame,zoom\n0,"=((""a"\n1,=)\n')).cells
    assert found[2, 2] == Cell(None, '=(("a', ())
    assert found[3, 2] == Cell(None, "=)", ())


# Documents as people may write them: any quotes, any line ends, any lengths of rows.
FIELDS = st.one_of(
    st.text(st.sampled_from("aé =-'1.5"), max_size=5),
    st.text(st.sampled_from('a,;\n\r"x'), max_size=5).map(
        lambda t: '"' + t.replace('"', '""') + '"'
    ),
    st.just('"x"y'),
    st.just('z"'),
)
DOCUMENTS = st.builds(
    lambda rows, ends, last: "".join(
        ",".join(row) + end for row, end in zip(rows, [*ends, last], strict=False)
    ),
    st.lists(st.lists(FIELDS, min_size=1, max_size=5), min_size=2, max_size=6),
    st.lists(st.sampled_from(["\n", "\r\n", "\r"]), min_size=5, max_size=5),
    st.sampled_from(["", "\n", "\r\n"]),
)


@settings(max_examples=200, deadline=None)
@given(
    document=DOCUMENTS, row=st.integers(1, 9), column=st.integers(1, 8), text=st.text("ab,\"\n'=")
)
def test_in_random_documents_only_the_named_field_changes(
    tmp_path_factory: pytest.TempPathFactory, document: str, row: int, column: int, text: str
) -> None:
    document = "frame,subject\n" + document
    store = stored(tmp_path_factory.getbasetemp(), document.encode("utf-16"), "random.csv")
    before = dict(grid(store).cells)
    touched = before.pop((row, column), None)
    if touched is not None and touched.formula:
        return
    write(store, set_cell(row, column, text))
    after = dict(grid(store).cells)
    written = after.pop((row, column), None)
    assert (written.value if written else "") == text
    assert after == before

    old_fields = [[document[f.start : f.end] for f in r] for r in split_rows(document, ",")]
    new = decode(Path(store.location).read_bytes()).text
    new_fields = [[new[f.start : f.end] for f in r] for r in split_rows(new, ",")]
    for old_row, new_row, number in zip(old_fields, new_fields, range(1, 99), strict=False):
        for old, now, place in zip(old_row, new_row, range(1, 99), strict=False):
            assert old == now or (number, place) == (row, column)


@given(st.lists(st.lists(st.text(st.sampled_from('ab,"\n ;')), min_size=2), min_size=1))
def test_fields_are_split_as_pythons_csv_module_splits_them(rows: list[list[str]]) -> None:
    text = "\n".join(",".join(quoted(field, ",") for field in row) for row in rows)
    ours = [[field.text for field in row] for row in split_rows(text, ",")]
    assert ours == list(csv.reader(io.StringIO(text, newline="")))


def test_spreadsheet_formulas_of_a_file_with_decimal_commas_are_read_as_written(
    tmp_path: Path,
) -> None:
    path = tmp_path / "de.csv"
    path.write_text('frame;subject;zoom\n0;x;"=MAX(1;1,5)&"";1,5"""\n', "utf-8")
    cell = CsvStore(path).read().grids[0].cells[2, 3]
    assert cell.formula == '=MAX(1;1,5)&";1,5"'
    assert [token.text for token in cell.tokens or ()] == [
        "MAX(", "1", ",", "1.5", ")", "&", '";1,5"'
    ]  # fmt: skip

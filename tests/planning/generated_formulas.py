"""Random spreadsheet formulas over every function that LibreOffice 7.4 computes as Excel does.

What is left out, because the two differ and Excel is followed here:

- ``0^0`` (Excel: #NUM!, LibreOffice: 1), POWER(0,-1) (#DIV/0!, #NUM!), ATAN2(0,0) (#DIV/0!, 0);
- errors in T and IFNA, calculated values in ISLOGICAL and angles beyond 2^27, where LibreOffice 7.4
  errs, and ROW of several cells in SUM (LibreOffice: one number for each);
- truth values in ranges that are summed or counted (Excel passes over them), in ISNUMBER (Excel:
  FALSE) and joined to texts (LibreOffice 7.4 mostly writes 1 for TRUE);
- blank cells in ISEVEN and ISODD (Excel: 0), COUNTBLANK beyond the used cells, CODE("") (#VALUE!);
- TEXT with half seconds (Excel rounds, LibreOffice cuts) and ``0.##`` of a whole number (Excel
  leaves the point); CHAR beyond ASCII (LibreOffice: the system's code page);
- texts that look like numbers in calculations, which LibreOffice makes a setting;
- XLOOKUP, XMATCH and LET, which came with LibreOffice 24.8.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

DATA: Sequence[Sequence[float | str | bool | None]] = [
    (1.5, "intro", True, 10.0, "a"),
    (2.0, "verse", False, 20.0, "b"),
    (-4.0, "Chorus", True, 30.0, "c"),
    (7.0, None, None, 40.0, "d"),
    (0.25, "Bridge one", False, 50.0, "e"),
    (12.0, "outro", True, 60.0, "f"),
]
"""What stands in A1:E6 of the tab Data."""

NAMES = {
    "zoom": "Data!$A$1",
    "zooms": "Data!$A$1:$A$6",
    "base": "2.5",
    "title": '"The End"',
}
"""What names of the workbook stand for."""

_NUMBERS = "Data!$A$1:$A$6"
_TEXTS = "Data!$B$1:$B$6"
_TRUTHS = "Data!$C$1:$C$6"
_ASCENDING = "Data!$D$1:$D$6"
_KEYS = "Data!$E$1:$E$6"


class Formulas:
    """A stream of formulas, the same one for the same seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def next(self) -> str:
        """Return a formula with its leading ``=``."""
        kinds: list[Callable[[int], str]] = [self.number, self.number, self.text, self.truth]
        return "=" + self._random.choice(kinds)(3)

    def _pick(self, *choices: str) -> str:
        return self._random.choice(choices)

    def number(self, depth: int) -> str:
        """Return an expression that is a number, or an error."""
        if depth <= 0 or self._random.random() < 0.1:
            return self._pick(
                *("0", "1", "2", "3", "-1", "0.5", "2.675", "-2.5", "17", "1234.5", "33%", "1E3"),
                *("PI()", "Data!A1", "Data!$A$3", "Data!A5", "Data!D2", "Data!B4", "zoom", "base"),
            )
        return self._random.choice(
            [self._operation, self._one, self._one, self._two, self._many, self._counting,
             self._of_text, self._chosen_number, self._looked_up, self._clock]
        )(depth - 1)  # fmt: skip

    def _operation(self, depth: int) -> str:
        left, right = self.number(depth), self.number(depth)
        sign = self._pick("+", "-", "*", "/", "+", "-", "*", "^2+", "%*")
        return self._pick(f"({left}{sign}{right})", f"{left}{sign}{right}", f"-{left}{sign}{right}")

    def _one(self, depth: int) -> str:
        name = self._pick(
            *("ABS", "SIGN", "SQRT", "EXP", "LN", "LOG10", "LOG", "INT", "TRUNC", "EVEN", "ODD"),
            *("SIN", "COS", "TAN", "ASIN", "ACOS", "ATAN", "SINH", "COSH", "TANH", "DEGREES"),
            *("RADIANS", "FACT", "N", "ROUND", "ROUNDUP", "ROUNDDOWN"),
        )
        if name in {"SIN", "COS", "TAN"}:
            return f"{name}(ATAN({self.number(depth)}))"
        return f"{name}({self.number(depth)})"

    def _two(self, depth: int) -> str:
        name = self._pick("ROUND", "ROUNDUP", "ROUNDDOWN", "TRUNC", "MOD", "QUOTIENT", "POWER",
                          "LOG", "ATAN2", "MROUND", "CEILING", "FLOOR", "CEILING.MATH",
                          "FLOOR.MATH")  # fmt: skip
        first = self.number(depth)
        match name:
            case "ROUND" | "ROUNDUP" | "ROUNDDOWN" | "TRUNC":
                return f"{name}({first},{self._pick('0', '1', '2', '-1', '-2', '3')})"
            case "POWER":
                return f"POWER({first},{self._pick('2', '3', '1', '0.5')})"
            case "MOD" | "QUOTIENT":
                return f"{name}({first},{self._pick('2', '3', '-2', '7', '0', '2.5')})"
            case "LOG":
                return f"LOG({first},{self._pick('2', '10', '3', '0.5')})"
            case "MROUND":
                return f"MROUND(ABS({first}),{self._pick('2', '5', '0.5', '3')})"
            case "CEILING" | "FLOOR":
                return f"{name}({first},{self._pick('2', '5', '0.5', '1', '0.1')})"
            case "CEILING.MATH" | "FLOOR.MATH":
                mode = self._pick("", ",0", ",1")
                return f"_xlfn.{name}({first},{self._pick('2', '5', '0.5', '0.1')}{mode})"
            case _:
                return f"ATAN2({first},{self._pick('1', '-2', '0.5')})"

    def _range(self) -> str:
        return self._pick(_NUMBERS, _ASCENDING, "Data!A1:A3", "Data!$A1:B$6", "Data!A4:D4", "zooms")

    def _many(self, depth: int) -> str:
        name = self._pick("SUM", "PRODUCT", "MIN", "MAX", "AVERAGE", "MEDIAN", "COUNT", "COUNTA",
                          "STDEV", "STDEVP", "VAR", "SUMSQ", "SUMPRODUCT", "GCD", "LCM", "LARGE",
                          "SMALL", "RANK", "COUNTBLANK", "_xlfn.STDEV.S", "PERCENTILE",
                          "QUARTILE", "SUMPRODUCT2", "ARRAY")  # fmt: skip
        match name:
            case "SUMPRODUCT":
                return f"SUMPRODUCT({_NUMBERS},{_ASCENDING})"
            case "SUMPRODUCT2":
                sign = self._pick(">", "<", "<=", "=", "<>")
                test = f"{_NUMBERS}{sign}{self.number(depth - 1)}"
                return f"SUMPRODUCT(({test})*{self._pick(_ASCENDING, f'ABS({_NUMBERS})')})"
            case "ARRAY":
                return f"{self._pick('SUM', 'MAX', 'AVERAGE')}({{1,-2;3,0.5}},{self.number(depth)})"
            case "GCD" | "LCM":
                return f"{name}({self._pick('12', '18', '7')},{self._pick('8', '30', 'Data!D3')},6)"
            case "LARGE" | "SMALL":
                return f"{name}({self._range()},{self._pick('1', '2', '3', '9')})"
            case "RANK":
                value = self._pick("Data!A1", "Data!A3", "7")
                return f"RANK({value},{_NUMBERS}{self._pick('', ',0', ',1')})"
            case "COUNTBLANK":
                return f"COUNTBLANK({self._pick(_TEXTS, 'Data!A1:E6', 'Data!B4')})"
            case "PERCENTILE":
                return f"PERCENTILE({_NUMBERS},{self._pick('0', '0.5', '0.3', '1', '2')})"
            case "QUARTILE":
                return f"QUARTILE({_ASCENDING},{self._pick('0', '1', '2', '3', '4', '5')})"
            case _:
                return f"{name}({self._range()},{self.number(depth)})"

    def _criterion(self) -> str:
        return self._pick('">1"', '"<=7"', '"<>2"', '"=30"', "2", '"intro"', '"*r*"', '"?erse"',
                          '"<>outro"', '"B*"', '">b"', "Data!A2", '""', '"<>"')  # fmt: skip

    def _counting(self, depth: int) -> str:
        range_ = self._pick(_NUMBERS, _TEXTS, _ASCENDING, _KEYS)
        match self._pick("COUNTIF", "SUMIF", "AVERAGEIF", "COUNTIFS", "SUMIFS", "MAXIFS"):
            case "COUNTIF":
                return f"COUNTIF({range_},{self._criterion()})"
            case "SUMIF":
                return f"SUMIF({range_},{self._criterion()},{self._pick(_ASCENDING, 'Data!D1')})"
            case "AVERAGEIF":
                return f"AVERAGEIF({range_},{self._criterion()},{_ASCENDING})"
            case "COUNTIFS":
                also = self._pick('">15"', '"<55"')
                return f"COUNTIFS({range_},{self._criterion()},{_ASCENDING},{also})"
            case "MAXIFS":
                return f"_xlfn.MAXIFS({_ASCENDING},{range_},{self._criterion()})"
            case _:
                return f"SUMIFS({_ASCENDING},{range_},{self._criterion()})"

    def _of_text(self, depth: int) -> str:
        text = self.text(depth)
        match self._pick("LEN", "FIND", "SEARCH", "CODE", "VALUE"):
            case "LEN":
                return f"LEN({text})"
            case "FIND":
                letter, start = self._pick("o", "e", "r", "B", "x"), self._pick("", ",2")
                return f'FIND("{letter}",{text}{start})'
            case "SEARCH":
                pattern = self._pick("o", "E", "r?", "b*e", "x")
                return f'SEARCH("{pattern}",{text})'
            case "CODE":
                return f'CODE("x"&{text})'
            case _:
                shown = self._pick("12", "-3.5", "1e3", "abc", " 7 ", "50%")
                return f'VALUE("{shown}")'

    def _chosen_number(self, depth: int) -> str:
        return self._chosen(depth, self.number)

    def _chosen(self, depth: int, branch: Callable[[int], str]) -> str:
        one, two, three = (branch(depth) for _ in range(3))
        match self._pick("IF", "IF2", "IFS", "SWITCH", "CHOOSE", "IFERROR", "IFNA"):
            case "IF":
                return f"IF({self.truth(depth)},{one},{two})"
            case "IF2":
                return f"IF({self.number(depth)},{one},{two})"
            case "IFS":
                return (
                    f"_xlfn.IFS({self.truth(depth)},{one},{self.truth(depth)},{two},TRUE,{three})"
                )
            case "SWITCH":
                which = self._pick("Data!A2", "Data!B1", "INT(Data!A1)", "3")
                return f'_xlfn.SWITCH({which},2,{one},"intro",{two},{three})'
            case "CHOOSE":
                return f"CHOOSE({self._pick('1', '2', '3', '2.9', '4')},{one},{two},{three})"
            case "IFNA":
                return f"_xlfn.IFNA({one},{two})"
            case _:
                return f"IFERROR({one},{two})"

    def _looked_up(self, depth: int) -> str:
        table = "Data!$A$1:$E$6"
        number = self._pick("5", "10", "35", "60", "99", "30")
        match self._pick("VLOOKUP", "VLOOKUP2", "HLOOKUP", "MATCH", "MATCH2", "MATCH3", "INDEX",
                         "LOOKUP", "ROW", "OFFSET", "INDIRECT", "INDEXMATCH", "SIZE"):  # fmt: skip
            case "VLOOKUP":
                return f"VLOOKUP({number},Data!$D$1:$E$6,1{self._pick('', ',TRUE', ',FALSE')})"
            case "VLOOKUP2":
                key = self._pick('"intro"', '"OUTRO"', '"Ch*"', '"none"')
                return f"VLOOKUP({key},Data!$B$1:$D$6,3,FALSE)"
            case "HLOOKUP":
                key, row = self._pick("1.5", "10", "9"), self._pick("1", "2", "3")
                return f"HLOOKUP({key},{table},{row},FALSE)"
            case "MATCH":
                return f"MATCH({number},{_ASCENDING}{self._pick('', ',1', ',0')})"
            case "MATCH2":
                key = self._pick('"verse"', '"?ridge*"', '"x"')
                return f"MATCH({key},{_TEXTS},0)"
            case "MATCH3":
                return f"MATCH({number},{{90,60,30,1}},-1)"
            case "INDEX":
                place = self._pick("1", "2", "6", "7"), self._pick("1", "4")
                return f"INDEX({table},{','.join(place)})"
            case "INDEXMATCH":
                return f"INDEX({_ASCENDING},MATCH({self._pick('7', '-4', '3')},{_NUMBERS},0))"
            case "LOOKUP":
                return f"LOOKUP({number},{_ASCENDING},{_NUMBERS})"
            case "ROW":
                return self._pick("ROW(Data!B5)", "COLUMN(Data!D1)")
            case "SIZE":
                return self._pick(f"ROWS({table})", f"COLUMNS({table})", "ROWS({1;2;3})")
            case "OFFSET":
                down, height = self._pick("0", "1", "2"), self._pick("1", "3")
                return f"SUM(OFFSET(Data!$A$1,{down},0,{height},1))"
            case _:
                row = self._pick("1", "3", "5")
                return f'INDIRECT("Data!A"&{row})'

    def _clock(self, depth: int) -> str:
        parts = self._pick("0", "5", "23", "30"), self._pick("0", "59", "75"), self._pick("0", "30")
        time = f"TIME({','.join(parts)})"
        parts = self._pick("2024", "1999"), self._pick("2", "13", "0"), self._pick("1", "31")
        date = f"DATE({','.join(parts)})"
        return self._pick(
            time, date, f"HOUR({time})", f"MINUTE({time})", f"SECOND({time})", f"YEAR({date})",
            f"MONTH({date})", f"DAY({date})",
        )  # fmt: skip

    def text(self, depth: int) -> str:
        """Return an expression that is a text, or an error."""
        if depth <= 0 or self._random.random() < 0.15:
            return self._pick('"abc"', '"Intro one"', '""', '"  two  blanks "', "Data!B1",
                              "Data!B5", "Data!E3", "title")  # fmt: skip
        return self._random.choice(
            [self._cut, self._changed, self._joined, self._formatted, self._chosen_text]
        )(depth - 1)

    def _cut(self, depth: int) -> str:
        text, count = self.text(depth), self._pick("0", "1", "2", "3", "99", "-1")
        return self._pick(
            f"LEFT({text},{count})", f"RIGHT({text},{count})", f"LEFT({text})", f"RIGHT({text})",
            f"MID({text},{self._pick('1', '2', '9', '0')},{count})", f"REPT({text},{count})",
        )  # fmt: skip

    def _changed(self, depth: int) -> str:
        text = self.text(depth)
        turn = self._pick("", "", ",1", ",2")
        old, new = self._pick("o", "e", "xx"), self._pick("0", "", "--")
        start, count = self._pick("1", "2", "9"), self._pick("0", "1", "3")
        return self._pick(
            f"UPPER({text})", f"LOWER({text})", f"PROPER({text})", f"TRIM({text})", "T(Data!B1)",
            f'SUBSTITUTE({text},"{old}","{new}"{turn})', f'REPLACE({text},{start},{count},"<>")',
            f"CHAR({self._pick('65', '97', '36', '126')})", "T(Data!A1)",
        )  # fmt: skip

    def _joined(self, depth: int) -> str:
        one, two = self.text(depth), self.text(depth)
        between, skip = self._pick(", ", ""), self._pick("TRUE", "FALSE")
        row, column = self._pick("3", "12"), self._pick("2", "30")
        return self._pick(
            f"{one}&{two}", f'{one}&" "&ROUND({self.number(depth)},2)',
            f"CONCATENATE({one},{two})", f"_xlfn.CONCAT({_KEYS},{one})",
            f'_xlfn.TEXTJOIN("{between}",{skip},{_TEXTS},{one})',
            f"ADDRESS({row},{column}{self._pick('', ',1', ',2', ',4')})",
        )  # fmt: skip

    def _formatted(self, depth: int) -> str:
        number = self._pick("1234.567", "0.5", "-2.5", "7", "0", "Data!A5", "1234567", "-0.125")
        time = self._pick("0.5", "1.25", "0.0625", "0.25", "45000.75")
        form = self._pick('"0"', '"00"', '"0.00"', '"#,##0"', '"#,##0.00"', '"0%"', '"0.0%"',
                          '"000"', '"#"', '"0.00E+00"')  # fmt: skip
        clock = self._pick('"hh:mm:ss"', '"h:mm"', '"[h]:mm:ss"', '"mm:ss"', '"hh:mm"')
        return self._pick(f"TEXT({number},{form})", f"TEXT({time},{clock})")

    def _chosen_text(self, depth: int) -> str:
        return self._chosen(depth, self.text)

    def truth(self, depth: int) -> str:
        """Return an expression that is a truth value, or an error."""
        if depth <= 0 or self._random.random() < 0.1:
            return self._pick("TRUE", "FALSE", "TRUE()", "Data!C1", "Data!C2")
        return self._random.choice([self._comparison, self._logic, self._question])(depth - 1)

    def _comparison(self, depth: int) -> str:
        sign = self._pick("=", "<>", "<", "<=", ">", ">=")
        return self._pick(
            f"{self.number(depth)}{sign}{self.number(depth)}",
            self._pick("Data!B1", '"abc"', "Data!E2") + sign + self._pick("Data!B3", '"ABC"', "1"),
            f"EXACT({self.text(depth)},{self.text(depth)})",
            "0.1+0.2=0.3",
        )

    def _logic(self, depth: int) -> str:
        one, two = self.truth(depth), self.truth(depth)
        return self._pick(
            f"AND({one},{two})", f"OR({one},{two})", f"_xlfn.XOR({one},{two})", f"NOT({one})",
            f"AND({_TRUTHS},{one})", f"OR({_TRUTHS})",
        )  # fmt: skip

    def _question(self, depth: int) -> str:
        any_ = self._pick(self.number(depth), self.text(depth), "Data!B4", "NA()")
        name = self._pick("ISNUMBER", "ISTEXT", "ISBLANK", "ISERROR", "ISNA", "ISERR", "ISNONTEXT")
        return self._pick(
            f"{name}({any_})", "ISLOGICAL(Data!C1)", "ISLOGICAL(Data!A1)",
            f"ISEVEN(0+{self.number(depth)})", f"ISODD(0+{self.number(depth)})",
        )  # fmt: skip

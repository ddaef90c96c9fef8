from __future__ import annotations

from sheetrender.model.cells import Value
from tests.planning.formulas import cases, check


@cases(
    {
        "=LEFT(B1)": "i",
        "=LEFT(B1,99)": "intro",
        "=LEFT(B1,-1)": "#VALUE!",
        "=RIGHT(B1,0)": "",
        "=RIGHT(B1,2)": "ro",
        "=MID(B1,2,3)": "ntr",
        "=MID(B1,0,3)": "#VALUE!",
        "=MID(B1,1E300,1E300)": "",
        "=LEN(A1)": 1,
        "=LEN(10/4)": 3,
        "=UPPER(B1)": "INTRO",
        '=PROPER("two words")': "Two Words",
        '=TRIM("  a   b ")': "a b",
        '=SUBSTITUTE("a-b-c","-","+")': "a+b+c",
        '=SUBSTITUTE("a-b-c","-","+",2)': "a-b+c",
        '=SUBSTITUTE("a","","x")': "a",
        '=SUBSTITUTE("a","a","b",0)': "#VALUE!",
        '=SUBSTITUTE(REPT("a",9999),"a",REPT("b",9999))': "#VALUE!",
        '=REPLACE("abcdef",2,3,"-")': "a-ef",
        '=FIND("T",B1)': "#VALUE!",
        '=FIND("t",B1)': 3,
        '=FIND("t",B1,9)': "#VALUE!",
        '=SEARCH("T",B1)': 3,
        '=SEARCH("n*o",B1)': 2,
        '=SEARCH("~*","a*b")': 2,
        '=REPT("ab",3)': "ababab",
        '=REPT("ab",1E9)': "#VALUE!",
        '=REPT("",1E300)': "",
        '=EXACT("a","A")': False,
        '=VALUE("50%")': 0.5,
        '=VALUE("1,234.5")': 1234.5,
        '=VALUE("12:00")': 0.5,
        '=VALUE("nan")': "#VALUE!",
        '=VALUE("1_0")': "#VALUE!",
        '=VALUE("1e999")': "#VALUE!",
        '="inf"+1': "#VALUE!",
        "=CHAR(65)": "A",
        "=CHAR(128)": "€",
        "=CHAR(0)": "#VALUE!",
        '=CODE("A")': 65,
        '=CODE("")': "#VALUE!",
        "=T(A1)": "",
        '=CONCATENATE(B1," ",A1)': "intro 1",
        "=CONCAT(A1:B2)": "1intro2verse",
        '=TEXTJOIN(", ",TRUE,B1:B4)': "intro, verse, Chorus",
        '=TEXTJOIN("-",FALSE,B3:B4,"x")': "Chorus--x",
        '=TEXTJOIN(REPT("x",30000),FALSE,A1:D4)': "#VALUE!",
        '=1/3&""': "0.333333333333333",
        '=1E15&""': "1000000000000000",
        '=1E21&""': "1E+21",
        '=0.00001&""': "0.00001",
        '=-0.5&""': "-0.5",
    }
)
def test_texts(formula: str, value: Value) -> None:
    check(formula, value)

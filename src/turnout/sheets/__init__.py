"""Tables as offices have them, in and out: XLSX, XLS, ODS and CSV, every bad cell named, nothing guessed.

Reading:  `open_book(path)` -> Book of raw grids -> `read(book, layouts)` -> Reading of typed columns, faults and notes.
Writing:  `save(path, sheets)` writes a workbook or a folder of CSV files, whole or not at all.
Errors:   `error_copy(...)` gives the uploaded rows back with what is wrong and what would be right.

Knows nothing of Django or of any other part of the product; what the sheets mean belongs to the caller.
"""

from turnout.sheets.book import Book, Grid, open_book, open_bytes
from turnout.sheets.copies import error_copy
from turnout.sheets.faults import Fault, Refused, Sentence, say
from turnout.sheets.kinds import Choice, Code, Day, Decimal, Integer, Kind, Listing, Moment, Text, YesNo
from turnout.sheets.layout import Column, Layout
from turnout.sheets.table import Reading, Table, read
from turnout.sheets.writing import Out, save, to_bytes

__all__ = [
    "Book",
    "Choice",
    "Code",
    "Column",
    "Day",
    "Decimal",
    "Fault",
    "Grid",
    "Integer",
    "Kind",
    "Layout",
    "Listing",
    "Moment",
    "Out",
    "Reading",
    "Refused",
    "Sentence",
    "Table",
    "Text",
    "YesNo",
    "error_copy",
    "open_book",
    "open_bytes",
    "read",
    "save",
    "say",
    "to_bytes",
]

"""Cells of an XLSX file whose formula left an error or no saved result; the reader shows both as blank.

A blank in a column that may be blank would silently change a plan, so these are found in the file itself. Nothing is
parsed as XML: the few patterns below run over the unpacked bytes of a sheet in chunks.
"""

from __future__ import annotations

import html
import io
import posixpath
import re
import zipfile

_SHEET = re.compile(rb"<(?:\w+:)?sheet\b[^>]*?>")
_NAME = re.compile(rb'\bname="([^"]*)"')
_REL = re.compile(rb'\br:id="([^"]*)"|\b\w+:id="([^"]*)"')
_LINK = re.compile(rb"<(?:\w+:)?Relationship\b[^>]*?>")
_ID, _TARGET = re.compile(rb'\bId="([^"]*)"'), re.compile(rb'\bTarget="([^"]*)"')
_CELL = re.compile(rb'<c r="([A-Z]{1,3})(\d{1,7})"([^>/]*)>(.{0,4000}?)</c>', re.DOTALL)
_VALUE = re.compile(rb"<v>([^<]+)</v>|<is>")
_CHUNK = 1 << 22
_OVERLAP = 1 << 13


def broken_cells(content: bytes) -> dict[str, dict[tuple[int, int], tuple[str, str]]]:
    """By sheet name: (row, column), counted from 0 -> ('formula_error', '#N/A') or ('formula_unsaved', '')."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        found = {name: _scan(packed, path) for name, path in _paths(packed).items()}
    return {name: cells for name, cells in found.items() if cells}


def _paths(packed: zipfile.ZipFile) -> dict[str, str]:
    names = set(packed.namelist())
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
        return {}
    targets = {}
    for link in _LINK.findall(packed.read("xl/_rels/workbook.xml.rels")):
        number, target = _ID.search(link), _TARGET.search(link)
        if number and target:
            targets[number[1]] = posixpath.normpath(posixpath.join("xl", target[1].decode())).lstrip("/")
    paths = {}
    for sheet in _SHEET.findall(packed.read("xl/workbook.xml")):
        name, rel = _NAME.search(sheet), _REL.search(sheet)
        path = targets.get(rel[1] or rel[2]) if rel else None
        if name and path in names:
            paths[html.unescape(name[1].decode())] = str(path)
    return paths


def _scan(packed: zipfile.ZipFile, path: str) -> dict[tuple[int, int], tuple[str, str]]:
    found: dict[tuple[int, int], tuple[str, str]] = {}
    kept = b""
    with packed.open(path) as stream:
        while chunk := stream.read(_CHUNK):
            text = kept + chunk
            if b't="e"' in text or b"<f" in text:
                found |= _broken(text)
            kept = text[-_OVERLAP:]
    return found


def _broken(text: bytes) -> dict[tuple[int, int], tuple[str, str]]:
    found = {}
    for column, row, attributes, inside in _CELL.findall(text):
        value = _VALUE.search(inside)
        if b't="e"' in attributes:
            found[_place(column, row)] = ("formula_error", ((value and value[1]) or b"").decode("ascii", "replace"))
        elif b"<f" in inside and value is None and b't="str"' not in attributes:
            found[_place(column, row)] = ("formula_unsaved", "")
    return found


def _place(column: bytes, row: bytes) -> tuple[int, int]:
    number = 0
    for sign in column:
        number = number * 26 + sign - 64
    return int(row) - 1, number - 1

"""Workbooks written part by part, so that each byte is known: no clock, no compression, no program's habits."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from xml.sax.saxutils import escape

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_EPOCHS = {False: date(1899, 12, 30), True: date(1904, 1, 1)}
DATE_STYLE = 1


@dataclass(frozen=True)
class Formula:
    """A formula, with the result that the program stored, if it did."""

    source: str
    stored: float | str | None = None


@dataclass(frozen=True)
class Error:
    """A cell that holds an error, such as #N/A."""

    sign: str


@dataclass(frozen=True)
class Raw:
    """XML of a cell's content, as it is: the type, and what stands between the tags."""

    kind: str
    inside: str


Cell = str | float | int | bool | date | Formula | Error | Raw | None


@dataclass(frozen=True)
class Sheet:
    """A worksheet: rows by number (from 1), ranges of merged cells, whether it is hidden, the size it claims to have."""

    name: str
    rows: Mapping[int, Sequence[Cell]]
    merged: tuple[str, ...] = ()
    hidden: bool = False
    dimension: str = ""
    doctype: str = ""


def sheet(name: str, *rows: Sequence[Cell], **more: object) -> Sheet:
    """A worksheet of rows from the first on."""
    return Sheet(name, dict(enumerate(rows, start=1)), **more)  # type: ignore[arg-type]


def book(*sheets: Sheet, epoch_1904: bool = False, shared: Sequence[str] = ()) -> bytes:
    """An Excel workbook. shared: XML of the shared strings, for cells that refer to them."""
    numbered = list(enumerate(sheets, start=1))
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{place}.xml" ContentType="{_OFFICE}.worksheet+xml"/>'
        for place, _ in numbered
    )
    listed = "".join(
        f'<sheet name="{escape(each.name)}" sheetId="{place}" state="{"hidden" if each.hidden else "visible"}"'
        f' r:id="rId{place}"/>'
        for place, each in numbered
    )
    relations = "".join(
        f'<Relationship Id="rId{place}" Type="{_DOCUMENT}/worksheet" Target="worksheets/sheet{place}.xml"/>'
        for place, _ in numbered
    )
    parts = {
        "[Content_Types].xml": f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_OFFICE}.sheet.main+xml"/>{overrides}'
        f'<Override PartName="/xl/styles.xml" ContentType="{_OFFICE}.styles+xml"/>'
        f'<Override PartName="/xl/sharedStrings.xml" ContentType="{_OFFICE}.sharedStrings+xml"/></Types>',
        "_rels/.rels": f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_DOCUMENT}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{_HEAD}<workbook {_MAIN} xmlns:r="{_DOCUMENT}">'
        f'<workbookPr date1904="{int(epoch_1904)}"/><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{relations}'
        f'<Relationship Id="rId98" Type="{_DOCUMENT}/styles" Target="styles.xml"/>'
        f'<Relationship Id="rId99" Type="{_DOCUMENT}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
        "xl/styles.xml": f'{_HEAD}<styleSheet {_MAIN}><fonts count="1"><font/></fonts>'
        '<fills count="1"><fill><patternFill/></fill></fills>'
        '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
        '<cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>',
        "xl/sharedStrings.xml": f"{_HEAD}<sst {_MAIN}>{''.join(f'<si>{each}</si>' for each in shared)}</sst>",
    }
    parts |= {f"xl/worksheets/sheet{place}.xml": _worksheet(each, epoch_1904) for place, each in numbered}
    return archive({name: part.encode() for name, part in parts.items()})


def archive(parts: Mapping[str, bytes]) -> bytes:
    """A ZIP file with these parts, stored, dated at the beginning of the format's calendar."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as made:
        for name, content in parts.items():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.create_system = 3  # the same bytes on every system
            made.writestr(entry, content)
    return stream.getvalue()


def _worksheet(given: Sheet, epoch_1904: bool) -> str:
    rows = "".join(
        f'<row r="{number}">{"".join(_cell(place, number, cell, epoch_1904) for place, cell in enumerate(cells))}</row>'
        for number, cells in sorted(given.rows.items())
    )
    size = f'<dimension ref="{given.dimension}"/>' if given.dimension else ""
    merged = "".join(f'<mergeCell ref="{each}"/>' for each in given.merged)
    merged = f'<mergeCells count="{len(given.merged)}">{merged}</mergeCells>' if merged else ""
    return f"{_HEAD}{given.doctype}<worksheet {_MAIN}>{size}<sheetData>{rows}</sheetData>{merged}</worksheet>"


def _cell(place: int, row: int, cell: Cell, epoch_1904: bool) -> str:
    if cell is None:
        return ""
    attributes, inside = _inside(cell, epoch_1904)
    return f'<c r="{chr(ord("A") + place)}{row}"{attributes}>{inside}</c>'


def _inside(cell: Cell, epoch_1904: bool) -> tuple[str, str]:
    """Attributes and content of a cell's tag."""
    attributes, inside = "", f"<v>{cell}</v>"
    match cell:
        case Formula(source, stored):
            attributes = ' t="str"' if isinstance(stored, str) else ""
            inside = f"<f>{escape(source)}</f>" + ("" if stored is None else f"<v>{stored}</v>")
        case Error(sign):
            attributes, inside = ' t="e"', f"<v>{sign}</v>"
        case Raw(kind, inside):
            attributes = f' t="{kind}"'
        case bool():
            attributes, inside = ' t="b"', f"<v>{int(cell)}</v>"
        case date():
            attributes, inside = f' s="{DATE_STYLE}"', f"<v>{(cell - _EPOCHS[epoch_1904]).days}</v>"
        case str():
            attributes, inside = ' t="inlineStr"', f'<is><t xml:space="preserve">{escape(cell)}</t></is>'
    return attributes, inside

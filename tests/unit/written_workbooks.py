"""Small workbooks whose XML is as programs write it: one form, written by eight programs.

Each is a mapping of parts, as text; `zipped` in workbooks.py makes a file of them. All hold the same
rows, which the tests beside this state. The parts are written by hand after files of each program,
and keep what is peculiar to it; xlsxwriter and openpyxl, which other tests use, write none of this.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Parts = Mapping[str, bytes]

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_SHEETS = ("Deltakere", "Henvisninger", "Avslutninger")


def _package(
    parts: Mapping[str, str],
    sheets: Sequence[str],
    *,
    workbook: str = "xl/workbook.xml",
    office: str = _OFFICE,
    absolute: bool = False,
) -> Parts:
    """Add the types and relations of parts that lie beside `workbook`, the sheets in this order."""
    folder = workbook.rpartition("/")[0]
    kinds = [(f"worksheets/{name}", "worksheet") for name in sheets]
    kinds += [
        (f"{kind}.xml", kind)
        for kind in ("styles", "sharedStrings")
        if f"{folder}/{kind}.xml" in parts
    ]
    relations = "".join(
        f'<Relationship Id="rId{number}" Type="{office}/{kind}" '
        f'Target="{f"/{folder}/" if absolute else ""}{name}"/>'
        for number, (name, kind) in enumerate(kinds, start=1)
    )
    types = "".join(
        f'<Override PartName="/{folder}/{name}" ContentType="{_TYPE}.{kind}+xml"/>'
        for name, kind in kinds
    )
    whole = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/{workbook}" ContentType="{_TYPE}.sheet.main+xml"/>{types}</Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{office}/officeDocument" Target="{workbook}"/>'
        "</Relationships>",
        f"{folder}/_rels/{workbook.rpartition('/')[2]}.rels": (
            f'<Relationships xmlns="{_PACKAGE}/relationships">{relations}</Relationships>'
        ),
        **parts,
    }
    return {name: (_HEAD + part.strip()).encode() for name, part in whole.items()}


def _listed(*texts: str) -> str:
    return "".join(f"<si><t>{text}</t></si>" for text in texts)


# --- Excel --------------------------------------------------------------------------------

EXCEL_1904 = _package(
    {
        # Excel for Mac, a workbook of the 1904 system, edited in Excel 365 later.
        "xl/workbook.xml": f"""
<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"
 xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" mc:Ignorable="x15 xr xr6"
 xmlns:x15="http://schemas.microsoft.com/office/spreadsheetml/2010/11/main"
 xmlns:xr="http://schemas.microsoft.com/office/spreadsheetml/2014/revision"
 xmlns:xr6="http://schemas.microsoft.com/office/spreadsheetml/2016/revision6"
><fileVersion appName="xl" lastEdited="7" lowestEdited="4" rupBuild="10101"
/><workbookPr date1904="1" showInkAnnotation="0" autoCompressPictures="0"
/><mc:AlternateContent><mc:Choice Requires="x15"><x15ac:absPath url="\\\\felles\\nora\\"
 xmlns:x15ac="http://schemas.microsoft.com/office/spreadsheetml/2010/11/ac"/></mc:Choice
></mc:AlternateContent><xr:revisionPtr revIDLastSave="0" documentId="8_{{EA5}}"
 xr6:coauthVersionLast="47" xr6:coauthVersionMax="47"/><bookViews><workbookView xWindow="0"
 yWindow="500" activeTab="1"/></bookViews><sheets><sheet name="Deltakere" sheetId="1" r:id="rId1"
/><sheet name="Henvisninger" sheetId="4" r:id="rId2"/><sheet name="Avslutninger" sheetId="3"
 state="hidden" r:id="rId3"/></sheets><calcPr calcId="191029"/><extLst><ext
 uri="{{140A7094-0E35-4892-8432-C4D2E57EDEB5}}"><x15:workbookPr chartTrackingRefBase="1"/></ext
></extLst></workbook>""",
        # The table's conditional format has the number of a built-in date for another code.
        "xl/styles.xml": f"""
<styleSheet xmlns="{_MAIN}"><numFmts count="1"><numFmt numFmtId="164"
 formatCode="&quot;K-&quot;0000"/></numFmts><fonts count="1"><font><sz val="12"/><name
 val="Calibri"/></font></fonts><fills count="1"><fill><patternFill patternType="none"/></fill
></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf numFmtId="0"/></cellStyleXfs
><cellXfs count="4"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="14"
 fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="164" fontId="0"
 fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="9" fontId="0" fillId="0"
 borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs><cellStyles count="1"><cellStyle name="Normal"
 xfId="0" builtinId="0"/></cellStyles><dxfs count="2"><dxf><numFmt numFmtId="14" formatCode="0.00%"/></dxf
><dxf><numFmt numFmtId="164" formatCode="dd/mm/yyyy"/></dxf></dxfs></styleSheet>""",
        "xl/sharedStrings.xml": f"""
<sst xmlns="{_MAIN}" count="40" uniqueCount="22"><si><t>Kvinne</t></si><si><r><t xml:space="preserve">Man</t></r><r
><rPr><b/><sz val="12"/></rPr><t>n</t></r><rPh sb="0" eb="1"><t>uttale</t></rPh><phoneticPr
 fontId="0"/></si><si><t>Eritrea</t></si><si><t xml:space="preserve"> Ukraina_x000D_
</t></si>{_listed("Deltaker-ID", "Fødselsår", "Kjønn", "Landbakgrunn")}{_listed("Henvisnings-ID", "Henvist dato", "Henvist fra", "Ytelse", "Oppstartsdato")}{_listed("S1", "S2", "NAV lokal", "KVP")}{_listed("Avsluttet dato", "Avslutningstype", "Gikk til", "Årsak", "Stillingsprosent", "Planmessig avsluttet", "A")}</sst>""",
        "xl/worksheets/sheet1.xml": f"""
<worksheet xmlns="{_MAIN}" xmlns:x14ac="http://schemas.microsoft.com/office/spreadsheetml/2009/9/ac"
><dimension ref="A1:D3"/><sheetViews><sheetView workbookViewId="0"/></sheetViews><sheetFormatPr
 baseColWidth="10" defaultRowHeight="16" x14ac:dyDescent="0.2"/><sheetData>
<row r="1" spans="1:4" x14ac:dyDescent="0.2"><c r="A1" t="s"><v>4</v></c><c r="B1" t="s"><v>5</v></c><c r="C1" t="s"><v>6</v></c><c r="D1" t="s"><v>7</v></c></row>
<row r="2" spans="1:4" x14ac:dyDescent="0.2"><c r="A2" s="2"><v>7</v></c><c r="B2"><v>1984</v></c><c r="C2" t="s"><v>0</v></c><c r="D2" t="s"><v>2</v></c></row>
<row r="3" spans="1:4" x14ac:dyDescent="0.2"><c r="A3" s="2"><v>12</v></c><c r="B3"><v>1991</v></c><c r="C3" t="s"><v>1</v></c><c r="D3" t="s"><v>3</v></c></row>
</sheetData><pageMargins left="0.7" right="0.7" top="0.75" bottom="0.75" header="0.3" footer="0.3"/></worksheet>""",
        "xl/worksheets/sheet2.xml": f"""
<worksheet xmlns="{_MAIN}"><dimension ref="A1:F3"/><sheetData>
<row r="1" spans="1:6"><c r="A1" t="s"><v>8</v></c><c r="B1" t="s"><v>4</v></c><c r="C1" t="s"><v>9</v></c><c r="D1" t="s"><v>10</v></c><c r="E1" t="s"><v>11</v></c><c r="F1" t="s"><v>12</v></c></row>
<row r="2" spans="1:6"><c r="A2" t="s"><v>13</v></c><c r="B2" s="2"><f>Deltakere!A2</f><v>7</v></c><c r="C2" s="1"><v>42432</v></c><c r="D2" t="s"><v>15</v></c><c r="E2" t="s"><v>16</v></c><c r="F2" s="1"><v>42465</v></c></row>
<row r="3" spans="1:6"><c r="A3" t="s"><v>14</v></c><c r="B3" s="2"><v>12</v></c><c r="C3" s="1"><v>42507</v></c><c r="D3" t="s"><v>15</v></c><c r="E3" t="s"><v>16</v></c><c r="F3" s="1"/></row>
</sheetData></worksheet>""",
        # Column A holds only formulas with an empty text.
        "xl/worksheets/sheet3.xml": f"""
<worksheet xmlns="{_MAIN}"><dimension ref="A1:G2"/><sheetData>
<row r="1" spans="1:7"><c r="A1" t="str"><f>IF(B2="","?","")</f><v></v></c><c r="B1" t="s"><v>8</v></c><c r="C1" t="s"><v>17</v></c><c r="D1" t="s"><v>18</v></c><c r="E1" t="s"><v>19</v></c><c r="F1" t="s"><v>20</v></c><c r="G1" t="s"><v>21</v></c></row>
<row r="2" spans="1:7" hidden="1"><c r="A2" t="str"><f>IF(B2="","?","")</f><v></v></c><c r="B2" t="s"><v>13</v></c><c r="C2" s="1"><v>42703</v></c><c r="D2" t="s"><v>22</v></c><c r="E2" t="s"><v>23</v></c><c r="G2" s="3"><v>0.6</v></c></row>
</sheetData></worksheet>""",
    },
    ["sheet1.xml", "sheet2.xml", "sheet3.xml"],
)

# --- LibreOffice --------------------------------------------------------------------------

LIBREOFFICE = _package(
    {
        "xl/workbook.xml": f"""
<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><fileVersion appName="Calc"/><workbookPr
 backupFile="false" showObjects="all" date1904="false"/><workbookProtection/><bookViews><workbookView
 showHorizontalScroll="true" firstSheet="0" activeTab="0"/></bookViews><sheets><sheet
 name="Deltakere" sheetId="1" state="visible" r:id="rId1"/><sheet name="Henvisninger" sheetId="2"
 state="visible" r:id="rId2"/><sheet name="Avslutninger" sheetId="3" state="visible" r:id="rId3"/></sheets
><calcPr iterateCount="100" refMode="A1" iterate="false" iterateDelta="0.001"/></workbook>""",
        "xl/styles.xml": f"""
<styleSheet xmlns="{_MAIN}"><numFmts count="4"><numFmt numFmtId="164" formatCode="General"/><numFmt
 numFmtId="165" formatCode="dd\\.mm\\.yyyy"/><numFmt numFmtId="166" formatCode="&quot;K-&quot;0000"/><numFmt
 numFmtId="167" formatCode="0\\ %"/></numFmts><fonts count="1"><font><sz val="10"/><name val="Arial"/></font
></fonts><fills count="1"><fill><patternFill patternType="none"/></fill></fills><borders count="1"><border
 diagonalUp="false" diagonalDown="false"/></borders><cellStyleXfs count="1"><xf numFmtId="164"/></cellStyleXfs
><cellXfs count="4"><xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyFont="false"/><xf
 numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyFont="false"/><xf numFmtId="166" fontId="0"
 fillId="0" borderId="0" xfId="0" applyFont="false"/><xf numFmtId="167" fontId="0" fillId="0"
 borderId="0" xfId="0" applyFont="false"/></cellXfs></styleSheet>""",
        "xl/sharedStrings.xml": f"""
<sst xmlns="{_MAIN}" count="32" uniqueCount="23">{_listed("Deltaker-ID", "Fødselsår", "Kjønn", "Landbakgrunn", "Kvinne", "Eritrea", "Mann", "Ukraina")}{_listed("Henvisnings-ID", "Henvist dato", "Henvist fra", "Ytelse", "Oppstartsdato", "S1", "NAV lokal", "KVP", "S2")}{_listed("Avsluttet dato", "Avslutningstype", "Gikk til", "Årsak", "Stillingsprosent", "Planmessig avsluttet", "A")}</sst>""",
        "xl/worksheets/sheet1.xml": f"""
<worksheet xmlns="{_MAIN}"><sheetPr filterMode="false"><pageSetUpPr fitToPage="false"/></sheetPr><dimension ref="A1:D3"/><sheetFormatPr
 defaultColWidth="11.5" defaultRowHeight="12.8"/><sheetData><row r="1"
 customFormat="false" ht="12.8" hidden="false" customHeight="false" outlineLevel="0" collapsed="false"
><c r="A1" s="0" t="s"><v>0</v></c><c r="B1" s="0" t="s"><v>1</v></c><c r="C1" s="0" t="s"><v>2</v></c><c r="D1" s="0" t="s"><v>3</v></c></row><row
 r="2" customFormat="false" ht="12.8" hidden="false" customHeight="false" outlineLevel="0" collapsed="false"
><c r="A2" s="2" t="n"><v>7</v></c><c r="B2" s="0" t="n"><v>1984</v></c><c r="C2" s="0" t="s"><v>4</v></c><c r="D2" s="0" t="s"><v>5</v></c></row><row
 r="3" customFormat="false" ht="12.8" hidden="false" customHeight="false" outlineLevel="0" collapsed="false"
><c r="A3" s="2" t="n"><v>12</v></c><c r="B3" s="0" t="n"><v>1991</v></c><c r="C3" s="0" t="s"><v>6</v></c><c r="D3" s="0" t="s"><v>7</v></c></row></sheetData></worksheet>""",
        "xl/worksheets/sheet2.xml": f"""
<worksheet xmlns="{_MAIN}"><dimension ref="A1:F3"/><sheetData><row r="1"><c r="A1" s="0" t="s"><v>8</v></c><c r="B1" s="0" t="s"><v>0</v></c><c r="C1" s="0" t="s"><v>9</v></c><c r="D1" s="0" t="s"><v>10</v></c><c r="E1" s="0" t="s"><v>11</v></c><c r="F1" s="0" t="s"><v>12</v></c></row
><row r="2"><c r="A2" s="0" t="s"><v>13</v></c><c r="B2" s="2" t="n"><f aca="false">Deltakere!A2</f><v>7</v></c><c r="C2" s="1" t="n"><v>43894</v></c><c r="D2" s="0" t="s"><v>14</v></c><c r="E2" s="0" t="str"><f aca="false">UPPER("kvp")</f><v>KVP</v></c><c r="F2" s="1" t="n"><v>43927</v></c></row
><row r="3"><c r="A3" s="0" t="s"><v>16</v></c><c r="B3" s="2" t="n"><v>12</v></c><c r="C3" s="1" t="n"><v>43969</v></c><c r="D3" s="0" t="s"><v>14</v></c><c r="E3" s="0" t="s"><v>15</v></c><c r="F3" s="1"/></row></sheetData></worksheet>""",
        "xl/worksheets/sheet3.xml": f"""
<worksheet xmlns="{_MAIN}"><dimension ref="A1:F2"/><sheetData><row r="1"><c r="A1" s="0" t="s"><v>8</v></c><c r="B1" s="0" t="s"><v>17</v></c><c r="C1" s="0" t="s"><v>18</v></c><c r="D1" s="0" t="s"><v>19</v></c><c r="E1" s="0" t="s"><v>20</v></c><c r="F1" s="0" t="s"><v>21</v></c></row
><row r="2"><c r="A2" s="0" t="s"><v>13</v></c><c r="B2" s="1" t="n"><v>44165</v></c><c r="C2" s="0" t="s"><v>22</v></c><c r="D2" s="0" t="s"><v>23</v></c><c r="E2" s="0"/><c r="F2" s="3" t="n"><v>0.6</v></c></row></sheetData></worksheet>""",
    },
    ["sheet1.xml", "sheet2.xml", "sheet3.xml"],
)

# --- Numbers ------------------------------------------------------------------------------

NUMBERS = _package(
    {
        # Numbers puts a summary of the export first. The sheets have been given their names back.
        "xl/workbook.xml": f"""
<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><workbookPr/><bookViews><workbookView xWindow="0"
 yWindow="40" windowWidth="15960" windowHeight="18080"/></bookViews><sheets><sheet
 name="Eksportsammendrag" sheetId="1" r:id="rId1"/><sheet name="Deltakere" sheetId="2" r:id="rId2"/><sheet
 name="Henvisninger" sheetId="3" r:id="rId3"/><sheet name="Avslutninger" sheetId="4" r:id="rId4"/></sheets
></workbook>""",
        "xl/styles.xml": f"""
<styleSheet xmlns="{_MAIN}"><numFmts count="3"><numFmt numFmtId="0" formatCode="General"/><numFmt
 numFmtId="59" formatCode="d&quot;.&quot;m&quot;.&quot;yyyy"/><numFmt numFmtId="60"
 formatCode="&quot;K-&quot;0000"/></numFmts><fonts count="1"><font><sz val="10"/><name
 val="Helvetica Neue"/></font></fonts><fills count="1"><fill><patternFill patternType="none"/></fill></fills
><borders count="1"><border/></borders><cellStyleXfs count="1"><xf numFmtId="0"/></cellStyleXfs><cellXfs
 count="5"><xf numFmtId="0" applyNumberFormat="1"/><xf numFmtId="49" applyNumberFormat="1"/><xf numFmtId="59"
 applyNumberFormat="1"/><xf numFmtId="60" applyNumberFormat="1"/><xf numFmtId="9" applyNumberFormat="1"/></cellXfs
><dxfs count="0"/></styleSheet>""",
        "xl/sharedStrings.xml": f"""
<sst xmlns="{_MAIN}" uniqueCount="26">{_listed("Dette dokumentet ble eksportert fra Numbers.", "Navn på Numbers-arket", "Tabell 1")}{_listed("Deltaker-ID", "Fødselsår", "Kjønn", "Landbakgrunn", "Kvinne", "Eritrea", "Mann", "Ukraina")}{_listed("Henvisnings-ID", "Henvist dato", "Henvist fra", "Ytelse", "Oppstartsdato", "S1", "NAV lokal", "KVP", "S2")}{_listed("Avsluttet dato", "Avslutningstype", "Gikk til", "Årsak", "Stillingsprosent", "Planmessig avsluttet", "A")}</sst>""",
        "xl/worksheets/sheet1.xml": f"""
<worksheet xmlns="{_MAIN}"><sheetFormatPr defaultColWidth="10" defaultRowHeight="13"/><sheetData><row
 r="3" ht="50" customHeight="1"><c r="B3" t="s" s="1"><v>0</v></c></row><row r="7"><c r="B7" t="s" s="1"><v>1</v></c></row
></sheetData><mergeCells count="1"><mergeCell ref="B3:D3"/></mergeCells></worksheet>""",
        "xl/worksheets/sheet2.xml": f"""
<worksheet xmlns="{_MAIN}"><dimension ref="A1:D4"/><sheetData><row r="1" ht="27.65" customHeight="1"><c
 r="A1" t="s" s="1"><v>2</v></c><c r="B1" s="1"/><c r="C1" s="1"/><c r="D1" s="1"/></row><row r="2" ht="20.25"
 customHeight="1"><c r="A2" t="s" s="1"><v>3</v></c><c r="B2" t="s" s="1"><v>4</v></c><c r="C2" t="s" s="1"><v>5</v></c><c r="D2" t="s" s="1"><v>6</v></c></row><row
 r="3"><c r="A3" s="3"><v>7</v></c><c r="B3" s="0"><v>1984</v></c><c r="C3" t="s" s="1"><v>7</v></c><c r="D3" t="s" s="1"><v>8</v></c></row><row
 r="4"><c r="A4" s="3"><v>12</v></c><c r="B4" s="0"><v>1991</v></c><c r="C4" t="s" s="1"><v>9</v></c><c r="D4" t="s" s="1"><v>10</v></c></row
></sheetData><mergeCells count="1"><mergeCell ref="A1:D1"/></mergeCells></worksheet>""",
        "xl/worksheets/sheet3.xml": f"""
<worksheet xmlns="{_MAIN}"><dimension ref="A1:F3"/><sheetData><row r="1"><c r="A1" t="s" s="1"><v>11</v></c><c r="B1" t="s" s="1"><v>3</v></c><c r="C1" t="s" s="1"><v>12</v></c><c r="D1" t="s" s="1"><v>13</v></c><c r="E1" t="s" s="1"><v>14</v></c><c r="F1" t="s" s="1"><v>15</v></c></row
><row r="2"><c r="A2" t="s" s="1"><v>16</v></c><c r="B2" s="3"><v>7</v></c><c r="C2" s="2"><v>43894</v></c><c r="D2" t="s" s="1"><v>17</v></c><c r="E2" t="s" s="1"><v>18</v></c><c r="F2" s="2"><v>43927</v></c></row
><row r="3"><c r="A3" t="s" s="1"><v>19</v></c><c r="B3" s="3"><v>12</v></c><c r="C3" s="2"><v>43969</v></c><c r="D3" t="s" s="1"><v>17</v></c><c r="E3" t="s" s="1"><v>18</v></c><c r="F3" s="1"/></row></sheetData></worksheet>""",
        "xl/worksheets/sheet4.xml": f"""
<worksheet xmlns="{_MAIN}"><dimension ref="A1:F2"/><sheetData><row r="1"><c r="A1" t="s" s="1"><v>11</v></c><c r="B1" t="s" s="1"><v>20</v></c><c r="C1" t="s" s="1"><v>21</v></c><c r="D1" t="s" s="1"><v>22</v></c><c r="E1" t="s" s="1"><v>23</v></c><c r="F1" t="s" s="1"><v>24</v></c></row
><row r="2"><c r="A2" t="s" s="1"><v>16</v></c><c r="B2" s="2"><v>44165</v></c><c r="C2" t="s" s="1"><v>25</v></c><c r="D2" t="s" s="1"><v>26</v></c><c r="E2" s="1"/><c r="F2" s="4"><v>0.6</v></c></row></sheetData></worksheet>""",
    },
    ["sheet1.xml", "sheet2.xml", "sheet3.xml", "sheet4.xml"],
)

# --- Google Sheets ------------------------------------------------------------------------

GOOGLE_SHEETS = _package(
    {
        "xl/workbook.xml": f"""
<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}" xmlns:mx="http://schemas.microsoft.com/office/mac/excel/2008/main"
><workbookPr/><sheets><sheet state="visible" name="Deltakere" sheetId="1" r:id="rId1"/><sheet state="visible"
 name="Henvisninger" sheetId="2" r:id="rId2"/><sheet state="visible" name="Avslutninger" sheetId="3"
 r:id="rId3"/></sheets><definedNames/><calcPr/></workbook>""",
        "xl/styles.xml": f"""
<styleSheet xmlns="{_MAIN}" xmlns:x14ac="http://schemas.microsoft.com/office/spreadsheetml/2009/9/ac"><numFmts
 count="2"><numFmt numFmtId="164" formatCode="dd.mm.yyyy"/><numFmt numFmtId="165"
 formatCode="&quot;K-&quot;0000"/></numFmts><fonts count="1"><font><sz val="10.0"/><color rgb="FF000000"/><name
 val="Arial"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill
 patternType="lightGray"/></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf
 borderId="0" fillId="0" fontId="0" numFmtId="0" applyAlignment="1" applyFont="1"/></cellStyleXfs><cellXfs count="5"
><xf borderId="0" fillId="0" fontId="0" numFmtId="0" xfId="0"/><xf borderId="0" fillId="0" fontId="0" numFmtId="0"
 xfId="0" applyFont="1"/><xf borderId="0" fillId="0" fontId="0" numFmtId="164" xfId="0" applyNumberFormat="1"/><xf
 borderId="0" fillId="0" fontId="0" numFmtId="165" xfId="0" applyNumberFormat="1"/><xf borderId="0" fillId="0"
 fontId="0" numFmtId="9" xfId="0" applyNumberFormat="1"/></cellXfs><cellStyles count="1"><cellStyle xfId="0"
 name="Normal" builtinId="0"/></cellStyles><dxfs count="1"><dxf><font/><numFmt numFmtId="165"
 formatCode="yyyy-mm-dd"/></dxf></dxfs></styleSheet>""",
        "xl/sharedStrings.xml": f"""
<sst xmlns="{_MAIN}" count="33" uniqueCount="23">{_listed("Deltaker-ID", "Fødselsår", "Kjønn", "Landbakgrunn", "Kvinne", "Eritrea", "Mann", "Ukraina")}{_listed("Henvisnings-ID", "Henvist dato", "Henvist fra", "Ytelse", "Oppstartsdato", "S1", "NAV lokal", "KVP", "S2")}{_listed("Avsluttet dato", "Avslutningstype", "Gikk til", "Årsak", "Stillingsprosent", "Planmessig avsluttet", "A")}</sst>""",
        "xl/worksheets/sheet1.xml": f"""
<worksheet xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheetPr><outlinePr summaryBelow="0" summaryRight="0"/></sheetPr
><sheetViews><sheetView workbookViewId="0"/></sheetViews><sheetFormatPr customHeight="1" defaultColWidth="12.63"
 defaultRowHeight="15.75"/><sheetData><row r="1"><c r="A1" s="1" t="s"><v>0</v></c><c r="B1" s="1" t="s"><v>1</v></c><c r="C1" s="1" t="s"><v>2</v></c><c r="D1" s="1" t="s"><v>3</v></c></row
><row r="2"><c r="A2" s="3"><v>7.0</v></c><c r="B2" s="1"><v>1984.0</v></c><c r="C2" s="1" t="s"><v>4</v></c><c r="D2" s="1" t="s"><v>5</v></c></row
><row r="3"><c r="A3" s="3"><v>12.0</v></c><c r="B3" s="1"><v>1991.0</v></c><c r="C3" s="1" t="s"><v>6</v></c><c r="D3" s="1" t="s"><v>7</v></c></row
><row r="4"><c r="A4" s="3"/></row><row r="5"><c r="A5" s="3"/></row></sheetData><drawing r:id="rId1"/></worksheet>""",
        "xl/worksheets/sheet2.xml": f"""
<worksheet xmlns="{_MAIN}"><sheetData><row r="1"><c r="A1" s="1" t="s"><v>8</v></c><c r="B1" s="1" t="s"><v>0</v></c><c r="C1" s="1" t="s"><v>9</v></c><c r="D1" s="1" t="s"><v>10</v></c><c r="E1" s="1" t="s"><v>11</v></c><c r="F1" s="1" t="s"><v>12</v></c></row
><row r="2"><c r="A2" s="1" t="s"><v>13</v></c><c r="B2" s="3"><f>IFERROR(__xludf.DUMMYFUNCTION("QUERY(Deltakere!A2)"),7.0)</f><v>7.0</v></c><c r="C2" s="2"><v>43894.0</v></c><c r="D2" s="1" t="s"><v>14</v></c><c r="E2" s="1" t="str"><f>IFERROR(__xludf.DUMMYFUNCTION(&quot;COMPUTED_VALUE&quot;),"KVP")</f><v>KVP</v></c><c r="F2" s="2"><v>43927.0</v></c></row
><row r="3"><c r="A3" s="1" t="s"><v>16</v></c><c r="B3" s="3"><v>12.0</v></c><c r="C3" s="2"><v>43969.0</v></c><c r="D3" s="1" t="s"><v>14</v></c><c r="E3" s="1" t="s"><v>15</v></c><c r="F3" s="2" t="str"><f>IF(A3="S1",43927,"")</f><v/></c></row></sheetData></worksheet>""",
        "xl/worksheets/sheet3.xml": f"""
<worksheet xmlns="{_MAIN}"><sheetData><row r="1"><c r="A1" s="1" t="s"><v>8</v></c><c r="B1" s="1" t="s"><v>17</v></c><c r="C1" s="1" t="s"><v>18</v></c><c r="D1" s="1" t="s"><v>19</v></c><c r="E1" s="1" t="s"><v>20</v></c><c r="F1" s="1" t="s"><v>21</v></c></row
><row r="2"><c r="A2" s="1" t="s"><v>13</v></c><c r="B2" s="2"><v>44165.0</v></c><c r="C2" s="1" t="s"><v>22</v></c><c r="D2" s="1" t="s"><v>23</v></c><c r="E2" s="1"/><c r="F2" s="4"><v>0.6</v></c></row></sheetData></worksheet>""",
    },
    ["sheet1.xml", "sheet2.xml", "sheet3.xml"],
)

# --- SharePoint, and Excel for the web ----------------------------------------------------

SHAREPOINT = _package(
    {
        # SharePoint adds the properties of the library to the package; the parts have other names.
        "xl/workbook2.xml": EXCEL_1904["xl/workbook.xml"]
        .decode()
        .removeprefix(_HEAD)
        .replace(
            '<workbookPr date1904="1"', '<workbookPr date1904="false" defaultThemeVersion="166925"'
        )
        .replace("x15:workbookPr chart", 'x15:workbookPr date1904="1" chart'),
        "xl/styles.xml": LIBREOFFICE["xl/styles.xml"].decode().removeprefix(_HEAD),
        "xl/sharedStrings.xml": LIBREOFFICE["xl/sharedStrings.xml"].decode().removeprefix(_HEAD),
        **{
            f"xl/worksheets/sheet{number}.xml": LIBREOFFICE[f"xl/worksheets/sheet{number}.xml"]
            .decode()
            .removeprefix(_HEAD)
            .replace('<dimension ref="A1:F3"/>', '<dimension ref="1:3"/>')
            for number in (1, 2, 3)
        },
        "customXml/item1.xml": (
            '<p:properties xmlns:p="http://schemas.microsoft.com/office/2006/metadata/properties">'
            "<documentManagement/></p:properties>"
        ),
    },
    ["sheet1.xml", "sheet2.xml", "sheet3.xml"],
    workbook="xl/workbook2.xml",
    absolute=True,
)

# --- Programs made with Microsoft's Open XML SDK, such as exports of case systems ---------

OPEN_XML_SDK = _package(
    {
        "xl/workbook.xml": f"""
<x:workbook xmlns:r="{_OFFICE}" xmlns:x="{_MAIN}"><x:workbookPr codeName="ThisWorkbook" date1904="true"/><x:sheets
><x:sheet name="Deltakere" sheetId="1" r:id="rId1"/><x:sheet name="Henvisninger" sheetId="2" r:id="rId2"/><x:sheet
 name="Avslutninger" sheetId="3" r:id="rId3"/></x:sheets></x:workbook>""",
        "xl/styles.xml": f"""
<x:styleSheet xmlns:x="{_MAIN}"><x:numFmts count="2"><x:numFmt formatCode="yyyy-mm-dd" numFmtId="200" /><x:numFmt
 formatCode="\\K\\-0000" numFmtId="201" /></x:numFmts><x:fonts count="1"><x:font/></x:fonts><x:fills count="1"
><x:fill><x:patternFill patternType="none" /></x:fill></x:fills><x:borders count="1"><x:border/></x:borders><x:cellStyleXfs count="1"><x:xf/></x:cellStyleXfs
><x:cellXfs count="4"><x:xf /><x:xf numFmtId="200" applyNumberFormat="1" /><x:xf
 numFmtId="201" applyNumberFormat="1" /><x:xf numFmtId="10" applyNumberFormat="1" /></x:cellXfs></x:styleSheet>""",
        "xl/sharedStrings.xml": f"""
<x:sst xmlns:x="{_MAIN}"><x:si><x:t>Deltaker-ID</x:t></x:si><x:si><x:t>Kvinne</x:t></x:si><x:si><x:t>S1</x:t></x:si></x:sst>""",
        "xl/worksheets/sheet1.xml": f"""
<x:worksheet xmlns:x="{_MAIN}"><x:sheetData><x:row><x:c t="s"><x:v>0</x:v></x:c><x:c t="inlineStr"><x:is><x:t>Fødselsår</x:t></x:is></x:c><x:c t="inlineStr"><x:is><x:t>Kjønn</x:t></x:is></x:c><x:c t="inlineStr"><x:is><x:t>Landbakgrunn</x:t></x:is></x:c></x:row
><x:row><x:c s="2"><x:v>7</x:v></x:c><x:c><x:v>1984</x:v></x:c><x:c t="s"><x:v>1</x:v></x:c><x:c t="str"><x:v>Eritrea</x:v></x:c></x:row
><x:row><x:c s="2"><x:v>12</x:v></x:c><x:c><x:v>1991</x:v></x:c><x:c t="inlineStr"><x:is><x:r><x:t>Ma</x:t></x:r><x:r><x:t>nn</x:t></x:r></x:is></x:c><x:c t="str"><x:v>Ukraina</x:v></x:c></x:row></x:sheetData></x:worksheet>""",
        "xl/worksheets/sheet2.xml": f"""
<x:worksheet xmlns:x="{_MAIN}"><x:dimension ref="A1" /><x:sheetData><x:row r="1"><x:c r="A1" t="str"><x:v>Henvisnings-ID</x:v></x:c><x:c r="B1" t="s"><x:v>0</x:v></x:c><x:c r="C1" t="str"><x:v>Henvist dato</x:v></x:c><x:c r="D1" t="str"><x:v>Henvist fra</x:v></x:c><x:c r="E1" t="str"><x:v>Ytelse</x:v></x:c><x:c r="F1" t="str"><x:v>Oppstartsdato</x:v></x:c></x:row
><x:row r="2"><x:c r="A2" t="s"><x:v>2</x:v></x:c><x:c r="B2" s="2"><x:v>7</x:v></x:c><x:c r="C2" s="1"><x:v>42432</x:v></x:c><x:c r="D2" t="str"><x:v>NAV lokal</x:v></x:c><x:c r="E2" t="str"><x:v>KVP</x:v></x:c><x:c r="F2" s="1"><x:v>42465</x:v></x:c></x:row
><x:row r="3"><x:c r="A3" t="str"><x:v>S2</x:v></x:c><x:c r="B3" s="2"><x:v>12</x:v></x:c><x:c r="C3" s="1"><x:v>42507</x:v></x:c><x:c r="D3" t="str"><x:v>NAV lokal</x:v></x:c><x:c r="E3" t="str"><x:v>KVP</x:v></x:c></x:row></x:sheetData></x:worksheet>""",
        "xl/worksheets/sheet3.xml": f"""
<x:worksheet xmlns:x="{_MAIN}"><x:sheetData><x:row r="1"><x:c r="A1" t="str"><x:v>Henvisnings-ID</x:v></x:c><x:c r="B1" t="str"><x:v>Avsluttet dato</x:v></x:c><x:c r="C1" t="str"><x:v>Avslutningstype</x:v></x:c><x:c r="D1" t="str"><x:v>Gikk til</x:v></x:c><x:c r="E1" t="str"><x:v>Årsak</x:v></x:c><x:c r="F1" t="str"><x:v>Stillingsprosent</x:v></x:c></x:row
><x:row r="2"><x:c r="A2" t="s"><x:v>2</x:v></x:c><x:c r="B2" s="1"><x:v>42703</x:v></x:c><x:c r="C2" t="str"><x:v>Planmessig avsluttet</x:v></x:c><x:c r="D2" t="str"><x:v>A</x:v></x:c><x:c r="F2" s="3"><x:v>0.6</x:v></x:c></x:row></x:sheetData></x:worksheet>""",
    },
    ["sheet1.xml", "sheet2.xml", "sheet3.xml"],
)

# --- Excel, saved as a strict workbook ----------------------------------------------------

_STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
_STRICT_OFFICE = "http://purl.oclc.org/ooxml/officeDocument/relationships"

STRICT = _package(
    {
        "xl/workbook.xml": f"""
<workbook xmlns="{_STRICT}" xmlns:r="{_STRICT_OFFICE}" conformance="strict"><workbookPr dateCompatibility="0"
 defaultThemeVersion="166925"/><sheets><sheet name="Deltakere" sheetId="1" r:id="rId1"/><sheet name="Henvisninger"
 sheetId="2" r:id="rId2"/><sheet name="Avslutninger" sheetId="3" r:id="rId3"/></sheets></workbook>""",
        "xl/styles.xml": EXCEL_1904["xl/styles.xml"]
        .decode()
        .removeprefix(_HEAD)
        .replace(_MAIN, _STRICT),
        "xl/sharedStrings.xml": EXCEL_1904["xl/sharedStrings.xml"]
        .decode()
        .removeprefix(_HEAD)
        .replace(_MAIN, _STRICT),
        "xl/worksheets/sheet1.xml": EXCEL_1904["xl/worksheets/sheet1.xml"]
        .decode()
        .removeprefix(_HEAD)
        .replace(_MAIN, _STRICT),
        "xl/worksheets/sheet2.xml": f"""
<worksheet xmlns="{_STRICT}"><dimension ref="A1:F3"/><sheetData>
<row r="1" spans="1:6"><c r="A1" t="s"><v>8</v></c><c r="B1" t="s"><v>4</v></c><c r="C1" t="s"><v>9</v></c><c r="D1" t="s"><v>10</v></c><c r="E1" t="s"><v>11</v></c><c r="F1" t="s"><v>12</v></c></row>
<row r="2" spans="1:6"><c r="A2" t="s"><v>13</v></c><c r="B2" s="2"><v>7</v></c><c r="C2" s="1" t="d"><v>2020-03-04</v></c><c r="D2" t="s"><v>15</v></c><c r="E2" t="s"><v>16</v></c><c r="F2" s="1" t="d"><v>2020-04-06T00:00:00</v></c></row>
<row r="3" spans="1:6"><c r="A3" t="s"><v>14</v></c><c r="B3" s="2"><v>12</v></c><c r="C3" s="1" t="d"><v>2020-05-18T00:00:00.000</v></c><c r="D3" t="s"><v>15</v></c><c r="E3" t="s"><v>16</v></c><c r="F3" s="1"/></row>
</sheetData></worksheet>""",
        "xl/worksheets/sheet3.xml": f"""
<worksheet xmlns="{_STRICT}"><sheetData>
<row r="1"><c r="A1" t="s"><v>8</v></c><c r="B1" t="s"><v>17</v></c><c r="C1" t="s"><v>18</v></c><c r="D1" t="s"><v>19</v></c><c r="E1" t="s"><v>20</v></c><c r="F1" t="s"><v>21</v></c></row>
<row r="2"><c r="A2" t="s"><v>13</v></c><c r="B2" s="1"><v>44165</v></c><c r="C2" t="s"><v>22</v></c><c r="D2" t="s"><v>23</v></c><c r="F2" s="3"><v>0.6</v></c></row>
</sheetData></worksheet>""",
    },
    ["sheet1.xml", "sheet2.xml", "sheet3.xml"],
    office=_STRICT_OFFICE,
)

# --- A program that writes as little as it may --------------------------------------------

BARE = _package(
    {
        "xl/workbook.xml": f"""
<workbook xmlns="{_MAIN}" xmlns:rel="{_OFFICE}"><sheets><sheet rel:id="rId1" sheetId="1" name="Deltakere"/><sheet
 rel:id="rId2" sheetId="2" name="Henvisninger"/><sheet rel:id="rId3" sheetId="3" name="Avslutninger"/></sheets></workbook>""",
        "xl/worksheets/deltakere.xml": f"""
<worksheet xmlns="{_MAIN}"><sheetData>
<row><c t="inlineStr"><is><t>Deltaker-ID</t></is></c><c t="inlineStr"><is><t>Fødselsår</t></is></c><c t="inlineStr"><is><t>Kjønn</t></is></c><c t="inlineStr"><is><t>Landbakgrunn</t></is></c></row>
<row><c t="inlineStr"><is><t>K-0007</t></is></c><c><v>1984</v></c><c t="inlineStr"><is><t>Kvinne</t></is></c><c t="inlineStr"><is><t>Eritrea</t></is></c></row>
<row><c t="inlineStr"><is><t>K-0012</t></is></c><c><v>1991</v></c><c t="inlineStr"><is><t>Mann</t></is></c><c t="inlineStr"><is><t>Ukraina</t></is></c></row>
</sheetData></worksheet>""",
        "xl/worksheets/henvisninger.xml": f"""
<worksheet xmlns="{_MAIN}"><sheetData>
<row r="1"><c t="inlineStr"><is><t>Henvisnings-ID</t></is></c><c t="inlineStr"><is><t>Deltaker-ID</t></is></c><c t="inlineStr"><is><t>Henvist dato</t></is></c><c t="inlineStr"><is><t>Henvist fra</t></is></c><c t="inlineStr"><is><t>Ytelse</t></is></c><c t="inlineStr"><is><t>Oppstartsdato</t></is></c></row>
<row r="2"><c t="inlineStr"><is><t>S1</t></is></c><c t="inlineStr"><is><t>K-0007</t></is></c><c t="d"><v>2020-03-04</v></c><c t="inlineStr"><is><t>NAV lokal</t></is></c><c t="inlineStr"><is><t>KVP</t></is></c><c t="d"><v>2020-04-06T00:00:00Z</v></c></row>
<row r="3"><c t="inlineStr"><is><t>S2</t></is></c><c t="inlineStr"><is><t>K-0012</t></is></c><c t="d"><v>2020-05-18</v></c><c t="inlineStr"><is><t>NAV lokal</t></is></c><c t="inlineStr"><is><t>KVP</t></is></c></row>
</sheetData></worksheet>""",
        "xl/worksheets/avslutninger.xml": f"""
<worksheet xmlns="{_MAIN}"><sheetData>
<row r="1"><c r="A1" t="inlineStr"><is><t>Henvisnings-ID</t></is></c><c r="B1" t="inlineStr"><is><t>Avsluttet dato</t></is></c><c r="C1" t="inlineStr"><is><t>Avslutningstype</t></is></c><c r="D1" t="inlineStr"><is><t>Gikk til</t></is></c><c r="E1" t="inlineStr"><is><t>Årsak</t></is></c><c r="F1" t="inlineStr"><is><t>Stillingsprosent</t></is></c></row>
<row r="2"><c r="A2" t="inlineStr"><is><t>S1</t></is></c><c r="B2" t="inlineStr"><is><t>30.11.2020</t></is></c><c r="C2" t="inlineStr"><is><t>Planmessig avsluttet</t></is></c><c r="D2" t="inlineStr"><is><t>A</t></is></c><c r="F2"><v>60</v></c></row>
</sheetData></worksheet>""",
    },
    ["deltakere.xml", "henvisninger.xml", "avslutninger.xml"],
)

WRITTEN: Mapping[str, Parts] = {
    "Excel, 1904": EXCEL_1904,
    "LibreOffice": LIBREOFFICE,
    "Numbers": NUMBERS,
    "Google Sheets": GOOGLE_SHEETS,
    "SharePoint": SHAREPOINT,
    "Open XML SDK": OPEN_XML_SDK,
    "Excel, strict": STRICT,
    "bare": BARE,
}
"""Program -> the parts of the workbook that it wrote."""

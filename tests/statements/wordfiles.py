"""Word files as other programs write them."""

from __future__ import annotations

import io
import re
import zipfile

import docx
from docx.oxml.ns import nsdecls

NS = nsdecls("w", "r")
TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/vnd.openxmlformats-officedocument.'
    'wordprocessingml.document.main+xml"/></Types>'
)
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
LINKS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}'
    "</Relationships>"
)
STYLES = (
    f'<w:styles {NS}><w:style w:type="paragraph" w:styleId="Titre1"><w:name w:val="heading 1"/>'
    '</w:style><w:style w:type="paragraph" w:styleId="Own"><w:name w:val="Chapter"/>'
    '<w:basedOn w:val="Titre1"/><w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:style></w:styles>'
)


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def paragraph(*runs: str, style: str = "") -> str:
    named = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{named}{''.join(runs)}</w:p>"


def as_word_writes(body: str, *, prolog: str = "", **parts: str) -> bytes:
    """A file of a body and of parts such as ``footnotes``, written by hand."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", TYPES)
        link = '<Relationship Id="r1" Type="{0}/{1}" Target="{2}"/>'
        archive.writestr(
            "_rels/.rels", LINKS.format(link.format(OFFICE, "officeDocument", "word/document.xml"))
        )
        archive.writestr(
            "word/document.xml",
            f"{prolog}<w:document {NS}><w:body>{body}</w:body></w:document>",
        )
        archive.writestr("word/styles.xml", STYLES)
        for name, content in parts.items():
            archive.writestr(f"word/{name}.xml", f"<w:{name} {NS}>{content}</w:{name}>")
    return out.getvalue()


def as_python_docx_writes() -> bytes:
    """A file with headings, nested lists, a table with merged cells, and a picture."""
    document = docx.Document()
    document.add_paragraph("A statement", style="Title")
    document.add_heading("Openings", 1)
    line = document.add_paragraph("Voting ")
    line.add_run("began").bold = True
    line.add_run(" late in ")
    line.add_run("many").italic = True
    line.add_run(" places; 5 * 3 < {{ 20 }} & {% if %} {# no #}. ")
    line.add_run("Struck.").font.strike = True
    for style, text in (
        ("List Bullet", "One"),
        ("List Bullet 2", "Within one"),
        ("List Bullet", "Two"),
    ):
        document.add_paragraph(text, style=style)
    document.add_heading("Counting", 2)
    for text in ("First", "Second"):
        document.add_paragraph(text, style="List Number")
    table = document.add_table(3, 2)
    for number, text in enumerate(("Region", "Share", "Lima | Callao", "7 %", "All", "")):
        table.cell(number // 2, number % 2).text = text
    table.cell(2, 0).merge(table.cell(2, 1))
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def as_libreoffice_saves(content: bytes) -> bytes:
    """The file with what LibreOffice 7.4 keeps of content controls: nothing that names them."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as before,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for name in before.namelist():
            part = before.read(name)
            if name in ("word/document.xml", "word/footnotes.xml"):
                part = re.sub(rb"<w:sdtPr>.*?</w:sdtPr>", b"<w:sdtPr></w:sdtPr>", part)
            after.writestr(name, part)
    return out.getvalue()

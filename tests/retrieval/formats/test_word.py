"""Word files as people send them: notices, reports, tables, pictures, and what is no Word file."""

from __future__ import annotations

import io
import subprocess
import zipfile
from typing import TYPE_CHECKING

import docx
import pytest
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.shared import Pt
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from retrieval.documents import read_file
from retrieval.documents.blocks import Block, Table, UnreadableError
from retrieval.documents.formats.word import read

if TYPE_CHECKING:
    from pathlib import Path

    from docx.document import Document
    from docx.text.paragraph import Paragraph

NAMESPACES = " ".join(
    f'xmlns:{prefix}="{address}"'
    for prefix, address in {
        "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
        "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
        "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
        "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
        "c": "http://schemas.openxmlformats.org/drawingml/2006/chart",
        "dgm": "http://schemas.openxmlformats.org/drawingml/2006/diagram",
        "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
        "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
        "v": "urn:schemas-microsoft-com:vml",
    }.items()
)
CHART_TYPE = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def saved(document: Document) -> bytes:
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


BLANK = saved(docx.Document())


def blocks(document: Document | bytes) -> list[Block]:
    return list(read(document if isinstance(document, bytes) else saved(document)).blocks)


def kinds(document: Document | bytes) -> list[tuple[str, str]]:
    return [(block.kind, block.text) for block in blocks(document)]


def texts(document: Document | bytes) -> list[str]:
    return [block.text for block in blocks(document)]


def headings(document: Document) -> list[tuple[int, str]]:
    return [(block.level, block.text) for block in blocks(document) if block.kind == "heading"]


def tables(document: Document | bytes) -> list[Table]:
    return [block.table for block in blocks(document) if block.table is not None]


def remarks(document: Document | bytes) -> list[str]:
    return [block.text for block in blocks(document) if block.kind == "remark"]


def insert(document: Document, xml: str) -> None:
    """Put raw elements of the body at its end."""
    for element in parse_xml(f"<w:body {NAMESPACES}>{xml}</w:body>"):
        document.element.body.insert(-1, element)


def run(text: str, properties: str = "") -> str:
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>"


def rewritten(data: bytes, **parts: bytes | None) -> bytes:
    """Return the file with these parts, by the ends of their names, replaced, or left out where None."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            stem = name.rpartition("/")[2].split(".")[0]
            if (part := parts.get(stem, old.read(name))) is not None:
                new.writestr(name, part)
    return stream.getvalue()


def with_body(xml: str, prologue: str = "") -> bytes:
    document = f"{prologue}<w:document {NAMESPACES}><w:body>{xml}</w:body></w:document>"
    return rewritten(BLANK, document=document.encode())


def png(side: int = 60) -> io.BytesIO:
    stream = io.BytesIO()
    Image.effect_noise((side, side), 80).save(stream, "PNG")
    stream.seek(0)
    return stream


def centred(document: Document, text: str, size: float, *, bold: bool = False) -> Paragraph:
    paragraph = document.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    added = paragraph.add_run(text)
    added.font.size, added.bold = Pt(size), bold
    return paragraph


def converted(folder: Path, name: str, text: str, suffix: str) -> bytes:
    (folder / name).write_text(text, encoding="utf-8")
    command = [
        "soffice",
        f"-env:UserInstallation=file://{folder}/profile",
        "--headless",
        "--convert-to",
        suffix,
    ]
    subprocess.run([*command, "--outdir", folder, folder / name], check=True, capture_output=True)
    return (folder / name).with_suffix(f".{suffix}").read_bytes()


def notice() -> Document:
    """A notice as offices write it: no styles, a red letterhead above the title, the title in two lines."""
    document = docx.Document()
    document.styles["Normal"].font.size = Pt(16)
    centred(document, "临江市人民政府办公室文件", 40)
    centred(document, "临政办发〔2024〕8号", 16)
    centred(document, "临江市人民政府办公室关于印发", 22)
    centred(document, "湿地保护行动方案的通知", 22)
    document.add_paragraph("各区人民政府，市政府各部门：")
    document.add_paragraph("现将《湿地保护行动方案》印发给你们，请认真组织实施。")
    document.add_paragraph("一、总体目标")
    document.add_paragraph("到2027年，全市湿地保护率达到62%，新增湿地1200公顷。")
    document.add_paragraph("二、资金安排")
    document.add_paragraph("市财政三年共安排资金4.5亿元，各区按照不低于1∶1的比例配套。")
    for line in ("临江市人民政府办公室", "2024年4月18日"):
        document.add_paragraph(line).alignment = WD_ALIGN_PARAGRAPH.RIGHT
    return document


class TestHeadings:
    def test_a_notice_without_styles(self, tmp_path: Path) -> None:
        """A notice has its title, its sections, its date and who issued it, although no style names them."""
        (tmp_path / "通知.docx").write_bytes(saved(notice()))
        (document,) = read_file(tmp_path, "通知.docx").documents
        assert document.title == "临江市人民政府办公室关于印发湿地保护行动方案的通知"
        assert (document.source, document.date) == ("临江市人民政府办公室", "2024-04-18")
        assert [section.heading for section in document.sections][1:] == ["一、总体目标", "二、资金安排"]

    def test_below_a_title(self) -> None:
        """The title has level 1, and Heading 1 comes below it."""
        document = docx.Document()
        document.add_heading("年度报告", 0)
        document.add_heading("概况", 1)
        document.add_paragraph("全年平稳。")
        document.add_heading("工业", 2)
        assert headings(document) == [(1, "年度报告"), (2, "概况"), (3, "工业")]

    def test_the_only_heading_is_the_title(self) -> None:
        """A single Heading 1 is the title."""
        document = docx.Document()
        for text, level in (("水质公报", 1), ("河流", 2), ("湖泊", 2)):
            document.add_heading(text, level)
        assert headings(document) == [(1, "水质公报"), (2, "河流"), (2, "湖泊")]

    def test_several_first_headings_are_sections(self, tmp_path: Path) -> None:
        """Chapters in Heading 1 make no articles of their own, and the file's name is the title."""
        document = docx.Document()
        for text in ("交通建设进展情况", "教育事业发展情况", "卫生健康工作情况"):
            document.add_heading(text, 1)
            document.add_paragraph("这一方面的工作继续推进，各项指标都有所提高，具体情况说明如下。")
        (tmp_path / "白皮书.docx").write_bytes(saved(document))
        (found,) = read_file(tmp_path, "白皮书.docx").documents
        assert (found.title, len(found.sections)) == ("白皮书", 3)

    def test_chinese_and_inherited_styles(self) -> None:
        """Styles count by their Chinese names, by the style they are based on, and by an outline level."""
        document = docx.Document()
        names = ("标题 1", "标题 2", "单位小标题", "二级标题")
        for name in names:
            document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        document.styles["单位小标题"].base_style = document.styles["标题 2"]
        for name in names:
            document.add_paragraph(name.replace(" ", "之"), style=name)
        for level in ('<w:outlineLvl w:val="3"/>', '<w:pStyle w:val="Heading1"/><w:outlineLvl w:val="9"/>'):
            insert(document, f"<w:p><w:pPr>{level}</w:pPr>{run('自定级别')}</w:p>")
        assert [level for level, _ in headings(document)] == [1, 2, 2, 2, 4]
        assert blocks(document)[-1].kind == "text"

    def test_an_annex_is_headed(self) -> None:
        """A large centred line further down heads what follows it, a centred caption or date does not."""
        document = notice()
        document.add_paragraph("附件")
        centred(document, "湿地保护任务分工方案", 22)
        document.add_paragraph("林业部门牵头。")
        centred(document, "表1 任务分工", 16, bold=True)
        centred(document, "2024年4月", 22)
        assert headings(document)[1:] == [(2, "湿地保护任务分工方案")]

    def test_a_page_within_a_frame(self) -> None:
        """In a frame around the whole text, centred lines in the size of the text are text."""
        document = docx.Document()
        cell = document.add_table(1, 1).cell(0, 0)
        for text in ("居中的一行", "这里是正文，说明了申请的条件。"):
            cell.add_paragraph(text).alignment = WD_ALIGN_PARAGRAPH.CENTER
        assert [block.kind for block in blocks(document)] == ["text", "text"]

    def test_a_bold_title(self) -> None:
        """A first line that is centred and bold is the title though it is no larger than the text."""
        document = docx.Document()
        centred(document, "村民议事会纪要", 11, bold=True)
        document.add_paragraph("会议讨论了道路硬化的资金来源和施工安排，形成如下意见。")
        centred(document, "以上意见公示七天", 11)
        assert headings(document) == [(1, "村民议事会纪要")]


NUMBERING = f"""<w:numbering {NAMESPACES}>
<w:abstractNum w:abstractNumId="0">
<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="%1、"/></w:lvl>
<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="（%2）"/></w:lvl>
<w:lvl w:ilvl="2"><w:numFmt w:val="decimal"/><w:isLgl/><w:lvlText w:val="%1.%2.%3"/></w:lvl>
</w:abstractNum>
<w:abstractNum w:abstractNumId="1">
<w:lvl w:ilvl="0"><w:start w:val="9"/><w:numFmt w:val="FORMAT"/><w:lvlText w:val="第%1章"/></w:lvl>
</w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>
<w:num w:numId="2"><w:abstractNumId w:val="0"/>
<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>
<w:num w:numId="3"><w:abstractNumId w:val="1"/></w:num>
</w:numbering>"""


def numbered(*places: tuple[int, int], numeral: str = "chineseCounting") -> list[str]:
    """Return the lines of paragraphs numbered by these numberings, each with its level."""
    document = docx.Document()
    for identifier, level in places:
        place = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{identifier}"/></w:numPr>'
        insert(document, f"<w:p><w:pPr>{place}</w:pPr>{run('事项')}</w:p>")
    return texts(rewritten(saved(document), numbering=NUMBERING.replace("FORMAT", numeral).encode()))


class TestNumbering:
    def test_levels(self) -> None:
        """Numbers are written out, and those of a lower level begin anew below each higher one."""
        found = numbered((1, 0), (1, 1), (1, 1), (1, 2), (1, 0), (1, 1), (1, 2))
        assert found == [
            *("一、事项", "（一）事项", "（二）事项", "1.2.1 事项"),
            *("二、事项", "（一）事项", "2.1.1 事项"),
        ]

    def test_beginning_anew(self) -> None:
        """A numbering that says so begins anew, once."""
        assert numbered((1, 0), (1, 0), (2, 0), (2, 0)) == ["一、事项", "二、事项", "一、事项", "二、事项"]

    @pytest.mark.parametrize(
        ("numeral", "ninth", "twelfth"),
        [
            ("chineseCounting", "九", "十二"),
            ("chineseLegalSimplified", "玖", "拾贰"),
            ("ideographDigital", "九", "一二"),
            ("decimalEnclosedCircle", "⑨", "⑫"),
            ("decimalFullWidth", "９", "１２"),
            ("upperRoman", "IX", "XII"),
            ("lowerLetter", "i", "l"),
            ("ideographZodiac", "申", "亥"),
            ("decimalZero", "09", "12"),
            ("unheardOf", "9", "12"),
            ("none", "", ""),
        ],
    )
    def test_numerals(self, numeral: str, ninth: str, twelfth: str) -> None:
        """Numerals look as their format shows them."""
        lines = numbered(*[(3, 0)] * 4, numeral=numeral)
        assert (lines[0], lines[3]) == (f"第{ninth}章 事项", f"第{twelfth}章 事项")

    def test_lists_by_style(self) -> None:
        """List styles number and mark their paragraphs, which are items."""
        document = docx.Document()
        document.add_paragraph("苹果", style="List Bullet")
        document.add_paragraph("先洗净", style="List Number")
        document.add_paragraph("后切块", style="List Number")
        document.add_paragraph("●手写的圆点")
        assert kinds(document) == [
            ("item", "• 苹果"),
            ("item", "1. 先洗净"),
            ("item", "2. 后切块"),
            ("item", "• 手写的圆点"),
        ]

    def test_a_numbered_heading(self) -> None:
        """A heading has its automatic number in its text."""
        document = docx.Document()
        place = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="3"/></w:numPr>'
        insert(document, f'<w:p><w:pPr><w:pStyle w:val="Heading2"/>{place}</w:pPr>{run("附则")}</w:p>')
        data = rewritten(saved(document), numbering=NUMBERING.replace("FORMAT", "decimal").encode())
        assert kinds(data) == [("heading", "第9章 附则")]


class TestText:
    def test_tracked_changes(self) -> None:
        """What was inserted is text, what was deleted or moved away is not."""
        changes = (
            f"<w:p>{run('预算为')}<w:del><w:r><w:delText>50</w:delText></w:r></w:del><w:ins>{run('80')}</w:ins>"
            f"<w:moveFrom>{run('旧处')}</w:moveFrom>{run('万元。')}</w:p>"
        )
        assert texts(with_body(changes)) == ["预算为80万元。"]

    def test_wrappers(self) -> None:
        """Links, content controls, smart tags and fields show their text, and no instruction or request."""
        field = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'
        body = (
            f"<w:p><w:hyperlink>{run('链接')}</w:hyperlink>"
            f"<w:sdt><w:sdtContent>{run('控件')}</w:sdtContent></w:sdt>"
            f"<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{run('单击输入')}</w:sdtContent></w:sdt>"
            f"{field.format('begin')}<w:r><w:instrText>DATE</w:instrText></w:r>{run('藏')}{field.format('separate')}"
            f"{run('域值')}{field.format('end')}{run('隐', '<w:vanish/>')}</w:p>"
            f"<w:sdt><w:sdtContent><w:p>{run('整段')}</w:p></w:sdtContent></w:sdt>"
        )
        assert texts(with_body(body)) == ["链接控件域值", "整段"]

    def test_raised_digits(self) -> None:
        """A raised digit stays raised: 10⁸ is not 108."""
        raised = run("8", '<w:vertAlign w:val="superscript"/>')
        assert texts(with_body(f"<w:p>{run('约10')}{raised}{run('个')}</w:p>")) == ["约10⁸个"]

    def test_formulas(self) -> None:
        """A formula is written on one line, a fraction with its slash."""
        parts = "<m:num><m:r><m:t>3</m:t></m:r></m:num><m:den><m:r><m:t>4</m:t></m:r></m:den>"
        formula = f"<m:oMath><m:r><m:t>x=</m:t></m:r><m:f>{parts}</m:f></m:oMath>"
        assert texts(with_body(f"<w:p>{run('即')}{formula}</w:p>")) == ["即x=(3)/(4)"]

    def test_line_breaks(self) -> None:
        """A line break begins a line in running text, not in a heading, and a page break is nothing."""
        document = docx.Document()
        document.add_heading("关于防汛工作\n的通知", 1)
        paragraph = document.add_paragraph("第一行说明。\n　　第二行说明。")
        paragraph.add_run().add_break(WD_BREAK.PAGE)
        found = blocks(document)
        assert [block.text for block in found] == ["关于防汛工作的通知", "第一行说明。", "第二行说明。"]
        assert [(block.spaced, block.indented) for block in found[1:]] == [(True, False), (False, True)]

    def test_indents(self) -> None:
        """A first line's indent marks a paragraph, be it the paragraph's own or its style's."""
        document = docx.Document()
        document.add_paragraph("无缩进。")
        document.add_paragraph("有缩进。").paragraph_format.first_line_indent = Pt(24)
        document.styles.add_style("缩进", WD_STYLE_TYPE.PARAGRAPH).paragraph_format.first_line_indent = Pt(24)
        document.add_paragraph("样式缩进。", style="缩进")
        assert [block.indented for block in blocks(document)] == [False, True, True]

    def test_contents_and_headers_are_left_out(self) -> None:
        """A table of contents, headers and footers are no text of the article."""
        document = docx.Document()
        document.sections[0].header.paragraphs[0].text = "内部资料"
        document.styles.add_style("toc 1", WD_STYLE_TYPE.PARAGRAPH)
        document.add_paragraph("总则\t1", style="toc 1")
        gallery = '<w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj>'
        content = f"<w:sdtContent><w:p>{run('目录')}</w:p></w:sdtContent>"
        insert(document, f"<w:sdt><w:sdtPr>{gallery}</w:sdtPr>{content}</w:sdt>")
        document.add_paragraph("正文在此。")
        assert texts(document) == ["正文在此。"]

    def test_text_boxes(self) -> None:
        """The text of a text box comes once, after the paragraph that it is anchored in."""
        box = f"<w:txbxContent><w:p>{run('框内文字。')}</w:p></w:txbxContent>"
        shape = (
            "<w:r><mc:AlternateContent>"
            f'<mc:Choice Requires="wps"><w:drawing><wp:anchor><wp:docPr id="1" name="文本框 1"/><a:graphic>'
            f"<a:graphicData><wps:wsp><wps:txbx>{box}</wps:txbx></wps:wsp></a:graphicData></a:graphic></wp:anchor>"
            f"</w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback>"
            "</mc:AlternateContent></w:r>"
        )
        assert texts(with_body(f"<w:p>{shape}{run('框外文字。')}</w:p>")) == ["框外文字。", "框内文字。"]

    def test_captions(self) -> None:
        """A caption is told by its style or by the field that counts it."""
        document = docx.Document()
        document.add_paragraph("图1 水位变化", style="Caption")
        insert(
            document,
            f'<w:p>{run("表")}<w:fldSimple w:instr=" SEQ 表 \\* ARABIC ">{run("2")}</w:fldSimple></w:p>',
        )
        assert kinds(document) == [("caption", "图1 水位变化"), ("caption", "表2")]

    def test_an_embedded_file(self) -> None:
        """What is embedded in another format is not read, and that is said."""
        assert remarks(with_body('<w:altChunk r:id="rId1"/>')) == ["嵌入的一段其他格式的内容没有读取"]


class TestTables:
    def test_merged_cells(self) -> None:
        """A merged cell's text stands in each place that it covers, and rows marked as heads count."""
        document = docx.Document()
        table = document.add_table(3, 3)
        for place, text in {
            (0, 0): "地区",
            (0, 1): "产量",
            (1, 1): "早稻",
            (1, 2): "晚稻",
            (2, 0): "南县",
        }.items():
            table.cell(*place).text = text
        table.cell(0, 0).merge(table.cell(1, 0))
        table.cell(0, 1).merge(table.cell(0, 2))
        for row in table.rows[:2]:
            row._tr.get_or_add_trPr().append(parse_xml(f"<w:tblHeader {NAMESPACES}/>"))
        expected = (("地区", "产量", "产量"), ("地区", "早稻", "晚稻"), ("南县", "", ""))
        assert tables(document) == [Table(expected, heads=2)]

    def test_uneven_rows(self) -> None:
        """Rows of fewer cells are filled up, those that begin later keep their columns, deleted ones go."""
        cell = "<w:tc><w:p>{}</w:p></w:tc>"
        late = '<w:trPr><w:gridBefore w:val="1"/></w:trPr>'
        rows = (
            f"<w:tr>{''.join(cell.format(run(text)) for text in '甲乙丙')}</w:tr>"
            f"<w:tr>{late}{cell.format(run('丁'))}</w:tr><w:tr><w:trPr><w:del/></w:trPr>{cell.format(run('戊'))}</w:tr>"
        )
        assert tables(with_body(f"<w:tbl>{rows}</w:tbl>")) == [Table((("甲", "乙", "丙"), ("", "丁", "")))]

    def test_lines_of_a_cell(self) -> None:
        """A word broken over a cell's lines is whole again, two figures stay two."""
        document = docx.Document()
        table = document.add_table(2, 2)
        for cell, lines in zip(table.rows[0].cells, (("完成", "比例"), ("12", "34")), strict=True):
            cell.text = lines[0]
            cell.add_paragraph(lines[1])
        table.cell(1, 0).text = "合计"
        assert tables(document) == [Table((("完成比例", "12 34"), ("合计", "")))]

    def test_tables_within_tables_and_pictures(self) -> None:
        """What a cell holds besides text comes after the table."""
        document = docx.Document()
        table = document.add_table(2, 2)
        for number, text in enumerate(("名称", "图样", "水杉")):
            table.cell(number // 2, number % 2).text = text
        inner = table.cell(1, 1).add_table(2, 2)
        for number in range(4):
            inner.cell(number // 2, number % 2).text = f"内{number}"
        table.cell(1, 1).paragraphs[0].add_run().add_picture(png())
        found = blocks(document)
        assert [block.kind for block in found] == ["table", "picture", "table"]
        assert found[0].table == Table((("名称", "图样"), ("水杉", "")))

    def test_tables_that_only_arrange_the_page(self) -> None:
        """A frame around paragraphs is no table, nor is one that only places pictures."""
        document = docx.Document()
        frame = document.add_table(1, 1).cell(0, 0)
        frame.text = "提示：请带好证件。"
        frame.add_paragraph("咨询时间为工作日。")
        document.add_table(1, 2).cell(0, 1).paragraphs[0].add_run().add_picture(png())
        assert [block.kind for block in blocks(document)] == ["text", "text", "picture"]


class TestPictures:
    def test_inline_and_described(self) -> None:
        """A picture stands where it is anchored, with its bytes, and with such words as somebody wrote."""
        document = docx.Document()
        image = png().getvalue()
        for described in ("江边的观测站", "图片 3", "IMG_2024.jpg", ""):
            shape = document.add_paragraph("前文。").add_run().add_picture(io.BytesIO(image))
            shape._inline.docPr.set("descr", described)
        found = [block for block in blocks(document) if block.kind == "picture"]
        assert [block.text for block in found] == ["江边的观测站", "", "", ""]
        assert all(block.image == image and block.reference is None for block in found)

    def test_floating_and_old(self) -> None:
        """Floating pictures and those of older programs are pictures too."""
        document = docx.Document()
        identifier, _ = document.part.get_or_add_image(png())
        blip = f'<a:graphic><a:graphicData><a:blip r:embed="{identifier}"/></a:graphicData></a:graphic>'
        floating = (
            f'<w:drawing><wp:anchor><wp:docPr id="1" name="a" descr="渡口"/>{blip}</wp:anchor></w:drawing>'
        )
        old = f'<w:pict><v:shape alt="码头"><v:imagedata r:id="{identifier}"/></v:shape></w:pict>'
        insert(document, f"<w:p><w:r>{floating}</w:r><w:r>{old}</w:r></w:p>")
        assert kinds(document) == [("picture", "渡口"), ("picture", "码头")]

    def test_missing(self) -> None:
        """A picture that is missing or damaged is remarked on, and costs nothing else."""
        document = docx.Document()
        document.add_paragraph("前文。").add_run().add_picture(png())
        document.add_paragraph("后文。")
        insert(document, '<w:p><w:r><w:drawing><a:blip r:link="rId99"/></w:drawing></w:r></w:p>')
        found = kinds(rewritten(saved(document), image1=None))
        assert found == [
            ("text", "前文。"),
            ("remark", "第 1 张图片已损坏或缺失"),
            ("text", "后文。"),
            ("remark", "第 2 张图片不在文件里"),
        ]


def chart(figures: str, title: str = "", axis: str = "") -> Document:
    """Return a document with a chart, as Word stores what it was drawn from."""
    document = docx.Document()
    words = "<c:title><c:tx><c:rich><a:p><a:r><a:t>{}</a:t></a:r></a:p></c:rich></c:tx></c:title>"
    xml = (
        f"<c:chartSpace {NAMESPACES}><c:chart>{words.format(title)}"
        f"<c:plotArea><c:barChart>{figures}</c:barChart>"
        f"<c:valAx>{words.format(axis)}</c:valAx></c:plotArea></c:chart></c:chartSpace>"
    )
    part = Part(PackURI("/word/charts/chart1.xml"), CHART_TYPE, xml.encode(), document.part.package)
    identifier = document.part.relate_to(part, f"{RELATIONS}/chart")
    graphic = f'<a:graphic><a:graphicData><c:chart r:id="{identifier}"/></a:graphicData></a:graphic>'
    insert(document, f"<w:p><w:r><w:drawing><wp:inline>{graphic}</wp:inline></w:drawing></w:r></w:p>")
    return document


def series(name: str, code: str, categories: list[str], values: list[str]) -> str:
    def points(found: list[str]) -> str:
        return "".join(
            f'<c:pt idx="{place}"><c:v>{text}</c:v></c:pt>' for place, text in enumerate(found) if text
        )

    return (
        f"<c:ser><c:tx><c:strRef><c:f>A1</c:f><c:strCache>{points([name])}</c:strCache></c:strRef></c:tx>"
        f"<c:cat><c:strRef><c:strCache>{points(categories)}</c:strCache></c:strRef></c:cat>"
        f"<c:val><c:numRef><c:numCache><c:formatCode>{code}</c:formatCode>{points(values)}</c:numCache></c:numRef>"
        "</c:val></c:ser>"
    )


class TestCharts:
    def test_figures(self) -> None:
        """A chart is the table of its figures, as its number formats show them, with its title."""
        years = ["2022年", "2023年"]
        figures = series("产量", "#,##0.0", years, ["1234.56", "1300"]) + series(
            "增速", "0.0%", years, ["", "0.053"]
        )
        (block,) = blocks(chart(figures, "粮食生产", "万吨"))
        assert block.text == "粮食生产（万吨）"
        assert block.table == Table(
            (("", "产量", "增速"), ("2022年", "1,234.6", ""), ("2023年", "1,300.0", "5.3%")), heads=1
        )

    def test_floats_and_dates(self) -> None:
        """A sum's rounding error is not shown, and a day's number is the day."""
        figures = series("值", "General", ["一", "二"], ["0.30000000000000004", "7"])
        days = figures.replace(
            "<c:cat><c:strRef><c:strCache>", "<c:cat><c:numRef><c:numCache><c:formatCode>"
        ).replace('<c:pt idx="0"><c:v>一</c:v>', 'yyyy/m/d</c:formatCode><c:pt idx="0"><c:v>45366</c:v>')
        days = days.replace("</c:strCache></c:strRef></c:cat>", "</c:numCache></c:numRef></c:cat>")
        (table,) = tables(chart(days))
        assert table.rows[1:] == (("2024/3/15", "0.3"), ("二", "7"))

    def test_without_figures(self) -> None:
        """A chart whose figures are not in the file is remarked on."""
        assert remarks(chart("")) == ["一幅图表的数据不在文件里"]


FLAT_ODT = """<?xml version="1.0" encoding="UTF-8"?>
<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" office:version="1.3"
 office:mimetype="application/vnd.oasis.opendocument.text">
<office:meta><dc:title>另一份文件的题目</dc:title></office:meta>
<office:body><office:text>
<text:h text:outline-level="1">渔业统计说明</text:h>
<text:p>捕捞量按航次<text:note text:note-class="footnote"><text:note-body>
<text:p>不含休渔期。</text:p></text:note-body></text:note>登记，二氧化碳<text:soft-page-break/>另计。</text:p>
<text:list><text:list-item><text:p>近海</text:p></text:list-item></text:list>
<table:table><table:table-column table:number-columns-repeated="2"/><table:table-row>
<table:table-cell table:number-columns-spanned="2"><text:p>海域</text:p></table:table-cell>
<table:covered-table-cell/></table:table-row><table:table-row><table:table-cell><text:p>东</text:p></table:table-cell>
<table:table-cell><text:p>西</text:p></table:table-cell></table:table-row></table:table>
</office:text></office:body></office:document>"""


@pytest.fixture(scope="module")
def by_libreoffice(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return converted(tmp_path_factory.mktemp("libreoffice"), "统计.fodt", FLAT_ODT, "docx")


def test_a_file_of_libreoffice(by_libreoffice: bytes) -> None:
    """LibreOffice's files are read as Word's, footnotes at the end."""
    found = blocks(by_libreoffice)
    assert [(block.kind, block.text) for block in found] == [
        ("heading", "渔业统计说明"),
        ("text", "捕捞量按航次登记，二氧化碳另计。"),
        ("item", "• 近海"),
        ("table", ""),
        ("item", "[1] 不含休渔期。"),
    ]
    assert found[3].table == Table((("海域", "海域"), ("东", "西")))


def test_a_diagram() -> None:
    """The words of a diagram are the items of a list."""
    document = docx.Document()
    words = "".join(f"<a:p><a:r><a:t>{word}</a:t></a:r></a:p>" for word in ("申请", "受理", ""))
    data = f"<dgm:dataModel {NAMESPACES}>{words}</dgm:dataModel>".encode()
    part = Part(PackURI("/word/diagrams/data1.xml"), "application/xml", data, document.part.package)
    identifier = document.part.relate_to(part, f"{RELATIONS}/diagramData")
    insert(document, f'<w:p><w:r><w:drawing><dgm:relIds r:dm="{identifier}"/></w:drawing></w:r></w:p>')
    assert kinds(document) == [("item", "• 申请"), ("item", "• 受理")]


class TestProperties:
    @pytest.mark.parametrize(
        ("title", "first", "expected"),
        [
            ("候鸟监测年报", "本年度共布设观测点，观测到的候鸟种类和数量都有增加。", "候鸟监测年报"),
            ("候鸟监测年报", "候鸟监测年报", None),
            ("会议纪要", "候鸟监测年报", None),
            ("Microsoft Word 文档", "本年度共布设观测点，观测到的候鸟种类都有增加。", None),
            ("监测稿3.docx", "本年度共布设观测点，观测到的候鸟种类都有增加。", None),
        ],
    )
    def test_title(self, title: str, first: str, expected: str | None) -> None:
        """The properties' title counts where the text has none, and it is no default nor another file's."""
        document = docx.Document()
        document.core_properties.title = title
        document.add_paragraph(first)
        assert read(saved(document)).metadata.title == expected

    def test_nothing_else(self) -> None:
        """Who and when are of the file, not of the article."""
        document = docx.Document()
        document.core_properties.author = "某人"
        document.add_heading("题目", 0)
        assert read(saved(document)).metadata.date is None
        assert read(saved(document)).metadata.author is None


class TestErrors:
    @pytest.mark.parametrize("data", [b"", "普通文字".encode()])
    def test_no_archive(self, data: bytes) -> None:
        """What is no archive is no Word file."""
        with pytest.raises(UnreadableError, match="损坏"):
            read(data)

    def test_macros_and_templates(self) -> None:
        """A file with macros and a template are read as documents."""
        data = saved(notice())
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            types = archive.read("[Content_Types].xml")
        for kind in (b"document.macroEnabled.main+xml", b"template.main+xml"):
            changed = types.replace(b"document.main+xml", kind)
            assert kinds(rewritten(data, **{"[Content_Types]": changed})) == kinds(data)

    def test_strict_files(self) -> None:
        """Files in the strict variant of the format are read too."""
        data = with_body(f"<w:p>{run('严格格式。')}</w:p>")
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            xml = archive.read("word/document.xml")
        strict = xml.replace(
            b"http://schemas.openxmlformats.org/wordprocessingml/2006/",
            b"http://purl.oclc.org/ooxml/wordprocessingml/",
        )
        assert texts(rewritten(data, document=strict)) == ["严格格式。"]

    @pytest.mark.parametrize(
        "declared",
        [
            '<!ENTITY a "哈"><!ENTITY e "&a;&a;">',
            '<!ENTITY e SYSTEM "file:///etc/hostname">',
        ],
    )
    def test_entities(self, declared: str) -> None:
        """A document that declares entities is refused, and nothing outside of it is read."""
        data = with_body("<w:p><w:r><w:t>&e;</w:t></w:r></w:p>", f"<!DOCTYPE w [{declared}]>")
        with pytest.raises(UnreadableError, match="XML"):
            read(data)

    @pytest.mark.parametrize(
        ("opening", "closing"),
        [
            ("<w:tbl><w:tr><w:tc>", "<w:p/></w:tc></w:tr></w:tbl>"),
            ("<w:sdt><w:sdtContent>", "</w:sdtContent></w:sdt>"),
            ("<w:p><w:r><w:drawing><w:txbxContent>", "</w:txbxContent></w:drawing></w:r></w:p>"),
            ("<w:p><m:oMath><m:rad><m:e>", "</m:e></m:rad></m:oMath></w:p>"),
        ],
    )
    @pytest.mark.parametrize("depth", [30, 60, 600])
    def test_depth(self, opening: str, closing: str, depth: int) -> None:
        """Whatever is nested however deep is read or refused."""
        data = with_body(opening * depth + f"<w:p>{run('深')}</w:p>" + closing * depth)
        try:
            found = texts(data)
        except UnreadableError:
            assert depth == 600
        else:
            assert depth < 600
            assert len(found) <= 1

    def test_spans(self) -> None:
        """A cell that claims to be very wide does not make a table very wide."""
        cell = '<w:tc><w:tcPr><w:gridSpan w:val="999999"/></w:tcPr><w:p><w:r><w:t>宽</w:t></w:r></w:p></w:tc>'
        data = with_body(f"<w:tbl><w:tr>{cell * 20}</w:tr></w:tbl>")
        (table,) = tables(data)
        assert len(table.rows[0]) == 500
        assert remarks(data) == ["一张表格有 1260 列，只读了前 500 列"]


def sample() -> bytes:
    """A file with something of everything."""
    document = notice()
    document.add_paragraph("苹果", style="List Bullet")
    table = document.add_table(2, 2)
    table.cell(0, 0).merge(table.cell(1, 0)).text = "合并"
    table.cell(0, 1).text = "值"
    document.add_paragraph("图。").add_run().add_picture(png(8))
    return saved(document)


SAMPLE = sample()
with zipfile.ZipFile(io.BytesIO(SAMPLE)) as _archive:
    PARTS = {name.rpartition("/")[2].split(".")[0]: _archive.read(name) for name in _archive.namelist()}


def is_read_or_refused(data: bytes) -> bool:
    try:
        return bool(blocks(data)) or True
    except UnreadableError as error:
        return bool(str(error))


@given(
    st.lists(st.tuples(st.integers(0, len(SAMPLE) - 1), st.integers(0, 255)), max_size=8), st.integers(0, 400)
)
@settings(max_examples=60)
def test_damaged_files(changes: list[tuple[int, int]], cut: int) -> None:
    """A file with other bytes in places, or with its end missing, is read or refused with a reason."""
    data = bytearray(SAMPLE)
    for place, byte in changes:
        data[place] = byte
    assert is_read_or_refused(bytes(data[: len(data) - cut * 20]))


@given(
    st.sampled_from(["document", "styles", "numbering", "_rels", "", "core"]),
    st.lists(
        st.tuples(st.floats(0, 1, exclude_max=True), st.binary(max_size=6), st.integers(0, 40)), max_size=4
    ),
)
@settings(max_examples=100)
def test_damaged_parts(name: str, changes: list[tuple[float, bytes, int]]) -> None:
    """A file whose parts hold other bytes, or lack some, is read or refused with a reason."""
    part = PARTS.get(name, b"")
    for place, inserted, removed in changes:
        start = int(place * len(part))
        part = part[:start] + inserted + part[start + removed :]
    assert is_read_or_refused(rewritten(SAMPLE, **{name: part}))


ATTRIBUTES = st.text(alphabet='0123456789-+. abcEé一"%', max_size=12).map(lambda text: text.replace('"', ""))


@given(ATTRIBUTES, ATTRIBUTES)
@settings(max_examples=100)
def test_odd_numbers(one: str, other: str) -> None:
    """Wherever a number is expected, anything may stand."""
    place = (
        f'<w:numPr><w:ilvl w:val="{one}"/><w:numId w:val="{other}"/></w:numPr><w:outlineLvl w:val="{one}"/>'
    )
    size = f'<w:sz w:val="{other}"/>'
    merged = f'<w:tcPr><w:gridSpan w:val="{one}"/><w:vMerge w:val="{other}"/></w:tcPr>'
    before = f'<w:trPr><w:gridBefore w:val="{other}"/></w:trPr>'
    body = (
        f'<w:p><w:pPr>{place}<w:ind w:firstLine="{one}"/><w:jc w:val="center"/></w:pPr>{run("字", size)}'
        "</w:p>"
        f"<w:tbl><w:tr>{before}<w:tc>{merged}<w:p>{run('甲')}</w:p></w:tc><w:tc><w:p/></w:tc></w:tr></w:tbl>"
    )
    assert is_read_or_refused(with_body(body))

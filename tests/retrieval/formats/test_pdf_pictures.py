"""The pictures of PDFs, their captions, charts drawn in lines, and pages that are images only."""

from __future__ import annotations

import io

import pypdfium2
import pytest
from PIL import Image

from tests.retrieval.formats.pdf_files import PAGE, SERIF, blocks, changed, drawing, prose, typeset

HEAD = PAGE + SERIF
BARS = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="160" viewBox="0 0 300 160">'
    + "".join(
        f'<rect x="{20 + 40 * year}" y="{130 - 15 * year}" width="24" height="{15 * year + 5}" fill="teal"/>'
        f'<text x="{20 + 40 * year}" y="150" font-size="11">{2016 + year}</text>'
        for year in range(7)
    )
    + '<path d="M10 5 V136 H295" fill="none" stroke="black"/></svg>'
).encode()


def opened(image: bytes | None) -> Image.Image:
    assert image is not None
    found = Image.open(io.BytesIO(image))
    found.load()
    return found


def scanned(data: bytes) -> bytes:
    """Return the PDF with images in place of its pages."""
    document = pypdfium2.PdfDocument(data)
    images = [page.render(scale=2).to_pil().convert("L") for page in document]
    file = io.BytesIO()
    images[0].save(file, "PDF", resolution=144, save_all=True, append_images=images[1:])
    document.close()
    return file.getvalue()


def test_a_photograph_comes_as_its_own_file() -> None:
    """A JPEG is taken out as it is, between the paragraphs that it stands between, its caption after it."""
    photo = drawing("JPEG")
    picture = '#image("photo", width: 5cm)\n#align(center)[图1　江州港码头]'
    markup = f"{prose('甲', 2)}\n\n{picture}\n\n{prose('乙', 2)}"
    found = blocks(typeset(HEAD + markup, photo=photo))
    assert [block.kind for block in found] == ["text", "picture", "caption", "text"]
    assert found[1].image == photo
    assert found[2].text == "图1 江州港码头"
    assert found[1].page == 1


@pytest.mark.parametrize("name", ["PNG", "GIF"])
def test_other_images_are_drawn_as_the_page_shows_them(name: str) -> None:
    """An image of any kind, with colours from a palette or transparent, becomes one in its own resolution."""
    found = blocks(typeset(HEAD + f'{prose("甲", 2)}\n\n#image("it", width: 5cm)', it=drawing(name)))
    image = opened(found[-1].image)
    assert abs(image.width - 320) <= 8
    assert (70, 130, 180) in image.convert("RGB").get_flattened_data()  # steel blue


def test_a_picture_in_strips_is_one() -> None:
    """Images that touch each other are parts of one picture."""
    strips = "#stack(" + ", ".join(['image("strip", width: 5cm, height: 1cm)'] * 3) + ")"
    found = blocks(typeset(HEAD + f"{prose('甲', 2)}\n\n{strips}", strip=drawing("PNG")))
    assert [block.kind for block in found] == ["text", "picture"]


def test_a_chart_drawn_in_lines_is_a_picture_where_it_has_a_caption() -> None:
    """Its labels belong to it and are no text; without a caption such a drawing is left out."""
    markup = f'{prose("甲", 2)}\n\n#image("bars", width: 7cm)\n'
    found = blocks(typeset(HEAD + markup + f"#align(center)[图2　历年产值]\n\n{prose('乙', 2)}", bars=BARS))
    assert [block.kind for block in found] == ["text", "picture", "caption", "text"]
    image = opened(found[1].image)
    assert image.width > 400
    assert "2018" not in "".join(block.text for block in found)
    assert "picture" not in [block.kind for block in blocks(typeset(HEAD + markup, bars=BARS))]


def test_decorations_are_no_pictures() -> None:
    """Tiny images, one behind the whole page and a logo on every page are left out without a word."""
    page = (
        "#set page(width: 12cm, height: 14cm, margin: 2cm, "
        'background: image("photo", width: 100%, height: 100%), header: image("logo", height: 1.2cm))\n'
    )
    text = f'{prose("甲", 9)}\n\n#image("logo", width: 4mm)\n\n{prose("乙", 25)}\n\n{prose("丙", 9)}'
    found = blocks(typeset(page + SERIF + text, photo=drawing("JPEG"), logo=drawing("PNG", "red")))
    assert {block.kind for block in found} == {"text"}
    assert max(block.page or 0 for block in found) >= 3


def test_a_page_without_text_is_a_scan() -> None:
    """Pages that are one image come as an image of about 200 dpi in grey; an empty page comes as nothing."""
    data = scanned(typeset(HEAD + prose("甲", 12)))
    found = blocks(changed(data, lambda writer: writer.insert_blank_page(index=1)))
    assert [(block.kind, block.page) for block in found] == [("scan", 1), ("scan", 3)]
    image = opened(found[0].image)
    assert image.mode == "L"
    assert abs(image.width - 12 / 2.54 * 200) < 10


def test_letters_without_a_meaning_make_a_page_a_scan() -> None:
    """Where the file does not say which characters its glyphs are, the page is an image."""

    def forget(writer: object) -> None:
        for page in writer.pages:  # type: ignore[attr-defined]  # pypdf's own
            for font in page["/Resources"]["/Font"].values():
                font.get_object().pop("/ToUnicode", None)

    found = blocks(changed(typeset(HEAD + prose("甲", 3)), forget))
    assert [block.kind for block in found] == ["scan"]

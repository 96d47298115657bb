"""Mail: headers, the text in any encoding, its pictures, attachments by name, and what is refused."""

from __future__ import annotations

import base64
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.documents.blocks import UnreadableError
from retrieval.documents.formats import mail

TEXT = "图书馆周一闭馆，座位800个。"


def message() -> EmailMessage:
    made = EmailMessage()
    made["Subject"] = "关于开馆时间的通知"
    made["From"] = "李明 <li@example.com>"
    made["Date"] = "Mon, 29 Aug 2022 10:20:00 +0800"
    made.set_content("只有文字的一份。")
    made.add_alternative(f"<h1>说明</h1><p>{TEXT}</p><p><img src='cid:pic' alt=外景></p>", subtype="html")
    page = made.get_payload()[1]  # type: ignore[index] # a list, since there are two
    assert isinstance(page, EmailMessage)
    page.add_related(b"P" * 200, "image", "png", cid="<pic>")
    made.add_attachment(b"%PDF-", "application", "pdf", filename="开馆 表.pdf")
    return made


def test_the_page_of_a_mail_is_read_with_its_pictures_and_attachments_are_named() -> None:
    """The HTML part wins over the plain one; pictures are found by Content-ID."""
    content = mail.read(message().as_bytes())
    said = content.metadata
    assert (said.title, said.date, said.author) == ("关于开馆时间的通知", "2022-08-29", "李明")
    found = list(content.blocks)
    assert [(block.kind, block.level, block.text) for block in found] == [
        ("heading", 1, "关于开馆时间的通知"),
        ("heading", 2, "说明"),
        ("text", 0, TEXT),
        ("picture", 0, "外景"),
        ("remark", 0, "附件 开馆 表.pdf 未读"),
    ]
    assert found[3].image == b"P" * 200


@pytest.mark.parametrize("charset", ["gb2312", "utf-8", "", "unknown-8bit", "punycode"])
@pytest.mark.parametrize("encoded", [True, False])
def test_chinese_mail_is_decoded_whatever_its_label_says(charset: str, *, encoded: bool) -> None:
    """GB18030 labelled as GB2312, as something else or not at all is read, in the headers too."""
    subject = "朱镕基著作".encode("gb18030")
    if encoded:
        subject = b"=?gb2312?B?" + base64.b64encode(subject) + b"?="
    label = f"; charset={charset}".encode() if charset else b""
    data = (
        b"Subject: " + subject + b"\r\nFrom: a@example.com\r\nContent-Type: text/plain" + label
        + b"\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + ("镕：" + TEXT).encode("gb18030")
    )  # fmt: skip
    content = mail.read(data)
    assert [block.text for block in content.blocks] == ["朱镕基著作", "镕：" + TEXT]
    assert content.metadata.author == "a@example.com"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"%PDF-1.4",
        "普通的一段文字。".encode(),
        b"Subject: x\n\n",
        b"Subject: x\nContent-Type: application/pkcs7-mime\n\nabc",
        b"Subject: x\nContent-Type: text/html\n\n<!-- -->",
    ],
)
def test_what_is_no_mail_is_refused(data: bytes) -> None:
    """Other files, empty and encrypted messages are errors."""
    with pytest.raises(UnreadableError):
        list(mail.read(data).blocks)


@settings(max_examples=150)
@given(st.integers(0, 1500), st.integers(0, 60), st.binary(max_size=20))
def test_a_damaged_mail_is_read_or_refused(start: int, length: int, damage: bytes) -> None:
    """Bytes cut and put in anywhere: blocks or UnreadableError."""
    data = message().as_bytes()
    try:
        assert list(mail.read(data[:start] + damage + data[start + length :]).blocks)
    except UnreadableError:
        return

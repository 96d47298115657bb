"""Pictures that people send, read for their text."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PhotoWords:
    reading: str
    read_as: str
    nothing_read: str
    not_read: str
    no_reader: str
    name: str


CHINESE = PhotoWords(
    reading="🔍 正在识别图片里的文字…",
    read_as="🔍 识别为：{text}",
    nothing_read="抱歉，图片里没有识别出文字，请用文字提问。",
    not_read="抱歉，这张图片读不了，请换一张，或用文字提问。",
    no_reader="抱歉，这里读不了图片，请用文字提问。",
    name="图片",
)


ENGLISH = PhotoWords(
    reading="🔍 Reading the text in the picture…",
    read_as="🔍 Read as: {text}",
    nothing_read="Sorry, I found no text in the picture. Please type your question.",
    not_read="Sorry, this picture cannot be read. Please send another one, or type your question.",
    no_reader="Sorry, pictures cannot be read here. Please type your question.",
    name="Picture",
)

"""The articles and their index, for admins."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DocumentWords:
    # Reindexing
    reindex_running: str
    reindex_started: str
    reindex_progress: str
    reindex_filling: str
    reindex_done: str
    reindex_skipped: str
    reindex_partly: str
    reindex_more: str
    reindex_failed: str
    reindex_cancelled: str
    reindex_over: str
    cancel: str

    # A file that was sent
    receiving: str
    added: str
    stored_as: str
    understood: str
    understood_pictures: str
    remarks_more: str
    more_titles: str
    known: str
    not_added: str
    not_indexed: str
    too_large: str
    unreadable_type: str
    not_received: str
    undo: str

    # The list of files, and one of them
    title: str
    title_found: str
    empty: str
    none_found: str
    articles: str
    not_read: str
    modified: str
    outdated: str
    back: str
    view: str
    too_large_to_send: str
    move_to_trash: str
    confirm_move: str
    gone: str

    # The trash
    moved: str
    moved_only: str
    restored: str
    restored_only: str
    restore: str
    trash: str
    trash_title: str
    trash_empty: str
    trashed_at: str
    empty_trash: str
    confirm_empty: str
    delete_forever: str
    emptied: str
    gone_from_trash: str

    # Why the folder cannot be changed, by `bot.documents.folder.Reason`
    troubles: dict[str, str]


CHINESE = DocumentWords(
    reindex_running="索引正在重建，请稍候。",
    reindex_started="正在重建索引…",
    reindex_progress="正在重建索引… {done}/{total}",
    reindex_filling="正在写入检索集群… {done}/{total} 段",
    reindex_done=(
        "索引已更新，用时 {seconds} 秒\n"
        "文件 {files} 个：读取 {read}，未变 {unchanged}，移除 {removed}\n"
        "文档 {documents} 篇，段落 {paragraphs} 个，数据 {figures} 条"
    ),
    reindex_skipped="未能读取 {count} 个：",
    reindex_partly="只读了一部分的 {count} 个：",
    reindex_more="……另有 {count} 个",
    reindex_failed="重建失败，仍使用原来的索引：{reason}",
    reindex_cancelled="已取消，仍使用原来的索引。",
    reindex_over="这次重建已经结束了。",
    cancel="取消",
    receiving="正在读取 {name}…",
    added="已加入文库",
    stored_as="同名文件已有，存为 {name}",
    understood="文章 {articles} 篇，段落 {paragraphs} 个，数据 {figures} 条",
    understood_pictures="，图片 {pictures} 张",
    remarks_more="……另有 {count} 处没有读",
    more_titles="……另有 {count} 篇",
    known="文库里已有内容相同的文件",
    not_added="没有收下：{reason}",
    not_indexed="已存入文库，但索引没能更新：{reason}\n请稍后发送 /reindex。",
    too_large="文件超过 {limit}，Telegram 不让机器人取。请直接放进服务器上的文档文件夹",
    unreadable_type=(
        "读不了这种文件。可以发送 Word、PDF、网页、Excel、CSV、EPUB、邮件、文本、图片，或它们的 ZIP"
    ),
    not_received="没能取到文件，请再发一次",
    undo="↩️ 撤回",
    title="文库 · 共 {count} 个文件",
    title_found="文库 · 含“{word}”的文件 {count} 个",
    empty="文库里还没有文件。把文件发给我，就会加入文库。",
    none_found="没有找到，可以换个词，或发送 /documents 看全部。",
    articles="{count} 篇",
    not_read="未编入索引",
    modified="{size} · 改于 {time}",
    outdated="文件改动过，还没有重新编入索引。",
    back="‹ 返回",
    view="📄 查看原文件",
    too_large_to_send="文件超过 {limit}，发不了。",
    move_to_trash="🗑 移到回收站",
    confirm_move="要把它移到回收站吗？之后可以用 /restore 恢复。",
    gone="这个文件已经不在了。",
    moved="已移到回收站，不再用来作答",
    moved_only="已移到回收站，但索引没能更新：{reason}\n请稍后发送 /reindex。",
    restored="已恢复，重新用来作答",
    restored_only="已恢复，但没能编入索引：{reason}",
    restore="↩️ 恢复",
    trash="🗑 回收站（{count}）",
    trash_title="回收站 · 共 {count} 个文件",
    trash_empty="回收站是空的。",
    trashed_at="{size} · 移入于 {time}",
    empty_trash="清空",
    confirm_empty="要永久删除这 {count} 个文件吗？删除后不能恢复。",
    delete_forever="永久删除",
    emptied="已永久删除 {count} 个文件。",
    gone_from_trash="回收站里已经没有这个文件了。",
    troubles={
        "type": "读不了这种文件",
        "missing": "这个文件已经不在了",
        "no_folder": "文档文件夹不存在",
        "link": "它是一个链接，请在服务器上处理",
        "read_only": "没有写入权限，或文件夹是只读的",
        "full": "磁盘满了",
        "failed": "没能完成，请稍后再试",
    },
)


ENGLISH = DocumentWords(
    reindex_running="The index is being rebuilt already, please wait.",
    reindex_started="Rebuilding the index…",
    reindex_progress="Rebuilding the index… {done}/{total}",
    reindex_filling="Filling the search cluster… {done}/{total} paragraphs",
    reindex_done=(
        "Index updated in {seconds} s\n"
        "Files: {files} ({read} read, {unchanged} unchanged, {removed} removed)\n"
        "Documents: {documents}, paragraphs: {paragraphs}, figures: {figures}"
    ),
    reindex_skipped="Could not read {count}:",
    reindex_partly="Read only in part, {count}:",
    reindex_more="… and {count} more",
    reindex_failed="Rebuilding failed, the old index stays in use: {reason}",
    reindex_cancelled="Cancelled, the old index stays in use.",
    reindex_over="This rebuild is over already.",
    cancel="Cancel",
    receiving="Reading {name}…",
    added="Added to the library",
    stored_as="The name was taken, stored as {name}",
    understood="Articles: {articles}, paragraphs: {paragraphs}, figures: {figures}",
    understood_pictures=", pictures: {pictures}",
    remarks_more="… and {count} more left out",
    more_titles="… and {count} more",
    known="The library has a file with the same content",
    not_added="Not taken: {reason}",
    not_indexed="Stored, but the index is not up to date: {reason}\nPlease send /reindex later.",
    too_large=(
        "Telegram lets no bot fetch more than {limit}. Please put the file into the folder on the server"
    ),
    unreadable_type=(
        "this type cannot be read. You can send Word, PDF, web pages, Excel, CSV, EPUB, mail, text, images, "
        "or a ZIP of these"
    ),
    not_received="the file could not be fetched, please send it again",
    undo="↩️ Take back",
    title="Library · {count} files",
    title_found="Library · {count} files with “{word}”",
    empty="There are no files yet. Send me one and it joins the library.",
    none_found="Nothing found. Try another word, or /documents for all.",
    articles="articles: {count}",
    not_read="not in the index",
    modified="{size} · changed {time}",
    outdated="The file has changed since it was indexed.",
    back="‹ Back",
    view="📄 Original file",
    too_large_to_send="The file has more than {limit} and cannot be sent.",
    move_to_trash="🗑 Move to trash",
    confirm_move="Move it to the trash? /restore can bring it back.",
    gone="This file is gone.",
    moved="Moved to the trash, answers no longer use it",
    moved_only="Moved to the trash, but the index is not up to date: {reason}\nPlease send /reindex later.",
    restored="Restored, answers use it again",
    restored_only="Restored, but it could not be indexed: {reason}",
    restore="↩️ Restore",
    trash="🗑 Trash ({count})",
    trash_title="Trash · {count} files",
    trash_empty="The trash is empty.",
    trashed_at="{size} · removed {time}",
    empty_trash="Empty",
    confirm_empty="Delete these {count} files for good? They cannot be restored.",
    delete_forever="Delete for good",
    emptied="{count} files deleted for good.",
    gone_from_trash="The trash no longer has this file.",
    troubles={
        "type": "this type cannot be read",
        "missing": "this file is gone",
        "no_folder": "the folder of documents does not exist",
        "link": "it is a link, please see to it on the server",
        "read_only": "no permission to write, or the folder is read-only",
        "full": "the disk is full",
        "failed": "it could not be done, please try again later",
    },
)

"""Everything that can go wrong in `retrieval`, under one root.

WenjuError
 ├─ DocumentError   a file that cannot be read, with its name and the reason
 ├─ SnapshotError   an index that is missing, damaged or of another version
 │   └─ FormatError  of another version: it is whole, and only to be built anew
 ├─ EngineError     a search engine that is away, late or refuses; it may answer again
 │   └─ EngineSettingError  what it is made of cannot be taken
 ├─ DictionaryError a user dictionary that jieba cannot take
 └─ SynonymsError   a file of synonyms that cannot be taken
"""


class WenjuError(Exception):
    """The root: its text is one clear line for the user."""


class DocumentError(WenjuError):
    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


class SnapshotError(WenjuError):
    pass


class FormatError(SnapshotError):
    pass


class EngineError(WenjuError):
    pass


class EngineSettingError(EngineError):
    """`setting` names what it is that cannot be taken."""

    def __init__(self, setting: str, reason: str) -> None:
        super().__init__(reason)
        self.setting = setting


class DictionaryError(WenjuError):
    pass


class SynonymsError(WenjuError):
    pass

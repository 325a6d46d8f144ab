"""The errors that reach a person, in one small tree.

    TongbaoError            anything a person can mend; one line and a hint
    ├── NoticeError         a notice file that cannot be read
    ├── EncoderError        an embedding model that cannot be had
    ├── IndexStoreError     an index that is missing, stale, torn or foreign
    ├── VocabularyError     a curated file with a bad line
    ├── SettingsError       an unknown or unusable TONGBAO_ setting
    └── QuestionError       a question no answer can be given to
        └── NotFoundError   an id that names nothing in the loaded notices

"The notice does not say" is an answer, not one of these.
"""


class TongbaoError(Exception):
    """Says what was seen and what was expected; ``hint`` says what mends it."""

    code = "error"

    def __init__(self, message: str, *, hint: str = "", code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        if code is not None:
            self.code = code

    def one_line(self) -> str:
        """Message and hint on one line, for a terminal's stderr."""
        return f"{self.message} — {self.hint}" if self.hint else self.message


class NoticeError(TongbaoError):
    """A notice file is missing, empty, binary, encrypted or holds no text."""

    code = "notice_unreadable"


class EncoderError(TongbaoError):
    """A named embedding model is not on this machine and cannot be fetched."""

    code = "encoder_unavailable"


class IndexStoreError(TongbaoError):
    """The index on disk is missing, stale, torn or made by something else."""

    code = "index_unusable"


class VocabularyError(TongbaoError):
    """A line of a curated file (synonyms, phrasings, gaps) is not usable."""

    code = "vocabulary_unusable"


class SettingsError(TongbaoError):
    """An environment setting is unknown or its value cannot be used."""

    code = "settings_unusable"


class QuestionError(TongbaoError):
    """A question or its history is not of the form that can be asked."""

    code = "question_invalid"


class NotFoundError(QuestionError):
    """An id that no loaded notice has."""

    code = "not_found"

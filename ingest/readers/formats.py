"""The formats that are read, and the extensions that their files have."""

from enum import StrEnum

from corpus.errors import UnsupportedFile


class Format(StrEnum):
    """Formats that are read."""

    TEXT = "txt"
    MARKDOWN = "md"
    CSV = "csv"
    HTML = "html"
    MHTML = "mhtml"
    DOCX = "docx"
    PPTX = "pptx"
    PDF = "pdf"
    JPEG = "jpg"
    PNG = "png"
    TIFF = "tif"
    OFD = "ofd"
    XLSX = "xlsx"
    XLS = "xls"
    ODS = "ods"
    EPUB = "epub"
    EML = "eml"
    MSG = "msg"
    ZIP = "zip"
    DOC = "doc"
    PPT = "ppt"
    RTF = "rtf"
    ODT = "odt"
    ODP = "odp"


EXTENSIONS = {
    Format.TEXT: frozenset({".txt", ".text", ".csv", ".tsv", ".log", ""}),
    Format.MARKDOWN: frozenset({".md", ".markdown"}),
    Format.CSV: frozenset({".csv", ".tsv"}),
    Format.HTML: frozenset({".htm", ".html", ".shtml", ".xhtml", ".jsp", ".asp", ".aspx", ".php", ""}),
    Format.MHTML: frozenset({".mht", ".mhtml"}),
    Format.DOCX: frozenset({".docx", ".docm", ".dotx", ".dotm"}),
    Format.PPTX: frozenset({".pptx", ".pptm", ".ppsx", ".ppsm", ".potx"}),
    Format.PDF: frozenset({".pdf"}),
    Format.JPEG: frozenset({".jpg", ".jpeg", ".jpe", ".jfif"}),
    Format.PNG: frozenset({".png"}),
    Format.TIFF: frozenset({".tif", ".tiff"}),
    Format.OFD: frozenset({".ofd"}),
    Format.XLSX: frozenset({".xlsx", ".xlsm", ".xltx", ".xltm", ".xlsb"}),
    Format.XLS: frozenset({".xls", ".xlt", ".et", ".ett"}),
    Format.ODS: frozenset({".ods", ".ots"}),
    Format.EPUB: frozenset({".epub"}),
    Format.EML: frozenset({".eml"}),
    Format.MSG: frozenset({".msg"}),
    Format.ZIP: frozenset({".zip"}),
    Format.DOC: frozenset({".doc", ".dot", ".wps", ".wpt"}),
    Format.PPT: frozenset({".ppt", ".pps", ".pot", ".dps", ".dpt"}),
    Format.RTF: frozenset({".rtf", ".doc"}),
    Format.ODT: frozenset({".odt", ".ott"}),
    Format.ODP: frozenset({".odp", ".otp"}),
}
"""Extensions that are no surprise for a format."""

SLIDES = frozenset({Format.PPTX, Format.PPT, Format.ODP})
"""Formats of slides."""
MAIL_EXTENSIONS = EXTENSIONS[Format.EML] | EXTENSIONS[Format.MSG]
TEXT_EXTENSIONS = EXTENSIONS[Format.TEXT] | EXTENSIONS[Format.MARKDOWN] | EXTENSIONS[Format.HTML]

CONVERTED = {
    Format.DOC: Format.DOCX,
    Format.RTF: Format.DOCX,
    Format.ODT: Format.DOCX,
    Format.PPT: Format.PPTX,
    Format.ODP: Format.PPTX,
}
"""What LibreOffice has to make of a format before it is read."""


CONVERTED_MEDIA_TYPES = {
    Format.DOC: "application/msword",
    Format.RTF: "application/rtf",
    Format.ODT: "application/vnd.oasis.opendocument.text",
    Format.PPT: "application/vnd.ms-powerpoint",
    Format.ODP: "application/vnd.oasis.opendocument.presentation",
}
"""Media types of the formats that are read after a conversion."""


class NeedsConversion(UnsupportedFile):
    """A format that is read after a conversion; where no converter is found, this is how the file ends.

    Attributes:
        format: what the file is.
    """

    def __init__(self, detected: Format) -> None:
        super().__init__(
            f"读取 {detected} 文件需要 LibreOffice，本机没有找到。请安装后重新入库（Debian、Ubuntu："
            f"apt install libreoffice-writer libreoffice-impress），或另存为 {CONVERTED[detected]} 后再入库。"
        )
        self.format = detected

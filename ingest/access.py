"""Who may read a document before anybody has decided: narrow unless it is plainly public."""

import re
from collections.abc import Mapping, Sequence

from corpus.records import PUBLIC, RESTRICTED_FIELD_READERS, Kind, MetadataField

PUBLIC_READERS = frozenset({PUBLIC})
TEACHING_READERS = frozenset({"instructors", "researchers"})
INTERNAL_READERS = RESTRICTED_FIELD_READERS

_INTERNAL_FIELDS = frozenset({"instructions", "feedback", "secrecy", "copy_number"})
_BULLETIN_FIELDS = frozenset({"issue_number", "series"})
_INTERNAL = re.compile(
    r"内部(?:资料|文件|材料|参考|刊物|使用|发行|传阅)|注意保存|(?:不得|请勿|严禁)外传|此件(?:不公开|不予公开|发至|仅供)|依申请公开|仅供(?:领导|内部)"
    r"|(?:绝密|机密|秘密)[★☆]|^(?:绝密|机密|秘密)$|内参|阅后(?:收回|即焚)",
    re.MULTILINE,
)
_OPEN = re.compile(r"此件公开发布|此件主动公开|主动公开|公开发布|公开属性\s*[：:]\s*主动公开")
_PUBLIC_ISSUER = re.compile(
    r"国务院|人民政府|人民代表大会|人大常委会|法院|检察院|(?<!宣传)(?<!组织)(?<!统战)(?<!联络)部$|委员会$|[厅局署]$|总局|政府办公[厅室]"
)
_PARTY_ISSUER = re.compile(r"中共|党委|党组|纪委|纪律检查|宣传部|组织部|统战部|政法委|党校|编委|机关工委|精神文明")
_PUBLIC_CODE = re.compile(r"国[发函令办]|国办[发函]|[政府](?:办)?[发函令规]|政办|令第")
_REPORT = re.compile(r"^(?:主?报|呈报|呈送|报送|送|分送)：")
_EDGE = 12
"""Lines at either end in which marks such as 内部资料 stand; in the text between they are only words."""
_MARK_LINE = 30


def default_readers(
    kind: Kind, fields: Sequence[MetadataField], lines: Sequence[str], *, statute: bool = False
) -> frozenset[str]:
    """Groups that may read a document of this kind with these fields, until a curator decides.

    Whatever looks internal (批示, 报/送, 密级, 内部, an issue of a 内参 without a public number) is for researchers and
    curators, of any kind. A statute, and a policy with a public issuer's 发文字号, is public. Courses and research
    outputs are for instructors and researchers. Any other policy document is taken as internal.
    """
    values = {item.name: item.value for item in fields}
    if _looks_internal(values, lines):
        return INTERNAL_READERS
    if kind in (Kind.COURSE, Kind.RESEARCH):
        return TEACHING_READERS
    if statute or ("document_number" in values and _issued_publicly(values)):
        return PUBLIC_READERS
    return INTERNAL_READERS


def _looks_internal(values: Mapping[str, object], lines: Sequence[str]) -> bool:
    if _INTERNAL_FIELDS & values.keys() or _reports(values.get("distribution")):
        return True
    if _BULLETIN_FIELDS & values.keys() and "document_number" not in values:
        return True
    edges = [*lines[:_EDGE], *lines[_EDGE:][-_EDGE:]]
    return any(len(line) <= _MARK_LINE and _INTERNAL.search(line) for line in edges)


def _reports(distribution: object) -> bool:
    """Whether the document goes up to leaders; 抄送 alone is in every official document (GB/T 9704-2012 7.4.2)."""
    return isinstance(distribution, list) and any(_REPORT.match(str(entry)) for entry in distribution)


def _issued_publicly(values: Mapping[str, object]) -> bool:
    if _OPEN.search(str(values.get("annotation", ""))):
        return True
    if "index_number" in values:  # 索引号 of the government information disclosure catalogue
        return True
    organization, number = str(values.get("organization", "")).split("、", 1)[0], str(values["document_number"])
    if _PARTY_ISSUER.search(organization):
        return False
    return bool(_PUBLIC_ISSUER.search(organization) or (not organization and _PUBLIC_CODE.search(number)))

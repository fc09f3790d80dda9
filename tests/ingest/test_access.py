import pytest

from corpus.records import FieldValue, Kind, MetadataField
from ingest.access import default_readers

PUBLIC = {"public"}
TEACHING = {"instructors", "researchers"}
INTERNAL = {"researchers", "curators"}
NUMBER = {"document_number": "青政发〔2023〕2号", "organization": "青川省人民政府"}


def readers(kind: Kind, values: dict[str, FieldValue], *lines: str, statute: bool = False) -> frozenset[str]:
    fields = [MetadataField(name, value) for name, value in values.items()]
    return default_readers(kind, fields, lines, statute=statute)


@pytest.mark.parametrize(
    ("kind", "values", "lines", "expected"),
    [
        (Kind.POLICY, NUMBER, (), PUBLIC),
        (Kind.POLICY, NUMBER | {"distribution": ["抄送：省委各部门。"]}, (), PUBLIC),
        (Kind.POLICY, NUMBER | {"distribution": ["报：省委常委"]}, (), INTERNAL),
        (Kind.POLICY, NUMBER | {"instructions": "【领导批示】"}, (), INTERNAL),
        (Kind.POLICY, NUMBER | {"secrecy": "秘密"}, (), INTERNAL),
        (Kind.POLICY, NUMBER, ("（此件不公开）",), INTERNAL),
        (Kind.POLICY, NUMBER, ("内部资料，注意保存",), INTERNAL),
        (Kind.POLICY, {"issue_number": "2023年第2期"}, (), INTERNAL),
        (Kind.POLICY, {"organization": "青川省人民政府"}, (), INTERNAL),
        (Kind.POLICY, {"document_number": "青宣发〔2023〕2号", "organization": "中共青川省委宣传部"}, (), INTERNAL),
        (Kind.POLICY, {"document_number": "青大发〔2023〕2号", "organization": "青川大学"}, (), INTERNAL),
        (
            Kind.POLICY,
            {
                "document_number": "青宣发〔2023〕2号",
                "organization": "中共青川省委宣传部",
                "annotation": "（此件公开发布）",
            },
            (),
            PUBLIC,
        ),
        (Kind.COURSE, {}, (), TEACHING),
        (Kind.RESEARCH, {}, (), TEACHING),
        (Kind.RESEARCH, {"distribution": ["送：省委办公厅"]}, (), INTERNAL),
        (Kind.COURSE, {}, ("引用内部资料应当取得提供单位同意，并在附件中注明来源。" * 2,), TEACHING),
    ],
)
def test_default_readers(kind: Kind, values: dict[str, FieldValue], lines: tuple[str, ...], expected: set[str]) -> None:
    assert readers(kind, values, *lines) == expected


def test_statutes_are_public() -> None:
    assert readers(Kind.POLICY, {}, statute=True) == PUBLIC
    assert readers(Kind.POLICY, {}, "内部资料", statute=True) == INTERNAL

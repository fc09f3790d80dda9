"""Chinese names of the values that users see, in one place for pages and command line."""

from collections.abc import Collection

from corpus.catalogue import AlikeDocument, GapCause, GapStatus, JobStatus
from corpus.fields import FIELD_TYPES
from corpus.records import FieldValue, Flag, Kind, Outcome
from corpus.terms import TermSource, TermStatus
from search.quotation.findings import FindingKind, Verdict
from search.references import Style
from search.results import Answer, AnswerStatus, Mode, Standing

KINDS = {Kind.POLICY: "政策文件", Kind.COURSE: "课程材料", Kind.RESEARCH: "课题成果"}

MODES = {Mode.HYBRID: "综合", Mode.LEXICAL: "按词", Mode.SEMANTIC: "按意", Mode.EXACT: "按原文"}

VERDICTS = {
    Verdict.EXACT: "与原文一致",
    Verdict.ALTERED: "与原文有出入",
    Verdict.MISATTRIBUTED: "出处有误",
    Verdict.SPLICED: "多处拼接",
    Verdict.NOT_FOUND: "馆藏未见",
}

STYLES = {Style.GB7714: "GB/T 7714—2015", Style.BIBTEX: "BibTeX", Style.RIS: "RIS"}

PARTICULARS = {
    FindingKind.DOCUMENT_NUMBER: "发文字号",
    FindingKind.DATE: "日期",
    FindingKind.ORGANIZATION: "发文机关",
    FindingKind.ARTICLE: "条文序号",
}

OUTCOMES = {
    Outcome.INDEXED: "已入库",
    Outcome.UNCHANGED: "未变",
    Outcome.NEEDS_OCR: "需文字识别",
    Outcome.ENCRYPTED: "有密码",
    Outcome.UNSUPPORTED: "不支持",
    Outcome.SKIPPED: "已略过",
    Outcome.FAILED: "失败",
}

FLAGS = {Flag.OCR: "文字识别，可能有误", Flag.TABLE: "表格", Flag.REPAIRED: "已修复断行", Flag.CARD: "题录"}


REMOVALS = {
    "running_head": "页眉",
    "running_foot": "页脚",
    "page_number": "页码",
    "watermark": "水印",
    "navigation": "网页导航",
    "empty_field": "空栏目",
    "annotation": "批注",
    "comment": "批注",
    "hidden": "隐藏文字",
    "hidden_sheet": "隐藏的工作表",
    "hidden_slide": "隐藏的幻灯片",
    "table_header": "重复的表头",
    "table_of_contents": "目录",
    "front_matter": "文件头",
    "unreadable_text": "无法读取的文字",
}
"""Kinds of removed text. A kind that is not here is shown as it is."""

JOB_STATES = {
    JobStatus.QUEUED: "排队中",
    JobStatus.RUNNING: "处理中",
    JobStatus.DONE: "已完成",
    JobStatus.FAILED: "未完成",
}

GAP_STATES = {GapStatus.OPEN: "待补", GapStatus.CLOSED: "已答复"}

GAP_CAUSES = {
    GapCause.ABSTAINED: "问答无据",
    GapCause.NO_HITS: "检索无果",
    GapCause.THUMBS_DOWN: "反馈没答到",
    GapCause.REQUESTED: "请求登记",
}

STANDINGS = {Standing.REPEALED: "已废止", Standing.REPLACED: "已有新文本", Standing.EXPIRED: "已过有效期"}

TERM_STATES = {TermStatus.CANDIDATE: "待审", TermStatus.ACCEPTED: "采用", TermStatus.REJECTED: "不采用"}

TERM_SOURCES = {
    TermSource.SHIPPED: "自带",
    TermSource.MANUAL: "人工添加",
    TermSource.QUOTED: "文中加引号",
    TermSource.TITLE: "文中书名号",
    TermSource.SHORT_FORM: "文中“以下简称”",
    TermSource.STATISTICS: "词频统计",
}

GROUPS = {
    "public": "公众",
    "instructors": "高校教师",
    "researchers": "研究人员",
    "lecturers": "百姓名嘴",
    "curators": "资料管理员",
}

FIELDS = {
    "title": "标题",
    "organization": "机关或单位",
    "authors": "作者",
    "document_number": "发文字号",
    "document_type": "文种",
    "issue_number": "期号",
    "serial": "总期号",
    "series": "内刊名",
    "issued_on": "成文日期",
    "published_on": "发布日期",
    "year": "年份",
    "abstract": "摘要",
    "keywords": "关键词",
    "subject": "主题分类",
    "subject_words": "主题词",
    "index_number": "索引号",
    "column_name": "栏目",
    "site_name": "网站",
    "content_source": "信息来源",
    "addressees": "主送",
    "distribution": "报送",
    "instructions": "批示",
    "feedback": "反馈要求",
    "phone": "电话",
    "editor": "编辑",
    "copies": "印数",
    "signatory": "签发人",
    "secrecy": "密级",
    "urgency": "紧急程度",
    "validity": "时效",
    "adoption": "通过与修订",
    "annotation": "附注",
    "author_note": "作者说明",
    "copy_number": "份号",
    "contact": "联系方式",
    "attachments": "附件说明",
    "effective_on": "施行日期",
    "expires_on": "有效期至",
    "repealed_on": "废止日期",
    "repeals": "同时废止的文件",
    "prolongs": "延长有效期的文件",
    "printed_on": "印发日期",
    "author": "网页署名",
    "course_name": "课程名称",
    "course_code": "课程编号",
    "course_type": "课程性质",
    "lesson_no": "课次",
    "lesson_title": "本讲题目",
    "term": "学期",
    "taught_on": "授课日期",
    "instructor": "主讲",
    "level": "授课对象",
    "credits": "学分",
    "hours": "学时",
    "prerequisites": "先修课程",
    "teaching_content": "教学内容",
    "assessment": "考核方式",
    "textbook": "教材",
    "project_number": "课题编号",
    "project_title": "课题名称",
    "project_type": "课题类别",
    "principal": "负责人",
    "members": "成员",
    "completion": "结项信息",
    "output_type": "成果类型",
    "journal": "刊名",
    "volume": "卷",
    "issue": "期",
    "pages": "页码",
    "place": "出版地",
    "publisher": "出版者",
    "url": "网址",
}
"""Metadata fields. A name that is not here is shown as it is."""

CORRECTABLE = {name: FIELDS[name] for name in FIELD_TYPES} | {"kind": "类别", "readers": "可见范围"}
"""What a curator may set by hand."""


def alike(other: AlikeDocument) -> str:
    """In what way another document is alike."""
    return "另一格式，文字相同" if other.same_text else f"有 {other.share:.0%} 的文字相同"


def duration(seconds: float) -> str:
    """A time span: below a second in milliseconds, at least one."""
    return f"{seconds:.1f} 秒" if seconds >= 0.9995 else f"{max(round(seconds * 1000), 1)} 毫秒"


def plain(value: FieldValue) -> str:
    """A metadata value on one line, in the form in which it can be given again."""
    return "；".join(value) if isinstance(value, list) else str(value)


def cautions(standing: str | None, flags: Collection[str], confidence: float | None) -> list[str]:
    """What to know before a text is quoted: its document's standing, and that it was recognised in an image."""
    said = doubt(flags, confidence)
    return [*([STANDINGS[Standing(standing)]] if standing else []), *([said] if said else [])]


def doubt(flags: Collection[str], confidence: float | None) -> str | None:
    """What to say of a text that was recognised in an image; None of one that was read."""
    if Flag.OCR not in flags:
        return None
    return FLAGS[Flag.OCR] + ("" if confidence is None else f"（把握 {confidence:.0%}）")


def model_note(model: str | None, withheld: int) -> str | None:
    """What readers are told of a language model's part in an answer; None where it had none."""
    kept = f"另有 {withheld} 句在资料中没有依据，未予显示。" if withheld else ""
    if model is None:
        return kept.replace("另有", "大模型所写的") or None
    return f"由大模型 {model} 依据所列原文写成，每句都与出处逐一核对过。{kept}"


def gap_note(answer: Answer) -> str | None:
    """What became of a question: the curator's reply, or that it waits for one; None where there is nothing to say."""
    if answer.gap is None:
        return None
    if answer.gap.status is GapStatus.OPEN:
        return "已登记为待补问题。" if answer.status is AnswerStatus.ABSTAINED else None
    reply = [answer.gap.note or "", f"参见《{answer.gap.title}》" if answer.gap.title else ""]
    return "资料管理员的答复：" + "　".join(part for part in reply if part)

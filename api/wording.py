"""Chinese names of the values that users see, in one place for pages and command line."""

from corpus.catalogue import JobStatus
from corpus.records import Flag, Kind, Outcome
from search.results import Mode

KINDS = {Kind.POLICY: "政策文件", Kind.COURSE: "课程材料", Kind.RESEARCH: "课题成果"}

MODES = {Mode.HYBRID: "综合", Mode.LEXICAL: "按词", Mode.SEMANTIC: "按意", Mode.EXACT: "按原文"}

OUTCOMES = {
    Outcome.INDEXED: "已入库",
    Outcome.UNCHANGED: "未变",
    Outcome.NEEDS_OCR: "需文字识别",
    Outcome.ENCRYPTED: "有密码",
    Outcome.UNSUPPORTED: "不支持",
    Outcome.SKIPPED: "已略过",
    Outcome.FAILED: "失败",
}

FLAGS = {Flag.OCR: "文字识别", Flag.TABLE: "表格", Flag.REPAIRED: "已修复断行", Flag.CARD: "题录"}

JOB_STATES = {
    JobStatus.QUEUED: "排队中",
    JobStatus.RUNNING: "处理中",
    JobStatus.DONE: "已完成",
    JobStatus.FAILED: "未完成",
}

GROUPS = {
    "public": "公众",
    "instructors": "高校教师",
    "researchers": "研究人员",
    "lecturers": "百姓名嘴",
    "curators": "资料管理员",
}

FIELDS = {
    "organization": "发文机关",
    "document_number": "发文字号",
    "issue_number": "期号",
    "serial": "总期号",
    "issued_on": "成文日期",
    "document_type": "文种",
    "abstract": "摘要",
    "addressees": "主送",
    "distribution": "报送",
    "distribution_report": "报",
    "distribution_send": "送",
    "phone": "电话",
    "copies": "印数",
    "signatory": "签发人",
    "validity": "时效",
    "course_name": "课程名称",
    "course_code": "课程编号",
    "lesson_no": "课次",
    "lesson_title": "课题名",
    "term": "学期",
    "instructor": "主讲",
    "level": "层次",
    "project_number": "课题编号",
    "project_title": "课题名称",
    "authors": "作者",
    "year": "年份",
    "output_type": "成果类型",
    "keywords": "关键词",
    "title": "标题",
}

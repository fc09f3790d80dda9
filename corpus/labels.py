"""Labels of metadata rows (government header tables, syllabuses, project forms) and the field that each one names."""

LABELS: dict[str, str] = {
    # Header table of government sites, 国办发〔2017〕47号 附件
    "index_number": "索引号 索引",
    "subject": "主题分类 信息分类 分类",
    "subject_words": "主题词",
    "organization": (
        "发文机关 发文单位 发布机构 发布机关 制定机关 公布机关 印发机关 所在单位 承担单位 责任单位 依托单位 "
        "工作单位 作者单位 第一作者单位 申报单位 开课单位 开课学院 开课院系 授课单位"
    ),
    "issued_on": "成文日期 成文时间 发文日期 公布日期 生成日期",
    "published_on": "发布日期 发布时间 印发日期",
    "title": "标题 公文标题 文件名称 公文名称 成果名称 论文题目 报告题目 题目",
    "document_number": "发文字号 文件编号 文号",
    "document_type": "公文种类 文种",
    "validity": "有效性 时效性 效力状态 有效期 施行日期 实施日期 生效日期",
    "expires_on": "有效期至 有效期限至 有效期截止日期",
    # Syllabus and lesson plan
    "course_name": "课程名称 中文课程名称 课程中文名称 课程",
    "course_code": "课程代码 课程编号 课程编码 课程号",
    "credits": "学分 学分数",
    "hours": "总学时 学时 学时数 课时 总课时",
    "instructor": "授课教师 任课教师 主讲教师 主讲人 主讲 授课人 教师 执教 编写人 编写者 编写 编者",
    "term": "开课学期 授课学期 学年学期 学期",
    "level": "授课对象 适用对象 适用专业 适用层次 授课班级 年级",
    "course_type": "课程性质 课程类别 课程类型",
    "prerequisites": "先修课程 先修要求 预修课程 前导课程",
    "teaching_content": "教学内容 主要教学内容 课程内容",
    "assessment": "考核方式 考核形式 成绩评定 成绩评定方式",
    "textbook": "教材 使用教材 选用教材 推荐教材",
    "taught_on": "授课日期 授课时间 上课时间",
    "lesson_title": "授课题目 授课章节 授课内容 章节名称 本讲题目 本课题目 授课主题 课题题目",
    # Project forms
    "project_number": "课题编号 项目编号 立项编号 项目批准号 课题批准号 批准号 课题立项号 结项编号",
    "project_title": "课题名称 项目名称 研究课题 课题题目名称",
    "project_type": "项目类别 课题类别 资助类别 项目来源 课题来源",
    "principal": "课题负责人 项目负责人 课题主持人 项目主持人 主持人 负责人 首席专家",
    "members": "课题组成员 项目组成员 课题组主要成员 主要成员 主要参加人 主要参与者 参与人 成员 课题组",
    "completion": "结项证书号 结项证书编号 结项等级 鉴定等级 鉴定结果 结项结论 验收结论 结项情况",
    "authors": "作者 撰稿人 撰稿 执笔人 执笔 作者姓名",
    "output_type": "成果形式 最终成果形式 成果类型 成果类别",
    "year": "年度 立项年度 立项时间 立项年份 结项时间 结题时间 完成时间",
    "keywords": "关键词 关键字",
}  # fmt: skip

FIELD_OF_LABEL = {label: name for name, labels in LABELS.items() for label in labels.split()}


def field_named(label: str) -> str | None:
    """The field that a label names as a form prints it, with blanks in it (主 持 人); None for another text."""
    return FIELD_OF_LABEL.get("".join(label.split()))


_OF_ONE_MEANING = frozenset(
    {"principal", "instructor", "members", "hours", "assessment", "output_type", "prerequisites"}
)
"""Fields whose labels all mean the same; those of an 机关 or a date do not."""


def labels_alike(label: str) -> tuple[str, ...]:
    """The other labels that forms print for the same particular of a course or a project; none for another label."""
    field = FIELD_OF_LABEL.get(label)
    return tuple(name for name in LABELS[field].split() if name != label) if field in _OF_ONE_MEANING else ()

import gzip
import json
from pathlib import Path

import pytest

SUBJECTS = ("志愿服务", "理论宣讲", "乡村振兴", "社区治理", "课题研究", "教学改革", "文化传承", "基层党建")
ASPECTS = ("组织领导", "经费保障", "队伍建设", "考核评价", "平台建设", "制度规范")


@pytest.fixture(scope="session")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A labelled collection: one short document per subject and aspect, one question each."""
    folder = tmp_path_factory.mktemp("collections") / "practice"
    folder.mkdir()
    documents, queries, qrels = [], [], ["query-id\tcorpus-id\tscore"]
    for subject in SUBJECTS:
        for aspect in ASPECTS:
            number = len(documents)
            text = (
                f"关于{subject}的{aspect}，各单位要结合实际制定方案，明确责任分工，定期总结经验，"
                f"形成{subject}{aspect}的长效机制。第{number}项工作由专人负责。"
            )
            documents.append({"id": f"d{number}", "title": f"{subject}工作办法", "text": text})
            queries.append({"id": f"q{number}", "text": f"{subject}的{aspect}怎么做？"})
            qrels.append(f"q{number}\td{number}\t1")
    for name, rows in (("corpus", documents), ("queries", queries)):
        with gzip.open(folder / f"{name}.jsonl.gz", "wt", encoding="utf-8") as file:
            file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (folder / "qrels.tsv").write_text("\n".join(qrels) + "\n", encoding="utf-8")
    return folder

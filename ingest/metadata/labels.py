"""How labels of metadata rows (``corpus.labels``) are found in a line."""

import re

from corpus.labels import FIELD_OF_LABEL

_BLANKS = r"[ \t\u3000]*"
_LABELS = "|".join(_BLANKS.join(label) for label in sorted(FIELD_OF_LABEL, key=len, reverse=True))
LABEL = re.compile(rf"(?:(?<=[\s；;，,|｜（(【])|\A)[【\[]?(?P<label>{_LABELS}){_BLANKS}[】\]]?{_BLANKS}[：:]{_BLANKS}")
"""A label with its colon, at the start of a line or after a blank or separator."""

_RUN_ON_LABELS = "|".join(sorted((label for label in FIELD_OF_LABEL if len(label) > 2), key=len, reverse=True))
RUN_ON = re.compile(rf"(?<=[\u4e00-\u9fff0-9A-Za-z）)》”])(?P<label>{_RUN_ON_LABELS})[：:]{_BLANKS}")
"""A label that an export ran together with the value before it (…机制研究主持人：…). Two characters are no evidence."""

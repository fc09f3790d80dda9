"""Office packages with nothing in them that depends on when they were written."""

import io
import zipfile

_EPOCH = (1980, 1, 1, 0, 0, 0)


def repack(data: bytes) -> bytes:
    """The same zip package with its members in name order and fixed timestamps; ``[Content_Types].xml`` stays first."""
    source = zipfile.ZipFile(io.BytesIO(data))
    names = [name for name in source.namelist() if not name.endswith("thumbnail.jpeg")]
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as package:
        for name in sorted(names, key=lambda name: (name != "[Content_Types].xml", name)):
            member = zipfile.ZipInfo(name, _EPOCH)
            member.compress_type = zipfile.ZIP_DEFLATED
            package.writestr(member, source.read(name))
    return target.getvalue()

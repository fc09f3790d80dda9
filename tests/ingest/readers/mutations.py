"""Damages files as transfers, old programs and attackers do, from a seed: the same seed gives the same damage."""

import io
import random
import zipfile

_TOKENS = (
    b"0", b"-1", b"1", b"99999999999", b"1e309", b"nan", b"%9", b"../..", b"xFF", b"\xff\xfe", b"\0", b"<", b"</", b"&",
    b">", b'"', b"w:tbl", b"w:p", b"a:p", b"ofd:TextObject", b"r:id", b"urn:x", b"g 9 9", b"A1048576", b"--x",
    b"=?gb2312?B?",
)  # fmt: skip


_COMPOUND = b"\xd0\xcf\x11\xe0"


def mutate(data: bytes, generator: random.Random) -> bytes:
    """A damaged copy of ``data``; of a zip, most of the time parts are damaged and the archive is whole; of a compound
    file, whose sectors lie at fixed places, bytes are exchanged where they stand."""
    if data.startswith(b"PK\3\4") and generator.random() < 0.7:
        return _mutate_part(data, generator)
    if data.startswith(_COMPOUND) and generator.random() < 0.7:
        return _mutate_in_place(data, generator)
    return _mutate_bytes(data, generator)


def _mutate_in_place(data: bytes, generator: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(generator.choice((1, 4, 16, 64))):
        at = generator.randrange(len(changed))
        length = min(generator.choice((1, 1, 2, 4, 8, 64)), len(changed) - at)
        other = generator.randrange(len(changed) - length + 1)
        changed[at : at + length] = generator.choice((generator.randbytes(length), changed[other : other + length]))
    return bytes(changed)


def _mutate_part(data: bytes, generator: random.Random) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    names = list(parts)
    for _ in range(generator.randint(1, 3)):
        name = generator.choice(names)
        match generator.randrange(8):
            case 0:
                parts.pop(name, None)
            case 1:
                parts[name] = parts.get(generator.choice(names), b"")
            case _:
                parts[name] = _mutate_bytes(parts.get(name, b""), generator)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def _mutate_bytes(data: bytes, generator: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(generator.choice((1, 1, 2, 4, 16))):
        at = generator.randrange(len(changed) + 1)
        length = generator.choice((1, 1, 2, 4, 8, 64))
        match generator.randrange(6):
            case 0:
                changed[at : at + 1] = bytes((generator.randrange(256),))
            case 1:
                changed[at : at + length] = b""
            case 2:
                changed[at:at] = changed[at : at + length] * generator.choice((1, 2, 20))
            case 3:
                changed[at:at] = generator.choice(_TOKENS)
            case 4:
                changed[at : at + length] = generator.choice(_TOKENS)
            case _:
                other = generator.randrange(len(changed) + 1)
                changed[at : at + length] = changed[other : other + length]
    return bytes(changed[: generator.randrange(len(changed) + 1)] if generator.random() < 0.1 else changed)

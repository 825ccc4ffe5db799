"""Ways in which a file is spoilt: on the way, on a card, or by somebody who means harm."""

import random

LENGTHS = (b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x7f\xff\xff\xff", b"\x80\0\0\0", b"\0\0\0\1")


def spoilt(content: bytes, chance: random.Random) -> bytes:
    """Return the file with one to six things done to it, most of them near its beginning."""
    data = bytearray(content)
    for _turn in range(chance.randint(1, 6)):
        if not data:
            break
        reach = min(len(data), 4096) if chance.random() < 0.7 else len(data)
        at = chance.randrange(reach)
        match chance.randrange(7):
            case 0:
                data[at] ^= 1 << chance.randrange(8)
            case 1:
                data[at] = chance.randrange(256)
            case 2:
                data[at : at + 4] = chance.choice(LENGTHS)
            case 3:
                del data[at : at + chance.randrange(1, 64)]
            case 4:
                data[at:at] = chance.randbytes(chance.randrange(1, 64))
            case 5:
                span = data[at : at + chance.randrange(1, 256)]
                data[at:at] = span
            case 6:
                del data[max(1, chance.randrange(len(data))) :]
    return bytes(data)

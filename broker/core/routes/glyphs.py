"""Letters as strokes, drawn for this project, so that a picture needs no font.

Each sign is a width and strokes; each stroke is a row of points of two hexadecimal
digits: to the right, and up. The baseline is 3, small letters end at 10, capitals at
13.
"""

import unicodedata
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Final

Stroke = tuple[tuple[float, float], ...]

CAPITAL: Final = 10  # units that a capital letter is high
_BASELINE: Final = 3
_BETWEEN: Final = 3  # units between signs
_TABLE: Final = """
A 8 03 4D 83|27 67
B 7 03 0D 4D 6C 69 48 08|48 67 76 74 53 03
C 7 7B 5D 2D 0A 06 23 53 75
D 7 03 0D 4D 7A 76 43 03
E 6 6D 0D 03 63|08 58
F 6 6D 0D 03|08 58
G 7 7B 5D 2D 0A 06 23 53 75 78 48
H 7 03 0D|73 7D|08 78
I 0 03 0D
J 5 5D 55 43 23 05
K 7 03 0D|7D 07|29 73
L 6 0D 03 63
M 8 03 0D 45 8D 83
N 7 03 0D 73 7D
O 8 2D 0A 06 23 63 86 8A 6D 2D
P 7 03 0D 4D 6C 7B 79 68 47 07
Q 8 2D 0A 06 23 63 86 8A 6D 2D|56 82
R 7 03 0D 4D 6C 7B 79 68 48 08|48 73
S 6 6B 5D 1D 0B 09 18 58 67 65 53 13 05
T 8 0D 8D|4D 43
U 7 0D 06 23 53 76 7D
V 8 0D 43 8D
W 10 0D 23 5D 83 AD
X 7 0D 73|7D 03
Y 8 0D 48 8D|48 43
Z 7 0D 7D 03 73
a 6 68 4A 2A 08 05 23 43 65|6A 63
b 6 0D 03|08 2A 4A 68 65 43 23 05
c 5 59 4A 2A 08 05 23 43 54
d 6 6D 63|68 4A 2A 08 05 23 43 65
e 6 07 67 68 4A 2A 08 05 23 43 64
f 4 4D 3D 2B 23|0A 4A
g 6 6A 62 50 10|68 4A 2A 08 05 23 43 65
h 6 0D 03|08 2A 4A 68 63
i 0 0A 03|0D 0C
j 2 2A 22 10 00|2D 2C
k 5 0D 03|5A 06|28 53
l 0 0D 03
m 8 0A 03|08 2A 3A 48 43|48 6A 7A 88 83
n 6 0A 03|08 2A 4A 68 63
o 6 2A 08 05 23 43 65 68 4A 2A
p 6 0A 00|08 2A 4A 68 65 43 23 05
q 6 6A 60|68 4A 2A 08 05 23 43 65
r 4 0A 03|07 2A 4A
s 5 59 4A 1A 08 17 46 55 43 13 04
t 4 2D 24 33 43|0A 4A
u 6 0A 05 23 43 65|6A 63
v 6 0A 33 6A
w 8 0A 23 4A 63 8A
x 5 0A 53|5A 03
y 6 0A 33|6A 20 00
z 5 0A 5A 03 53
0 6 2D 0B 05 23 43 65 6B 4D 2D
1 3 0B 3D 33
2 6 0B 1D 5D 6B 69 03 63
3 6 0C 1D 5D 6B 69 48 28|48 67 65 53 13 04
4 6 53 5D 06 66
5 6 6D 1D 08 48 67 65 43 13 04
6 6 5D 3D 0A 05 23 43 65 67 48 28 06
7 6 0D 6D 23
8 6 28 09 0B 2D 4D 6B 69 48 28 07 05 23 43 65 67 48
9 6 13 33 66 6B 4D 2D 0B 09 28 48 6A
. 0 03 04
, 1 14 01
: 0 03 04|09 0A
; 1 14 01|19 1A
- 4 08 48
_ 6 02 62
+ 6 35 3B|08 68
= 6 06 66|0A 6A
> 6 0C 68 04
< 6 6C 08 64
/ 5 02 5D
( 2 2E 0B 05 22
) 2 0E 2B 25 02
[ 2 2E 0E 02 22
] 2 0E 2E 22 02
' 0 0D 0B
" 2 0D 0B|2D 2B
! 0 0D 07|04 03
? 5 0B 1D 4D 5B 5A 28 27|24 23
* 4 2D 27|0C 48|4C 08
% 6 6D 03|0D 1D 1B 0B 0D|53 63 65 55 53
& 7 73 1A 1C 2D 4C 4B 06 05 23 43 76
# 7 13 2D|53 6D|0A 7A|06 76
"""
_UNKNOWN: Final = "03 0D 6D 63 03"
_SPACE: Final = 4


def _parsed() -> Mapping[str, tuple[int, tuple[Stroke, ...]]]:
    table = {}
    for line in _TABLE.strip().splitlines():
        sign, width, strokes = line.split(" ", 2)
        table[sign] = int(width), _strokes(strokes)
    table[" "] = _SPACE - _BETWEEN, ()
    return MappingProxyType(table)


def _strokes(text: str) -> tuple[Stroke, ...]:
    return tuple(
        tuple((int(point[0], 16), int(point[1], 16) - _BASELINE) for point in points)
        for points in (stroke.split() for stroke in text.split("|"))
    )


_GLYPHS: Final = _parsed()
_BOX: Final = (6, _strokes(_UNKNOWN))


@cache
def written(text: str) -> tuple[float, tuple[Stroke, ...]]:
    """Returns how wide a text is, and its strokes, in units, from its lower left.

    Accents are left out; what has no sign here becomes a box.
    """
    strokes: list[Stroke] = []
    at = 0
    for sign in _plain(text):
        width, parts = _GLYPHS.get(sign, _BOX)
        strokes += [tuple((at + x, y) for x, y in part) for part in parts]
        at += width + _BETWEEN
    return max(0, at - _BETWEEN), tuple(strokes)


def _plain(text: str) -> str:
    split = unicodedata.normalize("NFKD", text)
    return "".join(sign for sign in split if not unicodedata.combining(sign))

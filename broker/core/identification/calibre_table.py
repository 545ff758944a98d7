"""Calibres and the names they go by, compiled for this project from common knowledge.

One line each: designation, names, and after "~" designations whose cartridges fit the
same chamber in part. How text is matched is left to
`broker.core.identification.calibres`. The list helps to compare; it proves nothing.
"""

from typing import Final

CALIBRES: Final = """
4.6x30 = 4.6 hk; 4.6x30 hk
5.45x18 = 5.45 psm; 5.45x18 mpts
5.45x39 = 5.45 soviet; 5.45 russian; 5.45x39 m74
5.56x45 = 5.56; 5.56 nato; 5.56 ss109; 5.56 m193; 5.56 m855 ~ 223 Remington
223 Remington = 223 rem; 223 ~ 5.56x45
5.6x15R = 22 lr; 22 long rifle; 22lfb; 5.6 lr; 22 lang; 22lr hv; 5.6x15 ~ 5.6x11R
5.6x11R = 22 short; 22 kurz; 22 corto
5.6x27R = 22 magnum; 22 wmr; 22 win mag; 22 winchester magnum
5.7x28 = 5.7 fn; fn 5.7; 5.7 ss190
5.8x42 = 5.8 dbp87; 5.8 chinese
6.35x16 = 25 acp; 25 auto; 6.35 browning; 6.35; 25 automatic colt pistol
6.5x50 = 6.5 arisaka; 6.5 japanese; 6.5x50sr
6.5x52 = 6.5 carcano; 6.5 mannlicher carcano; 6.5 italian
6.5x55 = 6.5 swedish; 6.5 swedish mauser; 6.5x55 se
6.5x49 = 6.5 creedmoor; 6.5 cm
6.8x43 = 6.8 spc; 6.8 remington spc
7x57 = 7 mauser; 7x57 mauser; 275 rigby
7x64 = 7x64 brenneke; 7 brenneke
7.5x54 = 7.5 french; 7.5 mas
7.5x55 = 7.5 swiss; gp11; 7.5 schmidt rubin
7.62x25 = 7.62 tokarev; 7.62 tt; 30 tokarev; 7.62 tok ~ 7.63x25
7.62x33 = 30 carbine; 30 m1 carbine; 30 carb; 7.62 carbine
7.62x38R = 7.62 nagant; 7.62 nagant revolver
7.62x39 = 7.62 soviet short; 7.62 m43; 7.62 kalashnikov; 7.62 russian short
7.62x45 = 7.62 vz52; 7.62 czech
7.62x51 = 7.62 nato; 7.62x51 nato; 7.62x51 nato ball ~ 308 Winchester
308 Winchester = 308 win; 308 ~ 7.62x51
7.62x54R = 7.62x54; 7.62 russian; 7.62 mosin; 7.62x53R; 7.62 mosin nagant; 7.62r
7.62x63 = 30-06; 30-06 springfield; 30-06 sprg; 3006; 7.62 m2
7.62x35 = 300 blackout; 300 blk; 300 aac blackout; 300 aac
7.63x25 = 30 mauser; 7.63 mauser; 7.63 ~ 7.62x25
7.65x17 = 32 acp; 32 auto; 7.65 browning; 7.65 kurz; 32 automatic colt pistol; 7.65x17sr
7.65x20 = 7.65 longue; 7.65 mas; 7.65 french long
7.65x21 = 30 luger; 7.65 parabellum; 7.65 luger; 7.65 para
7.65x53 = 7.65 argentine; 7.65 belgian mauser; 7.65 mauser; 7.65x54
7.7x56R = 303 british; 303; 303 enfield
7.7x58 = 7.7 arisaka; 7.7 japanese
7.92x33 = 8 kurz; 7.92 kurz; 8x33
7.92x57 = 8 mauser; 8x57; 8x57is; 8x57js; 7.92 mauser; 8x57 mauser; 8x57jis
8x50R = 8 lebel; 8 mannlicher
8x22 = 8 nambu
8x27R = 8 lebel revolver; 8 french ordnance
8 pak = 8 knall; 8 blank; 8 pa knall; 8 pa k; 8k
8.58x70 = 338 lapua; 338 lapua magnum; 338 lm; 8.6x70; 338
9 pak = 9 pa; 9 knall; 9 blank; 9 pa knall; 9 pa k; 9 pa rubber
9x17 = 380 acp; 380 auto; 9 kurz; 9 short; 9 browning; 9 browning court; 9 corto;
  9 court; 380
9x18 = 9 makarov; 9 mak; 9x18 makarov; 9 pm; 9x18 pm; 9x18 mak ~ 9x18U
9x18U = 9 ultra; 9 police; 9x18 ultra ~ 9x18
9x19 = 9 luger; 9 para; 9 parabellum; 9 nato; 9x19 luger; 9x19 para; 9x19 parabellum;
  9x19 nato; 9 nato luger; 9p; 9 p08; 9 automatic pistol luger ~ 9x21
9x20 = 9 browning long; 9 long browning; 9x20sr
9x21 = 9x21 imi; 9 imi; 9x21 italian ~ 9x19
9x21G = 9x21 gyurza; 9x21 russian
9x22 = 357 sig
9x23 = 9 largo; 9 bergmann; 9 bayard; 9x23 largo; 38 super; 38 super auto;
  9x23 winchester
9x25 = 9 mauser export
9x29R = 38 special; 38 spl; 38 spec; 38 s&w special; 38sp ~ 9x33R
9x20R = 38 s&w; 38 200; 38 s&w short
9x33R = 357 magnum; 357 mag; 357 rem mag ~ 9x29R
9x39 = 9 sp5; 9x39 soviet
9.3x62 = 9.3 mauser
10x22 = 40 s&w; 40 smith & wesson; 40 sw; 40 auto
10x25 = 10 auto; 10 norma
10.4x22R = 10.4 bodeo; 10.35 ordinanza
10.9x33R = 44 magnum; 44 mag; 44 rem mag ~ 10.9x29R
10.9x29R = 44 special; 44 spl ~ 10.9x33R
10.2x33 = 44-40; 44 wcf; 44-40 winchester
11.43x23 = 45 acp; 45 auto; 45 automatic; 11.43x23 acp; 11.43 acp;
  45 automatic colt pistol
11.43x33R = 45 colt; 45 long colt; 45 lc
11.56x53R = 45-70; 45-70 government; 4570
12.7x99 = 50 bmg; 50 browning; 12.7 nato; 12.7 browning; 12.7x99 nato; 50 m2
12.7x108 = 12.7 soviet; 12.7 dshk; 12.7 russian; 12.7 dshkm
12.7x33 = 50 ae; 50 action express
14.5x114 = 14.5 kpv; 14.5 soviet; 14.5
20x102 = 20 vulcan
20x139 = 20 hispano
23x115 = 23 soviet
25x40 = 25 cgl
30x29 = 30 ags17; 30 vog17; vog17
40x46 = 40 m203; 40 low velocity; 40x46sr
40x53 = 40 mk19; 40 high velocity; 40x53sr
40 vog25 = 40 gp25; vog25
12 gauge = 12 ga; 12g; 12 bore; 12x70; 12x76; 12/70; 12/76; 18.5x70; kal 12;
  calibro 12; ga12; 12 guage
16 gauge = 16; 16 ga; 16 bore; 16x70; 16/70
20 gauge = 20 ga; 20 bore; 20x70; 20/70; 20x76; 20/76
28 gauge = 28; 28 ga; 28 bore; 28/70
32 gauge = 32 ga; 32 bore
10 gauge = 10 ga; 10 bore
410 bore = 410; 410 ga; 410 gauge; 36 gauge; 36 ga; 410 magnum
37 flare = 37 signal; 37/38
26.5 flare = 26.5 signal; 26.5; 26.5x103; 26
60 mortar = 60; 60 mm mortar
81 mortar = 81
82 mortar = 82
"""
"""Lines as described above; "mm", dots in front and joints are left out of names."""

AMBIGUOUS: Final = """
9 = 9x19; 9x18; 9x17; 9x21; 9x23; 9 pak
9 auto = 9x19; 9x17
9 long = 9x23; 9x20
7.62 = 7.62x39; 7.62x51; 7.62x54R; 7.62x25; 7.62x33; 7.62x38R; 7.62x63
7.62 warsaw = 7.62x39; 7.62x54R
7.65 = 7.65x17; 7.65x21; 7.65x20; 7.65x53
5.45 = 5.45x39; 5.45x18
5.6 = 5.6x15R; 5.6x27R
6.5 = 6.5x55; 6.5x52; 6.5x50; 6.5x49
7 = 7x57; 7x64
7.5 = 7.5x54; 7.5x55
7.7 = 7.7x56R; 7.7x58
7.92 = 7.92x57; 7.92x33
8 = 7.92x57; 7.92x33; 8x50R; 8 pak
12.7 = 12.7x99; 12.7x108
10 = 10x25; 10 gauge; 10x22
12 = 12 gauge; 12.7x99; 12.7x108
20 = 20 gauge; 20x102; 20x139
22 = 5.6x15R; 5.6x11R; 5.6x27R
22 long = 5.6x15R; 5.6x11R
25 = 6.35x16; 25x40
30 = 7.62x33; 7.62x63; 7.63x25; 7.65x21; 30x29
30 cal = 7.62x33; 7.62x63
32 = 7.65x17; 32 gauge
38 = 9x29R; 9x20R; 9x23; 9x17
357 = 9x33R; 9x22
40 = 10x22; 40x46; 40x53; 40 vog25
44 = 10.9x33R; 10.9x29R; 10.2x33
45 = 11.43x23; 11.43x33R
11.43 = 11.43x23; 11.43x33R
50 = 12.7x99; 12.7x33
"""
"""Spellings that fit several designations."""

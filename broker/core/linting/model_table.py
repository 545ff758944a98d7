"""Models that are met often, and what goes with them; compiled for this project.

One line each: names | makers, if no others make it under this name | types | calibres |
first year. Facts only, from common knowledge: the list helps to ask a question about a
description; it proves nothing. How it is used is left to `broker.core.linting.models`.
"""

from typing import Final

MODELS: Final = """
ak47; ak 47|| ASSAULT_RIFLE RIFLE CARBINE | 7.62x39 | 1947
akm; akms|| ASSAULT_RIFLE RIFLE CARBINE | 7.62x39 | 1959
ak74; ak 74; aks74; aks74u; aks 74u|| ASSAULT_RIFLE RIFLE CARBINE | 5.45x39 | 1974
ak101; ak 101|| ASSAULT_RIFLE RIFLE CARBINE | 5.56x45 | 1994
ak103; ak 103|| ASSAULT_RIFLE RIFLE CARBINE | 7.62x39 | 1994
type 56; typ 56|| ASSAULT_RIFLE RIFLE CARBINE | 7.62x39 | 1956
type 54; typ 54|| PISTOL | 7.62x25; 9x19 | 1954
type 81|| ASSAULT_RIFLE RIFLE LIGHT_MACHINE_GUN | 7.62x39 | 1981
sks; sks45|| RIFLE CARBINE | 7.62x39 | 1944
vz58; vz 58; sa vz 58|| ASSAULT_RIFLE RIFLE | 7.62x39; 5.56x45 | 1958
rpk|| LIGHT_MACHINE_GUN RIFLE | 7.62x39 | 1959
rpk74|| LIGHT_MACHINE_GUN RIFLE | 5.45x39 | 1974
rpd|| LIGHT_MACHINE_GUN | 7.62x39 | 1944
pk; pkm|| LIGHT_MACHINE_GUN HEAVY_MACHINE_GUN | 7.62x54R | 1961
dshk; dshkm|| HEAVY_MACHINE_GUN | 12.7x108 | 1938
svd; dragunov|| RIFLE | 7.62x54R | 1963
mosin nagant; mosin; m9130; 9130|| RIFLE CARBINE | 7.62x54R | 1891
tt; tt33; tt 33; tokarev|| PISTOL | 7.62x25; 9x19 | 1930
makarov; pm makarov; makarov pm; pistolet makarova|| PISTOL | 9x18; 9x17 | 1948
ppsh; ppsh41; ppsh 41|| SUBMACHINE_GUN | 7.62x25; 9x19 | 1941
nagant m1895; m1895 nagant|| REVOLVER | 7.62x38R; 5.6x15R | 1895
m16; m16a1; m16a2; m16a4|| ASSAULT_RIFLE RIFLE | 5.56x45 | 1963
m4; m4a1; m4 carbine|| ASSAULT_RIFLE RIFLE CARBINE | 5.56x45 | 1994
m14|| RIFLE ASSAULT_RIFLE | 7.62x51 | 1957
m1 garand; garand|| RIFLE | 7.62x63; 7.62x51 | 1936
m1 carbine|| CARBINE RIFLE | 7.62x33 | 1942
m60|| LIGHT_MACHINE_GUN HEAVY_MACHINE_GUN | 7.62x51 | 1957
m2hb; m2 browning; browning m2|| HEAVY_MACHINE_GUN | 12.7x99 | 1921
m1911; m1911a1; 1911a1|| PISTOL | 11.43x23; 9x19; 9x23; 10x25; 5.6x15R; 10x22 | 1911
fal; fn fal; l1a1; slr l1a1|| ASSAULT_RIFLE RIFLE | 7.62x51 | 1953
fnc|FN Herstal| ASSAULT_RIFLE RIFLE | 5.56x45 | 1975
five seven; fiveseven; 57|FN Herstal| PISTOL | 5.7x28 | 1995
p90|FN Herstal| SUBMACHINE_GUN | 5.7x28 | 1990
hi power; high power; hp35; gp35; hipower|| PISTOL | 9x19; 10x22; 7.65x21 | 1935
mag; fn mag|| LIGHT_MACHINE_GUN HEAVY_MACHINE_GUN | 7.62x51 | 1955
minimi; m249|| LIGHT_MACHINE_GUN | 5.56x45; 7.62x51 | 1974
g3; hk g3; g3a3|| ASSAULT_RIFLE RIFLE | 7.62x51 | 1959
hk33|| ASSAULT_RIFLE RIFLE | 5.56x45 | 1968
g36|Heckler & Koch| ASSAULT_RIFLE RIFLE CARBINE | 5.56x45 | 1995
mp5; mp5a3; mp5a2; mp5k|| SUBMACHINE_GUN CARBINE | 9x19; 10x25; 10x22; 5.6x15R | 1964
mp7|Heckler & Koch| SUBMACHINE_GUN | 4.6x30 | 1999
usp|Heckler & Koch| PISTOL | 9x19; 10x22; 11.43x23 | 1993
glock 17; 17|Glock| PISTOL | 9x19 | 1982
glock 18; 18|Glock| PISTOL SUBMACHINE_GUN | 9x19 | 1986
glock 19; 19|Glock| PISTOL | 9x19 | 1988
glock 20; 20|Glock| PISTOL | 10x25 | 1990
glock 21; 21|Glock| PISTOL | 11.43x23 | 1990
glock 22; 22|Glock| PISTOL | 10x22 | 1990
glock 23; 23|Glock| PISTOL | 10x22 | 1990
glock 26; 26|Glock| PISTOL | 9x19 | 1994
glock 27; 27|Glock| PISTOL | 10x22 | 1995
glock 43; 43|Glock| PISTOL | 9x19 | 2015
92f; 92fs; m9; beretta 92; 92|Beretta; Taurus| PISTOL | 9x19; 9x21; 10x22 | 1975
px4; px4 storm|Beretta| PISTOL | 9x19; 9x21; 10x22; 11.43x23 | 2004
pm12; m12; m12s|Beretta; Taurus; FN Herstal| SUBMACHINE_GUN | 9x19 | 1959
cz75; cz 75; 75|| PISTOL | 9x19; 9x21; 10x22 | 1975
cz52; cz 52; vz52|| PISTOL RIFLE LIGHT_MACHINE_GUN | 7.62x25; 7.62x45; 7.62x39 | 1952
vz61; vz 61; skorpion|| SUBMACHINE_GUN PISTOL | 7.65x17; 9x17; 9x18 | 1961
ppk; pp; ppks|Walther; Manurhin| PISTOL | 7.65x17; 9x17; 5.6x15R; 6.35x16 | 1929
p38|Walther; Mauser; Manurhin| PISTOL | 9x19; 7.65x21; 5.6x15R | 1938
p08; luger p08|| PISTOL | 9x19; 7.65x21 | 1898
c96|| PISTOL | 7.63x25; 9x19; 9x25 | 1896
p226|| PISTOL | 9x19; 10x22; 9x22; 5.6x15R | 1981
p320|SIG Sauer| PISTOL | 9x19; 10x22; 9x22; 11.43x23 | 2014
uzi; mini uzi; micro uzi|| SUBMACHINE_GUN PISTOL CARBINE | 9x19; 11.43x23;
  5.6x15R | 1950
galil; galil ar; galil sar|| ASSAULT_RIFLE RIFLE LIGHT_MACHINE_GUN | 5.56x45;
  7.62x51 | 1972
sten|| SUBMACHINE_GUN | 9x19 | 1941
sterling l2a3; l2a3|| SUBMACHINE_GUN | 9x19 | 1953
mat49; mat 49|| SUBMACHINE_GUN | 9x19 | 1949
famas|| ASSAULT_RIFLE RIFLE | 5.56x45 | 1971
mac10; m10 ingram|| SUBMACHINE_GUN PISTOL | 9x19; 11.43x23; 9x17 | 1964
aug; steyr aug|| ASSAULT_RIFLE RIFLE SUBMACHINE_GUN | 5.56x45; 9x19 | 1977
lee enfield; smle; no4 mk1|| RIFLE CARBINE | 7.7x56R; 7.62x51 | 1895
k98; kar98k; k98k; 98k|| RIFLE CARBINE | 7.92x57; 7.62x51; 7.62x63 | 1898
mg3|| LIGHT_MACHINE_GUN HEAVY_MACHINE_GUN | 7.62x51 | 1968
ar15; ar 15|| RIFLE CARBINE ASSAULT_RIFLE | 5.56x45; .223 Remington | 1959
mini14; mini 14|Ruger| RIFLE CARBINE | 5.56x45; .223 Remington | 1973
remington 870; 870|Remington| SHOTGUN | 12 gauge; 16 gauge; 20 gauge; 28 gauge;
  410 bore | 1950
mossberg 500; 500|Mossberg| SHOTGUN | 12 gauge; 20 gauge; 410 bore | 1961
rpg7; rpg 7|| ANTI_TANK_LAUNCHER GRENADE_LAUNCHER |  | 1961
m79|| GRENADE_LAUNCHER | 40x46 | 1961
m203|| GRENADE_LAUNCHER | 40x46 | 1969
"""
"""Types are those of the field `type`, without their prefix."""

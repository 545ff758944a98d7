"""Makers of firearms and the names they go by, compiled for this project.

One line each: name | countries of manufacture, the main one first | first and last
year as far as commonly known | other names. Facts only, from common knowledge: the
list helps to compare and to ask a question; it proves nothing. How text is matched is
left to `broker.core.identification.makers`.
"""

from typing import Final

MAKERS: Final = """
Accuracy International|GBR|1978-|AI
Arcus|BGR|1966-|Arcus Lyaskovets
Arsenal|BGR|1878-|Arsenal Kazanlak; Kazanlak; circle 10; factory 10; Arsenal JSCo
Astra|ESP|1908-1997|Astra Unceta; Unceta; Unceta y Cia
ATI|USA|1992-|American Tactical; American Tactical Imports
Baikal|RUS SUN|1942-|Izhevsk Mechanical Plant; Izhmekh; IMZ; IZH MEKH;
  Izhevsky Mekhanichesky Zavod
Barrett|USA|1982-|Barrett Firearms
Benelli|ITA|1967-|Benelli Armi
Beretta|ITA USA BRA|1526-|Pietro Beretta; P. Beretta; PB;
  Fabbrica d'Armi Pietro Beretta; Beretta USA; Armi Beretta
Bernardelli|ITA|1865-|Vincenzo Bernardelli
Bersa|ARG|1958-|Bersa SA
Browning|BEL USA JPN|1878-|Browning Arms; Browning Arms Company; Browning Winchester
BRNO|CSK CZE|1918-|Zbrojovka Brno; ZB; Ceskoslovenska Zbrojovka Brno
Brugger & Thomet|CHE|1991-|B&T; BT; Bruegger & Thomet
BSA|GBR|1861-|Birmingham Small Arms
Bul|ISR|1990-|Bul Transmark; Bul Armory
Bushmaster|USA|1973-|Bushmaster Firearms
Canik|TUR|1998-|Canik55; Samsun Yurt Savunma; SYS; Canik Samsun
Carl Gustafs|SWE|1812-|Carl Gustaf; Carl Gustafs Stads Gevarsfaktori; FFV; Husqvarna FFV
Charter Arms|USA|1964-|Charco
Chiappa|ITA|1958-|Armi Sport; Chiappa Firearms; Kimar
CETME|ESP|1949-2001|Santa Barbara; Empresa Nacional Santa Barbara
Colt|USA CAN|1855-|Colt's; Colts; Colt Firearms; Colt's Manufacturing;
  Colt's Patent Fire Arms; Colt Defense; Colts PT FA; Colt Canada; Diemaco
Cugir|ROU|1799-|Romarm; Fabrica de Arme Cugir; ROMARM Cugir; Uzina Mecanica Cugir;
  Sadu; SC Fabrica de Arme Cugir; triangle arrow
CZ|CZE CSK|1936-|Ceska Zbrojovka; Ceska Zbrojovka Uhersky Brod; CZUB; CZ UB;
  Ceska zbrojovka a.s.
Daewoo|KOR|1973-2006|S&T Motiv; S&T Daewoo; SNT Motiv; K Arms
Daniel Defense|USA|2001-|DD
Denel|ZAF|1951-|Vektor; Lyttelton Engineering Works; LIW; Denel Land Systems; Lyttleton
Ekol|TUR|1999-|Ekol Voltran; Voltran
Enfield|GBR|1816-1988|Royal Small Arms Factory; RSAF;
  Royal Small Arms Factory Enfield; RSAF Enfield; ROF Enfield; Lee Enfield
Erma|DEU|1922-1997|Erma Werke; Ermawerke
FAMAE|CHL|1811-|Fabricas y Maestranzas del Ejercito
FB Radom|POL|1925-|Lucznik; Fabryka Broni; Radom; Fabryka Broni Lucznik; circle 11;
  factory 11
FEG|HUN|1891-|Fegarmy; Fegyver es Gepgyar; Fegyvergyar; FEG Budapest; Femaru
FN Herstal|BEL USA|1889-|FN; Fabrique Nationale; Fabrique Nationale Herstal; FNH;
  FN America; FNH USA; Fabrique Nationale d'Armes de Guerre; FNB
FMAP|ARG|1810-|Fabricaciones Militares; Fabrica Militar de Armas Portatiles;
  Domingo Matheu; DGFM; FMAP DM; DGFM FMAP; Fabrica Militar
Franchi|ITA|1868-|Luigi Franchi
Girsan|TUR|1993-|Girsan Giresun
Glock|AUT USA|1963-|Glock Ges.m.b.H.; Glock Inc; Glock Perfection
Haenel|DEU DDR|1840-|C.G. Haenel; CG Haenel; Suhl Haenel
Hammerli|CHE DEU|1863-|Haemmerli; SIG Hammerli
Harrington & Richardson|USA|1871-|H&R; Harrington and Richardson; H and R
Hatsan|TUR|1976-|Hatsan Arms; Escort
Heckler & Koch|DEU|1949-|HK; H&K; Heckler und Koch; Heckler Koch; Heckler and Koch;
  HK Oberndorf
Henry|USA|1996-|Henry Repeating Arms
Hi-Point|USA|1992-|Hi Point Firearms; Beemiller; Hipoint; MKS Supply
Howa|JPN|1907-|Howa Machinery; Howa Kogyo
Husqvarna|SWE|1689-1989|Husqvarna Vapenfabrik
IMBEL|BRA|1975-|Industria de Material Belico; Fabrica de Itajuba; Itajuba
INDEP|PRT|1970-2003|FBP; Fabrica de Braco de Prata
INDUMIL|COL|1954-|Industria Militar; Industria Militar de Colombia
Izhmash|RUS SUN|1807-|Izhevsk; Izhevsk Machinebuilding Plant; Izhevsk Arsenal;
  Kalashnikov Concern; Concern Kalashnikov; Kalashnikov;
  Izhevsky Mashinostroitelny Zavod; arrow in triangle; Ijevsk
IWI|ISR|1933-|IMI; Israel Military Industries; Israel Weapon Industries; Ta'as; TAAS
Jennings|USA|1978-2006|Bryco; Bryco Arms; Jimenez; Jimenez Arms; Raven; Raven Arms
Kahr|USA|1995-|Kahr Arms; Auto-Ordnance; Auto Ordnance
Kel-Tec|USA|1991-|Keltec; Kel Tec CNC
Kimber|USA|1979-|Kimber Manufacturing; Kimber of America
Llama|ESP|1904-2005|Gabilondo; Gabilondo y Cia; Llama Gabilondo; Fabrinor
Lorcin|USA|1989-1999|Lorcin Engineering
Manurhin|FRA|1919-|MR; Manufacture de Machines du Haut-Rhin
Marlin|USA|1870-|Marlin Firearms
MAS|FRA|1764-2001|Saint-Etienne; Manufacture d'Armes de Saint-Etienne; GIAT; Nexter;
  MAS St Etienne; Manufacture Nationale d'Armes de St Etienne
MAT|FRA|1691-1964|Manufacture d'Armes de Tulle; Tulle
Mauser|DEU|1874-|Mauser Werke; Waffenfabrik Mauser; Mauserwerke; Mauser Oberndorf;
  byf; svw
MKE|TUR|1950-|MKEK; Makina ve Kimya Endustrisi; Makina Kimya; Kirikkale
Molot|RUS SUN|1940-|Vyatskie Polyany; Vepr; Molot Oruzhie; Vyatskiye Polyany
Mossberg|USA|1919-|O.F. Mossberg; OF Mossberg & Sons; Mossberg & Sons
Norinco|CHN|1980-|China North Industries; China North Industries Corp; Factory 66;
  Factory 386; Jianshe; State Factory 66; triangle 66; 66 in triangle; China North
North American Arms|USA|1972-|NAA
OFB|IND|1787-|Ordnance Factory Board; Ishapore; Rifle Factory Ishapore;
  Ordnance Factory Tiruchirappalli; RFI; Indian Ordnance Factories;
  Small Arms Factory Kanpur
Para|CAN USA|1985-2015|Para-Ordnance; Para Ordnance; Para USA
Phoenix Arms|USA|1992-|
Pindad|IDN|1908-|PT Pindad
Polytech|CHN|1980-|Poly Technologies; Polytechnologies
POF|PAK|1951-|Pakistan Ordnance Factories; Wah; Pakistan Ordnance Factory
Remington|USA|1816-|Remington Arms; Remington Rand; Remington UMC
Retay|TUR|2000-|Retay Arms; Retay Falcon
Rheinmetall|DEU|1889-|Rheinmetall Borsig
RG|DEU|1950-1986|Rohm; Roehm; Rohm Gesellschaft
Rossi|BRA|1889-|Amadeo Rossi; Rossi SA; Braztech
Ruger|USA|1949-|Sturm Ruger; Sturm, Ruger; Sturm Ruger & Co; Sturm Ruger and Company
SAAB Bofors|SWE|1646-|Bofors; Saab; Saab Dynamics
Sako|FIN|1921-|Sako Tikka; Tikka; Tikkakoski
Valmet|FIN|1945-1992|Valmet Oy; Sako Valmet
Sarsilmaz|TUR|1880-|Sarsilmaz Silah; SAR; SAR Arms; SAR USA
Savage|USA|1894-|Savage Arms; Stevens; Savage Stevens; J. Stevens Arms
SIG|CHE|1853-|Schweizerische Industrie Gesellschaft; SIG Neuhausen; SAN Swiss Arms;
  Swiss Arms
SIG Sauer|DEU USA CHE|1976-|Sig-Sauer; SIG Sauer Inc; Sigarms; J.P. Sauer;
  JP Sauer & Sohn; Sauer; Sauer & Sohn
Simson|DDR DEU|1854-|Simson Suhl; Ernst Thaelmann Suhl; Suhl
Singapore Technologies|SGP|1967-|ST Kinetics; Chartered Industries of Singapore; CIS;
  ST Engineering
Smith & Wesson|USA|1852-|S&W; Smith and Wesson; Smith Wesson; Smith u Wesson; SW;
  M&P Smith Wesson
Spikes Tactical|USA|2001-|Spike's Tactical
Springfield Armory|USA HRV|1974-|Springfield; Springfield Inc; Springfield Armory Inc
Star|ESP|1905-1997|Star Bonifacio Echeverria; Bonifacio Echeverria; Echeverria;
  Star B. Echeverria; BE Star
Sterling|GBR|1940-1989|Sterling Armaments; Sterling Armament Company
Steyr|AUT|1864-|Steyr Mannlicher; Steyr Daimler Puch; Steyr Arms; OEWG;
  Steyr-Daimler-Puch; Mannlicher
Tanfoglio|ITA|1948-|Fratelli Tanfoglio; F.lli Tanfoglio; Tanfoglio Giuseppe;
  EAA Witness; European American Armory
Taurus|BRA USA|1939-|Forjas Taurus; Taurus Armas; Taurus International;
  Taurus Brasil; Taurus SA; Forja Taurus
Tisas|TUR|1993-|Trabzon Silah Sanayi; Trabzon Gun Industry; Tisas Trabzon
Tula|RUS SUN|1712-|Tula Arms Plant; TOZ; Tulsky Oruzheiny Zavod; Tula Arsenal;
  star in circle; Tulski Oruzheiny Zavod
Uberti|ITA|1959-|Aldo Uberti; A. Uberti
Umarex|DEU|1972-|Umarex Arnsberg; Umarex Sportwaffen
Valtro|ITA|1988-|Valtro Italia
Walther|DEU|1886-|Carl Walther; Walther Ulm; Carl Walther Waffenfabrik; Walther Arms;
  Carl Walther Ulm; ac Walther
Weatherby|USA|1945-|
Webley|GBR|1834-|Webley & Scott; Webley Scott; Webley and Scott
Weihrauch|DEU|1899-|Weihrauch & Weihrauch; HW; Arminius; Hermann Weihrauch
Winchester|USA|1866-|Winchester Repeating Arms; Winchester Olin; USRAC;
  US Repeating Arms; W.R.A.
Interarms|USA|1953-1999|Interarms Alexandria; Inter Arms; Interarmco
Maadi|EGY|1954-|Helwan; Factory 54; Maadi Company;
  Maadi Company for Engineering Industries
KOFC|KEN|1997-|Kenya Ordnance Factories; Kenya Ordnance Factories Corporation
MIC|SDN|1993-|Military Industry Corporation
Zastava|SRB YUG SCG|1853-|Crvena Zastava; Zastava Arms; Zavodi Crvena Zastava; CZ;
  Zastava Oruzje; Zastava Kragujevac; Kragujevac; ZCZ; Preduzece 44; VTZ
Zbroyar|UKR|2007-|
Zoraki|TUR|1998-|Atak Arms; Atak Silah; ATAK
Bruni|ITA|1977-|Fratelli Bruni
Blow|TUR|2003-|Ucyildiz; Blow Mini
Mitchell|USA|1984-|Mitchell Arms
Century Arms|USA|1961-|Century International Arms; CIA; CAI; Century Arms International
HS Produkt|HRV|1991-|HS Produkt Karlovac; IM Metal
Grand Power|SVK|2002-|
Caracal|ARE|2006-|Caracal International
DICON|NGA|1964-|Defence Industries Corporation of Nigeria
Luwero|UGA|1987-|Luwero Industries
CAVIM|VEN|1975-|Compania Anonima Venezolana de Industrias Militares
SEDENA|MEX|1916-|Fabrica Nacional de Armas; FNA Mexico
Mendoza|MEX|1911-|Productos Mendoza
Trejo|MEX|1952-1973|Armas Trejo
DIO|IRN|1963-|Defense Industries Organization; Iranian Defence Industries
"""

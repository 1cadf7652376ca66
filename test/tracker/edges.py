"""A log of edges: the shortest input that reaches each rule of the tracker, and each reason to drop something.

Print it with `/usr/bin/python3 edges.py`.

SPDX-License-Identifier: MIT"""
import sys

import reference


def sentence(text):
    """A sentence with its checksum; `text` from the start character on."""
    total = 0
    for byte in text[1:].encode():
        total ^= byte
    return f"{text}*{total:02X}\r\n".encode()


def armour(bits):
    """The payload of a string of 0 and 1, and its fill bits."""
    fill = -len(bits) % 6
    bits += "0" * fill
    codes = [int(bits[i:i + 6], 2) for i in range(0, len(bits), 6)]
    return "".join(chr(code + (48 if code < 40 else 56)) for code in codes), fill


def number(value, width):
    return f"{value & (1 << width) - 1:0{width}b}"


def head(type_, mmsi):
    return number(type_, 6) + "00" + number(mmsi, 30)


def position(mmsi, latitude=31000000, longitude=3000000, type_=1, length=168):
    bits = head(type_, mmsi) + "0000" + number(-128, 8) + number(100, 10) + "1"
    bits += number(longitude, 28) + number(latitude, 27) + number(900, 12) + number(511, 9)
    return bits.ljust(168, "0")[:length]


def ais(bits, fragment="1,1,,A", talker="AIVDM"):
    payload, fill = armour(bits)
    return sentence(f"!{talker},{fragment},{payload},{fill}")


def fragments(bits, sizes, sequence, channel="A"):
    """The sentences of a message cut into payloads of these sizes."""
    payload, fill = armour(bits)
    out = []
    for i, size in enumerate(sizes):
        piece, payload = payload[:size], payload[size:]
        end = fill if i + 1 == len(sizes) else 0
        out.append(sentence(f"!AIVDM,{len(sizes)},{i + 1},{sequence},{channel},{piece},{end}"))
    return out


def static_and_voyage(mmsi):
    text = "".join(number(ord(c) & 63, 6) for c in 'A"B/C D ' * 3)
    return (head(5, mmsi) + "00" + number(9000000, 30) + text * 4).ljust(424, "0")[:424]


RMC = "$GPRMC,120000.00,A,5230.00000,N,00530.00000,E,1.0,90.0,010126,,,A"


def framing():
    good = sentence(RMC)
    yield b"# a comment with $GPRMC and !AIVDM in it\r\n"
    yield good
    yield good.lower().replace(b"$gprmc", b"$GPRMC")  # changes the text: a wrong checksum
    yield sentence("$GPXXX,a")[:-4] + b"5f\n"  # a checksum's letters may be small
    yield b"noise" + good + b"more noise\r\n\r\n\n"
    yield good[:-2] + b",s1234,tail\r\n" + good[:-2] + good
    yield good[:20] + b"\r\n" + good[:30] + good + good[:-3] + b"\r\n" + good[:-4] + b"\r\n"
    yield good[:-4] + b"G0\r\n" + good[:-3] + b"-\r\n" + good[:-4] + b"00\r\n"
    yield sentence("$" + "X" * 96) + sentence("$" + "X" * 97) + b"$" + b"Y" * 300 + b"$*00\r\n"
    for byte in (0x00, 0x1F, 0x7F, 0x80, 0xFF):
        yield good[:10] + bytes([byte]) + good[10:]
    yield b"$\r\n!\r\n$*\r\n$*0\r\n$*00\r\n" + sentence("$,") + sentence("$GPGGAX,1") + sentence("$PGGGA,1")
    yield sentence("$AIVDM,1,1,,A,1,0") + sentence("!GPGGA,1") + sentence("$GP") + sentence("$" + "," * 90)


def own_ship():
    lat, lon = "5230.12345678,N", "00530.98765,E"
    yield sentence(f"$GPGGA,000001,{lat},{lon},1,08,1.2,-3.27,M,,M,,")
    yield sentence(f"$GPGGA,,{lat},{lon},0,,,,,,,,") + sentence("$GPGGA,,,,,,0,00,99.99,,,,,,")
    yield sentence("$GPGGA,1,,,,,1,08,1.2,3.0,M,,M,,") + sentence(f"$GPGGA,1,{lat},{lon},x,08,1,3,M,,M,,")
    yield sentence(f"$GPGGA,1,{lat},{lon},1,08,1") + sentence(f"$GPGGA,-1,{lat},{lon},1,08,1,3,M,,M,,")
    for where in (
        "9000.00000,S,18000.00000,W", "9000.00001,N,00000.0,E", "0000.0,N,18000.00001,E", "5260.0,N,00000.0,E",
        "-5200.0,N,00000.0,E", "-0.0,N,00000.0,E", "5200.,N,0.0,W", ".5,N,0.0,E", "5200.0,X,0.0,E",
        "5200.0,NN,0.0,E", "5200.0,,0.0,E", "99999999999.0,N,0.0,E", "5200.0x,N,0.0,E", "5200.0,N,21474.9,E",
    ):
        yield sentence(f"$GNRMC,235959.99,A,{where},0.5,,311299,,,A")
    for status in ("V", "", "AA", "B"):
        yield sentence(f"$GNRMC,1,{status},{lat},{lon},0.5,,311299,,,A")
    yield sentence(f"$GLRMC,1,A,{lat},{lon},1.23456,-0.5,311299,,,A") + sentence("$GLRMC,1,A")
    yield sentence("$GAVTG,1.234,T,,M,5.6,N,,K") + sentence("$GAVTG,,T,,M,,N,,K") + sentence("$GAVTG,a,T,,M,,N,,K")
    yield sentence("$GAVTG,1.0,T,,M,1.0,N") + sentence("$GAVTG,3,T,,M,4,N,,K,A")


def satellites():
    four = ",01,10,100,20,02,20,200,,03,,,,,,,"
    yield sentence("$GPGSV,2,1,05" + four) + sentence("$GPGSV,2,2,05,05,90,360,99")
    yield sentence("$GPGSV,2,2,05,05,90,360,99")
    yield sentence("$GPGSV,2,1,05" + four) + sentence("$GLGSV,2,2,05,05,90,360,99") + sentence("$GPGSV,2,2,05,07,1,2,3")
    yield sentence("$GPGSV,3,1,05" + four) + sentence("$GPGSV,2,2,05,05,90,360,99")
    yield sentence("$GPGSV,2,1,05" + four) + sentence("$GPGSV,2,1,05" + four) + sentence("$GPGSV,2,2,05,9,-9,0,0,1")
    for bad in (
        "1,1", "0,1,00", "1,0,00", "10,1,00", "2,3,00", "1,1,100", "1,1,x", "1,1,01,01,91,0,0", "1,1,01,01,0,361,0",
        "1,1,01,1000,0,0,0", "1,1,01,0,0,0,0", "1,1,01,1,0,0,100", "1,1,01,1,0", "1,1,01,1,0,0,0,12",
        "1,1,20" + ",1,2,3,4" * 5,
    ):
        yield sentence("$GPGSV," + bad)
    yield sentence("$GPGSV,1,1,00") + sentence("$GBGSV,1,1,00,,,,,1")
    for signal in "123456789":
        yield sentence(f"$GQGSV,1,1,01,0{signal},10,100,20,{signal}")
    yield sentence("$GAGSV,1,1,01,01,10,100,20,")
    # Not every sentence of a group tells its signal.
    for talker, *signals in ("IA", "", "1"), ("IB", "1", ""), ("IC", "1", "", "1"), ("ID", "", "1", ""), \
            ("IE", "1", "", "5"), ("IF", "", "6", "5"):
        for number, signal in enumerate(signals, 1):
            yield sentence(f"${talker}GSV,{len(signals)},{number},05,{number:02},{number},{number},{number}"
                           + (f",{signal}" if signal else ""))


def messages():
    yield ais(position(1)) + ais(position(2, 1, -1)) + ais(position(3, -30000000, -100000000))
    yield ais(position(4, 54000000, 108000000)) + ais(position(5, 54000001)) + ais(position(6, 0, -108000001))
    yield ais(position(7), talker="ABVDM") + ais(position(7), talker="AIVDO")
    yield ais(position(8, length=149)) + ais(position(8, length=148)) + ais(position(8, length=38))
    yield ais(position(8, length=37)) + ais("000001") + ais(position(9, type_=2)) + ais(position(9, type_=3))
    for type_ in (0, 6, 27, 28, 63):
        yield ais(head(type_, 10) + "0" * 130)
    for part in range(4):
        yield ais(head(24, 11) + number(part, 2) + number(0x041, 12) * 10 + "0" * 8)
    yield ais(head(24, 11) + "00" + "1" * 20) + ais(head(24, 11)) + ais(head(24, 11) + "01" + "01" * 61)
    yield ais(head(4, 12).ljust(168, "1")) + ais(head(18, 13).ljust(168, "1")) + ais(head(18, 14).ljust(147, "0"))
    yield ais(head(19, 15).ljust(312, "0")) + ais(head(19, 15).ljust(305, "0")) + ais(head(21, 16).ljust(272, "1"))
    for length in (270, 271, 277, 278, 356, 360):
        yield ais(head(21, 17) + "00001" + number(0x021, 6) * 20 + "0" * 109 + number(0x13, 6) * 20)
        yield ais((head(21, 18) + "00001" + number(0x021, 6) * 20 + "0" * 109 + number(0x13, 6) * 20)[:length])
    yield ais(head(5, 19).ljust(421, "0")) + ais(head(5, 19).ljust(422, "1"))


def assembly():
    whole = static_and_voyage(20)
    a, b, c = fragments(whole, (30, 30, 20), 1)
    yield a + b + c + c + a + b + a + a + c + b
    yield fragments(whole, (60, 20), 2)[0] + fragments(whole, (30, 30, 20), 2)[1] + c
    for channel in "ABCDEFGH":  # more than may wait
        yield fragments(static_and_voyage(30), (60, 20), 3, channel)[0]
    for channel in "HGFEDCBA":
        yield fragments(static_and_voyage(30), (60, 20), 3, channel)[1]
    yield sentence(RMC) * 61 + fragments(whole, (60, 20), "", "")[1] + sentence(RMC) * 60
    yield fragments(whole, (60, 20), "", "")[0] + fragments(whole, (60, 20), 4)[0] + sentence(RMC) * 61
    yield fragments(whole, (60, 20), 4)[1]
    late = fragments(static_and_voyage(21), (60, 20), 8)
    yield late[0] + sentence(RMC) * 59 + late[1]  # just in time; a collection or more has passed
    yield b"".join(fragments("0" * 1104, (37, 37, 37, 37, 36), 5))
    yield b"".join(fragments("0" * 1110, (37, 37, 37, 37, 37), 6))
    yield b"".join(fragments(whole, (20, 20, 20, 10, 5, 5), 7))
    for bad in (
        "0,1,,A,1,0", "1,0,,A,1,0", "1,2,,A,1,0", "x,1,,A,1,0", "1,1,12,A,1,0", "1,1,,AB,1,0", "1,1,,A,,0",
        "1,1,,A,1X,0", "1,1,,A,1x,0", "1,1,,A,1,6", "1,1,,A,1,-1", "1,1,,A,1,", "1,1,,A,1", "1,1,,A,1 ,0", "",
    ):
        yield sentence("!AIVDM," + bad)


def eviction():
    for mmsi in range(1000, 1000 + reference.TRACKS_MAX + 5):
        yield ais(position(mmsi))
    for latitude in range(12):  # longer than a trail
        yield ais(position(1010, latitude))
    yield ais(position(999)) + ais(position(1003, 91 * 600000)) + ais(position(1 << 30 | 7)) + ais(position(0))


def crowd():
    """All tables full at once: satellites, tracks with long trails and names, and waiting fragments."""
    for signal in "12345678":
        for current in range(1, 10):
            four = "".join(f",{4 * current + i},10,100,20" for i in range(4))
            yield sentence(f"$GPGSV,9,{current},36{four},{signal}")
    for mmsi in range(5000, 5000 + reference.TRACKS_MAX):
        for latitude in range(reference.TRAIL_MAX + 1):
            yield ais(position(mmsi, latitude))
        yield from fragments(static_and_voyage(mmsi), (60, 20), 1)
    for channel in "ABCDEF":
        yield from fragments("0" * 1104, (74, 74, 12, 12, 12), 3, channel)[:4]


def log():
    parts = (framing, own_ship, satellites, messages, assembly, eviction)
    return b"".join(piece for part in parts for piece in part()) + b"$GPGGA,cut off"


if __name__ == "__main__":
    sys.stdout.buffer.write(log())

#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The tracker's reference: what examples/tracker should say about a log, computed from the specifications.

    reference.py LOG [--messages]

It shares no code and no tables with the firmware: it takes a log as a whole where the firmware takes bytes, lays out
AIS messages by the widths of ITU-R M.1371's tables where the firmware has bit offsets, and keeps everything that it
has heard in dictionaries. The rules that are the tracker's own choice (limits, eviction, what counts as damage) are
those of examples/tracker/README.md.
"""

import argparse
import re

TEXT_MAX = 96
TRACKS_MAX = 52
TRAIL_MAX = 8
VIEWS_MAX = 8
PARTIALS_MAX = 6
PARTIAL_AGE_MAX = 60
FRAGMENTS_MAX = 5
PAYLOAD_MAX = 184

INT32_MAX = 2**31 - 1
ABSENT = None

FORMATTERS = {"$": ("GGA", "RMC", "VTG", "GSV"), "!": ("VDM", "VDO")}
KINDS = ("GGA", "RMC", "VTG", "GSV", "VDM", "VDO", "other")
REASONS = (
    "truncated overlong control checksum malformed sequence superseded expired evicted short memory".split()
)

# Fields after message type, repeat indicator and MMSI: name:width, a leading s for signed, t for six-bit text, - for
# bits that no line shows. The number before the bar is what must be there for the message to be taken.
SOTDMA = "sync:2 slot_timeout:3 submessage:14"
ITDMA = "sync:2 slot_increment:13 slots:3 keep:1"
CLASS_A = (
    "status:4 turn:s8 speed:10 accuracy:1 longitude:s28 latitude:s27 course:12 heading:9 second:6 maneuver:2 "
    "spare:3 raim:1 "
)
CLASS_B = "reserved:8 speed:10 accuracy:1 longitude:s28 latitude:s27 course:12 heading:9 second:6 "
SIZE = "bow:9 stern:9 port:6 starboard:6 "
LAYOUTS = {
    "1": "149|" + CLASS_A + SOTDMA,
    "2": "149|" + CLASS_A + SOTDMA,
    "3": "149|" + CLASS_A + ITDMA,
    "4": "149|year:14 month:4 day:5 hour:5 minute:6 second:6 accuracy:1 longitude:s28 latitude:s27 epfd:4 spare:10 "
    "raim:1 " + SOTDMA,
    "5": "422|version:2 imo:30 call:t42 name:t120 ship_type:8 " + SIZE + "epfd:4 month:4 day:5 hour:5 minute:6 "
    "draught:8 destination:t120 dte:1 spare:1",
    "18": "148|" + CLASS_B + "regional:2 carrier_sense:1 display:1 dsc:1 band:1 message_22:1 assigned:1 raim:1 "
    "selector:1 radio:19",
    "19": "306|" + CLASS_B + "regional:4 name:t120 ship_type:8 " + SIZE + "epfd:4 raim:1 dte:1 assigned:1 spare:4",
    "21": "271|aid_type:5 name:t120 accuracy:1 longitude:s28 latitude:s27 " + SIZE + "epfd:4 second:6 off_position:1 "
    "regional:8 raim:1 virtual:1 assigned:1 spare:1 extension:t84",
    "24A": "160|part:2 name:t120",
    "24B": "162|part:2 ship_type:8 vendor:t18 model:4 serial:20 call:t42 " + SIZE + "spare:6",
}

POINT_NAMES = "latitude longitude speed course heading status turn accuracy seen".split()

CLASS_OF = {4: "S", 21: "N", 18: "B", 19: "B", 24: "B"}


# ---- framing ----


def segments(log):
    """Yields ("noise", count) and ("sentence", start, text, event) for a log, in order."""
    for line in re.split(rb"[\r\n]", log):
        if line.startswith(b"#"):
            continue
        parts = re.split(rb"([$!])", line)
        if parts[0]:
            yield "noise", len(parts[0])
        for start, rest in zip(parts[1::2], parts[2::2]):
            yield "sentence", start.decode(), *judge(rest)


def judge(rest):
    """The text of a sentence that begins here, and None or why it is dropped."""
    text = re.match(rb"[ -)+-~]*", rest).group()
    if len(text) > TEXT_MAX:
        return "", "overlong"
    after = rest[len(text):]
    if not after:
        return "", "truncated"
    if after[:1] != b"*":
        return "", "control"
    digits = after[1:3]
    if not re.fullmatch(rb"[0-9A-Fa-f]*", digits):
        return "", "checksum"
    if len(digits) < 2:
        return "", "truncated"
    total = 0
    for byte in text:
        total ^= byte
    return (text.decode("ascii"), None) if total == int(digits, 16) else ("", "checksum")


# ---- numbers ----


class Malformed(Exception):
    """A field is not what it must be; nothing of the sentence counts."""


def number(field, decimals=0):
    """A decimal number as an integer of that many decimals, the rest cut off."""
    match = re.fullmatch(r"(-?)([0-9]+)\.?([0-9]*)", field)
    if not match:
        raise Malformed
    value = int(match[2] + (match[3] + "0" * decimals)[:decimals])
    if value > INT32_MAX:
        raise Malformed
    return -value if match[1] else value


def number_within(field, low, high):
    value = number(field)
    if not low <= value <= high:
        raise Malformed
    return value


def optional(field, decimals=0):
    return number(field, decimals) if field else ABSENT


def optional_within(field, low, high):
    return number_within(field, low, high) if field else ABSENT


def digits(field, decimals=0):
    if field.startswith("-"):
        raise Malformed
    return optional(field, decimals)


def angle(field, hemisphere, signs, limit):
    """ddmm.mmmmm in 1/100000 minutes."""
    value = number(field, 5)
    degrees, minutes = divmod(value, 10**7)
    angle_ = degrees * 60 * 10**5 + minutes
    if value < 0 or minutes >= 60 * 10**5 or angle_ > limit * 60 * 10**5:
        raise Malformed
    if len(hemisphere) != 1 or hemisphere not in signs:
        raise Malformed
    return angle_ if hemisphere == signs[0] else -angle_


# ---- text ----


def fixed(value, decimals):
    if value is ABSENT:
        return "-"
    text = f"{abs(value):0{decimals + 1}}"
    if decimals:
        text = text[:-decimals] + "." + text[-decimals:]
    return "-" * (value < 0) + text


def labelled(**values):
    """label=value or label=(value, decimals)."""
    out = ""
    for label, value in values.items():
        value, decimals = value if isinstance(value, tuple) else (value, 0)
        out += f" {label} {fixed(value, decimals)}"
    return out


def position_text(latitude, longitude):
    def one(value, letters, width):
        degrees, minutes = divmod(abs(value), 60 * 10**5)
        return f"{letters[value < 0]}{degrees:0{width}} {minutes // 10**5:02}.{minutes % 10**5:05}"

    return one(latitude, "NS", 2) + " " + one(longitude, "EW", 3)


# ---- AIS ----


def six_bits(payload):
    """An armoured payload as a string of 0 and 1."""
    if not re.fullmatch(r"[0-W`-w]+", payload):
        raise Malformed
    return "".join(f"{ord(c) - 48 - 8 * (c >= '`'):06b}" for c in payload)


def six_bit_text(bits):
    codes = [int(bits[i:i + 6], 2) for i in range(0, len(bits) - 5, 6)]
    text = "".join(chr(code + 64 if code < 32 else code) for code in codes)
    return text.split("@")[0].rstrip(" ")


def decode(bits):
    """A message's type and its fields by name, in order; fields None: a type that is not decoded, False: too short."""
    type_ = int(bits[:6], 2)
    layout = str(type_)
    if type_ == 24:
        layout += {"00": "A", "01": "B"}.get(bits[38:40].ljust(2, "0"), "-")
    if layout not in LAYOUTS:
        return type_, None
    needed, fields = LAYOUTS[layout].split("|")
    if len(bits) < int(needed):
        return type_, False
    values = {"repeat": int(bits[6:8], 2), "mmsi": int(bits[8:38], 2)}
    at = 38
    for field in fields.split():
        name, form = field.split(":")
        kind, width = ("u", int(form)) if form.isdigit() else (form[0], int(form[1:]))
        piece = bits[at:at + width]
        at += width
        if kind == "t":
            values[name] = six_bit_text(piece)
            continue
        piece = piece.ljust(width, "0")
        values[name] = int(piece, 2) - (1 << width) * (kind == "s" and piece[0] == "1")
    return type_, values


def message_line(type_, values):
    def one(value):
        return f'"{value}"' if isinstance(value, str) else str(value)

    return f"message type {type_}" + "".join(f" {name} {one(value)}" for name, value in values.items())


class Track:
    def __init__(self):
        self.kind = ""
        self.seen = 0
        self.trail = []  # dictionaries
        self.identity = None

    def line(self, mmsi):
        out = f"track {mmsi:09} {self.kind} " + (self.position() if self.trail else "-")
        if self.identity is not None:
            i = self.identity
            out += labelled(type=i["type"], imo=i["imo"])
            out += f' name "{i["name"]}" call "{i["call"]}" to "{i["to"]}"'
        out += labelled(trail=len(self.trail))
        if self.trail:
            out += labelled(since=self.trail[0]["seen"]) + f" hash {self.hash():08x}"
        return out + labelled(seen=self.seen)

    def position(self):
        p = self.trail[-1]
        numbers = labelled(speed=(p["speed"], 1), course=(p["course"], 1), heading=p["heading"], status=p["status"])
        return position_text(10 * p["latitude"], 10 * p["longitude"]) + numbers

    def hash(self):
        """FNV-1a over the points' values, little-endian; absent ones are the lowest int16."""
        value = 2166136261
        for point in self.trail:
            for name in POINT_NAMES:
                word = -(2**15) if point[name] is ABSENT else point[name]
                for byte in (word & 0xFFFFFFFF).to_bytes(4, "little"):
                    value = (value ^ byte) * 16777619 & 0xFFFFFFFF
        return value


class Partial:
    def __init__(self, total):
        self.total = total
        self.fragments = {}
        self.fill = 0
        self.last = 0


# ---- the tracker ----


class Reference:
    def __init__(self, messages=False):
        self.want_messages = messages
        self.lines = []
        self.index = 0  # of the last sentence
        self.noise = 0
        self.by_kind = dict.fromkeys(KINDS, 0)
        self.dropped = dict.fromkeys(REASONS, 0)
        self.ais_types = {}
        self.tracks = {}
        self.tracks_evicted = self.views_evicted = 0
        self.partials = {}
        self.malformed = None
        self.own = None
        self.views = {}
        self.group = None

    def feed(self, log):
        for segment in segments(log):
            if segment[0] == "noise":
                self.noise += segment[1]
                continue
            _, start, text, reason = segment
            if reason:
                self.dropped[reason] += 1
            else:
                self.index += 1
                self.sentence(start, text)

    def sentence(self, start, text):
        fields = text.split(",")
        address = fields[0]
        formatter = address[2:]
        if len(address) != 5 or address[0] == "P" or formatter not in FORMATTERS[start]:
            self.by_kind["other"] += 1
            return
        self.by_kind[formatter] += 1
        try:
            getattr(self, "vdm" if start == "!" else formatter.lower())(fields)
        except (Malformed, IndexError):
            self.dropped["malformed"] += 1
            self.malformed = start + text

    # own ship

    def publish(self, **values):
        if self.own is None:
            names = "latitude longitude time date quality satellites hdop altitude speed course"
            self.own = dict.fromkeys(names.split(), ABSENT)
        self.own.update(values, seen=self.index)

    def gga(self, f):
        _ = f[9]
        quality = number_within(f[6], 0, 9)
        values = {"quality": quality, "time": digits(f[1], 2)}
        if quality > 0:
            values["latitude"] = angle(f[2], f[3], "NS", 90)
            values["longitude"] = angle(f[4], f[5], "EW", 180)
        self.publish(**values, satellites=optional(f[7]), hdop=optional(f[8], 2), altitude=optional(f[9], 1))

    def rmc(self, f):
        _ = f[9]
        if f[2] == "V":
            return
        if f[2] != "A":
            raise Malformed
        latitude = angle(f[3], f[4], "NS", 90)
        longitude = angle(f[5], f[6], "EW", 180)
        speed, course = optional(f[7], 3), optional(f[8], 2)
        time, date = digits(f[1], 2), digits(f[9])
        self.publish(latitude=latitude, longitude=longitude, speed=speed, course=course, time=time, date=date)

    def vtg(self, f):
        _ = f[8]
        self.publish(course=optional(f[1], 2), speed=optional(f[5], 3))

    # satellites

    def gsv(self, f):
        total, current, _ = number_within(f[1], 1, 9), number(f[2]), number_within(f[3], 0, 99)
        rest = f[4:]
        signal = rest.pop() if len(rest) % 4 == 1 else ""
        if not 1 <= current <= total or len(rest) % 4 or len(rest) > 16 or len(signal) > 1:
            raise Malformed
        satellites = []
        for i in range(0, len(rest), 4):
            limits = (1, 999), (-90, 90), (0, 360), (0, 99)
            values = [optional_within(rest[i + k], *limits[k]) for k in range(4)]
            if values[0] is not ABSENT:
                satellites.append(values)
        talker = f[0][:2]
        if current == 1:
            self.group = {"source": (talker, signal), "total": total, "next": 1, "satellites": []}
        group = self.group
        belongs = bool(group) and group["source"][0] == talker and (not signal or group["source"][1] in ("", signal))
        if not belongs or group["next"] != current or group["total"] != total:
            self.group = None
            self.dropped["sequence"] += 1
            return
        group["source"] = (talker, signal or group["source"][1])
        group["satellites"] += satellites
        group["next"] += 1
        if current == total:
            self.finish_view(group)

    def finish_view(self, group):
        if group["source"] not in self.views and len(self.views) == VIEWS_MAX:
            del self.views[min(self.views, key=lambda source: self.views[source][0])]
            self.views_evicted += 1
        self.views[group["source"]] = (self.index, group["satellites"])
        self.group = None

    # AIS

    def vdm(self, f):
        total, current = number_within(f[1], 1, FRAGMENTS_MAX), number(f[2])
        sequence, channel, payload, fill = f[3], f[4], f[5], number_within(f[6], 0, 5)
        if not 1 <= current <= total or len(sequence) > 1 or len(channel) > 1:
            raise Malformed
        six_bits(payload)
        for key in [k for k, p in self.partials.items() if self.index - p.last > PARTIAL_AGE_MAX]:
            del self.partials[key]
            self.dropped["expired"] += 1
        if total == 1:
            self.payload(payload, fill)
            return
        key = (sequence, channel)
        partial = self.partial_for(key, total, current)
        partial.fragments[current] = payload
        partial.last = self.index
        if current == total:
            partial.fill = fill
        if len(partial.fragments) == total:
            del self.partials[key]
            self.payload("".join(partial.fragments[i + 1] for i in range(total)), partial.fill)

    def partial_for(self, key, total, current):
        partial = self.partials.get(key)
        if partial and partial.total == total and current not in partial.fragments:
            return partial
        if partial:
            self.dropped["superseded"] += 1
        elif len(self.partials) == PARTIALS_MAX:
            del self.partials[min(self.partials, key=lambda k: self.partials[k].last)]
            self.dropped["evicted"] += 1
        self.partials[key] = Partial(total)
        return self.partials[key]

    def payload(self, payload, fill):
        if len(payload) > PAYLOAD_MAX:
            raise Malformed
        bits = six_bits(payload)
        bits = bits[: len(bits) - fill]
        if len(bits) < 38:
            self.dropped["short"] += 1
            return
        type_, values = decode(bits)
        counted = type_ if type_ <= 27 else 0
        self.ais_types[counted] = self.ais_types.get(counted, 0) + 1
        if values is False:
            self.dropped["short"] += 1
        if values:
            if self.want_messages:
                self.lines.append(message_line(type_, values))
            self.update(type_, values)

    def update(self, type_, values):
        mmsi = values["mmsi"]
        if mmsi not in self.tracks:
            if len(self.tracks) == TRACKS_MAX:
                del self.tracks[min(self.tracks, key=lambda m: self.tracks[m].seen)]
                self.tracks_evicted += 1
            self.tracks[mmsi] = Track()
        track = self.tracks[mmsi]
        track.kind = CLASS_OF.get(type_, "A")
        track.seen = self.index
        if type_ in (5, 19, 21, 24):
            self.identify(track, values)
        latitude, longitude = values.get("latitude", 91 * 600000), values.get("longitude", 181 * 600000)
        if abs(latitude) <= 90 * 600000 and abs(longitude) <= 180 * 600000:
            point = {name: values.get(name) for name in POINT_NAMES}
            point["seen"] = self.index
            for name, unknown in (("speed", 1023), ("course", 3600), ("heading", 360)):
                value = values.get(name, unknown)
                point[name] = value if value < unknown else ABSENT
            track.trail = (track.trail + [point])[-TRAIL_MAX:]

    @staticmethod
    def identify(track, values):
        if track.identity is None:
            track.identity = {"name": "", "call": "", "to": "", "type": ABSENT, "imo": ABSENT}
        if "name" in values:
            track.identity["name"] = values["name"] + values.get("extension", "")
        renamed = {"call": "call", "destination": "to", "imo": "imo", "ship_type": "type", "aid_type": "type"}
        for name, ours in renamed.items():
            if name in values:
                track.identity[ours] = values[name]

    # summary

    def own_line(self):
        if self.own is None:
            return "own -"
        own = self.own
        where = "-" if own["latitude"] is ABSENT else position_text(own["latitude"], own["longitude"])
        time = "-" if own["time"] is ABSENT else f"{own['time']:08}"
        date = "-" if own["date"] is ABSENT else f"{own['date']:06}"
        return f"own {where} time {time} date {date}" + labelled(
            quality=own["quality"], satellites=own["satellites"], hdop=(own["hdop"], 2), altitude=(own["altitude"], 1),
            speed=(own["speed"], 3), course=(own["course"], 2), seen=own["seen"],
        )

    def view_lines(self):
        for (talker, signal), (seen, satellites) in sorted(self.views.items()):
            line = f"view {talker} signal {signal or '-'} seen {seen}:"
            for satellite in satellites:
                line += " " + "/".join(fixed(value, 0) for value in satellite)
            yield line

    def summary(self):
        """The lines that the firmware ends with, but for those about radio and heap."""
        types = "".join(f" type {t}:{n}" for t, n in sorted(self.ais_types.items()))
        return [
            *self.lines,
            *(self.tracks[mmsi].line(mmsi) for mmsi in sorted(self.tracks)),
            self.own_line(),
            *self.view_lines(),
            "sentences" + labelled(all=self.index, **self.by_kind),
            "ais" + types,
            "dropped" + labelled(**self.dropped, tracks=self.tracks_evicted, views=self.views_evicted,
                                 noise=self.noise),
            *(["malformed " + self.malformed] if self.malformed else []),
            "waiting" + labelled(fragments=len(self.partials)),
        ]


def summary_of(log, messages=False):
    reference = Reference(messages)
    reference.feed(log)
    return reference.summary()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("log")
    parser.add_argument("--messages", action="store_true", help="every AIS message with all its fields, too")
    arguments = parser.parse_args()
    with open(arguments.log, "rb") as file:
        print("\n".join(summary_of(file.read(), arguments.messages)))


if __name__ == "__main__":
    main()

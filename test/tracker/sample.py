"""sample.aivdm, where each AIS message is followed by its decoded fields in comments, and the comparison with them.

SPDX-License-Identifier: MIT"""
import re
from typing import Dict, List

from support import Failure, expect

import reference

TYPES = (1, 2, 3, 4, 5, 18, 19, 21, 24)
MESSAGES = 13  # with comments, of these types, in the file

COORDINATE = 600000  # of the firmware's units in a degree
COORDINATE_ERROR = 1.5e-6  # degrees: the comments have as few as seven decimals, the unit is 1.7e-6


def whole(text):
    return {"True": 1, "False": 0, "GPS": 1}[text] if text in ("True", "False", "GPS") else int(text.rstrip("|"))


def tenths(text):
    return round(float(text) * 10)


# The comments' names, which are those of several decoders, for the firmware's fields.
SAME = {
    "MessageID": "type", "Message Type": "type", "RepeatIndicator": "repeat", "Repeat Indicator": "repeat",
    "UserID": "mmsi", "MMSI": "mmsi", "NavigationStatus": "status", "ROT": "turn",
    "Speed Over Ground": "speed", "PositionAccuracy": "accuracy", "Position Accuracy": "accuracy",
    "Course Over Ground": "course", "TrueHeading": "heading", "True Heading": "heading", "TimeStamp": "second",
    "Time Stamp": "second", "UTC Second": "second", "RAIM": "raim", "RAIM Flag": "raim",
    "Time_year": "year", "Time_month": "month", "Time_day": "day", "Time_hour": "hour", "Time_min": "minute",
    "Time_sec": "second", "fixtype": "epfd", "Type of EPFD": "epfd", "AISversion": "version", "IMOnumber": "imo",
    "shipandcargo": "ship_type", "dimA": "bow", "dimB": "stern", "dimC": "port", "dimD": "starboard",
    "Dimension to Bow": "bow", "Dimension to Stern": "stern", "Dimension to Port": "port",
    "Dimension to Starboard": "starboard", "ETAminute": "minute", "ETAhour": "hour", "ETAday": "day",
    "ETAmonth": "month", "dte": "dte", "DTE": "dte", "Reserved1": "reserved", "CommStateSelector": "selector",
    "CommState": "radio", "CS Unit": "carrier_sense", "Display Flag": "display", "DSC Flag": "dsc",
    "Band Flag": "band", "Message 22 Flag": "message_22", "Assigned-Mode Flag": "assigned", "Aid Type": "aid_type",
    "Off-Position Indicator": "off_position", "Virtual-Aid Flag": "virtual", "Regional Reserved": "regional",
    "partnum": "part", "Spare3": "spare", "Spare2": "regional",
}
TENTHS = {"SOG": "speed", "COG": "course", "draught": "draught"}
COORDINATES = {
    "longitude": "longitude", "latitude": "latitude", "Longitude": "longitude", "Latitude": "latitude",
    "Position_longitude": "longitude", "Position_latitude": "latitude",
}
TEXTS = {"callsign": "call", "destination": "destination"}

# Where a comment contradicts the message's bits: (MMSI, name): the comment's value, that of the bits, and why. The
# firmware must have what the bits say.
CONTRADICTIONS = {
    (351759000, "ETAhour"): (16, 14, "bits 283-287 are 01110"),
    (367059850, "Spare"): (0, 248, "bits 38-45 are 11111000: the decoder printed what it expected there"),
    (367059850, "Spare2"): (0, 4, "bits 139-142 are 0100: the same"),
    (338087471, "RegionalReserved"): (0, 2, "bits 139-142 are 0010: the same"),
    (338087471, "Spare"): (0, 14, "bits 143-146 are 1110: the same"),
    (338088483, "RegionalReserved"): (0, 2, "bits 139-142 are 0010: the same"),
    (338088483, "Spare"): (0, 14, "bits 143-146 are 1110: the same"),
    (271041815, "partnum"): (0, 1, "its second message is part B, bits 38-39 are 01"),
}


def groups(text):
    """Yields the sentences of a message and its comments' fields, for each message that has comments."""
    sentences: List[str] = []
    fields: Dict[str, str] = {}
    for line in text.splitlines():
        if line.startswith("!"):
            if fields:
                yield sentences, fields
                sentences, fields = [], {}
            sentences.append(line)
            continue
        match = re.match(r"#\s+([A-Za-z][\w /-]*?)\s*:\s(.*)$", line)
        if match and sentences:
            fields[match[1]] = match[2].strip()
        elif line.strip() in ("", "#"):
            if fields:
                yield sentences, fields
            sentences, fields = [], {}


def commented(text):
    """The messages of TYPES that have their fields in comments."""
    found = []
    for sentences, fields in groups(text):
        type_ = fields.get("MessageID") or fields.get("Message Type") or ""
        if type_.isdigit() and int(type_) in TYPES:
            found.append((sentences, fields))
    expect(len(found) == MESSAGES, f"{len(found)} messages with comments were found, not {MESSAGES}")
    return found


def parse_message(line):
    """The fields of a line "message ...", numbers as int."""
    pairs = re.findall(r' (\w+) (?:"([^"]*)"|(-?\d+))', line)
    return {name: int(number) if number else text for name, text, number in pairs}


def access_state(message):
    """The 19 bits of the communication state."""
    if "radio" in message:
        return message["radio"]
    low = message.get("submessage")
    if low is None:
        increment = message["slot_increment"] << 4 | message["slots"] << 1 | message["keep"]
        return message["sync"] << 17 | increment
    return message["sync"] << 17 | message["slot_timeout"] << 14 | low


def state_part(name, message):
    """A part of the communication state under the comments' names, or None."""
    state = access_state(message) if "sync" in message or "radio" in message else 0
    if name.endswith("_syncstate") or name == "Sync State":
        return state >> 17
    if name.endswith("_slottimeout") or name == "Slot Time-Out":
        return state >> 14 & 7
    if name.endswith("_slotoffset") or name == "Sub Message":
        return state & 0x3FFF
    return None


def vendor_text(message):
    """M.1371-1 had seven characters where there are three, a model and a serial number now."""
    bits = f"{message['model']:04b}{message['serial']:020b}"
    return message["vendor"] + reference.six_bit_text(bits)


def same(name, text, message):
    """Whether a comment's field is what the message has."""
    state = state_part(name, message)
    if state is not None:
        return state == int(text)
    if name in TENTHS:
        return message[TENTHS[name]] == tenths(text)
    if name in COORDINATES:
        return abs(message[COORDINATES[name]] / COORDINATE - float(text)) < COORDINATE_ERROR
    if name in TEXTS:
        return message[TEXTS[name]] == text
    if name in ("name", "Name"):
        return message["name"] + message.get("extension", "") == text
    if name == "vendorid":
        return vendor_text(message) == text
    return plain_value(name, message) == whole(text)


def plain_value(name, message):
    """What the message has for a field that is one number in the comments as well."""
    old = {"RegionalReserved": old_regional, "Spare": old_spare}.get(name)
    if old:
        return old(message)
    if name not in SAME:
        raise Failure(f"the comments' field {name} is not known to the check")
    return message[SAME[name]]


# The comments' decoder knows M.1371-1; later editions have put other fields in the bits that it reserved.


def old_regional(message):
    if message["type"] <= 3:
        return message["maneuver"] << 2 | message["spare"] >> 1
    return message["regional"] << 2 | message["carrier_sense"] << 1 | message["display"]


def old_spare(message):
    type_ = message["type"]
    if type_ == 18:
        flags = ("dsc", "band", "message_22", "assigned")
        return sum(message[flag] << 3 - i for i, flag in enumerate(flags))
    if type_ == 19:
        return message["reserved"]
    return message["spare"] & 1 if type_ <= 3 else message["spare"]


def compare(text, message_lines):
    """Holds lines "message ..." against the comments; returns how many fields agreed."""
    agreed = 0
    found = commented(text)
    expect(len(message_lines) == len(found), f"{len(message_lines)} messages were decoded, not {len(found)}")
    for line, (_, fields) in zip(message_lines, found):
        message = parse_message(line)
        for name, value in fields.items():
            if same(name, value, message):
                agreed += 1
                continue
            comment, bits, _ = CONTRADICTIONS.get((message["mmsi"], name), (None, None, ""))
            excused = comment is not None and whole(value) == comment and plain_value(name, message) == bits
            expect(excused, f"{name} is {value} in the comments of MMSI {message['mmsi']}; decoded: {line}")
    return agreed


def log(text):
    """The commented messages' sentences as a log."""
    return "".join(sentence + "\r\n" for sentences, _ in commented(text) for sentence in sentences).encode()

/* tracker: AIS, from VDM sentences to messages, as ITU-R M.1371 has them.
 *
 * A message is a list of its fields' values, read from its payload, six bits to a byte, by the layout of its type.
 *
 * SPDX-License-Identifier: MIT */
#ifndef TRACKER_AIS_H
#define TRACKER_AIS_H

#include "nmea.h"

#define AIS_PAYLOAD_MAX 184    /* characters: five slots, the longest transmission, and some */
#define AIS_PARTIALS_MAX 6     /* messages that wait for fragments */
#define AIS_FRAGMENTS_MAX 5    /* of one message */
#define AIS_PARTIAL_AGE_MAX 60 /* sentences that a partial message waits for its next fragment */

/* ---- bits ---- */

struct ais_payload {
    uint32_t bits;       /* that count: the fill bits of the last character do not */
    uint32_t characters; /* in sextet[] */
    uint8_t sextet[];    /* 0..63 each */
};

/* NULL: no memory. */
struct ais_payload *ais_payload_new(uint32_t characters);

/* Appends the armoured text; the caller has checked it with ais_armour_length. */
void ais_payload_append(struct ais_payload *payload, const char *armoured);

/* The number of characters in the armoured text, or 0 if one is no armour character. */
uint32_t ais_armour_length(const char *armoured);

/* `width` bits, 1..32, from bit `first`; bits past the end are 0. */
uint32_t ais_bits(const struct ais_payload *payload, uint32_t first, uint32_t width);
int32_t ais_signed_bits(const struct ais_payload *payload, uint32_t first, uint32_t width);

/* ---- fields ---- */

enum ais_name {
    AIS_REPEAT,
    AIS_MMSI,
    AIS_STATUS,
    AIS_TURN,
    AIS_SPEED,
    AIS_ACCURACY,
    AIS_LONGITUDE,
    AIS_LATITUDE,
    AIS_COURSE,
    AIS_HEADING,
    AIS_SECOND,
    AIS_MANEUVER,
    AIS_SPARE,
    AIS_RAIM,
    AIS_SYNC,
    AIS_SLOT_TIMEOUT,
    AIS_SUBMESSAGE,
    AIS_SLOT_INCREMENT,
    AIS_SLOTS,
    AIS_KEEP,
    AIS_YEAR,
    AIS_MONTH,
    AIS_DAY,
    AIS_HOUR,
    AIS_MINUTE,
    AIS_EPFD,
    AIS_VERSION,
    AIS_IMO,
    AIS_CALL,
    AIS_SHIP_NAME,
    AIS_SHIP_TYPE,
    AIS_BOW,
    AIS_STERN,
    AIS_PORT,
    AIS_STARBOARD,
    AIS_DRAUGHT,
    AIS_DESTINATION,
    AIS_DTE,
    AIS_RESERVED,
    AIS_REGIONAL,
    AIS_CARRIER_SENSE,
    AIS_DISPLAY,
    AIS_DSC,
    AIS_BAND,
    AIS_MESSAGE_22,
    AIS_ASSIGNED,
    AIS_SELECTOR,
    AIS_RADIO,
    AIS_AID_TYPE,
    AIS_OFF_POSITION,
    AIS_VIRTUAL,
    AIS_EXTENSION,
    AIS_PART,
    AIS_VENDOR,
    AIS_MODEL,
    AIS_SERIAL,
    AIS_NAMES
};

enum ais_field_kind { AIS_UNSIGNED, AIS_SIGNED, AIS_TEXT };

struct ais_field {
    uint8_t name; /* enum ais_name */
    uint8_t kind; /* enum ais_field_kind */
    uint16_t first;
    uint16_t width; /* bits; of a text, a multiple of 6 */
};

/* The fields of a type of message, in the order of their bits, after type, repeat indicator and MMSI. */
struct ais_layout {
    const struct ais_field *fields;
    uint16_t count;
    uint16_t bits_min; /* a shorter message is dropped */
};

/* The layout of a type, and for type 24 of a part; NULL: not one that is decoded. */
const struct ais_layout *ais_layout_of(uint32_t type, uint32_t part);

/* The name of a field as it is printed, e.g. "longitude". */
const char *ais_field_name(enum ais_name name);

/* ---- messages ---- */

/* The value of one field. */
struct ais_value {
    MOAT_REF(struct ais_value) next; /* in the order of the bits */
    MOAT_REF(char) text;             /* of a text field: cut at the first @, without spaces at its end; else NULL */
    int32_t number;                  /* of the others */
    uint32_t name;                   /* enum ais_name */
};

struct ais_message {
    MOAT_REF(struct ais_value) first;
    MOAT_REF(struct ais_value) last;
    uint32_t type;
    uint32_t mmsi;
};

/* The message in a payload, or NULL: too short or not decoded, counted, or no memory, counted too. */
struct ais_message *ais_message_new(const struct ais_payload *payload);

/* The field's value, or `otherwise` if this type has no such field. */
int32_t ais_number(const struct ais_message *message, enum ais_name name, int32_t otherwise);
const char *ais_text(const struct ais_message *message, enum ais_name name, const char *otherwise);

/* Prints the line "message" with every field. */
void ais_message_print(const struct ais_message *message);

/* ---- sentences ---- */

/* Takes a VDM or VDO sentence. *out: the payload that it completes, or NULL. False: malformed. */
bool ais_assemble(const struct nmea_sentence *sentence, struct ais_payload **out);

/* How many messages wait for fragments. */
uint32_t ais_partials(void);

#endif

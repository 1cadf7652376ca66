/* moat: the fault log in memory that outlives power. See moat_fault.h; docs/fault-record.md, "In a sink".
 *
 * A sink is blocks of entries, each entry with a CRC. An entry is written once, to memory that reads as erased; nothing
 * is written over. An entry cut off by a loss of power fails its CRC and closes its block: nothing behind it is
 * looked at, and the next entry opens another block. Entries are found by reading: there is no state in RAM that
 * could be wrong.
 *
 * SPDX-License-Identifier: MIT */
#include "base/crc.h"
#include "fault/fault.h"
#include "fault/ring.h"

#define ERASED 0xffu
#define CHUNK_BYTES 32u /* what is read or written at once; a multiple of every unit */
#define UNIT_MAX 32u

#define TAG 0x6c6d0000u /* in an entry's first word, over its type */
#define TYPE_BLOCK 1u   /* of a block's first entry: struct block_payload */
#define TYPE_RECORD 2u  /* a record's bytes */
#define TYPE_REPEAT 3u  /* struct repeat_payload */

struct header {
    uint32_t tag;
    uint32_t bytes; /* of the payload */
    uint32_t check; /* CRC of the two words above and the payload */
};

struct block_payload {
    uint32_t layout;
    uint32_t sequence; /* 1 and up: in the order in which blocks were opened */
};

/* A record by its number and CRC, and how often its fault was seen. */
struct repeat_payload {
    uint32_t sequence;
    uint32_t check;
    uint32_t count;
};

static const struct moat_fault_sink *sink;

/* ---- reading ---- */

static bool fetch(uint32_t at, void *buffer, uint32_t bytes) {
    return sink->read(sink->context, at, buffer, bytes) == 0;
}

static uint32_t entry_bytes(uint32_t payload) {
    return (uint32_t)(sizeof(struct header) + payload + sink->unit - 1) & ~(sink->unit - 1);
}

struct entry {
    uint32_t block;
    uint32_t sequence; /* of the block */
    uint32_t offset;   /* within the block, of the header */
    uint32_t next;     /* within the block, behind the entry */
    uint32_t type;
    uint32_t bytes; /* of the payload */
    uint32_t at;    /* of the payload */
};

/* Looks at what stands `offset` bytes into a block. False: no whole entry. */
static bool look(uint32_t block, uint32_t offset, struct entry *entry) {
    struct header header;
    uint32_t at = block * sink->block_bytes + offset, room = sink->block_bytes - offset;
    if (room < sizeof header || !fetch(at, &header, sizeof header)) {
        return false;
    }
    uint32_t type = header.tag ^ TAG;
    if (type < TYPE_BLOCK || type > TYPE_REPEAT || header.bytes > room - sizeof header) {
        return false;
    }
    uint32_t crc = moat_crc_add(MOAT_CRC_START, &header, (uint32_t)(sizeof header - sizeof header.check));
    at += (uint32_t)sizeof header;
    entry->at = at;
    for (uint32_t done = 0, piece; done < header.bytes; done += piece) {
        uint8_t chunk[CHUNK_BYTES];
        piece = header.bytes - done < CHUNK_BYTES ? header.bytes - done : CHUNK_BYTES;
        if (!fetch(at + done, chunk, piece)) {
            return false;
        }
        crc = moat_crc_add(crc, chunk, piece);
    }
    entry->block = block;
    entry->offset = offset;
    entry->next = offset + entry_bytes(header.bytes);
    entry->type = type;
    entry->bytes = header.bytes;
    return ~crc == header.check;
}

/* The number of a block, or 0: it was not opened. */
static uint32_t block_sequence(uint32_t block) {
    struct entry entry;
    struct block_payload payload;
    bool opened = look(block, 0, &entry) && entry.type == TYPE_BLOCK && entry.bytes == sizeof payload &&
                  fetch(entry.at, &payload, sizeof payload) && payload.layout == MOAT_FAULT_LAYOUT;
    return opened ? payload.sequence : 0;
}

/* The block with the lowest number above `above`, or `blocks`. */
static uint32_t block_after(uint32_t above, uint32_t *sequence) {
    uint32_t best = sink->blocks;
    for (uint32_t block = 0; block < sink->blocks; block++) {
        uint32_t number = block_sequence(block);
        if (number > above && (best == sink->blocks || number < *sequence)) {
            best = block;
            *sequence = number;
        }
    }
    return best;
}

/* The block that was opened last, or `blocks`. */
static uint32_t block_active(uint32_t *sequence) {
    uint32_t best = sink->blocks;
    *sequence = 0;
    for (uint32_t block = 0; block < sink->blocks; block++) {
        uint32_t number = block_sequence(block);
        if (number > *sequence) {
            best = block;
            *sequence = number;
        }
    }
    return best;
}

static void begin(struct entry *entry) {
    entry->block = sink->blocks;
    entry->sequence = 0;
    entry->next = 0;
}

/* The next entry of a type, in the order in which they were written. False: there is none. */
static bool next(struct entry *entry, uint32_t type) {
    for (;;) {
        if (entry->block == sink->blocks || !look(entry->block, entry->next, entry)) {
            entry->block = block_after(entry->sequence, &entry->sequence);
            if (entry->block == sink->blocks || !look(entry->block, 0, entry)) {
                return false;
            }
        }
        if (entry->type == type) {
            return true;
        }
    }
}

/* ---- records ---- */

/* Reads the first part of a record's entry; false: it can't be one of this layout. */
static bool read_record(const struct entry *entry, struct moat_fault *record) {
    return entry->bytes >= sizeof *record + sizeof(uint32_t) && fetch(entry->at, record, sizeof *record) &&
           record->layout == MOAT_FAULT_LAYOUT && record->bytes == entry->bytes;
}

static uint32_t record_check(const struct entry *entry) {
    uint32_t check;
    return fetch(entry->at + entry->bytes - (uint32_t)sizeof check, &check, sizeof check) ? check : 0;
}

static bool same_fault(const struct moat_fault *a, const struct moat_fault *b) {
    bool same = a->kind == b->kind && a->pc == b->pc && a->cause == b->cause;
    for (unsigned i = 0; i < sizeof a->build_id; i++) {
        same = same && a->build_id[i] == b->build_id[i];
    }
    return same;
}

/* How often the fault of a record was seen, by the entries that follow it. */
static uint32_t count_of(uint32_t sequence, uint32_t check) {
    uint32_t count = 1;
    struct entry entry;
    struct repeat_payload repeat;
    for (begin(&entry); next(&entry, TYPE_REPEAT);) {
        if (entry.bytes == sizeof repeat && fetch(entry.at, &repeat, sizeof repeat) && repeat.sequence == sequence &&
            repeat.check == check && repeat.count > count) {
            count = repeat.count;
        }
    }
    return count;
}

/* A fault at a time, interrupts masked, or one caller in thread mode: too large for a small stack. */
static struct moat_fault looked_at;

/* Finds a record of the same fault, and its number and CRC. */
static bool find_same(const struct moat_fault *record, struct repeat_payload *found) {
    struct entry entry;
    for (begin(&entry); next(&entry, TYPE_RECORD);) {
        if (read_record(&entry, &looked_at) && same_fault(&looked_at, record)) {
            found->sequence = looked_at.sequence;
            found->check = record_check(&entry);
            return true;
        }
    }
    return false;
}

/* ---- writing ---- */

struct writer {
    uint32_t at;
    uint32_t used;
    bool failed;
    uint8_t chunk[CHUNK_BYTES];
};

static void flush(struct writer *writer) {
    while (writer->used % sink->unit != 0) {
        writer->chunk[writer->used++] = ERASED;
    }
    if (writer->used != 0 && !writer->failed) {
        writer->failed = sink->write(sink->context, writer->at, writer->chunk, writer->used) != 0;
    }
    writer->at += writer->used;
    writer->used = 0;
}

static void add(struct writer *writer, const void *bytes, uint32_t count) {
    const uint8_t *from = bytes;
    for (uint32_t i = 0; i < count; i++) {
        writer->chunk[writer->used++] = from[i]; /* NOLINT(clang-analyzer-core.uninitialized.Assign): it is set */
        if (writer->used == CHUNK_BYTES) {
            flush(writer);
        }
    }
}

static bool is_erased(uint32_t at, uint32_t bytes) {
    for (uint32_t done = 0, piece; done < bytes; done += piece) {
        uint8_t chunk[CHUNK_BYTES];
        piece = bytes - done < CHUNK_BYTES ? bytes - done : CHUNK_BYTES;
        if (!fetch(at + done, chunk, piece)) {
            return false;
        }
        for (uint32_t i = 0; i < piece; i++) {
            if (chunk[i] != ERASED) {
                return false;
            }
        }
    }
    return true;
}

/* Writes an entry and reads it back. False: there is no room, or something was there, or it did not take. */
static bool put(uint32_t block, uint32_t offset, uint32_t type, const void *payload, uint32_t bytes) {
    uint32_t at = block * sink->block_bytes + offset, size = entry_bytes(bytes);
    if (size > sink->block_bytes - offset || !is_erased(at, size)) {
        return false;
    }
    struct header header;
    header.tag = TAG ^ type;
    header.bytes = bytes;
    uint32_t crc = moat_crc_add(MOAT_CRC_START, &header, (uint32_t)(sizeof header - sizeof header.check));
    header.check = ~moat_crc_add(crc, payload, bytes);
    struct writer writer;
    writer.at = at;
    writer.used = 0;
    writer.failed = false;
    add(&writer, &header, sizeof header);
    add(&writer, payload, bytes);
    flush(&writer);
    struct entry entry;
    return !writer.failed && look(block, offset, &entry);
}

/* Where the entries of a block end: behind the last that is whole. */
static uint32_t block_end(uint32_t block) {
    struct entry entry;
    uint32_t offset = 0;
    while (look(block, offset, &entry)) {
        offset = entry.next;
    }
    return offset;
}

/* The block to open after `active`: one that was never opened, else the oldest but the first. `blocks`: none may be
 * taken. */
static uint32_t block_choose(uint32_t active, uint32_t active_sequence) {
    for (uint32_t i = 1; i <= sink->blocks; i++) {
        uint32_t block = (active + i) % sink->blocks;
        if (block_sequence(block) == 0) {
            return block;
        }
    }
    uint32_t first = 0, second = 0;
    (void)block_after(0, &first);
    uint32_t block = block_after(first, &second);
    return second < active_sequence ? block : sink->blocks;
}

/* Makes room in a block of its own. False: the sink is full. */
static bool open_block(void) {
    uint32_t sequence;
    uint32_t active = block_active(&sequence);
    uint32_t block = block_choose(active == sink->blocks ? sink->blocks - 1 : active, sequence);
    if (block == sink->blocks || sink->erase(sink->context, block) != 0) {
        return false;
    }
    struct block_payload payload;
    payload.layout = MOAT_FAULT_LAYOUT;
    payload.sequence = sequence + 1;
    return put(block, 0, TYPE_BLOCK, &payload, sizeof payload);
}

/* Behind the last entry, or in another block if there is no room or a torn entry. */
static void write_entry(uint32_t type, const void *payload, uint32_t bytes) {
    uint32_t sequence;
    uint32_t active = block_active(&sequence);
    if (active != sink->blocks && put(active, block_end(active), type, payload, bytes)) {
        return;
    }
    if (open_block()) {
        active = block_active(&sequence);
        (void)put(active, block_end(active), type, payload, bytes);
    }
}

/* ---- what the rest of core asks ---- */

static uint32_t mirror_count(const struct moat_fault *record) {
    struct repeat_payload found;
    return find_same(record, &found) ? count_of(found.sequence, found.check) : 0;
}

static void mirror_append(const struct moat_fault *record, uint32_t count) {
    struct repeat_payload repeat;
    uint32_t known = 1;
    if (find_same(record, &repeat)) {
        known = count_of(repeat.sequence, repeat.check);
    } else {
        write_entry(TYPE_RECORD, record, record->bytes);
        repeat.sequence = record->sequence;
        repeat.check = *(const uint32_t *)((uintptr_t)record + record->bytes - sizeof(uint32_t));
    }
    if (count / 2 >= known) { /* so that a boot loop writes 31 times at most */
        repeat.count = count;
        write_entry(TYPE_REPEAT, &repeat, sizeof repeat);
    }
}

static uint32_t sequence_last(void) {
    uint32_t last = 0;
    struct entry entry;
    for (begin(&entry); next(&entry, TYPE_RECORD);) {
        if (read_record(&entry, &looked_at) && looked_at.sequence > last) {
            last = looked_at.sequence;
        }
    }
    return last;
}

/* Whether retained RAM has the record of an entry too. */
static bool is_retained(const struct entry *entry, uint32_t sequence) {
    const struct moat_fault *record;
    for (unsigned i = 0; (record = moat_fault_at(i, NULL)) != NULL; i++) {
        if (record->sequence == sequence && record->bytes == entry->bytes &&
            *(const uint32_t *)((uintptr_t)record + record->bytes - sizeof(uint32_t)) == record_check(entry)) {
            return true;
        }
    }
    return false;
}

static void print_entry(const struct entry *entry) {
    uint32_t count = count_of(looked_at.sequence, record_check(entry));
    moat_fault_describe(&looked_at, count);
    struct moat_frame frame;
    moat_frame_begin(&frame, MOAT_FAULT_TAG);
    for (uint32_t done = 0, piece; done < entry->bytes; done += piece) {
        uint8_t chunk[CHUNK_BYTES];
        piece = entry->bytes - done < CHUNK_BYTES ? entry->bytes - done : CHUNK_BYTES;
        (void)fetch(entry->at + done, chunk, piece); /* what can't be read twice fails the record's CRC */
        moat_frame_bytes(&frame, chunk, piece);
    }
    moat_fault_frame_end(&frame, count);
}

static bool mirror_print(void) {
    bool any = false;
    struct entry entry;
    for (begin(&entry); next(&entry, TYPE_RECORD);) {
        if (read_record(&entry, &looked_at) && !is_retained(&entry, looked_at.sequence)) {
            print_entry(&entry);
            any = true;
        }
    }
    return any;
}

/* A fault of the sink's own functions must not call them once more. */
static void mirror_clear(void) {
    const struct moat_fault_mirror *set = moat_fault_mirror;
    moat_fault_mirror = NULL;
    for (uint32_t block = 0; block < sink->blocks; block++) {
        if (!is_erased(block * sink->block_bytes, sink->block_bytes)) {
            (void)sink->erase(sink->context, block);
        }
    }
    moat_fault_mirror = set;
}

static const struct moat_fault_mirror mirror = {mirror_count, mirror_append, mirror_print, mirror_clear};

/* ---- the interface ---- */

static bool is_usable(const struct moat_fault_sink *candidate) {
    uint32_t unit = candidate->unit;
    uint32_t least = (uint32_t)(sizeof(struct moat_fault) + MOAT_FAULT_REST_BYTES + 2 * sizeof(struct header) +
                                sizeof(struct block_payload)) +
                     2 * UNIT_MAX;
    return unit >= 1 && unit <= UNIT_MAX && (unit & (unit - 1)) == 0 && candidate->blocks >= 1 &&
           candidate->block_bytes >= least && candidate->block_bytes % unit == 0 &&
           candidate->blocks <= UINT32_MAX / candidate->block_bytes;
}

bool moat_fault_sink_set(const struct moat_fault_sink *new_sink) {
    moat_fault_mirror = NULL;
    if (new_sink == NULL || !is_usable(new_sink)) {
        return new_sink == NULL;
    }
    sink = new_sink;
    uint32_t last = sequence_last();
    if (last > moat_fault_sequence_last()) {
        moat_fault_sequence_keep(last);
    }
    uint32_t count;
    const struct moat_fault *record;
    for (unsigned i = 0; (record = moat_fault_at(i, &count)) != NULL; i++) {
        mirror_append(record, count);
    }
    moat_fault_mirror = &mirror;
    return true;
}

uint32_t moat_fault_sink_read(unsigned index, void *buffer, uint32_t bytes, uint32_t *count) {
    struct entry entry;
    if (moat_fault_mirror == NULL) {
        return 0;
    }
    for (begin(&entry); next(&entry, TYPE_RECORD);) {
        if (read_record(&entry, &looked_at) && index-- == 0) {
            if (count != NULL) {
                *count = count_of(looked_at.sequence, record_check(&entry));
            }
            return fetch(entry.at, buffer, bytes < entry.bytes ? bytes : entry.bytes) ? entry.bytes : 0;
        }
    }
    return 0;
}

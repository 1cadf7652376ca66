/* tracker: a vessel and GPS tracker, the example of a firmware that uses moat.
 *
 * SPDX-License-Identifier: MIT */
#include "ais.h"
#include "answers.h"
#include "counts.h"
#include "gps.h"
#include "heap.h"
#include "input.h"
#include "nmea.h"
#include "report.h"
#include "text.h"
#include "track.h"

#include <bsp.h>

#define STATUS_CLEAN 0
#define STATUS_LOSS 1 /* the radio sent a corrupted frame, memory ran out, or the heap is not sound */
#define STATUS_USAGE 2
#define STATUS_FAULTED 3 /* this boot found a fault record and printed it */

/* Collector units that an idle moment pays for. */
#define IDLE_UNITS 32

static struct nmea_line line;

/* The last sentence dropped as malformed, for whoever looks for the cause. */
static MOAT_ROOT(struct nmea_sentence) malformed;

static bool handle_ais(const struct nmea_sentence *sentence) {
    struct ais_payload *payload;
    if (!ais_assemble(sentence, &payload)) {
        return false;
    }
    struct ais_message *message = payload == NULL ? NULL : ais_message_new(payload);
    if (message == NULL) {
        return true;
    }
    if (input_wants_messages()) {
        ais_message_print(message);
    }
    struct track *track = track_update(message);
    if (track != NULL) {
        report_position(track);
    }
    return true;
}

static bool has_formatter(const struct nmea_sentence *sentence, char start, const char *formatter) {
    const char *address = sentence->field[0];
    for (unsigned i = 0; i < 5; i++) {
        if (address[i] == '\0' || (i >= 2 && address[i] != formatter[i - 2])) {
            return false;
        }
    }
    return sentence->text[0] == start && address[0] != 'P' && address[5] == '\0';
}

struct handler {
    const char *formatter;
    enum sentence_kind kind;
    char start;
    bool (*handle)(const struct nmea_sentence *sentence); /* false: malformed */
};

static const struct handler handlers[] = {
    {"GGA", SENTENCE_GGA, '$', gps_gga}, {"RMC", SENTENCE_RMC, '$', gps_rmc},    {"VTG", SENTENCE_VTG, '$', gps_vtg},
    {"GSV", SENTENCE_GSV, '$', gps_gsv}, {"VDM", SENTENCE_VDM, '!', handle_ais}, {"VDO", SENTENCE_VDO, '!', handle_ais},
};

static void handle_sentence(void) {
    counts.sentences++;
    struct nmea_sentence *sentence = nmea_sentence_new(&line);
    if (sentence == NULL) {
        return;
    }
    for (unsigned i = 0; i < sizeof handlers / sizeof handlers[0]; i++) {
        const struct handler *handler = &handlers[i];
        if (!has_formatter(sentence, handler->start, handler->formatter)) {
            continue;
        }
        counts.by_kind[handler->kind]++;
        if (!handler->handle(sentence)) {
            counts_drop(DROP_MALFORMED);
            MOAT_STORE(malformed, sentence);
        }
        return;
    }
    counts.by_kind[SENTENCE_OTHER]++;
}

static void handle_event(enum nmea_event event) {
    static const enum drop_reason reasons[] = {
        [NMEA_TRUNCATED] = DROP_TRUNCATED,
        [NMEA_OVERLONG] = DROP_OVERLONG,
        [NMEA_CONTROL] = DROP_CONTROL,
        [NMEA_CHECKSUM] = DROP_CHECKSUM,
    };
    if (event == NMEA_SENTENCE) {
        handle_sentence();
        report_poll();
        if (input_wants_answers()) {
            answers_poll();
        }
    } else if (event != NMEA_NOTHING) {
        counts_drop(reasons[event]);
    }
}

/* For tools/moat-heapmap, which shows how old objects are by what several dumps have in common. */
static void dump_if_due(bool at_end) {
    static uint32_t dumped_at;
    uint32_t every = input_dump_every();
    if (every != 0 && (at_end || counts.sentences - dumped_at >= every)) {
        dumped_at = counts.sentences;
        moat_heap_dump();
    }
}

static void run(void) {
    int byte;
    while ((byte = input_next()) != INPUT_END) {
        if (byte == INPUT_NOTHING) {
            moat_gc_step(IDLE_UNITS);
        } else {
            handle_event(nmea_line_byte(&line, (uint8_t)byte));
            dump_if_due(false);
        }
    }
    handle_event(nmea_line_end(&line));
    dump_if_due(true);
    counts.noise = line.noise;
    report_flush();
}

static bool print_heap(void) {
    struct moat_stats stats;
    struct moat_heap_error error;
    bool sound = moat_heap_check(&error) == MOAT_OK;
    moat_stats_get(&stats);
    text_string("heap bytes ");
    text_unsigned((uint32_t)stats.arena_bytes);
    text_string(" free ");
    text_unsigned((uint32_t)stats.free_bytes);
    text_string(" cycles ");
    text_unsigned(stats.cycles);
    text_string(" slices ");
    text_unsigned(stats.slices);
    text_labelled("clock", MOAT_CONFIG_SLICE_CLOCK ? (int32_t)stats.slice_clock_max : TEXT_ABSENT, 0);
    text_string(" out of memory ");
    text_unsigned(stats.out_of_memory);
    text_string(" uart overruns ");
    text_unsigned(bsp_rx_overruns());
    text_string(sound ? " check ok\n" : " check failed: ");
    if (!sound) {
        text_string(error.what);
        text_char('\n');
    }
    return sound;
}

static int print_summary(void) {
    track_print_all();
    gps_fix_print();
    gps_views_print();
    counts_print();
    if (malformed != NULL) {
        text_string("malformed ");
        text_string(malformed->text);
        text_char('\n');
    }
    text_string("waiting");
    text_labelled("fragments", (int32_t)ais_partials(), 0);
    text_char('\n');
    report_print();
    bool sound = print_heap();
    return sound && report_corrupted() == 0 && counts.dropped[DROP_MEMORY] == 0 ? STATUS_CLEAN : STATUS_LOSS;
}

/* A trap resets the board, so that the boot after it finds the record. */
static void end_if_faulted(void) {
    if (moat_fault_print() != MOAT_FAULT_STATUS_EMPTY) {
        moat_fault_clear();
        bsp_exit(STATUS_FAULTED);
    }
}

int main(void) {
    bsp_init();
    end_if_faulted();
    bsp_on_trap(BSP_TRAP_RESET);
    if (heap_open() != MOAT_OK || !input_open()) {
        bsp_exit(STATUS_USAGE);
    }
    report_open();
    if (input_wants_answers()) {
        answers_open();
    }
    run();
    if (input_wants_answers()) {
        answers_print();
    }
    if (input_wants_trace() && moat_trace_print() != MOAT_OK) {
        bsp_exit(STATUS_USAGE);
    }
    bsp_exit(print_summary());
}

/* A plugin of QEMU's that counts how often each block of instructions ran between two functions, and how often the
 * branch at its end was taken. The classes of the instructions are scripts/bench/cycles.py's business.
 *
 *   -plugin blocks.so,begin=0xADDRESS,end=0xADDRESS,skip=N,out=FILE
 *
 * begin and end are the first addresses of two functions; a region is from the one to the other, and the first N
 * regions are not counted. FILE receives
 *
 *   first INSTRUCTIONS      of the first region of all, whether it is counted or not
 *   longest INSTRUCTIONS    of the longest region
 *   block START INSTRUCTIONS NEXT RUNS TAKEN LONGEST_RUNS LONGEST_TAKEN
 *
 * NEXT is the address behind the block: what ran after it began elsewhere TAKEN times. LONGEST is of the longest region
 * alone. Debian's QEMU comes without the plugins' header, so what is used of it is declared here.
 *
 * SPDX-License-Identifier: MIT */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct qemu_plugin_tb;
struct qemu_plugin_insn;
typedef uint64_t plugin_id;
#define EXPORTED __attribute__((visibility("default")))
extern void qemu_plugin_register_vcpu_tb_trans_cb(plugin_id id, void (*call)(plugin_id id, struct qemu_plugin_tb *tb));
extern void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *tb, void (*call)(unsigned vcpu, void *data),
                                                 int flags, void *data);
extern void qemu_plugin_register_atexit_cb(plugin_id id, void (*call)(plugin_id id, void *data), void *data);
extern size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
extern struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t index);
extern uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *insn);
extern size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *insn);

EXPORTED int qemu_plugin_version = 1;

struct counts {
    uint64_t runs, taken;
};

struct block {
    uint64_t start, next;
    size_t instructions;
    struct counts all, region, longest;
    uint64_t of_region; /* the number of the region that `region` is about */
    uint64_t of_longest;
    struct block *other;
};

static struct block *blocks, *before;
static uint64_t begin_at, end_at, skip, regions, in_region, region_instructions;
static uint64_t first_instructions, longest_instructions, longest_region;
static const char *out;

static void region_begins(void) {
    in_region = ++regions;
    region_instructions = 0;
    before = NULL;
}

/* Keeps the counts of a region that is the longest so far. */
static void region_ends(void) {
    if (in_region == 1) {
        first_instructions = region_instructions;
    }
    if (in_region > skip && region_instructions > longest_instructions) {
        longest_instructions = region_instructions;
        longest_region = in_region;
        for (struct block *block = blocks; block != NULL; block = block->other) {
            if (block->of_region == in_region) {
                block->longest = block->region;
                block->of_longest = in_region;
            }
        }
    }
    in_region = 0;
}

static void ran(unsigned vcpu, void *data) {
    struct block *block = data;
    (void)vcpu;
    if (in_region != 0 && before != NULL && block->start != before->next) {
        before->all.taken += in_region > skip;
        before->region.taken++;
    }
    if (block->start == begin_at) {
        region_begins();
    }
    if (in_region != 0) {
        if (block->of_region != in_region) {
            block->of_region = in_region;
            block->region = (struct counts){0, 0};
        }
        block->all.runs += in_region > skip;
        block->region.runs++;
        region_instructions += block->instructions;
        before = block;
        if (block->start == end_at) {
            region_ends();
        }
    }
}

static void translated(plugin_id id, struct qemu_plugin_tb *tb) {
    (void)id;
    size_t count = qemu_plugin_tb_n_insns(tb);
    const struct qemu_plugin_insn *last = qemu_plugin_tb_get_insn(tb, count - 1);
    uint64_t start = qemu_plugin_insn_vaddr(qemu_plugin_tb_get_insn(tb, 0));
    uint64_t next = qemu_plugin_insn_vaddr(last) + qemu_plugin_insn_size(last);
    struct block *block = blocks;
    while (block != NULL && (block->start != start || block->next != next)) {
        block = block->other;
    }
    if (block == NULL) {
        block = calloc(1, sizeof *block);
        if (block == NULL) {
            abort();
        }
        block->start = start;
        block->next = next;
        block->instructions = count;
        block->other = blocks;
        blocks = block;
    }
    qemu_plugin_register_vcpu_tb_exec_cb(tb, ran, 0, block);
}

static void ended(plugin_id id, void *data) {
    (void)id, (void)data;
    FILE *file = fopen(out, "w");
    if (file == NULL) {
        perror(out);
        return;
    }
    fprintf(file, "first %llu\nlongest %llu\n", (unsigned long long)first_instructions,
            (unsigned long long)longest_instructions);
    for (const struct block *block = blocks; block != NULL; block = block->other) {
        struct counts longest = block->of_longest == longest_region ? block->longest : (struct counts){0, 0};
        if (block->all.runs != 0) {
            fprintf(file, "block %llx %zu %llx %llu %llu %llu %llu\n", (unsigned long long)block->start,
                    block->instructions, (unsigned long long)block->next, (unsigned long long)block->all.runs,
                    (unsigned long long)block->all.taken, (unsigned long long)longest.runs,
                    (unsigned long long)longest.taken);
        }
    }
    fclose(file);
}

EXPORTED int qemu_plugin_install(plugin_id id, const void *info, int argc, char **argv) {
    (void)info;
    for (int i = 0; i < argc; i++) {
        const char *value = strchr(argv[i], '=');
        if (value != NULL && strncmp(argv[i], "begin=", 6) == 0) {
            begin_at = strtoull(value + 1, NULL, 0);
        } else if (value != NULL && strncmp(argv[i], "end=", 4) == 0) {
            end_at = strtoull(value + 1, NULL, 0);
        } else if (value != NULL && strncmp(argv[i], "skip=", 5) == 0) {
            skip = strtoull(value + 1, NULL, 0);
        } else if (value != NULL && strncmp(argv[i], "out=", 4) == 0) {
            out = strdup(value + 1);
        }
    }
    if (begin_at == 0 || end_at == 0 || out == NULL) {
        fprintf(stderr, "blocks: begin=, end= and out= are needed\n");
        return 1;
    }
    qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
    qemu_plugin_register_atexit_cb(id, ended, NULL);
    return 0;
}

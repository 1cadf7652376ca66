/* moat: the benchmark's firmware: runs one workload with one allocator, from a fresh start.
 *
 * Command line: `bench=NAME allocator=NAME [seed=N]`. A workload's name may end in parameters: replace_16.
 *
 * SPDX-License-Identifier: MIT */
#include "bench.h"
#include "probe.h"
#include "workload.h"
#include "xorshift.h"

#include <bsp.h>
#include <moat.h>

#include <string.h>

#define LINE_BYTES 200

const struct bench_allocator *bench_allocator;
bool bench_managed;
__attribute__((section(".noinit.moat_bench_arena"), aligned(4096))) unsigned char bench_arena[BENCH_ARENA_BYTES_MAX];

static struct bench_allocator *allocators;
uint32_t bench_random_state = 0x12345678;

void bench_allocator_add(struct bench_allocator *allocator) {
    allocator->next = allocators;
    allocators = allocator;
}

uint32_t bench_random(void) {
    return xorshift(&bench_random_state);
}

uint32_t bench_random_below(uint32_t bound) {
    return xorshift_below(bench_random(), bound);
}

/* Copies the value of `name=value` from the command line. False: not there. */
static bool argument(const char *name, char value[LINE_BYTES]) {
    static char line[LINE_BYTES];
    if (bsp_command_line(line, sizeof line) < 0) {
        return false;
    }
    size_t length = strlen(name);
    for (const char *word = line; word != NULL; word = strchr(word, ' ')) {
        word += strspn(word, " ");
        if (strncmp(word, name, length) == 0 && word[length] == '=') {
            const char *from = word + length + 1;
            size_t bytes = strcspn(from, " ");
            memcpy(value, from, bytes);
            value[bytes] = '\0';
            return true;
        }
    }
    return false;
}

static void choose_allocator(void) {
    char name[LINE_BYTES] = "moat";
    (void)argument("allocator", name);
    bench_managed = strcmp(name, "moat") == 0;
    if (bench_managed) {
        return;
    }
    const struct bench_allocator *at = allocators;
    while (at != NULL && strcmp(at->name, name) != 0) {
        at = at->next;
    }
    if (at == NULL) {
        bench_fail("no allocator of this name is linked");
    }
    bench_allocator = at;
}

static void start_allocator(size_t bytes) {
    if (!bench_managed) {
        bench_allocator->init(bench_arena, bytes);
    } else if (moat_init() != MOAT_OK || moat_arena_add(bench_arena, bytes) != MOAT_OK) {
        bench_fail("moat did not start");
    }
}

/* The workload whose name is `name` without its parameters. */
static const struct bench_workload *find_workload(const char *name) {
    for (const struct bench_workload *at = bench_workloads; at->name != NULL; at++) {
        size_t length = strlen(at->name);
        if (strncmp(at->name, name, length) == 0 && strchr("_0123456789", name[length]) != NULL) {
            return at;
        }
    }
    bench_fail("no workload of this name");
}

int main(void) {
    char name[LINE_BYTES] = "", seed[LINE_BYTES] = "";
    bsp_init();
    if (!bench_calibrate() || !bench_probe_calibrate()) {
        bench_fail("instructions are not counted exactly here: is QEMU run with the board's -icount?");
    }
    if (!argument("bench", name)) {
        bench_fail("no bench=NAME on the command line");
    }
    const struct bench_workload *workload = find_workload(name);
    if (argument("seed", seed)) {
        bench_random_state = bench_number(seed);
    }
    choose_allocator();
    const char *parameters = name + strlen(workload->name);
    start_allocator(workload->arena_bytes != NULL ? workload->arena_bytes(parameters) : BENCH_ARENA_BYTES);
    workload->run(parameters);
    bench_print("end", 0);
    return 0;
}

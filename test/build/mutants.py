#!/usr/bin/python3
"""Breaks core on purpose, one line at a time, and sees that the suite which is there for that line fails.

    test/build/mutants.py [--board BOARD] [--part | NAME...]

A mutant is a change of core's source that must apply exactly once, and the suite that must fail with it; the same
suite must pass without it. All of it happens in a scratch folder.

SPDX-License-Identifier: MIT"""
import argparse
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDERS = ("core", "lib", "port", "bsp", "make", "linker", "test", "examples", "wrap")
SECONDS = 45


@dataclass(frozen=True)
class Mutant:
    name: str
    file: str
    old: str
    new: str
    suite: str
    case: str = ""  # the case that is enough, where the suite is long
    config: str = ""
    board: str = ""  # where it shows, if that is not everywhere
    opt: str = "Os"  # the level at which it shows

    def place(self):
        """Matches `old` in the file, however it is laid out in lines."""
        parts = (re.escape(part) for part in re.findall(r"\w+|[^\w\s]", self.old))
        return re.compile(r"\s*".join(parts))


BARRIER, ALLOC, TASKS, WORDS, FINALIZERS = ("interrupt_barrier", "interrupt_alloc", "stack_tasks", "ambiguous",
                                            "interrupt_finalizer")
GUARD, WRAP, SLOTS = "guard_cases", "guard_wrap", "guard_slots"
OUT = "out_of_memory"
PACING, UTILISATION, REACH = "pacing", "utilisation", "reach"
TRAPS, MODEL, PERIODIC = "stack_traps", "model", "interrupt_periodic"
BARRIER_OF_TASKS, SOAK, KINDS = "task_barrier", "task_soak", "memory_kinds"
CPP, WEAK = "cpp", "weak"
GIVEN = "what_a_stack_gives_away_while_marking_is_kept"

MUTANTS = (
    Mutant("the old value is not shaded", "core/store/barrier.c", "    moat_mark_value(old);\n", "    (void)old;\n",
           BARRIER,
           "each_instruction_of_store"),
    Mutant("the new value is not shaded while a stack is grey", "core/store/barrier.c",
           "    moat_mark_value(old);\n    if (moat_heap.mark.stacks_grey) {",
           "    moat_mark_value(old);\n    if (false) {", BARRIER, "each_instruction_of_init"),
    Mutant("a clear has no barrier", "core/include/moat_barrier.h", "        moat_barrier_(*slot, NULL);\n", "",
           BARRIER,
           "each_instruction_of_clear"),
    Mutant("a ref is stored to without a barrier", "core/include/moat.hpp",
           "        moat_store_(MOAT_SLOT_(pointer_), erased(value));\n", "        pointer_ = value;\n", CPP),
    Mutant("a ref to a derived class is stored without a barrier", "core/include/moat.hpp",
           "        return *this = other.get();\n", "        pointer_ = other.get();\n        return *this;\n",
           "cpp_classes"),
    Mutant("refs that are const are not described", "core/include/moat.hpp",
           "template <class T> struct innermost_<const T> : innermost_<T> {};",
           "template <class T> struct innermost_<const T> { using type = T; static constexpr size_t count = 0; };",
           "cpp_classes"),
    Mutant("a ref is exchanged without a barrier", "core/include/moat.hpp",
           "return static_cast<T *>(moat_returned_pointer_(moat_exchange_(MOAT_SLOT_(pointer_), erased(value))));",
           "T *was = pointer_; pointer_ = value; return was;", CPP),
    Mutant("the first of an array of members is described only", "core/include/moat.hpp",
           "return {offset, sizeof(piece), innermost_<T>::count, piece_<piece>::map()};",
           "return {offset, sizeof(piece), 1, piece_<piece>::map()};", CPP),
    Mutant("members beyond the map are not described", "core/include/moat.hpp", "uint32_t(member.count), member.map,",
           "uint32_t(member.count), 0,", CPP),
    Mutant("a described member is not where it is", "core/include/moat.hpp",
           "found |= map << (offset + i * stride) / MOAT_WORD_BYTES;", "found |= map << i * stride / MOAT_WORD_BYTES;",
           CPP),
    Mutant("a destructor is not called", "core/include/moat.hpp", "        type.finalize = destroy_<T>;\n", "", CPP),
    Mutant("a pin outlives its scope", "core/include/moat.hpp", "            (void)moat_unpin(object_);\n", "", CPP),
    Mutant("a registered root is not registered", "core/include/moat.hpp",
           "result_(moat_root_add(this, nullptr, 1))", "result_(MOAT_OK)", CPP),
    Mutant("a registered root stays so", "core/include/moat.hpp", "            (void)moat_root_remove(this);\n", "",
           CPP),
    Mutant("what is made of a class is not constructed", "core/include/moat.hpp",
           "return unknown_(::new (place_{unknown_(memory)}) T(static_cast<arguments &&>(values)...));",
           "return static_cast<T *>(memory);", CPP),
    Mutant("a swap shades one side only", "core/store/barrier.c", "    shade(was_a, NULL);\n", "", BARRIER,
           "each_instruction_of_swap"),
    Mutant("a compare-and-swap does not mask", "core/store/barrier.c",
           "    moat_port_mask_t masked = moat_port_mask();\n    bool same = *slot == expected;\n",
           "    bool same = *slot == expected;\n    moat_port_mask_t masked = moat_port_mask();\n", BARRIER,
           "each_instruction_of_cas"),
    Mutant("a move does not shade what it overwrites", "core/store/move.c",
           "    shade_slots(range, (uintptr_t)to, true);\n",
           "    (void)to;\n", BARRIER, "each_instruction_of_move"),
    Mutant("a move does not shade what it brings", "core/store/move.c",
           "        shade_slots(range, (uintptr_t)from, false);\n",
           "        (void)from;\n", BARRIER, "each_instruction_of_move_part"),
    Mutant("a copy's last element is not shaded if it is cut", "core/store/move.c",
           "moat_scan_whole(range->type, base, last)", "last", "roots", "overwritten_at_every_step"),
    Mutant("a handler ends marking", "core/heap/cycle.c",
           "!moat_heap.mark.busy) {\n        (void)run_slice(MOAT_CONFIG_SLICE_UNITS, masked);\n",
           "!moat_heap.mark.busy) {\n        (void)run_slice(MOAT_CONFIG_SLICE_UNITS, masked);\n"
           "        (void)change_phase();\n",
           BARRIER, "each_instruction_of_store"),
    Mutant("a handler starts a cycle", "core/heap/cycle.c", "void moat_cycle_request(void) {\n",
           "void moat_cycle_request(void) {\n    moat_cycle_start();\n", OUT, ""),
    Mutant("the fast path does not mask", "core/heap/alloc.c",
           "    moat_port_mask_t masked = moat_port_mask();\n    MOAT_BUMP_(moat_header_of_type(type)",
           "    moat_port_mask_t masked = 0;\n    MOAT_BUMP_(moat_header_of_type(type)", ALLOC,
           "each_instruction_of_the_fast_path"),
    Mutant("a refill does not mask", "core/space/take.c",
           "    moat_port_mask_t masked = moat_port_mask();\n    if (moat_heap.cycle.phase == MOAT_PHASE_IDLE) {\n",
           "    moat_port_mask_t masked = 0;\n    if (moat_heap.cycle.phase == MOAT_PHASE_IDLE) {\n", ALLOC,
           "each_instruction_of_a_refill"),
    Mutant("a large claim does not look again", "core/space/large.c", "    if (!all_free(arena, first, granules)) {\n",
           "    if (!all_free(arena, first, granules) && false) {\n", ALLOC, "each_instruction_of_large_bytes"),
    Mutant("a grey link is followed as it is", "core/mark/grey.c", "moat_is_object_granule(arena, granule) &&",
           "true &&", "attacks", "a_grey_link_to_a_forged_object"),
    Mutant("a circle of grey objects is not looked for", "core/heap/cycle.c",
           "if (moat_heap.pace.work > moat_heap.mark.patience) {", "if (false) {\n        (void)look_for_circles;",
           "attacks", "a_grey_object_that_links_to_itself"),
    Mutant("a finalizer is called by any type", "core/mark/finalize.c",
           "    MOAT_REQUIRE(starts && moat_header_known(*moat_header_at(at)), 10, at);\n", "    (void)starts;\n",
           "attacks", "a_doomed_object_of_a_forged_type"),
    Mutant("a hole's link is followed as it is", "core/space/holes.h",
           "(MOAT_HEADER_HOLE | granules) && (moat_bits_at(arena->bias, at)->start & moat_bit_at(at)) != 0;",
           "(MOAT_HEADER_HOLE | granules);", "attacks", "a_hole_that_leads_to_forged_bytes"),
    Mutant("dead headers are not looked at", "core/space/sweep.c", "            look_closer(arena, at);\n",
           "            (void)look_closer;\n", "attacks", "twelve_bytes_over_a_dead_object"),
    Mutant("a raw store in an object is not found", "core/mark/stray.c",
           "if (find_in_object(arena, granule, out)) {", "if (find_in_object(arena, granule, out) && false) {",
           "raw_store",
           config="CHECK_BARRIER=1"),
    Mutant("a raw store in a root is not found", "core/mark/stray.c", "    return find_in_roots(out);\n",
           "    return find_in_roots(out) && false;\n", "raw_store", config="CHECK_BARRIER=1"),
    Mutant("a hole is born white while marking", "core/space/take.c",
           "        moat_bits_at(moat_arena_of(at)->bias, at)->mark &= ~moat_bit_at(at);\n",
           "        (void)moat_bit_at(at);\n",
           "model"),
    Mutant("an object is born white while marking", "core/space/bitmap.c", "    if (moat_born_black(arena, first)) {\n",
           "    if (false) {\n", "model"),
    Mutant("a marked hole is a survivor", "core/mark/mark.c", "    if (!moat_is_hole(*header)) {\n",
           "    if (true) {\n", "smoke"),
    Mutant("the lists outlive marking", "core/space/take.c",
           "    moat_holes_forget(&moat_heap.aside);\n    moat_heap.listed = 0;\n",
           "    (void)moat_holes_forget;\n", "walker"),
    Mutant("a run ends with its bitmap word", "core/space/search.h",
           "32 - first + moat_search_go_on(place, claim)", "32 - first",
           "allocation", "every_hole_of_a_checkerboard_is_found"),
    Mutant("back bytes are not written", "core/space/object.c", "        arena->back[word + back] = ",
           "        (void)arena->back[word + back];\n        (void)", "walker"),
    Mutant("a group is full while some of it is free", "core/space/sweep.c", "    if (in_use != UINT32_MAX) {\n",
           "    if (in_use != UINT32_MAX && !ended) {\n", MODEL),
    Mutant("the object before the chunk has no end", "core/space/object.c",
           "return before ? moat_granule_of(arena, chunk) : end;",
           "(void)before;\n    return end;", "model"),
    Mutant("a run of one granule is not used", "core/space/search.h", "    return ~(bits->start | bits->mark);\n",
           "    uint32_t mask = ~(bits->start | bits->mark);\n    return mask & (mask << 1 | mask >> 1);\n",
           "allocation", "every_second_granule_is_used_again"),
    Mutant("an object goes on in the rest of a dead one", "core/space/object.c",
           "    return moat_heap.sweep.carry != 0 && moat_heap.sweep.arena == arena && word == moat_heap.sweep.word;\n",
           "    return moat_heap.sweep.carry > 1 && moat_heap.sweep.arena == arena && word == moat_heap.sweep.word;\n",
           "allocation", "an_object_ends_before_the_rest_of_a_dead_one"),
    Mutant("a carry outlives its object", "core/space/sweep.c", "    carry &= moat_inside(&arena->bits[word]);\n", "",
           "allocation", "an_object_goes_on_where_a_dead_one_ended"),
    Mutant("the sweep frees nothing inside", "core/space/sweep.c", "uint32_t kept = inside & sum,",
           "uint32_t kept = inside | (0 & sum),", "walker"),
    Mutant("the hook is asked again by itself", "core/heap/hook.c",
           "hook == NULL || moat_heap.front.asking_hook", "hook == NULL", OUT, "hook_is_not_asked_by_itself"),
    Mutant("finalizers run cycles each for itself", "core/heap/cycle.h",
           "moat_heap.cycle.shared_on != moat_heap.front.stack_low ||", "true ||", OUT,
           "failing_allocation_runs_few_cycles"),
    Mutant("finalizers run no cycle", "core/heap/cycle.h", "moat_heap.cycle.number == moat_heap.cycle.shared_after;",
           "moat_heap.cycle.number + 1 == moat_heap.cycle.shared_after;", OUT, "finalizer_gets_what_another_lets_go"),
    Mutant("a handler stops before the reserve", "core/heap/alloc.c",
           "        moat_search_open();\n        moat_cycle_request();\n",
           "        moat_cycle_request();\n", OUT, "handler_asks_thread_mode"),
    Mutant("a cycle does not scan the stack it starts on", "core/heap/cycle.c", "    moat_stack_scan_current();\n", "",
           WORDS,
           "a_register_alone_holds_an_object"),
    Mutant("a slice of the thread does not mask", "core/heap/cycle.c",
           "    moat_port_mask_t masked = moat_port_mask();\n    units = run_slice(units, masked);\n",
           "    moat_port_mask_t masked = 0;\n    units = run_slice(units, masked);\n", ALLOC,
           "each_instruction_of_a_large_array"),
    Mutant("registers are not spilled", "core/mark/stack.c", "    (void)moat_port_spill_and_call(scan_current, NULL);",
           "    (void)scan_current(NULL, (uintptr_t)__builtin_frame_address(0));", WORDS,
           "a_register_alone_holds_an_object"),
    Mutant("a Cortex-M4F's registers are not spilled", "port/armv7m/spill.S", "    vpush {s16-s31}",
           "    sub sp, sp, #64", WORDS, "a_register_alone_holds_an_object", board="arm-mps2-an386"),
    Mutant("a RISC-V's registers of floating point are not spilled", "port/riscv/spill.S",
           "    FLOAT_STORE \\register, at(sp)\n", "", WORDS, "a_register_alone_holds_an_object",
           board="riscv32f-virt"),
    Mutant("a trap keeps no flags of floating point", "port/riscv/trap.S", "    fscsr t1\n", "", "float",
           "an_interrupt_leaves_the_flags", board="riscv32f-virt"),
    Mutant("a trap keeps no registers of floating point", "port/riscv/trap.S", "    FLOAD \\register, at(sp)\n", "",
           "float", "an_interrupt_changes_no_sum", board="riscv32f-virt"),
    Mutant("a word before an object keeps nothing", "core/mark/mark.c", "starts != 0; starts &= starts - 1",
           "false && starts != 0;",
           WORDS, "a_word_keeps_all_within_its_reach"),
    Mutant("a word past an object keeps nothing", "core/mark/mark.c",
           "moat_granules(ahead + MOAT_WORD_BYTES - 1 - MOAT_NEAR_BYTES)",
           "moat_granules(ahead + MOAT_WORD_BYTES - 1)", WORDS, "a_word_keeps_all_within_its_reach"),
    Mutant("a word below the heap keeps nothing", "core/mark/stack.c", "moat_reach_low(moat_heap.border.low)",
           "moat_heap.border.low",
           REACH, "in_the_only_arena"),
    Mutant("a word above the heap keeps nothing", "core/mark/stack.c", "moat_reach_span(moat_heap.border.span)",
           "moat_heap.border.span + MOAT_FAR_BYTES - MOAT_WORD_BYTES", REACH, "in_the_only_arena"),
    Mutant("a word below an arena keeps nothing", "core/mark/mark.c", "if (ahead < moat_reach_span(arena->span)) {",
           "if (ahead < moat_reach_span(arena->span) && word >= arena->low) {", REACH, "in_a_second_arena_above"),
    Mutant("a word above an arena keeps nothing", "core/mark/mark.c", "if (ahead < moat_reach_span(arena->span)) {",
           "if (ahead < moat_reach_span(arena->span) && word < arena->low + arena->span) {", REACH,
           "in_a_second_arena_below"),
    Mutant("only arrays are kept from afar", "core/mark/far.c",
           "if (start != MOAT_NO_GRANULE && distance <= MOAT_FAR_BYTES) {",
           "if (start != MOAT_NO_GRANULE && distance <= MOAT_FAR_BYTES && "
           "(*moat_header_at(moat_granule_address(arena, start)) & MOAT_HEADER_ARRAY) != 0) {", REACH,
           "in_the_only_arena"),
    Mutant("afar is looked at too rarely", "core/mark/far.c", "least *= 2", "least *= 4", REACH, "in_the_only_arena"),
    Mutant("a word keeps from afar in one arena only", "core/mark/mark.c",
           "arena = arena->next) { uintptr_t ahead", "arena = NULL) { uintptr_t ahead",
           REACH, "in_a_second_arena_above"),
    Mutant("a slot keeps by an end pointer", "core/mark/mark.c",
           "!moat_in_header((uintptr_t)value) || !moat_is_start(arena, granule)", "granule != MOAT_NO_GRANULE", WORDS,
           "a_slot_keeps_nothing_by_an_end_pointer"),
    Mutant("registered stacks are not scanned", "core/mark/stacks.c",
           "        (void)moat_port_spill_and_call(scan_registered, &visit);\n    }\n    return ",
           "        visit.stack->cycle = moat_heap.cycle.number;\n        visit.units = 1;\n    }\n    return ", TASKS),
    Mutant("what waits is not looked up", "core/heap/cycle.c", "    if (moat_stack_waits()) {\n", "    if (false) {\n",
           TASKS),
    Mutant("what cannot wait is not looked up", "core/mark/stack.c",
           "    moat_mark_ambiguous(word);\n    return LOOK_UP_UNITS;\n", "    return LOOK_UP_UNITS;\n", TASKS,
           "a_stack_keeps_more_than_can_wait"),
    Mutant("a stack added while marking is not scanned", "core/mark/stacks.c",
           "        moat_heap.mark.stacks_grey = true;\n", "        stack->cycle = moat_heap.cycle.number;\n", TASKS,
           "a_stack_added_while_marking_is_scanned"),
    Mutant("a stack removed while marking is not scanned", "core/mark/stacks.c",
           "moat_heap.cycle.phase == MOAT_PHASE_MARK && stack->cycle != moat_heap.cycle.number", "false", TASKS,
           "a_stack_removed_while_marking_is_scanned"),
    Mutant("a handle made while marking is not grey", "core/mark/handle.c", "            moat_mark_root(object);\n", "",
           TASKS, GIVEN),
    Mutant("a pin made while marking is not grey", "core/mark/pin.c", "        moat_mark_root(start);\n", "", TASKS,
           GIVEN),
    Mutant("a root added while marking is not shaded", "core/mark/root_add.c",
           "moat_port_unmask(masked);\n            if (moat_heap.cycle.phase == MOAT_PHASE_MARK) {",
           "moat_port_unmask(masked);\n            if (false) {", "roots"),
    Mutant("a handle deleted while marking is not shaded", "core/mark/handle.c",
           "        moat_mark_root(entry->object);\n", "",
           "handles", "deleted_at_every_step"),
    Mutant("a pin released while marking is not shaded", "core/mark/pin.c", "        moat_mark_root(pin->object);\n",
           "", "pins",
           "released_at_every_step"),
    Mutant("a root removed while marking is not shaded", "core/mark/root_add.c",
           "            continue;\n        }\n        if (moat_heap.cycle.phase == MOAT_PHASE_MARK) {",
           "            continue;\n        }\n        if (false) {", "roots"),
    Mutant("a root removed under the scan is scanned on", "core/mark/root_add.c", "        if (scans(root)) {\n",
           "        if (scans(root) && false) {\n", "roots", "removed_at_every_step_and_used"),
    Mutant("a finalizable is entered unmasked", "core/heap/alloc.c",
           "        moat_port_mask_t masked = moat_port_mask();\n        moat_finalize_enter(object);\n",
           "        moat_port_mask_t masked = 0;\n        moat_finalize_enter(object);\n", FINALIZERS,
           "at_each_instruction_of_an_allocation"),
    Mutant("the doomed are no roots", "core/mark/finalize.c",
           "    moat_mark_value(object);\n    moat_heap.finalizers.shade_at =", "    moat_heap.finalizers.shade_at =",
           "finalizers"),
    Mutant("a doomed object taken while marking is not shaded", "core/mark/finalize.c",
           "        moat_mark_root(object);\n", "",
           "finalizers"),
    Mutant("a weak reference that is read does not grey", "core/mark/weak.c", "        moat_mark_value(object);\n",
           "        (void)object;\n", WEAK, "what_is_read_at_every_step_is_kept"),
    Mutant("a weak reference is read unmasked", "core/mark/weak.c",
           "    moat_port_mask_t masked = moat_port_mask();\n    void *object = (void *)weak->target;",
           "    moat_port_mask_t masked = 0;\n    void *object = (void *)weak->target;", "interrupt_weak",
           "a_handler_at_each_instruction_of_use", config="ASSERT=1"),
    Mutant("weak references are decided one by one", "core/mark/weak.c",
           "bool walks = moat_heap.mark.stage == MOAT_STAGE_WEAK;", "bool walks = false;", WEAK,
           "what_is_read_at_every_step_is_kept"),
    Mutant("weak references are decided before the stacks are scanned", "core/mark/weak.c",
           "bool walks = moat_heap.mark.stage == MOAT_STAGE_WEAK;", "bool walks = true;", WEAK,
           "a_living_object_reads_at_every_step"),
    Mutant("a walk over weak references begins where the last ended", "core/mark/weak.c",
           "    moat_weak_refs.at = &moat_weak_refs.first;\n", "    if (moat_weak_refs.at == NULL) {\n"
           "        moat_weak_refs.at = &moat_weak_refs.first;\n    }\n", WEAK, "reads_until_death"),
    Mutant("a weak reference to a dead object is not cleared", "core/mark/weak.c",
           "        weak->target = 0;\n    }\n    if (dead) {", "    }\n    if (dead) {", WEAK, "reads_until_death"),
    Mutant("a dead weak reference stays in the list", "core/mark/weak.c",
           "        *moat_weak_refs.at = weak->next;\n", "        moat_weak_refs.at = &weak->next;\n", WEAK,
           "a_dead_one_leaves_the_list"),
    Mutant("a weak reference is entered unmasked", "core/mark/weak.c",
           "    moat_port_mask_t masked = moat_port_mask();\n    weak->target = (uintptr_t)object;",
           "    moat_port_mask_t masked = 0;\n    weak->target = (uintptr_t)object;", "interrupt_weak",
           "a_handler_at_each_instruction_of_use"),
    Mutant("weak references are not cleared before finalizers", "core/mark/late.c",
           "walks ? MOAT_STAGE_WEAK : after_weak();", "after_weak(); (void)walks;", WEAK,
           "cleared_before_a_finalizer_runs"),
    Mutant("the objects of the first arena are all", "core/inspect/objects.c", "arena = arena->next;", "arena = NULL;",
           WEAK, "objects_are_found_in_all_arenas"),
    Mutant("an unknown stack passes", "core/mark/stack.c", "(other != 0 || !is_known(sp))",
           "(other != 0 || (!is_known(sp) && sp == 0))", TRAPS),
    Mutant("a stack that was removed passes", "core/mark/stacks.c", "    moat_heap.front.stack_span = 0;\n", "", TRAPS),
    Mutant("a second task passes", "core/mark/stack.c", "(other != 0 || !is_known(sp))",
           "(other == 1 || !is_known(sp))", TRAPS),
    Mutant("a handler leaves for the thread", "core/mark/stack.h",
           "    if (!MOAT_CONFIG_TASKS && !moat_port_in_handler()) {\n        moat_heap.front.inside",
           "    if (true) {\n        moat_heap.front.inside", TRAPS),
    Mutant("a finalizer is inside", "core/mark/finalize.c", "    moat_stack_leave();\n",
           "    moat_heap.front.inside += 0;\n", TRAPS),
    Mutant("after a finalizer the stack is not looked at", "core/mark/finalize.c",
           "    moat_stack_enter(caller);\n", "    (void)caller;\n",
           TRAPS),
    Mutant("the hook is inside", "core/heap/hook.c",
           "caller = moat_stack_leave();\n", "caller = moat_heap.front.caller;\n",
           TRAPS),
    Mutant("after the hook the stack is not looked at", "core/heap/hook.c",
           "    moat_stack_enter(caller);\n", "    (void)caller;\n",
           TRAPS),
    Mutant("marking does not ask for the mask", "core/mark/mark.c",
           "void moat_mark_value(const void *value) {\n    MOAT_ASSERT(moat_port_is_masked());\n",
           "void moat_mark_value(const void *value) {\n", "asserts", config="ASSERT=1"),
    Mutant("an assertion names another line", "core/fault/causes.c", "    report.cause = line;\n",
           "    report.cause = line + 1;\n", "asserts", config="ASSERT=1"),
    Mutant("a handler runs finalizers", "core/heap/cycle.c", "        visit();\n        return false;\n",
           "        visit();\n        (void)moat_finalize_run();\n        return false;\n", FINALIZERS),
    Mutant("what lies behind the roots is taken for one", "core/include/moat_barrier.h",
           "(uintptr_t)MOAT_ROOTS_END_ - (uintptr_t)moat_roots_start;",
           "(uintptr_t)MOAT_ROOTS_END_ - (uintptr_t)moat_roots_start + 1048576;", GUARD, "object_into_c_owned"),
    Mutant("a compare-and-swap checks nothing", "core/store/barrier.c", "    MOAT_GUARD_STORE(slot, desired);\n", "",
           GUARD,
           "failing_cas"),
    Mutant("a swap checks one side only", "core/store/barrier.c", "    MOAT_GUARD_STORE(b, was_a);\n", "", GUARD,
           "swap_out_the_other_way"),
    Mutant("a pointer into an object is none", "core/guard/border.c",
           "moat_object_find(value, object) && !is_past(value, object) &&",
           "moat_object_find(value, object) && object->start == value && !is_past(value, object) &&", GUARD,
           "inside_into_c_owned"),
    Mutant("a pinned object traps", "core/guard/border.c", "!moat_pin_holds(object->start)",
           "object->start != NULL", GUARD, "unpinned_into_c_owned_legal"),
    Mutant("a persistent block traps", "core/mark/pin.c", "pinned || (moat_pin_is_persistent != NULL",
           "pinned && (moat_pin_is_persistent != NULL",
           GUARD, "into_malloc_memory_legal"),
    Mutant("a registered stack is foreign", "core/guard/border.c", " || moat_stack_overlaps(at, at + 1)", "", GUARD,
           "into_a_stack_no_longer_registered_legal"),
    Mutant("a root added at run time is foreign", "core/guard/border.c", " || moat_root_overlaps(at, at + 1)", "",
           GUARD,
           "into_a_root_removed_legal"),
    Mutant("regions added are not known", "core/guard/region.c", "        best = closer(best, &entry->region, at);\n",
           "        (void)entry;\n",
           GUARD, "into_a_region_added"),
    Mutant("the larger region counts", "core/guard/region.c", "bytes >= (uintptr_t)best->end",
           "bytes < (uintptr_t)best->end", GUARD,
           "into_a_named_region"),
    Mutant("slots before the part are looked at", "core/guard/range.c", "slot < range->start || ", "", GUARD,
           "part_behind_the_map_legal"),
    Mutant("a slot that is cut is looked at", "core/guard/range.c", "range->end - slot < MOAT_WORD_BYTES", "false",
           GUARD,
           "part_up_to_the_last_word_legal"),
    Mutant("an element shows itself only", "core/guard/call.c", "if (*bytes == 0 || element) {",
           "if (*bytes == 0 && !element) {",
           GUARD, "element_shows_its_array"),
    Mutant("calls are checked when that is switched off", "core/guard/call.c", "    enabled = level >= 1;\n", "", GUARD,
           "checks_switched_on_again_legal"),
    Mutant("a result that is an object passes", "core/guard/call.c",
           "    check_kept(MOAT_FAULT_RESULT, value, pc);\n", "", GUARD, "result_that_is_an_object"),
    Mutant("a window does not say that marking is under way", "core/mark/grey.c", "    moat_heap.mark.busy = true;\n",
           "",
           PERIODIC, "every_3499_instructions"),
    Mutant("a handler marks in a window", "core/heap/cycle.c", " && !moat_heap.mark.busy", "", PERIODIC,
           "every_3499_instructions"),
    Mutant("a window lets no handler in", "core/mark/grey.c",
           "    moat_port_unmask(masked);\n    (void)moat_port_mask();\n#if",
           "    (void)masked;\n#if",
           "mask_longest"),
    Mutant("the grey list is as it was before a look", "core/mark/grey.c", "        loop.grey = home->grey;\n", "",
           MODEL),
    Mutant("arrays are after the habit", "core/mark/grey.h",
           "(header & MOAT_HEADER_ARRAY) == 0 && moat_header_known(header);",
           "moat_header_known(header);", "types"),
    Mutant("types with gaps are after the habit", "core/include/moat_type.h", "((((map) + 1) & (map)) == 0 && (map)",
           "((map)", "types"),
    Mutant("types with runs are after the habit", "core/include/moat_type.h",
           "MOAT_FITS_(T, __VA_ARGS__) ? MOAT_FRONT_BYTES_(", "1 ? MOAT_FRONT_BYTES_(", "types"),
    Mutant("the port's loop goes on from within a scan", "port/armv7m/grey.S", "    cmn r8, #1\n    beq next_piece\n",
           "", "grey"),
    Mutant("the port takes arrays for objects", "port/armv7m/grey.S", "    bmi next_piece\n", "", "grey"),
    Mutant("the port knows no other type", "port/armv7m/grey.S", "    bne other\n", "    bne next_piece\n", "grey"),
    Mutant("the port looks at no slot's budget", "port/armv7m/grey.S", "    bmi late\n", "", "grey"),
    Mutant("the port takes a header for an object", "port/armv7m/grey.S", "cmp r4, r8, ror #3",
           "cmp r4, r8, lsr #3", "grey", "a_header_is_no_object"),
    Mutant("a slot that is late is lost", "core/mark/grey_loop.c", "                at--;\n", "", "grey"),
    Mutant("the loop takes a header for an object", "core/mark/grey_loop.c",
           "offset >> MOAT_GRANULE_SHIFT | offset << (MOAT_WORD_BITS - MOAT_GRANULE_SHIFT)",
           "offset >> MOAT_GRANULE_SHIFT", "grey", "a_header_is_no_object"),
    Mutant("doubtful words are marked as sure ones", "core/mark/grey.c",
           "                moat_mark_doubtful((void *)loop.value);\n",
           "                moat_mark_value((void *)loop.value);\n", "types", "numbers_that_look_like_pointers",
           opt="O2"),  # at -Os the two are one but for headers
    Mutant("plain C's barrier takes a number for a pointer", "core/store/barrier.c",
           "        moat_mark_doubtful(*(moat_slot *)slot);\n",
           "        moat_mark_value(*(moat_slot *)slot);\n", "types",
           "numbers_that_plain_c_overwrites", opt="O2"),
    Mutant("the loop marks doubtful words itself", "core/mark/grey.c", "loop->granules = scan->doubtful ? 0 :",
           "loop->granules =", "types", "numbers_that_look_like_pointers"),
    Mutant("a run's words are all sure", "core/mark/scan_runs.c",
           "run->inner_count == 0 && run->inner_stride == MOAT_RUN_DOUBTFUL;", "false;", "types",
           "numbers_that_look_like_pointers"),
    Mutant("a look that is late is lost", "core/mark/grey.c", "scan->at -= why == MOAT_GREY_LOOK;", "(void)scan;",
           MODEL),
    Mutant("only the first arena's grey objects are scanned", "core/mark/grey.c", ": other_grey_arena();",
           ": (other_grey_arena(), NULL);", "arenas"),
    Mutant("a large array's slots end with a word", "core/mark/scan_elements.c", "    scan->extends = granules != 0;\n",
           "    scan->extends = false;\n", "types"),
    Mutant("the port marks no bits", "port/armv7m/grey.S", "    str r11, [r9, #4]\n", "", "grey"),
    Mutant("the port takes far values for near ones", "port/armv7m/grey.S", "    bls elsewhere\n",
           "    beq elsewhere\n",
           "grey"),
    Mutant("the port looks up what is marked", "port/armv7m/grey.S", "    tst r10, r12\n    bne next_slot\n", "",
           "grey"),
    Mutant("the port spends nothing on pointers", "port/armv7m/grey.S", "    subs r6, #MOAT_GREY_POINTER\n", "",
           "grey"),
    Mutant("the port forgets the rest of far slots", "port/armv7m/grey.S",
           "    ldr r8, [r12, #FAR]\n    cmp r8, r1\n    beq nothing_more\n", "    b nothing_more\n", "grey"),
    Mutant("the port has no end of the list", "port/armv7m/grey.S", "    tst lr, #0x100000\n    bne next_piece\n", "",
           "grey"),
    Mutant("the chunk is there before it is clear", "core/space/take.c",
           "    moat_port_unmask(masked);\n"
           "    moat_clear_words(dirty == at ? moat_payload_at(at) : dirty, end);\n"
           "    (void)moat_port_mask();\n"
           "    if (next != end && moat_heap.cycle.number != cycle && MOAT_CONFIG_TASKS != 0) {\n"
           "        part(at, next, end);\n"
           "    } else if (next != end) {\n"
           "        give_up_chunk();\n"
           "        moat_heap.chunk.at = next;\n"
           "        moat_heap.chunk.limit = end;\n"
           "        moat_heap.chunk.bias = bias;\n"
           "    }\n",
           "    (void)cycle;\n"
           "    (void)part;\n"
           "    if (next != end) {\n"
           "        give_up_chunk();\n"
           "        moat_heap.chunk.at = next;\n"
           "        moat_heap.chunk.limit = end;\n"
           "        moat_heap.chunk.bias = bias;\n"
           "    }\n"
           "    moat_port_unmask(masked);\n"
           "    moat_clear_words(dirty == at ? moat_payload_at(at) : dirty, end);\n"
           "    (void)moat_port_mask();\n", ALLOC, "each_instruction_of_a_refill"),
    Mutant("the chunk is not cleared", "core/space/take.c",
           "    moat_clear_words(dirty == at ? moat_payload_at(at) : dirty, end);\n", "    (void)dirty;\n",
           "allocation"),
    Mutant("a hole is not cleared", "core/space/take.c",
           "    moat_clear_words(moat_payload_at(at), at + moat_bytes(granules));\n", "    (void)granules;\n",
           "allocation"),
    Mutant("a hole of raw bytes is not cleared", "core/heap/raw_bytes.c",
           "    moat_clear_words((uintptr_t)&hole->next, (uintptr_t)hole + extent);\n", "    (void)extent;\n",
           "allocation", "holes_are_no_objects_and_are_cleared"),
    Mutant("the chunk outlives IDLE", "core/space/take.c", "    give_up_chunk();\n    moat_holes_move",
           "    moat_holes_move", "walker"),
    Mutant("the lists aside are not in their map", "core/space/holes.c", "    to->map = from->map;\n", "", MODEL),
    Mutant("a run that is too short is lost", "core/space/take.c",
           "        moat_holes_file(&moat_heap.lists, bias, at, size);\n", "        (void)bias;\n", MODEL),
    Mutant("a run that marking leaves is lost", "core/space/take.c",
           "        put_aside(search->run_arena, search->run_at, size);\n", "", "allocation",
           "what_marking_leaves_of_a_run_is_a_hole"),
    Mutant("a run that marking passes is lost", "core/space/take.c",
           "            put_aside(search->arena, at, size);\n", "", "allocation",
           "what_is_too_small_while_marking_serves_others"),
    Mutant("what the search passes while marking is still to come", "core/space/take.c",
           "        use_up(size);\n", "",
           PACING),
    Mutant("a sweep that is followed is followed no more", "core/space/sweep.c", "        lead();\n    }\n    for",
           "        (void)lead;\n    }\n    for", OUT, "search_follows_the_sweep"),
    Mutant("the search follows the sweep from its end on", "core/space/search.c",
           "    if (moat_heap.sweep.arena != NULL) {\n        moat_search_stop_at", "    if (false) {\n"
           "        moat_search_stop_at", OUT, "search_follows_the_sweep"),
    Mutant("a run is claimed in its first word only", "core/space/search.h",
           "            place->word->mark |= mask & ~behind;\n", "            (void)claim;\n", MODEL),
    Mutant("a run goes on behind the stop", "core/space/search.c", "if (word < end) {", "if (joined || word < end) {",
           "allocation",
           "nothing_is_taken_behind_the_stop"),
    Mutant("the search goes on to its group's end", "core/space/search.c",
           "    search->place.group_end = search->place.word;\n", "", "allocation",
           "nothing_is_taken_behind_the_stop"),
    Mutant("the search keeps what it saw", "core/space/search.c",
           "        place->mask &= moat_free_mask(&place->word[-1]);\n", "        (void)0;\n", MODEL),
    Mutant("a hole's rest is lost", "core/space/holes.c", "    if (size > granules) {\n", "    if (false) {\n",
           MODEL),
    Mutant("a long hole has no length", "core/space/holes.h", "        moat_holes_note_long(hole, granules);\n",
           "        hole->granules = 0;\n", MODEL),
    Mutant("a hole that is cut is still counted", "core/space/holes.c", "    moat_heap.listed -= size;\n", "",
           "walker"),
    Mutant("a hole of raw bytes is still counted", "core/heap/raw_bytes.c",
           "        moat_heap.listed -= granules;\n", "",
           MODEL),
    Mutant("a hole that is filed is not counted", "core/space/holes.h", "    moat_heap.listed += granules;\n", "",
           "walker"),
    Mutant("a large object leaves the run", "core/space/large.c", "    leave_run(at, at + moat_bytes(granules));\n",
           "    (void)leave_run;\n", MODEL),
    Mutant("a large object leaves the search's word", "core/space/large.c",
           "    moat_search_look_again();\n    return true;\n", "    return true;\n", MODEL),
    Mutant("a large object is looked for behind the stop", "core/space/hunt.h",
           "    return arena == search->stop ? search->stop_word : 0;\n", "    return moat_arena_words(arena);\n",
           "allocation",
           "nothing_is_taken_behind_the_stop"),
    Mutant("a large object is not cleared", "core/space/large.c",
           "        moat_clear_words(moat_payload_at(at), at + moat_bytes(granules));\n", "", "allocation"),
    Mutant("a long object is not noted", "core/space/large.c", "granules > arena->longest", "granules == 0", REACH,
           "in_the_only_arena"),
    Mutant("a large object has no back bytes", "core/space/large.c",
           "            moat_object_back(arena, first, set);\n", "", "walker"),
    Mutant("the last word that an object fills has no back byte", "core/space/object.c", "word + back < last; back++",
           "word + back < last - 1; back++", "walker"),
    Mutant("back bytes overflow", "core/space/object.c", "(uint8_t)(back < UINT8_MAX ? back : UINT8_MAX)",
           "(uint8_t)back",
           "allocation", "a_huge_object_is_found_by_its_last_byte"),
    Mutant("a dead object that is not swept is found", "core/space/object.c", "return dead || hole", "(void)dead;\n    "
           "return hole", "allocation",
           "what_the_sweep_has_still_to_free_is_no_object"),
    Mutant("a hole is found as an object", "core/space/object.c", "return dead || hole", "(void)hole;\n    return dead",
           "allocation", "holes_are_no_objects_and_are_cleared"),
    Mutant("the chunk is found as an object", "core/space/object.c", "|| in_chunk ||", "|| (in_chunk && !in_chunk) ||",
           "allocation", "bytes_of_each_size"),
    Mutant("a dead object ends with its word", "core/space/sweep.c", "(sum < inside ? 1u : 0u)", "0u", "walker"),
    Mutant("a dead object at a word's end goes no further", "core/space/sweep.c", "*carry = white >> 31 |", "*carry =",
           MODEL),
    Mutant("the carry is lost between slices", "core/space/sweep.c", "carry = sweep->carry;", "carry = 0;", MODEL),
    Mutant("survivors stay black", "core/space/sweep.c", "    bits->mark = kept | black;\n", "    bits->mark = kept;\n",
           MODEL),
    Mutant("a group is full by its last slice", "core/space/sweep.c",
           "(word & (MOAT_GROUP_WORDS - 1)) == 0 ? UINT32_MAX : sweep->in_use;", "UINT32_MAX;", MODEL,
           config="SLICE_UNITS=1"),
    Mutant("the fence is white while marking", "core/heap/cycle.c",
           "        arena->bits[fence >> 5].mark &= ~moat_bit(fence);\n", "        (void)fence;\n", "walker"),
    Mutant("the reserve stays open", "core/heap/alloc.c", "    moat_search_stop_at(stop, word);\n",
           "    (void)stop;\n    (void)word;\n", OUT, "reserve_is_closed_again"),
    Mutant("the run is no room", "core/heap/pace.c",
           "pace->usable + moat_granules(moat_heap.search.run_end - moat_heap.search.run_at);", "pace->usable;",
           PACING),
    Mutant("the hook is not called", "core/fault/fault.c", "    if (hook != NULL) {", "    if (false) {", GUARD),
    Mutant("the audit reports a word once for each region", "core/guard/audit.c", " && moat_region_of(at) == region",
           "", GUARD,
           "audit_names_the_smallest_region"),
    Mutant("an audit in pieces begins again", "core/guard/audit.c", "        audit->next = at;\n",
           "        audit->next = 0;\n", GUARD,
           "audit_in_pieces"),
    Mutant("untyped copies out pass", "core/guard/bytes.c", "        check_source(to, from, bytes, pc);\n",
           "        (void)check_source;\n",
           WRAP, "memcpy_out"),
    Mutant("untyped copies over slots pass", "core/guard/bytes.c", "    check_destination(to, bytes, pc);\n",
           "    (void)check_destination;\n", WRAP, "memset_over_a_slot"),
    Mutant("the word of an element is not its type's", "core/space/slot_map.c",
           "array ? offset % type->size : offset", "array ? offset : offset",
           SLOTS, "member_of_an_element_legal", config="CHECK_SLOTS=1"),
    Mutant("runs have no slots", "core/space/slot_map.c",
           "i < type->run_count && !found", "i < type->run_count && found",
           SLOTS,
           "in_a_repeat_legal", config="CHECK_SLOTS=1"),
    Mutant("allocations do half the work that is due", "core/heap/pace.c",
           "    due = least > due ? least : due;\n", "    due = (least > due ? least : due) / 2;\n", PACING),
    Mutant("a cycle starts when memory is used up", "core/heap/pace.c",
           "    pace->reserve = reserve < most ? reserve : most;\n",
           "    pace->reserve = 0 * (reserve < most ? reserve : most);\n",
           PACING),
    Mutant("the search does not stop before the reserve", "core/space/sweep.c",
           "        moat_search_stop_at(moat_heap.sweep.place, moat_heap.sweep.place_word);\n",
           "        moat_search_open();\n", PACING),
    Mutant("work does not depend on the size asked for", "core/heap/pace.c",
           "    if (granules <= MOAT_PAYMENT_GRANULES) {\n", "    if (granules != 0) {\n", PACING,
           "large_requests_pay_in_proportion"),
    Mutant("a stack's scan is no time of the collector's", "core/heap/cycle.c",
           "        moat_utilisation_add(began, clock_now(), busy);\n",
           "        moat_utilisation_add(began, (clock_now(), began), busy);\n", UTILISATION, "a_stacks_scan_is_work",
           config="SLICE_CLOCK=1"),
    Mutant("a window's time counts from the sample after its beginning", "core/heap/utilisation.c",
           "now - sample_of(window, 1)->at >= length)", "now - sample_of(window, 0)->at >= length)", UTILISATION,
           config="SLICE_CLOCK=1"),
    Mutant("samples are a quarter of a window apart", "core/heap/utilisation.c", "length / MOAT_UTILISATION_PARTS",
           "length / 4",
           UTILISATION, config="SLICE_CLOCK=1"),
    Mutant("slices in a scan count twice", "core/heap/utilisation.c", "end - begin - (all->busy - busy)",
           "end - begin + 0 * busy",
           UTILISATION, config="SLICE_CLOCK=1"),
    Mutant("what is taken from the reserve is not made good", "core/space/take_in.c",
           "    if (is_of_reserve(hunt)) {",
           "    if (is_of_reserve(hunt) && false) {", KINDS, "reserve_is_made_good"),
    Mutant("requests for kinds never begin a cycle", "core/heap/arena_kinds.c",
           "        moat_cycle_request();\n", "", KINDS, "cycle_begins_in_time"),
    Mutant("a request that must not falls back", "core/heap/arena_kinds.c",
           "(request->memory & MOAT_MEMORY_ONLY) != 0 ? 0", "false ? 0", KINDS, "preference_falls_back_in_order"),
    Mutant("an arena that has one of the kinds will do", "core/heap/arena_kinds.c",
           "(memory & ~(kinds_of[arena->order] | MOAT_MEMORY_ONLY)) == 0",
           "(memory & (kinds_of[arena->order] | MOAT_MEMORY_ONLY)) != 0", KINDS, "each_call_is_served_from_its_kind"),
    Mutant("a gap inside a word is not seen", "core/space/take_in.c", "found = runs != 0;", "found = false;", KINDS,
           "gaps_of_each_size_are_found"),
    Mutant("what lies before the last place is not looked at again", "core/space/take_in.c",
           "        at = take_from(&hunt, 0);\n", "", KINDS, "nothing_that_is_free_and_fits_is_refused"),
    Mutant("an arena begins in the middle of a word", "core/heap/arena_add.c",
           "(uintptr_t)start + left_out, bytes - left_out", "(uintptr_t)start + 0 * left_out, bytes", "arenas",
           "odd_starts_lose_nothing"),
    Mutant("a task is switched away between a barrier and its store", "core/include/moat_barrier.h",
           "moat_port_mask_t masked_ = moat_port_mask()",
           "moat_port_mask_t masked_ = (moat_port_mask_t)moat_heap.marking",
           BARRIER_OF_TASKS, config="TASKS=1"),
    Mutant("a swap shades what it read before another task stored", "core/store/barrier.c", "!MOAT_CONFIG_TASKS || (",
           "true || (", BARRIER_OF_TASKS, config="TASKS=1"),
    Mutant("a copy's barrier and its store are two", "core/store/move_slots.c",
           "    shade(move, to, value);\n",
           "    shade(move, to, value);\n    moat_port_unmask(masked);\n    masked = moat_port_mask();\n",
           BARRIER_OF_TASKS, config="TASKS=1"),
    Mutant("a chunk outlives a cycle of another task", "core/space/take.c", "moat_heap.cycle.number != cycle",
           "moat_heap.cycle.number < cycle", "task_alloc", "each_instruction_of_node", config="TASKS=1"),
    Mutant("a task that ran meanwhile is not scanned again", "core/mark/task.c",
           "mark->stack->runs != mark->stack_runs", "false", "task_stacks", config="TASKS=1"),
    Mutant("a task that runs all the time is scanned for ever", "core/mark/task.c",
           "mark->stack_restarts <= RESTARTS_MAX", "mark->stack_restarts <= 100000 * RESTARTS_MAX", "task_stacks",
           config="TASKS=1"),
    Mutant("a preempted owner keeps all others from paying", "core/heap/cycle.c", "!owns && !moat_port_in_handler()",
           "!owns && false", "task_pace", config="TASKS=1", board="riscv32-virt"),
    Mutant("a cycle that nobody has begun is not behind", "core/heap/pace.c",
           "bool behind = moat_heap.cycle.requested;", "bool behind = false;", "task_pace", config="TASKS=1"),
    Mutant("an idle loop never rests", "core/heap/pace.c", "(moat_heap.search.used && moat_search_is_over())",
           "moat_search_is_over()", OUT, "idle_loop_rests_where_little_is_free"),
    Mutant("the collector's task never rests", "core/heap/pace.c", "search->used && search->arena", "search->arena",
           "task_pace", "the_collector_rests_where_nothing_is_made", config="TASKS=1"),
    Mutant("memory that is taken while a cycle runs is not used", "core/space/take.c", "    search->used = true;\n", "",
           OUT, "idle_loop_rests_where_little_is_free"),
    Mutant("a handler leaves a chunk of the reserve", "core/heap/alloc.c",
           "        moat_take_leave_chunk();\n        return object;", "        return object;", OUT,
           "handler_takes_no_chunk_of_the_reserve"),
    Mutant("a finalizer leaves a chunk of the reserve", "core/heap/alloc.c",
           "    moat_take_leave_chunk();\n    masked", "    masked", OUT,
           "who_may_start_no_cycle_takes_no_chunk_of_the_reserve"),
    Mutant("the hook is looked up again when it is called", "core/heap/hook.c", "again = hook(bytes)",
           "again = moat_heap.front.out_of_memory_hook(bytes)", OUT, "hook_may_be_unset_at_any_time"),
    Mutant("with tasks, a raw store is found at no address", "core/heap/cycle.c",
           "uintptr_t pc = MOAT_CONFIG_TASKS ? MOAT_CALLER() : moat_heap.front.caller;",
           "uintptr_t pc = moat_heap.front.caller;", "task_raw_store", config="TASKS=1 CHECK_BARRIER=1"),
    Mutant("a stack added while marking is black", "core/mark/stacks.c",
           "        if (moat_heap.cycle.phase == MOAT_PHASE_MARK) {\n            moat_heap.mark.stacks_grey",
           "        if (false) {\n            moat_heap.mark.stacks_grey", "task_stacks", config="TASKS=1"),
    Mutant("registers that are not on the stack are not scanned", "core/mark/task.c",
           "            scan_registers(stack);", "            (void)scan_registers;", "task_stacks", config="TASKS=1"),
    Mutant("a scan goes on when its task is gone", "core/mark/task.c", "    if (moat_heap.mark.stack == stack) {\n",
           "    if (moat_heap.mark.stack == stack && false) {\n", "task_stacks", config="TASKS=1"),
    Mutant("a visitor changes the phase", "core/heap/cycle.c", "        visit();\n        return false;\n",
           "        visit();\n        (void)change_phase();\n        return false;\n", SOAK, config="TASKS=1"),
    Mutant("a visitor marks on when marking has ended", "core/heap/cycle.c",
           "(!MOAT_CONFIG_TASKS || moat_heap.cycle.phase == MOAT_PHASE_MARK)", "true", "task_visit",
           config="TASKS=1 ASSERT=1"),
    Mutant("two tasks own the collector", "core/mark/owner.h", "!moat_port_in_handler() && moat_kernel_lock(false);",
           "!moat_port_in_handler();", SOAK, config="TASKS=1"),
    Mutant("an owner keeps its place", "core/mark/owner.h", "if (moat_heap.front.waiting != 0) {", "if (false) {", SOAK,
           config="TASKS=1"),
    Mutant("a window's visitor marks from the registers' past", "core/mark/grey.c",
           "return moat_heap.mark.turns != turn;", "return turn == 0;", SOAK, config="TASKS=1"),
    Mutant("the scan of the own stack goes on in another cycle", "core/mark/task.c",
           "if (moat_heap.cycle.number != cycle || moat_heap.cycle.phase != MOAT_PHASE_MARK) {",
           "if (cycle == 0) {", SOAK, config="TASKS=1 ASSERT=1"),
    Mutant("what lies behind a new object is lost when a cycle starts", "core/space/take.c",
           "        part(at, next, end);\n", "        (void)part;\n", "task_alloc", config="TASKS=1"),
    Mutant("a task that is in the hook has another one ask it too", "core/heap/hook.c",
           "hook == NULL || moat_heap.front.asking_hook", "hook == NULL", "task_hook", config="TASKS=1"),
    Mutant("the hook is asked for what it allocates", "core/heap/hook.c", "|| moat_heap.front.asking_hook", "", MODEL),
    Mutant("an arena that comes begins anywhere", "core/heap/arena_add.c",
           "(uintptr_t)start + left_out, bytes - left_out", "(uintptr_t)start + 0 * left_out, bytes", MODEL,
           "in_arenas_that_come"),
    Mutant("of nested structs one is not scanned", "core/mark/scan_runs.c", "scan->inner = run->inner_count;",
           "scan->inner = run->inner_count - 1;", MODEL),
    Mutant("a refill that handlers get into", "core/space/take.c",
           "    moat_port_mask_t masked = moat_port_mask();\n    if (moat_heap.cycle.phase == MOAT_PHASE_IDLE) {\n",
           "    moat_port_mask_t masked = 0;\n    if (moat_heap.cycle.phase == MOAT_PHASE_IDLE) {\n", MODEL),
)


class Failure(Exception):
    pass


def scratch_tree(at):
    for folder in FOLDERS:
        shutil.copytree(ROOT / folder, at / folder, ignore=shutil.ignore_patterns("__pycache__"))
    (at / "build").mkdir()
    if (ROOT / "build/newlib").exists():
        (at / "build/newlib").symlink_to(ROOT / "build/newlib")


def make(tree, board, opt, config, *targets):
    command = ["make", "-s", "-j2", "-f", "make/firmware.mk", f"BOARD={board}", "CHECK=2", f"OPT={opt}",
               f"CONFIG={config}", *targets]
    done = subprocess.run(command, cwd=tree, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if done.returncode != 0:
        raise Failure(f"does not build: {next((l for l in done.stdout.splitlines() if 'error' in l), done.stdout)}")
    return done.stdout


def passes(tree, board, opt, suite, case="", config=""):
    """Builds and runs a suite. Returns whether it passed, and what tells: the first failure or the way it ended."""
    if "ASSERT" not in config:
        config = f"{config} ASSERT=0".strip()  # it is the suite that has to see a mutant
    folder = f"check2-{opt}" + "".join("+" + option.replace("=", "-") for option in config.split())
    program = f"build/{board}/{folder}/test/{suite}.elf"
    make(tree, board, opt, config, program)
    runner = shlex.split(make(tree, board, opt, config, "run-command"))
    arguments = [f"case={case}"] if case else []
    command = [*runner, *(["-append", *arguments] if arguments else []), "-kernel", program] if runner else \
        [f"./{program}", *arguments]
    try:
        run = subprocess.run(command, cwd=tree, text=True, errors="replace", stdin=subprocess.DEVNULL, timeout=SECONDS,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    except subprocess.TimeoutExpired:
        return False, f"no end after {SECONDS} s"
    lines = run.stdout.splitlines()
    evidence = [line for line in lines if line.startswith("FAIL ")] + [line for line in lines
                                                                       if line.startswith("moat: ")]
    return run.returncode == 0, evidence[0] if evidence else f"exit status {run.returncode}"


def check_place(mutant):
    count = len(mutant.place().findall((ROOT / mutant.file).read_text()))
    if count != 1:
        raise Failure(f"{mutant.file} has {count} places like this one: {mutant.old.strip()}")


def try_mutant(tree, board, mutant):
    path = tree / mutant.file
    text = path.read_text()
    path.write_text(mutant.place().sub(lambda _: mutant.new, text))
    try:
        passed, evidence = passes(tree, board, mutant.opt, mutant.suite, mutant.case, mutant.config)
    finally:
        path.write_text(text)
    if passed:
        raise Failure(f"{mutant.suite} passes")
    return evidence


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--board", default="arm-mps2-an385")
    parser.add_argument("--part", action="store_true", help="the first of each folder, on one board")
    parser.add_argument("names", nargs="*", metavar="NAME", help="part of a mutant's name")
    options = parser.parse_args()
    chosen = [m for m in MUTANTS if not options.names or any(name in m.name for name in options.names)]
    if options.part:
        usual = [mutant for mutant in chosen if not mutant.board and not mutant.config and mutant.opt == "Os"]
        chosen = list({pathlib.Path(mutant.file).parent: mutant for mutant in reversed(usual)}.values())
    failed = False
    for mutant in MUTANTS:
        try:
            check_place(mutant)
            print(f"ok has its place: {mutant.name}", flush=True)
        except Failure as failure:
            failed = True
            print(f"FAIL {mutant.name}: {failure}", flush=True)
    with tempfile.TemporaryDirectory() as scratch:
        tree = pathlib.Path(scratch)
        scratch_tree(tree)
        for suite, case, config, board, opt in sorted({(m.suite, m.case, m.config, m.board, m.opt) for m in chosen}):
            passed, evidence = passes(tree, board or options.board, opt, suite, case, config)
            failed = failed or not passed
            name = " ".join(word for word in (suite, case, config, board, opt) if word)
            print(f"ok {name} without a mutant" if passed else f"FAIL {name} without a mutant: {evidence}", flush=True)
        for mutant in chosen:
            try:
                evidence = try_mutant(tree, mutant.board or options.board, mutant)
                print(f"# {evidence}\nok caught: {mutant.name}", flush=True)
            except Failure as failure:
                failed = True
                print(f"FAIL {mutant.name}: {failure}", flush=True)
    sys.exit(1 if failed else 0)


main()

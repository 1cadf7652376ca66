/* moat: the collector, its barrier, a handler and two tasks, as a model for spin. docs/design.md, "Barrier and phases",
 * is the argument; this looks at every interleaving of it for a heap of 4 objects of 2 slots.
 *
 * The claim: no object is freed that a root, a task's stack, the thread's registers or a slot of such an object leads to.
 *
 * What runs: the thread, which is task 0 or task 1 and switches between them outside barriers, and a handler, which
 * comes between any two atomic steps of the thread and runs to its end. An atomic block is a section with interrupts
 * masked, or one instruction. At its safe points the thread does one step of the collector at a time.
 *
 * THREAD_OPS and HANDLER_OPS bound how often thread and handler store, load, allocate or switch in a run of CYCLES
 * cycles; the collector's steps are not bounded. With HANDLER_OPS 0 there is no handler.
 * With MUTANT set to the number of a safeguard, it is missing, and spin must find the object that is lost: run.py
 * has the list.
 *
 * SPDX-License-Identifier: MIT */
#ifndef THREAD_OPS
#define THREAD_OPS 4
#endif
#ifndef HANDLER_OPS
#define HANDLER_OPS 2
#endif
#ifndef CYCLES
#define CYCLES 2
#endif
#ifndef MUTANT
#define MUTANT 0
#endif

#define OBJECTS 4 /* 1..OBJECTS, by their addresses; 0 is NULL */

#define FREE  0
#define WHITE 1
#define GREY  2
#define BLACK 3

#define IDLE  0
#define MARK  1
#define SWEEP 2

/* The heap. slot[2 * i] and slot[2 * i + 1] are the slots of object i; those of object 0 are the two roots. */
byte colour[OBJECTS + 1];
byte slot[2 * OBJECTS + 2];

/* The tasks' stacks: a word each. The one that does not run has been saved. */
byte stack[2];
bit task;

/* The thread's registers within a store: the object stored to, the old value that it has read, and the value. */
byte holder, old, value;

/* The collector. */
byte phase;
byte roots_left;     /* of the root slots, how many are not scanned */
bool stack_grey[2];  /* not scanned in this cycle */
byte scanned;        /* the object whose slots are being looked at, or 0 */
byte scanned_slots;  /* how many of them have been */
byte swept;          /* objects 1..swept have been swept */
byte cycles;

#define marking     (phase == MARK)
#define stacks_grey (stack_grey[0] || stack_grey[1])
#define any_grey    (scanned != 0 || colour[1] == GREY || colour[2] == GREY || colour[3] == GREY || colour[4] == GREY)

inline shade(object) {
    if
    :: object != 0 && colour[object] == WHITE -> colour[object] = GREY
    :: else
    fi
}

/* What the out-of-line half of a store does under its mask; `new` is what it brings. */
inline barrier(taken, new) {
    if
    :: marking ->
#if MUTANT != 1
        shade(taken);
#endif
#if MUTANT != 2
        if
        :: stacks_grey -> shade(new)
        :: else
        fi
#endif
    :: else
    fi
}

/* The colour that an object is born with. */
#if MUTANT == 3
#define born(object) ((phase == SWEEP && object > swept) -> BLACK : WHITE)
#elif MUTANT == 4
#define born(object) (phase == MARK -> BLACK : WHITE)
#else
#define born(object) ((phase == MARK || (phase == SWEEP && object > swept)) -> BLACK : WHITE)
#endif

/* Interrupts masked: the free object with the lowest address, cleared; 0 if there is none. */
inline allocate(result) {
    result = 1;
    do
    :: result <= OBJECTS && colour[result] != FREE -> result++
    :: else -> break
    od;
    if
    :: result <= OBJECTS ->
        slot[2 * result] = 0;
        slot[2 * result + 1] = 0;
        colour[result] = born(result)
    :: else -> result = 0
    fi
}

hidden byte alive; /* bit n: object n */
hidden byte i;
hidden byte round;

#define reach(object) alive = alive | (1 << (object))

/* Whether something that may still be used leads to an object. */
inline find_reachable() {
    alive = 0;
    reach(slot[0]);
    reach(slot[1]);
    reach(stack[0]);
    reach(stack[1]);
    reach(holder);
    reach(value);
    round = 1;
    do
    :: round < OBJECTS ->
        i = 1;
        do
        :: i <= OBJECTS ->
            if
            :: (alive >> i) & 1 -> reach(slot[2 * i]); reach(slot[2 * i + 1])
            :: else
            fi;
            i++
        :: else -> break
        od;
        round++
    :: else -> break
    od
}

/* One object of the sweep: it dies, or turns white for the next cycle. */
inline sweep_step() {
    swept++;
    if
    :: colour[swept] == WHITE ->
        find_reachable();
        assert(((alive >> swept) & 1) == 0);
        colour[swept] = FREE
    :: colour[swept] == BLACK && MUTANT != 10 -> colour[swept] = WHITE
    :: colour[swept] == BLACK && MUTANT == 10
    :: else -> assert(colour[swept] == FREE)
    fi
}

/* One slot, or the next grey object. */
inline mark_step() {
    if
    :: scanned != 0 && scanned_slots < 2 ->
        shade(slot[2 * scanned + scanned_slots]);
        scanned_slots++;
        if
        :: scanned_slots == 2 -> scanned = 0; scanned_slots = 0
        :: else
        fi
    :: else ->
        i = 1;
        do
        :: i <= OBJECTS && colour[i] != GREY -> i++
        :: else -> break
        od;
        if
        :: i <= OBJECTS -> colour[i] = BLACK; scanned = i; scanned_slots = 0
        :: else
        fi
    fi
}

inline start_cycle() {
    phase = MARK;
    cycles++;
    roots_left = 2;
    stack_grey[0] = true;
    stack_grey[1] = true;
#if MUTANT != 5
    shade(stack[task]);
    stack_grey[task] = false
#else
    stack_grey[task] = false
#endif
}

/* Phases change, and stacks are scanned, in thread mode alone: at its safe points, in this order. */
inline thread_step() {
    if
    :: phase == IDLE && cycles < CYCLES -> start_cycle()
    :: phase == MARK && any_grey -> mark_step()
    :: phase == MARK && !any_grey && roots_left != 0 -> roots_left--; shade(slot[roots_left])
#if MUTANT != 6
    :: phase == MARK && !any_grey && roots_left == 0 && stack_grey[0] -> shade(stack[0]); stack_grey[0] = false
    :: phase == MARK && !any_grey && roots_left == 0 && stack_grey[1] -> shade(stack[1]); stack_grey[1] = false
    :: phase == MARK && (!any_grey || MUTANT == 7) && roots_left == 0 && !stacks_grey -> phase = SWEEP; swept = 0
#else
    :: phase == MARK && !any_grey && roots_left == 0 -> phase = SWEEP; swept = 0; stack_grey[0] = false; stack_grey[1] = false
#endif
    :: phase == SWEEP && swept < OBJECTS -> sweep_step()
    :: phase == SWEEP && swept == OBJECTS -> phase = IDLE
    :: else
    fi
}

/* A slice in a handler: marks or sweeps, and changes no phase. */
inline handler_step() {
    if
    :: phase == MARK && any_grey -> mark_step()
#if MUTANT == 8
    :: phase == IDLE && cycles < CYCLES -> start_cycle()
#endif
    :: phase == SWEEP && swept < OBJECTS -> sweep_step()
    :: else
    fi
}

byte thread_ops, handler_ops;
byte at; /* the index of the slot that is stored to */

/* A heap of three objects to begin with, in which the first leads to others, or does not; the fourth is free. */
inline choose_heap() {
    colour[1] = WHITE;
    colour[2] = WHITE;
    colour[3] = WHITE;
    slot[0] = 1;
    if
    :: slot[2] = 2
    :: slot[2] = 0
    fi;
    if
    :: slot[3] = 3
    :: slot[3] = 0
    fi;
    if
    :: slot[4] = 3
    :: slot[4] = 0
    fi;
    if
    :: stack[0] = 2
    :: stack[0] = 0
    fi;
    if
    :: stack[1] = 3
    :: stack[1] = 0
    fi
}

/* An object that the thread can get hold of: its stack's, a root's. */
inline choose_holder() {
    if
    :: holder = stack[task]
    :: holder = slot[0]
    :: holder = 0 /* the roots */
    fi
}

active proctype thread() {
    bool flag;
    atomic { choose_heap() };
    do
    :: atomic { thread_ops < THREAD_OPS -> thread_ops++; choose_holder() };
        if
        :: atomic { stack[task] = slot[2 * holder]; holder = 0 } /* a load */
        :: atomic { stack[task] = slot[2 * holder + 1]; holder = 0 }
        :: atomic { stack[task] = 0; holder = 0 }
        :: atomic { allocate(stack[task]); holder = 0 }
        :: atomic { task = 1 - task; holder = 0 }
        :: atomic { /* a store: the value, the flag's test, the old value, the shade, the store itself */
               if
               :: at = 2 * holder
               :: at = 2 * holder + 1
               fi;
               if
               :: value = stack[task]
               :: value = 0
               fi
           };
           flag = marking;
#if MUTANT == 9
           task = 1 - task; /* another task runs on here, to safe points of its own */
           do
           :: atomic { thread_step() }
           :: atomic { stack[task] = slot[at] }
           :: break
           od;
           task = 1 - task;
#endif
           if
           :: flag -> old = slot[at];
               atomic { barrier(old, value); old = 0 }
           :: else
           fi;
           slot[at] = value;
           atomic { flag = false; at = 0; value = 0; holder = 0 }
        fi
    :: atomic { thread_step() }
    od
}

#if HANDLER_OPS != 0
/* Runs to its end before the thread goes on. What it holds is gone by then. */
active proctype handler() {
    byte held, place;
    do
    :: atomic {
           handler_ops < HANDLER_OPS ->
           handler_ops++;
           if
           :: held = slot[0]
           :: held = slot[1]
           :: held = slot[2 * slot[0]]
           :: held = slot[2 * slot[0] + 1]
           :: held = 0
           :: allocate(held)
           fi;
           if
           :: place = 1
           :: place = 2 * slot[0]
           :: place = 2 * slot[0] + 1
           fi;
#if MUTANT != 11
           barrier(slot[place], held);
#endif
           slot[place] = held;
           held = 0;
           place = 0
       }
    :: atomic { phase != IDLE || MUTANT == 8 -> handler_step() }
    od
}
#endif

/* tracker: what the device says about its heap, on request.
 *
 * SPDX-License-Identifier: MIT */
#ifndef TRACKER_ANSWERS_H
#define TRACKER_ANSWERS_H

/* Begins to count what grows, and the most there was. */
void answers_open(void);

/* A few steps of that, for each sentence. */
void answers_poll(void);

/* Prints what the memory is used for, what is free, what has grown, the most there was, and what keeps a position. */
void answers_print(void);

#endif

/* minimal.c's program with a type with a finalizer.
 *
 * SPDX-License-Identifier: MIT */
#include <moat.h>

struct file {
    int number;
};
static void close_file(void *file) {
    (void)file;
}
MOAT_TYPE_FINALIZED(file_type, struct file, close_file);

void use_feature(void);

void use_feature(void) {
    (void)MOAT_NEW(file_type);
}

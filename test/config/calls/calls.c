/* MOAT_CALL and MOAT_RETURN with what C may be passed: compiles without a warning at every CHECK level.
 *
 * SPDX-License-Identifier: MIT */
#include <moat.h>

struct record {
    int bits : 3;
    int number;
};
struct opaque;
struct message {
    int length;
    char data[];
};
struct tail {
    struct record *first;
    struct record records[];
};
extern const char symbol[];
extern struct record *const table_elsewhere[];

void no_argument(void);
int many(void (*callback)(int), const volatile char *text, struct record record, double number, float real, bool flag);
void callback(int number);
const void *take(const void *p);
void take_opaque(struct opaque *opaque, char **arguments);
extern int (*function)(int);

void copy(void *to, const void *from, size_t bytes);
void print(const char *format, ...) __attribute__((format(printf, 1, 2)));
void take_two(const struct record *first, const struct record *second);
void calls(struct opaque *opaque, struct record *record, char **arguments, char text_of_four[4],
           struct message *message, struct tail *tail);
void calls(struct opaque *opaque, struct record *record, char **arguments, char text_of_four[4],
           struct message *message, struct tail *tail) {
    static _Atomic(char *) atomic;
    volatile struct record changing = {0};
    volatile char text[3] = "";
    static const int table[4] = {0};
    const char *const constant = "x";
    uint8_t buffer[32];
    MOAT_CALL(copy, buffer, symbol, sizeof buffer);
    MOAT_CALL(copy, message->data, tail->records, 4);
    MOAT_CALL(copy, message, table_elsewhere, 4);
    MOAT_CALL(take_two, MOAT_KEPT(record), MOAT_KEPT((const struct record *)record));
    (void)MOAT_CALL(take, MOAT_KEPT(text_of_four));
    MOAT_CALL(no_argument);
    (void)MOAT_CALL(many, callback, text, *record, 1.0, 2.0f, true);
    (void)MOAT_CALL(many, &callback, NULL, *record, 1.0, 2.0f, false);
    MOAT_CALL(take_opaque, (void *)opaque, arguments);
    (void)MOAT_CALL(many, NULL, 0, changing, 1, 2, 1);
    (void)MOAT_CALL(function, record->bits);
    MOAT_CALL(copy, arguments, "text", 3);
    (void)MOAT_CALL(take, text_of_four);
    (void)MOAT_CALL(take, atomic);
    MOAT_CALL(print, "text %d", record->number);
    MOAT_CALL(take_two, &(struct record){.number = 1}, (&(struct record){2, 3}));
    (void)MOAT_CALL(take, constant);
    (void)MOAT_CALL(take, table);
    (void)MOAT_CALL(take, &table);
    (void)MOAT_CALL(take, "literal");
    (void)MOAT_CALL(take, MOAT_CALL(take, MOAT_CALL(take, record)));
}

const void *null_result(void);
const void *null_result(void) {
    MOAT_RETURN(NULL);
}

void *memory_result(void);
void *memory_result(void) {
    MOAT_RETURN(__builtin_malloc(1));
}

int number_result(int number);
int number_result(int number) {
    MOAT_RETURN(number + 1);
}

struct record record_result(const struct record *record);
struct record record_result(const struct record *record) {
    MOAT_RETURN(*record);
}

struct record literal_result(int number);
struct record literal_result(int number) {
    MOAT_RETURN((struct record){1, number});
}

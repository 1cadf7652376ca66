/* moat's plugin for GCC: what its files share. See docs/plugin.md, "How it works".
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_GCC_PLUGIN_H
#define MOAT_GCC_PLUGIN_H

/* Before GCC's headers, which forbid names that these use. */
#include <map>
#include <set>
#include <string>
#include <vector>

#include "gcc-plugin.h"

#include "tree.h"

#include "gimple.h"
#include "stringpool.h"

#include "attribs.h"
#include "basic-block.h"
#include "cgraph.h"
#include "context.h"
#include "diagnostic.h"
#include "fold-const.h"
#include "gimple-iterator.h"
#include "gimple-pretty-print.h"
#include "gimple-ssa.h"
#include "gimple-walk.h"
#include "gimplify-me.h"
#include "gimplify.h"
#include "ssa.h"
#include "stor-layout.h"
#include "tree-cfg.h"
#include "tree-dfa.h"
#include "tree-eh.h"
#include "tree-into-ssa.h"
#include "tree-pass.h"
#include "tree-ssa-alias.h"
#include "tree-ssanames.h"

/* What is done to a function's stores. */
enum class mode {
    none,    /* nothing */
    structs, /* known slots: members that a type names, and roots */
    managed, /* every store of a pointer */
    check,   /* every store of a pointer is checked, without barrier */
};

/* ---- main.cc ---- */

/* Keeps a tree from GCC's collector. */
tree keep(tree t);

/* A note on a store, if there is to be a report. */
void report(location_t where, const char *format, ...) ATTRIBUTE_GCC_DIAG(2, 3);

/* The function of moat_plugin.h of that name. Ends the compilation if the unit does not include moat.h. */
tree helper(const char *name);

/* True if the unit's tasks may be preempted: MOAT_CONFIG_TASKS. */
bool has_preemption();

/* A reference, for messages. */
std::string text_of(tree reference);

/* ---- types.cc ---- */

/* Notes what a declaration or a type tells of slots. Called by the front end. */
void types_note_declaration(tree declaration);
void types_note_type(tree type);

/* The unit's MOAT_TYPE of a type, or NULL_TREE. */
tree moat_type_of(tree type);

/* moat's own `struct moat_type` or `struct moat_run`. */
tree core_type(const char *text);

/* True if a type has a map in this unit, or was declared as MOAT_MANAGED. */
bool is_known(tree type);

/* Of a known type: whether the word at a byte offset is a slot. */
bool known_slot_at(tree type, HOST_WIDE_INT offset);

/* True for pointers to data, to a known type, and for aggregates that hold a pointer to data. */
bool is_data_pointer(tree type);
bool is_managed_pointer(tree type);
bool holds_pointers(tree type);

/* True for either: what a store of it, or a copy, may write a pointer by. */
bool has_slots(tree type);

/* `struct node`, for messages. */
std::string type_text(tree type);

/* ---- descriptors.cc ---- */

/* The address of the type of a record's, or of a pointer's, objects: the unit's, or one made here; for objects, or for
 * copies alone, which may have words that are no pointers. NULL_TREE if there can be none: an error was given. */
tree type_address(tree type, bool copies, location_t where);

/* True if one of `bytes` at an offset lies in a word that may be a pointer. */
bool has_slot_in(tree type, HOST_WIDE_INT offset, HOST_WIDE_INT bytes);

/* ---- flow.cc: what is known of one function; begin_function first ---- */

void flow_begin_function();

/* True if the address of a local variable may be known elsewhere when `at` is reached. */
bool escapes(tree variable, gimple *at);

/* True for a value that is never a pointer into the heap: NULL, addresses of variables and functions. */
bool is_constant_value(tree value);

/* True if `value` was cast from a pointer to an integer, or is one that was read as an integer. */
bool is_cast_pointer(tree value);

/* The allocation that made what an address points at, if no safe point lies between it and `at`. */
gimple *fresh_allocation(tree pointer, gimple *at);

/* True for an address that is a number. */
bool is_fixed(tree pointer);

/* True for the address of a MOAT_RAW. */
bool is_raw(tree pointer);

/* True if a value that is stored at `at` needs no shade: docs/plugin.md, "What is left out". */
bool is_value_safe(tree value, gimple *at);

/* The name of a direct call's function, without __builtin_; "" if it is not known. */
const char *callee_name(gimple *call);

/* ---- pointees.cc ---- */

/* The type with slots of what a pointer points at, as far back as it is told, or else the first type that is told;
 * NULL_TREE: bytes, or nothing. An array's is that of its elements. */
tree pointee_of(tree pointer);

/* A place in something that has a type. */
struct part {
    tree type; /* an element's, of an array; NULL_TREE: it is not known */
    HOST_WIDE_INT offset;
};

/* What a pointer points into, even between two words of it. */
part part_of(tree pointer);

/* True for what the front end makes of memcpy and kin. */
bool may_alias_all(tree reference);

/* The type with slots of what a reference to data goes over by a cast pointer; NULL_TREE: none is known. */
tree lied_about(tree reference);

/* ---- stores.cc ---- */

/* Where a store goes. */
enum class place {
    local,  /* a local variable that nobody else sees, or a MOAT_RAW */
    shared, /* a local variable whose address is known elsewhere */
    root,   /* a root by name */
    slot,   /* a member that a type names */
    plain,  /* a member that a type does not name */
    fixed,  /* an address that is a number: a peripheral's register */
    fresh,  /* an object from MOAT_NEW, no safe point since */
    any,    /* not known */
};
place place_of(tree reference, gimple *at);

/* The innermost union around a reference to data in one of whose other members a pointer lies there; NULL_TREE: none.
 * A store to the reference takes a pointer away. */
tree union_over_slots(tree reference);

/* True for an integer that a pointer fits. */
bool is_pointer_sized(tree type);

/* Puts a call of a helper before the statement. */
gcall *insert_call(gimple_stmt_iterator *gsi, location_t where, const char *name, std::vector<tree> arguments);

/* Puts a barrier before a store, of the word at `slot`, which gets `value`; of what is masked, the end behind it. */
void insert_barrier(gimple *store, tree slot, tree value);

/* The address of a reference, as an operand. */
tree address_of(gimple_stmt_iterator *gsi, tree reference);

/* A pointer or an integer as a `void *`, as an operand. */
tree as_pointer(gimple_stmt_iterator *gsi, tree value);

/* Instruments the stores of pointers in the current function. */
void stores_transform(mode how);

/* ---- copies.cc ---- */

/* Instruments aggregate copies, copies and clears by builtin, and atomic builtins; resolves MOAT_TYPE_OF. */
void copies_transform(mode how);

/* ---- refuse.cc ---- */

/* Errors on what can't be instrumented, warnings on pointers that are kept where nothing scans. */
void refuse_in_function(mode how);
void warn_of_statics();

#endif

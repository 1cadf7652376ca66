/* moat's plugin for GCC: what writes more than one pointer, or writes one by a builtin: copies of aggregates, memcpy
 * and kin, clears, atomic operations; and the results of calls, which are stores as well.
 *
 * SPDX-License-Identifier: MIT */
#include "plugin.h"

namespace {

/* Statements whose blocks' lists are about to change are collected first. */
template <typename Wanted> std::vector<gimple *> collect(Wanted wanted) {
    std::vector<gimple *> found;
    basic_block block;
    FOR_EACH_BB_FN(block, cfun) {
        for (gimple_stmt_iterator gsi = gsi_start_bb(block); !gsi_end_p(gsi); gsi_next(&gsi)) {
            if (wanted(gsi_stmt(gsi))) {
                found.push_back(gsi_stmt(gsi));
            }
        }
    }
    return found;
}

/* Takes a statement out, which an inserted one replaces. */
void drop(gimple_stmt_iterator *gsi) {
    gimple *statement = gsi_stmt(*gsi);
    unlink_stmt_vdef(statement);
    gsi_remove(gsi, true);
    release_defs(statement);
}

/* True if a type's slots are for the function's mode. */
bool is_ours(tree type, mode how) {
    return how == mode::managed || (how == mode::structs && (is_known(type) || is_managed_pointer(type)));
}

/* True if a copy to `type` from `source`, or a clear, may go over slots or take a pointer along. NULL_TREE: a type that
 * is not known. */
bool is_checked(tree type, tree source, mode how) {
    if (how == mode::structs) {
        return has_slots(source) && is_ours(source, how);
    }
    return has_slots(type) || has_slots(source) || (type == NULL_TREE && source == NULL_TREE);
}

/* The check of a copy by the type of its source. The guard does not know that of local variables and of C's memory. */
void check_source(gimple_stmt_iterator *gsi, mode how, tree to, tree from, tree bytes) {
    location_t where = gimple_location(gsi_stmt(*gsi));
    part source = part_of(from);
    if (source.offset < 0 || !has_slots(source.type) || TREE_CODE(TYPE_SIZE_UNIT(source.type)) != INTEGER_CST ||
        (how == mode::structs && !is_ours(source.type, how))) {
        return;
    }
    tree descriptor = type_address(source.type, true, where);
    if (descriptor != NULL_TREE) {
        insert_call(gsi, where, "moat_plugin_part_", {descriptor, to, from, size_int(source.offset), bytes});
    }
}

/* The type of what a pointer points at, or of what that lies in. */
tree source_of_pointer(tree pointer) {
    tree type = pointee_of(pointer);
    return type != NULL_TREE ? type : part_of(pointer).type;
}

/* The address of a local variable that nobody else sees, or of one of its parts. */
bool is_local_address(tree pointer, gimple *at) {
    if (TREE_CODE(pointer) == SSA_NAME) {
        gimple *made = SSA_NAME_DEF_STMT(pointer);
        bool plain = is_gimple_assign(made) && gimple_assign_rhs_code(made) == ADDR_EXPR;
        return plain && is_local_address(gimple_assign_rhs1(made), at);
    }
    return TREE_CODE(pointer) == ADDR_EXPR && place_of(TREE_OPERAND(pointer, 0), at) == place::local;
}

/* ---- results of calls ---- */

/* `slot = f()` becomes `t = f(); slot = t`. */
void split_result(gimple *call) {
    tree slot = gimple_call_lhs(call);
    tree type = TREE_TYPE(slot);
    if (TREE_ADDRESSABLE(type) && !is_gimple_reg_type(type)) {
        error_at(gimple_location(call),
                 "moat: a call makes %qE in place, and it holds slots: assign it from a variable", slot);
        return;
    }
    tree result = is_gimple_reg_type(type) ? make_ssa_name(type, call) : create_tmp_var(type, "moat_result");
    gimple_call_set_lhs(call, result);
    gassign *store = gimple_build_assign(slot, result);
    gimple_set_location(store, gimple_location(call));
    if (!stmt_ends_bb_p(call)) {
        gimple_stmt_iterator gsi = gsi_for_stmt(call);
        gsi_insert_after(&gsi, store, GSI_SAME_STMT);
        return;
    }
    edge next = find_fallthru_edge(gimple_bb(call)->succs);
    if (next != NULL) {
        gsi_insert_on_edge_immediate(next, store);
    }
}

bool stores_result(gimple *statement) {
    tree lhs = gimple_code(statement) == GIMPLE_CALL ? gimple_call_lhs(statement) : NULL_TREE;
    return lhs != NULL_TREE && TREE_CODE(lhs) != SSA_NAME &&
           (has_slots(TREE_TYPE(lhs)) || union_over_slots(lhs) != NULL_TREE) &&
           place_of(lhs, statement) != place::local;
}

/* ---- aggregates ---- */

bool copies_aggregate(gimple *statement) {
    return gimple_assign_single_p(statement) && holds_pointers(TREE_TYPE(gimple_assign_lhs(statement))) &&
           !gimple_clobber_p(statement) && place_of(gimple_assign_lhs(statement), statement) != place::local;
}

/* True if the type of the aggregate, or of one that it lies in, is known; or it is a root. */
bool is_known_aggregate(tree reference, gimple *at) {
    place where = place_of(reference, at);
    return is_known(TREE_TYPE(reference)) || where == place::slot || where == place::root;
}

void transform_aggregate(gimple *copy, mode how) {
    tree to = gimple_assign_lhs(copy), from = gimple_assign_rhs1(copy), type = TREE_TYPE(to);
    location_t where = gimple_location(copy);
    tree bytes = TYPE_SIZE_UNIT(type);
    if (how == mode::structs && !is_known_aggregate(to, copy)) {
        return;
    }
    gimple_stmt_iterator gsi = gsi_for_stmt(copy);
    bool clears = TREE_CODE(from) == CONSTRUCTOR;
    if (how == mode::check) {
        if (!clears) {
            tree source = address_of(&gsi, from), target = address_of(&gsi, to);
            insert_call(&gsi, where, "moat_plugin_bytes_", {target, source, bytes});
            check_source(&gsi, how, target, source, bytes);
            report(where, "copy of %s: checked", type_text(type).c_str());
        }
        return;
    }
    tree descriptor = type_address(type, true, where);
    if (descriptor == NULL_TREE) {
        return;
    }
    tree target = address_of(&gsi, to);
    if (clears) {
        insert_call(&gsi, where, "moat_plugin_zero_", {descriptor, target, bytes});
    } else {
        insert_call(&gsi, where, "moat_plugin_move_", {descriptor, target, address_of(&gsi, from), bytes});
    }
    report(where, "%s of %s: %s", clears ? "clear" : "copy", type_text(type).c_str(),
           clears ? "barrier" : "checked, barrier");
    drop(&gsi);
}

/* ---- memcpy and kin ---- */

struct block_call {
    int to, from, bytes; /* indices of arguments; from -1: a clear */
    int fill;            /* of the byte that is written; -1: none, or 0 */
};

const std::map<std::string, block_call> block_calls = {
    {"memcpy", {0, 1, 2, -1}},       {"memmove", {0, 1, 2, -1}},         {"mempcpy", {0, 1, 2, -1}},
    {"__memcpy_chk", {0, 1, 2, -1}}, {"__memmove_chk", {0, 1, 2, -1}},   {"__mempcpy_chk", {0, 1, 2, -1}},
    {"memset", {0, -1, 2, 1}},       {"__memset_chk", {0, -1, 2, 1}},    {"bcopy", {1, 0, 2, -1}},
    {"bzero", {0, -1, 1, -1}},       {"explicit_bzero", {0, -1, 1, -1}},
};

bool is_block_call(gimple *statement) {
    auto found = block_calls.find(callee_name(statement));
    return found != block_calls.end() && (int)gimple_call_num_args(statement) > found->second.bytes;
}

/* Replaces a call by one of ours that returns the destination. */
void replace_block_call(gimple *call, gimple_stmt_iterator *gsi, const char *name, std::vector<tree> arguments) {
    tree to = arguments[1], bytes = arguments.back(), lhs = gimple_call_lhs(call);
    insert_call(gsi, gimple_location(call), name, arguments);
    if (lhs != NULL_TREE) {
        bool behind = strstr(callee_name(call), "mempcpy") != NULL;
        tree result = behind ? fold_build_pointer_plus(fold_convert(ptr_type_node, to), bytes) : to;
        result =
            force_gimple_operand_gsi(gsi, fold_convert(TREE_TYPE(lhs), result), true, NULL_TREE, true, GSI_SAME_STMT);
        gimple_call_set_lhs(call, NULL_TREE);
        gassign *assign = gimple_build_assign(lhs, result);
        gimple_set_location(assign, gimple_location(call));
        gsi_insert_before(gsi, assign, GSI_SAME_STMT);
    }
    drop(gsi);
}

void transform_block_call(gimple *call, mode how) {
    const block_call &shape = block_calls.at(callee_name(call));
    tree to = gimple_call_arg(call, shape.to), bytes = gimple_call_arg(call, shape.bytes);
    tree from = shape.from < 0 ? null_pointer_node : gimple_call_arg(call, shape.from);
    tree fill = shape.fill < 0 ? integer_zero_node : gimple_call_arg(call, shape.fill);
    tree type = pointee_of(to), source = shape.from < 0 ? NULL_TREE : source_of_pointer(from);
    location_t where = gimple_location(call);
    gimple_stmt_iterator gsi = gsi_for_stmt(call);
    if (is_local_address(to, call)) {
        return;
    }
    if (has_slots(type) && is_ours(type, how)) {
        tree descriptor = type_address(type, true, where);
        if (!integer_zerop(fill)) {
            error_at(where, "moat: %qs fills slots with a byte that is not 0: clear them, or store to each",
                     callee_name(call));
        } else if (descriptor != NULL_TREE) {
            bool clears = shape.from < 0;
            if (!clears && source != NULL_TREE && TYPE_MAIN_VARIANT(source) != TYPE_MAIN_VARIANT(type)) {
                check_source(&gsi, how, to, from, bytes);
            }
            report(where, "%s over %s: %s", callee_name(call), type_text(type).c_str(),
                   clears ? "barrier" : "checked, barrier");
            replace_block_call(call, &gsi, clears ? "moat_plugin_zero_" : "moat_plugin_move_",
                               clears ? std::vector<tree>{descriptor, to, bytes}
                                      : std::vector<tree>{descriptor, to, from, bytes});
        }
        return;
    }
    if (is_checked(type, source, how)) {
        insert_call(&gsi, where, "moat_plugin_bytes_", {to, from, bytes});
        if (shape.from >= 0) {
            check_source(&gsi, how, to, from, bytes);
        }
        report(where, "%s of bytes: checked", callee_name(call));
    }
}

/* ---- copies that the front end has made of memcpy and kin ---- */

/* Of a type without slots. */
bool is_folded_copy(gimple *statement) {
    tree to = gimple_assign_single_p(statement) ? gimple_assign_lhs(statement) : NULL_TREE;
    if (to == NULL_TREE || !may_alias_all(to) || has_slots(TREE_TYPE(to))) {
        return false;
    }
    place where = place_of(to, statement);
    return where != place::local && where != place::fixed && !is_local_address(TREE_OPERAND(to, 0), statement);
}

/* The type of what such a copy reads, as pointee_of. */
tree source_of(tree from) {
    gimple *made = TREE_CODE(from) == SSA_NAME ? SSA_NAME_DEF_STMT(from) : NULL;
    if (made != NULL && gimple_assign_load_p(made)) {
        from = gimple_assign_rhs1(made);
    }
    return TREE_CODE(from) == MEM_REF ? source_of_pointer(TREE_OPERAND(from, 0)) : TREE_TYPE(from);
}

/* A word, in a register on its way. */
void transform_folded_word(gimple *copy, mode how, bool slot) {
    tree to = gimple_assign_lhs(copy), from = gimple_assign_rhs1(copy);
    location_t where = gimple_location(copy);
    gimple_stmt_iterator gsi = gsi_for_stmt(copy);
    tree value = as_pointer(&gsi, from), at = address_of(&gsi, to);
    insert_call(&gsi, where, how == mode::check ? "moat_plugin_foreign_" : "moat_plugin_check_", {at, value});
    if (slot && how != mode::check) {
        insert_barrier(copy, at, value);
    }
    report(where, "copy of a word: %s", slot && how != mode::check ? "checked, barrier" : "checked");
}

void transform_folded_block(gimple *copy, mode how, tree slots) {
    tree to = gimple_assign_lhs(copy), from = gimple_assign_rhs1(copy), bytes = TYPE_SIZE_UNIT(TREE_TYPE(to));
    location_t where = gimple_location(copy);
    gimple_stmt_iterator gsi = gsi_for_stmt(copy);
    tree target = address_of(&gsi, to), source = address_of(&gsi, from);
    if (slots == NULL_TREE || how == mode::check) {
        insert_call(&gsi, where, "moat_plugin_bytes_", {target, source, bytes});
        check_source(&gsi, how, target, source, bytes);
        report(where, "copy of bytes: checked");
        return;
    }
    tree descriptor = type_address(slots, true, where);
    if (descriptor != NULL_TREE) {
        insert_call(&gsi, where, "moat_plugin_move_", {descriptor, target, source, bytes});
        report(where, "copy over %s: checked, barrier", type_text(slots).c_str());
        drop(&gsi);
    }
}

void transform_folded(gimple *copy, mode how) {
    tree to = gimple_assign_lhs(copy), from = gimple_assign_rhs1(copy);
    tree type = pointee_of(TREE_OPERAND(to, 0)), source = source_of(from);
    bool ours = has_slots(type) && is_ours(type, how);
    if (!ours && !is_checked(type, source, how)) {
        return;
    }
    if (TREE_CODE(from) == SSA_NAME) {
        if (is_pointer_sized(TREE_TYPE(from))) {
            transform_folded_word(copy, how, ours || (type == NULL_TREE && how == mode::managed));
        }
    } else if (!is_gimple_min_invariant(from) && TREE_CODE(from) != CONSTRUCTOR) {
        transform_folded_block(copy, how, ours ? type : NULL_TREE);
    }
}

/* ---- atomic builtins ---- */

enum class atomic { none, store, exchange, cas, cas_bool, cas_value, other };

/* What a builtin does, by its name without the size at its end. */
atomic atomic_of(gimple *statement) {
    static const std::map<std::string, atomic> kinds = {
        {"__atomic_store", atomic::store},
        {"__atomic_exchange", atomic::exchange},
        {"__atomic_compare_exchange", atomic::cas},
        {"__sync_bool_compare_and_swap", atomic::cas_bool},
        {"__sync_val_compare_and_swap", atomic::cas_value},
        {"__sync_lock_test_and_set", atomic::exchange},
        {"__atomic_load", atomic::none},
    };
    std::string name = callee_name(statement);
    if (name.compare(0, 9, "__atomic_") != 0 && name.compare(0, 7, "__sync_") != 0) {
        return atomic::none;
    }
    std::string last = name.substr(name.rfind('_') + 1);
    bool sized = last == "1" || last == "2" || last == "4" || last == "8" || last == "16";
    auto found = kinds.find(sized ? name.substr(0, name.size() - last.size() - 1) : name);
    if (found == kinds.end() || (!sized && found->second != atomic::none)) {
        return atomic::other;
    }
    return found->second;
}

/* Replaces an atomic builtin by a helper, whose result may have another type. */
void replace_atomic(gimple *call, gimple_stmt_iterator *gsi, const char *name, std::vector<tree> arguments,
                    tree compared) {
    tree lhs = gimple_call_lhs(call);
    gcall *ours = insert_call(gsi, gimple_location(call), name, arguments);
    if (lhs != NULL_TREE) {
        tree result = make_ssa_name(TREE_TYPE(TREE_TYPE(helper(name))), ours);
        gimple_call_set_lhs(ours, result);
        tree value = compared == NULL_TREE
                         ? fold_convert(TREE_TYPE(lhs), result)
                         : fold_convert(TREE_TYPE(lhs), build2(EQ_EXPR, boolean_type_node, result, compared));
        value = force_gimple_operand_gsi(gsi, value, true, NULL_TREE, true, GSI_SAME_STMT);
        gimple_call_set_lhs(call, NULL_TREE);
        gsi_insert_before(gsi, gimple_build_assign(lhs, value), GSI_SAME_STMT);
    }
    drop(gsi);
}

/* A pointer in an integer, as peripherals take it. */
void check_integers(gimple *call, mode how) {
    for (unsigned i = 1; i < gimple_call_num_args(call); i++) {
        tree value = gimple_call_arg(call, i);
        if (is_pointer_sized(TREE_TYPE(value)) && is_cast_pointer(value)) {
            gimple_stmt_iterator gsi = gsi_for_stmt(call);
            const char *name = how == mode::check ? "moat_plugin_foreign_" : "moat_plugin_check_";
            tree brought = as_pointer(&gsi, value);
            insert_call(&gsi, gimple_location(call), name, {gimple_call_arg(call, 0), brought});
            report(gimple_location(call), "%s: checked, a pointer in an integer", callee_name(call));
        }
    }
}

void transform_atomic(gimple *call, mode how) {
    atomic kind = atomic_of(call);
    tree slot = gimple_call_num_args(call) > 0 ? gimple_call_arg(call, 0) : NULL_TREE;
    tree type = slot != NULL_TREE ? pointee_of(slot) : NULL_TREE;
    location_t where = gimple_location(call);
    gimple_stmt_iterator gsi = gsi_for_stmt(call);
    if (slot == NULL_TREE || is_local_address(slot, call) || (how == mode::structs && !is_managed_pointer(type))) {
        return;
    }
    if (!has_slots(type)) {
        check_integers(call, how);
        return;
    }
    if (how == mode::check) {
        if (kind != atomic::other) {
            tree value = gimple_call_arg(call, kind == atomic::store || kind == atomic::exchange ? 1 : 2);
            insert_call(&gsi, where, "moat_plugin_foreign_", {slot, as_pointer(&gsi, value)});
            report(where, "%s: checked", callee_name(call));
        }
        return;
    }
    if (kind == atomic::other || !is_data_pointer(type)) {
        error_at(where, "moat: %qs on a slot has no barrier: use an atomic store, exchange or compare-exchange",
                 callee_name(call));
        return;
    }
    report(where, "%s: checked, barrier", callee_name(call));
    tree second = gimple_call_arg(call, 1);
    if (kind == atomic::store || kind == atomic::exchange) {
        replace_atomic(call, &gsi, "moat_plugin_exchange_", {slot, as_pointer(&gsi, second)}, NULL_TREE);
    } else if (kind == atomic::cas) {
        tree desired = as_pointer(&gsi, gimple_call_arg(call, 2));
        if (!is_local_address(second, call)) {
            insert_barrier(call, second, null_pointer_node); /* it gets what the slot holds, if that is another */
        }
        replace_atomic(call, &gsi, "moat_plugin_cas_", {slot, second, desired}, NULL_TREE);
    } else {
        tree expected = as_pointer(&gsi, second), desired = as_pointer(&gsi, gimple_call_arg(call, 2));
        replace_atomic(call, &gsi, "moat_plugin_cas_value_", {slot, expected, desired},
                       kind == atomic::cas_bool ? expected : NULL_TREE);
    }
}

/* ---- MOAT_TYPE_OF ---- */

bool asks_for_type(gimple *statement) {
    return strcmp(callee_name(statement), "moat_plugin_type_of_") == 0;
}

void resolve_type(gimple *call) {
    tree variable = gimple_call_arg(call, 0), lhs = gimple_call_lhs(call);
    tree type = TREE_TYPE(TREE_TYPE(TREE_OPERAND(variable, 0)));
    tree address = type_address(type, false, gimple_location(call));
    gimple_stmt_iterator gsi = gsi_for_stmt(call);
    if (address != NULL_TREE && lhs != NULL_TREE) {
        report(gimple_location(call), "the type of %s: %s", type_text(type).c_str(),
               moat_type_of(type) != NULL_TREE ? "the unit's" : "made here");
        gimple_call_set_lhs(call, NULL_TREE);
        gassign *assign = gimple_build_assign(lhs, address);
        gimple_set_location(assign, gimple_location(call));
        gsi_insert_before(&gsi, assign, GSI_SAME_STMT);
    }
    drop(&gsi);
}

} // namespace

void copies_transform(mode how) {
    for (gimple *call : collect(stores_result)) {
        split_result(call);
    }
    for (gimple *call : collect([](gimple *g) { return atomic_of(g) != atomic::none; })) {
        transform_atomic(call, how);
    }
    for (gimple *copy : collect(copies_aggregate)) {
        transform_aggregate(copy, how);
    }
    for (gimple *copy : collect(is_folded_copy)) {
        transform_folded(copy, how);
    }
    for (gimple *call : collect(is_block_call)) {
        transform_block_call(call, how);
    }
    for (gimple *call : collect(asks_for_type)) {
        resolve_type(call);
    }
}

/* moat's plugin for GCC: stores of pointers.
 *
 * Each store stays as it is; before it stand the check, and before the first of a group of neighbours the barriers of
 * all, behind one test of the flag.
 *
 * SPDX-License-Identifier: MIT */
#include "plugin.h"

namespace {

/* A store that needs a barrier, in the order of the block. */
struct barrier {
    gimple *store;
    tree value; /* NULL_TREE: none that could be a heap pointer */
};

enum { GROUP_MAX = 4 };

const char root_section[] = ".bss.moat_roots";

bool is_root(tree variable) {
    return VAR_P(variable) && DECL_SECTION_NAME(variable) != NULL &&
           strcmp(DECL_SECTION_NAME(variable), root_section) == 0;
}

bool is_automatic(tree base) {
    return TREE_CODE(base) == PARM_DECL || TREE_CODE(base) == RESULT_DECL || (VAR_P(base) && auto_var_p(base));
}

/* Bytes from a component's container to it; what an index that is not constant adds does not matter, as all elements
 * are alike. */
HOST_WIDE_INT offset_in_container(tree component) {
    if (TREE_CODE(component) == COMPONENT_REF) {
        return int_byte_position(TREE_OPERAND(component, 1));
    }
    if (TREE_CODE(component) == ARRAY_REF && TREE_CODE(TREE_OPERAND(component, 1)) == INTEGER_CST) {
        return tree_to_shwi(TREE_OPERAND(component, 1)) * int_size_in_bytes(TREE_TYPE(component));
    }
    return 0;
}

/* What the types of a reference's containers say of it. */
place place_by_type(tree reference) {
    place answer = place::any;
    HOST_WIDE_INT offset = 0;
    tree inner = reference;
    for (;;) {
        if (inner != reference && is_known(TREE_TYPE(inner))) {
            if (known_slot_at(TREE_TYPE(inner), offset)) {
                return place::slot;
            }
            answer = place::plain;
        }
        if (!handled_component_p(inner)) {
            return answer;
        }
        offset += offset_in_container(inner);
        inner = TREE_OPERAND(inner, 0);
    }
}

const char *place_text(place where) {
    switch (where) {
    case place::shared:
        return "a local variable whose address is known elsewhere";
    case place::root:
        return "a root";
    case place::slot:
        return "a slot";
    case place::plain:
        return "a member that no type names";
    case place::fixed:
        return "a register";
    case place::fresh:
        return "a new object";
    default:
        return "memory";
    }
}

void note(gimple *store, place where, const char *what) {
    report(gimple_location(store), "store to %s, %s: %s", text_of(gimple_get_lhs(store)).c_str(), place_text(where),
           what);
}

void warn_of_plain(gimple *store, tree value) {
    if (is_managed_pointer(TREE_TYPE(value))) {
        warning_at(gimple_location(store), 0,
                   "moat: %qs holds a pointer to %qs, but no type names it: what it points at can be freed under it",
                   text_of(gimple_get_lhs(store)).c_str(), type_text(TREE_TYPE(TREE_TYPE(value))).c_str());
    }
}

void warn_of_integer(gimple *store, tree value) {
    for (int steps = 0; steps < 8 && TREE_CODE(value) == SSA_NAME; steps++) {
        gimple *made = SSA_NAME_DEF_STMT(value);
        if (!is_gimple_assign(made)) {
            return;
        }
        value = gimple_assign_rhs1(made);
        if (is_managed_pointer(TREE_TYPE(value))) {
            warning_at(gimple_location(store), 0,
                       "moat: %qs keeps a pointer to %qs as an integer, where nothing scans: pin it, or keep a handle",
                       text_of(gimple_get_lhs(store)).c_str(), type_text(TREE_TYPE(TREE_TYPE(value))).c_str());
            return;
        }
    }
}

/* A slot is precise: a pointer before its object, or far past it, keeps nothing. */
void warn_of_distance(gimple *store, tree value) {
    gimple *made = TREE_CODE(value) == SSA_NAME ? SSA_NAME_DEF_STMT(value) : NULL;
    if (made == NULL || !is_gimple_assign(made) || gimple_assign_rhs_code(made) != POINTER_PLUS_EXPR ||
        !tree_fits_uhwi_p(gimple_assign_rhs2(made))) {
        return;
    }
    tree pointer = gimple_assign_rhs1(made);
    HOST_WIDE_INT moved = sext_hwi(tree_to_uhwi(gimple_assign_rhs2(made)), POINTER_SIZE);
    gimple *allocation = fresh_allocation(pointer, made);
    bool known = is_managed_pointer(TREE_TYPE(pointer));
    bool single = allocation != NULL && strcmp(callee_name(allocation), "moat_new") == 0 && known;
    if ((known || allocation != NULL) && moved < 0) {
        warning_at(gimple_location(store), 0,
                   "moat: %qs holds a pointer %wd bytes before its object: it does not keep it",
                   text_of(gimple_get_lhs(store)).c_str(), -moved);
    } else if (single && moved > int_size_in_bytes(TREE_TYPE(TREE_TYPE(pointer)))) {
        warning_at(gimple_location(store), 0,
                   "moat: %qs holds a pointer %wd bytes past its object: it does not keep it",
                   text_of(gimple_get_lhs(store)).c_str(), moved - int_size_in_bytes(TREE_TYPE(TREE_TYPE(pointer))));
    }
}

void check(gimple *store, const char *name, tree value) {
    gimple_stmt_iterator gsi = gsi_for_stmt(store);
    tree slot = address_of(&gsi, gimple_get_lhs(store));
    if (INTEGRAL_TYPE_P(TREE_TYPE(value))) {
        value = as_pointer(&gsi, value);
    }
    insert_call(&gsi, gimple_location(store), name, {slot, value});
}

/* Of an object of C++, at its virtual functions. */
bool is_table_pointer(tree reference) {
    return TREE_CODE(reference) == COMPONENT_REF && DECL_VIRTUAL_P(TREE_OPERAND(reference, 1));
}

/* A pointer in an integer, as peripherals take it. */
void transform_integer(gimple *store, mode how) {
    tree value = gimple_assign_rhs1(store);
    place where = place_of(gimple_get_lhs(store), store);
    if (how == mode::structs || where == place::local || where == place::shared) {
        return;
    }
    if (union_over_slots(gimple_get_lhs(store)) == NULL_TREE) {
        warn_of_integer(store, value);
    }
    check(store, how == mode::check ? "moat_plugin_foreign_" : "moat_plugin_check_", value);
    note(store, where, "checked, a pointer in an integer");
}

/* The store of a pointer into a new object. */
void transform_fresh(gimple *store, tree value) {
    if (!is_constant_value(value)) {
        check(store, "moat_plugin_check_slot_", value);
    }
    if (is_value_safe(value, store)) {
        note(store, place::fresh, "nothing, it replaces nothing, and what it brings is kept");
        return;
    }
    gimple_stmt_iterator gsi = gsi_for_stmt(store);
    insert_call(&gsi, gimple_location(store), "moat_plugin_init_", {value});
    note(store, place::fresh, "barrier for what it brings");
}

/* Puts the check before a store, and says whether it needs a barrier. */
bool transform_pointer(gimple *store, mode how, barrier *needed) {
    tree value = gimple_assign_rhs1(store);
    place where = place_of(gimple_get_lhs(store), store);
    bool constant = is_constant_value(value);
    if (where == place::local) {
        note(store, where, "nothing, a local variable that nobody else sees");
        return false;
    }
    if (how == mode::structs && where != place::slot && where != place::root && where != place::fresh) {
        return false;
    }
    if (how == mode::check) {
        if (!constant && where != place::shared && where != place::root) {
            check(store, "moat_plugin_foreign_", value);
            note(store, where, "checked");
        }
        return false;
    }
    if (where == place::plain || where == place::fixed) {
        if (!constant && where == place::plain) {
            warn_of_plain(store, value);
        }
        if (!constant) {
            check(store, "moat_plugin_check_", value);
        }
        note(store, where, constant ? "nothing, not a heap pointer" : "checked");
        return false;
    }
    warn_of_distance(store, value);
    if (where == place::fresh) {
        transform_fresh(store, value);
        return false;
    }
    bool checked = !constant && where != place::root && where != place::shared;
    if (checked) {
        check(store, "moat_plugin_check_", value);
    }
    note(store, where, checked ? "checked, barrier" : "barrier");
    needed->store = store;
    needed->value = constant ? NULL_TREE : value;
    return true;
}

/* ---- data over the slots of a union ---- */

/* What a barrier has masked is open again behind the last store. */
void end_masked(gcall *begin, gimple *last) {
    tree masked = make_ssa_name(TREE_TYPE(TREE_TYPE(gimple_call_fndecl(begin))), begin);
    gimple_call_set_lhs(begin, masked);
    gcall *end = gimple_build_call(helper("moat_plugin_end_"), 1, masked);
    gimple_set_location(end, gimple_location(last));
    gimple_call_set_nothrow(end, true);
    gimple_stmt_iterator gsi = gsi_for_stmt(last);
    gsi_insert_after(&gsi, end, GSI_SAME_STMT);
}

/* The most words that one store may cover: each has a barrier. */
enum { COVERED_MAX = 8 };

/* Puts a barrier for each word that a store of data covers. lied: the type of what is there, if the store's is another.
 */
void transform_covering(gimple *store, mode how, tree lied) {
    tree target = gimple_get_lhs(store), value = gimple_assign_rhs1(store);
    place where = place_of(target, store);
    bool known = where == place::slot || where == place::root || (lied != NULL_TREE && is_known(lied));
    bool constant = is_gimple_min_invariant(value) || TREE_CODE(value) == CONSTRUCTOR;
    bool pointer = is_pointer_sized(TREE_TYPE(value)) && (is_cast_pointer(value) || (lied != NULL_TREE && !constant));
    if (how == mode::check || (how == mode::structs && !known) || where == place::local || where == place::plain ||
        where == place::fixed || (where == place::fresh && !pointer)) {
        return;
    }
    if (TREE_CODE(target) == COMPONENT_REF && DECL_BIT_FIELD_TYPE(TREE_OPERAND(target, 1)) != NULL_TREE) {
        target = TREE_OPERAND(target, 0);
    }
    HOST_WIDE_INT word = POINTER_SIZE_UNITS, bytes = int_size_in_bytes(TREE_TYPE(target));
    HOST_WIDE_INT words = bytes < 0 ? COVERED_MAX + 1 : (bytes + word - 1) / word;
    words += bytes > word && TYPE_ALIGN_UNIT(TREE_TYPE(target)) < word;
    if (lied != NULL_TREE && words > 1 && !constant) {
        error_at(gimple_location(store),
                 "moat: a store to %qs goes over slots of %qs by another type: assign the whole, or copy it by memcpy",
                 text_of(target).c_str(), type_text(lied).c_str());
        return;
    }
    if (words > COVERED_MAX) {
        error_at(gimple_location(store),
                 "moat: a copy to %qs goes over slots of a union, more than %d words: assign the union, or copy its "
                 "elements",
                 text_of(target).c_str(), COVERED_MAX);
        return;
    }
    gimple_stmt_iterator gsi = gsi_for_stmt(store);
    tree brought = pointer ? as_pointer(&gsi, value) : null_pointer_node;
    tree address = address_of(&gsi, target);
    tree first = fold_build2(BIT_AND_EXPR, size_type_node, fold_convert(size_type_node, address), size_int(-word));
    first = as_pointer(&gsi, first);
    for (HOST_WIDE_INT i = 0; i < words; i++) {
        tree slot = i == 0 ? first : as_pointer(&gsi, fold_build_pointer_plus_hwi(first, i * word));
        insert_barrier(store, slot, brought);
    }
    note(store, where, "barrier, a pointer may be there");
}

/* ---- groups of neighbours ---- */

/* True if an operand's value is there before `first`, which stands in the same block earlier. */
bool is_ready_before(tree operand, gimple *first) {
    if (TREE_CODE(operand) != SSA_NAME) {
        return true;
    }
    gimple *made = SSA_NAME_DEF_STMT(operand);
    if (gimple_code(made) == GIMPLE_NOP || gimple_code(made) == GIMPLE_PHI || gimple_bb(made) != gimple_bb(first)) {
        return true;
    }
    for (gimple_stmt_iterator gsi = gsi_for_stmt(first); !gsi_end_p(gsi); gsi_next(&gsi)) {
        if (gsi_stmt(gsi) == made) {
            return false;
        }
    }
    return true;
}

bool are_ready_before(tree reference, gimple *first) {
    for (; handled_component_p(reference); reference = TREE_OPERAND(reference, 0)) {
        if (TREE_CODE(reference) == ARRAY_REF && !is_ready_before(TREE_OPERAND(reference, 1), first)) {
            return false;
        }
    }
    return TREE_CODE(reference) != MEM_REF || is_ready_before(TREE_OPERAND(reference, 0), first);
}

/* True if nothing but assignments and calls of ours stands between two stores of one block. */
bool are_neighbours(gimple *first, gimple *second) {
    if (gimple_bb(first) != gimple_bb(second)) {
        return false;
    }
    for (gimple_stmt_iterator gsi = gsi_for_stmt(first); gsi_stmt(gsi) != second; gsi_next(&gsi)) {
        gimple *between = gsi_stmt(gsi);
        bool ours = strncmp(callee_name(between), "moat_plugin_check_", 18) == 0;
        if (!is_gimple_assign(between) && !is_gimple_debug(between) && !ours) {
            return false;
        }
    }
    return true;
}

void emit(const std::vector<barrier> &group) {
    static const char *const names[] = {"moat_plugin_barrier_", "moat_plugin_barrier_2_", "moat_plugin_barrier_3_",
                                        "moat_plugin_barrier_4_"};
    gimple_stmt_iterator gsi = gsi_for_stmt(group[0].store);
    std::vector<tree> arguments;
    for (const barrier &member : group) {
        arguments.push_back(address_of(&gsi, gimple_get_lhs(member.store)));
        arguments.push_back(member.value == NULL_TREE ? null_pointer_node : member.value);
    }
    gcall *call = insert_call(&gsi, gimple_location(group[0].store), names[group.size() - 1], arguments);
    if (has_preemption()) {
        end_masked(call, group.back().store);
    }
    for (size_t i = 1; i < group.size(); i++) {
        report(gimple_location(group[i].store), "its barrier is tested with the one of line %d",
               expand_location(gimple_location(group[0].store)).line);
    }
}

void emit_all(const std::vector<barrier> &barriers) {
    std::vector<barrier> group;
    for (const barrier &next : barriers) {
        bool joins = optimize > 0 && !group.empty() && group.size() < GROUP_MAX &&
                     are_neighbours(group.back().store, next.store) &&
                     are_ready_before(gimple_get_lhs(next.store), group[0].store) &&
                     (next.value == NULL_TREE || is_ready_before(next.value, group[0].store));
        if (!joins && !group.empty()) {
            emit(group);
            group.clear();
        }
        group.push_back(next);
    }
    if (!group.empty()) {
        emit(group);
    }
}

} // namespace

place place_of(tree reference, gimple *at) {
    tree base = get_base_address(reference);
    if (base == NULL_TREE || TREE_CODE(reference) == SSA_NAME) {
        return place::local;
    }
    if (DECL_P(base)) {
        if (is_automatic(base)) {
            return escapes(base, at) ? place::shared : place::local;
        }
        if (is_root(base)) {
            return place::root;
        }
    }
    if (TREE_CODE(base) == MEM_REF && is_raw(TREE_OPERAND(base, 0))) {
        return place::local;
    }
    if (TREE_CODE(base) == MEM_REF && is_fixed(TREE_OPERAND(base, 0))) {
        return place::fixed;
    }
    place by_type = place_by_type(reference);
    /* Another task may reach a safe point anywhere. */
    if (TREE_CODE(base) == MEM_REF && by_type != place::plain && !has_preemption() &&
        fresh_allocation(TREE_OPERAND(base, 0), at) != NULL) {
        return place::fresh;
    }
    return by_type;
}

tree union_over_slots(tree reference) {
    HOST_WIDE_INT offset = 0, bytes = int_size_in_bytes(TREE_TYPE(reference));
    bool known = bytes >= 0;
    for (tree inner = reference; handled_component_p(inner); inner = TREE_OPERAND(inner, 0)) {
        tree container = TREE_TYPE(TREE_OPERAND(inner, 0));
        known = known && (TREE_CODE(inner) != ARRAY_REF || TREE_CODE(TREE_OPERAND(inner, 1)) == INTEGER_CST);
        offset += offset_in_container(inner);
        if (TREE_CODE(container) == UNION_TYPE && holds_pointers(container) &&
            (!known || has_slot_in(container, offset, bytes))) {
            return container;
        }
    }
    return NULL_TREE;
}

bool is_pointer_sized(tree type) {
    return INTEGRAL_TYPE_P(type) && TYPE_PRECISION(type) == POINTER_SIZE;
}

gcall *insert_call(gimple_stmt_iterator *gsi, location_t where, const char *name, std::vector<tree> arguments) {
    vec<tree> operands = vNULL;
    for (tree argument : arguments) {
        operands.safe_push(argument);
    }
    gcall *call = gimple_build_call_vec(helper(name), operands);
    operands.release();
    gimple_set_location(call, where);
    gimple_call_set_nothrow(call, true);
    gsi_insert_before(gsi, call, GSI_SAME_STMT);
    return call;
}

void insert_barrier(gimple *store, tree slot, tree value) {
    gimple_stmt_iterator gsi = gsi_for_stmt(store);
    gcall *call = insert_call(&gsi, gimple_location(store), "moat_plugin_barrier_", {slot, value});
    if (has_preemption()) {
        end_masked(call, store);
    }
}

tree as_pointer(gimple_stmt_iterator *gsi, tree value) {
    return force_gimple_operand_gsi(gsi, fold_convert(ptr_type_node, value), true, NULL_TREE, true, GSI_SAME_STMT);
}

tree address_of(gimple_stmt_iterator *gsi, tree reference) {
    tree base = get_base_address(reference);
    if (base != NULL_TREE && DECL_P(base)) {
        TREE_ADDRESSABLE(base) = 1;
    }
    tree address = build_fold_addr_expr_with_type(unshare_expr(reference), ptr_type_node);
    return force_gimple_operand_gsi(gsi, address, true, NULL_TREE, true, GSI_SAME_STMT);
}

void stores_transform(mode how) {
    std::vector<gimple *> stores;
    basic_block block;
    FOR_EACH_BB_FN(block, cfun) {
        for (gimple_stmt_iterator gsi = gsi_start_bb(block); !gsi_end_p(gsi); gsi_next(&gsi)) {
            gimple *statement = gsi_stmt(gsi);
            if (gimple_store_p(statement) && gimple_assign_single_p(statement) && !gimple_clobber_p(statement)) {
                stores.push_back(statement);
            }
        }
    }
    std::vector<barrier> barriers;
    for (gimple *store : stores) {
        tree type = TREE_TYPE(gimple_get_lhs(store));
        barrier needed;
        if (is_table_pointer(gimple_get_lhs(store))) {
            continue;
        }
        if (is_data_pointer(type)) {
            if (transform_pointer(store, how, &needed)) {
                barriers.push_back(needed);
            }
        } else if (is_pointer_sized(type) && is_cast_pointer(gimple_assign_rhs1(store))) {
            transform_integer(store, how);
        }
        tree lied = has_slots(type) ? NULL_TREE : lied_about(gimple_get_lhs(store));
        if (!has_slots(type) && (lied != NULL_TREE || union_over_slots(gimple_get_lhs(store)) != NULL_TREE)) {
            transform_covering(store, how, lied);
        }
    }
    emit_all(barriers);
}

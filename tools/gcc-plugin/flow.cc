/* moat's plugin for GCC: what is known of values and variables of one function. Each answer that lets a store go
 * without something is argued in docs/plugin.md, "What is left out".
 *
 * SPDX-License-Identifier: MIT */
#include "plugin.h"

namespace {

/* By DECL_UID of a local variable: the statements that hand out its address. */
std::map<unsigned, std::set<gimple *>> takers;

/* How many steps back a value or a path is followed. */
enum { VALUE_STEPS = 16, PATH_BLOCKS = 64 };

bool is_allocation(gimple *call) {
    std::string name = callee_name(call);
    return name == "moat_new" || name == "moat_new_array" || name == "moat_new_flex" || name == "moat_new_bytes";
}

/* Copies and clears use an address and forget it. */
bool forgets_addresses(gimple *statement) {
    static const std::set<std::string> names = {
        "memcpy", "memmove", "memset", "mempcpy", "bcopy", "bzero", "moat_plugin_type_of_"};
    bool result = gimple_code(statement) == GIMPLE_CALL && gimple_call_lhs(statement) != NULL_TREE;
    bool ours = strcmp(callee_name(statement), "moat_plugin_type_of_") == 0;
    return names.count(callee_name(statement)) != 0 && (ours || !result);
}

bool note_address(gimple *statement, tree operand, tree, void *) {
    tree base = get_base_address(operand);
    if (base != NULL_TREE && DECL_P(base) && !forgets_addresses(statement)) {
        takers[DECL_UID(base)].insert(statement);
    }
    return false;
}

/* A call during which no object is allocated and no other task runs. */
bool is_no_safe_point(gimple *call) {
    std::string name = callee_name(call);
    bool ours = name.compare(0, 12, "moat_plugin_") == 0 && name != "moat_plugin_type_of_";
    static const std::set<std::string> macros = {"moat_store_",       "moat_init_store_",  "moat_clear_",
                                                 "moat_check_store_", "moat_guard_store_", "moat_barrier_",
                                                 "moat_barrier_at_"};
    return ours || macros.count(name) != 0 || gimple_call_builtin_p(call, BUILT_IN_NORMAL) ||
           (gimple_call_flags(call) & (ECF_CONST | ECF_PURE)) != 0 || gimple_call_internal_p(call);
}

bool may_be_safe_point(gimple *statement) {
    return gimple_code(statement) == GIMPLE_ASM ||
           (gimple_code(statement) == GIMPLE_CALL && !is_no_safe_point(statement));
}

enum class scanned { found, safe_point, start };

/* Looks at a block's statements from `gsi` backwards, for `wanted` or a safe point. */
scanned scan_back(gimple_stmt_iterator gsi, gimple *wanted) {
    for (; !gsi_end_p(gsi); gsi_prev(&gsi)) {
        if (gsi_stmt(gsi) == wanted) {
            return scanned::found;
        }
        if (may_be_safe_point(gsi_stmt(gsi))) {
            return scanned::safe_point;
        }
    }
    return scanned::start;
}

/* A block's predecessors that were not seen yet; false if the function's entry is one. */
bool push_predecessors(basic_block block, std::set<basic_block> *seen, std::vector<basic_block> *waiting) {
    edge e;
    edge_iterator ei;
    FOR_EACH_EDGE(e, ei, block->preds) {
        if (e->src == ENTRY_BLOCK_PTR_FOR_FN(cfun)) {
            return false;
        }
        if (seen->insert(e->src).second) {
            waiting->push_back(e->src);
        }
    }
    return true;
}

/* True if no way from `from`, which dominates it, to `to` leads over a safe point. */
bool is_without_safe_point(gimple *from, gimple *to) {
    std::set<basic_block> seen;
    std::vector<basic_block> waiting;
    gimple_stmt_iterator gsi = gsi_for_stmt(to);
    gsi_prev(&gsi);
    basic_block block = gimple_bb(to);
    for (scanned result = scan_back(gsi, from);; result = scan_back(gsi_last_bb(block), from)) {
        if (result == scanned::safe_point || seen.size() > PATH_BLOCKS ||
            (result == scanned::start && !push_predecessors(block, &seen, &waiting))) {
            return false;
        }
        if (waiting.empty()) {
            return true;
        }
        block = waiting.back();
        waiting.pop_back();
    }
}

enum class shared { yes, no, unknown };

/* Looks at a block's statements from `gsi` backwards, for one that hands a variable's address out, or for the end of
 * the variable's life before. */
shared look_back(gimple_stmt_iterator gsi, tree variable, const std::set<gimple *> &takers_of) {
    for (; !gsi_end_p(gsi); gsi_prev(&gsi)) {
        gimple *statement = gsi_stmt(gsi);
        if (takers_of.count(statement) != 0) {
            return shared::yes;
        }
        if (gimple_clobber_p(statement) && gimple_assign_lhs(statement) == variable) {
            return shared::no;
        }
    }
    return shared::unknown;
}

/* The statement that made a value, conversions and moves by a constant passed over. */
gimple *maker_of(tree value, bool moves) {
    for (int steps = 0; steps < VALUE_STEPS && value != NULL_TREE && TREE_CODE(value) == SSA_NAME; steps++) {
        gimple *made = SSA_NAME_DEF_STMT(value);
        if (!is_gimple_assign(made)) {
            return made;
        }
        tree_code code = gimple_assign_rhs_code(made);
        bool passes = CONVERT_EXPR_CODE_P(code) || code == SSA_NAME || (moves && code == POINTER_PLUS_EXPR);
        if (!passes) {
            return made;
        }
        value = gimple_assign_rhs1(made);
    }
    return NULL;
}

bool is_constant(tree value, int steps) {
    if (steps == 0) {
        return false;
    }
    STRIP_NOPS(value);
    if (TREE_CODE(value) == ADDR_EXPR) {
        tree base = get_base_address(TREE_OPERAND(value, 0));
        return base != NULL_TREE && (DECL_P(base) || CONSTANT_CLASS_P(base));
    }
    if (TREE_CODE(value) != SSA_NAME) {
        return is_gimple_min_invariant(value);
    }
    gimple *made = SSA_NAME_DEF_STMT(value);
    if (gimple_code(made) == GIMPLE_PHI) {
        for (unsigned i = 0; i < gimple_phi_num_args(made); i++) {
            if (!is_constant(gimple_phi_arg_def(made, i), steps / 2)) {
                return false;
            }
        }
        return true;
    }
    if (!is_gimple_assign(made)) {
        return false;
    }
    tree_code code = gimple_assign_rhs_code(made);
    bool passes = CONVERT_EXPR_CODE_P(code) || code == SSA_NAME || code == ADDR_EXPR || code == INTEGER_CST ||
                  code == POINTER_PLUS_EXPR;
    return passes && POINTER_TYPE_P(TREE_TYPE(gimple_assign_rhs1(made))) &&
           is_constant(gimple_assign_rhs1(made), steps - 1);
}

} // namespace

const char *callee_name(gimple *call) {
    tree function = gimple_code(call) == GIMPLE_CALL ? gimple_call_fndecl(call) : NULL_TREE;
    if (function == NULL_TREE || DECL_NAME(function) == NULL_TREE) {
        return "";
    }
    const char *name = IDENTIFIER_POINTER(DECL_NAME(function));
    return strncmp(name, "__builtin_", 10) == 0 ? name + 10 : name;
}

void flow_begin_function() {
    takers.clear();
    basic_block block;
    FOR_EACH_BB_FN(block, cfun) {
        for (gimple_stmt_iterator gsi = gsi_start_bb(block); !gsi_end_p(gsi); gsi_next(&gsi)) {
            walk_stmt_load_store_addr_ops(gsi_stmt(gsi), NULL, NULL, NULL, note_address);
        }
        for (gphi_iterator gsi = gsi_start_phis(block); !gsi_end_p(gsi); gsi_next(&gsi)) {
            walk_stmt_load_store_addr_ops(gsi.phi(), NULL, NULL, NULL, note_address);
        }
    }
}

bool escapes(tree variable, gimple *at) {
    auto found = takers.find(DECL_UID(variable));
    if (found == takers.end()) {
        return false;
    }
    std::set<basic_block> seen;
    std::vector<basic_block> waiting;
    gimple_stmt_iterator gsi = gsi_for_stmt(at);
    gsi_prev(&gsi);
    basic_block block = gimple_bb(at);
    for (shared result = look_back(gsi, variable, found->second);;
         result = look_back(gsi_last_bb(block), variable, found->second)) {
        if (result == shared::yes) {
            return true;
        }
        if (result == shared::unknown) {
            push_predecessors(block, &seen, &waiting);
            for (gphi_iterator phis = gsi_start_phis(block); !gsi_end_p(phis); gsi_next(&phis)) {
                if (found->second.count(phis.phi()) != 0) {
                    return true;
                }
            }
        }
        if (waiting.empty()) {
            return false;
        }
        block = waiting.back();
        waiting.pop_back();
    }
}

bool is_constant_value(tree value) {
    return is_constant(value, VALUE_STEPS);
}

bool is_cast_pointer(tree value) {
    for (int steps = 0; steps < VALUE_STEPS && TREE_CODE(value) == SSA_NAME; steps++) {
        gimple *made = SSA_NAME_DEF_STMT(value);
        if (!is_gimple_assign(made)) {
            return false;
        }
        tree_code code = gimple_assign_rhs_code(made);
        tree operand = gimple_assign_rhs1(made);
        if (gimple_assign_load_p(made)) {
            return lied_about(operand) != NULL_TREE;
        }
        bool bends = code == PLUS_EXPR || code == MINUS_EXPR || code == BIT_IOR_EXPR || code == BIT_AND_EXPR;
        if (!CONVERT_EXPR_CODE_P(code) && code != SSA_NAME && !bends) {
            return false;
        }
        if (POINTER_TYPE_P(TREE_TYPE(operand))) {
            return is_data_pointer(TREE_TYPE(operand)) && !is_constant_value(operand);
        }
        value = operand;
    }
    return false;
}

gimple *fresh_allocation(tree pointer, gimple *at) {
    gimple *made = maker_of(pointer, true);
    bool fresh = made != NULL && is_allocation(made) && is_without_safe_point(made, at);
    return fresh ? made : NULL;
}

bool is_fixed(tree pointer) {
    for (int steps = 0; steps < VALUE_STEPS && TREE_CODE(pointer) == SSA_NAME; steps++) {
        gimple *made = SSA_NAME_DEF_STMT(pointer);
        if (!gimple_assign_single_p(made) && !gimple_assign_cast_p(made)) {
            return false;
        }
        pointer = gimple_assign_rhs1(made);
    }
    return TREE_CODE(pointer) == INTEGER_CST;
}

bool is_raw(tree pointer) {
    gimple *made = maker_of(pointer, false);
    return made != NULL && strcmp(callee_name(made), "moat_plugin_raw_") == 0;
}

bool is_value_safe(tree value, gimple *at) {
    if (is_constant_value(value)) {
        return true;
    }
    gimple *made = maker_of(value, false);
    if (made == NULL || gimple_code(made) == GIMPLE_NOP || gimple_code(made) == GIMPLE_PHI) {
        return false;
    }
    bool loaded = gimple_assign_load_p(made) && place_of(gimple_assign_rhs1(made), made) == place::root;
    return (loaded || is_allocation(made)) && is_without_safe_point(made, at);
}

/* moat's plugin for GCC: what it can't instrument is an error; a pointer that is kept where nothing scans, a warning.
 *
 * SPDX-License-Identifier: MIT */
#include "plugin.h"

namespace {

/* By DECL_UID: variables that a call of moat_root_add names. */
std::set<unsigned> registered;

bool concerns(tree type, mode how) {
    return how == mode::managed ? has_slots(type) : is_managed_pointer(type) || is_known(type);
}

bool clobbers_memory(gasm *assembly) {
    for (unsigned i = 0; i < gimple_asm_nclobbers(assembly); i++) {
        if (strcmp(TREE_STRING_POINTER(TREE_VALUE(gimple_asm_clobber_op(assembly, i))), "memory") == 0) {
            return true;
        }
    }
    return false;
}

void refuse_assembly(gasm *assembly, mode how) {
    location_t where = gimple_location(assembly);
    for (unsigned i = 0; i < gimple_asm_noutputs(assembly); i++) {
        tree output = TREE_VALUE(gimple_asm_output_op(assembly, i));
        bool slots = concerns(TREE_TYPE(output), how) || union_over_slots(output) != NULL_TREE;
        if (slots && place_of(output, assembly) != place::local) {
            error_at(where,
                     "moat: assembly writes %qs, which may be a slot, and has no barrier: let it write a local "
                     "variable, and store that",
                     text_of(output).c_str());
            return;
        }
    }
    if (gimple_asm_string(assembly)[0] == '\0' || !clobbers_memory(assembly)) {
        return;
    }
    for (unsigned i = 0; i < gimple_asm_ninputs(assembly); i++) {
        tree input = TREE_VALUE(gimple_asm_input_op(assembly, i));
        if (is_managed_pointer(TREE_TYPE(input))) {
            error_at(where,
                     "moat: assembly may store a pointer to %qs, unseen: it takes one and clobbers memory; give "
                     "it an integer if it does not keep it",
                     type_text(TREE_TYPE(TREE_TYPE(input))).c_str());
            return;
        }
    }
}

void note_root(gimple *call) {
    tree start = gimple_call_num_args(call) > 0 ? gimple_call_arg(call, 0) : NULL_TREE;
    tree base =
        start != NULL_TREE && TREE_CODE(start) == ADDR_EXPR ? get_base_address(TREE_OPERAND(start, 0)) : NULL_TREE;
    if (base != NULL_TREE && DECL_P(base)) {
        registered.insert(DECL_UID(base));
    }
}

/* The record that a variable points at, if that is all it does: a pointer, or an array of them. */
tree pointed_at(tree type) {
    while (TREE_CODE(type) == ARRAY_TYPE) {
        type = TREE_TYPE(type);
    }
    return is_managed_pointer(type) ? TREE_TYPE(type) : NULL_TREE;
}

} // namespace

void refuse_in_function(mode how) {
    basic_block block;
    FOR_EACH_BB_FN(block, cfun) {
        for (gimple_stmt_iterator gsi = gsi_start_bb(block); !gsi_end_p(gsi); gsi_next(&gsi)) {
            gimple *statement = gsi_stmt(gsi);
            if (gimple_code(statement) == GIMPLE_ASM && how != mode::check) {
                refuse_assembly(as_a<gasm *>(statement), how);
            } else if (strcmp(callee_name(statement), "moat_root_add") == 0) {
                note_root(statement);
            }
        }
    }
}

void warn_of_statics() {
    varpool_node *node;
    FOR_EACH_VARIABLE(node) {
        tree variable = node->decl;
        tree record = DECL_EXTERNAL(variable) || TREE_READONLY(variable) ? NULL_TREE : pointed_at(TREE_TYPE(variable));
        bool scanned =
            DECL_SECTION_NAME(variable) != NULL && strncmp(DECL_SECTION_NAME(variable), ".bss.moat_", 10) == 0;
        if (record != NULL_TREE && !scanned && !DECL_ARTIFICIAL(variable) &&
            registered.count(DECL_UID(variable)) == 0) {
            warning_at(DECL_SOURCE_LOCATION(variable), 0,
                       "moat: %qD points at %qs and is no root: what it points at can be freed under it; declare it "
                       "with %<MOAT_ROOT%>",
                       variable, type_text(record).c_str());
        }
    }
}

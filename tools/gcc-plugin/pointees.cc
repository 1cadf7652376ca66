/* moat's plugin for GCC: what pointers point at, as far as the function tells by types.
 *
 * SPDX-License-Identifier: MIT */
#include "plugin.h"

namespace {

/* How many steps back a pointer is followed. */
enum { STEPS = 16 };

/* The union that begins where a reference to data in it does, if that lies over slots. */
tree union_from(tree reference) {
    tree around = has_slots(TREE_TYPE(reference)) ? NULL_TREE : union_over_slots(reference);
    while (around != NULL_TREE && TREE_TYPE(reference) != around) {
        bool first = TREE_CODE(reference) == COMPONENT_REF ? integer_zerop(byte_position(TREE_OPERAND(reference, 1)))
                     : TREE_CODE(reference) == ARRAY_REF ? integer_zerop(TREE_OPERAND(reference, 1))
                                                         : false;
        if (!first) {
            return NULL_TREE;
        }
        reference = TREE_OPERAND(reference, 0);
    }
    return around;
}

bool is_bytes(tree type) {
    return VOID_TYPE_P(type) || (INTEGRAL_TYPE_P(type) && TYPE_PRECISION(type) == CHAR_TYPE_SIZE);
}

/* The address that a variable holds by name, or NULL_TREE. */
tree named_address(tree pointer) {
    gimple *made = TREE_CODE(pointer) == SSA_NAME ? SSA_NAME_DEF_STMT(pointer) : NULL;
    if (made != NULL && gimple_assign_single_p(made)) {
        pointer = gimple_assign_rhs1(made);
    }
    return TREE_CODE(pointer) == ADDR_EXPR ? pointer : NULL_TREE;
}

/* What a pointer was cast from, or is a constant number of bytes behind; NULL_TREE: neither. */
tree behind_cast(tree pointer, HOST_WIDE_INT *offset) {
    gimple *made = TREE_CODE(pointer) == SSA_NAME ? SSA_NAME_DEF_STMT(pointer) : NULL;
    if (made == NULL || !is_gimple_assign(made)) {
        return NULL_TREE;
    }
    tree_code code = gimple_assign_rhs_code(made);
    if (code == POINTER_PLUS_EXPR && offset != NULL && tree_fits_uhwi_p(gimple_assign_rhs2(made))) {
        *offset += sext_hwi(tree_to_uhwi(gimple_assign_rhs2(made)), POINTER_SIZE);
    } else if (!CONVERT_EXPR_CODE_P(code) && code != SSA_NAME) {
        return NULL_TREE;
    }
    return gimple_assign_rhs1(made);
}

} // namespace

tree pointee_of(tree pointer) {
    tree first = NULL_TREE;
    for (int steps = 0; steps < STEPS && pointer != NULL_TREE; steps++) {
        tree address = named_address(pointer), type = NULL_TREE;
        if (address != NULL_TREE) {
            tree around = union_from(TREE_OPERAND(address, 0));
            type = around != NULL_TREE ? around : TREE_TYPE(TREE_OPERAND(address, 0));
        } else if (POINTER_TYPE_P(TREE_TYPE(pointer))) {
            type = TREE_TYPE(TREE_TYPE(pointer));
        }
        type = type == NULL_TREE ? NULL_TREE : strip_array_types(type);
        if (has_slots(type)) {
            return type;
        }
        first = first == NULL_TREE && type != NULL_TREE && !is_bytes(type) ? type : first;
        pointer = address != NULL_TREE ? NULL_TREE : behind_cast(pointer, NULL);
    }
    return first;
}

part part_of(tree pointer) {
    part found = {NULL_TREE, 0};
    for (int steps = 0; steps < STEPS && pointer != NULL_TREE; steps++) {
        tree address = named_address(pointer);
        tree type = POINTER_TYPE_P(TREE_TYPE(pointer)) ? strip_array_types(TREE_TYPE(TREE_TYPE(pointer))) : NULL_TREE;
        if (address != NULL_TREE) {
            poly_int64 offset;
            tree base = get_addr_base_and_unit_offset(TREE_OPERAND(address, 0), &offset);
            if (base == NULL_TREE || !offset.is_constant()) {
                return found;
            }
            found.offset += offset.to_constant();
            if (TREE_CODE(base) != MEM_REF) {
                found.type = strip_array_types(TREE_TYPE(base));
                return found;
            }
            pointer = TREE_OPERAND(base, 0);
        } else if (has_slots(type)) {
            found.type = type;
            return found;
        } else {
            pointer = behind_cast(pointer, &found.offset);
        }
    }
    return found;
}

bool may_alias_all(tree reference) {
    return TREE_CODE(reference) == MEM_REF && TYPE_REF_CAN_ALIAS_ALL(TREE_TYPE(TREE_OPERAND(reference, 1)));
}

tree lied_about(tree reference) {
    tree base = get_base_address(reference);
    HOST_WIDE_INT bytes = int_size_in_bytes(TREE_TYPE(reference));
    if (base == NULL_TREE || TREE_CODE(base) != MEM_REF || has_slots(TREE_TYPE(base)) || bytes < 0 ||
        may_alias_all(base)) {
        return NULL_TREE; /* the last: it was memcpy */
    }
    poly_int64 offset;
    part place = part_of(TREE_OPERAND(base, 0));
    if (place.type == NULL_TREE || get_addr_base_and_unit_offset(reference, &offset) == NULL_TREE ||
        !offset.is_constant()) {
        /* Anywhere in it. */
        tree pointer = TREE_OPERAND(base, 0);
        gimple *made = TREE_CODE(pointer) == SSA_NAME ? SSA_NAME_DEF_STMT(pointer) : NULL;
        bool moves = made != NULL && is_gimple_assign(made) && gimple_assign_rhs_code(made) == POINTER_PLUS_EXPR;
        tree type = pointee_of(moves ? gimple_assign_rhs1(made) : pointer);
        return has_slots(type) ? type : NULL_TREE;
    }
    HOST_WIDE_INT at = place.offset + offset.to_constant();
    if (is_data_pointer(place.type)) {
        at %= POINTER_SIZE_UNITS; /* one of an array of them, as a rule */
    }
    return at >= 0 && has_slots(place.type) && has_slot_in(place.type, at, bytes) ? place.type : NULL_TREE;
}

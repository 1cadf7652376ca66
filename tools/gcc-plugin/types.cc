/* moat's plugin for GCC: which types have slots, and where.
 *
 * SPDX-License-Identifier: MIT */
#include "plugin.h"

namespace {

const char beside[] = "moat_plugin_of_"; /* MOAT_TYPE_BESIDE_'s variable: `T *const moat_plugin_of_NAME` */

/* By TYPE_UID: the names of a type's MOAT_TYPEs; and by name the MOAT_TYPEs. */
std::map<unsigned, std::vector<std::string>> names_of;
std::map<std::string, tree> moat_types;

/* moat_type and moat_run themselves. */
std::map<std::string, tree> core_types;

tree main_variant(tree type) {
    return TYPE_MAIN_VARIANT(type);
}

bool is_declared_managed(tree type) {
    return RECORD_OR_UNION_TYPE_P(type) &&
           lookup_attribute("moat_managed", TYPE_ATTRIBUTES(main_variant(type))) != NULL_TREE;
}

/* The value of a member of a constant struct, without conversions; NULL_TREE: zero. */
tree member_of(tree constructor, const char *name) {
    unsigned HOST_WIDE_INT i;
    tree field, value;
    FOR_EACH_CONSTRUCTOR_ELT(CONSTRUCTOR_ELTS(constructor), i, field, value) {
        if (DECL_NAME(field) != NULL_TREE && strcmp(IDENTIFIER_POINTER(DECL_NAME(field)), name) == 0) {
            STRIP_NOPS(value);
            return value;
        }
    }
    return NULL_TREE;
}

unsigned HOST_WIDE_INT number_of(tree constructor, const char *name) {
    tree value = member_of(constructor, name);
    return value != NULL_TREE && tree_fits_uhwi_p(value) ? tree_to_uhwi(value) : 0;
}

/* As core's run_has: whether a run of a type names the word. Pieces of a tail are as many as one likes. */
bool run_has(tree run, unsigned HOST_WIDE_INT offset, unsigned HOST_WIDE_INT word) {
    unsigned HOST_WIDE_INT first = number_of(run, "offset"), stride = number_of(run, "stride");
    unsigned HOST_WIDE_INT inner_count = number_of(run, "inner_count");
    if (offset < first || stride == 0 || (offset - first) / stride >= number_of(run, "count")) {
        return false;
    }
    unsigned HOST_WIDE_INT at = (offset - first) % stride;
    if (inner_count != 0) {
        unsigned HOST_WIDE_INT inner = number_of(run, "inner_offset"), inner_stride = number_of(run, "inner_stride");
        if (at < inner || inner_stride == 0 || (at - inner) / inner_stride >= inner_count) {
            return false;
        }
        at = (at - inner) % inner_stride;
    }
    return at / word < 8 * word && (number_of(run, "map") >> at / word & 1) != 0;
}

/* The constructor of a type's run table; NULL_TREE: it has none. */
tree runs_of(tree constructor) {
    tree runs = member_of(constructor, "runs");
    if (runs == NULL_TREE || TREE_CODE(runs) != ADDR_EXPR) {
        return NULL_TREE;
    }
    tree table = get_base_address(TREE_OPERAND(runs, 0));
    return table != NULL_TREE && VAR_P(table) ? DECL_INITIAL(table) : NULL_TREE;
}

bool map_has(tree moat_type, unsigned HOST_WIDE_INT offset) {
    tree constructor = DECL_INITIAL(moat_type);
    unsigned HOST_WIDE_INT word = POINTER_SIZE_UNITS;
    if (constructor == NULL_TREE || TREE_CODE(constructor) != CONSTRUCTOR) {
        return true;
    }
    if (offset / word < 8 * word && (number_of(constructor, "map") >> offset / word & 1) != 0) {
        return true;
    }
    tree runs = runs_of(constructor);
    if (runs == NULL_TREE) {
        return false;
    }
    unsigned HOST_WIDE_INT i;
    tree run;
    FOR_EACH_CONSTRUCTOR_VALUE(CONSTRUCTOR_ELTS(runs), i, run) {
        if (run_has(run, offset, word)) {
            return true;
        }
    }
    return false;
}

} // namespace

void types_note_declaration(tree declaration) {
    if (!VAR_P(declaration) || DECL_NAME(declaration) == NULL_TREE || DECL_EXTERNAL(declaration)) {
        return;
    }
    std::string name = IDENTIFIER_POINTER(DECL_NAME(declaration));
    tree type = TREE_TYPE(declaration);
    if (name.compare(0, sizeof beside - 1, beside) == 0 && POINTER_TYPE_P(type)) {
        names_of[TYPE_UID(keep(main_variant(TREE_TYPE(type))))].push_back(name.substr(sizeof beside - 1));
    } else if (type_text(type) == "struct moat_type") {
        moat_types[name] = keep(declaration);
    }
}

void types_note_type(tree type) {
    if (type == NULL_TREE || TREE_CODE(type) != RECORD_TYPE || !COMPLETE_TYPE_P(type)) {
        return;
    }
    std::string text = type_text(type);
    if (text == "struct moat_type" || text == "struct moat_run") {
        core_types[text] = keep(main_variant(type));
    }
}

tree core_type(const char *text) {
    return core_types.at(text);
}

tree moat_type_of(tree type) {
    auto names = names_of.find(TYPE_UID(main_variant(type)));
    if (names == names_of.end()) {
        return NULL_TREE;
    }
    for (const std::string &name : names->second) {
        auto found = moat_types.find(name);
        if (found != moat_types.end()) {
            return found->second;
        }
    }
    return NULL_TREE;
}

bool is_known(tree type) {
    return type != NULL_TREE && TYPE_P(type) && (is_declared_managed(type) || moat_type_of(type) != NULL_TREE);
}

bool known_slot_at(tree type, HOST_WIDE_INT offset) {
    if (is_declared_managed(type)) {
        return true;
    }
    auto names = names_of.find(TYPE_UID(main_variant(type)));
    for (const std::string &name : names->second) {
        auto found = moat_types.find(name);
        if (found != moat_types.end() && map_has(found->second, offset)) {
            return true;
        }
    }
    return false;
}

bool is_data_pointer(tree type) {
    return POINTER_TYPE_P(type) && TREE_CODE(TREE_TYPE(type)) != FUNCTION_TYPE &&
           TREE_CODE(TREE_TYPE(type)) != METHOD_TYPE;
}

bool is_managed_pointer(tree type) {
    return is_data_pointer(type) && is_known(TREE_TYPE(type));
}

bool holds_pointers(tree type) {
    if (TREE_CODE(type) == ARRAY_TYPE) {
        return has_slots(TREE_TYPE(type));
    }
    if (!RECORD_OR_UNION_TYPE_P(type)) {
        return false;
    }
    for (tree field = TYPE_FIELDS(type); field != NULL_TREE; field = DECL_CHAIN(field)) {
        if (TREE_CODE(field) == FIELD_DECL && !DECL_VIRTUAL_P(field) &&
            has_slots(TREE_TYPE(field))) {
            return true;
        }
    }
    return false;
}

bool has_slots(tree type) {
    return type != NULL_TREE && (is_data_pointer(type) || holds_pointers(type));
}

std::string type_text(tree type) {
    type = main_variant(type);
    tree name = TYPE_NAME(type);
    if (name != NULL_TREE && TREE_CODE(name) == TYPE_DECL) {
        name = DECL_NAME(name);
    }
    std::string text = name == NULL_TREE ? "(anonymous)" : IDENTIFIER_POINTER(name);
    return TREE_CODE(type) == RECORD_TYPE ? "struct " + text : TREE_CODE(type) == UNION_TYPE ? "union " + text : text;
}

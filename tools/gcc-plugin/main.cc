/* moat's plugin for GCC: its arguments, its attributes, its pass.
 *
 * The pass stands behind the one that builds SSA, before any inlining and optimisation: the stores are there as they
 * were written, with their types, at every level, -O0 and LTO included. What it inserts are calls of always_inline
 * functions of the unit (moat_plugin.h), which the compiler's next pass inlines.
 *
 * SPDX-License-Identifier: MIT */
#include "plugin.h"

#include "plugin-version.h"

#include "cpplib.h"

/* The C front ends' alone: LTO's has neither. */
extern cpp_reader *parse_in __attribute__((weak));
#pragma weak cpp_define

int plugin_is_GPL_compatible;

namespace {

const char prefix[] = "moat_plugin_";

bool managed_unit, check_unit, reporting;
std::vector<tree> kept;
std::map<std::string, tree> helpers;

bool has_attribute(tree declaration, const char *name) {
    return lookup_attribute(name, DECL_ATTRIBUTES(declaration)) != NULL_TREE;
}

mode mode_of(tree function) {
    if (has_attribute(function, "moat_no_barrier")) {
        return mode::none;
    }
    if (managed_unit || has_attribute(function, "moat_managed")) {
        return mode::managed;
    }
    return check_unit ? mode::check : mode::structs;
}

void transform(cgraph_node *node) {
    push_cfun(DECL_STRUCT_FUNCTION(node->decl));
    mode how = mode_of(node->decl);
    if (how != mode::none) {
        flow_begin_function();
        refuse_in_function(how);
        copies_transform(how);
        stores_transform(how);
        mark_virtual_operands_for_renaming(cfun);
        update_ssa(TODO_update_ssa);
        cgraph_edge::rebuild_edges();
        if (dump_file != NULL) {
            const char *name = IDENTIFIER_POINTER(DECL_ASSEMBLER_NAME(node->decl));
            fprintf(dump_file, ";; Function %s\n", name[0] == '*' ? name + 1 : name); /* as it was written */
            dump_function_to_file(node->decl, dump_file, dump_flags);
        }
    }
    pop_cfun();
}

const pass_data moat_pass_data = {SIMPLE_IPA_PASS, "moat", OPTGROUP_NONE, TV_NONE, PROP_cfg | PROP_ssa, 0, 0, 0, 0};

class moat_pass : public simple_ipa_opt_pass {
  public:
    moat_pass() : simple_ipa_opt_pass(moat_pass_data, g) {
    }

    bool gate(function *) override {
        return !seen_error();
    }

    unsigned execute(function *) override {
        cgraph_node *node;
        FOR_EACH_FUNCTION_WITH_GIMPLE_BODY(node) {
            if (!node->inlined_to && !node->thunk) {
                transform(node);
            }
        }
        warn_of_statics();
        /* From here on a helper is kept by its callers alone. */
        for (auto &entry : helpers) {
            cgraph_node *helper_node = cgraph_node::get(entry.second);
            DECL_PRESERVE_P(entry.second) = 0;
            if (helper_node != NULL) {
                helper_node->force_output = false;
            }
        }
        return 0;
    }
};

/* ---- callbacks ---- */

void on_start_unit(void *, void *) {
    cpp_define(parse_in, "MOAT_PLUGIN");
}

/* The helpers are not called yet: so they are kept until the pass has run. */
void on_function(void *event, void *) {
    tree function = static_cast<tree>(event);
    if (function == NULL_TREE || TREE_CODE(function) != FUNCTION_DECL || DECL_NAME(function) == NULL_TREE) {
        return;
    }
    const char *name = IDENTIFIER_POINTER(DECL_NAME(function));
    if (strncmp(name, prefix, sizeof prefix - 1) == 0) {
        helpers[name] = keep(function);
        DECL_PRESERVE_P(function) = 1;
        TREE_USED(function) = 1;
        TREE_NOTHROW(function) = 1;
    }
}

void on_declaration(void *event, void *) {
    types_note_declaration(static_cast<tree>(event));
}

void on_type(void *event, void *) {
    types_note_type(static_cast<tree>(event));
}

void on_collection(void *, void *) {
    for (tree t : kept) {
        gt_ggc_mx_tree_node(t);
    }
}

/* ---- attributes ---- */

tree accept_managed(tree *node, tree name, tree, int, bool *ignore) {
    bool fits = DECL_P(*node) ? TREE_CODE(*node) == FUNCTION_DECL : RECORD_OR_UNION_TYPE_P(*node);
    if (!fits) {
        error("moat: %qE stands in front of a function, or between %<struct%> and its name", name);
        *ignore = true;
    }
    return NULL_TREE;
}

tree accept_no_barrier(tree *node, tree name, tree, int, bool *ignore) {
    if (TREE_CODE(*node) != FUNCTION_DECL) {
        error("moat: %qE stands in front of a function", name);
        *ignore = true;
    }
    return NULL_TREE;
}

const attribute_spec managed_attribute = {"moat_managed", 0, 0, false, false, false, false, accept_managed, NULL};
const attribute_spec no_barrier_attribute = {"moat_no_barrier", 0,   0, true, false, false, false,
                                             accept_no_barrier, NULL};

void on_attributes(void *, void *) {
    register_attribute(&managed_attribute);
    register_attribute(&no_barrier_attribute);
}

bool read_argument(const plugin_argument &argument) {
    std::string key = argument.key;
    bool *flag = key == "managed" ? &managed_unit : key == "check" ? &check_unit : key == "report" ? &reporting : NULL;
    if (flag == NULL || argument.value != NULL) {
        error("moat: %<-fplugin-arg-moat-%s%>: the arguments are managed, check and report, without a value",
              argument.key);
        return false;
    }
    *flag = true;
    return true;
}

} // namespace

tree keep(tree t) {
    kept.push_back(t);
    return t;
}

void report(location_t where, const char *format, ...) {
    if (!reporting) {
        return;
    }
    va_list arguments;
    va_start(arguments, format);
    char *text = xvasprintf(format, arguments);
    va_end(arguments);
    inform(where, "moat: %s", text);
    free(text);
}

/* a_2(D)->next: without the number of the value. */
std::string text_of(tree reference) {
    char *text = print_generic_expr_to_str(reference);
    std::string shown;
    for (const char *at = text; *at != '\0'; at++) {
        const char *end = at + 1;
        while (*at == '_' && ISDIGIT(*end)) {
            end++;
        }
        if (end == at + 1 || ISALNUM(*end) || *end == '_') {
            shown += *at;
            continue;
        }
        at = strncmp(end, "(D)", 3) == 0 ? end + 2 : end - 1;
    }
    free(text);
    return shown;
}

bool has_preemption() {
    return helpers.count("moat_plugin_end_") != 0;
}

tree helper(const char *name) {
    auto found = helpers.find(name);
    if (found == helpers.end()) {
        fatal_error(UNKNOWN_LOCATION, "moat: this unit does not include moat.h: include it, or compile with "
                                      "%<-include moat.h%> and core%'s include path");
    }
    return found->second;
}

int plugin_init(plugin_name_args *arguments, plugin_gcc_version *version) {
    static plugin_info information = {"1", "moat: inserts write barriers and checks; see docs/plugin.md"};
    if (!plugin_default_version_check(version, &gcc_version)) {
        error("moat: the plugin was built for GCC %s, and this is %s: build it with this compiler%'s headers",
              gcc_version.basever, version->basever);
        return 1;
    }
    /* With LTO all was done when the units were compiled: in the link there is no C front end. */
    if (&parse_in == NULL) {
        return 0;
    }
    for (int i = 0; i < arguments->argc; i++) {
        if (!read_argument(arguments->argv[i])) {
            return 1;
        }
    }
    if (managed_unit && check_unit) {
        error("moat: a unit is managed, or it is checked only: give one of the two arguments");
        return 1;
    }
    const char *name = arguments->base_name;
    register_pass_info pass = {new moat_pass(), "build_ssa_passes", 1, PASS_POS_INSERT_AFTER};
    register_callback(name, PLUGIN_INFO, NULL, &information);
    register_callback(name, PLUGIN_PASS_MANAGER_SETUP, NULL, &pass);
    register_callback(name, PLUGIN_ATTRIBUTES, on_attributes, NULL);
    register_callback(name, PLUGIN_START_UNIT, on_start_unit, NULL);
    register_callback(name, PLUGIN_FINISH_PARSE_FUNCTION, on_function, NULL);
    register_callback(name, PLUGIN_FINISH_DECL, on_declaration, NULL);
    register_callback(name, PLUGIN_FINISH_TYPE, on_type, NULL);
    register_callback(name, PLUGIN_GGC_MARKING, on_collection, NULL);
    return 0;
}

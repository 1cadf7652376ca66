/* moat's plugin for GCC: types made from structs, as MOAT_TYPE makes them from names of members.
 *
 * SPDX-License-Identifier: MIT */
#include "plugin.h"

#include "langhooks.h"
#include "varasm.h"

namespace {

typedef unsigned HOST_WIDE_INT bytes_t;

/* As struct moat_run; count TAIL: a flexible array's. DOUBTFUL: an inner_stride that says so. */
struct run {
    bytes_t offset, stride, count, map, inner_offset, inner_stride, inner_count;
};
const bytes_t TAIL = 0xffffffff, DOUBTFUL = 1;

struct shape {
    std::vector<run> runs;
    bool flexible;
    bool refused; /* there is no run for what it has */
};

/* By TYPE_UID, of objects and of copies: what was made. NULL_TREE: an error was given. */
std::map<unsigned, tree> made_for_objects, made_for_copies;

bytes_t word() {
    return POINTER_SIZE_UNITS;
}

bytes_t size_of(tree type) {
    tree size = TYPE_SIZE_UNIT(type);
    return size != NULL_TREE && tree_fits_uhwi_p(size) ? tree_to_uhwi(size) : 0;
}

/* Elements of an array; TAIL if it is flexible. */
bytes_t count_of(tree array) {
    tree domain = TYPE_DOMAIN(array), last = domain != NULL_TREE ? TYPE_MAX_VALUE(domain) : NULL_TREE;
    if (last == NULL_TREE) {
        return TAIL;
    }
    return tree_fits_shwi_p(last) ? tree_to_shwi(last) + 1 : 0;
}

/* ---- the words of a type ---- */

/* What the members of unions say of a word. */
enum word_kind { POINTER = 1, DATA = 2, BOTH = POINTER | DATA };
typedef std::map<bytes_t, int> words_t;

/* Notes each word of a type. False: a pointer in it is packed. */
bool note_words(tree type, bytes_t offset, words_t *words);

void note_data(bytes_t offset, bytes_t bytes, words_t *words) {
    for (bytes_t at = offset / word() * word(); at < offset + bytes; at += word()) {
        (*words)[at] |= DATA;
    }
}

bool note_elements(tree array, bytes_t offset, words_t *words) {
    tree element = TREE_TYPE(array);
    bytes_t count = count_of(array) == TAIL ? 1 : count_of(array), stride = size_of(element);
    if (!has_slots(element)) {
        note_data(offset, count * stride, words);
        return true;
    }
    bool aligned = true;
    for (bytes_t i = 0; i < count; i++) {
        aligned = note_words(element, offset + i * stride, words) && aligned;
    }
    return aligned;
}

bool note_words(tree type, bytes_t offset, words_t *words) {
    if (is_data_pointer(type)) {
        if (offset % word() == 0) {
            (*words)[offset] |= POINTER;
        }
        return offset % word() == 0;
    }
    if (TREE_CODE(type) == ARRAY_TYPE) {
        return note_elements(type, offset, words);
    }
    if (!RECORD_OR_UNION_TYPE_P(type)) {
        note_data(offset, size_of(type), words);
        return true;
    }
    bool aligned = true;
    for (tree field = TYPE_FIELDS(type); field != NULL_TREE; field = DECL_CHAIN(field)) {
        if (TREE_CODE(field) == FIELD_DECL) {
            aligned = note_words(TREE_TYPE(field), offset + int_byte_position(field), words) && aligned;
        }
    }
    return aligned;
}

/* ---- runs ---- */

/* The words of a kind as one map; false if one lies beyond. */
bool map_of(const words_t &words, int kind, bytes_t *map) {
    *map = 0;
    for (const auto &entry : words) {
        if (entry.second == kind) {
            if (entry.first / word() >= 8 * word()) {
                return false;
            }
            *map |= bytes_t(1) << entry.first / word();
        }
    }
    return true;
}

/* A run of the words that are pointers, and one of those that may be. False: they do not fit a map. */
bool add_mapped(tree type, bytes_t offset, bytes_t count, shape *out) {
    words_t words;
    bytes_t map, doubtful;
    note_words(type, 0, &words);
    if (!map_of(words, POINTER, &map) || !map_of(words, BOTH, &doubtful)) {
        return false;
    }
    if (map != 0) {
        out->runs.push_back({offset, size_of(type), count, map, 0, 0, 0});
    }
    if (doubtful != 0) {
        out->runs.push_back({offset, size_of(type), count, doubtful, 0, DOUBTFUL, 0});
    }
    return true;
}

void add_runs(tree type, bytes_t offset, shape *out);

/* Each run of an element becomes the inner pieces of a tail. */
void add_tail(tree element, bytes_t offset, shape *out) {
    shape inner = {{}, false, false};
    add_runs(element, 0, &inner);
    for (const run &r : inner.runs) {
        out->refused = out->refused || r.inner_stride == DOUBTFUL;
        out->runs.push_back({offset, size_of(element), TAIL, r.map, r.offset, r.stride, r.count});
    }
}

void add_array(tree array, bytes_t offset, shape *out) {
    tree element = TREE_TYPE(array);
    bytes_t count = count_of(array), stride = size_of(element);
    out->flexible = out->flexible || count == TAIL;
    if (count == TAIL && !has_slots(element)) {
        out->runs.push_back({offset, stride, TAIL, 0, 0, 0, 0});
    } else if (is_data_pointer(element)) {
        out->runs.push_back({offset, word(), count, 1, 0, 0, 0});
    } else if (count == 0 || add_mapped(element, offset, count, out)) {
        return;
    } else if (count == TAIL) {
        add_tail(element, offset, out);
    } else {
        for (bytes_t i = 0; i < count; i++) {
            add_runs(element, offset + i * stride, out);
        }
    }
}

/* A union that has more words than a map: each that may be a pointer is a run. */
void add_union(tree type, bytes_t offset, shape *out) {
    words_t words;
    note_words(type, 0, &words);
    for (const auto &entry : words) {
        if ((entry.second & POINTER) != 0) {
            out->runs.push_back(
                {offset + entry.first, word(), 1, 1, 0, entry.second == BOTH ? DOUBTFUL : 0, 0});
        }
    }
}

void add_runs(tree type, bytes_t offset, shape *out) {
    if (offset % word() != 0) {
        return; /* packed: refused before, or copied only */
    }
    if (is_data_pointer(type)) {
        out->runs.push_back({offset, word(), 1, 1, 0, 0, 0});
    } else if (TREE_CODE(type) == ARRAY_TYPE) {
        if (count_of(type) == TAIL || holds_pointers(type)) {
            add_array(type, offset, out);
        }
    } else if (TREE_CODE(type) != RECORD_TYPE) {
        if (holds_pointers(type) && !add_mapped(type, offset, 1, out)) {
            add_union(type, offset, out);
        }
    } else {
        for (tree field = TYPE_FIELDS(type); field != NULL_TREE; field = DECL_CHAIN(field)) {
            if (TREE_CODE(field) == FIELD_DECL) {
                add_runs(TREE_TYPE(field), offset + int_byte_position(field), out);
            }
        }
    }
}

/* ---- constants ---- */

tree constant_struct(tree type, const std::map<std::string, tree> &values) {
    vec<constructor_elt, va_gc> *elements = NULL;
    for (tree field = TYPE_FIELDS(type); field != NULL_TREE; field = DECL_CHAIN(field)) {
        if (TREE_CODE(field) == FIELD_DECL && DECL_NAME(field) != NULL_TREE) {
            auto found = values.find(IDENTIFIER_POINTER(DECL_NAME(field)));
            tree value = found == values.end() ? build_zero_cst(TREE_TYPE(field)) : found->second;
            CONSTRUCTOR_APPEND_ELT(elements, field, fold_convert(TREE_TYPE(field), value));
        }
    }
    tree constructor = build_constructor(type, elements);
    TREE_CONSTANT(constructor) = TREE_STATIC(constructor) = 1;
    return constructor;
}

tree constant_variable(const std::string &name, tree type, tree value, const char *section) {
    tree variable = build_decl(UNKNOWN_LOCATION, VAR_DECL, get_identifier(name.c_str()), type);
    TREE_STATIC(variable) = TREE_READONLY(variable) = TREE_CONSTANT(variable) = TREE_ADDRESSABLE(variable) = 1;
    TREE_USED(variable) = DECL_ARTIFICIAL(variable) = DECL_IGNORED_P(variable) = 1;
    DECL_INITIAL(variable) = value;
    if (section != NULL) {
        SET_DECL_ALIGN(variable, 8 * 8 * word());
        DECL_USER_ALIGN(variable) = 1;
        set_decl_section_name(variable, section);
    }
    varpool_node::finalize_decl(variable);
    return keep(variable);
}

tree size(bytes_t value) {
    return build_int_cstu(size_type_node, value);
}

tree runs_table(const std::string &name, const std::vector<run> &runs) {
    tree type = build_qualified_type(core_type("struct moat_run"), TYPE_QUAL_CONST);
    vec<constructor_elt, va_gc> *elements = NULL;
    for (size_t i = 0; i < runs.size(); i++) {
        const run &r = runs[i];
        tree value = constant_struct(core_type("struct moat_run"), {{"offset", size(r.offset)},
                                                                    {"stride", size(r.stride)},
                                                                    {"count", size(r.count)},
                                                                    {"map", size(r.map)},
                                                                    {"inner_offset", size(r.inner_offset)},
                                                                    {"inner_stride", size(r.inner_stride)},
                                                                    {"inner_count", size(r.inner_count)}});
        CONSTRUCTOR_APPEND_ELT(elements, size(i), value);
    }
    tree array = build_array_type_nelts(type, runs.size());
    tree constructor = build_constructor(array, elements);
    TREE_CONSTANT(constructor) = TREE_STATIC(constructor) = 1;
    return constant_variable(name + "_runs", array, constructor, NULL);
}

/* As MOAT_EXTENT_OF_. */
bytes_t extent_of(bytes_t payload) {
    bytes_t granule = 2 * word();
    bytes_t extent = (payload + word() + granule - 1) / granule * granule;
    return extent | (extent > 31 * granule ? bytes_t(1) << 31 : 0);
}

/* As MOAT_USES_: the linker takes the part of core that makes such objects, or scans them. */
void use(const std::string &name, const char *feature) {
    tree part = build_decl(UNKNOWN_LOCATION, VAR_DECL, get_identifier((std::string("moat_feature_") + feature).c_str()),
                           char_type_node);
    TREE_PUBLIC(part) = DECL_EXTERNAL(part) = TREE_USED(part) = DECL_ARTIFICIAL(part) = 1;
    tree pointer = build_pointer_type(char_type_node);
    tree variable = constant_variable(name + "_uses_" + feature, build_qualified_type(pointer, TYPE_QUAL_CONST),
                                      build1(ADDR_EXPR, pointer, part), NULL);
    set_decl_section_name(variable, ".rodata.moat_uses");
    DECL_PRESERVE_P(variable) = 1;
    varpool_node::get(variable)->force_output = 1;
}

tree make_type(tree type, shape *described, bool copies) {
    static int number;
    std::string name = "moat_type_" + std::to_string(number++);
    words_t words;
    bytes_t map = 0, doubtful = 0;
    note_words(type, 0, &words);
    bool mapped = !described->flexible && map_of(words, POINTER, &map) && map_of(words, BOTH, &doubtful) &&
                  doubtful == 0;
    std::string text = is_data_pointer(type) ? "pointer" : type_text(type);
    tree spelled = build_string_literal(text.size() + 1, text.c_str());
    std::map<std::string, tree> values = {{"name", spelled},
                                          {"map", size(mapped ? map : 0)},
                                          {"size", size(size_of(type))},
                                          {"extent", size(extent_of(size_of(type)))},
                                          {"flexible", size(described->flexible ? 1 : 0)}};
    if (!mapped && !described->runs.empty()) {
        values["runs"] = build_fold_addr_expr(runs_table(name, described->runs));
        use(name, "runs");
        values["run_count"] = size(described->runs.size());
    }
    bool front = mapped && (map & (map + 1)) == 0 && map >> 8 == 0; /* as MOAT_FRONT_BYTES_ */
    values["front_bytes"] = size(front ? popcount_hwi(map) * word() : 0);
    bytes_t extent = extent_of(size_of(type));
    if (!copies && extent > 64) { /* MOAT_EXTENT_NEAR_BYTES */
        use(name, "far");
    }
    if (!copies && (described->flexible || extent >> 31 != 0)) {
        use(name, "large");
    }
    tree moat_type = build_qualified_type(core_type("struct moat_type"), TYPE_QUAL_CONST);
    bool leaf = described->runs.empty();
    return constant_variable(name, moat_type, constant_struct(core_type("struct moat_type"), values),
                             leaf ? ".rodata.moat_leaf_types" : ".rodata.moat_types");
}

/* A type for a record, or NULL_TREE behind an error. Copies bear what is packed, objects do not. */
tree describe(tree type, bool copies, location_t where) {
    words_t words;
    bool sized = COMPLETE_TYPE_P(type) && TREE_CODE(TYPE_SIZE_UNIT(type)) == INTEGER_CST;
    std::string why;
    shape described = {{}, false, false};
    if (!sized) {
        why = COMPLETE_TYPE_P(type) ? "its length varies" : "it is not complete here";
    } else if (!copies && !note_words(type, 0, &words)) {
        why = "a pointer in it is packed: it is not aligned to a word";
    } else if (!copies && TYPE_ALIGN_UNIT(type) > 2 * word()) {
        why = "it needs a larger alignment than the heap gives";
    } else {
        add_runs(type, 0, &described);
        if (described.refused) {
            why = "an element of its tail is long, and a word of it is a pointer in one member of a union and data in "
                  "another";
        } else if (described.runs.size() > 1000) {
            why = "it has more than 1000 runs of slots";
        }
    }
    if (why != "") {
        error_at(where, "moat: %qs has no type: %s", type_text(type).c_str(), why.c_str());
        return NULL_TREE;
    }
    return make_type(type, &described, copies);
}

} // namespace

tree type_address(tree type, bool copies, location_t where) {
    type = TYPE_MAIN_VARIANT(type);
    tree variable = moat_type_of(type);
    if (variable == NULL_TREE) {
        std::map<unsigned, tree> *made = copies ? &made_for_copies : &made_for_objects;
        auto found = made->find(TYPE_UID(type));
        if (found == made->end()) {
            found = made->emplace(TYPE_UID(keep(type)), describe(type, copies, where)).first;
        }
        variable = found->second;
    }
    return variable == NULL_TREE ? NULL_TREE : build_fold_addr_expr(variable);
}

bool has_slot_in(tree type, HOST_WIDE_INT offset, HOST_WIDE_INT bytes) {
    words_t words;
    note_words(type, 0, &words);
    for (const auto &entry : words) {
        HOST_WIDE_INT first = entry.first, end = first + word();
        if ((entry.second & POINTER) != 0 && first < offset + bytes && offset < end) {
            return true;
        }
    }
    return false;
}

/* A second file of firmware in C++, which has a class, its type and its roots from a header; and a class of the same
 * name as one of the first file's.
 *
 * SPDX-License-Identifier: MIT */
#include "elsewhere.hpp"

namespace elsewhere {

MOAT_ROOT_REF(item) shared;
MOAT_ROOT_REF(item) shelf::defined_apart;

namespace {
struct hidden {
    uintptr_t number;
    moat::ref<item> at_its_end;
};
MOAT_DESCRIBE(hidden, at_its_end);
MOAT_ROOT_REF(hidden) keeper;
} // namespace

const moat_type &type_there() {
    return moat::type_of<item>();
}

item *make_there(uintptr_t number) {
    keeper = moat::make<hidden>(number, item::make(number));
    return keeper == nullptr ? nullptr : keeper->at_its_end.get();
}

moat::root<item> &within_function_there() {
    return within_function();
}

} // namespace elsewhere

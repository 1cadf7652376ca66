/* A header of firmware in C++: what test/suite/cpp_classes.cpp and support/elsewhere.cpp share.
 *
 * SPDX-License-Identifier: MIT */
#ifndef TEST_ELSEWHERE_HPP
#define TEST_ELSEWHERE_HPP

#include <moat.hpp>

namespace elsewhere {

struct item {
    moat::ref<item> next;
    uintptr_t number;

    static item *make(uintptr_t number, item *next = nullptr) {
        item *made = moat::make<item>();
        if (made != nullptr) {
            made->number = number;
            made->next = next;
        }
        return made;
    }
};
MOAT_DESCRIBE(item, next);

extern MOAT_ROOT_REF_DECLARE(item) shared;

struct shelf {
    static MOAT_ROOT_REF_DECLARE(item) defined_apart;
};

/* One root, whichever file calls it. */
inline moat::root<item> &within_function() {
    static MOAT_ROOT_REF(item) within;
    return within;
}

/* The other file's answers. */
const moat_type &type_there();
item *make_there(uintptr_t number);
moat::root<item> &within_function_there();

} // namespace elsewhere

#endif

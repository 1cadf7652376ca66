/* moat in C++17 and later, without exceptions, RTTI and library: slots are classes whose assignment is the barrier.
 * docs/cpp.md goes through it.
 *
 *   struct node {
 *       moat::ref<node> next;
 *       int value;
 *   };
 *   MOAT_DESCRIBE(node, next);                // where the slots are, in flash: at namespace scope, beside the class
 *   static MOAT_ROOT_REF(node) first;         // what a root points at is kept
 *
 *   node *made = moat::make<node>();          // or nullptr
 *   made->next = first;                       // stores have their barrier, reads need none
 *   first = made;
 *
 * moat.h's functions and macros stay what they are, for pointers that C has.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_HPP
#define MOAT_HPP

#ifndef __cplusplus
#error "moat: moat.hpp is for C++; C includes moat.h"
#endif

#include "moat.h"

/* Firmware's variables may have names that parameters have here. A ref's constructor gives the guard the address of
 * what it is about to initialise. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
#ifdef __clang__
#pragma GCC diagnostic ignored "-Wunknown-warning-option"
#pragma GCC diagnostic ignored "-Wdeprecated-builtins"
#else
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

/* Inlined at any level: the guard names a store by its return address, which must lie in the firmware's function. */
#define MOAT_METHOD_ __attribute__((always_inline)) inline

/* Whether a class has no destructor that does anything. Not __is_trivially_destructible: it is false of a protected
 * one, which bases have. */
/* The parts of core that a description may need. */
MOAT_DECLARE_FEATURE_(far);
MOAT_DECLARE_FEATURE_(finalizers);
MOAT_DECLARE_FEATURE_(large);
MOAT_DECLARE_FEATURE_(more_roots);
MOAT_DECLARE_FEATURE_(runs);

namespace moat {
template <class T> constexpr bool ends_trivially_ = __has_trivial_destructor(T);
} // namespace moat

/* Where moat::make puts an object. No header: some compilers come without <new>. */
namespace moat {
struct place_ {
    void *at;
};
} // namespace moat
__attribute__((returns_nonnull)) MOAT_METHOD_ void *operator new(decltype(sizeof 0), moat::place_ place) {
    return place.at;
}

namespace moat {

/* ---- slots ---- */

/* A slot: a pointer to a managed T, or to none. It is for members of described classes. A local variable is a plain T
 * *. A slot is as large as a pointer. It converts to a T *, so it compares, tests and indexes as one. It copies by
 * value.
 *
 * Context: any, for all of it. Cost: an assignment costs what MOAT_STORE does, one of nullptr what MOAT_CLEAR does, a
 * construction with a pointer what MOAT_INIT does, and a read what a pointer's does. Do not construct a slot over
 * another one: the pointer that it held is lost, and its object may be freed while somebody who has read it uses it. */
template <class T> class ref {
    static void takes_(T *);

  public:
    constexpr ref() : pointer_(nullptr) {
    }
    constexpr ref(decltype(nullptr)) : pointer_(nullptr) {
    }
    MOAT_METHOD_ ref(T *value) {
        moat_init_store_(MOAT_SLOT_(pointer_), erased(value));
    }
    MOAT_METHOD_ ref(const ref &other) : ref(other.pointer_) {
    }
    /* Of a derived class, or of what is not const. */
    template <class from, class = decltype(takes_(static_cast<from *>(nullptr)))>
    MOAT_METHOD_ ref(const ref<from> &other) : ref(other.get()) {
    }

    MOAT_METHOD_ ref &operator=(T *value) {
        moat_store_(MOAT_SLOT_(pointer_), erased(value));
        return *this;
    }
    MOAT_METHOD_ ref &operator=(const ref &other) {
        return *this = other.pointer_;
    }
    template <class from, class = decltype(takes_(static_cast<from *>(nullptr)))>
    MOAT_METHOD_ ref &operator=(const ref<from> &other) {
        return *this = other.get();
    }

    MOAT_METHOD_ operator T *() const {
        return pointer_;
    }
    MOAT_METHOD_ T *operator->() const {
        return pointer_;
    }
    MOAT_METHOD_ T *get() const {
        return pointer_;
    }

    /* MOAT_EXCHANGE: atomically stores value and returns what was replaced. */
    MOAT_METHOD_ T *exchange(T *value) {
        return static_cast<T *>(moat_returned_pointer_(moat_exchange_(MOAT_SLOT_(pointer_), erased(value))));
    }
    /* MOAT_CAS: atomically, if it holds `expected`, stores `desired`, and returns whether it did. */
    MOAT_METHOD_ bool compare_exchange(T *expected, T *desired) {
        return moat_returned_(moat_cas_(MOAT_SLOT_(pointer_), erased(expected), erased(desired))) != 0;
    }
    /* MOAT_SWAP. Not atomic against handlers that store to the same slots. */
    MOAT_METHOD_ void swap(ref &other) {
        moat_swap_(MOAT_SLOT_(pointer_), MOAT_SLOT_(other.pointer_));
        (void)moat_returned_(0);
    }

  private:
    static MOAT_METHOD_ void *erased(T *value) {
        return (void *)(uintptr_t)value;
    }

    T *pointer_;
};

template <class T> MOAT_METHOD_ void swap(ref<T> &a, ref<T> &b) {
    a.swap(b);
}

/* ---- roots ---- */

/* MOAT_ROOT_REF(T) name: defines roots, variables that are a moat::root<T>, or arrays of them:
 * `static MOAT_ROOT_REF(node) first, table[3];`. Null at start, with no code; what they point at is kept. With static
 * storage, and give no initialiser: the section is cleared, not copied. Not for members of class templates, statics of
 * function templates, and variable templates, of which GCC ignores the section. */
#define MOAT_ROOT_REF(T)                                                                                               \
    MOAT_CONSTANT_ __attribute__((MOAT_SECTION_(".bss.moat_roots." MOAT_TEXT_(__COUNTER__), "moat_roots"), used))      \
    moat::placed_root_<T>

/* MOAT_ROOT_REF_DECLARE(T) name: declares a root that one file defines by MOAT_ROOT_REF: in a header
 * `extern MOAT_ROOT_REF_DECLARE(node) first;`, in a class `static MOAT_ROOT_REF_DECLARE(node) first;`. */
#define MOAT_ROOT_REF_DECLARE(T) moat::placed_root_<T>

/* A root, used as a moat::ref is. */
template <class T> class root : public ref<T> {
  public:
    using ref<T>::operator=;
    root(const root &) = delete;
    MOAT_METHOD_ root &operator=(const root &other) {
        *this = other.get();
        return *this;
    }
    /* Only its place makes it one. */
    template <class any = T> root() {
        static_assert(sizeof(any *) == 0, "a root is defined by MOAT_ROOT_REF(T) name, which puts it where the "
                                          "collector looks; in objects it is a moat::ref, in functions a pointer");
    }

  protected:
    struct placed {};
    constexpr root(placed) {
    }
};

template <class T> struct placed_root_ : root<T> {
    using root<T>::operator=;
    constexpr placed_root_() : root<T>(typename root<T>::placed()) {
    }
    placed_root_(const placed_root_ &) = delete;
    MOAT_METHOD_ placed_root_ &operator=(const placed_root_ &other) {
        *this = other.get();
        return *this;
    }
};

/* MOAT_ROOT_OBJECT(T, name): defines the static variable `T name`. It is kept like an object of a described class: its
 * refs are roots, and the rest of it is plain data. It must be zero at start, with no code; else it does not compile. T
 * has no destructor. */
#define MOAT_ROOT_OBJECT(T, name)                                                                                      \
    MOAT_REFERS_(name, more_roots, 1);                                                                                 \
    static_assert(moat::ends_trivially_<T>, #T " has a destructor, which no root has called");                         \
    MOAT_CONSTANT_ static __attribute__((MOAT_SECTION_(".bss.moat_typed_roots", "moat_typed_roots"))) T name{};        \
    __attribute__((MOAT_SECTION_(".rodata.moat_root_records", "moat_root_records"), aligned(MOAT_WORD_BYTES),          \
                   used)) static const moat_root name##_root_ = {__builtin_addressof(name), &moat::type_of<T>(), 1}

/* A root in memory that no section holds, such as an object of malloc's. It is registered as long as it lives, by
 * moat_root_add and moat_root_remove. Context and cost are theirs. */
template <class T> class registered_root : public ref<T> {
  public:
    registered_root() : result_(moat_root_add(this, nullptr, 1)) {
    }
    registered_root(const registered_root &) = delete;
    MOAT_METHOD_ registered_root &operator=(const registered_root &other) {
        *this = other.get();
        return *this;
    }
    ~registered_root() {
        if (result_ == MOAT_OK) {
            (void)moat_root_remove(this);
        }
    }
    using ref<T>::operator=;

    /* moat_root_add's. If not MOAT_OK, nothing that it points at is kept. */
    int result() const {
        return result_;
    }

  private:
    int result_;
};

/* ---- what C may hold ---- */

template <class T> MOAT_METHOD_ T *there_(T *object) {
    if (object == nullptr) { /* moat_pin refuses it */
        __builtin_unreachable();
    }
    return object;
}

/* Pins an object for as long as this variable lives, by moat_pin and moat_unpin. Context and cost are theirs. It is
 * false, and null, if there is nothing to pin or if moat_pin fails: moat_last_error says why. */
template <class T> class pinned {
  public:
    explicit pinned(T *object) : object_(moat_pin(object) == MOAT_OK ? there_(object) : nullptr) {
    }
    pinned(pinned &&other) : object_(other.object_) {
        other.object_ = nullptr;
    }
    pinned(const pinned &) = delete;
    pinned &operator=(const pinned &) = delete;
    ~pinned() {
        if (object_ != nullptr) {
            (void)moat_unpin(object_);
        }
    }

    explicit operator bool() const {
        return object_ != nullptr;
    }
    T *get() const {
        return object_;
    }
    T *operator->() const {
        return object_;
    }

  private:
    T *object_;
};

/* ---- types ---- */

/* MOAT_DESCRIBE(T, members...): describes the objects of class T, whose slots are `members`. Write it at namespace
 * scope, in the namespace of T, once in each unit that uses it: that is, in a header, beside the class.
 *
 * T        an identifier, of a complete class or of another name for one (`using int_list = list<int>;`)
 * members  none to 24. Each is a moat::ref, a described class, or an array of either. It may be a member of T itself,
 *          of a base class (virtual functions do no harm), or of a member (`inner.next`)
 *
 * T has no destructor. Cost: flash only, 8 words, and 7 more for each member that lies beyond the first MOAT_WORD_BITS
 * words. */
#define MOAT_DESCRIBE(...) MOAT_JOIN_(MOAT_DESCRIBE_, MOAT_BARE_OR_SLOTS_(~, __VA_ARGS__))(false, __VA_ARGS__)

/* MOAT_DESCRIBE_FINALIZED(T, members...): the same for a class with a destructor. The destructor is called once after
 * the object was found unreachable, as a finalizer is: see MOAT_TYPE_FINALIZED. It must not make the object reachable
 * again. Cost: one more word in each object. Arrays of such a class can't be made. */
#define MOAT_DESCRIBE_FINALIZED(...) MOAT_JOIN_(MOAT_DESCRIBE_, MOAT_BARE_OR_SLOTS_(~, __VA_ARGS__))(true, __VA_ARGS__)

/* MOAT_DESCRIBED_IN_C(T, type): objects of T are of a type that a C file defines, and that MOAT_TYPE_DECLARE
 * declares. */
#define MOAT_DESCRIBED_IN_C(T, type)                                                                                   \
    inline constexpr const moat_type &moat_description_of_(moat::tag_<T>) {                                            \
        return type;                                                                                                   \
    }                                                                                                                  \
    static_assert(__is_same(T, MOAT_OBJECT_OF_(type)), #type " is no type of " #T)

/* MOAT_MAY_DESCRIBE(T): in a class, lets its MOAT_DESCRIBE name private members. */
#define MOAT_MAY_DESCRIBE(T) friend struct moat_members_of_##T

template <class T> struct tag_ {};

/* What is not described. */
struct missing_ {};
struct any_ {
    template <class T> constexpr any_(tag_<T>) {
    }
};
missing_ moat_description_of_(any_);

/* The type of T's objects, for functions of moat.h. */
template <class T> MOAT_METHOD_ constexpr const moat_type &type_of() {
    static_assert(!__is_same(decltype(moat_description_of_(tag_<T>())), missing_),
                  "the class is not described: MOAT_DESCRIBE(T, members) stands beside it, in its namespace");
    /* The tag is looked at only. */
    return moat_description_of_(tag_<T>()); // cppcheck-suppress returnTempReference
}

/* ---- allocation ---- */

/* The object as any code may have left it. So the compiler does not know that the memory was cleared, which the
 * beginning of a constructor would undo. And it does not know that a constructor left a member alone. */
template <class T> MOAT_METHOD_ T *unknown_(T *object) {
    __asm__ volatile("" : : "r"(object) : "memory");
    return object;
}

/* Makes an object of T by T(arguments...), or by T{arguments...} if there is no such constructor. Members that the
 * constructor does not set are zero. Returns nullptr, with nothing constructed, where moat_new returns NULL. Context,
 * cost: as moat_new's, and the constructor's. */
template <class T, class... arguments> MOAT_METHOD_ T *make(arguments &&...values) {
    void *memory = moat_new(&type_of<T>());
    if (memory == nullptr) {
        return nullptr;
    }
    if constexpr (sizeof...(arguments) == 0 && __is_trivially_constructible(T)) {
        return static_cast<T *>(memory);
    } else if constexpr (sizeof...(arguments) == 0) {
        return unknown_(::new (place_{unknown_(memory)}) T);
    } else if constexpr (__is_constructible(T, arguments...)) {
        return unknown_(::new (place_{unknown_(memory)}) T(static_cast<arguments &&>(values)...));
    } else {
        return unknown_(::new (place_{unknown_(memory)}) T{static_cast<arguments &&>(values)...});
    }
}

/* Makes `count` objects in a row, 1 or more, each without arguments. Returns the first, or nullptr where moat_new_array
 * returns NULL. */
template <class T> MOAT_METHOD_ T *make_array(size_t count) {
    static_assert(moat::ends_trivially_<T>, "arrays can't be made of a class with a destructor");
    T *first = static_cast<T *>(moat_new_array(&type_of<T>(), count));
    if constexpr (!__is_trivially_constructible(T)) {
        for (size_t i = 0; first != nullptr && i < count; i++) {
            (void)unknown_(::new (place_{unknown_(first + i)}) T);
        }
    }
    return first;
}

/* ---- from here on: how MOAT_DESCRIBE is made ---- */

/* A member of which each `stride` bytes of `count` have the slots of `map`. */
struct member_ {
    size_t offset;
    size_t stride;
    size_t count;
    moat_word map;

    constexpr bool is_near() const {
        return offset + stride * count <= MOAT_WORD_BITS * MOAT_WORD_BYTES;
    }
    constexpr moat_word bits() const {
        moat_word found = 0;
        for (size_t i = 0; i < count; i++) {
            found |= map << (offset + i * stride) / MOAT_WORD_BYTES;
        }
        return found;
    }
};

template <class T> struct innermost_ {
    using type = T;
    static constexpr size_t count = 1;
};
template <class T> struct innermost_<const T> : innermost_<T> {};
template <class T, size_t n> struct innermost_<T[n]> {
    using type = typename innermost_<T>::type;
    static constexpr size_t count = n * innermost_<T>::count;
};
template <class T, size_t n> struct innermost_<const T[n]> : innermost_<T[n]> {};

/* What a member, or an element of it, is made of. */
template <class T> struct piece_ {
    static constexpr bool is_ref = false;
    static constexpr bool is_legal = !__is_same(decltype(moat_description_of_(tag_<T>())), missing_);
    static constexpr moat_word map() {
        static_assert(__builtin_constant_p(type_of<T>().run_count),
                      "a member's class is described in a C file, where its slots are: describe them in the class that "
                      "has the member, as `member.slot`");
        static_assert(type_of<T>().run_count == 0,
                      "a member's class has slots beyond the words of a map: describe them "
                      "in the class that has the member, as `member.slot`");
        return type_of<T>().map;
    }
};
template <class T> struct piece_<ref<T>> {
    static constexpr bool is_legal = true;
    static constexpr moat_word map() {
        return 1;
    }
};

template <class T> constexpr bool is_legal_ = piece_<typename innermost_<T>::type>::is_legal;

template <class T> constexpr member_ member_at_(size_t offset) {
    using piece = typename innermost_<T>::type;
    return {offset, sizeof(piece), innermost_<T>::count, piece_<piece>::map()};
}

/* All members of a class. */
template <size_t count> struct members_ {
    member_ at[count];

    constexpr moat_word map() const {
        moat_word found = 0;
        for (const member_ &member : at) {
            found |= member.is_near() ? member.bits() : 0;
        }
        return found;
    }
    constexpr uint32_t far() const {
        uint32_t found = 0;
        for (const member_ &member : at) {
            found += !member.is_near();
        }
        return found;
    }
};

/* Room for one run where there are none, of which nothing is linked. */
template <size_t count> struct runs_ { moat_run at[count == 0 ? 1 : count]; };
template <size_t far, size_t count> constexpr runs_<far> runs_of_(const members_<count> &members) {
    runs_<far> found = {};
    size_t i = 0;
    for (const member_ &member : members.at) {
        if (!member.is_near()) {
            found.at[i++] = {
                uint32_t(member.offset), uint32_t(member.stride), uint32_t(member.count), member.map, 0, 0, 0};
        }
    }
    return found;
}

/* How the compiler writes T, its namespace included, between `T = ` and what follows. */
template <class T> constexpr const char *written_() {
    return __PRETTY_FUNCTION__;
}

struct extent_ {
    size_t start, length;
};
constexpr extent_ name_in_(const char *text) {
    size_t start = 0;
    while (text[start] != 'T' || text[start + 1] != ' ' || text[start + 2] != '=') {
        start++;
    }
    start += 4;
    size_t length = 0, end = 0;
    for (; text[start + length] != '\0' && text[start + length] != ';'; length++) {
        end = text[start + length] == ']' ? length : end;
    }
    return {start, text[start + length] == ';' ? length : end};
}

template <class T> struct name_ {
    static constexpr extent_ in = name_in_(written_<T>());
    struct letters {
        char at[in.length + 1];
    };
    static constexpr letters copied() {
        letters found = {};
        for (size_t i = 0; i < in.length; i++) {
            found.at[i] = written_<T>()[in.start + i];
        }
        return found;
    }
    static constexpr letters text = copied();
};

template <class T> void destroy_(void *object) {
    static_cast<T *>(object)->~T();
}

template <class T, bool finalized>
constexpr moat_type describe_(moat_word map, const moat_run *runs, uint32_t run_count) {
    moat_type type = {name_<T>::text.at, nullptr, map, nullptr, sizeof(T), MOAT_EXTENT_OF_(sizeof(T)), run_count, 0, 0};
    if constexpr (finalized) {
        type.finalize = destroy_<T>;
        type.extent = MOAT_FINALIZED_EXTENT_(T);
    }
    if (run_count != 0) {
        type.runs = runs;
    } else {
        type.front_bytes = MOAT_FRONT_BYTES_(map);
    }
    return type;
}

} // namespace moat

/* Offsets are asked for in classes of whatever layout: the compiler refuses those that no constant is, of virtual
 * bases. */
#define MOAT_OFFSETS_BEGIN_ _Pragma("GCC diagnostic push") _Pragma("GCC diagnostic ignored \"-Winvalid-offsetof\"")
#define MOAT_OFFSETS_END_ _Pragma("GCC diagnostic pop")

#define MOAT_DESCRIBE_BARE_(finalized, T)                                                                              \
    MOAT_DESCRIBE_CHECK_(finalized, T)                                                                                 \
    MOAT_DESCRIBE_PLACED_(".rodata.moat_leaf_types.", T, moat::describe_<T, finalized>(0, nullptr, 0))

#define MOAT_DESCRIBE_SLOTS_(finalized, T, ...)                                                                        \
    MOAT_OFFSETS_BEGIN_                                                                                                \
    struct moat_members_of_##T {                                                                                       \
        MOAT_EACH_(MOAT_MEMBER_CHECK_, T, __VA_ARGS__)                                                                 \
        static constexpr moat::members_<MOAT_COUNT_(__VA_ARGS__)> all() {                                              \
            return {{MOAT_EACH_(MOAT_MEMBER_, T, __VA_ARGS__)}};                                                       \
        }                                                                                                              \
    };                                                                                                                 \
    MOAT_OFFSETS_END_                                                                                                  \
    static_assert(alignof(T) % MOAT_WORD_BYTES == 0, #T " is packed: in arrays and roots its slots are not aligned");  \
    inline constexpr auto moat_runs_of_##T =                                                                           \
        moat::runs_of_<moat_members_of_##T::all().far()>(moat_members_of_##T::all());                                  \
    MOAT_REFERS_(moat_type_##T, runs, moat_members_of_##T::all().far() != 0);                                          \
    MOAT_DESCRIBE_CHECK_(finalized, T)                                                                                 \
    MOAT_DESCRIBE_PLACED_(".rodata.moat_types.", T,                                                                    \
                          moat::describe_<T, finalized>(moat_members_of_##T::all().map(), moat_runs_of_##T.at,         \
                                                        moat_members_of_##T::all().far()))

#define MOAT_DESCRIBE_MANY_(finalized, T, ...)                                                                         \
    static_assert(sizeof(T) == 0, #T " has more than 24 slots in one list: an array, or a described class, is one")

#define MOAT_MEMBER_CHECK_(T, f)                                                                                       \
    static_assert(moat::is_legal_<decltype(T::f)>,                                                                     \
                  #T "::" #f " is no slot: it is no moat::ref, and no described class, and no array of either");       \
    static_assert(offsetof(T, f) % MOAT_WORD_BYTES == 0, #T "::" #f " is no slot: it is not aligned");
#define MOAT_MEMBER_(T, f) moat::member_at_<decltype(T::f)>(offsetof(T, f)),

/* The variable has C++'s linkage: classes of one name may be in several namespaces. */
#define MOAT_DESCRIBE_PLACED_(section_, T, ...)                                                                        \
    __attribute__((MOAT_SECTION_(section_ #T, "moat_types"), aligned(MOAT_TYPE_ALIGN)))                                \
    MOAT_TYPE_LINKAGE_ constexpr moat_type moat_type_##T = __VA_ARGS__;                                                \
    MOAT_DESCRIPTION_ constexpr const moat_type &moat_description_of_(moat::tag_<T>) {                                 \
        return moat_type_##T;                                                                                          \
    }                                                                                                                  \
    static_assert(sizeof(T) != 0, #T)

#define MOAT_DESCRIBE_CHECK_(finalized, T)                                                                             \
    static_assert(alignof(T) <= MOAT_GRANULE, #T " needs a larger alignment than the heap gives");                     \
    static_assert(sizeof(T) <= 0x7fffffffu - 64, #T " is too large");                                                  \
    static_assert(finalized || moat::ends_trivially_<T>,                                                               \
                  #T " has a destructor, which nobody calls: MOAT_DESCRIBE_FINALIZED has the collector call it");      \
    typedef T moat_object_of_moat_type_##T;                                                                            \
    MOAT_REFERS_(moat_type_##T, large, MOAT_LINKED_EXTENT_(T) > MOAT_EXTENT_FAST * MOAT_GRANULE);                      \
    MOAT_REFERS_(moat_type_##T, far, MOAT_LINKED_EXTENT_(T) > MOAT_EXTENT_NEAR_BYTES);                                 \
    MOAT_REFERS_(moat_type_##T, finalizers, finalized);

/* MOAT_CONSTANT_: before a variable, which is then initialised without code, or refused.
 * MOAT_TYPE_LINKAGE_, MOAT_DESCRIPTION_: one type for all units that describe it; where all types are in one section,
 * which GCC does not bear with inline variables, one for each unit. Types and roots are "used": GCC's link-time
 * optimisation takes other inline variables out of their sections. */
#ifdef __clang__
#define MOAT_CONSTANT_ __attribute__((require_constant_initialization))
#else
#define MOAT_CONSTANT_ __constinit
#endif
#if MOAT_CONFIG_LINKER_SCRIPT
#define MOAT_TYPE_LINKAGE_ __attribute__((used)) inline
#define MOAT_DESCRIPTION_ inline
#else
#define MOAT_TYPE_LINKAGE_ static
#define MOAT_DESCRIPTION_ __attribute__((unused)) static inline
#endif

#define MOAT_TEXT_(x) MOAT_TEXT_NOW_(x)
#define MOAT_TEXT_NOW_(x) #x

#pragma GCC diagnostic pop

#endif

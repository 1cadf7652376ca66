/* moat: weak references and the containers of lib/ in C++: members of described classes, as a moat::ref is.
 *
 *   struct fleet {
 *       moat::vector<vessel> all;
 *       moat::text_map<vessel> by_name;
 *       moat::weak<vessel> shown;
 *   };
 *   MOAT_DESCRIBE(fleet, all, by_name, shown);
 *
 * Each is one slot, and empty at start. The first call that puts makes the object behind it. Calls that may fail return
 * a moat_result, or nullptr; then nothing has changed. Contexts and costs are those of the functions in C.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_CONTAINERS_HPP
#define MOAT_CONTAINERS_HPP

#include <moat.hpp>

#include "moat_list.h"
#include "moat_map.h"
#include "moat_vector.h"

namespace moat {

/* All of them have this in common: the slot. */
template <class object> class holder_ {
  public:
    constexpr holder_() {
    }
    holder_(const holder_ &) = delete;
    holder_ &operator=(const holder_ &) = delete;

    /* Lets go of it all. */
    MOAT_METHOD_ void reset() {
        held_ = nullptr;
    }

  protected:
    MOAT_METHOD_ object *held() const {
        return held_;
    }
    /* Makes the object, unless there is one. False: no memory. */
    MOAT_METHOD_ bool has(object *(*make)()) {
        object *made = held_ == nullptr ? make() : nullptr;
        if (held_ == nullptr) { /* still: a finalizer may have put meanwhile */
            held_ = made;
        }
        return held_ != nullptr;
    }
    MOAT_METHOD_ void hold(object *made) {
        held_ = made;
    }
    template <class T> static MOAT_METHOD_ void *erased(T *value) {
        return (void *)(uintptr_t)value;
    }

  private:
    ref<object> held_;
};

/* A weak reference to a T: see moat_weak.h. */
template <class T> class weak : public holder_<moat_weak> {
  public:
    /* Refers to another object from now on; nullptr: to none. MOAT_ERR_MEMORY, _FOREIGN. */
    int set(T *value) {
        moat_weak *made = value == nullptr ? nullptr : moat_weak_new(this->erased(value));
        if (value != nullptr && made == nullptr) {
            return moat_last_error();
        }
        this->hold(made);
        return MOAT_OK;
    }
    T *get() const {
        return static_cast<T *>(moat_weak_get(this->held()));
    }
};

/* A growable array: see moat_vector.h. */
template <class T> class vector : public holder_<moat_vector> {
  public:
    size_t count() const {
        return this->held() == nullptr ? 0 : this->held()->count;
    }
    T *operator[](size_t index) const {
        return index < count() ? static_cast<T *>(moat_vector_at(this->held(), index)) : nullptr;
    }
    int push(T *value) {
        return this->has(moat_vector_new) ? moat_vector_push(this->held(), this->erased(value)) : MOAT_ERR_MEMORY;
    }
    int insert(size_t index, T *value) {
        return this->has(moat_vector_new) ? moat_vector_insert(this->held(), index, this->erased(value))
                                          : MOAT_ERR_MEMORY;
    }
    int set(size_t index, T *value) {
        return index < count() ? moat_vector_set(this->held(), index, this->erased(value)) : MOAT_ERR_SIZE;
    }
    T *remove(size_t index) {
        return index < count() ? static_cast<T *>(moat_vector_remove(this->held(), index)) : nullptr;
    }
    T *pop() {
        return count() == 0 ? nullptr : remove(count() - 1);
    }
};

/* A map from numbers: see moat_map.h. */
template <class T> class map : public holder_<moat_map> {
  public:
    size_t count() const {
        return this->held() == nullptr ? 0 : this->held()->order.count;
    }
    int put(uintptr_t key, T *value) {
        return this->has(moat_map_new) ? moat_map_put(this->held(), key, this->erased(value)) : MOAT_ERR_MEMORY;
    }
    T *get(uintptr_t key) const {
        return this->held() == nullptr ? nullptr : static_cast<T *>(moat_map_get(this->held(), key));
    }
    T *remove(uintptr_t key) {
        return this->held() == nullptr ? nullptr : static_cast<T *>(moat_map_remove(this->held(), key));
    }
    /* visit(key, value) for each entry, as MOAT_MAP_EACH. */
    template <class visitor> void each(visitor visit) const {
        moat_map_entry *entry = this->held() == nullptr ? nullptr : moat_map_first(this->held());
        while (entry != nullptr) {
            moat_map_entry *after = moat_map_after(entry);
            visit(moat_map_key(entry), static_cast<T *>(entry->link.value));
            entry = after;
        }
    }
};

/* A map from texts. */
template <class T> class text_map : public holder_<moat_text_map> {
  public:
    size_t count() const {
        return this->held() == nullptr ? 0 : this->held()->map.order.count;
    }
    int put(const char *key, T *value) {
        return this->has(moat_text_map_new) ? moat_text_map_put(this->held(), key, this->erased(value))
                                            : MOAT_ERR_MEMORY;
    }
    T *get(const char *key) const {
        return this->held() == nullptr ? nullptr : static_cast<T *>(moat_text_map_get(this->held(), key));
    }
    T *remove(const char *key) {
        return this->held() == nullptr ? nullptr : static_cast<T *>(moat_text_map_remove(this->held(), key));
    }
    template <class visitor> void each(visitor visit) const {
        moat_map_entry *entry = this->held() == nullptr ? nullptr : moat_map_first(&this->held()->map);
        while (entry != nullptr) {
            moat_map_entry *after = moat_map_after(entry);
            visit(moat_text_map_key(entry), static_cast<T *>(entry->link.value));
            entry = after;
        }
    }
};

/* A doubly linked list: see moat_list.h. */
template <class T> class list : public holder_<moat_list> {
  public:
    size_t count() const {
        return this->held() == nullptr ? 0 : this->held()->count;
    }
    /* Behind the last; nullptr: no memory. */
    moat_link *push(T *value) {
        return insert(nullptr, value);
    }
    moat_link *insert(moat_link *before, T *value) {
        return this->has(moat_list_new) ? moat_list_insert(this->held(), before, this->erased(value)) : nullptr;
    }
    int remove(moat_link *link) {
        return this->held() == nullptr ? MOAT_ERR_ABSENT : moat_list_remove(this->held(), link);
    }
    moat_link *first() const {
        return this->held() == nullptr ? nullptr : static_cast<moat_link *>(this->held()->first);
    }
    static T *value(const moat_link *link) {
        return static_cast<T *>(link->value);
    }
};

/* For MOAT_DESCRIBE: each is one slot. */
template <class T> struct piece_<weak<T>> : piece_<ref<T>> {};
template <class T> struct piece_<vector<T>> : piece_<ref<T>> {};
template <class T> struct piece_<map<T>> : piece_<ref<T>> {};
template <class T> struct piece_<text_map<T>> : piece_<ref<T>> {};
template <class T> struct piece_<list<T>> : piece_<ref<T>> {};

} // namespace moat

#endif

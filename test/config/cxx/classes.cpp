// Firmware that uses all of moat.hpp; nobody runs it. test/build/cxx.py compiles it, and looks at its object.
//
// SPDX-License-Identifier: MIT
#include <moat.hpp>

struct node {
    moat::ref<node> next;
    moat::ref<node> others[2];
    moat::ref<const char> text;
    int value;
    struct {
        moat::ref<void> any;
        int number;
    } in;
};
MOAT_DESCRIBE(node, next, others, text, in.any);
static MOAT_ROOT_REF(node) first, last, table[3];

namespace app {

class shape {
  public:
    virtual int area() const;
    moat::ref<shape> next;
};
MOAT_DESCRIBE(shape, next);

class box : public shape {
  public:
    box(int width, node *label) : width_(width), label_(label) {
    }
    int area() const override {
        return width_;
    }

  private:
    MOAT_MAY_DESCRIBE(box);
    int width_;
    moat::ref<node> label_;
};
MOAT_DESCRIBE(box, next, label_);

struct entry {
    int key;
    moat::ref<node> value;
};
MOAT_DESCRIBE(entry, value);
struct entries {
    entry all[100];
    moat::ref<node> last;
};
MOAT_DESCRIBE(entries, all, last);

struct leaf {
    int numbers[4];
};
MOAT_DESCRIBE(leaf);

template <class T> struct list {
    moat::ref<list> next;
    T value;
};
using int_list = list<int>;
MOAT_DESCRIBE(int_list, next);

struct file {
    moat::ref<node> owner;
    int number;
    ~file();
};
MOAT_DESCRIBE_FINALIZED(file, owner);

struct state {
    entry entries[3];
    int number;
};
MOAT_DESCRIBE(state, entries);
MOAT_ROOT_OBJECT(state, the_state);

struct described_in_c {
    moat::ref<node> next;
};
MOAT_TYPE_DECLARE(in_c_type, struct described_in_c);
MOAT_DESCRIBED_IN_C(described_in_c, in_c_type);

} // namespace app

// A class of the same name, and a pool that has its root inside.
namespace other {
struct entry {
    moat::ref<entry> next;
};
MOAT_DESCRIBE(entry, next);
struct pool {
    static MOAT_ROOT_REF_DECLARE(entry) free_list;
#if MOAT_CONFIG_LINKER_SCRIPT // without, GCC bears no inline variables in one section with others
    static inline MOAT_ROOT_REF(entry) spare_list;
#endif
};
MOAT_ROOT_REF(entry) pool::free_list;
} // namespace other

// Of this file only.
namespace {
struct hidden {
    const moat::ref<hidden> next;
    const moat::ref<node> nodes[2];
};
MOAT_DESCRIBE(hidden, next, nodes);
MOAT_ROOT_REF(hidden) hidden_root;
} // namespace

// As a header declares it.
extern MOAT_ROOT_REF_DECLARE(node) shared;
MOAT_ROOT_REF(node) shared;

// A base class whose destructor is not for others, and does nothing; objects that only moat makes.
class closed {
  public:
    virtual int area() const = 0;
    void *operator new(decltype(sizeof 0)) = delete;

  protected:
    ~closed() = default;
    MOAT_MAY_DESCRIBE(closed);
    MOAT_MAY_DESCRIBE(open_box);
    moat::ref<node> label;
};
MOAT_DESCRIBE(closed, label);
class open_box final : public closed {
  public:
    explicit open_box(int width) : width_(width) {
    }
    int area() const override {
        return width_;
    }

  private:
    int width_;
};
MOAT_DESCRIBE(open_box, label);
struct shelf {
    int number;
    moat::ref<closed> on;
};
MOAT_DESCRIBE(shelf, on);

node *use(int value);
node *use(int value) {
    node *made = moat::make<node>();
    if (made == nullptr) {
        return nullptr;
    }
    made->value = value;
    made->next = first;
    first = made;
    first = last;
    table[1] = made;
    last = nullptr;
    made->others[0] = made->others[1];
    made->text = "text";
    made->in.any = made;
    app::the_state.entries[1].value = made;
    other::pool::free_list = moat::make<other::entry>();
#if MOAT_CONFIG_LINKER_SCRIPT
    other::pool::spare_list = other::pool::free_list;
#endif
    made->next.swap(made->others[0]);
    swap(first, last);
    if (first.compare_exchange(nullptr, made) || last.exchange(first) == made) {
        return nullptr;
    }
    moat::pinned<node> held(made);
    if (!held || held->value != (*made->next).value) {
        return nullptr;
    }
    *made = *made->next;
    moat::registered_root<node> more;
    more = made;
    return first && first == last && made->next != nullptr && more.result() == MOAT_OK ? more->next : nullptr;
}

bool use_classes(int value);
bool use_classes(int value) {
    app::box *box = moat::make<app::box>(value, first);
    app::leaf *leaves = moat::make_array<app::leaf>(4);
    app::entry *entries = moat::make_array<app::entry>(4);
    app::entries *many = moat::make<app::entries>();
    app::file *file = moat::make<app::file>(first, 3);
    app::int_list *list = moat::make<app::int_list>(nullptr, 3);
    app::described_in_c *in_c = moat::make<app::described_in_c>();
    hidden_root = moat::make<hidden>();
    moat::ref<open_box> open = moat::make<open_box>(value);
    moat::ref<closed> base = open;
    shelf *shelf_ = moat::make<shelf>(3, open);
    if (shelf_ == nullptr) {
        return false;
    }
    shelf_->on = open;
    shelf_->on = {};
    *shelf_ = {};
    shared = first;
    return base && hidden_root && box && leaves && entries && many && file && list && in_c && box->area() == value;
}

static_assert(sizeof(moat::ref<node>) == sizeof(void *) && __is_standard_layout(moat::ref<node>) &&
                  __is_standard_layout(moat::root<node>) && __is_standard_layout(node),
              "a slot is a pointer");

#include "trace/current_stack.h"

#include <sys/mman.h>
#include <unistd.h>

#include <mutex>
#include <new>
#include <span>
#include <string_view>

#include "base/errno_kept.h"
#include "base/fork.h"
#include "base/leak_check.h"
#include "trace/thread_exit.h"
#include "trace/thread_slot.h"

namespace cero {

constinit thread_local detail::CurrentEntry* detail::current_top CERO_TLS_MODEL = nullptr;

namespace core {
namespace {

// Needs no destructor: threads may outlive static ones.
struct StackList {
  std::mutex mutex;
  CurrentStack* free = nullptr;
};

constinit StackList stack_list;

// Relaxed: a number, it publishes nothing.
constinit std::atomic<uint64_t> stacks_made{0};

// Whether this thread is getting memory or is at the list: a signal handler that interrupted it
// there must not wait for the lock that its own thread holds.
constinit thread_local bool inside_list = false;

class InsideList {
 public:
  InsideList() noexcept {
    inside_list = true;
    std::atomic_signal_fence(std::memory_order_seq_cst);
  }
  ~InsideList() {
    std::atomic_signal_fence(std::memory_order_seq_cst);
    inside_list = false;
  }
  InsideList(const InsideList&) = delete;
  InsideList& operator=(const InsideList&) = delete;
};

template <typename T>
T* make_mapped() noexcept {
  void* memory =
      mmap(nullptr, sizeof(T), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return nullptr;
  look_for_pointers_in(memory, sizeof(T));  // to tracestates
  return new (memory) T;
}

void link_entries(std::span<CurrentEntry> entries, CurrentEntry* below) noexcept {
  for (CurrentEntry& entry : entries) {
    entry.below = below;
    if (&entry != &entries.back()) entry.above = &entry + 1;
    below = &entry;
  }
}

void tell_misuse() noexcept {
#ifdef CERO_ASSERTS
  static constinit std::atomic<bool> told{false};
  if (told.exchange(true, std::memory_order_relaxed)) return;  // a flag alone
  constexpr std::string_view kLine =
      "cero: warning: a Scope ended out of order, or on another thread than the one that made it: "
      "it is current nowhere any more (told once)\n";
  const ErrnoKept errno_kept;
  // Not stdio: a signal handler may be here.
  [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, kLine.data(), kLine.size());
#endif
}

}  // namespace

constinit thread_local CurrentStack* this_current_stack CERO_TLS_MODEL = nullptr;

struct CurrentStack::Segment {
  std::array<CurrentEntry, kSegmentEntries> entries;
};

CurrentStack::CurrentStack() noexcept
    : last_serial_((1 + stacks_made.fetch_add(1, std::memory_order_relaxed)) << 40) {
  link_entries(entries_, nullptr);
}

CurrentEntry* CurrentStack::add_segment(CurrentEntry& last) noexcept {
  if (inside_list) return nullptr;
  const ErrnoKept errno_kept;
  const InsideList inside;
  if (last.above != nullptr) return last.above;  // a handler has added one since the caller looked
  auto* segment = make_mapped<Segment>();
  if (segment == nullptr) return nullptr;
  link_entries(segment->entries, &last);
  last.above = &segment->entries.front();
  return last.above;
}

// Over a mark, too, that another thread sets just now.
void CurrentStack::empty(CurrentEntry& entry) noexcept {
  entry.set_serial(CurrentEntry::kBusy);
  entry.context = {};
  entry.set_serial(CurrentEntry::kEnded);
}

void CurrentStack::push_slowly(SpanContext&& context, Place* place) noexcept {
  *place = {};
  CurrentStack* stack = this_current_stack;
  if (stack == nullptr) stack = take();
  if (stack == nullptr) return;
  stack->pop_ended();
  CurrentEntry* const below = detail::current_top;
  CurrentEntry* entry = below == nullptr ? &stack->entries_.front() : below->above;
  if (entry == nullptr) entry = add_segment(*below);
  if (entry == nullptr) return;
  claim(*entry);
  stack->write(*entry, std::move(context), below, place);
}

void CurrentStack::pop_ended() noexcept {
  const bool starts_a_span = this_thread_slot != nullptr && this_thread_slot->busy;
  if (in_use_ || starts_a_span) return;  // I5: a later push will do it
  const CurrentKept kept(this);
  for (CurrentEntry* top = detail::current_top; top != nullptr && top->is_ended();
       top = top->below) {
    empty(*top);
    detail::current_top = top->below;
  }
}

void CurrentStack::end_slowly(const Place& place) noexcept {
  // Perhaps what lies on top of it has ended elsewhere.
  if (this_current_stack != nullptr) this_current_stack->pop_ended();
  if (is_on_top(place)) {
    empty(*place.entry);
    return pop(place);
  }
  // Without its serial, its thread has gone and has emptied the stack.
  uint64_t serial = place.serial;
  place.entry->serial.compare_exchange_strong(serial, CurrentEntry::kEnded,
                                              std::memory_order_relaxed);
  tell_misuse();
}

void CurrentStack::pop_all() noexcept {
  const CurrentKept kept(this);
  for (CurrentEntry* top = detail::current_top; top != nullptr; top = top->below) {
    empty(*top);
    detail::current_top = top->below;
  }
}

CurrentStack* CurrentStack::take_free() noexcept {
  const std::lock_guard lock(stack_list.mutex);  // E1
  CurrentStack* stack = stack_list.free;
  if (stack != nullptr) stack_list.free = stack->next_free_;
  return stack;
}

CurrentStack* CurrentStack::take() noexcept {
  if (inside_list) return nullptr;
  const ErrnoKept errno_kept;
  const InsideList inside;
  // A handler may have taken one since the caller looked.
  if (this_current_stack != nullptr || !passes_on_at_exit()) return this_current_stack;
  CurrentStack* stack = take_free();
  if (stack == nullptr) stack = make_mapped<CurrentStack>();
  this_current_stack = stack;
  return stack;
}

void CurrentStack::pass_on() noexcept {
  CurrentStack* const stack = this_current_stack;
  if (stack == nullptr) return;
  stack->pop_all();
  const InsideList inside;
  this_current_stack = nullptr;
  const std::lock_guard lock(stack_list.mutex);  // E1
  stack->next_free_ = stack_list.free;
  stack_list.free = stack;
}

void CurrentStack::forget_others() noexcept {
  make_anew(stack_list.mutex);
  stack_list.free = nullptr;
}

const SpanContext* find_current_below(const CurrentEntry& entry) noexcept {
  for (const CurrentEntry* below = entry.below; below != nullptr; below = below->below) {
    if (below->is_live()) return &below->context;
  }
  return nullptr;
}

}  // namespace core
}  // namespace cero

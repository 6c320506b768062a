// CurrentStack: what is current on one thread, the innermost on top.
//
// A Scope is a handle: the address of an entry here, and the serial that the entry has while the
// scope lives. Entries are never unmapped and a stack gives no serial twice, so a scope may end at
// any time and on any thread: it finds its serial, or it is too late and changes nothing. Nothing
// here points into a frame of the host's.
//
// A stack passes to a later thread when its own exits, emptied. It is not part of a ThreadSlot: a
// forked child forgets slots, and its thread keeps what is current on it.
//
// Threads: a stack is for its owner and for signal handlers on that thread. Other threads mark
//          entries as ended, and do nothing else.
//
// I1  detail::current_top is an entry of the thread's stack, or null. What is above it is kEnded,
//     and empty.
// I2  Up to the top an entry is live; or kEnded, by a scope that ended out of order or elsewhere;
//     or kBusy, while a frame of the owner writes or empties it. Readers pass over the last two.
// I3  push() claims an entry before it writes it, so that handlers nest above it, and publishes it
//     by its serial. pop() ends an entry by its serial before it takes it off. A handler that comes
//     in between finds it not there, and leaves the stack as it found it but for I4.
// I4  A handler may take off what is kEnded on top. A frame that it interrupted may then put that
//     on again, or nest above it: it is current neither way.
// I5  Only pop_ended() takes off what its caller has not pushed, so that it may be written again.
//     It does nothing while a frame of the thread reads the stack: one that has CurrentKept, or
//     one that starts a span, whose slot is busy.
// I6  The owner alone releases an entry's tracestate, before it takes the entry off.
// E1  The mutex of the free stacks: from the thread that emptied a stack to the next owner.
// All else is relaxed. Who ends a scope elsewhere reads and writes nothing but the serial, and got
// the entry's address from the owner, with the Scope.
#ifndef CERO_CORE_TRACE_CURRENT_STACK_H_
#define CERO_CORE_TRACE_CURRENT_STACK_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include "base/assert.h"
#include "cero/context.h"

namespace cero {
namespace detail {

// A cache line. The ids come first, as they would in a record for profilers.
struct alignas(64) CurrentEntry {
  // Serials that no scope has.
  static constexpr uint64_t kBusy = 0;
  static constexpr uint64_t kEnded = 1;

  SpanContext context;
  std::atomic<uint64_t> serial{kEnded};
  CurrentEntry* below = nullptr;  // constant, and so is `above` once there is one
  CurrentEntry* above = nullptr;

  bool is_live() const noexcept { return serial.load(std::memory_order_relaxed) > kEnded; }
  bool is_ended() const noexcept { return serial.load(std::memory_order_relaxed) == kEnded; }
  // Owner.
  void set_serial(uint64_t value) noexcept {
    std::atomic_signal_fence(std::memory_order_seq_cst);
    serial.store(value, std::memory_order_relaxed);
    std::atomic_signal_fence(std::memory_order_seq_cst);
  }
};
static_assert(sizeof(CurrentEntry) == 64 && offsetof(CurrentEntry, context) == 0);

}  // namespace detail

namespace core {

using detail::CurrentEntry;
using Place = detail::CurrentPlace;

class CurrentStack;

// The calling thread's stack; nullptr before its first scope and after its exit handler.
extern constinit thread_local CurrentStack* this_current_stack CERO_TLS_MODEL;

class CurrentStack {
 public:
  CurrentStack() noexcept;

  // When the calling thread exits.
  static void pass_on() noexcept;
  // In a forked child, while it has one thread: the stacks of others. What is current stays.
  static void forget_others() noexcept;

  // Makes a valid context current on the calling thread. Without memory `place` has no entry.
  static void push(SpanContext&& context, Place* place) noexcept;
  // Any thread: ends what push() made current.
  static void end(const Place& place) noexcept;

 private:
  friend class CurrentKept;

  // In a mapped page each.
  static constexpr size_t kSegmentEntries = 64;
  struct Segment;

  static bool is_on_top(const Place& place) noexcept {
    return detail::current_top == place.entry &&
           place.entry->serial.load(std::memory_order_relaxed) == place.serial;
  }
  // Makes it the top, and kBusy.
  static void claim(CurrentEntry& entry) noexcept;
  void write(CurrentEntry& entry, SpanContext&& context, CurrentEntry* below,
             Place* place) noexcept;
  static void pop(const Place& place) noexcept;

  [[gnu::cold]] static void push_slowly(SpanContext&& context, Place* place) noexcept;
  [[gnu::cold]] static void end_slowly(const Place& place) noexcept;
  [[gnu::cold]] static CurrentEntry* add_segment(CurrentEntry& last) noexcept;
  [[gnu::cold]] static void empty(CurrentEntry& entry) noexcept;
  [[gnu::cold]] void pop_ended() noexcept;
  void pop_all() noexcept;
  // For the calling thread; nullptr: there is no memory, or the stack would not pass on when the
  // thread exits, or this is a signal handler that has interrupted just this.
  [[gnu::cold]] static CurrentStack* take() noexcept;
  static CurrentStack* take_free() noexcept;

  // A number of the stack's own above a counter: unique in the process for 2^40 scopes of a stack,
  // and in the stack, where it matters, for 2^64. A handler's scope that begins and ends while
  // another one begins may have the same.
  uint64_t last_serial_;
  bool in_use_ = false;  // I5
  CurrentStack* next_free_ = nullptr;
  std::array<CurrentEntry, kSegmentEntries - 1> entries_;
};
static_assert(sizeof(CurrentStack) == 4096);

// While one lives, nothing is popped under the frame that has it: I5.
class CurrentKept {
 public:
  CurrentKept() noexcept : CurrentKept(this_current_stack) {}
  // A stack that may be nullptr.
  explicit CurrentKept(CurrentStack* stack) noexcept
      : stack_(stack), before_(stack != nullptr && std::exchange(stack->in_use_, true)) {
    std::atomic_signal_fence(std::memory_order_seq_cst);
  }
  ~CurrentKept() {
    std::atomic_signal_fence(std::memory_order_seq_cst);
    if (stack_ != nullptr) stack_->in_use_ = before_;
  }
  CurrentKept(const CurrentKept&) = delete;
  CurrentKept& operator=(const CurrentKept&) = delete;

 private:
  CurrentStack* const stack_;
  const bool before_;
};

// The innermost live one below; nullptr: none.
[[gnu::cold]] const SpanContext* find_current_below(const CurrentEntry& entry) noexcept;

// Finds the context that is current on the calling thread; nullptr: none. It stays until the caller
// gives up what I5 asks for.
[[gnu::always_inline]] inline const SpanContext* find_current() noexcept {
  const CurrentEntry* top = detail::current_top;
  if (top == nullptr) return nullptr;
  return top->is_live() ? &top->context : find_current_below(*top);
}

inline void CurrentStack::claim(CurrentEntry& entry) noexcept {
  do {
    detail::current_top = &entry;
    entry.set_serial(CurrentEntry::kBusy);
    // A handler that came before it was busy may have taken it off: I4.
  } while (detail::current_top != &entry);
}

inline void CurrentStack::write(CurrentEntry& entry, SpanContext&& context, CurrentEntry* below,
                                Place* place) noexcept {
  CERO_ASSERT(entry.below == below && entry.context.trace_state().empty());
  std::construct_at(&entry.context, std::move(context));
  const uint64_t serial = ++last_serial_;
  entry.set_serial(serial);
  *place = {&entry, serial, below};
}

inline void CurrentStack::push(SpanContext&& context, Place* place) noexcept {
  CurrentStack* const stack = this_current_stack;
  if (stack == nullptr) [[unlikely]]
    return push_slowly(std::move(context), place);
  CurrentEntry* const below = detail::current_top;
  CurrentEntry* entry = &stack->entries_.front();
  if (below != nullptr) {
    entry = below->above;
    if (entry == nullptr || below->is_ended()) [[unlikely]]
      return push_slowly(std::move(context), place);
  }
  claim(*entry);
  stack->write(*entry, std::move(context), below, place);
}

inline void CurrentStack::pop(const Place& place) noexcept {
  CERO_ASSERT(place.below == place.entry->below);
  place.entry->set_serial(CurrentEntry::kEnded);
  detail::current_top = place.below;
}

inline void CurrentStack::end(const Place& place) noexcept {
  if (!is_on_top(place) || !place.entry->context.trace_state().empty()) [[unlikely]]
    return end_slowly(place);
  pop(place);
}

}  // namespace core
}  // namespace cero

#endif  // CERO_CORE_TRACE_CURRENT_STACK_H_

// ThreadSlot: all that cero keeps for one thread: its id generator, its pool of span buffers, and
// its ring in each provider.
//
// Slots are immortal. A thread takes one at its first span and gives it back when it exits, with
// whatever its rings still hold; the next thread goes on from there. A thread whose exit handler
// has already run (spans ended in static or thread-local destructors) borrows one per call.
//
// Threads: a slot is for its owner, and for signal handlers on that thread, which `busy` keeps out
// while the owner is inside.
#ifndef CERO_CORE_TRACE_THREAD_SLOT_H_
#define CERO_CORE_TRACE_THREAD_SLOT_H_

#include <array>
#include <atomic>
#include <cstdint>

#include "base/random.h"
#include "trace/runtime.h"
#include "trace/span_pool.h"

namespace cero::core {

struct ThreadSlot {
  bool busy = false;
  IdGenerator ids;
  SpanPool pool;
  std::array<SpanRing*, kRuntimesMax> rings{};
  ThreadSlot* next_free = nullptr;

  // nullptr: no memory.
  SpanRing* ring_of(Runtime& runtime) noexcept {
    SpanRing* ring = rings[runtime.index()];
    if (ring == nullptr) [[unlikely]]
      ring = rings[runtime.index()] = runtime.make_ring();
    return ring;
  }
};

// The calling thread's slot; nullptr before its first use and after its exit handler.
extern constinit thread_local ThreadSlot* this_thread_slot;

// Cold: takes a slot for this thread for good, or for one call when the thread is on its way out.
ThreadSlot* take_slot(bool* borrowed) noexcept;
void return_slot(ThreadSlot* slot) noexcept;
// Whether this thread is inside one of the two: so finds a signal handler that interrupted it
// there, for which take_slot has no slot.
bool is_inside_slot_list() noexcept;

// The slot for one call into cero. Not usable (false) when this thread is inside cero already, in a
// frame that a signal handler interrupted, or when there is no memory.
class SlotUse {
 public:
  SlotUse() noexcept : slot_(this_thread_slot) {
    if (slot_ == nullptr) [[unlikely]]
      slot_ = take_slot(&borrowed_);
    if (slot_ == nullptr) [[unlikely]] {
      reentrant_ = is_inside_slot_list();
      return;
    }
    if (slot_->busy) [[unlikely]] {
      slot_ = nullptr;
      reentrant_ = true;
      return;
    }
    slot_->busy = true;
    std::atomic_signal_fence(std::memory_order_seq_cst);
  }
  ~SlotUse() {
    if (slot_ == nullptr) [[unlikely]]
      return;
    std::atomic_signal_fence(std::memory_order_seq_cst);
    slot_->busy = false;
    if (borrowed_) [[unlikely]]
      return_slot(slot_);
  }
  SlotUse(const SlotUse&) = delete;
  SlotUse& operator=(const SlotUse&) = delete;

  explicit operator bool() const noexcept { return slot_ != nullptr; }
  bool reentrant() const noexcept { return reentrant_; }
  ThreadSlot* operator->() const noexcept { return slot_; }

 private:
  ThreadSlot* slot_;
  bool borrowed_ = false;
  bool reentrant_ = false;
};

}  // namespace cero::core

#endif  // CERO_CORE_TRACE_THREAD_SLOT_H_

// ThreadSlot: all that cero keeps for one thread: its id generator, its pool of span buffers, and
// its ring in each provider.
//
// Slots are immortal. A thread takes one at its first span and gives it back when it exits, with
// whatever its rings still hold; the next thread goes on from there. A thread whose exit handler
// has already run (spans ended in destructors of pthread's keys), or could not be registered,
// borrows one per call. So does a thread that has not asked for a tracer (register_thread) in a
// program that had 32 keys of pthread's before cero was loaded: to register its exit takes memory,
// and its first span may be a signal handler's.
//
// A forked child uses none of its parent's slots: it would hand out the same ids, and the kernel
// has wiped the rings. A handler of fork() forgets them, and each thread takes a new one at its
// first span. A child made past fork()'s handlers, by clone() itself, must exec.
//
// Threads: a slot is for its owner, and for signal handlers on that thread, which `busy` keeps out
// while the owner is inside.
#ifndef CERO_CORE_TRACE_THREAD_SLOT_H_
#define CERO_CORE_TRACE_THREAD_SLOT_H_

#include <array>
#include <atomic>
#include <cstdint>

#include "base/random.h"
#include "cero/detail/tls_model.h"
#include "trace/runtime.h"
#include "trace/span_pool.h"

namespace cero::core {

struct ThreadSlot {
  SpanPool pool;  // first: its address is the slot's, and costs nothing
  bool busy = false;
  IdGenerator ids;
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
extern constinit thread_local ThreadSlot* this_thread_slot CERO_TLS_MODEL;

// What a thread that is not simply outside with a slot of its own gets.
struct SlotLease {
  ThreadSlot* slot;  // nullptr: reentrant, or no memory
  bool borrowed;     // for this call alone, since the thread's exit would not return it
  bool reentrant;    // this thread is inside cero already, in a frame that a handler interrupted
};

// Cold: finds out which of those it is, and takes a slot for the thread where it has none.
SlotLease lease_slot() noexcept;
void return_slot(ThreadSlot* slot) noexcept;

// When the calling thread exits.
void pass_on_slot() noexcept;

// In a forked child, while it has one thread.
void forget_slots() noexcept;

// Marks a slot as in use; nullptr: none.
class BusySlot {
 public:
  [[gnu::always_inline]] explicit BusySlot(ThreadSlot* slot) noexcept : slot_(slot) {
    if (slot_ != nullptr) slot_->busy = true;
    std::atomic_signal_fence(std::memory_order_seq_cst);
  }
  [[gnu::always_inline]] ~BusySlot() {
    std::atomic_signal_fence(std::memory_order_seq_cst);
    if (slot_ != nullptr) slot_->busy = false;
  }
  BusySlot(const BusySlot&) = delete;
  BusySlot& operator=(const BusySlot&) = delete;

 private:
  ThreadSlot* const slot_;
};

// This thread's slot, if it has one and is not inside cero: the case that must be fast.
[[gnu::always_inline]] inline ThreadSlot* idle_slot() noexcept {
  ThreadSlot* slot = this_thread_slot;
  return slot != nullptr && !slot->busy ? slot : nullptr;
}

// The slot for one call into cero, in every case. Not usable (false) when this thread is inside
// cero already, in a frame that a signal handler interrupted, or when there is no memory.
class SlotUse {
 public:
  SlotUse() noexcept : SlotUse(idle_slot()) {}
  SlotUse(const SlotUse&) = delete;
  SlotUse& operator=(const SlotUse&) = delete;

  explicit operator bool() const noexcept { return lease_.slot != nullptr; }
  bool reentrant() const noexcept { return lease_.reentrant; }
  ThreadSlot& operator*() const noexcept { return *lease_.slot; }
  ThreadSlot* operator->() const noexcept { return lease_.slot; }

 private:
  struct Lease : SlotLease {
    ~Lease() {
      if (borrowed) return_slot(slot);
    }
  };
  explicit SlotUse(ThreadSlot* idle) noexcept
      : lease_{idle != nullptr ? SlotLease{idle, false, false} : lease_slot()},
        busy_(lease_.slot) {}

  const Lease lease_;
  const BusySlot busy_;  // destroyed first: a slot is given back idle
};

}  // namespace cero::core

#endif  // CERO_CORE_TRACE_THREAD_SLOT_H_

#include "trace/thread_slot.h"

#include <sys/mman.h>

#include <mutex>
#include <new>
#include <utility>

#include "base/errno_kept.h"
#include "base/fork.h"
#include "trace/thread_exit.h"

namespace cero::core {
namespace {

// Needs no destructor: threads may outlive static ones.
struct SlotList {
  std::mutex mutex;
  ThreadSlot* free = nullptr;
};

constinit SlotList slot_list;

// Whether this thread is at the list: a signal handler that interrupted it there must not wait for
// the lock that its own thread holds.
constinit thread_local bool inside_list = false;

ThreadSlot* make_slot() noexcept {
  void* memory =
      mmap(nullptr, sizeof(ThreadSlot), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return nullptr;
  auto* slot = new (memory) ThreadSlot;
  if (slot->ids.seed()) return slot;
  munmap(memory, sizeof(ThreadSlot));
  return nullptr;
}

ThreadSlot* take_free_slot() noexcept {
  const std::lock_guard lock(slot_list.mutex);
  ThreadSlot* slot = slot_list.free;
  if (slot != nullptr) slot_list.free = slot->next_free;
  return slot;
}

SlotLease take_slot() noexcept {
  ThreadSlot* slot = take_free_slot();
  if (slot == nullptr) slot = make_slot();
  if (slot == nullptr) return {nullptr, false, false};
  slot->pool.begin_use();
  if (!passes_on_at_exit()) return {slot, true, false};
  this_thread_slot = slot;
  return {slot, false, false};
}

}  // namespace

constinit thread_local ThreadSlot* this_thread_slot CERO_TLS_MODEL = nullptr;

SlotLease lease_slot() noexcept {
  if (inside_list) return {nullptr, false, true};
  const ErrnoKept errno_kept;
  inside_list = true;
  std::atomic_signal_fence(std::memory_order_seq_cst);
  // A handler may have run since the caller looked, and taken the thread's slot for it.
  const bool busy = this_thread_slot != nullptr && this_thread_slot->busy;
  SlotLease lease{busy ? nullptr : this_thread_slot, false, busy};
  if (this_thread_slot == nullptr) lease = take_slot();
  std::atomic_signal_fence(std::memory_order_seq_cst);
  inside_list = false;
  return lease;
}

void return_slot(ThreadSlot* slot) noexcept {
  slot->pool.end_use();
  inside_list = true;
  std::atomic_signal_fence(std::memory_order_seq_cst);
  {
    const std::lock_guard lock(slot_list.mutex);
    slot->next_free = slot_list.free;
    slot_list.free = slot;
  }
  std::atomic_signal_fence(std::memory_order_seq_cst);
  inside_list = false;
}

// None in a forked child that has recorded nothing: it was its parent's.
void pass_on_slot() noexcept {
  if (ThreadSlot* slot = std::exchange(this_thread_slot, nullptr)) return_slot(slot);
}

void forget_slots() noexcept {
  make_anew(slot_list.mutex);
  slot_list.free = nullptr;
  this_thread_slot = nullptr;
}

}  // namespace cero::core

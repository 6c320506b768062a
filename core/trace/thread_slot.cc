#include "trace/thread_slot.h"

#include <pthread.h>
#include <sys/mman.h>

#include <atomic>
#include <mutex>
#include <new>
#include <utility>

#include "base/errno_kept.h"
#include "base/fork.h"

namespace cero::core {
namespace {

// glibc has room for the values of so many keys in the thread itself, and asks calloc() for more.
constexpr pthread_key_t kKeysWithRoom = 32;

// Needs no destructor: threads may outlive static ones.
struct SlotList {
  std::mutex mutex;
  ThreadSlot* free = nullptr;
  bool has_exit_key = false;
  pthread_key_t exit_key = 0;                // its destructor gives slots back
  std::atomic<bool> exit_key_is_set{false};  // by a thread; relaxed: asked when none is left
};

constinit SlotList slot_list;

constinit thread_local bool thread_is_exiting = false;

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

void on_thread_exit(void* /*slot*/) noexcept {
  thread_is_exiting = true;
  // None in a forked child that has recorded nothing: it was its parent's.
  if (ThreadSlot* slot = std::exchange(this_thread_slot, nullptr)) return_slot(slot);
}

// Not by a static's initialisation: a child of a fork in the midst of it would wait for ever.
bool make_exit_key() noexcept {
  const std::lock_guard lock(slot_list.mutex);
  if (!slot_list.has_exit_key)
    slot_list.has_exit_key = pthread_key_create(&slot_list.exit_key, on_thread_exit) == 0;
  return slot_list.has_exit_key;
}

// When cero is loaded, so that its number is a low one. A program's own constructors may need it
// before.
[[gnu::constructor]] void make_early_exit_key() noexcept { make_exit_key(); }

// When a plugin is unloaded that has not used it; one that has is pinned.
[[gnu::destructor]] void return_exit_key() noexcept {
  const std::lock_guard lock(slot_list.mutex);
  if (!slot_list.has_exit_key || slot_list.exit_key_is_set.load(std::memory_order_relaxed)) return;
  pthread_key_delete(slot_list.exit_key);
  slot_list.has_exit_key = false;
}

// False: no memory.
bool set_exit_key(const void* value) noexcept {
  slot_list.exit_key_is_set.store(true, std::memory_order_relaxed);
  return pthread_setspecific(slot_list.exit_key, value) == 0;
}

// False: it would take memory, which a signal handler may not ask for, or pthread has no key left.
// (A thread_local's destructor would do, but takes memory too, and glibc ends the process where
// there is none.)
bool returns_at_thread_exit(ThreadSlot* slot) noexcept {
  if (!make_exit_key()) return false;
  const pthread_key_t key = slot_list.exit_key;
  const bool has_room = key < kKeysWithRoom || pthread_getspecific(key) != nullptr;
  return has_room && set_exit_key(slot);
}

SlotLease take_slot() noexcept {
  ThreadSlot* slot = take_free_slot();
  if (slot == nullptr) slot = make_slot();
  if (slot == nullptr) return {nullptr, false, false};
  slot->pool.begin_use();
  if (thread_is_exiting || !returns_at_thread_exit(slot)) return {slot, true, false};
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

void register_thread() noexcept {
  if (this_thread_slot != nullptr || thread_is_exiting) return;
  const ErrnoKept errno_kept;
  inside_list = true;
  std::atomic_signal_fence(std::memory_order_seq_cst);
  const bool has_key = make_exit_key();
  std::atomic_signal_fence(std::memory_order_seq_cst);
  inside_list = false;
  const pthread_key_t key = slot_list.exit_key;
  if (!has_key || key < kKeysWithRoom || pthread_getspecific(key) != nullptr) return;
  static_cast<void>(set_exit_key(&slot_list));  // anything but null, until its slot
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

void forget_slots() noexcept {
  make_anew(slot_list.mutex);
  slot_list.free = nullptr;
  this_thread_slot = nullptr;
}

}  // namespace cero::core

#include "trace/thread_slot.h"

#include <pthread.h>
#include <sys/mman.h>

#include <mutex>
#include <new>

namespace cero::core {
namespace {

// Never destroyed: threads may outlive static destructors.
struct SlotList {
  std::mutex mutex;
  ThreadSlot* free = nullptr;
  bool watches_forks = false;
};

SlotList& slot_list() {
  static SlotList* const list = new SlotList;
  return *list;
}

constinit thread_local bool thread_is_exiting = false;

// Whether this thread is at the list: a signal handler that interrupted it there must not wait for
// the lock that its own thread holds.
constinit thread_local bool inside_list = false;

struct ExitHandler {
  ~ExitHandler() {
    thread_is_exiting = true;
    if (this_thread_slot == nullptr) return;
    ThreadSlot* slot = this_thread_slot;
    this_thread_slot = nullptr;
    return_slot(slot);
  }
};

// Forks between the program's first process and this one. Written while the process has one thread.
constinit uint32_t fork_count = 0;

// False: the kernel gave no random bytes.
bool renew(ThreadSlot& slot) noexcept {
  if (!slot.ids.seed()) return false;
  slot.rings = {};
  slot.fork_count = fork_count;
  return true;
}

// In the child of a fork(), whose parent may have been anywhere: takes no lock, allocates nothing.
void begin_child() noexcept {
  ++fork_count;
  // Better no slot than the parent's ids.
  if (this_thread_slot != nullptr && !renew(*this_thread_slot)) this_thread_slot = nullptr;
}

// Before the first slot.
bool watch_forks() noexcept {
  SlotList& list = slot_list();
  const std::lock_guard lock(list.mutex);
  if (!list.watches_forks) list.watches_forks = pthread_atfork(nullptr, nullptr, begin_child) == 0;
  return list.watches_forks;
}

ThreadSlot* make_slot() noexcept {
  if (!watch_forks()) return nullptr;
  void* memory =
      mmap(nullptr, sizeof(ThreadSlot), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return nullptr;
  auto* slot = new (memory) ThreadSlot;
  if (renew(*slot)) return slot;
  munmap(memory, sizeof(ThreadSlot));
  return nullptr;
}

ThreadSlot* take_free_slot() noexcept {
  SlotList& list = slot_list();
  const std::lock_guard lock(list.mutex);
  ThreadSlot* slot = list.free;
  if (slot == nullptr) return nullptr;
  if (slot->fork_count != fork_count && !renew(*slot)) return nullptr;
  list.free = slot->next_free;
  return slot;
}

SlotLease take_slot() noexcept {
  ThreadSlot* slot = take_free_slot();
  if (slot == nullptr) slot = make_slot();
  if (slot == nullptr || thread_is_exiting) return {slot, slot != nullptr, false};
  this_thread_slot = slot;
  static thread_local ExitHandler handler;
  static_cast<void>(handler);
  return {slot, false, false};
}

}  // namespace

constinit thread_local ThreadSlot* this_thread_slot CERO_TLS_MODEL = nullptr;

SlotLease lease_slot() noexcept {
  if (inside_list) return {nullptr, false, true};
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
  inside_list = true;
  std::atomic_signal_fence(std::memory_order_seq_cst);
  {
    SlotList& list = slot_list();
    const std::lock_guard lock(list.mutex);
    slot->next_free = list.free;
    list.free = slot;
  }
  std::atomic_signal_fence(std::memory_order_seq_cst);
  inside_list = false;
}

}  // namespace cero::core

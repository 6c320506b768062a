#include "trace/thread_exit.h"

#include <pthread.h>

#include <atomic>

#include "base/errno_kept.h"
#include "trace/current_stack.h"
#include "trace/thread_slot.h"

namespace cero::core {
namespace {

// glibc has room for the values of so many keys in the thread itself, and asks calloc() for more.
constexpr pthread_key_t kKeysWithRoom = 32;

constinit thread_local bool is_exiting = false;

void on_thread_exit(void* /*value*/) noexcept {
  is_exiting = true;
  pass_on_slot();
  CurrentStack::pass_on();
}

// Made without a lock, which a signal handler could find its own thread at.
// E1  release in make_key -> acquire in exit_key. The key exists.
constinit std::atomic<uint64_t> key_plus_one{0};
constinit std::atomic<bool> is_set{false};  // by a thread; relaxed: asked when none is left

uint64_t make_key() noexcept {
  pthread_key_t key;
  if (pthread_key_create(&key, on_thread_exit) != 0) return 0;
  const uint64_t made = uint64_t{key} + 1;
  uint64_t there = 0;
  if (key_plus_one.compare_exchange_strong(there, made, std::memory_order_acq_rel)) return made;
  pthread_key_delete(key);  // another thread, or a handler, was first
  return there;
}

// When cero is loaded, so that its number is a low one. A program's own constructors may need it
// before.
[[gnu::constructor]] void make_early_key() noexcept {
  if (key_plus_one.load(std::memory_order_relaxed) == 0) make_key();
}

// When a plugin is unloaded that has not used it; one that has is pinned.
[[gnu::destructor]] void return_key() noexcept {
  if (is_set.load(std::memory_order_relaxed)) return;
  const uint64_t key = key_plus_one.exchange(0, std::memory_order_relaxed);
  if (key != 0) pthread_key_delete(static_cast<pthread_key_t>(key - 1));
}

// False: pthread has none left.
bool exit_key(pthread_key_t* key) noexcept {
  uint64_t made = key_plus_one.load(std::memory_order_acquire);  // E1
  if (made == 0) made = make_key();
  *key = static_cast<pthread_key_t>(made - 1);
  return made != 0;
}

bool has_room(pthread_key_t key) noexcept {
  return key < kKeysWithRoom || pthread_getspecific(key) != nullptr;
}

// To any value but null, with which the handler would not be called. False: no memory.
bool set(pthread_key_t key) noexcept {
  is_set.store(true, std::memory_order_relaxed);
  return pthread_setspecific(key, &key_plus_one) == 0;
}

}  // namespace

// A thread_local's destructor would do, but takes memory too, and glibc ends the process where
// there is none.
bool passes_on_at_exit() noexcept {
  pthread_key_t key;
  return !is_exiting && exit_key(&key) && has_room(key) && set(key);
}

void register_thread() noexcept {
  if (this_thread_slot != nullptr || is_exiting) return;
  const ErrnoKept errno_kept;
  pthread_key_t key;
  if (exit_key(&key) && !has_room(key)) static_cast<void>(set(key));
}

}  // namespace cero::core

#include "support/interposed_calls.h"

#include <dlfcn.h>
#include <pthread.h>
#include <semaphore.h>

#include <cerrno>
#include <cstdlib>

namespace cero::test {
namespace {

constinit thread_local uint64_t memory_calls = 0;
constinit thread_local uint64_t lock_calls = 0;

// The function that would have been called without us. Looked up at each call: those who count here
// are not in a hurry, and a cache would need a lock of its own.
template <typename Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

}  // namespace

uint64_t memory_call_count() { return memory_calls; }
uint64_t lock_call_count() { return lock_calls; }

}  // namespace cero::test

// glibc's own names for its allocator. dlsym() allocates, so it cannot be asked for them.
extern "C" {
void* __libc_malloc(size_t size);
void* __libc_calloc(size_t count, size_t size);
void* __libc_realloc(void* memory, size_t size);
void* __libc_memalign(size_t alignment, size_t size);
void __libc_free(void* memory);

void* malloc(size_t size) {
  ++cero::test::memory_calls;
  return __libc_malloc(size);
}
void* calloc(size_t count, size_t size) {
  ++cero::test::memory_calls;
  return __libc_calloc(count, size);
}
void* realloc(void* memory, size_t size) {
  ++cero::test::memory_calls;
  return __libc_realloc(memory, size);
}
void* memalign(size_t alignment, size_t size) {
  ++cero::test::memory_calls;
  return __libc_memalign(alignment, size);
}
void* aligned_alloc(size_t alignment, size_t size) {
  ++cero::test::memory_calls;
  return __libc_memalign(alignment, size);
}
int posix_memalign(void** memory, size_t alignment, size_t size) {
  ++cero::test::memory_calls;
  *memory = __libc_memalign(alignment, size);
  return *memory != nullptr ? 0 : ENOMEM;
}
void free(void* memory) {
  if (memory != nullptr) ++cero::test::memory_calls;
  __libc_free(memory);
}

#define CERO_COUNTED_LOCK(name, type)                     \
  int name(type* lock) {                                  \
    ++cero::test::lock_calls;                             \
    return cero::test::next<decltype(name)>(#name)(lock); \
  }
CERO_COUNTED_LOCK(pthread_mutex_lock, pthread_mutex_t)
CERO_COUNTED_LOCK(pthread_mutex_trylock, pthread_mutex_t)
CERO_COUNTED_LOCK(pthread_rwlock_rdlock, pthread_rwlock_t)
CERO_COUNTED_LOCK(pthread_rwlock_wrlock, pthread_rwlock_t)
CERO_COUNTED_LOCK(pthread_rwlock_tryrdlock, pthread_rwlock_t)
CERO_COUNTED_LOCK(pthread_rwlock_trywrlock, pthread_rwlock_t)
CERO_COUNTED_LOCK(sem_wait, sem_t)
CERO_COUNTED_LOCK(sem_trywait, sem_t)
#undef CERO_COUNTED_LOCK

int pthread_spin_lock(pthread_spinlock_t* lock) {
  ++cero::test::lock_calls;
  return cero::test::next<int(pthread_spinlock_t*)>("pthread_spin_lock")(lock);
}
}

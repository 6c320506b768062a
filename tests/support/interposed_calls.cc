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

// Passes on to the function that would have been called without us. It is looked up at each call:
// those who count here are not in a hurry, and a cache would need a lock of its own.
template <typename Lock>
int take(const char* name, Lock* lock) {
  ++lock_calls;
  return reinterpret_cast<int (*)(Lock*)>(dlsym(RTLD_NEXT, name))(lock);
}

}  // namespace

uint64_t memory_call_count() { return memory_calls; }
uint64_t lock_call_count() { return lock_calls; }

}  // namespace cero::test

// glibc's own names for its allocator. dlsym() allocates, so it cannot be asked for them.
extern "C" {
void* libc_malloc(size_t size) asm("__libc_malloc");
void* libc_calloc(size_t count, size_t size) asm("__libc_calloc");
void* libc_realloc(void* memory, size_t size) asm("__libc_realloc");
void* libc_memalign(size_t alignment, size_t size) asm("__libc_memalign");
void libc_free(void* memory) asm("__libc_free");

void* malloc(size_t size) {
  ++cero::test::memory_calls;
  return libc_malloc(size);
}
void* calloc(size_t count, size_t size) {
  ++cero::test::memory_calls;
  return libc_calloc(count, size);
}
void* realloc(void* memory, size_t size) {
  ++cero::test::memory_calls;
  return libc_realloc(memory, size);
}
void* memalign(size_t alignment, size_t size) {
  ++cero::test::memory_calls;
  return libc_memalign(alignment, size);
}
void* aligned_alloc(size_t alignment, size_t size) {
  ++cero::test::memory_calls;
  return libc_memalign(alignment, size);
}
int posix_memalign(void** memory, size_t alignment, size_t size) {
  ++cero::test::memory_calls;
  *memory = libc_memalign(alignment, size);
  return *memory != nullptr ? 0 : ENOMEM;
}
void free(void* memory) {
  if (memory != nullptr) ++cero::test::memory_calls;
  libc_free(memory);
}

int pthread_mutex_lock(pthread_mutex_t* lock) { return cero::test::take(__func__, lock); }
int pthread_mutex_trylock(pthread_mutex_t* lock) { return cero::test::take(__func__, lock); }
int pthread_rwlock_rdlock(pthread_rwlock_t* lock) { return cero::test::take(__func__, lock); }
int pthread_rwlock_wrlock(pthread_rwlock_t* lock) { return cero::test::take(__func__, lock); }
int pthread_rwlock_tryrdlock(pthread_rwlock_t* lock) { return cero::test::take(__func__, lock); }
int pthread_rwlock_trywrlock(pthread_rwlock_t* lock) { return cero::test::take(__func__, lock); }
int pthread_spin_lock(pthread_spinlock_t* lock) { return cero::test::take(__func__, lock); }
int sem_wait(sem_t* lock) { return cero::test::take(__func__, lock); }
int sem_trywait(sem_t* lock) { return cero::test::take(__func__, lock); }
}

#include "support/malloc_count.h"

#include <cerrno>
#include <cstddef>

namespace {
constinit thread_local uint64_t count = 0;
}  // namespace

uint64_t cero::test::malloc_count() { return count; }

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
extern "C" {

// glibc's own names for what it lets a program replace.
// NOLINTBEGIN(readability-identifier-naming)
void* __libc_malloc(size_t size);
void* __libc_calloc(size_t elements, size_t size);
void* __libc_realloc(void* memory, size_t size);
void* __libc_memalign(size_t alignment, size_t size);
// NOLINTEND(readability-identifier-naming)

void* malloc(size_t size) {
  ++count;
  return __libc_malloc(size);
}
void* calloc(size_t elements, size_t size) {
  ++count;
  return __libc_calloc(elements, size);
}
void* realloc(void* memory, size_t size) {
  ++count;
  return __libc_realloc(memory, size);
}
void* aligned_alloc(size_t alignment, size_t size) {
  ++count;
  return __libc_memalign(alignment, size);
}
int posix_memalign(void** memory, size_t alignment, size_t size) {
  ++count;
  *memory = __libc_memalign(alignment, size);
  return *memory == nullptr ? ENOMEM : 0;
}

}  // extern "C"
#endif

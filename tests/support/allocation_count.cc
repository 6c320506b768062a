#include "support/allocation_count.h"

#include <cstdlib>
#include <new>

namespace cero::test {
namespace {
constinit thread_local uint64_t count = 0;
}  // namespace

uint64_t allocation_count() { return count; }

}  // namespace cero::test

// The other forms of new call this one.
void* operator new(size_t size) {
  ++cero::test::count;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t) noexcept { std::free(memory); }

#include "support/allocation_count.h"

#include <cstdlib>
#include <new>
#include <utility>

namespace cero::test {
namespace {
constinit thread_local uint64_t count = 0;
constinit thread_local uint64_t failing = 0;  // the count that fails; 0: none

bool fails_now() {
  if (++count != failing) return false;
  failing = 0;
  return true;
}
}  // namespace

uint64_t allocation_count() { return count; }
void fail_allocation_after(uint64_t successes) { failing = count + successes + 1; }
bool cancel_failing_allocation() { return std::exchange(failing, 0) != 0; }

}  // namespace cero::test

// Other forms of new call one of these.
void* operator new(size_t size, const std::nothrow_t& /*unused*/) noexcept {
  return cero::test::fails_now() ? nullptr : std::malloc(size);
}
void* operator new(size_t size) {
  if (void* memory = operator new(size, std::nothrow)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t) noexcept { std::free(memory); }

#include "support/malloc_failure.h"

#include <sys/prctl.h>

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstring>

namespace cero::test {
namespace {

constexpr size_t kNameBytes = 16;  // of a thread's name, with its end

// The plan is changed while no thread that it is about is at it, but for `active`.
struct Plan {
  char thread[kNameBytes];  // empty: the one that made the plan
  uint64_t first;           // the number of the request that fails, from 1
  uint64_t last;
};
constinit Plan plan{};
constinit std::atomic<bool> active{false};
constinit std::atomic<uint64_t> requests{0};
constinit thread_local bool made_the_plan = false;

bool is_about_this_thread() {
  if (plan.thread[0] == '\0') return made_the_plan;
  char name[kNameBytes] = {};
  prctl(PR_GET_NAME, name);
  return std::strcmp(name, plan.thread) == 0;
}

bool fails_now() {
  if (!active.load(std::memory_order_acquire) || !is_about_this_thread()) return false;
  const uint64_t number = requests.fetch_add(1) + 1;
  if (number < plan.first || number > plan.last) return false;
  errno = ENOMEM;
  return true;
}

}  // namespace

MallocFailure::MallocFailure(const char* thread, uint64_t successes, uint64_t failures) {
  made_the_plan = true;
  std::strncpy(plan.thread, thread == nullptr ? "" : thread, kNameBytes - 1);
  plan.first = successes + 1;
  plan.last = successes + failures;
  requests.store(0);
  active.store(true, std::memory_order_release);
}

MallocFailure::~MallocFailure() {
  active.store(false, std::memory_order_release);
  made_the_plan = false;
}

bool MallocFailure::happened() const { return requests.load() >= plan.first; }

}  // namespace cero::test

// glibc's own names for its allocator.
extern "C" {
void* libc_malloc(size_t size) asm("__libc_malloc");
void* libc_calloc(size_t count, size_t size) asm("__libc_calloc");
void* libc_realloc(void* memory, size_t size) asm("__libc_realloc");
void* libc_memalign(size_t alignment, size_t size) asm("__libc_memalign");

void* malloc(size_t size) { return cero::test::fails_now() ? nullptr : libc_malloc(size); }
void* calloc(size_t count, size_t size) {
  return cero::test::fails_now() ? nullptr : libc_calloc(count, size);
}
void* realloc(void* memory, size_t size) {
  return cero::test::fails_now() ? nullptr : libc_realloc(memory, size);
}
void* memalign(size_t alignment, size_t size) {
  return cero::test::fails_now() ? nullptr : libc_memalign(alignment, size);
}
void* aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }
int posix_memalign(void** memory, size_t alignment, size_t size) {
  *memory = memalign(alignment, size);
  return *memory == nullptr ? ENOMEM : 0;
}
}

#include "support/failing_mmap.h"

#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

namespace cero::test {
namespace {

constinit thread_local int successes_left = -1;  // -1: nothing fails

bool fails_now() {
  if (successes_left > 0)
    --successes_left;
  else if (successes_left == 0)
    return true;
  return false;
}

}  // namespace

void fail_mmap_after(int successes) { successes_left = successes; }
void cancel_failing_mmap() { successes_left = -1; }

}  // namespace cero::test

extern "C" void* mmap(void* address, size_t size, int protection, int flags, int file,
                      off_t offset) noexcept {
  if (cero::test::fails_now()) {
    errno = ENOMEM;
    return MAP_FAILED;
  }
  return reinterpret_cast<void*>(syscall(SYS_mmap, address, size, protection, flags, file, offset));
}

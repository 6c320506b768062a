#include "base/fork.h"

namespace cero::core {
namespace {

// Plain: written while the process has one thread, and before it starts another.
constinit uint32_t count = 0;

}  // namespace

uint32_t fork_count() noexcept { return count; }
void count_fork() noexcept { ++count; }

}  // namespace cero::core

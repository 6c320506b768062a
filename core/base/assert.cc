#include "base/assert.h"

#ifdef CERO_ASSERTS
#include <cstdio>
#include <cstdlib>

namespace cero::core {

void assert_failed(const char* condition, const char* file, int line) noexcept {
  std::fprintf(stderr, "cero: %s:%d: assertion failed: %s\n", file, line, condition);
  std::abort();
}

}  // namespace cero::core
#endif

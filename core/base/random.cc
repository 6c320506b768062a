#include "base/random.h"

#include <sys/random.h>

namespace cero::core {

bool IdGenerator::seed() noexcept {
  const ssize_t got = getrandom(state_.data(), sizeof state_, 0);  // up to 256 bytes come whole
  if (got != static_cast<ssize_t>(sizeof state_)) return false;
  state_[0] |= 1;  // the all-zero state is the one the generator cannot leave
  return true;
}

}  // namespace cero::core

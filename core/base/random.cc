#include "base/random.h"

#include <sys/random.h>

#include <array>

namespace cero::core {

bool IdGenerator::seed() noexcept {
  std::array<uint64_t, 2> words;
  const ssize_t got = getrandom(words.data(), sizeof words, 0);  // up to 256 bytes come whole
  if (got != static_cast<ssize_t>(sizeof words)) return false;
  state_ = words[0];
  increment_ = words[1] | 1;
  // An increment with long runs of equal bits changes few bits of the counter at a time.
  constexpr int kChangesMin = 24;
  if (std::popcount(increment_ ^ increment_ >> 1) < kChangesMin)
    increment_ ^= 0xaaaa'aaaa'aaaa'aaaa;
  return true;
}

}  // namespace cero::core

// Seeds of random tests: printed, so that a failure can be had again, and set by CERO_SEED.
#ifndef CERO_TESTS_SUPPORT_SEED_H_
#define CERO_TESTS_SUPPORT_SEED_H_

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>

namespace cero::test {

inline uint64_t test_seed() {
  const char* given = std::getenv("CERO_SEED");
  const uint64_t seed =
      given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
  std::printf("CERO_SEED=%llu\n", static_cast<unsigned long long>(seed));
  std::fflush(stdout);
  return seed;
}

}  // namespace cero::test

#endif  // CERO_TESTS_SUPPORT_SEED_H_

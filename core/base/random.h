// IdGenerator: random trace and span ids (xoshiro256++), one per thread [spec 2.5].
//
// Seeded from the kernel. Its state lives in the thread's slot, in memory that the kernel wipes on
// fork, so that a child seeds anew.
#ifndef CERO_CORE_BASE_RANDOM_H_
#define CERO_CORE_BASE_RANDOM_H_

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

namespace cero::core {

class IdGenerator {
 public:
  // False: the kernel gave no random bytes.
  bool seed() noexcept;

  // None is all zero.
  std::array<uint8_t, 16> trace_id() noexcept {
    const std::array<uint64_t, 2> words{next(), next_nonzero()};
    return std::bit_cast<std::array<uint8_t, 16>>(words);
  }
  std::array<uint8_t, 8> span_id() noexcept {
    return std::bit_cast<std::array<uint8_t, 8>>(next_nonzero());
  }

 private:
  uint64_t next() noexcept {
    const uint64_t result = std::rotl(state_[0] + state_[3], 23) + state_[0];
    const uint64_t shifted = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = std::rotl(state_[3], 45);
    return result;
  }
  uint64_t next_nonzero() noexcept {
    uint64_t value = next();
    while (value == 0) [[unlikely]] value = next();
    return value;
  }

  std::array<uint64_t, 4> state_;
};

}  // namespace cero::core

#endif  // CERO_CORE_BASE_RANDOM_H_

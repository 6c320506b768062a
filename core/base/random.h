// IdGenerator: random trace and span ids, one per thread [spec 2.5].
//
// SplitMix64: a counter through a bijective mix of 64 bits. Both where it starts and by how much it
// counts are seeded from the kernel, so that no two threads walk the same sequence; it takes a
// third of the instructions of a generator with a larger state. Its state lives in the thread's
// slot, which is seeded anew in a forked child (trace/thread_slot.cc).
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
    const std::array<uint64_t, 2> words{word(), nonzero_word()};
    return std::bit_cast<std::array<uint8_t, 16>>(words);
  }
  std::array<uint8_t, 8> span_id() noexcept {
    return std::bit_cast<std::array<uint8_t, 8>>(nonzero_word());
  }

  // An id's halves, as integers of this machine's order: what the hot path keeps in registers.
  uint64_t word() noexcept {
    uint64_t mixed = state_ += increment_;
    mixed = (mixed ^ mixed >> 30) * 0xbf58'476d'1ce4'e5b9;
    mixed = (mixed ^ mixed >> 27) * 0x94d0'49bb'1331'11eb;
    return mixed ^ mixed >> 31;
  }
  uint64_t nonzero_word() noexcept {
    uint64_t value = word();
    while (value == 0) [[unlikely]] value = word();
    return value;
  }

 private:
  uint64_t state_;
  uint64_t increment_;  // odd, and different in every thread
};

}  // namespace cero::core

#endif  // CERO_CORE_BASE_RANDOM_H_

// What the one server span of the comparison says, and whose child it is: the same values for cero
// and its peer.
#ifndef CERO_BENCH_DRIVER_SPAN_CONTENT_H_
#define CERO_BENCH_DRIVER_SPAN_CONTENT_H_

#include <array>
#include <cstddef>
#include <cstdint>

namespace cero::bench {

struct ParentIds {
  std::array<uint8_t, 16> trace_id;
  std::array<uint8_t, 8> span_id;
};

// Numbers that vary, at the cost of one multiplication.
class Varying {
 public:
  int64_t next() noexcept {
    return static_cast<int64_t>(state_ = state_ * 6364136223846793005u + 1442695040888963407u);
  }

 private:
  uint64_t state_ = 1;
};

// Remote parents to take in turn, made before anything is timed. Every second span has one.
constexpr size_t kParents = 256;
std::array<ParentIds, kParents> make_parent_ids();

}  // namespace cero::bench

#endif  // CERO_BENCH_DRIVER_SPAN_CONTENT_H_

// SizeLimit: how large a request one backend takes, learnt from its answers.
//
// Some limits count the bytes of the wire (nginx), some those that they inflate to (a Collector),
// and no answer says which. So both measures are kept of the smallest request that was too large
// and of the largest that was taken, and a request is cut before it is sent when it is too large in
// either:
//
//   a request was too large             what is nearly as large in either measure is cut from now
//   on one was taken that should not be    the limit does not count that measure, or was raised: it
//   is
//                                       forgotten
//   none was too large for kTrust       twice as much is tried, and so on: it may have been raised
//
// Nothing is learnt below kBytesMin: a backend that refuses such a request refuses any.
#ifndef CERO_CORE_EXPORT_SIZE_LIMIT_H_
#define CERO_CORE_EXPORT_SIZE_LIMIT_H_

#include <chrono>
#include <cstdint>
#include <limits>

#include "base/clock.h"

namespace cero::core {

struct RequestSize {
  uint64_t wire_bytes = 0;  // as it is sent
  uint64_t body_bytes = 0;  // before compression
};

class SizeLimit {
 public:
  static constexpr uint64_t kBytesMin = 4'096;
  static constexpr uint64_t kBytesMax = uint64_t{1} << 30;  // above it there is no limit
  static constexpr std::chrono::minutes kTrust{10};

  void refused(const RequestSize& size, TimePoint now) noexcept;
  void taken(const RequestSize& size) noexcept;

  bool fits(const RequestSize& size, TimePoint now) noexcept;
  // Something was taken, and this is larger in some measure: if it is refused, that is its size and
  // says nothing of others.
  bool is_larger_than_taken(const RequestSize& size) const noexcept {
    return wire_.taken_max > 0 &&
           (size.wire_bytes > wire_.taken_max || size.body_bytes > body_.taken_max);
  }
  // Of the next body, before compression: what was taken before, or half of what was not.
  // UINT32_MAX: there is no limit known.
  uint32_t body_bytes_max() const noexcept;

 private:
  // Of one measure.
  struct Bounds {
    static constexpr uint64_t kNone = std::numeric_limits<uint64_t>::max();

    void refused(uint64_t bytes) noexcept;
    void taken(uint64_t bytes) noexcept;
    // What is nearly as large as what was refused will be as well, since bodies vary.
    bool fits(uint64_t bytes) const noexcept {
      return bytes <= taken_max || bytes < refused_min - refused_min / 8;
    }
    bool known() const noexcept { return refused_min != kNone; }
    // Precondition: known().
    uint64_t target() const noexcept;

    uint64_t refused_min = kNone;
    uint64_t taken_max = 0;
  };

  Bounds wire_;
  Bounds body_;
  double body_per_wire_ = 1;  // of the last request that was too large
  TimePoint trusted_until_{};
};

}  // namespace cero::core

#endif  // CERO_CORE_EXPORT_SIZE_LIMIT_H_

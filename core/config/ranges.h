// The ranges that options.h promises: validate() holds options against them, and a variable outside
// of its option's range is ignored.
#ifndef CERO_CORE_CONFIG_RANGES_H_
#define CERO_CORE_CONFIG_RANGES_H_

#include <chrono>
#include <cstdint>

namespace cero::core {

template <typename T>
struct Range {
  T min;
  T max;
  constexpr bool contains(T value) const noexcept { return min <= value && value <= max; }
};

using std::chrono::milliseconds;

constexpr Range<milliseconds> kTimeoutRange{milliseconds(0), std::chrono::hours(1)};
constexpr Range<milliseconds> kRetryDelayRange{milliseconds(1), std::chrono::hours(1)};
constexpr Range<milliseconds> kRetryTimeRange{milliseconds(0), std::chrono::hours(24)};
constexpr Range<std::chrono::seconds> kConnectionAgeRange{std::chrono::seconds(0),
                                                          std::chrono::hours(24)};
constexpr Range<milliseconds> kBatchDelayRange{milliseconds(0), std::chrono::hours(1)};

constexpr Range<int> kGzipLevelRange{1, 12};
constexpr Range<int> kZstdLevelRange{-7, 12};
constexpr Range<uint32_t> kRequestsInFlightRange{1, 64};
constexpr Range<uint32_t> kHttp2WindowRange{65'535, 0x7fff'ffff};
constexpr Range<uint64_t> kResponseBytesRange{uint64_t{1} << 10, uint64_t{64} << 20};
constexpr Range<uint64_t> kMemoryRange{uint64_t{16} << 20, uint64_t{256} << 30};
// Of whole stores: the retry buffer, all rings, all open spans.
constexpr Range<uint64_t> kStoreBytesRange{uint64_t{1} << 20, uint64_t{64} << 30};

constexpr Range<uint32_t> kBatchSpansRange{1, 1'000'000};
constexpr Range<uint32_t> kBatchBytesRange{uint32_t{64} << 10, uint32_t{64} << 20};
constexpr Range<uint32_t> kQueueSpansRange{1, uint32_t{1} << 31};
constexpr Range<uint32_t> kSpanBytesRange{uint32_t{1} << 10, uint32_t{64} << 10};
constexpr Range<uint32_t> kRingBytesRange{uint32_t{256} << 10, uint32_t{64} << 20};

// What the specification lets an integer variable be.
constexpr Range<uint32_t> kVariableRange{0, 0x7fff'ffff};

}  // namespace cero::core

#endif  // CERO_CORE_CONFIG_RANGES_H_

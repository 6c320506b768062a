// Question: what would physics ask for a span: two timestamps, one id, and one copy of a record of
//           the size that a span with five attributes really has, into a cyclic buffer?
// Load:     as span_bench.cc: the buffer is as large as what a batch of spans fills of its ring.
// Excluded: everything that makes it a span.
#include <cstring>
#include <vector>

#include "base/random.h"
#include "base/ticks.h"
#include "trace/recording.h"

namespace cero::bench {
namespace {

// What two such spans take in a ring, one with a parent and one without, halved.
size_t record_bytes() {
  test::RecordingStage stage(recording_options());
  Tracer tracer = stage.tracer("bench");
  Varying varying;
  const ParentContexts contexts = make_parents();
  Parents parents(contexts);
  const uint64_t before = stage.stream_bytes();
  for (int i = 0; i < 2; ++i) record_span<5>(tracer, varying, parents);
  return (stage.stream_bytes() - before) / 2;
}

// In steps of the widest register that every x86-64 has: a memcpy of a constant size may become
// "rep movs", which takes several times as long.
template <size_t kBytes>
[[gnu::always_inline]] inline void copy_record(char* to, const char* from) {
  constexpr size_t kStep = 16;
  static_assert(kBytes % kStep == 0);
  for (size_t at = 0; at < kBytes; at += kStep) __builtin_memcpy(to + at, from + at, kStep);
}

// The size is a constant of the code that copies, as it would be in the fastest recorder there is.
template <size_t kBytes>
void record_floor(benchmark::State& state, core::IdGenerator& ids) {
  constexpr size_t kRingBytes = kBytes * kSpansPerBatch;
  std::vector<char> ring(kRingBytes);
  std::vector<char> record(kBytes, 'x');
  size_t at = 0;
  for (auto _ : state) {
    for (int i = 0; i < kSpansPerBatch; ++i) {
      const uint64_t start = core::read_ticks();
      const auto id = ids.span_id();
      std::memcpy(record.data(), &start, sizeof start);
      std::memcpy(record.data() + sizeof start, id.data(), id.size());
      const uint64_t end = core::read_ticks();
      std::memcpy(record.data() + 2 * sizeof start, &end, sizeof end);
      copy_record<kBytes>(ring.data() + at, record.data());
      benchmark::ClobberMemory();
      at = at + kBytes == kRingBytes ? 0 : at + kBytes;
    }
  }
}

template <size_t kBytes>
void record_floor_of(benchmark::State& state, core::IdGenerator& ids, size_t bytes) {
  if constexpr (kBytes > 512) {
    state.SkipWithError("the record is larger than any that floor_bench.cc expects");
  } else if (bytes <= kBytes) {
    record_floor<kBytes>(state, ids);
    state.counters["record_bytes"] = kBytes;
  } else {
    record_floor_of<kBytes + 16>(state, ids, bytes);
  }
}

void floor(benchmark::State& state) {
  core::IdGenerator ids;
  core::choose_tick_source();
  if (!ids.seed()) return state.SkipWithError("no random bytes");
  record_floor_of<128>(state, ids, record_bytes());
  report_spans(state);
}
BENCHMARK(floor);

// The part of both that no recorder can save: prepared spans are compared without it.
void two_timestamps(benchmark::State& state) {
  core::choose_tick_source();
  for (auto _ : state) {
    for (int i = 0; i < kSpansPerBatch; ++i) {
      benchmark::DoNotOptimize(core::read_ticks());
      benchmark::DoNotOptimize(core::read_ticks());
    }
  }
  report_spans(state);
}
BENCHMARK(two_timestamps);

}  // namespace
}  // namespace cero::bench

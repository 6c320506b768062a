// Question: what does a span cost the thread that records it, from start to end, by its number of
//           attributes; and what would physics ask (floor: two timestamps, one id, one copy of a
//           record of the same size)?
// Load:     one thread, no parent; the ring is drained between batches of spans, outside the
//           timing.
// Excluded: draining, encoding, sending. The machine's other work is not: compare within one run.
#include <benchmark/benchmark.h>

#include <cstring>
#include <vector>

#include "base/random.h"
#include "base/ticks.h"
#include "cero/cero.h"
#include "support/recording_stage.h"
#include "support/shop_span.h"

namespace cero::bench {
namespace {

constexpr int kSpansPerBatch = 4096;

Options options_with(Sampler sampler) {
  Options options;
  options.sampler = std::move(sampler);
  options.batch.spans_max = 2 * kSpansPerBatch;
  options.batch.bytes_max = 8u << 20;
  return options;
}

void report(benchmark::State& state) {
  const double spans = static_cast<double>(state.iterations()) * kSpansPerBatch;
  state.counters["seconds/span"] =
      benchmark::Counter(spans, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

template <int kAttributes>
void record(benchmark::State& state) {
  test::RecordingStage stage(options_with(Sampler::always_on()));
  Tracer tracer = stage.tracer("bench");
  Varying varying;
  for (auto _ : state) {
    for (int i = 0; i < kSpansPerBatch; ++i) record_span<kAttributes>(tracer, varying);
    state.PauseTiming();
    stage.drain();
    state.ResumeTiming();
  }
  report(state);
  const auto totals = stage.producer_totals();
  const uint64_t expected = static_cast<uint64_t>(state.iterations()) * kSpansPerBatch;
  if (totals.pushed != expected)
    state.SkipWithError("spans were dropped, so their cost means nothing");
}
BENCHMARK(record<0>);
BENCHMARK(record<1>);
BENCHMARK(record<5>);
BENCHMARK(record<10>);

void floor(benchmark::State& state) {
  core::choose_tick_source();
  constexpr size_t kRecordBytes = 320;
  constexpr size_t kRingBytes = 1 << 20;
  std::vector<char> ring(kRingBytes + kRecordBytes);
  std::vector<char> record(kRecordBytes, 'x');
  core::IdGenerator ids;
  if (!ids.seed()) return state.SkipWithError("no random bytes");
  size_t at = 0;
  for (auto _ : state) {
    for (int i = 0; i < kSpansPerBatch; ++i) {
      const uint64_t start = core::read_ticks();
      const auto id = ids.span_id();
      std::memcpy(record.data(), &start, sizeof start);
      std::memcpy(record.data() + sizeof start, id.data(), id.size());
      const uint64_t end = core::read_ticks();
      std::memcpy(record.data() + 2 * sizeof start, &end, sizeof end);
      std::memcpy(ring.data() + at, record.data(), kRecordBytes);
      benchmark::ClobberMemory();
      at = (at + kRecordBytes) % kRingBytes;
    }
  }
  report(state);
}
BENCHMARK(floor);

void unsampled(benchmark::State& state) {
  test::RecordingStage stage(options_with(Sampler::always_off()));
  Tracer tracer = stage.tracer("bench");
  Varying varying;
  for (auto _ : state) {
    for (int i = 0; i < kSpansPerBatch; ++i) record_span<5>(tracer, varying);
  }
  report(state);
}
BENCHMARK(unsampled);

void disabled(benchmark::State& state) {
  Tracer tracer;
  Varying varying;
  for (auto _ : state) {
    for (int i = 0; i < kSpansPerBatch; ++i) {
      benchmark::DoNotOptimize(tracer);
      record_span<5>(tracer, varying);
    }
  }
  report(state);
}
BENCHMARK(disabled);

}  // namespace
}  // namespace cero::bench

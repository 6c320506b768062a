// Question: what does it cost to push one record into a ring, and to drain one?
// Load:     one thread does both in turn, batches of records of the given size; nobody is announced
//           to.
// Excluded: contention between the two sides (the pipeline bench has it).
#include <benchmark/benchmark.h>

#include <cstring>
#include <vector>

#include "ring/span_ring.h"

namespace cero::core {
namespace {

constexpr int kRecordsPerBatch = 1024;
constexpr size_t kRingBytes = 4 << 20;

class NoAnnouncer final : public Announcer {
 public:
  void announce(SpanRing&, bool) noexcept override {}
};

void report(benchmark::State& state) {
  const double records = static_cast<double>(state.iterations()) * kRecordsPerBatch;
  state.counters["seconds/record"] =
      benchmark::Counter(records, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

struct Fixture {
  explicit Fixture(size_t record_bytes) : bytes(record_bytes + detail::kOverwriteBytes) {
    record = new (bytes.data()) RecordHeader{};
    record->generation = 1;
    record->size_bytes = static_cast<uint32_t>(record_bytes);
  }
  uint64_t drain() {
    uint64_t count = 0;
    ring->drain([&](const RecordHeader& drained) { return ++count, drained.generation == 1; });
    return count;
  }

  NoAnnouncer announcer;
  RingBudget budget;
  SpanRing* ring = SpanRing::create(kRingBytes, announcer, budget);
  std::vector<char> bytes;
  RecordHeader* record;
};

void push(benchmark::State& state) {
  Fixture fixture(static_cast<size_t>(state.range(0)));
  for (auto _ : state) {
    for (int i = 0; i < kRecordsPerBatch; ++i) fixture.ring->try_push(*fixture.record);
    state.PauseTiming();
    if (fixture.drain() != kRecordsPerBatch) state.SkipWithError("records were lost");
    state.ResumeTiming();
  }
  report(state);
}
BENCHMARK(push)->Arg(128)->Arg(320)->Arg(1024);

void drain(benchmark::State& state) {
  Fixture fixture(static_cast<size_t>(state.range(0)));
  for (auto _ : state) {
    state.PauseTiming();
    for (int i = 0; i < kRecordsPerBatch; ++i) fixture.ring->try_push(*fixture.record);
    state.ResumeTiming();
    if (fixture.drain() != kRecordsPerBatch) state.SkipWithError("records were lost");
  }
  report(state);
}
BENCHMARK(drain)->Arg(320);

}  // namespace
}  // namespace cero::core

// Question: what would it cost to pass each span through the queue by value, instead of a ticket
//           for a hundred?
// Load:     records of 272 bytes (a span with five attributes), each thread with a token of its
//           own; thread 0 takes them in bulk in between.
// Excluded: making the record.
#include <benchmark/benchmark.h>
#include <concurrentqueue.h>

#include <array>

namespace cero::bench {
namespace {

using Record = std::array<char, 272>;

void by_value(benchmark::State& state) {
  static moodycamel::ConcurrentQueue<Record> queue(size_t{1} << 16);
  const moodycamel::ProducerToken token(queue);
  static std::array<Record, 256> taken;  // thread 0's
  Record record{};
  int until_take = 0;
  uint64_t refused = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(record);
    refused += queue.enqueue(token, record) ? 0 : 1;
    if (state.thread_index() == 0 && ++until_take == static_cast<int>(taken.size())) {
      until_take = 0;
      while (queue.try_dequeue_bulk(taken.data(), taken.size()) == taken.size()) {
      }
    }
  }
  if (state.thread_index() == 0) {
    while (queue.try_dequeue_bulk(taken.data(), taken.size()) != 0) {
    }
  }
  using benchmark::Counter;
  state.counters["dropped"] = static_cast<double>(refused);
  state.counters["seconds/span"] =
      Counter(static_cast<double>(state.iterations()), Counter::kIsRate | Counter::kInvert);
}
BENCHMARK(by_value)->Threads(1)->Threads(2)->Threads(4);

}  // namespace
}  // namespace cero::bench

// Question: what does a ticket cost its producer, and the batch thread that takes it?
// Load:     1 to 4 producers announcing at once; the tickets are taken in bulk by thread 0 in
//           between.
// Excluded: wakes. The cost is given by span: one ticket stands for about 32 KiB of records. To
//           compare, add the copy into the ring (bench/ring), which by_value_bench.cc includes.
#include <benchmark/benchmark.h>

#include <array>

#include "queue/ticket_queue.h"

namespace cero::core {
namespace {

// A ring is announced each 32 KiB; a span with five attributes takes 272 bytes of it.
constexpr double kSpansPerTicket = 32.0 * 1024 / 272;

void announce(benchmark::State& state) {
  static TicketQueue queue;
  static RingBudget budget;
  SpanRing* ring = SpanRing::create(64 << 10, queue, budget);
  std::array<SpanRing*, 64> taken;
  int until_take = 0;
  for (auto _ : state) {
    queue.announce(*ring, false);
    if (state.thread_index() == 0 && ++until_take == static_cast<int>(taken.size())) {
      until_take = 0;
      while (queue.take(taken) != 0) {
      }
    }
  }
  if (state.thread_index() == 0) {
    while (queue.take(taken) != 0) {
    }
  }
  using benchmark::Counter;
  state.counters["seconds/span"] =
      Counter(static_cast<double>(state.iterations()) * kSpansPerTicket,
              Counter::kIsRate | Counter::kInvert);
}
BENCHMARK(announce)->Name("ticket")->Threads(1)->Threads(2)->Threads(4);

}  // namespace
}  // namespace cero::core

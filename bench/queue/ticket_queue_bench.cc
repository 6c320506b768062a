// Question: what does a ticket cost its producer, and the batch thread that takes it?
// Load:     1 to 4 producers announcing at once; the tickets are taken in bulk by thread 0 in
//           between.
// Excluded: wakes. A span pays a hundredth of this: one ticket stands for about 32 KiB of records.
#include <benchmark/benchmark.h>

#include <array>

#include "queue/ticket_queue.h"

namespace cero::core {
namespace {

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
}
BENCHMARK(announce)->Threads(1)->Threads(2)->Threads(4);

}  // namespace
}  // namespace cero::core

// Question: how many spans a second go from threads that record to a backend, none dropped?
// Load:     5-attribute spans over HTTP/1.1 on loopback to a receiver that counts them, in this
//           process; each round records as many as half the rings hold and flushes. Plain and gzip
//           level 1.
// Excluded: nothing; the receiver's own work shares the machine's cores, so a real backend
//           elsewhere would leave more.
#include <benchmark/benchmark.h>

#include <thread>
#include <vector>

#include "cero/cero.h"
#include "receiver/receiver.h"
#include "support/shop_span.h"

namespace cero::bench {
namespace {

constexpr int kSpansPerThread = 3000;

void deliver(benchmark::State& state) {
  auto backend = receiver::Receiver::start({.count_unique = false});
  if (!backend) return state.SkipWithError("the receiver did not start");
  const auto compression = state.range(1) == 0 ? Compression::none : Compression::gzip;
  auto provider = TracerProvider::create(
      {.exporter = {.endpoint = (*backend)->urls()[0], .compression = compression}});
  if (!provider) return state.SkipWithError(provider.error().message().c_str());
  Tracer tracer = provider->get_tracer("bench");
  const auto threads = static_cast<int>(state.range(0));

  for (auto _ : state) {
    std::vector<std::thread> producers;
    for (int i = 0; i < threads; ++i) {
      producers.emplace_back([tracer]() mutable {
        Varying varying;
        for (int span = 0; span < kSpansPerThread; ++span) record_span<5>(tracer, varying);
      });
    }
    for (std::thread& producer : producers) producer.join();
    if (!provider->force_flush()) return state.SkipWithError("the flush failed");
  }

  const Stats stats = provider->stats();
  const uint64_t expected =
      static_cast<uint64_t>(state.iterations()) * static_cast<uint64_t>(threads) * kSpansPerThread;
  if (stats.recorded != expected || stats.exported != expected)
    return state.SkipWithError("spans were dropped");
  using benchmark::Counter;
  state.counters["spans/s"] = Counter(static_cast<double>(expected), Counter::kIsRate);
  state.counters["dropped"] = static_cast<double>(stats.dropped.total());
  state.counters["wire_bytes/span"] =
      static_cast<double>(stats.bytes_wire) / static_cast<double>(expected);
  state.counters["batch_cpu_ns/span"] =
      static_cast<double>(stats.batch_cpu_ns) / static_cast<double>(expected);
  state.counters["export_cpu_ns/span"] =
      static_cast<double>(stats.export_cpu_ns) / static_cast<double>(expected);
}
BENCHMARK(deliver)
    ->ArgNames({"threads", "gzip"})
    ->Args({1, 0})
    ->Args({1, 1})
    ->Args({4, 0})
    ->Args({4, 1})
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace cero::bench

#include "loadgen/run.h"

#include <cstdio>
#include <string>

#include "cero/tracer_provider.h"
#include "loadgen/call_timer.h"
#include "loadgen/figures.h"
#include "loadgen/process_usage.h"
#include "loadgen/producers.h"
#include "loadgen/progress_line.h"
#include "loadgen/workers.h"

namespace cero::loadgen {
namespace {

constexpr std::chrono::milliseconds kRefresh{250};
constexpr std::chrono::seconds kShutdownDeadline{10};

std::string progress(const Stats& stats, uint64_t spans_before,
                     std::chrono::duration<double> elapsed) {
  const double rate = static_cast<double>(stats.recorded - spans_before) /
                      std::chrono::duration<double>(kRefresh).count();
  return fixed(elapsed.count(), 1) + " s   " + grouped(stats.recorded) + " spans   " +
         grouped(static_cast<uint64_t>(rate)) + "/s   in flight " + grouped(stats.in_flight) +
         "   dropped " + grouped(stats.dropped.total());
}

void wait_for_end(const TracerProvider& provider, const LoadOptions& options,
                  Clock::time_point start, StopSignal& stop_signal) {
  const auto end = start + std::chrono::duration_cast<Clock::duration>(options.duration);
  ProgressLine line;
  uint64_t spans_before = 0;
  for (auto now = start; now < end; now = Clock::now()) {
    if (stop_signal.wait_for(std::min<Clock::duration>(kRefresh, end - now))) return;
    if (!options.shows_progress) continue;
    const Stats stats = provider.stats();
    line.show(progress(stats, spans_before, Clock::now() - start));
    spans_before = stats.recorded;
  }
}

}  // namespace

LoadResult run_load(TracerProvider& provider, const LoadOptions& options, StopSignal& stop_signal) {
  LoadResult result;
  result.clock_cost_ns = measure_clock_cost_ns();
  Producers producers(provider, options, result.clock_cost_ns);
  const Clock::time_point start = Clock::now();
  producers.start();
  wait_for_end(provider, options, start, stop_signal);
  producers.stop();
  const ProducerTotals totals = producers.join();
  // What is not delivered in time is in the ledger, as after_shutdown.
  (void)provider.shutdown(kShutdownDeadline);

  result.seconds = std::chrono::duration<double>(Clock::now() - start).count();
  result.stats = provider.stats();
  result.span_ns = totals.span_ns;
  result.producers_cpu_seconds = static_cast<double>(totals.cpu_ns) / 1e9;
  result.total_cpu_seconds = process_cpu_seconds();
  result.rss_bytes = peak_rss_bytes();
  return result;
}

Result<LoadResult> run(const LoadOptions& options, StopSignal& stop_signal) {
  auto provider = TracerProvider::from_environment(options.provider);
  if (!provider) return provider.error();
  if (options.forks == 0) return run_load(*provider, options, stop_signal);
  return run_workers(*provider, options, stop_signal);
}

}  // namespace cero::loadgen

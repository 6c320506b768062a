// drive(): one run of a driver: make spans, watch what is in flight, flush, say what it cost.
//
// `Side` is who makes and delivers the spans, cero or its peer; everything else is the same code:
//   Side(const DriverOptions&)     throws std::runtime_error where it cannot be
//   Side::Spans(Side&), .make()    one thread's spans
//   uint64_t delivered()           spans that the backend has accepted so far
//   bool flush()                   returns when all spans so far are delivered, or false
//   Json report()                  what only this side knows
//   kWorkerName                    name of threads that the side starts, unless it names them
#ifndef CERO_BENCH_DRIVER_DRIVE_H_
#define CERO_BENCH_DRIVER_DRIVE_H_

#include <cstdio>
#include <exception>

#include "driver/crew.h"
#include "driver/in_flight.h"
#include "driver/report.h"
#include "loadgen/process_usage.h"

namespace cero::bench {

template <typename Side>
Json run_side(const DriverOptions& options) {
  name_this_thread(Side::kWorkerName);  // threads inherit it
  Side side(options);
  name_this_thread("main");
  const Timer timer;
  Crew<Side> crew(side, options, timer);
  if (!side.flush()) throw std::runtime_error("the spans of the warm-up were not delivered");

  Usage usage;
  const uint64_t made_before = crew.made();
  const auto start = loadgen::Clock::now();
  InFlight in_flight(options.seconds);
  crew.start();
  in_flight.watch([&] { return crew.made() - side.delivered(); });
  crew.stop();
  const auto stopped = loadgen::Clock::now();
  const bool flushed = side.flush();
  const std::chrono::duration<double> flush_time = loadgen::Clock::now() - stopped;
  const std::chrono::duration<double> made_time = stopped - start;

  Json report;
  report["warm_up"] = made_before;
  report["made"] = crew.made() - made_before;
  report["seconds"] = made_time.count();
  report["in_flight_early"] = in_flight.early();
  report["in_flight_late"] = in_flight.late();
  report["flushed"] = flushed;
  report["flush_seconds"] = flush_time.count();
  report["cpu_seconds"] = usage.since_start();
  report["rss_bytes"] = rss_bytes();
  report["rss_peak_bytes"] = loadgen::peak_rss_bytes();
  if (options.times_spans) report["span_ns"] = histogram_json(crew.span_ns());
  report["timer_ns"] = timer.own_nanoseconds();
  report.update(side.report());
  return report;
}

template <typename Side>
int drive(const char* program, int argc, char** argv) {
  const DriverOptions options = parse_options(program, argc, argv);
  try {
    std::puts(run_side<Side>(options).dump().c_str());
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s: %s\n", program, error.what());
    return 1;
  }
}

}  // namespace cero::bench

#endif  // CERO_BENCH_DRIVER_DRIVE_H_

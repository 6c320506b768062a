// What a driver can be told, and the reading of its command line: the same for cero and its peer.
#ifndef CERO_BENCH_DRIVER_OPTIONS_H_
#define CERO_BENCH_DRIVER_OPTIONS_H_

#include <cstdint>
#include <optional>
#include <string>

namespace cero::bench {

struct CompressionChoice {
  std::string name = "none";  // none, gzip, zstd
  std::optional<int> level;
};

struct DriverOptions {
  std::string endpoint;
  std::string ca_file;                              // to trust, for https
  std::optional<double> spans_per_second = 20'000;  // all threads together; unset: flat out
  double seconds = 10;
  uint32_t threads = 1;
  bool spins = false;        // waits for a span's time by spinning, not sleeping: caches stay warm
  bool times_spans = false;  // each span of the measured threads into a histogram
  // A further thread that only keeps the exporter busy; 0: none, unset: flat out.
  std::optional<double> background_per_second = 0;
  bool holds_back = false;  // the exporter is idle until the flush
  CompressionChoice compression;
  uint32_t queue_spans = 0;  // spans waiting for the exporter; 0: the default of whoever it is
  uint32_t batch_spans = 0;  // spans in a request; likewise
};

// Prints what is wrong, or the help, and exits where the options are not to be run with.
DriverOptions parse_options(const char* program, int argc, char** argv);

}  // namespace cero::bench

#endif  // CERO_BENCH_DRIVER_OPTIONS_H_

#include "loadgen/workers.h"

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "loadgen/run.h"

namespace cero::loadgen {
namespace {

constexpr int kLookMs = 50;  // for a signal

// What a worker writes to its pipe; the buckets of its histogram follow.
struct Report {
  Stats stats;
  double seconds;
  double producers_cpu_seconds;
  double total_cpu_seconds;
  uint64_t clock_cost_ns;
  uint64_t rss_bytes;
  uint64_t bucket_count;
};
static_assert(std::is_trivially_copyable_v<Report>);
using Bucket = std::array<uint64_t, 2>;

bool write_all(int fd, const void* data, size_t size) {
  const auto* bytes = static_cast<const char*>(data);
  while (size > 0) {
    const ssize_t written = write(fd, bytes, size);
    if (written <= 0) return false;
    bytes += written;
    size -= static_cast<size_t>(written);
  }
  return true;
}

bool read_all(int fd, void* data, size_t size) {
  auto* bytes = static_cast<char*>(data);
  while (size > 0) {
    const ssize_t got = read(fd, bytes, size);
    if (got <= 0) return false;
    bytes += got;
    size -= static_cast<size_t>(got);
  }
  return true;
}

bool send(int fd, const LoadResult& result) {
  std::vector<Bucket> buckets;
  for (const auto& [value, count] : result.span_ns.buckets()) buckets.push_back({value, count});
  const Report report{.stats = result.stats,
                      .seconds = result.seconds,
                      .producers_cpu_seconds = result.producers_cpu_seconds,
                      .total_cpu_seconds = result.total_cpu_seconds,
                      .clock_cost_ns = result.clock_cost_ns,
                      .rss_bytes = result.rss_bytes,
                      .bucket_count = buckets.size()};
  return write_all(fd, &report, sizeof(report)) &&
         write_all(fd, buckets.data(), buckets.size() * sizeof(Bucket));
}

// Adds what the worker at the other end reports.
bool receive(int fd, LoadResult& sum) {
  Report report;
  if (!read_all(fd, &report, sizeof(report))) return false;
  std::vector<Bucket> buckets(report.bucket_count);
  if (!read_all(fd, buckets.data(), buckets.size() * sizeof(Bucket))) return false;
  sum.stats += report.stats;
  sum.seconds = std::max(sum.seconds, report.seconds);
  sum.producers_cpu_seconds += report.producers_cpu_seconds;
  sum.total_cpu_seconds += report.total_cpu_seconds;
  sum.clock_cost_ns = std::max(sum.clock_cost_ns, report.clock_cost_ns);
  sum.rss_bytes += report.rss_bytes;
  for (const auto& [value, count] : buckets) sum.span_ns.add(value, count);
  return true;
}

// Its part of the load: other content, and the rate divided.
LoadOptions options_of_worker(const LoadOptions& options, uint32_t index) {
  LoadOptions own = options;
  own.seed += uint64_t{index} * options.threads;
  if (own.spans_per_second) *own.spans_per_second /= options.forks;
  own.shows_progress = false;
  return own;
}

struct Worker {
  pid_t pid = -1;
  int report = -1;  // the reading end of its pipe
};

Worker fork_worker(TracerProvider& provider, const LoadOptions& options, StopSignal& stop_signal) {
  std::array<int, 2> ends;
  if (pipe(ends.data()) != 0) return {};
  const pid_t pid = fork();
  if (pid == 0) {
    close(ends[0]);
    const bool told = send(ends[1], run_load(provider, options, stop_signal));
    _exit(told ? 0 : 1);  // what the parent registered for its end is not for its children
  }
  close(ends[1]);
  if (pid < 0) close(ends[0]);
  return pid < 0 ? Worker{} : Worker{pid, ends[0]};
}

class Workers {
 public:
  ~Workers() {
    for (const Worker& worker : workers_) close(worker.report);
  }

  Result<void> start(TracerProvider& provider, const LoadOptions& options,
                     StopSignal& stop_signal) {
    for (uint32_t i = 0; i < options.forks; ++i) {
      const Worker worker = fork_worker(provider, options_of_worker(options, i), stop_signal);
      if (worker.pid < 0) {
        stop();
        return Error(ErrorCode::system, "--forks: worker " + std::to_string(i + 1) +
                                            " cannot be forked: " + std::strerror(errno));
      }
      workers_.push_back(worker);
    }
    return {};
  }

  // Waits for each one's report and end; a signal is passed on to all.
  Result<void> collect(StopSignal& stop_signal, LoadResult& sum) {
    bool all_reported = true;
    for (const Worker& worker : workers_) {
      wait_for_report(worker, stop_signal);
      all_reported &= receive(worker.report, sum);
      waitpid(worker.pid, nullptr, 0);
    }
    if (all_reported) return {};
    return Error(ErrorCode::system, "--forks: a worker ended without its ledger");
  }

 private:
  void wait_for_report(const Worker& worker, StopSignal& stop_signal) {
    pollfd report{.fd = worker.report, .events = POLLIN, .revents = 0};
    while (poll(&report, 1, kLookMs) == 0) {
      if (stop_signal.wait_for(std::chrono::nanoseconds(0)) && !std::exchange(stopped_, true))
        stop();
    }
  }

  void stop() const {
    for (const Worker& worker : workers_) kill(worker.pid, SIGTERM);
  }

  std::vector<Worker> workers_;
  bool stopped_ = false;
};

}  // namespace

Result<LoadResult> run_workers(TracerProvider& provider, const LoadOptions& options,
                               StopSignal& stop_signal) {
  Workers workers;
  if (auto started = workers.start(provider, options, stop_signal); !started) {
    return started.error();
  }
  LoadResult sum;
  if (auto collected = workers.collect(stop_signal, sum); !collected) return collected.error();
  return sum;
}

}  // namespace cero::loadgen

#include "loadgen/process_usage.h"

#include <sys/resource.h>

#include <fstream>
#include <string>

namespace cero::loadgen {
namespace {

rusage usage() {
  rusage result{};
  getrusage(RUSAGE_SELF, &result);
  return result;
}

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

}  // namespace

double process_cpu_seconds() {
  const rusage used = usage();
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

uint64_t peak_rss_bytes() {
  // ru_maxrss outlives exec: it may be the peak of the program that started this one.
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    uint64_t kibibytes = 0;
    if (word == "VmHWM:" && status >> kibibytes) return kibibytes * 1024;
  }
  return static_cast<uint64_t>(usage().ru_maxrss) * 1024;
}

}  // namespace cero::loadgen

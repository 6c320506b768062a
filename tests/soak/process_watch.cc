#include "soak/process_watch.h"

#include <malloc.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace cero::soak {
namespace {

// A sanitizer keeps freed memory on purpose.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kMemoryIsWatched = false;
#else
constexpr bool kMemoryIsWatched = true;
#endif

// A leak of a byte for each thirtieth span is more than this in minutes.
constexpr uint64_t kHeapGrowthMax = uint64_t{1} << 20;
// Rings come to their bound sooner or later, and fragmentation has its moods.
constexpr uint64_t kRssGrowthMax = uint64_t{64} << 20;

uint64_t entries_of(const char* directory) {
  const std::filesystem::directory_iterator entries(directory);
  return static_cast<uint64_t>(std::distance(begin(entries), end(entries)));
}

uint64_t rss_bytes() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS:")) return std::stoull(line.substr(6)) << 10;
  }
  return 0;
}

}  // namespace

ProcessUse measure_process_use() {
  malloc_trim(0);
  const struct mallinfo2 heap = mallinfo2();
  return {.heap_bytes = heap.uordblks + heap.hblkhd,
          .rss_bytes = rss_bytes(),
          .descriptors = entries_of("/proc/self/fd") - 1,  // the iteration's own
          .threads = entries_of("/proc/self/task")};
}

std::string to_text(const ProcessUse& use) {
  return std::to_string(use.heap_bytes >> 10) + " KiB of heap, " +
         std::to_string(use.rss_bytes >> 20) + " MiB in all, " + std::to_string(use.descriptors) +
         " descriptors, " + std::to_string(use.threads) + " threads";
}

void ProcessWatch::add(const ProcessUse& use, bool is_second_half) {
  Half& half = is_second_half ? second_ : first_;
  ++half.samples;
  half.most.heap_bytes = std::max(half.most.heap_bytes, use.heap_bytes);
  half.most.rss_bytes = std::max(half.most.rss_bytes, use.rss_bytes);
  half.most.descriptors = std::max(half.most.descriptors, use.descriptors);
  half.most.threads = std::max(half.most.threads, use.threads);
}

std::string ProcessWatch::growth() const {
  if (!can_tell()) return {};
  std::string text;
  if (kMemoryIsWatched && second_.most.heap_bytes > first_.most.heap_bytes + kHeapGrowthMax) {
    text += " heap";
  }
  if (kMemoryIsWatched && second_.most.rss_bytes > first_.most.rss_bytes + kRssGrowthMax) {
    text += " memory";
  }
  if (second_.most.descriptors > first_.most.descriptors) text += " descriptors";
  if (second_.most.threads > first_.most.threads) text += " threads";
  return text.empty() ? text : "FAILED; grew in the second half:" + text + "\n";
}

std::string ProcessWatch::summary() const {
  if (!can_tell()) return "process    not judged: too few episodes\n";
  std::string text = "process    first half   " + to_text(first_.most) + " at most\n" +
                     "           second half  " + to_text(second_.most) + " at most\n";
  if (!kMemoryIsWatched) text += "           (a sanitizer's memory is not judged)\n";
  return text;
}

}  // namespace cero::soak

#include "driver/thread_usage.h"

#include <pthread.h>
#include <time.h>
#include <unistd.h>

#include <charconv>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace cero::bench {
namespace {

// The kernel's name for another thread's CPU clock: Linux makes it of the thread's id, and has no
// call that returns it for a thread that somebody else started.
clockid_t cpu_clock_of(pid_t thread) {
  constexpr unsigned kPerThread = 4;
  constexpr unsigned kScheduled = 2;
  return static_cast<clockid_t>(~static_cast<unsigned>(thread) << 3 | kPerThread | kScheduled);
}

}  // namespace

std::map<std::string, double> thread_cpu_seconds() {
  std::map<std::string, double> seconds;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/task", error)) {
    const std::string id = entry.path().filename();
    pid_t thread = 0;
    std::from_chars(id.data(), id.data() + id.size(), thread);
    std::string name;
    std::getline(std::ifstream(entry.path() / "comm"), name);
    timespec used{};
    if (clock_gettime(cpu_clock_of(thread), &used) != 0) continue;  // it has just ended
    seconds[name] += static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / 1e9;
  }
  return seconds;
}

void name_this_thread(const char* name) { pthread_setname_np(pthread_self(), name); }

uint64_t rss_bytes() {
  uint64_t all = 0;
  uint64_t resident = 0;
  std::ifstream("/proc/self/statm") >> all >> resident;
  return resident * static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
}

}  // namespace cero::bench

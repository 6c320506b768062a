// CPU time by thread.
#ifndef CERO_BENCH_DRIVER_THREAD_USAGE_H_
#define CERO_BENCH_DRIVER_THREAD_USAGE_H_

#include <cstdint>
#include <map>
#include <string>

namespace cero::bench {

// Seconds so far of the threads that live, added up by their names.
std::map<std::string, double> thread_cpu_seconds();

void name_this_thread(const char* name);

// Resident memory now.
uint64_t rss_bytes();

}  // namespace cero::bench

#endif  // CERO_BENCH_DRIVER_THREAD_USAGE_H_

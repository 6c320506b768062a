// What the whole process has used.
#ifndef CERO_TOOLS_LOADGEN_PROCESS_USAGE_H_
#define CERO_TOOLS_LOADGEN_PROCESS_USAGE_H_

#include <cstdint>

namespace cero::loadgen {

// User and system time of all threads, those that ended too.
double process_cpu_seconds();

// The largest resident memory so far.
uint64_t peak_rss_bytes();

}  // namespace cero::loadgen

#endif  // CERO_TOOLS_LOADGEN_PROCESS_USAGE_H_

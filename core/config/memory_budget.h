// divide_memory(): Options::memory_max, given out to all that a provider holds.
//
// What the background threads work with does not depend on load or outage and comes first; rings,
// open spans and the retry queue store spans and get the rest. Each of them enforces its own part
// (ring/ring_budget.h, trace/span_pool.h, export/retry_queue.h), so nobody counts the whole at run
// time.
#ifndef CERO_CORE_CONFIG_MEMORY_BUDGET_H_
#define CERO_CORE_CONFIG_MEMORY_BUDGET_H_

#include <cstdint>

#include "cero/options.h"
#include "config/problems.h"

namespace cero::core {

// The most that the background threads work with, beside the stores.
struct WorkingMemory {
  uint64_t bodies;       // being built, going round, being compressed or split
  uint64_t answers;      // of the backends
  uint64_t connections;  // libcurl, TLS, HTTP/2
  uint64_t compressors;
  uint64_t others;  // tickets, scopes of a batch, threads' bookkeeping

  uint64_t total() const { return bodies + answers + connections + compressors + others; }
};
WorkingMemory working_memory(const Options& options);

// Sets rings_bytes_max, open_spans_bytes_max and exporter.retry_bytes_max where they are unset.
void divide_memory(Options& options, Problems& problems);

}  // namespace cero::core

#endif  // CERO_CORE_CONFIG_MEMORY_BUDGET_H_

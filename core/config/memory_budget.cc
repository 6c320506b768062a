#include "config/memory_budget.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

namespace cero::core {
namespace {

constexpr uint64_t kMebi = uint64_t{1} << 20;

// A body is over batch.bytes_max by one span at most.
constexpr uint64_t kSpanBytesMax = kSpanBytesRange.max;
// Four go round; one is built, in memory for two (RequestBuilder); one is being compressed; the
// retry queue may be over its bound by one; one that is split is there once more with both halves.
constexpr uint64_t kBodies = 4 + 2 + 1 + 1 + 2;
constexpr uint64_t kConnectionBytes = 192 << 10;
constexpr uint64_t kGzipBytes = 2 * kMebi;
constexpr uint64_t kZstdBytes = 8 * kMebi;
constexpr uint64_t kOtherBytes = kMebi;

struct Store {
  const char* name;
  std::optional<uint64_t>* bytes_max;
  uint64_t default_bytes;
  uint64_t parts;
};

std::array<Store, 3> stores_of(Options& options) {
  return {{{"rings_bytes_max", &options.rings_bytes_max, 256 * kMebi, 4},
           {"open_spans_bytes_max", &options.open_spans_bytes_max, 64 * kMebi, 1},
           {"exporter.retry_bytes_max", &options.exporter.retry_bytes_max, 64 * kMebi, 1}}};
}

std::string mebi_text(uint64_t bytes) {
  return std::to_string((bytes + kMebi - 1) / kMebi) + " MiB";
}

// What is needed beside the stores, and what to lower for less of it.
std::string needs_text(const WorkingMemory& memory) {
  return mebi_text(memory.total()) + " are to work with: " + mebi_text(memory.bodies) +
         " for requests (batch.bytes_max), " + mebi_text(memory.answers) +
         " for answers (exporter.response_bytes_max, requests_in_flight_max for each endpoint), " +
         mebi_text(memory.connections + memory.compressors + memory.others) + " for all else";
}

void divide(Options& options, Problems& problems) {
  const WorkingMemory working = working_memory(options);
  uint64_t taken = working.total();
  uint64_t parts = 0;
  std::string set_stores;
  for (const Store& store : stores_of(options)) {
    if (!*store.bytes_max) {
      parts += store.parts;
      continue;
    }
    taken += std::min(**store.bytes_max, kStoreBytesRange.max);
    set_stores += "; " + std::string(store.name) + " is " + mebi_text(**store.bytes_max);
  }
  const uint64_t memory_max = *options.memory_max;
  const uint64_t needed = taken + parts * kStoreBytesRange.min;  // the smallest store has one part
  if (memory_max < needed) {
    return problems.add("memory_max", "is " + to_text(memory_max) + ", but " + needs_text(working) +
                                          set_stores + ": raise it to " + to_text(needed) +
                                          " or more, or lower one of these");
  }
  const uint64_t part = parts == 0 ? 0 : (memory_max - taken) / parts;
  for (const Store& store : stores_of(options)) {
    if (!*store.bytes_max) *store.bytes_max = std::min(part * store.parts, kStoreBytesRange.max);
  }
}

}  // namespace

WorkingMemory working_memory(const Options& options) {
  const Exporter& exporter = options.exporter;
  const uint64_t requests = exporter.requests_in_flight_max * (1 + exporter.more_endpoints.size());
  return {.bodies = kBodies * (options.batch.bytes_max + kSpanBytesMax),
          .answers = requests * exporter.response_bytes_max,
          .connections = requests * kConnectionBytes,
          .compressors = exporter.compression == Compression::zstd   ? kGzipBytes + kZstdBytes
                         : exporter.compression == Compression::gzip ? kGzipBytes
                                                                     : 0,
          .others = kOtherBytes};
}

void divide_memory(Options& options, Problems& problems) {
  for (const Store& store : stores_of(options)) {
    if (*store.bytes_max) problems.check(store.name, **store.bytes_max, kStoreBytesRange);
    if (!options.memory_max && !*store.bytes_max) *store.bytes_max = store.default_bytes;
  }
  if (!options.memory_max) return;
  problems.check("memory_max", *options.memory_max, kMemoryRange);
  divide(options, problems);
}

}  // namespace cero::core

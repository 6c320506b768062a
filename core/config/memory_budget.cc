#include "config/memory_budget.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "http/large_answer.h"

namespace cero::core {
namespace {

// A scope and the resource may add so much to a body.
constexpr uint64_t kEnvelopeBytes = 64 << 10;
// Four go round; one is built, in memory for two (RequestBuilder); one is being compressed; the
// retry queue may be over its bound by one; one that is split is there once more with both halves.
constexpr uint64_t kBodies = 4 + 2 + 1 + 1 + 2;
// The one that may be large (http/large_answer.h), and what it is inflated to.
constexpr uint64_t kLargeAnswers = 2;
constexpr uint64_t kConnectionBytes = 192 << 10;
constexpr uint64_t kGzipBytes = 2 * kMebi;
constexpr uint64_t kZstdBytes = 8 * kMebi;
constexpr uint64_t kOtherBytes = kMebi;

struct Store {
  OptionName option;
  std::optional<uint64_t>* bytes_max;
  uint64_t parts;
};

std::array<Store, 3> stores_of(Options& options) {
  return {{{"rings_bytes_max", &options.rings_bytes_max, 4},
           {"open_spans_bytes_max", &options.open_spans_bytes_max, 1},
           {"exporter.retry_bytes_max", &options.exporter.retry_bytes_max, 1}}};
}

// A span that is larger than a batch may be goes alone.
uint64_t body_bytes_max(const Options& options) {
  return std::max(options.batch.bytes_max, options.span_bytes_max);
}

std::string mebi_text(uint64_t bytes) {
  return std::to_string((bytes + kMebi - 1) / kMebi) + " MiB";
}

// What is needed beside the stores, and what to lower for less of it.
std::string needs_text(const Options& options, const Wording& wording) {
  const WorkingMemory memory = working_memory(options);
  const bool spans_bound = options.span_bytes_max > options.batch.bytes_max;
  return mebi_text(memory.total()) + " are to work with: " + mebi_text(memory.bodies) +
         " for requests (" +
         wording.name(spans_bound ? OptionName("span_bytes_max") : OptionName("batch.bytes_max")) +
         "), " + mebi_text(memory.answers) + " for answers (" +
         wording.name("exporter.response_bytes_max") + ", " +
         wording.name("exporter.requests_in_flight_max") + " for each endpoint), " +
         mebi_text(memory.connections + memory.compressors + memory.others) + " for all else";
}

// What is out of its range is told as that, and nothing can be made of it.
bool can_divide(const Options& options) {
  const auto is_in_range = [](OptionName option, uint64_t value) {
    return option.row().range.contains(value);
  };
  return is_in_range("memory_max", *options.memory_max) &&
         is_in_range("batch.bytes_max", options.batch.bytes_max) &&
         is_in_range("span_bytes_max", options.span_bytes_max) &&
         is_in_range("exporter.requests_in_flight_max", options.exporter.requests_in_flight_max) &&
         is_in_range("exporter.response_bytes_max", options.exporter.response_bytes_max);
}

void divide(Options& options, Problems& problems) {
  const Wording& wording = problems.wording();
  uint64_t taken = working_memory(options).total();
  uint64_t parts = 0;
  std::string set_stores;
  for (const Store& store : stores_of(options)) {
    if (!*store.bytes_max) {
      parts += store.parts;
      continue;
    }
    taken += std::min<uint64_t>(**store.bytes_max, kStoreBytes.max);
    set_stores += "; " + wording.name(store.option) + " is " + mebi_text(**store.bytes_max);
  }
  const uint64_t memory_max = *options.memory_max;
  const uint64_t needed = taken + parts * kStoreBytes.min;  // the smallest store has one part
  if (memory_max < needed) {
    return problems.add("memory_max", "is " + std::to_string(memory_max) + ", but " +
                                          needs_text(options, wording) + set_stores +
                                          ": raise it to " + std::to_string(needed) +
                                          " or more, or lower one of these");
  }
  const uint64_t part = parts == 0 ? 0 : (memory_max - taken) / parts;
  for (const Store& store : stores_of(options)) {
    if (!*store.bytes_max)
      *store.bytes_max = std::min<uint64_t>(part * store.parts, kStoreBytes.max);
  }
}

}  // namespace

WorkingMemory working_memory(const Options& options) {
  const Exporter& exporter = options.exporter;
  const uint64_t requests = exporter.requests_in_flight_max * (1 + exporter.more_endpoints.size());
  const uint64_t small_answer = std::min<uint64_t>(kSmallAnswerBytes, exporter.response_bytes_max);
  return {.bodies = kBodies * (body_bytes_max(options) + kEnvelopeBytes),
          .answers = requests * small_answer + kLargeAnswers * exporter.response_bytes_max,
          .connections = requests * kConnectionBytes,
          .compressors = exporter.compression == Compression::zstd   ? kGzipBytes + kZstdBytes
                         : exporter.compression == Compression::gzip ? kGzipBytes
                                                                     : 0,
          .others = kOtherBytes};
}

void divide_memory(Options& options, Problems& problems) {
  if (options.memory_max) {
    if (can_divide(options)) divide(options, problems);
    return;
  }
  for (const Store& store : stores_of(options)) {
    if (!*store.bytes_max) *store.bytes_max = store.option.row().unset_value;
  }
}

}  // namespace cero::core

// The fault matrix: what a backend does, and where the spans must be in the end.
#ifndef CERO_TESTS_FAULT_SCENARIOS_H_
#define CERO_TESTS_FAULT_SCENARIOS_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <ostream>
#include <span>

#include "pipeline/backend.h"

namespace cero::test {

// Spans of a scenario, unless it says otherwise, and of each of its batches.
inline constexpr uint64_t kScenarioSpans = 60;
inline constexpr uint64_t kScenarioBatch = 20;

// Where the spans are in the end.
struct Places {
  uint64_t exported = 0;
  uint64_t rejected = 0;
  uint64_t permanent_error = 0;
  uint64_t retry_expired = 0;
  uint64_t after_shutdown = 0;

  uint64_t sum() const {
    return exported + rejected + permanent_error + retry_expired + after_shutdown;
  }
};

// Over which protocols a scenario is run.
enum class Over {
  every,  // HTTP/1.1 in the clear, HTTP/2 over TLS, gRPC over TLS
  http2_and_grpc,
  grpc,
};

enum class End {
  flush,     // force_flush() with no deadline to speak of
  shutdown,  // shutdown() with a short one
};

struct Scenario {
  const char* name = "";
  const char* script = "";  // tools/receiver/fault_script.h
  // Without any: all are exported or rejected, how many of which depends on how they met the steps.
  Places places = {};
  std::optional<Places> over_grpc = {};  // where that differs
  Over over = Over::every;
  uint64_t spans = kScenarioSpans;
  // One that can end without an answer has a short one.
  std::chrono::milliseconds timeout = std::chrono::minutes(1);
  std::optional<std::chrono::milliseconds> retry_time_max = {};
  uint32_t requests_in_flight_max = 1;
  End end = End::flush;
  // Spans that the backend took without saying so: sent once more, and not.
  uint64_t delivered_twice = 0;
  uint64_t stored_and_dropped = 0;
  // Stands in what the log was told.
  const char* says = "";
};

std::span<const Scenario> scenarios();

// What GoogleTest shows of one.
inline std::ostream& operator<<(std::ostream& out, const Scenario& scenario) {
  return out << scenario.name;
}

bool is_run_over(const Scenario& scenario, Route route);
const Places& places_over(const Scenario& scenario, Route route);

}  // namespace cero::test

#endif  // CERO_TESTS_FAULT_SCENARIOS_H_

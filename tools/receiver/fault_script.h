// FaultScript: what the receiver shall do wrong, as a person writes it down, one step a line.
//
//   3 times: ok                    # steps are taken in their order, once each unless they say
//   status 503 retry-after 1       # for how long
//   for 2s: refuse
//   reset, stored
//   when over 64KiB: status 413    # a rule holds all the time, and comes before the steps
//   repeat                         # from the first step; without it all is well after the last
//
// fault_actions.h has the actions. A step whose action meets connections counts connections, one
// whose action meets requests counts well-formed requests.
#ifndef CERO_TOOLS_RECEIVER_FAULT_SCRIPT_H_
#define CERO_TOOLS_RECEIVER_FAULT_SCRIPT_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "cero/result.h"
#include "receiver/fault_actions.h"

namespace cero::receiver {

struct FaultStep {
  FaultAction action;
  // How many requests or connections it meets, or for how long it holds; neither: for ever.
  std::optional<uint64_t> times = 1;
  std::optional<std::chrono::milliseconds> time = {};
};

struct BodyOver {
  uint64_t bytes = 0;  // as sent
};
struct EncodingIs {
  std::string name;
};
struct EachNth {
  uint64_t number = 1;
};

// A request that the condition fits meets the action instead of the step at hand.
struct FaultRule {
  std::variant<BodyOver, EncodingIs, EachNth> condition;
  FaultAction action;
};

struct FaultScript {
  std::vector<FaultStep> steps = {};
  std::vector<FaultRule> rules = {};
  bool repeats = false;

  // Whether some action is about TLS, or shows a certificate that only our own CA can make.
  bool needs_tls() const;
  bool needs_certificate() const;
};

// The error has a line for each wrong line of the script, with its number and the fix.
Result<FaultScript> parse_fault_script(std::string_view text);

// The language for a person, with every action.
std::string fault_script_help();

}  // namespace cero::receiver

#endif  // CERO_TOOLS_RECEIVER_FAULT_SCRIPT_H_

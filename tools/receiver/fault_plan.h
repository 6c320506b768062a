// FaultPlan: where the receiver stands in a fault script.
//
// Used by the loop thread alone. The steps' times run from the moment the step before was used up.
#ifndef CERO_TOOLS_RECEIVER_FAULT_PLAN_H_
#define CERO_TOOLS_RECEIVER_FAULT_PLAN_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "receiver/counts.h"
#include "receiver/fault_script.h"

namespace cero::receiver {

class FaultPlan {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  // Adds to counts.faults what it had happen.
  FaultPlan(FaultScript script, SharedCounts& counts, TimePoint now);

  // What happens to a connection that was accepted, to a request whose header is in, and to a whole
  // one; nothing and a null pointer: all is well. The encoding is that of the body.
  ConnectionFault on_connection(bool is_tls, TimePoint now);
  std::optional<UploadFault> on_header(TimePoint now);
  const Reply* on_request(uint64_t body_bytes, std::string_view encoding, TimePoint now);

  // Goes on to the step that holds now.
  void look(TimePoint now);
  bool refuses_connections() const;
  // Grows when a step begins that is about connections.
  uint64_t connection_steps_begun() const { return connection_steps_begun_; }
  // When the step at hand ends by itself.
  std::optional<TimePoint> ends_at() const;
  // Called whenever another step begins, from within the calls above; it must not call back.
  void set_on_step(std::function<void()> on_step) { on_step_ = std::move(on_step); }

 private:
  const FaultStep* step() const;
  const FaultAction* matching_rule(uint64_t body_bytes, std::string_view encoding) const;
  void begin_step(size_t index, TimePoint now);
  void use_up(TimePoint now);
  void note(const FaultAction& action);

  const FaultScript script_;
  SharedCounts& counts_;
  size_t index_ = 0;
  uint64_t times_left_ = 0;
  TimePoint began_;
  uint64_t requests_ = 0;
  uint64_t connection_steps_begun_ = 0;
  std::function<void()> on_step_;
};

}  // namespace cero::receiver

#endif  // CERO_TOOLS_RECEIVER_FAULT_PLAN_H_

// DeliveryLog: what the sender says about batches and backends.
//
// What is said has been counted as well, so that without memory for a line it is left out: nothing
// here throws.
#ifndef CERO_CORE_EXPORT_DELIVERY_LOG_H_
#define CERO_CORE_EXPORT_DELIVERY_LOG_H_

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/log.h"
#include "export/endpoints.h"
#include "export/retry_queue.h"
#include "export/verdict.h"

namespace cero::core {

class DeliveryLog {
 public:
  explicit DeliveryLog(Log& log) : log_(log) {}

  // A line for each attempt, for those who debug.
  void answered(const EndpointState& endpoint, const Batch& batch, const Completion& completion,
                std::chrono::nanoseconds took) noexcept;
  // An attempt failed and will be repeated. `waiting`: the spans that wait for an attempt.
  void failed(const EndpointState& endpoint, uint32_t spans, uint64_t waiting,
              std::string_view why) noexcept;
  // `kept`: of what it asked for.
  void asks_for_a_wait(const EndpointState& endpoint, std::chrono::nanoseconds asked,
                       std::chrono::nanoseconds kept) noexcept;
  void recovered(const EndpointState& endpoint, std::chrono::nanoseconds outage) noexcept;
  // The spans were taken, but for those that the verdict says were rejected.
  void taken(const EndpointState& endpoint, uint32_t spans, const Verdict& verdict) noexcept;
  void split(const EndpointState& endpoint, uint32_t spans, std::string_view why) noexcept;
  void refuses_zstd(const EndpointState& endpoint, std::string_view why) noexcept;
  void answers_no_otlp(const EndpointState& endpoint) noexcept;
  void speaks_http1(const EndpointState& endpoint) noexcept;
  void keeps_to_window() noexcept;
  // Both counts are of all that there were so far.
  void overrun_began(uint64_t spans_dropped) noexcept;
  void overrun_ended(uint64_t uncompressed_bodies, uint64_t uncompressed_spans) noexcept;

  // Spans were lost. Those of `expired` failed in the call of failed() before.
  void refused(const EndpointState& endpoint, uint32_t spans, std::string_view why) noexcept;
  void damaged(uint32_t spans) noexcept;
  void expired(uint32_t spans, uint32_t attempts) noexcept;
  void made_room(uint32_t spans, uint32_t attempts) noexcept;

  // What failed() said last, behind which no backend has answered; empty: nothing.
  std::string_view standing_failure() const {
    return failure_stands_ ? std::string_view(last_failure_) : std::string_view();
  }

 private:
  // What the log tells apart.
  struct Subject {
    LogTopic topic;
    uint64_t cause = 0;
  };

  template <typename MakeText>
  void say(Subject subject, Severity severity, MakeText make_text) noexcept;
  void remember_failure(const EndpointState& endpoint, std::string_view why) noexcept;
  std::string last_failure_text() const;

  Log& log_;
  std::string last_failure_;  // "BACKEND: CAUSE"
  uint64_t last_cause_ = 0;   // of a Subject
  bool failure_stands_ = false;
};

}  // namespace cero::core

#endif  // CERO_CORE_EXPORT_DELIVERY_LOG_H_

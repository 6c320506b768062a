// Log: how the stages speak to the user, through the handler of Options.
//
// Threads: any. Each call site names its topic; a topic speaks at most once in kLogInterval and
//          then says how often it was silent, so that an outage is a line and not a flood.
#ifndef CERO_CORE_BASE_LOG_H_
#define CERO_CORE_BASE_LOG_H_

#include <array>
#include <chrono>
#include <mutex>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/secrets.h"
#include "cero/options.h"

namespace cero::core {

enum class LogTopic : uint8_t {
  setup,            // never limited
  send_failed,      // an attempt failed and will be repeated
  delivery_failed,  // spans were lost for good
  retry_after,      // a server asked for a long wait
  partial_success,
  too_large,  // a request was, and goes in halves
  recovered,
  protocol,  // for example: the server spoke HTTP/1.1 only
  rings_full,
  rings_recovered,
  overrun_began,
  overrun_ended,
  count,
};

constexpr std::chrono::seconds kLogInterval{10};

class Log {
 public:
  // The clock must outlive the log. No message shows one of the secrets.
  Log(LogHandler handler, const Clock& clock, Secrets secrets = {})
      : handler_(std::move(handler)), clock_(clock), secrets_(std::move(secrets)) {}

  // Throws std::bad_alloc.
  void write(LogTopic topic, Severity severity, const std::string& message);

 private:
  struct TopicState {
    std::optional<TimePoint> last;
    uint64_t silenced = 0;
  };

  LogHandler handler_;
  const Clock& clock_;
  const Secrets secrets_;
  std::mutex mutex_;  // guards topics_ and the calls, so that a handler need not be thread-safe
  std::array<TopicState, static_cast<size_t>(LogTopic::count)> topics_{};
};

}  // namespace cero::core

#endif  // CERO_CORE_BASE_LOG_H_

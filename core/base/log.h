// Log: how the stages speak to the user, through the handler of Options.
//
// Threads: any. Each call site names its topic; a cause of a topic speaks at most once in
//          kLogInterval and then says how often it was silent, so that an outage is a line and not
//          a flood. A cause that is new speaks at once, if the topic has said less than
//          kLogCausesMax.
// Cost:    a debug line that nobody asked for costs nothing, if it is not made: see tells().
#ifndef CERO_CORE_BASE_LOG_H_
#define CERO_CORE_BASE_LOG_H_

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "base/secrets.h"
#include "cero/options.h"

namespace cero::core {

enum class LogTopic : uint8_t {
  // Never limited:
  setup,
  losses,    // LossNotice, which has an interval of its own
  requests,  // for those who debug
  // Limited:
  send_failed,      // an attempt failed and will be repeated
  delivery_failed,  // spans were lost for good, since the backend refused them
  delivery_ended,   // spans were lost for good, since they failed for too long
  retry_after,      // a server asked for a long wait
  partial_success,
  too_large,  // a request was, and goes in halves
  recovered,
  protocol,  // for example: the server spoke HTTP/1.1 only
  overrun_began,
  overrun_ended,
  count,
};
constexpr LogTopic kFirstLimitedTopic = LogTopic::send_failed;

constexpr std::chrono::seconds kLogInterval{10};
// Of one topic that are told apart, and so the most that it says in kLogInterval.
constexpr size_t kLogCausesMax = 8;

// A handler that is told nothing below a severity.
struct LeveledHandler {
  Severity lowest;
  LogHandler next;

  void operator()(Severity severity, std::string_view message) const {
    if (severity >= lowest) next(severity, message);
  }
};

// The handler is told nothing below it. A host's own handler gets no debug lines, of which there is
// one for each request, unless it is in a LeveledHandler that wants them.
Severity lowest_severity(const LogHandler& handler);

class Log {
 public:
  // Makes a text of ours one in the words of its reader.
  using Rewording = std::function<std::string(std::string text)>;

  // The clock must outlive the log. No message shows one of the secrets.
  Log(LogHandler handler, const Clock& clock, Secrets secrets = {}, Rewording reword = {})
      : lowest_(lowest_severity(handler)),
        handler_(std::move(handler)),
        clock_(clock),
        secrets_(std::move(secrets)),
        reword_(std::move(reword)) {}

  // Whether somebody hears a line of this severity.
  bool tells(Severity severity) const noexcept { return handler_ && severity >= lowest_; }

  // `cause`: what tells it from others of its topic, a hash for example. Throws std::bad_alloc.
  void write(LogTopic topic, Severity severity, const std::string& message, uint64_t cause = 0);

 private:
  struct CauseState {
    uint64_t cause = 0;
    std::optional<TimePoint> last;
    uint64_t silenced = 0;
  };
  using TopicState = std::array<CauseState, kLogCausesMax>;

  static CauseState& state_of(uint64_t cause, TopicState& topic);

  const Severity lowest_;
  const LogHandler handler_;
  const Clock& clock_;
  const Secrets secrets_;
  const Rewording reword_;
  std::mutex mutex_;  // guards topics_ and the calls, so that a handler need not be thread-safe
  std::array<TopicState, static_cast<size_t>(LogTopic::count)> topics_{};
};

}  // namespace cero::core

#endif  // CERO_CORE_BASE_LOG_H_

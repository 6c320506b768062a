#include "base/log.h"

#include <algorithm>
#include <cstdio>

namespace cero {

void log_to_stderr(Severity severity, std::string_view message) {
  if (severity < Severity::warning) return;
  std::fprintf(stderr, "cero: %s: %.*s\n", severity == Severity::warning ? "warning" : "error",
               static_cast<int>(message.size()), message.data());
}

namespace core {

Severity lowest_severity(const LogHandler& handler) {
  using Function = void (*)(Severity, std::string_view);
  const Function* function = handler.target<Function>();
  if (function != nullptr && *function == log_to_stderr) return Severity::warning;
  const auto* leveled = handler.target<LeveledHandler>();
  return leveled != nullptr ? leveled->lowest : Severity::info;
}

// Its own, else an unused one, else that of whoever spoke the longest ago: what that one did not
// say is counted with the next.
Log::CauseState& Log::state_of(uint64_t cause, TopicState& topic) {
  const auto own = std::find_if(topic.begin(), topic.end(), [&](const CauseState& state) {
    return state.last && state.cause == cause;
  });
  // nullopt is less than any time.
  return own != topic.end()
             ? *own
             : *std::min_element(topic.begin(), topic.end(),
                                 [](const auto& a, const auto& b) { return a.last < b.last; });
}

void Log::write(LogTopic topic, Severity severity, const std::string& message, uint64_t cause) {
  if (!tells(severity)) return;
  const std::lock_guard lock(mutex_);
  CauseState& state = state_of(cause, topics_[static_cast<size_t>(topic)]);
  const TimePoint now = clock_.now();
  const bool spoke_lately = state.last && now - *state.last < kLogInterval;
  if (topic >= kFirstLimitedTopic && spoke_lately) {
    ++state.silenced;
    return;
  }
  std::string shown = secrets_.hide(message);
  if (reword_) shown = reword_(std::move(shown));
  if (state.silenced > 0) shown += " (" + std::to_string(state.silenced) + " more like it since)";
  state = {.cause = cause, .last = now};
  handler_(severity, shown);
}

}  // namespace core
}  // namespace cero

#include "base/log.h"

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

void Log::write(LogTopic topic, Severity severity, const std::string& message) {
  if (!tells(severity)) return;
  const std::lock_guard lock(mutex_);
  TopicState& state = topics_[static_cast<size_t>(topic)];
  const TimePoint now = clock_.now();
  const bool spoke_lately = state.last && now - *state.last < kLogInterval;
  if (topic >= kFirstLimitedTopic && spoke_lately) {
    ++state.silenced;
    return;
  }
  std::string shown = secrets_.hide(message);
  if (reword_) shown = reword_(std::move(shown));
  if (state.silenced > 0) shown += " (" + std::to_string(state.silenced) + " more like it since)";
  state = {.last = now};
  handler_(severity, shown);
}

}  // namespace core
}  // namespace cero

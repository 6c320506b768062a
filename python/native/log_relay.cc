#include "log_relay.h"

#include <pthread.h>

#include <utility>

#include "api.h"

namespace cero::python {
namespace {

LogLevel level_of(Severity severity) noexcept {
  switch (severity) {
    case Severity::debug:
      return LogLevel::debug;
    case Severity::info:
      return LogLevel::info;
    case Severity::warning:
      return LogLevel::warning;
    case Severity::error:
      break;
  }
  return LogLevel::error;
}

}  // namespace

LogRelay& LogRelay::instance() {
  static LogRelay* const relay = new LogRelay;
  return *relay;
}

LogRelay::LogRelay() {
  pthread_atfork([] { instance().mutex_.lock(); }, [] { instance().mutex_.unlock(); },
                 [] {
                   LogRelay& relay = instance();
                   relay.messages_.clear();  // the parent's, who says them
                   relay.left_out_ = 0;
                   relay.mutex_.unlock();
                 });
}

void LogRelay::push(Severity severity, std::string_view message) noexcept {
  const std::lock_guard lock(mutex_);
  if (closed_) return;
  try {
    if (messages_.size() < kMessagesMax) {
      messages_.push_back({severity, std::string(message)});
    } else {
      ++left_out_;
    }
  } catch (const std::bad_alloc&) {
    ++left_out_;
  }
  // Under the lock, so that it cannot come after close(). When the interpreter has no room for
  // another call it has calls to make, and a later message or a flush delivers this one.
  Py_AddPendingCall(
      [](void*) {
        instance().deliver();
        return 0;
      },
      nullptr);
}

void LogRelay::deliver() noexcept {
  std::vector<Message> messages;
  uint64_t left_out = 0;
  {
    const std::lock_guard lock(mutex_);
    messages.swap(messages_);
    left_out = std::exchange(left_out_, 0);
  }
  for (const Message& message : messages) log(level_of(message.severity), message.text);
  if (left_out != 0)
    log(LogLevel::warning, std::to_string(left_out) + " more messages were left out");
}

void LogRelay::close() noexcept {
  deliver();
  const std::lock_guard lock(mutex_);
  closed_ = true;
}

}  // namespace cero::python

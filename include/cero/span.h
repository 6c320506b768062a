// Span: one operation, from its start to its end.
//
// Threads: a span is for one thread at a time; it may move to another one and end there.
// Cost:    tens of nanoseconds for start, five attributes and end together: no lock, no allocation,
//          no system call once a thread is warm (TracerProvider::prepare_thread warms it
//          beforehand). docs/performance.md has the numbers.
// Loss:    end() drops the span when its thread's ring is full, and counts it (Stats::dropped).
//          What a limit drops is counted on the span and exported with it.
// Errors:  none to handle. A span that is not recording, has ended or was moved from ignores every
//          call; context() stays valid after end(), until the span is destroyed.
// Signals: a handler may end() a span that its thread is at, wherever it comes, and may call no
//          other method of it. An end that comes into the midst of a change, or of a start or
//          another end on this thread, drops the span and counts it (DroppedSpans::reentrant). A
//          span with a tracestate that has outgrown a KiB is not for handlers: its end may take
//          malloc().
// Spec:    Trace API and SDK, "Span".
#ifndef CERO_SPAN_H_
#define CERO_SPAN_H_

#include <chrono>
#include <concepts>
#include <exception>
#include <string_view>
#include <type_traits>
#include <utility>

#include "cero/attribute.h"
#include "cero/detail/span_buffer.h"
#include "cero/export.h"
#include "cero/span_context.h"

namespace cero {

// Wall time. The zero time stands for "now" wherever a time is optional.
using Timestamp = std::chrono::system_clock::time_point;

// Numbers as in OTLP.
enum class SpanKind : uint8_t { internal = 1, server = 2, client = 3, producer = 4, consumer = 5 };
enum class StatusCode : uint8_t { unset = 0, ok = 1, error = 2 };

struct Link {
  SpanContext context;
  Attributes attributes = {};
};
using Links = ListView<Link>;

class Span;

// Whose child a new span is. A view: valid during the call it is passed to.
class Parent {
 public:
  // The span that is current on the thread; none: a root.
  constexpr Parent() noexcept = default;
  // This one; an invalid context makes a root.
  Parent(const SpanContext& context CERO_LIFETIMEBOUND) noexcept
      : context_(&context), kind_(Kind::context) {}
  // What would be assigned dies at the end of the statement: name it, or pass it in the call.
  Parent& operator=(SpanContext&&) = delete;
  static constexpr Parent none() noexcept {
    Parent parent;
    parent.kind_ = Kind::none;
    return parent;
  }

  bool is_current() const noexcept { return kind_ == Kind::current; }
  bool is_none() const noexcept { return kind_ == Kind::none; }
  // nullptr for none() and for the current span.
  const SpanContext* context() const noexcept { return context_; }

 private:
  enum class Kind : uint8_t { current, none, context };
  const SpanContext* context_ = nullptr;
  Kind kind_ = Kind::current;
};

struct StartOptions {
  SpanKind kind = SpanKind::internal;
  Parent parent = {};
  Attributes attributes = {};
  Links links = {};
  Timestamp start_time = {};
  // For bridges that bring ids of their own: an invalid id is generated. A trace id is for roots; a
  // child has its parent's.
  TraceId trace_id = {};
  SpanId span_id = {};

  [[gnu::always_inline]] bool has_only_kind_and_parent() const noexcept {
    return attributes.empty() && links.empty() && start_time == Timestamp{} && !trace_id.valid() &&
           !span_id.valid();
  }
};

// What spans of one place share: see prepared_span.h.
struct PrepareOptions {
  SpanKind kind = SpanKind::internal;
  Attributes attributes = {};
  Links links = {};
};

namespace detail {
// A span that has just started, in registers. `recording` is null when it is not sampled.
struct StartedSpan {
  SpanBuffer* recording;
  SpanBuffer* buffer;
};
struct SpanAccess;
}  // namespace detail

// What a thread calls for each span is inlined or takes values: the address of a Span that only
// starts, has attributes and a status set, and ends is never needed, so that it lives in registers.
class [[nodiscard]] CERO_API Span {
 public:
  // Records nothing; its context is invalid.
  Span() noexcept = default;
  Span(Span&& other) noexcept
      : recording_(std::exchange(other.recording_, nullptr)),
        buffer_(std::exchange(other.buffer_, nullptr)) {}
  Span& operator=(Span&& other) noexcept {
    Span taken(std::move(other));
    std::swap(recording_, taken.recording_);
    std::swap(buffer_, taken.buffer_);
    return *this;
  }
  // Ends the span if it has not ended.
  ~Span() {
    if (detail::SpanBuffer* const recording = std::exchange(recording_, nullptr)) {
      finish_and_release(*recording);
    } else if (buffer_ != nullptr) {
      release(*buffer_);
    }
  }

  bool is_recording() const noexcept { return recording_ != nullptr; }
  SpanContext context() const noexcept {
    return buffer_ == nullptr ? SpanContext() : context_of(*buffer_);
  }

  // Setting a key again overwrites its value. A value is bool, any integer, floating point, text,
  // or anything an AttributeValue can view.
  template <typename T>
  requires std::constructible_from<AttributeValue, const T&>
  [[gnu::always_inline]] void set_attribute(std::string_view key, const T& value) noexcept {
    detail::SpanBuffer* const recording = recording_;  // read once: a signal handler may end it
    if (recording == nullptr) return;
    if constexpr (std::same_as<T, bool>) {
      if (detail::try_append(*recording, key, value)) [[likely]]
        return;
    } else if constexpr (Integer<T>) {
      // Beyond int64's range it becomes text, elsewhere.
      const bool fits = std::is_signed_v<T> || sizeof(T) < sizeof(int64_t) ||
                        static_cast<uint64_t>(value) <= uint64_t{INT64_MAX};
      if (fits && detail::try_append(*recording, key, static_cast<int64_t>(value))) [[likely]]
        return;
    } else if constexpr (std::floating_point<T>) {
      if (detail::try_append(*recording, key, static_cast<double>(value))) [[likely]]
        return;
    } else if constexpr (std::convertible_to<const T&, std::string_view> && !std::is_pointer_v<T> &&
                         !std::is_null_pointer_v<T>) {
      if (detail::try_append(*recording, key, std::string_view(value))) [[likely]]
        return;
    }
    detail::set_attribute_slow(*recording, key, AttributeValue(value));
  }

  void add_event(std::string_view name, Attributes attributes = {}, Timestamp time = {}) noexcept;
  // A link to an invalid context is kept when it has attributes or a tracestate.
  void add_link(const SpanContext& context, Attributes attributes = {}) noexcept;
  // Ok is final; unset is ignored; the description counts with error only.
  [[gnu::always_inline]] void set_status(StatusCode code,
                                         std::string_view description = {}) noexcept {
    detail::SpanBuffer* const recording = recording_;
    if (recording == nullptr) return;
    const bool has_message = code == StatusCode::error && !description.empty();
    if (has_message || !detail::try_set_status(*recording, static_cast<uint8_t>(code)))
      set_status_slow(*recording, code, description);
  }
  void update_name(std::string_view name) noexcept;
  // An event "exception" with exception.type and exception.message; attributes given here win over
  // those.
  void record_exception(const std::exception& exception, Attributes attributes = {}) noexcept;

  // The first end counts; what comes after is ignored.
  void end(Timestamp time = {}) noexcept {
    if (detail::SpanBuffer* const recording = std::exchange(recording_, nullptr))
      finish(*recording, time);
  }

 private:
  friend class Tracer;
  friend class PreparedSpan;
  friend struct detail::SpanAccess;
  explicit Span(detail::StartedSpan span) noexcept
      : recording_(span.recording), buffer_(span.buffer) {}

  static SpanContext context_of(detail::SpanBuffer& buffer) noexcept;
  [[gnu::cold]] static void set_status_slow(detail::SpanBuffer& recording, StatusCode code,
                                            std::string_view description) noexcept;
  static void finish(detail::SpanBuffer& recording, Timestamp time) noexcept;
  static void finish_and_release(detail::SpanBuffer& recording) noexcept;
  static void release(detail::SpanBuffer& buffer) noexcept;

  detail::SpanBuffer* recording_ = nullptr;  // null: not recording, or ended
  detail::SpanBuffer* buffer_ = nullptr;     // the context, until the span is destroyed
};

}  // namespace cero

#endif  // CERO_SPAN_H_

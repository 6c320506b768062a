// Span: a span of the OpenTelemetry API that cero records.
//
// Threads: every method from any thread, by a spin lock of its own. Not in a signal handler, which
//          would wait for the method that it has interrupted.
// Cost:    cero's, the API's virtual calls and shared pointers, and the lock: no allocation, except
//          for an event or a link with more than 2 KiB of attributes.
// Loss:    as cero::Span.
// Errors:  none to handle; nothing throws.
//
// Where it differs from the SDK's span: docs/migrating-from-opentelemetry-cpp.md.
#ifndef CERO_OTEL_SPAN_H_
#define CERO_OTEL_SPAN_H_

#include <opentelemetry/common/spin_lock_mutex.h>
#include <opentelemetry/trace/default_span.h>
#include <opentelemetry/trace/span.h>

#include <mutex>
#include <typeinfo>
#include <utility>

#include "cero/detail/span_access.h"
#include "cero/otel/span_context.h"
#include "cero/otel/values.h"

namespace cero::otel {

// When a span started, where its user said so: the end is then measured from it by the steady
// clock, as in the SDK.
struct GivenStart {
  std::chrono::nanoseconds system{};  // both since their clock's epoch
  std::chrono::nanoseconds steady{};

  bool empty() const noexcept { return steady == std::chrono::nanoseconds::zero(); }
};

class Span final : public api::trace::Span {
 public:
  // For Tracer: takes over a span that has a buffer, which holds this object too.
  Span(cero::Span&& span, GivenStart start) noexcept : span_(std::move(span)), start_(start) {}
  ~Span() override {
    if (span_.is_recording()) span_.end(end_time({}));  // nobody else is here any more
    detail::SpanAccess::leave(span_);
  }

  void SetAttribute(api::nostd::string_view key,
                    const api::common::AttributeValue& value) noexcept override {
    const Lock lock(mutex_);
    set_attribute(span_, key, value);
  }

  void AddEvent(api::nostd::string_view name) noexcept override { add_event(name, {}, {}); }
  void AddEvent(api::nostd::string_view name, api::common::SystemTimestamp time) noexcept override {
    add_event(name, {}, to_timestamp(time.time_since_epoch()));
  }
  void AddEvent(api::nostd::string_view name, api::common::SystemTimestamp time,
                const api::common::KeyValueIterable& attributes) noexcept override {
    if (!IsRecording()) return;
    add_event(name, AttributeCopies(attributes).view(), to_timestamp(time.time_since_epoch()));
  }
  void AddEvent(api::nostd::string_view name,
                const api::common::KeyValueIterable& attributes) noexcept override {
    if (!IsRecording()) return;
    add_event(name, AttributeCopies(attributes).view(), {});
  }

  // Virtual in the API's second ABI; for Tracer in the first.
#if OPENTELEMETRY_ABI_VERSION_NO >= 2
  void AddLink(const api::trace::SpanContext& target,
               const api::common::KeyValueIterable& attributes) noexcept override {
    add_link(target, attributes);
  }
  void AddLinks(const api::trace::SpanContextKeyValueIterable& links) noexcept override {
    add_links(links);
  }
#endif
  void add_links(const api::trace::SpanContextKeyValueIterable& links) noexcept {
    links.ForEachKeyValue([this](const api::trace::SpanContext& target,
                                 const api::common::KeyValueIterable& attributes) noexcept {
      add_link(target, attributes);
      return true;
    });
  }

  void SetStatus(api::trace::StatusCode code,
                 api::nostd::string_view description) noexcept override {
    const Lock lock(mutex_);
    span_.set_status(static_cast<StatusCode>(code), to_view(description));  // the same numbers
  }
  void UpdateName(api::nostd::string_view name) noexcept override {
    const Lock lock(mutex_);
    span_.update_name(to_view(name));
  }

  void End(const api::trace::EndSpanOptions& options) noexcept override {
    const Lock lock(mutex_);
    if (span_.is_recording()) span_.end(end_time(options.end_steady_time.time_since_epoch()));
  }

  api::trace::SpanContext GetContext() const noexcept override { return to_api(context()); }
  bool IsRecording() const noexcept override {
    const Lock lock(mutex_);
    return span_.is_recording();
  }

  SpanContext context() const noexcept {
    const Lock lock(mutex_);
    return span_.context();
  }

 private:
  using Lock = std::lock_guard<api::common::SpinLockMutex>;

  void add_event(api::nostd::string_view name, Attributes attributes, Timestamp time) noexcept {
    const Lock lock(mutex_);
    span_.add_event(to_view(name), attributes, time);
  }
  void add_link(const api::trace::SpanContext& target,
                const api::common::KeyValueIterable& attributes) noexcept {
    if (!IsRecording()) return;
    const SpanContext context = to_cero(target);
    const AttributeCopies copies(attributes);
    const Lock lock(mutex_);
    span_.add_link(context, copies.view());
  }

  // Zero: now, by cero's own clock.
  Timestamp end_time(std::chrono::nanoseconds steady) const noexcept {
    if (start_.empty() && steady == std::chrono::nanoseconds::zero()) return {};
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    if (!start_.empty()) {
      const bool is_now = steady == std::chrono::nanoseconds::zero();
      return to_timestamp(start_.system + (is_now ? now : steady) - start_.steady);
    }
    return std::chrono::system_clock::now() -
           std::chrono::duration_cast<Timestamp::duration>(now - steady);
  }

  mutable api::common::SpinLockMutex mutex_;
  cero::Span span_;  // its buffer holds this object
  const GivenStart start_;
};

// A span of another process: what cero's propagator puts into a context.
class RemoteSpan final : public api::trace::DefaultSpan {
 public:
  explicit RemoteSpan(SpanContext context) noexcept
      : DefaultSpan(to_api(context)), context_(std::move(context)) {}

  const SpanContext& context() const noexcept { return context_; }

 private:
  const SpanContext context_;
};

// Of any implementation's span. Those of this adapter say more than the API's context can.
inline SpanContext context_of(const api::trace::Span& span) noexcept {
#if defined(__cpp_rtti)
  if (typeid(span) == typeid(Span)) return static_cast<const Span&>(span).context();
  if (typeid(span) == typeid(RemoteSpan)) return static_cast<const RemoteSpan&>(span).context();
#endif
  return to_cero(span.GetContext());
}

}  // namespace cero::otel

#endif  // CERO_OTEL_SPAN_H_

// Tracer: starts the spans of one instrumentation scope for users of the OpenTelemetry API.
//
// Threads: every method from any thread.
// Life:    it may outlive its provider; its spans then record nothing and pass their parent's
//          context on.
#ifndef CERO_OTEL_TRACER_H_
#define CERO_OTEL_TRACER_H_

#include <opentelemetry/trace/default_span.h>
#include <opentelemetry/trace/tracer.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <utility>

#include "cero/otel/guest.h"
#include "cero/otel/parent.h"
#include "cero/otel/span.h"
#include "cero/tracer_provider.h"

namespace cero::otel {

class Tracer final : public api::trace::Tracer {
 public:
  // For TracerProvider. Throws std::bad_alloc.
  Tracer(cero::Tracer tracer, std::weak_ptr<cero::TracerProvider> provider)
      : tracer_(tracer), provider_(std::move(provider)) {}

  using api::trace::Tracer::StartSpan;
  api::nostd::shared_ptr<api::trace::Span> StartSpan(
      api::nostd::string_view name, const api::common::KeyValueIterable& attributes,
      const api::trace::SpanContextKeyValueIterable& links,
      const api::trace::StartSpanOptions& options) noexcept override {
    const ParentOf parent(options);
    const GivenStart start = given_start(options);
    cero::Span span = tracer_.start_span(
        to_view(name), {.kind = kind_of(options),
                        .parent = parent.get(),
                        .start_time = start.empty() ? Timestamp() : to_timestamp(start.system)});
    detail::SpanBuffer* buffer = detail::SpanAccess::buffer(span);
    if (buffer == nullptr) return nothing_;
    const bool is_recording = span.is_recording();
    if (is_recording && attributes.size() != 0) {
      attributes.ForEachKeyValue(
          [&span](api::nostd::string_view key, api::common::AttributeValue value) noexcept {
            set_attribute(span, key, value);
            return true;
          });
    }
    std::shared_ptr<Span> made =
        std::allocate_shared<Span>(GuestAllocator<Span>(*buffer), std::move(span), start);
    if (is_recording && links.size() != 0) made->add_links(links);
    return std::shared_ptr<api::trace::Span>(std::move(made));
  }

#if OPENTELEMETRY_ABI_VERSION_NO == 1
  // All of the provider's spans. A tracer has nothing of its own to close.
  void ForceFlushWithMicroseconds(uint64_t timeout) noexcept override {
    const auto provider = provider_.lock();
    if (provider == nullptr) return;
    const std::chrono::microseconds bounded(std::min<uint64_t>(timeout, INT64_MAX));
    static_cast<void>(provider->force_flush(to_deadline(bounded, kFlushTimeout)));
  }
  void CloseWithMicroseconds(uint64_t timeout) noexcept override {
    ForceFlushWithMicroseconds(timeout);
  }
#endif

 private:
  // The API counts from 0 what OTLP counts from 1.
  static SpanKind kind_of(const api::trace::StartSpanOptions& options) noexcept {
    return static_cast<SpanKind>(static_cast<int>(options.kind) + 1);
  }

  // A clock that was left out says now, unless both were.
  static GivenStart given_start(const api::trace::StartSpanOptions& options) noexcept {
    GivenStart start{options.start_system_time.time_since_epoch(),
                     options.start_steady_time.time_since_epoch()};
    constexpr auto kNone = std::chrono::nanoseconds::zero();
    if (start.system == kNone && start.steady == kNone) return {};
    if (start.system == kNone) start.system = std::chrono::system_clock::now().time_since_epoch();
    if (start.steady == kNone) start.steady = std::chrono::steady_clock::now().time_since_epoch();
    return start;
  }

  const cero::Tracer tracer_;
  const std::weak_ptr<cero::TracerProvider> provider_;
  // Where there is no memory for a span, or neither a provider nor a parent.
  const api::nostd::shared_ptr<api::trace::Span> nothing_{
      new api::trace::DefaultSpan(api::trace::SpanContext::GetInvalid())};
};

}  // namespace cero::otel

#endif  // CERO_OTEL_TRACER_H_

// Recordable: a span of the OpenTelemetry SDK that is recorded straight into cero's buffer.
//
// Threads: one at a time; the SDK's span has a lock.
#ifndef CERO_OTEL_RECORDABLE_H_
#define CERO_OTEL_RECORDABLE_H_

#include <opentelemetry/sdk/trace/recordable.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <new>
#include <utility>
#include <vector>

#include "cero/detail/span_access.h"
#include "cero/otel/owned_attributes.h"
#include "cero/otel/scope_table.h"
#include "cero/otel/span_context.h"
#include "cero/otel/values.h"
#include "cero/tracer_provider.h"

namespace cero::otel {

using ScopesInUse = ScopeTable<cero::Tracer>;

class Recordable final : public api::sdk::trace::Recordable {
 public:
  // What a scope's spans need is found in `scopes`, or made by `provider`.
  static std::unique_ptr<api::sdk::trace::Recordable> make(cero::Span&& span,
                                                           cero::TracerProvider& provider,
                                                           ScopesInUse& scopes) noexcept {
    detail::SpanBuffer* buffer = detail::SpanAccess::recording(span);
    void* place =
        buffer != nullptr ? buffer->guest.data() : ::operator new(sizeof(Recordable), std::nothrow);
    static_assert(sizeof(Recordable) <= detail::kGuestBytes);
    if (place == nullptr) return nullptr;
    if (buffer == nullptr) span = cero::Span();  // what it has else is no home for this object
    return std::unique_ptr<api::sdk::trace::Recordable>(
        ::new (place) Recordable(std::move(span), provider, scopes));
  }
  // A span that did not end, or that nobody may export, is forgotten.
  ~Recordable() override { detail::SpanAccess::leave(span_); }
  static void operator delete(Recordable* self, std::destroying_delete_t) noexcept {
    detail::SpanBuffer* buffer = detail::SpanAccess::buffer(self->span_);
    self->~Recordable();
    buffer != nullptr ? detail::SpanAccess::release(*buffer) : ::operator delete(self);
  }

  void SetIdentity(const api::trace::SpanContext& context,
                   api::trace::SpanId parent) noexcept override {
    detail::SpanBuffer* buffer = detail::SpanAccess::recording(span_);
    if (buffer == nullptr) return;
    buffer->record->trace_id = to_cero(context.trace_id()).bytes();
    buffer->record->span_id = to_cero(context.span_id()).bytes();
    buffer->record->parent_span_id = to_cero(parent).bytes();
    buffer->trace_state = to_cero(context.trace_state());
    set_flags(context.trace_flags());
  }
  void SetTraceFlags(api::trace::TraceFlags flags) noexcept override { set_flags(flags); }
  // The parent's remoteness, which only the processor learns.
  void set_parent_remote(bool remote) noexcept {
    constexpr uint32_t kRemotenessKnown = 0x100;
    constexpr uint32_t kRemote = 0x200;
    if (auto* buffer = detail::SpanAccess::recording(span_))
      buffer->record->flags |= kRemotenessKnown | (remote ? kRemote : 0);
  }

  void SetAttribute(api::nostd::string_view key,
                    const api::common::AttributeValue& value) noexcept override {
    set_attribute(span_, key, value);
  }
  void AddEvent(api::nostd::string_view name, api::common::SystemTimestamp time,
                const api::common::KeyValueIterable& attributes) noexcept override {
    span_.add_event(to_view(name), AttributeCopies(attributes).view(),
                    to_timestamp(time.time_since_epoch()));
  }
  void AddLink(const api::trace::SpanContext& context,
               const api::common::KeyValueIterable& attributes) noexcept override {
    span_.add_link(to_cero(context), AttributeCopies(attributes).view());
  }
  void SetStatus(api::trace::StatusCode code,
                 api::nostd::string_view description) noexcept override {
    span_.set_status(static_cast<StatusCode>(code), to_view(description));  // the same numbers
  }
  void SetName(api::nostd::string_view name) noexcept override { span_.update_name(to_view(name)); }
  void SetSpanKind(api::trace::SpanKind kind) noexcept override {
    // The API counts from 0 what OTLP counts from 1.
    if (auto* buffer = detail::SpanAccess::recording(span_))
      buffer->record->kind = static_cast<uint8_t>(static_cast<int>(kind) + 1);
  }
  // One resource for all spans of the processor: see SpanProcessor::create.
  void SetResource(const api::sdk::resource::Resource&) noexcept override {}
  void SetStartTime(api::common::SystemTimestamp start) noexcept override {
    start_ = start.time_since_epoch();
    auto* buffer = detail::SpanAccess::recording(span_);
    if (buffer == nullptr) return;
    buffer->record->start = static_cast<uint64_t>(start_.count());
    buffer->record->marks |= detail::kStartIsUnix;
  }
  void SetDuration(std::chrono::nanoseconds duration) noexcept override { duration_ = duration; }
  void SetInstrumentationScope(
      const api::sdk::instrumentationscope::InstrumentationScope& scope) noexcept override {
    auto* buffer = detail::SpanAccess::recording(span_);
    if (buffer == nullptr) return;
    const core::ScopeInfo* found = detail::SpanAccess::scope(tracer_of(scope));
    if (found != nullptr) buffer->record->scope = found;
  }

  void end() noexcept {
    auto* buffer = detail::SpanAccess::recording(span_);
    if (buffer == nullptr || (buffer->record->flags & TraceFlags::kSampled) == 0) return;
    span_.end(to_timestamp(start_ + duration_));
  }

 private:
  using Scope = api::sdk::instrumentationscope::InstrumentationScope;

  Recordable(cero::Span&& span, cero::TracerProvider& provider, ScopesInUse& scopes) noexcept
      : span_(std::move(span)), provider_(provider), scopes_(scopes) {
    // Those of a root of cero's own.
    if (auto* buffer = detail::SpanAccess::recording(span_)) buffer->record->flags = 0;
  }

  void set_flags(api::trace::TraceFlags flags) noexcept {
    constexpr uint32_t kTraceFlags = 0xff;
    if (auto* buffer = detail::SpanAccess::recording(span_))
      buffer->record->flags = (buffer->record->flags & ~kTraceFlags) | flags.flags();
  }

  cero::Tracer tracer_of(const Scope& scope) noexcept try {
    const ScopeName name{scope.GetName(), scope.GetVersion(), scope.GetSchemaURL()};
    if (!scope.GetAttributes().empty()) return make_tracer(name, scope);
    return scopes_.find_or_add(name, [&] { return make_tracer(name, scope); });
  } catch (const std::bad_alloc&) {
    return {};
  }
  cero::Tracer make_tracer(const ScopeName& name, const Scope& scope) {
    const std::vector<OwnedAttribute> attributes = to_cero(scope.GetAttributes());
    return provider_.get_tracer(name.name, name.version, name.schema_url, views_of(attributes));
  }

  cero::Span span_;  // its buffer holds this object, where it has one
  cero::TracerProvider& provider_;
  ScopesInUse& scopes_;
  std::chrono::nanoseconds start_{};
  std::chrono::nanoseconds duration_{};
};

}  // namespace cero::otel

#endif  // CERO_OTEL_RECORDABLE_H_

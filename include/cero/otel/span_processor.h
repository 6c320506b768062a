// SpanProcessor: the OpenTelemetry SDK with cero as its way out.
//
//   auto resource = opentelemetry::sdk::resource::Resource::Create({{"service.name", "shop"}});
//   auto processor = cero::otel::SpanProcessor::create(resource, {});
//   if (!processor) ...  // processor.error().message() names the wrong option
//   auto provider = opentelemetry::sdk::trace::TracerProviderFactory::Create(
//       std::move(*processor), resource);
//
// In the place of a BatchSpanProcessor and its exporter: samplers, ids and the resource stay the
// SDK's, spans are recorded into cero's buffers and take cero's way from there.
//
// Threads: every method from any thread.
// Cost:    the SDK's for its span, and cero's for what it records. No allocation of this class.
// Loss:    as cero::TracerProvider, whose ledger is provider().stats(). A span that the SDK records
//          but did not sample is not exported, and in no ledger.
// Errors:  create() returns a Result; nothing throws afterwards.
#ifndef CERO_OTEL_SPAN_PROCESSOR_H_
#define CERO_OTEL_SPAN_PROCESSOR_H_

#include <opentelemetry/sdk/resource/resource.h>
#include <opentelemetry/sdk/trace/processor.h>
#include <opentelemetry/sdk/trace/recordable.h>
#include <opentelemetry/trace/span_context.h>

#include <chrono>
#include <memory>
#include <new>
#include <utility>

#include "cero/otel/owned_attributes.h"
#include "cero/otel/recordable.h"
#include "cero/otel/values.h"
#include "cero/tracer_provider.h"

namespace cero::otel {

class SpanProcessor final : public api::sdk::trace::SpanProcessor {
 public:
  // Give it the resource that the SDK's provider gets: all spans of a pipeline have one. Of the
  // options, `resource` and `sampler` are the SDK's business and ignored.
  static Result<std::unique_ptr<SpanProcessor>> create(const api::sdk::resource::Resource& resource,
                                                       Options options) try {
    options.resource = to_cero(resource.GetAttributes());
    options.resource_schema_url = resource.GetSchemaURL();
    options.sampler = Sampler::always_on();
    const auto shutdown_timeout = options.shutdown_timeout;
    auto provider = cero::TracerProvider::create(std::move(options));
    if (!provider) return provider.error();
    return std::unique_ptr<SpanProcessor>(
        new SpanProcessor(std::move(provider).value(), shutdown_timeout));
  } catch (const std::bad_alloc&) {
    return Error{ErrorCode::out_of_memory, "create: out of memory"};
  }

  std::unique_ptr<api::sdk::trace::Recordable> MakeRecordable() noexcept override {
    return Recordable::make(tracer_.start_span({}, {.parent = Parent::none()}), provider_, scopes_);
  }
  void OnStart(api::sdk::trace::Recordable& span,
               const api::trace::SpanContext& parent) noexcept override {
    static_cast<Recordable&>(span).set_parent_remote(parent.IsRemote());
  }
  void OnEnd(std::unique_ptr<api::sdk::trace::Recordable>&& span) noexcept override {
    const std::unique_ptr<api::sdk::trace::Recordable> ended(std::move(span));
    if (ended != nullptr) static_cast<Recordable&>(*ended).end();
  }

  // Without a bound: 30 s, and Options::shutdown_timeout.
  bool ForceFlush(std::chrono::microseconds timeout) noexcept override {
    return provider_.force_flush(to_deadline(timeout, kFlushTimeout)).has_value();
  }
  bool Shutdown(std::chrono::microseconds timeout) noexcept override {
    return provider_.shutdown(to_deadline(timeout, shutdown_timeout_)).has_value();
  }

  const cero::TracerProvider& provider() const noexcept { return provider_; }

 private:
  SpanProcessor(cero::TracerProvider provider, std::chrono::milliseconds shutdown_timeout) noexcept
      : provider_(std::move(provider)),
        shutdown_timeout_(shutdown_timeout),
        tracer_(provider_.get_tracer({})) {}

  cero::TracerProvider provider_;
  const std::chrono::milliseconds shutdown_timeout_;
  const cero::Tracer tracer_;  // of no name: a recordable learns its scope later
  ScopesInUse scopes_;
};

}  // namespace cero::otel

#endif  // CERO_OTEL_SPAN_PROCESSOR_H_

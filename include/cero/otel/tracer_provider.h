// TracerProvider: cero behind the OpenTelemetry C++ API.
//
//   auto provider = cero::otel::TracerProvider::create({.resource = {{"service.name", "shop"}}});
//   if (!provider) ...  // provider.error().message() names the wrong option
//   opentelemetry::trace::Provider::SetTracerProvider(*provider);
//
// The rest of a program that is instrumented with the API stays as it is. Compiled against the
// program's own opentelemetry-cpp headers: either ABI, with the standard library's types or
// without.
//
// Threads: every method from any thread.
// Cost:    GetTracer of a scope that was asked for before takes no lock, unless it has attributes.
// Loss:    as cero::TracerProvider, whose ledger is provider().stats().
// Errors:  create() returns a Result; nothing throws afterwards.
// Life:    the destructor flushes and shuts down within Options::shutdown_timeout. Tracers and
//          spans may outlive it.
#ifndef CERO_OTEL_TRACER_PROVIDER_H_
#define CERO_OTEL_TRACER_PROVIDER_H_

#include <opentelemetry/trace/provider.h>
#include <opentelemetry/trace/tracer_provider.h>

#include <chrono>
#include <memory>
#include <new>
#include <utility>

#include "cero/otel/scope_table.h"
#include "cero/otel/tracer.h"
#include "cero/tracer_provider.h"

namespace cero::otel {

class TracerProvider final : public api::trace::TracerProvider {
 public:
  using TracerPointer = api::nostd::shared_ptr<api::trace::Tracer>;
  // What the API's Provider::SetTracerProvider takes.
  using Pointer = api::nostd::shared_ptr<api::trace::TracerProvider>;

  static Result<std::shared_ptr<TracerProvider>> create(Options options) {
    return wrap(cero::TracerProvider::create(std::move(options)));
  }
  static Result<std::shared_ptr<TracerProvider>> from_environment(Options defaults = {}) {
    return wrap(cero::TracerProvider::from_environment(std::move(defaults)));
  }
  // Throws std::bad_alloc.
  explicit TracerProvider(cero::TracerProvider provider)
      : provider_(std::make_shared<cero::TracerProvider>(std::move(provider))),
        nothing_(wrap(cero::Tracer())) {}

#if OPENTELEMETRY_ABI_VERSION_NO >= 2
  using api::trace::TracerProvider::GetTracer;
  TracerPointer GetTracer(api::nostd::string_view name, api::nostd::string_view version,
                          api::nostd::string_view schema_url,
                          const api::common::KeyValueIterable* attributes) noexcept override {
    return get_tracer({to_view(name), to_view(version), to_view(schema_url)}, attributes);
  }
#else
  TracerPointer GetTracer(api::nostd::string_view name, api::nostd::string_view version = "",
                          api::nostd::string_view schema_url = "") noexcept override {
    return get_tracer({to_view(name), to_view(version), to_view(schema_url)}, nullptr);
  }
#endif

  // What the API has no methods for, under the names the SDK's provider has them. False: not all
  // spans were delivered in time.
  // NOLINTBEGIN(readability-identifier-naming)
  bool ForceFlush(std::chrono::microseconds timeout = kFlushTimeout) noexcept {
    return provider_->force_flush(to_deadline(timeout, kFlushTimeout)).has_value();
  }
  bool Shutdown(std::chrono::microseconds timeout = kFlushTimeout) noexcept {
    return provider_->shutdown(to_deadline(timeout, kFlushTimeout)).has_value();
  }
  // NOLINTEND(readability-identifier-naming)

  // For what cero has beside: the ledger, prepare_thread, tracers of its own API.
  cero::TracerProvider& provider() noexcept { return *provider_; }

 private:
  static Result<std::shared_ptr<TracerProvider>> wrap(Result<cero::TracerProvider> made) try {
    if (!made) return made.error();
    return std::make_shared<TracerProvider>(std::move(made).value());
  } catch (const std::bad_alloc&) {
    return Error{ErrorCode::out_of_memory, "create: out of memory"};
  }

  TracerPointer get_tracer(const ScopeName& scope,
                           const api::common::KeyValueIterable* attributes) noexcept try {
    if (attributes != nullptr && attributes->size() != 0) return make_tracer(scope, attributes);
    return tracers_.find_or_add(scope, [&] { return make_tracer(scope, nullptr); });
  } catch (const std::bad_alloc&) {
    return nothing_;
  }

  TracerPointer make_tracer(const ScopeName& scope,
                            const api::common::KeyValueIterable* attributes) {
    if (attributes == nullptr)
      return wrap(provider_->get_tracer(scope.name, scope.version, scope.schema_url));
    return wrap(provider_->get_tracer(scope.name, scope.version, scope.schema_url,
                                      AttributeCopies(*attributes).view()));
  }
  TracerPointer wrap(cero::Tracer tracer) {
    return std::shared_ptr<api::trace::Tracer>(
        std::make_shared<Tracer>(tracer, std::weak_ptr(provider_)));
  }

  const std::shared_ptr<cero::TracerProvider> provider_;
  const TracerPointer nothing_;  // records nothing, for who asks when there is no memory
  ScopeTable<TracerPointer> tracers_;
};

}  // namespace cero::otel

#endif  // CERO_OTEL_TRACER_PROVIDER_H_

#include "cero/tracer_provider.h"

#include <mutex>
#include <new>
#include <shared_mutex>
#include <utility>

#include "base/fork.h"
#include "config/environment.h"
#include "config/valid_options.h"
#include "forking.h"
#include "pipeline.h"
#include "provider_access.h"
#include "trace/default_runtime.h"
#include "trace/thread_exit.h"

namespace cero {
namespace {

Error out_of_memory(const char* what) {
  return {ErrorCode::out_of_memory, std::string(what) + ": out of memory"};
}
// Needs no destructor: threads may ask for a tracer while static ones run.
struct DefaultProvider {
  std::shared_mutex mutex;
  TracerProvider* provider = nullptr;
};

constinit DefaultProvider default_provider;

// Precondition: the mutex is held.
void set_default(TracerProvider* provider) noexcept {
  default_provider.provider = provider;
  core::ProviderAccess::let_tracers_follow(provider);
}

}  // namespace

void core::ProviderAccess::let_tracers_follow(const TracerProvider* provider) noexcept {
  const bool records = provider != nullptr && provider->pipeline_ != nullptr;
  set_default_runtime(records ? provider->pipeline_->as_default() : DefaultRuntime());
}

// A thread that was setting one when the parent forked may have come half way.
void core::begin_child_of_default_provider() noexcept {
  make_anew(default_provider.mutex);
  set_default(default_provider.provider);
}

TracerProvider::TracerProvider(std::unique_ptr<Pipeline> pipeline) noexcept
    : pipeline_(std::move(pipeline)) {}
TracerProvider::TracerProvider(TracerProvider&& other) noexcept {
  const std::unique_lock lock(default_provider.mutex);
  pipeline_ = std::move(other.pipeline_);
  if (default_provider.provider == &other) set_default(&other);  // which records nothing now
}

TracerProvider& TracerProvider::operator=(TracerProvider&& other) noexcept {
  std::unique_lock lock(default_provider.mutex);
  const TracerProvider old(std::exchange(pipeline_, std::exchange(other.pipeline_, nullptr)));
  if (TracerProvider* set = default_provider.provider; set == this || set == &other)
    set_default(set);
  lock.unlock();  // before the old one's end, which takes its time
  return *this;
}

TracerProvider::~TracerProvider() {
  {
    const std::unique_lock lock(default_provider.mutex);
    if (default_provider.provider == this) set_default(nullptr);
  }
  if (!pipeline_) return;
  static_cast<void>(shutdown(pipeline_->shutdown_timeout()));
}

Result<TracerProvider> core::ProviderAccess::create(Options options, const Wording& wording) {
  auto valid = validate(std::move(options), wording);
  if (!valid) return valid.error();
  // No exporter, no pipeline: such a provider hands out tracers that record nothing.
  if ((*valid)->exporter.kind == ExporterKind::none) return TracerProvider(nullptr);
  auto pipeline = TracerProvider::Pipeline::create(*valid);
  if (!pipeline) return pipeline.error();
  return TracerProvider(std::move(pipeline).value());
}

Result<TracerProvider> TracerProvider::create(Options options) try {
  return core::ProviderAccess::create(std::move(options), core::Wording());
} catch (const std::bad_alloc&) {
  return out_of_memory("create");
}

Result<TracerProvider> TracerProvider::from_environment(Options defaults) try {
  core::Wording wording;
  Options options = core::read_environment(std::move(defaults), core::process_variable, wording);
  return core::ProviderAccess::create(std::move(options), wording);
} catch (const std::bad_alloc&) {
  return out_of_memory("from_environment");
}

Tracer TracerProvider::get_tracer(std::string_view name, std::string_view version,
                                  std::string_view schema_url, Attributes attributes) noexcept {
  if (!pipeline_) return {};
  core::register_thread();
  const core::ScopeInfo* scope = core::intern_scope(name, version, schema_url, attributes);
  if (scope != nullptr) return pipeline_->tracer(scope);
  pipeline_->count_refused_tracer();
  return {};
}

Result<void> TracerProvider::prepare_thread() noexcept try {
  return pipeline_ ? pipeline_->prepare_thread() : Result<void>();
} catch (const std::bad_alloc&) {
  return out_of_memory("prepare_thread");
}

Result<void> TracerProvider::force_flush(std::chrono::milliseconds deadline) noexcept try {
  return pipeline_ ? pipeline_->flush(deadline) : Result<void>();
} catch (const std::bad_alloc&) {
  return out_of_memory("force_flush");
}

Result<void> TracerProvider::shutdown(std::chrono::milliseconds deadline) noexcept try {
  return pipeline_ ? pipeline_->shutdown(deadline) : Result<void>();
} catch (const std::bad_alloc&) {
  return out_of_memory("shutdown");
}

Stats TracerProvider::stats() const noexcept { return pipeline_ ? pipeline_->stats() : Stats{}; }

Tracer core::ProviderAccess::following_tracer(TracerProvider* provider, std::string_view name,
                                              std::string_view version, std::string_view schema_url,
                                              Attributes attributes) noexcept {
  Tracer tracer;
  if (provider != nullptr) tracer = provider->get_tracer(name, version, schema_url, attributes);
  if (tracer.runtime_ == nullptr) {
    const ScopeInfo* scope = intern_scope(name, version, schema_url, attributes);
    const DefaultRuntime unset = unset_runtime();
    if (scope == nullptr || unset.runtime == nullptr) return {};
    tracer = {unset.runtime, scope, unset.generation};
  }
  tracer.follows_default_ = true;
  return tracer;
}

void set_default_provider(TracerProvider* provider) noexcept {
  const std::unique_lock lock(default_provider.mutex);
  set_default(provider);
}

Tracer get_tracer(std::string_view name, std::string_view version, std::string_view schema_url,
                  Attributes attributes) noexcept {
  const std::shared_lock lock(default_provider.mutex);
  return core::ProviderAccess::following_tracer(default_provider.provider, name, version,
                                                schema_url, attributes);
}

}  // namespace cero

// TracerProvider: owns one export pipeline and hands out tracers.
//
// Threads: every method from any thread. Destroying it or moving from it is for one thread, as with
//          any value.
// Cost:    create() starts two threads. get_tracer() locks and may allocate; keep the Tracer.
// Loss:    a full ring drops the *new* span and adds to stats().dropped.ring_full; see stats.h for
//          every other reason.
// Errors:  create() returns a Result that names every wrong option at once; running faults are
//          counted and told to Options::log_handler. Nothing throws.
// Life:    the destructor flushes and shuts down within Options::shutdown_timeout. Spans and
//          tracers may outlive it: what they record then is dropped.
// Forks:   in the child of a fork() it goes on without a call, from the first span on, and so do
//          its tracers: with threads, connections, ids and a ledger of the child's own. What the
//          parent has recorded, and the spans that began there, are the parent's to send. A child
//          that records nothing starts no thread.
#ifndef CERO_TRACER_PROVIDER_H_
#define CERO_TRACER_PROVIDER_H_

#include <chrono>
#include <memory>
#include <string_view>

#include "cero/attribute.h"
#include "cero/export.h"
#include "cero/options.h"
#include "cero/result.h"
#include "cero/stats.h"
#include "cero/tracer.h"

namespace cero {

namespace core {
class ProviderAccess;
}

class CERO_API TracerProvider {
 public:
  static Result<TracerProvider> create(Options options);
  // Options from the standard OTEL_* variables on top of `defaults`: what a variable sets wins,
  // except resource attributes, where code wins [spec 2.8]. A variable that cannot be read is
  // reported to the log handler and ignored [spec 2.9]; an endpoint or a file that cannot be used
  // is an error, since to go on without it would lose spans silently.
  static Result<TracerProvider> from_environment(Options defaults = {});

  TracerProvider(TracerProvider&&) noexcept;
  TracerProvider& operator=(TracerProvider&&) noexcept;
  ~TracerProvider();

  // The scope's name, version, schema URL and attributes identify it: equal ones give equal
  // tracers. An empty name works. Scopes are kept for ever, and a process has 10,000 at most: a
  // tracer of a new one beyond them records nothing.
  Tracer get_tracer(std::string_view name, std::string_view version = {},
                    std::string_view schema_url = {}, Attributes attributes = {}) noexcept;

  // Maps and faults in what this thread will record into, so that its first span costs what the
  // millionth does. In a forked child it starts the threads too.
  Result<void> prepare_thread() noexcept;

  // Delivers every span that ended before the call, also while others keep ending. Skips waiting
  // between retries, not a Retry-After.
  Result<void> force_flush(std::chrono::milliseconds deadline = std::chrono::seconds(30)) noexcept;

  // Flushes, then stops. What is not delivered by the deadline is dropped as after_shutdown. Only
  // the first call does anything.
  Result<void> shutdown(std::chrono::milliseconds deadline = std::chrono::seconds(30)) noexcept;

  // The ledger. Valid after shutdown too.
  Stats stats() const noexcept;

 private:
  friend class core::ProviderAccess;
  class Pipeline;
  explicit TracerProvider(std::unique_ptr<Pipeline> pipeline) noexcept;

  std::unique_ptr<Pipeline> pipeline_;
};

// A provider for the whole process, so that libraries can trace without being handed one. Never
// made implicitly: the application sets it, and keeps it alive until it sets another or none
// (nullptr). One that is destroyed, or moved from, is none from then on; one that is assigned to
// stays the default as what it is now.
CERO_API void set_default_provider(TracerProvider* provider) noexcept;
// A tracer that follows the default provider, so a library may keep it in a static:
//
// - got while none is set, it starts spans with the default provider of the moment, whichever that
//   is, and records nothing while there is none;
// - got while one is set, it stays with that one, also when another is set; once that one has been
//   shut down or destroyed, it goes on as above.
//
// A span that goes to another provider than its tracer was got with costs some 5 ns more, with
// attributes at its start 10: get the tracer after set_default_provider() where that matters. What
// is prepared with it (prepared_span.h) follows too.
CERO_API Tracer get_tracer(std::string_view name, std::string_view version = {},
                           std::string_view schema_url = {}, Attributes attributes = {}) noexcept;

}  // namespace cero

#endif  // CERO_TRACER_PROVIDER_H_

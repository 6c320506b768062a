#include "pipeline.h"

#include <new>
#include <utility>

#include "base/fork.h"
#include "base/leak_check.h"
#include "base/library_pin.h"
#include "base/ticks.h"
#include "console_transport.h"
#include "forking.h"
#include "http/curl_transport.h"
#include "late_stages.h"
#include "trace/thread_exit.h"
#include "trace/thread_slot.h"

namespace cero {
namespace {

// Open spans of a thread whose buffers prepare_thread warms.
constexpr size_t kPreparedSpans = 8;

}  // namespace

Result<std::unique_ptr<TracerProvider::Pipeline>> TracerProvider::Pipeline::create(
    const core::ValidOptions& options) {
  if (!core::forks_are_watched()) {
    return Error(ErrorCode::system, "pthread_atfork had no memory when the program was loaded");
  }
  core::pin_library();
  core::choose_tick_source();
  core::destroy_ended_stages();
  core::TakenSeat seat = core::take_seat();
  if (seat == nullptr) {
    return Error(ErrorCode::system,
                 std::to_string(core::kRuntimesMax) +
                     " tracer providers exist already: destroy those that are not used");
  }
  std::unique_ptr<Pipeline> pipeline(new Pipeline(options, std::move(seat)));
  auto stages = pipeline->make_stages();
  if (!stages) return stages.error();
  (*stages)->begin_ledger();
  if (auto started = (*stages)->start(); !started) return started.error();
  pipeline->stages_.store(std::move(stages).value().release());
  pipeline->seat_->runtime.set_renewer(pipeline.get());
  pipeline->seat_->runtime.go_live();
  return pipeline;
}

TracerProvider::Pipeline::Pipeline(const core::ValidOptions& options, core::TakenSeat seat)
    : options_(options),
      seat_(std::move(seat)),
      generation_(seat_->runtime.prepare(*options)),
      told_after_forks_(core::fork_count()) {}

Result<std::unique_ptr<core::Stages>> TracerProvider::Pipeline::make_stages() const {
  const Options& options = *options_;
  auto transport = options.exporter.kind == ExporterKind::console
                       ? Result(core::make_console_transport(options.exporter))
                       : core::make_transport(options_.endpoints());
  if (!transport) return transport.error();
  core::Resource resource =
      core::make_resource(options.resource, options.resource_schema_url, core::executable_name());
  core::follow_process(&resource, made_by_, core::ProcessIds::of_this_process());
  return std::make_unique<core::Stages>(options_, *seat_, generation_, resource,
                                        std::move(transport).value());
}

TracerProvider::Pipeline::~Pipeline() {
  seat_->runtime.set_renewer(nullptr);
  seat_->runtime.end_life();
  std::unique_ptr<core::Stages> stages(stages_.load());
  if (stages == nullptr) return;
  if (stages->is_inherited()) {
    core::leave_behind(stages.release());  // I2
  } else if (stages->has_late_thread()) {
    core::let_live_on(std::move(stages), std::move(seat_));
  }
}

core::Stages* TracerProvider::Pipeline::own_stages() const noexcept {
  core::Stages* stages = stages_.load();
  return stages->is_inherited() ? nullptr : stages;
}

// ---- In a forked child

bool TracerProvider::Pipeline::renew() noexcept try {
  seat_->renew();
  auto stages = make_stages();
  if (!stages) {
    tell(stages.error());
    return false;
  }
  if (auto started = (*stages)->start(); !started) {
    tell(started.error());
    return false;
  }
  core::leave_behind(stages_.exchange(std::move(stages).value().release()));  // I2
  return true;
} catch (const std::bad_alloc&) {
  tell(Error(ErrorCode::out_of_memory, "no memory"));  // which needs none
  return false;
}

// Once in a process.
void TracerProvider::Pipeline::tell(const Error& error) noexcept try {
  if (std::exchange(told_after_forks_, core::fork_count()) == core::fork_count()) return;
  if (!options_->log_handler) return;
  options_->log_handler(
      Severity::error,
      "a forked process cannot record yet, and tries again at a later span: " + error.message());
} catch (const std::bad_alloc&) {
  // Its spans are counted as non-recording.
}

// ---- By the provider

Result<void> TracerProvider::Pipeline::prepare_thread() {
  core::Runtime& runtime = seat_->runtime;
  if (runtime.is_inherited(generation_) &&
      runtime.renew(generation_) == core::Runtime::Renewal::failed) {
    return Error(ErrorCode::system,
                 "prepare_thread: this forked process has no memory for its pipeline, or cannot "
                 "start its threads");
  }
  const Error no_memory(ErrorCode::out_of_memory,
                        "prepare_thread: no memory for this thread's ring and buffers");
  core::register_thread();
  core::SlotUse slot;
  if (!slot) return no_memory;
  core::SpanRing* ring = slot->ring_of(runtime);
  if (ring == nullptr) return no_memory;
  ring->prefault();
  slot->pool.prefault(kPreparedSpans);
  return {};
}

Result<void> TracerProvider::Pipeline::flush(std::chrono::milliseconds deadline) {
  if (shut_down_.load())
    return Error(ErrorCode::already_shutdown, "force_flush: the provider was shut down before");
  core::Stages* stages = own_stages();
  return stages == nullptr ? Result<void>() : stages->flush(deadline);  // I3
}

Result<void> TracerProvider::Pipeline::shutdown(std::chrono::milliseconds deadline) {
  if (shut_down_.exchange(true)) {
    return Error(ErrorCode::already_shutdown, "shutdown: the provider was shut down before");
  }
  seat_->runtime.end_life();
  core::Stages* stages = own_stages();
  return stages == nullptr ? Result<void>() : stages->shutdown(deadline);  // I3
}

Stats TracerProvider::Pipeline::stats() const {
  if (const core::Stages* stages = own_stages(); stages != nullptr) return stages->stats();
  Stats stats;  // I3
  const core::Runtime::Counters& counted = seat_->runtime.counters();
  stats.non_recording_no_memory = counted.non_recording_no_memory.value();
  stats.tracers_refused = counted.tracers_refused.value();
  return stats;
}

}  // namespace cero

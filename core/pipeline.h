// Pipeline: what a provider owns: its options, its seat, and the stages that this process runs.
//
// The one place that sees all stages is Stages (stages.h); this is what stays the same in a forked
// child, where the first span makes stages of the child's own:
//
// I1  The options, the seat and the generation are the parent's, so its tracers go on working.
// I2  Inherited stages are left behind: nothing of them is destroyed, joined, locked or woken.
// I3  Until it has stages of its own a process has an empty ledger, nothing to flush, and no
// thread.
#ifndef CERO_CORE_PIPELINE_H_
#define CERO_CORE_PIPELINE_H_

#include <atomic>
#include <memory>

#include "cero/tracer_provider.h"
#include "config/valid_options.h"
#include "pipeline_seat.h"
#include "stages.h"
#include "trace/default_runtime.h"
#include "trace/resource.h"

namespace cero {

class TracerProvider::Pipeline final : private core::Renewer {
 public:
  static Result<std::unique_ptr<Pipeline>> create(const core::ValidOptions& options);
  // Precondition: shut down (or never started). Waits for no late thread.
  ~Pipeline();

  Tracer tracer(const core::ScopeInfo* scope) const noexcept {
    return {&seat_->runtime, scope, generation_};
  }
  core::DefaultRuntime as_default() const noexcept { return {&seat_->runtime, generation_}; }
  void count_refused_tracer() noexcept { seat_->runtime.counters().tracers_refused.add(1); }
  Result<void> prepare_thread();
  Result<void> flush(std::chrono::milliseconds deadline);
  Result<void> shutdown(std::chrono::milliseconds deadline);
  Stats stats() const;

  std::chrono::milliseconds shutdown_timeout() const noexcept { return options_->shutdown_timeout; }

 private:
  Pipeline(const core::ValidOptions& options, core::TakenSeat seat);

  Result<std::unique_ptr<core::Stages>> make_stages() const;
  bool renew() noexcept override;
  void tell(const Error& error) noexcept;
  // nullptr: this process has none yet.
  core::Stages* own_stages() const noexcept;

  const core::ValidOptions options_;
  const core::ProcessIds made_by_ = core::ProcessIds::of_this_process();
  core::TakenSeat seat_;
  const uint32_t generation_;
  std::atomic<core::Stages*> stages_{nullptr};  // owned; this process's or inherited
  std::atomic<bool> shut_down_{false};
  uint32_t told_after_forks_;  // the process that was last told of stages that it could not have
};

}  // namespace cero

#endif  // CERO_CORE_PIPELINE_H_

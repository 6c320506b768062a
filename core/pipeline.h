// Pipeline: the stages of one provider, wired. The one place that sees all of them.
//
//   threads that record -> rings -> tickets -> BatchThread -> BodyExchange -> ExportThread ->
//   backend
#ifndef CERO_CORE_PIPELINE_H_
#define CERO_CORE_PIPELINE_H_

#include <atomic>
#include <memory>

#include "base/clock.h"
#include "base/log.h"
#include "batch/batch_thread.h"
#include "cero/tracer_provider.h"
#include "config/valid_options.h"
#include "export/export_thread.h"
#include "otlp/body.h"
#include "pipeline_seat.h"

namespace cero {

class TracerProvider::Pipeline {
 public:
  static Result<std::unique_ptr<Pipeline>> create(const core::ValidOptions& options);
  // Precondition: shut down (or never started), and no late thread.
  ~Pipeline();

  Tracer tracer(const core::ScopeInfo* scope) const noexcept {
    return {&seat_->runtime, scope, generation_};
  }
  Result<void> prepare_thread();
  Result<void> flush(std::chrono::milliseconds deadline);
  Result<void> shutdown(std::chrono::milliseconds deadline);
  Stats stats() const;

  std::chrono::milliseconds shutdown_timeout() const noexcept { return shutdown_timeout_; }
  // Destroys a pipeline that was shut down, or lets it live on while a background thread that was
  // too late to be waited for still uses it: a later create() then finds that thread ended.
  static void let_go_of(std::unique_ptr<Pipeline> pipeline) noexcept;

 private:
  Pipeline(const Options& options, core::TakenSeat seat, const std::string& resource,
           std::unique_ptr<core::Transport> transport);

  // Those that live on. Never destroyed: threads may outlive static destructors.
  struct LatePipelines;
  static LatePipelines& late_pipelines();
  static void destroy_ended();  // throws std::bad_alloc, the first time alone

  Result<void> start();
  // Empties the rings of what earlier providers of this seat left, and notes where counting starts.
  void clear_seat();
  // What producers counted since the seat was made.
  struct ProducerTotals {
    uint64_t pushed = 0;
    uint64_t held = 0;
    uint64_t non_recording_no_memory = 0;
    DroppedSpans dropped;
  };
  ProducerTotals producer_totals() const;

  const std::chrono::milliseconds shutdown_timeout_;
  const core::TakenSeat seat_;  // destroyed after the threads: then another pipeline may take it
  const uint32_t generation_;
  core::SystemClock clock_;
  core::Log log_;
  core::BodyExchange exchange_;
  core::RequestBuilder builder_;
  core::BatchStage batch_stage_;
  core::BatchThread batch_thread_;
  core::ExportThread export_thread_;

  ProducerTotals before_;  // counts of earlier providers of this seat
  std::atomic<bool> shut_down_{false};
  std::atomic<bool> batch_ended_{false};  // what is in the rings will stay there
  bool has_late_thread_ = false;
  std::unique_ptr<Pipeline> next_late_;  // in the list of those that live on
};

}  // namespace cero

#endif  // CERO_CORE_PIPELINE_H_

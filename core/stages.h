// Stages: what one process runs of a pipeline: its two threads, what lies between them, and the way
// to the backend.
//
//   threads that record -> rings -> tickets -> BatchThread -> BodyExchange -> ExportThread ->
//   backend
//
// A forked child inherits them without their threads. It makes stages of its own, on the same seat,
// and leaves these behind: never destroyed, joined, locked or woken.
#ifndef CERO_CORE_STAGES_H_
#define CERO_CORE_STAGES_H_

#include <atomic>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/fork.h"
#include "base/log.h"
#include "batch/batch_thread.h"
#include "cero/options.h"
#include "cero/stats.h"
#include "config/valid_options.h"
#include "export/export_thread.h"
#include "otlp/body.h"
#include "pipeline_seat.h"
#include "trace/resource.h"

namespace cero::core {

class Stages {
 public:
  // On a seat that was prepared for the generation, and outlives this. Throws std::bad_alloc.
  Stages(const ValidOptions& options, PipelineSeat& seat, uint32_t generation,
         const Resource& resource, std::unique_ptr<Transport> transport);
  // Precondition: shut down (or never started), and no late thread. Not for inherited ones.
  ~Stages();
  Stages(const Stages&) = delete;
  Stages& operator=(const Stages&) = delete;

  // On a seat that this process has used before: empties the rings of what earlier providers left,
  // and counts from here.
  void begin_ledger();
  Result<void> start();
  Result<void> flush(std::chrono::milliseconds deadline);
  // Precondition: the runtime's life has ended.
  Result<void> shutdown(std::chrono::milliseconds deadline);
  Stats stats() const;

  // After shutdown: whether a background thread was too late to be waited for and uses all of this.
  bool has_late_thread() const noexcept { return has_late_thread_; }
  // Whether it has ended by now.
  bool late_thread_has_ended() { return export_thread_.stop(clock_.now()); }

  // Whether a parent of this process made them.
  bool is_inherited() const noexcept { return made_after_forks_ != fork_count(); }

  // For the list of those that live on with a late thread.
  struct {
    TakenSeat seat;
    Stages* next = nullptr;
  } late;

 private:
  void notice_losses();
  // stats() as far as it is about losses.
  Stats lost_so_far() const;
  template <typename SpansInExchange>
  Stats read(SpansInExchange spans_in_exchange) const;

  const uint32_t made_after_forks_ = fork_count();
  PipelineSeat& seat_;
  const ThreadStartHook on_thread_start_;
  SystemClock clock_;
  Log log_;
  const std::string start_line_;  // empty: nobody hears it
  BodyExchange exchange_;
  RequestBuilder builder_;
  BatchStage batch_stage_;
  BatchThread batch_thread_;
  ExportThread export_thread_;

  uint64_t losses_noticed_ = 0;  // cero-batch's
  Stats before_;                 // what producers counted for earlier providers of this seat
  std::atomic<bool> batch_ended_{false};  // what is in the rings will stay there
  bool has_late_thread_ = false;
};

}  // namespace cero::core

#endif  // CERO_CORE_STAGES_H_

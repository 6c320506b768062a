// RecordingStage: spans to encoded requests on the calling thread: the real tracers, rings, batch
// stage and request builder, without threads and network.
#ifndef CERO_TESTS_SUPPORT_RECORDING_STAGE_H_
#define CERO_TESTS_SUPPORT_RECORDING_STAGE_H_

#include <array>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "base/attribute_encoding.h"
#include "base/ledger_cells.h"
#include "base/scope_info.h"
#include "base/ticks.h"
#include "batch/batch_stage.h"
#include "cero/options.h"
#include "cero/tracer.h"
#include "config/valid_options.h"
#include "pipeline_seat.h"
#include "trace/default_runtime.h"
#include "trace/producer_totals.h"

namespace cero {

// What TracerProvider::get_tracer does, for any runtime.
class core::TracerAccess {
 public:
  static Tracer make(Runtime& runtime, const ScopeInfo* scope, uint32_t generation) {
    return {&runtime, scope, generation};
  }
};

namespace test {

class RecordingStage {
 public:
  explicit RecordingStage(const Options& options)
      : seat_(take_seat()),
        generation_(seat_->runtime.prepare(*core::validate(options).value())),
        builder_(core::encode_resource(options.resource), options.resource_schema_url,
                 {options.batch.spans_max, options.batch.bytes_max}),
        stage_({generation_, options.batch.delay_max,
                [this](uint32_t spans) { seat_->runtime.leave_queue(spans); }},
               seat_->runtime.rings(), seat_->tickets, exchange_, builder_, core::WallTime::read()),
        before_(core::producer_totals(seat_->runtime)) {
    exchange_.set_wakers([] {}, [](uint32_t) {});
    seat_->runtime.go_live();
  }
  // No span of it may be open any more.
  ~RecordingStage() {
    end_life();
    drain();
  }
  RecordingStage(const RecordingStage&) = delete;
  RecordingStage& operator=(const RecordingStage&) = delete;

  Tracer tracer(std::string_view name, std::string_view version = {},
                std::string_view schema_url = {}, Attributes attributes = {}) {
    const core::ScopeInfo* scope = core::intern_scope(name, version, schema_url, attributes);
    return core::TracerAccess::make(seat_->runtime, scope, generation_);
  }

  // What set_default_provider() does; one of nullptr undoes it.
  void make_default() { core::set_default_runtime({&seat_->runtime, generation_}); }
  // What shutdown does to tracers.
  void end_life() { seat_->runtime.end_life(); }

  // The requests with every span that has ended since the last call.
  std::vector<std::string> drain() {
    std::vector<std::string> requests;
    drain([&](const core::Body& body) { requests.push_back(body.bytes); });
    return requests;
  }
  // The same without a copy of them, as the export thread has it: their bytes.
  size_t drain_in_place() {
    size_t bytes = 0;
    drain([&](const core::Body& body) { bytes += body.bytes.size(); });
    return bytes;
  }

  const core::BatchCounters& counters() const { return stage_.counters(); }

  // Whether a ring has said since the last call that it has work.
  bool take_announcements() {
    std::array<core::SpanRing*, 64> tickets;
    bool any = false;
    while (seat_->tickets.take(tickets) > 0) any = true;
    return any;
  }

  // Bytes that records have taken in the rings' streams so far.
  uint64_t stream_bytes() const {
    uint64_t sum = 0;
    const core::RingRegistry& rings = seat_->runtime.rings();
    for (size_t i = 0; i < rings.size(); ++i) sum += rings.at(i).stream_end();
    return sum;
  }

  // What producers counted since this stage began.
  Stats producer_totals() const {
    Stats now = core::producer_totals(seat_->runtime);
    core::subtract(now, before_);
    return now;
  }
  // The spans of those that came into a ring.
  uint64_t spans_pushed() const {
    const Stats totals = producer_totals();
    return totals.recorded - totals.dropped.total();
  }

 private:
  static core::TakenSeat take_seat() {
    core::choose_tick_source();
    core::TakenSeat seat = core::take_seat();
    if (seat == nullptr) throw std::runtime_error("every seat is taken");
    // Nobody drained what spans of the seat's last stage left after its end.
    for (size_t i = 0; i < seat->runtime.rings().size(); ++i) {
      seat->runtime.rings().at(i).drain([](const core::RecordHeader&) { return true; });
    }
    return seat;
  }

  template <typename Look>
  void drain(Look look) {
    stage_.update_wall_time(core::WallTime::read());
    stage_.start_sweep();
    while (!stage_.sweep()) for_each_body(look);
    while (!stage_.close_batch()) for_each_body(look);
    for_each_body(look);
  }

  template <typename Look>
  void for_each_body(Look& look) {
    while (core::Body* body = exchange_.try_take()) {
      look(*body);
      exchange_.release(body);
    }
    static_cast<void>(stage_.try_unblock());
  }

  const core::TakenSeat seat_;
  const uint32_t generation_;
  core::BodyExchange exchange_;
  core::RequestBuilder builder_;
  core::BatchStage stage_;
  const Stats before_;
};

}  // namespace test
}  // namespace cero

#endif  // CERO_TESTS_SUPPORT_RECORDING_STAGE_H_

#include "stages.h"

#include <algorithm>
#include <utility>

#include "trace/span_pool.h"

namespace cero::core {
namespace {

// What a shutdown leaves to the export thread of its time, at most a quarter: with rings behind a
// full retry queue the flush before would wait for the backend to the very end, and what is held
// then would not be counted as dropped in time.
constexpr std::chrono::milliseconds kCountingTime{500};

Error deadline_error(const char* what) {
  return {
      ErrorCode::deadline_exceeded,
      std::string(what) + ": the deadline passed; what was not delivered is counted in stats()"};
}

Secrets secrets_of(const Exporter& exporter) {
  Secrets secrets;
  const auto add = [&](const std::vector<Header>& headers) {
    for (const Header& header : headers) secrets.add(header.value().value_or(""));
  };
  add(exporter.headers);
  for (const Endpoint& endpoint : exporter.more_endpoints) add(endpoint.headers);
  return secrets;
}

}  // namespace

Stages::Stages(const Options& options, PipelineSeat& seat, uint32_t generation,
               const std::string& resource, std::unique_ptr<Transport> transport)
    : seat_(seat),
      on_thread_start_(options.on_thread_start),
      log_(options.log_handler, clock_, secrets_of(options.exporter)),
      builder_(resource, options.resource_schema_url,
               {options.batch.spans_max, options.batch.bytes_max}),
      batch_stage_({generation, options.batch.delay_max,
                    [this](uint32_t spans) { seat_.runtime.leave_queue(spans); }},
                   seat_.runtime.rings(), seat_.tickets, exchange_, builder_, WallTime::read()),
      batch_thread_(batch_stage_, seat_.tickets),
      export_thread_(options.exporter, exchange_, std::move(transport), clock_, log_, [this] {
        return producer_totals().dropped.ring_full - before_.dropped.ring_full;
      }) {
  OpenSpanBudget::set_max(*options.open_spans_bytes_max);
  exchange_.set_wakers([this] { export_thread_.wake(); },
                       [this](uint32_t spans) {
                         seat_.runtime.leave_queue(spans);
                         seat_.tickets.wake_word().wake();
                       });
}

void Stages::begin_ledger() {
  RingRegistry& rings = seat_.runtime.rings();
  for (size_t i = 0; i < rings.size(); ++i) {
    rings.at(i).drain([](const RecordHeader&) { return true; });
  }
  before_ = producer_totals();
}

Result<void> Stages::start() {
  if (auto started = export_thread_.start(on_thread_start_); !started) return started;
  return batch_thread_.start(on_thread_start_);
}

Stages::~Stages() {
  batch_thread_.stop();
  static_cast<void>(export_thread_.stop(clock_.now()));
}

Result<void> Stages::flush(std::chrono::milliseconds deadline) {
  const TimePoint end = clock_.now() + deadline;
  SettledTracker::Watch watch(export_thread_.settled());
  const std::optional<uint64_t> number = batch_thread_.flush(end);
  if (!number) return deadline_error("force_flush");
  switch (export_thread_.flush(watch, *number, end)) {
    case FlushOutcome::delivered:
      return {};
    case FlushOutcome::lost:
      return Error(ErrorCode::delivery_failed,
                   "force_flush: the backend refused some spans; stats() has them by reason");
    case FlushOutcome::deadline_exceeded:
      break;
  }
  return deadline_error("force_flush");
}

Result<void> Stages::shutdown(std::chrono::milliseconds deadline) {
  const TimePoint end = clock_.now() + deadline;
  SettledTracker::Watch watch(export_thread_.settled());
  const std::optional<uint64_t> number =
      batch_thread_.flush(end - std::min(deadline / 4, kCountingTime));
  batch_thread_.stop();
  batch_ended_.store(true);
  has_late_thread_ = !export_thread_.stop(end);
  if (has_late_thread_ || !number) return deadline_error("shutdown");
  if (watch.wait(*number, end) == FlushOutcome::delivered) return {};
  return Error(ErrorCode::delivery_failed,
               "shutdown: some spans were not delivered; stats() has them by reason");
}

Stages::ProducerTotals Stages::producer_totals() const {
  const Runtime& runtime = seat_.runtime;
  const Runtime::Counters& counters = runtime.counters();
  ProducerTotals totals;
  totals.non_recording_no_memory = counters.non_recording_no_memory.load();
  totals.dropped.reentrant = counters.reentrant.load();
  totals.dropped.no_memory = counters.no_memory.load();
  totals.dropped.after_shutdown = counters.after_shutdown.load();
  const RingRegistry& rings = runtime.rings();
  for (size_t i = 0; i < rings.size(); ++i) {
    const SpanRing& ring = rings.at(i);
    totals.held += ring.held();
    const ProducerCounters& ring_counters = ring.counters();
    totals.pushed += ring_counters.pushed.load(std::memory_order_relaxed);
    totals.dropped.ring_full += ring_counters.ring_full.load(std::memory_order_relaxed);
    totals.dropped.no_memory += ring_counters.no_memory.load(std::memory_order_relaxed);
    totals.dropped.span_too_large += ring_counters.span_too_large.load(std::memory_order_relaxed);
  }
  return totals;
}

// Downstream first: a span that moves meanwhile may be missed, not counted twice.
Stats Stages::stats() const {
  const ExportTotals exported = export_thread_.totals();
  const uint64_t in_exchange = exchange_.span_count();
  const BatchCounters& batch = batch_stage_.counters();
  const uint64_t in_batch = batch.held.value();
  const bool batch_ended = batch_ended_.load();
  const ProducerTotals now = producer_totals();

  Stats stats;
  stats.exported = exported.exported;
  stats.rejected = exported.rejected;
  stats.dropped.ring_full = now.dropped.ring_full - before_.dropped.ring_full;
  stats.dropped.span_too_large = now.dropped.span_too_large - before_.dropped.span_too_large;
  stats.dropped.reentrant = now.dropped.reentrant - before_.dropped.reentrant;
  stats.dropped.no_memory = now.dropped.no_memory - before_.dropped.no_memory;
  stats.dropped.after_shutdown = now.dropped.after_shutdown - before_.dropped.after_shutdown;
  stats.recorded = now.pushed - before_.pushed + stats.dropped.total();

  stats.dropped.no_memory += batch.no_memory.value() + exported.dropped_no_memory;
  stats.dropped.corrupt = batch.corrupt.value();
  stats.dropped.retry_expired = exported.dropped_retry_expired;
  stats.dropped.permanent_error = exported.dropped_permanent_error;
  stats.dropped.after_shutdown += batch.after_shutdown.value() + exported.dropped_after_shutdown;
  stats.in_flight = in_batch + in_exchange + exported.held;
  // Once the batch thread has ended nobody will drain what is still in a ring.
  (batch_ended ? stats.dropped.after_shutdown : stats.in_flight) += now.held;

  stats.non_recording_no_memory = now.non_recording_no_memory - before_.non_recording_no_memory;
  stats.attributes_dropped = batch.attributes_dropped.value();
  stats.events_dropped = batch.events_dropped.value();
  stats.links_dropped = batch.links_dropped.value();
  stats.negative_durations = batch.negative_durations.value();
  stats.requests = exported.requests;
  stats.retries = exported.retries;
  stats.bytes_encoded = exported.bytes_encoded;
  stats.bytes_wire = exported.bytes_wire;
  stats.connections = exported.connections;
  stats.http1_responses = exported.http1_responses;
  stats.http2_responses = exported.http2_responses;
  stats.endpoints = exported.endpoints;
  stats.batch_cpu_ns = batch_thread_.cpu_ns();
  stats.export_cpu_ns = exported.cpu_ns;
  return stats;
}

}  // namespace cero::core

#include "stages.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "base/attribute_encoding.h"
#include "base/ledger_cells.h"
#include "config/ignoring_case.h"
#include "http/grpc_header.h"
#include "http/proxy.h"
#include "start_line.h"
#include "trace/open_span_budget.h"
#include "trace/producer_totals.h"

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

// The password of "Basic BASE64"; empty: it is none.
std::string basic_password(std::string_view value) {
  constexpr std::string_view kBasic = "basic ";
  if (!equals_ignoring_case(value.substr(0, kBasic.size()), kBasic)) return {};
  const auto credentials = base64_decode(value.substr(kBasic.size()));
  const size_t colon = credentials ? credentials->find(':') : std::string::npos;
  return colon == std::string::npos ? "" : credentials->substr(colon + 1);
}

Secrets secrets_of(const Exporter& exporter) {
  Secrets secrets;
  const auto add = [&](const std::string& url, const std::vector<Header>& headers) {
    secrets.add_query_of(url);
    secrets.add_userinfo_of(proxy_from_environment(url).url);
    for (const Header& header : headers) {
      const std::string value = header.value().value_or("");
      secrets.add(value);
      secrets.add(basic_password(value));
    }
  };
  add(exporter.endpoint, exporter.headers);
  for (const Endpoint& endpoint : exporter.more_endpoints) add(endpoint.url, endpoint.headers);
  return secrets;
}

SleepPolicy sleep_policy(const Options& options) {
  const uint64_t urgent = urgent_bytes(options.ring_bytes);
  if (!options.batch.queue_spans_max) return SleepPolicy(urgent);
  constexpr uint64_t kSpanBytes = 200;  // of a small one, so that the sleep is rather too short
  return SleepPolicy(std::min(urgent, kSpanBytes * queue_wake_spans(options.batch)));
}

Log make_log(const ValidOptions& options, const Clock& clock) {
  return Log(
      options->log_handler, clock, secrets_of(options->exporter),
      [wording = options.wording()](const std::string& text) { return wording.in_text(text); });
}

}  // namespace

Stages::Stages(const ValidOptions& options, PipelineSeat& seat, uint32_t generation,
               const Resource& resource, std::unique_ptr<Transport> transport)
    : seat_(seat),
      on_thread_start_(options->on_thread_start),
      log_(make_log(options, clock_)),
      start_line_(log_.tells(Severity::debug) ? start_line(options, resource) : ""),
      builder_(encode_resource(resource.attributes), options->resource_schema_url,
               {options->batch.spans_max, options->batch.bytes_max}),
      batch_stage_({generation, options->batch.delay_max,
                    [this](uint32_t spans) { seat_.runtime.leave_queue(spans); }},
                   seat_.runtime.rings(), seat_.tickets, exchange_, builder_, WallTime::read()),
      batch_thread_(batch_stage_, seat_.tickets, sleep_policy(*options),
                    [this] { notice_losses(); }),
      export_thread_(
          options->exporter, exchange_, std::move(transport), clock_, log_,
          [this] { return lost_so_far(); },
          options.lends_ring_memory() ? &seat_.runtime.idle_ring_memory() : nullptr,
          options.wording().variable_of("exporter.endpoint")) {
  OpenSpanBudget::set_max(*options->open_spans_bytes_max);
  exchange_.set_kept_bytes_max(size_t{2} * options->batch.bytes_max);  // what large spans took goes
  exchange_.set_wakers([this] { export_thread_.wake(); },
                       [this](uint32_t spans) {
                         seat_.runtime.leave_queue(spans);
                         seat_.tickets.wake_word().wake_for_body();
                       });
}

void Stages::begin_ledger() {
  RingRegistry& rings = seat_.runtime.rings();
  for (size_t i = 0; i < rings.size(); ++i) {
    rings.at(i).drain([](const RecordHeader&) { return true; });
  }
  before_ = producer_totals(seat_.runtime);
  before_.in_flight = 0;
}

Result<void> Stages::start() {
  if (!start_line_.empty()) log_.write(LogTopic::setup, Severity::debug, start_line_);
  if (auto started = export_thread_.start(on_thread_start_); !started) return started;
  return batch_thread_.start(on_thread_start_);
}

Stages::~Stages() {
  batch_thread_.stop();
  static_cast<void>(export_thread_.stop(clock_.now()));
}

Result<void> Stages::flush(std::chrono::milliseconds deadline) {
  const TimePoint end = time_after(clock_.now(), deadline);
  SettledTracker::Watch watch(export_thread_.settled());
  // From now on: what waits for a retry may keep cero-batch from closing the last batches.
  const ExportThread::Hurry hurry(export_thread_, end);
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
  const TimePoint now = clock_.now();
  const TimePoint end = time_after(now, deadline);
  SettledTracker::Watch watch(export_thread_.settled());
  const ExportThread::Hurry hurry(export_thread_, end);
  const std::optional<uint64_t> number =
      batch_thread_.flush(end - std::min<TimePoint::duration>((end - now) / 4, kCountingTime));
  batch_thread_.stop();
  batch_ended_.store(true);
  has_late_thread_ = !export_thread_.stop(end);
  if (has_late_thread_ || !number) return deadline_error("shutdown");
  if (watch.wait(*number, end) == FlushOutcome::delivered) return {};
  return Error(ErrorCode::delivery_failed,
               "shutdown: some spans were not delivered; stats() has them by reason");
}

// Where nothing comes into a ring nobody else wakes cero-export, whose words these are.
void Stages::notice_losses() {
  const uint64_t lost = LossNotice::sum(lost_so_far());
  if (std::exchange(losses_noticed_, lost) != lost) export_thread_.wake_for_losses();
}

// Downstream first: a span that moves meanwhile may be missed, not counted twice.
Stats Stages::stats() const {
  return read([this] { return exchange_.span_count(); });
}

// No span is lost in the exchange. Its lock is where cero's threads would meet, and wake up once
// more for each other.
Stats Stages::lost_so_far() const {
  return read([] { return uint64_t{0}; });
}

template <typename SpansInExchange>
Stats Stages::read(SpansInExchange spans_in_exchange) const {
  Stats stats = export_thread_.totals();
  stats.in_flight += spans_in_exchange();
  batch_stage_.counters().add_to(stats);
  stats.batch_cpu_ns = batch_thread_.cpu_ns();
  const bool batch_ended = batch_ended_.load();
  Stats producers = producer_totals(seat_.runtime);
  subtract(producers, before_);
  // Once the batch thread has ended nobody will drain what is still in a ring.
  if (batch_ended) producers.dropped.after_shutdown += std::exchange(producers.in_flight, 0);
  stats += producers;
  return stats;
}

}  // namespace cero::core

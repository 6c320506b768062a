#include "export/sender.h"

#include <algorithm>
#include <new>
#include <utility>

#include "base/assert.h"
#include "export/grpc_verdict.h"
#include "http/grpc_framing.h"
#include "http/transport_check.h"

namespace cero::core {
namespace {

// Batches whose buffers wait for the next body, beyond those in flight: one is being filled while
// others are sent.
constexpr size_t kSpareBatches = 4;

uint32_t seed(const Clock& clock) {
  return static_cast<uint32_t>(clock.now().time_since_epoch().count()) | 1;
}

std::string spans_text(uint64_t count) {
  return std::to_string(count) + (count == 1 ? " span" : " spans");
}

std::string seconds_text(std::chrono::nanoseconds duration) {
  return std::to_string(std::chrono::ceil<std::chrono::seconds>(duration).count()) + " s";
}

}  // namespace

Sender::Sender(const Exporter& options, const Context& context)
    : options_(options),
      exchange_(context.exchange),
      transport_(context.transport),
      clock_(context.clock),
      log_(context.log),
      counters_(context.counters),
      tracker_(context.tracker),
      packer_(options, context.clock.now()),
      body_limit_(upload_window(options)),
      queue_(options.retry_bytes_max, options.requests_in_flight_max + kSpareBatches),
      health_({options.retry_delay_initial, options.retry_delay_max}, seed(context.clock),
              context.clock.now()) {
  in_flight_.reserve(options.requests_in_flight_max);
  exchange_.set_body_bytes_max(body_limit_.bytes_max());
}

void Sender::round(TimePoint deadline) {
  const bool took = take_body();
  start_due();
  // After a body there may be another one: look at the sockets in between, and do not wait.
  if (took) return transport_.poll(TimePoint{}, *this);
  const TimePoint wait_began = clock_.now();
  transport_.poll(std::min(deadline, next_start()), *this);
  packer_.waited(clock_.now() - wait_began);
}

void Sender::skip_backoff(uint64_t number_max) {
  if (queue_.empty() || queue_.oldest().number > number_max) return;
  const TimePoint now = clock_.now();
  queue_.end_delays(number_max, now);
  health_.skip_backoff(now);
}

bool Sender::idle() const { return queue_.empty() && exchange_.span_count() == 0; }

// ---- From the exchange into the queue

bool Sender::take_body() {
  if (!queue_.has_room()) return false;
  Body* body = exchange_.try_take();
  if (body == nullptr) return false;
  CERO_ASSERT(body->number > taken_through_);
  taken_through_ = body->number;
  counters_.bytes_encoded.add(body->bytes.size());
  const uint64_t number = body->number;
  const uint32_t spans = body->span_count;
  const bool stored = store(*body);
  exchange_.release(body);  // first: a reading may miss spans that move, but not count them twice
  if (stored) {
    counters_.held.add(spans);
  } else {
    counters_.dropped_no_memory.add(spans);
    tracker_.settled(number, /*lost=*/true, settled_through());
  }
  return true;
}

bool Sender::store(const Body& body) noexcept try {
  std::unique_ptr<Batch> batch = queue_.make();
  batch->span_count = body.span_count;
  batch->number = body.number;
  // Uncompressed it would be over the limit that its compression has earned.
  const bool may_skip_compression = exchange_.none_free() && !body_limit_.active();
  batch->encoding = packer_.pack(
      {.body = body.bytes, .now = clock_.now(), .none_free = may_skip_compression}, &batch->bytes);
  body_limit_.packed(body.bytes.size(), batch->bytes.size());
  exchange_.set_body_bytes_max(body_limit_.bytes_max());
  if (options_.protocol == Protocol::grpc) set_grpc_prefix(batch->encoding, &batch->bytes);
  queue_.add(std::move(batch));
  return true;
} catch (const std::bad_alloc&) {
  return false;
}

// ---- From the queue to the transport

bool Sender::may_start(TimePoint now) const {
  if (in_flight_.size() == options_.requests_in_flight_max || now < health_.opens_at())
    return false;
  return health_.healthy() || !probe_in_flight_;
}

void Sender::start_due() {
  const TimePoint now = clock_.now();
  while (may_start(now)) {
    Batch* batch = queue_.take(now, /*outage=*/!health_.healthy());
    if (batch == nullptr) return;
    if (retry_time_is_over(*batch, now)) {
      expire(*batch);
    } else {
      start(*batch);
    }
  }
}

void Sender::start(Batch& batch) {
  batch.probe = !health_.healthy();
  if (packer_.is_refused(batch.encoding) && !make_sendable(batch)) return;
  if (!transport_.start({.token = batch.number, .body = batch.bytes, .encoding = batch.encoding})) {
    return retry(batch, {.kind = Verdict::Kind::retry, .message = "out of memory"}, {});
  }
  in_flight_.push_back(&batch);
  probe_in_flight_ |= batch.probe;
  counters_.requests.add(1);
  counters_.bytes_wire.add(batch.bytes.size());
  if (batch.attempt_count++ > 0) counters_.retries.add(1);
}

// False: it is no longer there to be sent.
bool Sender::make_sendable(Batch& batch) {
  std::string bytes;
  try {
    if (!packer_.repack(batch.bytes, clock_.now(), &bytes)) {
      drop_damaged(batch);
      return false;
    }
  } catch (const std::bad_alloc&) {
    retry(batch, {.kind = Verdict::Kind::retry, .message = "out of memory"}, {});
    return false;
  }
  queue_.swap_bytes(batch, bytes);
  batch.encoding = ContentEncoding::gzip;
  return true;
}

TimePoint Sender::next_start() const {
  const bool outage = !health_.healthy();
  const auto due = queue_.next_due(outage);
  const bool full = in_flight_.size() == options_.requests_in_flight_max;
  if (!due || full || (outage && probe_in_flight_)) return TimePoint::max();
  return std::max(*due, health_.opens_at());
}

bool Sender::retry_time_is_over(const Batch& batch, TimePoint now) const {
  if (!options_.retry_time_max || batch.failure_count == 0) return false;
  return health_.healthy_time(now) - batch.healthy_time_at_failure >= *options_.retry_time_max;
}

// ---- From the transport to the ledger

void Sender::on_completion(const Completion& completion) {
  Batch& batch = take_from_flight(completion.token);
  count_response(completion);
  const Verdict verdict = judge_answer(completion, batch.span_count);
  switch (verdict.kind) {
    case Verdict::Kind::delivered:
      return deliver(batch, verdict);
    case Verdict::Kind::refused:
      return refuse(batch, verdict);
    case Verdict::Kind::encoding_refused:
      return batch.encoding == ContentEncoding::zstd ? send_as_gzip(batch, verdict)
                                                     : refuse(batch, verdict);
    case Verdict::Kind::retry:
      return retry(batch, verdict, asked_delay(completion, verdict));
  }
}

Verdict Sender::judge_answer(const Completion& completion, uint32_t span_count) const noexcept {
  const bool grpc = options_.protocol == Protocol::grpc;
  try {
    return grpc ? judge_grpc(completion, span_count, options_.response_bytes_max)
                : judge(completion, span_count);
  } catch (const std::bad_alloc&) {
    const bool taken = grpc ? is_grpc_ok(completion) : completion.status / 100 == 2;
    return {.kind = taken ? Verdict::Kind::delivered : Verdict::Kind::retry};
  }
}

std::optional<AskedDelay> Sender::asked_delay(const Completion& completion,
                                              const Verdict& verdict) const {
  if (verdict.retry_delay) return AskedDelay{*verdict.retry_delay, /*grows=*/true};
  const auto retry_after = parse_retry_after(completion.retry_after, clock_.wall_now());
  if (!retry_after) return std::nullopt;
  return AskedDelay{*retry_after};
}

Batch& Sender::take_from_flight(uint64_t number) {
  const auto found = std::find_if(in_flight_.begin(), in_flight_.end(),
                                  [&](const Batch* batch) { return batch->number == number; });
  CERO_ASSERT(found != in_flight_.end());
  Batch& batch = **found;
  in_flight_.erase(found);
  if (batch.probe) probe_in_flight_ = false;
  return batch;
}

void Sender::count_response(const Completion& completion) {
  counters_.connections.set(transport_.connection_count());
  if (completion.http_major == 0) return;
  body_limit_.answered(completion.http_major);
  if (completion.http_major == 2) {
    counters_.http2_responses.add(1);
    if (body_limit_.has_bitten() && !std::exchange(told_limit_, true)) {
      say(LogTopic::setup, Severity::info,
          "requests are kept under exporter.http2_window_bytes, since this libcurl is older than 8 "
          "and waits badly for a window");
    }
    return;
  }
  counters_.http1_responses.add(1);
  if (options_.http_version == HttpVersion::http2 && !std::exchange(warned_http1_, true)) {
    say(LogTopic::protocol, Severity::warning,
        "HTTP/2 was asked for and the server (or a proxy) speaks HTTP/1.1 only");
  }
}

void Sender::deliver(Batch& batch, const Verdict& verdict) {
  endpoint_answered();
  if (verdict.rejected > 0) {
    say(LogTopic::partial_success, Severity::warning,
        "the backend rejected " + std::to_string(verdict.rejected) + " of " +
            spans_text(batch.span_count) + ": " + verdict.message);
  } else if (!verdict.message.empty()) {
    say(LogTopic::partial_success, Severity::warning,
        "the backend took the spans and warns: " + verdict.message);
  }
  if (verdict.unreadable && !std::exchange(warned_unreadable_, true)) {
    say(LogTopic::protocol, Severity::warning,
        "the backend answers 200 with something else than OTLP; its spans count as exported");
  }
  counters_.rejected.add(verdict.rejected);
  counters_.exported.add(batch.span_count - verdict.rejected);
  settle(batch, verdict.rejected > 0);
}

void Sender::refuse(Batch& batch, const Verdict& verdict) {
  endpoint_answered();
  say(LogTopic::delivery_failed, Severity::error,
      spans_text(batch.span_count) + " dropped, the backend refused them: " + verdict.message);
  counters_.dropped_permanent_error.add(batch.span_count);
  settle(batch, /*lost=*/true);
}

void Sender::drop_damaged(Batch& batch) {
  say(LogTopic::delivery_failed, Severity::error,
      spans_text(batch.span_count) + " dropped: their compressed body was overwritten in memory");
  counters_.dropped_permanent_error.add(batch.span_count);
  settle(batch, /*lost=*/true);
}

// The answer was to the encoding and not to the spans. Those under way as zstd come here one by
// one; start() sees to those that wait.
void Sender::send_as_gzip(Batch& batch, const Verdict& verdict) {
  endpoint_answered();
  if (packer_.refuse_zstd()) {
    say(LogTopic::setup, Severity::warning,
        "the backend does not take zstd, everything goes to it as gzip from now on: " +
            verdict.message);
  }
  queue_.delay_until(batch, clock_.now());
}

void Sender::retry(Batch& batch, const Verdict& verdict, std::optional<AskedDelay> asked) {
  const TimePoint now = clock_.now();
  if (batch.failure_count++ == 0) batch.healthy_time_at_failure = health_.healthy_time(now);
  health_.failed(now, batch.probe, asked);
  say(LogTopic::send_failed, Severity::warning,
      "sending " + spans_text(batch.span_count) + " failed, will be tried again (" +
          spans_text(counters_.held.value()) + " wait): " + verdict.message);
  if (retry_time_is_over(batch, now)) return expire(batch);
  queue_.delay_until(batch, now + health_.batch_delay(batch.failure_count));
}

void Sender::expire(Batch& batch) {
  say(LogTopic::delivery_failed, Severity::error,
      spans_text(batch.span_count) + " dropped after " + std::to_string(batch.failure_count) +
          " attempts: exporter.retry_time_max is over");
  counters_.dropped_retry_expired.add(batch.span_count);
  settle(batch, /*lost=*/true);
}

void Sender::endpoint_answered() {
  const auto outage = health_.succeeded(clock_.now());
  if (outage)
    say(LogTopic::recovered, Severity::info,
        "the backend answers again after " + seconds_text(*outage));
}

void Sender::settle(Batch& batch, bool lost) {
  const uint64_t number = batch.number;
  counters_.held.subtract(batch.span_count);
  queue_.remove(batch);
  tracker_.settled(number, lost, settled_through());
}

uint64_t Sender::settled_through() const {
  return queue_.empty() ? taken_through_ : queue_.oldest().number - 1;
}

// ---- The end

void Sender::drop_all() {
  transport_.abort_all();
  in_flight_.clear();
  probe_in_flight_ = false;
  uint64_t spans = 0;
  const uint64_t first = settled_through() + 1;
  for (const Batch* batch = queue_.empty() ? nullptr : &queue_.oldest(); batch != nullptr;
       batch = batch->newer) {
    spans += batch->span_count;
  }
  queue_.clear();
  counters_.held.subtract(spans);
  CERO_ASSERT(counters_.held.value() == 0);
  while (Body* body = exchange_.try_take()) {
    taken_through_ = body->number;
    spans += body->span_count;
    exchange_.release(body);
  }
  if (spans == 0) return;
  counters_.dropped_after_shutdown.add(spans);
  tracker_.settled(first, /*lost=*/true, taken_through_);
  say(LogTopic::delivery_failed, Severity::error,
      spans_text(spans) + " dropped: not delivered before the shutdown deadline");
}

void Sender::say(LogTopic topic, Severity severity, const std::string& message) noexcept try {
  log_.write(topic, severity, message);
} catch (const std::bad_alloc&) {
  // What happened is counted as well.
}

}  // namespace cero::core

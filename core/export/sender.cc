#include "export/sender.h"

#include <algorithm>
#include <new>
#include <string_view>
#include <utility>

#include "base/assert.h"
#include "export/endpoint_advice.h"
#include "export/grpc_verdict.h"
#include "http/transport_check.h"

namespace cero::core {
namespace {

// Batches whose buffers wait for the next body, beyond those in flight: one is being filled while
// others are sent.
constexpr size_t kSpareBatches = 4;

// While somebody waits: the part of the time that is left which a backoff may take, and the least.
constexpr int kHurriedPart = 8;
constexpr std::chrono::milliseconds kHurriedDelayMin{50};

constexpr uint64_t kRetryBytesDefault = uint64_t{64} << 20;

constexpr std::string_view kNoMemory = "out of memory";

// Every body may go to any endpoint.
std::optional<uint32_t> smallest_window(const Exporter& options) {
  auto window = upload_window(options);
  Exporter other = options;
  for (const cero::Endpoint& endpoint : options.more_endpoints) {
    other.endpoint = endpoint.url;
    if (!window) window = upload_window(other);  // they are the same for all that have one
  }
  return window;
}

RequestSize size_of(const Batch& batch) {
  return {.wire_bytes = batch.bytes.size(), .body_bytes = batch.body_bytes};
}

uint32_t seed(const Clock& clock) {
  return static_cast<uint32_t>(clock.now().time_since_epoch().count()) | 1;
}

}  // namespace

Sender::Sender(const Exporter& options, const Context& context)
    : options_(options),
      exchange_(context.exchange),
      transport_(context.transport),
      clock_(context.clock),
      counters_(context.counters),
      tracker_(context.tracker),
      log_(context.log),
      packer_(options),
      body_limit_(smallest_window(options)),
      queue_(options.retry_bytes_max.value_or(kRetryBytesDefault),
             options.requests_in_flight_max + kSpareBatches, context.lender),
      repacker_(packer_, queue_),
      endpoints_(options, context.counters, seed(context.clock), context.clock.now(),
                 context.endpoint_variable) {
  in_flight_.reserve(endpoints_.size() * options.requests_in_flight_max);
  if (context.spans_dropped && may_go_uncompressed(options))
    overrun_.emplace(context.spans_dropped, context.clock.now());
  exchange_.set_body_bytes_max(body_limit_.bytes_max());
}

void Sender::round(TimePoint deadline) {
  watch_overrun();
  const bool took = take_body();
  start_due();
  // After a body there may be another one: look at the sockets in between, and do not wait.
  if (took) return transport_.poll(TimePoint{}, *this);
  transport_.poll(std::min(deadline, next_start()), *this);
}

void Sender::skip_backoff() {
  const TimePoint now = clock_.now();
  queue_.end_delays(now);
  endpoints_.skip_backoff(now);
}

bool Sender::idle() const { return queue_.empty() && exchange_.span_count() == 0; }

// ---- From the exchange into the queue

bool Sender::take_body() {
  if (!queue_.has_room() && !make_room()) return false;
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
    counters_.in_flight.add(spans);
  } else {
    counters_.dropped.no_memory.add(spans);
    tracker_.settled(number, /*lost=*/true, settled_through());
  }
  return true;
}

// What has been refused for the longest time goes, one batch for each body that waits to be taken
// as long as that is enough: spans that nobody may ever take are not worth new ones.
bool Sender::make_room() {
  if (exchange_.span_count() == 0) return false;
  while (!queue_.has_room()) {
    Batch* worst = queue_.take_worst();
    if (worst == nullptr) return false;
    log_.made_room(worst->span_count, worst->failure_count);
    drop_expired(*worst);
  }
  return true;
}

void Sender::watch_overrun() {
  if (!overrun_) return;
  const std::chrono::nanoseconds cpu_time(counters_.export_cpu_ns.value());
  if (!overrun_->look(clock_.now(), cpu_time)) return;
  if (overrun_->overrun()) {
    log_.overrun_began(overrun_->spans_dropped());
  } else {
    log_.overrun_ended(counters_.uncompressed_bodies.value(), counters_.uncompressed_spans.value());
  }
}

// Smaller ones from cero-batch cost less than halves of large ones.
void Sender::wish_for_bodies() {
  exchange_.set_body_bytes_max(std::min(body_limit_.bytes_max(), endpoints_.body_bytes_max()));
}

bool Sender::store(const Body& body) noexcept try {
  std::unique_ptr<Batch> batch = queue_.make();
  batch->span_count = body.span_count;
  batch->number = body.number;
  batch->token = ++last_token_;
  batch->body_bytes = static_cast<uint32_t>(body.bytes.size());
  // Uncompressed it would be over the limit that its compression has earned.
  const bool uncompressed = overrun_ && overrun_->overrun() && !body_limit_.active();
  batch->encoding = packer_.pack(
      {.body = body.bytes, .compress = !uncompressed, .takes_zstd = endpoints_.takes_zstd()},
      &batch->bytes);
  body_limit_.packed(body.bytes.size(), batch->bytes.size());
  wish_for_bodies();
  queue_.add(std::move(batch));
  if (uncompressed) {
    counters_.uncompressed_bodies.add(1);
    counters_.uncompressed_spans.add(body.span_count);
  }
  return true;
} catch (const std::bad_alloc&) {
  return false;
}

// ---- From the queue to the transport

void Sender::start_due() {
  const TimePoint now = clock_.now();
  while (EndpointState* endpoint = endpoints_.choose(now)) {
    const auto pick = next_pick();
    Batch* batch = pick ? queue_.take(now, *pick) : nullptr;
    if (batch == nullptr) return;
    if (EndpointState* other = endpoints_.choose(now, batch->failed_at)) endpoint = other;
    start(*batch, *endpoint);
  }
}

// Batches that failed take turns with fresh ones, and half of the places at most, however long each
// attempt may take: what fails again and again holds up nobody. nullopt: nothing may be sent now.
std::optional<Pick> Sender::next_pick() const {
  if (endpoints_.outage()) return Pick::probe;
  const auto repeats = static_cast<size_t>(
      std::count_if(in_flight_.begin(), in_flight_.end(),
                    [](const Batch* batch) { return batch->failure_count > 0; }));
  if (repeats >= std::max<size_t>(1, endpoints_.places() / 2))
    return queue_.any_ready() ? std::optional(Pick::fresh) : std::nullopt;
  return last_was_repeat_ ? Pick::fresh : Pick::due;
}

void Sender::start(Batch& batch, EndpointState& endpoint) {
  batch.endpoint = endpoint.index;
  batch.probe = !endpoint.health.healthy();
  if (batch.span_count > 1 && !endpoint.size_limit.fits(size_of(batch), clock_.now()))
    return split(batch, endpoint);
  const bool refused = endpoint.refuses_zstd && batch.encoding == ContentEncoding::zstd;
  if (refused && !make_sendable(batch, endpoint)) return;
  if (!transport_.start({.token = batch.token,
                         .endpoint = endpoint.index,
                         .body = batch.bytes,
                         .encoding = batch.encoding,
                         .fresh_connection = batch.probe})) {
    return retry(batch, endpoint, kNoMemory, {});
  }
  in_flight_.push_back(&batch);
  last_was_repeat_ = batch.failure_count > 0;
  batch.started = clock_.now();
  endpoints_.started(endpoint, batch.probe);
  counters_.requests.add(1);
  counters_.bytes_wire.add(batch.bytes.size());
  if (batch.attempt_count++ > 0) counters_.retries.add(1);
}

// False: it is no longer there to be sent.
bool Sender::make_sendable(Batch& batch, EndpointState& endpoint) {
  const Repacked made = repacker_.to_gzip(batch);
  if (made == Repacked::damaged) drop_damaged(batch);
  if (made == Repacked::no_memory) retry(batch, endpoint, kNoMemory, {});
  return made == Repacked::done;
}

TimePoint Sender::next_start() const {
  const auto due = queue_.next_due(endpoints_.outage());
  if (!due || !next_pick()) return TimePoint::max();
  return std::max(*due, endpoints_.opens_at(clock_.now()));
}

// ---- From the transport to the ledger

void Sender::on_completion(const Completion& completion) {
  Batch& batch = take_from_flight(completion.token);
  EndpointState& endpoint = endpoints_.at(batch.endpoint);
  endpoints_.ended(endpoint, batch.probe);
  count_repeats(completion.repeats, batch, endpoint);
  count_response(completion, endpoint);
  log_.answered(endpoint, batch, completion, clock_.now() - batch.started);
  const Verdict verdict = judge_answer(completion, batch.span_count, endpoint);
  switch (verdict.kind) {
    case Verdict::Kind::delivered:
      return deliver(batch, endpoint, verdict);
    case Verdict::Kind::refused:
      return refuse(batch, endpoint, verdict);
    case Verdict::Kind::encoding_refused:
      return batch.encoding == ContentEncoding::zstd ? send_as_gzip(batch, endpoint, verdict)
                                                     : refuse(batch, endpoint, verdict);
    case Verdict::Kind::too_large:
      return refuse_size(batch, endpoint, verdict);
    case Verdict::Kind::retry:
      if (!halve_slow_upload(batch, endpoint, completion)) return;
      return retry(batch, endpoint, verdict.message, asked_delay(completion, verdict, endpoint));
  }
}

Verdict Sender::judge_answer(const Completion& completion, uint32_t span_count,
                             const EndpointState& endpoint) const noexcept {
  try {
    Verdict verdict = judge_by_protocol(completion, span_count);
    if (verdict.kind == Verdict::Kind::refused || verdict.kind == Verdict::Kind::encoding_refused)
      verdict.message +=
          wrong_endpoint_advice(completion, options_.protocol, endpoint.index, endpoint.url);
    return verdict;
  } catch (const std::bad_alloc&) {
    const bool taken =
        options_.protocol == Protocol::grpc ? is_grpc_ok(completion) : completion.status / 100 == 2;
    return {.kind = taken ? Verdict::Kind::delivered : Verdict::Kind::retry};
  }
}

Verdict Sender::judge_by_protocol(const Completion& completion, uint32_t span_count) const {
  return options_.protocol == Protocol::grpc
             ? judge_grpc(completion, span_count, options_.response_bytes_max)
             : judge_inflated(completion, span_count, options_.response_bytes_max);
}

std::optional<AskedDelay> Sender::asked_delay(const Completion& completion, const Verdict& verdict,
                                              const EndpointState& endpoint) {
  std::optional<AskedDelay> asked;
  if (verdict.retry_delay) {
    asked = AskedDelay{*verdict.retry_delay, /*grows=*/true};
  } else if (const auto time = parse_retry_after(completion.retry_after, clock_.wall_now())) {
    asked = AskedDelay{*time};
  }
  if (!asked) return std::nullopt;
  const auto kept = std::min<std::chrono::nanoseconds>(asked->time, options_.retry_after_max);
  if (asked->time > options_.retry_delay_max) log_.asks_for_a_wait(endpoint, asked->time, kept);
  asked->time = kept;
  return kept.count() > 0 ? asked : std::nullopt;
}

Batch& Sender::take_from_flight(uint64_t token) {
  const auto found = std::find_if(in_flight_.begin(), in_flight_.end(),
                                  [&](const Batch* batch) { return batch->token == token; });
  CERO_ASSERT(found != in_flight_.end());
  Batch& batch = **found;
  in_flight_.erase(found);
  return batch;
}

void Sender::count_repeats(uint32_t repeats, const Batch& batch, const EndpointState& endpoint) {
  counters_.requests.add(repeats);
  counters_.retries.add(repeats);
  counters_.bytes_wire.add(repeats * batch.bytes.size());
  counters_.endpoints[endpoint.index].requests.add(repeats);
}

void Sender::count_response(const Completion& completion, EndpointState& endpoint) {
  counters_.connections.set(transport_.connection_count());
  if (completion.http_major == 0) return;
  body_limit_.answered(completion.http_major);
  if (completion.http_major == 2) {
    counters_.http2_responses.add(1);
    if (body_limit_.has_bitten() && !std::exchange(told_window_, true)) log_.keeps_to_window();
    return;
  }
  counters_.http1_responses.add(1);
  if (options_.http_version == HttpVersion::http2 && !std::exchange(endpoint.warned_http1, true))
    log_.speaks_http1(endpoint);
}

void Sender::deliver(Batch& batch, EndpointState& endpoint, const Verdict& verdict) {
  endpoint_answered(endpoint);
  endpoints_.failed_alone(batch.failed_at & ~endpoint.bit(), clock_.now());
  endpoint.size_limit.taken(size_of(batch));
  wish_for_bodies();
  log_.taken(endpoint, batch.span_count, verdict);
  if (verdict.unreadable) {
    counters_.unreadable_responses.add(1);
    if (!std::exchange(endpoint.warned_unreadable, true)) log_.answers_no_otlp(endpoint);
  }
  counters_.rejected.add(verdict.rejected);
  counters_.exported.add(batch.span_count - verdict.rejected);
  counters_.endpoints[endpoint.index].exported.add(batch.span_count - verdict.rejected);
  settle(batch, verdict.rejected > 0);
}

void Sender::refuse(Batch& batch, EndpointState& endpoint, const Verdict& verdict) {
  endpoint_answered(endpoint);
  drop_refused(batch, endpoint, verdict);
}

void Sender::drop_refused(Batch& batch, const EndpointState& endpoint, const Verdict& verdict) {
  log_.refused(endpoint, batch.span_count, verdict.message);
  counters_.dropped.permanent_error.add(batch.span_count);
  settle(batch, /*lost=*/true);
}

void Sender::drop_damaged(Batch& batch) {
  log_.damaged(batch.span_count);
  counters_.dropped.permanent_error.add(batch.span_count);
  settle(batch, /*lost=*/true);
}

// The answer was to the encoding and not to the spans. Those under way as zstd come here one by
// one; start() sees to those that wait.
void Sender::send_as_gzip(Batch& batch, EndpointState& endpoint, const Verdict& verdict) {
  endpoint_answered(endpoint);
  if (!std::exchange(endpoint.refuses_zstd, true)) log_.refuses_zstd(endpoint, verdict.message);
  queue_.delay_until(batch, clock_.now());
}

void Sender::refuse_size(Batch& batch, EndpointState& endpoint, const Verdict& verdict) {
  const TimePoint now = clock_.now();
  const bool single = batch.span_count == 1;
  const bool any_size = single && !endpoint.size_limit.is_larger_than_taken(size_of(batch));
  if (const auto outage = endpoints_.refused_size(endpoint, now, any_size, batch.probe))
    log_.recovered(endpoint, *outage);
  endpoint.size_limit.refused(size_of(batch), now);
  wish_for_bodies();
  if (single) return drop_refused(batch, endpoint, verdict);
  log_.split(endpoint, batch.span_count, verdict.message);
  split(batch, endpoint);
}

// A body that is too much for a slow link within exporter.timeout never comes through whole. The
// second time that it runs out of time while bytes move, its second half becomes a batch, and the
// batch is the first one. False: it is no longer there.
bool Sender::halve_slow_upload(Batch& batch, EndpointState& endpoint,
                               const Completion& completion) {
  if (!completion.timed_out || completion.bytes_sent == 0) return true;
  if (batch.slow_upload_count++ == 0 || batch.span_count == 1) return true;
  // Of one that had gone out, nobody knows whether the link was slow or the answer.
  if (completion.bytes_sent < batch.bytes.size()) {
    endpoint.size_limit.refused(size_of(batch), clock_.now());
    wish_for_bodies();
  }
  if (repacker_.split(batch, ++last_token_) != Repacked::damaged) return true;
  drop_damaged(batch);
  return false;
}

void Sender::split(Batch& batch, EndpointState& endpoint) {
  switch (repacker_.split(batch, ++last_token_)) {
    case Repacked::done:
      return queue_.make_next(batch);
    case Repacked::damaged:
      return drop_damaged(batch);
    case Repacked::no_memory:
      return retry(batch, endpoint, kNoMemory, {});
  }
}

void Sender::retry(Batch& batch, EndpointState& endpoint, std::string_view why,
                   std::optional<AskedDelay> asked) {
  const TimePoint now = clock_.now();
  note_failure(batch, now);
  // Where another one that is in use fails it too, this one is no more to blame.
  const bool own_fault = batch.own_fault || endpoints_.any_healthy(batch.failed_at);
  endpoints_.failed(endpoint, now,
                    {.batch = batch.number,
                     .probe = batch.probe,
                     .own_fault = own_fault,
                     .asked = asked,
                     .delay_max = delay_max(now)});
  log_.failed(endpoint, batch.span_count, counters_.in_flight.value(), why);
  if (retry_time_is_over(batch)) {
    log_.expired(batch.span_count, batch.failure_count);
    return drop_expired(batch);
  }
  // Where it may fare better elsewhere it goes at once, but waits when all had their turn.
  batch.failed_at |= endpoint.bit();
  if (endpoints_.any_open(now, batch.failed_at)) return queue_.delay_until(batch, now);
  batch.failed_at = 0;
  const auto delay = endpoints_.batch_delay(endpoint, batch.failure_count);
  queue_.delay_until(batch, now + std::min(delay, delay_max(now)));
}

std::chrono::nanoseconds Sender::delay_max(TimePoint now) const {
  if (!hurry_until_) return std::chrono::nanoseconds::max();
  return std::max<std::chrono::nanoseconds>((*hurry_until_ - now) / kHurriedPart, kHurriedDelayMin);
}

// The clock of retry_time_max: from one failure of the batch to the next, if others were taken
// in between. When none was, the batch may have failed with all others.
void Sender::note_failure(Batch& batch, TimePoint now) {
  const auto healthy_time = endpoints_.healthy_time(now);
  const uint64_t answers = endpoints_.answer_count();
  if (batch.failure_count++ > 0 && answers != batch.answers_at_failure) {
    batch.own_fault = true;
    batch.refused_time += healthy_time - batch.healthy_time_at_failure;
  }
  batch.healthy_time_at_failure = healthy_time;
  batch.answers_at_failure = answers;
}

bool Sender::retry_time_is_over(const Batch& batch) const {
  return options_.retry_time_max && batch.refused_time >= *options_.retry_time_max;
}

void Sender::drop_expired(Batch& batch) {
  counters_.dropped.retry_expired.add(batch.span_count);
  settle(batch, /*lost=*/true);
}

void Sender::endpoint_answered(EndpointState& endpoint) {
  if (const auto outage = endpoints_.succeeded(endpoint, clock_.now()))
    log_.recovered(endpoint, *outage);
}

void Sender::settle(Batch& batch, bool lost) {
  const uint64_t number = batch.number;
  counters_.in_flight.subtract(batch.span_count);
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
  endpoints_.forget_requests();
  uint64_t spans = 0;
  const uint64_t first = settled_through() + 1;
  for (const Batch* batch = queue_.empty() ? nullptr : &queue_.oldest(); batch != nullptr;
       batch = batch->newer) {
    spans += batch->span_count;
  }
  queue_.clear();
  counters_.in_flight.subtract(spans);
  CERO_ASSERT(counters_.in_flight.value() == 0);
  while (Body* body = exchange_.try_take()) {
    taken_through_ = body->number;
    spans += body->span_count;
    exchange_.release(body);
  }
  if (spans == 0) return;
  counters_.dropped.after_shutdown.add(spans);
  tracker_.settled(first, /*lost=*/true, taken_through_);
}

}  // namespace cero::core

#include "export/delivery_log.h"

#include <new>
#include <string>

#include "cero/stats.h"
#include "otlp/response.h"

namespace cero::core {
namespace {

std::string spans_text(uint64_t count) {
  return std::to_string(count) + (count == 1 ? " span" : " spans");
}

std::string attempts_text(uint32_t count) {
  return std::to_string(count) + (count == 1 ? " attempt" : " attempts");
}

std::string_view them(uint64_t count) { return count == 1 ? "it" : "them"; }

// Where the ledger has them.
std::string dropped_text(uint64_t spans, DropReason reason) {
  return spans_text(spans) + " dropped as " + std::string(name_of(reason));
}

std::string seconds_text(std::chrono::nanoseconds duration) {
  return std::to_string(std::chrono::ceil<std::chrono::seconds>(duration).count()) + " s";
}

std::string_view encoding_text(ContentEncoding encoding) {
  switch (encoding) {
    case ContentEncoding::gzip:
      return " of gzip";
    case ContentEncoding::zstd:
      return " of zstd";
    case ContentEncoding::identity:
      break;
  }
  return "";
}

std::string status_text(const Completion& completion) {
  if (completion.status == 0) return "no answer (" + std::string(completion.error) + ")";
  std::string text = "HTTP " + std::to_string(completion.status);
  if (!completion.grpc.status.empty())
    text.append(", gRPC ").append(printable(completion.grpc.status));
  return text;
}

uint64_t cause_of(const EndpointState& endpoint) { return endpoint.index + 1; }

// What the log tells apart: the backend, and of the cause what is the same the next time: of an
// answer its status, of a failure to get one the text without its numbers, which are times.
uint64_t cause_of(const EndpointState& endpoint, std::string_view why) {
  const bool answer = why.starts_with("HTTP ") || why.starts_with("gRPC ");
  uint64_t hash = 0xcbf29ce484222325 ^ cause_of(endpoint);  // FNV-1a
  for (const char c : answer ? why.substr(0, why.find(": ")) : why) {
    if (answer || c < '0' || c > '9') hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  }
  return hash;
}

}  // namespace

template <typename MakeText>
void DeliveryLog::say(Subject subject, Severity severity, MakeText make_text) noexcept try {
  log_.write(subject.topic, severity, make_text(), subject.cause);
} catch (const std::bad_alloc&) {
  // What happened is counted.
}

void DeliveryLog::answered(const EndpointState& endpoint, const Batch& batch,
                           const Completion& completion, std::chrono::nanoseconds took) noexcept {
  if (!log_.tells(Severity::debug)) return;
  say({LogTopic::requests}, Severity::debug, [&] {
    using std::chrono::milliseconds;
    std::string text = "attempt " + std::to_string(batch.attempt_count) + " of " +
                       spans_text(batch.span_count) + " in " + std::to_string(batch.bytes.size()) +
                       " bytes" + std::string(encoding_text(batch.encoding)) + " to " +
                       endpoint.name + ": " + status_text(completion);
    const auto ms = std::chrono::duration_cast<milliseconds>(took).count();
    return text + " after " + std::to_string(ms) + " ms";
  });
}

void DeliveryLog::failed(const EndpointState& endpoint, uint32_t spans, uint64_t waiting,
                         std::string_view why) noexcept {
  remember_failure(endpoint, why);
  last_cause_ = cause_of(endpoint, why);
  say({LogTopic::send_failed, last_cause_}, Severity::warning, [&] {
    return "sending " + spans_text(spans) + " to " + endpoint.name +
           " failed, will be tried again (" + spans_text(waiting) +
           (waiting == 1 ? " waits): " : " wait): ") + std::string(why);
  });
}

void DeliveryLog::remember_failure(const EndpointState& endpoint, std::string_view why) noexcept
    try {
  failure_stands_ = false;  // unless there is memory for it
  last_failure_ = endpoint.name;
  if (!why.empty()) last_failure_.append(": ").append(why);
  failure_stands_ = true;
} catch (const std::bad_alloc&) {
  last_failure_.clear();
}

// Goes on from the loss that it is the cause of.
std::string DeliveryLog::last_failure_text() const {
  return last_failure_.empty() ? "" : "; the last failure was that of " + last_failure_;
}

void DeliveryLog::asks_for_a_wait(const EndpointState& endpoint, std::chrono::nanoseconds asked,
                                  std::chrono::nanoseconds kept) noexcept {
  say({LogTopic::retry_after, cause_of(endpoint)}, Severity::warning, [&] {
    constexpr std::chrono::hours kDay{24};  // more is not told from it
    const bool long_wait = asked >= kDay;
    std::string text = endpoint.name + " asks for a wait of " +
                       (long_wait ? "a day or more" : seconds_text(asked));
    if (kept < asked)
      return text + ", of which exporter.retry_after_max keeps " + seconds_text(kept);
    return text + (long_wait ? ", and gets no request for a day" : ", in which it gets no request");
  });
}

void DeliveryLog::recovered(const EndpointState& endpoint,
                            std::chrono::nanoseconds outage) noexcept {
  say({LogTopic::recovered, cause_of(endpoint)}, Severity::info,
      [&] { return endpoint.name + " answers again after " + seconds_text(outage); });
}

void DeliveryLog::taken(const EndpointState& endpoint, uint32_t spans,
                        const Verdict& verdict) noexcept {
  failure_stands_ = false;
  if (verdict.rejected > 0) {
    say({LogTopic::partial_success, cause_of(endpoint)}, Severity::warning, [&] {
      return endpoint.name + " rejected " + std::to_string(verdict.rejected) + " of " +
             spans_text(spans) + (verdict.message.empty() ? "" : ": ") + verdict.message;
    });
  } else if (!verdict.message.empty()) {
    say({LogTopic::partial_success, cause_of(endpoint)}, Severity::warning, [&] {
      return endpoint.name + (spans == 1 ? " took the span" : " took the spans") +
             " and warns: " + verdict.message;
    });
  }
}

void DeliveryLog::split(const EndpointState& endpoint, uint32_t spans,
                        std::string_view why) noexcept {
  say({LogTopic::too_large, cause_of(endpoint)}, Severity::warning, [&] {
    return endpoint.name + " finds a request of " + spans_text(spans) +
           " too large, which goes in halves: lower batch.bytes_max to below its limit: " +
           std::string(why);
  });
}

void DeliveryLog::refuses_zstd(const EndpointState& endpoint, std::string_view why) noexcept {
  say({LogTopic::setup}, Severity::warning, [&] {
    return endpoint.name +
           " does not take zstd, everything goes to it as gzip from now on: " + std::string(why);
  });
}

void DeliveryLog::answers_no_otlp(const EndpointState& endpoint) noexcept {
  say({LogTopic::protocol, cause_of(endpoint)}, Severity::warning, [&] {
    return endpoint.name +
           " answers 200 with something else than OTLP; its spans count as exported";
  });
}

void DeliveryLog::speaks_http1(const EndpointState& endpoint) noexcept {
  say({LogTopic::protocol, cause_of(endpoint)}, Severity::warning, [&] {
    return "HTTP/2 was asked for and " + endpoint.name + ", or a proxy, speaks HTTP/1.1 only";
  });
}

void DeliveryLog::keeps_to_window() noexcept {
  say({LogTopic::setup}, Severity::info, [] {
    return std::string(
        "requests are kept under exporter.http2_window_bytes, since this libcurl is older than 8 "
        "and waits badly for a window");
  });
}

void DeliveryLog::overrun_began(uint64_t spans_dropped) noexcept {
  say({LogTopic::overrun_began}, Severity::warning, [&] {
    return "requests go uncompressed from now on, since the export thread has no time left for "
           "gzip (exporter.uncompressed_when_overrun); " +
           spans_text(spans_dropped) + " dropped so far for want of room";
  });
}

void DeliveryLog::overrun_ended(uint64_t uncompressed_bodies,
                                uint64_t uncompressed_spans) noexcept {
  say({LogTopic::overrun_ended}, Severity::info, [&] {
    return "requests are compressed again; " + spans_text(uncompressed_spans) + " in " +
           std::to_string(uncompressed_bodies) + " requests went uncompressed so far";
  });
}

void DeliveryLog::refused(const EndpointState& endpoint, uint32_t spans,
                          std::string_view why) noexcept {
  failure_stands_ = false;
  say({LogTopic::delivery_failed, cause_of(endpoint, why)}, Severity::error, [&] {
    return dropped_text(spans, DropReason::permanent_error) + ", " + endpoint.name + " refused " +
           std::string(them(spans)) + ": " + std::string(why);
  });
}

void DeliveryLog::damaged(uint32_t spans) noexcept {
  say({LogTopic::delivery_failed}, Severity::error, [&] {
    return dropped_text(spans, DropReason::permanent_error) + (spans == 1 ? ", its" : ", their") +
           " body was overwritten in memory";
  });
}

void DeliveryLog::expired(uint32_t spans, uint32_t attempts) noexcept {
  say({LogTopic::delivery_ended, last_cause_}, Severity::error, [&] {
    return dropped_text(spans, DropReason::retry_expired) + " after " + attempts_text(attempts) +
           ": exporter.retry_time_max is over" + last_failure_text();
  });
}

void DeliveryLog::made_room(uint32_t spans, uint32_t attempts) noexcept {
  say({LogTopic::delivery_ended, last_cause_}, Severity::error, [&] {
    return dropped_text(spans, DropReason::retry_expired) + " after " + attempts_text(attempts) +
           ", since exporter.retry_bytes_max is full and others were taken meanwhile" +
           last_failure_text();
  });
}

}  // namespace cero::core

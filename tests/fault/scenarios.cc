#include "fault/scenarios.h"

namespace cero::test {
namespace {

using namespace std::chrono_literals;

constexpr Places kAll{.exported = 60};
constexpr Places kOneBatchRefused{.exported = 40, .permanent_error = 20};
constexpr Places kAllAtTheEnd{.after_shutdown = 60};
constexpr auto kShort = 300ms;

constexpr Scenario kScenarios[] = {
    // Answers that say: later.
    {.name = "unavailable",
     .script = "2 times: status 503",
     .places = kAll,
     .says = "will be tried again"},
    {.name = "unavailable_with_retry_after", .script = "status 503 retry-after 1", .places = kAll},
    {.name = "retry_after_in_the_past",
     .script = "status 503 retry-after \"Thu, 01 Jan 1970 00:00:00 GMT\"",
     .places = kAll},
    {.name = "unavailable_by_turns",
     .script = "when each 2: status 503",
     .places = kAll,
     .requests_in_flight_max = 4},
    {.name = "too_many_requests",
     .script = "status 429",
     .places = kAll,
     .over_grpc = kOneBatchRefused},
    {.name = "bad_gateway", .script = "status 502", .places = kAll},
    {.name = "gateway_timeout", .script = "status 504", .places = kAll},
    {.name = "proxy_unavailable", .script = "2 times: status 503, plain http", .places = kAll},
    {.name = "unavailable_for_longer_than_a_batch_may_take",
     .script = "forever: status 503",
     .places = {.retry_expired = 60},
     .retry_time_max = 0ms,
     .says = "retry_time_max is over"},
    {.name = "grpc_unavailable", .script = "2 times: grpc-status 14", .places = kAll},
    {.name = "grpc_unavailable_behind_headers",
     .script = "2 times: grpc-status 14, behind headers",
     .places = kAll,
     .over = Over::grpc},
    {.name = "grpc_exhausted_for_a_while",
     .script = "2 times: grpc-status 8 retry-delay 5ms",
     .places = kAll},
    {.name = "grpc_cancelled", .script = "grpc-status 1", .places = kAll, .over = Over::grpc},
    {.name = "grpc_data_loss", .script = "grpc-status 15", .places = kAll, .over = Over::grpc},

    // Answers that say: never.
    {.name = "bad_request",
     .script = "status 400 \"no such field\"",
     .places = kOneBatchRefused,
     .says = "no such field"},
    {.name = "everything_refused",
     .script = "forever: status 400",
     .places = {.permanent_error = 60}},
    {.name = "unauthorized", .script = "status 401", .places = kOneBatchRefused},
    {.name = "forbidden", .script = "status 403", .places = kOneBatchRefused},
    {.name = "not_found", .script = "status 404", .places = kOneBatchRefused},
    {.name = "request_timeout", .script = "status 408", .places = kOneBatchRefused},
    {.name = "unsupported_media_type", .script = "status 415", .places = kOneBatchRefused},
    {.name = "internal_error", .script = "status 500", .places = kOneBatchRefused},
    {.name = "not_implemented", .script = "status 501", .places = kOneBatchRefused},
    {.name = "even_one_span_is_too_large",
     .script = "when over 1: status 413",
     .places = {.permanent_error = 60}},
    {.name = "redirect",
     .script = "redirect http://localhost:1/v1/traces",
     .places = kOneBatchRefused},
    {.name = "grpc_invalid_argument",
     .script = "grpc-status 3 \"too odd\"",
     .places = kOneBatchRefused,
     .says = "too odd"},
    {.name = "grpc_exhausted",
     .script = "grpc-status 8",
     .places = kOneBatchRefused,
     .over = Over::grpc},
    {.name = "grpc_unauthenticated_behind_headers",
     .script = "grpc-status 16, behind headers",
     .places = kOneBatchRefused,
     .over = Over::grpc},
    {.name = "proxy_says_yes",
     .script = "status 200, plain http",
     .places = kOneBatchRefused,
     .over = Over::grpc},
    {.name = "huge_answer",
     .script = "huge 5MiB",
     .places = kOneBatchRefused,
     .says = "response_bytes_max"},

    // Answers that say: yes.
    {.name = "partial_success",
     .script = "partial-success 3 \"too old\"",
     .places = {.exported = 57, .rejected = 3},
     .says = "too old"},
    {.name = "warning", .script = "partial-success 0 \"soon\"", .places = kAll, .says = "soon"},
    {.name = "more_rejected_than_sent",
     .script = "partial-success 1000",
     .places = {.exported = 40, .rejected = 20}},
    {.name = "accepted_without_an_answer", .script = "status 202\nstatus 204", .places = kAll},
    {.name = "wrong_content_type", .script = "wrong content-type", .places = kAll},
    {.name = "malformed_answer",
     .script = "malformed protobuf",
     .places = kAll,
     .says = "something else than OTLP"},
    {.name = "bad_gzip", .script = "bad gzip", .places = kAll},
    {.name = "gzip_bomb", .script = "gzip bomb 8MiB", .places = kAll},
    {.name = "slow_answer", .script = "2 times: ok, delay 30ms", .places = kAll},
    {.name = "trickled_answer", .script = "trickle 1ms", .places = kAll},

    // No whole answer.
    {.name = "garbage", .script = "2 times: garbage", .places = kAll},
    {.name = "truncated_answer", .script = "2 times: truncated", .places = kAll},
    {.name = "stalled_answer",
     .script = "ok\n2 times: stall headers",
     .places = kAll,
     .timeout = kShort},
    {.name = "stalled_body", .script = "stall body", .places = kAll, .timeout = kShort},
    {.name = "stalled_upload", .script = "stall upload", .places = kAll, .timeout = kShort},
    {.name = "closed_instead_of_an_answer", .script = "ok\n2 times: close", .places = kAll},
    {.name = "closed_after_each_answer", .script = "forever: close after answer", .places = kAll},
    {.name = "closed_in_the_upload", .script = "2 times: close upload", .places = kAll},
    {.name = "reset", .script = "ok\n2 times: reset", .places = kAll},
    {.name = "reset_in_the_upload", .script = "2 times: reset upload", .places = kAll},
    {.name = "refused_stream", .script = "2 times: rst refused_stream", .places = kAll},
    {.name = "calm_asked_for", .script = "2 times: rst enhance_your_calm", .places = kAll},
    {.name = "broken_stream", .script = "2 times: rst internal_error", .places = kAll},
    {.name = "goaway_storm",
     .script = "forever: goaway",
     .places = {.exported = 400},
     .spans = 400,
     .requests_in_flight_max = 4},
    {.name = "streams_above_goaway",
     .script = "2 times: goaway refused",
     .places = kAll,
     .requests_in_flight_max = 4},

    // The backend took the spans, and the client cannot know.
    {.name = "stored_then_reset", .script = "reset, stored", .places = kAll, .delivered_twice = 20},
    {.name = "stored_then_truncated",
     .script = "truncated, stored",
     .places = kAll,
     .delivered_twice = 20},
    {.name = "stored_then_unavailable",
     .script = "status 503, stored",
     .places = kAll,
     .delivered_twice = 20},
    {.name = "stored_then_stalled",
     .script = "stall headers, stored",
     .places = kAll,
     .timeout = kShort,
     .delivered_twice = 20},
    {.name = "stored_then_refused",
     .script = "status 400, stored",
     .places = kOneBatchRefused,
     .stored_and_dropped = 20},
    {.name = "stored_and_never_told",
     .script = "forever: reset, stored",
     .places = kAllAtTheEnd,
     .end = End::shutdown,
     .stored_and_dropped = 60},

    // Connections.
    {.name = "refused_connections", .script = "for 100ms: refuse", .places = kAll},
    {.name = "restart", .script = "ok\nfor 100ms: refuse\nstatus 503", .places = kAll},
    {.name = "hangs_up", .script = "2 times: hang up", .places = kAll},
    {.name = "resets_connections", .script = "2 times: hang up reset", .places = kAll},
    {.name = "silent_connection", .script = "silence", .places = kAll, .timeout = kShort},
    {.name = "tls_alert",
     .script = "2 times: tls alert",
     .places = kAll,
     .over = Over::http2_and_grpc},
    {.name = "tls_answered_in_the_clear",
     .script = "2 times: tls plaintext",
     .places = kAll,
     .over = Over::http2_and_grpc},
    {.name = "certificate_expired",
     .script = "2 times: tls expired",
     .places = kAll,
     .over = Over::http2_and_grpc,
     .says = "certificate has expired"},
    {.name = "certificate_of_another_host",
     .script = "2 times: tls wrong-host",
     .places = kAll,
     .over = Over::http2_and_grpc,
     .says = "127.0.0.1"},
    {.name = "certificate_of_another_authority",
     .script = "2 times: tls unknown-ca",
     .places = kAll,
     .over = Over::http2_and_grpc,
     .says = "certificate"},
    {.name = "small_window", .script = "window 100", .places = kAll, .over = Over::http2_and_grpc},
    {.name = "stuck_window",
     .script = "window 100 stuck",
     .places = kAll,
     .over = Over::http2_and_grpc,
     .timeout = kShort},

    // Until the end.
    {.name = "black_hole",
     .script = "forever: stall headers",
     .places = kAllAtTheEnd,
     .end = End::shutdown,
     .says = "dropped as after_shutdown"},
    {.name = "nobody_there",
     .script = "forever: refuse",
     .places = kAllAtTheEnd,
     .end = End::shutdown},
    {.name = "never_trusted",
     .script = "forever: tls unknown-ca",
     .places = kAllAtTheEnd,
     .over = Over::http2_and_grpc,
     .end = End::shutdown},

    // A bit of everything.
    {.name = "bad_day",
     .script = "3 times: ok\nstatus 503\nreset\nclose\n2 times: goaway\nrst refused_stream\n"
               "truncated\nfor 50ms: refuse\nhang up\npartial-success 1\nrepeat",
     .places = {},  // depends on how often it comes round
     .spans = 600,
     .requests_in_flight_max = 4},
};

}  // namespace

std::span<const Scenario> scenarios() { return kScenarios; }

bool is_run_over(const Scenario& scenario, Route route) {
  switch (scenario.over) {
    case Over::every:
      return true;
    case Over::http2_and_grpc:
      return route != Route::http1_plain;
    case Over::grpc:
      return route == Route::grpc_tls_gzip;
  }
  return false;
}

const Places& places_over(const Scenario& scenario, Route route) {
  const bool differs = route == Route::grpc_tls_gzip && scenario.over_grpc;
  return differs ? *scenario.over_grpc : scenario.places;
}

}  // namespace cero::test

// Goal: every option out of its range is reported, by name, with its value and a fix, all at once;
// secrets are not. (valid_exporter_test.cc has what is the exporter's alone.)
// Method: good options with one thing changed; the message must name it. The bounds of each range
// are accepted, one step beyond is not.
#include "config/valid_options.h"

#include <gtest/gtest.h>

#include <cmath>

#include "compress/zstd_compressor.h"
#include "config/valid_options_harness.h"
#include "http/transport_check.h"

namespace cero::core {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

// The bounds pass; the values around them are named with what they may be.
template <typename T, typename Set>
void expect_range(std::string_view option, Set set, T min, T max) {
  auto result = [&](T value) { return problems_with([&](Options& o) { set(o, value); }); };
  EXPECT_EQ(result(min), "") << option;
  EXPECT_EQ(result(max), "") << option;
  EXPECT_MENTIONS(result(min - T{1}), option);
  EXPECT_MENTIONS(result(max + T{1}), option);
  EXPECT_MENTIONS(result(max + T{1}), "choose");
}

TEST(Validate, defaults_are_valid) { EXPECT_EQ(problems(Options{}), ""); }

TEST(Validate, holds_each_number_to_its_range) {
  constexpr milliseconds kZero(0);
  constexpr milliseconds kOne(1);
  expect_range<milliseconds>(
      "exporter.timeout", [](Options& o, milliseconds v) { o.exporter.timeout = v; }, kZero,
      hours(1));
  expect_range<milliseconds>(
      "exporter.retry_delay_max",
      [](Options& o, milliseconds v) {
        o.exporter.retry_delay_initial = milliseconds(1);
        o.exporter.retry_delay_max = v;
      },
      kOne, hours(1));
  expect_range<milliseconds>(
      "exporter.retry_delay_initial",
      [](Options& o, milliseconds v) {
        o.exporter.retry_delay_initial = v;
        o.exporter.retry_delay_max = hours(1);
      },
      kOne, hours(1));
  expect_range<milliseconds>(
      "exporter.retry_time_max", [](Options& o, milliseconds v) { o.exporter.retry_time_max = v; },
      kZero, hours(24));
  expect_range<int>(
      "exporter.compression_level",
      [](Options& o, int v) {
        o.exporter.compression = Compression::gzip;
        o.exporter.compression_level = v;
      },
      1, 12);
  if (has_zstd()) {
    expect_range<int>(
        "exporter.compression_level",
        [](Options& o, int v) {
          o.exporter.compression = Compression::zstd;
          o.exporter.compression_level = v;
        },
        -7, 12);
  }
  expect_range<uint32_t>(
      "exporter.requests_in_flight_max",
      [](Options& o, uint32_t v) { o.exporter.requests_in_flight_max = v; }, 1, 64);
  expect_range<std::chrono::seconds>(
      "exporter.connection_age_max",
      [](Options& o, std::chrono::seconds v) { o.exporter.connection_age_max = v; },
      std::chrono::seconds(0), hours(24));
  expect_range<uint32_t>(
      "exporter.http2_window_bytes",
      [](Options& o, uint32_t v) { o.exporter.http2_window_bytes = v; }, 65'535, 0x7fff'ffff);
  const uint64_t mebi = 1 << 20;
  expect_range<uint64_t>(
      "exporter.retry_bytes_max", [](Options& o, uint64_t v) { o.exporter.retry_bytes_max = v; },
      mebi, mebi << 16);
  expect_range<uint64_t>(
      "exporter.response_bytes_max",
      [](Options& o, uint64_t v) { o.exporter.response_bytes_max = v; }, 1024, 64 * mebi);
  expect_range<milliseconds>(
      "batch.delay_max", [](Options& o, milliseconds v) { o.batch.delay_max = v; }, kZero,
      hours(1));
  expect_range<uint32_t>(
      "batch.spans_max", [](Options& o, uint32_t v) { o.batch.spans_max = v; }, 1, 1'000'000);
  expect_range<uint32_t>(
      "batch.bytes_max", [](Options& o, uint32_t v) { o.batch.bytes_max = v; }, 64 << 10, 64 << 20);
  expect_range<uint32_t>(
      "batch.queue_spans_max",
      [](Options& o, uint32_t v) {
        o.batch.spans_max = 1;
        o.batch.queue_spans_max = v;
      },
      1, uint32_t{1} << 31);
  expect_range<milliseconds>(
      "shutdown_timeout", [](Options& o, milliseconds v) { o.shutdown_timeout = v; }, kZero,
      hours(1));
  expect_range<uint32_t>(
      "span_bytes_max", [](Options& o, uint32_t v) { o.span_bytes_max = v; }, 1 << 10, 16 << 20);
  expect_range<uint32_t>(
      "ring_bytes", [](Options& o, uint32_t v) { o.ring_bytes = v; }, 256 << 10, 64 << 20);
  expect_range<uint64_t>(
      "rings_bytes_max", [](Options& o, uint64_t v) { o.rings_bytes_max = v; }, mebi, mebi << 16);
  expect_range<uint64_t>(
      "open_spans_bytes_max", [](Options& o, uint64_t v) { o.open_spans_bytes_max = v; }, mebi,
      mebi << 16);
}

TEST(Validate, names_value_and_fix) {
  EXPECT_EQ(problems_with([](Options& o) { o.batch.spans_max = 0; }),
            "an option is wrong:\n  batch.spans_max is 0: choose from 1 to 1000000");
  EXPECT_EQ(problems_with([](Options& o) { o.shutdown_timeout = milliseconds(-1); }),
            "an option is wrong:\n  shutdown_timeout is -1 ms: choose from 0 ms to 3600000 ms");
}

TEST(Validate, reports_every_problem_at_once) {
  Options options;
  options.resource = {{"ok", 1}, {"", 2}};
  options.exporter.endpoint = "localhost:4318";
  options.exporter.headers = {{"Api-Key", static_cast<const char*>(nullptr)}};
  options.sampler = Sampler::trace_id_ratio(1.5);
  options.batch.bytes_max = 1;
  options.ring_bytes = (1 << 20) + 1;
  const std::string message = problems(std::move(options));
  EXPECT_MENTIONS(message, "6 options are wrong:");
  EXPECT_MENTIONS(message, "\n  resource[1] has an empty key");
  EXPECT_MENTIONS(message, "\n  exporter.endpoint is \"localhost:4318\": it has no scheme");
  EXPECT_MENTIONS(message, "\n  exporter.headers[\"Api-Key\"] has a null value");
  EXPECT_MENTIONS(message, "\n  sampler is TraceIdRatioBased{1.5}");
  EXPECT_MENTIONS(message, "\n  batch.bytes_max is 1:");
  EXPECT_MENTIONS(message, "\n  ring_bytes is 1048577: choose a power of two");
}

TEST(Validate, reports_what_libcurl_cannot_do_with_all_else) {
  const bool cannot = http_version_problem(HttpVersion::h2c).has_value();
  const std::string message = problems(
      {.exporter = {.headers = {{"Content-Type", "secret"}}, .http_version = HttpVersion::h2c},
       .batch = {.spans_max = 0}});
  EXPECT_MENTIONS(message, cannot ? "3 options are wrong:" : "2 options are wrong:");
  EXPECT_EQ(contains(message, "\n  exporter.http_version is h2c, which libcurl"), cannot);
  EXPECT_MENTIONS(message, "\n  exporter.headers[\"Content-Type\"] is set by cero: leave it out");
  EXPECT_MENTIONS(message, "\n  batch.spans_max is 0");
  EXPECT_FALSE(contains(message, "secret")) << message;
}

TEST(Validate, first_retry_delay_is_not_above_the_last) {
  EXPECT_MENTIONS(problems({.exporter = {.retry_delay_initial = milliseconds(2),
                                         .retry_delay_max = milliseconds(1)}}),
                  "exporter.retry_delay_initial is 2 ms, more than");
}

TEST(Validate, queue_holds_at_least_a_batch) {
  const std::string message = problems({.batch = {.spans_max = 10, .queue_spans_max = 9}});
  EXPECT_MENTIONS(message, "batch.queue_spans_max is 9, less than batch.spans_max, 10");
  EXPECT_EQ(problems({.batch = {.spans_max = 10, .queue_spans_max = 10}}), "");
}

TEST(Validate, sampler_must_be_valid) {
  for (const double ratio : {-0.5, 1.1, std::nan("")}) {
    EXPECT_MENTIONS(problems({.sampler = Sampler::parent_based(Sampler::trace_id_ratio(ratio))}),
                    "sampler is ParentBased{root:TraceIdRatioBased{");
  }
}

}  // namespace
}  // namespace cero::core

// Goal: each standard variable reaches its option, bad ones are reported and ignored, and what they
// yield is valid. (environment_exporter_test.cc has those of the exporter.)
// Method: an environment that is a map, and a log handler that keeps what it is told.
#include "config/environment.h"

#include <gtest/gtest.h>

#include <random>

#include "base/log.h"
#include "config/environment_harness.h"
#include "config/valid_options.h"

namespace cero::core {
namespace {

using std::chrono::milliseconds;

std::string resource_value(const Options& options, std::string_view key) {
  std::string value = "(none)";
  for (const OwnedAttribute& attribute : options.resource) {
    if (attribute.key == key) value = std::get<std::string>(attribute.value.variant());
  }
  return value;
}

TEST(Environment, empty_variables_change_nothing) {
  Variables variables;
  for (const char* name :
       {"OTEL_SDK_DISABLED", "OTEL_TRACES_EXPORTER", "OTEL_TRACES_SAMPLER", "OTEL_LOG_LEVEL",
        "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_HEADERS", "OTEL_EXPORTER_OTLP_TIMEOUT",
        "OTEL_EXPORTER_OTLP_PROTOCOL", "OTEL_BSP_SCHEDULE_DELAY", "OTEL_SPAN_EVENT_COUNT_LIMIT",
        "OTEL_RESOURCE_ATTRIBUTES", "OTEL_SERVICE_NAME"}) {
    variables[name] = "";
  }
  const Options options = good(variables, {.exporter = {.endpoint = "http://mine/"}});
  EXPECT_EQ(options.exporter.endpoint, "http://mine/");
  EXPECT_EQ(options.exporter.kind, ExporterKind::otlp);
  EXPECT_EQ(options.exporter.timeout, milliseconds(10'000));
  EXPECT_EQ(options.sampler.description(), Options().sampler.description());
  EXPECT_TRUE(options.resource.empty());
}

TEST(Environment, disabled_sdk_sends_nothing_whatever_the_exporter) {
  EXPECT_EQ(good({{"OTEL_SDK_DISABLED", "True"}, {"OTEL_TRACES_EXPORTER", "otlp"}}).exporter.kind,
            ExporterKind::none);
  EXPECT_EQ(good({{"OTEL_SDK_DISABLED", "FALSE"}}).exporter.kind, ExporterKind::otlp);
  warning("OTEL_SDK_DISABLED", "1");
  EXPECT_EQ(read({{"OTEL_SDK_DISABLED", "1"}}).options.exporter.kind, ExporterKind::otlp);
}

TEST(Environment, reads_samplers) {
  const std::pair<const char*, Sampler> cases[] = {
      {"always_on", Sampler::always_on()},
      {"always_off", Sampler::always_off()},
      {"traceidratio", Sampler::trace_id_ratio(0.25)},
      {"parentbased_always_on", Sampler::parent_based(Sampler::always_on())},
      {"parentbased_always_off", Sampler::parent_based(Sampler::always_off())},
      {"ParentBased_TraceIdRatio", Sampler::parent_based(Sampler::trace_id_ratio(0.25))}};
  for (const auto& [name, sampler] : cases) {
    const Options options =
        good({{"OTEL_TRACES_SAMPLER", name}, {"OTEL_TRACES_SAMPLER_ARG", "0.25"}});
    EXPECT_EQ(options.sampler.description(), sampler.description());
    EXPECT_EQ(options.sampler.rules(), sampler.rules());
  }
}

TEST(Environment, sampler_argument_defaults_to_one_and_needs_a_sampler) {
  EXPECT_EQ(good({{"OTEL_TRACES_SAMPLER", "traceidratio"}}).sampler.description(),
            "TraceIdRatioBased{1}");
  EXPECT_EQ(good({{"OTEL_TRACES_SAMPLER_ARG", "bad"}}).sampler.description(),
            Options().sampler.description());
  for (const char* ratio : {"bad", "1.1", "-0.1", "nan", "0.5x", " "}) {
    const Reading reading =
        read({{"OTEL_TRACES_SAMPLER", "traceidratio"}, {"OTEL_TRACES_SAMPLER_ARG", ratio}});
    EXPECT_EQ(reading.warnings.size(), 1u) << ratio;
    EXPECT_EQ(reading.options.sampler.description(), "TraceIdRatioBased{1}") << ratio;
  }
  warning("OTEL_TRACES_SAMPLER", "jaeger_remote");
}

TEST(Environment, reads_limits_specific_before_general) {
  const SpanLimits limits = good({{"OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "1"},
                                  {"OTEL_ATTRIBUTE_COUNT_LIMIT", "99"},
                                  {"OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", "2"},
                                  {"OTEL_SPAN_EVENT_COUNT_LIMIT", "3"},
                                  {"OTEL_SPAN_LINK_COUNT_LIMIT", "4"},
                                  {"OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT", "5"},
                                  {"OTEL_LINK_ATTRIBUTE_COUNT_LIMIT", "0"}})
                                .limits;
  EXPECT_EQ(limits.attributes_max, 1u);
  EXPECT_EQ(limits.attribute_value_length_max, 2u);
  EXPECT_EQ(limits.events_max, 3u);
  EXPECT_EQ(limits.links_max, 4u);
  EXPECT_EQ(limits.attributes_per_event_max, 5u);
  EXPECT_EQ(limits.attributes_per_link_max, 0u);
  EXPECT_EQ(good({{"OTEL_ATTRIBUTE_COUNT_LIMIT", "7"}}).limits.attributes_max, 7u);
}

TEST(Environment, numbers_that_are_none_or_out_of_range_are_ignored) {
  for (const char* value :
       {"-1", "2147483648", "99999999999999999999", "1.5", "1x", " 1", "+1", "x"}) {
    warning("OTEL_SPAN_EVENT_COUNT_LIMIT", value);
    EXPECT_EQ(read({{"OTEL_SPAN_EVENT_COUNT_LIMIT", value}}).options.limits.events_max, 128u);
  }
  EXPECT_EQ(good({{"OTEL_SPAN_EVENT_COUNT_LIMIT", "2147483647"}}).limits.events_max, 2147483647u);
  warning("OTEL_EXPORTER_OTLP_TIMEOUT", "3600001");
  warning("OTEL_BSP_SCHEDULE_DELAY", "-5");
  warning("OTEL_BSP_MAX_QUEUE_SIZE", "0");
  warning("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "0");
}

TEST(Environment, reads_batch_settings) {
  const Options options = good({{"OTEL_BSP_SCHEDULE_DELAY", "250"},
                                {"OTEL_BSP_EXPORT_TIMEOUT", "30000"},
                                {"OTEL_BSP_MAX_QUEUE_SIZE", "2048"},
                                {"OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "512"}});
  EXPECT_EQ(options.batch.delay_max, milliseconds(250));
  EXPECT_EQ(options.exporter.retry_time_max, milliseconds(30'000));
  EXPECT_EQ(options.batch.queue_spans_max, 2048u);
  EXPECT_EQ(options.batch.spans_max, 512u);
  EXPECT_EQ(
      good({{"OTEL_BSP_EXPORT_TIMEOUT", "0"}}, {.exporter = {.retry_time_max = milliseconds(1)}})
          .exporter.retry_time_max,
      std::nullopt);
}

TEST(Environment, batch_never_exceeds_the_queue) {
  const Options queue_alone = good({{"OTEL_BSP_MAX_QUEUE_SIZE", "2048"}});
  EXPECT_EQ(queue_alone.batch.spans_max, 2048u);
  EXPECT_TRUE(validate(queue_alone));

  const Reading both =
      read({{"OTEL_BSP_MAX_QUEUE_SIZE", "100"}, {"OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "101"}});
  EXPECT_EQ(both.options.batch.spans_max, 100u);
  EXPECT_EQ(both.warnings.size(), 1u);
}

TEST(Environment, code_wins_over_resource_variables_and_the_service_name_over_the_list) {
  const Options options = good({{"OTEL_RESOURCE_ATTRIBUTES", "a=1,b=%E2%82%AC,service.name=list"},
                                {"OTEL_SERVICE_NAME", "name"}},
                               {.resource = {{"a", "code"}}});
  EXPECT_EQ(resource_value(options, "a"), "code");
  EXPECT_EQ(resource_value(options, "b"), "\xe2\x82\xac");
  EXPECT_EQ(resource_value(options, "service.name"), "name");
  const Options named =
      good({{"OTEL_SERVICE_NAME", "name"}}, {.resource = {{"service.name", "code"}}});
  EXPECT_EQ(resource_value(named, "service.name"), "code");
}

TEST(Environment, malformed_resource_attributes_are_discarded_whole) {
  for (const char* value : {"a=1,b", "a=1,=2", "a=1,b=%zz"}) {
    warning("OTEL_RESOURCE_ATTRIBUTES", value);
    EXPECT_TRUE(read({{"OTEL_RESOURCE_ATTRIBUTES", value}}).options.resource.empty()) << value;
  }
}

TEST(Environment, log_level_filters_the_default_handler) {
  const auto printed = [](const char* level) {
    Wording wording;
    const Options options = read_environment(
        {},
        [&](std::string_view name) {
          return name == "OTEL_LOG_LEVEL" ? std::optional<std::string>(level) : std::nullopt;
        },
        wording);
    if (!options.log_handler) return std::string("(silent)");
    testing::internal::CaptureStderr();
    options.log_handler(Severity::debug, "d");
    options.log_handler(Severity::info, "i");
    options.log_handler(Severity::warning, "w");
    options.log_handler(Severity::error, "e");
    return testing::internal::GetCapturedStderr();
  };
  EXPECT_EQ(printed("none"), "(silent)");
  EXPECT_EQ(printed("error"), "cero: error: e\n");
  EXPECT_EQ(printed("WARN"), "cero: warning: w\ncero: error: e\n");
  EXPECT_EQ(printed("info"), "cero: info: i\ncero: warning: w\ncero: error: e\n");
  EXPECT_EQ(printed("debug"), "cero: debug: d\ncero: info: i\ncero: warning: w\ncero: error: e\n");
  EXPECT_EQ(printed(""), "cero: warning: w\ncero: error: e\n");
}

TEST(Environment, debug_gives_another_handler_debug_lines_on_top) {
  const auto lowest = [](const char* level) {
    return lowest_severity(read({{"OTEL_LOG_LEVEL", level}}).options.log_handler);
  };
  EXPECT_EQ(lowest("debug"), Severity::debug);
  EXPECT_EQ(lowest("info"), Severity::info);
  EXPECT_EQ(lowest("error"), Severity::info) << "it may filter by itself";
}

TEST(Environment, log_level_leaves_another_handler_alone) {
  const Reading reading = read({{"OTEL_LOG_LEVEL", "none"}, {"OTEL_BSP_SCHEDULE_DELAY", "x"}});
  EXPECT_EQ(reading.warnings.size(), 1u);
}

TEST(Environment, null_handler_is_told_nothing) {
  Wording wording;
  const Options options = read_environment(
      {.log_handler = nullptr}, [](std::string_view) { return std::optional<std::string>("bad"); },
      wording);
  EXPECT_EQ(options.log_handler, nullptr);
}

TEST(Environment, reads_the_variables_of_the_process) {
  EXPECT_TRUE(process_variable("PATH").has_value());
  EXPECT_EQ(process_variable("CERO_NO_SUCH_VARIABLE"), std::nullopt);
}

TEST(Environment, random_values_never_make_numbers_invalid) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const char* names[] = {"OTEL_BSP_SCHEDULE_DELAY",    "OTEL_BSP_EXPORT_TIMEOUT",
                         "OTEL_BSP_MAX_QUEUE_SIZE",    "OTEL_BSP_MAX_EXPORT_BATCH_SIZE",
                         "OTEL_EXPORTER_OTLP_TIMEOUT", "OTEL_EXPORTER_OTLP_COMPRESSION",
                         "OTEL_TRACES_SAMPLER_ARG",    "OTEL_SPAN_LINK_COUNT_LIMIT"};
  const char* values[] = {"0",          "1",  "100", "4096", "5000000",
                          "2147483647", "-1", "x",   "gzip", "none"};
  for (int round = 0; round < 2000; ++round) {
    Variables variables = {{"OTEL_TRACES_SAMPLER", "traceidratio"}};
    for (const char* name : names) {
      if (random() % 2 == 0) variables[name] = values[random() % std::size(values)];
    }
    const Result<ValidOptions> result = validate(read(variables).options);
    ASSERT_TRUE(result) << result.error().message();
  }
}

}  // namespace
}  // namespace cero::core

// Goal: each standard variable reaches its option, bad ones are reported and ignored, and what they
// yield is valid.
// Method: an environment that is a map, and a log handler that keeps what it is told.
#include "config/environment.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "compress/zstd_compressor.h"
#include "config/valid_options.h"

namespace cero::core {
namespace {

using std::chrono::milliseconds;
using Variables = std::map<std::string, std::string, std::less<>>;

struct Reading {
  Options options;
  std::vector<std::string> warnings;
};

Reading read(const Variables& variables, Options defaults = {}) {
  auto warnings = std::make_shared<std::vector<std::string>>();
  defaults.log_handler = [warnings](Severity severity, std::string_view message) {
    EXPECT_EQ(severity, Severity::warning);
    warnings->emplace_back(message);
  };
  Options options = read_environment(
      std::move(defaults), [&](std::string_view name) -> std::optional<std::string> {
        const auto found = variables.find(name);
        return found == variables.end() ? std::nullopt : std::optional(found->second);
      });
  return {std::move(options), *warnings};
}

// The options, when all of the variables are good.
Options good(const Variables& variables, Options defaults = {}) {
  const Reading reading = read(variables, std::move(defaults));
  EXPECT_EQ(reading.warnings, std::vector<std::string>{});
  return reading.options;
}

// The one warning of one bad variable, which must name it.
std::string warning(const std::string& name, const std::string& value) {
  const Reading reading = read({{name, value}});
  EXPECT_EQ(reading.warnings.size(), 1u) << name << "=" << value;
  if (reading.warnings.empty()) return "";
  EXPECT_TRUE(reading.warnings[0].starts_with(name)) << reading.warnings[0];
  return reading.warnings[0];
}

std::string resource_value(const Options& options, std::string_view key) {
  std::string value = "(none)";
  for (const OwnedAttribute& attribute : options.resource) {
    if (attribute.key == key) value = std::get<std::string>(attribute.value.variant());
  }
  return value;
}

using Headers = std::vector<std::pair<std::string, std::string>>;
Headers headers(const Options& options) {
  Headers list;
  for (const Header& header : options.exporter.headers) {
    list.emplace_back(header.name(), header.value().value_or("(null)"));
  }
  return list;
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

TEST(Environment, base_endpoint_gets_the_traces_path) {
  const std::pair<const char*, const char*> cases[] = {
      {"http://host:4318", "http://host:4318/v1/traces"},
      {"http://host:4318/", "http://host:4318/v1/traces"},
      {"https://host/base", "https://host/base/v1/traces"},
      {"https://host/base/", "https://host/base/v1/traces"},
      {"https://host/base?key=1", "https://host/base/v1/traces?key=1"},
      {"unix:///run/otel.sock", "unix:///run/otel.sock"},
      {"unix:///run/otel.sock:/base", "unix:///run/otel.sock:/base/v1/traces"}};
  for (const auto& [base, expected] : cases) {
    EXPECT_EQ(good({{"OTEL_EXPORTER_OTLP_ENDPOINT", base}}).exporter.endpoint, expected);
  }
}

TEST(Environment, traces_endpoint_is_taken_as_it_stands_and_wins) {
  for (const char* url : {"http://host:4318", "http://host/custom/", "http://host/v1/traces?x"}) {
    EXPECT_EQ(good({{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://other"},
                    {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", url}})
                  .exporter.endpoint,
              url);
  }
}

TEST(Environment, headers_are_decoded_and_replaced_by_name) {
  const Options options = good(
      {{"OTEL_EXPORTER_OTLP_HEADERS", "api-key=a%20b, Accept = */*,x=1=2"}},
      {.exporter = {.headers = {{"Api-Key", static_cast<const char*>(nullptr)}, {"mine", "1"}}}});
  EXPECT_EQ(headers(options),
            (Headers{{"mine", "1"}, {"api-key", "a b"}, {"Accept", "*/*"}, {"x", "1=2"}}));
}

TEST(Environment, traces_headers_win_as_a_whole) {
  EXPECT_EQ(headers(good({{"OTEL_EXPORTER_OTLP_HEADERS", "a=1,b=2"},
                          {"OTEL_EXPORTER_OTLP_TRACES_HEADERS", "a=3"}})),
            (Headers{{"a", "3"}}));
}

TEST(Environment, malformed_headers_are_ignored_without_showing_them) {
  const std::string message = warning("OTEL_EXPORTER_OTLP_HEADERS", "key=secret,secret");
  EXPECT_EQ(message.find("secret"), std::string::npos) << message;
  EXPECT_TRUE(
      read({{"OTEL_EXPORTER_OTLP_HEADERS", "key=secret,secret"}}).options.exporter.headers.empty());
}

TEST(Environment, exporter_settings_have_a_general_and_a_traces_form) {
  for (const char* prefix : {"OTEL_EXPORTER_OTLP_", "OTEL_EXPORTER_OTLP_TRACES_"}) {
    const std::string p = prefix;
    const Exporter exporter = good({{p + "COMPRESSION", "GZIP"},
                                    {p + "TIMEOUT", "0"},
                                    {p + "PROTOCOL", "http/protobuf"},
                                    {p + "CERTIFICATE", "/ca"},
                                    {p + "CLIENT_CERTIFICATE", "/cert"},
                                    {p + "CLIENT_KEY", "/key"}})
                                  .exporter;
    EXPECT_EQ(exporter.compression, Compression::gzip);
    EXPECT_EQ(exporter.timeout, milliseconds(0));
    EXPECT_EQ(exporter.ca_certificate_file, "/ca");
    EXPECT_EQ(exporter.client_certificate_file, "/cert");
    EXPECT_EQ(exporter.client_key_file, "/key");
  }
  EXPECT_EQ(good({{"OTEL_EXPORTER_OTLP_TIMEOUT", "1"}, {"OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "2"}})
                .exporter.timeout,
            milliseconds(2));
}

TEST(Environment, general_form_counts_when_the_traces_form_is_bad) {
  const Reading reading =
      read({{"OTEL_EXPORTER_OTLP_TIMEOUT", "1"}, {"OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "x"}});
  EXPECT_EQ(reading.options.exporter.timeout, milliseconds(1));
  EXPECT_EQ(reading.warnings.size(), 1u);
}

TEST(Environment, compression_none_takes_the_level_with_it) {
  const Options options =
      good({{"OTEL_EXPORTER_OTLP_COMPRESSION", "none"}},
           {.exporter = {.compression = Compression::gzip, .compression_level = 6}});
  EXPECT_EQ(options.exporter.compression, Compression::none);
  EXPECT_TRUE(validate(options));
}

TEST(Environment, a_level_stays_with_the_compression_it_was_given_for) {
  const Options gzip{.exporter = {.compression = Compression::gzip, .compression_level = 6}};
  EXPECT_EQ(good({{"OTEL_EXPORTER_OTLP_COMPRESSION", "gzip"}}, gzip).exporter.compression_level, 6);
  if (!has_zstd()) GTEST_SKIP() << "built without libzstd";
  EXPECT_FALSE(good({{"OTEL_EXPORTER_OTLP_COMPRESSION", "zstd"}}, gzip).exporter.compression_level);
}

TEST(Environment, zstd_is_a_compression_where_it_is_built_in) {
  if (has_zstd()) {
    EXPECT_EQ(good({{"OTEL_EXPORTER_OTLP_COMPRESSION", "zstd"}}).exporter.compression,
              Compression::zstd);
  } else {
    EXPECT_NE(warning("OTEL_EXPORTER_OTLP_COMPRESSION", "zstd").find("supported are: none, gzip"),
              std::string::npos);
  }
}

TEST(Environment, chooses_the_protocol) {
  EXPECT_EQ(good({{"OTEL_EXPORTER_OTLP_PROTOCOL", "gRPC"}}).exporter.protocol, Protocol::grpc);
  EXPECT_EQ(good({{"OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"},
                  {"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "http/protobuf"}})
                .exporter.protocol,
            Protocol::http_protobuf);
  EXPECT_EQ(good({{"OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"}},
                 {.exporter = {.protocol = Protocol::grpc}})
                .exporter.protocol,
            Protocol::http_protobuf);
}

TEST(Environment, other_protocols_are_refused_with_what_there_is) {
  for (const char* protocol : {"http/json", "carrier pigeon"}) {
    const std::string said = warning("OTEL_EXPORTER_OTLP_PROTOCOL", protocol);
    EXPECT_NE(said.find("supported are: http/protobuf, grpc"), std::string::npos) << said;
    EXPECT_NE(said.find(protocol), std::string::npos) << said;
  }
}

TEST(Environment, grpc_endpoints_get_no_path) {
  const std::string general = "OTEL_EXPORTER_OTLP_";
  EXPECT_EQ(good({{general + "PROTOCOL", "grpc"}, {general + "ENDPOINT", "https://host:4317"}})
                .exporter.endpoint,
            "https://host:4317");
  EXPECT_EQ(good({{general + "TRACES_PROTOCOL", "grpc"},
                  {general + "ENDPOINT", "http://other"},
                  {general + "TRACES_ENDPOINT", "http://host:1/"}})
                .exporter.endpoint,
            "http://host:1/");
}

TEST(Environment, grpc_endpoints_without_a_scheme_are_secure_unless_told_otherwise) {
  const auto endpoint = [](Variables variables) {
    variables["OTEL_EXPORTER_OTLP_PROTOCOL"] = "grpc";
    return good(variables).exporter.endpoint;
  };
  const std::string general = "OTEL_EXPORTER_OTLP_";
  EXPECT_EQ(endpoint({{general + "ENDPOINT", "host:4317"}}), "https://host:4317");
  EXPECT_EQ(endpoint({{general + "ENDPOINT", "unix:/run/otel.sock"}}), "unix:/run/otel.sock");
  EXPECT_EQ(endpoint({{general + "ENDPOINT", "host:4317"}, {general + "INSECURE", "true"}}),
            "http://host:4317");
  EXPECT_EQ(endpoint({{general + "ENDPOINT", "host:4317"},
                      {general + "INSECURE", "true"},
                      {general + "TRACES_INSECURE", "false"}}),
            "https://host:4317");
  EXPECT_EQ(endpoint({{general + "ENDPOINT", "https://host:4317"}, {general + "INSECURE", "true"}}),
            "https://host:4317")
      << "a scheme says enough";
}

TEST(Environment, chooses_the_exporter) {
  EXPECT_EQ(good({{"OTEL_TRACES_EXPORTER", "console"}}).exporter.kind, ExporterKind::console);
  EXPECT_EQ(good({{"OTEL_TRACES_EXPORTER", "None"}}).exporter.kind, ExporterKind::none);
  EXPECT_EQ(good({{"OTEL_TRACES_EXPORTER", "otlp"}}, {.exporter = Console{}}).exporter.kind,
            ExporterKind::otlp);
  EXPECT_EQ(good({}, {.exporter = Console{}}).exporter.kind, ExporterKind::console);
  EXPECT_NE(warning("OTEL_TRACES_EXPORTER", "zipkin").find("otlp, console, none"),
            std::string::npos);
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
    const Options options = read_environment({}, [&](std::string_view name) {
      return name == "OTEL_LOG_LEVEL" ? std::optional<std::string>(level) : std::nullopt;
    });
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

TEST(Environment, log_level_leaves_another_handler_alone) {
  const Reading reading = read({{"OTEL_LOG_LEVEL", "none"}, {"OTEL_BSP_SCHEDULE_DELAY", "x"}});
  EXPECT_EQ(reading.warnings.size(), 1u);
}

TEST(Environment, null_handler_is_told_nothing) {
  const Options options = read_environment(
      {.log_handler = nullptr}, [](std::string_view) { return std::optional<std::string>("bad"); });
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

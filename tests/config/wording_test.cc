// Goal: a text about an option speaks as the user did who set it: in C++, in Python, by a variable.
#include "config/wording.h"

#include <gtest/gtest.h>

#include <map>

#include "config/environment.h"
#include "config/valid_options.h"

namespace cero::core {
namespace {

using std::chrono::milliseconds;

std::string problems(Options options, const Wording& wording) {
  const auto valid = validate(std::move(options), wording);
  return valid ? "" : valid.error().message();
}

TEST(Wording, names_an_option_as_its_interface_does) {
  EXPECT_EQ(Wording().name("batch.delay_max"), "batch.delay_max");
  EXPECT_EQ(Wording(Interface::python).name("batch.delay_max"), "batch_delay_max");
  EXPECT_EQ(Wording(Interface::python).name("limits.events_max"), "span_limits.events_max");
  EXPECT_EQ(Wording(Interface::python).name("log_handler"), "log_handler") << "has no keyword";
}

TEST(Wording, names_the_variable_before_the_option) {
  for (const auto& [interface, name] : {std::pair(Interface::cpp, "batch.delay_max"),
                                        std::pair(Interface::python, "batch_delay_max")}) {
    Wording wording(interface);
    wording.set_by("OTEL_BSP_SCHEDULE_DELAY", "batch.delay_max");
    EXPECT_EQ(wording.name("batch.delay_max"),
              std::string("OTEL_BSP_SCHEDULE_DELAY (") + name + ")");
    EXPECT_EQ(wording.name("batch.spans_max").find("OTEL"), std::string::npos);
  }
}

TEST(Wording, rewords_the_names_in_a_text) {
  const std::string text =
      "lower batch.bytes_max, or exporter.endpoint. A span (span_bytes_max) of the exporter, "
      "exporter.more_endpoints[0].url: limits.events_max...";
  EXPECT_EQ(Wording().in_text(text), text);
  EXPECT_EQ(Wording(Interface::python).in_text(text),
            "lower batch_bytes_max, or endpoint. A span (span_bytes_max) of the exporter, "
            "more_endpoints[0].url: span_limits.events_max...");
  Wording wording;
  wording.set_by("OTEL_EXPORTER_OTLP_ENDPOINT", "exporter.endpoint");
  wording.set_by("OTEL_SPAN_EVENT_COUNT_LIMIT", "limits.events_max");
  wording.set_by("OTEL_BSP_MAX_QUEUE_SIZE", "batch.queue_spans_max");
  wording.set_by("OTEL_TRACES_SAMPLER", "sampler");
  EXPECT_EQ(wording.in_text("exporter.endpoint. a.exporter.endpoint, limits.events_max"),
            "OTEL_EXPORTER_OTLP_ENDPOINT (exporter.endpoint). a.exporter.endpoint, "
            "OTEL_SPAN_EVENT_COUNT_LIMIT (limits.events_max)");
  EXPECT_EQ(wording.in_text("queue_spans_max was full"),
            "OTEL_BSP_MAX_QUEUE_SIZE (batch.queue_spans_max) was full");
  EXPECT_EQ(wording.in_text("that endpoint, a sampler"), "that endpoint, a sampler");
  EXPECT_EQ(wording.in_text(""), "");
}

TEST(Wording, tells_parts_of_an_option_apart) {
  Wording wording;
  wording.set_by("OTEL_EXPORTER_OTLP_HEADERS", "exporter.headers", "[\"a\"]");
  EXPECT_EQ(wording.name("exporter.headers", "[\"a\"]"),
            "OTEL_EXPORTER_OTLP_HEADERS (exporter.headers[\"a\"])");
  EXPECT_EQ(wording.name("exporter.headers", "[\"b\"]"), "exporter.headers[\"b\"]");
}

TEST(Wording, writes_values_as_they_were_set) {
  const Wording cpp;
  const Wording python(Interface::python);
  Wording variable(Interface::python);
  variable.set_by("OTEL_BSP_SCHEDULE_DELAY", "batch.delay_max");
  variable.set_by("OTEL_EXPORTER_OTLP_PROTOCOL", "exporter.protocol");
  EXPECT_EQ(cpp.value("batch.delay_max", milliseconds(1500)), "1500 ms");
  EXPECT_EQ(python.value("batch.delay_max", milliseconds(1500)), "1.5 s");
  EXPECT_EQ(variable.value("batch.delay_max", milliseconds(1500)), "1500 ms");
  EXPECT_EQ(cpp.value("exporter.protocol", Protocol::http_protobuf), "http_protobuf");
  EXPECT_EQ(python.value("exporter.protocol", Protocol::http_protobuf), "http/protobuf");
  EXPECT_EQ(variable.value("exporter.protocol", Protocol::http_protobuf), "http/protobuf");
}

// Once, names were replaced in the finished text, in the user's own URL too.
TEST(Wording, leaves_the_users_own_text_as_it_is) {
  const Wording python(Interface::python);
  const Options options{
      .exporter = {.endpoint = "http://exporter.batch.limits.example:99999/http_protobuf"}};
  EXPECT_NE(problems(options, python)
                .find("endpoint is \"http://exporter.batch.limits.example:99999/http_protobuf\""),
            std::string::npos)
      << problems(options, python);
}

TEST(Wording, is_that_of_every_problem) {
  Options options;
  options.exporter.endpoint = "nonsense";
  options.exporter.more_endpoints = {{.url = "worse", .headers = {{"a b", "1"}}}};
  options.exporter.timeout = milliseconds(-1);
  options.exporter.retry_delay_initial = milliseconds(2000);
  options.exporter.retry_delay_max = milliseconds(1500);
  options.exporter.compression_level = 3;
  options.exporter.client_key_file = "/";
  options.batch.spans_max = 10;
  options.batch.queue_spans_max = 9;
  options.memory_max = uint64_t{17} << 20;
  Wording wording(Interface::python);
  wording.set_by("OTEL_BSP_MAX_QUEUE_SIZE", "batch.queue_spans_max");
  const std::string message = problems(options, wording);
  for (const char* line :
       {"\n  endpoint is \"nonsense\"", "\n  more_endpoints[0].url is \"worse\"",
        "\n  more_endpoints[0].headers[0] has the name", "\n  timeout is -0.001 s: choose from 0 s",
        "\n  retry_delay_initial is 2 s, more than retry_delay_max, 1.5 s",
        "\n  compression_level is 3, but compression is none",
        "name its client_certificate_file too",
        "\n  OTEL_BSP_MAX_QUEUE_SIZE (queue_spans_max) is 9, less than batch_spans_max, 10",
        "\n  memory_max is 17825792, but", "for requests (batch_bytes_max)"}) {
    EXPECT_NE(message.find(line), std::string::npos) << line << "\nis not in:\n" << message;
  }
  for (const char* word : {"exporter.", "batch.", "limits."}) {
    EXPECT_EQ(message.find(word), std::string::npos) << word << "\nis in:\n" << message;
  }
}

Options from(const std::map<std::string, std::string, std::less<>>& variables, Wording& wording,
             Options defaults = {}) {
  return read_environment(
      std::move(defaults),
      [&](std::string_view name) -> std::optional<std::string> {
        const auto found = variables.find(name);
        return found == variables.end() ? std::nullopt : std::optional(found->second);
      },
      wording);
}

TEST(Wording, shows_a_url_as_it_was_written) {
  Wording wording;
  const Options http = from({{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://h:99999"}}, wording);
  EXPECT_EQ(http.exporter.endpoint, "http://h:99999/v1/traces");
  EXPECT_NE(problems(http, wording)
                .find("OTEL_EXPORTER_OTLP_ENDPOINT (exporter.endpoint) is \"http://h:99999\": "),
            std::string::npos)
      << problems(http, wording);
  Wording of_grpc;
  const Options grpc = from({{"OTEL_EXPORTER_OTLP_ENDPOINT", "h:99999"}}, of_grpc,
                            {.exporter = {.protocol = Protocol::grpc}});
  EXPECT_NE(problems(grpc, of_grpc).find("is \"h:99999\": its port"), std::string::npos)
      << problems(grpc, of_grpc);
}

TEST(Wording, names_the_option_of_a_header_that_no_variable_has_set) {
  Wording wording;
  const Options options = from({{"OTEL_EXPORTER_OTLP_HEADERS", "a=1"}}, wording,
                               {.exporter = {.headers = {{"b c", "hunter2"}}}});
  EXPECT_EQ(problems(options, wording),
            "an option is wrong:\n  exporter.headers[0] has the name \"b\"...: use letters, digits "
            "and the marks of a header name");
}

}  // namespace
}  // namespace cero::core

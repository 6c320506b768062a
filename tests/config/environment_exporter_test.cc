// Goal: each standard variable of an exporter reaches its option, the traces form before the
// general one; bad ones are reported and ignored, and no value of a header is shown. Method: an
// environment that is a map, and a log handler that keeps what it is told.
#include <gtest/gtest.h>

#include "compress/zstd_compressor.h"
#include "config/environment_harness.h"
#include "config/valid_options.h"

namespace cero::core {
namespace {

using std::chrono::milliseconds;

using Headers = std::vector<std::pair<std::string, std::string>>;
Headers headers(const Options& options) {
  Headers list;
  for (const Header& header : options.exporter.headers) {
    list.emplace_back(header.name(), header.value().value_or("(null)"));
  }
  return list;
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

TEST(Environment, a_malformed_header_is_named_by_its_place_and_the_others_count) {
  const Reading reading =
      read({{"OTEL_EXPORTER_OTLP_HEADERS", "x=1,secret,api-key=secret,=secret"}});
  EXPECT_EQ(headers(reading.options), (Headers{{"x", "1"}, {"api-key", "secret"}}));
  EXPECT_EQ(reading.warnings,
            (std::vector<std::string>{
                "OTEL_EXPORTER_OTLP_HEADERS (exporter.headers): entry 2 is ignored, the others "
                "count: name=value is expected",
                "OTEL_EXPORTER_OTLP_HEADERS (exporter.headers): entry 4 is ignored, the others "
                "count: name=value is expected"}));
}

TEST(Environment, headers_of_which_none_can_be_read_are_ignored_without_showing_them) {
  const std::string message = warning("OTEL_EXPORTER_OTLP_HEADERS", "secret,=secret");
  EXPECT_EQ(message.find("secret"), std::string::npos) << message;
  const Reading reading = read(
      {{"OTEL_EXPORTER_OTLP_TRACES_HEADERS", "secret"}, {"OTEL_EXPORTER_OTLP_HEADERS", "a=1"}});
  EXPECT_EQ(headers(reading.options), (Headers{{"a", "1"}}));
}

TEST(Environment, a_header_that_cannot_be_sent_is_named_by_its_place_and_the_others_count) {
  const std::string bad_name = "its name has something else";
  const std::string bad_value = "its value has a line break";
  const struct {
    std::string entry;
    std::string why;
  } cases[] = {{"x y=SEKRET", bad_name},          {"\"api-key=SEKRET\"", bad_name},
               {"api-key: SEKRET=", bad_name},    {"SEKRET%0d%0ax=1", bad_name},
               {"f=SEKRET%0d%0aX: 1", bad_value}, {"f=SEKRET\n", bad_value},
               {"f=SEKRET%00", bad_value}};
  for (const auto& [entry, why] : cases) {
    const Reading reading = read({{"OTEL_EXPORTER_OTLP_HEADERS", "a=1," + entry + ",broken,b=2"}});
    EXPECT_EQ(headers(reading.options), (Headers{{"a", "1"}, {"b", "2"}})) << entry;
    EXPECT_TRUE(validate(reading.options, reading.wording)) << entry;
    ASSERT_EQ(reading.warnings.size(), 2u) << entry;
    EXPECT_NE(reading.warnings[0].find("entry 2 is ignored, the others count: " + why),
              std::string::npos)
        << reading.warnings[0];
    EXPECT_EQ(reading.warnings[0].find("SEKRET"), std::string::npos) << reading.warnings[0];
    EXPECT_NE(reading.warnings[1].find("entry 3"), std::string::npos) << reading.warnings[1];

    const std::string alone = warning("OTEL_EXPORTER_OTLP_HEADERS", entry);
    EXPECT_NE(alone.find("entry 1: " + why), std::string::npos) << alone;
    EXPECT_EQ(alone.find("SEKRET"), std::string::npos) << alone;
  }
}

TEST(Environment, a_header_that_cero_sets_itself_is_ignored_and_the_others_count) {
  for (const char* name : {"content-type", "Content-Type", "Content-Encoding", "content-length",
                           "Transfer-Encoding"}) {
    const Reading reading =
        read({{"OTEL_EXPORTER_OTLP_HEADERS", std::string("api-key=k,") + name + "=secret"}});
    EXPECT_EQ(headers(reading.options), (Headers{{"api-key", "k"}}));
    EXPECT_EQ(reading.warnings,
              std::vector<std::string>{std::string("OTEL_EXPORTER_OTLP_HEADERS (exporter.headers): "
                                                   "entry 2, ") +
                                       name +
                                       ", is ignored, the others count: cero sets that header "
                                       "itself"});
    EXPECT_TRUE(validate(reading.options, reading.wording));
  }
}

TEST(Environment, a_header_of_grpc_itself_is_ignored_with_grpc_alone) {
  for (const char* name : {"te", "grpc-timeout"}) {
    const Variables http = {{"OTEL_EXPORTER_OTLP_HEADERS", std::string(name) + "=1"}};
    EXPECT_EQ(headers(good(http)), (Headers{{name, "1"}}));
    Variables grpc = http;
    grpc["OTEL_EXPORTER_OTLP_PROTOCOL"] = "grpc";
    const Reading reading = read(grpc);
    EXPECT_EQ(headers(reading.options), Headers{});
    EXPECT_EQ(reading.warnings.size(), 1u);
  }
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

}  // namespace
}  // namespace cero::core

// The command line of cero-loadgen. Goal: each flag does what it says, each mistake is told with
// the option and the fix. Method: parse and look; the environment is this process's own.
#include "loadgen/options.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

namespace cero::loadgen {
namespace {

CommandLine parse(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "cero-loadgen");
  return parse_command_line(static_cast<int>(arguments.size()), arguments.data());
}

struct Mistake {
  std::vector<const char*> arguments;
  const char* fix;
};

TEST(LoadOptions, tells_each_mistake_with_its_option_and_the_fix) {
  const Mistake mistakes[] = {
      {{"--endpoint", "http://localhost:4318"}, "http://localhost:4318/v1/traces"},
      {{"--endpoint", "localhost:4318/v1/traces"}, "http://localhost:4318/v1/traces"},
      {{"--endpoint", "ftp://localhost/v1/traces"}, "scheme http or https"},
      {{"--endpoint", "http:///v1/traces"}, "no host"},
      {{"--rate", "0"}, "max"},
      {{"--rate", "fast"}, "max"},
      {{"--rate", "10x"}, "max"},
      {{"--compression", "zip"}, "gzip:LEVEL"},
      {{"--compression", "gzip:0"}, "1 (fast) to 12 (small)"},
      {{"--compression", "gzip:13"}, "1 (fast) to 12 (small)"},
      {{"--compression", "gzip:"}, "1 (fast) to 12 (small)"},
      {{"--compression", "none:1"}, "none, gzip"},
      {{"--compression", "zstd:-8"}, "-7 (fast) to 12 (small)"},
      {{"--compression", "zstd:x"}, "-7 (fast) to 12 (small)"},
      {{"--http", "3"}, "h2c"},
      {{"--protocol", "http/json"}, "http/protobuf"},
      {{"--header", "no-value"}, "key=value"},
      {{"--header", "=value"}, "key=value"},
      {{"--resource", "=value"}, "key=value"},
      {{"--threads", "0"}, "1 to 4096"},
      {{"--forks", "1001"}, "0 to 1000"},
      {{"--seconds", "-1"}, "0.01"},
      {{"--attributes", "129"}, "0 to 128"},
      {{"--spans-per-trace", "0"}, "1 to 100000"},
      {{"--cacert", "/no/such/file"}, "/no/such/file"},
      {{"--memory-max", "15"}, "16 to 262144"},
      {{"--memory-max", "64MiB"}, "--memory-max"},
      {{"--endpoint", "http://a/v1/traces", "--endpoint", "http://b"}, "http://b/v1/traces"},
  };
  for (const Mistake& mistake : mistakes) {
    const CommandLine line = parse(mistake.arguments);
    EXPECT_FALSE(line.options) << mistake.arguments[0] << ' ' << mistake.arguments[1];
    EXPECT_EQ(line.exit_code, 2) << mistake.arguments[0];
    EXPECT_NE(line.text.find(mistake.arguments[0]), std::string::npos) << line.text;
    EXPECT_NE(line.text.find(mistake.fix), std::string::npos) << line.text;
  }
}

TEST(LoadOptions, refuses_what_it_does_not_know) {
  EXPECT_EQ(parse({"--speed", "1"}).exit_code, 2);
  EXPECT_EQ(parse({"spans"}).exit_code, 2);
}

TEST(LoadOptions, help_names_every_flag_and_succeeds) {
  const CommandLine line = parse({"--help"});
  EXPECT_FALSE(line.options);
  EXPECT_EQ(line.exit_code, 0);
  for (const char* flag :
       {"--endpoint", "--rate", "--seconds", "--forks", "--threads", "--attributes",
        "--spans-per-trace", "--protocol", "--http", "--compression", "--header", "--resource",
        "--cacert", "--memory-max", "--seed", "--json"}) {
    EXPECT_NE(line.text.find(flag), std::string::npos) << flag;
  }
}

TEST(LoadOptions, takes_every_flag) {
  const CommandLine line = parse({"--endpoint",
                                  "https://host/any/path?x=1",
                                  "--rate",
                                  "2.5e5",
                                  "--seconds",
                                  "0.5",
                                  "--forks",
                                  "4",
                                  "--threads",
                                  "3",
                                  "--attributes",
                                  "12",
                                  "--spans-per-trace",
                                  "5",
                                  "--http",
                                  "2",
                                  "--compression",
                                  "gzip:6",
                                  "--header",
                                  "a=1",
                                  "--header",
                                  "b=2=3",
                                  "--resource",
                                  "service.name=me",
                                  "--seed",
                                  "99",
                                  "--json"});
  ASSERT_TRUE(line.options) << line.text;
  const LoadOptions& options = *line.options;
  const Exporter& exporter = options.provider.exporter;
  EXPECT_EQ(exporter.endpoint, "https://host/any/path?x=1");
  EXPECT_EQ(options.spans_per_second, 250'000);
  EXPECT_EQ(options.duration.count(), 0.5);
  EXPECT_EQ(options.forks, 4u);
  EXPECT_EQ(options.threads, 3u);
  EXPECT_EQ(options.attributes, 12u);
  EXPECT_EQ(options.spans_per_trace, 5u);
  EXPECT_EQ(exporter.http_version, HttpVersion::http2);
  EXPECT_EQ(exporter.compression, Compression::gzip);
  EXPECT_EQ(exporter.compression_level, 6);
  ASSERT_EQ(exporter.headers.size(), 2u);
  EXPECT_EQ(exporter.headers[1].name(), "b");
  EXPECT_EQ(exporter.headers[1].value(), "2=3");
  ASSERT_EQ(options.provider.resource.size(), 1u);
  EXPECT_EQ(options.seed, 99u);
  EXPECT_TRUE(options.json);
}

TEST(LoadOptions, takes_each_compression_with_or_without_a_level) {
  const auto exporter = [](const char* compression) {
    return parse({"--compression", compression}).options->provider.exporter;
  };
  EXPECT_EQ(exporter("none").compression, Compression::none);
  EXPECT_EQ(exporter("gzip").compression, Compression::gzip);
  EXPECT_FALSE(exporter("gzip").compression_level);
  EXPECT_EQ(exporter("zstd").compression, Compression::zstd);
  EXPECT_FALSE(exporter("zstd").compression_level);
  EXPECT_EQ(exporter("zstd:-1").compression, Compression::zstd);
  EXPECT_EQ(exporter("zstd:-1").compression_level, -1);
}

TEST(LoadOptions, takes_a_unix_socket_as_it_stands) {
  for (const char* protocol : {"http/protobuf", "grpc"}) {
    const CommandLine line = parse({"--endpoint", "unix:///run/otel.sock", "--protocol", protocol});
    ASSERT_TRUE(line.options) << line.text;
    EXPECT_EQ(line.options->provider.exporter.endpoint, "unix:///run/otel.sock");
  }
}

TEST(LoadOptions, takes_a_grpc_endpoint_without_a_path) {
  const CommandLine line = parse({"--protocol", "grpc", "--endpoint", "https://localhost:4317"});
  ASSERT_TRUE(line.options) << line.text;
  EXPECT_EQ(line.options->provider.exporter.protocol, Protocol::grpc);
  EXPECT_EQ(line.options->provider.exporter.endpoint, "https://localhost:4317");
  const auto& replaced = line.options->replaced_variables;
  EXPECT_EQ(std::count(replaced.begin(), replaced.end(), "OTEL_EXPORTER_OTLP_PROTOCOL"), 1);
  ::setenv("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc", 1);
  EXPECT_TRUE(parse({"--endpoint", "https://localhost:4317"}).options);
  EXPECT_FALSE(
      parse({"--endpoint", "https://localhost:4317", "--protocol", "http/protobuf"}).options);
  ::unsetenv("OTEL_EXPORTER_OTLP_PROTOCOL");
}

TEST(LoadOptions, takes_several_endpoints_and_the_headers_for_each) {
  const CommandLine line =
      parse({"--endpoint", "http://a/v1/traces", "--header", "k=v", "--endpoint",
             "http://b/v1/traces", "--endpoint", "unix:///run/otel.sock"});
  ASSERT_TRUE(line.options) << line.text;
  const Exporter& exporter = line.options->provider.exporter;
  EXPECT_EQ(exporter.endpoint, "http://a/v1/traces");
  ASSERT_EQ(exporter.more_endpoints.size(), 2u);
  EXPECT_EQ(exporter.more_endpoints[0].url, "http://b/v1/traces");
  EXPECT_EQ(exporter.more_endpoints[1].url, "unix:///run/otel.sock");
  for (const Endpoint& endpoint : exporter.more_endpoints) {
    ASSERT_EQ(endpoint.headers.size(), 1u);
    EXPECT_EQ(endpoint.headers[0].name(), "k");
    EXPECT_EQ(endpoint.headers[0].value(), "v");
  }
}

TEST(LoadOptions, takes_memory_max_in_mebibytes) {
  EXPECT_EQ(parse({"--memory-max", "64"}).options->provider.memory_max, uint64_t{64} << 20);
  EXPECT_FALSE(parse({}).options->provider.memory_max);
}

TEST(LoadOptions, max_is_no_rate) {
  const CommandLine line = parse({"--rate", "max"});
  ASSERT_TRUE(line.options);
  EXPECT_FALSE(line.options->spans_per_second);
}

TEST(LoadOptions, flags_replace_the_variables_that_say_the_same_and_no_others) {
  setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://elsewhere:1", 1);
  setenv("OTEL_EXPORTER_OTLP_TRACES_COMPRESSION", "gzip", 1);
  setenv("OTEL_EXPORTER_OTLP_HEADERS", "a=1", 1);
  CommandLine line = parse({"--endpoint", "http://host/v1/traces", "--compression", "none"});
  ASSERT_TRUE(line.options);
  prepare_environment(*line.options);
  EXPECT_EQ(std::getenv("OTEL_EXPORTER_OTLP_ENDPOINT"), nullptr);
  EXPECT_EQ(std::getenv("OTEL_EXPORTER_OTLP_TRACES_COMPRESSION"), nullptr);
  EXPECT_STREQ(std::getenv("OTEL_EXPORTER_OTLP_HEADERS"), "a=1");
  unsetenv("OTEL_EXPORTER_OTLP_HEADERS");
}

size_t service_names_given(std::vector<const char*> arguments) {
  CommandLine line = parse(std::move(arguments));
  prepare_environment(*line.options);
  const auto& resource = line.options->provider.resource;
  return static_cast<size_t>(std::count_if(
      resource.begin(), resource.end(),
      [](const OwnedAttribute& attribute) { return attribute.key == "service.name"; }));
}

TEST(LoadOptions, names_the_service_only_when_nothing_else_does) {
  unsetenv("OTEL_SERVICE_NAME");
  unsetenv("OTEL_RESOURCE_ATTRIBUTES");
  EXPECT_EQ(service_names_given({}), 1u);
  EXPECT_EQ(service_names_given({"--resource", "service.name=me"}), 1u);
  setenv("OTEL_RESOURCE_ATTRIBUTES", "a=b,service.name=me", 1);
  EXPECT_EQ(service_names_given({}), 0u);
  unsetenv("OTEL_RESOURCE_ATTRIBUTES");
  setenv("OTEL_SERVICE_NAME", "me", 1);
  EXPECT_EQ(service_names_given({}), 0u);
  unsetenv("OTEL_SERVICE_NAME");
}

}  // namespace
}  // namespace cero::loadgen

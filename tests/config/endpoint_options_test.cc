// Goal: every endpoint of an exporter is checked and completed like the first, under its own name.
#include "config/endpoint_options.h"

#include <gtest/gtest.h>

#include "cero/stats.h"
#include "config/valid_options.h"
#include "http/transport_check.h"

namespace cero::core {
namespace {

std::string problems(Exporter exporter) {
  const Result<ValidOptions> result = validate({.exporter = std::move(exporter)});
  return result ? "" : result.error().message();
}

testing::AssertionResult mentions(const std::string& text, std::string_view part) {
  if (text.find(part) != std::string::npos) return testing::AssertionSuccess();
  return testing::AssertionFailure() << text;
}

TEST(EndpointOptions, come_with_their_own_url_and_headers) {
  const auto valid = validate(
      {.exporter = {.endpoint = "http://a",
                    .headers = {{"key", "of a"}},
                    .more_endpoints = {{"https://b/path", {{"key", "of b"}}}, {"http://c:1", {}}},
                    .compression = Compression::gzip}});
  ASSERT_TRUE(valid);
  const std::vector<Exporter>& endpoints = valid->endpoints();
  ASSERT_EQ(endpoints.size(), 3u);
  EXPECT_EQ(endpoints[0].endpoint, "http://a/");
  EXPECT_EQ(endpoints[1].endpoint, "https://b/path");
  EXPECT_EQ(endpoints[2].endpoint, "http://c:1/");
  EXPECT_EQ(endpoints[0].headers.at(0).value(), "of a");
  EXPECT_EQ(endpoints[1].headers.at(0).value(), "of b");
  EXPECT_TRUE(endpoints[2].headers.empty()) << "a key is for one backend alone";
  for (const Exporter& endpoint : endpoints) EXPECT_EQ(endpoint.compression, Compression::gzip);
}

TEST(EndpointOptions, of_grpc_have_the_version_of_their_own_scheme) {
  const auto valid = validate({.exporter = {.endpoint = "https://a",
                                            .protocol = Protocol::grpc,
                                            .more_endpoints = {{"https://b:4317"}}}});
  ASSERT_TRUE(valid);
  const std::string path = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
  EXPECT_EQ(valid->endpoints()[0].endpoint, "https://a" + path);
  EXPECT_EQ(valid->endpoints()[1].endpoint, "https://b:4317" + path);
  for (const Exporter& endpoint : valid->endpoints())
    EXPECT_EQ(endpoint.http_version, HttpVersion::http2);
  const std::string mixed = problems(
      {.endpoint = "https://a", .protocol = Protocol::grpc, .more_endpoints = {{"http://b"}}});
  EXPECT_EQ(mixed.empty(), !grpc_problem(HttpVersion::h2c)) << mixed;
}

TEST(EndpointOptions, are_named_with_their_place) {
  const std::string message =
      problems({.endpoint = "http://a",
                .more_endpoints = {
                    {"http://b", {}},
                    {"c:4318", {{"Api-Key", static_cast<const char*>(nullptr)}, {"", "x"}}}}});
  EXPECT_TRUE(mentions(message, "3 options are wrong:"));
  EXPECT_TRUE(mentions(message, "\n  exporter.more_endpoints[1].url is \"c:4318\": it has no"));
  EXPECT_TRUE(mentions(message, "\n  exporter.more_endpoints[1].headers[\"Api-Key\"] has a null"));
  EXPECT_TRUE(mentions(message, "\n  exporter.more_endpoints[1].headers[1] has the name \"\""));
}

TEST(EndpointOptions, show_no_secret_of_any_of_them) {
  const std::string message = problems(
      {.more_endpoints = {{"http://user:secret@host/?token=secret", {{"key", "secret\n"}}}}});
  EXPECT_TRUE(mentions(message, "exporter.more_endpoints[0].url is \"http://...@host/?...\""));
  EXPECT_EQ(message.find("secret\n"), std::string::npos);
  EXPECT_EQ(message.find("secret@"), std::string::npos);
  EXPECT_EQ(message.find("token=secret"), std::string::npos);
}

TEST(EndpointOptions, must_suit_what_holds_for_all) {
  const std::string message = problems({.endpoint = "https://a",
                                        .more_endpoints = {{"http://b"}},
                                        .http_version = HttpVersion::http2});
  EXPECT_TRUE(mentions(
      message,
      "exporter.http_version is http2, but exporter.more_endpoints[0].url is \"http://b\""));
}

TEST(EndpointOptions, are_as_many_as_statistics_are_kept_for) {
  Exporter exporter;
  exporter.more_endpoints.assign(Stats::kEndpointsMax - 1, {"http://b"});
  EXPECT_EQ(problems(exporter), "");
  exporter.more_endpoints.push_back({"http://b"});
  EXPECT_TRUE(
      mentions(problems(exporter), "exporter.more_endpoints has 8 endpoints: name at most 7"));
}

}  // namespace
}  // namespace cero::core

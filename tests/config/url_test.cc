// Goal: endpoints that work are accepted, and each kind of mistake gets its own message.
// Method: tables; a seeded random pass that damages good URLs and checks the parts' consistency.
#include "config/url.h"

#include <gtest/gtest.h>

#include <random>

namespace cero::core {
namespace {

TEST(Url, parts_of_good_ones) {
  struct Case {
    std::string_view text;
    bool https;
    std::string_view host;
    uint16_t port;
    std::string_view rest;
  };
  for (const Case& good :
       {Case{"http://localhost:4318/v1/traces", false, "localhost", 4318, "/v1/traces"},
        Case{"https://a.b-c_d/x?y=1", true, "a.b-c_d", 443, "/x?y=1"},
        Case{"http://127.0.0.1", false, "127.0.0.1", 80, ""},
        Case{"http://127.0.0.1?x", false, "127.0.0.1", 80, "?x"},
        Case{"http://[::1]/", false, "[::1]", 80, "/"},
        Case{"HTTPS://[2001:db8::1]:65535/", true, "[2001:db8::1]", 65535, "/"},
        Case{"http://h/a@b:c", false, "h", 80, "/a@b:c"},
        Case{"http://h./", false, "h.", 80, "/"}}) {
    const Result<Url> url = parse_url(good.text);
    ASSERT_TRUE(url) << good.text << " " << url.error().message();
    EXPECT_EQ(url->https, good.https) << good.text;
    EXPECT_EQ(url->host, good.host) << good.text;
    EXPECT_EQ(url->port, good.port) << good.text;
    EXPECT_EQ(good.text.substr(url->path_at), good.rest) << good.text;
    EXPECT_EQ(url->path_empty, !good.rest.starts_with('/')) << good.text;
  }
}

TEST(Url, parts_of_a_unix_socket) {
  struct Case {
    std::string_view text;
    std::string_view socket_path;
    std::string_view rest;
  };
  const std::string longest = "/" + std::string(106, 's');
  const std::string longest_url = "unix://" + longest;
  for (const Case& good :
       {Case{"unix:///run/otel.sock", "/run/otel.sock", ""},
        Case{"unix:/run/otel.sock", "/run/otel.sock", ""}, Case{"UNIX:///run/a@b", "/run/a@b", ""},
        Case{"unix:///run/otel.sock:/v1/traces?a=:", "/run/otel.sock", "/v1/traces?a=:"},
        Case{longest_url, longest, ""}}) {
    const Result<Url> url = parse_url(good.text);
    ASSERT_TRUE(url) << good.text << " " << url.error().message();
    EXPECT_FALSE(url->https);
    EXPECT_EQ(url->socket_path, good.socket_path);
    EXPECT_EQ(url->host, "");
    EXPECT_EQ(good.text.substr(url->path_at), good.rest);
    EXPECT_EQ(url->path_empty, good.rest.empty());
  }
}

TEST(Url, each_mistake_has_its_message) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"", "empty"},
      {"localhost:4318", "no scheme"},
      {"//localhost", "no scheme"},
      {"/v1/traces", "no scheme"},
      {"grpc://localhost", "scheme is unknown"},
      {"://localhost", "scheme is unknown"},
      {"http://", "no host"},
      {"http:///v1/traces", "no host"},
      {"http://:4318", "no host"},
      {"http://?x", "no host"},
      {"http://user:secret@host/", "user name"},
      {"http://host/#part", "fragment"},
      {"http://ho st/", "spaces"},
      {"http://host/\n", "spaces"},
      {"http://h\xc3\xb6st/", "non-ASCII"},
      {"http://ho%73t/", "host is malformed"},
      {"http://a..b/", "host is malformed"},
      {"http://.a/", "host is malformed"},
      {"http://[::1", "host is malformed"},
      {"http://[]/", "host is malformed"},
      {"http://[::g]/", "host is malformed"},
      {"http://[127.0.0.1]/", "host is malformed"},
      {"http://[::1]x/", "host is malformed"},
      {"http://::1/", "no host"},
      {"http://host:/", "port is malformed"},
      {"http://host:0/", "port is malformed"},
      {"http://host:65536/", "port is malformed"},
      {"http://host:+1/", "port is malformed"},
      {"http://host:80x/", "port is malformed"},
      {"http://host:1:2/", "port is malformed"},
      {"unix:", "no absolute path"},
      {"unix://", "no absolute path"},
      {"unix:///", "no absolute path"},
      {"unix:run/otel.sock", "no absolute path"},
      {"unix://run/otel.sock", "no absolute path"},
      {"unix:///run/otel.sock:v1", "no slash"},
      {"unix:///run/otel%20.sock", "rename it"},
      {"unix:///run/otel.sock?a", "rename it"},
      {"unix:///run/otel.sock#a", "fragment"},
      {"unix:///run/otel .sock", "name the socket without them"},
  };
  for (const auto& [text, message] : cases) {
    const Result<Url> url = parse_url(text);
    ASSERT_FALSE(url) << text;
    EXPECT_NE(url.error().message().find(message), std::string::npos)
        << text << ": " << url.error().message();
  }
  EXPECT_FALSE(parse_url("http://" + std::string(254, 'a')));
  EXPECT_TRUE(parse_url("http://" + std::string(253, 'a')));
  EXPECT_FALSE(parse_url("unix:///" + std::string(107, 's')));
}

// Bytes gone, or of the alphabet put in, all behind the first `kept`.
std::string damaged(std::string text, size_t kept, std::string_view alphabet,
                    std::mt19937& random) {
  for (auto damage = 1 + random() % 4; damage > 0; --damage) {
    const size_t at = kept + random() % (text.size() - kept);
    if (random() % 2 == 0) {
      text.erase(at, 1);
    } else {
      text.insert(at, 1, alphabet[random() % alphabet.size()]);
    }
  }
  return text;
}

TEST(Url, random_damage_is_refused_or_parsed_consistently) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  int accepted = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string text = damaged("http://[::1]:4318/v1", 4, "/:@[]?#.1a ", random);
    const Result<Url> url = parse_url(text);
    if (!url) continue;
    ++accepted;
    ASSERT_TRUE(text.starts_with("http://" + std::string(url->host))) << text;
    ASSERT_GT(url->port, 0) << text;
    ASSERT_EQ(url->path_empty, !text.substr(url->path_at).starts_with('/')) << text;
    text.insert(url->path_at, url->path_empty ? "/" : "");
    ASSERT_TRUE(parse_url(text)) << text;
    ASSERT_FALSE(parse_url(text)->path_empty) << text;
  }
  EXPECT_GT(accepted, 100);
}

TEST(Url, random_damage_to_a_unix_socket_is_refused_or_parsed_consistently) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  int accepted = 0;
  for (int round = 0; round < 20'000; ++round) {
    const std::string text = damaged("unix:///run/s:/v1", 5, "/:@?%#.1a ", random);
    const Result<Url> url = parse_url(text);
    if (!url) continue;
    ++accepted;
    ASSERT_TRUE(url->socket_path.starts_with('/')) << text;
    ASSERT_EQ(url->socket_path.find_first_of(":?%# "), std::string_view::npos) << text;
    const std::string rest = text.substr(url->path_at);
    ASSERT_EQ(url->path_empty, rest.empty()) << text;
    ASSERT_TRUE(rest.empty() || rest.starts_with('/')) << text;
  }
  EXPECT_GT(accepted, 100);
}

}  // namespace
}  // namespace cero::core

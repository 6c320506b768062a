// Goal: the proxy is the one that curl's variables name, by their precedence.
// Method: the variables set in this process, one after another.
#include "http/proxy.h"

#include <gtest/gtest.h>

#include <list>

#include "support/scoped_variable.h"

namespace cero::core {
namespace {

using test::ScopedVariable;

class ProxyFromEnvironment : public testing::Test {
 protected:
  ProxyFromEnvironment() {
    for (const char* name : {"http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy",
                             "ALL_PROXY", "no_proxy", "NO_PROXY"})
      set(name, nullptr);
  }
  void set(const char* name, const char* value) { variables_.emplace_front(name, value); }

 private:
  std::list<ScopedVariable> variables_;  // the last one set is the first to be restored
};

TEST_F(ProxyFromEnvironment, is_none_without_variables) {
  EXPECT_EQ(proxy_from_environment("https://host/").url, "");
  EXPECT_EQ(proxy_from_environment("http://host/").none_for, "");
}

TEST_F(ProxyFromEnvironment, goes_by_the_scheme) {
  set("https_proxy", "http://secure:1");
  set("http_proxy", "http://plain:1");
  EXPECT_EQ(proxy_from_environment("https://host/").url, "http://secure:1");
  EXPECT_EQ(proxy_from_environment("HTTPS://host/").url, "http://secure:1");
  EXPECT_EQ(proxy_from_environment("http://host/").url, "http://plain:1");
}

TEST_F(ProxyFromEnvironment, prefers_small_letters_and_the_scheme_to_all) {
  set("ALL_PROXY", "fourth");
  EXPECT_EQ(proxy_from_environment("https://host/").url, "fourth");
  EXPECT_EQ(proxy_from_environment("https://host/").variable, "ALL_PROXY");
  set("all_proxy", "third");
  EXPECT_EQ(proxy_from_environment("https://host/").url, "third");
  set("HTTPS_PROXY", "second");
  EXPECT_EQ(proxy_from_environment("https://host/").url, "second");
  set("https_proxy", "first");
  EXPECT_EQ(proxy_from_environment("https://host/").url, "first");
  EXPECT_EQ(proxy_from_environment("http://host/").url, "third");
}

TEST_F(ProxyFromEnvironment, ignores_what_a_client_of_a_cgi_server_could_set) {
  set("HTTP_PROXY", "http://evil:1");
  EXPECT_EQ(proxy_from_environment("http://host/").url, "");
}

TEST_F(ProxyFromEnvironment, takes_an_empty_variable_for_none) {
  set("https_proxy", "");
  set("all_proxy", "all");
  EXPECT_EQ(proxy_from_environment("https://host/").url, "all");
}

TEST_F(ProxyFromEnvironment, knows_the_exceptions) {
  set("NO_PROXY", "capital");
  EXPECT_EQ(proxy_from_environment("https://host/").none_for, "capital");
  set("no_proxy", ".internal,10.0.0.0/8");
  EXPECT_EQ(proxy_from_environment("https://host/").none_for, ".internal,10.0.0.0/8");
}

TEST_F(ProxyFromEnvironment, is_none_for_this_machine) {
  set("all_proxy", "http://proxy:1");
  for (const char* url : {"http://localhost:4318/v1/traces", "https://LocalHost/",
                          "http://127.0.0.1/", "http://127.255.0.9:1/", "http://[::1]:4318/"})
    EXPECT_EQ(proxy_from_environment(url).url, "") << url;
  for (const char* url :
       {"http://localhost.example/", "http://128.0.0.1/", "http://[::2]/", "http://127.example/"})
    EXPECT_EQ(proxy_from_environment(url).url, "http://proxy:1") << url;
}

TEST_F(ProxyFromEnvironment, is_none_for_a_host_and_port_that_no_proxy_names) {
  set("all_proxy", "http://proxy:1");
  set("no_proxy", "other, otel.internal:4318,.corp.example:443 [fd00::1]:4318");
  for (const char* url :
       {"http://otel.internal:4318/v1/traces", "http://OTEL.internal:4318/",
        "http://a.otel.internal:4318/", "https://a.corp.example/", "http://[fd00::1]:4318/"})
    EXPECT_EQ(proxy_from_environment(url).url, "") << url;
  for (const char* url : {"http://otel.internal:4317/", "http://hotel.internal:4318/",
                          "http://a.corp.example/", "http://[fd00::2]:4318/"})
    EXPECT_EQ(proxy_from_environment(url).url, "http://proxy:1") << url;
}

TEST(ProxyName, is_host_and_port_without_credentials) {
  EXPECT_EQ(proxy_name({.url = "http://user:secret@proxy.example:3128"}), "proxy.example:3128");
  EXPECT_EQ(proxy_name({.url = "proxy.example:3128"}), "proxy.example:3128");
  EXPECT_EQ(proxy_name({.url = "socks5h://[::1]:1080/"}), "[::1]:1080");
  EXPECT_EQ(proxy_name({.url = "https://proxy.example"}), "proxy.example");
  EXPECT_EQ(proxy_name({}), "");
}

TEST(ProxyProblem, takes_what_curl_takes) {
  for (const char* url : {"", "proxy:3128", "http://user:secret@proxy:3128", "https://proxy",
                          "socks5h://127.0.0.1:1080", "http://[::1]:3128"})
    EXPECT_EQ(proxy_problem({.variable = "https_proxy", .url = url}), std::nullopt) << url;
}

TEST(ProxyProblem, names_the_variable_and_not_its_value) {
  for (const char* url : {"nonsense://user:secret@proxy", "http://user:secret@proxy:port",
                          "http://", "http://secret secret"}) {
    const auto problem = proxy_problem({.variable = "ALL_PROXY", .url = url});
    ASSERT_TRUE(problem) << url;
    EXPECT_NE(problem->find("ALL_PROXY"), std::string::npos);
    EXPECT_EQ(problem->find("secret"), std::string::npos);
  }
}

}  // namespace
}  // namespace cero::core

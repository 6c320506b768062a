// The services for W3C's trace-context suite. Goal: what that suite covers holds, for cero's own
// API and for the adapter, also where the suite cannot be had. Method: the programs themselves; a
// table of header sets, each sent to them, and what their callbacks then carry.
#include <gtest/gtest.h>
#include <httplib.h>

#include <mutex>
#include <regex>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "interop/server_program.h"

namespace cero {
namespace {

using Headers = std::vector<std::pair<std::string, std::string>>;

const std::string kTraceId = "12345678901234567890123456789012";
const std::string kParentId = "1234567890123456";
const std::string kIds = kTraceId + "-" + kParentId;
const std::string kValid = "00-" + kIds + "-00";

// Answers callbacks and keeps their headers.
class CallbackServer {
 public:
  CallbackServer() {
    server_.Post("/callback", [this](const httplib::Request& request, httplib::Response&) {
      const std::lock_guard lock(mutex_);
      received_.push_back(request.headers);
    });
    port_ = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server_.listen_after_bind(); });
    while (!server_.is_running()) std::this_thread::yield();
  }
  ~CallbackServer() {
    server_.stop();
    thread_.join();
  }

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/callback"; }
  std::vector<httplib::Headers> take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(received_, {});
  }

 private:
  httplib::Server server_;
  int port_ = 0;
  std::thread thread_;
  std::mutex mutex_;
  std::vector<httplib::Headers> received_;  // under the mutex
};

struct Context {
  std::string trace_id;
  std::string span_id;
  int flags = 0;
  std::string tracestate;
};

class TraceContext : public testing::TestWithParam<const char*> {
 protected:
  std::vector<Context> call(const Headers& headers, int callbacks = 1) {
    httplib::Headers sent;
    for (const auto& [name, value] : headers) sent.emplace(name, value);
    std::string body = "[";
    for (int i = 0; i < callbacks; ++i)
      body += std::string(i == 0 ? "" : ",") + R"({"url": ")" + callbacks_.url() +
              R"(", "arguments": []})";
    httplib::Client client("127.0.0.1", port());
    const auto answer = client.Post("/test", sent, body + "]", "application/json");
    EXPECT_TRUE(answer && answer->status == 200);
    std::vector<Context> contexts;
    for (const auto& received : callbacks_.take()) contexts.push_back(read(received));
    EXPECT_EQ(contexts.size(), static_cast<size_t>(callbacks));
    contexts.resize(static_cast<size_t>(callbacks));
    return contexts;
  }

  static bool continues(const Context& context) { return context.trace_id == kTraceId; }
  // A trace that goes on carries a new span id.
  void expect_continues(const Headers& headers) {
    const Context context = call(headers).front();
    EXPECT_TRUE(continues(context)) << testing::PrintToString(headers);
    EXPECT_NE(context.span_id, kParentId);
  }
  void expect_restarts(const std::string& traceparent) {
    const Context context = call({{"traceparent", traceparent}, {"tracestate", "foo=1"}}).front();
    EXPECT_FALSE(continues(context)) << traceparent;
    EXPECT_EQ(context.tracestate, "") << traceparent;
  }
  // Of a tracestate, in one or several headers, beside a valid traceparent.
  std::string carried(const std::vector<std::string>& tracestates) {
    Headers headers{{"traceparent", kValid}};
    for (const std::string& value : tracestates) headers.emplace_back("tracestate", value);
    const Context context = call(headers).front();
    EXPECT_TRUE(continues(context)) << "a tracestate never spoils its traceparent";
    return context.tracestate;
  }

 private:
  int port() const {
    static const std::regex port_pattern("listening http://127.0.0.1:([0-9]+)/test");
    std::smatch parts;
    const std::string said = server_.said();
    if (!std::regex_search(said, parts, port_pattern)) throw std::runtime_error("no port: " + said);
    return std::stoi(parts[1]);
  }

  static Context read(const httplib::Headers& headers) {
    static const std::regex traceparent_pattern("00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})");
    EXPECT_EQ(headers.count("traceparent"), 1u);
    Context context;
    std::smatch parts;
    const std::string traceparent = headers.find("traceparent")->second;
    EXPECT_TRUE(std::regex_match(traceparent, parts, traceparent_pattern)) << traceparent;
    context.trace_id = parts[1];
    context.span_id = parts[2];
    context.flags = std::stoi(parts[3], nullptr, 16);
    const auto [begin, end] = headers.equal_range("tracestate");
    for (auto header = begin; header != end; ++header)
      context.tracestate += (context.tracestate.empty() ? "" : ",") + header->second;
    return context;
  }

  CallbackServer callbacks_;
  test::ServerProgram server_{{GetParam(), "--port", "0"}, "/test"};
};

TEST_P(TraceContext, starts_a_trace_without_a_traceparent) {
  EXPECT_FALSE(continues(call({}).front()));
  for (const char* tracestate : {"foo=1", "foo=1,bar=2"})
    EXPECT_EQ(call({{"tracestate", tracestate}}).front().tracestate, "");
  for (const char* name : {"trace-parent", "trace.parent"})
    EXPECT_FALSE(continues(call({{name, kValid}}).front())) << name;
}

TEST_P(TraceContext, continues_a_trace) {
  for (const char* name : {"traceparent", "TraceParent", "TrAcEpArEnT", "TRACEPARENT"})
    expect_continues({{name, kValid}});
  for (const char* space : {" ", "\t", "\t ", " \t"}) {
    expect_continues({{"traceparent", space + kValid}});
    expect_continues({{"traceparent", kValid + space}});
  }
}

TEST_P(TraceContext, reads_a_later_version_as_far_as_it_knows) {
  expect_continues({{"traceparent", "cc-" + kIds + "-01"}});
  expect_continues({{"traceparent", "cc-" + kIds + "-01-what-comes"}});
  expect_restarts("cc-" + kIds + "-01.what-comes");
  expect_restarts("cc-" + kIds + "-01what-comes");
}

TEST_P(TraceContext, restarts_on_a_malformed_traceparent) {
  const std::string zero_trace = std::string(32, '0');
  for (const std::string& traceparent : {"00-" + kIds + "-01.",
                                         "00-" + kIds + "-01-what-comes",
                                         "ff-" + kIds + "-01",
                                         ".0-" + kIds + "-01",
                                         "0.-" + kIds + "-01",
                                         "000-" + kIds + "-01",
                                         "0000-" + kIds + "-01",
                                         "0-" + kIds + "-01",
                                         "00-" + zero_trace + "-" + kParentId + "-01",
                                         "00-." + kTraceId.substr(1) + "-" + kParentId + "-01",
                                         "00-" + kTraceId.substr(0, 31) + ".-" + kParentId + "-01",
                                         "00-" + kTraceId + "3-" + kParentId + "-01",
                                         "00-" + kTraceId.substr(0, 31) + "-" + kParentId + "-01",
                                         "00-" + kTraceId + "-0000000000000000-01",
                                         "00-" + kTraceId + "-." + kParentId.substr(1) + "-01",
                                         "00-" + kTraceId + "-" + kParentId.substr(0, 15) + ".-01",
                                         "00-" + kIds + "7-01",
                                         "00-" + kTraceId + "-" + kParentId.substr(0, 15) + "-01",
                                         "00-" + kIds + "-.0",
                                         "00-" + kIds + "-0.",
                                         "00-" + kIds + "-001",
                                         "00-" + kIds + "-1",
                                         "00-ABCDEF78901234567890123456789012-" + kParentId + "-01",
                                         std::string("nonsense")})
    expect_restarts(traceparent);
}

TEST_P(TraceContext, restarts_on_two_traceparents) {
  const std::string other = "00-12345678901234567890123456789011-" + kParentId + "-01";
  for (const Headers& headers : {Headers{{"traceparent", other}, {"traceparent", kValid}},
                                 Headers{{"traceparent", kValid}, {"traceparent", kValid}}}) {
    const Context context = call(headers).front();
    EXPECT_FALSE(continues(context));
    EXPECT_NE(context.trace_id, other.substr(3, 32));
  }
}

TEST_P(TraceContext, carries_the_tracestate_on) {
  EXPECT_EQ(carried({"foo=1,bar=2"}), "foo=1,bar=2");
  EXPECT_EQ(carried({"foo=1,bar=2", "rojo=1,congo=2", "baz=3"}),
            "foo=1,bar=2,rojo=1,congo=2,baz=3");
  EXPECT_EQ(carried({""}), "");
  EXPECT_EQ(carried({"foo=1", ""}), "foo=1");
  EXPECT_EQ(carried({"", "foo=1"}), "foo=1");
  for (const char* spaced : {" foo=1", "\tfoo=1", "foo=1 ", "foo=1\t", "\t foo=1 \t"})
    EXPECT_EQ(carried({spaced}), "foo=1") << spaced;
  EXPECT_EQ(carried({"foo=1 \t , \t bar=2, \t baz=3"}), "foo=1,bar=2,baz=3");
  EXPECT_EQ(carried({"foo=1\t \t,\t \tbar=2,\t \tbaz=3"}), "foo=1,bar=2,baz=3");
  for (const char* name : {"trace-state", "trace.state"})
    EXPECT_EQ(call({{"traceparent", kValid}, {name, "foo=1"}}).front().tracestate, "") << name;
  for (const char* name : {"TraceState", "TrAcEsTaTe", "TRACESTATE"})
    EXPECT_EQ(call({{"traceparent", kValid}, {name, "foo=1"}}).front().tracestate, "foo=1") << name;
}

TEST_P(TraceContext, carries_every_character_that_is_allowed) {
  const std::string key = "abcdefghijklmnopqrstuvwxyz0123456789_-*/";
  std::string value;
  for (char c = ' '; c <= '~'; ++c)
    if (c != ',' && c != '=') value += c;
  EXPECT_EQ(carried({key + "=" + value}), key + "=" + value);
  EXPECT_EQ(carried({key + "@a-z0-9_-*/=" + value}), key + "@a-z0-9_-*/=" + value);
  for (const char* at : {"foo@=1,bar=2", "foo@@bar=1,bar=2", "foo@bar@baz=1,bar=2"})
    EXPECT_EQ(carried({at}), at);
}

TEST_P(TraceContext, discards_a_malformed_tracestate) {
  for (const char* tracestate : {"foo =1", "FOO=1", "foo.bar=1", "@foo=1,bar=2", "foo=1=2", "foo",
                                 "=1", "foo=bar=baz", "foo=,bar=3"})
    EXPECT_EQ(carried({tracestate}), "") << tracestate;
}

TEST_P(TraceContext, keeps_a_duplicate_key_at_least_once) {
  for (const std::vector<std::string>& duplicates : {std::vector<std::string>{"foo=1,foo=1"},
                                                     {"foo=1,foo=2"},
                                                     {"foo=1", "foo=1"},
                                                     {"foo=1", "foo=2"}}) {
    const std::string tracestate = carried(duplicates);
    EXPECT_TRUE(tracestate.starts_with("foo=1") || tracestate.starts_with("foo=2")) << tracestate;
  }
}

TEST_P(TraceContext, holds_the_limits_of_a_tracestate) {
  const std::string longest_key(256, 'z');
  EXPECT_EQ(carried({"foo=1," + longest_key + "=1"}), "foo=1," + longest_key + "=1");
  EXPECT_EQ(carried({"foo=1," + longest_key + "z=1"}), "");
  const std::string tenant = std::string(241, 't') + "@" + std::string(14, 'v');
  EXPECT_EQ(carried({"foo=1," + tenant + "=1"}), "foo=1," + tenant + "=1");

  std::string members;
  for (int i = 1; i <= 32; ++i)
    members += (i == 1 ? "bar" : ",bar") + std::to_string(i) + "=" + std::to_string(i);
  EXPECT_EQ(carried({members}), members);
  EXPECT_EQ(carried({members + ",bar33=33"}), "");
}

TEST_P(TraceContext, gives_each_call_a_span_of_its_own) {
  for (const Headers& headers :
       {Headers{}, Headers{{"traceparent", kValid}},
        Headers{{"traceparent", "00-" + kIds + "-01"}, {"tracestate", "foo=1"}}}) {
    std::set<std::string> spans;
    std::set<std::string> traces;
    for (const Context& context : call(headers, 3)) {
      spans.insert(context.span_id);
      traces.insert(context.trace_id);
    }
    EXPECT_EQ(spans.size(), 3u);
    EXPECT_EQ(traces.size(), 1u);
  }
}

TEST_P(TraceContext, copies_the_random_flag_and_sets_it_on_its_own) {
  EXPECT_EQ(call({{"traceparent", "00-" + kIds + "-02"}}).front().flags & 2, 2);
  EXPECT_EQ(call({{"traceparent", "00-" + kIds + "-00"}}).front().flags & 2, 0);
  EXPECT_EQ(call({{"traceparent", "00-" + kIds + "-ff"}}).front().flags & ~3, 0);
  EXPECT_EQ(call({}).front().flags & 2, 2);
}

INSTANTIATE_TEST_SUITE_P(Programs, TraceContext,
                         testing::Values(CERO_TRACE_CONTEXT_NATIVE, CERO_TRACE_CONTEXT_OTEL),
                         [](const auto& instance) {
                           const std::string path = instance.param;
                           return path.substr(path.rfind('-') + 1);
                         });

}  // namespace
}  // namespace cero

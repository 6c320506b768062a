// Goal: who reads the log learns of every loss, of what is written wrongly and where, and, if they
// debug, of each request. Method: a whole provider against the in-process receiver, or against
// nothing; the log's lines are awaited, however long they take.
#include <gtest/gtest.h>

#include <algorithm>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/lifecycle_harness.h"
#include "receiver/request.h"
#include "support/scoped_variable.h"

namespace cero::test {
namespace {

using namespace std::chrono_literals;
using receiver::kTracesPath;
using receiver::Reply;
using receiver::RequestInfo;

// What was told so far, and what is told next.
class AwaitedLog {
 public:
  LogHandler handler() {
    return [this](Severity severity, std::string_view line) {
      const std::lock_guard lock(mutex_);
      lines_.push_back({severity, std::string(line)});
      changed_.notify_all();
    };
  }
  // The first line that holds the text.
  std::string await(std::string_view text) {
    std::unique_lock lock(mutex_);
    std::string found;
    const auto told = [&] { return !(found = line_with(text)).empty(); };
    EXPECT_TRUE(changed_.wait_for(lock, 1min, told)) << text << " is not in\n" << joined();
    return found;
  }
  std::string all() {
    const std::lock_guard lock(mutex_);
    return joined();
  }
  size_t count(Severity severity) {
    const std::lock_guard lock(mutex_);
    return static_cast<size_t>(std::count_if(
        lines_.begin(), lines_.end(), [&](const Line& line) { return line.severity == severity; }));
  }

 private:
  struct Line {
    Severity severity;
    std::string text;
  };

  std::string line_with(std::string_view text) const {
    for (const Line& line : lines_) {
      if (line.text.find(text) != std::string::npos) return line.text;
    }
    return "";
  }
  std::string joined() const {
    std::string text;
    for (const Line& line : lines_) text += line.text + "\n";
    return text;
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Line> lines_;
};

#define EXPECT_SAYS(text, part) EXPECT_NE((text).find(part), std::string::npos) << (text)

class Told : public testing::Test {
 protected:
  Options options_for_log() {
    Options options;
    options.log_handler = log_.handler();
    return options;
  }
  // A provider that the variables configure.
  TracerProvider from_environment() {
    auto made = TracerProvider::from_environment(options_for_log());
    if (!made) throw std::runtime_error(made.error().message());
    return std::move(made).value();
  }
  // The receiver's URL without its path.
  static std::string base(DirectBackend& backend) {
    const std::string& url = backend.receiver().urls()[0];
    return url.substr(0, url.size() - kTracesPath.size());
  }

  AwaitedLog log_;
};

// ---- Losses

// No span comes into a ring, so that nothing ever wakes the export thread.
TEST_F(Told, spans_that_are_too_large_though_nothing_wakes_the_export_thread) {
  Options options = options_for_log();
  options.span_bytes_max = 1024;
  TracerProvider provider = make_provider(std::move(options));
  for (int i = 0; i < 3; ++i) {
    Span span = provider.get_tracer("t").start_span("s");
    span.set_attribute("large", std::string(2000, 'a'));
    span.end();
  }
  EXPECT_EQ(provider.stats().dropped.span_too_large, 3u);
  EXPECT_SAYS(log_.await("dropped as span_too_large"), "is larger than span_bytes_max");
}

TEST_F(Told, what_limits_take) {
  DirectBackend backend(Route::http1_plain);
  Options options = options_for(backend);
  options.log_handler = log_.handler();
  options.limits.attributes_max = 2;
  options.limits.events_max = 1;
  TracerProvider provider = make_provider(std::move(options));
  Span span = provider.get_tracer("t").start_span("s");
  for (int i = 0; i < 5; ++i) span.set_attribute("key" + std::to_string(i), i);
  for (int i = 0; i < 3; ++i) span.add_event("event");
  span.end();
  EXPECT_TRUE(provider.force_flush());
  EXPECT_SAYS(log_.await("3 attributes dropped"), "limits.attributes_max");
  EXPECT_SAYS(log_.await("2 events dropped"), "limits.events_max");
}

// In requests, and, since those fill the retry buffer, in rings.
TEST_F(Told, all_spans_that_a_shutdown_leaves_behind) {
  const LateThreadsJoined joined;
  DirectBackend backend(Route::http1_plain,
                        [](const RequestInfo&) { return Reply{.fault = receiver::Fault::stall}; });
  Options options = options_for(backend);
  options.log_handler = log_.handler();
  options.exporter.compression = Compression::none;
  options.exporter.retry_bytes_max = 1 << 20;
  options.batch.spans_max = 1;
  TracerProvider provider = make_provider(std::move(options));
  for (int i = 0; i < 60; ++i) {
    Span span = provider.get_tracer("t").start_span("s");
    span.set_attribute("large", std::string(50'000, 'a'));
    span.end();
  }
  EXPECT_FALSE(provider.shutdown(0ms));
  log_.await("60 s");  // "60 spans dropped", or "60 so far" after some that were told before
  EXPECT_EQ(provider.stats().dropped.after_shutdown, 60u);
}

TEST_F(Told, why_spans_were_not_delivered_before_a_shutdown) {
  const LateThreadsJoined joined;
  DirectBackend backend(Route::http1_plain, [](const RequestInfo&) {
    return Reply{.status = 503, .error = "overloaded"};
  });
  Options options = options_for(backend);
  options.log_handler = log_.handler();
  TracerProvider provider = make_provider(std::move(options));
  end_spans(provider.get_tracer("t"), 3);
  EXPECT_FALSE(provider.shutdown(200ms));
  const std::string line = log_.await("3 spans dropped as after_shutdown");
  EXPECT_SAYS(line, "the last failure was that of the backend at " + base(backend));
  EXPECT_SAYS(line, ": HTTP 503: overloaded");
}

// ---- What is written wrongly

TEST_F(Told, an_endpoint_whose_path_is_doubled) {
  DirectBackend backend(Route::http1_plain);
  const ScopedVariable endpoint("OTEL_EXPORTER_OTLP_ENDPOINT",
                                backend.receiver().urls()[0].c_str());
  TracerProvider provider = from_environment();
  end_spans(provider.get_tracer("t"), 1);
  EXPECT_FALSE(provider.force_flush());
  const std::string line = log_.await("HTTP 404");
  EXPECT_SAYS(line, "the backend at " + base(backend) +
                        "/v1/traces/v1/traces (OTEL_EXPORTER_OTLP_ENDPOINT) refused");
  EXPECT_SAYS(line,
              "has /v1/traces twice: leave it out of OTEL_EXPORTER_OTLP_ENDPOINT "
              "(exporter.endpoint)");
}

TEST_F(Told, an_endpoint_that_lacks_its_path) {
  DirectBackend backend(Route::http1_plain);
  const ScopedVariable endpoint("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", base(backend).c_str());
  TracerProvider provider = from_environment();
  end_spans(provider.get_tracer("t"), 1);
  EXPECT_FALSE(provider.force_flush());
  EXPECT_SAYS(log_.await("HTTP 404"),
              "write it behind host and port in OTEL_EXPORTER_OTLP_TRACES_ENDPOINT "
              "(exporter.endpoint)");
}

TEST_F(Told, an_option_by_the_variable_that_has_set_it) {
  DirectBackend backend(Route::http1_plain);
  const ScopedVariable endpoint("OTEL_EXPORTER_OTLP_ENDPOINT", base(backend).c_str());
  const ScopedVariable limit("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "1");
  TracerProvider provider = from_environment();
  Span span = provider.get_tracer("t").start_span("s");
  for (int i = 0; i < 3; ++i) span.set_attribute("key" + std::to_string(i), i);
  span.end();
  EXPECT_TRUE(provider.force_flush());
  EXPECT_SAYS(log_.await("2 attributes dropped"),
              "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT (limits.attributes_max)");
}

TEST_F(Told, an_entry_of_a_header_list_that_cannot_be_read) {
  std::string api_key;
  std::string content_type;
  DirectBackend backend(Route::http1_plain, [&](const RequestInfo& info) {
    api_key = receiver::header_value(info.request.headers, "api-key");
    content_type = receiver::header_value(info.request.headers, "content-type");
    return Reply{};
  });
  const ScopedVariable endpoint("OTEL_EXPORTER_OTLP_ENDPOINT", base(backend).c_str());
  const ScopedVariable headers("OTEL_EXPORTER_OTLP_HEADERS",
                               "broken,content-type=application/json,api-key=hunter2");
  TracerProvider provider = from_environment();
  end_spans(provider.get_tracer("t"), 1);
  EXPECT_TRUE(provider.force_flush());
  EXPECT_EQ(api_key, "hunter2");
  EXPECT_EQ(content_type, "application/x-protobuf");
  EXPECT_SAYS(log_.all(), "OTEL_EXPORTER_OTLP_HEADERS (exporter.headers): entry 1 is ignored");
  EXPECT_SAYS(log_.all(), "entry 2, content-type, is ignored");
}

TEST_F(Told, no_secret_of_a_url_even_if_the_backend_repeats_it) {
  DirectBackend backend(Route::http1_plain, [](const RequestInfo&) {
    return Reply{.status = 400, .error = "POST /v1/traces?key=hunter2 is bad"};
  });
  Options options = options_for_log();
  options.exporter = backend.exporter();
  options.exporter.endpoint += "?key=hunter2";
  TracerProvider provider = make_provider(std::move(options));
  end_spans(provider.get_tracer("t"), 1);
  EXPECT_FALSE(provider.force_flush());
  EXPECT_SAYS(log_.await("is bad"), "/v1/traces?...");
  EXPECT_EQ(log_.all().find("hunter2"), std::string::npos) << log_.all();
}

// The words of a server are cut to 256 bytes.
TEST_F(Told, no_part_of_a_secret_where_the_words_of_the_backend_are_cut) {
  const auto refusal = [](const RequestInfo& info) {
    const std::string_view key = receiver::header_value(info.request.headers, "api-key");
    return Reply{.status = 401, .error = std::string(245, 'p') + " " + std::string(key)};
  };
  DirectBackend backend(Route::http1_plain, refusal);
  Options options = options_for_log();
  options.exporter = backend.exporter();
  options.exporter.headers = {{"api-key", "hunter2secretkey"}};
  TracerProvider provider = make_provider(std::move(options));
  end_spans(provider.get_tracer("t"), 1);
  EXPECT_FALSE(provider.force_flush());
  EXPECT_SAYS(log_.await("HTTP 401"), "pppp ");
  EXPECT_EQ(log_.all().find("hunt"), std::string::npos) << log_.all();
}

TEST_F(Told, no_password_of_basic_authentication_even_if_the_backend_repeats_it) {
  DirectBackend backend(Route::http1_plain, [](const RequestInfo&) {
    return Reply{.status = 401, .error = "user: Hunter2 is no password"};
  });
  Options options = options_for_log();
  options.exporter = backend.exporter();
  options.exporter.headers = {{"authorization", "Basic dXNlcjpodW50ZXIy"}};
  TracerProvider provider = make_provider(std::move(options));
  end_spans(provider.get_tracer("t"), 1);
  EXPECT_FALSE(provider.force_flush());
  EXPECT_SAYS(log_.await("HTTP 401"), "user: ... is no password");
}

TEST_F(Told, no_password_of_a_proxy_even_if_the_proxy_repeats_it) {
  DirectBackend proxy(Route::http1_plain, [](const RequestInfo& info) {
    const std::string_view sent =
        receiver::header_value(info.request.headers, "proxy-authorization");
    return Reply{.status = 407, .error = "hunter2 is wrong: " + std::string(sent)};
  });
  std::string url = base(proxy);
  url.insert(url.find("://") + 3, "user:hunter2@");
  const ScopedVariable variable("http_proxy", url.c_str());
  Options options = options_for_log();
  options.exporter.endpoint = "http://backend.invalid/v1/traces";
  TracerProvider provider = make_provider(std::move(options));
  end_spans(provider.get_tracer("t"), 1);
  EXPECT_FALSE(provider.force_flush());
  EXPECT_SAYS(log_.await("HTTP 407"), "a proxy answers");
  EXPECT_SAYS(log_.all(), "... is wrong: Basic ...");
  EXPECT_EQ(log_.all().find("hunter2"), std::string::npos) << log_.all();
}

// ---- For those who debug

TEST_F(Told, where_spans_go_and_each_request_when_debugging) {
  DirectBackend backend(Route::http1_plain);
  const ScopedVariable endpoint("OTEL_EXPORTER_OTLP_ENDPOINT",
                                (base(backend) + "?q=hunter2").c_str());
  const ScopedVariable headers("OTEL_EXPORTER_OTLP_HEADERS", "api-key=hunter2");
  const ScopedVariable compression("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip");
  const ScopedVariable sampler("OTEL_TRACES_SAMPLER", "always_on");
  const ScopedVariable name("OTEL_SERVICE_NAME", "shop");
  const ScopedVariable level("OTEL_LOG_LEVEL", "debug");
  TracerProvider provider = from_environment();
  end_spans(provider.get_tracer("t"), 3);
  EXPECT_TRUE(provider.force_flush());
  const std::string start = log_.await("sends spans to");
  const std::string url = base(backend) + "/v1/traces?...";
  for (const std::string& part : {url + " (OTEL_EXPORTER_OTLP_ENDPOINT) with the headers api-key",
                                  std::string("protocol http/protobuf"),
                                  std::string("compression gzip"), std::string("sampler AlwaysOn"),
                                  std::string("service.name \"shop\""), std::string("libcurl/")}) {
    EXPECT_SAYS(start, part);
  }
  const std::string request = log_.await("attempt 1 of 3 spans in ");
  EXPECT_SAYS(request, " bytes of gzip to the backend at " + url);
  EXPECT_SAYS(request, ": HTTP 200 after ");
  EXPECT_EQ(log_.count(Severity::debug), 2u) << log_.all();
  EXPECT_EQ(log_.all().find("hunter2"), std::string::npos) << log_.all();
}

TEST_F(Told, no_debug_lines_unless_they_are_asked_for) {
  DirectBackend backend(Route::http1_plain);
  Options options = options_for(backend);
  options.log_handler = log_.handler();
  TracerProvider provider = make_provider(std::move(options));
  end_spans(provider.get_tracer("t"), 3);
  EXPECT_TRUE(provider.force_flush());
  EXPECT_EQ(log_.count(Severity::debug), 0u) << log_.all();
}

// ---- The last: from here on the process has no names left

TEST_F(Told, tracers_beyond_the_cap_though_nothing_wakes_the_export_thread) {
  TracerProvider provider = make_provider(options_for_log());
  for (int i = 0; i < 10'500; ++i) provider.get_tracer("made at run time " + std::to_string(i));
  EXPECT_GE(provider.stats().tracers_refused, 500u);
  EXPECT_SAYS(log_.await("tracers refused"), "its spans record nothing");
}

}  // namespace
}  // namespace cero::test

// Goal: a forked child goes on with its parent's provider, tracers and prepared spans without a
// call, on threads and connections of its own; every span is sent once, by the process in which it
// ended; nothing is started that is not needed. Method: children that report what they found
// through a pipe, against a receiver in the parent, which is a thread of its own there.
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <optional>
#include <string>
#include <thread>

#include "cero/prepared_span.h"
#include "otlp/trace.pb.h"
#include "pipeline/fork_harness.h"

namespace cero::test {
namespace {

using namespace std::chrono_literals;

TEST(ForkedProvider, goes_on_with_the_tracers_of_the_parent) {
  DirectBackend backend(Route::http1_plain);
  TracerProvider provider = make_provider(options_that_wait(backend));
  Tracer tracer = provider.get_tracer("t");
  const PreparedSpan prepared = tracer.prepare("prepared", {.attributes = {{"key", "value"}}});
  end_spans(tracer, 5);
  ForkedChild child([&] {
    if (!tracer.enabled()) return std::string("the tracer is not enabled");
    end_spans(tracer, 3);
    prepared.start().end();
    std::thread([&] {
      prepared.start().end();
      end_spans(provider.get_tracer("another"), 2);
    }).join();
    return flush(provider);
  });
  EXPECT_EQ(child.wait(), all_exported(7));
  EXPECT_EQ(arrived(backend), 7u) << "the parent's wait";
  end_spans(tracer, 5);
  EXPECT_EQ(flush(provider), all_exported(10));
  EXPECT_EQ(arrived(backend), 17u);
}

TEST(ForkedProvider, goes_on_with_tracers_that_follow_the_default_provider) {
  DirectBackend backend(Route::http1_plain);
  const Tracer early = get_tracer("early");
  const PreparedSpan prepared = early.prepare("prepared");
  TracerProvider provider = make_provider(options_that_wait(backend));
  set_default_provider(&provider);
  const Tracer tracer = get_tracer("t");
  ForkedChild child([&] {
    if (!early.enabled() || !tracer.enabled()) return std::string("a tracer is not enabled");
    end_spans(early, 3);
    end_spans(tracer, 2);
    prepared.start().end();
    return flush(provider);
  });
  EXPECT_EQ(child.wait(), all_exported(6));
  ForkedChild other([&] {
    TracerProvider own = make_provider(options_that_wait(backend));
    set_default_provider(&own);
    end_spans(early, 3);
    prepared.start().end();
    return flush(own);
  });
  EXPECT_EQ(other.wait(), all_exported(4));
  set_default_provider(nullptr);
  EXPECT_EQ(provider.stats().recorded, 0u);
}

TEST(ForkedProvider, goes_on_after_prepare_thread_alone) {
  DirectBackend backend(Route::http1_plain);
  TracerProvider provider = make_provider(options_that_wait(backend));
  ForkedChild child([&] {
    if (!provider.prepare_thread()) return std::string("prepare_thread failed");
    end_spans(provider.get_tracer("t"), 3);
    return flush(provider);
  });
  EXPECT_EQ(child.wait(), all_exported(3));
}

// What the parent's threads had recorded is theirs to send, also when the child ends in good order.
TEST(ForkedProvider, leaves_the_parents_spans_to_the_parent) {
  DirectBackend backend(Route::http1_plain);
  TracerProvider provider = make_provider(options_that_wait(backend));
  Tracer tracer = provider.get_tracer("t");
  end_spans(tracer, 100);
  std::thread([&] { end_spans(tracer, 100); }).join();
  ForkedChild child([&] {
    const Result<void> flushed = provider.force_flush();
    const Result<void> ended = provider.shutdown();
    return std::string(flushed && ended ? "" : "failed ") + to_text(provider.stats());
  });
  EXPECT_EQ(child.wait(), all_exported(0));
  EXPECT_EQ(arrived(backend), 0u);
  EXPECT_EQ(flush(provider), all_exported(200));
  EXPECT_EQ(arrived(backend), 200u);
}

TEST(ForkedProvider, starts_no_thread_where_nothing_is_recorded) {
  DirectBackend backend(Route::http1_plain);
  TracerProvider provider = make_provider(options_that_wait(backend));
  Span before = provider.get_tracer("t").start_span("begun before");
  ForkedChild child([&] {
    Tracer tracer = provider.get_tracer("made in the child");
    before.end();
    static_cast<void>(provider.force_flush());
    return std::to_string(thread_count()) +
           " thread, enabled: " + (tracer.enabled() ? "yes" : "no");
  });
  EXPECT_EQ(child.wait(), "1 thread, enabled: yes");
}

TEST(ForkedProvider, ends_no_span_that_began_in_the_parent) {
  DirectBackend backend(Route::http1_plain);
  TracerProvider provider = make_provider(options_that_wait(backend));
  Tracer tracer = provider.get_tracer("t");
  Span ended = tracer.start_span("ended in both");
  std::optional<Span> destroyed = tracer.start_span("destroyed in both");
  ended.set_attribute("large", std::string(10'000, 'x'));  // in a block of its own
  const ScopedSpan current = tracer.start_as_current_span("current");
  const SpanContext context = current.context();
  ForkedChild child([&] {
    ended.set_attribute("late", std::string(20'000, 'y'));
    ended.end();
    destroyed.reset();
    if (current_context() != context) return std::string("the current context has changed");
    const Span of_the_current = tracer.start_span("child");
    if (of_the_current.context().trace_id() != context.trace_id())
      return std::string("a new trace");
    std::thread([&] { tracer.start_span("grandchild", {.parent = context}).end(); }).join();
    return flush(provider);
  });
  EXPECT_EQ(child.wait(), all_exported(1));  // the other is still open
  ended.end();
  destroyed.reset();
  EXPECT_EQ(flush(provider), all_exported(2));
  EXPECT_EQ(arrived(backend), 3u);
}

// ---- Who the child is

int64_t pid_of(const std::string& body) {
  otlp::ExportTraceServiceRequest request;
  EXPECT_TRUE(request.ParseFromString(body));
  for (const otlp::KeyValue& attribute : request.resource_spans(0).resource().attributes()) {
    if (attribute.key() == "process.pid") return attribute.value().int_value();
  }
  return 0;
}

TEST(ForkedProvider, says_its_own_process_id) {
  DirectBackend backend(Route::http1_plain);
  Options options = options_that_wait(backend);
  options.resource = {{"process.pid", getpid()}};
  TracerProvider provider = make_provider(std::move(options));
  ForkedChild child([&] {
    end_spans(provider.get_tracer("t"), 1);
    return provider.force_flush() ? std::to_string(getpid()) : "not flushed";
  });
  const std::string said = child.wait();
  end_spans(provider.get_tracer("t"), 1);
  EXPECT_TRUE(provider.force_flush());
  const auto requests = backend.receiver().take_requests();
  ASSERT_EQ(requests.size(), 2u);
  EXPECT_EQ(std::to_string(pid_of(requests[0].request.body)), said);
  EXPECT_EQ(pid_of(requests[1].request.body), getpid());
}

// Sockets of this process whose other end is at the port.
size_t connections_to(uint16_t port) {
  size_t count = 0;
  for (int fd = 0; fd < 1024; ++fd) {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    if (getpeername(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0 &&
        address.sin_family == AF_INET && ntohs(address.sin_port) == port)
      ++count;
  }
  return count;
}

TEST(ForkedProvider, has_none_of_the_parents_connections) {
  DirectBackend backend(Route::http1_plain);
  TracerProvider provider = make_provider(options_that_wait(backend));
  end_spans(provider.get_tracer("t"), 1);
  EXPECT_TRUE(provider.force_flush());
  const std::string& url = backend.receiver().urls()[0];
  const auto port = static_cast<uint16_t>(std::stoi(url.substr(url.rfind(':') + 1)));
  EXPECT_EQ(connections_to(port), 1u);
  ForkedChild child([&] { return std::to_string(connections_to(port)); });
  EXPECT_EQ(child.wait(), "0");
  end_spans(provider.get_tracer("t"), 1);
  EXPECT_EQ(flush(provider), all_exported(2));
  EXPECT_EQ(provider.stats().connections, 1u) << "the parent's goes on";
}

}  // namespace
}  // namespace cero::test

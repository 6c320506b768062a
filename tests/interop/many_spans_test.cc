// Goal: of many spans in many requests, from several threads at once, each arrives once and as it
// was. Method: a span says who it is in its name, an attribute and its parent; the ways are those
// of ways.cc.
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "pipeline/field_by_field.h"

namespace cero::test {
namespace {

constexpr int kThreads = 4;
constexpr int kSpansPerThread = 2'000;

struct Sent {
  std::string name, trace_id, parent_id;
};
using Spans = std::map<std::string, Sent>;  // by span id

// Each span is a child of the one before, and every tenth starts a trace.
Spans record(Tracer tracer, int thread) {
  Spans sent;
  SpanContext parent;
  for (int i = 0; i < kSpansPerThread; ++i) {
    if (i % 10 == 0) parent = {};
    const std::string name = std::to_string(thread) + "/" + std::to_string(i);
    Span span =
        tracer.start_span(name, {.parent = parent.valid() ? Parent(parent) : Parent::none()});
    span.set_attribute("name.again", name);
    span.set_attribute("padding", std::string(static_cast<size_t>(i % 300), 'p'));
    sent[to_bytes(span.context().span_id())] = {
        name, to_bytes(span.context().trace_id()),
        parent.valid() ? to_bytes(parent.span_id()) : std::string()};
    parent = span.context();
  }
  return sent;
}

void expect_equal(const official::Span& span, const Sent& sent) {
  EXPECT_EQ(span.name(), sent.name);
  EXPECT_EQ(span.trace_id(), sent.trace_id);
  EXPECT_EQ(span.parent_span_id(), sent.parent_id);
  ASSERT_EQ(span.attributes_size(), 2);
  EXPECT_EQ(span.attributes(0).value().string_value(), sent.name);
}

TEST_P(FieldByField, many_spans_of_many_threads) {
  begin({.batch = {.spans_max = 500}});
  std::vector<Spans> parts(kThreads);
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i)
    threads.emplace_back([&, i] { parts[static_cast<size_t>(i)] = record(tracer(), i); });
  for (std::thread& thread : threads) thread.join();
  Spans sent;
  for (Spans& part : parts) sent.merge(part);
  deliver();
  for (const official::Span& span : all_received()) {
    const auto found = sent.find(span.span_id());
    ASSERT_NE(found, sent.end()) << "unknown, or there twice: " << span.name();
    expect_equal(span, found->second);
    sent.erase(found);
  }
  EXPECT_EQ(sent.size(), 0u) << "never arrived";
}

}  // namespace
}  // namespace cero::test

// Goal: a forked child generates ids that neither its parent nor its siblings do, whatever slots
// its parent had, keeps what is current, and a provider of its own delivers. Method: children that
// report through a pipe. tests/pipeline/fork_test.cc has those that go on with their parent's
// provider.
#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "support/forked_child.h"
#include "trace/provider_to_nobody.h"
#include "trace/thread_slot.h"

namespace cero::core {
namespace {

using test::ForkedChild;
using test::make_provider_to_nobody;

constexpr int kChildren = 4;
constexpr int kSpans = 50;

// Trace and span ids of roots, in lines.
std::string record_spans(TracerProvider& provider) {
  Tracer tracer = provider.get_tracer("test");
  std::string ids;
  for (int i = 0; i < kSpans; ++i) {
    const SpanContext context = tracer.start_span("operation").context();
    ids += context.trace_id().to_hex() + '\n' + context.span_id().to_hex() + '\n';
  }
  return ids;
}

void expect_distinct_lines(const std::string& text, size_t count) {
  std::set<std::string> lines;
  size_t begin = 0;
  for (size_t end; (end = text.find('\n', begin)) != std::string::npos; begin = end + 1)
    EXPECT_TRUE(lines.insert(text.substr(begin, end - begin)).second);
  EXPECT_EQ(lines.size(), count);
}

TEST(Fork, children_and_parent_share_no_ids) {
  TracerProvider provider = make_provider_to_nobody();
  std::string ids = record_spans(provider);
  for (int i = 0; i < kChildren; ++i) {
    ids += ForkedChild([] {
             TracerProvider own = make_provider_to_nobody();
             return record_spans(own);
           }).wait();
  }
  ids += record_spans(provider);
  expect_distinct_lines(ids, size_t{2 + kChildren} * kSpans * 2);
}

std::string ids_of_a_new_thread() {
  std::string ids;
  std::thread([&] {
    const SlotUse slot;
    for (int i = 0; i < kSpans; ++i) ids += std::to_string(slot->ids.nonzero_word()) + '\n';
  }).join();
  return ids;
}

TEST(Fork, a_slot_that_a_thread_of_the_parent_left_is_not_used) {
  std::string ids = ids_of_a_new_thread();
  for (int i = 0; i < kChildren; ++i) ids += ForkedChild(ids_of_a_new_thread).wait();
  ids += ids_of_a_new_thread();
  expect_distinct_lines(ids, size_t{2 + kChildren} * kSpans);
}

TEST(Fork, a_grandchild_shares_no_ids_with_its_parent) {
  const auto own_ids = [] {
    const SlotUse slot;
    return std::to_string(slot->ids.nonzero_word()) + '\n';
  };
  own_ids();
  const std::string ids = ForkedChild([&] {
                            ForkedChild grandchild(own_ids);
                            return own_ids() + grandchild.wait();
                          }).wait();
  expect_distinct_lines(ids, 2);
}

// The child's provider sits where the parent's did, whose rings the kernel has wiped.
TEST(Fork, a_child_records_where_its_parents_provider_was_destroyed_before) {
  {
    TracerProvider provider = make_provider_to_nobody();
    record_spans(provider);
  }
  ForkedChild child([] {
    TracerProvider own = make_provider_to_nobody();
    if (!own.prepare_thread()) return std::string("prepare_thread failed");
    record_spans(own);
    // stats() may miss a span that moves: all are where they end, at the backend that is not there.
    static_cast<void>(own.force_flush(std::chrono::minutes(1)));
    const Stats stats = own.stats();
    return std::to_string(stats.dropped.retry_expired) + " of " + std::to_string(stats.recorded);
  });
  EXPECT_EQ(child.wait(), "50 of 50");
}

// A line for each thing that is wrong.
std::string scopes_of_a_child(const SpanContext& outer, const SpanContext& inner,
                              std::unique_ptr<Scope>& inner_scope) {
  std::string wrong;
  if (current_context() != inner) wrong += "not what was current\n";
  {
    const Scope own(outer);
    if (current_context() != outer) wrong += "no scope of its own\n";
  }
  inner_scope.reset();
  if (current_context() != outer) wrong += "not the outer scope\n";
  std::thread([&] {
    if (current_context().valid()) wrong += "something is current on a new thread\n";
    const Scope own(inner);
    if (current_context() != inner) wrong += "no scope of a new thread's\n";
  }).join();
  return wrong;
}

TEST(Fork, a_child_keeps_what_is_current) {
  const SpanContext outer(TraceId({1}), SpanId({1}), TraceFlags::kSampled);
  const SpanContext inner(TraceId({2}), SpanId({2}), 0, true, TraceState::from_header("k=v"));
  std::thread([&] { const Scope left_behind(outer); }).join();
  const Scope outer_scope(outer);
  auto inner_scope = std::make_unique<Scope>(inner);
  for (int i = 0; i < kChildren; ++i) {
    ForkedChild child([&] { return scopes_of_a_child(outer, inner, inner_scope); });
    EXPECT_EQ(child.wait(), "");
  }
  EXPECT_EQ(current_context(), inner);
}

}  // namespace
}  // namespace cero::core

// Goal: without memory, propagation throws nothing and makes nothing up: a context arrives whole,
// without its tracestate, or not at all. Method: the n-th allocation fails, for all n.
#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <new>

#include "cero/propagation.h"

namespace {
constinit int allocations_left = -1;  // -1: none fails
}

// Both that are used here: a sanitizer's second does not call the first.
void* operator new(size_t size) {
  if (allocations_left == 0) throw std::bad_alloc();
  if (allocations_left > 0) --allocations_left;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
void* operator new(size_t size, const std::nothrow_t&) noexcept try {
  return operator new(size);
} catch (const std::bad_alloc&) {
  return nullptr;
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t) noexcept { std::free(memory); }

namespace cero {
namespace {

constexpr std::string_view kTraceparent = "00-12345678901234567890123456789012-1234567890123456-01";
constexpr std::string_view kTracestate = "vendor=a-value-of-more-than-fifteen-characters";
constexpr int kAllocationsMax = 30;

// Calls run() with 0, 1, ... allocations that succeed.
template <typename Run>
void run_short_of_memory(const Run& run) {
  for (int count = 0; count <= kAllocationsMax; ++count) {
    SCOPED_TRACE(count);
    run(count);
    allocations_left = -1;
  }
}

SpanContext good_context() { return from_headers({{kTraceparent}}, {{kTracestate}}); }

TEST(PropagationMemory, inject_sets_both_headers_or_none) {
  const SpanContext context = good_context();
  run_short_of_memory([&](int count) {
    std::array<std::string_view, 2> names;
    size_t headers = 0;
    bool as_expected = true;
    allocations_left = count;
    inject(
        [&](std::string_view name, std::string_view value) {
          names[headers++] = name;
          as_expected &= value == (name == kTraceparentHeader ? kTraceparent : kTracestate);
        },
        context);
    allocations_left = -1;
    EXPECT_TRUE(as_expected);
    EXPECT_TRUE(headers == 0 || headers == 2) << headers;
    EXPECT_TRUE(count < kAllocationsMax || headers == 2);
  });
}

TEST(PropagationMemory, extract_loses_the_tracestate_or_the_context) {
  const SpanContext whole = good_context();
  const SpanContext without_state(whole.trace_id(), whole.span_id(), whole.flags(), true);
  run_short_of_memory([&](int count) {
    allocations_left = count;
    const SpanContext context = extract([](std::string_view name) {
      return std::array{name == kTraceparentHeader ? kTraceparent : kTracestate};
    });
    allocations_left = -1;
    EXPECT_TRUE(context == whole || context == without_state || !context.valid());
    EXPECT_TRUE(count < kAllocationsMax || context == whole);
  });
}

TEST(PropagationMemory, a_tracestate_is_whole_or_empty) {
  const TraceState state = good_context().trace_state();
  run_short_of_memory([&](int count) {
    allocations_left = count;
    const TraceState with = state.with("k", "v");
    const TraceState without = with.without("vendor");
    allocations_left = -1;
    EXPECT_TRUE(with.empty() || with.get("vendor") == state.get("vendor"));
    EXPECT_TRUE(without.empty() || without.to_header() == "k=v");
    EXPECT_TRUE(count < kAllocationsMax || without.to_header() == "k=v");
  });
}

}  // namespace
}  // namespace cero

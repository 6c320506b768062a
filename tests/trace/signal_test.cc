// Goal: a signal handler may end the span that its own thread is at. Wherever it comes, the span is
//       counted once, what is exported is whole, and the interrupted call goes on harmlessly.
// Method: each call is made again and again, interrupted after its first instruction, its second,
//         and so on. A long one in strides, and then up to the instruction where the outcome turns
//         from exported to dropped or back. Requests are parsed with the official messages.
// And for scopes: one begins or ends between two instructions, or has not yet; a handler makes its
// own in between, with a span in it.
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "support/official_messages.h"
#include "support/recording_stage.h"
#include "support/single_step.h"

namespace cero::test {
namespace {

using Call = std::function<void(Span&)>;

struct NamedCall {
  std::string name;
  Call call;
  Call before = {};
  bool has_change = true;  // of the kind that an end must not come into
};

// Leaves too little of the buffer for kLine, and of the smallest block.
const std::string kFill(detail::kInlineRecordBytes - sizeof(detail::RecordHeader) - 130, 'f');
const std::string kFillOfBlock(2 * detail::kSpanBufferBytes - sizeof(detail::RecordHeader) - 300,
                               'f');
const std::string kFillOfRest(110, 'f');
const std::string kLine(90, 'l');

std::vector<NamedCall> calls() {
  return {
      {"text", [](Span& span) { span.set_attribute("outer", "thread"); }, {}, false},
      {"numbers",
       [](Span& span) {
         span.set_attribute("outer", 12'345);
         span.set_attribute("outer.two", 0.5);
       },
       {},
       false},
      {"same_size_again", [](Span& span) { span.set_attribute("before", "value 2"); }},
      {"other_size_again", [](Span& span) { span.set_attribute("before", "a longer value"); }},
      {"not_ascii", [](Span& span) { span.set_attribute("outer", "z\xC3\xBCrich"); }},
      {"outgrows_the_buffer", [](Span& span) { span.set_attribute("outer", kLine); },
       [](Span& span) { span.set_attribute("fill", kFill); }},
      {"outgrows_a_block", [](Span& span) { span.set_attribute("outer", kLine); },
       [](Span& span) {
         span.set_attribute("fill", kFillOfBlock);
         span.set_attribute("rest", kFillOfRest);
       }},
      {"event",
       [](Span& span) {
         span.add_event("outer", {{"number", 1}});
       }},
      {"link",
       [](Span& span) {
         span.add_link(SpanContext(TraceId({1}), SpanId({2}), TraceFlags::kSampled, true));
       }},
      {"status", [](Span& span) { span.set_status(StatusCode::ok); }, {}, false},
      {"status_message", [](Span& span) { span.set_status(StatusCode::error, "outer"); },
       [](Span& span) { span.set_status(StatusCode::error, "before"); }},
      {"name", [](Span& span) { span.update_name("another name"); }},
      {"end", [](Span& span) { span.end(); }, {}, false},
      {"destruction", [](Span& span) { span.~Span(); }, {}, false},
  };
}

std::string text(const std::string& value) { return "string_value: \"" + value + "\""; }

// What an attribute may be, before the call or after it.
const std::map<std::string, std::set<std::string>>& expected_values() {
  static const std::map<std::string, std::set<std::string>> values = {
      {"before", {text("value 1"), text("value 2"), text("a longer value")}},
      {"before.two", {text("kept")}},
      {"outer", {text("thread"), "int_value: 12345", text("z\\303\\274rich"), text(kLine)}},
      {"outer.two", {"double_value: 0.5"}},
      {"fill", {text(kFill), text(kFillOfBlock)}},
      {"rest", {text(kFillOfRest)}}};
  return values;
}

void check_whole(const official::Span& span) {
  EXPECT_TRUE(span.name() == "operation" || span.name() == "another name") << span.name();
  std::map<std::string, std::string> attributes;
  for (const auto& attribute : span.attributes()) {
    EXPECT_TRUE(attributes.emplace(attribute.key(), attribute.value().ShortDebugString()).second)
        << "twice: " << attribute.key();
  }
  for (const auto& [key, value] : attributes) {
    EXPECT_TRUE(expected_values().at(key).contains(value)) << key << " is " << value;
  }
  EXPECT_TRUE(attributes.contains("before") && attributes.contains("before.two"));
  for (const auto& event : span.events()) EXPECT_EQ(event.name(), "outer");
  EXPECT_TRUE(span.status().message() == "" || span.status().message() == "before" ||
              span.status().message() == "outer");
  EXPECT_GE(span.end_time_unix_nano(), span.start_time_unix_nano());
}

class SpanSignal : public testing::TestWithParam<NamedCall> {
 protected:
  struct Outcome {
    uint64_t instructions;  // before the interruption, or of all the call
    bool exported;
  };

  Outcome try_at(uint64_t number) {
    return_block();
    SCOPED_TRACE("after instruction " + std::to_string(number));
    const uint64_t pushed_before = stage_.spans_pushed();
    const DroppedSpans before = stage_.producer_totals().dropped;
    // Destroyed by hand, or by the call.
    alignas(Span) std::byte memory[sizeof(Span)];
    auto* span = new (memory) Span(tracer_.start_span("operation"));
    span->set_attribute("before", "value 1");
    span->set_attribute("before.two", "kept");
    if (GetParam().before) GetParam().before(*span);
    const uint64_t instructions = SingleStep::run(
        number, [&] { GetParam().call(*span); }, [&] { span->end(); });
    if (GetParam().name != "destruction") {
      EXPECT_FALSE(instructions == number && span->is_recording());
      span->~Span();
    }
    const DroppedSpans after = stage_.producer_totals().dropped;
    const uint64_t pushed = stage_.spans_pushed() - pushed_before;
    EXPECT_EQ(pushed + after.reentrant - before.reentrant, 1u);
    uint64_t drained = 0;
    for (const std::string& request : stage_.drain()) {
      const auto parsed = official::parse_request(request);
      EXPECT_TRUE(parsed);
      if (!parsed) continue;
      ++drained;
      check_whole(parsed->resource_spans(0).scope_spans(0).spans(0));
    }
    EXPECT_EQ(drained, pushed);
    return {instructions, pushed == 1};
  }

  // Down to the two instructions between which the outcome is another.
  void find_turn(Outcome before, Outcome after) {
    while (after.instructions - before.instructions > 1) {
      const Outcome middle =
          try_at(before.instructions + (after.instructions - before.instructions) / 2);
      (middle.exported == before.exported ? before : after) = middle;
    }
  }

  // A block that a span has outgrown its buffer for may stay with the buffer for the next one, but
  // not a large one.
  void return_block() {
    { tracer_.start_span("large").set_attribute("fill", std::string(10'000, 'f')); }
    stage_.drain();
  }

  RecordingStage stage_{{}};
  Tracer tracer_ = stage_.tracer("t");
};

TEST_P(SpanSignal, may_end_the_span_wherever_it_comes) {
  try_at(UINT64_MAX);  // so that nothing is bound or mapped any more
  const uint64_t length = try_at(UINT64_MAX).instructions;
  ASSERT_GT(length, 20u) << "the call was not stepped through";
  const uint64_t stride = length <= 300 ? 1 : 1 + length * length / 20'000;
  Outcome before = try_at(0);
  EXPECT_TRUE(before.exported);
  bool dropped = false;
  for (uint64_t number = stride; number < length && !HasFailure(); number += stride) {
    const Outcome outcome = try_at(number);
    EXPECT_GE(outcome.instructions + length / 10, number);
    if (outcome.instructions < number) break;  // the allocator took a shorter way this time
    if (outcome.exported != before.exported) find_turn(before, outcome);
    dropped |= !outcome.exported;
    before = outcome;
  }
  EXPECT_EQ(dropped, GetParam().has_change);
}

// ---- Scopes

using OwnedScope = std::unique_ptr<Scope>;

SpanContext context_of(uint8_t number) {
  return {TraceId({number}), SpanId({number}), TraceFlags::kSampled, true,
          number % 2 == 0 ? TraceState::from_header("k=v") : TraceState()};
}
// Kept, so that no scope is the last to have its tracestate: giving it back is not for handlers.
const std::vector<SpanContext> kContexts = {context_of(0), context_of(1), context_of(2),
                                            context_of(3), context_of(4), context_of(5)};
constexpr size_t kOfHandler = 5;

void end_on_another_thread(OwnedScope& scope) {
  std::thread([&] { scope.reset(); }).join();
}

struct ScopeCall {
  std::string name;
  // Scopes there are before, by their contexts; those that another thread ends.
  std::vector<size_t> before;
  std::vector<size_t> ended;
  std::function<void(std::vector<OwnedScope>&)> call;
  // What is current after it: an index of kContexts, or 0 for nothing.
  size_t after;

  friend std::ostream& operator<<(std::ostream& out, const ScopeCall& shown) {
    return out << shown.name;
  }
};

void begin(std::vector<OwnedScope>& scopes, size_t context) {
  scopes.push_back(std::make_unique<Scope>(kContexts[context]));
}

std::vector<ScopeCall> scope_calls() {
  using Scopes = std::vector<OwnedScope>;
  return {
      {"begins", {1}, {}, [](Scopes& scopes) { begin(scopes, 3); }, 3},
      {"begins_with_a_tracestate", {1}, {}, [](Scopes& scopes) { begin(scopes, 2); }, 2},
      {"begins_as_the_first", {}, {}, [](Scopes& scopes) { begin(scopes, 1); }, 1},
      {"begins_on_one_that_has_ended",
       {1, 2, 3},
       {1, 2},
       [](Scopes& scopes) { begin(scopes, 4); },
       4},
      {"ends", {1, 3}, {}, [](Scopes& scopes) { scopes[1].reset(); }, 1},
      {"ends_with_a_tracestate", {1, 2}, {}, [](Scopes& scopes) { scopes[1].reset(); }, 1},
      {"ends_as_the_last", {1}, {}, [](Scopes& scopes) { scopes[0].reset(); }, 0},
      {"ends_on_one_that_has_ended", {1, 2, 3}, {1}, [](Scopes& scopes) { scopes[2].reset(); }, 1},
      {"ends_below_one_that_has_ended",
       {1, 2, 4},
       {2},
       [](Scopes& scopes) { scopes[1].reset(); },
       1},
      {"ends_before_an_inner_one", {1, 2, 3}, {}, [](Scopes& scopes) { scopes[1].reset(); }, 3},
      {"is_read", {1, 2}, {}, [](Scopes&) { EXPECT_EQ(current_context(), kContexts[2]); }, 2},
      {"is_read_below_one_that_has_ended",
       {1, 2, 3},
       {1, 2},
       [](Scopes&) { EXPECT_EQ(current_context(), kContexts[1]); },
       1},
  };
}

class ScopeSignal : public testing::TestWithParam<ScopeCall> {
 protected:
  // Returns how many instructions came before.
  uint64_t try_at(uint64_t number) {
    SCOPED_TRACE("after instruction " + std::to_string(number));
    const ScopeCall& call = GetParam();
    std::vector<OwnedScope> scopes;
    scopes.reserve(call.before.size() + 1);
    for (const size_t context : call.before) begin(scopes, context);
    for (const size_t index : call.ended) end_on_another_thread(scopes[index]);
    const SpanContext before = current_context();
    handler_was_right_ = true;
    const uint64_t instructions = SingleStep::run(
        number, [&] { call.call(scopes); }, [&] { handle(before, expected_after()); });
    EXPECT_TRUE(handler_was_right_);
    EXPECT_EQ(current_context(), expected_after());
    while (!scopes.empty()) scopes.pop_back();
    EXPECT_FALSE(current_context().valid());
    { const Scope next(kContexts[1]); }
    EXPECT_EQ(detail::current_top, nullptr) << "an entry was left behind";
    return instructions;
  }

 private:
  static SpanContext expected_after() {
    return GetParam().after == 0 ? SpanContext() : kContexts[GetParam().after];
  }
  // Twice: the second scope may be where the first one was.
  void handle(const SpanContext& before, const SpanContext& after) {
    for (int i = 0; i < 2; ++i) {
      const SpanContext found = current_context();
      handler_was_right_ &= found == before || found == after;
      const Scope scope(kContexts[kOfHandler]);
      handler_was_right_ &= current_context() == kContexts[kOfHandler];
      const Span span = tracer_.start_span("of the handler");
      handler_was_right_ &= span.context().trace_id() == kContexts[kOfHandler].trace_id();
    }
  }

  RecordingStage stage_{{}};
  Tracer tracer_ = stage_.tracer("t");
  bool handler_was_right_ = true;
};

TEST_P(ScopeSignal, begins_and_ends_wherever_a_handler_comes) {
  try_at(UINT64_MAX);  // so that nothing is bound or mapped any more
  const uint64_t length = try_at(UINT64_MAX);
  ASSERT_GT(length, 20u) << "the call was not stepped through";
  for (uint64_t number = 0; number < length && !HasFailure(); ++number) try_at(number);
}

// Where the handler comes while the thread gets its stack, its own scope has no effect.
TEST(FirstScopeSignal, begins_wherever_a_handler_comes) {
  const auto try_at = [](uint64_t number) {
    uint64_t instructions = 0;
    std::thread([&] {
      OwnedScope scope;
      bool handler_was_right = true;
      instructions = SingleStep::run(
          number, [&] { scope = std::make_unique<Scope>(kContexts[1]); },
          [&] {
            const SpanContext before = current_context();
            {
              const Scope own(kContexts[kOfHandler]);
              const SpanContext found = current_context();
              handler_was_right &= found == kContexts[kOfHandler] || found == before;
            }
            handler_was_right &= current_context() == before;
          });
      EXPECT_TRUE(handler_was_right) << "after instruction " << number;
      EXPECT_EQ(current_context(), kContexts[1]) << "after instruction " << number;
      scope.reset();
      EXPECT_EQ(detail::current_top, nullptr) << "after instruction " << number;
    }).join();
    return instructions;
  };
  try_at(UINT64_MAX);
  const uint64_t length = try_at(UINT64_MAX);
  ASSERT_GT(length, 50u) << "the call was not stepped through";
  for (uint64_t number = 0; number < length && !HasFailure(); ++number) try_at(number);
}

// What is read ends on another thread meanwhile, and the handler's scopes would take its place. No
// reading may see the two mixed, nor a tracestate that has been freed.
class ReadSignal : public testing::Test {
 protected:
  using Reading = std::function<void()>;

  void read_at_every_instruction(const Reading& reading) {
    try_at(UINT64_MAX, reading);
    const uint64_t length = try_at(UINT64_MAX, reading);
    ASSERT_GT(length, 20u) << "the call was not stepped through";
    for (uint64_t number = 0; number < length && !HasFailure(); ++number) try_at(number, reading);
  }

  RecordingStage stage_{{}};
  Tracer tracer_ = stage_.tracer("t");
  SpanContext read_;
  Span child_;

 private:
  uint64_t try_at(uint64_t number, const Reading& reading) {
    const Scope outer(kContexts[1]);
    // The entry alone has its tracestate.
    auto inner = std::make_unique<Scope>(SpanContext(
        TraceId({7}), SpanId({7}), TraceFlags::kSampled, true, TraceState::from_header("k=read")));
    read_ = {};  // so that a reading frees nothing: the handler's thread takes malloc()
    const uint64_t instructions = SingleStep::run(number, reading, [&] {
      end_on_another_thread(inner);
      for (int i = 0; i < 2; ++i) const Scope own(kContexts[kOfHandler]);
    });
    if (child_.is_recording()) read_ = child_.context();
    child_ = {};
    const bool is_outer =
        read_.trace_id() == kContexts[1].trace_id() && read_.trace_state().empty();
    const bool is_inner =
        read_.trace_id() == TraceId({7}) && read_.trace_state().to_header() == "k=read";
    EXPECT_TRUE(is_inner || (is_outer && inner == nullptr)) << "after instruction " << number;
    return instructions;
  }
};

TEST_F(ReadSignal, a_context_is_read_whole) {
  read_at_every_instruction([&] { read_ = current_context(); });
}

TEST_F(ReadSignal, the_parent_of_a_span_is_read_whole) {
  read_at_every_instruction([&] { child_ = tracer_.start_span("child"); });
}

INSTANTIATE_TEST_SUITE_P(Calls, ScopeSignal, testing::ValuesIn(scope_calls()),
                         [](const auto& call) { return call.param.name; });

INSTANTIATE_TEST_SUITE_P(Calls, SpanSignal, testing::ValuesIn(calls()),
                         [](const auto& call) { return call.param.name; });

}  // namespace
}  // namespace cero::test

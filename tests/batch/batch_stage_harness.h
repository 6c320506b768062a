// StageHarness: a BatchStage over rings that a test fills by hand. Ticks are made up; requests are
// read back with protobuf.
#ifndef CERO_TESTS_BATCH_BATCH_STAGE_HARNESS_H_
#define CERO_TESTS_BATCH_BATCH_STAGE_HARNESS_H_

#include <gtest/gtest.h>

#include <chrono>
#include <cstring>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "batch/batch_stage.h"
#include "otlp/trace.pb.h"
#include "support/test_records.h"

namespace cero::test {

using core::BatchStage;
using core::SpanRing;
using Numbers = std::vector<uint64_t>;
using std::chrono::milliseconds;

constexpr size_t kRingBytes = size_t{256} << 10;
constexpr uint32_t kRecordBytes = 200;
constexpr milliseconds kDelayMax{100};
constexpr uint64_t kDelayTicks = 100'000'000;  // a tick is a nanosecond here
constexpr uint64_t kStartTicks = 1'000'000'000;

struct Limits {
  uint32_t spans_max = 1000;
  uint32_t bytes_max = 1 << 20;
};

class StageHarness {
 public:
  explicit StageHarness(size_t ring_count, Limits limits = {})
      : builder_({}, {}, {limits.spans_max, limits.bytes_max}),
        stage_({kGeneration, kDelayMax, [this](uint32_t spans) { on_lost(spans); }}, *rings_,
               tickets_, exchange_, builder_, {kStartTicks, kStartTicks, kStartTicks}) {
    for (size_t i = 0; i < ring_count; ++i) {
      all_.push_back(SpanRing::create(kRingBytes, tickets_, budget_));
      EXPECT_TRUE(rings_->add(all_.back()));
    }
  }

  BatchStage& stage() { return stage_; }
  core::TicketQueue& tickets() { return tickets_; }
  core::BodyExchange& exchange() { return exchange_; }
  SpanRing& ring(size_t index) { return *all_[index]; }

  void push(size_t ring, uint64_t number, uint64_t end_ticks = kStartTicks) {
    EXPECT_TRUE(all_[ring]->try_push(TestRecord(kRecordBytes, number, end_ticks)));
  }
  void push_many(size_t ring, uint64_t first, uint64_t count) {
    for (uint64_t i = 0; i < count; ++i) push(ring, first + i);
  }

  // A whole round over the rings. False: blocked.
  bool sweep() {
    stage_.start_sweep();
    return stage_.sweep();
  }

  // The numbers of the spans in the next request, whose body goes back; none: no request.
  std::optional<Numbers> next_batch() {
    core::Body* body = exchange_.try_take();
    if (body == nullptr) return std::nullopt;
    EXPECT_EQ(body->number, ++last_number_);
    otlp::ExportTraceServiceRequest request;
    EXPECT_TRUE(request.ParseFromString(body->bytes));
    Numbers numbers;
    for (const auto& scope_spans : request.resource_spans(0).scope_spans()) {
      for (const otlp::Span& span : scope_spans.spans()) {
        uint64_t number;
        std::memcpy(&number, span.span_id().data(), sizeof(number));
        numbers.push_back(number);
      }
    }
    EXPECT_EQ(numbers.size(), body->span_count);
    exchange_.release(body);
    return numbers;
  }

  std::function<void(uint32_t)> on_lost = [this](uint32_t spans) { lost += spans; };
  uint64_t lost = 0;

 private:
  core::RingBudget budget_;
  core::TicketQueue tickets_;
  std::unique_ptr<core::RingRegistry> rings_ = std::make_unique<core::RingRegistry>();
  std::vector<SpanRing*> all_;
  core::BodyExchange exchange_;
  core::RequestBuilder builder_;
  BatchStage stage_;
  uint64_t last_number_ = 0;
};

}  // namespace cero::test

#endif  // CERO_TESTS_BATCH_BATCH_STAGE_HARNESS_H_

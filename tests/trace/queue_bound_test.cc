// Goal: with queue_spans_max the batch thread hears of spans before the queue is full, however
// small they are and in however many rings they lie. Method: the real tracers and rings, and the
// ticket queue that the batch thread would read.
#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "support/recording_stage.h"

namespace cero::test {
namespace {

Options bounded(uint32_t spans_max, uint32_t queue_spans_max) {
  Options options;
  options.batch.spans_max = spans_max;
  options.batch.queue_spans_max = queue_spans_max;
  return options;
}

void end_spans(Tracer tracer, int count) {
  for (int i = 0; i < count; ++i) tracer.start_span("s").end();
}

TEST(QueueBound, is_announced_when_it_is_half_full) {
  RecordingStage stage(bounded(100, 100));
  end_spans(stage.tracer("t"), 49);
  EXPECT_FALSE(stage.take_announcements());
  end_spans(stage.tracer("t"), 1);
  EXPECT_TRUE(stage.take_announcements());
}

TEST(QueueBound, is_announced_for_each_batch) {
  RecordingStage stage(bounded(10, 100));
  for (int batch = 0; batch < 5; ++batch) {
    end_spans(stage.tracer("t"), 9);
    EXPECT_FALSE(stage.take_announcements());
    end_spans(stage.tracer("t"), 1);
    EXPECT_TRUE(stage.take_announcements());
    stage.drain();
  }
}

TEST(QueueBound, counts_the_spans_of_all_threads) {
  RecordingStage stage(bounded(80, 80));
  const Tracer tracer = stage.tracer("t");
  std::vector<std::jthread> threads;
  for (int i = 0; i < 8; ++i) threads.emplace_back([&] { end_spans(tracer, 5); });
  threads.clear();
  EXPECT_TRUE(stage.take_announcements());
}

TEST(QueueBound, is_announced_when_it_refuses_a_span) {
  RecordingStage stage(bounded(10, 13));
  end_spans(stage.tracer("t"), 13);
  EXPECT_TRUE(stage.take_announcements());
  end_spans(stage.tracer("t"), 1);
  EXPECT_TRUE(stage.take_announcements());
}

TEST(QueueBound, announces_nothing_where_there_is_none) {
  RecordingStage stage(Options{});
  end_spans(stage.tracer("t"), 90);
  EXPECT_FALSE(stage.take_announcements());
}

}  // namespace
}  // namespace cero::test

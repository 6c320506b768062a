// Goal: a span that starts where there is no slot records nothing, is counted, and hands its
// parent's context on where that can be done. Method: a thread that finds no free slot while the
// kernel, played by this program's getrandom(), has no random bytes to seed one with; a slot in
// use, as a signal handler finds it.
#include "trace/span_start.h"

#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "cero/prepared_span.h"
#include "cero/tracer.h"
#include "support/recording_stage.h"

namespace {
std::atomic<bool> kernel_has_no_random_bytes{false};
}  // namespace

// For every test of this program.
extern "C" ssize_t getrandom(void* buffer, size_t size, unsigned flags) {
  if (kernel_has_no_random_bytes.load()) return -1;
  return syscall(SYS_getrandom, buffer, size, flags);
}

namespace cero {
namespace {

using test::RecordingStage;

const SpanContext kParent(TraceId({1, 2, 3}), SpanId({4, 5}), TraceFlags::kSampled, true,
                          TraceState::from_header("k=v"));

// Threads take the free slots and keep them, until the last one finds none.
template <typename Run>
void run_without_slot(const Run& run) {
  std::thread([&] {
    if (core::SlotUse()) return run_without_slot(run);
    run();
  }).join();
}

uint64_t non_recording(RecordingStage& stage) {
  return stage.producer_totals().non_recording_no_memory;
}

TEST(SpanStart, without_a_slot_passes_the_parent_on_and_counts) {
  RecordingStage stage({});
  Tracer tracer = stage.tracer("t");
  kernel_has_no_random_bytes.store(true);
  run_without_slot([&] {
    const Span child = tracer.start_span("child", {.parent = kParent});
    EXPECT_FALSE(child.is_recording());
    EXPECT_EQ(child.context(), kParent);
    EXPECT_EQ(non_recording(stage), 1u);
    EXPECT_FALSE(tracer.start_span("root").context().valid());
    EXPECT_EQ(non_recording(stage), 2u);
    EXPECT_EQ(tracer.prepare("prepared").start(kParent).context(), kParent);
    EXPECT_EQ(non_recording(stage), 3u);
  });
  kernel_has_no_random_bytes.store(false);
}

TEST(SpanStart, without_a_slot_counts_no_span_that_would_not_be_sampled) {
  Options options;
  options.sampler = Sampler::always_off();
  RecordingStage stage(options);
  Tracer tracer = stage.tracer("t");
  kernel_has_no_random_bytes.store(true);
  run_without_slot([&] {
    EXPECT_EQ(tracer.start_span("child", {.parent = kParent}).context(), kParent);
    EXPECT_FALSE(tracer.start_span("root").is_recording());
  });
  kernel_has_no_random_bytes.store(false);
  EXPECT_EQ(non_recording(stage), 0u);
}

TEST(SpanStart, reentrant_counts_and_has_no_context) {
  RecordingStage stage({});
  Tracer tracer = stage.tracer("t");
  {
    const core::SlotUse inside;
    const Span span = tracer.start_span("in a handler", {.parent = kParent});
    EXPECT_FALSE(span.is_recording());
    EXPECT_FALSE(span.context().valid());
  }
  EXPECT_EQ(non_recording(stage), 1u);
  EXPECT_TRUE(tracer.start_span("afterwards").is_recording());
}

}  // namespace
}  // namespace cero

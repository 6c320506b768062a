// Goal: the memory of open spans is for open spans: however many threads there are, and whatever
// one of them once had, a span finds memory as long as those open at once have less than the
// budget. Method: thousands of threads that live at once, and one that hoards and lets go, under
// default options.
#include <gtest/gtest.h>
#include <pthread.h>

#include <atomic>
#include <latch>
#include <string>
#include <thread>
#include <vector>

#include "trace/provider_to_nobody.h"

namespace cero::test {
namespace {

// A thread costs a sanitizer much more, and it knows some thousands at most.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr int kThreads = 1000;
#else
constexpr int kThreads = 10'000;
#endif

// Threads with small stacks.
class Threads {
 public:
  Threads() {
    pthread_attr_init(&attributes_);
    pthread_attr_setstacksize(&attributes_, size_t{256} << 10);
  }
  ~Threads() {
    for (const pthread_t thread : threads_) pthread_join(thread, nullptr);
    pthread_attr_destroy(&attributes_);
  }
  Threads(const Threads&) = delete;
  Threads& operator=(const Threads&) = delete;

  // False: the machine gives no more.
  bool start(void* (*run)(void*), void* argument) {
    pthread_t thread;
    if (pthread_create(&thread, &attributes_, run, argument) != 0) return false;
    threads_.push_back(thread);
    return true;
  }

 private:
  pthread_attr_t attributes_;
  std::vector<pthread_t> threads_;
};

struct LivingThreads {
  Tracer tracer;
  std::atomic<int> recording{0};
  std::atomic<int> begun{0};
  std::atomic<bool> may_end{false};

  static void* run(void* self) {
    static_cast<LivingThreads*>(self)->live();
    return nullptr;
  }
  void live() {
    Span span = tracer.start_span("of a thread");
    span.set_attribute("key", "value");
    if (span.is_recording()) ++recording;
    ++begun;
    may_end.wait(false);
  }
};

TEST(OpenSpans, are_recorded_on_ten_thousand_threads_at_once) {
  TracerProvider provider = make_provider_to_nobody();
  LivingThreads state{.tracer = provider.get_tracer("test")};
  int started = 0;
  {
    Threads threads;
    while (started < kThreads && threads.start(LivingThreads::run, &state)) ++started;
    while (state.begun.load() < started) std::this_thread::yield();
    EXPECT_EQ(state.recording.load(), started);
    EXPECT_EQ(provider.stats().non_recording_no_memory, 0u);
    state.may_end.store(true);
    state.may_end.notify_all();
  }
  EXPECT_EQ(started, kThreads) << "threads that this machine allows";
  EXPECT_EQ(provider.stats().recorded, static_cast<uint64_t>(started));
}

// What one thread had open is anybody's afterwards, for buffers and for spans that outgrow them.
TEST(OpenSpans, find_the_memory_that_another_thread_has_let_go) {
  constexpr size_t kHoarded = 33'000;
  constexpr int kOthers = 50;
  constexpr int kSpansOfEach = 200;
  TracerProvider provider = make_provider_to_nobody();
  Tracer tracer = provider.get_tracer("test");
  std::latch is_over(1);
  std::latch has_let_go(1);
  std::thread hoarder([&] {
    std::vector<Span> hoard;
    while (hoard.size() < kHoarded) hoard.push_back(tracer.start_span("hoarded"));
    hoard.clear();
    has_let_go.count_down();
    is_over.wait();  // and lives on
  });
  has_let_go.wait();
  const uint64_t refused_to_the_hoarder = provider.stats().non_recording_no_memory;
  EXPECT_GT(refused_to_the_hoarder, 0u) << "more than the budget";

  const std::string long_text(40'000, 'x');
  for (int i = 0; i < kOthers; ++i) {
    std::thread([&] {
      std::vector<Span> spans;
      while (spans.size() < kSpansOfEach) spans.push_back(tracer.start_span("another's"));
      spans.back().set_attribute("text", long_text);
    }).join();
  }
  is_over.count_down();
  hoarder.join();
  const Stats stats = provider.stats();
  EXPECT_EQ(stats.non_recording_no_memory, refused_to_the_hoarder);
  EXPECT_EQ(stats.dropped.no_memory, 0u);
}

// Each has had thirty open and lives on: together they keep little, though they were all there
// first.
TEST(OpenSpans, find_the_memory_that_idle_threads_have_had) {
  constexpr int kSpansOfEach = 30;
  constexpr size_t kForAll = 24'576 / 2;  // of what the budget has for buffers
  TracerProvider provider = make_provider_to_nobody();
  Tracer tracer = provider.get_tracer("test");
  std::atomic<bool> may_end{false};
  std::vector<std::jthread> idle;
  for (int i = 0; i < kThreads / 10; ++i) {
    std::latch has_let_go(1);
    idle.emplace_back([&] {
      std::vector<Span> spans;
      while (spans.size() < kSpansOfEach) spans.push_back(tracer.start_span("once"));
      spans.clear();
      has_let_go.count_down();
      may_end.wait(false);
    });
    has_let_go.wait();
  }
  std::vector<Span> spans;
  while (spans.size() < kForAll) spans.push_back(tracer.start_span("later"));
  EXPECT_EQ(provider.stats().non_recording_no_memory, 0u);
  spans.clear();
  may_end.store(true);
  may_end.notify_all();
}

// With as many buffers as spans: none may lie in a lump that another thread is still making.
TEST(OpenSpans, of_a_crowd_that_starts_at_once_are_all_recorded) {
  constexpr int kRounds = 20;
  constexpr int kCrowd = 300;
  for (int round = 0; round < kRounds; ++round) {
    Options options = options_to_nobody();
    options.open_spans_bytes_max = 1 << 20;  // 384 buffers
    auto made = TracerProvider::create(std::move(options));
    ASSERT_TRUE(made);
    LivingThreads state{.tracer = made->get_tracer("test")};
    std::vector<std::jthread> threads;
    for (int i = 0; i < kCrowd; ++i) threads.emplace_back([&] { state.live(); });
    while (state.begun.load() < kCrowd) std::this_thread::yield();
    EXPECT_EQ(state.recording.load(), kCrowd) << "round " << round;
    state.may_end.store(true);
    state.may_end.notify_all();
  }
}

}  // namespace
}  // namespace cero::test

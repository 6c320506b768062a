// What the lifecycle and fault tests share: options, backends, loads.
#ifndef CERO_TESTS_PIPELINE_LIFECYCLE_HARNESS_H_
#define CERO_TESTS_PIPELINE_LIFECYCLE_HARNESS_H_

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <latch>
#include <string_view>
#include <thread>
#include <utility>

#include "pipeline/backend.h"

namespace cero::test {

inline Options options_for(const Backend& backend) {
  Options options;
  options.exporter = backend.exporter();
  return options;
}

// Where nobody listens any more.
inline Exporter refusing_exporter() {
  DirectBackend backend(Route::http1_plain);
  Exporter exporter = backend.exporter();
  backend.receiver().stop();
  return exporter;
}

inline void end_spans(Tracer tracer, int count) {
  for (int i = 0; i < count; ++i) tracer.start_span("s").end();
}

// Of what the process has: "/proc/self/task" for its threads.
inline size_t count_entries(const char* directory) {
  size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    static_cast<void>(entry);
    ++count;
  }
  return count;
}

// A thread that was joined may be listed for a moment longer.
inline bool falls_to(size_t count, const char* directory) {
  for (int tries = 0; tries < 1'000'000; ++tries) {
    if (count_entries(directory) <= count) return true;
    std::this_thread::yield();
  }
  return false;
}

// First in a test whose shutdown has little time: a thread that was late for it is joined when the
// next provider is made, which this makes in the end.
class LateThreadsJoined {
 public:
  LateThreadsJoined() {
    std::thread([] {}).join();  // with the first one a sanitizer's own comes, and stays
    threads_ = count_entries("/proc/self/task");
  }
  ~LateThreadsJoined() {
    EXPECT_TRUE(falls_to(threads_, "/proc/self/task"));
    Options options;
    options.exporter.endpoint = "http://127.0.0.1:9";
    make_provider(std::move(options));
  }
  LateThreadsJoined(const LateThreadsJoined&) = delete;
  LateThreadsJoined& operator=(const LateThreadsJoined&) = delete;

 private:
  size_t threads_;
};

// The export thread's first failure holds it up in the log handler, for as long as the test wants.
class HeldExportThread {
 public:
  LogHandler handler() {
    return [this](Severity, std::string_view) {
      if (!std::exchange(has_arrived_, true)) arrived_.count_down();
      released_.wait();
    };
  }
  // Sends one span of its own to that end.
  void hold(TracerProvider& provider) {
    end_spans(provider.get_tracer("hold"), 1);
    EXPECT_FALSE(provider.force_flush(std::chrono::milliseconds(0)));
    arrived_.wait();
  }
  void release() { released_.count_down(); }

 private:
  bool has_arrived_ = false;  // of the handler alone, whose calls come one by one
  std::latch arrived_{1};
  std::latch released_{1};
};

inline DirectBackend backend_that_fails_once() {
  return DirectBackend(Route::http1_plain,
                       [](const receiver::RequestInfo& request) -> receiver::Reply {
                         return {.status = request.index == 1 ? 503 : 200};
                       });
}

}  // namespace cero::test

#endif  // CERO_TESTS_PIPELINE_LIFECYCLE_HARNESS_H_

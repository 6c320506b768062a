// Goal: cero is a guest: its threads have names, block all signals and call the host's hook; the
// host's signal mask, SIGPIPE, errno and locale stay as they are. Method: what the kernel says of
// this process's threads, and the host's own state before and after.
#include <dirent.h>
#include <gtest/gtest.h>
#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <clocale>
#include <csignal>
#include <fstream>
#include <locale>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "pipeline/lifecycle_harness.h"
#include "support/failing_mmap.h"
#include "support/forked_child.h"

namespace cero::test {
namespace {

using namespace std::chrono_literals;

std::string first_line(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

// Of /proc/self/task/<id>/status.
std::string status_field(const std::string& id, const std::string& name) {
  std::ifstream file("/proc/self/task/" + id + "/status");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(name + ":\t")) return line.substr(name.size() + 2);
  }
  return "";
}

// Ids of this process's threads, by name.
std::multimap<std::string, std::string> threads_by_name() {
  std::multimap<std::string, std::string> threads;
  DIR* tasks = opendir("/proc/self/task");
  while (const dirent* entry = readdir(tasks)) {
    const std::string id = entry->d_name;
    if (!id.starts_with('.')) threads.emplace(first_line("/proc/self/task/" + id + "/comm"), id);
  }
  closedir(tasks);
  return threads;
}

// What the hook was told, and on which threads.
class Hook {
 public:
  ThreadStartHook hook() {
    return [this](std::string_view name) {
      const std::lock_guard lock(mutex_);
      calls_.emplace(name, std::to_string(gettid()));
    };
  }
  std::multimap<std::string, std::string> calls() {
    const std::lock_guard lock(mutex_);
    return calls_;
  }

 private:
  std::mutex mutex_;
  std::multimap<std::string, std::string> calls_;
};

// Both threads run: one has drained a span, the other has sent it.
void use(TracerProvider& provider) {
  end_spans(provider.get_tracer("t"), 1);
  EXPECT_TRUE(provider.force_flush());
}

TEST(Host, knows_the_threads_by_their_names_and_its_hook) {
  DirectBackend backend(Route::http1_plain);
  Hook hook;
  Options options = options_for(backend);
  options.on_thread_start = hook.hook();
  TracerProvider provider = make_provider(std::move(options));
  use(provider);
  const auto threads = threads_by_name();
  const auto calls = hook.calls();
  ASSERT_EQ(calls.size(), 2u);
  for (const char* name : {"cero-batch", "cero-export"}) {
    ASSERT_EQ(threads.count(name), 1u);
    ASSERT_EQ(calls.count(name), 1u);
    EXPECT_EQ(threads.find(name)->second, calls.find(name)->second);
  }
}

TEST(Host, decides_where_the_threads_run) {
  DirectBackend backend(Route::http1_plain);
  Options options = options_for(backend);
  std::atomic<int> failures{0};
  // The lowest priority, which no thread of this process has else.
  options.on_thread_start = [&](std::string_view) {
    const sched_param lowest{};
    if (pthread_setschedparam(pthread_self(), SCHED_IDLE, &lowest) != 0) ++failures;
  };
  TracerProvider provider = make_provider(std::move(options));
  use(provider);
  EXPECT_EQ(failures.load(), 0);
  for (const auto& [name, id] : threads_by_name()) {
    const bool is_idle = sched_getscheduler(std::stoi(id)) == SCHED_IDLE;
    EXPECT_EQ(is_idle, name.starts_with("cero-b") || name.starts_with("cero-e")) << name;
  }
}

// ThreadSanitizer lets a forked child of threads have none.
#ifndef __SANITIZE_THREAD__
TEST(Host, is_called_on_the_threads_of_a_forked_child) {
  DirectBackend backend(Route::http1_plain);
  Hook hook;
  Options options = options_for(backend);
  options.on_thread_start = hook.hook();
  TracerProvider provider = make_provider(std::move(options));
  use(provider);
  ForkedChild child([&] {
    end_spans(provider.get_tracer("t"), 1);
    if (!provider.force_flush()) return std::string("not flushed");
    return std::to_string(hook.calls().size());
  });
  EXPECT_EQ(child.wait(), "4");
  EXPECT_EQ(hook.calls().size(), 2u);
}
#endif

TEST(Host, has_no_signal_delivered_to_the_threads) {
  sigset_t before;
  sigset_t after;
  pthread_sigmask(SIG_SETMASK, nullptr, &before);
  DirectBackend backend(Route::http1_plain);
  TracerProvider provider = make_provider(options_for(backend));
  use(provider);
  const auto threads = threads_by_name();
  for (const char* name : {"cero-batch", "cero-export"}) {
    ASSERT_EQ(threads.count(name), 1u);
    const uint64_t blocked =
        std::stoull(status_field(threads.find(name)->second, "SigBlk"), nullptr, 16);
    for (int number = 1; number < 32; ++number) {
      const bool can_be_blocked = number != SIGKILL && number != SIGSTOP;
      EXPECT_EQ((blocked >> (number - 1) & 1) == 1, can_be_blocked) << name << ", " << number;
    }
  }
  EXPECT_TRUE(provider.shutdown());
  pthread_sigmask(SIG_SETMASK, nullptr, &after);
  for (int number = 1; number < NSIG; ++number)
    EXPECT_EQ(sigismember(&after, number), sigismember(&before, number)) << number;
}

std::atomic<int> pipe_signals{0};
void count_pipe_signal(int) { ++pipe_signals; }

// From a connection that the backend has closed, in the clear and over TLS, which says goodbye.
TEST(Host, gets_no_pipe_signal) {
  struct sigaction counting {};
  counting.sa_handler = count_pipe_signal;
  struct sigaction before;
  ASSERT_EQ(sigaction(SIGPIPE, &counting, &before), 0);
  for (const Route route : {Route::http1_plain, Route::http2_tls_gzip}) {
    DirectBackend backend(route);
    Options options = options_for(backend);
    options.log_handler = nullptr;
    TracerProvider provider = make_provider(std::move(options));
    use(provider);
    backend.receiver().stop();
    end_spans(provider.get_tracer("t"), 1);
    EXPECT_FALSE(provider.shutdown(200ms));
  }
  EXPECT_EQ(pipe_signals.load(), 0);
  struct sigaction after;
  ASSERT_EQ(sigaction(SIGPIPE, &before, &after), 0);
  EXPECT_EQ(after.sa_handler, count_pipe_signal);
}

TEST(Host, keeps_its_errno_when_spans_find_no_memory) {
  DirectBackend backend(Route::http1_plain);
  TracerProvider provider = make_provider(options_for(backend));
  Tracer tracer = provider.get_tracer("t");
  // How many mappings may succeed before one fails: the slot's, the buffers', the ring's.
  for (int successes = 0; successes < 4; ++successes) {
    std::thread([&] {
      errno = EDOM;
      fail_mmap_after(successes);
      { Span span = tracer.start_span("s"); }
      cancel_failing_mmap();
      EXPECT_EQ(errno, EDOM) << successes;
    }).join();
  }
}

TEST(Host, keeps_its_errno_in_the_child_of_a_fork) {
  DirectBackend backend(Route::http1_plain);
  TracerProvider provider = make_provider(options_for(backend));
  Tracer tracer = provider.get_tracer("t");
  ForkedChild child([&] {
    errno = EDOM;
    { Span span = tracer.start_span("s"); }
    return std::to_string(errno);
  });
  EXPECT_EQ(child.wait(), std::to_string(EDOM));
}

TEST(Host, keeps_its_locale) {
  ASSERT_NE(std::setlocale(LC_ALL, "C.UTF-8"), nullptr);
  const std::locale global;
  DirectBackend backend(Route::http2_tls_gzip);
  {
    TracerProvider provider = make_provider(options_for(backend));
    use(provider);
    Options options;
    options.exporter = Console{.color = false};
    TracerProvider console = make_provider(std::move(options));
    use(console);
  }
  EXPECT_STREQ(std::setlocale(LC_ALL, nullptr), "C.UTF-8");
  EXPECT_TRUE(std::locale() == global);
  std::setlocale(LC_ALL, "C");
}

}  // namespace
}  // namespace cero::test

// Goal: however a forked child or its parent ends, whoever forks again, starts a program, has other
// providers or no memory, nothing hangs, and each process's ledger is exact. Method: as in
// fork_test.cc.
#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <optional>
#include <string>

#include "pipeline/fork_harness.h"
#include "support/allocation_count.h"

namespace cero::test {
namespace {

using namespace std::chrono_literals;

// ---- How it ends

TEST(ForkedLife, may_be_gone_without_a_word) {
  DirectBackend backend(Route::http1_plain);
  TracerProvider provider = make_provider(options_that_wait(backend));
  Tracer tracer = provider.get_tracer("t");
  ForkedChild child([&] {
    end_spans(tracer, 3);
    return to_text(provider.stats());
  });
  EXPECT_EQ(child.wait(), "3 recorded, 0 exported, 0 lost, 3 in flight");
  end_spans(tracer, 2);
  EXPECT_EQ(flush(provider), all_exported(2));
  EXPECT_EQ(arrived(backend), 2u);
}

// Destroyed by exit().
std::optional<TracerProvider>& static_provider() {
  static std::optional<TracerProvider> provider;
  return provider;
}

TEST(ForkedLife, delivers_at_exit_what_it_has_recorded) {
  DirectBackend backend(Route::http1_plain);
  static_provider() = make_provider(options_that_wait(backend));
  Tracer tracer = static_provider()->get_tracer("t");
  end_spans(tracer, 5);
  ForkedChild child(
      [&] {
        end_spans(tracer, 3);
        return std::string();
      },
      Ending::in_good_order);
  child.wait();
  EXPECT_EQ(arrived(backend), 3u);
  ForkedChild idle([] { return std::string(); }, Ending::in_good_order);
  idle.wait();
  EXPECT_EQ(arrived(backend), 3u);
  static_provider().reset();
  EXPECT_EQ(arrived(backend), 8u);
}

TEST(ForkedLife, outlives_the_parents) {
  DirectBackend backend(Route::http1_plain);
  std::array<int, 2> gone;
  ASSERT_EQ(pipe(gone.data()), 0);
  std::optional<TracerProvider> provider = make_provider(options_that_wait(backend));
  Tracer tracer = provider->get_tracer("t");
  end_spans(tracer, 1);
  ForkedChild child([&] {
    close(gone[1]);
    char byte;
    if (read(gone[0], &byte, 1) != 0) return std::string("not at its end");
    end_spans(tracer, 3);
    return flush(*provider);
  });
  provider.reset();
  close(gone[0]);
  close(gone[1]);
  EXPECT_EQ(child.wait(), all_exported(3));
  EXPECT_EQ(arrived(backend), 4u);
}

// ---- Forks of forks, and what is no fork

TEST(ForkedLife, works_in_a_daemon) {
  DirectBackend backend(Route::http1_plain);
  TracerProvider provider = make_provider(options_that_wait(backend));
  Tracer tracer = provider.get_tracer("t");
  ForkedChild child([&] {
    setsid();
    ForkedChild daemon([&] {
      end_spans(tracer, 4);
      return flush(provider);
    });
    return daemon.wait();
  });
  EXPECT_EQ(child.wait(), all_exported(4));
  EXPECT_EQ(arrived(backend), 4u);
}

TEST(ForkedLife, works_in_a_child_of_a_child_that_records) {
  DirectBackend backend(Route::http1_plain);
  TracerProvider provider = make_provider(options_that_wait(backend));
  Tracer tracer = provider.get_tracer("t");
  end_spans(tracer, 1);
  ForkedChild child([&] {
    end_spans(tracer, 2);
    ForkedChild grandchild([&] {
      end_spans(tracer, 4);
      return flush(provider);
    });
    const std::string said = grandchild.wait();
    return said + "; " + flush(provider);
  });
  EXPECT_EQ(child.wait(), all_exported(4) + "; " + all_exported(2));
  EXPECT_EQ(flush(provider), all_exported(1));
  EXPECT_EQ(arrived(backend), 7u);
}

int status_of(pid_t pid) {
  int status = -1;
  EXPECT_EQ(waitpid(pid, &status, 0), pid);
  return status;
}

TEST(ForkedLife, does_not_mind_programs_that_are_started) {
  DirectBackend backend(Route::http1_plain);
  TracerProvider provider = make_provider(options_for(backend));
  Tracer tracer = provider.get_tracer("t");
  Span open = tracer.start_span("open all the time");
  char* arguments[] = {const_cast<char*>("true"), nullptr};
  uint64_t ended = 0;
  for (int round = 0; round < 20; ++round) {
    end_spans(tracer, 10);
    ended += 10;
    pid_t pid = fork();
    if (pid == 0) {
      execv("/bin/true", arguments);
      _exit(127);
    }
    EXPECT_EQ(status_of(pid), 0);
    end_spans(tracer, 10);
    ended += 10;
    pid = vfork();  // NOLINT(clang-analyzer-security.insecureAPI.vfork): this is the question
    if (pid == 0) {
      execv("/bin/true", arguments);
      _exit(127);
    }
    EXPECT_EQ(status_of(pid), 0);
    EXPECT_EQ(posix_spawn(&pid, "/bin/true", nullptr, nullptr, arguments, environ), 0);
    EXPECT_EQ(status_of(pid), 0);
  }
  open.end();
  EXPECT_EQ(flush(provider), all_exported(ended + 1));
  EXPECT_EQ(arrived(backend), ended + 1);
}

// ---- Several providers

TEST(ForkedLife, is_made_again_alone) {
  DirectBackend first_backend(Route::http1_plain);
  DirectBackend second_backend(Route::http2_tls_gzip);
  TracerProvider first = make_provider(options_that_wait(first_backend));
  TracerProvider second = make_provider(options_that_wait(second_backend));
  end_spans(first.get_tracer("t"), 1);
  end_spans(second.get_tracer("t"), 1);
  ForkedChild child([&] {
    end_spans(second.get_tracer("t"), 3);
    const size_t threads = thread_count();
    const std::string one = flush(second) + ", " + std::to_string(threads) + " threads; ";
    // The thread's slot is there already; the other provider's ring is not.
    end_spans(first.get_tracer("t"), 2);
    return one + flush(first);
  });
  EXPECT_EQ(child.wait(), all_exported(3) + ", 3 threads; " + all_exported(2));
  EXPECT_EQ(arrived(first_backend), 2u);
  EXPECT_EQ(arrived(second_backend), 3u);
  EXPECT_EQ(flush(first), all_exported(1));
  EXPECT_EQ(flush(second), all_exported(1));
}

TEST(ForkedLife, stays_shut_down) {
  DirectBackend backend(Route::http1_plain);
  TracerProvider provider = make_provider(options_that_wait(backend));
  Tracer tracer = provider.get_tracer("t");
  end_spans(tracer, 1);
  EXPECT_TRUE(provider.shutdown());
  ForkedChild child([&] {
    const bool recording = tracer.start_span("late").is_recording();
    const Result<void> flushed = provider.force_flush();
    return std::string(recording || tracer.enabled() || flushed ? "alive" : "over");
  });
  EXPECT_EQ(child.wait(), "over");
}

// One that is made in the child takes the place of one that the parent had.
TEST(ForkedLife, makes_room_for_others) {
  DirectBackend backend(Route::http1_plain);
  std::optional<TracerProvider> provider = make_provider(options_that_wait(backend));
  end_spans(provider->get_tracer("t"), 1);
  ForkedChild child([&] {
    provider.reset();
    std::string said;
    for (int i = 0; i < 2; ++i) {
      TracerProvider own = make_provider(options_that_wait(backend));
      end_spans(own.get_tracer("t"), 2);
      said += flush(own) + "; ";
    }
    return said;
  });
  EXPECT_EQ(child.wait(), all_exported(2) + "; " + all_exported(2) + "; ");
  EXPECT_EQ(flush(*provider), all_exported(1));
}

// ---- What goes wrong

// The log handler of the parent holds its lock in the child.
TEST(ForkedLife, does_not_wait_for_a_late_thread_of_the_parent) {
  HeldExportThread held;
  DirectBackend failing = backend_that_fails_once();
  Options options = options_for(failing);
  options.log_handler = held.handler();
  options.shutdown_timeout = 0ms;
  DirectBackend backend(Route::http1_plain);
  {
    TracerProvider late = make_provider(std::move(options));
    held.hold(late);
  }
  TracerProvider provider = make_provider(options_that_wait(backend));
  ForkedChild child([&] {
    end_spans(provider.get_tracer("t"), 1);
    const std::string said = flush(provider);
    TracerProvider own = make_provider(options_that_wait(backend));
    return said;
  });
  EXPECT_EQ(child.wait(), all_exported(1));
  held.release();
}

TEST(ForkedLife, that_finds_no_memory_counts_its_spans_and_tries_again) {
  DirectBackend backend(Route::http1_plain);
  Options options = options_that_wait(backend);
  int told = 0;
  options.log_handler = [&](Severity severity, std::string_view) {
    told += severity == Severity::error ? 1 : 0;
  };
  TracerProvider provider = make_provider(std::move(options));
  Tracer tracer = provider.get_tracer("t");
  ForkedChild child([&] {
    fail_allocation_after(0);
    uint64_t without = 0;
    while (!tracer.start_span("s").is_recording()) ++without;  // for a second
    const Stats stats = provider.stats();
    return std::string(without > 0 && stats.non_recording_no_memory == without ? "counted"
                                                                               : "not counted") +
           ", told " + std::to_string(told) + "; " + flush(provider);
  });
  EXPECT_EQ(child.wait(), "counted, told 1; " + all_exported(1));
}

// ---- The console

// What is printed while this lives, taken from standard output.
class CapturedOutput {
 public:
  CapturedOutput() : file_(std::tmpfile()), before_(dup(STDOUT_FILENO)) {
    std::fflush(stdout);
    dup2(fileno(file_), STDOUT_FILENO);
  }
  ~CapturedOutput() {
    restore();
    std::fclose(file_);
  }
  CapturedOutput(const CapturedOutput&) = delete;
  CapturedOutput& operator=(const CapturedOutput&) = delete;

  std::string take() {
    restore();
    std::rewind(file_);
    std::string text;
    for (int byte; (byte = std::fgetc(file_)) != EOF;) text += static_cast<char>(byte);
    return text;
  }

 private:
  void restore() {
    if (before_ < 0) return;
    std::fflush(stdout);
    dup2(before_, STDOUT_FILENO);
    close(before_);
    before_ = -1;
  }

  std::FILE* file_;
  int before_;
};

size_t count_of(const std::string& text, const std::string& word) {
  size_t count = 0;
  for (size_t at = 0; (at = text.find(word, at)) != std::string::npos; at += word.size()) ++count;
  return count;
}

TEST(ForkedLife, prints_its_own_spans_to_the_console) {
  CapturedOutput output;
  {
    Options options;
    options.exporter = Console{.color = false};
    TracerProvider provider = make_provider(std::move(options));
    Tracer tracer = provider.get_tracer("t");
    tracer.start_span("of_the_parent").end();
    // Printed when its local root has come, or at the end: held by the parent until then.
    Span root = tracer.start_span("root_of_the_parent");
    tracer.start_span("held_by_the_parent", {.parent = root.context()}).end();
    EXPECT_TRUE(provider.force_flush());
    ForkedChild child(
        [&] {
          tracer.start_span("of_the_child").end();
          return flush(provider);
        },
        Ending::in_good_order);
    EXPECT_EQ(child.wait(), all_exported(1));
  }
  const std::string text = output.take();
  for (const char* name : {"of_the_child", "held_by_the_parent", "root_of_the_parent"})
    EXPECT_EQ(count_of(text, name), 1u) << name << " in\n" << text;
}

}  // namespace
}  // namespace cero::test

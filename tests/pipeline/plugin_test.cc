// Goal: a plugin that uses cero may be loaded and unloaded: threads that recorded in it may end,
// and the host may fork and exit, at any time after. Method: a plugin with a cero of its own.
#include <dlfcn.h>
#include <gtest/gtest.h>
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include <latch>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>

#include "pipeline/backend.h"

namespace cero::test {
namespace {

constexpr int kSpans = 5;

class Plugin {
 public:
  Plugin() : handle_(dlopen(CERO_TEST_PLUGIN, RTLD_NOW | RTLD_LOCAL)) {
    if (handle_ == nullptr) throw std::runtime_error(dlerror());
  }
  ~Plugin() { dlclose(handle_); }
  Plugin(const Plugin&) = delete;
  Plugin& operator=(const Plugin&) = delete;

  bool trace(const std::string& endpoint) {
    const auto function =
        reinterpret_cast<bool (*)(const char*, int)>(dlsym(handle_, "trace_in_plugin"));
    return function != nullptr && function(endpoint.c_str(), kSpans);
  }

 private:
  void* handle_;
};

TEST(Plugin, may_be_unloaded_before_its_threads_end) {
  DirectBackend backend(Route::http1_plain);
  const std::string endpoint = backend.exporter().endpoint;
  std::latch traced(1);
  std::latch unloaded(1);
  std::optional<Plugin> plugin(std::in_place);
  std::thread thread([&] {
    EXPECT_TRUE(plugin->trace(endpoint));
    traced.count_down();
    unloaded.wait();
  });  // its exit handler is in the plugin
  traced.wait();
  plugin.reset();
  unloaded.count_down();
  thread.join();
  EXPECT_EQ(backend.receiver().counts().spans, uint64_t{kSpans});
}

TEST(Plugin, may_be_loaded_again) {
  DirectBackend backend(Route::http1_plain);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(Plugin().trace(backend.exporter().endpoint));
  EXPECT_EQ(backend.receiver().counts().unique_spans, uint64_t{3} * kSpans);
}

// The lowest number that pthread has left.
pthread_key_t next_key() {
  pthread_key_t key = 0;
  EXPECT_EQ(pthread_key_create(&key, nullptr), 0);
  pthread_key_delete(key);
  return key;
}

TEST(Plugin, that_made_no_provider_leaves_no_key_of_pthreads_behind) {
  { const Plugin first; }  // with what it is linked to
  const pthread_key_t before = next_key();
  for (int i = 0; i < 3; ++i) const Plugin plugin;
  EXPECT_EQ(next_key(), before);
}

TEST(Plugin, may_be_unloaded_before_a_fork) {
  DirectBackend backend(Route::http1_plain);
  EXPECT_TRUE(Plugin().trace(backend.exporter().endpoint));
  void* kept = dlopen(CERO_TEST_PLUGIN, RTLD_NOW | RTLD_NOLOAD);
  EXPECT_NE(kept, nullptr) << "it has gone";
  if (kept != nullptr) dlclose(kept);
  const pid_t pid = fork();
  if (pid == 0) _exit(0);
  int status = -1;
  EXPECT_EQ(waitpid(pid, &status, 0), pid);
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace cero::test

// Goal: a process that is out of file descriptors loses time and no span. Method: all of them are
// taken until an attempt has failed, then given back.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <latch>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "fault/ledger_check.h"
#include "pipeline/backend.h"

namespace cero::test {
namespace {

// While it lives nobody in this process can open anything.
class AllDescriptors {
 public:
  AllDescriptors() {
    getrlimit(RLIMIT_NOFILE, &before_);
    rlimit low = before_;
    low.rlim_cur = 256;
    setrlimit(RLIMIT_NOFILE, &low);
    for (int fd = 0; (fd = open("/dev/null", O_RDONLY | O_CLOEXEC)) >= 0;) taken_.push_back(fd);
  }
  ~AllDescriptors() {
    for (const int fd : taken_) close(fd);
    setrlimit(RLIMIT_NOFILE, &before_);
  }
  AllDescriptors(const AllDescriptors&) = delete;
  AllDescriptors& operator=(const AllDescriptors&) = delete;

 private:
  rlimit before_{};
  std::vector<int> taken_;
};

TEST(Descriptors, none_left_costs_no_span) {
  for (const Route route : {Route::http1_plain, Route::http2_tls_gzip}) {
    DirectBackend backend(route, receiver::ReceiverOptions{});
    std::latch has_failed{1};
    Options options;
    options.exporter = backend.exporter();
    options.log_handler = [&, failed = false](Severity, std::string_view message) mutable {
      const bool says_so = message.find("will be tried again") != std::string_view::npos;
      if (says_so && !std::exchange(failed, true)) has_failed.count_down();
    };
    TracerProvider provider = make_provider(std::move(options));
    Tracer tracer = provider.get_tracer("fault");
    std::optional<AllDescriptors> taken(std::in_place);
    for (int i = 0; i < 50; ++i) tracer.start_span("operation").end();
    EXPECT_FALSE(provider.force_flush(std::chrono::milliseconds(0)));
    has_failed.wait();
    taken.reset();
    EXPECT_TRUE(provider.force_flush(std::chrono::hours(1)));
    EXPECT_TRUE(provider.shutdown(std::chrono::hours(1)));
    backend.receiver().stop();
    EXPECT_EQ(ledger_faults(provider.stats(), backend.receiver().counts(), 50, 0), "");
    EXPECT_EQ(provider.stats().exported, 50u);
  }
}

}  // namespace
}  // namespace cero::test

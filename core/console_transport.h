// ConsoleTransport: the console as the export thread sees it, a backend that takes everything.
//
// So the console has the ledger, the flush and the shutdown of any other exporter. It answers each
// post with 200 as soon as its spans are held or printed; what is held is printed when the
// transport is destroyed. Bodies must not be compressed: validate() sees to it.
#ifndef CERO_CORE_CONSOLE_TRANSPORT_H_
#define CERO_CORE_CONSOLE_TRANSPORT_H_

#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

#include "base/clock.h"
#include "cero/options.h"
#include "console/console_exporter.h"
#include "http/transport.h"

namespace cero::core {

class ConsoleTransport final : public Transport {
 public:
  // The clock must outlive it.
  ConsoleTransport(const TreeStyle& style, const Clock& clock, ConsoleExporter::Sink sink)
      : exporter_(style, clock, std::move(sink)) {}
  ~ConsoleTransport() override;

  [[nodiscard]] bool start(const Post& post) override;
  void poll(TimePoint deadline, CompletionHandler& handler) override;
  void wakeup() noexcept override;
  void abort_all() noexcept override { completed_.clear(); }
  uint64_t connection_count() const noexcept override { return 0; }

 private:
  void wait_until(TimePoint deadline);

  ConsoleExporter exporter_;
  std::vector<Completion> completed_;
  std::mutex mutex_;  // guards woken_
  std::condition_variable wakeups_;
  bool woken_ = false;
};

// Prints to standard output, coloured as `options` says or when it is a terminal.
std::unique_ptr<Transport> make_console_transport(const Exporter& options);

}  // namespace cero::core

#endif  // CERO_CORE_CONSOLE_TRANSPORT_H_

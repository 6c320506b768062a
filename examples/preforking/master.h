// Master: forks workers, replaces each that has ended, and adds up what they say of their spans.
#ifndef CERO_EXAMPLES_PREFORKING_MASTER_H_
#define CERO_EXAMPLES_PREFORKING_MASTER_H_

#include <cero/stats.h>
#include <cero/tracer_provider.h>
#include <sys/types.h>

#include <string>

#include "line_socket.h"
#include "options.h"
#include "worker.h"

namespace preforking {

class Master {
 public:
  // The provider is made before: workers go on with it. Throws std::system_error.
  Master(const ServerOptions& options, cero::TracerProvider& provider);
  ~Master();
  Master(const Master&) = delete;
  Master& operator=(const Master&) = delete;

  // Until all workers have ended.
  void run();

  // What they recorded and exported, all together.
  const cero::Stats& worker_stats() const { return worker_stats_; }
  // Workers that crashed, or did not get rid of all their spans.
  int failed_workers() const { return failed_workers_; }
  uint64_t answers() const { return answers_; }

 private:
  void start_worker();
  [[noreturn]] void be_worker();
  void wait_for_a_worker();
  void read_ledgers();

  const ServerOptions options_;
  cero::TracerProvider& provider_;
  const Worker worker_;
  LineSocket listener_;
  int ledgers_from_ = -1;  // a pipe: a line of each worker
  int ledgers_to_ = -1;
  std::string ledger_text_;  // read, and not yet parsed
  int ledgers_read_ = 0;
  int started_ = 0;
  int failed_workers_ = 0;
  cero::Stats worker_stats_;
  uint64_t answers_ = 0;
};

}  // namespace preforking

#endif  // CERO_EXAMPLES_PREFORKING_MASTER_H_

#include "master.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <chrono>
#include <system_error>

#include "clients.h"

namespace preforking {
namespace {

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

}  // namespace

Master::Master(const ServerOptions& options, cero::TracerProvider& provider)
    : options_(options),
      provider_(provider),
      worker_(provider.get_tracer("preforking.worker")),
      listener_(LineSocket::listen()) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) fail("cannot make a pipe");
  ledgers_from_ = ends[0];
  ledgers_to_ = ends[1];
  fcntl(ledgers_from_, F_SETFL, O_NONBLOCK);
}

Master::~Master() {
  close(ledgers_from_);
  close(ledgers_to_);
}

void Master::run() {
  Clients clients(provider_.get_tracer("preforking.client"), listener_.port(), options_.clients);
  while (started_ < options_.forks && started_ < options_.workers) start_worker();
  for (int ended = 0; ended < options_.forks; ++ended) {
    wait_for_a_worker();
    if (started_ < options_.forks) start_worker();
  }
  clients.prepare_to_stop();
  listener_.close();
  clients.stop();
  answers_ = clients.answers();
  failed_workers_ += options_.forks - ledgers_read_;
}

void Master::start_worker() {
  const pid_t pid = fork();
  if (pid < 0) fail("cannot fork");
  if (pid == 0) be_worker();
  ++started_;
}

// Nothing here is done for the provider's sake: the first span finds that this is another process.
void Master::be_worker() {
  worker_.serve(listener_, options_);
  static_cast<void>(provider_.shutdown(std::chrono::minutes(1)));
  const cero::Stats stats = provider_.stats();
  const std::string line =
      std::to_string(stats.recorded) + ' ' + std::to_string(stats.exported) + '\n';
  const ssize_t written = write(ledgers_to_, line.data(), line.size());  // whole: it is short
  _exit(written == static_cast<ssize_t>(line.size()) ? 0 : 1);
}

void Master::wait_for_a_worker() {
  int status = 0;
  if (waitpid(-1, &status, 0) < 0) fail("cannot wait for a worker");
  if (status == 0) read_ledgers();
}

void Master::read_ledgers() {
  char bytes[4096];
  for (ssize_t size; (size = read(ledgers_from_, bytes, sizeof bytes)) > 0;)
    ledger_text_.append(bytes, static_cast<size_t>(size));
  for (size_t end; (end = ledger_text_.find('\n')) != std::string::npos;) {
    cero::Stats stats;
    const char* last = ledger_text_.data() + end;
    const auto recorded = std::from_chars(ledger_text_.data(), last, stats.recorded);
    std::from_chars(recorded.ptr + 1, last, stats.exported);
    ledger_text_.erase(0, end + 1);
    ++ledgers_read_;
    if (stats.recorded != stats.exported) ++failed_workers_;
    worker_stats_ += stats;
  }
}

}  // namespace preforking

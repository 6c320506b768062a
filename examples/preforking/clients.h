// Clients: threads that ask the server for something all the time, each a span of the master's.
#ifndef CERO_EXAMPLES_PREFORKING_CLIENTS_H_
#define CERO_EXAMPLES_PREFORKING_CLIENTS_H_

#include <cero/tracer.h>

#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

namespace preforking {

class Clients {
 public:
  Clients(const cero::Tracer& tracer, uint16_t port, int count);
  ~Clients() { stop(); }
  Clients(const Clients&) = delete;
  Clients& operator=(const Clients&) = delete;

  // From here on a request that fails is the last of its client.
  void prepare_to_stop() { stopping_.store(true); }
  // Precondition: prepare_to_stop(), and nobody listens any more.
  void stop();
  uint64_t answers() const { return answers_.load(); }

 private:
  void run(const cero::Tracer& tracer, uint16_t port);
  bool ask(const cero::Tracer& tracer, uint16_t port);

  std::atomic<bool> stopping_{false};
  std::atomic<uint64_t> answers_{0};
  std::vector<std::thread> threads_;
};

}  // namespace preforking

#endif  // CERO_EXAMPLES_PREFORKING_CLIENTS_H_

// A worker: a forked process that serves requests with tracers its parent made.
#ifndef CERO_EXAMPLES_PREFORKING_WORKER_H_
#define CERO_EXAMPLES_PREFORKING_WORKER_H_

#include <cero/prepared_span.h>
#include <cero/tracer.h>

#include <atomic>

#include "line_socket.h"
#include "options.h"

namespace preforking {

class Worker {
 public:
  explicit Worker(const cero::Tracer& tracer);

  // In the child. Returns when its requests are served.
  void serve(const LineSocket& listener, const ServerOptions& options) const;

 private:
  void serve_some(const LineSocket& listener, std::atomic<int>& requests_left) const;
  void serve_one(const LineSocket& connection) const;

  cero::Tracer tracer_;
  cero::PreparedSpan request_;
};

}  // namespace preforking

#endif  // CERO_EXAMPLES_PREFORKING_WORKER_H_

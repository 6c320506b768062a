// Judges each request, whichever HTTP version brought it: checks, inflates, counts and decides the
// reply.
//
// Used by the loop thread alone; what it adds to SharedCounts and RequestLog any thread may read.
#ifndef CERO_TOOLS_RECEIVER_INTAKE_H_
#define CERO_TOOLS_RECEIVER_INTAKE_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "receiver/counts.h"
#include "receiver/id_set.h"
#include "receiver/inflate.h"
#include "receiver/reply.h"
#include "receiver/request.h"
#include "receiver/request_log.h"

namespace cero::receiver {

struct IntakeOptions {
  RequestHandler on_request = {};  // unset: everything is accepted
  bool keep_requests = false;
  bool count_unique = true;
  size_t body_bytes_max = size_t{64} * 1024 * 1024;  // as sent, and again when inflated
};

class Intake {
 public:
  Intake(IntakeOptions options, SharedCounts& counts, RequestLog& log);

  Reply take(Request request);
  void connection_opened() { counts_.add_connection(); }
  size_t body_bytes_max() const { return options_.body_bytes_max; }

 private:
  // Sets `body` to the inflated bytes and fingerprints_ to the spans, or says in the reply why not.
  Reply decode(const Request& request, std::string_view& body);
  uint64_t count_spans(const Reply& reply);

  const IntakeOptions options_;
  SharedCounts& counts_;
  RequestLog& log_;
  Inflater inflater_;
  IdSet ids_;
  std::vector<SpanFingerprint> fingerprints_;  // of the request at hand
  uint64_t requests_well_formed_ = 0;
};

}  // namespace cero::receiver

#endif  // CERO_TOOLS_RECEIVER_INTAKE_H_

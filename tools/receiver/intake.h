// Judges each request, whichever HTTP version brought it: checks, inflates, counts and decides the
// reply.
//
// Used by the loop thread alone; what it adds to SharedCounts and RequestLog any thread may read.
#ifndef CERO_TOOLS_RECEIVER_INTAKE_H_
#define CERO_TOOLS_RECEIVER_INTAKE_H_

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "receiver/counts.h"
#include "receiver/fault_plan.h"
#include "receiver/id_set.h"
#include "receiver/inflate.h"
#include "receiver/reply.h"
#include "receiver/request.h"
#include "receiver/request_log.h"

namespace cero::receiver {

struct IntakeOptions {
  RequestHandler on_request = {};  // unset: everything is accepted
  FaultPlan* faults = nullptr;     // comes before on_request, which gets what it lets pass
  bool keep_requests = false;
  bool count_unique = true;
  size_t body_bytes_max = size_t{64} * 1024 * 1024;  // as sent, and again when inflated
};

class Intake {
 public:
  Intake(IntakeOptions options, SharedCounts& counts, RequestLog& log);

  Reply take(Request request);
  void connection_opened() { counts_.add({.connections = 1}); }
  // A request's header is in: what happens before its body is read.
  std::optional<UploadFault> on_header();
  // The client of an answer that was decided is gone.
  void answer_lost(const Reply& reply) { counts_.add({.unconfirmed_spans = reply.spans_counted}); }
  size_t body_bytes_max() const { return options_.body_bytes_max; }

 private:
  // Sets `body` to the inflated bytes and fingerprints_ to the spans, or says in the reply why not.
  Reply decode(const Request& request, std::string_view& body);
  Reply decide(const Request& request, std::string_view body);
  Counts count(Reply& reply);

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

#include "receiver/reply.h"

#include <utility>

#include "otlp/trace.pb.h"

namespace cero::receiver {
namespace {

bool is_success(int status) { return status >= 200 && status < 300; }

}  // namespace

int rpc_code(int status) {
  if (is_success(status)) return 0;
  switch (status) {
    case 400:
    case 415:
      return 3;  // INVALID_ARGUMENT
    case 401:
      return 16;  // UNAUTHENTICATED
    case 403:
      return 7;  // PERMISSION_DENIED
    case 404:
      return 5;  // NOT_FOUND
    case 405:
    case 501:
      return 12;  // UNIMPLEMENTED
    case 413:
    case 429:
      return 8;  // RESOURCE_EXHAUSTED
    case 500:
      return 13;  // INTERNAL
    case 502:
    case 503:
    case 504:
      return 14;  // UNAVAILABLE
    default:
      return 2;  // UNKNOWN
  }
}

Reply error_reply(int status, std::string error) {
  Reply reply;
  reply.status = status;
  reply.error = std::move(error);
  return reply;
}

bool says_accepted(const Reply& reply) {
  const bool is_answered = reply.fault == Fault::none || reply.fault == Fault::close_after_reply ||
                           reply.fault == Fault::goaway;
  const bool is_grpc_error = reply.grpc && reply.grpc->code != 0;
  return is_answered && is_success(reply.status) && !is_grpc_error;
}

bool is_accepted(const Reply& reply) { return reply.accepted.value_or(says_accepted(reply)); }

std::string reply_body(const Reply& reply) {
  if (reply.body) return *reply.body;
  if (!is_success(reply.status)) {
    otlp::ErrorStatus status;
    status.set_code(rpc_code(reply.status));
    status.set_message(reply.error);
    return status.SerializeAsString();
  }
  if (!reply.partial_success) return {};
  otlp::ExportTraceServiceResponse response;
  response.mutable_partial_success()->set_rejected_spans(reply.partial_success->rejected_spans);
  response.mutable_partial_success()->set_error_message(reply.partial_success->message);
  return response.SerializeAsString();
}

std::string_view reason_phrase(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 400:
      return "Bad Request";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 429:
      return "Too Many Requests";
    case 503:
      return "Service Unavailable";
    default:
      return "Status";
  }
}

}  // namespace cero::receiver

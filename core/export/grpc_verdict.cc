#include "export/grpc_verdict.h"

#include <array>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>

#include "compress/gunzip.h"
#include "http/grpc_framing.h"
#include "http/grpc_header.h"
#include "otlp/error_details.h"
#include "otlp/response.h"

namespace cero::core {
namespace {

enum Code : unsigned {  // those that something depends on
  ok = 0,
  cancelled = 1,
  unknown = 2,
  deadline_exceeded = 4,
  permission_denied = 7,
  resource_exhausted = 8,
  aborted = 10,
  out_of_range = 11,
  unimplemented = 12,
  internal = 13,
  unavailable = 14,
  data_loss = 15,
  unauthenticated = 16,
};

std::string_view name_of(unsigned code) {
  constexpr std::array<std::string_view, 17> kNames{"OK",
                                                    "CANCELLED",
                                                    "UNKNOWN",
                                                    "INVALID_ARGUMENT",
                                                    "DEADLINE_EXCEEDED",
                                                    "NOT_FOUND",
                                                    "ALREADY_EXISTS",
                                                    "PERMISSION_DENIED",
                                                    "RESOURCE_EXHAUSTED",
                                                    "FAILED_PRECONDITION",
                                                    "ABORTED",
                                                    "OUT_OF_RANGE",
                                                    "UNIMPLEMENTED",
                                                    "INTERNAL",
                                                    "UNAVAILABLE",
                                                    "DATA_LOSS",
                                                    "UNAUTHENTICATED"};
  return code < kNames.size() ? kNames[code] : "no code of gRPC";
}

// nullopt: there is no status, or none that can be read.
std::optional<unsigned> code_of(std::string_view status) {
  unsigned code = 0;
  const auto [end, error] = std::from_chars(status.data(), status.data() + status.size(), code);
  if (error != std::errc() || end != status.data() + status.size()) return std::nullopt;
  return code;
}

// gRPC's own table for answers that something else than a gRPC server gave.
unsigned code_for_http(int status) {
  switch (status) {
    case 400:
      return internal;
    case 401:
      return unauthenticated;
    case 403:
      return permission_denied;
    case 404:
      return unimplemented;
    case 429:
    case 502:
    case 503:
    case 504:
      return unavailable;
    default:
      return unknown;
  }
}

bool is_retryable(unsigned code, bool has_retry_info) {  // [spec 1.7]
  switch (code) {
    case cancelled:
    case deadline_exceeded:
    case aborted:
    case out_of_range:
    case unavailable:
    case data_loss:
      return true;
    case resource_exhausted:
      return has_retry_info;
    default:
      return false;
  }
}

// The 413 of gRPC, which has no code of its own. RESOURCE_EXHAUSTED: grpc-go and gRPC's C core say
// "larger than max", grpc-java "exceeds maximum size", grpc-dotnet "exceeds the maximum configured
// message size". OUT_OF_RANGE, which else is worth a retry: tonic says "decoded message length too
// large". INTERNAL: what a proxy says of a body.
bool says_too_large(unsigned code, std::string_view message) {
  const auto says = [&](std::string_view words) { return contains_ignoring_case(message, words); };
  return (code == resource_exhausted && (says("larger than max") || says("exceeds maximum size") ||
                                         says("exceeds the maximum configured message size"))) ||
         ((code == resource_exhausted || code == out_of_range) &&
          says("message length too large")) ||
         (code == internal && says("body too large"));
}

// Nor has a proxy in front of the server one, which answers as to any request.
bool is_too_large(std::optional<unsigned> code, const Completion& completion) {
  return code ? says_too_large(*code, percent_decode(completion.grpc.message))
              : completion.status == 413;
}

Verdict judge_message(std::string_view body, uint32_t span_count, uint64_t bytes_max) {
  Verdict unreadable{.kind = Verdict::Kind::delivered, .unreadable = true};
  const auto message = read_grpc_message(body);
  if (!message) return unreadable;
  if (!message->compressed) return judge_response(message->bytes, span_count);
  const auto inflated = gunzip(message->bytes, bytes_max);
  return inflated ? judge_response(*inflated, span_count) : unreadable;
}

// libcurl before 8 loses the trailers of an answer when the server ends the connection behind them.
// A message comes with no status but OK, so one that is whole says as much; without one the batch
// is sent again, as after any answer that broke off.
bool lacks_its_trailers(const Completion& completion) {
  return completion.status == 200 && completion.grpc.status.empty() &&
         completion.content_type.starts_with("application/grpc");
}

Verdict judge_without_trailers(const Completion& completion, uint32_t span_count,
                               uint64_t response_bytes_max) {
  if (read_grpc_message(completion.body))
    return judge_message(completion.body, span_count, response_bytes_max);
  return {.kind = Verdict::Kind::retry, .message = "the answer ended before its gRPC status"};
}

std::string describe(unsigned code, std::string_view message) {
  std::string text = "gRPC " + std::to_string(code);
  text.append(" (").append(name_of(code)).append(")");
  return message.empty() ? text : text + ": " + printable(percent_decode(message));
}

std::string describe_http(const Completion& completion) {
  const std::string text = "HTTP " + std::to_string(completion.status) + " without a gRPC status";
  const std::string message = read_error_message(completion.body, completion.content_type);
  return message.empty() ? text : text + ": " + message;
}

}  // namespace

bool is_grpc_ok(const Completion& completion) { return code_of(completion.grpc.status) == ok; }

Verdict judge_grpc(const Completion& completion, uint32_t span_count, uint64_t response_bytes_max) {
  if (completion.status == 0) return judge(completion, span_count);
  if (is_grpc_ok(completion)) return judge_message(completion.body, span_count, response_bytes_max);
  if (lacks_its_trailers(completion))
    return judge_without_trailers(completion, span_count, response_bytes_max);
  const auto code = code_of(completion.grpc.status);
  Verdict verdict;
  if (const auto details = base64_decode(completion.grpc.details))
    verdict.retry_delay = read_retry_info(*details);
  const bool retryable = is_retryable(code.value_or(code_for_http(completion.status)),
                                      verdict.retry_delay.has_value());
  verdict.kind = retryable ? Verdict::Kind::retry : Verdict::Kind::refused;
  if (is_too_large(code, completion)) verdict.kind = Verdict::Kind::too_large;
  verdict.message = code ? describe(*code, completion.grpc.message) : describe_http(completion);
  return verdict;
}

}  // namespace cero::core

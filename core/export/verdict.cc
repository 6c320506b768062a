#include "export/verdict.h"

#include <algorithm>
#include <iterator>

#include "compress/gunzip.h"
#include "export/retry_policy.h"
#include "otlp/response.h"

namespace cero::core {
namespace {

std::string describe(const Completion& completion) {
  std::string text = "HTTP " + std::to_string(completion.status);
  if (completion.status / 100 == 3) {
    return text + ", a redirect, which is not followed: make exporter.endpoint the URL it leads to";
  }
  if (completion.status == 407) text += " (a proxy answers, which wants a user and a password)";
  const std::string message = read_error_message(completion.body, completion.content_type);
  return message.empty() ? text : text + ": " + message;
}

// A 415 may be about the content's type as well; sent in another encoding, the request finds out.
// Some answer 400 and say in words what they did not understand.
bool names_encoding(int status, std::string_view message) {
  return status == 415 || (status == 400 && (contains_ignoring_case(message, "content-encoding") ||
                                             contains_ignoring_case(message, "zstd")));
}

bool is_gzip(std::string_view encoding) {
  return encoding.size() == 4 && contains_ignoring_case(encoding, "gzip");
}

// Beside 413, which says it by itself: a Collector answers 400 when the body, inflated, is over its
// max_request_body_size ("http: request body too large", Go's words), a gateway in front of gRPC
// 429 with grpc-go's words; others have words of theirs, and a 500 for them.
bool names_size(int status, std::string_view message) {
  if (status == 413) return true;
  if (status != 400 && status != 429 && status != 500) return false;
  constexpr std::string_view kWords[] = {"body too large",           "request too large",
                                         "payload too large",        "entity too large",
                                         "message too large",        "body is too large",
                                         "exceeds the maximum size", "message larger than max"};
  return std::any_of(std::begin(kWords), std::end(kWords), [&](std::string_view words) {
    return contains_ignoring_case(message, words);
  });
}

}  // namespace

bool contains_ignoring_case(std::string_view text, std::string_view lower) {
  const auto found =
      std::search(text.begin(), text.end(), lower.begin(), lower.end(),
                  [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; });
  return found != text.end();
}

Verdict judge_response(std::string_view message, uint32_t span_count) {
  auto response = read_export_response(message);
  if (!response) return {.kind = Verdict::Kind::delivered, .unreadable = true};
  const int64_t rejected = std::clamp<int64_t>(response->rejected_spans, 0, span_count);
  return {.kind = Verdict::Kind::delivered,
          .rejected = static_cast<uint32_t>(rejected),
          .message = std::move(response->message)};
}

Verdict judge_inflated(const Completion& completion, uint32_t span_count, uint64_t bytes_max) {
  if (!is_gzip(completion.content_encoding)) return judge(completion, span_count);
  const auto inflated = gunzip(completion.body, bytes_max);
  if (!inflated) return judge(completion, span_count);
  Completion readable = completion;
  readable.body = *inflated;
  return judge(readable, span_count);
}

Verdict judge(const Completion& completion, uint32_t span_count) {
  using enum Verdict::Kind;
  if (completion.status == 0) {
    return {.kind = completion.retryable ? retry : refused,
            .message = std::string(completion.error)};
  }
  if (completion.status == 200) return judge_response(completion.body, span_count);
  if (completion.status / 100 == 2) return {.kind = delivered};
  std::string message = describe(completion);
  if (names_size(completion.status, message))
    return {.kind = too_large, .message = std::move(message)};
  if (is_retryable_status(completion.status)) return {.kind = retry, .message = std::move(message)};
  const bool encoding = names_encoding(completion.status, message);
  return {.kind = encoding ? encoding_refused : refused, .message = std::move(message)};
}

}  // namespace cero::core

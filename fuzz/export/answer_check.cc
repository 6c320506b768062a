#include "export/answer_check.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "export/grpc_verdict.h"
#include "export/retry_policy.h"
#include "export/verdict.h"
#include "http/grpc_framing.h"
#include "otlp/input_reader.h"

namespace cero::fuzz {
namespace {

using core::Completion;
using core::Verdict;

constexpr uint32_t kSpanCount = 100;
constexpr uint64_t kResponseBytesMax = 4096;
constexpr size_t kMessageBytesMax = 1024;  // 256 of the server's, and cero's own words around them
constexpr std::chrono::hours kDelayMax{24};

// Owns what a Completion points to.
struct Answer {
  bool grpc = false;
  int status = 0;
  std::string content_type;
  bool gzip = false;
  std::string retry_after;
  std::string grpc_status;
  std::string grpc_message;
  std::string grpc_details;
  std::string body;

  Completion completion() const {
    return {.status = status,
            .body = body,
            .content_type = content_type,
            .content_encoding = gzip ? "gzip" : "",
            .retry_after = retry_after,
            .grpc = {.status = grpc_status, .message = grpc_message, .details = grpc_details},
            .http_major = grpc ? 2 : 1};
  }
};

Answer read_answer(std::span<const uint8_t> input) {
  constexpr std::array kStatuses{200, 200, 204, 301, 400, 401, 404,
                                 413, 415, 429, 500, 502, 503, 504};
  constexpr std::array kTypes{"application/x-protobuf", "application/json", "text/plain",
                              "application/grpc", ""};
  InputReader reader(input);
  Answer answer;
  answer.grpc = reader.flip();
  answer.status = kStatuses[reader.choice(kStatuses.size())];
  answer.content_type = kTypes[reader.choice(kTypes.size())];
  answer.retry_after = reader.bytes(40);
  if (answer.grpc) {
    answer.grpc_status = reader.bytes(4);
    answer.grpc_message = reader.bytes(200);
    answer.grpc_details = reader.bytes(250);
  }
  answer.gzip = !answer.grpc && reader.flip();
  while (!reader.empty()) answer.body += reader.bytes(250);
  return answer;
}

bool is_printable(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x20 && byte != 0x7f;
  });
}

// A whole message is a success even if the trailers behind it, with the status, are lost.
bool is_success_without_trailers(const Answer& answer) {
  return answer.status == 200 && answer.grpc_status.empty() &&
         answer.content_type == "application/grpc" && core::read_grpc_message(answer.body);
}

bool is_success(const Answer& answer) {
  if (!answer.grpc) return answer.status / 100 == 2;
  return core::is_grpc_ok(answer.completion()) || is_success_without_trailers(answer);
}

std::string check_verdict(const Answer& answer, const Verdict& verdict) {
  const bool delivered = verdict.kind == Verdict::Kind::delivered;
  if (delivered != is_success(answer)) return "delivered is not what the status says\n";
  if (verdict.rejected > kSpanCount) return "more spans rejected than sent\n";
  if (verdict.rejected > 0 && !delivered) return "rejected spans of a request that failed\n";
  if (verdict.message.size() > kMessageBytesMax) return "a message without bound\n";
  if (!is_printable(verdict.message)) return "a message that is not printable\n";
  if (!delivered && verdict.message.empty()) return "a failure without a word\n";
  if (verdict.retry_delay && (*verdict.retry_delay < std::chrono::nanoseconds::zero() ||
                              *verdict.retry_delay > kDelayMax)) {
    return "a delay out of range\n";
  }
  return "";
}

}  // namespace

std::string check_answer(std::span<const uint8_t> input) {
  const Answer answer = read_answer(input);
  const Completion completion = answer.completion();
  const Verdict verdict = answer.grpc
                              ? core::judge_grpc(completion, kSpanCount, kResponseBytesMax)
                              : core::judge_inflated(completion, kSpanCount, kResponseBytesMax);
  const auto delay = core::parse_retry_after(
      answer.retry_after, std::chrono::system_clock::time_point(std::chrono::days(20'000)));
  if (delay && (*delay <= std::chrono::seconds::zero() || *delay > kDelayMax))
    return "Retry-After out of range: " + answer.retry_after + '\n';
  return check_verdict(answer, verdict);
}

}  // namespace cero::fuzz

#include "receiver/intake.h"

#include <strings.h>

#include <algorithm>
#include <string>
#include <utility>

#include "receiver/wire_counter.h"

namespace cero::receiver {
namespace {

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0;
}

// "Application/X-Protobuf; charset=utf-8" is application/x-protobuf.
bool is_protobuf(std::string_view content_type) {
  std::string_view media_type = content_type.substr(0, content_type.find(';'));
  media_type = media_type.substr(0, media_type.find_last_not_of(" \t") + 1);
  return equals_ignoring_case(media_type, kProtobufContentType);
}

Reply too_large(size_t bytes_max) {
  return error_reply(413, "the body is over " + std::to_string(bytes_max) + " bytes");
}

Reply unknown_encoding() {
  const bool zstd = Inflater::knows_zstd();
  Reply reply = error_reply(
      415, std::string("content-encoding must be gzip") + (zstd ? ", zstd" : "") + " or identity");
  reply.headers.emplace_back("accept-encoding", zstd ? "gzip, zstd" : "gzip");
  return reply;
}

// What the header alone tells; 200 when nothing speaks against the request.
Reply check_header(const Request& request, size_t body_bytes_max) {
  if (request.path != kTracesPath) {
    return error_reply(404, "no such path; traces go to " + std::string(kTracesPath));
  }
  if (request.method != "POST") {
    Reply reply = error_reply(405, "traces are sent by POST");
    reply.headers.emplace_back("allow", "POST");
    return reply;
  }
  if (request.body_too_large) return too_large(body_bytes_max);
  if (!is_protobuf(header_value(request.headers, "content-type"))) {
    return error_reply(415, "content-type must be " + std::string(kProtobufContentType));
  }
  return {};
}

}  // namespace

Intake::Intake(IntakeOptions options, SharedCounts& counts, RequestLog& log)
    : options_(std::move(options)), counts_(counts), log_(log) {}

Reply Intake::take(Request request) {
  const uint64_t bytes_sent = request.body.size();
  std::string_view body;
  fingerprints_.clear();
  Reply reply = check_header(request, options_.body_bytes_max);
  if (reply.status == 200) reply = decode(request, body);

  uint64_t spans = 0;
  if (reply.status == 200) {
    ++requests_well_formed_;
    if (options_.on_request) {
      reply = options_.on_request({.index = requests_well_formed_,
                                   .span_count = fingerprints_.size(),
                                   .body = body,
                                   .request = request});
    }
    if (is_accepted(reply)) spans = count_spans(reply);
  }
  if (request.method == "HEAD") reply.body.emplace();  // its answer never has one
  const std::string http_version = request.http_version;
  if (options_.keep_requests) {
    const std::string_view kept = body.empty() ? std::string_view(request.body) : body;
    if (kept.data() != request.body.data()) request.body.assign(kept);
    log_.add({std::move(request), reply.status, bytes_sent});
  }
  // Last, so that whoever waited for the counts finds the request in the log.
  counts_.add_request(http_version,
                      {.spans = spans, .unique_spans = ids_.size(), .bytes = bytes_sent});
  return reply;
}

Reply Intake::decode(const Request& request, std::string_view& body) {
  std::string_view decoded = request.body;
  const std::string_view encoding = header_value(request.headers, "content-encoding");
  const bool gzip = equals_ignoring_case(encoding, "gzip");
  if (gzip || (Inflater::knows_zstd() && equals_ignoring_case(encoding, "zstd"))) {
    const size_t bytes_max = options_.body_bytes_max;
    const Inflater::Result result = gzip ? inflater_.inflate_gzip(request.body, bytes_max)
                                         : inflater_.inflate_zstd(request.body, bytes_max);
    if (result.outcome == Inflater::Outcome::too_large) return too_large(bytes_max);
    if (result.outcome == Inflater::Outcome::malformed) {
      return error_reply(400, std::string("the body is not valid ") + (gzip ? "gzip" : "zstd"));
    }
    decoded = result.bytes;
  } else if (!encoding.empty() && !equals_ignoring_case(encoding, "identity")) {
    return unknown_encoding();
  }
  if (std::string error = collect_spans(decoded, fingerprints_); !error.empty()) {
    return error_reply(400, std::move(error));
  }
  body = decoded;
  return {};
}

uint64_t Intake::count_spans(const Reply& reply) {
  if (options_.count_unique) ids_.insert_all(fingerprints_);
  const uint64_t spans = fingerprints_.size();
  if (!reply.partial_success || reply.partial_success->rejected_spans <= 0) return spans;
  return spans - std::min(spans, static_cast<uint64_t>(reply.partial_success->rejected_spans));
}

}  // namespace cero::receiver

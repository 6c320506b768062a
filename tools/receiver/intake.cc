#include "receiver/intake.h"

#include <strings.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "receiver/grpc.h"
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

Reply check_grpc_header(const Request& request, size_t body_bytes_max) {
  if (request.path != kGrpcTracesPath) {
    // gRPC's UNIMPLEMENTED.
    return error_reply(501, "no such method; traces go to " + std::string(kGrpcTracesPath));
  }
  if (header_value(request.headers, "te") != "trailers") {
    return error_reply(400, "te must be trailers");
  }
  if (request.body_too_large) return too_large(body_bytes_max);
  return {};
}

// What the header alone tells; 200 when nothing speaks against the request.
Reply check_header(const Request& request, size_t body_bytes_max) {
  if (is_grpc(request)) return check_grpc_header(request, body_bytes_max);
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

// The bytes of the export request, and the encoding they are in.
struct Payload {
  std::string_view bytes;
  std::string_view encoding;
};

// Nothing when a gRPC request is not one message.
std::optional<Payload> payload_of(const Request& request) {
  if (!is_grpc(request)) {
    return Payload{request.body, header_value(request.headers, "content-encoding")};
  }
  const auto message = read_grpc_message(request.body);
  if (!message) return std::nullopt;
  const std::string_view encoding = header_value(request.headers, "grpc-encoding");
  return Payload{message->bytes, message->is_compressed ? encoding : std::string_view()};
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

  Counts counts;
  if (reply.status == 200) {
    reply = decide(request, body);
    // Without a gRPC status there is nothing that says so.
    if (is_grpc(request) && reply.plain_http && !reply.accepted) reply.accepted = false;
    counts = count(reply);
  }
  if (request.method == "HEAD") reply.body.emplace();  // its answer never has one
  counts.requests = 1;
  counts.bytes = bytes_sent;
  counts.http_versions[request.http_version] = 1;
  if (options_.keep_requests) {
    const std::string_view kept = body.empty() ? std::string_view(request.body) : body;
    if (kept.data() != request.body.data()) request.body.assign(kept);
    log_.add({std::move(request), reply.status, bytes_sent});
  }
  // Last, so that whoever waited for the counts finds the request in the log.
  counts_.add(counts);
  return reply;
}

std::optional<UploadFault> Intake::on_header() {
  if (options_.faults == nullptr) return std::nullopt;
  return options_.faults->on_header(std::chrono::steady_clock::now());
}

Reply Intake::decide(const Request& request, std::string_view body) {
  ++requests_well_formed_;
  const Reply* scripted = nullptr;
  if (options_.faults != nullptr) {
    const std::string_view encoding =
        header_value(request.headers, is_grpc(request) ? "grpc-encoding" : "content-encoding");
    scripted = options_.faults->on_request(request.body.size(), encoding,
                                           std::chrono::steady_clock::now());
    if (scripted != nullptr && !is_accepted(*scripted)) return *scripted;
  }
  Reply reply;
  if (options_.on_request) {
    reply = options_.on_request({.index = requests_well_formed_,
                                 .span_count = fingerprints_.size(),
                                 .body = body,
                                 .request = request});
  }
  return scripted != nullptr && is_accepted(reply) ? *scripted : reply;
}

Reply Intake::decode(const Request& request, std::string_view& body) {
  const auto payload = payload_of(request);
  if (!payload) return error_reply(400, "the body is not one gRPC message");
  std::string_view decoded = payload->bytes;
  const std::string_view encoding = payload->encoding;
  const bool gzip = equals_ignoring_case(encoding, "gzip");
  if (gzip || (Inflater::knows_zstd() && equals_ignoring_case(encoding, "zstd"))) {
    const size_t bytes_max = options_.body_bytes_max;
    const Inflater::Result result = gzip ? inflater_.inflate_gzip(decoded, bytes_max)
                                         : inflater_.inflate_zstd(decoded, bytes_max);
    if (result.outcome == Inflater::Outcome::too_large) return too_large(bytes_max);
    if (result.outcome == Inflater::Outcome::malformed) {
      return error_reply(400, std::string("the body is not valid ") + (gzip ? "gzip" : "zstd"));
    }
    decoded = result.bytes;
  } else if (!encoding.empty() && !equals_ignoring_case(encoding, "identity")) {
    return is_grpc(request) ? error_reply(501, "grpc-encoding must be gzip or identity")
                            : unknown_encoding();
  }
  if (std::string error = collect_spans(decoded, fingerprints_); !error.empty()) {
    return error_reply(400, std::move(error));
  }
  body = decoded;
  return {};
}

Counts Intake::count(Reply& reply) {
  const uint64_t spans = fingerprints_.size();
  if (!is_accepted(reply)) return {.refused_spans = spans};
  Counts counts;
  const uint64_t ids_before = ids_.size();
  if (options_.count_unique) ids_.insert_all(fingerprints_);
  counts.unique_spans = ids_.size() - ids_before;
  if (reply.partial_success && reply.partial_success->rejected_spans > 0) {
    counts.rejected_spans =
        std::min(spans, static_cast<uint64_t>(reply.partial_success->rejected_spans));
  }
  counts.spans = reply.spans_counted = spans - counts.rejected_spans;
  if (!says_accepted(reply)) counts.unconfirmed_spans = counts.spans;
  return counts;
}

}  // namespace cero::receiver

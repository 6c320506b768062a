#include "receiver/fault_actions.h"

#include <libdeflate.h>

#include <array>
#include <chrono>
#include <memory>
#include <new>
#include <utility>

#include "otlp/trace.pb.h"

namespace cero::receiver {
namespace {

using Effect = decltype(FaultAction::effect);

std::string quoted_or(FaultWords& words, const char* otherwise) {
  return words.quoted().value_or(otherwise);
}

// ---- Answers that say no

Effect read_status(FaultWords& words) {
  Reply reply;
  reply.status = static_cast<int>(words.number("HTTP status", 200, 599));
  if (words.take("retry-after")) {
    auto date = words.quoted();
    reply.headers.emplace_back(
        "retry-after", date ? *date : std::to_string(words.number("number of seconds", 0, 86'400)));
  }
  reply.error = quoted_or(words, "as the fault script says");
  return reply;
}

// The HTTP status that tells a client over HTTP the same.
int http_status(uint64_t code) {
  switch (code) {
    case 0:
      return 200;
    case 3:
      return 400;
    case 5:
      return 404;
    case 7:
      return 403;
    case 8:
      return 429;
    case 12:
      return 501;
    case 14:
      return 503;
    case 16:
      return 401;
    default:
      return 500;
  }
}

std::string retry_info(std::chrono::milliseconds delay) {
  otlp::RetryInfo info;
  info.mutable_retry_delay()->set_seconds(delay.count() / 1000);
  info.mutable_retry_delay()->set_nanos(static_cast<int32_t>(delay.count() % 1000 * 1'000'000));
  otlp::ErrorStatus status;
  auto* detail = status.add_details();
  detail->set_type_url("type.googleapis.com/google.rpc.RetryInfo");
  detail->set_value(info.SerializeAsString());
  return status.SerializeAsString();
}

Effect read_grpc_status(FaultWords& words) {
  const uint64_t code = words.number("gRPC status code", 0, 99);
  GrpcStatus status{.code = static_cast<int>(code)};
  if (words.take("retry-delay")) status.details = retry_info(words.time());
  status.message = quoted_or(words, "as the fault script says");
  Reply reply = error_reply(http_status(code), status.message);
  reply.grpc = std::move(status);
  return reply;
}

Effect read_redirect(FaultWords& words) {
  Reply reply = error_reply(307, "elsewhere");
  reply.headers.emplace_back("location", words.word("a URL"));
  return reply;
}

// ---- Answers that say yes, in odd ways

Effect read_ok(FaultWords&) { return Reply{}; }

Effect read_partial_success(FaultWords& words) {
  PartialSuccess partial;
  partial.rejected_spans = static_cast<int64_t>(words.number("number of spans", 0, 1'000'000'000));
  partial.message = words.quoted().value_or("");
  return Reply{.partial_success = std::move(partial)};
}

Effect read_wrong_content_type(FaultWords&) {
  return Reply{.headers = {{"content-type", "text/html"}}, .body = "<html>welcome</html>"};
}

Effect read_malformed_protobuf(FaultWords&) { return Reply{.body = std::string(64, '\xff')}; }

Effect read_bad_gzip(FaultWords&) {
  return Reply{.body = std::string(64, '\x1f'), .body_is_gzip = true};
}

std::string gzip_of_zeros(size_t bytes) {
  struct Free {
    void operator()(libdeflate_compressor* compressor) const {
      libdeflate_free_compressor(compressor);
    }
  };
  const std::unique_ptr<libdeflate_compressor, Free> compressor(libdeflate_alloc_compressor(6));
  if (!compressor) throw std::bad_alloc();
  const std::string zeros(bytes, '\0');
  std::string gzip(libdeflate_gzip_compress_bound(compressor.get(), bytes), '\0');
  gzip.resize(
      libdeflate_gzip_compress(compressor.get(), zeros.data(), bytes, gzip.data(), gzip.size()));
  return gzip;
}

Effect read_gzip_bomb(FaultWords& words) {
  return Reply{.body = gzip_of_zeros(words.bytes()), .body_is_gzip = true};
}

// A client has to give up on it, so what it was the answer to counts as refused.
Effect read_huge(FaultWords& words) {
  return Reply{.body = std::string(words.bytes(), '\0'), .accepted = false};
}

Effect read_trickle(FaultWords& words) {
  Reply reply{.partial_success = PartialSuccess{}};
  reply.trickle = words.time();
  return reply;
}

// ---- No whole answer

// With a body, so that there is something to hold back.
Reply broken_reply(Fault fault) { return {.partial_success = PartialSuccess{}, .fault = fault}; }

template <Fault kFault>
Effect read_fault(FaultWords&) {
  return broken_reply(kFault);
}

struct ResetCode {
  std::string_view name;
  uint32_t code;
};
constexpr std::array<ResetCode, 7> kResetCodes{{{"protocol_error", 1},
                                                {"internal_error", 2},
                                                {"flow_control_error", 3},
                                                {"refused_stream", 7},
                                                {"cancel", 8},
                                                {"enhance_your_calm", 11},
                                                {"http_1_1_required", 13}}};

Effect read_rst(FaultWords& words) {
  Reply reply = broken_reply(Fault::reset);
  for (const ResetCode& known : kResetCodes) {
    if (words.take(known.name)) {
      reply.reset_code = known.code;
      return reply;
    }
  }
  std::string names;
  for (const ResetCode& known : kResetCodes) names.append(" ").append(known.name);
  throw FaultScriptError(words.shown() + " is no code of RST_STREAM: write one of" + names);
}

template <UploadFault kFault>
Effect read_upload_fault(FaultWords&) {
  return kFault;
}

// ---- Connections

template <ConnectionFault::Kind kKind>
Effect read_connection_fault(FaultWords&) {
  return ConnectionFault{.kind = kKind};
}

Effect read_window(FaultWords& words) {
  ConnectionFault fault{.kind = ConnectionFault::Kind::window};
  fault.window_bytes = static_cast<uint32_t>(words.bytes());
  fault.window_is_stuck = words.take("stuck");
  return fault;
}

// ---- The table

struct Entry {
  std::string_view name;
  std::string_view arguments;
  std::string_view help;
  Effect (*read)(FaultWords&);
};

using Kind = ConnectionFault::Kind;

// Of two names one of which begins with the other, the longer one stands first.
constexpr Entry kEntries[] = {
    {"ok", "", "all is well", read_ok},
    {"status", "CODE [retry-after SECONDS|\"DATE\"] [\"TEXT\"]", "an answer of this HTTP status",
     read_status},
    {"grpc-status", "CODE [retry-delay TIME] [\"TEXT\"]",
     "an answer of this gRPC status; over HTTP the status that fits it", read_grpc_status},
    {"partial-success", "N [\"TEXT\"]", "N of the spans are rejected", read_partial_success},
    {"redirect", "URL", "307, go there", read_redirect},
    {"wrong content-type", "", "200 with a page of HTML", read_wrong_content_type},
    {"malformed protobuf", "", "200 with a body that is no message", read_malformed_protobuf},
    {"bad gzip", "", "200 with a body that says it is gzip and is not", read_bad_gzip},
    {"gzip bomb", "BYTES", "200 with a gzip body that inflates to so much", read_gzip_bomb},
    {"huge", "BYTES", "200 with a body of so much", read_huge},
    {"trickle", "TIME", "200, one byte of the answer each TIME", read_trickle},
    {"truncated", "", "200, then the connection ends in the middle of the body",
     read_fault<Fault::truncated>},
    {"garbage", "", "bytes that are no HTTP, then the connection ends", read_fault<Fault::garbage>},
    {"stall headers", "", "never answered", read_fault<Fault::stall>},
    {"stall body", "", "200, and the body never comes", read_fault<Fault::stall_body>},
    {"stall upload", "", "the request's body is never read", read_upload_fault<UploadFault::stall>},
    {"close after answer", "", "200, then the connection ends unannounced",
     read_fault<Fault::close_after_reply>},
    {"close upload", "", "the connection ends before the request's body is read",
     read_upload_fault<UploadFault::close>},
    {"close", "", "the connection ends instead of an answer", read_fault<Fault::close>},
    {"reset upload", "", "a TCP reset before the request's body is read",
     read_upload_fault<UploadFault::reset>},
    {"reset", "", "a TCP reset instead of an answer", read_fault<Fault::reset_connection>},
    {"rst", "CODE", "RST_STREAM with a code such as refused_stream; on HTTP/1 a TCP reset",
     read_rst},
    {"goaway refused", "", "GOAWAY that says this stream was not processed; HTTP/1 closes",
     read_fault<Fault::goaway_refused>},
    {"goaway", "", "answered, and GOAWAY; on HTTP/1 \"connection: close\"",
     read_fault<Fault::goaway>},
    {"refuse", "", "nobody listens; takes for TIME or forever",
     read_connection_fault<Kind::refuse>},
    {"hang up reset", "", "the connection is accepted and reset",
     read_connection_fault<Kind::hang_up_reset>},
    {"hang up", "", "the connection is accepted and closed", read_connection_fault<Kind::hang_up>},
    {"silence", "", "the connection is accepted, and nothing ever comes",
     read_connection_fault<Kind::silence>},
    {"tls alert", "", "the TLS handshake ends in an alert", read_connection_fault<Kind::tls_alert>},
    {"tls plaintext", "", "the TLS handshake is answered in the clear",
     read_connection_fault<Kind::tls_plaintext>},
    {"tls expired", "", "a certificate that has expired", read_connection_fault<Kind::tls_expired>},
    {"tls wrong-host", "", "a certificate of another host",
     read_connection_fault<Kind::tls_wrong_host>},
    {"tls unknown-ca", "", "a certificate of another CA",
     read_connection_fault<Kind::tls_unknown_ca>},
    {"window", "BYTES [stuck]", "so small an HTTP/2 window; stuck: never opened again",
     read_window},
};

constexpr const char* kAdditionsHelp =
    "  , stored          the spans count as received, although the answer does not say so\n"
    "  , delay TIME      answered so much later\n"
    "  , plain http      over gRPC too an answer of plain HTTP, as from a proxy on the way\n"
    "  , behind headers  a gRPC error in trailers behind headers, not in one with them\n";

void read_addition(FaultWords& words, FaultAction& action) {
  auto* reply = std::get_if<Reply>(&action.effect);
  if (reply == nullptr) {
    throw FaultScriptError("'" + action.text + "' has no answer that " + words.shown() +
                           " could change: leave that out");
  }
  if (words.take("stored")) {
    reply->accepted = true;
  } else if (words.take("delay")) {
    reply->delay = words.time();
  } else if (words.take("plain http")) {
    reply->plain_http = true;
  } else if (words.take("behind headers")) {
    if (!reply->grpc)
      reply->grpc = GrpcStatus{.code = rpc_code(reply->status), .message = reply->error};
    reply->grpc->behind_headers = true;
  } else {
    throw FaultScriptError(words.shown() +
                           " adds nothing: write stored, delay TIME, plain http or behind headers");
  }
}

}  // namespace

FaultAction read_fault_action(FaultWords& words) {
  const size_t start = words.position();
  for (const Entry& entry : kEntries) {
    if (!words.take(entry.name)) continue;
    FaultAction action{.text = {}, .effect = entry.read(words)};
    action.text = words.text_from(start);
    while (words.take(",")) read_addition(words, action);
    action.text = words.text_from(start);
    return action;
  }
  throw FaultScriptError("no action is called " + words.shown() +
                         ": cero-receiver --fault-help lists them");
}

std::string fault_actions_help() {
  constexpr size_t kHelpColumn = 34;
  const auto line = [](std::string usage, std::string_view help) {
    usage.insert(0, "  ");
    if (usage.size() + 2 > kHelpColumn) {
      usage.append("\n").append(kHelpColumn, ' ');
    } else {
      usage.resize(kHelpColumn, ' ');
    }
    return usage.append(help).append("\n");
  };
  std::string text = "Actions:\n\n";
  for (const Entry& entry : kEntries) {
    std::string usage(entry.name);
    if (!entry.arguments.empty()) usage.append(" ").append(entry.arguments);
    text += line(std::move(usage), entry.help);
  }
  return text + "\nAdditions, to actions that have an answer:\n\n" + kAdditionsHelp;
}

}  // namespace cero::receiver

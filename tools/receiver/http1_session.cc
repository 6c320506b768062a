#include "receiver/http1_session.h"

#include <algorithm>
#include <cctype>
#include <utility>

namespace cero::receiver {
namespace {

// The path of "/v1/traces?x=y" and of "http://host/v1/traces".
std::string path_of(const std::string& target) {
  http_parser_url url;
  http_parser_url_init(&url);
  if (http_parser_parse_url(target.data(), target.size(), 0, &url) != 0 ||
      (url.field_set & (1 << UF_PATH)) == 0) {
    return target;
  }
  return target.substr(url.field_data[UF_PATH].off, url.field_data[UF_PATH].len);
}

void append_header(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

}  // namespace

Http1Session& Http1Session::of(http_parser* parser) {
  return *static_cast<Http1Session*>(parser->data);
}

const http_parser_settings& Http1Session::callbacks() {
  static const http_parser_settings settings = [] {
    http_parser_settings s;
    http_parser_settings_init(&s);
    s.on_message_begin = [](http_parser* p) { return of(p).begin_message(), 0; };
    s.on_url = [](http_parser* p, const char* at, size_t n) {
      return of(p).target_.append(at, n), 0;
    };
    s.on_header_field = [](http_parser* p, const char* at, size_t n) {
      return of(p).add_header_name({at, n}), 0;
    };
    s.on_header_value = [](http_parser* p, const char* at, size_t n) {
      return of(p).add_header_value({at, n}), 0;
    };
    s.on_headers_complete = [](http_parser* p) { return of(p).end_headers(), 0; };
    s.on_body = [](http_parser* p, const char* at, size_t n) { return of(p).add_body({at, n}), 0; };
    s.on_message_complete = [](http_parser* p) {
      of(p).is_complete_ = true;
      of(p).keeps_alive_ = http_should_keep_alive(p) != 0;
      http_parser_pause(p, 1);  // the next request waits for the answer to this one
      return 0;
    };
    return s;
  }();
  return settings;
}

Http1Session::Http1Session(SessionHost& host) : host_(host) {
  http_parser_init(&parser_, HTTP_REQUEST);
  parser_.data = this;
}

void Http1Session::receive(evbuffer* input) {
  evbuffer_iovec chunk;
  while (!is_waiting_ && !is_finished_ && evbuffer_peek(input, -1, nullptr, &chunk, 1) > 0) {
    const size_t used = http_parser_execute(
        &parser_, &callbacks(), static_cast<const char*>(chunk.iov_base), chunk.iov_len);
    const http_errno error = HTTP_PARSER_ERRNO(&parser_);
    evbuffer_drain(input, used);
    if (is_complete_ && !is_finished_) {
      http_parser_pause(&parser_, 0);
      dispatch();
    } else if (error != HPE_OK && !is_finished_) {
      refuse_malformed(http_errno_description(error));
    }
  }
  if (is_finished_) evbuffer_drain(input, evbuffer_get_length(input));
}

void Http1Session::begin_message() {
  request_ = {};
  target_.clear();
  was_header_value_ = true;
}

void Http1Session::add_header_name(std::string_view part) {
  if (was_header_value_) request_.headers.emplace_back();
  was_header_value_ = false;
  for (const char c : part) {
    request_.headers.back().first += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
}

void Http1Session::add_header_value(std::string_view part) {
  request_.headers.back().second.append(part);
  was_header_value_ = true;
}

void Http1Session::end_headers() {
  const auto method = static_cast<http_method>(parser_.method);
  is_http_1_0_ = parser_.http_major == 1 && parser_.http_minor == 0;
  request_.method = http_method_str(method);
  request_.http_version = is_http_1_0_ ? "1.0" : "1.1";
  request_.path = path_of(target_);
  // An offer to upgrade (curl --http2 makes one) is declined by answering as if it were not there.
  if (method != HTTP_CONNECT) parser_.upgrade = 0;
  if (!host_.goes_on_reading()) {
    is_finished_ = true;
    return;
  }

  const bool has_length = (parser_.flags & F_CONTENTLENGTH) != 0;
  if (has_length && parser_.content_length > host_.body_bytes_max()) {
    request_.body_too_large = true;
    keeps_alive_ = false;
    dispatch();
    return;
  }
  if (has_length) request_.body.reserve(parser_.content_length);
  const std::string_view expect = header_value(request_.headers, "expect");
  if (!is_http_1_0_ && expect == "100-continue") send_continue();
}

void Http1Session::add_body(std::string_view part) {
  if (is_finished_ || is_waiting_ || request_.body_too_large) return;
  if (part.size() <= host_.body_bytes_max() - request_.body.size()) {
    request_.body.append(part);
    return;
  }
  request_.body_too_large = true;
  keeps_alive_ = false;
  dispatch();
}

void Http1Session::dispatch() {
  is_complete_ = false;
  is_waiting_ = true;
  host_.dispatch(std::exchange(request_, {}));
}

void Http1Session::send_continue() {
  static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
  evbuffer_add(host_.output(), kContinue.data(), kContinue.size());
}

void Http1Session::refuse_malformed(const char* reason) {
  keeps_alive_ = false;
  is_waiting_ = true;
  answer(0, error_reply(400, std::string("malformed HTTP/1.1 request: ") + reason));
}

bool Http1Session::answer(int32_t /*stream_id*/, const Reply& reply) {
  if (!is_waiting_) return false;
  is_waiting_ = false;
  switch (reply.fault) {
    case Fault::reset:
      is_finished_ = true;
      host_.reset_now();
      return true;
    case Fault::goaway_refused:
    case Fault::refused_stream:
    case Fault::http1_required:
      finish();
      return true;
    case Fault::close_after_reply:
      write_response(reply, false);
      finish();
      return true;
    case Fault::stall_body:
      write_response(reply, false, 0);
      is_finished_ = true;
      return true;
    case Fault::truncated:
      write_response(reply, false, reply_body(reply).size() / 2);
      finish();
      return true;
    default:
      break;
  }
  const bool closes = !keeps_alive_ || reply.fault == Fault::goaway;
  write_response(reply, closes);
  if (closes) finish();
  return true;
}

// `body_bytes_max`: no more of the body than that, whatever its length says.
void Http1Session::write_response(const Reply& reply, bool closes, size_t body_bytes_max) {
  const std::string body = reply_body(reply);
  std::string response = "HTTP/1.1 " + std::to_string(reply.status) + " ";
  response.append(reason_phrase(reply.status)).append("\r\n");
  if (header_value(reply.headers, "content-type").empty()) {
    append_header(response, "content-type", kProtobufContentType);
  }
  if (reply.body_is_gzip) append_header(response, "content-encoding", "gzip");
  for (const auto& [name, value] : reply.headers) append_header(response, name, value);
  append_header(response, "content-length", std::to_string(body.size()));
  if (closes) append_header(response, "connection", "close");
  if (!closes && is_http_1_0_) append_header(response, "connection", "keep-alive");
  response.append("\r\n").append(body, 0, body_bytes_max);
  evbuffer_add(host_.output(), response.data(), response.size());
}

void Http1Session::finish() {
  is_finished_ = true;
  host_.close_when_sent();
}

}  // namespace cero::receiver

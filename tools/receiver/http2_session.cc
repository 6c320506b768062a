#include "receiver/http2_session.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <new>
#include <utility>
#include <vector>

#include "receiver/grpc.h"

namespace cero::receiver {
namespace {

constexpr uint32_t kStreamsMax = 256;

// libcurl 7.88 sends RST_STREAM(STREAM_CLOSED) after each answered POST. nghttp2 takes more than 33
// resets a second for an attack and answers GOAWAY(INTERNAL_ERROR); no client of this receiver is
// an attacker.
constexpr uint64_t kResetsMax = uint64_t{1} << 32;

std::string_view text(const uint8_t* bytes, size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

// nghttp2 copies both and changes neither; its type has no const.
nghttp2_nv name_value(std::string_view name, std::string_view value) {
  const auto bytes = [](std::string_view s) {
    return reinterpret_cast<uint8_t*>(const_cast<char*>(s.data()));
  };
  return {bytes(name), bytes(value), name.size(), value.size(), NGHTTP2_NV_FLAG_NONE};
}

std::vector<nghttp2_nv> name_values(const std::vector<Header>& headers) {
  std::vector<nghttp2_nv> result;
  result.reserve(headers.size());
  for (const auto& [name, value] : headers) result.push_back(name_value(name, value));
  return result;
}

bool ends_stream(const nghttp2_frame& frame) {
  return (frame.hd.type == NGHTTP2_HEADERS || frame.hd.type == NGHTTP2_DATA) &&
         (frame.hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
}

Http2Session& session_of(void* self) { return *static_cast<Http2Session*>(self); }

}  // namespace

nghttp2_session* Http2Session::make_session(Http2Session* self, const Http2Windows& windows) {
  nghttp2_session_callbacks* callbacks = nullptr;
  if (nghttp2_session_callbacks_new(&callbacks) != 0) throw std::bad_alloc();
  nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, on_begin_headers);
  nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data_chunk);
  nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame_received);
  nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_stream_close);
  nghttp2_option* option = nullptr;
  if (nghttp2_option_new(&option) != 0) throw std::bad_alloc();
  nghttp2_option_set_stream_reset_rate_limit(option, kResetsMax, kResetsMax);
  nghttp2_option_set_no_auto_window_update(option, windows.open_again ? 0 : 1);
  nghttp2_session* session = nullptr;
  const int failed = nghttp2_session_server_new2(&session, callbacks, self, option);
  nghttp2_option_del(option);
  nghttp2_session_callbacks_del(callbacks);
  if (failed != 0) throw std::bad_alloc();
  return session;
}

Http2Session::Http2Session(SessionHost& host, const Http2Windows& windows)
    : host_(host), session_(make_session(this, windows)) {
  const std::array<nghttp2_settings_entry, 2> settings{{
      {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, kStreamsMax},
      {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, windows.stream_bytes},
  }};
  nghttp2_submit_settings(session_.get(), NGHTTP2_FLAG_NONE, settings.data(), settings.size());
  nghttp2_session_set_local_window_size(session_.get(), NGHTTP2_FLAG_NONE, 0,
                                        windows.connection_bytes);
}

void Http2Session::receive(evbuffer* input) {
  evbuffer_iovec chunk;
  while (evbuffer_peek(input, -1, nullptr, &chunk, 1) > 0) {
    const ssize_t used = nghttp2_session_mem_recv(
        session_.get(), static_cast<const uint8_t*>(chunk.iov_base), chunk.iov_len);
    if (used < 0) {
      // What breaks the protocol got its GOAWAY queued; this is a client that never spoke HTTP/2.
      evbuffer_drain(input, evbuffer_get_length(input));
      send();
      host_.close_when_sent();
      return;
    }
    evbuffer_drain(input, static_cast<size_t>(used));
  }
  send();
}

void Http2Session::send() {
  const uint8_t* bytes = nullptr;
  ssize_t size = 0;
  while ((size = nghttp2_session_mem_send(session_.get(), &bytes)) > 0) {
    evbuffer_add(host_.output(), bytes, static_cast<size_t>(size));
  }
  const bool is_done = nghttp2_session_want_read(session_.get()) == 0 &&
                       nghttp2_session_want_write(session_.get()) == 0;
  if (size < 0 || is_done) host_.close_when_sent();
}

Http2Session::Stream* Http2Session::find(int32_t stream_id) {
  const auto found = streams_.find(stream_id);
  return found == streams_.end() ? nullptr : found->second.get();
}

int Http2Session::on_begin_headers(nghttp2_session*, const nghttp2_frame* frame, void* self) {
  if (frame->hd.type != NGHTTP2_HEADERS || frame->headers.cat != NGHTTP2_HCAT_REQUEST) return 0;
  auto stream = std::make_unique<Stream>();
  stream->request.http_version = '2';
  stream->request.stream_id = frame->hd.stream_id;
  session_of(self).streams_[frame->hd.stream_id] = std::move(stream);
  return 0;
}

int Http2Session::on_header(nghttp2_session*, const nghttp2_frame* frame, const uint8_t* name,
                            size_t name_size, const uint8_t* value, size_t value_size,
                            uint8_t /*flags*/, void* self) {
  Stream* stream = session_of(self).find(frame->hd.stream_id);
  if (stream == nullptr || frame->headers.cat != NGHTTP2_HCAT_REQUEST) return 0;
  session_of(self).add_header(*stream, text(name, name_size), text(value, value_size));
  return 0;
}

void Http2Session::add_header(Stream& stream, std::string_view name, std::string_view value) {
  Request& request = stream.request;
  if (name == ":method") {
    request.method = value;
  } else if (name == ":path") {
    request.path = value.substr(0, value.find('?'));
  } else if (!name.starts_with(':')) {
    request.headers.emplace_back(name, value);
  }
}

int Http2Session::on_data_chunk(nghttp2_session*, uint8_t /*flags*/, int32_t stream_id,
                                const uint8_t* data, size_t size, void* self) {
  Stream* stream = session_of(self).find(stream_id);
  if (stream != nullptr) session_of(self).add_body(*stream, text(data, size));
  return 0;
}

void Http2Session::add_body(Stream& stream, std::string_view part) {
  if (stream.is_dispatched) return;
  Request& request = stream.request;
  if (part.size() <= host_.body_bytes_max() - request.body.size()) {
    request.body.append(part);
    return;
  }
  refuse_body(stream);
}

void Http2Session::refuse_body(Stream& stream) {
  // Answered now; what still comes is discarded. RFC 9113 8.1 would allow RST_STREAM(NO_ERROR)
  // after the answer, but libcurl 7.88 then forgets the answer and reports a broken stream.
  stream.request.body_too_large = true;
  dispatch(stream);
}

int Http2Session::on_frame_received(nghttp2_session*, const nghttp2_frame* frame, void* self) {
  Stream* stream = session_of(self).find(frame->hd.stream_id);
  if (stream == nullptr) return 0;
  if (ends_stream(*frame)) {
    session_of(self).end_request(*stream);
  } else if (frame->hd.type == NGHTTP2_HEADERS) {
    session_of(self).end_headers(*stream);
  }
  return 0;
}

void Http2Session::end_headers(Stream& stream) {
  if (!host_.goes_on_reading()) {
    stream.is_dispatched = true;
    return;
  }
  const std::string_view length = header_value(stream.request.headers, "content-length");
  uint64_t bytes = 0;
  std::from_chars(length.data(), length.data() + length.size(), bytes);
  if (bytes > host_.body_bytes_max()) return refuse_body(stream);
  if (header_value(stream.request.headers, "expect") != "100-continue") return;
  const nghttp2_nv status = name_value(":status", "100");
  nghttp2_submit_headers(session_.get(), NGHTTP2_FLAG_NONE, stream.request.stream_id, nullptr,
                         &status, 1, nullptr);
}

void Http2Session::end_request(Stream& stream) {
  if (!stream.is_dispatched) dispatch(stream);
}

void Http2Session::dispatch(Stream& stream) {
  stream.is_dispatched = true;
  stream.is_grpc = is_grpc(stream.request);
  host_.dispatch(std::exchange(stream.request, {}));
}

bool Http2Session::answer(int32_t stream_id, const Reply& reply) {
  Stream* stream = find(stream_id);
  if (stream == nullptr) return false;
  switch (reply.fault) {
    case Fault::reset:
      nghttp2_submit_rst_stream(session_.get(), NGHTTP2_FLAG_NONE, stream_id, reply.reset_code);
      return true;
    case Fault::refused_stream:
    case Fault::http1_required:
      nghttp2_submit_rst_stream(session_.get(), NGHTTP2_FLAG_NONE, stream_id,
                                reply.fault == Fault::refused_stream ? NGHTTP2_REFUSED_STREAM
                                                                     : NGHTTP2_HTTP_1_1_REQUIRED);
      return true;
    case Fault::goaway_refused:
      nghttp2_submit_goaway(session_.get(), NGHTTP2_FLAG_NONE, std::max(0, stream_id - 2),
                            NGHTTP2_NO_ERROR, nullptr, 0);
      return true;
    case Fault::stall_body:
      stream->response_bytes_max = 0;
      break;
    case Fault::truncated:
      stream->response_bytes_max = 1;
      break;
    default:
      break;
  }
  if (stream->is_grpc && !reply.plain_http) {
    submit_grpc_response(stream_id, *stream, reply);
  } else {
    submit_response(stream_id, *stream, reply);
  }
  if (reply.fault == Fault::goaway) {
    nghttp2_submit_goaway(session_.get(), NGHTTP2_FLAG_NONE, stream_id, NGHTTP2_NO_ERROR, nullptr,
                          0);
  }
  if (reply.fault == Fault::close_after_reply || reply.fault == Fault::truncated) {
    host_.close_when_sent();
  }
  return true;
}

void Http2Session::submit_response(int32_t stream_id, Stream& stream, const Reply& reply) {
  stream.response_body = reply_body(reply);
  const std::string status = std::to_string(reply.status);
  const std::string length = std::to_string(stream.response_body.size());
  std::vector<nghttp2_nv> headers{name_value(":status", status)};
  if (header_value(reply.headers, "content-type").empty()) {
    headers.push_back(name_value("content-type", kProtobufContentType));
  }
  if (reply.body_is_gzip) headers.push_back(name_value("content-encoding", "gzip"));
  for (const auto& [name, value] : reply.headers) headers.push_back(name_value(name, value));
  headers.push_back(name_value("content-length", length));

  nghttp2_data_provider provider{};
  provider.source.ptr = &stream;
  provider.read_callback = read_response;
  nghttp2_submit_response(session_.get(), stream_id, headers.data(), headers.size(),
                          stream.response_body.empty() ? nullptr : &provider);
}

void Http2Session::submit_grpc_response(int32_t stream_id, Stream& stream, const Reply& reply) {
  const GrpcStatus status = grpc_status(reply);
  stream.trailers = grpc_trailers(status);
  std::vector<Header> header{{":status", "200"}};
  if (header_value(reply.headers, "content-type").empty()) {
    header.emplace_back("content-type", kGrpcContentType);
  }
  if (reply.body_is_gzip) header.emplace_back("grpc-encoding", "gzip");
  header.insert(header.end(), reply.headers.begin(), reply.headers.end());
  const bool in_one = status.code != 0 && !status.behind_headers;
  if (in_one) header.insert(header.end(), stream.trailers.begin(), stream.trailers.end());
  if (status.code == 0) {
    const std::string message = reply_body(reply);
    stream.response_body = grpc_body({.is_compressed = reply.body_is_gzip, .bytes = message});
  }

  nghttp2_data_provider provider{};
  provider.source.ptr = &stream;
  provider.read_callback = read_response;
  const std::vector<nghttp2_nv> fields = name_values(header);
  nghttp2_submit_response(session_.get(), stream_id, fields.data(), fields.size(),
                          in_one ? nullptr : &provider);
}

void Http2Session::submit_trailers(nghttp2_session* session, int32_t stream_id,
                                   const Stream& stream) {
  const std::vector<nghttp2_nv> fields = name_values(stream.trailers);
  nghttp2_submit_trailer(session, stream_id, fields.data(), fields.size());
}

ssize_t Http2Session::read_response(nghttp2_session* session, int32_t stream_id, uint8_t* buffer,
                                    size_t room, uint32_t* flags, nghttp2_data_source* source,
                                    void* /*self*/) {
  auto& stream = *static_cast<Stream*>(source->ptr);
  const size_t end = std::min(stream.response_body.size(), stream.response_bytes_max);
  const size_t size = std::min(room, end - stream.response_bytes_sent);
  std::copy_n(stream.response_body.data() + stream.response_bytes_sent, size, buffer);
  stream.response_bytes_sent += size;
  if (stream.response_bytes_sent < stream.response_body.size()) {
    return size == 0 ? static_cast<ssize_t>(NGHTTP2_ERR_DEFERRED) : static_cast<ssize_t>(size);
  }
  *flags |= NGHTTP2_DATA_FLAG_EOF;
  if (!stream.trailers.empty()) {
    *flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
    submit_trailers(session, stream_id, stream);
  }
  return static_cast<ssize_t>(size);
}

int Http2Session::on_stream_close(nghttp2_session*, int32_t stream_id, uint32_t /*error*/,
                                  void* self) {
  session_of(self).streams_.erase(stream_id);
  return 0;
}

}  // namespace cero::receiver

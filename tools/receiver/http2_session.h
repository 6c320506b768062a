// HTTP/2 on nghttp2: over TLS by ALPN, or in the clear with prior knowledge.
#ifndef CERO_TOOLS_RECEIVER_HTTP2_SESSION_H_
#define CERO_TOOLS_RECEIVER_HTTP2_SESSION_H_

#include <nghttp2/nghttp2.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "receiver/session.h"

namespace cero::receiver {

// The first bytes of every HTTP/2 connection.
inline constexpr std::string_view kHttp2Preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

// How much a client may send before it has to wait.
struct Http2Windows {
  // Room for whole batches on many streams, so that a client's uploads never wait.
  uint32_t stream_bytes = 4 * 1024 * 1024;
  int32_t connection_bytes = 16 * 1024 * 1024;
  bool open_again = true;  // when what came was read
};

class Http2Session : public Session {
 public:
  explicit Http2Session(SessionHost& host, const Http2Windows& windows = {});

  void receive(evbuffer* input) override;
  bool answer(int32_t stream_id, const Reply& reply) override;
  void send_queued() override { send(); }

 private:
  struct Stream {
    Request request;
    bool is_dispatched = false;
    bool is_grpc = false;  // known once it is dispatched
    std::vector<Header> trailers;
    std::string response_body;
    size_t response_bytes_sent = 0;
    size_t response_bytes_max = SIZE_MAX;  // what would come behind is held back
  };

  struct Free {
    void operator()(nghttp2_session* session) const { nghttp2_session_del(session); }
  };

  static nghttp2_session* make_session(Http2Session* self, const Http2Windows& windows);
  static int on_begin_headers(nghttp2_session*, const nghttp2_frame* frame, void* self);
  static int on_header(nghttp2_session*, const nghttp2_frame* frame, const uint8_t* name,
                       size_t name_size, const uint8_t* value, size_t value_size, uint8_t flags,
                       void* self);
  static int on_data_chunk(nghttp2_session*, uint8_t flags, int32_t stream_id, const uint8_t* data,
                           size_t size, void* self);
  static int on_frame_received(nghttp2_session*, const nghttp2_frame* frame, void* self);
  static int on_stream_close(nghttp2_session*, int32_t stream_id, uint32_t error, void* self);
  static ssize_t read_response(nghttp2_session*, int32_t stream_id, uint8_t* buffer, size_t room,
                               uint32_t* flags, nghttp2_data_source* source, void* self);

  Stream* find(int32_t stream_id);
  void add_header(Stream& stream, std::string_view name, std::string_view value);
  void add_body(Stream& stream, std::string_view part);
  void refuse_body(Stream& stream);
  void end_headers(Stream& stream);
  void end_request(Stream& stream);
  void dispatch(Stream& stream);
  void submit_response(int32_t stream_id, Stream& stream, const Reply& reply);
  void submit_grpc_response(int32_t stream_id, Stream& stream, const Reply& reply);
  static void submit_trailers(nghttp2_session* session, int32_t stream_id, const Stream& stream);
  void send();

  SessionHost& host_;
  std::unordered_map<int32_t, std::unique_ptr<Stream>> streams_;
  // Declared last: its callbacks use what stands above.
  std::unique_ptr<nghttp2_session, Free> session_;
};

}  // namespace cero::receiver

#endif  // CERO_TOOLS_RECEIVER_HTTP2_SESSION_H_

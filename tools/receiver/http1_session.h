// HTTP/1.0 and 1.1 on http_parser: keep-alive, pipelining (one request at a time), both body
// framings, Expect: 100-continue.
#ifndef CERO_TOOLS_RECEIVER_HTTP1_SESSION_H_
#define CERO_TOOLS_RECEIVER_HTTP1_SESSION_H_

#include <http_parser.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "receiver/session.h"

namespace cero::receiver {

class Http1Session : public Session {
 public:
  explicit Http1Session(SessionHost& host);

  void receive(evbuffer* input) override;
  bool answer(int32_t stream_id, const Reply& reply) override;
  void send_queued() override {}  // answer() has sent it

 private:
  static const http_parser_settings& callbacks();
  static Http1Session& of(http_parser* parser);

  void begin_message();
  void add_header_name(std::string_view part);
  void add_header_value(std::string_view part);
  void end_headers();
  void add_body(std::string_view part);

  void dispatch();
  void send_continue();
  void refuse_malformed(const char* reason);
  void write_response(const Reply& reply, bool closes, size_t body_bytes_max = SIZE_MAX);
  void finish();

  SessionHost& host_;
  http_parser parser_;
  Request request_;
  std::string target_;
  bool was_header_value_ = true;  // the next name begins a new header
  bool is_complete_ = false;      // the request is whole and not dispatched yet
  bool is_waiting_ = false;       // for the answer to the request dispatched last
  bool is_finished_ = false;      // nothing more is read
  bool keeps_alive_ = false;      // the client allows another request after this one
  bool is_http_1_0_ = false;
};

}  // namespace cero::receiver

#endif  // CERO_TOOLS_RECEIVER_HTTP1_SESSION_H_

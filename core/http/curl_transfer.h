// CurlTransfer: one easy handle, configured once and used for one POST after another, and the
// answer it is receiving.
#ifndef CERO_CORE_HTTP_CURL_TRANSFER_H_
#define CERO_CORE_HTTP_CURL_TRANSFER_H_

#include <curl/curl.h>

#include <array>
#include <memory>
#include <string>

#include "http/curl_request_options.h"
#include "http/transport.h"

namespace cero::core {

struct CurlEasyDeleter {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};

class CurlTransfer {
 public:
  // Throws std::bad_alloc. `shared` outlives this.
  explicit CurlTransfer(const CurlRequestOptions& shared);
  CurlTransfer(const CurlTransfer&) = delete;
  CurlTransfer& operator=(const CurlTransfer&) = delete;

  CURL* easy() const { return easy_.get(); }
  // The transfer that owns the handle.
  static CurlTransfer* of(CURL* easy);

  bool is_to(const CurlRequestOptions& endpoint) const { return &shared_ == &endpoint; }

  void prepare(const Post& post);
  // Makes it ready to be sent again, over a new connection, where it met one that other requests
  // had used and that ended before a byte of the answer: it may have ended before the request came.
  // Once.
  // So may a 408 there be about the silence before it [RFC 9110 15.5.9].
  bool prepare_repeat(CURLcode code);
  // After libcurl is done with it. What the completion points to stays valid until end().
  Completion complete(CURLcode code);
  // Connections this transfer established, to be asked once it is complete.
  uint64_t connections_established() const;
  // Bytes moved in either direction so far.
  uint64_t bytes_moved() const;

  // It got no answer, if that is about its connection.
  void distrust_connection(CURLcode code) noexcept;
  // It is no longer libcurl's, and its completion has been read.
  void end() noexcept;

  bool active = false;  // the transport's mark: handed to the multi handle

 private:
  static curl_socket_t on_open_socket(void* self, curlsocktype purpose, curl_sockaddr* address);
  static int on_close_socket(void* connections, curl_socket_t socket);
  static int on_request(void* self, char* peer_address, char* local_address, int peer_port,
                        int local_port);
  static size_t on_response_bytes(char* data, size_t size, size_t count, void* self);
  static size_t on_header_bytes(char* data, size_t size, size_t count, void* self);
  bool take_response_bytes(std::string_view bytes) noexcept;
  // The value of a header or trailer of the answer, empty without one.
  std::string_view header(const char* name) const;
  GrpcTrailers grpc_trailers() const;
  Completion failure(CURLcode code);
  bool is_through_proxy() const;
  std::string_view failure_text(CURLcode code) noexcept;
  std::string_view socket_failure_text() noexcept;
  bool should_repeat(CURLcode code) const;
  int status() const;  // 0: no answer began
  int http_major() const;
  bool is_whole_answer(CURLcode code) const;
  bool thrown_away(CURLcode code) const;
  static bool connection_died(CURLcode code);
  void begin();
  void leave_connection() noexcept;
  void forget_answer() noexcept;
  void configure();
  void configure_connection();
  void configure_tls();

  const CurlRequestOptions& shared_;
  std::unique_ptr<CURL, CurlEasyDeleter> easy_;
  std::array<char, CURL_ERROR_SIZE> error_{};
  uint64_t token_ = 0;
  uint64_t opened_connection_ = 0;  // the last that was opened for this request; 0: none was
  uint64_t connection_ = 0;         // the one that the request goes over; 0: not known
  bool sent_ = false;               // libcurl has begun to send it
  uint32_t repeats_ = 0;
  std::string response_;
  size_t header_bytes_ = 0;
  bool head_is_whole_ = false;  // all headers are there
  bool response_too_large_ = false;
  bool out_of_memory_ = false;
  std::string failure_;  // what the last failure is called
};

}  // namespace cero::core

#endif  // CERO_CORE_HTTP_CURL_TRANSFER_H_

// Connections: the sockets that libcurl has open for one transport, and what is known of each.
//
// libcurl does not say which of its connections a request goes over. It tells both ends of the
// connection to a callback just before the request is sent, and a socket is found by them.
//
// Threads: one, the transport's.
#ifndef CERO_CORE_HTTP_CONNECTIONS_H_
#define CERO_CORE_HTTP_CONNECTIONS_H_

#include <curl/curl.h>
#include <netinet/in.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "http/open_sockets.h"

namespace cero::core {

struct CurlRequestOptions;

// Of a Unix socket the ends have no names.
struct ConnectionEnds {
  std::string_view peer_address = {};
  int peer_port = 0;
  int local_port = 0;
};

struct Connection {
  ListedSocket socket;
  uint64_t id;
  TimePoint opened_at;
  const CurlRequestOptions* endpoint;  // of the last request
  uint32_t requests = 0;               // under way on it
  bool established = false;            // a request went over it
  bool http1 = false;                  // the last answer was HTTP/1.x
  bool given_up = false;               // no further request goes over it
  std::array<char, INET6_ADDRSTRLEN> peer_address = {};
  int peer_port = 0;
  int local_port = 0;

  bool is_idle() const { return established && requests == 0; }
};

class Connections {
 public:
  // Throws std::bad_alloc.
  explicit Connections(size_t count_guess) { all_.reserve(count_guess); }

  // CURL_SOCKET_BAD: it could not be opened.
  curl_socket_t open(const curl_sockaddr& address, const CurlRequestOptions& endpoint) noexcept;
  int close(curl_socket_t socket) noexcept;
  // Those that libcurl has closed without a word, or the host behind our backs.
  void forget_closed();

  // A request to `endpoint` goes over the connection with these ends. `opened` is the one that was
  // opened for it; 0: none was. Returns the connection's id; 0: it is not known.
  uint64_t begin_request(const CurlRequestOptions& endpoint, const ConnectionEnds& ends,
                         uint64_t opened) noexcept;
  // It is over. The connection may be gone.
  void end_request(uint64_t id) noexcept;
  // A request got no answer over this connection of the endpoint's; 0: it is not known which one it
  // was. No other goes over it, nor over those that lie idle: what ended one may have ended all.
  void distrust(const CurlRequestOptions& endpoint, uint64_t id) noexcept;
  void answered(uint64_t id, int http_major) noexcept;
  // Ends idle ones on which a server of HTTP/1.x has spoken unasked, or ended.
  void end_unasked() noexcept;
  // One that was given up still has a request under way.
  bool any_given_up() const noexcept;

  // The oldest first.
  const std::vector<Connection>& all() const { return all_; }
  uint64_t newest_id() const { return last_id_; }
  // Begun so far.
  uint64_t request_count() const { return request_count_; }

 private:
  Connection* find(const CurlRequestOptions& endpoint, const ConnectionEnds& ends,
                   uint64_t opened) noexcept;
  Connection* at(uint64_t id) noexcept;

  std::vector<Connection> all_;
  uint64_t last_id_ = 0;
  uint64_t request_count_ = 0;
};

}  // namespace cero::core

#endif  // CERO_CORE_HTTP_CONNECTIONS_H_

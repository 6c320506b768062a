// StalledServer: a TLS server that speaks just enough HTTP/2 to take 64 KiB of a request and then
// never opens its window. Told to be of another time, it gets no further than the handshake. It may
// answer each frame with bytes of the test's.
#ifndef CERO_TESTS_HTTP_STALLED_SERVER_H_
#define CERO_TESTS_HTTP_STALLED_SERVER_H_

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "receiver/throwaway_certificate.h"

namespace cero::test {

class StalledServer {
 public:
  // Frames for one of this type on this stream, each of which is a TLS record.
  using Answer = std::function<std::vector<std::string>(unsigned char type, uint32_t stream)>;

  explicit StalledServer(int tls_version_max = TLS1_3_VERSION, Answer answer = {})
      : answer_(std::move(answer)), context_(SSL_CTX_new(TLS_server_method())) {
    SSL_CTX_set_min_proto_version(context_.get(), TLS1_VERSION);
    SSL_CTX_set_max_proto_version(context_.get(), tls_version_max);
    SSL_CTX_set_security_level(context_.get(), 0);  // what TLS 1.1 needs
    SSL_CTX_use_certificate(context_.get(), certificate_.leaf.get());
    SSL_CTX_use_PrivateKey(context_.get(), certificate_.leaf_key.get());
    SSL_CTX_set_alpn_select_cb(context_.get(), choose_http2, nullptr);
    listening_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    address_.sin_family = AF_INET;
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address_);
    if (bind(listening_, reinterpret_cast<sockaddr*>(&address_), size) != 0 ||
        listen(listening_, 1) != 0 ||
        getsockname(listening_, reinterpret_cast<sockaddr*>(&address_), &size) != 0) {
      throw std::runtime_error("StalledServer cannot listen");
    }
    thread_ = std::thread([this] { serve(); });
  }

  ~StalledServer() {
    shutdown(listening_, SHUT_RDWR);
    thread_.join();
    close(listening_);
  }

  std::string url() const {
    return "https://127.0.0.1:" + std::to_string(ntohs(address_.sin_port)) + "/v1/traces";
  }
  const std::string& ca_certificate_pem() const { return certificate_.ca_certificate_pem; }

 private:
  struct FreeContext {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  };

  static int choose_http2(SSL*, const unsigned char** chosen, unsigned char* size,
                          const unsigned char*, unsigned, void*) {
    *chosen = reinterpret_cast<const unsigned char*>("h2");
    *size = 2;
    return SSL_TLSEXT_ERR_OK;
  }

  // One connection after the other, each read until the client closes it.
  void serve() {
    sigset_t broken_pipe;  // OpenSSL raises it
    sigemptyset(&broken_pipe);
    sigaddset(&broken_pipe, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &broken_pipe, nullptr);
    for (int connection = 0; (connection = accept(listening_, nullptr, nullptr)) >= 0;)
      serve_one(connection);
  }

  void serve_one(int connection) {
    const std::unique_ptr<SSL, decltype(&SSL_free)> tls(SSL_new(context_.get()), SSL_free);
    SSL_set_fd(tls.get(), connection);
    constexpr std::array<unsigned char, 9> kEmptySettings = {0, 0, 0, 4, 0, 0, 0, 0, 0};
    if (SSL_accept(tls.get()) == 1 &&
        SSL_write(tls.get(), kEmptySettings.data(), kEmptySettings.size()) > 0) {
      constexpr size_t kPrefaceBytes = 24;
      std::string preface(kPrefaceBytes, '\0');
      if (read_whole(tls.get(), &preface)) {
        while (read_frame(tls.get())) {
        }
      }
    }
    close(connection);
  }

  bool read_frame(SSL* tls) {
    std::string head(9, '\0');
    if (!read_whole(tls, &head)) return false;
    const auto byte = [&](size_t i) { return static_cast<unsigned char>(head[i]); };
    std::string payload(size_t{byte(0)} << 16 | byte(1) << 8 | byte(2), '\0');
    if (!read_whole(tls, &payload)) return false;
    if (!answer_) return true;
    for (const std::string& frame : answer_(byte(3), uint32_t{byte(7)} << 8 | byte(8))) {
      if (SSL_write(tls, frame.data(), static_cast<int>(frame.size())) <= 0) return false;
    }
    return true;
  }

  static bool read_whole(SSL* tls, std::string* bytes) {
    for (size_t at = 0; at < bytes->size();) {
      const int size = SSL_read(tls, bytes->data() + at, static_cast<int>(bytes->size() - at));
      if (size <= 0) return false;
      at += static_cast<size_t>(size);
    }
    return true;
  }

  const Answer answer_;
  receiver::ThrowawayCertificate certificate_ = receiver::make_throwaway_certificate();
  std::unique_ptr<SSL_CTX, FreeContext> context_;
  int listening_ = -1;
  sockaddr_in address_{};
  std::thread thread_;
};

}  // namespace cero::test

#endif  // CERO_TESTS_HTTP_STALLED_SERVER_H_

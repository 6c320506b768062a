// Goal: a port that speaks another protocol is called what it is. Method: the real transport, and a
// peer whose first bytes are those of such a server.
#include <gtest/gtest.h>

#include <string>
#include <thread>

#include "http/listening_peer.h"
#include "http/protocol_advice.h"
#include "http/transport_check.h"
#include "http/transport_client.h"

namespace cero::core {
namespace {

using test::ListeningPeer;
using test::TransportClient;

// What a client hears whose first connection gets these bytes, and no more.
std::string told_by(std::string_view bytes, Exporter exporter) {
  ListeningPeer peer;
  exporter.endpoint = peer.url();
  TransportClient client(exporter);
  std::thread serving([&] {
    const int connection = peer.accept_one();
    char byte = 0;
    static_cast<void>(recv(connection, &byte, 1, 0));
    ListeningPeer::send_all(connection, bytes);
    shutdown(connection, SHUT_WR);
    while (recv(connection, &byte, 1, 0) > 0) {
    }
    close(connection);
  });
  const std::string error = client.send("body").error;
  client.end();
  serving.join();
  return error;
}

constexpr std::string_view kSettingsFrame("\0\0\0\4\0\0\0\0\0", 9);
constexpr std::string_view kTlsAlert("\x15\3\1\0\2\2\x46", 7);

TEST(WrongPort, of_grpc_or_tls_is_called_so_over_http1) {
  for (const std::string_view bytes : {kSettingsFrame, kTlsAlert}) {
    const std::string error = told_by(bytes, {});
    EXPECT_NE(error.find("choose grpc as exporter.protocol"), std::string::npos) << error;
    EXPECT_NE(error.find("write https:// in exporter.endpoint"), std::string::npos) << error;
  }
}

// An old libcurl has no h2c to rely on.
TEST(WrongPort, of_http1_is_called_so_over_grpc) {
  if (is_old_libcurl()) GTEST_SKIP() << "needs libcurl 8";
  const std::string error = told_by("HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n",
                                    {.protocol = Protocol::grpc, .http_version = HttpVersion::h2c});
  EXPECT_NE(error.find("choose http/protobuf as exporter.protocol"), std::string::npos) << error;
}

TEST(WrongPort, is_known_by_the_words_of_libcurl_and_nghttp2) {
  EXPECT_NE(protocol_advice("Received HTTP/0.9 when not allowed"), "");
  EXPECT_NE(protocol_advice("Remote peer returned unexpected data while we expected SETTINGS "
                            "frame.  Perhaps, peer does not support HTTP/2 properly."),
            "");
  EXPECT_EQ(protocol_advice("Connection refused"), "");
}

}  // namespace
}  // namespace cero::core

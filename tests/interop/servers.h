// The servers spans pass on their way: a Collector, and proxies to stand in front of it.
#ifndef CERO_TESTS_INTEROP_SERVERS_H_
#define CERO_TESTS_INTEROP_SERVERS_H_

#include <cstdint>
#include <memory>
#include <string>

#include "interop/scratch.h"
#include "interop/server_program.h"

namespace cero::test {

// Ports of 127.0.0.1 by what is spoken there; 0: nowhere.
struct Doors {
  uint16_t http1 = 0;
  uint16_t h2c = 0;
  uint16_t tls = 0;
  uint16_t grpc_h2c = 0;
  uint16_t grpc_tls = 0;
};

struct Server {
  Doors doors;
  std::unique_ptr<ServerProgram> program;
};

// Forwards what it understood to the OTLP/HTTP receiver at this URL, before it answers: what was
// sent has arrived when the answer is there.
Server start_collector(const Scratch& scratch, const std::string& receiver_url);

// Reverse proxies: OTLP/HTTP and gRPC go to the Collector's cleartext ports.
Server start_nginx(const Scratch& scratch, const Doors& collector);
Server start_nghttpx(const Scratch& scratch, const Doors& collector);

}  // namespace cero::test

#endif  // CERO_TESTS_INTEROP_SERVERS_H_

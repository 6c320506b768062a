// Network: a network of the test's own, in which loopback is as bad as the test asks.
//
// Made of what tc finds in most kernels, where its netem is often missing: a token bucket makes the
// link narrow, so that packets queue and come late; a classifier that draws a number loses them on
// their way in, after the sender has let go of them.
#ifndef CERO_TESTS_FAULT_NETWORK_H_
#define CERO_TESTS_FAULT_NETWORK_H_

#include <cstdint>
#include <stdexcept>
#include <string>

namespace cero::test {

// The kernel, or the container around the test, does not permit it. All else that fails is a
// std::runtime_error, a machine without tc too.
class NetworkRefused : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class Network {
 public:
  static constexpr int kAll = 256;

  // Moves the calling thread, and those that it starts from now on, to a namespace of their own:
  // before there are others. Packets are of at most 1500 bytes, 20 Mbit pass in a second, and none
  // is lost.
  Network();

  // So many of 256 packets, each by chance.
  void lose_packets(int of_256);
  // Its routes go with it.
  void take_link_down();
  // Takes both back.
  void mend();

  uint64_t packets_lost() const;
  uint64_t packets_delayed() const;
};

}  // namespace cero::test

#endif  // CERO_TESTS_FAULT_NETWORK_H_

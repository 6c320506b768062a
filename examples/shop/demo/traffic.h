// Traffic: customers who browse, look, fill their carts and check out, each on a thread of its own.
#ifndef CERO_EXAMPLES_SHOP_DEMO_TRAFFIC_H_
#define CERO_EXAMPLES_SHOP_DEMO_TRAFFIC_H_

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace shop::demo {

struct TrafficTotals {
  std::map<int, uint64_t> answers_by_status;
  uint64_t unanswered = 0;

  uint64_t answers() const;
};

class Traffic {
 public:
  // The customers start at once.
  Traffic(int gateway_port, uint32_t customers);

  uint64_t requests_so_far() const { return requests_; }
  // Lets each finish its request, and ends.
  TrafficTotals stop();

 private:
  void shop_until(const std::stop_token& stop, int port, uint32_t customer);

  std::atomic<uint64_t> requests_{0};
  std::mutex mutex_;
  TrafficTotals totals_;
  std::vector<std::jthread> threads_;
};

// Buys two products and returns the trace id of the checkout; throws std::runtime_error if the shop
// does not sell.
std::string buy_once(int gateway_port, TrafficTotals& totals);

}  // namespace shop::demo

#endif  // CERO_EXAMPLES_SHOP_DEMO_TRAFFIC_H_

#include "demo/traffic.h"

#include <httplib.h>

#include <stdexcept>

#include "loadgen/span_content.h"

namespace shop::demo {
namespace {

constexpr const char* kCategories[] = {"fish", "tackle", "books", "boats"};
constexpr uint32_t kProducts = 200;

class Customer {
 public:
  Customer(int port, uint32_t number)
      : client_("127.0.0.1", port), cart_("cart-" + std::to_string(number)), random_(number) {
    client_.set_keep_alive(true);
    client_.set_tcp_nodelay(true);
  }

  // Each makes one request.
  void browse() {
    note(client_.Get(std::string("/products?category=") + kCategories[random_.below(4)]));
  }
  void look() {
    // One id in 25 does not exist: an old link.
    const uint32_t id = random_.below(25) == 0 ? kProducts + 1 + random_.below(100) : any_product();
    note(client_.Get("/products/" + std::to_string(id)));
  }
  void add_to_cart() {
    const std::string body = R"({"product": )" + std::to_string(any_product()) +
                             R"(, "quantity": )" + std::to_string(1 + random_.below(3)) + "}";
    note(client_.Post("/carts/" + cart_ + "/items", body, "application/json"));
  }
  // The trace's id, empty unless it sold.
  std::string check_out() {
    const httplib::Result result =
        client_.Post("/carts/" + cart_ + "/checkout", "", "application/json");
    note(result);
    return result && result->status == 201 ? result->get_header_value("x-trace-id") : "";
  }

  // What to do next, as most customers do: much looking, little buying.
  void take_a_step() {
    const uint32_t dice = random_.below(100);
    if (dice < 30) return browse();
    if (dice < 65) return look();
    if (dice < 85 || lines_ == 0) {
      ++lines_;
      return add_to_cart();
    }
    lines_ = 0;
    check_out();
  }

  const TrafficTotals& totals() const { return totals_; }

 private:
  uint32_t any_product() { return 1 + random_.below(kProducts); }
  void note(const httplib::Result& result) {
    if (result) {
      ++totals_.answers_by_status[result->status];
    } else {
      ++totals_.unanswered;
    }
  }

  httplib::Client client_;
  std::string cart_;
  cero::loadgen::Random random_;
  uint32_t lines_ = 0;
  TrafficTotals totals_;
};

void add(TrafficTotals& sum, const TrafficTotals& totals) {
  for (const auto& [status, count] : totals.answers_by_status)
    sum.answers_by_status[status] += count;
  sum.unanswered += totals.unanswered;
}

}  // namespace

uint64_t TrafficTotals::answers() const {
  uint64_t sum = 0;
  for (const auto& [status, count] : answers_by_status) sum += count;
  return sum;
}

Traffic::Traffic(int gateway_port, uint32_t customers) {
  for (uint32_t i = 0; i < customers; ++i) {
    threads_.emplace_back([this, gateway_port, i](const std::stop_token& stop) {
      shop_until(stop, gateway_port, i + 1);
    });
  }
}

TrafficTotals Traffic::stop() {
  for (std::jthread& thread : threads_) thread.request_stop();
  threads_.clear();  // joins
  return totals_;
}

void Traffic::shop_until(const std::stop_token& stop, int port, uint32_t customer_number) {
  Customer customer(port, customer_number);
  while (!stop.stop_requested()) {
    customer.take_a_step();
    requests_.fetch_add(1, std::memory_order_relaxed);
    if (customer.totals().unanswered > 100) break;  // nobody is there any more
  }
  const std::lock_guard lock(mutex_);
  add(totals_, customer.totals());
}

std::string buy_once(int gateway_port, TrafficTotals& totals) {
  constexpr int kAttempts = 10;  // some checkouts fail by design
  Customer customer(gateway_port, 0);
  std::string trace_id;
  for (int i = 0; i < kAttempts && trace_id.empty(); ++i) {
    customer.add_to_cart();
    customer.add_to_cart();
    trace_id = customer.check_out();
  }
  add(totals, customer.totals());
  if (trace_id.empty()) throw std::runtime_error("the shop did not sell anything in ten attempts");
  return trace_id;
}

}  // namespace shop::demo

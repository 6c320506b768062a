// Orders: a small HTTP service. An order is checked and paid for in its request, and packed by a
// thread of its own afterwards.
#ifndef EXAMPLES_OTEL_SERVICE_ORDERS_H_
#define EXAMPLES_OTEL_SERVICE_ORDERS_H_

#include <httplib.h>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "traced_http.h"

namespace orders {

class Orders {
 public:
  // Serves on a free port of the loopback interface.
  Orders();
  // Packs what was ordered, then stops.
  ~Orders();
  Orders(const Orders&) = delete;
  Orders& operator=(const Orders&) = delete;

  int port() const { return port_; }

 private:
  struct Job {
    std::string order;
    Span queued;  // ends when it is packed
    trace::StartSpanOptions start;
  };

  void take_order(const httplib::Request& request, httplib::Response& response);
  bool check_stock(const std::string& order);
  bool charge(const std::string& order);
  void enqueue(const std::string& order);
  void pack_orders();

  httplib::Server server_;
  int port_ = 0;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Job> jobs_;   // under the mutex
  bool stopping_ = false;  // under the mutex
  std::thread serving_;
  std::thread packing_;
};

}  // namespace orders

#endif  // EXAMPLES_OTEL_SERVICE_ORDERS_H_

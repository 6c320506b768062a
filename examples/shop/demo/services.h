// The two services as processes, started with the environment they need.
#ifndef CERO_EXAMPLES_SHOP_DEMO_SERVICES_H_
#define CERO_EXAMPLES_SHOP_DEMO_SERVICES_H_

#include <memory>
#include <string>
#include <vector>

#include "demo/child_process.h"
#include "demo/options.h"
#include "service_report.h"

namespace shop::demo {

// Where the services send their spans.
struct Destination {
  std::string url;
  std::string ca_file;  // empty: the user's own backend, with the OTEL_* variables of the user's
                        // environment
};

class Services {
 public:
  // Both serve when this returns. Throws std::runtime_error and Interrupted.
  Services(const Destination& destination, const DemoOptions& options,
           cero::loadgen::StopSignal& stop_signal);

  const std::string& gateway_address() const { return gateway_address_; }  // HOST:PORT
  const std::string& inventory_address() const { return inventory_address_; }
  int gateway_port() const;

  // Ends both; each delivers what it still holds. Throws std::runtime_error when one has no report.
  std::vector<ServiceReport> stop();

 private:
  cero::loadgen::StopSignal& stop_signal_;
  std::unique_ptr<ChildProcess> inventory_;  // the gateway, which calls it, ends first
  std::string inventory_address_;
  std::unique_ptr<ChildProcess> gateway_;
  std::string gateway_address_;
};

}  // namespace shop::demo

#endif  // CERO_EXAMPLES_SHOP_DEMO_SERVICES_H_

// The life of a shop service: options, listening, a signal, the last spans, the ledger.
#ifndef CERO_EXAMPLES_SHOP_SERVICE_H_
#define CERO_EXAMPLES_SHOP_SERVICE_H_

#include <functional>
#include <string>

#include "telemetry.h"
#include "traced_http.h"

namespace shop {

struct ServiceOptions {
  std::string listen_host = "127.0.0.1";
  int listen_port = 0;  // 0: any free one
  std::string inventory_host;
  int inventory_port = 0;
  cero::HttpVersion http_version = cero::HttpVersion::automatic;  // of the spans' way out
};

// Adds the service's routes; what they need lives as long as the returned object.
using AddRoutes =
    std::function<std::shared_ptr<void>(TracedServer&, Telemetry&, const ServiceOptions&)>;

// Serves until SIGINT or SIGTERM. Prints "listening URL" when ready and the ServiceReport at the
// end, both on standard output. Returns the exit status: 0 when every span was exported.
int run_service(int argc, char** argv, const std::string& name, bool needs_inventory,
                const AddRoutes& add_routes);

}  // namespace shop

#endif  // CERO_EXAMPLES_SHOP_SERVICE_H_

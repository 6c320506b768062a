// The set-up of the service's tracing: all that differs between the SDK and cero. Each makes its
// provider the global one and returns what delivers the spans that are left and stops.
#ifndef EXAMPLES_OTEL_SERVICE_SETUP_H_
#define EXAMPLES_OTEL_SERVICE_SETUP_H_

#include <functional>
#include <string>

namespace orders {

// False: some spans could not be delivered.
using Stop = std::function<bool()>;

// Each throws std::runtime_error that names what is wrong.
Stop set_up_sdk(const std::string& endpoint);        // the OpenTelemetry SDK alone
Stop set_up_processor(const std::string& endpoint);  // the SDK, with cero as its way out
Stop set_up_cero(const std::string& endpoint);       // cero behind the API

}  // namespace orders

#endif  // EXAMPLES_OTEL_SERVICE_SETUP_H_

// What shop-demo can be told.
#ifndef CERO_EXAMPLES_SHOP_DEMO_OPTIONS_H_
#define CERO_EXAMPLES_SHOP_DEMO_OPTIONS_H_

#include <chrono>
#include <optional>
#include <string>

namespace shop::demo {

struct DemoOptions {
  std::chrono::duration<double> duration{10};
  uint32_t clients = 4;
  bool http1 = false;     // spans over HTTP/1.1 instead of HTTP/2
  std::string endpoint;   // empty: the demo's own receiver
  std::string json_file;  // empty: none
};

// Nothing when the program is to end at once, with `exit_code`; the user has been told why.
std::optional<DemoOptions> parse_options(int argc, char** argv, int& exit_code);

}  // namespace shop::demo

#endif  // CERO_EXAMPLES_SHOP_DEMO_OPTIONS_H_

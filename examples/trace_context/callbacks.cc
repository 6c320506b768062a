#include "callbacks.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <nlohmann/json.hpp>

namespace trace_context {
namespace {

std::vector<Callback> parse(const std::string& body) {
  std::vector<Callback> callbacks;
  for (const auto& item : nlohmann::json::parse(body))
    callbacks.push_back({item.at("url").get<std::string>(), item.at("arguments").dump()});
  return callbacks;
}

}  // namespace

void send(const Callback& callback, const httplib::Headers& headers) {
  // scheme://host:port/path
  const size_t path = callback.url.find('/', callback.url.find("//") + 2);
  httplib::Client client(callback.url.substr(0, path));
  client.Post(path == std::string::npos ? "/" : callback.url.substr(path), headers,
              callback.arguments, "application/json");
}

int serve(int argc, char** argv, const Handler& handler) {
  int port = 5000;
  CLI::App app("A service for W3C's trace-context suite");
  app.add_option("--port", port, "Port of 127.0.0.1; 0: any free one")->capture_default_str();
  CLI11_PARSE(app, argc, argv);

  httplib::Server server;
  server.Post("/test", [&](const httplib::Request& request, httplib::Response& response) {
    std::vector<Callback> callbacks;
    try {
      callbacks = parse(request.body);
    } catch (const nlohmann::json::exception& error) {
      response.status = 400;
      response.set_content(error.what(), "text/plain");
      return;
    }
    handler(request.headers, callbacks);
  });
  const int bound = port == 0                                ? server.bind_to_any_port("127.0.0.1")
                    : server.bind_to_port("127.0.0.1", port) ? port
                                                             : -1;
  if (bound < 0) {
    std::fprintf(stderr, "%s: --port %d cannot be listened on; choose another\n", argv[0], port);
    return 1;
  }
  std::printf("listening http://127.0.0.1:%d/test\n", bound);
  std::fflush(stdout);  // a script waits for it at the other end of a pipe
  return server.listen_after_bind() ? 0 : 1;
}

}  // namespace trace_context

// HTTP with spans: a server span for each request served, a client span for each one made,
// traceparent between them.
#ifndef CERO_EXAMPLES_SHOP_TRACED_HTTP_H_
#define CERO_EXAMPLES_SHOP_TRACED_HTTP_H_

#include <httplib.h>

#include <functional>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

#include "telemetry.h"

namespace shop {

// Thrown by a handler to answer with this status and {"error": what()}.
class HttpError : public std::runtime_error {
 public:
  HttpError(int status, const std::string& what) : std::runtime_error(what), status_(status) {}
  int status() const { return status_; }

 private:
  int status_;
};

struct Answer {
  int status = 200;
  nlohmann::json body;
};

using Handler = std::function<Answer(const httplib::Request& request, TimedSpan& span)>;

class TracedServer {
 public:
  TracedServer(httplib::Server& server, Telemetry& telemetry)
      : server_(server), telemetry_(telemetry) {}

  // `route` names the span and is http.route; `pattern` is the regular expression that matches it.
  // The answer carries the trace's id as x-trace-id.
  void get(const std::string& route, const std::string& pattern, Handler handler);
  void post(const std::string& route, const std::string& pattern, Handler handler);
  void remove(const std::string& route, const std::string& pattern, Handler handler);

 private:
  httplib::Server::Handler traced(const std::string& method, const std::string& route,
                                  Handler handler);

  httplib::Server& server_;
  Telemetry& telemetry_;
};

// A client of one host; every thread has a kept-alive connection of its own.
class TracedClient {
 public:
  TracedClient(Telemetry& telemetry, std::string host, int port)
      : telemetry_(telemetry), host_(std::move(host)), port_(port) {}

  // An answer that is no HTTP answer (refused, closed) is an HttpError of 502; other statuses are
  // the caller's.
  Answer get(const std::string& route, const std::string& path);
  Answer post(const std::string& route, const std::string& path, const nlohmann::json& body);
  Answer remove(const std::string& route, const std::string& path);

 private:
  using Send = std::function<httplib::Result(httplib::Client&, const httplib::Headers&)>;
  Answer send(const std::string& method, const std::string& route, const std::string& path,
              const Send& send);
  httplib::Client& connection() const;

  Telemetry& telemetry_;
  std::string host_;
  int port_;
};

}  // namespace shop

#endif  // CERO_EXAMPLES_SHOP_TRACED_HTTP_H_

#include "traced_http.h"

#include <utility>
#include <vector>

namespace shop {
namespace {

cero::SpanContext parent_of(const httplib::Request& request) {
  return cero::extract([&](std::string_view name) {
    std::vector<std::string_view> values;
    const auto [first, last] = request.headers.equal_range(std::string(name));
    for (auto header = first; header != last; ++header) values.push_back(header->second);
    return values;
  });
}

// Runs the handler; what it throws becomes the answer.
Answer answer_of(const Handler& handler, const httplib::Request& request, TimedSpan& span) {
  try {
    Answer answer = handler(request, span);
    if (answer.status < 500) return answer;
    throw HttpError(answer.status, "the service behind could not answer");
  } catch (const HttpError& error) {
    if (error.status() >= 500) span.record_failure(error);
    return {error.status(), {{"error", error.what()}}};
  } catch (const nlohmann::json::exception& error) {
    return {400, {{"error", error.what()}}};
  } catch (const std::exception& error) {
    span.record_failure(error);
    return {500, {{"error", error.what()}}};
  }
}

}  // namespace

void TracedServer::get(const std::string& route, const std::string& pattern, Handler handler) {
  server_.Get(pattern, traced("GET", route, std::move(handler)));
}
void TracedServer::post(const std::string& route, const std::string& pattern, Handler handler) {
  server_.Post(pattern, traced("POST", route, std::move(handler)));
}
void TracedServer::remove(const std::string& route, const std::string& pattern, Handler handler) {
  server_.Delete(pattern, traced("DELETE", route, std::move(handler)));
}

httplib::Server::Handler TracedServer::traced(const std::string& method, const std::string& route,
                                              Handler handler) {
  return [this, name = method + " " + route, method, route, handler = std::move(handler)](
             const httplib::Request& request, httplib::Response& response) {
    telemetry_.prepare_thread();
    const cero::SpanContext parent = parent_of(request);
    TimedSpan span(telemetry_, name,
                   {.kind = cero::SpanKind::server,
                    .parent = parent,
                    .attributes = {{"http.request.method", method},
                                   {"http.route", route},
                                   {"url.path", request.path},
                                   {"url.scheme", "http"},
                                   {"client.address", request.remote_addr},
                                   {"network.protocol.version", "1.1"}}});
    const Answer answer = answer_of(handler, request, span);
    const std::string body = answer.body.dump();
    span.record([&](cero::Span& recording) {
      recording.set_attribute("http.response.status_code", answer.status);
      recording.set_attribute("http.response.body.size", body.size());
      // What a client did wrong is no error of the server.
      if (answer.status >= 500)
        recording.set_attribute("error.type", std::to_string(answer.status));
    });
    response.status = answer.status;
    response.set_header("x-trace-id", span.context().trace_id().to_hex());
    response.set_content(body, "application/json");
  };
}

Answer TracedClient::get(const std::string& route, const std::string& path) {
  return send("GET", route, path, [&](httplib::Client& client, const httplib::Headers& headers) {
    return client.Get(path, headers);
  });
}

Answer TracedClient::post(const std::string& route, const std::string& path,
                          const nlohmann::json& body) {
  return send("POST", route, path, [&](httplib::Client& client, const httplib::Headers& headers) {
    return client.Post(path, headers, body.dump(), "application/json");
  });
}

Answer TracedClient::remove(const std::string& route, const std::string& path) {
  return send("DELETE", route, path, [&](httplib::Client& client, const httplib::Headers& headers) {
    return client.Delete(path, headers);
  });
}

Answer TracedClient::send(const std::string& method, const std::string& route,
                          const std::string& path, const Send& send) {
  const std::string url = "http://" + host_ + ":" + std::to_string(port_) + path;
  TimedSpan span(telemetry_, method + " " + route,
                 {.kind = cero::SpanKind::client,
                  .attributes = {{"http.request.method", method},
                                 {"url.full", url},
                                 {"url.template", route},
                                 {"server.address", host_},
                                 {"server.port", port_}}});
  httplib::Headers headers;
  cero::inject(
      [&](std::string_view name, std::string_view value) { headers.emplace(name, value); });

  const httplib::Result result = send(connection(), headers);
  if (!result) {
    const HttpError error(502,
                          "no answer from " + host_ + ": " + httplib::to_string(result.error()));
    span.record_failure(error);
    throw error;
  }
  span.record([&](cero::Span& recording) {
    recording.set_attribute("http.response.status_code", result->status);
    if (result->status < 400) return;
    recording.set_attribute("error.type", std::to_string(result->status));
    recording.set_status(cero::StatusCode::error);
  });
  return {result->status, nlohmann::json::parse(result->body, nullptr, false)};
}

httplib::Client& TracedClient::connection() const {
  thread_local std::map<std::pair<std::string, int>, std::unique_ptr<httplib::Client>> connections;
  std::unique_ptr<httplib::Client>& client = connections[{host_, port_}];
  if (client == nullptr) {
    client = std::make_unique<httplib::Client>(host_, port_);
    client->set_keep_alive(true);
    client->set_tcp_nodelay(true);
  }
  return *client;
}

}  // namespace shop

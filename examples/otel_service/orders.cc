#include "orders.h"

#include <opentelemetry/context/runtime_context.h>
#include <opentelemetry/trace/context.h>
#include <opentelemetry/trace/scope.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <utility>
#include <vector>

namespace orders {

using opentelemetry::common::AttributeValue;
using opentelemetry::nostd::string_view;
template <typename T>
using View = opentelemetry::nostd::span<const T>;

Orders::Orders() {
  server_.Post(R"(/orders/(\w+))",
               traced("/orders/{order}", [this](const auto& request, auto& response) {
                 take_order(request, response);
               }));
  server_.Post(R"(/charges/(\w+))",
               traced("/charges/{order}", [](const auto& request, auto& response) {
                 response.status = request.matches[1] == "declined" ? 402 : 200;
               }));
  port_ = server_.bind_to_any_port("127.0.0.1");
  if (port_ < 0) throw std::runtime_error("no port of 127.0.0.1 can be listened on");
  serving_ = std::thread([this] { server_.listen_after_bind(); });
  packing_ = std::thread([this] { pack_orders(); });
  while (!server_.is_running()) std::this_thread::yield();  // stop() would be forgotten before
}

Orders::~Orders() {
  server_.stop();
  serving_.join();
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  packing_.join();
}

void Orders::take_order(const httplib::Request& request, httplib::Response& response) {
  const std::string order = request.matches[1];
  response.status = 201;
  if (!check_stock(order)) {
    response.status = 409;
  } else if (!charge(order)) {
    response.status = 500;
  } else {
    enqueue(order);
  }
}

bool Orders::check_stock(const std::string& order) {
  const auto span = tracer()->StartSpan("check stock");
  const trace::Scope scope(span);
  const std::array<string_view, 2> items{"mackerel", "lemon"};
  const std::array<int32_t, 2> counts{2, 1};
  const std::array<double, 2> weights{0.35, 0.12};
  const std::array<bool, 2> fragile{false, true};
  const std::array<uint8_t, 4> barcode{0, 1, 127, 255};
  span->SetAttribute("order.items", View<string_view>(items.data(), items.size()));
  span->SetAttribute("order.counts", View<int32_t>(counts.data(), counts.size()));
  span->SetAttribute("order.weights", View<double>(weights.data(), weights.size()));
  span->SetAttribute("order.fragile", View<bool>(fragile.data(), fragile.size()));
  span->SetAttribute("order.barcode", View<uint8_t>(barcode.data(), barcode.size()));
  span->SetAttribute("order.rush", order == "rush");
  span->SetAttribute("order.priority", uint32_t{3});
  span->SetAttribute("order.price", 12.5);
  span->SetAttribute("order.serial", UINT64_MAX);
  span->SetAttribute("order.state", "new");
  span->SetAttribute("order.state", "checked");  // the second time the key is set
  span->AddEvent("shelf found", {{"shelf", int64_t{17}}, {"aisle", "fish"}});
  span->AddEvent("counted",
                 std::chrono::system_clock::time_point(std::chrono::seconds(1'700'000'000)));
  // An error that was overcome.
  span->SetStatus(trace::StatusCode::kError, "the scanner did not answer");
  span->SetStatus(trace::StatusCode::kOk);
  return order != "nothing";
}

bool Orders::charge(const std::string& order) {
  httplib::Client client("127.0.0.1", port_);
  const auto span = tracer()->StartSpan("charge");
  const trace::Scope scope(span);
  if (post(client, "/charges/" + order) == 200) return true;
  span->AddEvent("exception", {{"exception.type", "orders::Declined"},
                               {"exception.message", "the card was declined"}});
  span->SetStatus(trace::StatusCode::kError, "declined");
  return false;
}

void Orders::enqueue(const std::string& order) {
  trace::StartSpanOptions options;
  options.kind = trace::SpanKind::kProducer;
  Job job{order, tracer()->StartSpan("packing send", options), {}};
  // The packer's span begins here, when the order is ready for it.
  job.start.kind = trace::SpanKind::kConsumer;
  job.start.start_system_time = std::chrono::system_clock::now();
  job.start.start_steady_time = std::chrono::steady_clock::now();
  job.start.parent = opentelemetry::context::RuntimeContext::GetCurrent();
  {
    const std::lock_guard lock(mutex_);
    jobs_.push_back(std::move(job));
  }
  changed_.notify_one();
}

void Orders::pack_orders() {
  using Attributes = std::vector<std::pair<std::string, AttributeValue>>;
  while (true) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
    if (jobs_.empty()) return;
    const Job job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    const std::vector<std::pair<trace::SpanContext, Attributes>> links{
        {job.queued->GetContext(), {{"queue", "packing"}}}};
    const auto span =
        tracer()->StartSpan("packing process", Attributes{{"order", job.order}}, links, job.start);
    const trace::Scope scope(span);
    tracer()->StartSpan("print label")->End();
    trace::EndSpanOptions end;
    end.end_steady_time = std::chrono::steady_clock::now();
    span->UpdateName("packing " + job.order);
    span->End(end);
    job.queued->End();
  }
}

}  // namespace orders

#include "ledger.h"

#include <string_view>

namespace cero::python {
namespace {

nb::str to_str(std::string_view text) { return nb::str(text.data(), text.size()); }

bool is_reason(std::string_view name) { return name.starts_with("dropped."); }

// Name, kind, unit, meaning, and a value, for its type.
template <typename Value>
nb::tuple row_of(const StatInfo& info, Value value) {
  const char* const kind = info.kind == StatKind::counter ? "counter" : "gauge";
  return nb::make_tuple(to_str(info.name), kind, to_str(info.unit), to_str(info.description),
                        value);
}

nb::dict ledger() {
  nb::list counters;
  nb::list reasons;
  nb::list endpoint_counters;
  Stats().visit([&](const StatInfo& info, uint64_t value) {
    if (!is_reason(info.name)) counters.append(row_of(info, value));
  });
  for (const DropReasonInfo& reason : kDropReasons) {
    reasons.append(
        row_of({reason.name, StatKind::counter, "{span}", reason.description}, uint64_t{0}));
  }
  EndpointStats().visit(
      [&](const StatInfo& info, auto value) { endpoint_counters.append(row_of(info, value)); });
  nb::dict lists;
  lists["counters"] = counters;
  lists["drop_reasons"] = reasons;
  lists["endpoint_counters"] = endpoint_counters;
  return lists;
}

}  // namespace

nb::dict to_dict(const Stats& stats) {
  nb::dict all;
  stats.visit([&](const StatInfo& info, uint64_t value) {
    if (!is_reason(info.name)) all[to_str(info.name)] = value;
  });
  nb::dict dropped;
  for (const DropReasonInfo& reason : kDropReasons)
    dropped[to_str(reason.name)] = stats.dropped.*reason.count;
  nb::list endpoints;
  for (size_t i = 0; i < stats.endpoint_count; ++i) {
    nb::dict endpoint;
    stats.endpoints[i].visit(
        [&](const StatInfo& info, auto value) { endpoint[to_str(info.name)] = value; });
    endpoints.append(endpoint);
  }
  all["dropped"] = dropped;
  all["endpoints"] = endpoints;
  return all;
}

void bind_ledger(nb::module_& module) { module.def("ledger", &ledger); }

}  // namespace cero::python

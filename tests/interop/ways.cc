// Goal: what cero sends, others understand as it was meant. Method: the field by field comparison
// of tests/pipeline, but between cero and the receiver stands a real Collector, which decodes and
// encodes every span anew, and in front of it perhaps a proxy.
//
// A way is named FRONT_DOOR_COMPRESSION, for example nginx_grpctls_gzip;
// tests/interop/CMakeLists.txt has the list of them, and of those that are tried with libcurl 8.
#include <map>
#include <sstream>
#include <stdexcept>

#include "compress/zstd_compressor.h"
#include "interop/servers.h"
#include "pipeline/field_by_field.h"

namespace cero::test {
namespace {

// Started when a test first needs it, ended with the program.
class Chain {
 public:
  static Chain& to(const std::string& front) {
    static std::map<std::string, std::unique_ptr<Chain>> chains;
    std::unique_ptr<Chain>& chain = chains[front];
    if (!chain) chain.reset(new Chain(front));
    return *chain;
  }

  receiver::Receiver& receiver() { return *receiver_; }
  const Doors& doors() const { return proxy_ ? proxy_->doors : collector_->doors; }
  std::string ca_file() const { return scratch_.path("ca.pem"); }

 private:
  explicit Chain(const std::string& front) {
    auto started = receiver::Receiver::start({.keep_requests = true});
    if (!started) throw std::runtime_error(started.error().message());
    receiver_ = std::move(started).value();
    collector_ = start_collector(scratch_, receiver_->urls()[0]);
    if (front == "nginx") proxy_ = start_nginx(scratch_, collector_->doors);
    if (front == "nghttpx") proxy_ = start_nghttpx(scratch_, collector_->doors);
    if (front != "collector" && !proxy_) throw std::runtime_error("unknown front " + front);
  }

  const Scratch scratch_;
  std::unique_ptr<receiver::Receiver> receiver_;
  std::optional<Server> collector_;
  std::optional<Server> proxy_;
};

struct Name {
  std::string front, door, compression;
};

Name parse(const std::string& text) {
  Name name;
  std::istringstream words(text);
  std::getline(words, name.front, '_');
  std::getline(words, name.door, '_');
  std::getline(words, name.compression);
  return name;
}

class ChainBackend final : public Backend {
 public:
  explicit ChainBackend(Name name) : name_(std::move(name)), chain_(Chain::to(name_.front)) {
    chain_.receiver().take_requests();  // of other tests
  }

  receiver::Receiver& receiver() override { return chain_.receiver(); }

  Exporter exporter() const override {
    Exporter exporter;
    const Doors& doors = chain_.doors();
    if (name_.door == "http1") http(exporter, "http", doors.http1, HttpVersion::http1);
    if (name_.door == "h2c") http(exporter, "http", doors.h2c, HttpVersion::h2c);
    if (name_.door == "tls") http(exporter, "https", doors.tls, HttpVersion::http2);
    if (name_.door == "grpch2c") grpc(exporter, "http", doors.grpc_h2c);
    if (name_.door == "grpctls") grpc(exporter, "https", doors.grpc_tls);
    if (exporter.endpoint == Exporter().endpoint)
      throw std::runtime_error("unknown door " + name_.door);
    exporter.ca_certificate_file = chain_.ca_file();
    exporter.http2_window_bytes = 16 << 20;  // so that an old libcurl sends large requests too
    exporter.compression = name_.compression == "gzip"   ? Compression::gzip
                           : name_.compression == "zstd" ? Compression::zstd
                                                         : Compression::none;
    return exporter;
  }

 private:
  static std::string url(const char* scheme, uint16_t port) {
    if (port == 0) throw std::runtime_error("there is no such door");
    return std::string(scheme) + "://localhost:" + std::to_string(port);
  }
  static void http(Exporter& exporter, const char* scheme, uint16_t port, HttpVersion version) {
    exporter.endpoint = url(scheme, port) + "/v1/traces";
    exporter.http_version = version;
  }
  static void grpc(Exporter& exporter, const char* scheme, uint16_t port) {
    exporter.endpoint = url(scheme, port);
    exporter.protocol = Protocol::grpc;
  }

  const Name name_;
  Chain& chain_;
};

// Why it cannot be tried here, empty when it can.
std::string obstacle(const Name& name) {
  if (name.compression == "zstd" && !core::has_zstd()) return "this cero is built without zstd";
  return "";
}

// The Collector writes a status that says nothing, and an id of zeros as none.
void take_back(official::ExportTraceServiceRequest& request) {
  for (auto& resource_spans : *request.mutable_resource_spans()) {
    for (auto& scope_spans : *resource_spans.mutable_scope_spans()) {
      for (auto& span : *scope_spans.mutable_spans()) {
        if (span.status().ByteSizeLong() == 0) span.clear_status();
        for (auto& link : *span.mutable_links()) {
          if (link.trace_id().empty()) link.set_trace_id(std::string(16, '\0'));
          if (link.span_id().empty()) link.set_span_id(std::string(8, '\0'));
        }
      }
    }
  }
}

std::vector<Way> all_ways() {
  std::vector<Way> ways;
  std::istringstream names(CERO_INTEROP_WAYS);
  for (std::string text; std::getline(names, text, ',');) {
    const Name name = parse(text);
    ways.push_back({.name = text,
                    .http_major = name.door == "http1" ? 1 : 2,
                    .not_tried = obstacle(name),
                    .open = [name] { return std::make_unique<ChainBackend>(name); },
                    .take_back = take_back});
  }
  return ways;
}

INSTANTIATE_TEST_SUITE_P(Interop, FieldByField, testing::ValuesIn(all_ways()),
                         [](const auto& way) { return way.param.name; });

}  // namespace
}  // namespace cero::test

#include "http/curl_request_options.h"

#include <cstdlib>
#include <new>

#include "base/assert.h"
#include "base/random.h"
#include "http/grpc_header.h"

namespace cero::core {
namespace {

void append(CurlList* list, const std::string& line) {
  curl_slist* longer = curl_slist_append(list->get(), line.c_str());
  if (longer == nullptr) throw std::bad_alloc();
  static_cast<void>(list->release());
  list->reset(longer);
}

void append_http_headers(CurlList* list, ContentEncoding encoding) {
  append(list, "Content-Type: application/x-protobuf");
  if (encoding == ContentEncoding::gzip) append(list, "Content-Encoding: gzip");
  if (encoding == ContentEncoding::zstd) append(list, "Content-Encoding: zstd");
}

// A server may answer in the encoding of the request, whatever it was told.
void append_grpc_headers(CurlList* list, ContentEncoding encoding,
                         std::chrono::milliseconds timeout) {
  append(list, "Content-Type: application/grpc+proto");
  append(list, "TE: trailers");
  if (encoding == ContentEncoding::gzip) {
    append(list, "grpc-encoding: gzip");
    append(list, "grpc-accept-encoding: gzip");
  }
  if (timeout.count() > 0) append(list, "grpc-timeout: " + grpc_timeout(timeout));
}

CurlList make_headers(const Exporter& options, ContentEncoding encoding) {
  CurlList list;
  if (options.protocol == Protocol::grpc) {
    append_grpc_headers(&list, encoding, options.timeout);
  } else {
    append_http_headers(&list, encoding);
  }
  append(&list, "Expect:");  // a colon and nothing: do not send it
  for (const Header& header : options.headers) {
    CERO_ASSERT(header.value());
    // A semicolon is how libcurl is told to send a header that is empty.
    append(&list,
           header.value()->empty() ? header.name() + ";" : header.name() + ": " + *header.value());
  }
  return list;
}

uint64_t random_number() {
  IdGenerator generator{};
  return generator.seed() ? generator.word() : 0;
}

}  // namespace

std::chrono::seconds connection_age(std::chrono::seconds most, uint64_t random) {
  const auto tenth = static_cast<uint64_t>(most.count() / 10);
  return most - std::chrono::seconds(random % (tenth + 1));
}

std::string trusted_file_from_environment() {
  const char* file = std::getenv("SSL_CERT_FILE");
  return file == nullptr ? "" : file;
}

CurlRequestOptions::CurlRequestOptions(const Exporter& options, const Proxy& chosen_proxy,
                                       const std::string& trusted_file)
    : exporter(options),
      target(target_of(options.endpoint)),
      proxy(chosen_proxy),
      proxy_name(core::proxy_name(chosen_proxy)),
      connection_age(core::connection_age(options.connection_age_max, random_number())),
      ca_file(options.ca_certificate_file.empty() ? trusted_file : options.ca_certificate_file),
      trust(!options.ca_certificate_file.empty() ? TrustFrom::option
            : !trusted_file.empty()              ? TrustFrom::variable
                                                 : TrustFrom::system),
      headers(make_headers(options, ContentEncoding::identity)),
      headers_gzip(make_headers(options, ContentEncoding::gzip)),
      headers_zstd(make_headers(options, ContentEncoding::zstd)) {}

const CurlList& CurlRequestOptions::headers_for(ContentEncoding encoding) const {
  switch (encoding) {
    case ContentEncoding::gzip:
      return headers_gzip;
    case ContentEncoding::zstd:
      return headers_zstd;
    case ContentEncoding::identity:
      break;
  }
  return headers;
}

}  // namespace cero::core

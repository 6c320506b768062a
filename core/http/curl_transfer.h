// CurlTransfer: one easy handle, configured once and used for one POST after another, and the
// answer it is receiving.
#ifndef CERO_CORE_HTTP_CURL_TRANSFER_H_
#define CERO_CORE_HTTP_CURL_TRANSFER_H_

#include <curl/curl.h>

#include <array>
#include <memory>
#include <string>

#include "cero/options.h"
#include "http/transport.h"

namespace cero::core {

struct CurlEasyDeleter {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};

struct CurlListDeleter {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using CurlList = std::unique_ptr<curl_slist, CurlListDeleter>;

// Opens and closes the sockets of every transfer, which outlive it in libcurl's connection pool.
struct CurlSocketHooks {
  curl_opensocket_callback open = nullptr;
  curl_closesocket_callback close = nullptr;
  void* context = nullptr;
};

// What all transfers of one transport share, read-only once made. Throws std::bad_alloc.
struct CurlRequestOptions {
  explicit CurlRequestOptions(const Exporter& options);

  const CurlList& headers_for(ContentEncoding encoding) const;

  const Exporter exporter;
  CurlList headers;  // for an uncompressed body
  CurlList headers_gzip;
  CurlList headers_zstd;
  CurlSocketHooks sockets;
};

class CurlTransfer {
 public:
  // Throws std::bad_alloc. `shared` outlives this.
  explicit CurlTransfer(const CurlRequestOptions& shared);
  CurlTransfer(const CurlTransfer&) = delete;
  CurlTransfer& operator=(const CurlTransfer&) = delete;

  CURL* easy() const { return easy_.get(); }
  // The transfer that owns the handle.
  static CurlTransfer* of(CURL* easy);

  void prepare(const Post& post);
  // After libcurl is done with it. What the completion points to stays valid until prepare().
  Completion complete(CURLcode code);
  // Connections this transfer established, to be asked once it is complete.
  uint64_t connections_established() const;
  // Bytes moved in either direction so far.
  uint64_t bytes_moved() const;

  bool active = false;  // the transport's mark: handed to the multi handle

 private:
  static size_t on_response_bytes(char* data, size_t size, size_t count, void* self);
  bool take_response_bytes(std::string_view bytes) noexcept;
  Completion failure(CURLcode code);
  std::string_view failure_text(CURLcode code);
  void configure();
  void configure_tls();

  const CurlRequestOptions& shared_;
  std::unique_ptr<CURL, CurlEasyDeleter> easy_;
  std::array<char, CURL_ERROR_SIZE> error_{};
  uint64_t token_ = 0;
  std::string response_;
  bool response_too_large_ = false;
  bool out_of_memory_ = false;
};

}  // namespace cero::core

#endif  // CERO_CORE_HTTP_CURL_TRANSFER_H_

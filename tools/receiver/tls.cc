#include "receiver/tls.h"

#include <openssl/err.h>

#include <string_view>

namespace cero::receiver {
namespace {

// Protocol names as ALPN has them on the wire, each after its length; the first is preferred.
constexpr std::string_view kHttp2AndHttp1 = "\x02h2\x08http/1.1";
constexpr std::string_view kHttp1 = kHttp2AndHttp1.substr(3);

const unsigned char* bytes(std::string_view s) {
  return reinterpret_cast<const unsigned char*>(s.data());
}

template <bool allows_http2>
int select_protocol(SSL*, const unsigned char** chosen, unsigned char* chosen_size,
                    const unsigned char* offered, unsigned int offered_size, void*) {
  constexpr std::string_view kOurs = allows_http2 ? kHttp2AndHttp1 : kHttp1;
  unsigned char* selected = nullptr;
  const int outcome =
      SSL_select_next_proto(&selected, chosen_size, bytes(kOurs),
                            static_cast<unsigned>(kOurs.size()), offered, offered_size);
  *chosen = selected;
  return outcome == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

std::string openssl_reason() {
  char text[256];
  ERR_error_string_n(ERR_peek_error(), text, sizeof(text));  // the first is the cause
  ERR_clear_error();
  return text;
}

Error file_error(const std::string& option, const std::string& file) {
  return {ErrorCode::invalid_options, option + " " + file + ": " + openssl_reason() +
                                          "; give a PEM file that fits the other one"};
}

Result<void> use_files(SSL_CTX* context, const TlsOptions& options) {
  if (SSL_CTX_use_certificate_chain_file(context, options.certificate_file.c_str()) != 1) {
    return file_error("--cert", options.certificate_file);
  }
  if (SSL_CTX_use_PrivateKey_file(context, options.key_file.c_str(), SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_check_private_key(context) != 1) {
    return file_error("--key", options.key_file);
  }
  return {};
}

}  // namespace

Result<TlsContext> TlsContext::create(const TlsOptions& options) {
  TlsContext tls;
  tls.context_.reset(SSL_CTX_new(TLS_server_method()));
  SSL_CTX* context = tls.context_.get();
  if (context == nullptr || SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) != 1) {
    return Error(ErrorCode::system, "TLS: " + openssl_reason());
  }
  SSL_CTX_set_alpn_select_cb(
      context, options.allows_http2 ? select_protocol<true> : select_protocol<false>, nullptr);

  if (!options.client_ca_file.empty()) {
    if (SSL_CTX_load_verify_file(context, options.client_ca_file.c_str()) != 1) {
      return Error(ErrorCode::invalid_options, "--client-ca " + options.client_ca_file + ": " +
                                                   openssl_reason() +
                                                   "; give a PEM file of certificates");
    }
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    // With verification OpenSSL resumes no session that has no such name.
    SSL_CTX_set_session_id_context(context, reinterpret_cast<const unsigned char*>("cero"), 4);
  }
  tls.stranger_ = make_throwaway_certificate();
  if (!tls.stranger_.leaf) {
    return Error(ErrorCode::system, "no throwaway certificate: " + openssl_reason());
  }
  if (!options.certificate_file.empty()) {
    if (Result<void> used = use_files(context, options); !used) return used.error();
    return tls;
  }
  tls.throwaway_ = make_throwaway_certificate();
  if (!tls.throwaway_.leaf || SSL_CTX_use_certificate(context, tls.throwaway_.leaf.get()) != 1 ||
      SSL_CTX_use_PrivateKey(context, tls.throwaway_.leaf_key.get()) != 1) {
    return Error(ErrorCode::system, "no throwaway certificate: " + openssl_reason());
  }
  return tls;
}

SSL* TlsContext::new_session(ConnectionFault::Kind fault) const {
  SSL* ssl = SSL_new(context_.get());
  if (ssl == nullptr) return nullptr;
  using Kind = ConnectionFault::Kind;
  if (fault == Kind::tls_expired) {
    SSL_use_certificate(ssl, throwaway_.expired.get());
  } else if (fault == Kind::tls_wrong_host) {
    SSL_use_certificate(ssl, throwaway_.wrong_host.get());
  } else if (fault == Kind::tls_unknown_ca) {
    SSL_use_certificate(ssl, stranger_.leaf.get());
    SSL_use_PrivateKey(ssl, stranger_.leaf_key.get());
  }
  return ssl;
}

}  // namespace cero::receiver

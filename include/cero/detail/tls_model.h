// Not API: how the thread-local variables of the hot path are reached.
//
// initial-exec: one load, in a shared libcero too, where the compiler would otherwise call into the
// loader at each access. It takes a few words of the static TLS that the C library keeps in reserve
// for libraries loaded by dlopen.
#ifndef CERO_DETAIL_TLS_MODEL_H_
#define CERO_DETAIL_TLS_MODEL_H_

#define CERO_TLS_MODEL [[gnu::tls_model("initial-exec")]]

#endif  // CERO_DETAIL_TLS_MODEL_H_

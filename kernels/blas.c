/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The kernels of the CPU BLAS and their start-up self-test: sizes straddle the register tiles of its kernels, with
 * both orders of the right matrix that linear operations use. 3 shapes x 2 orders, 0.3 MFLOP. */
#include "kernels/blas.h"

#include <cblas.h>
#include <dlfcn.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/error.h"

typedef struct {
    int m, n, k;
} Shape;

static const Shape shapes[] = {{7, 33, 65}, {34, 50, 31}, {1, 17, 130}};

/* Small integers over 8: products and sums are exact in f32, so any order of summation gives the
 * same bits and the comparison needs no tolerance. */
static void
fill (float *a, int n, guint32 seed)
{
    for (int i = 0; i < n; i++) {
        seed = seed * 1664525u + 1013904223u;
        a[i] = (float) ((int) (seed >> 28) - 8) / 8.0f;
    }
}

/* Against plain sums in double; `!(x <= 0)` is true of a NaN as well. */
static gboolean
check_shape (const Shape *s, gboolean transposed)
{
    g_autofree float *a = g_new (float, s->m * s->k);
    g_autofree float *b = g_new (float, s->n * s->k);
    g_autofree float *c = g_new (float, s->m * s->n);
    fill (a, s->m * s->k, 1);
    fill (b, s->n * s->k, 2);
    cblas_sgemm (CblasRowMajor, CblasNoTrans, transposed ? CblasTrans : CblasNoTrans, s->m, s->n,
                 s->k, 1.0f, a, s->k, b, transposed ? s->k : s->n, 0.0f, c, s->n);
    for (int i = 0; i < s->m; i++) {
        for (int j = 0; j < s->n; j++) {
            double sum = 0;
            for (int l = 0; l < s->k; l++)
                sum += (double) a[i * s->k + l] * (transposed ? b[j * s->k + l] : b[l * s->n + j]);
            if (!(fabs (sum - c[i * s->n + j]) <= 0))
                return FALSE;
        }
    }
    return TRUE;
}

/* NULL if all shapes agree, else static text of the first that does not. */
static const char *
find_wrong_shape (void)
{
    static char found[64];
    for (guint i = 0; i < G_N_ELEMENTS (shapes); i++) {
        for (int transposed = 0; transposed < 2; transposed++) {
            if (check_shape (&shapes[i], transposed))
                continue;
            g_snprintf (found, sizeof found, "%dx%dx%d%s", shapes[i].m, shapes[i].n, shapes[i].k,
                        transposed ? " transposed" : "");
            return found;
        }
    }
    return NULL;
}

/* Ends the threads that the library started when it was loaded. They look for work for 0.1 s before
 * they sleep, which takes a core from a program's first prompts, also when there is to be one
 * thread. Not in cblas.h, and not in every build of the library: it is what the library does with
 * them before a fork. */
static void
end_blas_threads (void)
{
    int (*end) (void) = NULL;
    *(void **) &end = dlsym (RTLD_DEFAULT, "blas_thread_shutdown_");
    if (end != NULL)
        end ();
}

#if defined(__x86_64__)
/* A processor that the library does not know gets kernels for one of 2004, without AVX: on Emerald
 * Rapids, too young for 0.3.21, a product of 1,024 x 1,024 took 4.6 times as long as by the kernels
 * for its instructions. The library reads its choice from the environment when it is loaded, so it is
 * asked to choose again: before main(), while nobody else reads or writes the environment. What was
 * set by the user stays; builds for one processor have no choice. */
__attribute__ ((constructor)) static void
choose_blas_kernels (void)
{
    static const char name[] = "OPENBLAS_CORETYPE";
    void (*forget) (void) = NULL, (*choose) (void) = NULL;
    *(void **) &forget = dlsym (RTLD_DEFAULT, "gotoblas_dynamic_quit");
    *(void **) &choose = dlsym (RTLD_DEFAULT, "gotoblas_dynamic_init");
    __builtin_cpu_init ();
    if (forget == NULL || choose == NULL || getenv (name) != NULL ||
        strcmp (openblas_get_corename (), "Prescott") != 0 || !__builtin_cpu_supports ("avx2") ||
        !__builtin_cpu_supports ("fma"))
        return;
    const bool wide = __builtin_cpu_supports ("avx512f") && __builtin_cpu_supports ("avx512bw") &&
                      __builtin_cpu_supports ("avx512vl") && __builtin_cpu_supports ("avx512dq");
    end_blas_threads ();
    setenv (name, wide ? "SkylakeX" : "Haswell", TRUE);
    forget ();
    choose ();
    unsetenv (name); /* else a wrong product could not be told from the user's choice */
}
#endif

/* Once a process. One thread from then on: the device's own threads call BLAS side by side, and a
 * second team inside each call would fight them for cores. */
gboolean
fovea_blas_check (GError **error)
{
    static gsize once = 0;
    static const char *wrong = NULL;
    if (g_once_init_enter (&once)) {
        openblas_set_num_threads (1);
        end_blas_threads ();
        wrong = find_wrong_shape ();
        g_once_init_leave (&once, 1);
    }
    if (wrong == NULL)
        return TRUE;
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NUMERIC,
                 "OpenBLAS computes wrong products on this processor (kernel %s, product %s); set "
                 "OPENBLAS_CORETYPE=Haswell",
                 openblas_get_corename (), wrong);
    return FALSE;
}

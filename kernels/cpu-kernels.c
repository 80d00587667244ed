/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Choice of the inner loops for this processor, once a device. AMX needs more than the
 * instructions: the kernel gives a process the tile state only when asked for it. */
#include "kernels/cpu-kernels.h"

#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kernels/error.h"

static gboolean
always (void)
{
    return TRUE;
}

#ifdef __x86_64__
#include <cpuid.h>

static gboolean
has_avx2 (void)
{
    return __builtin_cpu_supports ("avx2") && __builtin_cpu_supports ("fma");
}

static gboolean
has_avx512 (void)
{
    return __builtin_cpu_supports ("avx512f") && __builtin_cpu_supports ("avx512bw") &&
           __builtin_cpu_supports ("avx512vl") && __builtin_cpu_supports ("avx512dq");
}

/* CPUID leaf 7: EDX bits 22 and 24 are AMX-BF16 and AMX-TILE, and in subleaf 1 EAX bit 5 is
 * AVX512-BF16 (Intel SDM, volume 2A). */
static gboolean
has_amx (void)
{
    enum {
        REQUEST_PERMISSION = 0x1023,
        TILE_DATA = 18
    };
    unsigned a, b, c, d, amx_bits = 1u << 22 | 1u << 24;
    if (!has_avx512 () || !__get_cpuid_count (7, 0, &a, &b, &c, &d) || (d & amx_bits) != amx_bits)
        return FALSE;
    if (!__get_cpuid_count (7, 1, &a, &b, &c, &d) || (a & 1u << 5) == 0)
        return FALSE;
    return syscall (SYS_arch_prctl, REQUEST_PERMISSION, TILE_DATA) == 0;
}
#endif

static struct _FoveaCpuKernels amx_kernels;

/* AVX-512's loops, with products on tile registers. A copy made at run time, so that one table of
 * functions serves both and cannot drift apart. */
static const struct _FoveaCpuKernels *
get_amx_kernels (void)
{
#ifdef __x86_64__
    static gsize once = 0;
    if (g_once_init_enter (&once)) {
        amx_kernels = fovea_cpu_kernels_avx512;
        amx_kernels.name = "amx";
        amx_kernels.title = "AVX-512, AMX bf16";
        amx_kernels.linear = fovea_linear_amx;
        amx_kernels.tiles = &fovea_tile_kernels_amx;
        g_once_init_leave (&once, 1);
    }
#endif
    return &amx_kernels;
}

typedef struct {
    const char *name;
    gboolean (*present) (void);
    const struct _FoveaCpuKernels *kernels;
} Choice;

/* The best comes first; FOVEA_CPU asks for another, and one that is not there is an error and never
 * something else in its place. */
const struct _FoveaCpuKernels *
fovea_cpu_kernels_choose (const char *name, GError **error)
{
    const Choice choices[] = {
#ifdef __x86_64__
        {"amx", has_amx, get_amx_kernels ()},
        {"avx512", has_avx512, &fovea_cpu_kernels_avx512},
        {"avx2", has_avx2, &fovea_cpu_kernels_avx2},
#endif
        {"generic", always, &fovea_cpu_kernels_generic},
    };
    for (guint i = 0; i < G_N_ELEMENTS (choices); i++) {
        if (name != NULL && *name != '\0' && strcmp (name, choices[i].name) != 0)
            continue;
        if (choices[i].present ())
            return choices[i].kernels;
    }
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_DEVICE,
                 "FOVEA_CPU=%s: this processor has no such instruction set (sets are amx, avx512, "
                 "avx2 and generic)",
                 name);
    return NULL;
}

/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Devices and seeded inputs that the suites of operations share. */
#include "tests/ops-support.h"

#include <check.h>
#include <math.h>

static const char *const set_names[OPS_MAX_DEVICES] = {"generic", "avx2", "avx512", "amx"};

int
ops_open_devices (FoveaDevice **ref, FoveaDevice **devices)
{
    g_autoptr (GError) error = NULL;
    int n = 0;
    *ref = fovea_device_open ("ref", 1, &error);
    ck_assert_ptr_nonnull (*ref);
    for (int i = 0; i < OPS_MAX_DEVICES; i++) {
        g_setenv ("FOVEA_CPU", set_names[i], TRUE);
        devices[n] = fovea_device_open ("cpu", 2, NULL);
        n += devices[n] != NULL;
    }
    g_unsetenv ("FOVEA_CPU");
    ck_assert_int_ge (n, 1);
    return n;
}

void
ops_close_devices (FoveaDevice *ref, FoveaDevice **devices, int n)
{
    fovea_device_free (ref);
    for (int i = 0; i < n; i++)
        fovea_device_free (devices[i]);
}

void
ops_fill (float *x, int64_t n, guint32 seed)
{
    for (int64_t i = 0; i < n; i++) {
        seed = seed * 1664525u + 1013904223u;
        x[i] = (float) (seed >> 8) * 0x1p-23f - 1.0f;
        if (seed >> 26 == 5)
            x[i] *= 10;
    }
}

/* |a - b|, infinite where only one is NaN or infinities differ, 0 where both are the same. */
static double
distance (float a, float b)
{
    if (a == b || (isnan (a) && isnan (b)))
        return 0;
    double d = fabs ((double) a - b);
    return isfinite (d) ? d : INFINITY;
}

void
ops_compare (
    const char *what, const float *a, const float *b, int64_t n, double nmse, double largest)
{
    double error = 0, power = 0, worst = -1;
    int64_t at = 0;
    for (int64_t i = 0; i < n; i++) {
        double d = distance (a[i], b[i]), size = isfinite (b[i]) ? fabs ((double) b[i]) : 0;
        error += d * d;
        power += size * size;
        if (!(d / (1 + size) <= worst)) {
            worst = d / (1 + size);
            at = i;
        }
    }
    error = error > 0 ? error / power : 0;
    ck_assert_msg (error <= nmse && worst <= largest,
                   "%s: NMSE %g (allowed %g), worst %g (allowed %g) at %ld: %.9g against %.9g",
                   what, error, nmse, worst, largest, (long) at, (double) a[at], (double) b[at]);
}

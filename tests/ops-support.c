/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Devices and seeded inputs that the suites of operations share. */
#include "tests/ops-support.h"

#include <math.h>
#include <string.h>

#include "tests/check-marks.h"
#include "tests/late-device.h"

static const char *const set_names[OPS_MAX_DEVICES] = {"generic", "avx2", "avx512", "amx"};

static const char *
chosen (void)
{
    const char *name = g_getenv ("FOVEA_TEST_DEVICE");
    return name != NULL ? name : "cpu";
}

static bool
is_chosen (const char *name)
{
    return strcmp (chosen (), name) == 0;
}

/* Opening one takes longer than most tests. */
FoveaDevice *ops_reference, *ops_devices[OPS_MAX_DEVICES];
int ops_n_devices;

static FoveaDevice *gpu;

bool
ops_prepare (void)
{
    g_autoptr (GError) error = NULL;
    if (!is_chosen ("cuda"))
        return true;
    g_setenv ("CK_FORK", "no", TRUE);
    gpu = fovea_device_open ("cuda", 0, &error);
    if (gpu == NULL)
        g_printerr ("skipped: %s\n", error->message);
    else
        g_printerr ("on %s\n", fovea_device_describe (gpu));
    return gpu != NULL;
}

static int
open_instruction_sets (FoveaDevice **devices)
{
    int n = 0;
    for (int i = 0; i < OPS_MAX_DEVICES; i++) {
        g_setenv ("FOVEA_CPU", set_names[i], TRUE);
        devices[n] = fovea_device_open ("cpu", 2, NULL);
        n += devices[n] != NULL;
    }
    g_unsetenv ("FOVEA_CPU");
    return n;
}

int
ops_open_devices (FoveaDevice **ref, FoveaDevice **devices)
{
    const LateOptions late = {.seed = 3, .n_threads = 2};
    g_autoptr (GError) error = NULL;
    int n = 1;
    *ref = fovea_device_open ("ref", 1, &error);
    ck_assert_ptr_nonnull (*ref);
    if (is_chosen ("cuda"))
        devices[0] = gpu != NULL ? gpu : (gpu = fovea_device_open ("cuda", 0, &error));
    else if (is_chosen ("late"))
        devices[0] = late_device_new (&late);
    else
        n = open_instruction_sets (devices);
    ck_assert_msg (n >= 1 && devices[0] != NULL, "%s", error != NULL ? error->message : "no CPU");
    return n;
}

void
ops_close_devices (FoveaDevice *ref, FoveaDevice **devices, int n)
{
    fovea_device_free (ref);
    if (is_chosen ("late")) {
        late_device_free (devices[0]);
    } else if (!is_chosen ("cuda")) {
        for (int i = 0; i < n; i++)
            fovea_device_free (devices[i]);
    } else if (fovea_device_has_failed (gpu)) {
        fovea_device_free (gpu);
        gpu = NULL;
    }
}

void
ops_open_all (void)
{
    ops_n_devices = ops_open_devices (&ops_reference, ops_devices);
}

void
ops_close_all (void)
{
    ops_close_devices (ops_reference, ops_devices, ops_n_devices);
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

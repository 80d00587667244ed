/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#include "tests/exchange-support.h"

#include <string.h>

#include "capture/safetensors-writer.h"
#include "tests/forward-support.h"

char *exchange_folder;
FoveaTrace *exchange_trace;

void
exchange_set_up (void)
{
    exchange_folder = support_temp_dir ();
    g_autofree char *demo = support_data ("data/demo");
    Runner runner = runner_open (demo, "cpu", T, 0);
    gint32 ids[T];
    for (gint32 t = 0; t < T; t++)
        ids[t] = t == 0 ? 0 : 100 + 37 * t % 500;
    exchange_trace = runner_capture (&runner, ids, T, "attention,blocks.*.hook_resid_post",
                                     FOVEA_F32, FALSE, NULL);
    runner_close (&runner);
}

void
exchange_tear_down (void)
{
    g_clear_pointer (&exchange_trace, fovea_trace_unref);
    support_remove_dir (exchange_folder);
}

FoveaExportOptions
exchange_whole (void)
{
    return (FoveaExportOptions){.row1 = -1, .key1 = -1, .head = -1};
}

char *
exchange_export (const char *name, const char *globs, FoveaExportOptions options)
{
    char *path = g_build_filename (exchange_folder, name, NULL);
    g_autoptr (GError) error = NULL;
    gboolean ok = fovea_exchange_export (exchange_trace, globs, path, &options, NULL, &error);
    ck_assert_msg (ok, "%s", error != NULL ? error->message : "");
    return path;
}

char *
exchange_write (const char *name, const ExchangeGiven *given, guint n, const char *const *metadata)
{
    char *path = g_build_filename (exchange_folder, name, NULL);
    g_autoptr (FoveaSafetensorsWriter) writer = fovea_safetensors_writer_new (path);
    for (guint i = 0; metadata != NULL && metadata[i] != NULL; i += 2)
        fovea_safetensors_writer_add_metadata (writer, metadata[i], metadata[i + 1]);
    for (guint i = 0; i < n; i++)
        ck_assert (fovea_safetensors_writer_add_tensor (writer, given[i].name, FOVEA_F32,
                                                        given[i].rank, given[i].shape, NULL));
    for (guint i = 0; i < n; i++) {
        gsize count = 1;
        for (guint k = 0; k < given[i].rank; k++)
            count *= (gsize) given[i].shape[k];
        g_autofree float *zeros = g_new0 (float, count);
        const float *data = given[i].data != NULL ? given[i].data : zeros;
        ck_assert (fovea_safetensors_writer_append (writer, data, count * sizeof (float), NULL));
    }
    ck_assert (fovea_safetensors_writer_finish (writer, NULL));
    return path;
}

FoveaTrace *
exchange_import (const char *path)
{
    g_autoptr (GError) error = NULL;
    FoveaTrace *imported = fovea_exchange_import (path, &error);
    ck_assert_msg (imported != NULL, "%s", error != NULL ? error->message : "");
    return imported;
}

void
exchange_assert_error (GError *error, GQuark domain, int code, const char *part)
{
    ck_assert_msg (error != NULL, "no error; expected '%s'", part);
    ck_assert_msg (g_error_matches (error, domain, code), "%s", error->message);
    ck_assert_msg (strstr (error->message, part) != NULL, "'%s' has no '%s'", error->message, part);
}

void
exchange_assert_point (FoveaTrace *a, FoveaTrace *b, const char *name, double bound)
{
    gint64 n, m;
    g_autofree float *x = support_read_point (a, name, &n);
    g_autofree float *y = support_read_point (b, name, &m);
    ck_assert_int_eq (n, m);
    double difference = support_difference (x, y, (gsize) n);
    ck_assert_msg (difference <= bound, "%s differs by %g", name, difference);
}

/* Of maps that the CPU recomputes from a capture; @cpu where it captured too. A score of 32 to 64, as the demo has them, is rounded
 * to 3.8e-6: a GPU, whose sums have another order, may leave a weight that much off (3.81e-6 seen). */
double
exchange_map_bound (double cpu)
{
    return g_strcmp0 (g_getenv ("FOVEA_TEST_DEVICE"), "cuda") == 0 ? 1e-5 : cpu;
}

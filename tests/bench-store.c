/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* bench-store [--tokens=2048] [--rounds=3] [FOLDER]: dense maps of 6 layers x 12 heads (1.2 GB at
 * 2,048 tokens) through the store's sink, beside one file written and synced with the same bytes,
 * in turn. Then the time to open the store that holds them. Prints TSV: what, bytes, median
 * seconds, MB/s, and the store's speed as a share of the plain file's. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "storage/store.h"

enum {
    LAYERS = 6,
    HEADS = 12,
    SLAB = 64,
    MAX_ROUNDS = 32
};

static gint64 n_tokens = 2048;
static float *rows; /* SLAB rows of a map */

static double
now (void)
{
    return (double) g_get_monotonic_time () / G_USEC_PER_SEC;
}

static int
compare (const void *a, const void *b)
{
    double x = *(const double *) a, y = *(const double *) b;
    return x < y ? -1 : x > y;
}

static FoveaTraceInfo *
make_info (void)
{
    FoveaTraceInfo *info = g_new0 (FoveaTraceInfo, 1);
    info->architecture = g_new0 (FoveaArchitecture, 1);
    info->architecture->family = g_strdup ("llama");
    info->architecture->n_layers = LAYERS;
    info->architecture->n_heads = info->architecture->n_kv_heads = HEADS;
    info->architecture->head_width = 1;
    info->model_name = g_strdup ("bench");
    info->model_hash = g_strdup ("");
    info->title = g_strdup ("dense maps");
    info->n_tokens = n_tokens;
    return info;
}

static GPtrArray *
make_arrays (void)
{
    GPtrArray *arrays = g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_array_free);
    for (guint layer = 0; layer < LAYERS; layer++) {
        FoveaArray *array = g_new0 (FoveaArray, 1);
        array->name = g_strdup_printf ("blocks.%u.attn.hook_pattern", layer);
        array->dtype = FOVEA_F32;
        array->rank = 3;
        array->row_axes = 2;
        array->shape[0] = HEADS;
        array->shape[1] = array->shape[2] = n_tokens;
        g_ptr_array_add (arrays, array);
    }
    return arrays;
}

/* Slabs of queries over all heads, as a forward pass writes them. */
static double
time_store (const char *path)
{
    g_unlink (path);
    double start = now ();
    g_autoptr (FoveaStore) store = fovea_store_open (path, FOVEA_STORE_CREATE, NULL);
    gint64 run = fovea_store_begin_run (store, "text", "{}", "cpu", "f32", NULL);
    g_autoptr (FoveaSink) sink = fovea_store_new_sink (store, run, 0, NULL);
    g_autoptr (FoveaTraceInfo) info = make_info ();
    g_autoptr (GPtrArray) arrays = make_arrays ();
    gboolean ok = sink->begin (sink, info, arrays, NULL);
    for (guint layer = 0; ok && layer < LAYERS; layer++)
        for (gint64 q = 0; ok && q < n_tokens; q += SLAB)
            for (guint head = 0; ok && head < HEADS; head++)
                ok = sink->write (sink, layer, head * n_tokens + q, MIN (SLAB, n_tokens - q), rows,
                                  NULL);
    g_autoptr (FoveaTrace) trace = ok ? sink->finish (sink, NULL) : NULL;
    if (trace == NULL)
        exit (1);
    return now () - start;
}

static double
time_plain (const char *path)
{
    g_unlink (path);
    double start = now ();
    int file = open (path, O_WRONLY | O_CREAT, 0600);
    gint64 n_slabs = LAYERS * HEADS * ((n_tokens + SLAB - 1) / SLAB);
    gsize n_bytes = (gsize) (SLAB * n_tokens) * sizeof (float);
    for (gint64 i = 0; i < n_slabs; i++)
        if (write (file, rows, n_bytes) != (gssize) n_bytes)
            exit (1);
    if (fsync (file) != 0)
        exit (1);
    close (file);
    return now () - start;
}

static double
time_open (const char *path)
{
    double start = now ();
    g_autoptr (FoveaStore) store = fovea_store_open (path, FOVEA_STORE_READ, NULL);
    g_autoptr (FoveaTrace) trace = fovea_store_open_trace (store, 1, NULL);
    return trace != NULL ? now () - start : 1e9;
}

int
main (int argc, char **argv)
{
    const char *folder = g_get_tmp_dir ();
    int n_rounds = 3;
    for (int i = 1; i < argc; i++) {
        if (g_str_has_prefix (argv[i], "--tokens="))
            n_tokens = CLAMP (atoi (argv[i] + 9), SLAB, 1 << 16);
        else if (g_str_has_prefix (argv[i], "--rounds="))
            n_rounds = CLAMP (atoi (argv[i] + 9), 1, MAX_ROUNDS);
        else
            folder = argv[i];
    }
    rows = g_new (float, SLAB *n_tokens);
    for (gint64 i = 0; i < SLAB * n_tokens; i++)
        rows[i] = (float) (i % 977) / 977;
    g_autofree char *store = g_build_filename (folder, "bench.fovea", NULL);
    g_autofree char *plain = g_build_filename (folder, "bench.bin", NULL);
    g_autofree char *journal = g_strconcat (store, "-journal", NULL);
    double store_s[MAX_ROUNDS], plain_s[MAX_ROUNDS];
    for (int i = 0; i < n_rounds; i++) {
        plain_s[i] = time_plain (plain);
        store_s[i] = time_store (store);
    }
    double open_s = time_open (store);
    qsort (store_s, (gsize) n_rounds, sizeof *store_s, compare);
    qsort (plain_s, (gsize) n_rounds, sizeof *plain_s, compare);
    double mb = (double) (LAYERS * HEADS * n_tokens * n_tokens) * sizeof (float) / 1e6;
    double s = store_s[n_rounds / 2], p = plain_s[n_rounds / 2];
    printf ("what\tMB\tseconds\tMB/s\tof plain file\n");
    printf ("plain write and fsync\t%.0f\t%.3f\t%.0f\t1\n", mb, p, mb / p);
    printf ("store\t%.0f\t%.3f\t%.0f\t%.2f\n", mb, s, mb / s, p / s);
    printf ("open store and trace\t%.0f\t%.4f\t\t\n", mb, open_s);
    g_unlink (store);
    g_unlink (plain);
    g_unlink (journal);
    return 0;
}

/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* See sparse-bench.h. */
#include "tests/sparse-bench.h"

#include <string.h>

#include "tests/sparse-support.h"
#include "ui/trace-source.h"

const char *const sparse_bench_measured[SPARSE_BENCH_MEASURED] = {"oracle-weight", "streaming",
                                                                  "vertical-slash", "oracle-block"};

static void
keep_message (SparseBench *bench, const char *message)
{
    g_free (bench->failure);
    bench->failure = g_strdup (message);
}

FoveaTable *
sparse_bench_measure (FoveaTrace *trace, const char *const *ids, guint n)
{
    g_autofree const FoveaSparseMethod **methods = g_new0 (const FoveaSparseMethod *, n + 1);
    FoveaSparseCurvesOptions options = {.methods = methods, .sweep = TRUE};
    for (guint i = 0; i < n; i++)
        methods[i] = fovea_sparse_method_find (ids[i], NULL);
    FoveaThreads *threads = fovea_threads_new (1);
    g_autoptr (FoveaSparseCurves) curves = fovea_sparse_curves_new (&options);
    ck_assert (fovea_sparse_curves_add (curves, trace, threads, NULL, NULL, NULL, NULL));
    fovea_threads_free (threads);
    return fovea_sparse_curves_finish (curves);
}

SparseBench *
sparse_bench_new (void)
{
    SparseBench *bench = g_new0 (SparseBench, 1);
    g_autoptr (FoveaTrace) trace = sparse_trace_new (T, LAYERS, HEADS, LAYERS, 3);
    bench->table = sparse_bench_measure (trace, sparse_bench_measured, SPARSE_BENCH_MEASURED);
    bench->source = fovea_trace_source_new (trace);
    bench->selection = fovea_selection_new ();
    bench->model = fovea_sparse_model_new (bench->selection);
    g_signal_connect_swapped (bench->model, "failed", G_CALLBACK (keep_message), bench);
    fovea_selection_set_trace (bench->selection, bench->source, NULL,
                               &(FoveaPlace){1, 0, T - 1, 0});
    fovea_sparse_model_set_table (bench->model, bench->table);
    return bench;
}

void
sparse_bench_free (SparseBench *bench)
{
    g_object_unref (bench->model);
    g_object_unref (bench->selection);
    fovea_trace_source_unref (bench->source);
    fovea_table_unref (bench->table);
    g_free (bench->failure);
    g_free (bench);
}

guint
sparse_bench_find_method (const char *id)
{
    guint i = 0;
    while (strcmp (fovea_sparse_method_list ()[i]->id, id) != 0)
        i++;
    return i;
}

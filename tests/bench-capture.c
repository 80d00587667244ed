/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Times a whole model on a device, beside peer-gpu.py: TSV rows "mode tokens seconds", one a round.
 * Modes: plain = logits of the last position; factored = the same with attention kept factored and
 * its summaries, in host memory; discarded = that, dropped on arrival: what it costs the device;
 * stored = that, committed in --store; decode = one token more after a cache of the length, the mean
 * of several; decode-rows = the same with the statistics of its rows. Precision is bf16 unless --f32.
 * Without the device: exit status 77. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture/session-rows.h"
#include "capture/sink.h"
#include "storage/store.h"
#include "tests/bench-support.h"
#include "tests/discard-sink.h"

enum {
    DECODE_TOKENS = 32
};

typedef struct {
    char *model, *device, *modes, *store;
    gint tokens, rounds, chunk;
    gboolean f32;
} Options;

static gboolean
run_plain (
    FoveaSession *session, const FoveaTraceInfo *info, gint64 n, float *logits, GError **error)
{
    fovea_session_reset (session);
    return fovea_session_run (session, info->ids, n, logits, NULL, error);
}

static gboolean
read_rows (FoveaSession *session, GError **error)
{
    g_autoptr (FoveaRowStatistics) rows = fovea_session_read_rows (session, error);
    return rows != NULL;
}

/* Seconds, or a negative number after an error. */
static double
time_mode (FoveaSession *session,
           FoveaPlan *plan,
           FoveaSink *sink,
           const FoveaTraceInfo *info,
           const char *mode,
           float *logits,
           GError **error)
{
    gint64 n = info->n_tokens;
    gboolean rows = strcmp (mode, "decode-rows") == 0, ok = TRUE;
    gboolean decode = rows || strcmp (mode, "decode") == 0;
    if (!fovea_session_watch_rows (session, rows ? 1 : 0, error))
        return -1;
    if (decode && !run_plain (session, info, n - DECODE_TOKENS, logits, error))
        return -1;
    gint64 start = g_get_monotonic_time ();
    if (decode) {
        for (gint64 t = n - DECODE_TOKENS; ok && t < n; t++)
            ok = fovea_session_run (session, info->ids + t, 1, logits, NULL, error) &&
                 (!rows || read_rows (session, error));
    } else if (strcmp (mode, "plain") != 0) {
        g_autoptr (FoveaTrace) trace =
            fovea_session_capture (session, info, plan, sink, NULL, NULL, NULL, NULL, error);
        ok = trace != NULL;
    } else {
        ok = run_plain (session, info, n, logits, error);
    }
    double seconds = (double) (g_get_monotonic_time () - start) / 1e6;
    return ok ? seconds / (decode ? DECODE_TOKENS : 1) : -1;
}

/* Where a mode's captures go; NULL with @error unset: nowhere, it makes none. */
static FoveaSink *
sink_of_mode (const char *mode, FoveaStore *store, GError **error)
{
    if (strcmp (mode, "factored") == 0)
        return fovea_memory_sink_new ();
    if (strcmp (mode, "discarded") == 0)
        return discard_sink_new ();
    if (strcmp (mode, "stored") != 0)
        return NULL;
    if (store == NULL) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND, "mode stored: no --store");
        return NULL;
    }
    gint64 run = fovea_store_begin_run (store, "ids", "{}", "bench", "bench", error);
    return run != 0 ? fovea_store_new_sink (store, run, 0, error) : NULL;
}

static gboolean
bench (FoveaModel *model, FoveaDevice *device, const Options *options, GError **error)
{
    const FoveaArchitecture *architecture = fovea_model_get_architecture (model);
    const FoveaSessionOptions session_options = {
        .precision = options->f32 ? FOVEA_PRECISION_F32 : FOVEA_PRECISION_BF16,
        .max_tokens = options->tokens,
        .chunk = options->chunk,
    };
    const FoveaPlanOptions plan_options = {
        .points = "attention",
        .keep = FOVEA_BF16,
        .attend = fovea_device_attend_dtype (device, session_options.precision),
    };
    g_autoptr (FoveaSession) session = fovea_session_new (model, device, &session_options, error);
    g_autoptr (FoveaPlan) plan = fovea_plan_new (architecture, &plan_options, error);
    g_autoptr (FoveaTraceInfo) info = bench_random_sequence (model, options->tokens);
    g_autoptr (FoveaStore) store = NULL;
    if (options->store != NULL) {
        store = fovea_store_open (options->store, FOVEA_STORE_CREATE, error);
        if (store == NULL)
            return FALSE;
    }
    g_autofree float *logits = g_new (float, (gsize) architecture->vocabulary);
    g_auto (GStrv) modes = g_strsplit (options->modes, ",", -1);
    if (session == NULL || plan == NULL)
        return FALSE;
    for (guint m = 0; modes[m] != NULL; m++) {
        GError *failure = NULL;
        g_autoptr (FoveaSink) sink = sink_of_mode (modes[m], store, &failure);
        if (failure != NULL) {
            g_propagate_error (error, failure);
            return FALSE;
        }
        for (gint round = -1; round < options->rounds; round++) {
            double seconds = time_mode (session, plan, sink, info, modes[m], logits, error);
            if (seconds < 0)
                return FALSE;
            if (round >= 0)
                printf ("%s\t%d\t%.6f\n", modes[m], options->tokens, seconds);
            fflush (stdout);
        }
    }
    return TRUE;
}

int
main (int argc, char **argv)
{
    Options options = {.tokens = 8192, .rounds = 5};
    const GOptionEntry entries[] = {
        {"model", 0, 0, G_OPTION_ARG_STRING, &options.model, "Model (demo)", "MODEL"},
        {"device", 0, 0, G_OPTION_ARG_STRING, &options.device, "Device (cuda)", "NAME"},
        {"modes", 0, 0, G_OPTION_ARG_STRING, &options.modes,
         "plain,discarded,factored,stored,decode", "LIST"},
        {"store", 0, 0, G_OPTION_ARG_FILENAME, &options.store, "Store of mode stored", "FILE"},
        {"tokens", 0, 0, G_OPTION_ARG_INT, &options.tokens, "Length", "N"},
        {"rounds", 0, 0, G_OPTION_ARG_INT, &options.rounds, "Timed rounds", "N"},
        {"chunk", 0, 0, G_OPTION_ARG_INT, &options.chunk, "Rows at a time", "N"},
        {"f32", 0, 0, G_OPTION_ARG_NONE, &options.f32, "Products in f32", NULL},
        {NULL},
    };
    g_autoptr (GError) error = NULL;
    g_autoptr (GOptionContext) context = g_option_context_new (NULL);
    g_option_context_add_main_entries (context, entries, NULL);
    if (!g_option_context_parse (context, &argc, &argv, &error)) {
        fprintf (stderr, "bench-capture: %s\n", error->message);
        return 2;
    }
    options.modes = options.modes != NULL ? options.modes : g_strdup ("plain,factored,decode");
    g_autoptr (FoveaModel) model =
        fovea_model_open (options.model != NULL ? options.model : "demo", &error);
    g_autoptr (FoveaDevice) device =
        model != NULL
            ? fovea_device_open (options.device != NULL ? options.device : "cuda", 0, &error)
            : NULL;
    gboolean ok = device != NULL && bench (model, device, &options, &error);
    gboolean skipped = model != NULL && device == NULL;
    if (!ok)
        fprintf (stderr, "bench-capture: %s\n", error->message);
    g_free (options.model);
    g_free (options.device);
    g_free (options.modes);
    g_free (options.store);
    return ok ? 0 : skipped ? 77 : 1;
}

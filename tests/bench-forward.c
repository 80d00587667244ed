/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Times the forward pass: TSV rows "mode tokens seconds peak_mib processor_seconds", one a round,
 * beginning as peer-forward.py's do, so that bench-compare.sh can take turns between the two.
 * Modes: f32 and bf16 with the logits of every position (as the peer computes them); last and
 * last-bf16 with those of the last one (as programs do that continue a prompt); all = f32 with
 * every point kept in memory, factored, as a later sequence of a batch; first = the same as the
 * first sequence, whose pages the system still has to zero; dense = all with dense maps. The peak is
 * the process's, so memory is measured with one mode and length at a time. */
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "capture/session.h"
#include "capture/sink.h"
#include "tests/bench-support.h"

enum {
    MOST_DENSE = 2048 /* tokens: 2.4 GB of scores and patterns of the demo */
};

typedef struct {
    const char *model, *tokens, *modes, *device;
    gint rounds, threads, chunk;
} Options;

static double
peak_mib (void)
{
    struct rusage usage;
    getrusage (RUSAGE_SELF, &usage);
    return (double) usage.ru_maxrss / 1024;
}

/* The clock and not getrusage(), which counts ticks. */
static double
processor_seconds (void)
{
    struct timespec now;
    clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double) now.tv_sec + (double) now.tv_nsec / 1e9;
}

static gboolean
keeps_points (const char *mode)
{
    return strstr ("f32 bf16 last last-bf16", mode) == NULL;
}

/* A prompt as it is read before it is continued. */
static double
time_prompt (FoveaSession *session, const FoveaTraceInfo *info, float *logits, GError **error)
{
    gint64 start = g_get_monotonic_time ();
    fovea_session_reset (session);
    gboolean ok = fovea_session_run (session, info->ids, info->n_tokens, logits, NULL, error);
    return ok ? (double) (g_get_monotonic_time () - start) / 1e6 : -1;
}

/* One forward; seconds, or a negative number after an error. */
static double
time_forward (FoveaSession *session,
              const FoveaTraceInfo *info,
              const char *mode,
              FoveaSink *shared,
              float *logits,
              GError **error)
{
    gboolean keeps = keeps_points (mode);
    if (g_str_has_prefix (mode, "last"))
        return time_prompt (session, info, logits, error);
    const FoveaPlanOptions options = {"all", FOVEA_F32, strcmp (mode, "dense") == 0};
    g_autoptr (FoveaSink) fresh = fovea_memory_sink_new ();
    FoveaSink *sink = strcmp (mode, "first") == 0 ? fresh : shared;
    g_autoptr (FoveaPlan) plan =
        keeps ? fovea_plan_new (info->architecture, &options, error) : NULL;
    if (keeps && plan == NULL)
        return -1;
    gint64 start = g_get_monotonic_time ();
    g_autoptr (FoveaTrace) trace = fovea_session_capture (session, info, plan, sink, NULL, NULL,
                                                          keeps ? NULL : logits, NULL, error);
    double seconds = (double) (g_get_monotonic_time () - start) / 1e6;
    return trace != NULL ? seconds : -1;
}

static gboolean
bench (FoveaModel *model,
       FoveaDevice *device,
       const Options *options,
       const char *mode,
       gint64 n,
       GError **error)
{
    const FoveaSessionOptions session_options = {
        .precision = g_str_has_suffix (mode, "bf16") ? FOVEA_PRECISION_BF16 : FOVEA_PRECISION_F32,
        .max_tokens = n,
        .chunk = options->chunk,
    };
    if (strcmp (mode, "dense") == 0 && n > MOST_DENSE)
        return TRUE;
    gsize V = (gsize) fovea_model_get_architecture (model)->vocabulary;
    gsize rows = keeps_points (mode) ? 0 : g_str_has_prefix (mode, "last") ? 1 : (gsize) n;
    g_autoptr (FoveaSession) session = fovea_session_new (model, device, &session_options, error);
    g_autoptr (FoveaTraceInfo) info = bench_random_sequence (model, n);
    g_autofree float *logits = rows > 0 ? g_new (float, rows *V) : NULL;
    g_autoptr (FoveaSink) sink = fovea_memory_sink_new ();
    if (session == NULL || time_forward (session, info, mode, sink, logits, error) < 0)
        return FALSE;
    for (gint round = 0; round < options->rounds; round++) {
        double before = processor_seconds ();
        double seconds = time_forward (session, info, mode, sink, logits, error);
        if (seconds < 0)
            return FALSE;
        printf ("%s\t%d\t%.5f\t%.0f\t%.5f\n", mode, (int) n, seconds, peak_mib (),
                processor_seconds () - before);
        fflush (stdout);
    }
    return TRUE;
}

static gboolean
bench_all (const Options *options, GError **error)
{
    g_autoptr (FoveaModel) model = fovea_model_open (options->model, error);
    g_autoptr (FoveaDevice) device =
        model != NULL ? fovea_device_open (options->device, options->threads, error) : NULL;
    if (device == NULL)
        return FALSE;
    fprintf (stderr, "%s\n", fovea_device_describe (device));
    g_auto (GStrv) modes = g_strsplit (options->modes, ",", -1);
    g_auto (GStrv) lengths = g_strsplit (options->tokens, ",", -1);
    for (guint m = 0; modes[m] != NULL; m++)
        for (guint i = 0; lengths[i] != NULL; i++)
            if (!bench (model, device, options, modes[m], atoi (lengths[i]), error))
                return FALSE;
    return TRUE;
}

int
main (int argc, char **argv)
{
    Options options = {"demo", "512,2048,4096", "f32,bf16,all,dense", "cpu", 3, 2, 0};
    const GOptionEntry entries[] = {
        {"model", 0, 0, G_OPTION_ARG_STRING, &options.model, "Model", "MODEL"},
        {"tokens", 0, 0, G_OPTION_ARG_STRING, &options.tokens, "Lengths", "LIST"},
        {"modes", 0, 0, G_OPTION_ARG_STRING, &options.modes,
         "f32,bf16,last,last-bf16,all,first,dense", "LIST"},
        {"device", 0, 0, G_OPTION_ARG_STRING, &options.device, "Device", "NAME"},
        {"rounds", 0, 0, G_OPTION_ARG_INT, &options.rounds, "Timed rounds", "N"},
        {"threads", 0, 0, G_OPTION_ARG_INT, &options.threads, "Threads", "N"},
        {"chunk", 0, 0, G_OPTION_ARG_INT, &options.chunk, "Rows at a time", "N"},
        {NULL},
    };
    g_autoptr (GError) error = NULL;
    g_autoptr (GOptionContext) context = g_option_context_new (NULL);
    g_option_context_add_main_entries (context, entries, NULL);
    if (g_option_context_parse (context, &argc, &argv, &error) && bench_all (&options, &error))
        return 0;
    fprintf (stderr, "bench-forward: %s\n", error->message);
    return 1;
}

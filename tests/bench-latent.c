/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* bench-latent MODEL [--tokens=1000000] [--rounds=9] [FOLDER]: the dashboard of one latent from a store
 * with the codes of a million tokens (sequences of 512, 32 codes a token over 24,576 latents, frequent
 * ones a thousand times as often as rare ones), for a rare, a usual and a frequent latent. The store is
 * made first and not timed; it is opened anew for every round. Prints TSV: what, firings, median
 * milliseconds by the clock and of the processor. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <glib/gstdio.h>

#include "app/sae-latent-job.h"
#include "capture/random.h"
#include "capture/sink.h"
#include "storage/code-rows.h"
#include "ui/figures/figure-latent.h"

enum {
    F = 24576,
    K = 32,
    T = 512,
    EXAMPLES = 20, /* a side */
    WINDOW = 20,
    MAX_ROUNDS = 99
};

static double
read_clock (clockid_t which)
{
    struct timespec time;
    clock_gettime (which, &time);
    return (double) time.tv_sec + 1e-9 * (double) time.tv_nsec;
}

static int
compare (const void *a, const void *b)
{
    double x = *(const double *) a, y = *(const double *) b;
    return x < y ? -1 : x > y;
}

static FoveaTraceInfo *
make_info (const FoveaArchitecture *architecture, gint64 sequence)
{
    FoveaTraceInfo *info = g_new0 (FoveaTraceInfo, 1);
    info->architecture = fovea_architecture_copy (architecture);
    info->model_name = g_strdup ("bench");
    info->model_hash = g_strdup ("");
    info->title = g_strdup_printf ("text %" G_GINT64_FORMAT, sequence);
    info->n_tokens = T;
    info->ids = g_new0 (gint32, T);
    info->token_texts = g_new0 (char *, T + 1);
    for (gint64 t = 0; t < T; t++)
        info->token_texts[t] = g_strdup_printf (" w%" G_GINT64_FORMAT, t);
    return info;
}

static int
compare_latents (const void *a, const void *b)
{
    return *(const gint32 *) a - *(const gint32 *) b;
}

/* K latents of each token, the low ones often. */
static FoveaSaeCodes *
draw_codes (FoveaRandom *random)
{
    FoveaSaeCodes *codes = g_new0 (FoveaSaeCodes, 1);
    codes->n_rows = T;
    codes->n_latents = F;
    codes->offsets = g_new0 (gint64, T + 1);
    codes->latents = g_new (gint32, T * K);
    codes->values = g_new (float, T *K);
    gint64 n = 0;
    for (gint64 t = 0; t < T; t++) {
        gint32 row[K];
        for (int k = 0; k < K; k++) {
            double u = fovea_random_uniform (random);
            row[k] = (gint32) (u * u * u * F);
        }
        qsort (row, K, sizeof *row, compare_latents);
        for (int k = 0; k < K; k++)
            if (k == 0 || row[k] != row[k - 1]) {
                codes->latents[n] = row[k];
                codes->values[n++] = (float) (fovea_random_uniform (random) * 4 - 2);
            }
        codes->offsets[t + 1] = n;
    }
    return codes;
}

static gboolean
make_store (const char *path,
            const FoveaArchitecture *architecture,
            gint64 n_tokens,
            GError **error)
{
    const FoveaDictionary dictionary = {"bench", "bench", "blocks.3.hook_resid_post", "abstopk", F};
    gint64 positions[T];
    FoveaRandom random;
    fovea_random_init (&random, 3);
    g_autoptr (FoveaStore) store = fovea_store_open (path, FOVEA_STORE_CREATE, error);
    if (store == NULL)
        return FALSE;
    gint64 run = fovea_store_begin_run (store, "text", "{}", "cpu", "f32", error);
    g_autoptr (FoveaSink) sink = fovea_store_new_sink (store, run, 0, error);
    g_autoptr (GPtrArray) arrays =
        g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_array_free);
    for (gint64 t = 0; t < T; t++)
        positions[t] = t;
    for (gint64 s = 0; s * T < n_tokens; s++) {
        g_autoptr (FoveaTraceInfo) info = make_info (architecture, s);
        if (!sink->begin (sink, info, arrays, error))
            return FALSE;
        fovea_trace_unref (sink->finish (sink, error));
    }
    g_clear_pointer (&sink, fovea_sink_free);
    g_autoptr (GPtrArray) sequences = fovea_store_list_sequences (store, 0, error);
    g_autoptr (FoveaCodeWriter) writer = fovea_code_writer_new (store, &dictionary, error);
    for (guint i = 0; writer != NULL && i < sequences->len; i++) {
        g_autoptr (FoveaSaeCodes) codes = draw_codes (&random);
        gint64 id = ((FoveaSequenceInfo *) g_ptr_array_index (sequences, i))->id;
        if (!fovea_code_writer_add (writer, id, positions, codes, error))
            return FALSE;
    }
    return writer != NULL && fovea_code_writer_finish (writer, NULL, error) &&
           fovea_store_finish_run (store, run, error);
}

enum {
    STORE, /* firings, and the texts of examples */
    NEIGHBOURS,
    EFFECTS,
    FIGURE,
    WHOLE,
    N_PARTS
};

static const char *const parts[N_PARTS] = {"store", "neighbours", "effects", "figure", "whole"};

typedef struct {
    double clock[N_PARTS][MAX_ROUNDS], processor[N_PARTS][MAX_ROUNDS]; /* seconds */
} Times;

/* Adds what passed since @clock and @processor, and sets them to now. */
static void
add_time (Times *times, int part, int round, double *clock, double *processor)
{
    double now = read_clock (CLOCK_MONOTONIC), spent = read_clock (CLOCK_PROCESS_CPUTIME_ID);
    times->clock[part][round] = now - *clock;
    times->processor[part][round] = spent - *processor;
    if (part != WHOLE) {
        times->clock[WHOLE][round] += now - *clock;
        times->processor[WHOLE][round] += spent - *processor;
    }
    *clock = now;
    *processor = spent;
}

/* Everything that a dashboard shows, the picture included. */
static gboolean
show (const char *path,
      const FoveaSae *sae,
      FoveaModel *model,
      FoveaSaeLatent *latent,
      Times *times,
      int round,
      GError **error)
{
    static const FoveaLatentOptions options = {.has_signs = TRUE, .caption = "bench"};
    gboolean found = FALSE;
    double clock = read_clock (CLOCK_MONOTONIC), processor = read_clock (CLOCK_PROCESS_CPUTIME_ID);
    times->clock[WHOLE][round] = times->processor[WHOLE][round] = 0;
    g_autoptr (FoveaStore) store = fovea_store_open (path, FOVEA_STORE_READ, error);
    if (store == NULL || !fovea_sae_latent_job_collect (store, "bench", latent, &found, error))
        return FALSE;
    add_time (times, STORE, round, &clock, &processor);
    fovea_sae_latent_set_neighbours (latent, sae, 10);
    add_time (times, NEIGHBOURS, round, &clock, &processor);
    if (!fovea_sae_latent_set_effects (latent, sae, model, 10, error))
        return FALSE;
    add_time (times, EFFECTS, round, &clock, &processor);
    g_autoptr (FoveaFigure) figure = fovea_figure_latent_new (latent, &options, NULL, error);
    add_time (times, FIGURE, round, &clock, &processor);
    return found && figure != NULL;
}

static gboolean
time_latent (
    const char *path, const FoveaSae *sae, FoveaModel *model, gint32 j, int rounds, GError **error)
{
    static Times times;
    guint n = 0;
    for (int i = 0; i < rounds; i++) {
        g_autoptr (FoveaSaeLatent) latent = fovea_sae_latent_new (j, EXAMPLES, WINDOW);
        if (!show (path, sae, model, latent, &times, i, error))
            return FALSE;
        n = latent->codes->len;
    }
    for (int part = 0; part < N_PARTS; part++) {
        qsort (times.clock[part], (size_t) rounds, sizeof (double), compare);
        qsort (times.processor[part], (size_t) rounds, sizeof (double), compare);
        printf ("latent %d, %s\t%u\t%.1f\t%.1f\n", j, parts[part], n,
                1e3 * times.clock[part][rounds / 2], 1e3 * times.processor[part][rounds / 2]);
    }
    return TRUE;
}

static FoveaSae *
make_sae (gint64 d)
{
    FoveaRandom random;
    fovea_random_init (&random, 5);
    FoveaSae *sae = fovea_sae_new (FOVEA_SAE_ABSTOPK, d, d, F, NULL);
    for (gint64 i = 0; i < d * F; i++)
        sae->w_dec[i] = (float) (fovea_random_uniform (&random) - .5);
    fovea_sae_set_metadata (sae, "hook_name", "blocks.3.hook_resid_post");
    return sae;
}

int
main (int argc, char **argv)
{
    gint64 n_tokens = 1000000;
    int rounds = 9;
    const char *model_name = "demo", *folder = g_get_tmp_dir ();
    g_autoptr (GError) error = NULL;
    for (int i = 1; i < argc; i++)
        if (g_str_has_prefix (argv[i], "--tokens="))
            n_tokens = g_ascii_strtoll (argv[i] + strlen ("--tokens="), NULL, 10);
        else if (g_str_has_prefix (argv[i], "--rounds="))
            rounds = CLAMP (atoi (argv[i] + strlen ("--rounds=")), 1, MAX_ROUNDS);
        else if (i == 1)
            model_name = argv[i];
        else
            folder = argv[i];
    g_autofree char *path = g_build_filename (folder, "bench-latent.fovea", NULL);
    g_autoptr (FoveaModel) model = fovea_model_open (model_name, &error);
    g_unlink (path);
    gboolean fine =
        model != NULL && make_store (path, fovea_model_get_architecture (model), n_tokens, &error);
    g_autoptr (FoveaSae) sae = fine ? make_sae (fovea_model_get_architecture (model)->width) : NULL;
    static const gint32 latents[] = {24000, 3000, 2};
    printf ("what\tfirings\tclock_ms\tprocessor_ms\n");
    for (guint i = 0; fine && i < G_N_ELEMENTS (latents); i++)
        fine = time_latent (path, sae, model, latents[i], rounds, &error);
    g_unlink (path);
    if (!fine)
        fprintf (stderr, "bench-latent: %s\n", error != NULL ? error->message : "no firings");
    return fine ? 0 : 1;
}

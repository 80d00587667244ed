/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Four fifths of the texts train, in an order that the seed shuffles; classes are balanced one against
 * the rest, 4,000 and 1,000 texts at most (methods/features-and-sparsity.md 6.1). */
#include "app/sae-bench-job.h"

#include <math.h>
#include <string.h>

#include "analysis/saebench-mdl.h"
#include "analysis/saebench-probing.h"
#include "analysis/saebench-scr.h"
#include "capture/random.h"

enum {
    SPLIT_TASK = 15, /* of the random streams that part texts */
    MOST_TRAIN = 4000,
    MOST_TEST = 1000,
    MOST_NUMBERS = 16
};

/* Texts in two parts, with the labels of both. */
typedef struct {
    gint64 n, n_train;
    gint64 *order; /* (n) the first n_train train */
    FoveaBenchRows *train, *test;
    gint32 *labels[2][2]; /* of training and test, of the first and the second label */
} Split;

static void
clear_split (Split *s)
{
    fovea_bench_rows_free (s->train);
    fovea_bench_rows_free (s->test);
    for (int part = 0; part < 2; part++)
        for (int i = 0; i < 2; i++)
            g_free (s->labels[part][i]);
    g_free (s->order);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Split, clear_split)

static void
shuffle (gint64 *order, gint64 n, guint64 seed)
{
    FoveaRandom random;
    fovea_random_init_stream (&random, seed, SPLIT_TASK, 0);
    for (gint64 i = 0; i < n; i++)
        order[i] = i;
    for (gint64 i = n - 1; i >= 1; i--) {
        gint64 j = (gint64) fovea_random_below (&random, (guint64) i + 1), kept = order[i];
        order[i] = order[j];
        order[j] = kept;
    }
}

static void
split_texts (const FoveaSaeBenchTexts *texts, guint64 seed, Split *s)
{
    s->n = texts->rows->n;
    s->n_train = s->n - s->n / 5;
    s->order = g_new (gint64, s->n);
    shuffle (s->order, s->n, seed);
    s->train = fovea_bench_rows_pick (texts->rows, s->order, s->n_train);
    s->test = fovea_bench_rows_pick (texts->rows, s->order + s->n_train, s->n - s->n_train);
    for (guint i = 0; i < texts->n_labels; i++)
        for (int part = 0; part < 2; part++) {
            gint64 first = part == 0 ? 0 : s->n_train, n = part == 0 ? s->n_train : s->n - first;
            s->labels[part][i] = g_new (gint32, MAX (n, 1));
            for (gint64 t = 0; t < n; t++)
                s->labels[part][i][t] = texts->labels[i][s->order[first + t]];
        }
}

/* Balanced rows of one class and the rest. */
typedef struct {
    FoveaBenchRows *rows;
    guint8 *labels;
} Balanced;

static void
clear_balanced (Balanced *b)
{
    fovea_bench_rows_free (b->rows);
    g_free (b->labels);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Balanced, clear_balanced)

static void
balance (const FoveaBenchRows *rows,
         const gint32 *classes,
         gint32 own,
         gint64 most,
         guint64 seed,
         Balanced *out)
{
    gint64 n;
    g_autofree guint8 *labels = g_new (guint8, MAX (rows->n, 1));
    for (gint64 i = 0; i < rows->n; i++)
        labels[i] = classes[i] == own;
    g_autofree gint64 *at = fovea_bench_balance (labels, rows->n, most, seed, &n);
    out->rows = fovea_bench_rows_pick (rows, at, n);
    out->labels = g_new (guint8, MAX (n, 1));
    for (gint64 i = 0; i < n; i++)
        out->labels[i] = labels[at[i]];
}

/* A column of a table. */
typedef struct {
    const char *name;
    FoveaColumnKind kind;
    const char *unit, *description;
} Column;

static FoveaTable *
new_table (const char *name, const Column *columns, guint n)
{
    FoveaTable *table = fovea_table_new (name);
    for (guint i = 0; i < n; i++)
        fovea_table_add_column (table, columns[i].name, columns[i].kind, columns[i].unit,
                                columns[i].description);
    return table;
}

/* Numbers of latents within F: those asked for, or @usual. */
static guint
choose_numbers (const FoveaSaeBenchRequest *r, const gint64 *usual, guint n_usual, gint64 *out)
{
    const gint64 *from = r->numbers != NULL ? r->numbers : usual;
    guint n = 0, all = r->numbers != NULL ? r->n_numbers : n_usual;
    for (guint i = 0; i < all && n < MOST_NUMBERS; i++)
        if (r->numbers != NULL || from[i] <= r->source.sae->d_sae)
            out[n++] = from[i];
    return n;
}

/* A table of texts names what it was made from. */
static void
note_texts (FoveaTable *table, const FoveaSaeBenchRequest *r, const Split *s)
{
    g_autofree char *n = g_strdup_printf ("%" G_GINT64_FORMAT " train, %" G_GINT64_FORMAT " test",
                                          s->n_train, s->n - s->n_train);
    fovea_table_set_note (table, "texts", r->texts);
    fovea_table_set_note (table, "split", n);
    fovea_table_set_note (table, "model", r->source.model);
}

static FoveaSaeBenchTexts *
read_texts (const FoveaSaeBenchRequest *r,
            guint n_labels,
            GCancellable *cancellable,
            GError **error)
{
    return fovea_sae_bench_read_texts (&r->source, r->texts, n_labels, r->progress,
                                       r->progress_data, cancellable, error);
}

static gboolean
probe_class (const FoveaSaeBenchRequest *r,
             const Split *s,
             gint32 class,
             const char *name,
             FoveaTable *table,
             GError **error)
{
    static const gint64 usual[] = {1, 2, 5, 10, 20, 50, 100};
    gint64 ks[MOST_NUMBERS];
    guint n = choose_numbers (r, usual, G_N_ELEMENTS (usual), ks);
    FoveaSparseProbe probes[MOST_NUMBERS];
    double reference;
    g_auto (Balanced) train = {NULL}, test = {NULL};
    balance (s->train, s->labels[0][0], class, MOST_TRAIN, r->source.seed, &train);
    balance (s->test, s->labels[1][0], class, MOST_TEST, r->source.seed, &test);
    if (!fovea_sparse_probe (train.rows, train.labels, test.rows, test.labels, ks, n, probes,
                             &reference, error)) {
        g_prefix_error (error, "class \"%s\": ", name);
        return FALSE;
    }
    for (guint i = 0; i < n; i++) {
        const double numbers[] = {
            (double) probes[i].k,    probes[i].accuracy,     probes[i].auroc,      reference,
            (double) probes[i].best, (double) train.rows->n, (double) test.rows->n};
        guint row = fovea_table_add_row (table);
        fovea_table_set_text (table, row, 0, name);
        for (guint c = 0; c < G_N_ELEMENTS (numbers); c++)
            fovea_table_set_number (table, row, c + 1, numbers[c]);
    }
    return TRUE;
}

FoveaTable *
fovea_sae_bench_probe (const FoveaSaeBenchRequest *r, GCancellable *cancellable, GError **error)
{
    static const Column columns[] = {
        {"class", FOVEA_COLUMN_TEXT, "", "against the rest"},
        {"latents", FOVEA_COLUMN_NUMBER, "", "that the probe reads"},
        {"accuracy", FOVEA_COLUMN_NUMBER, "share", "on balanced texts it was not trained on"},
        {"auroc", FOVEA_COLUMN_NUMBER, "share", "there"},
        {"activations", FOVEA_COLUMN_NUMBER, "share", "accuracy of a probe on all activations"},
        {"first", FOVEA_COLUMN_NUMBER, "latent", "the one that tells most by itself"},
        {"train", FOVEA_COLUMN_NUMBER, "texts", "balanced"},
        {"test", FOVEA_COLUMN_NUMBER, "texts", "balanced"},
    };
    g_autoptr (FoveaSaeBenchTexts) texts = read_texts (r, 1, cancellable, error);
    if (texts == NULL)
        return NULL;
    g_auto (Split) split = {0};
    split_texts (texts, r->source.seed, &split);
    g_autoptr (FoveaTable) table =
        new_table ("sae_sparse_probing", columns, G_N_ELEMENTS (columns));
    note_texts (table, r, &split);
    /* Of two classes one is the other's rest. */
    guint n_classes = texts->names[0]->len;
    for (guint c = 0; c < (n_classes == 2 ? 1 : n_classes); c++)
        if (!probe_class (r, &split, (gint32) c, g_ptr_array_index (texts->names[0], c), table,
                          error))
            return NULL;
    return g_steal_pointer (&table);
}

static gboolean
check_two_names (const FoveaSaeBenchTexts *texts, GError **error)
{
    for (guint i = 0; i < 2; i++)
        if (texts->names[i]->len != 2) {
            g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                         "spurious correlation: label %u has %u names, not two", i + 1,
                         texts->names[i]->len);
            return FALSE;
        }
    return TRUE;
}

static guint8 *
to_binary (const gint32 *labels, gint64 n)
{
    guint8 *out = g_new (guint8, MAX (n, 1));
    for (gint64 i = 0; i < n; i++)
        out[i] = labels[i] == 0;
    return out;
}

static gboolean
remove_latents (const FoveaSaeBenchRequest *r,
                const Split *s,
                const gint64 *ns,
                guint n,
                FoveaScr *results,
                GError **error)
{
    gint64 n_test = s->n - s->n_train;
    g_autofree guint8 *a = to_binary (s->labels[0][0], s->n_train);
    g_autofree guint8 *b = to_binary (s->labels[0][1], s->n_train);
    g_autofree guint8 *test_a = to_binary (s->labels[1][0], n_test);
    g_autofree guint8 *test_b = to_binary (s->labels[1][1], n_test);
    const FoveaScrSet train = {s->train, a, b}, test = {s->test, test_a, test_b};
    return fovea_scr_measure (r->source.sae, &train, &test, ns, n, results, error);
}

FoveaTable *
fovea_sae_bench_remove (const FoveaSaeBenchRequest *r, GCancellable *cancellable, GError **error)
{
    static const Column columns[] = {
        {"latents", FOVEA_COLUMN_NUMBER, "", "taken away"},
        {"score", FOVEA_COLUMN_NUMBER, "share", "of what there was to gain"},
        {"biased", FOVEA_COLUMN_NUMBER, "share",
         "accuracy of the probe that learned the correlation"},
        {"ablated", FOVEA_COLUMN_NUMBER, "share", "of it without the latents"},
        {"balanced", FOVEA_COLUMN_NUMBER, "share", "of a probe trained on balanced texts"},
        {"removed", FOVEA_COLUMN_TEXT, "", "label whose latents were taken away"},
    };
    static const gint64 usual[] = {2, 5, 10, 20, 50, 100, 500};
    gint64 ns[MOST_NUMBERS];
    guint n = choose_numbers (r, usual, G_N_ELEMENTS (usual), ns);
    FoveaScr results[MOST_NUMBERS];
    g_autoptr (FoveaSaeBenchTexts) texts = read_texts (r, 2, cancellable, error);
    if (texts == NULL || !check_two_names (texts, error))
        return NULL;
    g_auto (Split) split = {0};
    split_texts (texts, r->source.seed, &split);
    if (!remove_latents (r, &split, ns, n, results, error))
        return NULL;
    FoveaTable *table = new_table ("sae_spurious_correlation", columns, G_N_ELEMENTS (columns));
    note_texts (table, r, &split);
    for (guint i = 0; i < n; i++) {
        const double numbers[] = {(double) results[i].n_latents, results[i].score, results[i].base,
                                  results[i].ablated, results[i].clean};
        guint row = fovea_table_add_row (table);
        for (guint c = 0; c < G_N_ELEMENTS (numbers); c++)
            fovea_table_set_number (table, row, c, numbers[c]);
        fovea_table_set_text (table, row, 5, results[i].removes_wanted ? "first" : "second");
    }
    return table;
}

FoveaTable *
fovea_sae_bench_perturb (const FoveaSaeBenchRequest *r, GCancellable *cancellable, GError **error)
{
    static const Column columns[] = {
        {"latents", FOVEA_COLUMN_NUMBER, "", "taken away, of each class in turn"},
        {"score", FOVEA_COLUMN_NUMBER, "share", "intended less unintended"},
        {"intended", FOVEA_COLUMN_NUMBER, "share", "accuracy that the class's own probe loses"},
        {"unintended", FOVEA_COLUMN_NUMBER, "share", "accuracy that the others lose"},
    };
    static const gint64 usual[] = {2, 5, 10, 20, 50, 100, 500};
    gint64 ns[MOST_NUMBERS];
    guint n = choose_numbers (r, usual, G_N_ELEMENTS (usual), ns);
    FoveaTpp results[MOST_NUMBERS];
    g_autoptr (FoveaSaeBenchTexts) texts = read_texts (r, 1, cancellable, error);
    if (texts == NULL)
        return NULL;
    g_auto (Split) split = {0};
    split_texts (texts, r->source.seed, &split);
    if (!fovea_tpp_measure (r->source.sae, split.train, split.labels[0][0], split.test,
                            split.labels[1][0], (gint32) texts->names[0]->len, ns, n, results,
                            error))
        return NULL;
    FoveaTable *table = new_table ("sae_targeted_perturbation", columns, G_N_ELEMENTS (columns));
    note_texts (table, r, &split);
    for (guint i = 0; i < n; i++) {
        const double numbers[] = {(double) results[i].n_latents, results[i].score,
                                  results[i].intended, results[i].unintended};
        guint row = fovea_table_add_row (table);
        for (guint c = 0; c < G_N_ELEMENTS (numbers); c++)
            fovea_table_set_number (table, row, c, numbers[c]);
    }
    return table;
}

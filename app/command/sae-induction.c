/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* `fovea sae induction`: whether a latent says that a token comes next because it did before. Reads
 * where the latent fires from the codes that a store keeps. */
#include <math.h>

#include "analysis/induction-proxy.h"
#include "analysis/sae-file.h"
#include "app/command/command.h"
#include "app/command/meter.h"
#include "storage/dictionary.h"

static const FoveaOption options[] = {
    FOVEA_ROW_INTEGER ("latent", "J", 0, G_MAXINT32, "which one (needed)"),
    FOVEA_ROW_VALUE (
        "next", 0, TEXT, "TOKEN", "B (default: what repetition would give where it fires most)"),
    {NULL},
};

/* The texts of a store and a latent's codes along them. */
typedef struct {
    FoveaContext *context;
    FoveaStore *store;
    GPtrArray *sequences; /* of FoveaSequenceInfo */
    GArray *firings;      /* in the order of sequences */
    FoveaTokenKinds *kinds;
    double limit; /* largest magnitude */
} Texts;

typedef gboolean (*VisitText) (
    gpointer data, const gint32 *kinds, const float *codes, gint64 n, GError **error);

/* Shows every text with the numbers of its tokens and the latent's codes. */
static gboolean
visit_texts (const Texts *texts, VisitText visit, gpointer data, GError **error)
{
    g_autoptr (FoveaMeter) meter =
        fovea_meter_new ("sae induction", "sequences", texts->sequences->len,
                         fovea_arguments_has (texts->context->arguments, "quiet"));
    guint at = 0;
    for (guint i = 0; i < texts->sequences->len; i++) {
        const FoveaSequenceInfo *sequence = g_ptr_array_index (texts->sequences, i);
        g_autoptr (FoveaTrace) trace = fovea_store_open_trace (texts->store, sequence->id, error);
        if (trace == NULL ||
            g_cancellable_set_error_if_cancelled (texts->context->cancellable, error))
            return FALSE;
        const FoveaTraceInfo *info = fovea_trace_get_info (trace);
        g_autofree gint32 *kinds = g_new (gint32, (gsize) MAX (info->n_tokens, 1));
        g_autofree float *codes = g_new0 (float, (gsize) info->n_tokens);
        for (gint64 t = 0; t < info->n_tokens; t++)
            kinds[t] = fovea_token_kinds_get (
                texts->kinds, info->token_texts != NULL ? info->token_texts[t] : "");
        for (; at < texts->firings->len; at++) {
            const FoveaFiring *firing = &g_array_index (texts->firings, FoveaFiring, at);
            if (firing->sequence != sequence->id)
                break;
            if (firing->position >= 0 && firing->position < info->n_tokens)
                codes[firing->position] = firing->value;
        }
        if (!visit (data, kinds, codes, info->n_tokens, error))
            return FALSE;
        fovea_meter_update (meter, i + 1, NULL);
    }
    return TRUE;
}

/* What repetition would give, by how strongly the latent fires there. */
static gboolean
weigh_expected (gpointer data, const gint32 *kinds, const float *codes, gint64 n, GError **error)
{
    GHashTable *weights = data; /* kind + 1 -> double */
    g_autofree gint32 *expected = g_new (gint32, (gsize) MAX (n, 1));
    fovea_induction_expected (kinds, n, expected);
    for (gint64 t = 0; t < n; t++) {
        if (codes[t] == 0 || expected[t] < 0)
            continue;
        double *weight = g_hash_table_lookup (weights, GINT_TO_POINTER (expected[t] + 1));
        if (weight == NULL) {
            weight = g_new0 (double, 1);
            g_hash_table_insert (weights, GINT_TO_POINTER (expected[t] + 1), weight);
        }
        *weight += fabs ((double) codes[t]);
    }
    return TRUE;
}

static gboolean
find_next (const Texts *texts, gint32 *next, GError **error)
{
    const char *given = fovea_arguments_text (texts->context->arguments, "next", NULL);
    g_autoptr (GHashTable) weights =
        g_hash_table_new_full (g_direct_hash, g_direct_equal, NULL, g_free);
    GHashTableIter iter;
    gpointer key, value;
    double most = 0;
    *next = given != NULL ? fovea_token_kinds_get (texts->kinds, given) : -1;
    if (given != NULL)
        return TRUE;
    if (!visit_texts (texts, weigh_expected, weights, error))
        return FALSE;
    g_hash_table_iter_init (&iter, weights);
    while (g_hash_table_iter_next (&iter, &key, &value)) {
        gint32 kind = GPOINTER_TO_INT (key) - 1;
        double weight = *(double *) value;
        if (weight > most || (weight == most && kind < *next)) {
            most = weight;
            *next = kind;
        }
    }
    if (*next < 0)
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND,
                     "the latent never fires on a token that stood before in its text");
    return *next >= 0;
}

typedef struct {
    FoveaProxyScore score;
    gint32 next;
    double limit;
} Scoring;

static gboolean
add_text (gpointer data, const gint32 *kinds, const float *codes, gint64 n, GError **error)
{
    Scoring *scoring = data;
    g_autofree gboolean *proxy = g_new (gboolean, (gsize) MAX (n, 1));
    fovea_induction_proxy (kinds, n, scoring->next, proxy);
    fovea_proxy_score_add (&scoring->score, codes, proxy, n, scoring->limit);
    return TRUE;
}

static void
note_number (FoveaTable *table, const char *name, double value)
{
    g_autofree char *text = g_strdup_printf ("%.6g", value);
    fovea_table_set_note (table, name, text);
}

static FoveaTable *
tabulate (const Texts *texts, const Scoring *scoring)
{
    const FoveaProxyScore *score = &scoring->score;
    static const FoveaColumn columns[] = {
        {"from", FOVEA_COLUMN_NUMBER, "", "magnitude of the code"},
        {"to", FOVEA_COLUMN_NUMBER, "", ""},
        {"fired", FOVEA_COLUMN_INTEGER, "tokens", "with such a code"},
        {"proxy", FOVEA_COLUMN_INTEGER, "tokens",
         "of them where the token stood before with B behind it"},
        {"share", FOVEA_COLUMN_NUMBER, "", "of the two"},
    };
    FoveaTable *table = fovea_table_new_with ("sae_induction", columns, G_N_ELEMENTS (columns));
    for (int i = FOVEA_PROXY_INTERVALS - 1; i >= 0; i--) {
        guint row = fovea_table_add_row (table);
        fovea_table_set_number (table, row, 0, scoring->limit * i / FOVEA_PROXY_INTERVALS);
        fovea_table_set_number (table, row, 1, scoring->limit * (i + 1) / FOVEA_PROXY_INTERVALS);
        fovea_table_set_integer (table, row, 2, score->fired[i]);
        fovea_table_set_integer (table, row, 3, score->both[i]);
        fovea_table_set_number (table, row, 4, (double) score->both[i] / (double) score->fired[i]);
    }
    fovea_table_set_note (table, "next", fovea_token_kinds_name (texts->kinds, scoring->next));
    note_number (table, "tokens", (double) score->n_tokens);
    note_number (table, "proxy_true", (double) score->n_proxy);
    note_number (table, "fired", (double) score->n_fired);
    note_number (table, "specificity", score->specificity);
    note_number (table, "sensitivity", score->sensitivity);
    return table;
}

static gboolean
score_latent (Texts *texts, GError **error)
{
    Scoring scoring = {.limit = texts->limit};
    if (!find_next (texts, &scoring.next, error) || !visit_texts (texts, add_text, &scoring, error))
        return FALSE;
    fovea_proxy_score_finish (&scoring.score);
    g_autoptr (FoveaTable) table = tabulate (texts, &scoring);
    return fovea_command_write_table (texts->context, table, error);
}

static gboolean
run_induction (FoveaContext *context, GError **error)
{
    const FoveaArguments *a = context->arguments;
    gint64 dictionary = 0;
    if (!fovea_arguments_has (a, "latent")) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE, "sae induction needs --latent J");
        return FALSE;
    }
    g_autoptr (FoveaSae) sae = fovea_sae_load (fovea_arguments_positional (a, 0), error);
    if (sae == NULL)
        return FALSE;
    g_autofree char *hash = fovea_sae_hash (sae);
    g_autoptr (FoveaStore) store =
        fovea_store_open (fovea_arguments_positional (a, 1), FOVEA_STORE_READ, error);
    if (store == NULL || !fovea_store_require_dictionary (store, hash, &dictionary, NULL, error))
        return FALSE;
    g_autoptr (GPtrArray) sequences = fovea_store_list_sequences (store, 0, error);
    g_autoptr (GArray) firings = fovea_store_read_firings (
        store, dictionary, (gint32) fovea_arguments_integer (a, "latent", 0), error);
    g_autoptr (FoveaTokenKinds) kinds = fovea_token_kinds_new ();
    Texts texts = {context, store, sequences, firings, kinds, 0};
    if (sequences == NULL || firings == NULL)
        return FALSE;
    for (guint i = 0; i < firings->len; i++)
        texts.limit =
            fmax (texts.limit, fabs ((double) g_array_index (firings, FoveaFiring, i).value));
    if (texts.limit > 0)
        return score_latent (&texts, error);
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND,
                 "%s has no codes of this latent: it fires on no token",
                 fovea_store_get_path (store));
    return FALSE;
}

const FoveaCommand fovea_command_sae_induction = {
    .name = "sae induction",
    .usage = "FOLDER STORE --latent J",
    .summary = "Tell whether a latent expects a token because of repetition",
    .details =
        "Specificity: of the tokens where the latent fires, the share that stood before in the\n"
        "text with B behind them, by how strongly it fires; sensitivity: of those tokens, the\n"
        "share where it fires. Spaces in front and case do not count.",
    .example = "fovea sae induction my-sae a.fovea --latent 17",
    .options = options,
    .prints = TRUE,
    .least_arguments = 2,
    .most_arguments = 2,
    .run = run_induction,
};

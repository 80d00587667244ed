/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Absorption: words in an order that is shuffled already, so that the first four fifths train. */
#include <math.h>
#include <string.h>

#include "app/sae-bench-job.h"

enum {
    LETTERS = 26,
    EXAMPLES = 10
};

static const struct {
    const char *name;
    FoveaColumnKind kind;
    const char *unit, *description;
} columns[] = {
    {"letter", FOVEA_COLUMN_TEXT, "", "first of the word; \"mean\": of those that count"},
    {"test_words", FOVEA_COLUMN_NUMBER, "words", "that begin with it"},
    {"known", FOVEA_COLUMN_NUMBER, "words", "of them that the probe on activations knows"},
    {"f1", FOVEA_COLUMN_NUMBER, "share", "of that probe"},
    {"sparse_f1", FOVEA_COLUMN_NUMBER, "share", "of a probe on the main latents"},
    {"full", FOVEA_COLUMN_NUMBER, "share", "words whose letter another latent has taken along"},
    {"fraction", FOVEA_COLUMN_NUMBER, "share", "of the letter that other latents carry"},
    {"main_latents", FOVEA_COLUMN_TEXT, "", "the letter's own, the largest weight first"},
};

static char *
print_main (const FoveaLetter *letter)
{
    g_autoptr (GString) text = g_string_new (NULL);
    for (gint32 i = 0; i < letter->n_main; i++)
        g_string_append_printf (text, "%s%d", i > 0 ? " " : "", letter->main[i]);
    return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
add_letter (FoveaTable *table, const FoveaLetter *letter)
{
    const double numbers[] = {(double) letter->n_test,
                              letter->counts ? (double) letter->n_known : NAN,
                              letter->f1,
                              letter->counts ? letter->sparse_f1 : NAN,
                              letter->full,
                              letter->fraction};
    const char name[2] = {letter->letter, '\0'};
    g_autofree char *main_latents = print_main (letter);
    guint row = fovea_table_add_row (table);
    fovea_table_set_text (table, row, 0, name);
    for (guint c = 0; c < G_N_ELEMENTS (numbers); c++)
        fovea_table_set_number (table, row, c + 1, numbers[c]);
    fovea_table_set_text (table, row, G_N_ELEMENTS (columns) - 1, main_latents);
}

/* Letters weigh the same, however many words they have. */
static void
add_means (FoveaTable *table, const FoveaLetter *letters, guint n)
{
    double full = 0, fraction = 0, count = 0;
    for (guint i = 0; i < n; i++) {
        if (!letters[i].counts || letters[i].n_known == 0)
            continue;
        full += letters[i].full;
        fraction += letters[i].fraction;
        count++;
    }
    guint row = fovea_table_add_row (table);
    fovea_table_set_text (table, row, 0, "mean");
    for (guint c = 1; c < 5; c++)
        fovea_table_set_number (table, row, c, NAN);
    fovea_table_set_number (table, row, 5, count > 0 ? full / count : NAN);
    fovea_table_set_number (table, row, 6, count > 0 ? fraction / count : NAN);
    fovea_table_set_text (table, row, G_N_ELEMENTS (columns) - 1, "");
}

/* Words [@first, @first + @n): shares all arrays but the offsets, which begin at 0. */
static FoveaWords
take_words (const FoveaSaeBenchWords *words, gint64 first, gint64 n, FoveaSaeCodes *codes)
{
    const FoveaSaeCodes *all = words->codes;
    gint64 begin = all->offsets[first];
    *codes = (FoveaSaeCodes){.n_rows = n, .n_latents = all->n_latents};
    codes->offsets = g_new (gint64, n + 1);
    for (gint64 i = 0; i <= n; i++)
        codes->offsets[i] = all->offsets[first + i] - begin;
    codes->latents = all->latents + begin;
    codes->values = all->values + begin;
    return (FoveaWords){n, words->d, words->x + first * words->d, codes, words->letters + first};
}

FoveaTable *
fovea_sae_bench_absorb (const FoveaSaeBenchRequest *r, GCancellable *cancellable, GError **error)
{
    g_autoptr (FoveaSaeBenchWords) words = fovea_sae_bench_read_words (
        &r->source, r->most_words, EXAMPLES, r->progress, r->progress_data, cancellable, error);
    if (words == NULL)
        return NULL;
    gint64 n_train = words->n - words->n / 5;
    FoveaSaeCodes train_codes, test_codes;
    FoveaWords train = take_words (words, 0, n_train, &train_codes);
    FoveaWords test = take_words (words, n_train, words->n - n_train, &test_codes);
    FoveaLetter letters[LETTERS];
    guint n;
    gboolean done = fovea_absorption_run (r->source.sae, &train, &test, letters, &n, error);
    g_free (train_codes.offsets);
    g_free (test_codes.offsets);
    if (!done)
        return NULL;
    FoveaTable *table = fovea_table_new ("sae_absorption");
    for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
        fovea_table_add_column (table, columns[i].name, columns[i].kind, columns[i].unit,
                                columns[i].description);
    g_autofree char *split = g_strdup_printf (
        "%" G_GINT64_FORMAT " train, %" G_GINT64_FORMAT " test words", n_train, words->n - n_train);
    fovea_table_set_note (table, "split", split);
    fovea_table_set_note (table, "model", r->source.model);
    for (guint i = 0; i < n; i++)
        add_letter (table, &letters[i]);
    add_means (table, letters, n);
    return table;
}

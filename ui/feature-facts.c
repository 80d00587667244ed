/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Signs are written and coloured; a bar's length is the share of the strongest code on the token. */
#include "ui/feature-facts.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/figures/text.h"
#include "ui/token-text.h"

#define UNIT 1e-3 /* from 1, that half precision makes of it */

enum {
    MOST = 8, /* rows of a section */
    EACH = 4, /* neighbours of either kind */
};

/* Takes the value's string, which is always made for it. */
static void
add (GListStore *facts, const char *label, char *value)
{
    g_autoptr (FoveaFact) fact = fovea_fact_new (label, value);
    g_list_store_append (facts, fact);
    g_free (value);
}

static void
add_signed (GListStore *facts, FoveaTheme theme, const char *label, double share, double value)
{
    g_autofree char *text = g_strdup_printf ("%s%.2f", value < 0 ? "\u2212" : "+", fabs (value));
    const guint32 *map = fovea_color_map_diverging (theme);
    g_autoptr (FoveaFact) fact = fovea_fact_new_marked (
        map[value < 0 ? 24 : 231], value < 0 ? FOVEA_MARK_TRIANGLE_DOWN : FOVEA_MARK_TRIANGLE_UP,
        label, share, text);
    g_list_store_append (facts, fact);
}

/* "97 · fl, followed": the words of the side that it fires on. */
static char *
name_latent (FoveaFeatureModel *model, gint32 latent, double sign)
{
    const FoveaLatentEntry *entry = fovea_latent_list_get (
        fovea_feature_source_get_list (fovea_feature_model_get_source (model)), latent);
    const char *word = sign < 0 ? entry->down[0] : entry->up[0];
    if (word == NULL)
        return g_strdup_printf ("%d", latent);
    g_autofree char *text = fovea_text_token (word, FALSE, FALSE);
    return g_strdup_printf ("%d · %s", latent, text);
}

static void
fill_token (FoveaFeatureModel *model, GArray *codes, FoveaTheme theme, FoveaSection *section)
{
    g_autoptr (GListStore) facts = g_list_store_new (FOVEA_TYPE_FACT);
    double most =
        codes->len > 0 ? fabs ((double) g_array_index (codes, FoveaTokenCode, 0).value) : 1;
    for (guint i = 0; i < MIN (codes->len, MOST); i++) {
        FoveaTokenCode code = g_array_index (codes, FoveaTokenCode, i);
        g_autofree char *name = name_latent (model, code.latent, (double) code.value);
        add_signed (facts, theme, name, fabs ((double) code.value) / most, (double) code.value);
    }
    g_autofree char *more =
        codes->len > MOST ? g_strdup_printf (ngettext ("and %u weaker one", "and %u weaker ones",
                                                       codes->len - MOST),
                                             codes->len - MOST)
                          : NULL;
    fovea_section_set (section, _ ("AT THIS TOKEN"), facts,
                       codes->len == 0 ? _ ("This token was not encoded.") : more);
}

/* A latent on several tokens. */
typedef struct {
    guint n;
    double sum; /* of its codes there, with their signs */
} Shared;

static int
compare_shared (gconstpointer a, gconstpointer b, gpointer table)
{
    gpointer p = *(const gpointer *) a, q = *(const gpointer *) b;
    const Shared *x = g_hash_table_lookup (table, p), *y = g_hash_table_lookup (table, q);
    if (x->n != y->n)
        return x->n > y->n ? -1 : 1;
    double difference = fabs (y->sum) - fabs (x->sum);
    return difference != 0 ? (difference > 0) - (difference < 0)
                           : GPOINTER_TO_INT (p) - GPOINTER_TO_INT (q);
}

static GHashTable *
count_shared (FoveaFeatureModel *model, GArray *tokens)
{
    GHashTable *table = g_hash_table_new_full (NULL, NULL, NULL, g_free);
    for (guint t = 0; t < tokens->len; t++) {
        g_autoptr (GArray) codes =
            fovea_feature_model_list_codes (model, g_array_index (tokens, gint64, t));
        for (guint i = 0; i < codes->len; i++) {
            FoveaTokenCode code = g_array_index (codes, FoveaTokenCode, i);
            Shared *shared = g_hash_table_lookup (table, GINT_TO_POINTER (code.latent));
            if (shared == NULL)
                g_hash_table_insert (table, GINT_TO_POINTER (code.latent),
                                     shared = g_new0 (Shared, 1));
            shared->n++;
            shared->sum += (double) code.value;
        }
    }
    return table;
}

/* Those that most of the chosen tokens have in common: bars are shares of tokens, values mean codes. */
static void
fill_tokens (FoveaFeatureModel *model, GArray *tokens, FoveaTheme theme, FoveaSection *section)
{
    g_autoptr (GListStore) facts = g_list_store_new (FOVEA_TYPE_FACT);
    g_autoptr (GHashTable) table = count_shared (model, tokens);
    g_autoptr (GPtrArray) latents = g_ptr_array_new ();
    GHashTableIter iter;
    gpointer key;
    g_hash_table_iter_init (&iter, table);
    while (g_hash_table_iter_next (&iter, &key, NULL))
        g_ptr_array_add (latents, key);
    g_ptr_array_sort_with_data (latents, compare_shared, table);
    for (guint i = 0; i < MIN (latents->len, MOST); i++) {
        gpointer latent = g_ptr_array_index (latents, i);
        const Shared *shared = g_hash_table_lookup (table, latent);
        g_autofree char *name = name_latent (model, GPOINTER_TO_INT (latent), shared->sum);
        g_autofree char *label =
            g_strdup_printf (_ ("%s, on %u of %u"), name, shared->n, tokens->len);
        add_signed (facts, theme, label, (double) shared->n / tokens->len, shared->sum / shared->n);
    }
    fovea_section_set (section, _ ("AT THE CHOSEN TOKENS"), facts,
                       latents->len == 0 ? _ ("None of these tokens was encoded.")
                                         : _ ("on most of them first; mean code where it is on"));
}

/* "4 tokens", and what they are. */
static char *
name_tokens (const FoveaTraceInfo *info, GArray *tokens, char **sentence)
{
    g_autoptr (GString) words = g_string_new (NULL);
    for (guint i = 0; i < MIN (tokens->len, MOST); i++) {
        g_autofree char *text = fovea_token_text (info, g_array_index (tokens, gint64, i));
        g_string_append_printf (words, "%s%s", i > 0 ? ", " : "", text);
    }
    *sentence = g_strdup_printf (_ ("%s%s (Esc in the strip: none)"), words->str,
                                 tokens->len > MOST ? "…" : "");
    return g_strdup_printf (ngettext ("%u token", "%u tokens", tokens->len), tokens->len);
}

char *
fovea_feature_facts_describe_norms (const double *norms)
{
    if (fabs (norms[0] - 1) < UNIT && fabs (norms[1] - 1) < UNIT)
        return g_strdup (_ ("unit length"));
    g_autofree char *least = fovea_weight_text (norms[0], 2);
    g_autofree char *most = fovea_weight_text (norms[1], 2);
    return g_strdup_printf (_ ("length %s to %s"), least, most);
}

static void
fill_dictionary (FoveaFeatureSource *source, FoveaSection *section)
{
    g_autoptr (GListStore) facts = g_list_store_new (FOVEA_TYPE_FACT);
    const FoveaDictionaryFacts *f = fovea_feature_source_get_facts (source);
    const FoveaLatentList *list = fovea_feature_source_get_list (source);
    gint64 n = fovea_latent_list_get_n (list), silent = 0, both = 0;
    double on = 0;
    for (gint64 j = 0; j < n; j++) {
        const FoveaLatentEntry *entry = fovea_latent_list_get (list, j);
        on += (double) (entry->n_positive + entry->n_negative);
        silent += entry->n_positive + entry->n_negative == 0;
        both += entry->n_positive > 0 && entry->n_negative > 0;
    }
    g_autofree char *count = fovea_number_text (n);
    g_autofree char *never = fovea_number_text (silent);
    g_autofree char *tokens = fovea_number_text (fovea_latent_list_get_n_rows (list));
    add (facts, _ ("Kind"), g_strdup (f->architecture));
    add (facts, _ ("Reads"), g_strdup (f->site));
    add (facts, _ ("Tokens encoded"), g_strdup (tokens));
    add (facts, _ ("Latents on per token"),
         g_strdup_printf ("%.1f%s", on / MAX ((double) fovea_latent_list_get_n_rows (list), 1),
                          f->has_signs ? _ (", signs kept") : ""));
    add (facts, _ ("Silent on these tokens"), g_strdup_printf (_ ("%s of %s"), never, count));
    if (f->has_signs)
        add (facts, _ ("Fire on both sides"),
             g_strdup_printf ("%.1f %%", 100 * (double) both / (double) MAX (n, 1)));
    if (f->fold != NULL)
        add (facts, _ ("Fold state"), g_strdup (f->fold));
    if (f->norms[1] > 0)
        add (facts, _ ("Decoder rows"), fovea_feature_facts_describe_norms (f->norms));
    fovea_section_set (section, _ ("DICTIONARY"), facts, NULL);
}

static void
add_neighbours (FoveaFeatureModel *model, GListStore *facts, FoveaTheme theme, GArray *list)
{
    for (guint i = 0; i < MIN (list->len, EACH); i++) {
        FoveaLatentNeighbour near = g_array_index (list, FoveaLatentNeighbour, i);
        g_autofree char *name = name_latent (model, near.latent, 1);
        add_signed (facts, theme, name, fabs ((double) near.cosine), (double) near.cosine);
    }
}

static void
fill_neighbours (FoveaFeatureModel *model, FoveaTheme theme, FoveaSection *section)
{
    g_autoptr (GListStore) facts = g_list_store_new (FOVEA_TYPE_FACT);
    const FoveaSaeLatent *latent = fovea_feature_model_get_shown (model);
    if (latent != NULL) {
        add_neighbours (model, facts, theme, latent->near);
        add_neighbours (model, facts, theme, latent->opposite);
    }
    gboolean none = latent != NULL && latent->near->len == 0;
    fovea_section_set (section, _ ("CLOSEST DECODER ROWS"), facts,
                       none             ? _ ("Needs the dictionary's folder (Ctrl+Shift+D).")
                       : latent == NULL ? NULL
                                        : _ ("cosine; opposite ones below"));
}

char *
fovea_feature_facts_fill (FoveaFeatureModel *model,
                          FoveaSelection *selection,
                          FoveaTheme theme,
                          FoveaSection *const *sections,
                          char **sentence)
{
    const FoveaTraceInfo *info = fovea_selection_get_info (selection);
    FoveaFeatureSource *source = fovea_feature_model_get_source (model);
    gint64 token = fovea_selection_get_place (selection)->query;
    if (source == NULL || info == NULL) {
        g_autoptr (GListStore) none = g_list_store_new (FOVEA_TYPE_FACT);
        for (guint i = 0; i < 3; i++)
            fovea_section_set (sections[i], NULL, none, NULL);
        *sentence = g_strdup (_ ("no dictionary has codes here yet"));
        return g_strdup (_ ("Features"));
    }
    g_autoptr (GArray) codes = fovea_feature_model_list_codes (model, token);
    g_autofree char *word = fovea_token_quote (info, token);
    g_autofree char *number = fovea_number_text (token);
    g_autofree char *all =
        fovea_number_text (fovea_latent_list_get_n (fovea_feature_source_get_list (source)));
    g_autoptr (GArray) tokens = fovea_selection_list_tokens (selection);
    fill_dictionary (source, sections[1]);
    fill_neighbours (model, theme, sections[2]);
    if (tokens->len > 0) {
        fill_tokens (model, tokens, theme, sections[0]);
        return name_tokens (info, tokens, sentence);
    }
    fill_token (model, codes, theme, sections[0]);
    *sentence = g_strdup_printf (_ ("%u of %s latents on, largest first"), codes->len, all);
    return g_strdup_printf (_ ("Token %s %s"), number, word);
}

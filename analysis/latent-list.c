/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* One pass over the codes. What a token is called is copied only when it comes among the strongest,
 * which after the first sequences is rare. */
#include "analysis/latent-list.h"

#include <math.h>
#include <string.h>

#define FEW 50 /* tokens; balances of fewer are chance */

/* The code behind a word; a negative side keeps magnitudes. */
typedef struct {
    float up[FOVEA_LATENT_WORDS], down[FOVEA_LATENT_WORDS];
} Strengths;

struct _FoveaLatentList {
    gatomicrefcount references;
    gint64 n_latents, n_rows;
    FoveaLatentEntry *entries; /* (F) */
    Strengths *strengths;      /* (F) */
};

FoveaLatentList *
fovea_latent_list_new (gint64 n_latents)
{
    FoveaLatentList *list = g_new0 (FoveaLatentList, 1);
    g_atomic_ref_count_init (&list->references);
    list->n_latents = n_latents;
    list->entries = g_new0 (FoveaLatentEntry, (gsize) n_latents);
    list->strengths = g_new0 (Strengths, (gsize) n_latents);
    return list;
}

FoveaLatentList *
fovea_latent_list_ref (FoveaLatentList *list)
{
    g_atomic_ref_count_inc (&list->references);
    return list;
}

void
fovea_latent_list_unref (FoveaLatentList *list)
{
    if (!g_atomic_ref_count_dec (&list->references))
        return;
    for (gint64 j = 0; j < list->n_latents; j++)
        for (guint i = 0; i < FOVEA_LATENT_WORDS; i++) {
            g_free (list->entries[j].up[i]);
            g_free (list->entries[j].down[i]);
        }
    g_free (list->entries);
    g_free (list->strengths);
    g_free (list);
}

/* Keeps the strongest first. A word that is there already moves up instead of standing twice. */
static void
offer (char **words, float *strengths, const char *text, float strength)
{
    guint at = 0, from = FOVEA_LATENT_WORDS - 1;
    while (at < FOVEA_LATENT_WORDS && strengths[at] >= strength)
        if (words[at] != NULL && strcmp (words[at++], text) == 0)
            return;
    if (at == FOVEA_LATENT_WORDS)
        return;
    for (guint i = at; i < FOVEA_LATENT_WORDS; i++)
        if (words[i] != NULL && strcmp (words[i], text) == 0) {
            from = i;
            break;
        }
    g_free (words[from]);
    memmove (words + at + 1, words + at, (from - at) * sizeof *words);
    memmove (strengths + at + 1, strengths + at, (from - at) * sizeof *strengths);
    words[at] = g_strdup (text);
    strengths[at] = strength;
}

static void
add_code (FoveaLatentList *list, gint32 latent, float value, const char *text)
{
    FoveaLatentEntry *entry = &list->entries[latent];
    Strengths *strengths = &list->strengths[latent];
    if (value > 0) {
        entry->n_positive++;
        entry->most = MAX (entry->most, value);
        if (text != NULL)
            offer (entry->up, strengths->up, text, value);
    } else if (value < 0) {
        entry->n_negative++;
        entry->least = MIN (entry->least, value);
        if (text != NULL)
            offer (entry->down, strengths->down, text, -value);
    }
}

gboolean
fovea_latent_list_add (FoveaLatentList *list,
                       const FoveaTraceInfo *info,
                       const gint64 *positions,
                       const FoveaSaeCodes *codes,
                       GError **error)
{
    if (codes->n_latents != list->n_latents) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE,
                     "codes are over %" G_GINT64_FORMAT
                     " latents, the list is of %" G_GINT64_FORMAT,
                     codes->n_latents, list->n_latents);
        return FALSE;
    }
    for (gint64 i = 0; i < codes->n_rows; i++) {
        gboolean named =
            info->token_texts != NULL && positions[i] >= 0 && positions[i] < info->n_tokens;
        const char *text = named ? info->token_texts[positions[i]] : NULL;
        for (gint64 c = codes->offsets[i]; c < codes->offsets[i + 1]; c++)
            add_code (list, codes->latents[c], codes->values[c], text);
    }
    list->n_rows += codes->n_rows;
    return TRUE;
}

const FoveaLatentEntry *
fovea_latent_list_get (const FoveaLatentList *list, gint64 latent)
{
    g_return_val_if_fail (latent >= 0 && latent < list->n_latents, NULL);
    return &list->entries[latent];
}

gint64
fovea_latent_list_get_n (const FoveaLatentList *list)
{
    return list->n_latents;
}

gint64
fovea_latent_list_get_n_rows (const FoveaLatentList *list)
{
    return list->n_rows;
}

double
fovea_latent_entry_get_balance (const FoveaLatentEntry *entry)
{
    gint64 all = entry->n_positive + entry->n_negative;
    return all > 0 ? 2.0 * (double) MIN (entry->n_positive, entry->n_negative) / (double) all : 0;
}

double
fovea_latent_entry_get_rank (const FoveaLatentEntry *entry)
{
    double all = (double) (entry->n_positive + entry->n_negative);
    return fovea_latent_entry_get_balance (entry) * all / (all + FEW);
}

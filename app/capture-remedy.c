/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A store that is too large is helped by whatever takes bytes from it: parts have their sizes in the
 * prediction, and no sequence is longer than its window, so windows of the room's tokens over the
 * sequences fit even if each is filled. Memory is helped by windows that it holds, which the plan has
 * found, and, where it is a device's, by the host's. */
#include "app/capture-remedy.h"

#include <glib/gi18n.h>

#include "ui/figures/text.h"

#define LEAST_WINDOW 16 /* shorter ones are no answer to anybody's question */

static const char *const without[FOVEA_KEEP_N] = {
    [FOVEA_KEEP_RESIDUAL] = N_ ("Without the residual stream"),
    [FOVEA_KEEP_MLP] = N_ ("Without MLP neurons"),
    [FOVEA_KEEP_DENSE] = N_ ("Without dense maps"),
};

static gboolean
memory_fits (const FoveaPrediction *p)
{
    return p->host_bytes <= p->host_room &&
           (p->device_room == 0 || p->device_bytes <= p->device_room);
}

static void
add (FoveaRemedy *remedies, guint *n, FoveaRemedy remedy)
{
    if (*n < FOVEA_MAX_REMEDIES)
        remedies[(*n)++] = remedy;
}

/* Parts whose leaving out is enough, the largest first; memory does not depend on them surely. */
static void
add_parts (const FoveaPrediction *p, const FoveaRemedyForm *form, FoveaRemedy *remedies, guint *n)
{
    gboolean done[FOVEA_KEEP_N] = {FALSE};
    if (p->store_bytes <= p->store_free || !memory_fits (p))
        return;
    for (guint round = 0; round < FOVEA_KEEP_N; round++) {
        int best = -1;
        for (int part = 0; part < FOVEA_KEEP_N; part++)
            if (without[part] != NULL && form->kept[part] && !done[part] &&
                (best < 0 || p->part_bytes[part] > p->part_bytes[best]))
                best = part;
        if (best < 0)
            return;
        done[best] = TRUE;
        if (p->part_bytes[best] >= p->store_bytes - p->store_free)
            add (remedies, n,
                 (FoveaRemedy){.kind = FOVEA_REMEDY_PART, .part = (FoveaKeepPart) best});
    }
}

static gint64
find_window (const FoveaPrediction *p)
{
    gint64 window = G_MAXINT64;
    if (p->store_bytes > p->store_free && p->n_sequences > 0)
        window =
            (gint64) ((double) p->n_tokens * (double) p->store_free / (double) p->store_bytes) /
            p->n_sequences;
    return memory_fits (p) ? window : MIN (window, p->fitting);
}

guint
fovea_prediction_list_remedies (const FoveaPrediction *p,
                                const FoveaRemedyForm *form,
                                FoveaRemedy *remedies)
{
    guint n = 0;
    gint64 window = find_window (p);
    if (p->refusal == NULL)
        return 0;
    add_parts (p, form, remedies, &n);
    if (form->window > 0 && window >= LEAST_WINDOW && window < form->window)
        add (remedies, &n, (FoveaRemedy){.kind = FOVEA_REMEDY_TOKENS, .tokens = window});
    /* Weights and all, as the device would hold them; the host may map the weights and need less. */
    if (p->device_room > 0 && p->device_bytes > p->device_room && p->store_bytes <= p->store_free &&
        p->device_bytes + p->host_bytes <= p->host_room)
        add (remedies, &n, (FoveaRemedy){.kind = FOVEA_REMEDY_CPU});
    return n;
}

char *
fovea_remedy_describe (const FoveaRemedy *remedy)
{
    g_autofree char *tokens = NULL;
    switch (remedy->kind) {
    case FOVEA_REMEDY_PART:
        return g_strdup (_ (without[remedy->part]));
    case FOVEA_REMEDY_TOKENS:
        tokens = fovea_text_count (remedy->tokens);
        return g_strdup_printf (
            ngettext ("Windows of %s token", "Windows of %s tokens", (gulong) remedy->tokens),
            tokens);
    case FOVEA_REMEDY_CPU:
    default:
        return g_strdup (_ ("Use the CPU"));
    }
}

/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Keys pass over empty bins: there is nothing in them to look at, and a rare latent has many. */
#include "ui/latent-bins.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/figures/text.h"
#include "ui/token-text.h"

#define VEIL 0.6f /* how far what is not chosen steps back */

void
fovea_latent_bins_clear (FoveaLatentBins *bins)
{
    g_free (bins->counts);
    *bins = (FoveaLatentBins){0};
}

gboolean
fovea_latent_bins_holds (const FoveaLatentBins *bins, double x, double y)
{
    return bins->counts != NULL && x >= bins->x && x < bins->x + bins->width && y >= bins->y &&
           y < bins->y + bins->height;
}

static double
get_step (const FoveaLatentBins *bins)
{
    return bins->width / (bins->n_bins - bins->first);
}

guint
fovea_latent_bins_find (const FoveaLatentBins *bins, double x)
{
    double at = bins->first + (x - bins->x) / get_step (bins);
    return (guint) CLAMP (at, bins->first, bins->n_bins - 1);
}

/* The code at the lower end of a bin. */
static char *
spell_edge (const FoveaLatentBins *bins, guint bin)
{
    double value = bins->limit * (2.0 * bin / bins->n_bins - 1);
    g_autofree char *number = fovea_text_number (value, 2);
    return value > 0 ? g_strconcat ("+", number, NULL) : g_steal_pointer (&number);
}

char *
fovea_latent_bins_name (const FoveaLatentBins *bins, const FoveaCodeBins *chosen)
{
    g_autofree char *from = spell_edge (bins, chosen->first);
    g_autofree char *to = spell_edge (bins, chosen->last + 1);
    return g_strdup_printf (_ ("codes %s to %s"), from, to);
}

char *
fovea_latent_bins_describe (const FoveaLatentBins *bins, const FoveaCodeBins *chosen)
{
    gint64 n = 0;
    for (guint i = chosen->first; i <= chosen->last && i < bins->n_bins; i++)
        n += bins->counts[i];
    g_autofree char *name = fovea_latent_bins_name (bins, chosen);
    g_autofree char *count = fovea_number_text (n);
    return g_strdup_printf (ngettext ("%s, %s token", "%s, %s tokens", (gulong) n), name, count);
}

gboolean
fovea_latent_bins_step (const FoveaLatentBins *bins,
                        const FoveaCodeBins *chosen,
                        int by,
                        FoveaCodeBins *next)
{
    if (bins->counts == NULL)
        return FALSE;
    int at = chosen == NULL ? (int) bins->n_bins / 2 - (by > 0)
             : by > 0       ? (int) chosen->last
                            : (int) chosen->first;
    do
        at += by;
    while (at >= (int) bins->first && at < (int) bins->n_bins && bins->counts[at] == 0);
    *next = (FoveaCodeBins){bins->n_bins, (guint) at, (guint) at};
    return at >= (int) bins->first && at < (int) bins->n_bins;
}

gboolean
fovea_latent_bins_widen (const FoveaLatentBins *bins,
                         const FoveaCodeBins *chosen,
                         int by,
                         FoveaCodeBins *next)
{
    int first = MAX ((int) chosen->first - by, (int) bins->first);
    int last = MIN ((int) chosen->last + by, (int) bins->n_bins - 1);
    if (bins->counts == NULL || first > last)
        return FALSE;
    *next = (FoveaCodeBins){bins->n_bins, (guint) first, (guint) last};
    return next->first != chosen->first || next->last != chosen->last;
}

void
fovea_latent_bins_draw (const FoveaLatentBins *bins,
                        const FoveaCodeBins *chosen,
                        GtkSnapshot *snapshot,
                        const FoveaPalette *palette)
{
    GdkRGBA veil = palette->view;
    double step = get_step (bins), from = bins->x + (chosen->first - bins->first) * step;
    double to = bins->x + (chosen->last + 1 - bins->first) * step, end = bins->x + bins->width;
    veil.alpha = VEIL;
    fovea_fill_draw (snapshot, bins->x, bins->y, from - bins->x, bins->height, 0, &veil);
    fovea_fill_draw (snapshot, to, bins->y, end - to, bins->height, 0, &veil);
    fovea_box_draw (snapshot, floor (from) - 2, bins->y, ceil (to - from) + 4, bins->height + 2, 3,
                    2, &palette->accent_text);
}

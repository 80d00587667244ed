/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* What the caption says is said by the caller's numbers alone, so that it does not matter who draws. */
#include "app/latent-figure.h"

#include <math.h>

#include "ui/figures/figure-latent.h"
#include "ui/figures/text.h"

static void
append_neighbour (GString *text, const char *what, GArray *list)
{
    if (list->len == 0)
        return;
    const FoveaLatentNeighbour *item = &g_array_index (list, FoveaLatentNeighbour, 0);
    g_string_append_printf (text, " %s: latent %d, cosine %s%.2f.", what, item->latent,
                            item->cosine < 0 ? "−" : "", fabs ((double) item->cosine));
}

static char *
make_caption (const FoveaSaeLatent *latent, const FoveaLatentPage *page)
{
    g_autofree char *latents = fovea_text_count (page->n_latents);
    g_autofree char *tokens = fovea_text_count (latent->n_rows);
    double share = (double) latent->codes->len / (double) MAX (latent->n_rows, 1);
    double often = fovea_sae_latent_consistency (latent);
    g_autofree char *percent = fovea_text_number (100 * share, 2);
    GString *text = g_string_new (NULL);
    g_string_printf (
        text,
        "Latent %d of a dictionary (%s) on %s: %s latents; %s tokens, of which it fires "
        "on %s %%",
        latent->latent, page->architecture, page->site, latents, tokens, percent);
    g_autofree char *times = fovea_text_number (often, 2);
    if (isfinite (often))
        g_string_append_printf (text, ", %s times in a text where it does", times);
    g_string_append_c (text, '.');
    append_neighbour (text, "Nearest", latent->near);
    append_neighbour (text, "Most opposite", latent->opposite);
    return g_string_free (text, FALSE);
}

FoveaFigure *
fovea_latent_figure_new (const FoveaSaeLatent *latent, const FoveaLatentPage *page, GError **error)
{
    g_autofree char *caption = make_caption (latent, page);
    const FoveaLatentOptions shown = {
        .has_signs = page->has_signs, .n_examples = page->n_examples, .caption = caption};
    const FoveaFigureStyle style = {
        .width_mm = page->width_mm, .letters = TRUE, .caption = TRUE, .theme = page->theme};
    return fovea_figure_latent_new (latent, &shown, &style, error);
}

char *
fovea_latent_figure_print_provenance (gint32 latent, const FoveaLatentPage *page)
{
    return g_strdup_printf ("{\"figure\":\"latent\",\"latent\":%d%s}", latent,
                            page->theme == FOVEA_THEME_DARK ? ",\"theme\":\"dark\"" : "");
}

gboolean
fovea_latent_figure_save (const FoveaSaeLatent *latent,
                          const FoveaLatentPage *page,
                          const char *path,
                          GError **error)
{
    g_autofree char *provenance = fovea_latent_figure_print_provenance (latent->latent, page);
    g_autoptr (FoveaFigure) figure = fovea_latent_figure_new (latent, page, error);
    return figure != NULL && fovea_figure_save (figure, path, page->dpi, provenance, error);
}

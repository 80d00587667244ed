/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Counts stand on a logarithmic axis, so that few strong codes are seen beside many weak ones; a bar
 * of one token has room below it. */
#include "ui/latent-draw.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/figures/axis.h"
#include "ui/figures/text.h"
#include "ui/token-text.h"

#define BELOW_ONE      0.45 /* room under a count of one, in decades */
#define HISTOGRAM      84   /* height of its bars */
#define LEFT           34
#define ROW            20
#define FAILED_OPACITY 0.5 /* of a page from before */
#define SIDE           24
#define NARROW         200 /* less has no room for the whole heading */

/* "+ 95, − 165", where there is no room for more. */
static char *
shorten_counts (const FoveaSaeLatent *latent, gboolean signs)
{
    g_autofree char *plus = fovea_number_text (latent->n_positive);
    g_autofree char *minus = fovea_number_text (latent->n_negative);
    return signs ? g_strdup_printf ("+ %s, − %s", plus, minus) : g_strdup (plus);
}

void
fovea_latent_draw_title (const FoveaLatentCanvas *canvas,
                         double y,
                         const char *title,
                         const char *counts)
{
    int taken = fovea_label_draw (canvas->widget, canvas->snapshot, title, 18, FOVEA_LABEL_BOLD,
                                  &canvas->palette->text, canvas->x, y, 0);
    double room = MAX (1, canvas->width - taken - 12);
    g_autofree char *less = shorten_counts (canvas->latent, canvas->signs);
    gboolean fits = fovea_label_width (canvas->widget, 12.5, FOVEA_LABEL_RIGHT, counts) <= room;
    fovea_label_draw (canvas->widget, canvas->snapshot, fits ? counts : less, 12.5,
                      FOVEA_LABEL_RIGHT, &canvas->palette->quiet, canvas->x + canvas->width, y,
                      room);
}

static GdkRGBA
side_color (const FoveaLatentCanvas *canvas, double sign)
{
    return fovea_palette_rgba (fovea_color_map_signed (canvas->palette->theme,
                                                       sign * 0.85 * canvas->limit, canvas->limit));
}

static double
get_height (double count, double decades)
{
    return HISTOGRAM * (log10 (count) + BELOW_ONE) / (decades + BELOW_ONE);
}

/* "+0.4", "0", "−0.4". */
static char *
code_text (double value)
{
    g_autofree char *number = fovea_text_number (value, 2);
    return value > 0 ? g_strconcat ("+", number, NULL) : g_steal_pointer (&number);
}

static void
draw_axes (const FoveaLatentCanvas *canvas, double x, double base, double width, double decades)
{
    const GdkRGBA *quiet = &canvas->palette->quiet;
    for (int d = 0; d <= (int) decades; d++) {
        g_autofree char *label = fovea_number_text ((gint64) pow (10, d));
        double y = base - get_height (pow (10, d), decades);
        fovea_label_draw (canvas->widget, canvas->snapshot, label, 11, FOVEA_LABEL_RIGHT, quiet,
                          x - 8, y, 0);
        fovea_fill_draw (canvas->snapshot, x - 4, round (y), 4, 1, 0, quiet);
    }
    double low = canvas->signs ? -canvas->limit : 0;
    g_autoptr (GArray) steps = fovea_ticks_steps (low, canvas->limit, FALSE, 6);
    for (guint i = 0; i < steps->len; i++) {
        double value = g_array_index (steps, double, i);
        double at = x + width * (value - low) / (canvas->limit - low);
        g_autofree char *label = code_text (value);
        fovea_label_draw (canvas->widget, canvas->snapshot, label, 11, FOVEA_LABEL_CENTER, quiet,
                          at, base + 13, 0);
        fovea_fill_draw (canvas->snapshot, round (at), base, 1, 4, 0, quiet);
    }
    fovea_fill_draw (canvas->snapshot, x - 1, base, width + 2, 1, 0, quiet);
    fovea_fill_draw (canvas->snapshot, x - 1, base - HISTOGRAM, 1, HISTOGRAM, 0, quiet);
    fovea_label_draw (canvas->widget, canvas->snapshot, _ ("tokens, log"), 11, FOVEA_LABEL_NORMAL,
                      quiet, x + 6, base - HISTOGRAM + 4, 0);
}

double
fovea_latent_draw_histogram (const FoveaLatentCanvas *canvas, double y, FoveaLatentBins *bins)
{
    double limit, x = canvas->x + LEFT, width = canvas->width - LEFT, base = y + HISTOGRAM + 6;
    gint64 *counts = fovea_sae_latent_count_codes (canvas->latent, FOVEA_BINS, &limit);
    guint first = canvas->signs ? 0 : FOVEA_BINS / 2;
    double step = width / (FOVEA_BINS - first), decades = 1;
    fovea_latent_bins_clear (bins);
    *bins =
        (FoveaLatentBins){x, base - HISTOGRAM, width, HISTOGRAM, FOVEA_BINS, first, limit, counts};
    for (guint i = first; i < FOVEA_BINS; i++)
        decades = MAX (decades, ceil (log10 ((double) MAX (counts[i], 1)) + 1e-9));
    for (guint i = first; i < FOVEA_BINS; i++) {
        double value = limit * ((i + 0.5) * 2 / FOVEA_BINS - 1);
        if (counts[i] == 0)
            continue;
        GdkRGBA color =
            fovea_palette_rgba (fovea_color_map_signed (canvas->palette->theme, value, limit));
        double height = get_height ((double) counts[i], decades);
        fovea_fill_draw (canvas->snapshot, x + (i - first) * step + 0.5, base - height, step - 1,
                         height, 0, &color);
    }
    draw_axes (canvas, x, base, width, decades);
    return base + 24;
}

/* One list of next tokens; @sign: of the code that pushes them up. */
static void
draw_pushed (
    const FoveaLatentCanvas *canvas, GArray *tokens, double x, double y, double width, double sign)
{
    GdkRGBA color = side_color (canvas, sign);
    guint n = MIN (tokens->len, FOVEA_PUSHED);
    double most = 0, bar = x + 0.38 * width, room = 0.62 * width - 40;
    for (guint i = 0; i < n; i++)
        most = MAX (most, fabs ((double) g_array_index (tokens, FoveaLatentToken, i).effect));
    const char *heading = width < NARROW ? (sign < 0 ? _ ("− pushes up") : _ ("+ pushes up"))
                          : sign < 0     ? _ ("− pushes these next tokens up")
                                         : _ ("+ pushes these next tokens up");
    fovea_label_draw (canvas->widget, canvas->snapshot, heading, 12.5, FOVEA_LABEL_BOLD, &color, x,
                      y, width);
    for (guint i = 0; i < n && most > 0; i++) {
        const FoveaLatentToken *token = &g_array_index (tokens, FoveaLatentToken, i);
        double row = y + ROW * (i + 1) + 2, size = room * fabs ((double) token->effect) / most;
        g_autofree char *word = fovea_text_token (token->text, token->special, FALSE);
        g_autofree char *number = g_strdup_printf ("%.2f", sign * (double) token->effect);
        fovea_label_draw (canvas->widget, canvas->snapshot, word, 12.5, FOVEA_LABEL_RIGHT,
                          &canvas->palette->text, bar - 8, row, 0.36 * width);
        fovea_fill_draw (canvas->snapshot, bar, row - 5, size, 10, 0, &color);
        fovea_label_draw (canvas->widget, canvas->snapshot, number, 11.5, FOVEA_LABEL_NORMAL,
                          &canvas->palette->quiet, bar + size + 6, row, 0);
    }
}

double
fovea_latent_draw_effects (const FoveaLatentCanvas *canvas, double y, const char *why_not)
{
    const FoveaSaeLatent *latent = canvas->latent;
    double half = canvas->width / 2;
    if (latent->up->len == 0) {
        fovea_label_draw (canvas->widget, canvas->snapshot, _ ("Next tokens that it pushes up"),
                          12.5, FOVEA_LABEL_BOLD, &canvas->palette->text, canvas->x, y, 0);
        fovea_label_draw (canvas->widget, canvas->snapshot,
                          why_not != NULL ? why_not : _ ("not known"), 12, FOVEA_LABEL_NORMAL,
                          &canvas->palette->quiet, canvas->x, y + ROW, canvas->width);
        return y + 2 * ROW;
    }
    if (canvas->signs)
        draw_pushed (canvas, latent->down, canvas->x, y, half - 12, -1);
    draw_pushed (canvas, latent->up, canvas->x + (canvas->signs ? half : 0), y,
                 canvas->signs ? half - 12 : canvas->width, 1);
    return y + ROW * (FOVEA_PUSHED + 1);
}

void
fovea_latent_draw_failed (GtkWidget *widget,
                          GtkSnapshot *snapshot,
                          const FoveaPalette *palette,
                          const FoveaStill *before,
                          gint32 latent,
                          double title)
{
    gboolean any = before->node != NULL;
    g_autofree char *text =
        g_strdup_printf (any ? _ ("Latent %d cannot be read. From before the failure:")
                             : _ ("Latent %d cannot be read."),
                         latent);
    gtk_snapshot_push_opacity (snapshot, FAILED_OPACITY);
    fovea_still_draw (before, widget, snapshot);
    gtk_snapshot_pop (snapshot);
    fovea_label_draw (widget, snapshot, text, 12, FOVEA_LABEL_NORMAL, &palette->text, SIDE,
                      any ? title / 3 : title, 0);
}

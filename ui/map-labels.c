/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Text round the map. Token texts where cells are at least FOVEA_MAP_LABEL_CELL pixels wide,
 * positions at round steps below that; the selected row and column are always named, bold, with the
 * query and key marks. */
#include <glib/gi18n.h>
#include <inttypes.h>
#include <math.h>

#include "ui/color-bar.h"
#include "ui/map-canvas-private.h"
#include "ui/mask-overlay.h"
#include "ui/mask-view.h"
#include "ui/token-text.h"

#define TICK_GAP   70
#define SLANT_HALF 6   /* across, of half the height of a slanted line */
#define LINE_HALF  7   /* of a line of letters */
#define BAR_ROOM   360 /* of a map in whose empty triangle the colour bar is */

/* In widget pixels, which is what text is measured in. */
static double
cell_width (FoveaMapCanvas *self)
{
    return fovea_viewport_get_scale (self->viewport) /
           gtk_widget_get_scale_factor (GTK_WIDGET (self));
}

/* Whether what is left of a name in @room says more than that there is one: half of its letters, and of the
 * chosen one a letter or two. */
static gboolean
is_worth_drawing (FoveaMapCanvas *self, const char *text, FoveaLabelFlags flags, double room)
{
    int whole = fovea_label_width (GTK_WIDGET (self), 11, flags, text);
    int dots = fovea_label_width (GTK_WIDGET (self), 11, flags, "…");
    return room >= whole || room - dots >= (flags & FOVEA_LABEL_BOLD ? dots : whole / 2.0);
}

/* A text that rises to the right from (x, y), as key labels do; it is shortened before the map's right
 * edge, half of its length being across, for what is drawn beyond is cut off. Long names are also by the
 * height that there is, and still drawn. */
static void
draw_slanted (FoveaMapCanvas *self,
              GtkSnapshot *snapshot,
              const char *text,
              FoveaLabelFlags flags,
              const GdkRGBA *color,
              double x,
              double y)
{
    double across = gtk_widget_get_width (GTK_WIDGET (self)) - x - SLANT_HALF * self->text_scale;
    double most = self->top - 14, room = 2 * across;
    if (room < most && !is_worth_drawing (self, text, flags, room))
        return;
    gtk_snapshot_save (snapshot);
    gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float) x, (float) y));
    gtk_snapshot_rotate (snapshot, -60);
    fovea_label_draw (GTK_WIDGET (self), snapshot, text, 11, flags, color, 0, 0, MIN (room, most));
    gtk_snapshot_restore (snapshot);
}

/* The chosen token is bold and ink, the others quiet. */
static void
draw_token_label (FoveaMapCanvas *self,
                  GtkSnapshot *snapshot,
                  const FoveaPalette *palette,
                  gint64 token,
                  gboolean vertical,
                  gboolean chosen)
{
    double first, length;
    g_autofree char *text = fovea_token_text (fovea_selection_get_info (self->selection), token);
    FoveaLabelFlags flags = chosen ? FOVEA_LABEL_BOLD : FOVEA_LABEL_NORMAL;
    const GdkRGBA *color = chosen ? &palette->text : &palette->quiet;
    fovea_map_canvas_locate (self, token, vertical, &first, &length);
    double middle = first + length / 2;
    if (!vertical) {
        draw_slanted (self, snapshot, text, flags, color, middle, self->top - 8);
        return;
    }
    if (middle + LINE_HALF * self->text_scale > gtk_widget_get_height (GTK_WIDGET (self)))
        return; /* its row is partly in sight, its letters would be cut through */
    int width =
        fovea_label_draw (GTK_WIDGET (self), snapshot, text, 11, flags | FOVEA_LABEL_RIGHT, color,
                          self->left - 8, middle, self->left - 34 * self->text_scale);
    if (chosen)
        fovea_label_draw (GTK_WIDGET (self), snapshot, "▶", 10, FOVEA_LABEL_CENTER, color,
                          self->left - 8 - 10 * self->text_scale - width, middle, 0);
}

static void
draw_tokens (FoveaMapCanvas *self,
             GtkSnapshot *snapshot,
             const FoveaPalette *palette,
             gboolean vertical)
{
    gint64 first, end;
    const FoveaPlace *place = fovea_selection_get_place (self->selection);
    fovea_viewport_get_span (self->viewport, vertical, &first, &end);
    for (gint64 t = first; t < end; t++)
        draw_token_label (self, snapshot, palette, t, vertical,
                          t == (vertical ? place->query : place->key));
}

static void
draw_position (FoveaMapCanvas *self,
               GtkSnapshot *snapshot,
               const FoveaPalette *palette,
               gint64 token,
               gboolean vertical,
               gboolean chosen)
{
    double first, length;
    FoveaLabelFlags flags = chosen ? FOVEA_LABEL_BOLD : FOVEA_LABEL_NORMAL;
    const GdkRGBA *color = chosen ? &palette->text : &palette->quiet;
    g_autofree char *text = fovea_number_text (token);
    fovea_map_canvas_locate (self, token, vertical, &first, &length);
    double middle = first + MIN (length, 2) / 2;
    if (vertical) {
        fovea_label_draw (GTK_WIDGET (self), snapshot, text, 11, flags | FOVEA_LABEL_RIGHT, color,
                          self->left - (chosen ? 14 * self->text_scale : 9), middle, 0);
        if (!chosen)
            fovea_fill_draw (snapshot, self->left - 6, middle - 0.5, 4, 1, 0, &palette->quiet);
    } else {
        double half = fovea_label_width (GTK_WIDGET (self), 11, flags, text) / 2.0;
        double most = gtk_widget_get_width (GTK_WIDGET (self)) - half; /* beyond it would be cut */
        fovea_label_draw (GTK_WIDGET (self), snapshot, text, 11, flags | FOVEA_LABEL_CENTER, color,
                          MIN (middle, most), self->top - 7 - 11 * self->text_scale, 0);
        if (!chosen)
            fovea_fill_draw (snapshot, middle - 0.5, self->top - 6, 1, 4, 0, &palette->quiet);
    }
}

/* The chosen position is always there; ticks that would touch it give way. */
static void
draw_positions (FoveaMapCanvas *self,
                GtkSnapshot *snapshot,
                const FoveaPalette *palette,
                gboolean vertical)
{
    gint64 first, end;
    const FoveaPlace *place = fovea_selection_get_place (self->selection);
    double cell = cell_width (self);
    gint64 step = fovea_viewport_find_step (self->viewport, TICK_GAP * self->text_scale / cell);
    gint64 chosen = vertical ? place->query : place->key;
    double keep_clear = (vertical ? 14 : 40) * self->text_scale;
    fovea_viewport_get_span (self->viewport, vertical, &first, &end);
    for (gint64 t = (first + step - 1) / step * step; t < end; t += step)
        if (fabs ((double) (t - chosen) * cell) > keep_clear)
            draw_position (self, snapshot, palette, t, vertical, FALSE);
    if (chosen >= first && chosen < end)
        draw_position (self, snapshot, palette, chosen, vertical, TRUE);
}

/* Query and key glyphs beside positions; token labels bring theirs along. */
static void
draw_glyphs (FoveaMapCanvas *self, GtkSnapshot *snapshot, const FoveaPalette *palette)
{
    const FoveaPlace *place = fovea_selection_get_place (self->selection);
    gboolean tokens = cell_width (self) >= FOVEA_MAP_LABEL_CELL * self->text_scale;
    gint64 first, end;
    double at, length;
    fovea_viewport_get_span (self->viewport, TRUE, &first, &end);
    fovea_map_canvas_locate (self, place->query, TRUE, &at, &length);
    if (place->query >= first && place->query < end && !tokens)
        fovea_label_draw (GTK_WIDGET (self), snapshot, "▶", 10, FOVEA_LABEL_CENTER, &palette->text,
                          self->left - 7, at + length / 2, 0);
    fovea_viewport_get_span (self->viewport, FALSE, &first, &end);
    fovea_map_canvas_locate (self, place->key, FALSE, &at, &length);
    if (place->key >= first && place->key < end && !tokens)
        fovea_label_draw (GTK_WIDGET (self), snapshot, "▼", 10, FOVEA_LABEL_CENTER, &palette->text,
                          at + length / 2, self->top - 6, 0);
}

void
fovea_map_canvas_draw_labels (FoveaMapCanvas *self,
                              GtkSnapshot *snapshot,
                              const FoveaPalette *palette)
{
    gboolean tokens = cell_width (self) >= FOVEA_MAP_LABEL_CELL * self->text_scale;
    for (int vertical = 0; vertical <= 1; vertical++) {
        if (tokens)
            draw_tokens (self, snapshot, palette, vertical);
        else
            draw_positions (self, snapshot, palette, vertical);
    }
    draw_glyphs (self, snapshot, palette);
}

gboolean
fovea_map_canvas_is_causal (FoveaMapCanvas *self)
{
    const FoveaTraceInfo *info = fovea_selection_get_info (self->selection);
    guint layer = fovea_selection_get_place (self->selection)->layer;
    return info != NULL && fovea_trace_info_get_rule (info, layer).causal;
}

gboolean
fovea_map_canvas_shows_bar (FoveaMapCanvas *self)
{
    double side = cell_width (self) * (double) fovea_viewport_get_tokens (self->viewport);
    return fovea_viewport_is_fit (self->viewport) && side >= BAR_ROOM * self->text_scale &&
           fovea_map_canvas_is_causal (self);
}

/* In as many lines as it has parts where one line has no room for it; gives where the next begins. */
static double
draw_explanation (FoveaMapCanvas *self,
                  GtkSnapshot *snapshot,
                  const FoveaPalette *palette,
                  const char *text,
                  double x,
                  double y,
                  double width)
{
    GtkWidget *widget = GTK_WIDGET (self);
    gboolean fits = fovea_label_width (widget, 11, FOVEA_LABEL_NORMAL, text) <= width;
    g_auto (GStrv) lines = g_strsplit (text, "; ", fits ? 1 : 0);
    for (guint i = 0; lines[i] != NULL; i++)
        fovea_label_draw (widget, snapshot, lines[i], 11, FOVEA_LABEL_NORMAL, &palette->quiet, x,
                          y + i * 15 * self->text_scale, width);
    return y + g_strv_length (lines) * 15 * self->text_scale;
}

/* Which mask, its three colours and how much each is, in place of the colour bar. */
static void
draw_mask_key (FoveaMapCanvas *self,
               GtkSnapshot *snapshot,
               const FoveaPalette *palette,
               double x,
               double y,
               double width)
{
    int block = (int) ceil (1 / fovea_viewport_get_scale (self->viewport) - 1e-6);
    g_autofree char *name = fovea_sparse_model_name_mask (self->sparse);
    g_autofree char *joined = fovea_mask_key_explain (palette->theme, block);
    fovea_label_draw (GTK_WIDGET (self), snapshot, name, 12, FOVEA_LABEL_BOLD, &palette->text, x, y,
                      width);
    fovea_mask_key_draw (GTK_WIDGET (self), snapshot, palette,
                         fovea_sparse_model_get_numbers (self->sparse), x,
                         y + 12 * self->text_scale, 160 * self->text_scale);
    g_autofree char *beyond = fovea_map_canvas_describe_beyond (self);
    y = draw_explanation (self, snapshot, palette, joined, x, y + 94 * self->text_scale, width);
    if (beyond != NULL)
        draw_explanation (self, snapshot, palette, beyond, x, y, width);
}

/* What a colour is of: a cell or a block.   Owner: caller. */
static char *
name_quantity (FoveaMapCanvas *self, const FoveaTileSpec *spec)
{
    double scale = fovea_viewport_get_scale (self->viewport);
    int block = (int) ceil (1 / scale - 1e-6);
    gboolean score = spec->color == FOVEA_COLOR_SCORE && !spec->difference;
    const char *how = self->block == FOVEA_BLOCK_MEAN ? _ ("Mean") : _ ("Largest");
    if (spec->difference) {
        const char *theirs = fovea_selection_get_reference (self->selection)->title;
        return scale >= 1
                   ? g_strdup_printf (_ ("Weight less that of “%s”"), theirs)
                   : g_strdup_printf (_ ("%s weight of each %d × %d block less that of “%s”"), how,
                                      block, block, theirs);
    }
    if (scale >= 1)
        return g_strdup (score ? _ ("Score before the softmax, nats") : _ ("Weight"));
    return g_strdup_printf (_ ("%s %s of each %d × %d block%s"), how,
                            score ? _ ("score") : _ ("weight"), block, block,
                            score && block >= 64 ? _ (", sampled queries") : "");
}

void
fovea_map_canvas_draw_bar (FoveaMapCanvas *self, GtkSnapshot *snapshot, const FoveaPalette *palette)
{
    double side = cell_width (self) * (double) fovea_viewport_get_tokens (self->viewport);
    if (!fovea_map_canvas_shows_bar (self))
        return;
    FoveaTileSpec spec;
    fovea_map_canvas_get_spec (self, &spec);
    double x = self->left + side * 0.44, y = self->top + side * 0.06;
    if (spec.overlay) {
        draw_mask_key (self, snapshot, palette, x, y, side * 0.5);
        return;
    }
    g_autofree char *blocks = name_quantity (self, &spec);
    fovea_label_draw (GTK_WIDGET (self), snapshot, blocks, 12, FOVEA_LABEL_BOLD, &palette->text, x,
                      y, side * 0.56);
    fovea_color_bar_draw_horizontal (GTK_WIDGET (self), snapshot, palette, &spec, x,
                                     y + 14 * self->text_scale, side * 0.44);
    fovea_label_draw (GTK_WIDGET (self), snapshot,
                      spec.difference ? _ ("Brown: more here; blue: less. Grey: future.")
                                      : _ ("Grey: future, not computed."),
                      11, FOVEA_LABEL_NORMAL, &palette->quiet, x, y + 12 + 48 * self->text_scale,
                      0);
}

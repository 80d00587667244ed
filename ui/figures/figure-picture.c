/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* What one position of an image model looks at, laid over the picture: the picture as the model
 * read it, its rollout, and every head of every layer. All panels share one colour scale, so that a
 * pale panel means little weight on patches and not another scale. Picture and rollout stand above the
 * heads or, on a page of a set height where these are then larger, beside them. */

#include "analysis/rollout.h"
#include "capture/attention.h"
#include "ui/figures/color-bar.h"
#include "ui/figures/color-map.h"
#include "ui/figures/figure-private.h"
#include "ui/figures/picture-image.h"

#define CAPTION 1.4 /* above its first line, in sizes of text */
#define GAP     4.0 /* points between panels */
#define BAR     114.0
#define MOST    86.0 /* side of a panel, where the content sets the height */

#define COLUMN     0.25 /* of the width, for picture and rollout beside the heads */
#define LEAST_SIDE 12.0 /* points */

typedef struct {
    FoveaScene *scene;
    const FoveaTraceInfo *info;
    FoveaFigureMeasures measures;
    FoveaRamp ramp;
    gint64 query;
    FoveaPictureImage *image;
    float *weights;    /* (T) of the panel at hand */
    double side, left; /* of a panel; of the first column */
    double shown;      /* side of picture and rollout */
    gboolean beside;   /* they stand beside the heads */
} PictureLayout;

static void
clear_layout (PictureLayout *layout)
{
    fovea_scene_free (layout->scene);
    fovea_picture_image_free (layout->image);
    g_free (layout->weights);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PictureLayout, clear_layout)

/* The patch that asks, framed; the class token has no place in the picture. */
static void
add_panel (const PictureLayout *layout, double x, double y, double side, FoveaIndexedImage *image)
{
    double cell = side / (double) layout->image->across;
    gint64 patch = layout->query - 1;
    fovea_scene_add_image (layout->scene, x, y, side, side, image);
    if (patch >= 0)
        for (int i = 0; i < 2; i++) /* seen on dark and on light */
            fovea_scene_add_rectangle (
                layout->scene, x + (double) (patch % layout->image->across) * cell,
                y + (double) (patch / layout->image->across) * cell, cell, cell, 0,
                i == 0 ? layout->measures.inks->ground : layout->measures.inks->ink,
                i == 0 ? 1.8 : 0.7);
}

static void
add_word (
    const PictureLayout *layout, double x, double baseline, FoveaAnchor anchor, const char *word)
{
    FoveaTextStyle style = {layout->measures.text, FALSE, layout->measures.inks->ink, anchor,
                            FALSE};
    fovea_scene_add_text (layout->scene, x, baseline, word, &style);
}

/* At (@x, @y); gives the lower edge. */
static double
add_key (PictureLayout *layout, double x, double y, double room)
{
    double text = layout->measures.text, width, height;
    double bar = MIN (BAR, room - 5 * text); /* room for zero and the last label */
    g_autofree char *from =
        layout->query == 0
            ? g_strdup ("from the class token")
            : g_strdup_printf ("from patch %s", layout->info->token_texts != NULL
                                                    ? layout->info->token_texts[layout->query]
                                                    : "");
    fovea_color_bar_add (layout->scene, &layout->ramp, x, y, bar, text, "weight on a patch", from);
    fovea_color_bar_get_size (&layout->ramp, bar, text, 2, &width, &height);
    return y + height;
}

/* The picture, its rollout and the key of the colours, in a row or a column. Gives where the heads
 * begin. */
static gboolean
add_first_panels (PictureLayout *layout,
                  FoveaTrace *trace,
                  double *bottom,
                  GCancellable *cancellable,
                  GError **error)
{
    double text = layout->measures.text, y = 1.4 * text, side = layout->shown;
    double step = side + 4 * GAP, x = layout->beside ? 0 : layout->left;
    double second = layout->beside ? x : x + step,
           below = layout->beside ? y + side + 1.6 * text : y;
    if (!fovea_rollout_read (trace, layout->query, layout->weights, cancellable, error))
        return FALSE;
    add_word (layout, x, text, FOVEA_ANCHOR_START, "picture");
    add_word (layout, second, below - 0.4 * text, FOVEA_ANCHOR_START, "rollout");
    add_panel (layout, x, y, side, fovea_picture_image_draw (layout->image));
    add_panel (layout, second, below, side,
               fovea_picture_image_overlay (layout->image, &layout->ramp, layout->weights,
                                            layout->measures.inks->theme));
    if (layout->beside) {
        add_key (layout, x, below + side + text, COLUMN * layout->measures.width);
        *bottom = 0;
        return TRUE;
    }
    double key = second + side + 6 * GAP;
    double low = add_key (layout, key, y, layout->measures.width - key);
    *bottom = MAX (y + side, low) + 1.2 * text;
    return TRUE;
}

static gboolean
add_layer (PictureLayout *layout, FoveaTrace *trace, guint layer, double y, GError **error)
{
    gint64 T = layout->info->n_tokens;
    g_autoptr (FoveaAttention) attention = fovea_attention_open (trace, layer, error);
    g_autofree char *name = g_strdup_printf ("layer %u", layer);
    if (attention == NULL)
        return FALSE;
    add_word (layout, layout->left - GAP, y + layout->side / 2 + 0.36 * layout->measures.text,
              FOVEA_ANCHOR_END, name);
    for (guint head = 0; head < layout->info->architecture->n_heads; head++) {
        if (!fovea_attention_read_pattern (attention, head, layout->query, layout->query + 1, 0, T,
                                           layout->weights, error))
            return FALSE;
        add_panel (layout, layout->left + head * (layout->side + GAP), y, layout->side,
                   fovea_picture_image_overlay (layout->image, &layout->ramp, layout->weights,
                                                layout->measures.inks->theme));
    }
    return TRUE;
}

static char *
write_caption (const PictureLayout *layout)
{
    return fovea_figure_caption (layout->info,
                                 "Rollout mixes half of each position with the mean of its heads.");
}

static gboolean
add_grid (
    PictureLayout *layout, FoveaTrace *trace, double y, GCancellable *cancellable, GError **error)
{
    const FoveaArchitecture *a = layout->info->architecture;
    double text = layout->measures.text;
    for (guint head = 0; head < a->n_heads; head++) {
        g_autofree char *name = g_strdup_printf (head == 0 ? "head %u" : "%u", head);
        add_word (layout, layout->left + head * (layout->side + GAP) + layout->side / 2, y + text,
                  FOVEA_ANCHOR_MIDDLE, name);
    }
    y += 1.5 * text;
    for (guint layer = 0; layer < a->n_layers; layer++, y += layout->side + GAP)
        if (g_cancellable_set_error_if_cancelled (cancellable, error) ||
            !add_layer (layout, trace, layer, y, error))
            return FALSE;
    g_autofree char *words = write_caption (layout);
    y = MAX (y, fovea_scene_get_content (layout->scene).y1);
    fovea_figure_add_caption (layout->scene, &layout->measures, y + CAPTION * text, words);
    return TRUE;
}

/* Sides of the panels, above each other and beside each other. */
static gboolean
choose_place (PictureLayout *layout, GError **error)
{
    const FoveaArchitecture *a = layout->info->architecture;
    double text = layout->measures.text, page = layout->measures.width, L = a->n_layers;
    double labels = fovea_text_width ("layer 00", text, FALSE) + GAP, key, width;
    g_autofree char *words = write_caption (layout);
    double foot = fovea_figure_measure_caption (&layout->measures, CAPTION * text, words);
    double high = layout->measures.max_height - foot - L * GAP;
    double most = layout->measures.height > 0 ? page : MOST;
    fovea_color_bar_get_size (&layout->ramp, BAR, text, 2, &width, &key);
    double across = (page - labels + GAP) / a->n_heads - GAP;
    layout->left = labels;
    layout->side = MIN (MIN (across, most), (high - 4.1 * text) / (L + 1));
    if (layout->side < key) /* which is then what makes the first row so high */
        layout->side = MIN (layout->side, (high - 4.1 * text - key) / L);
    layout->shown = layout->side;
    double shown = MIN (COLUMN * page, (high + L * GAP - key - 4.4 * text) / 2);
    double left = MAX (shown, COLUMN * page) + 3 * GAP + labels;
    double side = MIN ((page - left + GAP) / a->n_heads - GAP, (high - 1.5 * text) / L);
    side = MIN (side, shown); /* a head is no larger than the picture */
    layout->beside = layout->measures.height > 0 && side > layout->side;
    if (layout->beside) {
        layout->left = left;
        layout->side = side;
        layout->shown = shown;
    }
    return layout->side >= LEAST_SIDE ||
           fovea_figure_check_room ("picture", layout->side - LEAST_SIDE, layout->side, error);
}

static gboolean
measure (PictureLayout *layout,
         const FoveaPictureOptions *options,
         const FoveaFigureStyle *style,
         GError **error)
{
    if (!fovea_figure_measure (style, FOVEA_FIGURE_DOUBLE_MM, &layout->measures, error))
        return FALSE;
    if (!fovea_picture_image_has (layout->info)) {
        g_set_error (
            error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED,
            "figure picture: %s is no sequence of patches; capture a picture with an image "
            "model",
            layout->info->title != NULL ? layout->info->title : "the sequence");
        return FALSE;
    }
    if (options->query < 0 || options->query >= layout->info->n_tokens) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                     "figure picture: query %" G_GINT64_FORMAT " is outside 0 to %" G_GINT64_FORMAT,
                     options->query, layout->info->n_tokens - 1);
        return FALSE;
    }
    double floor =
        options->floor > 0 ? options->floor : fovea_color_map_floor (layout->info->n_tokens);
    layout->ramp = options->scale == FOVEA_COLOR_LINEAR ? (FoveaRamp){FOVEA_RAMP_LINEAR, 0, 1}
                                                        : (FoveaRamp){FOVEA_RAMP_LOG, floor, 1};
    layout->query = options->query;
    return choose_place (layout, error);
}

FoveaFigure *
fovea_figure_picture_new (FoveaTrace *trace,
                          const FoveaPictureOptions *options,
                          const FoveaFigureStyle *style,
                          GCancellable *cancellable,
                          GError **error)
{
    g_auto (PictureLayout) layout = {.info = fovea_trace_get_info (trace)};
    double bottom;
    if (!measure (&layout, options, style, error))
        return NULL;
    layout.image = fovea_picture_image_new (trace, error);
    if (layout.image == NULL)
        return NULL;
    layout.weights = g_new0 (float, (gsize) layout.info->n_tokens);
    layout.scene = fovea_scene_new (layout.measures.width, layout.measures.inks);
    if (!add_first_panels (&layout, trace, &bottom, cancellable, error) ||
        !add_grid (&layout, trace, bottom, cancellable, error))
        return NULL;
    return fovea_figure_finish (g_steal_pointer (&layout.scene), &layout.measures, error,
                                "What position %" G_GINT64_FORMAT " of a picture looks at",
                                options->query);
}

/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Words are set outwards from the firing token until the next would not fit whole. The space before a
 * word belongs to its width but not to its chip. */
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "ui/figures/text.h"
#include "ui/latent-draw.h"
#include "ui/token-text.h"

#define ROW   22
#define CHIP  18
#define VALUE 52 /* room of the number at the right */
#define PAD   3

/* A word as it is drawn, without the space before it. Made when it is asked for: of the forty tokens
 * of a window about half are drawn. */
typedef struct {
    PangoLayout *layout;
    double before; /* width of that space */
    double width;
    int height;
} Word;

static void
clear_word (gpointer data)
{
    g_clear_object (&((Word *) data)->layout);
}

static const Word *
get_word (const FoveaLatentCanvas *canvas, const FoveaLatentExample *e, GArray *words, guint i)
{
    Word *word = &g_array_index (words, Word, i);
    int width;
    if (word->layout != NULL)
        return word;
    g_autofree char *running = fovea_text_token (e->texts[i], e->special[i], TRUE);
    gsize spaces = strspn (running, " ");
    /* A token of spaces alone would be a chip with nothing on it: it is written as elsewhere. */
    g_autofree char *text = running[spaces] != '\0'
                                ? g_strdup (running + spaces)
                                : fovea_text_token (e->texts[i], e->special[i], FALSE);
    gboolean fires = e->first + i == e->position;
    word->layout = fovea_label_layout (canvas->widget, 12.5,
                                       fires ? FOVEA_LABEL_BOLD : FOVEA_LABEL_NORMAL, text);
    pango_layout_get_pixel_size (word->layout, &width, &word->height);
    word->before = 4.0 * (double) MIN (spaces, 4);
    word->width = width + (e->codes[i] != 0 ? 2 * PAD : 0);
    return word;
}

static void
draw_word (const FoveaLatentCanvas *canvas,
           const FoveaLatentExample *e,
           guint i,
           const Word *word,
           double x,
           double y)
{
    gboolean chip = e->codes[i] != 0;
    GdkRGBA ink = canvas->palette->quiet;
    if (chip) {
        guint32 ground =
            fovea_color_map_signed (canvas->palette->theme, (double) e->codes[i], canvas->limit);
        GdkRGBA fill = fovea_palette_rgba (ground);
        ink = fovea_palette_rgba (fovea_color_map_text_on (ground));
        fovea_fill_draw (canvas->snapshot, x, y - CHIP / 2.0, word->width, CHIP, 4, &fill);
    }
    gtk_snapshot_save (canvas->snapshot);
    gtk_snapshot_translate (
        canvas->snapshot,
        &GRAPHENE_POINT_INIT ((float) (x + (chip ? PAD : 0)), (float) (y - word->height / 2.0)));
    gtk_snapshot_append_layout (canvas->snapshot, word->layout, &ink);
    gtk_snapshot_restore (canvas->snapshot);
}

static void
draw_context (const FoveaLatentCanvas *canvas,
              const FoveaLatentExample *e,
              double y,
              guint row,
              GArray *boxes)
{
    double left = canvas->x, right = canvas->x + canvas->width - VALUE,
           centre = canvas->x + 0.46 * (canvas->width - VALUE), x = centre;
    guint own = (guint) (e->position - e->first), from = own, to = own + 1;
    g_autoptr (GArray) words = g_array_sized_new (FALSE, TRUE, sizeof (Word), e->n);
    g_array_set_clear_func (words, clear_word);
    g_array_set_size (words, e->n);
    const Word *word = get_word (canvas, e, words, own);
    double end = centre + word->width;
    x -= word->before;
    for (const Word *w; from > 0; from--, x -= w->before + w->width) {
        w = get_word (canvas, e, words, from - 1);
        if (x - w->before - w->width < left)
            break;
    }
    for (const Word *w; to < e->n; to++, end += w->before + w->width) {
        w = get_word (canvas, e, words, to);
        if (end + w->before + w->width > right)
            break;
    }
    for (guint i = from; i < to; i++) {
        word = get_word (canvas, e, words, i);
        const FoveaContextBox box = {x + word->before, y - ROW / 2.0, word->width, ROW, e, i, row};
        draw_word (canvas, e, i, word, box.x, y);
        g_array_append_val (boxes, box);
        x += word->before + word->width;
    }
    g_autofree char *value =
        g_strdup_printf ("%s%.2f", e->value < 0 ? "\u2212" : "+", fabs ((double) e->value));
    fovea_label_draw (canvas->widget, canvas->snapshot, value, 12.5, FOVEA_LABEL_RIGHT,
                      &canvas->palette->text, canvas->x + canvas->width, y, 0);
}

/* @hint: (nullable): what leads away from here, where there is room for it */
static void
draw_heading (const FoveaLatentCanvas *canvas,
              const char *heading,
              const char *hint,
              const GdkRGBA *color,
              double y)
{
    double room = MAX (1, canvas->width - VALUE);
    int taken = fovea_label_draw (canvas->widget, canvas->snapshot, heading, 12.5, FOVEA_LABEL_BOLD,
                                  color, canvas->x, y, room);
    if (hint != NULL && room - taken > 2 * VALUE)
        fovea_label_draw (canvas->widget, canvas->snapshot, hint, 11, FOVEA_LABEL_NORMAL,
                          &canvas->palette->quiet, canvas->x + taken + 12, y, room - taken - 12);
    fovea_label_draw (canvas->widget, canvas->snapshot, _ ("value"), 11, FOVEA_LABEL_RIGHT,
                      &canvas->palette->quiet, canvas->x + canvas->width, y, 0);
}

/* @why_not: what a list with nothing in it means. */
static double
draw_list (const FoveaLatentCanvas *canvas,
           GPtrArray *list,
           guint most,
           const char *why_not,
           double y,
           guint row,
           GArray *boxes)
{
    if (list->len == 0) {
        fovea_label_draw (canvas->widget, canvas->snapshot, why_not, 12, FOVEA_LABEL_NORMAL,
                          &canvas->palette->quiet, canvas->x, y, 0);
        return y + ROW;
    }
    for (guint i = 0; i < MIN (list->len, most); i++, y += ROW)
        draw_context (canvas, g_ptr_array_index (list, i), y, row + i, boxes);
    return y;
}

/* A side that never fires has a line that says so. */
static double
draw_side (const FoveaLatentCanvas *canvas,
           GPtrArray *list,
           double y,
           double sign,
           guint row,
           GArray *boxes)
{
    GdkRGBA color = fovea_palette_rgba (fovea_color_map_signed (
        canvas->palette->theme, sign * 0.85 * canvas->limit, canvas->limit));
    draw_heading (canvas, sign < 0 ? _ ("Strongest −") : _ ("Strongest +"), NULL, &color, y);
    return draw_list (canvas, list, FOVEA_CONTEXTS, _ ("It never fires on this side."), y + ROW,
                      row, boxes);
}

double
fovea_latent_draw_interval (const FoveaLatentCanvas *canvas,
                            double y,
                            const FoveaLatentInterval *interval,
                            const char *heading,
                            GArray *boxes)
{
    draw_heading (canvas, heading, _ ("Esc: the strongest"), &canvas->palette->text, y);
    return draw_list (canvas, interval->examples, G_MAXUINT, _ ("No token has such a code."),
                      y + ROW, 0, boxes);
}

double
fovea_latent_draw_contexts (const FoveaLatentCanvas *canvas, double y, GArray *boxes)
{
    const FoveaSaeLatent *latent = canvas->latent;
    y = draw_side (canvas, latent->positive, y, 1, 0, boxes);
    if (canvas->signs)
        y = draw_side (canvas, latent->negative, y + 14, -1,
                       MIN (latent->positive->len, FOVEA_CONTEXTS), boxes);
    return y;
}

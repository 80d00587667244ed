/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Words are set outwards from the firing token until the next would not fit whole. The space before a
 * word belongs to its width but not to its chip. */
#include <math.h>
#include <string.h>

#include "ui/figures/text.h"
#include "ui/latent-draw.h"
#include "ui/token-text.h"

#define ROW   22
#define CHIP  18
#define VALUE 52 /* room of the number at the right */
#define PAD   3

/* A word as it is drawn. */
typedef struct {
    char *text;    /* without the space before it */
    double before; /* width of that space */
    double width;
} Word;

static void
clear_word (gpointer data)
{
    g_free (((Word *) data)->text);
}

static double
measure (const FoveaLatentCanvas *canvas, const char *text, gboolean bold)
{
    int width;
    g_autoptr (PangoLayout) layout = fovea_label_layout (
        canvas->widget, 12.5, bold ? FOVEA_LABEL_BOLD : FOVEA_LABEL_NORMAL, text);
    pango_layout_get_pixel_size (layout, &width, NULL);
    return width;
}

static void
make_word (const FoveaLatentCanvas *canvas, const FoveaLatentExample *e, guint i, Word *word)
{
    g_autofree char *running = fovea_text_token (e->texts[i], e->special[i], TRUE);
    gsize spaces = strspn (running, " ");
    gboolean chip = e->codes[i] != 0;
    /* A token of spaces alone would be a chip with nothing on it: it is written as elsewhere. */
    word->text = running[spaces] != '\0' ? g_strdup (running + spaces)
                                         : fovea_text_token (e->texts[i], e->special[i], FALSE);
    word->before = 4.0 * (double) MIN (spaces, 4);
    word->width = measure (canvas, word->text, e->first + i == e->position) + (chip ? 2 * PAD : 0);
}

static void
draw_word (const FoveaLatentCanvas *canvas,
           const FoveaLatentExample *e,
           guint i,
           const Word *word,
           double x,
           double y)
{
    gboolean fires = e->first + i == e->position, chip = e->codes[i] != 0;
    GdkRGBA ink = canvas->palette->quiet;
    if (chip) {
        guint32 ground =
            fovea_color_map_signed (canvas->palette->theme, (double) e->codes[i], canvas->limit);
        GdkRGBA fill = fovea_palette_rgba (ground);
        ink = fovea_palette_rgba (fovea_color_map_text_on (ground));
        fovea_fill_draw (canvas->snapshot, x, y - CHIP / 2.0, word->width, CHIP, 4, &fill);
    }
    fovea_label_draw (canvas->widget, canvas->snapshot, word->text, 12.5,
                      fires ? FOVEA_LABEL_BOLD : FOVEA_LABEL_NORMAL, &ink, x + (chip ? PAD : 0), y,
                      0);
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
    for (guint i = 0; i < e->n; i++)
        make_word (canvas, e, i, &g_array_index (words, Word, i));
    const Word *word = (const Word *) (gpointer) words->data;
    x -= word[own].before;
    while (from > 0 && x - word[from - 1].before - word[from - 1].width >= left) {
        from--;
        x -= word[from].before + word[from].width;
    }
    double end = centre + word[own].width;
    while (to < e->n && end + word[to].before + word[to].width <= right) {
        end += word[to].before + word[to].width;
        to++;
    }
    for (guint i = from; i < to; i++) {
        const FoveaContextBox box = {
            x + word[i].before, y - ROW / 2.0, word[i].width, ROW, e, i, row};
        draw_word (canvas, e, i, &word[i], box.x, y);
        g_array_append_val (boxes, box);
        x += word[i].before + word[i].width;
    }
    g_autofree char *value =
        g_strdup_printf ("%s%.2f", e->value < 0 ? "\u2212" : "+", fabs ((double) e->value));
    fovea_label_draw (canvas->widget, canvas->snapshot, value, 12.5, FOVEA_LABEL_RIGHT,
                      &canvas->palette->text, canvas->x + canvas->width, y, 0);
}

/* A side that never fires has a line that says so, or nothing was looked for. */
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
    fovea_label_draw (canvas->widget, canvas->snapshot, sign < 0 ? "Strongest −" : "Strongest +",
                      12.5, FOVEA_LABEL_BOLD, &color, canvas->x, y, 0);
    fovea_label_draw (canvas->widget, canvas->snapshot, "value", 11, FOVEA_LABEL_RIGHT,
                      &canvas->palette->quiet, canvas->x + canvas->width, y, 0);
    y += ROW;
    if (list->len == 0) {
        fovea_label_draw (canvas->widget, canvas->snapshot, "It never fires on this side.", 12,
                          FOVEA_LABEL_NORMAL, &canvas->palette->quiet, canvas->x, y, 0);
        return y + ROW;
    }
    for (guint i = 0; i < MIN (list->len, FOVEA_CONTEXTS); i++, y += ROW)
        draw_context (canvas, g_ptr_array_index (list, i), y, row + i, boxes);
    return y;
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

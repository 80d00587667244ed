/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The card of the hovered cell of a map. Where cells are narrower than a text can be put to, many of them
 * share a pixel, so the card shows the cell and those round it as they would look close by. */
#include "ui/map-canvas-private.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/sentences.h"
#include "ui/texture.h"
#include "ui/token-text.h"

#define CLOSE 9 /* cells on a side of what is enlarged: the hovered one has four on each side */
#define PAD   12

/* What is enlarged, and where it is drawn. */
typedef struct {
    gint64 query, key; /* the first of it */
    guint side;        /* cells; 0 = nothing is enlarged */
    guint pixels;      /* device pixels of a cell */
    double length;     /* of a side, in widget pixels */
} Close;

typedef struct {
    char *place, *weight, *around;
    double text_width, width, height;
} Card;

/* At the edge of the map the square stays inside, and the hovered cell leaves its middle. */
static Close
find_close (FoveaMapCanvas *self, const FoveaPlace *hover)
{
    int device = gtk_widget_get_scale_factor (GTK_WIDGET (self));
    double least = FOVEA_MAP_LABEL_CELL * self->text_scale * device;
    gint64 n_tokens = fovea_viewport_get_tokens (self->viewport);
    gint64 side = MIN (CLOSE, n_tokens), last = n_tokens - side;
    if (fovea_viewport_get_scale (self->viewport) >= least)
        return (Close){0};
    Close close = {
        .query = CLAMP (hover->query - CLOSE / 2, 0, last),
        .key = CLAMP (hover->key - CLOSE / 2, 0, last),
        .side = (guint) side,
        .pixels = (guint) ceil (least),
    };
    close.length = (double) close.side * close.pixels / device;
    return close;
}

/* "weight 4.5 × 10⁻⁵, rank 736 of 30,001", "weight 0.043 (+0.012), ...".   Owner: caller. */
static char *
describe_weight (const FoveaCellData *data)
{
    g_autofree char *number = fovea_small_text (data->row[data->place.key], 3);
    g_autofree char *rank =
        fovea_number_text (fovea_cell_data_get_rank (data, data->place.key, NULL));
    g_autofree char *all = fovea_number_text (data->end_key - data->first_key);
    const char *verdict = fovea_cell_data_get_verdict (data);
    g_autofree char *change = fovea_sentence_for_change (data);
    return g_strdup_printf (_ ("weight %s%s%s%s, rank %s of %s%s%s"), number,
                            change != NULL ? " (" : "", change != NULL ? change : "",
                            change != NULL ? ")" : "", rank, all, verdict != NULL ? " · " : "",
                            verdict != NULL ? verdict : "");
}

static Card
describe (FoveaMapCanvas *self, const FoveaCellData *data, const Close *close)
{
    GtkWidget *widget = GTK_WIDGET (self);
    double s = self->text_scale, left = close->side > 0 ? close->length + PAD : 0;
    Card card = {
        .place = fovea_sentence_for_pair (self->selection, data->place.query, data->place.key),
        .weight = describe_weight (data),
        .around = close->side > 0 ? g_strdup_printf (_ ("left: %u × %u cells round it"),
                                                     close->side, close->side)
                                  : NULL,
    };
    int place = fovea_label_width (widget, 12.5, FOVEA_LABEL_NORMAL, card.place);
    int weight = fovea_label_width (widget, 12, FOVEA_LABEL_NORMAL, card.weight);
    card.text_width = MAX (MAX (place, weight), 180 * s);
    card.width = left + card.text_width + 2 * PAD + 4;
    card.height = MAX (18 + (card.around != NULL ? 60 : 40) * s, close->length + 2 * PAD);
    return card;
}

static void
card_clear (Card *card)
{
    g_free (card->place);
    g_free (card->weight);
    g_free (card->around);
}

/* Its frame stands while it is on its way, so that nothing jumps. */
static void
draw_close (FoveaMapCanvas *self,
            GtkSnapshot *snapshot,
            const FoveaPalette *palette,
            const Close *close,
            const FoveaPlace *hover,
            double x,
            double y)
{
    GtkWidget *widget = GTK_WIDGET (self);
    GdkTexture *texture =
        fovea_map_canvas_get_close (self, close->query, close->key, close->side, close->pixels);
    double cell = close->length / close->side;
    if (texture != NULL)
        fovea_texture_draw (widget, snapshot, texture,
                            &GRAPHENE_RECT_INIT ((float) x, (float) y, (float) close->length,
                                                 (float) close->length));
    fovea_box_draw (snapshot, x - 1, y - 1, close->length + 2, close->length + 2, 0, 1,
                    &palette->rule);
    if (texture == NULL)
        return;
    double cell_x = x + (double) (hover->key - close->key) * cell;
    double cell_y = y + (double) (hover->query - close->query) * cell;
    fovea_box_draw (snapshot, cell_x - 2, cell_y - 2, cell + 4, cell + 4, 0, 1, &palette->view);
    fovea_box_draw (snapshot, cell_x - 1, cell_y - 1, cell + 2, cell + 2, 0, 1.5, &palette->text);
}

static void
draw_texts (FoveaMapCanvas *self,
            GtkSnapshot *snapshot,
            const FoveaPalette *palette,
            const Card *card,
            double x,
            double y)
{
    GtkWidget *widget = GTK_WIDGET (self);
    double s = self->text_scale, lines = card->around != NULL ? 60 : 40;
    double top = y + (card->height - lines * s) / 2;
    fovea_label_draw (widget, snapshot, card->place, 12.5, FOVEA_LABEL_NORMAL, &palette->text, x,
                      top + 11 * s, 0);
    fovea_label_draw (widget, snapshot, card->weight, 12, FOVEA_LABEL_NORMAL, &palette->quiet, x,
                      top + 31 * s, 0);
    if (card->around != NULL)
        fovea_label_draw (widget, snapshot, card->around, 11, FOVEA_LABEL_NORMAL, &palette->quiet,
                          x, top + 50 * s, 0);
}

void
fovea_map_canvas_draw_card (FoveaMapCanvas *self,
                            GtkSnapshot *snapshot,
                            const FoveaPalette *palette)
{
    const FoveaPlace *hover = fovea_selection_get_hovered_cell (self->selection);
    const FoveaCellData *data = fovea_cell_model_get_data (self->hover_cells);
    if (hover == NULL || !self->card_shown || data == NULL || data->place.query != hover->query ||
        data->place.key != hover->key || data->place.head != hover->head)
        return;
    Close close = find_close (self, hover);
    Card card = describe (self, data, &close);
    double x, y, w, h;
    fovea_map_canvas_locate (self, hover->key, FALSE, &x, &w);
    fovea_map_canvas_locate (self, hover->query, TRUE, &y, &h);
    x = floor (MIN (x + w + 10, gtk_widget_get_width (GTK_WIDGET (self)) - card.width - 6));
    double below = MIN (y + h + 10, gtk_widget_get_height (GTK_WIDGET (self)) - card.height - 6);
    y = floor (y - card.height - 10 > self->top ? y - card.height - 10 : below);
    fovea_fill_draw (snapshot, x, y, card.width, card.height, 9, &palette->view);
    fovea_box_draw (snapshot, x, y, card.width, card.height, 9, 1, &palette->rule);
    if (close.side > 0)
        draw_close (self, snapshot, palette, &close, hover, x + PAD,
                    y + floor ((card.height - close.length) / 2));
    draw_texts (self, snapshot, palette, &card,
                x + PAD + 2 + (close.side > 0 ? close.length + PAD : 0), y);
    card_clear (&card);
}

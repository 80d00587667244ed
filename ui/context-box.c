/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#include "ui/context-box.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/figures/text.h"
#include "ui/palette.h"
#include "ui/token-text.h"

#define BESIDE 2 /* of a ring, left and right of its token */

const FoveaContextBox *
fovea_context_box_get (GArray *boxes, guint at)
{
    return at < boxes->len ? &g_array_index (boxes, FoveaContextBox, at) : NULL;
}

gint64
fovea_context_box_get_position (const FoveaContextBox *box)
{
    return box->example->first + box->token;
}

guint
fovea_context_box_find (GArray *boxes, double x, double y)
{
    for (guint i = 0; i < boxes->len; i++) {
        const FoveaContextBox *box = fovea_context_box_get (boxes, i);
        if (x >= box->x - BESIDE && x < box->x + box->width + BESIDE && y >= box->y &&
            y < box->y + box->height)
            return i;
    }
    return G_MAXUINT;
}

guint
fovea_context_box_find_token (GArray *boxes, guint row, gint64 position)
{
    for (guint i = 0; i < boxes->len; i++) {
        const FoveaContextBox *box = fovea_context_box_get (boxes, i);
        if (box->row == row && fovea_context_box_get_position (box) == position)
            return i;
    }
    return G_MAXUINT;
}

/* Of the context in @row, its firing token. */
static guint
find_firing (GArray *boxes, guint row)
{
    for (guint i = 0; i < boxes->len; i++) {
        const FoveaContextBox *box = fovea_context_box_get (boxes, i);
        if (box->row == row && fovea_context_box_get_position (box) == box->example->position)
            return i;
    }
    return G_MAXUINT;
}

guint
fovea_context_box_step (GArray *boxes, guint at, int across, int down)
{
    const FoveaContextBox *box = fovea_context_box_get (boxes, at);
    guint next = (guint) ((int) at + across);
    if (across != 0 && box != NULL) {
        const FoveaContextBox *beside = fovea_context_box_get (boxes, next);
        return beside != NULL && beside->row == box->row ? next : at;
    }
    next = find_firing (boxes, box != NULL ? (guint) MAX ((int) box->row + down, 0) : 0);
    return next != G_MAXUINT ? next : at;
}

static char *
spell_code (float value)
{
    return g_strdup_printf ("%s%.2f",
                            value < 0   ? "\u2212"
                            : value > 0 ? "+"
                                        : "",
                            fabs ((double) value));
}

char *
fovea_context_box_describe (const FoveaContextBox *box)
{
    const FoveaLatentExample *e = box->example;
    g_autofree char *word = fovea_text_token (e->texts[box->token], e->special[box->token], FALSE);
    g_autofree char *code = spell_code (e->codes[box->token]);
    g_autofree char *peak = spell_code (e->value);
    g_autofree char *position = fovea_number_text (fovea_context_box_get_position (box));
    return g_strdup_printf (_ ("context %u, which fires %s: token %s “%s”, code %s"), box->row + 1,
                            peak, position, word, e->codes[box->token] == 0 ? "0" : code);
}

void
fovea_context_box_draw (const FoveaContextBox *box,
                        GtkSnapshot *snapshot,
                        const GdkRGBA *color,
                        double width)
{
    fovea_box_draw (snapshot, box->x - BESIDE, box->y, box->width + 2 * BESIDE, box->height, 5,
                    width, color);
}

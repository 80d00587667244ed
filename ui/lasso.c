/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Corners are kept as x, y pairs. A rectangle has four, of which a move sets three. */
#include "ui/lasso.h"

#include <math.h>

#define THRESHOLD 6 /* pixels of travel before a drag is more than a click */
#define STEP      3 /* pixels between two corners of a loop */

struct _FoveaLasso {
    gboolean free_hand, drawn;
    GArray *corners; /* of double */
};

FoveaLasso *
fovea_lasso_new (gboolean free_hand, double x, double y)
{
    FoveaLasso *lasso = g_new0 (FoveaLasso, 1);
    lasso->free_hand = free_hand;
    lasso->corners = g_array_new (FALSE, FALSE, sizeof (double));
    for (int corner = 0; corner < (free_hand ? 1 : 4); corner++) {
        g_array_append_val (lasso->corners, x);
        g_array_append_val (lasso->corners, y);
    }
    return lasso;
}

void
fovea_lasso_free (FoveaLasso *lasso)
{
    if (lasso == NULL)
        return;
    g_array_unref (lasso->corners);
    g_free (lasso);
}

void
fovea_lasso_move (FoveaLasso *lasso, double x, double y)
{
    double *at = (double *) (void *) lasso->corners->data;
    guint n = lasso->corners->len;
    lasso->drawn |= hypot (x - at[0], y - at[1]) > THRESHOLD;
    if (!lasso->free_hand) {
        at[2] = at[4] = x;
        at[5] = at[7] = y;
    } else if (hypot (x - at[n - 2], y - at[n - 1]) >= STEP) {
        g_array_append_val (lasso->corners, x);
        g_array_append_val (lasso->corners, y);
    }
}

gboolean
fovea_lasso_is_drawn (FoveaLasso *lasso)
{
    return lasso->drawn;
}

/* Crossings of a ray to the right: an odd number of them is inside. */
static gboolean
is_in_loop (const double *at, guint n, double x, double y)
{
    gboolean inside = FALSE;
    for (guint i = 0, before = n - 1; i < n; before = i++) {
        double x0 = at[2 * before], y0 = at[2 * before + 1], x1 = at[2 * i], y1 = at[2 * i + 1];
        if ((y0 > y) != (y1 > y) && x < x0 + (y - y0) / (y1 - y0) * (x1 - x0))
            inside = !inside;
    }
    return inside;
}

gboolean
fovea_lasso_contains (FoveaLasso *lasso, double x, double y)
{
    guint n;
    const double *at = fovea_lasso_get_corners (lasso, &n);
    if (lasso->free_hand)
        return is_in_loop (at, n, x, y);
    return x >= MIN (at[0], at[4]) && x <= MAX (at[0], at[4]) && y >= MIN (at[1], at[5]) &&
           y <= MAX (at[1], at[5]);
}

const double *
fovea_lasso_get_corners (FoveaLasso *lasso, guint *n)
{
    *n = lasso->corners->len / 2;
    return (const double *) (const void *) lasso->corners->data;
}

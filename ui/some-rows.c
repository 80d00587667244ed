/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* What is shown is one stretch, so that a position in the one list is one in the other with an offset. Rows
 * that come at once in great number are shown from their first on, as many as are in sight; what stood
 * behind them comes back as the stretch grows. If what has the keys stands behind them it stays, and the
 * last of those that came are shown before it. */
#include "ui/some-rows.h"

enum {
    AT_ONCE = 32, /* rows of a screen, about */
    STEP = 16,    /* more on either side, each frame */
    ENOUGH = 256, /* more than the list has widgets for: the others cost nothing */
};

struct _FoveaSomeRows {
    GObject parent_instance;
    GListModel *all;
    guint first, n; /* the stretch */
    gboolean held;
    FoveaSomeRowsStay stays; /* or NULL */
    gpointer data;           /* for it */
};

static GType
get_item_type (GListModel *model)
{
    return g_list_model_get_item_type (FOVEA_SOME_ROWS (model)->all);
}

static guint
get_n_items (GListModel *model)
{
    return FOVEA_SOME_ROWS (model)->n;
}

static gpointer
get_item (GListModel *model, guint position)
{
    FoveaSomeRows *self = FOVEA_SOME_ROWS (model);
    return position < self->n ? g_list_model_get_item (self->all, self->first + position) : NULL;
}

static void
fovea_some_rows_model_init (GListModelInterface *iface)
{
    iface->get_item_type = get_item_type;
    iface->get_n_items = get_n_items;
    iface->get_item = get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (FoveaSomeRows,
                               fovea_some_rows,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL,
                                                      fovea_some_rows_model_init))

/* Shows [first, first + n), which shares rows with what was shown, or does not. */
static void
show (FoveaSomeRows *self, guint first, guint n)
{
    guint from = self->first, to = self->first + self->n, end = first + n;
    if (self->n == 0 || end <= from || first >= to) {
        guint removed = self->n;
        self->first = first;
        self->n = n;
        if (removed > 0 || n > 0)
            g_list_model_items_changed (G_LIST_MODEL (self), 0, removed, n);
        return;
    }
    /* The end before the beginning: positions there do not move. */
    self->n = end - from;
    if (end != to)
        g_list_model_items_changed (G_LIST_MODEL (self), MIN (end, to) - from,
                                    to > end ? to - end : 0, end > to ? end - to : 0);
    self->first = first;
    self->n = n;
    if (first != from)
        g_list_model_items_changed (G_LIST_MODEL (self), 0, first > from ? first - from : 0,
                                    first < from ? from - first : 0);
}

/* Whether one of the last @n rows of the stretch has the keys; they begin at @from in the list as it is now. */
static gboolean
stays_behind (FoveaSomeRows *self, guint from, guint n)
{
    guint position =
        self->stays != NULL && n > 0 ? self->stays (self->data) : GTK_INVALID_LIST_POSITION;
    return position >= from && position - from < n;
}

/* The list's own signal: rows before and behind are as they were. */
static void
all_changed (FoveaSomeRows *self, guint position, guint removed, guint added)
{
    guint from = self->first, to = self->first + self->n, end = position + removed;
    guint n_before = g_list_model_get_n_items (self->all) - added + removed;
    gboolean whole = self->n == n_before;
    guint most = self->held ? 0 : AT_ONCE;
    if (position > to || (position == to && !whole && self->n > 0)) /* behind, out of sight */
        return;
    if (end <= from && !whole) { /* before it */
        self->first = from - removed + added;
        return;
    }
    guint kept = position > from ? position - from : 0; /* shown before the change */
    guint gone = MIN (end, to) - MAX (position, from);
    guint behind = to > end ? to - end : 0;
    guint shown = added;
    if (added > most && most > 0 && stays_behind (self, position + added, behind)) {
        self->first = position + added - most;
        self->n = most + behind;
        g_list_model_items_changed (G_LIST_MODEL (self), 0, kept + gone, most);
        return;
    }
    if (added > most) {
        shown = most;
        gone += behind; /* they stand behind what is not shown yet */
        behind = 0;
    }
    self->first = MIN (from, position);
    self->n = kept + shown + behind;
    g_list_model_items_changed (G_LIST_MODEL (self), kept, gone, shown);
}

static void
fovea_some_rows_dispose (GObject *object)
{
    FoveaSomeRows *self = FOVEA_SOME_ROWS (object);
    if (self->all != NULL)
        g_signal_handlers_disconnect_by_data (self->all, self);
    g_clear_object (&self->all);
    self->n = 0;
    G_OBJECT_CLASS (fovea_some_rows_parent_class)->dispose (object);
}

static void
fovea_some_rows_class_init (FoveaSomeRowsClass *klass)
{
    G_OBJECT_CLASS (klass)->dispose = fovea_some_rows_dispose;
}

static void
fovea_some_rows_init (FoveaSomeRows *self)
{
}

FoveaSomeRows *
fovea_some_rows_new (GListModel *all)
{
    FoveaSomeRows *self = g_object_new (FOVEA_TYPE_SOME_ROWS, NULL);
    self->all = all;
    self->n = MIN (g_list_model_get_n_items (all), AT_ONCE);
    g_signal_connect_swapped (all, "items-changed", G_CALLBACK (all_changed), self);
    return self;
}

void
fovea_some_rows_set_stay (FoveaSomeRows *self, FoveaSomeRowsStay stays, gpointer data)
{
    self->stays = stays;
    self->data = data;
}

gboolean
fovea_some_rows_grow (FoveaSomeRows *self)
{
    guint all = g_list_model_get_n_items (self->all), to = self->first + self->n;
    if (fovea_some_rows_is_whole (self) || self->held)
        return FALSE;
    if (self->n >= ENOUGH) {
        show (self, 0, all);
        return FALSE;
    }
    guint first = self->first > STEP ? self->first - STEP : 0;
    show (self, first, MIN (to + STEP, all) - first);
    return self->n < all;
}

gboolean
fovea_some_rows_is_whole (FoveaSomeRows *self)
{
    return self->n == g_list_model_get_n_items (self->all);
}

gboolean
fovea_some_rows_cut (FoveaSomeRows *self)
{
    if (self->n <= 2 * AT_ONCE)
        return FALSE;
    show (self, 0, 0);
    return TRUE;
}

void
fovea_some_rows_hold (FoveaSomeRows *self)
{
    self->held = TRUE;
}

guint
fovea_some_rows_find (FoveaSomeRows *self, guint position)
{
    return position >= self->first && position - self->first < self->n ? position - self->first
                                                                       : GTK_INVALID_LIST_POSITION;
}

guint
fovea_some_rows_go_to (FoveaSomeRows *self, guint position)
{
    guint all = g_list_model_get_n_items (self->all);
    self->held = FALSE;
    if (position >= all) {
        show (self, self->first, MIN (MAX (self->n, AT_ONCE), all - self->first));
        return GTK_INVALID_LIST_POSITION;
    }
    if (fovea_some_rows_find (self, position) == GTK_INVALID_LIST_POSITION) {
        guint first = position > AT_ONCE / 2 ? position - AT_ONCE / 2 : 0;
        show (self, first, MIN (AT_ONCE, all - first));
    }
    return position - self->first;
}

/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Curves of what is shown. */
#include "ui/sparse-model-private.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "analysis/curve-mean.h"
#include "ui/head-set.h"
#include "ui/sparse-numbers.h"
#include "ui/token-text.h"

G_DEFINE_FINAL_TYPE (FoveaSparseModel, fovea_sparse_model, G_TYPE_OBJECT)

enum {
    PROP_0,
    PROP_SCOPE,
    PROP_UP,
    PROP_ACROSS,
    PROP_GOAL,
    N_PROPS,
};
static GParamSpec *props[N_PROPS];

enum {
    CHANGED,
    POINT_CHANGED,
    POINT_HOVERED,
    MASK_CHANGED,
    FAILED,
    N_SIGNALS,
};
static guint signals[N_SIGNALS];

/* A bound, and one method of each kind: what people ask for first. */
static const char *const usual[] = {"oracle-weight", "streaming", "vertical-slash", "oracle-block"};

static void
get_object (FoveaSparseModel *self, gint64 *layer, gint64 *head)
{
    const FoveaPlace *place = fovea_selection_get_place (self->selection);
    *layer = self->scope == FOVEA_SCOPE_MODEL ? -1 : (gint64) place->layer;
    *head = self->scope == FOVEA_SCOPE_HEAD ? (gint64) place->head : -1;
    if (self->scope == FOVEA_SCOPE_CHOSEN)
        *layer = *head = FOVEA_CURVE_CHOSEN;
}

/* Small plots ask for every head of every layer in each frame, so curves are found by number. */
static gint64
make_key (gint64 layer, gint64 head, gint64 method)
{
    return ((layer + 1) * 65536 + head + 1) * 256 + method;
}

const FoveaCurve *
fovea_sparse_model_find_curve (FoveaSparseModel *self, gint64 layer, gint64 head, guint method)
{
    gint64 key = make_key (layer, head, method);
    return g_hash_table_lookup (self->curves, &key);
}

double
fovea_sparse_model_get_sparsest (FoveaSparseModel *self)
{
    double least = 1;
    GHashTableIter each;
    gpointer key, curve;
    g_hash_table_iter_init (&each, self->curves);
    while (g_hash_table_iter_next (&each, &key, &curve))
        if (self->chosen[*(const gint64 *) key & 255])
            least = MIN (least, ((const FoveaCurve *) curve)->points[0].density);
    return least;
}

/* Executed curves of the table's methods; one that this program does not know is left out. */
static void
index_curves (FoveaSparseModel *self, const FoveaCurveSet *set)
{
    guint n;
    const FoveaCurve *curves = fovea_curve_set_list (set, &n);
    for (guint i = 0; i < n; i++)
        for (guint m = 0; !curves[i].selected && m < self->n_methods; m++)
            if (g_str_equal (curves[i].method, fovea_sparse_model_get_method (m)->id)) {
                gint64 *key = g_new (gint64, 1);
                *key = make_key (curves[i].layer, curves[i].head, m);
                g_hash_table_replace (self->curves, key, (gpointer) &curves[i]);
            }
}

static void
forget_mean (FoveaSparseModel *self)
{
    for (guint m = 0; self->mean != NULL && m < self->n_methods; m++) {
        gint64 key = make_key (FOVEA_CURVE_CHOSEN, FOVEA_CURVE_CHOSEN, m);
        g_hash_table_remove (self->curves, &key);
    }
    g_clear_pointer (&self->mean, fovea_curve_set_free);
    g_clear_pointer (&self->mean_table, fovea_table_unref);
}

/* Only while it is looked at: a loop drawn round forty heads changes the set forty times. */
static void
renew_mean (FoveaSparseModel *self)
{
    g_autoptr (GArray) places = fovea_head_set_list (fovea_selection_get_chosen (self->selection));
    g_autofree gint64 (*heads)[2] = g_malloc_n (places->len + 1, sizeof *heads);
    forget_mean (self);
    if (self->scope != FOVEA_SCOPE_CHOSEN || self->set == NULL)
        return;
    for (guint i = 0; i < places->len; i++) {
        heads[i][0] = g_array_index (places, FoveaHeadPlace, i).layer;
        heads[i][1] = g_array_index (places, FoveaHeadPlace, i).head;
    }
    self->mean_table =
        fovea_curve_mean_new (self->set, self->table, (const gint64 (*)[2]) heads, places->len);
    self->mean = fovea_curve_set_new (self->mean_table);
    index_curves (self, self->mean);
}

const FoveaCurve *
fovea_sparse_model_get_curve (FoveaSparseModel *self, guint method)
{
    gint64 layer, head;
    get_object (self, &layer, &head);
    return fovea_sparse_model_find_curve (self, layer, head, method);
}

guint
fovea_sparse_model_count_measured (FoveaSparseModel *self, FoveaHeadPlace *first)
{
    const FoveaTraceInfo *info = fovea_selection_get_info (self->selection);
    guint methods[FOVEA_MAX_CHOSEN], n = fovea_sparse_model_list_chosen (self, methods), found = 0;
    gint64 L = info != NULL ? info->architecture->n_layers : 0;
    gint64 H = info != NULL ? info->architecture->n_heads : 0;
    for (gint64 at = 0; at < L * H; at++) {
        gboolean any = FALSE;
        for (guint i = 0; i < n && !any; i++)
            any = fovea_sparse_model_find_curve (self, at / H, at % H, methods[i]) != NULL;
        if (any && found == 0)
            *first = (FoveaHeadPlace){(guint) (at / H), (guint) (at % H)};
        found += any;
    }
    return found;
}

/* Copies of points are asked about too, so a point is known by what it says. */
static gboolean
is_mean (FoveaSparseModel *self, const FoveaCurvePoint *point)
{
    guint n = 0;
    const FoveaCurve *curves = self->mean != NULL ? fovea_curve_set_list (self->mean, &n) : NULL;
    for (guint i = 0; i < n; i++)
        for (guint p = 0; p < curves[i].n_points; p++) {
            const FoveaCurvePoint *own = &curves[i].points[p];
            if (own->row == point->row && own->density == point->density &&
                own->recall == point->recall && own->value == point->value)
                return TRUE;
        }
    return FALSE;
}

double
fovea_sparse_model_get_number (FoveaSparseModel *self,
                               const FoveaCurvePoint *point,
                               const char *column)
{
    FoveaTable *table = is_mean (self, point) ? self->mean_table : self->table;
    int index = fovea_table_find_kind (table, column, FOVEA_COLUMN_NUMBER);
    return index >= 0 ? fovea_table_get_number (table, point->row, (guint) index) : NAN;
}

FoveaAcross
fovea_sparse_model_get_across (FoveaSparseModel *self)
{
    return self->across;
}

double
fovea_sparse_model_get_up (FoveaSparseModel *self, const FoveaCurvePoint *point)
{
    switch (self->up) {
    case FOVEA_UP_ERROR:
        return fovea_sparse_model_get_number (self, point, "error");
    case FOVEA_UP_LEAST:
        return fovea_sparse_model_get_number (self, point, "least_recall");
    case FOVEA_UP_RECALL:
    default:
        return point->recall;
    }
}

void
fovea_sparse_model_tell_hover (FoveaSparseModel *self)
{
    g_signal_emit (self, signals[POINT_HOVERED], 0);
}

void
fovea_sparse_model_tell_mask (FoveaSparseModel *self)
{
    g_signal_emit (self, signals[MASK_CHANGED], 0);
}

void
fovea_sparse_model_fail (FoveaSparseModel *self, const char *message)
{
    g_signal_emit (self, signals[FAILED], 0, message);
}

void
fovea_sparse_model_point_changed (FoveaSparseModel *self)
{
    g_signal_emit (self, signals[POINT_CHANGED], 0);
    fovea_sparse_model_renew_mask (self);
}

void
fovea_sparse_model_changed (FoveaSparseModel *self)
{
    fovea_sparse_model_select_first (self);
    g_signal_emit (self, signals[CHANGED], 0);
    fovea_sparse_model_point_changed (self);
}

void
fovea_sparse_model_set_table (FoveaSparseModel *self, FoveaTable *recall)
{
    fovea_sparse_model_forget_mask (self);
    forget_mean (self);
    g_hash_table_remove_all (self->curves);
    g_clear_pointer (&self->set, fovea_curve_set_free);
    g_clear_pointer (&self->table, fovea_table_unref);
    if (recall != NULL) {
        self->table = fovea_table_ref (recall);
        self->set = fovea_curve_set_new (recall);
        index_curves (self, self->set);
        fovea_sparse_model_choose_shown (self);
        renew_mean (self);
    }
    fovea_sparse_model_changed (self);
}

FoveaTable *
fovea_sparse_model_get_table (FoveaSparseModel *self)
{
    return self->table;
}

const char *
fovea_sparse_model_get_reason (FoveaSparseModel *self, guint method)
{
    gint64 layer, head;
    get_object (self, &layer, &head);
    if (self->scope == FOVEA_SCOPE_CHOSEN && fovea_sparse_model_get_curve (self, method) == NULL)
        return fovea_head_set_get_n (fovea_selection_get_chosen (self->selection)) == 0
                   ? _ ("no head is chosen: Ctrl+click some in Heads, or draw a loop round them")
                   : _ ("not measured at the same points on every chosen head");
    if (self->table == NULL || fovea_sparse_model_get_curve (self, method) != NULL)
        return NULL;
    int columns[] = {fovea_table_find_kind (self->table, "layer", FOVEA_COLUMN_INTEGER),
                     fovea_table_find_kind (self->table, "head", FOVEA_COLUMN_INTEGER),
                     fovea_table_find_kind (self->table, "method", FOVEA_COLUMN_TEXT),
                     fovea_table_find_kind (self->table, "note", FOVEA_COLUMN_TEXT)};
    for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
        if (columns[i] < 0)
            return NULL;
    for (guint row = 0; row < fovea_table_get_n_rows (self->table); row++) {
        const char *note = fovea_table_get_text (self->table, row, (guint) columns[3]);
        if (*note != '\0' &&
            fovea_table_get_integer (self->table, row, (guint) columns[0]) == layer &&
            fovea_table_get_integer (self->table, row, (guint) columns[1]) == head &&
            g_str_equal (fovea_table_get_text (self->table, row, (guint) columns[2]),
                         fovea_sparse_model_get_method (method)->id))
            return note;
    }
    return NULL;
}

gint64
fovea_sparse_model_get_first_tokens (FoveaSparseModel *self)
{
    return self->table != NULL ? fovea_curves_get_first_tokens (self->table) : 0;
}

gint64
fovea_sparse_model_count_tokens (FoveaSparseModel *self)
{
    const FoveaTraceInfo *info = fovea_selection_get_info (self->selection);
    gint64 first = fovea_sparse_model_get_first_tokens (self),
           n = info != NULL ? info->n_tokens : 0;
    return first > 0 ? MIN (first, n) : n;
}

static char *
describe_object (FoveaSparseModel *self)
{
    const FoveaPlace *place = fovea_selection_get_place (self->selection);
    if (self->scope == FOVEA_SCOPE_MODEL)
        return g_strdup (_ ("the model"));
    if (self->scope == FOVEA_SCOPE_CHOSEN) {
        guint n = fovea_head_set_get_n (fovea_selection_get_chosen (self->selection));
        return n == 0 ? g_strdup (_ ("chosen heads, of which there are none"))
                      : g_strdup_printf (ngettext ("%u chosen head", "%u chosen heads", n), n);
    }
    return self->scope == FOVEA_SCOPE_LAYER
               ? g_strdup_printf (_ ("layer %u"), place->layer)
               : g_strdup_printf (_ ("head %u.%u"), place->layer, place->head);
}

/* @text: (transfer full) (nullable): of which the first tokens may be all that it is about. */
static char *
add_first_tokens (FoveaSparseModel *self, char *text)
{
    gint64 first_tokens = fovea_sparse_model_get_first_tokens (self);
    if (first_tokens == 0 || text == NULL)
        return text;
    g_autofree char *whole = text;
    g_autofree char *tokens = fovea_number_text (first_tokens);
    return g_strdup_printf (_ ("%s, first %s tokens"), whole, tokens);
}

char *
fovea_sparse_model_name_mask (FoveaSparseModel *self)
{
    g_autofree char *knob = fovea_sparse_model_describe_mask_knob (self);
    return knob != NULL
               ? add_first_tokens (
                     self, g_strdup_printf (
                               "%s, %s", fovea_sparse_model_get_method (self->method)->name, knob))
               : NULL;
}

char *
fovea_sparse_model_describe (FoveaSparseModel *self)
{
    return add_first_tokens (self, describe_object (self));
}

/* Only another head is news here: the cell moves with every arrow key of the map. */
static void
moved (FoveaSparseModel *self)
{
    const FoveaPlace *place = fovea_selection_get_place (self->selection);
    if (place->layer == self->place.layer && place->head == self->place.head)
        return;
    self->place = *place;
    if (self->set != NULL)
        fovea_sparse_model_changed (self);
}

/* Heads that were chosen elsewhere. */
static void
chosen_changed (FoveaSparseModel *self)
{
    if (self->scope != FOVEA_SCOPE_CHOSEN)
        return;
    renew_mean (self);
    fovea_sparse_model_changed (self);
}

/* Its table comes after it. */
static void
trace_changed (FoveaSparseModel *self)
{
    fovea_sparse_model_set_table (self, NULL);
}

static void
fovea_sparse_model_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
    FoveaSparseModel *self = FOVEA_SPARSE_MODEL (object);
    switch (id) {
    case PROP_SCOPE:
        g_value_set_int (value, self->scope);
        break;
    case PROP_UP:
        g_value_set_int (value, self->up);
        break;
    case PROP_ACROSS:
        g_value_set_int (value, self->across);
        break;
    default:
        g_value_set_double (value, self->goal);
    }
}

static void
fovea_sparse_model_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
    FoveaSparseModel *self = FOVEA_SPARSE_MODEL (object);
    switch (id) {
    case PROP_SCOPE:
        self->scope = (FoveaScope) g_value_get_int (value);
        renew_mean (self);
        break;
    case PROP_UP:
        self->up = (FoveaUp) g_value_get_int (value);
        break;
    case PROP_ACROSS:
        self->across = (FoveaAcross) g_value_get_int (value);
        break;
    default:
        self->goal = g_value_get_double (value);
    }
    fovea_sparse_model_changed (self);
}

static void
fovea_sparse_model_dispose (GObject *object)
{
    FoveaSparseModel *self = FOVEA_SPARSE_MODEL (object);
    fovea_sparse_model_forget_mask (self);
    g_clear_object (&self->paint);
    if (self->curves != NULL)
        forget_mean (self);
    g_clear_object (&self->selection);
    g_clear_pointer (&self->set, fovea_curve_set_free);
    g_clear_pointer (&self->table, fovea_table_unref);
    g_clear_pointer (&self->curves, g_hash_table_unref);
    g_clear_pointer (&self->chosen, g_free);
    g_clear_pointer (&self->settings, g_free);
    G_OBJECT_CLASS (fovea_sparse_model_parent_class)->dispose (object);
}

static void
fovea_sparse_model_class_init (FoveaSparseModelClass *klass)
{
    GObjectClass *object_class = G_OBJECT_CLASS (klass);
    const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;
    object_class->dispose = fovea_sparse_model_dispose;
    object_class->get_property = fovea_sparse_model_get_property;
    object_class->set_property = fovea_sparse_model_set_property;
    props[PROP_SCOPE] = g_param_spec_int ("scope", NULL, NULL, 0, FOVEA_SCOPE_CHOSEN, 0, flags);
    props[PROP_UP] = g_param_spec_int ("up", NULL, NULL, 0, FOVEA_UP_LEAST, 0, flags);
    props[PROP_ACROSS] = g_param_spec_int ("across", NULL, NULL, 0, FOVEA_ACROSS_KNOB, 0, flags);
    props[PROP_GOAL] = g_param_spec_double ("goal", NULL, NULL, 0, 1, 0.95, flags);
    g_object_class_install_properties (object_class, N_PROPS, props);
    for (guint i = CHANGED; i < N_SIGNALS; i++) {
        static const char *const names[] = {"changed", "point-changed", "point-hovered",
                                            "mask-changed", "failed"};
        signals[i] = i == FAILED
                         ? g_signal_new (names[i], G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING)
                         : g_signal_new (names[i], G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 0);
    }
}

static void
fovea_sparse_model_init (FoveaSparseModel *self)
{
    const FoveaSparseMethod *const *all = fovea_sparse_method_list ();
    while (all[self->n_methods] != NULL)
        self->n_methods++;
    self->chosen = g_new0 (gboolean, self->n_methods);
    self->settings = g_new (double, (gsize) self->n_methods *FOVEA_SPARSE_MAX_KNOBS);
    for (gsize i = 0; i < (gsize) self->n_methods * FOVEA_SPARSE_MAX_KNOBS; i++)
        self->settings[i] = NAN;
    self->curves = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
    for (guint m = 0; m < self->n_methods; m++)
        self->chosen[m] = g_strv_contains (
            (const char *const[]){usual[0], usual[1], usual[2], usual[3], NULL}, all[m]->id);
    self->paint = fovea_token_paint_new (FOVEA_PAINT_SHARE);
    self->goal = 0.95;
    self->method = self->wanted_method = self->hover_method = FOVEA_SPARSE_NO_METHOD;
}

FoveaSparseModel *
fovea_sparse_model_new (FoveaSelection *selection)
{
    FoveaSparseModel *self = g_object_new (FOVEA_TYPE_SPARSE_MODEL, NULL);
    self->selection = g_object_ref (selection);
    g_signal_connect_object (selection, "trace-changed", G_CALLBACK (trace_changed), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (selection, "moved", G_CALLBACK (moved), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (fovea_selection_get_chosen (selection), "changed",
                             G_CALLBACK (chosen_changed), self, G_CONNECT_SWAPPED);
    return self;
}

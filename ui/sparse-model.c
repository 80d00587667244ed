/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The selected point is a method and an index, so that it stays where heads and layers are walked
 * through: the same knob on another head. A mask that arrives for a point or head that was left is
 * dropped by its cancellable. */
#include "ui/sparse-model.h"

#include <math.h>
#include <string.h>

#include "ui/sparse-numbers.h"

#define MOST_SHOWN 6    /* curves that are told apart at a glance */
#define SHARE      0.95 /* of a query's mass that decides which pairs matter */
#define FIRST      0.3  /* density near which a first point is selected */
#define NO_METHOD  G_MAXUINT

struct _FoveaSparseModel {
    GObject parent_instance;
    FoveaSelection *selection;
    FoveaTable *table;
    FoveaCurveSet *set;
    gboolean *chosen; /* (methods) */
    gboolean chosen_by_user;
    double *settings; /* (methods, FOVEA_SPARSE_MAX_KNOBS) by the user, NaN = the default */
    guint n_methods;
    FoveaScope scope;
    FoveaUp up;
    gboolean linear;
    guint users; /* views that show the mask */
    double goal;
    guint method, index; /* of the selected point; NO_METHOD = none */
    FoveaPlace place;    /* whose curves were shown last */
    GHashTable *curves;  /* what a curve is of -> FoveaCurve of the set */

    GCancellable *cancellable; /* of the mask that is made */
    FoveaMaskQuestion asked;   /* what overlay and numbers are of; method NULL = nothing */
    FoveaMaskOverlay *overlay;
    FoveaSparseNumbers *numbers;
};

G_DEFINE_FINAL_TYPE (FoveaSparseModel, fovea_sparse_model, G_TYPE_OBJECT)

enum {
    PROP_0,
    PROP_SCOPE,
    PROP_UP,
    PROP_LINEAR,
    PROP_GOAL,
    N_PROPS,
};
static GParamSpec *props[N_PROPS];

enum {
    CHANGED,
    POINT_CHANGED,
    MASK_CHANGED,
    FAILED,
    N_SIGNALS,
};
static guint signals[N_SIGNALS];

/* A bound, and one method of each kind: what people ask for first. */
static const char *const usual[] = {"oracle-weight", "streaming", "vertical-slash", "oracle-block"};

static const FoveaSparseMethod *
get_method (guint method)
{
    return fovea_sparse_method_list ()[method];
}

static void
get_object (FoveaSparseModel *self, gint64 *layer, gint64 *head)
{
    const FoveaPlace *place = fovea_selection_get_place (self->selection);
    *layer = self->scope == FOVEA_SCOPE_MODEL ? -1 : (gint64) place->layer;
    *head = self->scope == FOVEA_SCOPE_HEAD ? (gint64) place->head : -1;
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

/* Executed curves of the table's methods; one that this program does not know is left out. */
static void
index_curves (FoveaSparseModel *self)
{
    guint n;
    const FoveaCurve *curves = fovea_curve_set_list (self->set, &n);
    for (guint i = 0; i < n; i++)
        for (guint m = 0; !curves[i].selected && m < self->n_methods; m++)
            if (g_str_equal (curves[i].method, get_method (m)->id)) {
                gint64 *key = g_new (gint64, 1);
                *key = make_key (curves[i].layer, curves[i].head, m);
                g_hash_table_replace (self->curves, key, (gpointer) &curves[i]);
            }
}

const FoveaCurve *
fovea_sparse_model_get_curve (FoveaSparseModel *self, guint method)
{
    gint64 layer, head;
    get_object (self, &layer, &head);
    return fovea_sparse_model_find_curve (self, layer, head, method);
}

double
fovea_sparse_model_get_number (FoveaSparseModel *self,
                               const FoveaCurvePoint *point,
                               const char *column)
{
    int index = fovea_table_find_kind (self->table, column, FOVEA_COLUMN_NUMBER);
    return index >= 0 ? fovea_table_get_number (self->table, point->row, (guint) index) : NAN;
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

const FoveaCurvePoint *
fovea_sparse_model_get_point (FoveaSparseModel *self, guint *method, guint *index)
{
    const FoveaCurve *curve =
        self->method != NO_METHOD ? fovea_sparse_model_get_curve (self, self->method) : NULL;
    if (curve == NULL || self->index >= curve->n_points)
        return NULL;
    if (method != NULL)
        *method = self->method;
    if (index != NULL)
        *index = self->index;
    return &curve->points[self->index];
}

char *
fovea_sparse_model_get_name (FoveaSparseModel *self)
{
    guint method;
    const FoveaCurvePoint *point = fovea_sparse_model_get_point (self, &method, NULL);
    if (point == NULL)
        return NULL;
    return g_strdup_printf ("%s, %s %.4g", get_method (method)->name,
                            get_method (method)->knobs[0].name, point->value);
}

/* The mask. */

/* Other knobs than the swept one: defaults, and what the table notes as set by the user. */
static void
read_knobs (FoveaSparseModel *self, const FoveaSparseMethod *method, double *knobs)
{
    const FoveaTraceInfo *info = fovea_selection_get_info (self->selection);
    const char *note = fovea_table_get_note (self->table, "settings");
    fovea_sparse_method_get_defaults (method, info->n_tokens, knobs);
    g_auto (GStrv) words = g_strsplit (note != NULL ? note : "", " ", -1);
    for (guint i = 0; words[i] != NULL; i++) {
        char *dot = strchr (words[i], '.'), *equals = strchr (words[i], '=');
        if (dot == NULL || equals == NULL || dot > equals)
            continue;
        *dot = *equals = '\0';
        int knob = fovea_sparse_method_find_knob (method, dot + 1);
        if (knob >= 0 && g_str_equal (words[i], method->id))
            knobs[knob] = g_ascii_strtod (equals + 1, NULL);
    }
}

/* The value is that of the head's own curve: means over heads need not be values of the knob. */
static gboolean
make_question (FoveaSparseModel *self, FoveaMaskQuestion *question)
{
    const FoveaPlace *place = fovea_selection_get_place (self->selection);
    const FoveaCurvePoint *point = fovea_sparse_model_get_point (self, NULL, NULL);
    memset (question, 0, sizeof *question); /* compared byte by byte */
    if (point == NULL || fovea_selection_get_info (self->selection) == NULL)
        return FALSE;
    const FoveaSparseMethod *method = get_method (self->method);
    const FoveaCurve *own =
        fovea_sparse_model_find_curve (self, place->layer, place->head, self->method);
    double value =
        own != NULL && self->index < own->n_points ? own->points[self->index].value : point->value;
    question->layer = place->layer;
    question->head = place->head;
    question->method = method;
    question->share = SHARE;
    read_knobs (self, method, question->knobs);
    question->knobs[0] = method->knobs[0].whole ? round (value) : value;
    return TRUE;
}

static void
numbers_read (GObject *object, GAsyncResult *result, gpointer data)
{
    g_autoptr (FoveaSparseModel) self = data;
    g_autoptr (GError) error = NULL;
    FoveaSparseNumbers *numbers = fovea_sparse_numbers_finish (result, &error);
    if (g_task_get_cancellable (G_TASK (result)) != self->cancellable) {
        fovea_sparse_numbers_free (numbers);
        return;
    }
    if (numbers == NULL) {
        g_signal_emit (self, signals[FAILED], 0, error->message);
        return;
    }
    g_clear_pointer (&self->numbers, fovea_sparse_numbers_free);
    self->numbers = numbers;
    g_signal_emit (self, signals[MASK_CHANGED], 0);
}

static void
mask_made (GObject *object, GAsyncResult *result, gpointer data)
{
    g_autoptr (FoveaSparseModel) self = data;
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaMaskOverlay) overlay = fovea_sparse_mask_finish (result, &error);
    if (g_task_get_cancellable (G_TASK (result)) != self->cancellable)
        return;
    if (overlay == NULL) {
        g_signal_emit (self, signals[FAILED], 0, error->message);
        return;
    }
    self->overlay = g_steal_pointer (&overlay);
    const FoveaTraceInfo *info = fovea_selection_get_info (self->selection);
    fovea_sparse_numbers_async (self->overlay, info->n_tokens, self->cancellable, numbers_read,
                                g_object_ref (self));
    g_signal_emit (self, signals[MASK_CHANGED], 0);
}

static void
forget_mask (FoveaSparseModel *self)
{
    g_cancellable_cancel (self->cancellable);
    g_clear_object (&self->cancellable);
    g_clear_pointer (&self->overlay, fovea_mask_overlay_unref);
    g_clear_pointer (&self->numbers, fovea_sparse_numbers_free);
    memset (&self->asked, 0, sizeof self->asked);
}

/* Called after every change that could ask for another mask; asks only if it does. */
static void
renew_mask (FoveaSparseModel *self)
{
    FoveaMaskQuestion question;
    gboolean any = make_question (self, &question);
    if (self->users == 0 || (any && memcmp (&question, &self->asked, sizeof question) == 0))
        return;
    forget_mask (self);
    if (any) {
        self->asked = question;
        self->cancellable = g_cancellable_new ();
        fovea_sparse_mask_async (fovea_selection_get_source (self->selection), &question,
                                 self->cancellable, mask_made, g_object_ref (self));
    }
    g_signal_emit (self, signals[MASK_CHANGED], 0);
}

void
fovea_sparse_model_use (FoveaSparseModel *self, gboolean use)
{
    g_return_if_fail (use || self->users > 0);
    self->users += use ? 1 : -1;
    renew_mask (self);
}

FoveaMaskOverlay *
fovea_sparse_model_get_overlay (FoveaSparseModel *self)
{
    return self->overlay;
}

const FoveaSparseNumbers *
fovea_sparse_model_get_numbers (FoveaSparseModel *self)
{
    return self->numbers;
}

/* Methods and points. */

gboolean
fovea_sparse_model_is_chosen (FoveaSparseModel *self, guint method)
{
    return self->chosen[method];
}

guint
fovea_sparse_model_list_chosen (FoveaSparseModel *self, guint *methods)
{
    guint n = 0;
    for (guint m = 0; m < self->n_methods && n < FOVEA_MAX_CHOSEN; m++)
        if (self->chosen[m])
            methods[n++] = m;
    return n;
}

/* The first look at curves: one point of the first method that is no bound, so that a mask shows. */
static void
select_first (FoveaSparseModel *self)
{
    guint methods[FOVEA_MAX_CHOSEN], n = fovea_sparse_model_list_chosen (self, methods);
    if (self->method != NO_METHOD && self->chosen[self->method] &&
        fovea_sparse_model_get_point (self, NULL, NULL) != NULL)
        return;
    self->method = NO_METHOD;
    for (int bound = 0; bound <= 1 && self->method == NO_METHOD; bound++)
        for (guint i = 0; i < n && self->method == NO_METHOD; i++) {
            const FoveaCurve *curve = fovea_sparse_model_get_curve (self, methods[i]);
            if (curve == NULL || (get_method (methods[i])->kind == FOVEA_SPARSE_ORACLE) != bound)
                continue;
            self->method = methods[i];
            self->index = 0;
            for (guint p = 1; p < curve->n_points; p++)
                if (fabs (log (curve->points[p].density / FIRST)) <
                    fabs (log (curve->points[self->index].density / FIRST)))
                    self->index = p;
        }
}

static void
change (FoveaSparseModel *self)
{
    select_first (self);
    g_signal_emit (self, signals[CHANGED], 0);
    g_signal_emit (self, signals[POINT_CHANGED], 0);
    renew_mask (self);
}

gboolean
fovea_sparse_model_choose (FoveaSparseModel *self, guint method, gboolean chosen)
{
    guint methods[FOVEA_MAX_CHOSEN];
    if (self->chosen[method] == chosen)
        return TRUE;
    if (chosen && fovea_sparse_model_list_chosen (self, methods) == FOVEA_MAX_CHOSEN)
        return FALSE;
    self->chosen[method] = chosen;
    self->chosen_by_user = TRUE;
    change (self);
    return TRUE;
}

double
fovea_sparse_model_get_knob (FoveaSparseModel *self, guint method, guint knob)
{
    const FoveaTraceInfo *info = fovea_selection_get_info (self->selection);
    double defaults[FOVEA_SPARSE_MAX_KNOBS];
    double set = self->settings[method * FOVEA_SPARSE_MAX_KNOBS + knob];
    fovea_sparse_method_get_defaults (get_method (method), info != NULL ? info->n_tokens : 1,
                                      defaults);
    return isnan (set) ? defaults[knob] : set;
}

void
fovea_sparse_model_set_knob (FoveaSparseModel *self, guint method, guint knob, double value)
{
    const FoveaSparseKnob *k = &get_method (method)->knobs[knob];
    double set = CLAMP (k->whole ? round (value) : value, k->low, k->high);
    if (set != fovea_sparse_model_get_knob (self, method, knob))
        self->settings[method * FOVEA_SPARSE_MAX_KNOBS + knob] = set;
}

GArray *
fovea_sparse_model_list_settings (FoveaSparseModel *self)
{
    GArray *settings = g_array_new (FALSE, FALSE, sizeof (FoveaSparseSetting));
    for (guint m = 0; m < self->n_methods; m++)
        for (guint k = 1; k < FOVEA_SPARSE_MAX_KNOBS && self->chosen[m]; k++) {
            const FoveaSparseMethod *method = get_method (m);
            FoveaSparseSetting setting = {method->id, method->knobs[k].name,
                                          self->settings[m * FOVEA_SPARSE_MAX_KNOBS + k]};
            if (!isnan (setting.value))
                g_array_append_val (settings, setting);
        }
    return settings;
}

void
fovea_sparse_model_select (FoveaSparseModel *self, guint method, guint index)
{
    if (self->method == method && self->index == index)
        return;
    self->method = method;
    self->index = index;
    g_signal_emit (self, signals[POINT_CHANGED], 0);
    renew_mask (self);
}

void
fovea_sparse_model_select_near (FoveaSparseModel *self, guint method)
{
    const FoveaCurvePoint *point = fovea_sparse_model_get_point (self, NULL, NULL);
    const FoveaCurve *curve = fovea_sparse_model_get_curve (self, method);
    double density = point != NULL ? point->density : FIRST;
    guint best = 0;
    if (curve == NULL)
        return;
    for (guint p = 1; p < curve->n_points; p++)
        if (fabs (log (curve->points[p].density / density)) <
            fabs (log (curve->points[best].density / density)))
            best = p;
    fovea_sparse_model_select (self, method, best);
}

void
fovea_sparse_model_step_method (FoveaSparseModel *self, int by)
{
    guint methods[FOVEA_MAX_CHOSEN], at = 0;
    int n = (int) fovea_sparse_model_list_chosen (self, methods);
    if (fovea_sparse_model_get_point (self, NULL, NULL) == NULL)
        return;
    while ((int) at < n && methods[at] != self->method)
        at++;
    for (int step = 1; step < n; step++) {
        guint next = methods[((int) at + by * step + n * n) % n];
        if (fovea_sparse_model_get_curve (self, next) == NULL)
            continue;
        fovea_sparse_model_select_near (self, next);
        return;
    }
}

/* Any curve of a method anywhere in the table. */
static gboolean
has_curves (FoveaSparseModel *self, guint method)
{
    guint n;
    const FoveaCurve *curves = fovea_curve_set_list (self->set, &n);
    for (guint i = 0; i < n; i++)
        if (g_str_equal (curves[i].method, get_method (method)->id))
            return TRUE;
    return FALSE;
}

static gboolean
is_bound (guint method)
{
    return get_method (method)->honesty == FOVEA_HONESTY_MEASUREMENT;
}

/* What was measured is shown. Until the user chooses these are the usual methods that have curves,
 * then others of the list, of bounds one if there is none; afterwards nothing changes unless none of
 * those chosen has a curve. */
static void
choose_shown (FoveaSparseModel *self)
{
    guint methods[FOVEA_MAX_CHOSEN], n = fovea_sparse_model_list_chosen (self, methods), left;
    guint measured = 0, shown = 0;
    gboolean bounded = FALSE;
    for (guint m = 0; m < self->n_methods; m++)
        measured += has_curves (self, m);
    for (guint i = 0; i < n; i++)
        shown += has_curves (self, methods[i]);
    if (measured == 0 || (self->chosen_by_user && shown > 0))
        return;
    for (guint i = 0; i < n; i++) {
        self->chosen[methods[i]] = has_curves (self, methods[i]);
        bounded |= self->chosen[methods[i]] && is_bound (methods[i]);
    }
    left = MOST_SHOWN - MIN (shown, MOST_SHOWN);
    for (guint m = 0; m < self->n_methods && left > 0; m++) {
        if (self->chosen[m] || !has_curves (self, m) || (bounded && is_bound (m)))
            continue;
        self->chosen[m] = TRUE;
        bounded |= is_bound (m);
        left--;
    }
}

void
fovea_sparse_model_set_table (FoveaSparseModel *self, FoveaTable *recall)
{
    forget_mask (self);
    g_hash_table_remove_all (self->curves);
    g_clear_pointer (&self->set, fovea_curve_set_free);
    g_clear_pointer (&self->table, fovea_table_unref);
    if (recall != NULL) {
        self->table = fovea_table_ref (recall);
        self->set = fovea_curve_set_new (recall);
        index_curves (self);
        choose_shown (self);
    }
    change (self);
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
                         get_method (method)->id))
            return note;
    }
    return NULL;
}

char *
fovea_sparse_model_describe (FoveaSparseModel *self)
{
    const FoveaPlace *place = fovea_selection_get_place (self->selection);
    if (self->scope == FOVEA_SCOPE_MODEL)
        return g_strdup ("the model");
    return self->scope == FOVEA_SCOPE_LAYER
               ? g_strdup_printf ("layer %u", place->layer)
               : g_strdup_printf ("head %u.%u", place->layer, place->head);
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
        change (self);
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
    case PROP_LINEAR:
        g_value_set_boolean (value, self->linear);
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
        break;
    case PROP_UP:
        self->up = (FoveaUp) g_value_get_int (value);
        break;
    case PROP_LINEAR:
        self->linear = g_value_get_boolean (value);
        break;
    default:
        self->goal = g_value_get_double (value);
    }
    change (self);
}

static void
fovea_sparse_model_dispose (GObject *object)
{
    FoveaSparseModel *self = FOVEA_SPARSE_MODEL (object);
    forget_mask (self);
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
    props[PROP_SCOPE] = g_param_spec_int ("scope", NULL, NULL, 0, FOVEA_SCOPE_MODEL, 0, flags);
    props[PROP_UP] = g_param_spec_int ("up", NULL, NULL, 0, FOVEA_UP_LEAST, 0, flags);
    props[PROP_LINEAR] = g_param_spec_boolean ("linear", NULL, NULL, FALSE, flags);
    props[PROP_GOAL] = g_param_spec_double ("goal", NULL, NULL, 0, 1, 0.95, flags);
    g_object_class_install_properties (object_class, N_PROPS, props);
    for (guint i = CHANGED; i < N_SIGNALS; i++) {
        static const char *const names[] = {"changed", "point-changed", "mask-changed", "failed"};
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
    self->goal = 0.95;
    self->method = NO_METHOD;
}

FoveaSparseModel *
fovea_sparse_model_new (FoveaSelection *selection)
{
    FoveaSparseModel *self = g_object_new (FOVEA_TYPE_SPARSE_MODEL, NULL);
    self->selection = g_object_ref (selection);
    g_signal_connect_object (selection, "trace-changed", G_CALLBACK (trace_changed), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (selection, "moved", G_CALLBACK (moved), self, G_CONNECT_SWAPPED);
    return self;
}

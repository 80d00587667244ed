/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* History is a list of steps, each with a reference to its trace, so that going back across
 * sequences works without asking the store again. The current step is edited only in its head
 * scores; moving appends and drops what lay ahead. At most MAX_STEPS steps are kept. */
#include "ui/selection.h"

#include <glib/gi18n.h>
#include <gtk/gtk.h>

#include "ui/head-set.h"
#include "ui/trace-source.h"

#define MAX_STEPS 100

typedef struct {
    FoveaTraceSource *source;
    FoveaTable *heads;
    FoveaPlace place;
} Step;

struct _FoveaSelection {
    GObject parent_instance;
    GPtrArray *steps; /* of Step, never empty */
    guint current;
    FoveaPlace hover;
    enum {
        HOVER_NOTHING,
        HOVER_HEAD,
        HOVER_CELL
    } hovering;
    gboolean pinned; /* what is hovered stays */
    FoveaHeadSet *chosen;
    GtkBitset *tokens;        /* chosen ones */
    FoveaReference reference; /* source NULL = none */
    char *waiting;            /* why heads have no scores yet; NULL = nothing is under way */
};

G_DEFINE_FINAL_TYPE (FoveaSelection, fovea_selection, G_TYPE_OBJECT)

enum {
    PROP_0,
    PROP_LAYER,
    PROP_HEAD,
    PROP_QUERY,
    PROP_KEY,
    PROP_CAN_GO_BACK,
    PROP_CAN_GO_FORWARD,
    N_PROPS,
};
static GParamSpec *props[N_PROPS];

enum {
    TRACE_CHANGED,
    HEADS_CHANGED,
    MOVED,
    HOVERED,
    REFERENCE_CHANGED,
    TOKENS_CHANGED,
    WAITING_CHANGED,
    N_SIGNALS,
};
static guint signals[N_SIGNALS];

/* Of the array of steps. */
static void
step_free (gpointer data)
{
    Step *step = data;
    g_clear_pointer (&step->source, fovea_trace_source_unref);
    g_clear_pointer (&step->heads, fovea_table_unref);
    g_free (step);
}

/* Keeps trace and scores, so that going back needs nobody's help. */
static Step *
step_new (FoveaTraceSource *source, FoveaTable *heads, const FoveaPlace *place)
{
    Step *step = g_new0 (Step, 1);
    step->source = source != NULL ? fovea_trace_source_ref (source) : NULL;
    step->heads = heads != NULL ? fovea_table_ref (heads) : NULL;
    step->place = *place;
    return step;
}

static Step *
current_step (FoveaSelection *self)
{
    return g_ptr_array_index (self->steps, self->current);
}

/* The place nearest to @place that the trace has; a forbidden future key becomes the query. */
static FoveaPlace
clamp_place (FoveaTraceSource *source, const FoveaPlace *place)
{
    FoveaPlace out = {0, 0, -1, -1};
    if (source == NULL)
        return out;
    const FoveaTraceInfo *info = fovea_trace_get_info (fovea_trace_source_get_trace (source));
    const FoveaArchitecture *model = info->architecture;
    out.layer = MIN (place->layer, (guint) MAX (model->n_layers, 1) - 1);
    out.head = MIN (place->head, (guint) MAX (model->n_heads, 1) - 1);
    out.query = CLAMP (place->query, 0, info->n_tokens - 1);
    out.key = CLAMP (place->key, 0, info->n_tokens - 1);
    FoveaScoreRule rule = fovea_architecture_get_score_rule (model, out.layer);
    if (rule.causal)
        out.key = MIN (out.key, out.query);
    return out;
}

/* Properties first: handlers of "moved" may read them. */
static void
emit_moved (FoveaSelection *self)
{
    for (guint i = PROP_LAYER; i < N_PROPS; i++)
        g_object_notify_by_pspec (G_OBJECT (self), props[i]);
    g_signal_emit (self, signals[MOVED], 0);
}

/* Selecting after going back drops what lay ahead, as in a browser. */
static void
append_step (FoveaSelection *self, Step *step)
{
    g_ptr_array_set_size (self->steps, (int) self->current + 1);
    g_ptr_array_add (self->steps, step);
    if (self->steps->len > MAX_STEPS)
        g_ptr_array_remove_index (self->steps, 0);
    self->current = self->steps->len - 1;
}

/* It was of another trace. */
static void
forget_hover (FoveaSelection *self)
{
    gboolean told = self->hovering != HOVER_NOTHING;
    self->hovering = HOVER_NOTHING;
    self->pinned = FALSE;
    if (told)
        g_signal_emit (self, signals[HOVERED], 0);
}

/* Struct comparison would include padding. */
static gboolean
same_place (const FoveaPlace *a, const FoveaPlace *b)
{
    return a->layer == b->layer && a->head == b->head && a->query == b->query && a->key == b->key;
}

static void
fovea_selection_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
    FoveaSelection *self = FOVEA_SELECTION (object);
    const FoveaPlace *place = &current_step (self)->place;
    switch (id) {
    case PROP_LAYER:
        g_value_set_int64 (value, place->layer);
        break;
    case PROP_HEAD:
        g_value_set_int64 (value, place->head);
        break;
    case PROP_QUERY:
        g_value_set_int64 (value, place->query);
        break;
    case PROP_KEY:
        g_value_set_int64 (value, place->key);
        break;
    case PROP_CAN_GO_BACK: /* the first step is the empty window */
        g_value_set_boolean (value, self->current > 1);
        break;
    case PROP_CAN_GO_FORWARD:
        g_value_set_boolean (value, self->current + 1 < self->steps->len);
        break;
    default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
clear_reference (FoveaSelection *self)
{
    g_clear_pointer (&self->reference.source, fovea_trace_source_unref);
    g_clear_pointer (&self->reference.heads, fovea_table_unref);
    g_clear_pointer (&self->reference.title, g_free);
}

static void
fovea_selection_finalize (GObject *object)
{
    clear_reference (FOVEA_SELECTION (object));
    g_ptr_array_unref (FOVEA_SELECTION (object)->steps);
    g_object_unref (FOVEA_SELECTION (object)->chosen);
    gtk_bitset_unref (FOVEA_SELECTION (object)->tokens);
    g_free (FOVEA_SELECTION (object)->waiting);
    G_OBJECT_CLASS (fovea_selection_parent_class)->finalize (object);
}

static void
fovea_selection_class_init (FoveaSelectionClass *klass)
{
    GObjectClass *object_class = G_OBJECT_CLASS (klass);
    object_class->get_property = fovea_selection_get_property;
    object_class->finalize = fovea_selection_finalize;
    const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
    const char *numbers[] = {"layer", "head", "query", "key"};
    for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
        props[PROP_LAYER + i] =
            g_param_spec_int64 (numbers[i], NULL, NULL, -1, G_MAXINT64, -1, flags);
    props[PROP_CAN_GO_BACK] = g_param_spec_boolean ("can-go-back", NULL, NULL, FALSE, flags);
    props[PROP_CAN_GO_FORWARD] = g_param_spec_boolean ("can-go-forward", NULL, NULL, FALSE, flags);
    g_object_class_install_properties (object_class, N_PROPS, props);
    const char *names[] = {"trace-changed",     "heads-changed",  "moved",          "hovered",
                           "reference-changed", "tokens-changed", "waiting-changed"};
    for (guint i = 0; i < N_SIGNALS; i++)
        signals[i] = g_signal_new (names[i], G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
fovea_selection_init (FoveaSelection *self)
{
    const FoveaPlace nowhere = {0, 0, -1, -1};
    self->chosen = fovea_head_set_new ();
    self->tokens = gtk_bitset_new_empty ();
    self->steps = g_ptr_array_new_with_free_func (step_free);
    g_ptr_array_add (self->steps, step_new (NULL, NULL, &nowhere));
}

FoveaSelection *
fovea_selection_new (void)
{
    return g_object_new (FOVEA_TYPE_SELECTION, NULL);
}

void
fovea_selection_set_trace (FoveaSelection *self,
                           FoveaTraceSource *source,
                           FoveaTable *heads,
                           const FoveaPlace *place)
{
    g_return_if_fail (FOVEA_IS_SELECTION (self));
    FoveaPlace there = clamp_place (source, place);
    fovea_head_set_clear (self->chosen); /* told while all that hears of it is of the old trace */
    fovea_selection_choose_no_token (self);
    append_step (self, step_new (source, heads, &there));
    forget_hover (self);
    g_signal_emit (self, signals[TRACE_CHANGED], 0);
    g_signal_emit (self, signals[HEADS_CHANGED], 0);
    emit_moved (self);
}

FoveaTraceSource *
fovea_selection_get_source (FoveaSelection *self)
{
    return current_step (self)->source;
}

const FoveaTraceInfo *
fovea_selection_get_info (FoveaSelection *self)
{
    FoveaTraceSource *source = current_step (self)->source;
    return source != NULL ? fovea_trace_get_info (fovea_trace_source_get_trace (source)) : NULL;
}

void
fovea_selection_set_waiting (FoveaSelection *self, const char *words)
{
    if (g_strcmp0 (self->waiting, words) == 0)
        return;
    g_free (self->waiting);
    self->waiting = g_strdup (words);
    g_signal_emit (self, signals[WAITING_CHANGED], 0);
}

const char *
fovea_selection_get_waiting (FoveaSelection *self)
{
    return self->waiting != NULL ? self->waiting : _ ("Heads are not scored yet.");
}

void
fovea_selection_set_heads (FoveaSelection *self, FoveaTable *heads)
{
    /* Every step of this trace shows the scores, not only the last. */
    FoveaTraceSource *source = current_step (self)->source;
    for (guint i = 0; i < self->steps->len; i++) {
        Step *step = g_ptr_array_index (self->steps, i);
        if (step->source != source)
            continue;
        g_clear_pointer (&step->heads, fovea_table_unref);
        step->heads = heads != NULL ? fovea_table_ref (heads) : NULL;
    }
    if (source != NULL && source == self->reference.source) {
        g_clear_pointer (&self->reference.heads, fovea_table_unref);
        self->reference.heads = heads != NULL ? fovea_table_ref (heads) : NULL;
    }
    g_signal_emit (self, signals[HEADS_CHANGED], 0);
}

FoveaTable *
fovea_selection_get_heads (FoveaSelection *self)
{
    return current_step (self)->heads;
}

void
fovea_selection_select (FoveaSelection *self, const FoveaPlace *place)
{
    g_return_if_fail (FOVEA_IS_SELECTION (self));
    Step *step = current_step (self);
    FoveaPlace there = clamp_place (step->source, place);
    if (step->source == NULL || same_place (&there, &step->place))
        return;
    append_step (self, step_new (step->source, step->heads, &there));
    emit_moved (self);
}

void
fovea_selection_select_head (FoveaSelection *self, guint layer, guint head)
{
    FoveaPlace place = *fovea_selection_get_place (self);
    place.layer = layer;
    place.head = head;
    fovea_selection_select (self, &place);
}

void
fovea_selection_select_cell (FoveaSelection *self, gint64 query, gint64 key)
{
    FoveaPlace place = *fovea_selection_get_place (self);
    place.query = query;
    place.key = key;
    fovea_selection_select (self, &place);
}

void
fovea_selection_step_head (FoveaSelection *self, int heads, int layers)
{
    const FoveaTraceInfo *info = fovea_selection_get_info (self);
    if (info == NULL)
        return;
    const FoveaPlace *place = fovea_selection_get_place (self);
    gint64 n_heads = info->architecture->n_heads;
    gint64 last = info->architecture->n_layers * n_heads - 1;
    gint64 index = (gint64) place->layer * n_heads + place->head + heads + layers * n_heads;
    if (index < 0 || index > last)
        return;
    fovea_selection_select_head (self, (guint) (index / n_heads), (guint) (index % n_heads));
}

const FoveaPlace *
fovea_selection_get_place (FoveaSelection *self)
{
    return &current_step (self)->place;
}

/* Said once, however often the pointer moves within it. */
static void
hover (FoveaSelection *self, int hovering, const FoveaPlace *place)
{
    if (self->pinned || (hovering == (int) self->hovering &&
                         (hovering == HOVER_NOTHING || same_place (place, &self->hover))))
        return;
    self->hovering = hovering;
    if (hovering != HOVER_NOTHING)
        self->hover = *place;
    g_signal_emit (self, signals[HOVERED], 0);
}

void
fovea_selection_hover_head (FoveaSelection *self, guint layer, guint head)
{
    FoveaPlace place = *fovea_selection_get_place (self);
    place.layer = layer;
    place.head = head;
    hover (self, HOVER_HEAD, &place);
}

static gboolean
is_pair (FoveaSelection *self, const FoveaPlace *place)
{
    FoveaPlace there = clamp_place (current_step (self)->source, place);
    const FoveaTraceInfo *info = fovea_selection_get_info (self);
    if (info == NULL || !same_place (&there, place))
        return FALSE;
    FoveaScoreRule rule = fovea_trace_info_get_rule (info, place->layer);
    return fovea_score_rule_allows (&rule, place->query, place->key);
}

void
fovea_selection_hover_cell (FoveaSelection *self, gint64 query, gint64 key)
{
    FoveaPlace place = *fovea_selection_get_place (self);
    place.query = query;
    place.key = key;
    hover (self, is_pair (self, &place) ? HOVER_CELL : HOVER_NOTHING, &place);
}

void
fovea_selection_hover_query (FoveaSelection *self, gint64 query)
{
    FoveaPlace place = *fovea_selection_get_place (self);
    place.query = query;
    fovea_selection_hover_cell (self, query, is_pair (self, &place) ? place.key : query);
}

void
fovea_selection_hover_nothing (FoveaSelection *self)
{
    hover (self, HOVER_NOTHING, NULL);
}

void
fovea_selection_pin_hover (FoveaSelection *self, gboolean pinned)
{
    self->pinned = pinned;
    if (!pinned)
        hover (self, HOVER_NOTHING, NULL);
}

gboolean
fovea_selection_is_hover_pinned (FoveaSelection *self)
{
    return self->pinned;
}

const FoveaPlace *
fovea_selection_get_hovered_head (FoveaSelection *self)
{
    return self->hovering == HOVER_HEAD ? &self->hover : NULL;
}

const FoveaPlace *
fovea_selection_get_hovered_cell (FoveaSelection *self)
{
    return self->hovering == HOVER_CELL ? &self->hover : NULL;
}

/* After another step became the current one; @before: source of the one before. */
static void
tell_step (FoveaSelection *self, FoveaTraceSource *before)
{
    if (current_step (self)->source != before) {
        forget_hover (self);
        fovea_head_set_clear (self->chosen);
        fovea_selection_choose_no_token (self);
        g_signal_emit (self, signals[TRACE_CHANGED], 0);
        g_signal_emit (self, signals[HEADS_CHANGED], 0);
    }
    emit_moved (self);
}

void
fovea_selection_go (FoveaSelection *self, int steps)
{
    gint64 target = (gint64) self->current + steps;
    if (target < 1 || target >= self->steps->len)
        return;
    FoveaTraceSource *before = current_step (self)->source;
    self->current = (guint) target;
    tell_step (self, before);
}

static gboolean
is_from (FoveaTraceSource *source, const char *origin)
{
    return source != NULL && g_strcmp0 (fovea_trace_source_get_origin (source), origin) == 0;
}

void
fovea_selection_forget (FoveaSelection *self, const char *origin)
{
    FoveaTraceSource *shown = current_step (self)->source;
    g_autoptr (FoveaTraceSource) before = shown != NULL ? fovea_trace_source_ref (shown) : NULL;
    gboolean compared = is_from (self->reference.source, origin);
    for (guint i = self->steps->len; i-- > 1;) {
        const Step *step = g_ptr_array_index (self->steps, i);
        if (!is_from (step->source, origin))
            continue;
        g_ptr_array_remove_index (self->steps, i);
        if (i <= self->current)
            self->current--;
    }
    if (self->current == 0 && self->steps->len > 1)
        self->current = 1; /* what lay ahead */
    if (compared) {
        clear_reference (self);
        g_signal_emit (self, signals[REFERENCE_CHANGED], 0);
    }
    tell_step (self, before);
}

void
fovea_selection_choose_token (FoveaSelection *self, gint64 token)
{
    const FoveaTraceInfo *info = fovea_selection_get_info (self);
    if (info == NULL || token < 0 || token >= info->n_tokens)
        return;
    if (!gtk_bitset_add (self->tokens, (guint) token))
        gtk_bitset_remove (self->tokens, (guint) token);
    g_signal_emit (self, signals[TOKENS_CHANGED], 0);
}

void
fovea_selection_choose_no_token (FoveaSelection *self)
{
    if (gtk_bitset_is_empty (self->tokens))
        return;
    gtk_bitset_remove_all (self->tokens);
    g_signal_emit (self, signals[TOKENS_CHANGED], 0);
}

gboolean
fovea_selection_has_token (FoveaSelection *self, gint64 token)
{
    return gtk_bitset_contains (self->tokens, (guint) token);
}

GArray *
fovea_selection_list_tokens (FoveaSelection *self)
{
    GArray *list = g_array_new (FALSE, FALSE, sizeof (gint64));
    GtkBitsetIter iter;
    guint token;
    for (gboolean any = gtk_bitset_iter_init_first (&iter, self->tokens, &token); any;
         any = gtk_bitset_iter_next (&iter, &token)) {
        const gint64 value = token;
        g_array_append_val (list, value);
    }
    return list;
}

FoveaHeadSet *
fovea_selection_get_chosen (FoveaSelection *self)
{
    return self->chosen;
}

void
fovea_selection_compare_with (FoveaSelection *self, FoveaTraceSource *source, FoveaTable *heads)
{
    clear_reference (self);
    if (source != NULL) {
        self->reference.source = fovea_trace_source_ref (source);
        self->reference.heads = heads != NULL ? fovea_table_ref (heads) : NULL;
        self->reference.title =
            g_strdup (fovea_trace_get_info (fovea_trace_source_get_trace (source))->title);
    }
    g_signal_emit (self, signals[REFERENCE_CHANGED], 0);
}

void
fovea_selection_set_reference (FoveaSelection *self)
{
    const Step *step = current_step (self);
    gboolean again = fovea_trace_source_is_same (step->source, self->reference.source);
    fovea_selection_compare_with (self, again ? NULL : step->source, step->heads);
}

const FoveaReference *
fovea_selection_get_reference (FoveaSelection *self)
{
    return self->reference.source != NULL ? &self->reference : NULL;
}

gboolean
fovea_selection_is_compared (FoveaSelection *self)
{
    const FoveaTraceInfo *mine = fovea_selection_get_info (self);
    if (mine == NULL || self->reference.source == NULL ||
        fovea_trace_source_is_same (self->reference.source, fovea_selection_get_source (self)))
        return FALSE;
    const FoveaArchitecture *a = mine->architecture;
    const FoveaArchitecture *b =
        fovea_trace_get_info (fovea_trace_source_get_trace (self->reference.source))->architecture;
    return a->n_layers == b->n_layers && a->n_heads == b->n_heads;
}

gboolean
fovea_selection_can_differ (FoveaSelection *self)
{
    return fovea_selection_is_compared (self) &&
           fovea_trace_get_info (fovea_trace_source_get_trace (self->reference.source))->n_tokens ==
               fovea_selection_get_info (self)->n_tokens;
}

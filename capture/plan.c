/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* From a request to the arrays that a capture keeps.
 * Invariant: whatever was asked for can be read from the finished trace; in f32 a point that
 * follows exactly from kept ones takes no space (derivation.h). Of a fully kept residual stream
 * every RESID_EVERY-th layer is stored, which bounds the additions that rebuild the others.
 * Cost: names of the model times globs, before anything runs. */
#include "capture/plan-private.h"

#include <string.h>

#include "capture/derivation.h"

enum {
    RESID_EVERY = 4
};

/* All names of a model with what is wanted of each. */
typedef struct {
    const FoveaArchitecture *architecture;
    GPtrArray *names;   /* of FoveaArray */
    FoveaPoint *points; /* side by side with names */
    gboolean *wanted;
    GHashTable *where; /* name -> position + 1 */
} Selection;

static void
plan_item_free (gpointer data)
{
    FoveaPlanItem *item = data;
    g_free (item->heads_text);
    g_clear_pointer (&item->heads, g_array_unref);
    g_free (item);
}

static void
selection_init (Selection *selection, const FoveaArchitecture *architecture)
{
    selection->architecture = architecture;
    selection->names = fovea_points_list (architecture, MAX (architecture->context, 1));
    selection->points = g_new0 (FoveaPoint, selection->names->len);
    selection->wanted = g_new0 (gboolean, selection->names->len);
    selection->where = g_hash_table_new (g_str_hash, g_str_equal);
    for (guint i = 0; i < selection->names->len; i++) {
        const FoveaArray *array = g_ptr_array_index (selection->names, i);
        fovea_point_parse (architecture, array->name, &selection->points[i]);
        g_hash_table_insert (selection->where, array->name, GUINT_TO_POINTER (i + 1));
    }
}

static void
selection_clear (Selection *selection)
{
    g_hash_table_unref (selection->where);
    g_ptr_array_unref (selection->names);
    g_free (selection->points);
    g_free (selection->wanted);
}

static gint64
find (const Selection *selection, FoveaPoint point)
{
    g_autofree char *name = fovea_point_name (point);
    return (gint64) GPOINTER_TO_UINT (g_hash_table_lookup (selection->where, name)) - 1;
}

static gboolean
is_wanted (const Selection *selection, FoveaPoint point)
{
    gint64 at = find (selection, point);
    return at >= 0 && selection->wanted[at];
}

/* What makes any rectangle of a layer's maps recomputable, with its summaries and values. */
static gboolean
is_factored (const FoveaArchitecture *architecture, FoveaPointKind kind)
{
    gboolean rotary = architecture->position == FOVEA_POSITION_ROTARY;
    if (kind == FOVEA_POINT_PATCHES) /* the picture that maps are laid over */
        return TRUE;
    if (kind == FOVEA_POINT_Q || kind == FOVEA_POINT_K)
        return !rotary;
    return kind == FOVEA_POINT_ROT_Q || kind == FOVEA_POINT_ROT_K || kind == FOVEA_POINT_V ||
           (kind >= FOVEA_POINT_LSE && kind <= FOVEA_POINT_PYRAMID_MAX);
}

static gboolean
is_map (FoveaPointKind kind)
{
    return kind == FOVEA_POINT_SCORES || kind == FOVEA_POINT_PATTERN;
}

/* Whether canonical names that @pattern finds among names and aliases; marks them in @hit. */
static gboolean
match (const Selection *selection, const char *glob, gboolean *hit)
{
    g_autoptr (GPatternSpec) pattern = g_pattern_spec_new (glob);
    g_autoptr (GPtrArray) aliases = fovea_point_list_aliases (selection->architecture);
    gboolean any = FALSE;
    for (guint i = 0; i < selection->names->len; i++) {
        const FoveaArray *array = g_ptr_array_index (selection->names, i);
        hit[i] = g_pattern_spec_match_string (pattern, array->name) &&
                 fovea_point_is_meant (selection->points[i].kind, glob);
        any = any || hit[i];
    }
    for (guint i = 0; i < aliases->len; i++) {
        const char *alias = g_ptr_array_index (aliases, i);
        if (!g_pattern_spec_match_string (pattern, alias))
            continue;
        g_autofree char *name = fovea_point_canonical_name (selection->architecture, alias);
        guint at = GPOINTER_TO_UINT (g_hash_table_lookup (selection->where, name));
        hit[at - 1] = TRUE;
        any = TRUE;
    }
    return any;
}

static FoveaPlanItem *
sliced_item (const Selection *selection, guint at, const FoveaPlanGlob *glob, GError **error)
{
    FoveaPoint point = selection->points[at];
    const FoveaArray *array = g_ptr_array_index (selection->names, at);
    int axis = fovea_point_head_axis (point.kind);
    g_autoptr (GArray) heads = NULL;
    gboolean by_token = array->row_axes == 1 && point.kind != FOVEA_POINT_COLUMN_MASS;
    if ((glob->heads_text != NULL && (axis < 0 || !by_token)) || (glob->sliced && !by_token)) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE, "%s cannot be sliced by %s",
                     array->name, glob->sliced && !by_token ? "positions" : "heads");
        return NULL;
    }
    if (glob->heads_text != NULL) {
        heads = fovea_plan_parse_set (glob->heads_text, array->name, array->shape[axis], error);
        if (heads == NULL)
            return NULL;
    }
    FoveaPlanItem *item = g_new0 (FoveaPlanItem, 1);
    item->point = point;
    item->heads_text = g_strdup (glob->heads_text);
    item->heads = g_steal_pointer (&heads);
    item->sliced = glob->sliced;
    item->open = glob->open;
    item->from = glob->from;
    item->to = glob->to;
    return item;
}

static gboolean
select_glob (Selection *selection, const FoveaPlanGlob *glob, GPtrArray *slices, GError **error)
{
    g_autofree gboolean *hit = g_new0 (gboolean, selection->names->len);
    gboolean keyword = glob->heads_text == NULL && !glob->sliced;
    gboolean all = keyword && strcmp (glob->glob, "all") == 0;
    gboolean attention = keyword && strcmp (glob->glob, "attention") == 0;
    if (!all && !attention && !match (selection, glob->glob, hit)) {
        g_autofree char *nearest = fovea_point_suggest (selection->architecture, glob->glob);
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND, "no point matches %s%s", glob->glob,
                     nearest);
        return FALSE;
    }
    for (guint i = 0; i < selection->names->len; i++) {
        FoveaPointKind kind = selection->points[i].kind;
        if (!(all && fovea_point_is_meant (kind, glob->glob)) && !hit[i] &&
            !(attention && is_factored (selection->architecture, kind)))
            continue;
        if (keyword) {
            selection->wanted[i] = TRUE;
            continue;
        }
        FoveaPlanItem *item = sliced_item (selection, i, glob, error);
        if (item == NULL)
            return FALSE;
        g_ptr_array_add (slices, item);
    }
    return TRUE;
}

/* A map is kept factored; dense rows come on top where they were asked for. */
static void
settle_maps (Selection *selection, gboolean dense)
{
    for (guint i = 0; i < selection->names->len; i++) {
        if (!selection->wanted[i] || !is_map (selection->points[i].kind))
            continue;
        guint layer = selection->points[i].layer;
        for (guint j = 0; j < selection->names->len; j++)
            if (selection->points[j].layer == layer &&
                is_factored (selection->architecture, selection->points[j].kind))
                selection->wanted[j] = TRUE;
        selection->wanted[i] = dense;
    }
}

/* A copy of the stream is kept as the stream, which H heads share. */
static void
settle_copies (Selection *selection)
{
    for (guint i = 0; i < selection->names->len; i++) {
        FoveaDerivationSet set;
        FoveaPoint point = selection->points[i];
        if (selection->wanted[i] && fovea_point_is_optional_kind (point.kind) &&
            fovea_derivation_inputs (selection->architecture, point, 0, &set) != NULL)
            selection->wanted[find (selection, set.points[0])] = TRUE;
    }
}

/* Whether @point follows from what is wanted. @copies_only: without arithmetic. */
static gboolean
follows (const Selection *selection, FoveaPoint point, gboolean copies_only)
{
    FoveaDerivationSet set;
    for (guint nth = 0; fovea_derivation_inputs (selection->architecture, point, nth, &set) != NULL;
         nth++) {
        gboolean ok = !copies_only || set.copy;
        for (guint i = 0; ok && i < set.n; i++)
            ok = is_wanted (selection, set.points[i]) ||
                 (!set.kept[i] && follows (selection, set.points[i], copies_only));
        if (ok)
            return TRUE;
    }
    return FALSE;
}

static void
leave_out_derived (Selection *selection, FoveaDtype keep, FoveaDtype attend)
{
    for (guint i = 0; i < selection->names->len; i++) {
        FoveaPoint point = selection->points[i];
        if (!selection->wanted[i] || (point.kind == FOVEA_POINT_RESID_PRE &&
                                      point.layer % RESID_EVERY == 0 && point.layer > 0))
            continue;
        if (attend != FOVEA_F32 &&
            (point.kind == FOVEA_POINT_ROT_Q || point.kind == FOVEA_POINT_ROT_K))
            continue;
        selection->wanted[i] = FALSE;
        selection->wanted[i] = !follows (selection, point, keep != FOVEA_F32);
    }
}

static void
collect (const Selection *selection, GPtrArray *slices, GPtrArray *items)
{
    for (guint i = 0; i < selection->names->len; i++) {
        if (!selection->wanted[i])
            continue;
        FoveaPlanItem *item = g_new0 (FoveaPlanItem, 1);
        item->point = selection->points[i];
        g_ptr_array_add (items, item);
    }
    while (slices->len > 0)
        g_ptr_array_add (items, g_ptr_array_steal_index (slices, 0));
}

FoveaPlan *
fovea_plan_new (const FoveaArchitecture *architecture,
                const FoveaPlanOptions *options,
                GError **error)
{
    const char *request = options->points != NULL ? options->points : "attention";
    g_autoptr (GPtrArray) globs = fovea_plan_parse_globs (request, error);
    if (globs == NULL)
        return NULL;
    g_autoptr (GPtrArray) slices = g_ptr_array_new_with_free_func (plan_item_free);
    Selection selection;
    selection_init (&selection, architecture);
    gboolean ok = TRUE;
    for (guint i = 0; ok && i < globs->len; i++)
        ok = select_glob (&selection, g_ptr_array_index (globs, i), slices, error);
    FoveaPlan *plan = NULL;
    if (ok) {
        plan = g_new0 (FoveaPlan, 1);
        plan->architecture = fovea_architecture_copy (architecture);
        plan->keep = options->keep;
        plan->attend = options->attend;
        plan->items = g_ptr_array_new_with_free_func (plan_item_free);
        settle_maps (&selection, options->dense);
        settle_copies (&selection);
        leave_out_derived (&selection, options->keep, options->attend);
        collect (&selection, slices, plan->items);
    }
    selection_clear (&selection);
    return plan;
}

guint
fovea_plan_count_points (const FoveaArchitecture *architecture, const char *points)
{
    g_autoptr (GPtrArray) globs = fovea_plan_parse_globs (points, NULL);
    g_autoptr (GPtrArray) slices = g_ptr_array_new_with_free_func (plan_item_free);
    Selection selection;
    selection_init (&selection, architecture);
    gboolean ok = globs != NULL;
    guint n = 0;
    for (guint i = 0; ok && i < globs->len; i++)
        ok = select_glob (&selection, g_ptr_array_index (globs, i), slices, NULL);
    for (guint i = 0; i < slices->len; i++) {
        const FoveaPlanItem *item = g_ptr_array_index (slices, i);
        selection.wanted[find (&selection, item->point)] = TRUE;
    }
    for (guint i = 0; ok && i < selection.names->len; i++)
        n += selection.wanted[i] ? 1 : 0;
    selection_clear (&selection);
    return n;
}

void
fovea_plan_free (FoveaPlan *plan)
{
    if (plan == NULL)
        return;
    fovea_architecture_free (plan->architecture);
    g_ptr_array_unref (plan->items);
    g_free (plan);
}

void
fovea_plan_item_span (const FoveaPlanItem *item, gint64 n_tokens, gint64 *first, gint64 *end)
{
    *first = 0;
    *end = n_tokens;
    if (!item->sliced)
        return;
    gint64 from = item->from < 0 ? item->from + n_tokens : item->from;
    gint64 to = item->to < 0 ? item->to + n_tokens : item->to;
    *first = CLAMP (from, 0, n_tokens);
    *end = item->open ? n_tokens : CLAMP (to, *first, n_tokens);
}

/* Queries and keys as they enter the product. Scores reach 50, where bf16 steps by 0.25: rounded
 * ones would give other maps than the forward pass had, and rows that do not add up to one. */
static gboolean
enters_product (const FoveaArchitecture *architecture, FoveaPointKind kind)
{
    if (architecture->position == FOVEA_POSITION_ROTARY)
        return kind == FOVEA_POINT_ROT_Q || kind == FOVEA_POINT_ROT_K;
    return kind == FOVEA_POINT_Q || kind == FOVEA_POINT_K;
}

/* Summaries are small and exactness matters in them: they stay f32 whatever is kept. */
static FoveaDtype
kept_type (const FoveaPlan *plan, FoveaPointKind kind, FoveaDtype natural)
{
    gboolean scale = kind == FOVEA_POINT_LN1_SCALE || kind == FOVEA_POINT_LN2_SCALE ||
                     kind == FOVEA_POINT_FINAL_SCALE;
    gboolean summary = kind >= FOVEA_POINT_LSE && kind <= FOVEA_POINT_PYRAMID_MAX;
    if (enters_product (plan->architecture, kind))
        return plan->attend;
    return scale || summary ? natural : plan->keep;
}

static FoveaArray *
item_array (const FoveaPlan *plan, const FoveaPlanItem *item, gint64 n_tokens)
{
    FoveaArray *array = fovea_point_describe (plan->architecture, item->point, n_tokens);
    array->dtype = kept_type (plan, item->point.kind, array->dtype);
    GString *name = g_string_new (array->name);
    if (item->heads != NULL) {
        g_string_append_printf (name, "[%s]", item->heads_text);
        array->shape[fovea_point_head_axis (item->point.kind)] = item->heads->len;
    }
    if (item->sliced) {
        gint64 first, end;
        fovea_plan_item_span (item, n_tokens, &first, &end);
        g_string_append_printf (name, "@%" G_GINT64_FORMAT ":%" G_GINT64_FORMAT, first, end);
        array->shape[0] = end - first;
    }
    g_free (array->name);
    array->name = g_string_free (name, FALSE);
    return array;
}

GPtrArray *
fovea_plan_resolve (FoveaPlan *plan, gint64 n_tokens, GPtrArray **arrays)
{
    GPtrArray *items = g_ptr_array_new ();
    g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
    *arrays = g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_array_free);
    for (guint i = 0; i < plan->items->len; i++) {
        FoveaPlanItem *item = g_ptr_array_index (plan->items, i);
        if (item->point.level >= fovea_point_n_levels (n_tokens))
            continue;
        FoveaArray *array = item_array (plan, item, n_tokens);
        /* The same slice twice, or one that a short sequence does not reach. */
        if (array->shape[0] == 0 || !g_hash_table_add (seen, array->name)) {
            fovea_array_free (array);
            continue;
        }
        g_ptr_array_add (*arrays, array);
        g_ptr_array_add (items, item);
    }
    return items;
}

GPtrArray *
fovea_plan_list_arrays (FoveaPlan *plan, gint64 n_tokens)
{
    GPtrArray *arrays = NULL;
    g_autoptr (GPtrArray) items = fovea_plan_resolve (plan, n_tokens, &arrays);
    return arrays;
}

guint64
fovea_plan_get_bytes (FoveaPlan *plan, gint64 n_tokens)
{
    g_autoptr (GPtrArray) arrays = fovea_plan_list_arrays (plan, n_tokens);
    guint64 bytes = 0;
    for (guint i = 0; i < arrays->len; i++)
        bytes += fovea_array_bytes (g_ptr_array_index (arrays, i));
    return bytes;
}

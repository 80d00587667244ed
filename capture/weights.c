/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Binding walks the family's table: one look-up for each role and layer, a check of shape and type,
 * and a pointer. A tensor that the table never asks for is refused, because the family's forward
 * pass would silently leave it out (a bias, a norm of queries, a further head). */
#include "capture/weights.h"

#include <string.h>

#include "capture/weight-shapes.h"
#include "kernels/weight.h"

struct _FoveaWeights {
    gint64 n_layers;
    FoveaWeight *matrices; /* (role, layer); data NULL = absent */
    FoveaWeight *experts;  /* (role of experts, layer, expert); data NULL = absent */
    gint64 n_experts;
    float **vectors;    /* (role, layer); NULL = absent */
    GPtrArray *owned;   /* converted vectors, aligned copies of unaligned matrices */
    GPtrArray *missing; /* names */
    FoveaReshaped reshaped;
};

typedef struct {
    FoveaWeights *weights;
    const FoveaFamily *family;
    const FoveaArchitecture *a;
    GHashTable *by_name; /* name without prefix -> FoveaTensor */
    GHashTable *used;    /* set of FoveaTensor */
    const char *prefix;  /* as this file writes names: the family's or "" */
    const char *file;
} Binding;

static gsize
slot (const FoveaWeights *weights, FoveaWeightRole role, guint layer)
{
    return (gsize) role * (gsize) weights->n_layers + layer;
}

static gboolean
is_expert (FoveaWeightRole role)
{
    return role == FOVEA_WEIGHT_EXPERT_GATE || role == FOVEA_WEIGHT_EXPERT_IN ||
           role == FOVEA_WEIGHT_EXPERT_OUT;
}

static FoveaWeight *
expert_slot (const FoveaWeights *weights, FoveaWeightRole role, guint layer, guint expert)
{
    gsize first = (gsize) (role - FOVEA_WEIGHT_EXPERT_GATE) * (gsize) weights->n_layers + layer;
    return &weights->experts[first * (gsize) weights->n_experts + expert];
}

static FoveaWeights *
new_empty (gint64 n_layers, gint64 n_experts)
{
    FoveaWeights *weights = g_new0 (FoveaWeights, 1);
    gsize n = (gsize) FOVEA_N_WEIGHT_ROLES * (gsize) n_layers;
    weights->n_layers = n_layers;
    weights->n_experts = n_experts;
    weights->experts = g_new0 (FoveaWeight, 3 * (gsize) (n_layers * n_experts));
    weights->matrices = g_new0 (FoveaWeight, n);
    weights->vectors = g_new0 (float *, n);
    weights->owned = g_ptr_array_new_with_free_func (g_free);
    weights->missing = g_ptr_array_new_with_free_func (g_free);
    return weights;
}

void
fovea_weights_free (FoveaWeights *weights)
{
    if (weights == NULL)
        return;
    g_free (weights->matrices);
    g_free (weights->vectors);
    g_free (weights->experts);
    g_ptr_array_unref (weights->owned);
    g_ptr_array_unref (weights->missing);
    g_clear_pointer (&weights->reshaped.tensors, g_array_unref);
    g_clear_pointer (&weights->reshaped.names, g_string_chunk_free);
    g_free (weights);
}

static gboolean
is_layered (const FoveaTensorName *entry)
{
    return strchr (entry->name, '#') != NULL;
}

static char *
expand_name (const FoveaArchitecture *a, const FoveaTensorName *entry, guint layer, guint expert)
{
    GString *name = g_string_new (NULL);
    guint block = fovea_architecture_block (a, layer);
    for (const char *c = entry->name; *c != '\0'; c++) {
        if (*c == '#' || *c == '@')
            g_string_append_printf (name, "%u", *c == '#' ? block : expert);
        else
            g_string_append_c (name, *c);
    }
    return g_string_free (name, FALSE);
}

static char *
print_shape (guint rank, const gint64 *shape)
{
    GString *text = g_string_new ("(");
    for (guint i = 0; i < rank; i++)
        g_string_append_printf (text, i > 0 ? ", %" G_GINT64_FORMAT : "%" G_GINT64_FORMAT,
                                shape[i]);
    return g_string_free (g_string_append_c (text, ')'), FALSE);
}

static gboolean
check_shape (const Binding *binding,
             const FoveaTensorName *entry,
             guint layer,
             const FoveaTensor *tensor,
             guint rank,
             const gint64 *expected,
             GError **error)
{
    if (tensor->rank == rank && memcmp (tensor->shape, expected, rank * sizeof *expected) == 0)
        return TRUE;
    g_autofree char *is = print_shape (tensor->rank, tensor->shape);
    g_autofree char *should = print_shape (rank, expected);
    g_autofree char *where = is_layered (entry) ? g_strdup_printf ("layer %u: ", layer) : NULL;
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE,
                 "%s: %s%s is %s, expected %s (byte %" G_GSIZE_FORMAT ")", binding->file,
                 where != NULL ? where : "", tensor->name, is, should, tensor->offset);
    return FALSE;
}

static gboolean
refuse_type (const Binding *binding, const FoveaTensor *tensor, const char *wanted, GError **error)
{
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE,
                 "%s: %s has elements of type %s, expected %s (byte %" G_GSIZE_FORMAT ")",
                 binding->file, tensor->name, fovea_dtype_name (tensor->dtype), wanted,
                 tensor->offset);
    return FALSE;
}

/* Products read single elements as their type, so a file whose header leaves them at odd addresses
 * costs a copy. Writers that pad the header never need it. */
static const guint8 *
get_aligned (FoveaWeights *weights, const FoveaTensor *tensor)
{
    if (tensor->dtype > FOVEA_N_DTYPES ||
        (guintptr) tensor->data % fovea_dtype_size (tensor->dtype) == 0)
        return tensor->data;
    g_ptr_array_add (weights->owned, g_memdup2 (tensor->data, tensor->n_bytes));
    return weights->owned->pdata[weights->owned->len - 1];
}

/* Rows of a slice that stand apart, put together: products want one block. Only families that
 * interleave heads pay for this copy. @row_bytes: of one output in @lines lines of the tensor. */
static guint8 *
gather (FoveaWeights *weights,
        const guint8 *data,
        const FoveaWeightSlice *slice,
        gint64 rows,
        gsize row_bytes,
        gint64 lines)
{
    guint8 *block = g_malloc ((gsize) (rows * lines) * row_bytes), *to = block;
    gsize part = (gsize) slice->length * row_bytes;
    for (gint64 line = 0; line < lines; line++, data += (gsize) slice->total * row_bytes)
        for (gint64 at = 0; at < rows; at += slice->length, to += part)
            memcpy (to,
                    data + (gsize) (slice->from + at / slice->length * slice->every) * row_bytes,
                    part);
    g_ptr_array_add (weights->owned, block);
    return block;
}

/* The part of @tensor that is the weight, in place where it can be. */
static FoveaWeight
cut_matrix (const Binding *binding,
            const FoveaTensorName *entry,
            const FoveaTensor *tensor,
            const FoveaWeightSlice *slice,
            gint64 rows,
            gint64 columns)
{
    const gsize size = fovea_dtype_size (tensor->dtype);
    const guint8 *data = get_aligned (binding->weights, tensor);
    FoveaWeight weight = {.dtype = tensor->dtype,
                          .n_out = rows,
                          .n_in = columns,
                          .stride = entry->input_major ? slice->total : columns,
                          .input_major = entry->input_major,
                          .pair_width = tensor->pair_width};
    if (slice->length < rows) {
        gboolean major = entry->input_major;
        weight.data = gather (binding->weights, data, slice, rows,
                              major ? size : (gsize) columns * size, major ? columns : 1);
        weight.stride = major ? rows : columns;
        return weight;
    }
    gint64 first = entry->input_major ? slice->from : slice->from * columns;
    weight.data = data + fovea_dtype_bytes (tensor->dtype, (gsize) first);
    return weight;
}

static gboolean
bind_matrix (const Binding *binding,
             const FoveaTensorName *entry,
             guint layer,
             guint expert,
             const FoveaTensor *tensor,
             GError **error)
{
    gint64 rows, columns;
    FoveaWeights *weights = binding->weights;
    fovea_weights_shape (binding->a, entry->role, &rows, &columns);
    FoveaWeightSlice slice = fovea_weights_slice (binding->a, entry, rows);
    const gint64 stored[2] = {entry->input_major ? columns : slice.total,
                              entry->input_major ? slice.total : columns};
    if (!check_shape (binding, entry, layer, tensor, 2, stored, error))
        return FALSE;
    if (tensor->dtype > FOVEA_BF16 && tensor->dtype < FOVEA_N_DTYPES)
        return refuse_type (binding, tensor, "F32, F16 or BF16", error);
    FoveaWeight *to = is_expert (entry->role)
                          ? expert_slot (weights, entry->role, layer, expert)
                          : &weights->matrices[slot (weights, entry->role, layer)];
    *to = cut_matrix (binding, entry, tensor, &slice, rows, columns);
    return TRUE;
}

/* Biases that stand as turned pairs come into the order of outputs. */
static void
order_pairs (float *vector, gint64 n, gint64 pair_width)
{
    const FoveaWeight order = {.pair_width = pair_width};
    g_autofree float *stored = g_memdup2 (vector, (gsize) n * sizeof *vector);
    for (gint64 o = 0; o < n; o++)
        vector[o] = stored[fovea_weight_row (&order, o)];
}

static gboolean
bind_vector (const Binding *binding,
             const FoveaTensorName *entry,
             guint layer,
             const FoveaTensor *tensor,
             GError **error)
{
    gint64 rows, columns;
    fovea_weights_shape (binding->a, entry->role, &rows, &columns);
    FoveaWeightSlice slice = fovea_weights_slice (binding->a, entry, rows);
    if (!check_shape (binding, entry, layer, tensor, 1, &slice.total, error))
        return FALSE;
    if (tensor->dtype > FOVEA_F64)
        return refuse_type (binding, tensor, "F32, F16, BF16 or F64", error);
    float *vector = g_new (float, rows);
    const guint8 *from = tensor->data;
    for (gint64 at = 0; at < rows; at += slice.length) {
        gint64 first = slice.from + at / slice.length * slice.every;
        fovea_dtype_to_f32 (from + (gsize) first * fovea_dtype_size (tensor->dtype), tensor->dtype,
                            (gsize) slice.length, vector + at);
    }
    if (tensor->pair_width > 0)
        order_pairs (vector, rows, tensor->pair_width);
    g_ptr_array_add (binding->weights->owned, vector);
    binding->weights->vectors[slot (binding->weights, entry->role, layer)] = vector;
    return TRUE;
}

static void
note_missing (const Binding *binding, const FoveaTensorName *entry, const char *name)
{
    GPtrArray *missing = binding->weights->missing;
    const char *prefix = entry->role >= FOVEA_WEIGHT_HEAD ? "" : binding->prefix;
    char *full = g_strconcat (prefix, name, NULL);
    for (guint i = 0; i < missing->len; i++) { /* fused tensors are asked for three times */
        if (g_str_equal (missing->pdata[i], full)) {
            g_free (full);
            return;
        }
    }
    g_ptr_array_add (missing, full);
}

/* Norms of old files call their gain gamma and their bias beta. */
static const FoveaTensor *
find_tensor (const Binding *binding, const char *name)
{
    static const struct {
        const char *new, *old;
    } endings[] = {{"LayerNorm.weight", "gamma"}, {"LayerNorm.bias", "beta"}};
    const FoveaTensor *tensor = g_hash_table_lookup (binding->by_name, name);
    for (guint i = 0; tensor == NULL && i < G_N_ELEMENTS (endings); i++) {
        if (!g_str_has_suffix (name, endings[i].new))
            continue;
        int stem = (int) (strrchr (name, '.') - name);
        g_autofree char *old = g_strdup_printf ("%.*s.%s", stem, name, endings[i].old);
        tensor = g_hash_table_lookup (binding->by_name, old);
    }
    return tensor;
}

/* How the family's tensor lies in this file. */
static FoveaTensorName
as_stored (const FoveaTensorName *entry, const FoveaTensor *tensor)
{
    FoveaTensorName stored = *entry;
    if (!tensor->rewritten)
        return stored;
    stored.input_major = FALSE;
    if (entry->fusion == FOVEA_FUSED_GROUPS)
        stored.fusion = FOVEA_FUSED_QKV;
    return stored;
}

static gboolean
bind_entry (
    const Binding *binding, const FoveaTensorName *entry, guint layer, guint expert, GError **error)
{
    g_autofree char *name = expand_name (binding->a, entry, layer, expert);
    const FoveaTensor *tensor = find_tensor (binding, name);
    if (tensor == NULL) {
        note_missing (binding, entry, name);
        return TRUE;
    }
    g_hash_table_add (binding->used, (gpointer) tensor);
    gint64 rows, columns;
    fovea_weights_shape (binding->a, entry->role, &rows, &columns);
    const FoveaTensorName stored = as_stored (entry, tensor);
    return columns > 0 ? bind_matrix (binding, &stored, layer, expert, tensor, error)
                       : bind_vector (binding, &stored, layer, tensor, error);
}

static gboolean
bind_all (const Binding *binding, GError **error)
{
    const FoveaArchitecture *a = binding->a;
    for (const FoveaTensorName *entry = binding->family->names; entry->name != NULL; entry++) {
        if (a->tied_head && entry->role == FOVEA_WEIGHT_UNEMBED)
            continue;
        gint64 n = is_layered (entry) ? a->n_layers : 1;
        gint64 n_experts = is_expert (entry->role) ? a->n_experts : 1;
        for (gint64 i = 0; i < n * n_experts; i++)
            if (fovea_weights_applies (a, entry, (guint) (i / n_experts)) &&
                !bind_entry (binding, entry, (guint) (i / n_experts), (guint) (i % n_experts),
                             error))
                return FALSE;
    }
    FoveaWeights *weights = binding->weights;
    if (a->tied_head && !a->no_head)
        weights->matrices[slot (weights, FOVEA_WEIGHT_UNEMBED, 0)] =
            weights->matrices[slot (weights, FOVEA_WEIGHT_EMBED, 0)];
    return TRUE;
}

static gboolean
is_ignored (const Binding *binding, const char *name)
{
    for (const FoveaTensorName *entry = binding->family->names; entry->name != NULL; entry++)
        if (binding->a->tied_head && entry->role == FOVEA_WEIGHT_UNEMBED &&
            g_str_equal (name, entry->name))
            return TRUE;
    for (const char *const *glob = binding->family->ignored; *glob != NULL; glob++)
        if (g_pattern_match_simple (*glob, name))
            return TRUE;
    return FALSE;
}

static gboolean
check_unused (const Binding *binding, GError **error)
{
    GHashTableIter iter;
    gpointer name, tensor;
    g_hash_table_iter_init (&iter, binding->by_name);
    while (g_hash_table_iter_next (&iter, &name, &tensor)) {
        if (g_hash_table_contains (binding->used, tensor) || is_ignored (binding, name))
            continue;
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED,
                     "%s: tensor \"%s\" has no place in a %s model of %" G_GINT64_FORMAT " layers",
                     binding->file, ((FoveaTensor *) tensor)->name, binding->a->family,
                     binding->a->n_layers);
        return FALSE;
    }
    return TRUE;
}

static gboolean
has_prefix (const FoveaFamily *family, const FoveaTensor *tensors, guint n)
{
    for (guint i = 0; i < n; i++)
        if (g_str_has_prefix (tensors[i].name, family->prefix))
            return TRUE;
    return FALSE;
}

static GHashTable *
index_names (const FoveaFamily *family,
             const FoveaTensor *tensors,
             guint n,
             const char *file,
             GError **error)
{
    g_autoptr (GHashTable) by_name = g_hash_table_new (g_str_hash, g_str_equal);
    for (guint i = 0; i < n; i++) {
        const char *name = tensors[i].name;
        if (g_str_has_prefix (name, family->prefix))
            name += strlen (family->prefix);
        if (!g_hash_table_insert (by_name, (char *) name, (gpointer) &tensors[i])) {
            g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT,
                         "%s: \"%s\" is there both with and without the prefix \"%s\"", file, name,
                         family->prefix);
            return NULL;
        }
    }
    return g_steal_pointer (&by_name);
}

/* What most elements are stored as, and how many there are. */
static void
count_parameters (GHashTable *used, FoveaArchitecture *a)
{
    gint64 by_type[FOVEA_N_STORED_DTYPES] = {0};
    GHashTableIter iter;
    gpointer key;
    g_hash_table_iter_init (&iter, used);
    a->n_parameters = 0;
    while (g_hash_table_iter_next (&iter, &key, NULL)) {
        const FoveaTensor *tensor = key;
        a->n_parameters += tensor->n_elements;
        by_type[tensor->dtype] += tensor->n_elements;
    }
    for (int i = 0; i < FOVEA_N_STORED_DTYPES; i++)
        if (by_type[i] > by_type[a->weight_dtype])
            a->weight_dtype = (FoveaDtype) i;
}

/* Whether a family whose head may be absent has none of it here. */
static gboolean
lacks_head (const FoveaFamily *family, GHashTable *by_name)
{
    guint n_optional = 0;
    for (const FoveaTensorName *entry = family->names; entry->name != NULL; entry++) {
        if (entry->when != FOVEA_WHEN_HEAD)
            continue;
        n_optional++;
        if (g_hash_table_contains (by_name, entry->name))
            return FALSE;
    }
    return n_optional > 0;
}

/* Sinks are part of the rule that scores follow, so a trace must know them. */
static void
describe_sinks (const FoveaWeights *weights, FoveaArchitecture *a)
{
    gsize H = (gsize) a->n_heads;
    for (guint layer = 0; layer < a->n_layers; layer++) {
        const float *sinks = fovea_weights_get_vector (weights, FOVEA_WEIGHT_SINKS, layer);
        if (sinks == NULL)
            continue;
        if (a->sink_logits == NULL)
            a->sink_logits = g_new0 (float, (gsize) a->n_layers *H);
        memcpy (a->sink_logits + layer * H, sinks, H * sizeof *sinks);
    }
}

/* So are biases by distance. */
static void
describe_distances (const FoveaWeights *weights, FoveaArchitecture *a, FoveaWeightRole role)
{
    const FoveaWeight *matrix = fovea_weights_get_matrix (weights, role, 0);
    if (matrix == NULL)
        return;
    g_autofree float *buckets = g_new (float, (gsize) (matrix->n_out * matrix->n_in));
    for (gint64 o = 0; o < matrix->n_out; o++)
        fovea_weight_read (matrix, o, 0, matrix->n_in, buckets + o * matrix->n_in);
    fovea_architecture_set_distance_bias (a, buckets, role == FOVEA_WEIGHT_TARGET_DISTANCE);
}

/* The tensors as the family's table speaks of them. */
static void
reshape (const FoveaFamily *family,
         const FoveaArchitecture *a,
         FoveaWeights *weights,
         const FoveaTensor **tensors,
         guint *n)
{
    FoveaReshaped *to = &weights->reshaped;
    if (family->reshape == NULL)
        return;
    to->tensors = g_array_sized_new (FALSE, FALSE, sizeof (FoveaTensor), *n);
    to->names = g_string_chunk_new (4096);
    to->owned = weights->owned;
    for (guint i = 0; i < *n; i++)
        family->reshape (a, &(*tensors)[i], to);
    *tensors = (const FoveaTensor *) (const void *) to->tensors->data;
    *n = to->tensors->len;
}

FoveaWeights *
fovea_weights_bind (const FoveaFamily *family,
                    FoveaArchitecture *architecture,
                    const FoveaTensor *tensors,
                    guint n_tensors,
                    const char *file,
                    GError **error)
{
    g_autoptr (FoveaWeights) weights = new_empty (architecture->n_layers, architecture->n_experts);
    reshape (family, architecture, weights, &tensors, &n_tensors);
    g_autoptr (GHashTable) by_name = index_names (family, tensors, n_tensors, file, error);
    if (by_name == NULL)
        return NULL;
    architecture->no_head = architecture->no_head || lacks_head (family, by_name);
    /* What configurations of encoder-decoders say of it contradicts their files. */
    if (architecture->n_encoder_layers > 0 && g_hash_table_contains (by_name, "lm_head.weight"))
        architecture->tied_head = FALSE;
    g_autoptr (GHashTable) used = g_hash_table_new (NULL, NULL);
    const char *prefix = has_prefix (family, tensors, n_tensors) ? family->prefix : "";
    Binding binding = {weights, family, architecture, by_name, used, prefix, file};
    if (!bind_all (&binding, error) || !check_unused (&binding, error))
        return NULL;
    count_parameters (used, architecture);
    describe_sinks (weights, architecture);
    describe_distances (weights, architecture, FOVEA_WEIGHT_DISTANCE);
    describe_distances (weights, architecture, FOVEA_WEIGHT_TARGET_DISTANCE);
    return g_steal_pointer (&weights);
}

const FoveaWeight *
fovea_weights_get_matrix (const FoveaWeights *weights, FoveaWeightRole role, guint layer)
{
    const FoveaWeight *weight = &weights->matrices[slot (weights, role, layer)];
    return weight->data != NULL ? weight : NULL;
}

const FoveaWeight *
fovea_weights_get_expert (const FoveaWeights *weights,
                          FoveaWeightRole role,
                          guint layer,
                          guint expert)
{
    const FoveaWeight *weight = expert_slot (weights, role, layer, expert);
    return weight->data != NULL ? weight : NULL;
}

const float *
fovea_weights_get_vector (const FoveaWeights *weights, FoveaWeightRole role, guint layer)
{
    return weights->vectors[slot (weights, role, layer)];
}

const GPtrArray *
fovea_weights_get_missing (const FoveaWeights *weights)
{
    return weights->missing;
}

/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The file stores a map input-major, one after another for each head; a gate wants outputs first. */
#include "analysis/seer-weights.h"

#include <string.h>

#include "capture/safetensors.h"

enum {
    POOLINGS = 3, /* largest, least, mean */
};

struct _FoveaSeerWeights {
    FoveaSafetensors *file;
    char *path;
};

static const char *const prefixes[] = {"model.layers.%u.self_attn.attn_gate.",
                                       "layers.%u.self_attn.attn_gate."};
static const char *const generations[] = {"attngate_linear", "mask_linear"};

/* The map of queries ('q') or keys ('k') of a layer, or NULL. */
static const FoveaTensor *
find_map (const FoveaSeerWeights *weights, guint layer, char which)
{
    for (guint p = 0; p < G_N_ELEMENTS (prefixes); p++)
        for (guint g = 0; g < G_N_ELEMENTS (generations); g++) {
            g_autofree char *prefix = g_strdup_printf (prefixes[p], layer);
            g_autofree char *name =
                g_strdup_printf ("%s%s_%c.weight", prefix, generations[g], which);
            const FoveaTensor *tensor = fovea_safetensors_lookup (weights->file, name);
            if (tensor != NULL)
                return tensor;
        }
    return NULL;
}

static gboolean
is_gate (const FoveaTensor *tensor)
{
    for (guint g = 0; g < G_N_ELEMENTS (generations); g++)
        if (strstr (tensor->name, generations[g]) != NULL)
            return TRUE;
    return FALSE;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
    return strcmp ((*(const FoveaTensor *const *) a)->name,
                   (*(const FoveaTensor *const *) b)->name);
}

char *
fovea_seer_weights_hash (const FoveaSeerWeights *weights)
{
    guint n;
    const FoveaTensor *tensors = fovea_safetensors_list (weights->file, &n);
    g_autoptr (GPtrArray) gates = g_ptr_array_new ();
    g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
    for (guint i = 0; i < n; i++)
        if (is_gate (&tensors[i]))
            g_ptr_array_add (gates, (gpointer) &tensors[i]);
    g_ptr_array_sort (gates, compare_names);
    for (guint i = 0; i < gates->len; i++) {
        const FoveaTensor *gate = gates->pdata[i];
        g_autoptr (GString) head = g_string_new (gate->name);
        g_string_append_printf (head, " %d", (int) gate->dtype);
        for (guint axis = 0; axis < gate->rank; axis++)
            g_string_append_printf (head, " %" G_GINT64_FORMAT, gate->shape[axis]);
        g_checksum_update (sum, (const guchar *) head->str, (gssize) head->len + 1);
        g_checksum_update (sum, gate->data, (gssize) gate->n_bytes);
    }
    return g_strdup (g_checksum_get_string (sum));
}

static gboolean
has_gates (const FoveaSeerWeights *weights)
{
    guint n;
    const FoveaTensor *tensors = fovea_safetensors_list (weights->file, &n);
    for (guint i = 0; i < n; i++)
        if (g_str_has_suffix (tensors[i].name, "_linear_k.weight"))
            return TRUE;
    return FALSE;
}

FoveaSeerWeights *
fovea_seer_weights_open (const char *path, GError **error)
{
    if (g_str_has_suffix (path, ".pth") || g_str_has_suffix (path, ".bin")) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED,
                     "%s: pickled tensors are programs and are not read; save the same names as "
                     "safetensors",
                     path);
        return NULL;
    }
    FoveaSafetensors *file = fovea_safetensors_open (path, error);
    if (file == NULL)
        return NULL;
    FoveaSeerWeights *weights = g_new0 (FoveaSeerWeights, 1);
    weights->file = file;
    weights->path = g_strdup (path);
    if (has_gates (weights))
        return weights;
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND,
                 "%s: no tensor ends in attngate_linear_k.weight or mask_linear_k.weight", path);
    fovea_seer_weights_free (weights);
    return NULL;
}

void
fovea_seer_weights_free (FoveaSeerWeights *weights)
{
    if (weights == NULL)
        return;
    fovea_safetensors_free (weights->file);
    g_free (weights->path);
    g_free (weights);
}

/* One map for each query head or for each key head; D outputs; inputs as they are pooled. */
static gboolean
check_map (const FoveaSeerWeights *weights,
           const FoveaTensor *tensor,
           const FoveaSparseHead *head,
           gint64 n_in,
           GError **error)
{
    gint64 n = tensor->shape[0], D = head->width;
    if (tensor->rank != 3 || (n != head->n_heads && n != head->n_kv_heads)) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE,
                     "%s: %s has %u axes of which the first is %" G_GINT64_FORMAT
                     ", expected 3 and %" G_GINT64_FORMAT " heads",
                     weights->path, tensor->name, tensor->rank, n, head->n_heads);
        return FALSE;
    }
    if (fovea_dtype_size (tensor->dtype) == 0 || tensor->shape[1] != n_in ||
        tensor->shape[2] != D) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED,
                     "%s: %s maps %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT
                     ", only %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT
                     " is known (Qavg_Kmaxminavg of heads of %" G_GINT64_FORMAT ")",
                     weights->path, tensor->name, tensor->shape[1], tensor->shape[2], n_in, D, D);
        return FALSE;
    }
    return TRUE;
}

/* (D, n_in) of one head. */
static double *
read_map (const FoveaTensor *tensor, const FoveaSparseHead *head)
{
    gint64 n_in = tensor->shape[1], D = tensor->shape[2];
    gint64 at = tensor->shape[0] == head->n_heads ? head->head
                                                  : head->head / (head->n_heads / head->n_kv_heads);
    gsize n = (gsize) (n_in * D), bytes = fovea_dtype_size (tensor->dtype);
    g_autofree float *values = g_new (float, n);
    double *map = g_new (double, n);
    fovea_dtype_to_f32 ((const char *) tensor->data + (gsize) at * n * bytes, tensor->dtype, n,
                        values);
    for (gint64 i = 0; i < n_in; i++)
        for (gint64 o = 0; o < D; o++)
            map[o * n_in + i] = (double) values[i * D + o];
    return map;
}

gboolean
fovea_seer_weights_read (const FoveaSeerWeights *weights,
                         const FoveaSparseHead *head,
                         double **k,
                         double **q,
                         GError **error)
{
    const FoveaTensor *keys = find_map (weights, head->layer, 'k');
    const FoveaTensor *queries = find_map (weights, head->layer, 'q');
    if (keys == NULL) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND, "%s: no gate for layer %u",
                     weights->path, head->layer);
        return FALSE;
    }
    if (!check_map (weights, keys, head, POOLINGS * head->width, error) ||
        (queries != NULL && !check_map (weights, queries, head, head->width, error)))
        return FALSE;
    *k = read_map (keys, head);
    *q = queries != NULL ? read_map (queries, head) : NULL;
    return TRUE;
}
